"""Signed, numbered documents of one kind that this workstation has seen: directories, rosters.

Beside what the server was seen to have stands at most one that was signed here and that the server
may not have yet: were it signed again, two would follow the same one.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import Connection, Table, delete, insert, select

from crypto.errors import RolledBack

Transaction = Callable[[], AbstractContextManager[Connection]]


class Series:
    """The rows of ``table``, which has the columns ``seq``, ``signed`` and ``published``."""

    def __init__(self, table: Table, reading: Transaction, writing: Transaction) -> None:
        self._table: Final = table
        self._reading: Final = reading
        self._writing: Final = writing

    def newest(self, *, published: bool) -> bytes | None:
        """The one with the highest number: of those the server was seen to have, or the other."""
        table = self._table.c
        query = select(table.signed).where(table.published == published)
        with self._reading() as connection:
            return connection.scalars(query.order_by(table.seq.desc()).limit(1)).one_or_none()

    def number_of(self, signed: bytes) -> int:
        """The number of one that was seen. Raises ``RolledBack`` for any other."""
        table = self._table.c
        query = select(table.seq).where(table.signed == signed, table.published)
        with self._reading() as connection:
            seq = connection.scalar(query)
        if seq is None:
            raise RolledBack
        return int(seq)

    def published_after(self, seq: int) -> list[bytes]:
        """Those after number ``seq``, in their order: for a server that lags."""
        table = self._table.c
        query = select(table.signed).where(table.seq > seq, table.published)
        with self._reading() as connection:
            return list(connection.scalars(query.order_by(table.seq)))

    def remember(self, seq: int, signed: bytes) -> None:
        """Keep a verified one that is published, and forget what was to be instead."""
        with self._writing() as connection:
            self._forget_unpublished(connection)
            query = select(self._table.c.signed).where(self._table.c.seq == seq)
            if connection.scalar(query) is None:
                self._insert(connection, seq, signed, published=True)

    def prepare(self, seq: int, signed: bytes) -> None:
        """Keep one that was signed here, until the server has it."""
        with self._writing() as connection:
            self._forget_unpublished(connection)
            self._insert(connection, seq, signed, published=False)

    def forget_unpublished(self) -> None:
        """Give up one that was signed here: another has its place."""
        with self._writing() as connection:
            self._forget_unpublished(connection)

    def _forget_unpublished(self, connection: Connection) -> None:
        connection.execute(delete(self._table).where(~self._table.c.published))

    def _insert(self, connection: Connection, seq: int, signed: bytes, *, published: bool) -> None:
        row = {"seq": seq, "signed": signed, "published": published}
        connection.execute(insert(self._table).values(row))
