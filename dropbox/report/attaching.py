"""What is done with the files of a report before any of them is sent: each is looked through, what
it holds is said, and whoever sends it decides."""

from collections.abc import Sequence
from contextlib import ExitStack
from enum import Enum, auto
from typing import Final

import click

from dropbox.client.errors import Unreadable
from dropbox.client.metadata.findings import Finding, Inspection
from dropbox.client.metadata.labels import FINDINGS
from dropbox.client.source import Source
from dropbox.client.terminal import visible_line
from dropbox.report import words
from dropbox.report.console import Console
from dropbox.report.failures import CannotStrip, SaysTooMuch

_MOST_HELD: Final = 256 * 1024 * 1024
"""Bytes of rewritten files that are kept in memory at the same time."""


class Handling(Enum):
    """What is done with a file that holds more than it shows."""

    ASK = auto()
    REFUSE = auto()
    STRIP = auto()
    """It is sent without that, or nothing is sent."""
    KEEP = auto()
    LEAVE_OUT = auto()


_ANSWERS: Final = {"w": Handling.STRIP, "a": Handling.KEEP, "l": Handling.LEAVE_OUT}


def settle(handling: Handling, *, yes: bool, may_ask: bool) -> Handling:
    """``handling`` where somebody may be asked or not; ``--yes`` means that it is sent as it is."""
    if handling is not Handling.ASK:
        return handling
    if yes:
        return Handling.KEEP
    return Handling.ASK if may_ask else Handling.REFUSE


def choose(
    sources: Sequence[Source], handling: Handling, console: Console, stack: ExitStack
) -> list[Source]:
    """The files to send: each as it is, or rewritten in memory; some may be left out.

    Raises ``SaysTooMuch``, ``CannotStrip``, or ``Unreadable``.
    """
    chosen: list[Source] = []
    room = _MOST_HELD
    for source in sources:
        inspection = _look_through(source, console)
        stripped = inspection.stripped
        if stripped is not None and len(stripped) > room:
            stripped = None
        decided = _decide(source, inspection, stripped is not None, handling)
        if decided is Handling.STRIP and stripped is not None:
            chosen.append(stack.enter_context(Source(source.path, content=stripped)))
            room -= len(stripped)
        elif decided is not Handling.LEAVE_OUT:
            chosen.append(source)
        if inspection.findings:
            console.say(_OUTCOMES[decided].format(name=visible_line(source.path.name)))
    if sources:
        console.say(words.NOT_LOOKED)
    return chosen


_OUTCOMES: Final = {
    Handling.STRIP: words.FILE_STRIPPED,
    Handling.KEEP: words.FILE_KEPT,
    Handling.LEAVE_OUT: words.FILE_LEFT_OUT,
}


def _look_through(source: Source, console: Console) -> Inspection:
    # Here, because it loads what reads pictures and PDF files, which few commands need.
    from dropbox.client.metadata.inspecting import inspect

    try:
        with source.open_again() as file:
            inspection = inspect(file)
    except OSError:
        raise Unreadable(source.path) from None
    name = visible_line(source.path.name)
    if inspection.findings:
        console.say(words.FILE_SAYS.format(name=name))
        for each in inspection.findings:
            console.say(_line(each))
    elif inspection.kind == "unknown":
        console.say(words.FILE_UNKNOWN.format(name=name))
    else:
        console.say(words.FILE_SAYS_NOTHING.format(name=name))
    return inspection


def _line(finding: Finding) -> str:
    template = words.FINDING_VALUE if finding.value else words.FINDING
    label = FINDINGS[finding.kind]
    return template.format(words=label, value=visible_line(finding.value))


def _decide(
    source: Source, inspection: Inspection, strippable: bool, handling: Handling
) -> Handling:
    """STRIP, KEEP or LEAVE_OUT."""
    name = source.path.name
    if handling is Handling.STRIP:
        if not strippable and (inspection.findings or inspection.kind != "text"):
            raise CannotStrip(name)
        return Handling.STRIP
    if handling is Handling.KEEP or not inspection.findings:
        return Handling.KEEP
    if handling is Handling.REFUSE:
        raise SaysTooMuch(name)
    question = words.ASK_FILE if strippable else words.ASK_FILE_KEPT
    allowed = click.Choice(list(_ANSWERS)[0 if strippable else 1 :])
    return _ANSWERS[click.prompt(question, type=allowed, show_choices=False, err=True)]
