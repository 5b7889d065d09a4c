"""An intake group that is over: what was sealed to it is wrapped anew, and its secret goes (§7).

In this order, for each: (1) what is in the archive and not assigned is wrapped to the current
intake group, and its old wraps are deleted (``emptying``) (2) what waits in the outbox likewise (3)
the secret goes from the vault (4) the server is told. Stopped anywhere, it goes on from there the
next time: what is left is found in archive and vault.

Who is on intake duty and was not given the current group yet keeps the old one: it would be lost.
"""

from dataclasses import replace

from crypto.groups import sign_erased
from crypto.keys import Card, GroupSecret
from crypto.outgoing import Outgoing, wrap_all
from dropbox.client.errors import Deferred
from dropbox.client.service import Service
from inbox_ui.emptying import empty
from inbox_ui.epochs import is_over
from inbox_ui.errors import KeyNotCome
from inbox_ui.granting import me_in, on_intake
from inbox_ui.station import Station


async def retire(station: Station, service: Service) -> list[Exception]:
    """Let go of every intake group that is over: what a person has to know.

    Raises ``ClientError`` but for a refusal, or what archive and vault raise.
    """
    troubles: list[Exception] = []
    for id_, group in list(station.vault.intake_groups.items()):
        if not is_over(station, id_):
            continue
        if _lacks_current(station):
            troubles.append(KeyNotCome())
            break
        deferred = False
        for mailbox in station.archive.wrapped_to(id_):
            try:
                troubles += await empty(station, service, mailbox, group)  # (1)
            except Deferred:
                deferred = True
        if deferred:
            continue  # its secret stays until a bundle has brought what the server says
        _rewrap_outbox(station, group)  # (2)
        _erase(station, id_)  # (3)
    await _tell(station, service)  # (4)
    return troubles


def _lacks_current(station: Station) -> bool:
    """Whether this analyst is to hold the current intake group and was not given it yet: then there
    is nothing to wrap to, and all would be lost with the old one."""
    current = station.seen.directory.intake_card.id
    return me_in(station, on_intake(station)) and current not in station.vault.intake_groups


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
