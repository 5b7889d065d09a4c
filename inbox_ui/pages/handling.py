"""Who has a case, when it ends, how long it is kept, and its contact details: in two steps.

The first shows what would follow, and what cannot be undone. The second does it, unless the log of
the case has grown since: then nothing is done, and what would follow now is shown.
"""

from dataclasses import dataclass, replace

from crypto.documents import Conclusion
from crypto.errors import Locked, NoContact, NotHandling, OverLimit
from crypto.keys import fingerprint
from crypto.roster import Member
from inbox_ui import disclosing
from inbox_ui import words as commands
from inbox_ui.errors import NoRoster, NothingToChange, PersonError
from inbox_ui.history import person
from inbox_ui.history_shown import name_of
from inbox_ui.pages import words
from inbox_ui.pages.answers import Answer, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.wishes import (
    Act,
    Outlook,
    Wish,
    carry_out,
    find_wrong,
    look_ahead,
    read_wish,
)
from inbox_ui.reading import OpenCase
from inbox_ui.retention import Retention, read_retention
from inbox_ui.station import Station
from inbox_ui.words import Explained

_CORRECTABLE = (PersonError, NotHandling, Locked, NoContact, OverLimit)
"""What the form is shown again for."""
_FIRST = {Act.ASSIGN: "handlers", Act.CONCLUDE: "reason", Act.HOLD: "day"}
"""The field that an error stands at which belongs to none; ``why`` in other forms."""


@dataclass(frozen=True)
class Asked:
    """The form of an act. ``error`` stands at ``field``.

    ``colleagues`` are who may have the case: fingerprint, label and a hint. ``leaving`` are
    handlers who cannot keep it. ``reasons`` have the day until which the policy keeps the case.
    """

    case: str
    wish: Wish
    colleagues: tuple[tuple[str, str, str], ...]
    leaving: tuple[str, ...]
    reasons: tuple[tuple[str, str, str], ...]
    field: str = ""
    error: str = ""


@dataclass(frozen=True)
class Confirm:
    """What would follow. ``grown``: the log has grown since it was shown last."""

    case: str
    wish: Wish
    outlook: Outlook
    grown: bool = False


@dataclass(frozen=True)
class Contact:
    """Contact details that were released."""

    case: str
    details: str


async def ask(call: Call) -> Answer:
    """The form, empty but for who has the case."""
    act, name = Act(call.path["act"]), call.path["case"]

    def now(station: Station) -> Wish:
        file = station.open_case(station.case(name)).file
        return Wish(act, frozenset(map(fingerprint, file.handlers)))

    return await _form(call, await call.at_desk(now))


async def change(call: Call) -> Answer:
    """The form, as it was filled in."""
    return await _form(call, _wish(call))


async def confirm(call: Call) -> Answer:
    """The first step."""
    wish = _wish(call)
    if wrong := find_wrong(wish):
        return await _form(call, wish, *wrong)
    try:
        return Page("confirm.html", await _look(call, wish))
    except _CORRECTABLE as error:
        return await _form(call, wish, *_said(wish, error))


async def do(call: Call) -> Answer:
    """The second step."""
    wish, name = _wish(call), call.path["case"]
    done = Goto("/" if wish.act is Act.LET_GO else f"/case/{name}")
    if call.unlocked.has_spent(call.form.line("ticket")):
        return done
    if wrong := find_wrong(wish):
        return await _form(call, wish, *wrong)
    policy = _policy(call)
    try:
        now = await _look(call, wish)
        if now.outlook.known != call.form.number("known"):
            return Page("confirm.html", replace(now, grown=True))
        await call.write_once(lambda station: carry_out(station, station.case(name), wish, policy))
    except _CORRECTABLE as error:
        return await _form(call, wish, *_said(wish, error))
    return done


async def show_contact(call: Call) -> Answer:
    """The contact details, if they were released."""
    name = call.path["case"]

    def look(station: Station) -> Contact:
        summary = station.case(name)
        return Contact(summary.name, disclosing.show(station, summary))

    return Page("contact.html", await call.at_desk(look))


def _wish(call: Call) -> Wish:
    return read_wish(Act(call.path["act"]), call.form)


def _policy(call: Call) -> Retention:
    return read_retention(call.sitting.plan.place.folder.retention)


def _said(wish: Wish, error: Exception) -> tuple[str, str]:
    """Where an error of ours stands in the form, and its words."""
    said = words.explain(error)
    if isinstance(error, NothingToChange) and wish.act is not Act.ASSIGN:
        said = Explained(words.HELD_ALREADY, "")
    return _FIRST.get(wish.act, "why"), f"{said.error} {said.hint}".strip()


async def _look(call: Call, wish: Wish) -> Confirm:
    name, policy = call.path["case"], _policy(call)

    def look(station: Station) -> Confirm:
        summary = station.case(name)
        return Confirm(summary.name, wish, look_ahead(station, summary, wish, policy))

    return await call.at_desk(look)


async def _form(call: Call, wish: Wish, field: str = "", error: str = "") -> Page:
    name, policy = call.path["case"], _policy(call)

    def look(station: Station) -> Asked:
        case = station.open_case(station.case(name))
        return replace(_asked(station, case, wish, policy), field=field, error=error)

    return Page("act.html", await call.at_desk(look), 400 if error else 200)


def _asked(station: Station, case: OpenCase, wish: Wish, policy: Retention) -> Asked:
    colleagues: tuple[Member, ...] = ()
    if wish.act is Act.ASSIGN:
        colleagues = _colleagues(station)
    may = {each.id for each in colleagues}
    leaving = [person(each, station.roster) for each in case.file.handlers - may]
    me = station.analyst.card.id
    return Asked(
        case.name,
        wish,
        tuple(
            (each.subject.fingerprint, each.label, words.YOU if each.id == me else "")
            for each in colleagues
        ),
        tuple(sorted(map(name_of, leaving))),
        tuple(
            (each.value, commands.CONCLUSIONS[each], str(policy.keep_until(each, station.today())))
            for each in Conclusion
        ),
    )


def _colleagues(station: Station) -> tuple[Member, ...]:
    if station.roster is None:
        raise NoRoster
    reading = [each for each in station.roster.active() if each.reads]
    return tuple(sorted(reading, key=lambda each: each.label))
