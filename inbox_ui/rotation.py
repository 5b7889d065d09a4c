"""A publisher replaces the intake group, and the contact group where a custodian left (§7).

In this order: (1) the new group's secret is in the vault, as pending (2) those who are to hold it
are granted it (3) the directory that names it is signed, kept and published (4) the secret is no
longer pending. Stopped anywhere, it goes on with the same group the next time; where another
publisher was quicker, it follows theirs and drops its own, to which nothing was ever sealed.

A publisher who is not on intake duty keeps the new intake group as pending, and grants it again at
each sync, until somebody who is has opened it: a server may have lost the grants.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from crypto.directory import Directory, IntakeGroup, PastGroup
from crypto.errors import RolledBack
from crypto.keys import GroupSecret
from dropbox.client.service import Service
from inbox_ui.epochs import contact_groups, is_over
from inbox_ui.errors import NobodyToGrant
from inbox_ui.founding import EPOCH_DAYS
from inbox_ui.granting import custodians, give, grantable, me_in, note_holders, on_intake
from inbox_ui.line import Line
from inbox_ui.publishing import in_office, publish, sign_next
from inbox_ui.station import Station
from inbox_ui.vault import IntakeSecret, Vault

_TRIES: Final = 3
"""Times the directory is signed anew because another publisher was quicker with another one."""


@dataclass(frozen=True)
class Due:
    """Which groups are to be replaced."""

    intake: bool
    contact: bool

    def __bool__(self) -> bool:
        return self.intake or self.contact


def due(station: Station) -> Due:
    """Which groups this analyst, as a publisher, should replace today.

    The intake group after its last day, and each at once when somebody who was to hold it is no
    longer of those who are.
    """
    directory, today = station.seen.directory, station.today()
    if not in_office(station):
        return Due(intake=False, contact=False)
    note_holders(station)
    return Due(
        intake=today > directory.intake.last_day
        or _has_left(station, directory.intake_card.id, on_intake(station)),
        contact=_has_left(station, directory.contact_card.id, custodians(station)),
    )


def _has_left(station: Station, group: bytes, members: Collection[bytes]) -> bool:
    return not station.archive.ring.holders(group).keys() <= set(members)


async def rotate(station: Station, service: Service, line: Line) -> bool:
    """Replace what is due; whether a directory was published.

    ``service`` is the analyst's session. Raises ``NobodyToGrant``, ``StaleRoster``, ``RolledBack``
    where the server shows no directory that has the place of ours, what ``sign_next`` raises,
    ``ClientError``, or as ``Station.keep``.
    """
    settle(station)
    for _ in range(_TRIES):
        wanted = due(station)
        if not wanted:
            return False
        _check_holders(station, wanted)
        _begin(station, wanted)
        await _grant(station, service, wanted)
        sign_next(station, change=_Change(station, wanted))
        try:
            async with line.as_publisher(station.vault) as publisher:
                await publish(station, publisher)
        except RolledBack:
            if not await _follow(station, service):
                raise
            settle(station)
        else:
            settle(station)
            return True
    return False


def settle(station: Station) -> None:
    """What was pending is held once a directory names it, and dropped where another came instead.

    Raises as ``Station.keep``.
    """
    vault = station.vault
    if vault.pending is None and vault.pending_contact is None:
        return
    holds, keeps = me_in(station, on_intake(station)), me_in(station, custodians(station))
    directory, trusted = station.seen.directory, is_trustee(station)
    seen = contact_groups(station)
    station.keep(
        lambda vault: _settle_contact(
            vault if trusted else _settle_intake(vault, directory, holds=holds),
            directory,
            seen,
            keeps=keeps,
        )
    )


def _settle_intake(vault: Vault, directory: Directory, *, holds: bool) -> Vault:
    pending = vault.pending
    if pending is None:
        return vault
    if GroupSecret(pending.secret).keys.card.id in directory.intake_groups:
        vault = replace(vault, pending=None)
        return vault.with_intake(pending) if holds else vault
    return replace(vault, pending=None) if pending.epoch <= directory.intake.epoch else vault


def is_trustee(station: Station) -> bool:
    """Whether the pending intake group is the team's by now, and may be nobody's but this
    workstation's: its analyst is not on intake duty, and nobody who is was seen to hold it."""
    pending = station.vault.pending
    if pending is None or me_in(station, on_intake(station)):
        return False
    id_ = GroupSecret(pending.secret).keys.card.id
    if id_ not in station.seen.directory.intake_groups or is_over(station, id_):
        return False
    keys, granted = grantable(station, on_intake(station)), station.archive.ring.holders(id_)
    return not any(0 < granted.get(each, 0) < key.number for each, key in keys.items())


def _settle_contact(
    vault: Vault, directory: Directory, seen: Collection[bytes], *, keeps: bool
) -> Vault:
    """Nothing numbers contact groups: one that was pending stays so until a directory names it."""
    pending = vault.pending_contact
    if pending is None:
        return vault
    id_ = GroupSecret(pending).keys.card.id
    if id_ not in seen:
        return vault
    vault = replace(vault, pending_contact=None)
    newest = id_ == directory.contact_card.id
    return vault.with_contact(pending, newest=newest) if keeps else vault


def _check_holders(station: Station, wanted: Due) -> None:
    """Raise ``NobodyToGrant`` where a group would be nobody's: not even of this workstation.

    So would the one before, while nobody was seen to hold it. It is then replaced only because
    somebody left.
    """
    left = _has_left(station, station.seen.directory.intake_card.id, on_intake(station))
    if wanted.intake and is_trustee(station) and not left:
        raise NobodyToGrant
    for is_due, members in (
        (wanted.intake, on_intake(station)),
        (wanted.contact, custodians(station)),
    ):
        if is_due and not me_in(station, members) and not grantable(station, members):
            raise NobodyToGrant


def _begin(station: Station, wanted: Due) -> None:
    """(1) A pending group that was granted to somebody who has left is replaced itself."""
    epoch = station.seen.directory.intake.epoch + 1
    intake = IntakeSecret(epoch, GroupSecret.generate(station.random_bytes).expose())
    contact = GroupSecret.generate(station.random_bytes).expose()

    def is_good(secret: bytes, members: Collection[bytes]) -> bool:
        return not _has_left(station, GroupSecret(secret).keys.card.id, members)

    def begun(vault: Vault) -> Vault:
        kept, kept_contact = vault.pending, vault.pending_contact
        if wanted.intake and not (
            kept is not None and kept.epoch == epoch and is_good(kept.secret, on_intake(station))
        ):
            vault = replace(vault, pending=intake)
        if wanted.contact and not (
            kept_contact is not None and is_good(kept_contact, custodians(station))
        ):
            vault = replace(vault, pending_contact=contact)
        return vault

    station.keep(begun)


async def give_in_trust(station: Station, service: Service) -> None:
    """Grant what :func:`is_trustee` of again, to all on intake duty. Raises as ``give``."""
    pending = station.vault.pending
    if pending is not None and is_trustee(station):
        await give(station, service, GroupSecret(pending.secret), on_intake(station))


async def _grant(station: Station, service: Service, wanted: Due) -> None:
    """(2)"""
    vault = station.vault
    if wanted.intake and vault.pending is not None:
        await give(station, service, GroupSecret(vault.pending.secret), on_intake(station))
    if wanted.contact and vault.pending_contact is not None:
        await give(station, service, GroupSecret(vault.pending_contact), custodians(station))


@dataclass(frozen=True)
class _Change:
    """(3) The directory with the groups that are pending."""

    station: Station
    wanted: Due

    def __call__(self, directory: Directory) -> Directory:
        vault, today = self.station.vault, self.station.today()
        if self.wanted.intake and vault.pending is not None:
            directory = with_intake(directory, vault.pending, today)
        if self.wanted.contact and vault.pending_contact is not None:
            card = GroupSecret(vault.pending_contact).keys.card
            directory = replace(directory, contact=card.to_bytes())
        return directory


def with_intake(directory: Directory, secret: IntakeSecret, today: date) -> Directory:
    """A directory with another intake group, from today on; the one before is listed for good."""
    before, card = directory.intake_card, GroupSecret(secret.secret).keys.card
    past = PastGroup(directory.intake.epoch, before.id, before.sign)
    days = (today, today + timedelta(days=EPOCH_DAYS))
    intake = IntakeGroup(card.to_bytes(), secret.epoch, *days)
    return replace(directory, intake=intake, past=(*directory.past, past))


async def _follow(station: Station, service: Service) -> bool:
    """Whether the server shows the directory that has the place of ours. Raises as ``admit``."""
    before = station.seen.signed
    signed = await service.directory()
    station.admit_directory(signed)
    return signed != before
