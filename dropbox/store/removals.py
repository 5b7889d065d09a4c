"""Who of the team deleted something: a row for each mailbox and analyst, without a day (§7).

It names the mailbox by its mark, so that it can outlive it. When a mailbox is purged, all that is
left is its mark, and with it, where an analyst did it, whose session that was.
"""

from datetime import timedelta
from enum import IntEnum

from sqlalchemy import Connection, bindparam, insert, select

from dropbox.store.ground import Ground
from dropbox.store.marks import find_purged
from dropbox.store.reading import find_handling, find_mailboxes
from dropbox.store.refused import Refused
from dropbox.store.retention import purge_mailboxes
from dropbox.store.schema import envelopes, removals
from dropbox.store.teamwork import Purge
from dropbox.wire import PURGE_DAYS, PURGED_CHAINS, Fault, mark_of

_LAST = (
    select(envelopes.c.seq, envelopes.c.id)
    .where(envelopes.c.mailbox == bindparam("number"), envelopes.c.chain == bindparam("of_chain"))
    .order_by(envelopes.c.seq.desc())
    .limit(1)
)


class What(IntEnum):
    """What an analyst deleted."""

    UNWRAPPED = 1
    PURGED = 2


def note_removal(connection: Connection, address: bytes, analyst: bytes, what: What) -> None:
    """Write the row, unless it is there."""
    values = {"mark": mark_of(address), "analyst": analyst, "what": int(what)}
    same = (removals.c[name] == value for name, value in values.items())
    if connection.execute(select(removals).where(*same)).first() is None:
        connection.execute(insert(removals).values(values))


def purge(connection: Connection, ground: Ground, job: Purge) -> None:
    """Purge a mailbox at once, whatever its age. Purged already: done.

    Only a handler may: the sealed log says until when a case is kept, and the workstations of its
    handlers read it there. A stolen session of a colleague purges nothing. And only one who has
    seen all of it: what came meanwhile may be a message with its receipt, or a colleague's hold.
    And only one who has been a handler for some days: whoever may assign could else make himself
    one, and purge what he has never read.
    The bytes of files go with the next sweep.
    """
    numbers = find_mailboxes(connection, [job.mailbox])
    if not numbers:
        if find_purged(connection, [job.mailbox]):
            return
        raise Refused(Fault.REFUSED)
    (number,) = numbers.values()
    analyst = job.caller.address
    since = {row.analyst: row.since for row in find_handling(connection, [number])}
    if analyst not in since or not ground.team.handles(analyst):
        raise Refused(Fault.REFUSED)
    if ground.today < since[analyst] + timedelta(days=PURGE_DAYS):
        raise Refused(Fault.TOO_EARLY)
    if not all(_is_seen(connection, number, chain, job) for chain in PURGED_CHAINS):
        raise Refused(Fault.PLACE_TAKEN)
    purge_mailboxes(connection, [number])
    note_removal(connection, job.mailbox, analyst, What.PURGED)


def _is_seen(connection: Connection, number: int, chain: int, job: Purge) -> bool:
    """Whether a chain ends where the caller says, or before: a server that was restored has less
    than its workstations."""
    last = connection.execute(_LAST, {"number": number, "of_chain": chain}).one_or_none()
    if last is None:
        return True
    seq, id_ = job.seen.get(chain, (-1, b""))
    return seq > last.seq or (seq, id_) == (last.seq, last.id)
