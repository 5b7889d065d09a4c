"""``restore``: a server from a backup, where there is none.

(1) the whole file against its hash; (2) the form of its schema is one this program knows; (3) the
tables in that form, and every row and part into them; (4) the steps to the newest form;
(5) positions go on where no server before can have been; (6) every row against its id, every chain
and file, as ``check`` does; (7) one commit; (8) the settings, without which nothing serves it.

Stopped before (8), what was made is taken away, or, if nobody could, by the next restore.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import Column, Connection, Table, column, func, insert, select, table, update

from dropbox.operation.backup import KEPT, Progress, kept_tables
from dropbox.operation.place import lock
from dropbox.operation.tape import DamagedBackup, Head, NotABackup, PartBytes, Row, read, verify
from dropbox.settings import FILE_NAME, Impossible, Settings
from dropbox.store import check as checking
from dropbox.store.database import DatabaseFailed, Failure
from dropbox.store.forms import Form, form_of, is_empty
from dropbox.store.locations import DATABASE_NAME, opened
from dropbox.store.migrations import known_revisions, migrate
from dropbox.store.parts import Parts
from dropbox.store.schema import envelopes, erased, files, mailboxes
from dropbox.store.store import PARTS_NAME
from dropbox.words import (
    BACKUP_DAMAGED,
    BACKUP_FOREIGN,
    BACKUP_NEWER,
    BACKUP_UNREADABLE,
    BACKUP_WRONG,
    DATABASE_UNSAFE,
    RESTORE_OCCUPIED,
)

UNFINISHED: Final = "restore.unfinished"
"""Lies in the data directory, locked, until the settings are there."""
_ROWS_AT_ONCE: Final = 32
_GAP: Final = 10_000_000
_PER_SECOND: Final = 100_000
_LAST_START: Final = 8 * 10**14
"""Positions have at most 15 digits in a path."""

Item = Row | PartBytes


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was read against its hash, and that this program knows the form of."""

    file: BinaryIO
    head: Head


@contextmanager
def opened_backup(path: Path) -> Iterator[Backup]:
    """The backup in a file: (1) (2). Raises ``Impossible``."""
    try:
        file = path.open("rb")
    except OSError:
        raise Impossible(BACKUP_UNREADABLE) from None
    with file:
        try:
            verify(file)
            head = next(read(file))
        except OSError:
            raise Impossible(BACKUP_UNREADABLE) from None
        except NotABackup:
            raise Impossible(BACKUP_FOREIGN) from None
        except DamagedBackup:
            raise Impossible(BACKUP_DAMAGED) from None
        assert isinstance(head, Head)
        if head.revision not in known_revisions():
            raise Impossible(BACKUP_NEWER)
        yield Backup(file, head)


def restore_into(
    settings: Settings,
    backup: Backup,
    now: datetime,
    progress: Progress = lambda done, of: None,
) -> dict[str, int]:
    """Make the server of ``settings`` from a backup; gives the number of rows of each table.

    Raises ``Impossible``, ``DatabaseFailed``, ``OSError``; then nothing is left of it.
    """
    location = settings.locate()
    with _empty_place(settings.data):
        parts = Parts(settings.data / PARTS_NAME)
        parts.prepare()
        location.make()

        def fill(connection: Connection) -> dict[str, int]:
            if form_of(connection) is Form.UNSAFE:
                raise Impossible(DATABASE_UNSAFE)
            if not is_empty(connection):
                raise Impossible(RESTORE_OCCUPIED)
            return load(connection, parts, backup, now, progress)

        with opened(location) as database:
            try:
                counts = database.reshape(fill)  # (3) to (7)
            except DamagedBackup:
                raise Impossible(BACKUP_DAMAGED) from None
            except DatabaseFailed as failed:
                if failed.failure is Failure.OTHER:
                    raise Impossible(BACKUP_WRONG) from None  # a row that no table takes
                raise
        settings.write()  # (8)
    return counts


@contextmanager
def _empty_place(data: Path) -> Iterator[None]:
    """A data directory that holds nothing but the mark of a restore; empty again on failure.

    Raises ``Impossible``, ``OSError``.
    """
    mark = data / UNFINISHED
    was_there = data.is_dir()
    if was_there and not mark.exists() and any(data.iterdir()):
        raise Impossible(RESTORE_OCCUPIED)
    if (data / FILE_NAME).exists():
        raise Impossible(RESTORE_OCCUPIED)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    data.chmod(0o700)
    with lock(mark):
        _clear(data)
        try:
            yield
        except BaseException:
            _clear(data)
            mark.unlink()
            if not was_there:
                data.rmdir()
            raise
        mark.unlink()


def _clear(data: Path) -> None:
    """Take away what a restore makes, and nothing else."""
    shutil.rmtree(data / PARTS_NAME, ignore_errors=True)
    for suffix in ("", "-wal", "-shm", "-journal"):
        (data / f"{DATABASE_NAME}{suffix}").unlink(missing_ok=True)
    (data / FILE_NAME).unlink(missing_ok=True)


def load(
    connection: Connection,
    parts: Parts,
    backup: Backup,
    now: datetime,
    progress: Progress,
) -> dict[str, int]:
    """(3) to (6), in the transaction of ``connection``; gives the number of rows of each table.

    The database is empty and ``parts`` are prepared. Raises ``Impossible``, ``DBAPIError``,
    ``OSError``; then the transaction must not be committed.
    """
    head = backup.head
    records = read(backup.file)
    migrate(connection, head.revision)
    tables = _tables(connection, head)
    counts = dict.fromkeys((each.name for each in tables), 0)
    items = (each for each in records if not isinstance(each, Head))
    for number, values in _batches(_rows(items, tables, parts)):
        connection.execute(insert(tables[number]), values)
        counts[tables[number].name] += len(values)
        progress(sum(counts.values()), head.rows)
    migrate(connection)  # (4)
    _move_on(connection, now)  # (5)
    if any(True for _ in checking.check(connection, parts)):  # (6)
        raise Impossible(BACKUP_WRONG)
    return counts


def _tables(connection: Connection, head: Head) -> list[Table]:
    """The tables of the head. Those, and no others, are what its revision has."""
    there = {each.name: each for each in kept_tables(connection)}
    said = {each.table: set(each.columns) for each in head.tables}
    if said != {name: set(each.columns.keys()) for name, each in there.items()}:
        raise DamagedBackup
    if [each.table for each in head.tables] != [name for name in KEPT if name in there]:
        raise DamagedBackup
    return [there[each.table] for each in head.tables]


def _rows(
    items: Iterator[Item], tables: list[Table], parts: Parts
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Table and values of each row. The bytes of a part are on the disk before its row is given."""
    for item in items:
        if isinstance(item, PartBytes) or item.table >= len(tables):
            raise DamagedBackup
        columns = tables[item.table].columns.keys()
        if len(columns) != len(item.values):
            raise DamagedBackup
        values: dict[str, Any] = dict(zip(columns, item.values, strict=True))
        if tables[item.table].name == "parts":
            behind = next(items, None)
            if not isinstance(behind, PartBytes):
                raise DamagedBackup
            values["name"] = parts.write(behind.sealed, behind.day)
        yield item.table, values


def _batches(
    rows: Iterator[tuple[int, dict[str, Any]]],
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """The same, with rows of one table that follow each other put together."""
    while several := list(islice(rows, _ROWS_AT_ONCE)):
        for number, same in groupby(several, itemgetter(0)):
            yield number, [values for _, values in same]


def _move_on(connection: Connection, now: datetime) -> None:
    """Let the next position be higher than any that a server before this one can have given.

    A workstation asks for what comes after the last position it has. The server that was lost gave
    positions after the backup; so did, perhaps, an earlier restore of the same backup. So the
    moment of this restore is in the number: faster than that, no server gives them.
    """
    newest = connection.scalar(select(func.coalesce(func.max(envelopes.c.position), 0))) or 0
    second = int(now.timestamp()) * _PER_SECOND
    start = max(newest + _GAP, second if second < _LAST_START else 0)
    if connection.dialect.name == "sqlite":
        sequence = table("sqlite_sequence", column("name"), column("seq"))
        row = update(sequence).where(sequence.c.name == envelopes.name).values(seq=start)
        if connection.execute(row).rowcount == 0:
            connection.execute(insert(sequence).values(name=envelopes.name, seq=start))
        return
    _set_sequence(connection, envelopes.c.position, start)
    for key in (mailboxes.c.id, files.c.id, erased.c.id):
        _set_sequence(connection, key, connection.scalar(select(func.max(key))) or 1)


def _set_sequence(connection: Connection, key: Column[int], last: int) -> None:
    name = func.pg_get_serial_sequence(key.table.description, key.name)
    connection.execute(select(func.setval(name, last)))
