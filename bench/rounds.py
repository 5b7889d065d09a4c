"""Two things measured in turn: a noisy machine is noisy to both."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Measure = Callable[[int], float]
"""Does the work of a round (0: warming up) and gives its rate."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The medians of both rates, and of the ratios of the rounds."""

    ours: float
    other: float
    ratio: float


def compare(ours: Measure, other: Measure, rounds: int) -> Compared:
    """Measure both in each round, who goes first in turn. Round 0 is thrown away."""
    pairs = []
    for number in range(rounds + 1):
        if number % 2:
            mine, theirs = ours(number), other(number)
        else:
            theirs, mine = other(number), ours(number)
        pairs.append((mine, theirs))
    counted = pairs[1:]
    return Compared(
        median(mine for mine, _ in counted),
        median(theirs for _, theirs in counted),
        median(mine / theirs for mine, theirs in counted),
    )
