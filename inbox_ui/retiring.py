"""An intake group that is over: what was sealed to it is wrapped anew, and its secret goes (§7).

In this order, for each: (1) what is in the archive and not assigned is wrapped to the current
intake group, at the server and here, mailbox by mailbox, and its old wraps are deleted (2) what
waits in the outbox likewise (3) the secret goes from the vault (4) the server is told. Stopped
anywhere, it goes on from there the next time: what is left is found in archive and vault.

A server that does not take the new wraps is named, and does not keep the secret alive: here all of
it opens with the wraps that the archive has.
"""

from collections.abc import Sequence
from dataclasses import replace

from crypto.analyst import CaseFile, case_name
from crypto.assigning import Rewrapped
from crypto.documents import Assigned
from crypto.errors import ProtocolError
from crypto.groups import sign_erased
from crypto.keys import Card, GroupSecret, Keys
from crypto.opening import Entry, Payload, open_sealed
from crypto.outgoing import Outgoing, wrap_all
from crypto.wrapping import WrapKind, unwrap, wrap
from dropbox.client.errors import Deferred, Refused
from dropbox.client.service import Service
from inbox_ui.archive import Mailbox
from inbox_ui.epochs import is_over
from inbox_ui.errors import WrapsNotTaken
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station


async def retire(station: Station, service: Service) -> list[Exception]:
    """Let go of every intake group that is over: what a person has to know.

    Raises ``ClientError`` but for a refusal, or what archive and vault raise.
    """
    troubles: list[Exception] = []
    for id_, group in list(station.vault.intake_groups.items()):
        if is_over(station, id_):
            deferred = False
            for mailbox in station.archive.wrapped_to(id_):
                try:
                    troubles += await _empty(station, service, mailbox, group)  # (1)
                except Deferred:
                    deferred = True
            if deferred:
                continue  # its secret stays until a bundle has brought what the server says
            _rewrap_outbox(station, group)  # (2)
            _erase(station, id_)  # (3)
    await _tell(station, service)  # (4)
    return troubles


# -- (1) ----------------------------------------------------------------------------------------


async def _empty(
    station: Station, service: Service, mailbox: Mailbox, group: GroupSecret
) -> list[Exception]:
    """Wrap a mailbox anew, if the group that has it is held here."""
    case = station.reader.open(mailbox, (), station.today())
    goal = _group_of(station, case.file)
    if goal is None:
        return []
    wraps = _wraps(station, _entries(case, goal), group.keys, goal)
    troubles: list[Exception] = []
    address, card, former = mailbox.address, goal.keys.card, group.keys.card
    try:
        if wraps:
            await service.rewrap(address, card.id, wraps)
            await service.unwrap(address, former.id)
    except Refused:
        troubles.append(WrapsNotTaken(case_name(address)))
    station.archive.rewraps.replace(address, card.id, {each.id: each.wrap for each in wraps})
    station.archive.rewraps.drop(address, former.id, card.id)
    return troubles


def _group_of(station: Station, file: CaseFile) -> GroupSecret | None:
    """Whose the mailbox is: of the current intake group, or of a case group, if it is held here.

    What the chains say decides, never the server. Where a case group that is not held here has it,
    it is still the intake group's for what came after the case was given back (:func:`_entries`).
    """
    vault = station.vault
    group = file.group or file.handling.group
    if group is not None and group.id in vault.case_groups:
        return vault.case_groups[group.id]
    return vault.intake_groups.get(station.seen.directory.intake_card.id)


def _entries(case: OpenCase, goal: GroupSecret) -> list[Entry[Payload]]:
    """What is to be wrapped to ``goal``: all of it, or what came when the handlers were done.

    A case that was ever assigned stays with its handlers. Only after they have given it back does
    she seal to an intake group again, and that comes behind the newest ``assigned`` here.
    """
    file = case.file
    group = file.group or file.handling.group
    mine = group is not None and group.id == goal.keys.card.id
    if mine or not file.handlers:
        return list(file.entries)
    came = {each: place for place, each in enumerate(case.arrival)}
    assigned = [came[each.id] for each in file.entries if isinstance(each.payload, Assigned)]
    return [each for each in file.entries if came[each.id] > max(assigned, default=-1)]


def _wraps(
    station: Station, entries: Sequence[Entry[Payload]], source: Keys, goal: GroupSecret
) -> list[Rewrapped]:
    """A wrap for each envelope that ``source`` opens and ``goal`` does not yet: a wrap that is
    there and does not open counts for nothing."""
    made = []
    for entry in entries:
        if entry.stored.body is None or _opens(entry, goal.keys):
            continue
        try:
            cek = unwrap(entry.stored.wraps[source.card.id], WrapKind.ENVELOPE, (entry.id,), source)
            open_sealed(entry.stored, {source.card.id: source})
        except (KeyError, ProtocolError):
            continue
        card = goal.keys.card
        wrapped = wrap(cek, WrapKind.ENVELOPE, (entry.id,), card, station.random_bytes)
        made.append(Rewrapped(entry.chain, entry.seq, entry.id, wrapped))
    return made


def _opens(entry: Entry[Payload], keys: Keys) -> bool:
    try:
        open_sealed(entry.stored, {keys.card.id: keys})
    except ProtocolError:
        return False
    return True


# -- (2) ----------------------------------------------------------------------------------------


def _rewrap_outbox(station: Station, group: GroupSecret) -> None:
    """What could not be delivered yet must still be read when it is signed anew."""
    former, vault = group.keys.card, station.vault
    goal = vault.intake_groups.get(station.seen.directory.intake_card.id)
    if goal is None:
        return
    for item in station.archive.outbox.items():
        if any(former.id in each.wraps for each in item.sealed):
            outgoings = tuple(
                _rewrapped(station, each, former, goal.keys.card)
                for each in item.outgoings(vault.groups)
            )
            station.archive.outbox.replace(item.id, outgoings, item.handlers)


def _rewrapped(station: Station, outgoing: Outgoing, former: Card, goal: Card) -> Outgoing:
    names = [recipient for recipient, _ in outgoing.wraps]
    if former.id not in names or goal.id in names:
        return outgoing
    new = wrap_all(outgoing.envelope, outgoing.content_key, (goal,), station.random_bytes)
    kept = tuple(each for each in outgoing.wraps if each[0] != former.id)
    return replace(outgoing, wraps=(*kept, *new))


# -- (3) and (4) --------------------------------------------------------------------------------


def _erase(station: Station, group: bytes) -> None:
    """The note comes first: a secret that went and was not told of would never be told of."""
    vault, archive = station.vault, station.archive
    own = vault.analyst_secret.keys
    archive.ring.begin_erasure(group, sign_erased(group, station.today(), own, vault.service))
    station.keep(lambda vault: vault.without_intake(group))
    archive.drop_snapshots(group)
    archive.ring.forget_holders(group)


async def _tell(station: Station, service: Service) -> None:
    for group, signed in station.archive.ring.untold().items():
        if group not in station.vault.groups:
            await service.tell_erased(signed)
            station.archive.ring.keep_told(group)
