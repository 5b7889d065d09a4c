"""A file leaves the seal by a command: what is asked before, and a copy without what it hides.

The pages ask the same (``templates/keep.html``).
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from crypto.files import FileManifest
from dropbox.client.terminal import visible_line
from inbox_ui import console, durable, options, words
from inbox_ui.cleaned import check_size, clean, keep_copy

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Goal:
    """Where a file is to lie: as ``out``, or in the folder ``into`` under its own name made safe.
    ``cleaned``: a copy is meant. ``yes`` answers what is asked."""

    out: Path | None
    into: Path | None
    cleaned: bool
    yes: bool

    def ask(self, *, silent: bool) -> None:
        """Go on if somebody wants it after reading what it means. Raises ``click.UsageError``
        unless there is one place, and as :func:`console.ask_yes`."""
        if (self.out is None) == (self.into is None):
            raise click.UsageError(words.ONE_PLACE)
        if self.out is not None and self.out.exists():
            console.ask_yes(words.ASK_REPLACE.format(name=self.out), self.yes, silent)
        minded = words.SAVE_CLEANED if self.cleaned else words.SAVE_AS_IT_CAME
        place = visible_line(str(self.out or self.into))
        console.ask_yes(words.ASK_SAVE.format(minded=minded, place=place), self.yes, silent)

    def check(self, manifest: FileManifest) -> None:
        """Raise ``NotCleaned`` for a file of which no copy can be made for its size."""
        if self.cleaned:
            check_size(manifest)

    def write_cleaned(self, data: bytes, name: str) -> Path:
        """Where the cleaned copy of ``data`` lies. What reads it is a process of its own.

        Raises ``NotCleaned``, ``CannotSave``, ``CannotWrite`` or ``NoSpace``.
        """
        copy = clean(data)
        if self.out is not None:
            durable.replace(self.out, copy)
            return self.out
        assert self.into is not None
        return keep_copy(copy, self.into, name)


def goal_options(command: F) -> F:
    """``--out --into --cleaned --yes``, given to the command as one ``goal``."""

    @functools.wraps(command)
    def with_goal(
        out: Path | None, into: Path | None, cleaned: bool, yes: bool, **rest: Any
    ) -> Any:
        return command(goal=Goal(out, into, cleaned, yes), **rest)

    given = (
        click.option("--out", type=options.FILE, metavar="FILE", help="Save it as this."),
        click.option(
            "--into", type=options.FILE, metavar="DIR", help="Save it there, its name made safe."
        ),
        click.option(
            "--cleaned",
            is_flag=True,
            help="Save a copy without what is found in it besides what it shows.",
        ),
        options.yes,
    )
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(given), with_goal)  # type: ignore[return-value]
