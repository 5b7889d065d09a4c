"""Signing the next directory and giving it to the server (docs/protocol.md §6).

A directory that was signed is kept before it is sent: were it signed again, two would follow the
same one. A server that has fallen behind is given those it lacks, one after another.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from crypto.certificates import Certificate, CertificateRole, read_certificate
from crypto.directory import LONGEST_VALIDITY, Directory, directory_hash, sign_directory
from crypto.errors import ProtocolError, RolledBack
from dropbox.client.errors import Refused
from dropbox.client.service import Service
from dropbox.site.builder import build_for
from dropbox.wire import AHEAD, Fault
from inbox_ui import durable
from inbox_ui.directories import Seen
from inbox_ui.errors import ClockAhead, NotPublisher, SiteMoved
from inbox_ui.folder import Folder
from inbox_ui.signing import site_after, write_manifest
from inbox_ui.station import Station
from inbox_ui.vault import Vault

RENEW_BELOW: Final = timedelta(days=7)
"""A workstation whose analyst is a publisher renews a directory with fewer days left."""


def check_publisher(vault: Vault, directory: Directory, today: date) -> Certificate:
    """The certificate that lets this analyst sign directories today.

    Raises ``NotPublisher`` where there is none, ``Expired`` where it is not valid.
    """
    if vault.publisher is None:
        raise NotPublisher
    card = directory.root_card
    certificate = read_certificate(
        vault.publisher, CertificateRole.PUBLISHER, card.id, card.sign, directory.service
    )
    certificate.check_card(vault.analyst_secret.keys.card)
    certificate.check_day(today)
    return certificate


def may_publish(vault: Vault, directory: Directory, today: date) -> bool:
    """Whether this analyst may sign directories today."""
    try:
        check_publisher(vault, directory, today)
    except (NotPublisher, ProtocolError):
        return False
    return True


def in_office(station: Station) -> bool:
    """Whether this analyst may sign directories and rosters today, by the root and by the roster,
    where there is one."""
    return _has_office(station) and may_publish(
        station.vault, station.seen.directory, station.today()
    )


def check_office(station: Station) -> Certificate:
    """As :func:`check_publisher`; raises ``NotPublisher`` also where the roster says so."""
    if not _has_office(station):
        raise NotPublisher
    return check_publisher(station.vault, station.seen.directory, station.today())


def _has_office(station: Station) -> bool:
    roster = station.roster
    return roster is None or roster.publishes(station.vault.analyst_secret.keys.card.id)


def is_due(vault: Vault, directory: Directory, today: date) -> bool:
    """Whether this analyst should renew it: may, few days are left, and then there are more; or its
    day has not come, so that nobody takes it.

    The last days of a publisher's certificate are also those of what it signs.
    """
    if not may_publish(vault, directory, today):
        return False
    if directory.issued > today + AHEAD:
        return True
    days_left = directory.last_day - today
    following = _last_day(check_publisher(vault, directory, today), today)
    return days_left < RENEW_BELOW and directory.last_day < following


def _last_day(certificate: Certificate, today: date) -> date:
    """The last day of a directory that its publisher signs today."""
    longest = today + LONGEST_VALIDITY
    return min(longest, certificate.not_after or longest)


def sign_next(
    station: Station,
    origins: Sequence[str] | None = None,
    site: bytes | None = None,
    change: Callable[[Directory], Directory] = lambda directory: directory,
) -> bytes:
    """The directory after the newest, from today on: signed, and kept as not yet published.

    ``site`` is the hash of the site that somebody agreed to sign; without it, the one that is
    signed stays. ``change`` gives it other groups. The one kept before is taken again if it is
    today's and says the same. Raises ``NotPublisher``, ``Expired``, ``NotCanonical`` for origins no
    directory can name, ``SiteMoved`` where ``site`` is not what this installation builds,
    ``NotBuilt``.
    """
    seen, today, vault = station.seen, station.today(), station.vault
    certificate = check_office(station)
    assert vault.publisher is not None
    following = replace(
        seen.directory,
        publisher=vault.publisher,
        origins=tuple(sorted(set(origins))) if origins else seen.directory.origins,
        seq=seen.directory.seq + 1,
        issued=today,
        expires=_last_day(certificate, today),
        previous=directory_hash(seen.signed),
    )
    following = change(following)
    if site is not None and build_for(following).hash != site:
        raise SiteMoved
    following = replace(following, site=site or site_after(seen.directory, following))
    kept = station.archive.directories.unpublished(vault.service)
    if kept is not None and kept.directory == following:
        return kept.signed
    signed = sign_directory(following, vault.analyst_secret.keys)
    station.archive.directories.prepare(signed)
    return signed


async def publish(station: Station, service: Service) -> Seen:
    """Give the server what is kept, if anything is; the newest directory afterwards.

    ``service`` is a publisher's session. Raises ``RolledBack`` where another directory has the
    place of ours, ``ClockAhead`` where the server takes none of that day, which is then given up,
    or ``ClientError``.
    """
    directories = station.archive.directories
    kept = directories.unpublished(station.vault.service)
    if kept is not None:
        try:
            await give(service, kept.signed)
        except Refused as error:
            if error.fault is not Fault.TOO_EARLY:
                raise
            directories.give_up()
            raise ClockAhead from None
        directories.remember(kept.signed)
    return station.seen


def write_out(station: Station, folder: Folder) -> None:
    """Put the newest directory beside the vault, for ``dropbox-server init``, and what it signs."""
    durable.replace(folder.directory, station.seen.signed)
    write_manifest(station.seen.directory, folder)


async def give(service: Service, signed: bytes) -> None:
    """Give the server a directory. Raises ``RolledBack`` where another has its place, or
    ``ClientError``."""
    try:
        await service.publish(signed)
    except Refused as error:
        if error.fault is Fault.PLACE_TAKEN:
            raise RolledBack from None
        raise
