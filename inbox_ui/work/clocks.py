"""What a reporter may count on, and until when: computed from the days in the chains.

    read          2 working days: somebody has read what the reporter wrote
    acknowledge   7 days: the reporter was told that it was read (EU 2019/1937, art. 9(1)(b))
    feed back     3 months from then: what came of it, or that nothing can be said (art. 9(1)(f))

The days are the server's word. Saturdays and Sundays are no working days; bank holidays are not
known here, so a promise may look due a day too early, and never too late.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import count
from typing import Final

from crypto.casefile import CaseFile
from crypto.documents import Closed, Note, Receipt, Recorded, Reply
from crypto.envelope import Chain
from crypto.opening import Entry, Payload

READ_WITHIN: Final = 2
"""Working days."""
ACKNOWLEDGE_WITHIN: Final = timedelta(days=7)
FEED_BACK_WITHIN: Final = 3
"""Months."""
_SATURDAY: Final = 5
_WEEK: Final = 7
_MONTHS: Final = 12


class Promise(StrEnum):
    """What is due."""

    READ = "read"
    ACKNOWLEDGE = "acknowledge"
    FEED_BACK = "feed back"


class Timing(StrEnum):
    """How a promise stands on a day."""

    IN_TIME = "in time"
    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True)
class Due:
    """The last day of each promise; ``None`` where it is kept, or nobody is left to keep it to."""

    read: date | None = None
    acknowledge: date | None = None
    feed_back: date | None = None


def due(file: CaseFile, *, told: bool) -> Due:
    """What is due of a case. ``told``: somebody said that a reply has said what came of it."""
    reports = [each for each in file.of(Chain.REPORTER) if _is_written(each)]
    if not reports:
        return Due()
    read = _read_by(file, reports)
    if file.closed or file.concluded is not None:
        return Due(read)
    answers = [each for each in file.of(Chain.TEAM) if isinstance(each.payload, Receipt | Reply)]
    begun = reports[0].day + ACKNOWLEDGE_WITHIN
    acknowledged = file.acknowledged >= reports[0].seq
    if acknowledged:
        begun = min((begun, *(each.day for each in answers)))
    has_replied = any(isinstance(each.payload, Reply) for each in answers)
    return Due(
        read,
        None if acknowledged else begun,
        None if told and has_replied else add_months(begun, FEED_BACK_WITHIN),
    )


def _is_written(entry: Entry[Payload]) -> bool:
    return entry.payload is not None and not isinstance(entry.payload, Closed)


def _read_by(file: CaseFile, reports: list[Entry[Payload]]) -> date | None:
    """A receipt or a reply shows that somebody has read it; of the report itself, a note or a piece
    of casework does too, for there was nothing else to write them about."""
    unread = next((each for each in reports if each.seq > file.acknowledged), None)
    if unread is None:
        return None
    worked = any(isinstance(each.payload, Note | Recorded) for each in file.of(Chain.CASE))
    if unread is reports[0] and worked:
        unread = next(iter(reports[1:]), None)
    return None if unread is None else add_working_days(unread.day, READ_WITHIN)


def timing(promise: Promise, due: date, today: date) -> Timing:
    """How it stands with what is due on a day: that day itself is in time."""
    if due < today:
        return Timing.LATE
    return Timing.SOON if due <= soon_until(promise, today) else Timing.IN_TIME


def soon_until(promise: Promise, today: date) -> date:
    """The last day that is soon, seen from ``today``: what is due by then is shown before it is
    late."""
    match promise:
        case Promise.READ:
            return add_working_days(today, 1)
        case Promise.ACKNOWLEDGE:
            return today + timedelta(days=2)
        case Promise.FEED_BACK:
            return today + timedelta(days=14)


@lru_cache(maxsize=1024)  # a list has a hundred thousand cases, and few days
def add_working_days(day: date, number: int) -> date:
    """The working day that is ``number`` of them after ``day``."""
    ahead = (day + timedelta(days=each) for each in count(1))
    working = (each for each in ahead if each.weekday() < _SATURDAY)
    return next(each for place, each in enumerate(working, 1) if place == number)


def working_days(first: date, last: date) -> int:
    """How many days from Monday to Friday come after ``first``, up to ``last``; never below 0."""
    weeks, rest = divmod(max((last - first).days, 0), _WEEK)
    days = (first + timedelta(days=each) for each in range(1, rest + 1))
    return weeks * _SATURDAY + sum(each.weekday() < _SATURDAY for each in days)


@lru_cache(maxsize=1024)
def add_months(day: date, number: int) -> date:
    """The same day ``number`` months later, or the last of that month where it has no such day."""
    years, month = divmod(day.month - 1 + number, _MONTHS)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
