"""The server that a command works on: its data directory, its database and its parts."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dropbox.settings import FILE_NAME, Impossible, Settings
from dropbox.store.locations import Opened, opened
from dropbox.store.parts import Parts
from dropbox.store.store import PARTS_NAME
from dropbox.words import COMMAND_RUNNING


@dataclass(frozen=True, slots=True)
class Place:
    """One server, which may be running."""

    settings: Settings
    database: Opened
    parts: Parts

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.settings.data

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While no other command that needs this is at work here. Raises ``Impossible``."""
        with lock(self.data / FILE_NAME):
            yield


@contextmanager
def place_of(settings: Settings) -> Iterator[Place]:
    """The server with these settings, for a command. Raises ``Impossible``."""
    with opened(settings.locate()) as database:
        yield Place(settings, database, Parts(settings.data / PARTS_NAME))


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold a lock on the file; made if it is not there, and with nothing written to it.

    It is gone with the process. Raises ``Impossible`` where another holds it, ``OSError``.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Impossible(COMMAND_RUNNING) from None
        yield
    finally:
        os.close(descriptor)
