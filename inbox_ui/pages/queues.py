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

ON_A_PAGE: Final = 100
"""Cases on one page of a list."""


class Queue(StrEnum):
    """The lists there are."""

    NEW = "new"
    """Something of the reporter's is not acknowledged."""
    THEIRS = "theirs"
    """Everything is acknowledged: the reporter has the next word."""
    WRONG = "wrong"
    """Something is quarantined, missing or damaged."""
    MINE = "mine"
    """Assigned to whoever looks, and not ended."""
    DRAFTS = "drafts"
    """A reply is written, and not sent."""
    ASKED = "asked"
    """A force waits for an answer to its question."""
    HELD = "held"
    """Others have it."""
    CONCLUDED = "concluded"
    """The team has ended it."""
    HOLD = "hold"
    """It is kept for legal reasons, until a day that is not over."""
    DUE = "due"
    """It is to be purged."""
    ALL = "all"


@dataclass(frozen=True)
class Viewer:
    """Who looks, by the card id, and on which day."""

    analyst: bytes
    today: date


def _belongs(viewer: Viewer) -> Mapping[Queue, Callable[[Summary], bool]]:
    own, today = viewer.analyst.hex(), viewer.today
    day = str(today)
    return {
        Queue.NEW: lambda case: case.unread > 0,
        Queue.THEIRS: lambda case: case.state in (State.ACKNOWLEDGED, State.ANSWERED),
        Queue.WRONG: lambda case: not case.is_whole,
        Queue.MINE: lambda case: own in case.handlers and not case.ended,
        Queue.DRAFTS: lambda case: case.drafts > 0,
        Queue.ASKED: lambda case: case.asked > 0,
        Queue.HELD: lambda case: case.state == State.LOCKED,
        Queue.CONCLUDED: lambda case: bool(case.ended),
        Queue.HOLD: lambda case: case.hold >= day,
        Queue.DUE: lambda case: bool(case.ended) and is_over(case, today),
        Queue.ALL: lambda case: True,
    }


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
    inside = [case for case in cases if belongs[queue](case)]
    terms = wanted.lower().split()
    found = [case for case in inside if _holds(case, terms)] if terms else inside
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


def topics(case: Summary) -> tuple[str, ...]:
    """What a case is about, in words."""
    return tuple(words.CATEGORY_WORDS[Category(each)] for each in case.about.split(",") if each)


def forces(case: Summary) -> tuple[str, ...]:
    """The police forces a case names, as people call them."""
    return tuple(force_name(each) for each in case.forces.split(",") if each)


def _holds(case: Summary, terms: Sequence[str]) -> bool:
    state = words.STATES[State(case.state)]
    named = (case.name, state, *topics(case), *forces(case), case.forces, case.last_day)
    shown = " ".join(named).lower()
    return all(term in shown for term in terms)
