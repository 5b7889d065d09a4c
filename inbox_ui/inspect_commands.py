"""``inspect``: what a saved file says besides what it shows.

It is a command of its own, without a vault, and what takes the file apart is a process of its own
as well: a jail that can do nothing but answer (:mod:`inbox_ui.preview`). It can be run on a machine
that has nothing else.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from dropbox.client.metadata.findings import Finding
from dropbox.client.metadata.labels import FINDINGS
from dropbox.client.terminal import visible_line
from inbox_ui import console, words
from inbox_ui.errors import NotInspected
from inbox_ui.preview import words as seen
from inbox_ui.preview.seeing import Task, see_file
from inbox_ui.preview.sight import Note, Sight

_READABLE: Final = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_TOLD: Final = frozenset({Note.NOT_SEARCHED, Note.SCRIPTS})
"""What the lines below say in their own way."""


@click.command("inspect")
@click.argument("file", type=_READABLE, metavar="FILE")
def inspect_file(file: Path) -> None:
    """What a saved file says besides what it shows: for you alone. Takes no vault."""
    with file.open("rb") as opened:
        found = see_file(opened.fileno(), Task.INSPECT)
    if found.failure is not None:
        raise NotInspected(seen.FAILURES[found.failure])
    if not (found.searched or _is_of_no_known_kind(found)):
        raise NotInspected(" ".join((seen.NOT_SEARCHED, *_notes(found))))
    console.print_result("\n".join(_lines(visible_line(file.name), found)))


def _lines(name: str, found: Sight) -> Iterator[str]:
    if found.findings:
        yield words.FILE_SAYS.format(name=name)
        yield from map(_line, found.findings)
    elif _is_of_no_known_kind(found):
        yield words.FILE_UNKNOWN.format(name=name)
    else:
        yield words.FILE_SAYS_NOTHING.format(name=name)
    yield from _notes(found)
    for listed, each in found.names:
        yield words.FINDING_VALUE.format(words=seen.NAMES[listed], value=visible_line(each))
    yield words.NO_PROGRAM_SEES


def _is_of_no_known_kind(found: Sight) -> bool:
    return any(note is Note.NOT_SEARCHED for note, _ in found.notes)


def _notes(found: Sight) -> Iterator[str]:
    return (seen.note(note, value) for note, value in found.notes if note not in _TOLD)


def _line(finding: Finding) -> str:
    template = words.FINDING_VALUE if finding.value else words.FINDING
    return template.format(words=FINDINGS[finding.kind], value=visible_line(finding.value))
