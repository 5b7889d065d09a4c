"""The archive: every envelope the server gave, as it came and still sealed, and how far that goes.

It believes nothing and opens nothing; what comes twice is kept once (``arriving``). Each page is
one transaction together with the cursor, so an interruption anywhere loses nothing and nothing is
fetched for good before it is here.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple, Self
from urllib.parse import quote

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.pool import QueuePool

from dropbox.client.listing import Listed
from inbox_ui import durable, schema
from inbox_ui.arriving import keep
from inbox_ui.carried import Carried
from inbox_ui.directories import Directories
from inbox_ui.errors import Busy, CannotWrite, DamagedArchive, NewerArchive, NoSpace
from inbox_ui.heard import Heard
from inbox_ui.leaving import Leaving, without_gone
from inbox_ui.outbox import Outbox
from inbox_ui.purged import Purged
from inbox_ui.rewrapped import Rewraps
from inbox_ui.ring import Ring
from inbox_ui.rosters import Rosters
from inbox_ui.rows import Row, read_row
from inbox_ui.schema import envelopes, mailboxes, progress, snapshots
from inbox_ui.series import Series
from inbox_ui.unwritten import Unwritten
from inbox_ui.vouched import Vouched

PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",  # nothing in /tmp
    "PRAGMA busy_timeout=10000",
)
_AT_ONCE: Final = 200
"""Mailboxes whose envelopes are read together: about 10 MB."""

_REVISION = text("PRAGMA user_version")
_SET_REVISION = text("PRAGMA user_version=6")
_ENVELOPES = (
    select(envelopes)
    .where(envelopes.c.mailbox.in_(bindparam("mailboxes", expanding=True)))
    .order_by(envelopes.c.mailbox, envelopes.c.id)
)


class Mailbox(NamedTuple):
    """A mailbox of the archive. ``changed`` grows whenever something of it arrives."""

    id: int
    address: bytes
    changed: int


@dataclass(frozen=True)
class Reached:
    """How far was fetched: the server's position, and the id of the envelope there."""

    cursor: int
    newest: bytes | None


class Archive:
    """An open archive. Every method is one transaction."""

    def __init__(self, path: Path) -> None:
        """Open the archive in ``path``. Raises ``DamagedArchive`` or ``NewerArchive``."""
        self.path: Final = path
        self._engine = _engine(path)
        self.directories: Final = Directories(self._series(schema.directories))
        self.rosters: Final = Rosters(self._series(schema.rosters))
        self.outbox: Final = Outbox(self._reading, self._writing)
        self.purged: Final = Purged(self._reading, self._writing)
        self.leaving: Final = Leaving(self._reading, self._writing)
        self.vouched: Final = Vouched(self._reading, self._writing)
        self.heard: Final = Heard(self._reading, self._writing)
        self.unwritten: Final = Unwritten(self._reading, self._writing)
        self.carried: Final = Carried(self._reading, self._writing)
        self.rewraps: Final = Rewraps(self._writing)
        self.ring: Final = Ring(self._reading, self._writing)
        try:
            self._check_revision()
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(cls, path: Path) -> Self:
        """A new, empty archive. Raises ``AlreadyThere``, ``CannotWrite`` or ``NoSpace``."""
        durable.new_file(path)
        engine = _engine(path)
        with engine.begin() as connection:
            schema.metadata.create_all(connection)
            connection.execute(insert(progress).values(id=1, cursor=0, changes=0))
            connection.execute(_SET_REVISION)
        engine.dispose()
        return cls(path)

    def _check_revision(self) -> None:
        """Bring an archive of an older program to this form; it never had to be asked for."""
        with self._reading() as connection:
            revision = connection.scalars(_REVISION).one()
        if 0 < revision < schema.REVISION:
            with self._writing() as connection:  # what is missing are whole tables
                schema.metadata.create_all(connection)
                connection.execute(_SET_REVISION)
        elif revision != schema.REVISION:
            raise (DamagedArchive if revision == 0 else NewerArchive)(self.path)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- arriving -------------------------------------------------------------------------------

    def reached(self) -> Reached:
        """How far this archive goes."""
        with self._reading() as connection:
            state = connection.execute(select(progress)).one()
            return Reached(state.cursor, state.newest)

    def mailboxes_of(self, ids: Collection[bytes]) -> list[Mailbox]:
        """The mailboxes of those of these envelopes that are here."""
        columns = (mailboxes.c.id, mailboxes.c.address, mailboxes.c.changed)
        query = select(*columns).join(envelopes).where(envelopes.c.envelope.in_(ids)).distinct()
        with self._reading() as connection:
            return list(map(Mailbox._make, connection.execute(query).fetchall()))

    def changes(self) -> int:
        """A number that grows whenever something of a mailbox arrives."""
        with self._reading() as connection:
            return int(connection.scalars(select(progress.c.changes)).one())

    def store(self, entries: Sequence[Listed], cursor: int) -> int:
        """Keep a page and the cursor behind it; how many envelopes were new.

        ``cursor`` is where the page begins: where another process has moved it meanwhile, nothing
        is done. Raises ``CannotWrite``, ``NoSpace`` or ``Busy``; then nothing was kept.
        """
        if not entries:
            return 0
        with self._writing() as connection:
            state = connection.execute(select(progress)).one()
            if state.cursor != cursor:
                return 0
            wanted = without_gone(connection, entries)
            new = keep(connection, wanted, state.changes + 1)
            last = entries[-1]
            connection.execute(
                update(progress).values(
                    cursor=last.position, newest=last.stored.id, changes=state.changes + 1
                )
            )
        return new

    def mend(self, entries: Sequence[Listed]) -> None:
        """Keep what was fetched beside the feed: envelopes that were stubs, and wraps added since.

        Raises as :meth:`store`.
        """
        if not entries:
            return
        with self._writing() as connection:
            change = connection.execute(select(progress.c.changes)).scalar_one() + 1
            keep(connection, without_gone(connection, entries), change)
            connection.execute(update(progress).values(changes=change))

    def start_again(self) -> None:
        """Forget how far was fetched, and nothing else: what comes again mends what is damaged."""
        with self._writing() as connection:
            connection.execute(update(progress).values(cursor=0, newest=None))

    # -- reading --------------------------------------------------------------------------------

    def mailboxes(self) -> list[Mailbox]:
        """Every mailbox, in the order they came to be known."""
        with self._reading() as connection:
            rows = connection.execute(
                select(mailboxes.c.id, mailboxes.c.address, mailboxes.c.changed).order_by("id")
            )
            return list(map(Mailbox._make, rows.fetchall()))

    def mailbox(self, address: bytes) -> Mailbox | None:
        """The mailbox with this address, if anything of it has come."""
        query = select(mailboxes.c.id, mailboxes.c.address, mailboxes.c.changed)
        with self._reading() as connection:
            row = connection.execute(query.where(mailboxes.c.address == address)).one_or_none()
        return Mailbox(*row) if row is not None else None

    def rows(self, of: Sequence[int]) -> Iterator[tuple[int, list[Row] | None]]:
        """Each mailbox of ``of``, rising, and its envelopes in the order of their arrival.

        ``None`` for a mailbox under which the database is damaged: the others are read all the
        same.
        """
        wanted = sorted(of)
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            try:
                found = self._rows(some)
            except DamagedArchive:
                found = {each: self._rows_alone(each) for each in some}
            for each in some:
                yield each, found.get(each, [])

    def _rows_alone(self, of: int) -> list[Row] | None:
        try:
            return self._rows([of]).get(of, [])
        except DamagedArchive:
            return None

    def _rows(self, of: Iterable[int]) -> dict[int, list[Row] | None]:
        found: dict[int, list[Row]] = {}
        with self._reading() as connection:
            for raw in connection.execute(_ENVELOPES, {"mailboxes": list(of)}):
                row = read_row(raw)
                found.setdefault(row.mailbox, []).append(row)
        return {**found}

    def wrapped_to(self, group: bytes) -> list[Mailbox]:
        """The mailboxes with an envelope that has a body and a wrap to ``group``."""
        columns = (mailboxes.c.id, mailboxes.c.address, mailboxes.c.changed)
        named = func.instr(envelopes.c.wraps, group) > 0  # 32 bytes that come by no chance
        query = select(*columns).join(envelopes).where(envelopes.c.body.is_not(None), named)
        with self._reading() as connection:
            rows = connection.execute(query.distinct().order_by(mailboxes.c.id))
            return list(map(Mailbox._make, rows.fetchall()))

    def newest_day(self) -> date:
        """The day of the envelope that came last, by the server's word."""
        query = select(envelopes.c.day).order_by(envelopes.c.id.desc()).limit(1)
        with self._reading() as connection:
            return connection.scalar(query) or date.min

    def lacks_bodies(self) -> bool:
        """Whether stubs are here that no mailbox claims to have deleted."""
        stub = (envelopes.c.body.is_(None), envelopes.c.deleted.is_(None))
        with self._reading() as connection:
            return connection.scalar(select(envelopes.c.id).where(*stub).limit(1)) is not None

    # -- snapshots ------------------------------------------------------------------------------

    def snapshots(self, group: bytes) -> dict[int, bytes]:
        """The sealed snapshots of a group: shelf → bytes."""
        query = select(snapshots.c.shelf, snapshots.c.sealed).where(snapshots.c.group == group)
        with self._reading() as connection:
            return {row.shelf: row.sealed for row in connection.execute(query)}

    def keep_snapshots(self, group: bytes, sealed: dict[int, bytes]) -> None:
        """Put snapshots in the place of those on the same shelves."""
        rows = [{"group": group, "shelf": shelf, "sealed": data} for shelf, data in sealed.items()]
        if rows:
            with self._writing() as connection:
                connection.execute(insert(snapshots).prefix_with("OR REPLACE"), rows)

    def drop_snapshots(self, group: bytes) -> None:
        """Forget what was sealed under a key that goes."""
        with self._writing() as connection:
            connection.execute(delete(snapshots).where(snapshots.c.group == group))

    def copy_to(self, path: Path) -> None:
        """A compact copy of one moment, without what was deleted, into the empty file ``path``."""
        with self._transaction("") as connection:
            connection.execute(text("VACUUM INTO :path"), {"path": str(path)})

    def _series(self, table: Table) -> Series:
        return Series(table, self._reading, self._writing)

    def _reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one moment and waits for nobody."""
        return self._transaction("BEGIN")

    def _writing(self) -> AbstractContextManager[Connection]:
        """A transaction that takes the write lock first, so that it cannot fail half-way for it."""
        return self._transaction("BEGIN IMMEDIATE")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        """One transaction, with the database's errors turned into ours."""
        try:
            with self._engine.connect() as connection:
                connection.execution_options(begin=begin)
                with connection.begin():
                    yield connection
        except DatabaseError as error:
            raise _meaning(error)(self.path) from None


def _meaning(error: DBAPIError) -> type[Busy | CannotWrite | DamagedArchive]:
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    if name.startswith("SQLITE_FULL"):
        return NoSpace
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Busy
    if name.startswith(("SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")):
        return CannotWrite
    return DamagedArchive


def _engine(path: Path) -> Engine:
    uri = f"file:{quote(str(path))}?mode=rw"
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(uri, uri=True, check_same_thread=False),
        poolclass=QueuePool,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        begin = connection.get_execution_options().get("begin", "BEGIN IMMEDIATE")
        if begin:
            connection.exec_driver_sql(begin)

    return engine
