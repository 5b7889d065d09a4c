"""The newest directory: fetched, given to a server that lags, and renewed (docs/protocol.md §6).

By whom a directory has to be signed, the roster says: a server that lags is given the rosters it
lacks first, and a directory of somebody who is not in office waits for the newest roster.
"""

from collections.abc import Sequence

from crypto.errors import ForeignAuthor, RolledBack
from dropbox.client.service import Service
from inbox_ui import rostering
from inbox_ui.directories import Seen
from inbox_ui.publishing import give, is_due, publish, sign_next
from inbox_ui.station import Station


async def fetch(station: Station, service: Service) -> None:
    """Learn the server's directory; where its publisher came into office since, the roster before.

    ``service`` is an analyst's or a publisher's session. Raises ``RolledBack``, ``ForeignAuthor``
    and what else ``read_directory`` raises, or as :func:`rostering.learn`.
    """
    await _admit(station, service, await service.directory())


async def _admit(station: Station, service: Service, signed: bytes) -> None:
    try:
        station.admit_directory(signed)
    except ForeignAuthor:
        await rostering.learn(station, service)
        station.admit_directory(signed)


def is_needed(station: Station) -> bool:
    """Whether the directory should be renewed today by this analyst, as a publisher: few days are
    left, or who signed it is no longer in office, so that some might not take it."""
    directory, roster = station.seen.directory, station.roster
    if is_due(station.vault, directory, station.today()):
        return True
    return roster is not None and not roster.publishes(directory.publisher_certificate.subject)


async def catch_up(station: Station, publisher: Service) -> None:
    """Learn the server's directory; one that shows an older one of ours is brought to the newest.

    ``publisher`` is a publisher's session. Raises as :func:`fetch`, :func:`publishing.publish` and
    :func:`rostering.give_lacking`.
    """
    signed = await publisher.directory()
    try:
        await _admit(station, publisher, signed)
    except RolledBack:
        directories = station.archive.directories
        lacking = directories.published_after(directories.number_of(signed))
        behind = await rostering.learn(station, publisher)
        if behind is not None:
            await rostering.give_lacking(station, publisher, behind)
        for each in lacking:
            await give(publisher, each)


async def renew(
    station: Station,
    publisher: Service,
    origins: Sequence[str] | None = None,
    site: bytes | None = None,
) -> Seen:
    """Sign the next directory and give it to the server; the newest afterwards.

    ``publisher`` is a publisher's session. Raises as :func:`catch_up`, and as ``sign_next``.
    """
    await catch_up(station, publisher)
    sign_next(station, origins, site)
    return await publish(station, publisher)
