"""Which cases a list shows: a queue, what the analyst looks for, and one page of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from crypto.documents import Category
from dropbox.site.forces import force_name
from inbox_ui import words
from inbox_ui.purging import is_over
from inbox_ui.summary import State, Summary
from inbox_ui.work import words as case_words
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
    """Who looks, by the card id, and on which day."""

    analyst: bytes
    today: date


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
    return _in_order([case for case in inside if _holds(case, terms)] if terms else inside, queue)


def topics(case: Summary) -> tuple[str, ...]:
    """What a case is about, in words."""
    return tuple(words.CATEGORY_WORDS[Category(each)] for each in case.about.split(",") if each)


def forces(case: Summary) -> tuple[str, ...]:
    """The police forces a case names, as people call them."""
    return tuple(force_name(each) for each in case.forces.split(",") if each)


def _holds(case: Summary, terms: Sequence[str]) -> bool:
    state = words.STATES[State(case.state)]
    stage = case_words.STAGE_NAMES[Stage(case.stage)] if case.stage else ""
    named = (case.name, state, stage, *topics(case), *forces(case), case.forces, case.last_day)
    shown = " ".join(named).lower()
    return all(term in shown for term in terms)
