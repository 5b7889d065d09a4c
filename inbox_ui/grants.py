"""Grants: how a group's secret comes to its members (docs/protocol.md §7).

Those that wait are opened into the vault, and then deleted at the server. What is not what it says
is named and left where it is.
"""

from contextlib import suppress
from dataclasses import dataclass

from crypto.authors import find_author
from crypto.chains import Stored
from crypto.documents import Handover, read_payload
from crypto.envelope import Chain
from crypto.errors import ForeignAuthor, ProtocolError
from crypto.groups import Grant, ReceivingSecret, named_grant, open_grant
from crypto.keys import GroupSecret, verify
from crypto.opening import open_sealed
from dropbox.client.errors import Deferred, Refused
from dropbox.client.service import Service
from inbox_ui.epochs import contact_groups, is_over
from inbox_ui.errors import BadGrant
from inbox_ui.fetching import fetch_case
from inbox_ui.granting import custodians, me_in, note_granter
from inbox_ui.receiving import label_of
from inbox_ui.station import Station
from inbox_ui.vault import CaseSecret, IntakeSecret


@dataclass(frozen=True)
class _Waiting:
    """A grant that waits; ``mailbox`` is the server's word for whose case group it is."""

    grant: Grant
    signed: bytes
    mailbox: bytes | None


async def open_waiting(station: Station, service: Service) -> list[Exception]:
    """Open the grants that wait into the vault: what a person has to know of the others.

    A mailbox whose group is granted is fetched whole, whether or not the grant opens. Raises
    ``ClientError`` but for a refusal, or as ``Station.keep``.
    """
    troubles: list[Exception] = []
    had_intake = bool(station.vault.intake)
    done: set[bytes] = set()
    for signed, mailbox in reversed(await service.grants()):  # a newer group opens the older ones
        try:
            waiting = _Waiting(named_grant(signed), signed, mailbox)
        except ProtocolError:
            troubles.append(BadGrant("?"))
            continue
        group = waiting.grant.group
        if group in station.vault.groups or group in station.archive.ring.erased():
            _note_proof(station, waiting)
            done.add(group)  # sent again after it went, it is deleted there and not taken back
            continue
        try:
            if mailbox is not None:
                await fetch_case(station, service, mailbox)
            if _take(station, waiting):
                done.add(group)
        except Deferred:
            continue  # the mailbox comes with the next bundle
        except (ProtocolError, Refused):
            troubles.append(BadGrant(label_of(station, waiting.grant.granter)))
    if station.vault.intake and not had_intake and station.archive.lacks_bodies():
        station.archive.start_again()  # what came as stubs is given whole from now on
    if done:
        await service.opened_grants(sorted(done))
    return troubles


def _note_proof(station: Station, waiting: _Waiting) -> None:
    """Remember who has granted back a case group's secret: nobody can who does not have it."""
    group = waiting.grant.group
    if group not in station.vault.case_groups:
        return
    with suppress(ProtocolError):
        if _open(station, waiting).expose() == station.vault.case_groups[group].expose():
            station.archive.ring.keep_proof(group, waiting.grant.granter)


def _take(station: Station, waiting: _Waiting) -> bool:
    """Put what a grant gives into the vault. ``False`` for a group that no directory names yet.

    In this order: (1) it is for this analyst, from somebody the roster knows, to a pair that is
    held, and gives the group it names (2) the group is one that this analyst may hold: an intake
    group that is listed and open, to a custodian a contact group that a directory was seen to name,
    or one certified for that mailbox. Raises ``ProtocolError``.
    """
    group = _open(station, waiting)  # (1)
    secret, directory = group.expose(), station.seen.directory
    if waiting.mailbox is not None:
        return _take_case(station, group, waiting.mailbox)  # (2)
    id_ = group.keys.card.id
    if id_ in directory.intake_groups:
        if is_over(station, id_):
            return True
        intake = IntakeSecret(directory.intake_groups[id_][0], secret)
        station.keep(lambda vault: vault.with_intake(intake))
        note_granter(station, id_, waiting.grant.granter)
        return True
    if me_in(station, custodians(station)) and id_ in contact_groups(station):
        newest = id_ == directory.contact_card.id
        station.keep(lambda vault: vault.with_contact(secret, newest=newest))
        return True
    return False


def _take_case(station: Station, group: GroupSecret, mailbox: bytes) -> bool:
    """``False`` where others have the case by now, so that what certifies it is not given here."""
    number = _certified_number(station, group, mailbox)
    if number is None:
        return False
    held = CaseSecret(mailbox, number, group.expose())
    station.keep(lambda vault: vault.with_case(held))
    return True


def _open(station: Station, waiting: _Waiting) -> GroupSecret:
    """Raises ``ProtocolError``; the last problem, where no pair opens it."""
    vault, grant = station.vault, waiting.grant
    sign = station.colleagues.get(grant.granter)
    if sign is None:
        raise ForeignAuthor
    me = vault.analyst_secret.keys.card.id
    problem: ProtocolError = ForeignAuthor()
    for held in reversed(vault.receiving):
        secret = ReceivingSecret(held.secret)
        try:
            return open_grant(waiting.signed, sign, me, secret, vault.service)
        except ProtocolError as error:
            problem = error
    raise problem


def _certified_number(station: Station, group: GroupSecret, mailbox: bytes) -> int | None:
    """The number under which a ``handover`` of the archive certifies the group for this mailbox.

    ``None`` where one may be among what is not given here. Raises ``ForeignAuthor`` where there is
    none.
    """
    found, hidden = station.archive.mailbox(mailbox), False
    if found is not None:
        for _, rows in station.archive.rows([found.id]):
            for row in rows or ():
                number = _handed_over(station, group, mailbox, row.stored)
                if number is not None:
                    return number
                hidden = hidden or (row.stored is not None and row.stored.body is None)
    if hidden:
        return None
    raise ForeignAuthor


def _handed_over(
    station: Station, group: GroupSecret, mailbox: bytes, stored: Stored | None
) -> int | None:
    keys, directory = group.keys, station.seen.directory
    if stored is None:
        return None
    try:
        header = stored.parse_header()
        if (header.chain, header.mailbox) != (Chain.TEAM, mailbox):
            return None
        held = {each: secret.keys for each, secret in station.vault.case_groups.items()}
        content = open_sealed(stored, {**held, keys.card.id: keys})
        payload = read_payload(Chain.TEAM, content.payload)
        if not isinstance(payload, Handover):
            return None
        author = find_author(payload, mailbox, directory)
        verify(
            author.sign, content.signature, Chain.TEAM.tag, directory.service,
            stored.header, content.payload,
        )  # fmt: skip
    except ProtocolError:
        return None
    return author.number if author.id == keys.card.id else None
