"""What is known of a file after a look at it. The kinds and notes are from fixed lists: a file
brings numbers, names and text, and never a sentence of its own.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from dropbox.client.metadata.findings import Finding
from inbox_ui.preview.jail import Wall

_LARGEST_LETTER: Final = 4
_OBJECT: Final = 512
"""Bytes of what holds each of it, at most."""


class Kind(StrEnum):
    """What a file is, by its bytes."""

    JPEG = "jpeg"
    PNG = "png"
    GIF = "gif"
    WEBP = "webp"
    TIFF = "tiff"
    BMP = "bmp"
    HEIC = "heic"
    PDF = "pdf"
    TEXT = "text"
    MAIL = "mail"
    OFFICE = "office"
    OLD_OFFICE = "old-office"
    RTF = "rtf"
    ARCHIVE = "archive"
    OTHER_ARCHIVE = "other-archive"
    SOUND = "sound"
    FILM = "film"
    HTML = "html"
    SVG = "svg"
    SCRIPT = "script"
    PROGRAM = "program"
    SHORTCUT = "shortcut"
    EMPTY = "empty"
    UNKNOWN = "unknown"


class Note(StrEnum):
    """What has to be said of a file, in the order in which it is shown."""

    TWO_KINDS = "two-kinds"
    ONLY_SAVE = "only-save"
    NOT_SHOWN = "not-shown"
    NO_READER = "no-reader"
    LISTED = "listed"
    DAMAGED = "damaged"
    LOCKED = "locked"
    TOO_MANY_PIXELS = "too-many-pixels"
    NO_MEMORY = "no-memory"
    BOMB = "bomb"
    OVERLAP = "overlap"
    LIES = "lies"
    MACROS = "macros"
    DDE = "dde"
    PROGRAMS = "programs"
    NESTED = "nested"
    OUTSIDE = "outside"
    EMBEDDED = "embedded"
    SCRIPTS = "scripts"
    FORM = "form"
    LEADS_OUT = "leads-out"
    LOCKED_MEMBERS = "locked-members"
    MORE_PICTURES = "more-pictures"
    SMALLER = "smaller"
    PAGES = "pages"
    CUT = "cut"
    MORE_NAMES = "more-names"
    CUT_OFF = "cut-off"
    ENCODING = "encoding"
    BAD_PAGE = "bad-page"
    NOT_SEARCHED = "not-searched"
    NO_COPY = "no-copy"


_NUMBER: Final = r"[0-9]{1,10}"
_LARGE: Final = r"[0-9,]{1,40}"
VALUES: Final[dict[Note, str]] = {
    Note.TWO_KINDS: "|".join(Kind),
    Note.TOO_MANY_PIXELS: f"{_LARGE} × {_LARGE}",
    Note.BOMB: _LARGE,
    Note.MORE_PICTURES: _NUMBER,
    Note.SMALLER: f"{_LARGE} × {_LARGE}",
    Note.PAGES: _NUMBER,
    Note.BAD_PAGE: _NUMBER,
}
"""How a note's value is written; a note that is not in it has none."""


class Part(StrEnum):
    """What a text of a file is."""

    TEXT = "text"
    PAGE = "page"
    HEADERS = "headers"
    BODY = "body"
    SOURCE = "source"


class Listed(StrEnum):
    """What a name in a file is of."""

    ACTION = "action"
    LINK = "link"
    MEMBER = "member"
    ATTACHMENT = "attachment"


class Failure(StrEnum):
    """Why there is no more to be seen."""

    NOT_STARTED = "not-started"
    NO_JAIL = "no-jail"
    TOO_LARGE = "too-large"
    TOO_LATE = "too-late"
    ENDED = "ended"
    GARBLED = "garbled"


@dataclass(frozen=True)
class Picture:
    """A picture as we encoded it (:mod:`inbox_ui.preview.png`)."""

    width: int
    height: int
    png: bytes = field(repr=False)


@dataclass(frozen=True)
class Sight:
    """All of it. ``first`` is the number of the first page that is shown, from 0.

    ``copy`` is the file without what it hides, where that was asked for and could be done. What
    came before a ``failure`` is kept: it is no less true. ``searched``: what it hides was looked
    for to the end, so that no findings mean that there are none of the kind.
    """

    kind: Kind | None = None
    notes: tuple[tuple[Note, str], ...] = ()
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    pictures: tuple[Picture, ...] = field(default=(), repr=False)
    texts: tuple[tuple[Part, str], ...] = field(default=(), repr=False)
    names: tuple[tuple[Listed, str], ...] = field(default=(), repr=False)
    first: int = 0
    walls: frozenset[Wall] = frozenset()
    copy: bytes | None = field(default=None, repr=False)
    failure: Failure | None = None
    searched: bool = False

    @property
    def pages(self) -> int:
        """How many pages the file has, or 0 for one without."""
        return next((int(value) for note, value in self.notes if note is Note.PAGES), 0)

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, about: nothing that the process said is left out."""
        found = ((each.kind, each.value) for each in self.findings)
        said = (*self.notes, *self.texts, *self.names, *found)
        made = (*(each.png for each in self.pictures), self.copy or b"")
        letters = sum(_LARGEST_LETTER * len(text) for _, text in said)
        return letters + sum(map(len, made)) + _OBJECT * (len(said) + len(made) + 1)


AS_TEXT: Final = frozenset(
    {Kind.HTML, Kind.SVG, Kind.SCRIPT, Kind.RTF, Kind.PROGRAM, Kind.SHORTCUT, Kind.UNKNOWN}
)
"""What is refused, and shown as visible text if somebody asks."""
