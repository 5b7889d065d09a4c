"""A look at a file: its bytes in, a ``Sight`` out. The file is opened in a process of its own, and
of what that says nothing is believed but pixels, text, and words from fixed lists."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeVar

from dropbox.client.metadata import findings
from dropbox.client.metadata.findings import Finding
from dropbox.client.metadata.findings import Kind as Finds
from inbox_ui.preview import limits
from inbox_ui.preview.frames import Frame, Garbled, Tag, read_frame
from inbox_ui.preview.jail import Wall
from inbox_ui.preview.keeper import Ended, Kept, NotStarted, TooLate, TooMuch, sealed
from inbox_ui.preview.kinds import HEAD, binary_kind_of
from inbox_ui.preview.png import write_png
from inbox_ui.preview.sight import VALUES, Failure, Kind, Listed, Note, Part, Picture, Sight
from inbox_ui.preview.walls import find_outer, python

_CODE = TypeVar("_CODE", bound=StrEnum)
_CLEANED: Final = frozenset({Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.PDF})
_CHILD: Final = "inbox_ui.preview.child"
_FAILURES: Final[dict[type[Exception], Failure]] = {
    TooLate: Failure.TOO_LATE,
    Ended: Failure.ENDED,
    TooMuch: Failure.GARBLED,
    Garbled: Failure.GARBLED,
}


class Task(StrEnum):
    """What is asked of the process."""

    LOOK = "look"
    TEXT = "text"
    INSPECT = "inspect"
    CLEAN = "clean"


_ALWAYS: Final = frozenset({Tag.NOTE, Tag.END})
_SEARCH: Final = _ALWAYS | {Tag.FOUND, Tag.NAME, Tag.SEARCHED}
_ASKED_FOR: Final[dict[Task, frozenset[Tag]]] = {
    Task.LOOK: _SEARCH | {Tag.KIND, Tag.TEXT, Tag.PICTURE},
    Task.TEXT: _SEARCH | {Tag.TEXT},
    Task.INSPECT: _SEARCH,
    Task.CLEAN: _ALWAYS | {Tag.COPY},
}
"""The frames of each task. One that nobody asked for is not kept, and ends the process."""
_VALUES: Final = {note: re.compile(VALUES.get(note, "")) for note in Note}


def see(data: bytes, task: Task = Task.LOOK, first: int = 0) -> Sight:
    """What ``data`` is and shows; of pages, 20 from the number ``first`` on, which is from 0."""
    if len(data) > limits.LARGEST:
        return Sight(failure=Failure.TOO_LARGE)
    try:
        with sealed(data) as file:
            return see_file(file, task, first)
    except NotStarted:
        return Sight(failure=Failure.NOT_STARTED)


def see_file(file: int, task: Task, first: int = 0) -> Sight:
    """The same of an open file: a descriptor that can be read, at its beginning."""
    return listen(command(task, first), file, first, task=task)


def available() -> frozenset[Wall]:
    """The walls that stand on this machine; none where nothing can be looked at."""
    return see(b"", Task.INSPECT).walls


def command(task: Task, first: int = 0) -> tuple[str, ...]:
    """What is started for it."""
    return (*find_outer(), *python(), "-m", _CHILD, task, str(first))


def listen(
    started: tuple[str, ...],
    file: int,
    first: int = 0,
    *,
    task: Task = Task.LOOK,
    deadline: float = limits.DEADLINE,
) -> Sight:
    """What the process ``started`` says of ``file``, up to where it is to be believed.

    ``deadline``: seconds from when its jail is closed; on a busy machine the start takes its time.
    """
    heard = _Heard(first, task, _kind_to_keep(file) if task is Task.CLEAN else None)
    try:
        with Kept(started, file) as kept:
            heard.take(read_frame(kept.read))
            kept.allow(deadline)
            for _ in range(limits.FRAMES):
                if not heard.take(read_frame(kept.read)):
                    return heard.sight()
            return heard.sight(Failure.GARBLED)
    except NotStarted:
        return heard.sight(Failure.NOT_STARTED)
    except (TooLate, Ended, TooMuch, Garbled) as error:
        return heard.sight(_FAILURES[type(error)] if heard.walls else Failure.NO_JAIL)


def _kind_to_keep(file: int) -> Kind | None:
    """What the file is, so what a cleaned copy of it has to be: by our own reading."""
    return binary_kind_of(os.pread(file, HEAD, 0))


@dataclass
class _Heard:
    """What was said so far. Nothing is taken before the walls stand."""

    first: int
    task: Task
    to_keep: Kind | None
    kind: Kind | None = None
    notes: dict[tuple[Note, str], None] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    texts: list[tuple[Part, str]] = field(default_factory=list)
    names: list[tuple[Listed, str]] = field(default_factory=list)
    walls: frozenset[Wall] = frozenset()
    copy: bytes | None = None
    searched: bool = False
    letters: int = 0

    def take(self, frame: Frame) -> bool:
        """Whether there is more to come after this frame. Raises ``Garbled``."""
        if not self.walls:
            if frame.tag is not Tag.WALLS:
                raise Garbled
            self.walls = frozenset(_coded(Wall, each) for each in frame.text.split())
            if Wall.CALLS not in self.walls:
                raise Garbled
            return True
        if frame.tag not in _ASKED_FOR[self.task]:
            raise Garbled
        if frame.tag is Tag.END:
            return False
        takers: dict[Tag, Callable[[Frame], None]] = {
            Tag.KIND: self._take_kind,
            Tag.NOTE: self._take_note,
            Tag.FOUND: self._take_finding,
            Tag.NAME: self._take_name,
            Tag.TEXT: self._take_text,
            Tag.PICTURE: self._take_picture,
            Tag.COPY: self._take_copy,
            Tag.SEARCHED: self._take_searched,
        }
        takers[frame.tag](frame)
        return True

    def sight(self, failure: Failure | None = None) -> Sight:
        """All of it."""
        order = {note: place for place, note in enumerate(Note)}
        return Sight(
            self.kind,
            tuple(sorted(self.notes, key=lambda each: order[each[0]])),
            tuple(self.findings),
            tuple(self.pictures),
            tuple(self.texts),
            tuple(self.names),
            self.first,
            self.walls,
            self.copy,
            failure,
            self.searched,
        )

    def _take_kind(self, frame: Frame) -> None:
        self.kind = _coded(Kind, frame.code)

    def _take_note(self, frame: Frame) -> None:
        note = _coded(Note, frame.code)
        if not _VALUES[note].fullmatch(frame.text):
            raise Garbled
        if len(self.notes) == limits.NOTES:
            raise Garbled
        self.notes[note, frame.text] = None

    def _take_finding(self, frame: Frame) -> None:
        if len(self.findings) == findings.MOST or len(frame.text) > findings.LONGEST_VALUE:
            raise Garbled
        self.findings.append(Finding(_coded(Finds, frame.code), frame.text))

    def _take_name(self, frame: Frame) -> None:
        listed = _coded(Listed, frame.code)
        before = sum(each is listed for each, _ in self.names)
        if before == limits.MEMBERS or len(frame.text) > limits.LINE:
            raise Garbled
        self.names.append((listed, frame.text))

    def _take_text(self, frame: Frame) -> None:
        self.letters += len(frame.text)
        if self.letters > limits.TEXTS:
            raise Garbled
        self.texts.append((_coded(Part, frame.code), frame.text))

    def _take_picture(self, frame: Frame) -> None:
        if len(self.pictures) == limits.PAGES:
            raise Garbled
        made = write_png(frame.width, frame.height, frame.data)
        self.pictures.append(Picture(frame.width, frame.height, made))

    def _take_copy(self, frame: Frame) -> None:
        """A program in the place of a picture is not what a cleaned copy is."""
        if self.to_keep not in _CLEANED or binary_kind_of(frame.data[:HEAD]) is not self.to_keep:
            raise Garbled
        self.copy = frame.data

    def _take_searched(self, _: Frame) -> None:
        self.searched = True


def _coded(codes: type[_CODE], code: str) -> _CODE:
    try:
        return codes(code)
    except ValueError:
        raise Garbled from None
