"""Counting the cases that this workstation may read. Pure: summaries in, numbers out.

Two ways of sorting a report stand beside each other. For the team, one that names two categories
counts in both (:func:`labels`). For what leaves, each report counts once in each table
(:func:`kind_of`), so that a table is protected by itself (:mod:`inbox_ui.accounts.suppression`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from statistics import quantiles
from typing import Final

from crypto.documents import Category, Conclusion
from dropbox.site.forces import DEMO, read_forces
from inbox_ui.summary import MORE, Summary
from inbox_ui.work.clocks import ACKNOWLEDGE_WITHIN, working_days
from inbox_ui.work.story import Story, read_story

SEVERAL: Final = "several"
NONE: Final = "none"
UNLISTED: Final = "unlisted"
OPEN: Final = "open"
MANY_MONTHS: Final = 120
"""More are not listed one by one."""


class Axis(StrEnum):
    """What reports are sorted by."""

    MONTH = "month"
    CHANNEL = "channel"
    CATEGORY = "category"
    FORCE = "force"
    OUTCOME = "outcome"
    INTELLIGENCE = "intelligence"
    RETURN = "return"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True)
class Account:
    """A case as it is counted. ``categories`` and ``forces`` are what its report says of itself;
    ``outcome`` is a ``Conclusion`` or ``OPEN``."""

    story: Story
    categories: tuple[str, ...]
    forces: tuple[str, ...]
    outcome: str


@dataclass(frozen=True)
class Tally:
    """How many of each kind, in a fixed order, those that are nought too."""

    axis: Axis
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Spread:
    """How long something took: the lower quartile, the median and the upper one, of ``count``."""

    count: int
    lower: float
    median: float
    upper: float


@dataclass(frozen=True)
class Figures:
    """The figures of some cases. ``read`` and ``acknowledged`` are in working days, ``concluded``
    in days; each ``None`` where there is none yet."""

    count: int
    tallies: tuple[Tally, ...]
    read: Spread | None
    acknowledged: Spread | None
    concluded: Spread | None

    def tally(self, axis: Axis) -> Tally:
        """The one of this axis."""
        return next(each for each in self.tallies if each.axis is axis)

    def count_of(self, axis: Axis, kind: str) -> int:
        """How many are of a kind."""
        return dict(self.tally(axis).rows)[kind]


def accounts_of(cases: Iterable[Summary]) -> tuple[Account, ...]:
    """The cases of which a story is known: those that are read here."""
    return tuple(_account(each) for each in cases if each.story)


def _account(case: Summary) -> Account:
    return Account(
        read_story(case.story),
        tuple(filter(None, case.about.split(","))),
        tuple(each for each in case.forces.split(",") if each and each != MORE),
        case.ended or OPEN,
    )


def count(accounts: Sequence[Account], months: Sequence[str] | None = None) -> Figures:
    """The figures for the team. ``months`` are those to be shown; by default from the first to the
    last in which there is a report."""
    shown = months_of(accounts) if months is None else months
    return Figures(
        len(accounts),
        tuple(tally(axis, accounts, shown) for axis in Axis),
        _spread(
            working_days(each.story.reported, each.story.read)
            for each in accounts
            if each.story.read is not None
        ),
        _spread(
            working_days(each.story.reported, each.story.acknowledged)
            for each in accounts
            if each.story.acknowledged is not None
        ),
        _spread(
            max((each.story.concluded - each.story.reported).days, 0)
            for each in accounts
            if each.story.concluded is not None
        ),
    )


def tally(axis: Axis, accounts: Iterable[Account], months: Sequence[str] = ()) -> Tally:
    """How many of each kind; what names several counts in each."""
    found = Counter(label for each in accounts for label in labels(axis, each))
    kinds = [each for each in kinds_of(axis, months) if each != SEVERAL]
    return Tally(axis, tuple((each, found[each]) for each in kinds))


def partition(axis: Axis, accounts: Iterable[Account], months: Sequence[str] = ()) -> Tally:
    """How many of each kind; each counts once. The invented forces of a demonstration are no rows
    of what leaves."""
    invented = _invented()
    kinds = [each for each in kinds_of(axis, months) if each not in invented]
    found = Counter(
        UNLISTED if (kind := kind_of(axis, each)) in invented else kind for each in accounts
    )
    return Tally(axis, tuple((each, found[each]) for each in kinds))


def labels(axis: Axis, account: Account) -> tuple[str, ...]:
    """Every kind that a case is of; at least one."""
    return _SORTED[axis](account)


def kind_of(axis: Axis, account: Account) -> str:
    """The one kind that a case is of: ``SEVERAL`` where it names more than one."""
    found = labels(axis, account)
    return found[0] if len(found) == 1 else SEVERAL


def kinds_of(axis: Axis, months: Sequence[str] = ()) -> tuple[str, ...]:
    """Every kind there is, whether or not a case is of it: which rows a table has says nothing."""
    return tuple(months) if axis is Axis.MONTH else _kinds()[axis]


def month_of(day: date) -> str:
    """The month of a day, ``YYYY-MM``."""
    return str(day)[:7]


def months_between(first: str, last: str) -> tuple[str, ...]:
    """The months from ``first`` to ``last``, both ``YYYY-MM`` and both among them."""
    begin, end = (int(each[:4]) * 12 + int(each[5:]) - 1 for each in (first, last))
    return tuple(f"{each // 12:04}-{each % 12 + 1:02}" for each in range(begin, end + 1))


def months_of(accounts: Iterable[Account]) -> tuple[str, ...]:
    """The months from the first report to the last; those in which there is one, where a server
    says days that are so far apart that nobody looks at all of them."""
    found = sorted({month_of(each.story.reported) for each in accounts})
    if not found:
        return ()
    between = months_between(found[0], found[-1])
    return between if len(between) <= MANY_MONTHS else tuple(found)


def _said_forces(account: Account) -> tuple[str, ...]:
    known = _kinds()[Axis.FORCE]
    found = (each if each in known else UNLISTED for each in account.forces)
    return tuple(dict.fromkeys(found)) or (NONE,)


def _promptness(account: Account) -> tuple[str, ...]:
    story = account.story
    if story.acknowledged is None:
        return ("not yet",)
    in_time = story.acknowledged <= story.reported + ACKNOWLEDGE_WITHIN
    return ("in time" if in_time else "late",)


_SORTED: Final[Mapping[Axis, Callable[[Account], tuple[str, ...]]]] = {
    Axis.MONTH: lambda each: (month_of(each.story.reported),),
    Axis.CHANNEL: lambda each: ("telephone" if each.story.telephone else "online",),
    Axis.CATEGORY: lambda each: each.categories or (NONE,),
    Axis.FORCE: _said_forces,
    Axis.OUTCOME: lambda each: (each.outcome,),
    Axis.INTELLIGENCE: lambda each: ("released" if each.story.released else "not released",),
    Axis.RETURN: lambda each: ("again" if each.story.written > 1 else "once",),
    Axis.ACKNOWLEDGED: _promptness,
}


def _spread(values: Iterable[int]) -> Spread | None:
    found = list(values)
    if not found:
        return None
    lower, median, upper = quantiles(
        found * 2 if len(found) == 1 else found, n=4, method="inclusive"
    )
    return Spread(len(found), lower, median, upper)


@cache
def _invented() -> frozenset[str]:
    return frozenset(each.id for each in read_forces() if each.kind == DEMO)


@cache
def _kinds() -> Mapping[Axis, tuple[str, ...]]:
    """What is said least of stands last: suppression begins at the end."""
    return {
        Axis.CHANNEL: ("telephone", "online"),
        Axis.CATEGORY: (*(each.value for each in Category), NONE, SEVERAL),
        Axis.FORCE: (*(each.id for each in read_forces()), UNLISTED, NONE, SEVERAL),
        Axis.OUTCOME: (OPEN, *(each.value for each in Conclusion)),
        Axis.INTELLIGENCE: ("released", "not released"),
        Axis.RETURN: ("again", "once"),
        Axis.ACKNOWLEDGED: ("in time", "late", "not yet"),
    }
