"""Receiving keys: what a group's secret is granted to (docs/protocol.md §7).

A workstation makes a new pair in every epoch, keeps the newest two secrets in its vault and
publishes the public half, signed. Colleagues take each other's, never one with a lower number than
they have seen: so a server cannot lead them back to a pair whose secret somebody has found.
"""

from collections.abc import Mapping
from typing import Final

from crypto.constants import SECRET
from crypto.errors import ForeignAuthor, ProtocolError
from crypto.groups import Receiving, ReceivingSecret, read_receiving, sign_receiving
from crypto.signed import split
from dropbox.client.errors import Refused
from dropbox.client.service import Service
from dropbox.wire import Fault
from inbox_ui.errors import ForgedKey, OldKey
from inbox_ui.station import Station
from inbox_ui.vault import ReceivingHeld, Vault

_TRIES: Final = 3
"""Times a number is raised because the server has it under another key."""


async def learn(station: Station, service: Service) -> list[Exception]:
    """Fetch everybody's and keep what is newer: what a person has to know of the rest.

    Raises ``ClientError``.
    """
    troubles: list[Exception] = []
    ring = station.archive.ring
    known = {analyst: _number(signed) for analyst, signed in ring.receiving().items()}
    for signed in await service.receiving():
        try:
            said = _verify(station, signed)
        except ProtocolError:
            troubles.append(ForgedKey())
            continue
        if said is None:
            continue
        number = known.get(said.analyst, 0)
        if said.number > number:
            ring.keep_receiving(said.analyst, said.number, signed)
            known[said.analyst] = said.number
        elif said.number < number or ring.receiving()[said.analyst] != signed:
            troubles.append(OldKey(label_of(station, said.analyst)))
    return troubles


async def renew(station: Station, service: Service) -> None:
    """Make this workstation's pair where the epoch has none, and tell the server of the newest.

    To be called when all grants that wait were opened: the last but one pair goes. Who is on intake
    duty and was not given the current group yet keeps the pair that it is granted to: so a higher
    number says that the group was opened (``rotation.settle``). Raises ``ClientError``, or as
    ``Station.keep``.
    """
    for tries in range(1, _TRIES + 1):
        vault = station.keep(lambda vault: _with_newest(vault, station))
        held = vault.receiving[-1]
        own = vault.analyst_secret.keys
        secret = ReceivingSecret(held.secret)
        signed = sign_receiving(secret, held.number, own, vault.service)
        try:  # at each sync: a server that was restored has lost it
            await service.tell_receiving(signed)
        except Refused as error:
            if error.fault is not Fault.PLACE_TAKEN or tries == _TRIES:
                raise
            await learn(station, service)  # a backup was restored: there is a newer one of ours
        else:
            station.archive.ring.keep_receiving(own.card.id, held.number, signed)
            return


async def receiving_keys(station: Station, service: Service) -> Mapping[bytes, Receiving]:
    """Card id → the newest pair of each active member, after asking the server once more."""
    await learn(station, service)
    return known_keys(station)


def known_keys(station: Station) -> Mapping[bytes, Receiving]:
    """Card id → the newest pair of each active member that was seen."""
    found = {}
    for signed in station.archive.ring.receiving().values():
        said = _verify(station, signed)
        if said is not None:
            found[said.analyst] = said
    return found


def label_of(station: Station, analyst: bytes) -> str:
    """What colleagues call an analyst; a question mark for somebody the roster does not know."""
    roster = station.roster
    return (roster.label(analyst) if roster is not None else None) or "?"


def _verify(station: Station, signed: bytes) -> Receiving | None:
    """The pair in ``signed``; ``None`` for one of somebody who may be granted nothing.

    Raises ``ProtocolError`` for one that is not what it says.
    """
    analyst = Receiving.from_bytes(split(signed)[1]).analyst
    own, roster = station.vault.analyst_secret.keys.card, station.roster
    if analyst == own.id:
        return read_receiving(signed, analyst, own.sign, station.vault.service)
    if roster is None:
        return None
    if analyst not in roster.signers:
        raise ForeignAuthor
    said = read_receiving(signed, analyst, roster.signers[analyst], station.vault.service)
    member = roster.find(analyst)
    return None if member is None or member.suspended else said


def _with_newest(vault: Vault, station: Station) -> Vault:
    """With a pair for this epoch, whose number is above all that were seen."""
    epoch = station.seen.directory.intake.epoch
    own = vault.analyst_secret.keys
    seen = station.archive.ring.receiving().get(own.card.id)
    number = 0 if seen is None else _number(seen)
    held = vault.receiving[-1] if vault.receiving else None
    if held is not None and (held.epoch >= epoch or _waits_for_group(vault, station)):
        signed = sign_receiving(ReceivingSecret(held.secret), held.number, own, vault.service)
        if held.number > number or signed == seen:
            return vault
    number = max(number, held.number if held is not None else 0) + 1
    return vault.with_receiving(ReceivingHeld(number, epoch, station.random_bytes(SECRET)))


def _waits_for_group(vault: Vault, station: Station) -> bool:
    roster, me = station.roster, vault.analyst_secret.keys.card.id
    member = roster.find(me) if roster is not None else None
    current = station.seen.directory.intake_card.id
    on_intake = member is not None and member.intake and not member.suspended
    return on_intake and current not in vault.intake_groups


def _number(signed: bytes) -> int:
    return Receiving.from_bytes(split(signed)[1]).number
