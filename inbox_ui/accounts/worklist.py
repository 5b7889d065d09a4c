"""What is due of keeping and deleting: which cases go, which stay and why, which nobody has ended.

It only looks. A case goes by the sync of a workstation (:mod:`inbox_ui.purging`), and everything
that keeps one longer is written into its log by the actions there are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from crypto.documents import Held
from crypto.envelope import Chain
from inbox_ui.errors import InboxError
from inbox_ui.purging import reason_to_keep
from inbox_ui.reading import OpenCase
from inbox_ui.retention import TO_BE_HEARD
from inbox_ui.station import Station
from inbox_ui.summary import State, Summary

AHEAD: Final = timedelta(days=30)
"""A case that ends within this time is on the list."""
QUIET: Final = timedelta(days=180)
"""A case that nobody has ended, and in which nothing has come for so long, is to be looked at."""
_LONGEST: Final = 400
"""Characters that are shown of why a case is on hold."""


class Due(StrEnum):
    """How it stands with a case, the most urgent first."""

    LATE = "late"
    """It should have gone: no workstation that has it has fetched since."""
    DOUBT = "doubt"
    """Its day is over, and something keeps it until somebody has looked."""
    UNREAD = "unread"
    """Its day is over, and the reporter has written since."""
    GOES = "goes"
    """It goes with the next sync."""
    HEARD = "heard"
    """Its day is over; it waits a week, until each handler has heard of it."""
    HOLD = "hold"
    """It is kept for legal reasons."""
    SOON = "soon"
    """Its last day is near."""
    QUIET = "quiet"
    """Nobody has ended it, and nothing has come for half a year."""


@dataclass(frozen=True)
class Item:
    """A case on the list. ``day`` is its last day, or that of what is said of it; ``days`` how long
    ago or ahead that is; ``why`` is a reason that somebody wrote, ``problem`` one of ours."""

    case: str
    due: Due
    day: date
    days: int
    why: str = ""
    problem: Exception | None = None


def worklist(station: Station) -> tuple[Item, ...]:
    """Everything that is due, for whom this workstation reads. Nothing is changed."""
    today, places = station.today(), list(Due)
    found = _items(station, station.casebook.cases(), today)
    return tuple(sorted(found, key=lambda each: (places.index(each.due), each.day, each.case)))


def _items(station: Station, cases: Iterable[Summary], today: date) -> Iterator[Item]:
    for case in cases:
        if case.hold and date.fromisoformat(case.hold) >= today:
            yield _item(case, Due.HOLD, case.hold, today, why=_why_held(station, case))
        elif case.ended:
            yield from _ended(station, case, today)
        elif _is_quiet(case, today):
            yield _item(case, Due.QUIET, case.last_day, today)


def _is_quiet(case: Summary, today: date) -> bool:
    is_read = case.state not in (State.LOCKED, State.UNREADABLE)
    return is_read and date.fromisoformat(case.last_day) + QUIET < today


def _ended(station: Station, case: Summary, today: date) -> Iterator[Item]:
    last = max(case.keep_until, case.hold)
    if date.fromisoformat(last) >= today:
        if date.fromisoformat(last) <= today + AHEAD:
            yield _item(case, Due.SOON, last, today)
        return
    heard = date.fromisoformat(case.said) + TO_BE_HEARD if case.said else None
    problem = reason_to_keep(station, case)
    if case.unread:
        yield _item(case, Due.UNREAD, last, today)
    elif heard is not None and today <= heard:
        yield _item(case, Due.HEARD, str(heard), today)
    elif problem is not None:
        yield _item(case, Due.DOUBT, last, today, problem=problem)
    else:
        goes = max(date.fromisoformat(last), heard or date.min)
        yield _item(case, Due.LATE if today > goes + TO_BE_HEARD else Due.GOES, last, today)


def _item(
    case: Summary, due: Due, day: str, today: date, why: str = "", problem: Exception | None = None
) -> Item:
    found = date.fromisoformat(day)
    return Item(case.name, due, found, abs((found - today).days), why, problem)


def _why_held(station: Station, case: Summary) -> str:
    try:
        return _reason(station.open_case(case))
    except InboxError:
        return ""  # its rows are damaged: its own page says so


def _reason(case: OpenCase) -> str:
    held = (each for each in reversed(case.file.of(Chain.CASE)) if isinstance(each.payload, Held))
    newest = next(held, None)
    return (newest.words or "")[:_LONGEST] if newest is not None else ""
