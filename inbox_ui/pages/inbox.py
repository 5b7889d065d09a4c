"""The lists of cases, what is looked for in them, and the help for the keyboard."""

from dataclasses import dataclass, field

from inbox_ui import backup
from inbox_ui.errors import BadFilter
from inbox_ui.options import Place
from inbox_ui.pages.answers import Answer, Failed, Goto, Page
from inbox_ui.pages.call import Call, our_page
from inbox_ui.pages.listed import Row, row_of
from inbox_ui.pages.queues import Listing, Queue, list_cases, viewer_of
from inbox_ui.pages.words import BAD_FILTER, NOT_THERE
from inbox_ui.station import Station
from inbox_ui.words import Explained
from inbox_ui.work import filters

REMIND_AFTER = 7
"""Days after which another backup is asked for."""


@dataclass(frozen=True)
class Backup:
    """The newest backup: its day, if there is any, and whether another one is due."""

    day: str
    days: int
    due: bool


@dataclass(frozen=True)
class Inbox:
    """A list, whether a backup is due, and how many cases a declared interest hides; ``given`` are
    those of them that were given to who looks. ``filters`` are those that are kept; ``typed`` is a
    name for another one, with what is wrong with it."""

    listing: Listing
    rows: tuple[Row, ...]
    backup: Backup
    hidden: int
    given: tuple[str, ...]
    filters: tuple[str, ...]
    typed: str = field(default="", repr=False)
    error: str = ""


async def show_new(call: Call) -> Answer:
    """The first list: what nobody has read."""
    return await _show(call, Queue.NEW, 1)


async def show_queue(call: Call) -> Answer:
    """A page of a list."""
    return await _show(call, read_queue(call.path["queue"]), int(call.path["page"]))


async def find(call: Call) -> Answer:
    """Remember what is looked for: not in the address, which the browser's history keeps."""
    call.unlocked.wanted = call.form.line("wanted")[:200]
    return Goto(our_page(call.form.line("back")))


async def show_keys(call: Call) -> Answer:
    """What the keyboard does."""
    return Page("keys.html", None)


async def set_keys(call: Call) -> Answer:
    """Single keys on or off (WCAG 2.1.4)."""
    call.unlocked.keys = call.form.line("keys") == "on"
    return Goto("/keys")


async def use_filter(call: Call) -> Answer:
    """Go to a list, with the words that were kept."""
    kept = await call.at_desk(lambda station: filters.find(station.vault, call.form.line("name")))
    call.unlocked.wanted = kept.wanted
    return Goto(our_page(f"/queue/{kept.queue}/1"))


async def keep_filter(call: Call) -> Answer:
    """Keep this list, and the words that are looked for, under a name."""
    queue, name = read_queue(call.form.line("queue")), call.form.line("name")
    wanted = call.unlocked.wanted

    def act(station: Station) -> None:
        station.keep(lambda vault: filters.keep(vault, name, queue.value, wanted))

    try:
        await call.write_once(act)
    except BadFilter:
        return await _show(call, queue, 1, name, BAD_FILTER)
    return Goto(f"/queue/{queue}/1")


async def drop_filter(call: Call) -> Answer:
    """Keep a filter no longer."""
    name = call.form.line("name")

    def act(station: Station) -> None:
        station.keep(lambda vault: filters.drop(vault, name))

    await call.write_once(act)
    return Goto(our_page(call.form.line("back")))


def read_queue(name: str) -> Queue:
    """The list of this name. Raises ``Failed``."""
    try:
        return Queue(name)
    except ValueError:
        raise Failed(404, Explained(NOT_THERE, "")) from None


async def _show(call: Call, queue: Queue, page: int, typed: str = "", error: str = "") -> Page:
    wanted, place = call.unlocked.wanted, call.sitting.plan.place

    def look(station: Station) -> Inbox:
        viewer = viewer_of(station)
        listing = list_cases(station.cases(), queue, wanted, page, viewer)
        rows = tuple(
            row_of(case, viewer.waiting.get(case.mailbox, 0), viewer.roster, viewer.today)
            for case in listing.cases
        )
        hidden, kept = station.casebook.count_hidden(), station.vault.filters
        given = station.casebook.hidden_of(viewer.analyst) if hidden else ()
        names = tuple(each.name for each in kept)
        backup = newest_backup(place, station)
        return Inbox(listing, rows, backup, hidden, given, names, typed, error)

    return Page("inbox.html", await call.at_desk(look), 400 if error else 200)


def newest_backup(place: Place, station: Station) -> Backup:
    """What is known of the newest backup."""
    day = backup.last_day(place.folder)
    if day is None:
        return Backup("", 0, due=True)
    days = (station.today() - day).days
    return Backup(str(day), days, due=days > REMIND_AFTER)
