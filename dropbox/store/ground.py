"""What a batch is judged by besides its rows: the day, the newest directory, the newest roster."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, select

from crypto.directory import NO_SITE, Directory, directory_hash, read_directory
from crypto.errors import Expired, ProtocolError
from crypto.roster import roster_hash
from crypto.signed import split
from dropbox.store.jobs import Job
from dropbox.store.people import EVERYBODY, People, View, read_stored_roster
from dropbox.store.room import ENDLESS, Room
from dropbox.store.schema import directories, rosters

_NEWEST_HASH = select(directories.c.hash).order_by(directories.c.seq.desc()).limit(1)
_NEWEST = select(directories.c.signed).order_by(directories.c.seq.desc()).limit(1)
_ROSTER_HASH = select(rosters.c.hash).order_by(rosters.c.seq.desc()).limit(1)
_ROSTER = select(rosters.c.signed).order_by(rosters.c.seq.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Published:
    """A directory as it was published, and read."""

    signed: bytes
    directory: Directory
    hash: bytes


class Shelf:
    """Gives the newest directory and roster; reads and verifies each again only when there is a
    newer one."""

    def __init__(self) -> None:
        self._newest: Published | None = None
        self._people = EVERYBODY

    def newest(self, connection: Connection) -> Published:
        """The newest directory of the database, as of this transaction.

        Raises ``ProtocolError`` where its row is damaged, or there is none.
        """
        found = connection.scalar(_NEWEST_HASH)
        if self._newest is None or self._newest.hash != found:
            signed = connection.scalar(_NEWEST) or b""
            self._newest = Published(signed, read_stored(signed), directory_hash(signed))
        return self._newest

    def people(self, connection: Connection) -> People:
        """What the newest roster of the database says, as of this transaction.

        Raises ``ProtocolError`` where its row is damaged.
        """
        found = connection.scalar(_ROSTER_HASH)
        people = self._people
        if people.hash != found:
            people = EVERYBODY
            if found is not None:
                signed = connection.scalar(_ROSTER) or b""
                directory = self.newest(connection).directory
                people = People.of(read_stored_roster(signed, directory), roster_hash(signed))
            self._people = people
        return people

    def view(self, connection: Connection, analyst: bytes) -> View:
        """What this analyst is given, as of this transaction. Raises as :meth:`people`."""
        people = self.people(connection)
        if not people.keeps_contacts(analyst):
            return people.view(analyst, b"")
        return people.view(analyst, self.newest(connection).directory.contact_card.id)


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
    """The moment of a batch (UTC; only its day is ever stored), the newest directory, what room
    there is, and what the newest roster says, which is looked up where the team asks something."""

    now: datetime
    published: Published
    room: Room = ENDLESS
    people: People | None = None

    def refuses(self, job: Job[Any]) -> bool:
        """Whether the newest roster lets this job's asker in no more."""
        return job.team and job.asker is not None and self.team.refuses(job.asker.address)

    @property
    def team(self) -> People:
        """What the newest roster says, for a job of the team's."""
        assert self.people is not None
        return self.people

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
