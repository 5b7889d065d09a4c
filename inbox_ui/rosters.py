"""The rosters this workstation has seen. It refuses to go back behind the newest (P6)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from crypto.certificates import CLOCK_SLACK
from crypto.directory import Directory
from crypto.errors import Expired
from crypto.roster import Roster, publisher_of, read_next_roster, read_roster
from crypto.signed import split
from inbox_ui.series import Series


@dataclass(frozen=True)
class SeenRoster:
    """A roster that was verified, and its signed bytes."""

    roster: Roster
    signed: bytes = field(repr=False)


class Rosters:
    """Every roster that was seen, and the one signed here that the server may not have yet.

    ``directory`` is always the newest: it names the root that certified publisher and members.
    """

    def __init__(self, series: Series) -> None:
        self._series: Final = series
        self._verified: tuple[SeenRoster, Directory] | None = None

    def newest_signed(self) -> bytes | None:
        """The bytes of what :meth:`newest` reads: the team has changed when they have."""
        found = self._series.newest(published=True)
        return found if found is not None else self._series.newest(published=False)

    def newest(self, directory: Directory) -> SeenRoster | None:
        """The newest the server was seen to have; until then the first one, where it was made here.

        ``None`` where there is none at all: a team made by an older version, or a workstation that
        has not fetched yet.
        """
        signed = self.newest_signed()
        if signed is None:
            return None
        known = self._verified  # it is asked for all the time, and verifying it costs
        if known is None or (known[0].signed, known[1]) != (signed, directory):
            known = self._verified = (_read(signed, directory), directory)
        return known[0]

    def published(self, directory: Directory) -> SeenRoster | None:
        """The newest the server was seen to have, if it was seen with any."""
        signed = self._series.newest(published=True)
        return _read(signed, directory) if signed is not None else None

    def unpublished(self, directory: Directory) -> SeenRoster | None:
        """The one signed here that comes after the newest, if the server was not seen with it."""
        signed = self._series.newest(published=False)
        return _read(signed, directory) if signed is not None else None

    def number_of(self, signed: bytes) -> int:
        """The number of a roster that was seen. Raises ``RolledBack`` for any other."""
        return self._series.number_of(signed)

    def published_after(self, seq: int) -> list[bytes]:
        """The signed rosters after number ``seq``, in their order: for a server that lags."""
        return self._series.published_after(seq)

    def remember(self, signed: bytes) -> None:
        """Keep a verified roster that is published, and forget what was to be instead."""
        self._series.remember(_number(signed), signed)

    def prepare(self, signed: bytes) -> None:
        """Keep one that was signed here, until the server has it."""
        self._series.prepare(_number(signed), signed)

    def give_up(self) -> None:
        """Forget the one that was signed here: another publisher was quicker."""
        self._series.forget_unpublished()

    def admit(self, signed: bytes, directory: Directory, today: date) -> Roster:
        """Verify what a server gave and remember it.

        Raises ``RolledBack`` for one older than seen or beside it, ``Expired`` where its publisher
        could not sign it today and it gives somebody more than the one seen, or what
        ``read_next_roster`` raises.
        """
        seen = self.published(directory)
        if seen is None:
            roster = read_roster(signed, directory)
        else:
            roster = read_next_roster(seen.roster, seen.signed, signed, directory)
        if seen is None or signed != seen.signed:
            _check_days(roster, seen.roster if seen is not None else None, directory, today)
            self.remember(signed)
        return roster


def _check_days(new: Roster, seen: Roster | None, directory: Directory, today: date) -> None:
    """Raise ``Expired`` for a roster of days to come, and for one of a publisher whose certificate
    is over. Its last renewals and removals count all the same: the next publisher follows them."""
    if new.issued - today > CLOCK_SLACK:
        raise Expired
    if seen is None or new.gives_more_than(seen):
        publisher_of(new, directory).check_day(today)


def _number(signed: bytes) -> int:
    return Roster.from_bytes(split(signed)[1]).seq


def _read(signed: bytes, directory: Directory) -> SeenRoster:
    return SeenRoster(read_roster(signed, directory), signed)
