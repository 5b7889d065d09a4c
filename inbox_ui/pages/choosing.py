"""Choosing a file of this machine: among those that lie where carried files lie, or by its path.

Nothing is uploaded. The browser runs beside this process as the same user, a bundle may hold
gigabytes, and what a browser uploads it may keep a copy of.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from inbox_ui import durable
from inbox_ui.folder import FOLDER_MODE
from inbox_ui.pages import words
from inbox_ui.pages.forms import Form

_MOST: Final = 20


@dataclass(frozen=True)
class Found:
    """A file that lies there: its whole path, its bytes, and the day it was written."""

    path: str
    size: int
    day: date

    @property
    def name(self) -> str:
        """Without its folder."""
        return Path(self.path).name


@dataclass(frozen=True)
class Choice:
    """What may be chosen in ``folder``, newest first, what was, and what is wrong with it."""

    folder: str
    found: tuple[Found, ...]
    chosen: str = field(default="", repr=False)
    typed: str = field(default="", repr=False)
    error: str = ""


def offer(folder: Path, form: Form | None = None, error: str = "") -> Choice:
    """What may be chosen, with what ``form`` chose."""
    form = Form() if form is None else form
    return Choice(str(folder), _newest(folder), form.line("file"), form.line("other"), error)


def read_choice(form: Form) -> Path | None:
    """The file that was chosen; a path that was typed goes first. ``None`` where none was."""
    name = "other" if form.line("other") else "file"
    return form.whole_path(name)


def find_wrong(form: Form) -> str:
    """What to say where :func:`read_choice` gives nothing."""
    return words.NOT_ABSOLUTE if form.line("other") else words.NO_FILE


def prepare(goal: Path, folder: Path) -> None:
    """Make ``folder``, where carried files lie, if ``goal`` is to lie there. Raises
    ``CannotWrite`` or ``NoSpace``."""
    if goal.parent == folder:
        with durable.telling(folder):
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def _newest(folder: Path) -> tuple[Found, ...]:
    found = []
    try:
        for each in folder.iterdir():
            shown = each.name.isprintable() and not each.name.startswith(".")
            if shown and each.is_file():
                state = each.stat()
                found.append((state.st_mtime, each, state.st_size))
    except OSError:
        return ()
    return tuple(
        Found(str(path), size, datetime.fromtimestamp(written, UTC).date())
        for written, path, size in sorted(found, reverse=True)[:_MOST]
    )
