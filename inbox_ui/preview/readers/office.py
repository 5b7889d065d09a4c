"""Office files of the new kinds (ECMA-376, OpenDocument): macros, and what leads out of them.

A part can have any name, so it is known by what is said of it as well; and its XML is read, not
searched, so that it says here what it says to the program that opens it.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final

from inbox_ui.preview import limits
from inbox_ui.preview.readers import markup
from inbox_ui.preview.saying import Say
from inbox_ui.preview.sight import Listed, Note

_MARKERS: Final = frozenset({"[content_types].xml", "mimetype", "meta-inf/manifest.xml"})
_FIRST: Final = re.compile(r"^\[content_types\]\.xml$|\.rels$|^content\.xml$|^styles\.xml$")
_ALSO: Final = re.compile(r"\.xml$")
_MACROS: Final = re.compile(r"vbaproject\.bin$|vbadata\.xml$|^basic/|^scripts/|macrosheets/")
_EMBEDDED: Final = re.compile(r"/embeddings/|/activex/|^object |^objectreplacements/")
_OF_MACROS: Final = re.compile(r"vba(?:project|data)|macrosheet", re.I)
_OF_EMBEDDED: Final = re.compile(r"oleobject|activex", re.I)
_ADDRESS: Final = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|\\\\|//)", re.I)
_OF_SCRIPT: Final = re.compile(r"\s*(?:vnd\.sun\.star\.script|macro|javascript):", re.I)
_DDE: Final = re.compile(r"\bDDE(?:AUTO)?\b", re.I)
_LOADING: Final = re.compile(
    r"\b(?:INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK|RD)\b[^\n]{0,200}?(?:[a-z]{2,10}:|\\\\)", re.I
)
_DDE_PARTS: Final = frozenset({"ddelink", "dde-source", "dde-connection-decl"})
_FIELDS: Final = frozenset({"instrtext", "delinstrtext"})
_MOST_PARTS: Final = 1_000
_PIECE: Final = 64 * 1024
_UNREADABLE: Final = (
    zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, ValueError,
)  # fmt: skip


def is_office(names: list[str]) -> bool:
    """By what every office file has in it, however it is written."""
    return any(_plain(each) in _MARKERS for each in names)


def show(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], say: Say) -> None:
    """What there is to mind in its parts. Those that cannot all be read are said to be left out."""
    names = [_plain(each.filename) for each in members]
    if any(_MACROS.search(each) for each in names):
        say.note(Note.MACROS)
    if any(_EMBEDDED.search(each) for each in names):
        say.note(Note.EMBEDDED)
    left = limits.PARTS
    for each in _in_order(members, say):
        part = _Part(say)
        try:
            with archive.open(each) as opened:
                part.read(_pieces(opened, min(left, limits.PART), say))
        except _Cut:
            pass
        except _UNREADABLE:
            say.note(Note.DAMAGED)
        left -= part.length


def _in_order(members: list[zipfile.ZipInfo], say: Say) -> list[zipfile.ZipInfo]:
    """Those that say where it leads; then the others, the smallest first."""
    first = [each for each in members if _FIRST.search(_plain(each.filename))]
    known = set(map(id, first))
    others = [
        each for each in members if id(each) not in known and _ALSO.search(_plain(each.filename))
    ]
    read = [*first, *sorted(others, key=lambda each: each.file_size)]
    if len(read) > _MOST_PARTS:
        say.note(Note.CUT_OFF)
    return read[:_MOST_PARTS]


def _plain(name: str) -> str:
    """A name as programs compare it."""
    return name.replace("\\", "/").lstrip("/").lower()


def _pieces(opened: IO[bytes], most: int, say: Say) -> Iterator[bytes]:
    """A part of ``most`` bytes at most, whatever it says of its size. Raises ``_Cut``."""
    while piece := opened.read(min(_PIECE, most)) if most else b"":
        most -= len(piece)
        yield piece
    if not most and opened.read(1):
        say.note(Note.CUT_OFF)
        raise _Cut


class _Cut(Exception):
    """A part has more in it than is read."""


class _Part:
    """One part while it is read. ``length``: of its bytes so far."""

    def __init__(self, say: Say) -> None:
        self._say: Final = say
        self._in_field = False
        self._field: list[str] = []
        self.length = 0

    def read(self, pieces: Iterator[bytes]) -> None:
        """Name what is in it. Raises as ``pieces``; what came before that is named."""
        try:
            markup.read(self._counted(pieces), self._begin, self._take_words)
        except markup.NotRead:
            self._say.note(Note.DAMAGED)
        finally:
            self._look_at_field("".join(self._field))

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for each in pieces:
            self.length += len(each)
            yield each

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._in_field = name in _FIELDS
        kind = f"{attributes.get('contenttype', '')} {attributes.get('type', '')}"
        if name in ("relationship", "override", "default"):
            if _OF_MACROS.search(kind):
                self._say.note(Note.MACROS)
            if _OF_EMBEDDED.search(kind):
                self._say.note(Note.EMBEDDED)
        if attributes.get("targetmode", "").strip().lower() == "external":
            self._lead_out(attributes.get("target", ""))
        if _ADDRESS.match(attributes.get("href", "")):
            self._lead_out(attributes["href"])
        if name in _DDE_PARTS:
            self._say.note(Note.DDE)
        if name == "fldchar":
            self._field.append("\n")  # another field
        if name == "fldsimple":
            self._look_at_field(attributes.get("instr", ""))

    def _lead_out(self, target: str) -> None:
        self._say.note(Note.MACROS if _OF_SCRIPT.match(target) else Note.LEADS_OUT)
        self._say.name(Listed.LINK, target)

    def _take_words(self, words: str) -> None:
        """A field can be cut into pieces, with other elements between them."""
        if self._in_field:
            self._field.append(words)

    def _look_at_field(self, field: str) -> None:
        if _DDE.search(field):
            self._say.note(Note.DDE)
        if _LOADING.search(field):
            self._say.note(Note.LEADS_OUT)
