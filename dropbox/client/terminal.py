"""Text of others made safe to print in a terminal.

What a terminal would obey, hide or turn round is written as ``<U+202E>``: control characters, those
that change the direction of writing, those without width, and everything without a shape.
"""

import unicodedata
from typing import Final

_LINE_ENDS: Final = frozenset("\n")
_NO_SHAPE: Final = frozenset({"Zl", "Zp"})
_IGNORED: Final = (
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian selectors
    (0x2800, 0x2800),  # the empty Braille pattern
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFFA0, 0xFFA0),
    (0xE0000, 0xE0FFF),  # tags and further selectors
)


def visible(text: str) -> str:
    """``text`` with everything escaped but printable characters, spaces and line ends (``\\n``)."""
    return "".join(each if _is_plain(each) else f"<U+{ord(each):04X}>" for each in text)


def visible_line(text: str) -> str:
    """:func:`visible` for a name or title: line ends are escaped as well."""
    return visible(text).replace("\n", "<U+000A>")


def _is_plain(character: str) -> bool:
    """Whether a terminal only draws ``character``."""
    if " " <= character <= "~" or character in _LINE_ENDS:
        return True
    category = unicodedata.category(character)
    if category.startswith("C") or category in _NO_SHAPE:
        return False
    point = ord(character)
    return not any(first <= point <= last for first, last in _IGNORED)
