"""Whoever does not handle a case does not keep its key (docs/protocol.md §7).

A case group's secret is made by the one who assigns the case, to be granted. Where that one does
not handle it, the secret goes once every handler who is still of the team has granted the same
secret back: nobody can who does not have it. Until then it stays, and is granted anew at each sync:
a server that was restored has no grant any more, and one that withholds them must not leave a case
without anybody who opens it.

Whoever a case was taken from lets go of all there is of it. The server gives that one the
``assigned`` which says so, still wrapped to the group before; what counts is what is signed there,
never that it was given: (1) by this workstation's own fold others handle the case, under a group
that came after every one held here (2) whoever said so was of the team and might (``vouching``),
under a roster that is valid (3) one of the new handlers had the case with this one, so that it does
not depend on a grant which may not have come. Then (4) it is noted which secrets go, (5) they go
from the vault, (6) what was read of it for the search goes, and bodies and wraps from the archive,
where what others are given of the case stays: its stubs. Between (5) and (6) the notes of (4) say
what is left to do.
"""

from crypto.casefile import CaseFile
from crypto.documents import Assigned
from crypto.groups import sign_erased
from crypto.keys import GroupSecret
from inbox_ui.search.images import forget
from inbox_ui.station import Station
from inbox_ui.summary import Summary, assignment_of
from inbox_ui.vouching import counts, is_in_force


def relinquish(station: Station, summary: Summary) -> None:
    """Erase what the vault has of a case that others handle, if they all have it.

    ``retiring`` tells the server. Raises as ``Station.keep``.
    """
    address = station.casebook.address(summary)
    if station.archive.outbox.items(address) or not _have_it(station, summary):
        return  # what waits there may be signed by a group whose handlers do not know of it yet
    _erase(station, address)


def depart(station: Station, summary: Summary) -> bool:
    """Erase all there is of a case that was taken from this analyst; whether it was.

    Words that wait in the outbox keep it: they would go with it. Raises as ``Station.keep``, and
    ``CannotWrite``.
    """
    if not summary.handlers or station.analyst.card.id in summary.handled_by:
        return False
    address = station.casebook.address(summary)
    if not _numbers(station, address) or not _is_taken(station, address):
        return False
    if station.archive.outbox.items(address):
        return False
    _erase(station, address)
    _empty(station, summary.mailbox, address)  # (6)
    return True


def finish_departures(station: Station) -> None:
    """What was stopped behind (5): bodies whose secret has gone, and the server does not know."""
    held, going = station.vault.groups, station.archive.leaving.all()
    for group in station.archive.ring.untold():
        for mailbox in station.archive.wrapped_to(group) if group not in held else ():
            handled = any(each.mailbox == mailbox.address for each in station.vault.cases)
            if not handled and mailbox.address not in going:
                _empty(station, mailbox.id, mailbox.address)


def handlers_of(station: Station, summary: Summary) -> list[bytes]:
    """The handlers by the signed log, as far as they are still of the team."""
    active = {each.id for each in station.roster.active()} if station.roster is not None else ()
    return [each for each in sorted(summary.handled_by) if each in active]


def _erase(station: Station, address: bytes) -> None:
    vault, archive = station.vault, station.archive
    groups = [GroupSecret(each.secret) for each in vault.cases if each.mailbox == address]
    for group in groups:  # (4)
        id_, own = group.keys.card.id, vault.analyst_secret.keys
        archive.ring.begin_erasure(id_, sign_erased(id_, station.today(), own, vault.service))
    station.keep(lambda vault: vault.without_case(address))  # (5)
    for group in groups:
        archive.ring.forget_holders(group.keys.card.id)


def _empty(station: Station, mailbox: int, address: bytes) -> None:
    forget(station.keeper.folder, mailbox)
    station.archive.leaving.keep_stubs(address)


def _have_it(station: Station, summary: Summary) -> bool:
    """Whether all of them have shown that they have what was granted to them from here."""
    handlers, me = handlers_of(station, summary), station.analyst.card.id
    if me in summary.handled_by or not handlers:
        return False
    return station.archive.ring.proved(bytes.fromhex(summary.group)).issuperset(handlers)


def _numbers(station: Station, address: bytes) -> list[int]:
    return [each.number for each in station.vault.cases if each.mailbox == address]


def _is_taken(station: Station, address: bytes) -> bool:
    """Whether what is signed says so, as (1) to (3)."""
    mailbox = station.archive.mailbox(address)
    assert mailbox is not None
    file = station.reader.open(mailbox, (), station.today()).file
    entry, handling, me = assignment_of(file), file.handling, station.analyst.card.id
    if entry is None or me in handling.handlers:
        return False
    if handling.number <= max(_numbers(station, address)):
        return False  # (1)
    if not is_in_force(station) or not counts(station, entry, file):
        return False  # (2)
    return bool(handling.handlers & _fellows(station, file) & station.readers)  # (3)


def _fellows(station: Station, file: CaseFile) -> frozenset[bytes]:
    """Who was given a group of the case together with this analyst."""
    me, found = station.analyst.card.id, set[bytes]()
    for entry in file.entries:
        if isinstance(entry.payload, Assigned) and me in entry.payload.handlers:
            found |= set(entry.payload.handlers)
    return frozenset(found - {me})
