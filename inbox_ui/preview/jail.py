"""What the process of one file can no longer do, once it has closed the door behind itself.

(1) memory, time, descriptors and files are limited: ``limits``
(2) it is gone when whoever started it is gone, and others of the user do not read its memory
(3) it is in namespaces of its own, unless it was started in some
(4) it opens no file and no connection, by Landlock
(5) it makes no call but those that take memory, read what is open, write its answer, and end
(6) it has tried: a file, a connection, a child, a program; and each was refused

(1), (2), (5) and (6) have to be, or nothing is looked at. (3) and (4) are walls behind that wall:
old kernels have no Landlock, and some machines let nobody make namespaces.
"""

import errno
import os
import resource
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Final

from inbox_ui import process
from inbox_ui.preview import limits, syscalls
from inbox_ui.preview.loaded import LOADED


class Wall(StrEnum):
    """A wall that stands."""

    CALLS = "calls"
    FILES = "files"
    NAMESPACES = "namespaces"


class Open(Exception):
    """The jail does not hold on this machine. The process has to end without reading anything."""


_NEEDED_LATER: Final = LOADED
_LIMITS: Final = (
    (resource.RLIMIT_AS, limits.MEMORY),
    (resource.RLIMIT_CPU, limits.CPU),
    (resource.RLIMIT_NOFILE, limits.DESCRIPTORS),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_NPROC, 0),
    (resource.RLIMIT_MEMLOCK, 0),
)


def close() -> frozenset[Wall]:
    """Close it; the walls that stand. Everything that is needed later has to be imported before.

    Raises ``Open`` where it does not hold.
    """
    try:
        for kind, most in _LIMITS:
            _limit(kind, most)  # (1)
        process.die_with_parent()  # (2)
        walls = {Wall.CALLS}
        if _can(syscalls.leave_namespaces):  # (3)
            walls.add(Wall.NAMESPACES)
        process.hide()  # (2)
        syscalls.forbid_new_rights()
        _forget_imports()
        if _can(syscalls.forbid_files):  # (4)
            walls.add(Wall.FILES)
        syscalls.forbid_calls()  # (5)
    except (OSError, ValueError):
        raise Open from None
    _try_the_door()  # (6)
    return frozenset(walls)


def _limit(kind: int, most: int) -> None:
    """Never raise one that is lower already."""
    hard = resource.getrlimit(kind)[1]
    lower = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (lower, lower))


def _can(take: Callable[[], None]) -> bool:
    try:
        take()
    except OSError:
        return False
    return True


def _forget_imports() -> None:
    """A module that is not there yet is not searched for: not even the attempt is made."""
    sys.meta_path.clear()
    sys.path.clear()
    sys.path_importer_cache.clear()


def _try_the_door() -> None:
    for attempt in (_open_a_file, _connect, _have_a_child, _become_another):
        try:
            attempt()
        except OSError as error:
            if error.errno == errno.EPERM:
                continue
        raise Open


def _open_a_file() -> None:
    os.close(os.open("/", os.O_RDONLY))


def _connect() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


def _have_a_child() -> None:
    if os.fork() == 0:
        os._exit(0)


def _become_another() -> None:
    with suppress(FileNotFoundError):
        os.execv("/nothing", ["nothing"])  # noqa: S606 - it has to fail
