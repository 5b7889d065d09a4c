"""``backup``: everything that is stored, as of one moment, in one file (docs/protocol.md §7).

The database is read in one transaction while the server goes on writing; each table is streamed in
the order of its keys, the file parts behind their rows. Memory holds a few rows at a time.

Nothing is written that a restore would refuse: what ``check`` finds, and a part that does not match
its hash. So damage is found on the day of the backup, and not when it is needed. Of a database
of an older form, which is then upgraded and checked, each row is held against its own hash alone.
What is left out is in :data:`LEFT_OUT`.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import (
    Connection,
    MetaData,
    Select,
    Table,
    column,
    func,
    inspect,
    select,
    table,
)

from crypto.constants import MIB
from crypto.envelope import body_hash, envelope_id
from dropbox.operation.place import lock
from dropbox.operation.tape import Head, PartBytes, Shape, TapeWriter
from dropbox.settings import Impossible, Settings
from dropbox.store.check import check_rows, is_whole
from dropbox.store.forms import is_current
from dropbox.store.parts import Parts
from dropbox.words import BACKUP_EXISTS, BACKUP_NOT_WHOLE, BACKUP_UNWRITABLE

KEPT: Final = (
    "directories",
    "rosters",
    "receiving",
    "erased",
    "mailboxes",
    "purged",
    "removals",
    "handlers",
    "envelopes",
    "departures",
    "wraps",
    "files",
    "parts",
)
"""In an order in which each row's parents come before it."""
LEFT_OUT: Final = {
    "cursors": "how far workstations have fetched; the next sync of each says it again",
    "grants": "an old copy would open with a receiving key that is erased later; who lacks a "
    "group's secret after a restore is granted it again",
    "spent": "used challenges and work tokens, good for minutes",
    "ended": "ended sessions; sessions are signed with a key that no backup has",
}
"""Besides these: files that no envelope names yet, which are gone within the hour."""
_ROWS_AT_ONCE: Final = 16
_BETWEEN_SYNCS: Final = 8 * MIB

Progress = Callable[[int, int], None]
"""Told how many rows of how many are done."""


def write_backup(
    connection: Connection,
    parts: Parts,
    settings: Settings,
    file: "Draft",
    progress: Progress = lambda done, of: None,
) -> dict[str, int]:
    """Write a backup of what ``connection`` sees; gives the number of rows of each table.

    The database may be of any form there ever was. Raises ``Impossible`` for damage, ``OSError``,
    ``DBAPIError``, ``ValueError``.
    """
    if is_current(connection) and next(check_rows(connection), None) is not None:
        raise Impossible(BACKUP_NOT_WHOLE)
    tables = kept_tables(connection)
    counts = {each.name: 0 for each in tables}
    total = sum(_count(connection, each) for each in tables)
    file.begin()
    tape = TapeWriter(file)
    shapes = tuple(Shape(each.name, tuple(each.columns.keys())) for each in tables)
    tape.head(Head(1, _revision(connection), settings.service, settings.origins, shapes, total))
    named = {each.name: each for each in tables}
    for number, each in enumerate(tables):
        chosen = _chosen(each, named).execution_options(yield_per=_ROWS_AT_ONCE)
        for row in connection.execute(chosen):
            _check(each.name, row)
            tape.row(number, tuple(row)[: len(each.columns)])
            if each.name == "parts":
                tape.part(_read_part(parts, row))
            counts[each.name] += 1
            progress(sum(counts.values()), total)
    tape.end()
    return counts


def kept_tables(connection: Connection) -> list[Table]:
    """The tables of :data:`KEPT` that are there, as the database itself describes them."""
    there = set(inspect(connection).get_table_names())
    return [
        Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
        for name in KEPT
        if name in there
    ]


def _chosen(rows: Table, tables: dict[str, Table]) -> Select[Any]:
    """The rows of a table that are kept, in the order of their keys; with parts, their day."""
    order = tuple(rows.primary_key)
    if rows.name == "files":
        return select(rows).where(rows.c.envelope.is_not(None)).order_by(*order)
    if rows.name == "parts":
        files, envelopes = tables["files"], tables["envelopes"]
        return (
            select(rows, envelopes.c.day.label("stored_on"))
            .join(files, rows.c.file == files.c.id)
            .join(envelopes, files.c.envelope == envelopes.c.position)
            .order_by(*order)
        )
    return select(rows).order_by(*order)


def _revision(connection: Connection) -> str:
    """The form of the database, as Alembic has noted it."""
    versions = table("alembic_version", column("version_num"))
    return str(connection.scalars(select(versions.c.version_num)).one())


def _count(connection: Connection, rows: Table) -> int:
    """About how many; unfinished files are counted too."""
    return connection.scalar(select(func.count()).select_from(rows)) or 0


def _check(name: str, row: Any) -> None:
    if name != "envelopes":
        return
    whole = row.body is None or body_hash(row.body) == row.body_hash
    if not whole or envelope_id(row.header, row.body_hash) != row.id:
        raise Impossible(BACKUP_NOT_WHOLE)


def _read_part(parts: Parts, row: Any) -> PartBytes:
    try:
        sealed = parts.read(row.name)
    except OSError:
        raise Impossible(BACKUP_NOT_WHOLE) from None
    if not is_whole(sealed, row):
        raise Impossible(BACKUP_NOT_WHOLE)
    return PartBytes(cast("date", row.stored_on), sealed)


# -- the file -----------------------------------------------------------------------------------


class Draft:
    """A file that is being written: in large pieces, waiting for the disk after each.

    What waits to be written would otherwise become gigabytes, and the server's own commits would
    have to wait behind them.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting = bytearray()

    def begin(self) -> None:
        """Forget what was written."""
        self._waiting.clear()
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.ftruncate(self._descriptor, 0)

    def write(self, data: bytes) -> None:
        """Raises ``OSError``."""
        self._waiting += data
        if len(self._waiting) >= _BETWEEN_SYNCS:
            self.flush()

    def flush(self) -> None:
        """Put everything on the disk. Raises ``OSError``."""
        rest = memoryview(bytes(self._waiting))
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        os.fsync(self._descriptor)
        self._waiting.clear()


@contextmanager
def new_file(goal: Path, *, replace: bool) -> Iterator[Draft]:
    """A file that becomes ``goal``, 0600, once all of it is on the disk; until then nothing does.

    It is written beside it, under a name that begins with a dot; what a backup that was killed has
    left under that name is written over. Raises ``Impossible``.
    """
    draft = goal.with_name(f".{goal.name}.unfinished")
    try:
        if goal.exists() and not replace:
            raise Impossible(BACKUP_EXISTS)
        if goal.is_dir():
            raise Impossible(BACKUP_UNWRITABLE)
        with lock(draft):
            try:
                descriptor = os.open(draft, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
                try:
                    os.fchmod(descriptor, 0o600)
                    file = Draft(descriptor)
                    yield file
                    file.flush()
                finally:
                    os.close(descriptor)
                draft.replace(goal)
                _flush(goal.parent)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
    except OSError:
        raise Impossible(BACKUP_UNWRITABLE) from None


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
