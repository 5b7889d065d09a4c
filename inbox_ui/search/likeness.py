"""Texts that are nearly the same: how many runs of three words they share.

A text is a set of such runs. A few of its runs, those with the lowest hashes, are kept in the index
(a sketch): texts that are alike have most of theirs in common, so that those with a few in common
are worth comparing as a whole. Only that comparison decides.
"""

from typing import Final
from zlib import crc32

RUN: Final = 3
SKETCH: Final = 12
SHARED: Final = 3
"""So many hashes of two sketches have to agree before the texts are compared."""
ALIKE: Final = 0.6
"""From this share on, texts are nearly the same."""
_SHORTEST: Final = 6
"""Words: shorter texts say too little to be told apart by."""


def runs(text: str) -> frozenset[str]:
    """The runs of three words of a plain text; none where it is too short."""
    words = text.casefold().split()
    if len(words) < _SHORTEST:
        return frozenset()
    return frozenset(" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def sketch(text: str) -> tuple[int, ...]:
    """The lowest hashes of a text's runs, at most 12."""
    return tuple(sorted({crc32(each.encode()) for each in runs(text)})[:SKETCH])


def likeness(one: str, other: str) -> float:
    """From 0 to 1: the runs both have, of those that either has."""
    ours, theirs = runs(one), runs(other)
    either = len(ours | theirs)
    return len(ours & theirs) / either if either else 0.0
