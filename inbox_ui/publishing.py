"""Signing the next directory and giving it to the server (docs/protocol.md §6).

A directory that was signed is kept before it is sent: were it signed again, two would follow the
same one. A server that has fallen behind is given those it lacks, one after another.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from crypto.certificates import CertificateRole, read_certificate
from crypto.directory import LONGEST_VALIDITY, Directory, directory_hash, sign_directory
from crypto.errors import ProtocolError, RolledBack
from dropbox.client.errors import Refused
from dropbox.client.service import Service
from dropbox.wire import Fault
from inbox_ui import durable
from inbox_ui.directories import Seen
from inbox_ui.errors import NotPublisher
from inbox_ui.folder import Folder
from inbox_ui.station import Station
from inbox_ui.vault import Vault

RENEW_BELOW: Final = timedelta(days=7)
"""A workstation whose analyst is a publisher renews a directory with fewer days left."""


def check_publisher(vault: Vault, directory: Directory, today: date) -> bytes:
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
    return vault.publisher


def may_publish(vault: Vault, directory: Directory, today: date) -> bool:
    """Whether this analyst may sign directories today."""
    try:
        check_publisher(vault, directory, today)
    except (NotPublisher, ProtocolError):
        return False
    return True


def is_due(directory: Directory, today: date) -> bool:
    """Whether a publisher should renew it: few days left, or another publisher's has run out."""
    return directory.expires - today < RENEW_BELOW


def sign_next(station: Station, origins: Sequence[str] | None = None) -> bytes:
    """The directory after the newest, from today on: signed, and kept as not yet published.

    The one kept before is taken again if it is today's and says the same. Raises ``NotPublisher``,
    ``Expired``, or ``NotCanonical`` for origins no directory can name.
    """
    seen, today, vault = station.seen, station.today(), station.vault
    following = replace(
        seen.directory,
        publisher=check_publisher(vault, seen.directory, today),
        origins=tuple(sorted(set(origins))) if origins else seen.directory.origins,
        seq=seen.directory.seq + 1,
        issued=today,
        expires=today + LONGEST_VALIDITY,
        previous=directory_hash(seen.signed),
    )
    kept = station.archive.directories.unpublished(vault.service)
    if kept is not None and kept.directory == following:
        return kept.signed
    signed = sign_directory(following, vault.analyst_secret.keys)
    station.archive.directories.prepare(signed)
    return signed


async def publish(station: Station, service: Service) -> Seen:
    """Give the server what is kept, if anything is; the newest directory afterwards.

    ``service`` is a publisher's session. Raises ``RolledBack`` where another directory has the
    place of ours, or ``ClientError``.
    """
    directories = station.archive.directories
    kept = directories.unpublished(station.vault.service)
    if kept is not None:
        await _give(service, kept.signed)
        directories.remember(kept.signed)
    return station.seen


def write_out(station: Station, folder: Folder) -> None:
    """Put the newest directory beside the vault, for ``dropbox-server init``."""
    durable.replace(folder.directory, station.seen.signed)


async def catch_up(station: Station, service: Service) -> None:
    """Learn the server's directory; one that shows an older one of ours is brought to the newest.

    Raises as :func:`publish`.
    """
    directories = station.archive.directories
    signed = await service.directory()
    try:
        directories.admit(signed, station.vault.service)
    except RolledBack:
        for each in directories.published_after(directories.number_of(signed)):
            await _give(service, each)


async def _give(service: Service, signed: bytes) -> None:
    try:
        await service.publish(signed)
    except Refused as error:
        if error.fault is Fault.PLACE_TAKEN:
            raise RolledBack from None
        raise
