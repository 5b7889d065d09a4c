"""``redact``: a copy of what a saved file shows, with parts of it black.

Like ``inspect`` it takes no vault, and what reads the file is a process that can do nothing but
answer.
"""

from pathlib import Path
from typing import Final

import click

from inbox_ui import console, options, words
from inbox_ui.cleaned import keep_copy
from inbox_ui.errors import NotInspected, NotRedacted
from inbox_ui.preview import words as seen
from inbox_ui.preview.seeing import Task, see_file
from inbox_ui.preview.sight import Note, Picture
from inbox_ui.redacted import NAME, read_box, redact

_READABLE: Final = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.command("redact")
@click.argument("file", type=_READABLE, metavar="FILE")
@click.option(
    "--box",
    "boxes",
    multiple=True,
    metavar="LEFT,TOP,RIGHT,BOTTOM",
    help="A part that is to be black: pixels, or per cent like 12.5%. Repeatable.",
)
@click.option("--page", type=click.IntRange(1, 9999), default=1, help="Of a PDF, from 1.")
@click.option(
    "--into", type=options.FILE, metavar="DIR", required=True, help="Save the copy there."
)
def redact_file(file: Path, boxes: tuple[str, ...], page: int, into: Path) -> None:
    """A picture of what a saved file shows, with parts of it black. Takes no vault."""
    if not boxes:
        raise NotRedacted(seen.NO_BOX)
    picture = _see(file, page)
    copy = redact(picture, [read_box(each.split(","), picture) for each in boxes])
    path = keep_copy(copy, into, NAME.format(page=page))
    size = {"width": picture.width, "height": picture.height}
    console.say(words.REDACTED.format(count=len(boxes), **size))
    console.print_result(str(path))


def _see(file: Path, page: int) -> Picture:
    """The page as it is shown. Raises ``NotInspected`` or ``NotRedacted`` where it is not."""
    with file.open("rb") as opened:
        found = see_file(opened.fileno(), Task.LOOK, page - 1)
    if found.failure is not None:
        raise NotInspected(seen.FAILURES[found.failure])
    bad = (Note.BAD_PAGE, str(page)) in found.notes
    if bad or page > max(1, found.pages) or not found.pictures:
        raise NotRedacted(seen.NO_PICTURE)
    return found.pictures[0]
