"""What a batch is judged by besides its rows: the day, and the newest directory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, select

from crypto.directory import NO_SITE, Directory, directory_hash, read_directory
from crypto.errors import Expired, ProtocolError
from crypto.signed import split
from dropbox.store.room import ENDLESS, Room
from dropbox.store.schema import directories

_NEWEST_HASH = select(directories.c.hash).order_by(directories.c.seq.desc()).limit(1)
_NEWEST = select(directories.c.signed).order_by(directories.c.seq.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Published:
    """A directory as it was published, and read."""

    signed: bytes
    directory: Directory
    hash: bytes


class Shelf:
    """Gives the newest directory; reads and verifies it again only when there is a newer one."""

    def __init__(self) -> None:
        self._newest: Published | None = None

    def newest(self, connection: Connection) -> Published:
        """The newest directory of the database, as of this transaction.

        Raises ``ProtocolError`` where its row is damaged, or there is none.
        """
        found = connection.scalar(_NEWEST_HASH)
        if self._newest is None or self._newest.hash != found:
            signed = connection.scalar(_NEWEST) or b""
            self._newest = Published(signed, read_stored(signed), directory_hash(signed))
        return self._newest


def read_stored(signed: bytes) -> Directory:
    """A directory this server took once: under the root it names, which was checked at that time.

    Raises ``ProtocolError`` for damage.
    """
    return read_directory(signed, Directory.from_bytes(split(signed)[1]).service)


def read_sites(connection: Connection) -> frozenset[bytes]:
    """The hash of every site that a directory of this server ever named.

    Damaged directories name none; raises ``ProtocolError`` where the newest is damaged.
    """
    service = Shelf().newest(connection).directory.service
    return frozenset(_named_sites(connection, service)) - {NO_SITE}


def _named_sites(connection: Connection, service: bytes) -> Iterator[bytes]:
    for signed in connection.scalars(select(directories.c.signed)):
        try:
            yield read_directory(signed, service).site
        except ProtocolError:
            continue


@dataclass(frozen=True, slots=True)
class Ground:
    """The moment of a batch (UTC; only its day is ever stored), the newest directory, and what
    room there is."""

    now: datetime
    published: Published
    room: Room = ENDLESS

    @property
    def today(self) -> date:
        """The day."""
        return self.now.date()

    @property
    def seconds(self) -> int:
        """Unix seconds, for what expires within the hour."""
        return int(self.now.timestamp())

    @property
    def takes_reports(self) -> bool:
        """Whether directory and publisher are valid today, so that intake may be sealed to."""
        try:
            self.published.directory.check_day(self.today)
        except Expired:
            return False
        return True


def utc_now() -> datetime:
    """The clock of a server that is not being tested."""
    return datetime.now(UTC)
