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
    """A plot, what it says in one sentence, and all its numbers."""

    id: str
    title: str
    note: str
    summary: str
    height: int
    thick: int
    bars: tuple[Bar, ...]


def draw(tally: Tally, count: int) -> Plot:
    """The plot of a tally of ``count`` reports. Of police forces those that are named are shown,
    of months the newest ones, and of what there is little of, all."""
    rows = list(tally.rows)
    if tally.axis is Axis.FORCE:
        rows = sorted((each for each in rows if each[1]), key=lambda each: -each[1])[:_MOST]
    if tally.axis is Axis.MONTH:
        rows = rows[-_MOST:]
    most = max((each for _, each in rows), default=0)
    bars = tuple(
        Bar(
            name := words.kind(tally.axis, kind),
            name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…",
            each,
            place * _HEIGHT,
            round(_LONGEST * each / most) if most else 0,
        )
        for place, (kind, each) in enumerate(rows)
    )
    return Plot(
        tally.axis.value,
        words.TITLES[tally.axis],
        words.NOTES[tally.axis],
        _summarise(bars, count),
        _HEIGHT * max(len(bars), 1),
        _THICK,
        bars,
    )


def _summarise(bars: tuple[Bar, ...], count: int) -> str:
    most = max(bars, key=lambda each: each.count, default=None)
    if most is None or not most.count:
        return words.SUMMARY_NONE.format(count=count)
    return words.SUMMARY_MOST.format(
        kind=most.name, most=most.count, count=count, share=words.share(most.count, count)
    )
