"""Where the bars of a plot stand. The drawing is a template's, with classes and no style in it.

A plot is 480 units wide: a name on the left, a bar from there, and its number behind the bar.
"""

from dataclasses import dataclass
from typing import Final

from inbox_ui.accounts import words
from inbox_ui.accounts.figures import Axis, Tally

WIDTH: Final = 480
BEGINS: Final = 190
"""Where bars begin."""
_LONGEST: Final = 230
"""The bar of the highest count; behind it there is room for a number."""
_HEIGHT: Final = 28
_THICK: Final = 18
_BASELINE: Final = 14
_LETTERS: Final = 24
"""Letters that fit before a bar."""
_MOST: Final = 24
"""Bars of one plot."""
_Rows = tuple[tuple[str, int], ...]
"""Names and numbers."""


@dataclass(frozen=True)
class Bar:
    """One bar: what it is of, how many, and where it stands."""

    name: str
    short: str
    count: int
    y: int
    width: int

    @property
    def middle(self) -> int:
        """Where its text stands."""
        return self.y + _BASELINE

    @property
    def end(self) -> int:
        """Where the number behind it begins."""
        return BEGINS + self.width + 6


@dataclass(frozen=True)
class Plot:
    """A plot, what it says in one sentence, and all its numbers: ``rows`` are every kind, also
    those that have no bar of their own. ``cut`` says which; it is empty where each has one."""

    id: str
    title: str
    note: str
    summary: str
    cut: str
    height: int
    thick: int
    bars: tuple[Bar, ...]
    rows: tuple[tuple[str, int], ...]


def draw(tally: Tally, count: int) -> Plot:
    """The plot of a tally of ``count`` reports, and its table. Of police forces those that are
    named most have bars, and one bar is of all others that are named; of months the newest have."""
    rows = tuple((words.kind(tally.axis, kind), each) for kind, each in tally.rows)
    drawn, cut = _chosen(tally.axis, rows)
    most = max((each for _, each in drawn), default=0)
    bars = tuple(
        Bar(
            name,
            name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…",
            each,
            place * _HEIGHT,
            round(_LONGEST * each / most) if most else 0,
        )
        for place, (name, each) in enumerate(drawn)
    )
    return Plot(
        tally.axis.value,
        words.TITLES[tally.axis],
        words.NOTES[tally.axis],
        _summarise(rows, count),
        cut,
        _HEIGHT * max(len(bars), 1),
        _THICK,
        bars,
        rows,
    )


def _chosen(axis: Axis, rows: _Rows) -> tuple[_Rows, str]:
    """The rows that have a bar, and what is said of the others."""
    if axis is Axis.MONTH and len(rows) > _MOST:
        return rows[-_MOST:], words.MONTHS_CUT.format(shown=_MOST, left=len(rows) - _MOST)
    if axis is Axis.FORCE:
        named = sorted((each for each in rows if each[1]), key=lambda each: -each[1])
        if len(named) > _MOST:
            rest = named[_MOST - 1 :]
            others = (words.OTHERS.format(count=len(rest)), sum(each for _, each in rest))
            cut = words.FORCES_CUT.format(shown=_MOST - 1, left=len(rest))
            return (*named[: _MOST - 1], others), cut
        return tuple(named), words.FORCES_NAMED
    return rows, ""


def _summarise(rows: _Rows, count: int) -> str:
    name, most = max(rows, key=lambda each: each[1], default=("", 0))
    if not most:
        return words.SUMMARY_NONE.format(count=count)
    return words.SUMMARY_MOST.format(
        kind=name, most=most, count=count, share=words.share(most, count)
    )
