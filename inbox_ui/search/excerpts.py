"""A piece of a text around what was found in it, in parts that are found and parts that are not.

The index puts two control characters around what it found. No text has them (``plain``), and the
parts are shown by a template that escapes each, so a text can neither mark anything nor be markup.
"""

from collections.abc import Iterator
from typing import Final

BEGINS: Final = "\x02"
ENDS: Final = "\x03"
_BEFORE: Final = 80
_LENGTH: Final = 280
_MORE: Final = "…"

Parts = tuple[tuple[str, bool], ...]
"""Texts, and whether each is what was looked for."""


def excerpt(marked: str) -> Parts:
    """About 280 characters from a little before the first that was found. Never more than that,
    whatever the text is made of."""
    first = max(marked.find(BEGINS), 0)
    start = max(first - _BEFORE, 0)
    if start and (space := marked.find(" ", start, first)) >= 0:
        start = space + 1
    found = tuple(_parts(marked[start : start + _LENGTH]))
    before = ((_MORE, False),) if start else ()
    after = ((_MORE, False),) if start + _LENGTH < len(marked) else ()
    return (*before, *found, *after)


def _parts(piece: str) -> Iterator[tuple[str, bool]]:
    for number, part in enumerate(piece.split(BEGINS)):
        inside, _, outside = part.partition(ENDS) if number else ("", "", part)
        if inside:
            yield inside, True
        if outside:
            yield outside, False
