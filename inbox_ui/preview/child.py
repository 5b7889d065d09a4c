"""The process of one file: closes its jail, reads the file, says what is in it, and ends.

    python -m inbox_ui.preview.child look FIRST | text 0 | inspect 0 | clean 0

The file is at its standard input. Nothing of it is read before the jail is closed.
"""

import os
import sys
from collections.abc import Callable
from functools import partial
from typing import BinaryIO, Final

from dropbox.client.metadata import inspecting
from dropbox.client.metadata.findings import Kind as Finds
from inbox_ui.preview import jail, kinds
from inbox_ui.preview.readers import actions, archives, compound, mails, pages, pictures, texts
from inbox_ui.preview.saying import Say
from inbox_ui.preview.sight import AS_TEXT, Kind, Note

Read = Callable[[BinaryIO, Say], None]
_PICTURES: Final = (Kind.JPEG, Kind.PNG, Kind.GIF, Kind.WEBP, Kind.TIFF, Kind.BMP)
_READERS: Final[dict[Kind, Read]] = {
    **dict.fromkeys(_PICTURES, pictures.show),
    Kind.TEXT: texts.show,
    Kind.MAIL: mails.show,
    Kind.ARCHIVE: archives.show,
    Kind.OLD_OFFICE: compound.show,
}
_REFUSED: Final[dict[Kind, Note]] = {
    Kind.SOUND: Note.ONLY_SAVE,
    Kind.FILM: Note.ONLY_SAVE,
    Kind.HEIC: Note.NO_READER,
    Kind.OTHER_ARCHIVE: Note.NO_READER,
    Kind.UNKNOWN: Note.NO_READER,
    **dict.fromkeys(AS_TEXT - {Kind.UNKNOWN}, Note.NOT_SHOWN),
}


def name(file: BinaryIO, say: Say) -> None:
    """What it is, and whether it is refused for that."""
    kind = kinds.kind_of_file(file)
    say.kind(kind)
    for other in kinds.also(kind, file):
        say.note(Note.TWO_KINDS, other)
    if kind in _REFUSED:
        say.note(_REFUSED[kind])


def search(file: BinaryIO, say: Say) -> None:
    """What it hides, and what it does without being asked. No pixel is decoded for it."""
    found = inspecting.search(file)
    for each in found.findings:
        say.found(each)
    if any(each.kind is Finds.SCRIPT for each in found.findings):
        say.note(Note.SCRIPTS)
    if kinds.kind_of_file(file) is Kind.PDF:
        actions.name(file, say)
    if found.kind == "unknown":
        say.note(Note.NOT_SEARCHED)
    else:
        say.searched()


def show(file: BinaryIO, say: Say, first: int) -> None:
    """What it shows; of pages, 20 from the number ``first`` on."""
    kind = kinds.kind_of_file(file)
    if kind is Kind.PDF:
        pages.show(file, say, first)
    elif kind in _READERS:
        _READERS[kind](file, say)


def clean(file: BinaryIO, say: Say) -> None:
    """The file without what it hides."""
    stripped = inspecting.inspect(file).stripped
    if stripped is None:
        say.note(Note.NO_COPY)
    else:
        say.copy(stripped)


def _tasks(task: str, first: int, file: BinaryIO, say: Say) -> list[Callable[[], None]]:
    """What is done for it, one after the other. The search comes before what shows the file: that
    is the larger part, and where it dies, what was found is said already."""
    named, searched = partial(name, file, say), partial(search, file, say)
    tasks: dict[str, list[Callable[[], None]]] = {
        "look": [named, searched, partial(show, file, say, first)],
        "text": [searched, partial(texts.show, file, say)],
        "inspect": [searched],
        "clean": [partial(clean, file, say)],
    }
    return tasks[task]


def main() -> None:
    """One file. It leaves by the shortest way, for nothing has to be put away."""
    say = Say(sys.stdout.fileno())
    asked, first = sys.argv[1], int(sys.argv[2])
    with open(sys.stdin.fileno(), "rb", closefd=False) as file:
        try:
            walls = jail.close()
        except jail.Open:
            say.open()
            os._exit(1)
        say.walls(walls)
        for task in _tasks(asked, first, file, say):
            _try(task, say)
        say.end()
        os._exit(0)


def _try(task: Callable[[], None], say: Say) -> None:
    """Do ``task``; whatever a hostile file makes of it is one of two sentences."""
    try:
        task()
    except MemoryError:
        say.note(Note.NO_MEMORY)
    except Exception:  # noqa: BLE001 - the outermost place of this process
        say.note(Note.DAMAGED)


if __name__ == "__main__":
    main()
