"""Text. What it is written in is guessed from few possibilities, and said where it is a guess."""

import codecs
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from inbox_ui.preview import limits
from inbox_ui.preview.saying import Say
from inbox_ui.preview.sight import Note, Part

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMED: Final = {
    "utf-8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "windows-1252": "cp1252",
}
_GUESS: Final = "cp1252"
_TAB: Final = 8


@dataclass(frozen=True)
class Decoded:
    """A text; ``guessed`` is set where nothing said what it is written in."""

    text: str = field(repr=False)
    guessed: bool = False


def decode(data: bytes, said: str = "", cut: bool = False) -> Decoded:
    """The text of ``data``, which is ``said`` to be in this encoding, with plain line ends.

    ``cut``: more follows, so the last letter may not be whole.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(_tidy(data.decode(encoding, "replace")))
    try:
        return Decoded(_tidy((_whole_letters(data) if cut else data).decode("utf-8")))
    except UnicodeDecodeError:
        named = _NAMED.get(said.lower(), "")
        return Decoded(_tidy(data.decode(named or _GUESS, "replace")), not named)


def show(file: BinaryIO, say: Say) -> None:
    """The beginning of the file as text."""
    file.seek(0)
    data, more = file.read(4 * limits.CHARACTERS), bool(file.read(1))
    found = decode(data, cut=more)
    if found.guessed:
        say.note(Note.ENCODING)
    if more:
        say.note(Note.CUT)
    say.text(Part.TEXT, found.text)


def _whole_letters(data: bytes) -> bytes:
    """Without a letter of UTF-8 that is cut off at the end."""
    for cut in range(1, min(4, len(data)) + 1):
        if data[-cut] & 0xC0 == 0xC0:  # the first byte of one
            needed = 2 + (data[-cut] >= 0xE0) + (data[-cut] >= 0xF0)
            return data[:-cut] if cut < needed else data
        if data[-cut] < 0x80:
            break
    return data


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(_TAB)
