"""Which day it is, where something is let go for good (docs/protocol.md §7).

A clock that is wrong by days must not erase or purge anything early. So a day is over only where it
is by this machine's clock and by that of somebody else: a colleague who signs directories, or the
server. Neither alone can hurry anything.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from crypto.directory import Directory
from crypto.roster import Duty
from inbox_ui.station import Station

LATEST: Final = timedelta(days=14)
"""So much later one's own word is enough, where nobody else has said anything."""


def sure_day(station: Station) -> date:
    """The newest day that has come by more than one clock: what is over on it is over.

    It lags behind this machine's day by as much as the newest word of others does, some days.
    """
    today = station.today()
    alone = min(station.seen.directory.issued, today - LATEST)
    return min(today, max(_day_of_others(station), alone))


def latest_day(station: Station) -> date:
    """The newest day that anybody has named: nothing that is to wait from today on ends earlier
    because this machine's clock is late."""
    return max(station.today(), station.seen.directory.issued, station.archive.newest_day())


def needs_word(station: Station, last: date) -> bool:
    """Whether this analyst, as a publisher, has yet to say that a day is over: by a directory of
    today."""
    if station.today() <= last:
        return False
    me = station.analyst.card.id
    for directory in _newest_first(station):
        if directory.issued <= last:
            return True
        if not _has_other_publishers(station) or _signer(directory) == me:
            return False
    return True


def _has_other_publishers(station: Station) -> bool:
    me, roster = station.analyst.card.id, station.roster
    return roster is not None and any(
        Duty.PUBLISHER in each.duties and each.id != me for each in roster.active()
    )


def _signer(directory: Directory) -> bytes:
    return directory.publisher_certificate.subject


def _day_of_others(station: Station) -> date:
    """The day by another clock than this machine's: of a colleague who signs directories, or of
    the server. Whoever is the only one to sign has no better word than their own."""
    if not _has_other_publishers(station):
        return station.seen.directory.issued
    me = station.analyst.card.id
    signed = (each.issued for each in _newest_first(station) if _signer(each) != me)
    return max(next(signed, date.min), station.archive.newest_day())


def _newest_first(station: Station) -> Iterator[Directory]:
    return station.archive.directories.newest_first(station.vault.service)
