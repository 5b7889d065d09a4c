"""Where a server's database is, and how that is written: ``--database URL``.

    sqlite                                       a file in the data directory; the default
    postgresql://USER@HOST:PORT/NAME             a server over TCP; elsewhere than on this machine
                                                 only with TLS and a certificate that is right
    postgresql:///NAME?host=/run/postgresql      a server on this machine, by its unix socket

``port``, ``sslmode``, ``sslrootcert``, ``sslcert`` and ``sslkey`` may follow as libpq has them. A
password has no place in a URL: everybody on a machine can read command lines, and shells keep them.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from sqlalchemy import Connection

from dropbox.store.database import Database

R = TypeVar("R")

SQLITE: Final = "sqlite"
DATABASE_NAME: Final = "dropbox.db"
_SCHEMES: Final = {"postgresql", "postgresql+asyncpg"}
_OPTIONS: Final = {"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey"}
_LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}


class NoLocation(ValueError):
    """The URL is none of those above."""


class PasswordInUrl(NoLocation):
    """The URL holds a password."""


class Location(Protocol):
    """Where a database is. ``url`` is how it is remembered; it holds no secret."""

    @property
    def url(self) -> str:
        """In its one spelling."""

    def make(self) -> None:
        """Make what :meth:`open` needs, where that is ours to make."""

    def open(self, patient: bool = False) -> Database:
        """The connections of this process; to be made after a fork. ``patient``: for commands."""


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A file in the data directory."""

    path: Path
    url: str = SQLITE

    def make(self) -> None:
        """An empty file. Raises ``OSError``, ``DBAPIError``."""
        from dropbox.store.sqlite import make_file

        make_file(self.path)

    def open(self, patient: bool = False) -> Database:
        """See :class:`Location`; waiting for a file needs no more patience than serving from it."""
        from dropbox.store.sqlite import SqliteDatabase

        return SqliteDatabase(self.path)


@dataclass(frozen=True, slots=True)
class PostgresqlServer:
    """A database on a PostgreSQL server."""

    url: str
    password: str | None = field(default=None, repr=False)

    def make(self) -> None:
        """Nothing: the operator has made the database, and it is empty."""

    def open(self, patient: bool = False) -> Database:
        """See :class:`Location`."""
        from dropbox.store.postgresql import PostgresqlDatabase

        options: dict[str, Any] = {"dsn": self.url}
        if self.password is not None:
            options["password"] = self.password
        return PostgresqlDatabase(options, patient)


def read_location(url: str, data: Path, password: str | None = None) -> Location:
    """The location that ``url`` names, for the data directory ``data``.

    Raises ``NoLocation``, ``PasswordInUrl``.
    """
    file = data / DATABASE_NAME
    if url in {SQLITE, f"{SQLITE}://{file}", f"{SQLITE}+aiosqlite://{file}"}:
        return SqliteFile(file)
    return PostgresqlServer(_normal(url), password)


def _normal(url: str) -> str:
    """A PostgreSQL URL, checked, in its one spelling."""
    try:
        split = urlsplit(url)
        pairs = parse_qsl(split.query, keep_blank_values=True, strict_parsing=bool(split.query))
        port = split.port
    except ValueError:
        raise NoLocation from None
    options = dict(pairs)
    if split.password is not None or "password" in options or "passfile" in options:
        raise PasswordInUrl
    name = unquote(split.path).removeprefix("/")
    known = split.scheme in _SCHEMES and options.keys() <= _OPTIONS and len(options) == len(pairs)
    if not known or not name or "/" in name or split.fragment:
        raise NoLocation
    folder = options.get("host", "")
    if "host" in options and (split.hostname or not folder.startswith("/")):
        raise NoLocation
    if not folder and not split.hostname:
        raise NoLocation  # a host that libpq would guess
    if not folder and split.hostname not in _LOOPBACK:
        options.setdefault("sslmode", "verify-full")
    user = f"{quote(unquote(split.username), safe='')}@" if split.username else ""
    host = split.hostname or ""
    host = f"[{host}]" if ":" in host else host
    where = f"{user}{host}" + (f":{port}" if port is not None else "")
    query = f"?{urlencode(options, safe='/')}" if options else ""
    return f"postgresql://{where}/{quote(name, safe='')}{query}"


class Opened:
    """A database for a command, which has no event loop of its own."""

    def __init__(self, runner: asyncio.Runner, database: Database) -> None:
        self._runner = runner
        self._database = database

    def read(self, function: Callable[[Connection], R]) -> R:
        """As :meth:`Database.read`; waits for it."""
        return self._runner.run(self._database.read(function))

    def write(self, function: Callable[[Connection], R]) -> R:
        """As :meth:`Database.write`; waits for it."""
        return self._runner.run(self._database.write(function))

    def reshape(self, function: Callable[[Connection], R]) -> R:
        """As :meth:`Database.reshape`; waits for it."""
        return self._runner.run(self._database.reshape(function))

    def forget(self, rewrite: bool) -> bool:
        """As :meth:`Database.forget`; waits for it."""
        return self._runner.run(self._database.forget(rewrite))


@contextmanager
def opened(location: Location) -> Iterator[Opened]:
    """The database of a command, closed at the end. Raises ``DatabaseFailed`` when it is used."""
    with asyncio.Runner() as runner:
        database = location.open(patient=True)
        try:
            yield Opened(runner, database)
        finally:
            runner.run(database.close())
