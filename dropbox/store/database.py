"""What a database does for us: a transaction that reads, or one that writes and is kept.

Nothing here knows a table; functions that do are handed in, and run in a transaction of their own:

    page = await database.read(lambda connection: feed_page(connection, ...))

There are two: ``store/sqlite.py`` and ``store/postgresql.py``. Which one a server has is said by
``store/locations.py``. Both are made after the fork.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import Enum, auto
from typing import TypeVar

from sqlalchemy import Connection

R = TypeVar("R")


class Failure(Enum):
    """What a database error means for the requests in its transaction."""

    FULL = auto()
    """No space. Rolled back; what is stored can be read."""
    BUSY = auto()
    """Others wrote for too long, or came at the same time. Rolled back."""
    AWAY = auto()
    """The database server is not there, or is just starting or stopping. Nothing was stored."""
    UNKNOWN = auto()
    """It is not known whether it was stored. No receipt; whoever sends again learns it."""
    OTHER = auto()
    """Something in the transaction. Rolled back; each of its jobs is tried alone."""
    FATAL = auto()
    """The disk or the file is not what it should be: this process must not go on."""


class DatabaseFailed(Exception):
    """A transaction failed, and how. Its cause may quote rows: it is never shown to anybody."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.name)
        self.failure = failure


class Database(ABC):
    """The connections of one process to one database: one that writes, a few that only read."""

    @abstractmethod
    async def write(self, function: Callable[[Connection], R]) -> R:
        """What ``function`` gives back, once its transaction is on the disk.

        Of all processes one at a time is between its beginning and its commit. So what is looked up
        here stays as it is until the commit, and a row's position is also the order of the commits.
        Raises ``DatabaseFailed``; ``function`` may have run more than once.
        """

    @abstractmethod
    async def read(self, function: Callable[[Connection], R]) -> R:
        """What ``function`` gives back, from one unchanging state. Cannot write.

        Raises ``DatabaseFailed``; ``function`` may have run more than once.
        """

    @abstractmethod
    async def reshape(self, function: Callable[[Connection], R]) -> R:
        """As :meth:`write`, for a migration, which may make tables anew that others refer to."""

    @abstractmethod
    async def forget(self, rewrite: bool) -> bool:
        """Let nothing be left of deleted rows in the database's files; ``False``: it is being read.

        What a database can do about that without holding up everybody is done in any case;
        ``rewrite`` may hold them up. Raises ``DatabaseFailed``.
        """

    @abstractmethod
    async def forget_gently(self) -> bool:
        """As :meth:`forget`, while everybody goes on; ``False``: not now, ask again later.

        For a server that serves. Raises ``DatabaseFailed``.
        """

    @abstractmethod
    async def close(self) -> None:
        """Wait for what is under way and close every connection."""
