"""Writing files that last: whole or not at all, mode 0600, and on the disk before it is said.

The bytes go to a new file beside the goal, are synced, and take its name in one step; then the
folder is synced. A process killed anywhere leaves the old file or the new one.
"""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from inbox_ui.errors import AlreadyThere, CannotWrite, NoSpace

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_OURS: Final = 0o600
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def replace(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of ``path``. Raises ``CannotWrite`` or ``NoSpace``."""
    with telling(path), _written_beside(path, data) as beside:
        beside.replace(path)
        sync_folder(path.parent)


def create(path: Path, data: bytes) -> None:
    """Make ``path`` with ``data``. Raises ``AlreadyThere``, ``CannotWrite`` or ``NoSpace``."""
    with telling(path), _written_beside(path, data) as beside:
        os.link(beside, path)  # unlike a renaming, this takes nobody's place
        sync_folder(path.parent)


def remove(path: Path) -> None:
    """Delete ``path``, also after a failure of power. Raises ``CannotWrite``."""
    with telling(path):
        path.unlink()
        sync_folder(path.parent)


def new_file(path: Path) -> None:
    """Make an empty file of mode 0600. Raises ``AlreadyThere``, ``CannotWrite`` or ``NoSpace``."""
    with telling(path):
        os.close(os.open(path, _NEW, _OURS))


def beside(path: Path) -> Path:
    """A new name in the folder of ``path``, for something unfinished."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")


def sweep(path: Path) -> None:
    """Delete what killed processes left unfinished beside ``path``, with what has gone since.

    For whoever alone writes it. Raises ``CannotWrite``.
    """
    with telling(path):
        for each in path.parent.glob(f".{path.name}.*.new"):
            each.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Put the folder's list of names on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Put the file's bytes on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turn the system's errors about ``path`` into ours."""
    try:
        yield
    except FileExistsError:
        raise AlreadyThere(path) from None
    except OSError as error:
        raise (NoSpace if error.errno in _FULL else CannotWrite)(path) from None


@contextmanager
def _written_beside(path: Path, data: bytes) -> Iterator[Path]:
    """A new file beside ``path`` that holds ``data``; removed afterwards if it still is there."""
    new = beside(path)
    try:
        with os.fdopen(os.open(new, _NEW, _OURS), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield new
    finally:
        new.unlink(missing_ok=True)
