"""Whoever gave a case to others does not keep its key (docs/protocol.md §7).

A case group's secret is made by the one who assigns the case, to be granted. Where that one does
not handle it, the secret goes once every handler who is still of the team has granted the same
secret back: nobody can who does not have it. Until then it stays, and is granted anew at each sync:
a server that was restored has no grant any more, and one that withholds them must not leave a case
without anybody who opens it.
"""

from crypto.groups import sign_erased
from crypto.keys import GroupSecret
from inbox_ui.station import Station
from inbox_ui.summary import Summary


def relinquish(station: Station, summary: Summary) -> None:
    """Erase what the vault has of a case that others handle, if they all have it.

    ``retiring`` tells the server. Raises as ``Station.keep``.
    """
    address = station.casebook.address(summary)
    if station.archive.outbox.items(address) or not _have_it(station, summary):
        return  # what waits there may be signed by a group whose handlers do not know of it yet
    vault, archive = station.vault, station.archive
    groups = [GroupSecret(each.secret) for each in vault.cases if each.mailbox == address]
    for group in groups:
        id_, own = group.keys.card.id, vault.analyst_secret.keys
        archive.ring.begin_erasure(id_, sign_erased(id_, station.today(), own, vault.service))
    station.keep(lambda vault: vault.without_case(address))
    for group in groups:
        archive.ring.forget_holders(group.keys.card.id)


def handlers_of(station: Station, summary: Summary) -> list[bytes]:
    """The handlers by the signed log, as far as they are still of the team."""
    active = {each.id for each in station.roster.active()} if station.roster is not None else ()
    handlers = map(bytes.fromhex, filter(None, summary.handlers.split(",")))
    return [each for each in handlers if each in active]


def _have_it(station: Station, summary: Summary) -> bool:
    """Whether all of them have shown that they have what was granted to them from here."""
    handlers, me = handlers_of(station, summary), station.analyst.card.id
    if me.hex() in summary.handlers or not handlers:
        return False
    return station.archive.ring.proved(bytes.fromhex(summary.group)).issuperset(handlers)
