"""Where a command has the root from: its file, shares in files, or shares that are typed."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from crypto.keys import RootSecret
from inbox_ui import console, options, people_words
from inbox_ui.errors import NotAShare
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.shares import RootShare, join_shares, read_share
from inbox_ui.vault import read_root

F = TypeVar("F", bound=Callable[..., Any])

_LARGEST_SHARE = 4096


@dataclass(frozen=True)
class RootSource:
    """One of three ways, or none. Whoever has the root from here keeps it no longer than needed."""

    file: Path | None
    passphrase_file: Path | None
    share_files: tuple[Path, ...]
    typed: bool

    @property
    def given(self) -> int:
        """How many ways were given: one is right."""
        return sum((self.file is not None, bool(self.share_files), self.typed))

    @property
    def name(self) -> str:
        """What an error calls it."""
        return str(self.file) if self.file is not None else people_words.SHARES

    def read(self, passphrase: VaultPassphrase | None = None) -> RootSecret:
        """The root. ``passphrase`` opens its file where no other is given and nobody is asked.

        Raises as ``read_root``, ``read_shares`` and ``join_shares``.
        """
        if self.file is None:
            return join_shares(self.shares(), None)
        if passphrase is None or self.passphrase_file is not None:
            passphrase = console.read_root_passphrase(self.passphrase_file)
        return read_root(self.file, passphrase)

    def shares(self) -> tuple[RootShare, ...]:
        """The shares in files, or typed where none were given. Raises as :func:`read_shares`."""
        return read_shares(self.share_files)


def read_shares(files: tuple[Path, ...]) -> tuple[RootShare, ...]:
    """The shares in ``files``; without any, those that are typed at the terminal.

    Raises ``NotAShare`` or ``NotOnScreen``.
    """
    if not files:
        return console.ask_shares()
    return tuple(read_share(_text(each), str(each)) for each in files)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_SHARE).decode()
    except (OSError, ValueError):
        raise NotAShare(path) from None


def check_one(root: RootSource) -> None:
    """Wrong usage unless the root was given in exactly one way."""
    if root.given != 1:
        raise click.UsageError(people_words.ONE_ROOT)


share_files = click.option(
    "--root-share",
    "share_files",
    type=options.FILE,
    multiple=True,
    metavar="FILE",
    help="A file with one share of the root. Repeatable.",
)
root_passphrase_file = click.option(
    "--root-passphrase-file",
    type=options.FILE,
    metavar="FILE",
    help="A file with the passphrase of the root's file.",
)


def root_options(command: F) -> F:
    """``--root-file --root-passphrase-file --root-share --type-shares``, given as one ``root``."""

    @functools.wraps(command)
    def with_root(
        root_file: Path | None,
        root_passphrase_file: Path | None,
        share_files: tuple[Path, ...],
        type_shares: bool,
        **rest: Any,
    ) -> Any:
        root = RootSource(root_file, root_passphrase_file, share_files, type_shares)
        return command(root=root, **rest)

    chosen = (
        click.option("--root-file", type=options.FILE, metavar="FILE", help="The root's file."),
        root_passphrase_file,
        share_files,
        click.option("--type-shares", is_flag=True, help="Type the root's shares, one by one."),
    )
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(chosen), with_root)  # type: ignore[return-value]
