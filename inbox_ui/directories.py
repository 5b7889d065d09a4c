"""The directories this workstation has seen. It refuses to go back behind the newest (P6)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from crypto.directory import Directory, read_directory, read_successor
from crypto.errors import ForeignAuthor
from crypto.roster import Roster
from crypto.signed import split
from inbox_ui.errors import DamagedArchive
from inbox_ui.series import Series


@dataclass(frozen=True)
class Seen:
    """A directory that was verified once, and its signed bytes."""

    directory: Directory
    signed: bytes = field(repr=False)


class Directories:
    """Every directory that was seen, and the one signed here that the server may not have yet."""

    def __init__(self, series: Series) -> None:
        self._series: Final = series
        self._verified: Seen | None = None

    def newest(self, service: bytes) -> Seen:
        """The newest the server was seen to have: what everything is read and sealed under.

        ``service`` is the root's card id of the vault. Raises ``DamagedArchive`` where there is
        none that verifies.
        """
        signed = self._series.newest(published=True)
        if signed is None:
            raise DamagedArchive
        known = self._verified  # it is asked for all the time, and verifying it costs
        if known is None or (known.signed, known.directory.service) != (signed, service):
            known = self._verified = _read(signed, service)
        return known

    def newest_first(self, service: bytes) -> Iterator[Directory]:
        """Every directory the server was seen to have, the newest first, each verified again."""
        for signed in reversed(self._series.published_after(0)):
            yield _read(signed, service).directory

    def unpublished(self, service: bytes) -> Seen | None:
        """The one signed here that comes after the newest, if the server was not seen with it."""
        signed = self._series.newest(published=False)
        return _read(signed, service) if signed is not None else None

    def number_of(self, signed: bytes) -> int:
        """The number of a directory that was seen. Raises ``RolledBack`` for any other."""
        return self._series.number_of(signed)

    def published_after(self, seq: int) -> list[bytes]:
        """The signed directories after number ``seq``, in their order: for a server that lags."""
        return self._series.published_after(seq)

    def give_up(self) -> None:
        """What was signed here and is not published will never be."""
        self._series.forget_unpublished()

    def remember(self, signed: bytes) -> None:
        """Keep a verified directory that is published, and forget what was to be instead."""
        self._series.remember(_number(signed), signed)

    def prepare(self, signed: bytes) -> None:
        """Keep one that was signed here, until the server has it."""
        self._series.prepare(_number(signed), signed)

    def admit(self, signed: bytes, service: bytes, roster: Roster | None) -> Directory:
        """Verify what a server gave and remember it.

        Raises ``RolledBack`` for one older than seen, ``ForeignAuthor`` for a new one of somebody
        who is no publisher by the ``roster``, where there is one, or what ``read_directory``
        raises. The root's certificate outlasts the office.
        """
        seen = self.newest(service)
        directory = read_successor(seen.directory, seen.signed, signed)
        if signed != seen.signed:
            publisher = directory.publisher_certificate.subject
            if roster is not None and not roster.publishes(publisher):
                raise ForeignAuthor
            self.remember(signed)
        return directory


def _number(signed: bytes) -> int:
    return Directory.from_bytes(split(signed)[1]).seq


def _read(signed: bytes, service: bytes) -> Seen:
    return Seen(read_directory(signed, service), signed)
