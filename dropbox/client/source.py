"""A file about to be sent: opened once, read in parts, and compared at the end."""

import os
import stat
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, Final, Self

from crypto.constants import PART
from crypto.files import LARGEST_FILE
from dropbox.client.errors import (
    ChangedWhileSending,
    EmptyFile,
    FileTooLarge,
    NotAFile,
    Unreadable,
)

_OPEN: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Without waiting: opening a pipe that nobody writes to would never return."""


class Source:
    """An open file of at least one byte. Its size and date are those of the moment it was opened.

    With ``content`` that is sent under the name of ``path``; it is kept in memory and on no disk.
    Raises ``Unreadable``, ``NotAFile``, ``EmptyFile`` or ``FileTooLarge`` when it is made.
    """

    def __init__(
        self, path: Path, largest: int = LARGEST_FILE, content: bytes | None = None
    ) -> None:
        self.path: Final = path
        self._file = _open(path) if content is None else _hold(content)
        try:
            self._before = os.fstat(self._file)
            self._check(largest)
        except BaseException:
            self.close()
            raise
        self._sum = blake2b()
        self._read = 0

    def _check(self, largest: int) -> None:
        if not stat.S_ISREG(self._before.st_mode):
            raise NotAFile(self.path)
        if self.size == 0:
            raise EmptyFile(self.path)
        if self.size > largest:
            raise FileTooLarge(self.path)

    @property
    def size(self) -> int:
        """In bytes."""
        return self._before.st_size

    def open_again(self) -> BinaryIO:
        """The same file from its beginning, to be looked through and closed by the caller.

        One at a time: they share the place they are at. Parts are read beside it.
        """
        again = os.fdopen(os.dup(self._file), "rb")
        again.seek(0)
        return again

    def next_part(self) -> bytes:
        """The next 1 MiB, or what is left. Raises ``ChangedWhileSending`` or ``Unreadable``."""
        length = min(PART, self.size - self._read)
        data = self._read_at(self._read, length)
        if len(data) != length:
            raise ChangedWhileSending(self.path)
        self._sum.update(data)
        self._read += length
        return data

    def check_unchanged(self) -> None:
        """Raise ``ChangedWhileSending`` unless the file still is what was read from it.

        Size and date first; then the content, because neither tells of every change.
        """
        after = os.fstat(self._file)
        if (after.st_size, after.st_mtime_ns) != (self.size, self._before.st_mtime_ns):
            raise ChangedWhileSending(self.path)
        again = blake2b()
        for start in range(0, self.size, PART):
            again.update(self._read_at(start, min(PART, self.size - start)))
        if again.digest() != self._sum.digest():
            raise ChangedWhileSending(self.path)

    def close(self) -> None:
        """Let go of the file. May be called twice."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read_at(self, start: int, length: int) -> bytes:
        """Up to ``length`` bytes; fewer only at the end of the file."""
        pieces: list[bytes] = []
        while length:
            try:
                piece = os.pread(self._file, length, start)
            except OSError:
                raise Unreadable(self.path) from None
            if not piece:
                break
            pieces.append(piece)
            start += len(piece)
            length -= len(piece)
        return b"".join(pieces)


def _open(path: Path) -> int:
    try:
        return os.open(path, _OPEN)
    except IsADirectoryError:
        raise NotAFile(path) from None
    except (OSError, ValueError):
        raise Unreadable(path) from None


def _hold(content: bytes) -> int:
    """A file of memory that no folder names."""
    file = os.memfd_create("")
    with os.fdopen(os.dup(file), "wb") as writing:
        writing.write(content)
    return file
