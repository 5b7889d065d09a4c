"""Text of others as it is searched: one spelling, and nothing in it that is not seen.

What is looked for goes the same way as what is looked in. Letters that look alike to Unicode become
one (NFKC), what has no shape or turns the direction of writing is left out, and every control
character, line ends too, is a space. So nobody hides a name from the search by what cannot be seen.
"""

import sys
import unicodedata
from functools import cache
from typing import Final

_UNSEEN: Final = "Cf"
_SPACES: Final = frozenset({"Cc", "Zl", "Zp", "Zs"})


def plain(text: str) -> str:
    """``text`` in one line, as it is searched and as an excerpt shows it."""
    seen = unicodedata.normalize("NFKC", text).translate(_table())
    return " ".join(seen.split())


@cache
def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for point in range(sys.maxunicode + 1):
        category = unicodedata.category(chr(point))
        if category == _UNSEEN:
            table[point] = None
        elif category in _SPACES:
            table[point] = " "
    return table
