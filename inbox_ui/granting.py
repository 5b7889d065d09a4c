"""Granting: a group's secret, to those who are to have it (docs/protocol.md §7).

Whoever holds a group grants it to those who may lack it, each once for every receiving key, so that
no one workstation has to be there for the others. Who was to hold a group is remembered: when one
of them leaves, it is replaced (``rotation``).

A server can hold back the roster that says who has left. So nothing is granted under one that is
not valid today, nor an intake or contact group under one that is older than the group: that one
may have been made because somebody left.
"""

from collections.abc import Callable, Iterable, Mapping

from crypto.certificates import CertificateRole, read_certificate
from crypto.errors import Expired, ProtocolError
from crypto.groups import Receiving, sign_grant
from crypto.keys import GroupSecret
from crypto.roster import Duty, Member, Roster
from dropbox.client.service import Service
from inbox_ui.epochs import first_day, is_over
from inbox_ui.errors import StaleRoster
from inbox_ui.receiving import known_keys
from inbox_ui.station import Station


async def give(
    station: Station,
    service: Service,
    group: GroupSecret,
    to: Iterable[bytes],
    mailbox: bytes | None = None,
) -> frozenset[bytes]:
    """Grant the group's secret to those of ``to`` (card ids) who can be given it today.

    Gives to whom the server has a grant now. ``mailbox``: whose case group it is. Raises
    ``StaleRoster`` where there is somebody to give it to, and the roster says so no more; or
    ``ClientError``.
    """
    wanted, vault = grantable(station, to), station.vault
    if not wanted:
        return frozenset()
    _check_roster(station, group.keys.card.id)
    own = vault.analyst_secret.keys
    signed = [
        (sign_grant(group, key, own, vault.service, station.random_bytes), mailbox)
        for _, key in sorted(wanted.items())
    ]
    station.archive.ring.keep_holders(group.keys.card.id, wanted)  # before anything has gone out
    await service.give_grants(signed)
    numbers = {analyst: key.number for analyst, key in wanted.items()}
    station.archive.ring.keep_granted(group.keys.card.id, numbers)
    return frozenset(wanted)


def grantable(station: Station, to: Iterable[bytes]) -> dict[bytes, Receiving]:
    """Who of ``to`` can be given a group today, and the pair to grant it to: a colleague whose
    receiving key is known, and whom the root certifies today."""
    keys, me = known_keys(station), station.vault.analyst_secret.keys.card.id
    return {
        each: keys[each]
        for each in to
        if each != me and each in keys and _is_certified(station, each)
    }


def _is_certified(station: Station, analyst: bytes) -> bool:
    member = station.roster.find(analyst) if station.roster is not None else None
    if member is None:
        return False
    root, service = station.seen.directory.root_card, station.vault.service
    try:
        read_certificate(
            member.certificate, CertificateRole.ANALYST, root.id, root.sign, service
        ).check_day(station.today())
    except ProtocolError:
        return False
    return True


def _check_roster(station: Station, group: bytes) -> None:
    roster = station.roster
    if roster is None:
        return
    try:
        roster.check_day(station.today())
    except Expired:
        raise StaleRoster from None
    if roster.issued < first_day(station, group):
        raise StaleRoster


async def give_lacking(station: Station, service: Service) -> None:
    """Grant the open intake groups to those on intake duty, the contact groups to custodians:
    to each once for every receiving key, as far as this workstation has them.

    Raises as :func:`give`.
    """
    if station.roster is None:
        return
    note_holders(station)
    if me_in(station, on_intake(station)):
        for id_, group in station.vault.intake_groups.items():
            if not is_over(station, id_):
                await _give_lacking(station, service, group, on_intake(station))
    if me_in(station, custodians(station)):
        for group in station.vault.contact_groups.values():
            await _give_lacking(station, service, group, custodians(station))


async def _give_lacking(
    station: Station, service: Service, group: GroupSecret, members: Mapping[bytes, Member]
) -> None:
    granted, keys = station.archive.ring.holders(group.keys.card.id), known_keys(station)
    lacking = [id_ for id_ in members if id_ in keys and granted.get(id_, 0) < keys[id_].number]
    await give(station, service, group, lacking)


def note_holders(station: Station) -> None:
    """Remember who is to hold the current groups, so that it shows when one of them leaves."""
    directory, ring = station.seen.directory, station.archive.ring
    ring.keep_holders(directory.intake_card.id, on_intake(station))
    ring.keep_holders(directory.contact_card.id, custodians(station))


def note_before(station: Station, before: Roster | None) -> None:
    """Remember who was to hold the current groups by the roster seen ``before`` the newest, and who
    was there and gone between the two.

    Where the newest is no later than a group, whoever made the group knew it.
    """
    now, directory = station.roster, station.seen.directory
    if before is None or now is None:
        return
    for card, holds in ((directory.intake_card, _is_on_intake), (directory.contact_card, _keeps)):
        made = first_day(station, card.id)
        if now.issued > made:
            held = {each.id for each in before.active() if holds(each)}
            gone = {each.id for each in now.former if each.day > made} - before.signers.keys()
            station.archive.ring.keep_holders(card.id, held | gone)


def note_granter(station: Station, group: bytes, granter: bytes) -> None:
    """Who has granted an intake group and is on intake duty has it: nobody grants it back."""
    keys = known_keys(station)
    if granter in keys and granter in on_intake(station):
        station.archive.ring.keep_granted(group, {granter: keys[granter].number})


def on_intake(station: Station) -> Mapping[bytes, Member]:
    """The active members on intake duty, by card id."""
    return _members(station, _is_on_intake)


def custodians(station: Station) -> Mapping[bytes, Member]:
    """The active members who hold the contact group, by card id."""
    return _members(station, _keeps)


def me_in(station: Station, members: Mapping[bytes, Member]) -> bool:
    """Whether this analyst is among them; in a team without a roster there is nobody else."""
    return station.roster is None or station.vault.analyst_secret.keys.card.id in members


def _members(station: Station, wanted: Callable[[Member], bool]) -> Mapping[bytes, Member]:
    roster = station.roster
    active = roster.active() if roster is not None else ()
    return {each.id: each for each in active if wanted(each)}


def _is_on_intake(member: Member) -> bool:
    return member.intake


def _keeps(member: Member) -> bool:
    return Duty.CUSTODIAN in member.duties
