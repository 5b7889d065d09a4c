"""The database as one file, called through aiosqlite (docs/decisions/0004-databases.md).

aiosqlite gives each connection a thread. It is handed a whole transaction at a time, or the two
ends of one, and not each statement: with a busy event loop every handing over waits for the
interpreter's lock, and a mailbox was read three times as slowly.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from sqlite3 import Connection as Raw
from typing import Any, Final, TypeVar

import aiosqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from dropbox import limits
from dropbox.store.database import Database, DatabaseFailed, Failure

R = TypeVar("R")

PRAGMAS: Final = (
    "PRAGMA synchronous=FULL",  # a receipt survives a power cut
    "PRAGMA secure_delete=ON",  # what is deleted is overwritten
    "PRAGMA trusted_schema=OFF",  # a hostile file cannot run functions of ours
    "PRAGMA foreign_keys=ON",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",  # nothing in /tmp
    "PRAGMA cache_size=-16384",  # KiB: a batch is written once, at its commit
    f"PRAGMA busy_timeout={limits.DATABASE_BUSY_SECONDS * 1000}",
    f"PRAGMA wal_autocheckpoint={limits.CHECKPOINT_PAGES}",
)
_READING: Final = "BEGIN"
_WRITING: Final = "BEGIN IMMEDIATE"


def failure_of(error: BaseException | None) -> Failure:
    """What an error of SQLite's means."""
    name = str(getattr(error, "sqlite_errorname", ""))
    if name.startswith("SQLITE_FULL"):
        return Failure.FULL
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Failure.BUSY
    if name.startswith(("SQLITE_CONSTRAINT", "SQLITE_TOOBIG", "SQLITE_MISMATCH", "SQLITE_RANGE")):
        return Failure.OTHER
    return Failure.FATAL


class SqliteDatabase(Database):
    """The connections of one process to one file. The file has to be there already."""

    def __init__(self, path: Path) -> None:
        self._writing = _pool(path, "rw", 1)
        self._reading = _pool(path, "ro", limits.DATABASE_READERS)

    async def write(self, function: Callable[[Connection], R]) -> R:
        """See :class:`Database`.

        What may wait, for other writers and for the disk, is done in the connection's thread; the
        statements between touch memory and run in this one.
        """
        return await self._transact(function, "PRAGMA foreign_keys=ON")

    async def read(self, function: Callable[[Connection], R]) -> R:
        """See :class:`Database`."""
        try:
            async with self._reading.connect() as pooled:
                driver, engine = await _opened(pooled, _READING)
                return await _in_thread(driver, partial(_read, engine, function))
        except NoConnectionFree as error:
            raise DatabaseFailed(Failure.BUSY) from error
        except DBAPIError as error:
            raise DatabaseFailed(failure_of(error.orig)) from error

    async def reshape(self, function: Callable[[Connection], R]) -> R:
        """See :class:`Database`. What refers to a row that is not there is found at the end."""

        def reshaped(connection: Connection) -> R:
            result = function(connection)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise DatabaseFailed(Failure.OTHER)
            return result

        return await self._transact(reshaped, "PRAGMA foreign_keys=OFF")

    async def forget(self, rewrite: bool) -> bool:
        """See :class:`Database`. Deleting overwrites; the log still has what was there before."""
        return await self._empty_log(limits.DATABASE_BUSY_SECONDS * 1000)

    async def forget_gently(self) -> bool:
        """See :class:`Database`. While it waits for those who read, nobody can write."""
        return await self._empty_log(limits.GENTLE_MILLISECONDS)

    async def _empty_log(self, milliseconds: int) -> bool:
        try:
            async with self._writing.connect() as pooled:
                driver, _ = await _opened(pooled, _WRITING)
                return await _in_thread(driver, partial(_empty_log, driver, milliseconds))
        except NoConnectionFree as error:
            raise DatabaseFailed(Failure.BUSY) from error
        except sqlite3.Error as error:
            raise DatabaseFailed(failure_of(error)) from error

    async def close(self) -> None:
        """See :class:`Database`."""
        await self._writing.dispose()
        await self._reading.dispose()

    async def _transact(self, function: Callable[[Connection], R], before: str) -> R:
        try:
            async with self._writing.connect() as pooled:
                driver, engine = await _opened(pooled, _WRITING)
                connection = await _in_thread(driver, partial(_begin, driver, engine, before))
                try:
                    result = function(connection)
                except BaseException:
                    await asyncio.shield(_in_thread(driver, connection.close))  # rolls back
                    raise
                await asyncio.shield(_in_thread(driver, partial(_commit, connection)))
                return result
        except NoConnectionFree as error:
            raise DatabaseFailed(Failure.BUSY) from error
        except DBAPIError as error:
            raise DatabaseFailed(failure_of(error.orig)) from error


def make_file(path: Path) -> None:
    """An empty database, in the mode in which readers and a writer do not wait for each other.

    Raises ``OSError``, ``DBAPIError``.
    """
    path.touch(0o600, exist_ok=False)
    engine = create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    engine.dispose()


def _pool(path: Path, mode: str, connections: int) -> AsyncEngine:
    """A pool of aiosqlite's connections, each with our pragmas."""
    return create_async_engine(
        "sqlite+aiosqlite:///file",  # is not read: the creator knows the file
        async_creator=partial(_connect, path, mode),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=limits.DATABASE_BUSY_SECONDS,
        pool_reset_on_return=None,  # every transaction is ended here, in its own thread
        hide_parameters=True,
    )


async def _connect(path: Path, mode: str) -> aiosqlite.Connection:
    """One connection. Where it fails its thread has ended before the error is raised: a command
    closes its event loop then, and the thread would still report to that loop."""
    driver = aiosqlite.connect(f"file:{path}?mode={mode}", uri=True, check_same_thread=False)
    thread = driver._thread
    thread.daemon = True
    try:
        await driver
        await _in_thread(driver, partial(_prepare, driver))
    except BaseException:
        await driver.close()
        await asyncio.to_thread(thread.join)
        raise
    return driver


def _prepare(driver: aiosqlite.Connection) -> None:
    raw = _raw(driver)
    raw.isolation_level = None
    for pragma in PRAGMAS:
        raw.execute(pragma).close()


async def _opened(pooled: AsyncConnection, begin: str) -> tuple[aiosqlite.Connection, Engine]:
    """The driver behind a pooled connection, and an engine that speaks to the file without it.

    The engine is used in the driver's thread, where SQLAlchemy cannot wait for a coroutine.
    """
    fairy = await pooled.get_raw_connection()
    driver: Any = fairy.driver_connection
    engine = fairy.info.get("engine")
    if engine is None:
        engine = fairy.info["engine"] = _engine(driver, begin)
    return driver, engine


def _engine(driver: aiosqlite.Connection, begin: str) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=partial(_raw, driver),
        poolclass=StaticPool,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _raw(driver: aiosqlite.Connection) -> Raw:
    return driver._conn  # as SQLAlchemy's own dialect does


async def _in_thread(driver: aiosqlite.Connection, function: Callable[[], R]) -> R:
    """What ``function`` gives back, called in the connection's thread, after what is queued there.

    aiosqlite makes all of its public calls of this one, a statement at a time.
    """
    result: R = await driver._execute(function)  # type: ignore[no-untyped-call]
    return result


def _read(engine: Engine, function: Callable[[Connection], R]) -> R:
    with engine.begin() as connection:
        return function(connection)


def _empty_log(driver: aiosqlite.Connection, milliseconds: int) -> bool:
    """Fold the write-ahead log into the database and cut it to nothing, waiting so long for those
    who read or write."""
    raw = _raw(driver)
    raw.execute(f"PRAGMA busy_timeout={milliseconds}").close()
    try:
        [busy, *_] = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        raw.execute(f"PRAGMA busy_timeout={limits.DATABASE_BUSY_SECONDS * 1000}").close()
    return not busy


def _begin(driver: aiosqlite.Connection, engine: Engine, before: str) -> Connection:
    _raw(driver).execute(before).close()  # cannot be said inside a transaction
    connection = engine.connect()
    try:
        connection.begin()
    except DBAPIError:
        connection.close()
        raise
    return connection


def _commit(connection: Connection) -> None:
    with connection:  # closes it, whatever happens
        connection.commit()
