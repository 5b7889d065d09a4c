"""The receiving keys of colleagues: what a group's secret is granted to (docs/protocol.md §7)."""

from collections.abc import Mapping

from crypto.errors import ProtocolError
from crypto.groups import Receiving, read_receiving
from crypto.signed import split
from dropbox.client.service import Service
from inbox_ui.station import Station


async def receiving_keys(station: Station, service: Service) -> Mapping[bytes, Receiving]:
    """Card id → the key each active member has signed. What does not verify is not there."""
    roster = station.roster
    found: dict[bytes, Receiving] = {}
    for signed in await service.receiving():
        try:
            named = Receiving.from_bytes(split(signed)[1]).analyst
            member = roster.find(named) if roster is not None else None
            if member is not None and not member.suspended:
                sign, service_id = member.subject.sign, station.vault.service
                found[named] = read_receiving(signed, named, sign, service_id)
        except ProtocolError:
            continue
    return found
