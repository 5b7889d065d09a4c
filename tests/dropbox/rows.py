"""A hand in a server's database, past all of its rules: what a broken disk or a thief could do."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, create_engine, select, text, update
from sqlalchemy.ext.asyncio import create_async_engine

from dropbox.settings import load_settings
from dropbox.store.locations import PostgresqlServer, SqliteFile

R = TypeVar("R")


def in_database(data: Path, function: Callable[[Connection], R]) -> R:
    """What ``function`` gives, in a transaction in which no row has to fit any other."""
    location = load_settings(data).locate()
    if isinstance(location, SqliteFile):
        engine = create_engine(f"sqlite:///{location.path}")
        try:
            with engine.begin() as connection:
                return function(connection)
        finally:
            engine.dispose()
    assert isinstance(location, PostgresqlServer)
    url = location.url

    async def work() -> R:
        engine = create_async_engine("postgresql+asyncpg://", connect_args={"dsn": url})
        try:
            async with engine.begin() as connection:
                await connection.execute(text("SET LOCAL session_replication_role = replica"))
                return await connection.run_sync(function)
        finally:
            await engine.dispose()

    return asyncio.run(work())


def flip(table: Table, column: str, where: Any, place: int) -> Callable[[Connection], None]:
    """Change one byte of a value that is bytes."""

    def work(connection: Connection) -> None:
        (value,) = connection.scalars(select(table.c[column]).where(where)).all()
        changed = bytearray(value)
        changed[place] ^= 1
        connection.execute(update(table).where(where).values({column: bytes(changed)}))

    return work
