"""What the server has said it purged: a set of marks that only grows (docs/protocol.md §9).

It is the server's word. All it is good for is to tell a server that was restored from a backup.
"""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import Connection, func, insert, select

from dropbox.wire import MOST_MARKS, mark_of
from inbox_ui.errors import WrongMarks
from inbox_ui.schema import purged

Transaction = Callable[[], AbstractContextManager[Connection]]


class Purged:
    """The marks of an archive."""

    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading: Final = reading
        self._writing: Final = writing

    def marks(self) -> frozenset[bytes]:
        """All of them, 16 bytes each."""
        with self._reading() as connection:
            return frozenset(connection.scalars(select(purged.c.mark)))

    def has(self, address: bytes) -> bool:
        """Whether the server has said that it purged the mailbox with this address."""
        query = select(purged.c.mark).where(purged.c.mark == mark_of(address))
        with self._reading() as connection:
            return connection.scalar(query) is not None

    def keep(self, marks: Collection[bytes]) -> None:
        """Remember these too, or none of them.

        Raises ``WrongMarks`` where it would be more than any honest server has.
        """
        if not marks:
            return
        with self._writing() as connection:
            rows = [{"mark": mark} for mark in marks]
            connection.execute(insert(purged).prefix_with("OR IGNORE"), rows)
            if connection.scalars(select(func.count()).select_from(purged)).one() > MOST_MARKS:
                raise WrongMarks
