"""File parts as files on the disk, behind four verbs: write, read, remove, sweep.

    DATA/parts/<first 2 hex digits>/<32 hex digits, random>

A name is never used twice: bytes that no row names will not be named later, and half a file needs
no name of its own: it is written, flushed, and its folder flushed, all before a row says that the
part is held. Every function blocks on the disk and is called in a thread.
"""

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

_OURS: Final = 0o700
_ALL: Final = os.R_OK | os.W_OK | os.X_OK
NAME: Final = 16
"""Bytes of a part's random name."""


class Parts:
    """The parts under one directory. Safe to use from several processes at once."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def prepare(self) -> None:
        """Make the directory and the folders in it, which no later write then has to flush."""
        self._root.mkdir(mode=_OURS)
        for number in range(256):
            (self._root / f"{number:02x}").mkdir(mode=_OURS)
        _flush(self._root)

    def usable(self) -> bool:
        """Whether the directory and each of the folders in it are there, and ours to use."""
        folders = (self._root, *(self._root / f"{number:02x}" for number in range(256)))
        return all(each.is_dir() and os.access(each, _ALL) for each in folders)

    def path(self, name: bytes) -> Path:
        """Where the bytes of a part are."""
        return self._root / name.hex()[:2] / name.hex()

    def write(self, sealed: bytes, day: date) -> bytes:
        """Put a part on the disk to stay; gives its name. Raises ``OSError``.

        Its modification time is the day's first second. (The kernel's change time cannot be set.)
        """
        name = secrets.token_bytes(NAME)
        path = self.path(name)
        try:
            _write_flushed(path, sealed, day)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        _flush(path.parent)
        return name

    def read(self, name: bytes) -> bytes:
        """The bytes of a part. Raises ``OSError``."""
        return self.path(name).read_bytes()

    def remove(self, names: tuple[bytes, ...]) -> None:
        """Remove parts that no row names any more."""
        for name in names:
            self.path(name).unlink(missing_ok=True)

    def all(self) -> Iterator[Path]:
        """Every file there is, halves too."""
        for folder in sorted(self._root.iterdir()):
            if folder.is_dir():
                yield from sorted(folder.iterdir())

    def sweep(self, known: set[Path], suspects: set[Path]) -> set[Path]:
        """Remove what no row names, now as at the last sweep; gives the suspects for the next.

        ``known`` are the paths all rows name. Twice, because a part is on the disk before its row.
        """
        orphans = set(self.all()) - known
        for path in orphans & suspects:
            path.unlink(missing_ok=True)
        return orphans - suspects


def _write_flushed(path: Path, data: bytes, day: date) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.utime(descriptor, (midnight, midnight))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush(folder: Path) -> None:
    """Make the names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
