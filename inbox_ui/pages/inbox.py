"""The lists of cases, what is looked for in them, and the help for the keyboard."""

from dataclasses import dataclass

from crypto.roster import Roster
from inbox_ui import backup, words
from inbox_ui.options import Place
from inbox_ui.pages.answers import Answer, Failed, Goto, Page
from inbox_ui.pages.call import Call, our_page
from inbox_ui.pages.queues import Listing, Queue, Viewer, forces, list_cases, topics
from inbox_ui.pages.words import NOT_THERE
from inbox_ui.shown import whose
from inbox_ui.station import Station
from inbox_ui.summary import State, Summary
from inbox_ui.words import Explained

REMIND_AFTER = 7
"""Days after which another backup is asked for."""


@dataclass(frozen=True)
class Row:
    """One case of a list."""

    name: str
    state: str
    urgent: bool
    unread: int
    about: tuple[str, ...]
    forces: tuple[str, ...]
    last_day: str
    messages: int
    whole: bool
    withdrawn: bool
    waiting: int
    whose: tuple[str, ...]


@dataclass(frozen=True)
class Backup:
    """The newest backup: its day, if there is any, and whether another one is due."""

    day: str
    days: int
    due: bool


@dataclass(frozen=True)
class Inbox:
    """A list, whether a backup is due, and how many cases a declared interest hides."""

    listing: Listing
    rows: tuple[Row, ...]
    backup: Backup
    hidden: int


async def show_new(call: Call) -> Answer:
    """The first list: what nobody has read."""
    return await _show(call, Queue.NEW, 1)


async def show_queue(call: Call) -> Answer:
    """A page of a list."""
    try:
        queue = Queue(call.path["queue"])
    except ValueError:
        raise Failed(404, Explained(NOT_THERE, "")) from None
    return await _show(call, queue, int(call.path["page"]))


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


async def _show(call: Call, queue: Queue, page: int) -> Page:
    wanted, place = call.unlocked.wanted, call.sitting.plan.place

    def look(station: Station) -> Inbox:
        viewer = Viewer(station.analyst.card.id, station.today())
        listing = list_cases(station.casebook.cases(), queue, wanted, page, viewer)
        waiting, roster = station.waiting(), station.roster
        rows = tuple(_row(case, waiting.get(case.mailbox, 0), roster) for case in listing.cases)
        hidden = station.casebook.count_hidden()
        return Inbox(listing, rows, newest_backup(place, station), hidden)

    return Page("inbox.html", await call.at_desk(look))


def _row(case: Summary, waiting: int, roster: Roster | None) -> Row:
    return Row(
        name=case.name,
        state=words.STATES[State(case.state)],
        urgent=case.unread > 0,
        unread=case.unread,
        about=topics(case),
        forces=forces(case),
        last_day=case.last_day,
        messages=case.messages,
        whole=case.is_whole,
        withdrawn=case.withdrawn,
        waiting=waiting,
        whose=tuple(whose(case, roster)),
    )


def newest_backup(place: Place, station: Station) -> Backup:
    """What is known of the newest backup."""
    day = backup.last_day(place.folder)
    if day is None:
        return Backup("", 0, due=True)
    days = (station.today() - day).days
    return Backup(str(day), days, due=days > REMIND_AFTER)
