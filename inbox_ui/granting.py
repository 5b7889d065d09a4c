"""Granting: a group's secret, to those who are to have it (docs/protocol.md §7).

Whoever holds a group grants it to those who may lack it, each once for every receiving key, so that
no one workstation has to be there for the others. Who was to hold a group is remembered: when one
of them leaves, it is replaced (``epochs``).
"""

from collections.abc import Callable, Iterable, Mapping

from crypto.groups import sign_grant
from crypto.keys import GroupSecret
from crypto.roster import Duty, Member
from dropbox.client.service import Service
from inbox_ui.epochs import is_over
from inbox_ui.receiving import known_keys
from inbox_ui.station import Station


async def give(
    station: Station,
    service: Service,
    group: GroupSecret,
    to: Iterable[bytes],
    mailbox: bytes | None = None,
) -> frozenset[bytes]:
    """Grant the group's secret to those of ``to`` (card ids) whose receiving key is known.

    Gives to whom the server has a grant now. ``mailbox``: whose case group it is. Raises
    ``ClientError``.
    """
    keys, vault = known_keys(station), station.vault
    wanted = {each: keys[each] for each in to if each in keys}
    own = vault.analyst_secret.keys
    wanted.pop(own.card.id, None)
    if not wanted:
        return frozenset()
    signed = [
        (sign_grant(group, key, own, vault.service, station.random_bytes), mailbox)
        for _, key in sorted(wanted.items())
    ]
    station.archive.ring.keep_holders(group.keys.card.id, wanted)  # before anything has gone out
    await service.give_grants(signed)
    numbers = {analyst: key.number for analyst, key in wanted.items()}
    station.archive.ring.keep_granted(group.keys.card.id, numbers)
    return frozenset(wanted)


async def give_lacking(station: Station, service: Service) -> None:
    """Grant the open intake groups to those on intake duty, the contact groups to custodians:
    to each once for every receiving key, as far as this workstation has them.

    Raises ``ClientError``.
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


def note_granter(station: Station, group: bytes, granter: bytes) -> None:
    """Who has granted an intake group and is on intake duty has it: nobody grants it back."""
    keys = known_keys(station)
    if granter in keys and granter in on_intake(station):
        station.archive.ring.keep_granted(group, {granter: keys[granter].number})


def on_intake(station: Station) -> Mapping[bytes, Member]:
    """The active members on intake duty, by card id."""
    return _members(station, lambda member: member.intake)


def custodians(station: Station) -> Mapping[bytes, Member]:
    """The active members who hold the contact group, by card id."""
    return _members(station, lambda member: Duty.CUSTODIAN in member.duties)


def me_in(station: Station, members: Mapping[bytes, Member]) -> bool:
    """Whether this analyst is among them; in a team without a roster there is nobody else."""
    return station.roster is None or station.vault.analyst_secret.keys.card.id in members


def _members(station: Station, wanted: Callable[[Member], bool]) -> Mapping[bytes, Member]:
    roster = station.roster
    active = roster.active() if roster is not None else ()
    return {each.id: each for each in active if wanted(each)}
