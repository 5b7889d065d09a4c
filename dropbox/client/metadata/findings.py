"""What can be found in a file, as kinds from one fixed list: the twin of ``findings.js``."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST_VALUE: Final = 120
MOST: Final = 64


class Kind(StrEnum):
    """Every kind of finding, in the order in which they are shown."""

    PLACE = "place"
    MAY_PLACE = "may-place"
    AUTHOR = "author"
    SAVED_BY = "saved-by"
    ORGANISATION = "organisation"
    MANAGER = "manager"
    PEOPLE = "people"
    NETWORK = "network"
    DEVICE = "device"
    SERIAL = "serial"
    PRINTER = "printer"
    PATH = "path"
    TEMPLATE = "template"
    COMMENTERS = "commenters"
    CHANGES = "changes"
    HIDDEN_SHEETS = "hidden-sheets"
    ATTACHMENTS = "attachments"
    SCRIPT = "script"
    THUMBNAIL = "thumbnail"
    SECOND_PICTURE = "second-picture"
    TRAILING = "trailing"
    DATE = "date"
    SOFTWARE = "software"
    TITLE = "title"
    COMMENT = "comment"
    HISTORY = "history"
    IDENTIFIER = "identifier"
    PROFILE = "profile"
    OTHER = "other"
    UNREAD = "unread"


_ORDER: Final = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a file says. ``value``: what it says, at most 120 characters, or empty."""

    kind: Kind
    value: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file is and says.

    ``kind``: jpeg png webp tiff pdf office old-office film mail text, or unknown: one that cannot
    be looked into. ``stripped``: the file without what was found, where that could be done; it is
    looked through once more, and its pixels are those it had.
    """

    kind: str
    findings: tuple[Finding, ...]
    stripped: bytes | None = None


class Findings:
    """The findings of one file while it is looked through: each once, 64 at most."""

    def __init__(self) -> None:
        self._all: dict[Finding, None] = {}

    def add(self, kind: Kind, value: str = "") -> None:
        """Note a finding; what cannot be printed in its value becomes spaces."""
        if len(self._all) < MOST:
            printable = "".join(map(_printable, value[: 8 * LONGEST_VALUE]))
            clean = re.sub(" +", " ", printable).strip()
            self._all.setdefault(Finding(kind, clean[:LONGEST_VALUE]))

    def add_each(self, kind: Kind, values: Iterable[str]) -> None:
        """Note every value that says something."""
        for value in values:
            if value.strip():
                self.add(kind, value)

    def __len__(self) -> int:
        return len(self._all)

    def list(self) -> tuple[Finding, ...]:
        """All, in the order of ``Kind``; without value only where the kind has none with one."""
        told = {each.kind for each in self._all if each.value}
        kept = (each for each in self._all if each.value or each.kind not in told)
        return tuple(sorted(kept, key=lambda each: _ORDER[each.kind]))


def _printable(character: str) -> str:
    return " " if unicodedata.category(character)[0] in "CZ" else character
