"""A table as CSV (RFC 4180) in which no cell is a formula, whatever spreadsheet opens it.

A spreadsheet runs what begins like a formula, also behind spaces, quotation marks, line breaks and
signs that nobody sees, and some take full-width signs for plain ones. Such a line gets an
apostrophe before it: that is how people tell a spreadsheet that it is text (CHECKS T40). Every cell
is quoted, so that a program that takes other signs for separators finds no new cell inside one.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import dropwhile
from typing import Final

_APOSTROPHE: Final = "'"
_STARTS: Final = frozenset("=+-@|%\t\N{MINUS SIGN}")
"""What a formula, a link to another program or a hidden cell begins with."""
_QUOTES: Final = frozenset("\"'`")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Mn", "Zs", "Zl", "Zp"})
"""Kinds of signs: control and format signs, such as for the direction of writing, and spaces."""
_BREAKS: Final = re.compile("([\n\x0b\x0c\x1c-\x1f\x85\u2028\u2029])")
"""What some program takes for the end of a line."""
_REPLACEMENT: Final = "\ufffd"


def to_csv(rows: Iterable[Sequence[str | int]]) -> bytes:
    """UTF-8, each row ended by CR LF. Numbers are written as they are, text defused."""
    return "".join(_line(row) for row in rows).encode()


def defuse(text: str) -> str:
    """``text`` as a cell that is shown and never reckoned. NUL, which cuts a cell off or is left
    out, becomes a replacement character; a line break is LF."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", _REPLACEMENT)
    began_oddly = text[:1] in ("\t", "\r", "\0") or _BREAKS.match(text) is not None
    lines = [_defuse_line(each) for each in _BREAKS.split(plain)]
    if began_oddly and not lines[0].startswith(_APOSTROPHE):
        lines[0] = _APOSTROPHE + lines[0]
    return "".join(lines)


def _defuse_line(line: str) -> str:
    """NFKC makes one sign of a full-width, a small and a superscript one."""
    bare = dropwhile(_is_looked_through, unicodedata.normalize("NFKC", line))
    return _APOSTROPHE + line if next(bare, "") in _STARTS else line


def _is_looked_through(letter: str) -> bool:
    """Whether a spreadsheet may leave it out, and see what stands behind it."""
    if letter in _STARTS:
        return False
    return letter in _QUOTES or unicodedata.category(letter) in _UNSEEN


def _line(row: Sequence[str | int]) -> str:
    return ",".join(_cell(each) for each in row) + "\r\n"


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    return '"' + defuse(value).replace('"', '""') + '"'
