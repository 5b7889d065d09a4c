"""Which cases a list shows: a queue, what the analyst looks for, and one page of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from crypto.roster import Roster
from inbox_ui.pages.listed import row_of
from inbox_ui.purging import is_over
from inbox_ui.station import Station
from inbox_ui.summary import State, Summary
from inbox_ui.work.clocks import Promise, soon_until
from inbox_ui.work.pieces import Stage

ON_A_PAGE: Final = 100
"""Cases on one page of a list."""


class Queue(StrEnum):
    """The lists there are."""

    RISK = "risk"
    """Somebody's life may be at risk, and nobody has said that it is over."""
    NEW = "new"
    """Something of the reporter's is not acknowledged."""
    MINE = "mine"
    """Assigned to whoever looks, and not ended."""
    OVERDUE = "overdue"
    """The last day of a promise is over."""
    SOON = "soon"
    """It is near."""
    DRAFTS = "drafts"
    """A reply is written, and not sent."""
    ASKED = "asked"
    """A force waits for an answer to its question."""
    THEIRS = "theirs"
    """Everything is acknowledged: the reporter has the next word."""
    FORCE = "force"
    """The team waits for a police force."""
    WRONG = "wrong"
    """Something is quarantined, missing or damaged."""
    HELD = "held"
    """Others have it."""
    CONCLUDED = "concluded"
    """The team has ended it."""
    HOLD = "hold"
    """It is kept for legal reasons, until a day that is not over."""
    DUE = "due"
    """It is to be purged."""
    ALL = "all"


_BY_DAY: Final = frozenset({Queue.RISK, Queue.NEW, Queue.MINE, Queue.OVERDUE, Queue.SOON})
"""Those in which what is due first stands first. In each, a risk to life is above all else."""
_NEVER: Final = "9999"
"""After every day."""


@dataclass(frozen=True)
class Viewer:
    """Who looks, by the card id, and on which day. ``roster`` has the names of handlers, and
    ``waiting`` how many items of a mailbox are to be delivered."""

    analyst: bytes
    today: date
    roster: Roster | None = None
    waiting: Mapping[int, int] = field(default_factory=dict)


def viewer_of(station: Station) -> Viewer:
    """Whoever looks at this workstation."""
    day, waiting = station.today(), station.waiting()
    return Viewer(station.analyst.card.id, day, station.roster, waiting)


def _belongs(viewer: Viewer) -> Mapping[Queue, Callable[[Summary], bool]]:
    own, today = viewer.analyst.hex(), viewer.today
    day, is_soon = str(today), _is_soon(today)
    theirs = (State.ACKNOWLEDGED.value, State.ANSWERED.value)
    ours = ("", Stage.AWAITING_REPORTER.value)
    return {
        Queue.RISK: lambda case: case.risk != "",
        Queue.NEW: lambda case: case.unread > 0,
        Queue.MINE: lambda case: own in case.handlers and not case.ended,
        Queue.OVERDUE: lambda case: first_due(case) < day,
        Queue.SOON: is_soon,
        Queue.DRAFTS: lambda case: case.drafts > 0,
        Queue.ASKED: lambda case: case.asked > 0,
        Queue.THEIRS: lambda case: case.state in theirs and case.stage in ours,
        Queue.FORCE: lambda case: case.stage == Stage.AWAITING_FORCE and not case.ended,
        Queue.WRONG: lambda case: not case.is_whole,
        Queue.HELD: lambda case: case.state == State.LOCKED,
        Queue.CONCLUDED: lambda case: bool(case.ended),
        Queue.HOLD: lambda case: case.hold >= day,
        Queue.DUE: lambda case: bool(case.ended) and is_over(case, today),
        Queue.ALL: lambda case: True,
    }


def first_due(case: Summary) -> str:
    """The first day on which a promise is due; one after every day where none is."""
    return min(case.read_by or _NEVER, case.acknowledge_by or _NEVER, case.feed_back_by or _NEVER)


def _is_soon(today: date) -> Callable[[Summary], bool]:
    """Whether something is due soon, and nothing late."""
    day = str(today)
    read, acknowledge, feed_back = (str(soon_until(each, today)) for each in Promise)

    def is_soon(case: Summary) -> bool:
        near = (
            (case.read_by or _NEVER) <= read
            or (case.acknowledge_by or _NEVER) <= acknowledge
            or (case.feed_back_by or _NEVER) <= feed_back
        )
        return near and first_due(case) >= day

    return is_soon


def _in_order(cases: Sequence[Summary], queue: Queue) -> list[Summary]:
    """The most urgent first. The order is stable: otherwise the newest is."""
    if queue in _BY_DAY:
        return sorted(cases, key=lambda case: (case.risk == "", first_due(case)))
    return sorted(cases, key=lambda case: case.risk == "")


@dataclass(frozen=True)
class Listing:
    """One page of a queue. ``counts`` are of whole queues, ``found`` of what is looked for."""

    queue: Queue
    counts: Mapping[Queue, int]
    unread: int
    wanted: str
    found: int
    page: int
    pages: int
    cases: tuple[Summary, ...]


def list_cases(
    cases: Sequence[Summary], queue: Queue, wanted: str, page: int, viewer: Viewer
) -> Listing:
    """Page ``page`` (from 1; the nearest there is) of the cases in ``queue`` that hold ``wanted``.

    Every word of ``wanted`` has to be found in what the list shows of a case.
    """
    belongs = _belongs(viewer)
    found = select_cases(cases, queue, wanted, viewer)
    pages = max(1, -(-len(found) // ON_A_PAGE))
    page = min(max(page, 1), pages)
    return Listing(
        queue=queue,
        counts={each: sum(map(belongs[each], cases)) for each in Queue},
        unread=sum(case.unread for case in cases),
        wanted=wanted,
        found=len(found),
        page=page,
        pages=pages,
        cases=tuple(found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]),
    )


def select_cases(
    cases: Sequence[Summary], queue: Queue, wanted: str, viewer: Viewer
) -> list[Summary]:
    """The cases in ``queue`` that hold every word of ``wanted``, the most urgent first."""
    belongs, terms = _belongs(viewer)[queue], wanted.lower().split()
    inside = [case for case in cases if belongs(case)]
    if terms:
        inside = [case for case in inside if _holds(case, terms, viewer)]
    return _in_order(inside, queue)


def _holds(case: Summary, terms: Sequence[str], viewer: Viewer) -> bool:
    waiting = viewer.waiting.get(case.mailbox, 0)
    shown = row_of(case, waiting, viewer.roster, viewer.today).words
    return all(term in shown for term in terms)
