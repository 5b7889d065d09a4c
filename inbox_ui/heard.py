"""What colleagues were heard to say of cases that are here: that they purged them (``absence``).

It is noted while whoever said it reads, for people leave; and how far the server's list was read.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from inbox_ui.schema import erasures_read, heard

Transaction = Callable[[], AbstractContextManager[Connection]]


class Heard:
    """Those of an archive."""

    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading: Final = reading
        self._writing: Final = writing

    def reached(self) -> int:
        """How many erasures of the server's list were read."""
        with self._reading() as connection:
            return connection.scalar(select(erasures_read.c.count)) or 0

    def keep(self, said: Collection[tuple[bytes, bytes]], day: date, reached: int) -> None:
        """Mailbox and card id of who has purged its case, heard on ``day``. Again, nothing
        changes."""
        with self._writing() as connection:
            for mailbox, analyst in said:
                row = {"mailbox": mailbox, "analyst": analyst, "day": day}
                connection.execute(insert(heard).prefix_with("OR IGNORE"), row)
            if connection.execute(update(erasures_read).values(count=reached)).rowcount == 0:
                connection.execute(insert(erasures_read).values(id=1, count=reached))

    def all(self) -> Mapping[bytes, frozenset[bytes]]:
        """Each mailbox, and who said so."""
        found: dict[bytes, frozenset[bytes]] = {}
        with self._reading() as connection:
            for row in connection.execute(select(heard)):
                found[row.mailbox] = found.get(row.mailbox, frozenset()) | {row.analyst}
        return found

    def since(self, mailbox: bytes, analysts: Collection[bytes]) -> date | None:
        """The day on which the first of these was heard; ``None`` where none was."""
        of = (heard.c.mailbox == mailbox, heard.c.analyst.in_(analysts))
        with self._reading() as connection:
            first: date | None = connection.scalar(select(func.min(heard.c.day)).where(*of))
        return first
