"""What somebody wants to become of a case: read from a form, looked at ahead, and carried out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from crypto.directory import LIMITS
from crypto.disclosure import newest_contact
from crypto.documents import Conclusion, ContactReleased
from crypto.envelope import Chain
from crypto.errors import NotHandling
from inbox_ui import absence, assigning, disclosing, purging
from inbox_ui import words as commands
from inbox_ui.errors import BadDay, NoRequest, NotCustodian, NothingToChange, NotPurgedThere
from inbox_ui.history import person
from inbox_ui.history_shown import name_of
from inbox_ui.pages import words
from inbox_ui.pages.forms import Form
from inbox_ui.reading import OpenCase
from inbox_ui.retention import Retention
from inbox_ui.station import Station
from inbox_ui.summary import State, Summary


class Act(StrEnum):
    """What can be done with a case, beside writing in it."""

    ASSIGN = "assign"
    CONCLUDE = "conclude"
    HOLD = "hold"
    UNHOLD = "unhold"
    REQUEST = "request"
    RELEASE = "release"
    REFUSE = "refuse"
    LET_GO = "let-go"


_UNSAID = frozenset({Act.ASSIGN, Act.LET_GO})
"""What nobody has to give a reason for."""


@dataclass(frozen=True)
class Wish:
    """``handlers`` are fingerprints; ``typed`` is a day as it was typed, perhaps none."""

    act: Act
    handlers: frozenset[str] = frozenset()
    reason: str = ""
    typed: str = ""
    day: date | None = None
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class Outlook:
    """What would follow, and what of it cannot be undone. ``known``: entries of the case's log."""

    follows: tuple[str, ...]
    warnings: tuple[str, ...]
    known: int


def read_wish(act: Act, form: Form) -> Wish:
    """What a form says."""
    return Wish(
        act,
        form.chosen("handlers"),
        form.line("reason"),
        form.line("day"),
        form.day("day"),
        form.text("why"),
    )


def find_wrong(wish: Wish) -> tuple[str, str] | None:
    """A field that is not filled in as it has to be, and what to say there."""
    if wish.act is Act.ASSIGN and not wish.handlers:
        return "handlers", words.NOBODY_CHOSEN
    if wish.act is Act.CONCLUDE and wish.reason not in set(Conclusion):
        return "reason", words.NO_REASON
    if wish.day is None and (wish.typed or wish.act is Act.HOLD):
        return "day", words.NO_DAY
    if not wish.text.strip() and wish.act not in _UNSAID:
        return "why", words.EMPTY
    if len(wish.text) > LIMITS.text_characters:
        return "why", words.TOO_LONG.format(count=len(wish.text), most=LIMITS.text_characters)
    return None


def possible(station: Station, summary: Summary, case: OpenCase) -> Iterator[Act]:
    """What of a case is there to be done for whoever looks at it."""
    file, locked = case.file, summary.state == State.LOCKED
    may_assign = not locked or station.analyst.card.id in station.supervisors
    can_assign = station.roster is not None and file.card is not None and not file.closed
    if may_assign and can_assign:
        yield Act.ASSIGN
    if not locked:
        yield from () if file.concluded is not None else (Act.CONCLUDE,)
        yield Act.HOLD
        yield from () if file.hold is None else (Act.UNHOLD,)
        yield from () if newest_contact(file) is None else (Act.REQUEST,)
    if station.vault.contact and disclosing.open_requests(file):
        yield from (Act.RELEASE, Act.REFUSE)
    if absence.may_let_go(station, summary):
        yield Act.LET_GO


def is_released(case: OpenCase) -> bool:
    """Whether a custodian has released contact details."""
    payloads = (entry.payload for entry in case.file.of(Chain.CASE))
    return any(isinstance(each, ContactReleased) and each.half is not None for each in payloads)


# -- ahead --------------------------------------------------------------------------------------


def look_ahead(station: Station, summary: Summary, wish: Wish, policy: Retention) -> Outlook:
    """What would follow. Raises what can be told before: as :func:`carry_out`."""
    case = station.open_case(summary)
    if summary.state == State.LOCKED and wish.act not in set(possible(station, summary, case)):
        raise NotHandling
    if wish.act is Act.LET_GO:
        follows, warnings = _let_go_ahead(station, summary)
    else:
        follows, warnings = _AHEAD[wish.act](station, case, wish, policy)
        follows = [*follows, words.SIGNED]
    return Outlook(tuple(follows), tuple(warnings), known=len(case.file.of(Chain.CASE)))


Sentences = tuple[list[str], list[str]]


def _assign_ahead(station: Station, case: OpenCase, wish: Wish, _: Retention) -> Sentences:
    file, handlers = case.file, assigning.find_handlers(station, wish.handlers)
    had = file.handlers if file.group is not None else frozenset()
    if handlers == had and file.concluded is None:
        raise NothingToChange(case.name)
    follows = [words.GIVEN.format(names=_names(station, handlers)), words.NEW_KEY]
    if gained := handlers - had - {station.analyst.card.id}:
        follows.append(words.GAINED.format(names=_names(station, gained)))
    warnings = []
    if lost := had - handlers:
        warnings.append(commands.TAKEN.format(names=_names(station, lost)))
    if station.analyst.card.id not in handlers:
        warnings.append(commands.GIVEN_UP)
    return follows, warnings


def _conclude_ahead(station: Station, _: OpenCase, wish: Wish, policy: Retention) -> Sentences:
    why = Conclusion(wish.reason)
    day = _not_over(station, _last_day(station, wish, policy))
    follows = [
        words.ENDS.format(reason=commands.CONCLUSIONS[why]),
        commands.KEPT_UNTIL.format(day=day),
    ]
    return follows, [words.PURGED_FOR_GOOD]


def _hold_ahead(station: Station, case: OpenCase, wish: Wish, _: Retention) -> Sentences:
    day = _not_over(station, wish.day)
    if day == case.file.hold:
        raise NothingToChange(case.name)
    return [commands.HOLD_UNTIL.format(day=day)], []


def _unhold_ahead(station: Station, case: OpenCase, _: Wish, __: Retention) -> Sentences:
    if case.file.hold is None:
        raise NothingToChange(case.name)
    ended = case.file.concluded
    due = ended is not None and ended.keep_until < station.today()
    return [commands.HOLD_ENDS], [words.GOES_AT_ONCE] if due else []


def _request_ahead(_: Station, __: OpenCase, ___: Wish, ____: Retention) -> Sentences:
    return [words.REQUESTED], []


def _answer_ahead(station: Station, case: OpenCase, wish: Wish, _: Retention) -> Sentences:
    if not station.vault.contact:
        raise NotCustodian
    if not disclosing.open_requests(case.file):
        raise NoRequest(case.name)
    if wish.act is Act.REFUSE:
        return [words.REFUSED], []
    return [words.RELEASED], [words.NOT_TAKEN_BACK]


def _let_go_ahead(station: Station, summary: Summary) -> Sentences:
    if not absence.may_let_go(station, summary):
        raise NotPurgedThere(summary.name)
    said = absence.who_purged(station, summary)
    follows = [words.LET_GO]
    if said.counting:
        follows.append(words.PURGED_BY.format(names=_names(station, said.counting)))
    warnings = [] if said.counting else [words.PURGED_BY_NOBODY]
    if said.others:
        warnings.append(words.PURGED_BY_OTHERS.format(names=_names(station, said.others)))
    warnings += _still_there(station, summary)
    return follows, [*warnings, words.CANNOT_BE_UNDONE]


def _still_there(station: Station, summary: Summary) -> Iterator[str]:
    """What speaks against letting go of a case."""
    if summary.hold and date.fromisoformat(summary.hold) >= station.today():
        yield words.HELD_STILL.format(day=summary.hold)
    if summary.unread:
        yield words.NOT_ACKNOWLEDGED
    if station.archive.outbox.items(station.casebook.address(summary)):
        yield words.WORDS_GO_TOO


_AHEAD: dict[Act, Callable[[Station, OpenCase, Wish, Retention], Sentences]] = {
    Act.ASSIGN: _assign_ahead,
    Act.CONCLUDE: _conclude_ahead,
    Act.HOLD: _hold_ahead,
    Act.UNHOLD: _unhold_ahead,
    Act.REQUEST: _request_ahead,
    Act.RELEASE: _answer_ahead,
    Act.REFUSE: _answer_ahead,
}


def _names(station: Station, ids: Iterable[bytes]) -> str:
    return ", ".join(sorted(name_of(person(each, station.roster)) for each in ids))


def _last_day(station: Station, wish: Wish, policy: Retention) -> date:
    return wish.day or policy.keep_until(Conclusion(wish.reason), station.today())


def _not_over(station: Station, day: date | None) -> date:
    if day is None or day < station.today():
        raise BadDay(str(day))
    return day


# -- done ---------------------------------------------------------------------------------------


def carry_out(station: Station, summary: Summary, wish: Wish, policy: Retention) -> None:
    """Write it to the outbox, or let go of the case.

    Raises as ``assigning``, ``disclosing`` and ``purging``.
    """
    match wish.act:
        case Act.ASSIGN:
            ended = station.open_case(summary).file.concluded is not None
            handlers = assigning.find_handlers(station, wish.handlers)
            assigning.assign(station, summary, handlers, wish.text, anew=ended)
        case Act.CONCLUDE:
            day = _last_day(station, wish, policy)
            assigning.conclude(station, summary, Conclusion(wish.reason), day, wish.text)
        case Act.HOLD | Act.UNHOLD:
            until = wish.day if wish.act is Act.HOLD else None
            assigning.hold(station, summary, until, wish.text)
        case Act.REQUEST:
            disclosing.request(station, summary, wish.text)
        case Act.RELEASE | Act.REFUSE:
            disclosing.answer(station, summary, wish.text, release=wish.act is Act.RELEASE)
        case Act.LET_GO:
            purging.let_go(station, summary)
