"""What a reader says of its file, written as frames. Nothing that it says can be too long."""

import os
from collections import Counter
from typing import Final

from dropbox.client.metadata.findings import Finding
from inbox_ui.preview import limits
from inbox_ui.preview.frames import Frame, Tag
from inbox_ui.preview.jail import Wall
from inbox_ui.preview.sight import Kind, Listed, Note, Part


class Say:
    """Writes to the descriptor ``out``."""

    def __init__(self, out: int) -> None:
        self._out: Final = out
        self._names: Final = Counter[Listed]()
        self._noted: Final = set[Frame]()
        self._letters = 0

    def walls(self, walls: frozenset[Wall]) -> None:
        """The jail is closed, and these walls stand."""
        self._say(Frame(Tag.WALLS, text=" ".join(sorted(walls))))

    def open(self) -> None:
        """The jail does not hold."""
        self._say(Frame(Tag.OPEN))

    def kind(self, kind: Kind) -> None:
        """What the file is. The last word counts."""
        self._say(Frame(Tag.KIND, kind))

    def note(self, note: Note, value: object = "") -> None:
        """Something that has to be said, and is said once."""
        frame = Frame(Tag.NOTE, note, str(value)[: limits.LINE])
        if frame not in self._noted:
            self._noted.add(frame)
            self._say(frame)

    def found(self, finding: Finding) -> None:
        """Something that the file hides."""
        self._say(Frame(Tag.FOUND, finding.kind, finding.value))

    def searched(self) -> None:
        """All that can be found in it was looked for."""
        self._say(Frame(Tag.SEARCHED))

    def text(self, part: Part, text: str, most: int = limits.CHARACTERS) -> None:
        """A text of the file, ``most`` characters of it."""
        fits = min(most, limits.TEXTS - self._letters)
        if len(text) > fits:
            self.note(Note.CUT)
        self._letters += len(text[:fits])
        self._say(Frame(Tag.TEXT, part, text[:fits]))

    def name(self, listed: Listed, name: str) -> None:
        """A name in the file. After ``limits.MEMBERS`` of a list it is said that there are more."""
        self._names[listed] += 1
        if self._names[listed] <= limits.MEMBERS:
            self._say(Frame(Tag.NAME, listed, name[: limits.LINE]))
        elif self._names[listed] == limits.MEMBERS + 1:
            self.note(Note.MORE_NAMES)

    def picture(self, width: int, height: int, rows: bytes) -> None:
        """Pixels: rows of red, green and blue, a byte each."""
        self._say(Frame(Tag.PICTURE, data=rows, width=width, height=height))

    def copy(self, data: bytes) -> None:
        """The file without what it hides."""
        self._say(Frame(Tag.COPY, data=data))

    def end(self) -> None:
        """That was all."""
        self._say(Frame(Tag.END))

    def _say(self, frame: Frame) -> None:
        left = memoryview(frame.to_bytes())
        while left:
            left = left[os.write(self._out, left) :]
