"""A copy of a picture with parts of it black: made from the pixels that were seen, and no others.

A box is painted over the pixels, which are then gone: there is no layer that could be taken off,
and nothing is blurred, because blurred letters and numbers can be worked out again.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from inbox_ui.errors import NotRedacted
from inbox_ui.preview import words
from inbox_ui.preview.png import read_png, write_png
from inbox_ui.preview.sight import Picture

NAME: Final = "redacted-{page}.png"
"""A copy's name. The reporter's own could say who they are."""
MOST: Final = 100
"""Boxes of one picture."""
_EDGE: Final = re.compile(r"(?P<pixels>[0-9]{1,5})|(?P<share>[0-9]{1,3}(\.[0-9]{1,2})?) ?%")
_BLACK, _WHITE = b"\0\0\0", b"\xff\xff\xff"
_REACH: Final = 24
_OUTER, _INNER = 5, 2
"""Pixels from a corner to the ends and to the sides of the bars of its cross."""


@dataclass(frozen=True)
class Box:
    """A part of a picture, in pixels from its left and top edge; ``right`` and ``bottom`` are the
    first that are no longer in it. Raises ``NotRedacted`` for one in which there is nothing."""

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right and 0 <= self.top < self.bottom):
            raise NotRedacted(words.BOX_EMPTY)

    def within(self, width: int, height: int) -> "Box":
        """What of it lies in a picture of this size. Raises ``NotRedacted`` if nothing does."""
        if self.left >= width or self.top >= height:
            raise NotRedacted(words.BOX_OUTSIDE)
        return Box(self.left, self.top, min(self.right, width), min(self.bottom, height))

    def up_to(self, other: "Box") -> "Box":
        """The smallest that has both in it."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def around(self, width: int, height: int) -> tuple["Box", ...]:
        """What is left of a picture of this size without it: four boxes at most."""
        edges = (
            (0, 0, width, self.top),
            (0, self.bottom, width, height),
            (0, self.top, self.left, self.bottom),
            (self.right, self.top, width, self.bottom),
        )
        return tuple(Box(*each) for each in edges if each[0] < each[2] and each[1] < each[3])


def read_box(edges: Sequence[str], picture: Picture) -> Box:
    """The box whose left, top, right and bottom edge are typed: in pixels, or in per cent of the
    picture's side. Its part outside is left away. Raises ``NotRedacted`` for anything else."""
    if len(edges) != 4:
        raise NotRedacted(words.BOX_NUMBERS)
    sides = (picture.width, picture.height) * 2
    left, top, right, bottom = map(_place, edges, sides)
    box = Box(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
    return box.within(picture.width, picture.height)


def redact(picture: Picture, boxes: Iterable[Box]) -> bytes:
    """A PNG of ``picture`` in which ``boxes`` are black. Raises ``NotRedacted`` without a box."""
    parts = [(each, _BLACK) for each in boxes]
    if not parts:
        raise NotRedacted(words.NO_BOX)
    return _paint(picture, parts)


def draw(picture: Picture, boxes: Iterable[Box], corner: Box | None) -> bytes:
    """The same to look at, also without a box. ``corner`` is where one begins: there is a cross."""
    parts = [(each, _BLACK) for each in boxes]
    if corner is not None:
        parts += [(each, _WHITE) for each in _bars(corner, _REACH, _OUTER)]
        parts += [(each, _BLACK) for each in _bars(corner, _REACH, _INNER)]
    return _paint(picture, parts)


def _place(typed: str, side: int) -> Fraction:
    """How many pixels that is from the edge."""
    found = _EDGE.fullmatch(typed.strip())
    if found is None:
        raise NotRedacted(words.BOX_NUMBERS)
    share = found["share"]
    return Fraction(share) * side / 100 if share else Fraction(found["pixels"])


def _bars(corner: Box, reach: int, half: int) -> tuple[Box, Box]:
    left, top, right, bottom = corner.left, corner.top, corner.right, corner.bottom
    return (
        Box(max(0, left - reach), max(0, top - half), right + reach, bottom + half),
        Box(max(0, left - half), max(0, top - reach), right + half, bottom + reach),
    )


def _paint(picture: Picture, parts: Iterable[tuple[Box, bytes]]) -> bytes:
    """The later parts lie over the earlier ones."""
    width, height = picture.width, picture.height
    rows = bytearray(read_png(picture.png))
    for part, colour in parts:
        box = part.within(width, height)
        line = colour * (box.right - box.left)
        for row in range(box.top, box.bottom):
            at = 3 * (row * width + box.left)
            rows[at : at + len(line)] = line
    return write_png(width, height, bytes(rows))
