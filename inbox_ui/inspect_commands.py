"""``inspect``: what a saved file says besides what it shows.

It is a command of its own, without a vault: the file is hostile, and what takes it apart must not
be in one process with keys. It can be run on a machine that has nothing else.
"""

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from dropbox.client.metadata.findings import Finding, Inspection
from dropbox.client.metadata.labels import FINDINGS
from dropbox.client.terminal import visible_line
from inbox_ui import console, words

_MEMORY: Final = 2 * 1024**3
_SECONDS: Final = 60
_READABLE: Final = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.command("inspect")
@click.argument("file", type=_READABLE, metavar="FILE")
def inspect_file(file: Path) -> None:
    """What a saved file says besides what it shows: for you alone. Takes no vault."""
    _limit()
    # Here, because it loads what reads pictures and PDF files, which no other command needs.
    from dropbox.client.metadata.inspecting import inspect

    with file.open("rb") as opened:
        found = inspect(opened)
    console.print_result("\n".join(_lines(visible_line(file.name), found)))


def _limit() -> None:
    """A file that would take all of the machine ends this process instead."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))


def _lines(name: str, found: Inspection) -> Iterator[str]:
    if found.findings:
        yield words.FILE_SAYS.format(name=name)
        yield from map(_line, found.findings)
    elif found.kind == "unknown":
        yield words.FILE_UNKNOWN.format(name=name)
    else:
        yield words.FILE_SAYS_NOTHING.format(name=name)
    yield words.NO_PROGRAM_SEES


def _line(finding: Finding) -> str:
    template = words.FINDING_VALUE if finding.value else words.FINDING
    return template.format(words=FINDINGS[finding.kind], value=visible_line(finding.value))
