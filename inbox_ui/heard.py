"""What colleagues have signed of cases that are here: that they purged them (``absence``).

And how far the server's list of such words was read, with the last as the server gave it: where
another stands in that place, the list is not the one that was read.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from inbox_ui.schema import erasures_read, heard, mailboxes

Transaction = Callable[[], AbstractContextManager[Connection]]


class Reached(NamedTuple):
    """How many of the server's list were read, and the last of them as it came."""

    read: int = 0
    last: bytes = b""


class Heard:
    """Those of an archive."""

    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading: Final = reading
        self._writing: Final = writing

    def reached(self) -> Reached:
        """How far was read."""
        with self._reading() as connection:
            row = connection.execute(select(erasures_read)).one_or_none()
            return Reached(row.read, row.last) if row is not None else Reached()

    def start_again(self) -> None:
        """Forget how far was read, and nothing else."""
        with self._writing() as connection:
            connection.execute(delete(erasures_read))

    def keep(self, said: Collection[tuple[bytes, bytes]], reached: Reached) -> None:
        """Mailbox and card id of who has purged its case; of a case that is here no more, nothing.
        Again, nothing changes."""
        with self._writing() as connection:
            for mailbox, analyst in said:
                is_here = select(mailboxes.c.id).where(mailboxes.c.address == mailbox)
                if connection.scalar(is_here) is not None:
                    row = {"mailbox": mailbox, "analyst": analyst}
                    connection.execute(insert(heard).prefix_with("OR IGNORE"), row)
            now = {"id": 1, "read": reached.read, "last": reached.last}
            connection.execute(insert(erasures_read).prefix_with("OR REPLACE"), now)

    def all(self) -> Mapping[bytes, frozenset[bytes]]:
        """Each mailbox, and who has said so."""
        found: dict[bytes, frozenset[bytes]] = {}
        with self._reading() as connection:
            for row in connection.execute(select(heard.c.mailbox, heard.c.analyst)):
                found[row.mailbox] = found.get(row.mailbox, frozenset()) | {row.analyst}
        return found

    def told(self, mailbox: bytes) -> frozenset[bytes]:
        """On whose word it was told that the case of ``mailbox`` will go."""
        of = (heard.c.mailbox == mailbox, heard.c.told.is_not(None))
        with self._reading() as connection:
            return frozenset(connection.scalars(select(heard.c.analyst).where(*of)))

    def tell(self, mailbox: bytes, analysts: Collection[bytes], day: date) -> date:
        """It is told on ``day`` that the case of ``mailbox`` will go by the word of ``analysts``:
        the day on which that was told first. ``analysts`` are of those who have said so."""
        of = (heard.c.mailbox == mailbox, heard.c.analyst.in_(analysts), heard.c.told.is_(None))
        first = select(func.min(heard.c.told)).where(heard.c.mailbox == mailbox)
        with self._writing() as connection:
            connection.execute(update(heard).where(*of).values(told=day))
            return connection.scalar(first) or day
