"""The directories this workstation has seen. It refuses to go back behind the newest (P6)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from crypto.directory import Directory, read_directory, read_successor
from crypto.errors import RolledBack
from crypto.signed import split
from inbox_ui.errors import DamagedArchive
from inbox_ui.schema import directories

Transaction = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True)
class Seen:
    """A directory that was verified once, and its signed bytes."""

    directory: Directory
    signed: bytes = field(repr=False)


class Directories:
    """Every directory that was seen, and the one signed here that the server may not have yet."""

    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading: Final = reading
        self._writing: Final = writing

    def newest(self, service: bytes) -> Seen:
        """The newest the server was seen to have: what everything is read and sealed under.

        ``service`` is the root's card id of the vault. Raises ``DamagedArchive`` where there is
        none that verifies.
        """
        rows = self._rows(published=True)
        if not rows:
            raise DamagedArchive
        return _read(rows[-1], service)

    def unpublished(self, service: bytes) -> Seen | None:
        """The one signed here that comes after the newest, if the server was not seen with it."""
        rows = self._rows(published=False)
        return _read(rows[-1], service) if rows else None

    def number_of(self, signed: bytes) -> int:
        """The number of a directory that was seen. Raises ``RolledBack`` for any other."""
        query = select(directories.c.seq).where(directories.c.signed == signed)
        with self._reading() as connection:
            seq = connection.scalar(query.where(directories.c.published))
        if seq is None:
            raise RolledBack
        return int(seq)

    def published_after(self, seq: int) -> list[bytes]:
        """The signed directories after number ``seq``, in their order: for a server that lags."""
        query = select(directories.c.signed).where(directories.c.seq > seq, directories.c.published)
        with self._reading() as connection:
            return list(connection.scalars(query.order_by(directories.c.seq)))

    def remember(self, signed: bytes) -> None:
        """Keep a verified directory that is published, and forget what was to be instead."""
        seq = Directory.from_bytes(split(signed)[1]).seq
        with self._writing() as connection:
            connection.execute(delete(directories).where(~directories.c.published))
            known = connection.scalar(select(directories.c.signed).where(directories.c.seq == seq))
            if known is None:
                row = {"seq": seq, "signed": signed, "published": True}
                connection.execute(insert(directories).values(row))

    def prepare(self, signed: bytes) -> None:
        """Keep one that was signed here, until the server has it."""
        seq = Directory.from_bytes(split(signed)[1]).seq
        with self._writing() as connection:
            connection.execute(delete(directories).where(~directories.c.published))
            row = {"seq": seq, "signed": signed, "published": False}
            connection.execute(insert(directories).values(row))

    def admit(self, signed: bytes, service: bytes) -> Directory:
        """Verify what a server gave and remember it.

        Raises ``RolledBack`` for one older than seen, or what ``read_directory`` raises.
        """
        seen = self.newest(service)
        directory = read_successor(seen.directory, seen.signed, signed)
        if signed != seen.signed:
            self.remember(signed)
        return directory

    def _rows(self, published: bool) -> list[bytes]:
        query = select(directories.c.signed).where(directories.c.published == published)
        with self._reading() as connection:
            return list(connection.scalars(query.order_by(directories.c.seq)))


def _read(signed: bytes, service: bytes) -> Seen:
    return Seen(read_directory(signed, service), signed)
