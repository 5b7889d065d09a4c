"""The database on a PostgreSQL server, called through asyncpg (docs/decisions/0004-databases.md).

Several processes write, on one machine or on several, so the order that SQLite's one writer gives
for nothing is made here: a transaction that writes begins with a lock that all of them take, and
holds it until its commit can be seen. Positions are drawn under the lock, so they rise with the
commits, and whoever reads up to one will never find another below it.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

import asyncpg
from sqlalchemy import URL, Connection, func, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from dropbox import limits
from dropbox.store.database import Database, DatabaseFailed, Failure

R = TypeVar("R")

LOCK: Final = int.from_bytes(b"dbx1/wr")
"""The advisory lock of everybody who writes; it belongs to this one database."""
OLDEST: Final = 130000
"""PostgreSQL 13, as the server writes its version."""

SESSION: Final[Mapping[str, str]] = {
    "application_name": "sealed-dropbox",
    "synchronous_commit": "on",  # a receipt survives a power cut, whatever the server's default is
    "lock_timeout": f"{limits.DATABASE_BUSY_SECONDS}s",
    "jit": "off",  # statements are small
    "tcp_keepalives_idle": "30",
    "client_min_messages": "error",
}
_HASTY: Final[Mapping[str, str]] = {
    "statement_timeout": f"{limits.STATEMENT_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{limits.IDLE_TRANSACTION_SECONDS}s",
}
_PATIENT: Final[Mapping[str, str]] = {
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}

_VACUUM: Final = text("VACUUM")
_VACUUM_FULL: Final = text("VACUUM FULL")
_TAKE_LOCK: Final = select(func.pg_advisory_xact_lock(literal(LOCK)))
_SAFE: Final = text(
    "SELECT current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'"
    " AND current_setting('synchronous_commit') = 'on'"
    " AND current_setting('server_version_num')::integer >= :oldest"
)

_BY_STATE: Final = {
    "53100": Failure.FULL,
    "57014": Failure.BUSY,  # a statement took too long
    "25006": Failure.BUSY,  # a standby that has not been promoted yet
    "25P03": Failure.AWAY,  # idle in a transaction for too long: the server hung up
}
_BY_CLASS: Final = {
    "08": Failure.AWAY,  # the connection
    "40": Failure.BUSY,  # serialization, deadlock
    "53": Failure.BUSY,  # too many connections, no memory
    "55": Failure.BUSY,  # the lock was not to be had in time
    "57": Failure.AWAY,  # the server is starting or stopping
    "58": Failure.UNKNOWN,  # the server's disk
    "XX": Failure.UNKNOWN,  # the server itself, or a damaged page
}
_CONNECTING: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, DBAPIError)
_TALKING: Final = (TimeoutError, DBAPIError)


def failure_of(error: BaseException) -> Failure:
    """What an error of PostgreSQL's, or on the way to it, means before the commit is asked for."""
    if isinstance(error, NoConnectionFree):
        return Failure.BUSY
    cause = error.driver_exception if isinstance(error, DBAPIError) else error
    if isinstance(cause, asyncpg.DataError):
        return Failure.OTHER  # a value that does not fit, which was not even sent
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Failure.AWAY
    state = getattr(cause, "sqlstate", None)
    if state is None:
        return Failure.AWAY  # no answer of the server's: the way there, or the connection
    return _BY_STATE.get(state) or _BY_CLASS.get(state[:2], Failure.OTHER)


class PostgresqlDatabase(Database):
    """The connections of one process to one database.

    ``options`` are asyncpg's: where the server is, as whom, and how it is reached. ``patient``: for
    commands, which may read everything there is and hold up nobody.
    """

    def __init__(self, options: Mapping[str, Any], patient: bool = False) -> None:
        session = {**SESSION, **(_PATIENT if patient else _HASTY)}
        waiting = None if patient else limits.ANSWER_SECONDS
        options = {**options, "server_settings": session, "command_timeout": waiting}
        self._writing = _engine(options, 1, "READ COMMITTED")
        reading = _engine(options, limits.DATABASE_READERS, "REPEATABLE READ")
        self._reading = reading.execution_options(postgresql_readonly=True)

    async def write(self, function: Callable[[Connection], R]) -> R:
        """See :class:`Database`.

        READ COMMITTED, so that each statement behind the lock sees what was committed before it.
        """
        return await _again(lambda: self._write(function))

    async def read(self, function: Callable[[Connection], R]) -> R:
        """See :class:`Database`."""
        return await _again(lambda: _transact(self._reading, function, Failure.AWAY))

    async def reshape(self, function: Callable[[Connection], R]) -> R:
        """See :class:`Database`. Tables are changed in a transaction like rows."""
        return await self._write(function)

    async def forget(self, rewrite: bool) -> bool:
        """See :class:`Database`. What is left all the same is in docs/decisions/0005-retention.md.

        VACUUM gives the room of deleted rows back to be written over. FULL writes the tables anew
        and removes the old files, and holds up everybody meanwhile.
        """
        connection = await _connect(self._writing)
        try:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await alone.execute(_VACUUM_FULL if rewrite else _VACUUM)
        except _TALKING as error:
            raise DatabaseFailed(failure_of(error)) from error
        finally:
            await _release(connection)
        return True

    async def forget_gently(self) -> bool:
        """See :class:`Database`. The server's own vacuum comes by itself and does the same."""
        return True

    async def close(self) -> None:
        """See :class:`Database`."""
        await self._writing.dispose()
        await self._reading.dispose()

    async def _write(self, function: Callable[[Connection], R]) -> R:
        def locked(connection: Connection) -> R:
            connection.execute(_TAKE_LOCK)
            return function(connection)

        return await _transact(self._writing, locked)


def is_safe(connection: Connection) -> bool:
    """Whether what this server calls committed is on its disk, and it is not too old for us."""
    return bool(connection.scalar(_SAFE, {"oldest": OLDEST}))


def _engine(options: Mapping[str, Any], connections: int, isolation: str) -> AsyncEngine:
    return create_async_engine(
        URL.create("postgresql+asyncpg"),
        connect_args={
            **options,
            "timeout": limits.CONNECT_SECONDS,
            "prepared_statement_cache_size": 500,
        },
        isolation_level=isolation,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=limits.DATABASE_BUSY_SECONDS,
        hide_parameters=True,
    )


async def _again(attempt: Callable[[], Awaitable[R]]) -> R:
    """Once more where the server was gone before anything was stored.

    A connection of the pool may be to a server that has been started anew since.
    """
    try:
        return await attempt()
    except DatabaseFailed as failed:
        if failed.failure is not Failure.AWAY:
            raise
    return await attempt()


async def _transact(
    engine: AsyncEngine, function: Callable[[Connection], R], cut: Failure = Failure.UNKNOWN
) -> R:
    """``function`` in a transaction, from its beginning to its commit.

    ``cut`` is what it means that the connection went during the commit.
    """
    connection = await _connect(engine)
    committing = False
    try:
        result = await connection.run_sync(function)
        committing = True
        await connection.commit()
    except _TALKING as error:
        failure = failure_of(error)
        if failure in {Failure.AWAY, Failure.UNKNOWN}:
            await connection.invalidate()
            failure = cut if committing else failure
        raise DatabaseFailed(failure) from error
    finally:
        await _release(connection)
    return result


async def _connect(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    except (NoConnectionFree, *_CONNECTING) as error:
        raise DatabaseFailed(failure_of(error)) from error


async def _release(connection: AsyncConnection) -> None:
    """Give a connection back, rolled back if need be; one that cannot be is thrown away."""
    try:
        await connection.close()
    except _TALKING:
        await connection.invalidate()
