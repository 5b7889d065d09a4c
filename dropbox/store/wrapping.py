"""Wraps that are added and deleted when a mailbox changes hands (docs/protocol.md §7, §9).

The server cannot open a wrap, so it sees to what it can: only the group that has the mailbox is
wrapped to, only those who are given the mailbox do so, and no envelope loses a wrap before it has
one to that group.
"""

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
)

from dropbox.store.ground import Ground
from dropbox.store.hashes import hash_of_wrap
from dropbox.store.reading import find_handlers
from dropbox.store.refused import Refused
from dropbox.store.removals import What, note_removal
from dropbox.store.schema import departures, envelopes, mailboxes, wraps
from dropbox.store.teamwork import NewWrap, Rewrap, Unwrap
from dropbox.wire import WRAPS_PER_ENVELOPE, Fault

_MAILBOX = select(mailboxes).where(mailboxes.c.address == bindparam("address"))
_CAME_WITH: Final = 2
"""Wraps an ``assigned`` comes with but for the one to the new group."""
_PLACES = (
    select(
        envelopes.c.seq,
        envelopes.c.position,
        envelopes.c.id,
        envelopes.c.body.is_not(None).label("whole"),
        func.max(wraps.c.slot).label("last"),
        func.count(wraps.c.slot).label("count"),
        func.count(wraps.c.slot).filter(wraps.c.recipient == bindparam("to")).label("there"),
    )
    .outerjoin(wraps, wraps.c.envelope == envelopes.c.position)
    .where(
        envelopes.c.mailbox == bindparam("number"),
        envelopes.c.chain == bindparam("of_chain"),
        envelopes.c.seq.in_(bindparam("seqs", expanding=True)),
    )
    .group_by(envelopes.c.position)
)


def rewrap(connection: Connection, ground: Ground, job: Rewrap) -> None:
    """Add the wraps, all or none; one that is there already stays, and a stub gets none.

    (1) the caller is given the mailbox; (2) the recipient is the group that has it; (3) every place
    holds the envelope that is meant; (4) one with as many wraps as an envelope can have gets none,
    and holds up no other.
    """
    row = _given(connection, ground, job)  # (1)
    if job.recipient != _group_of(ground, row):
        raise Refused(Fault.OTHER_GROUP)  # (2)
    rows = []
    for chain in sorted({each.chain for each in job.wraps}):
        meant = {each.seq: each for each in job.wraps if each.chain == chain}
        asked = {"number": row.id, "of_chain": chain, "seqs": list(meant), "to": job.recipient}
        held = {place.seq: place for place in connection.execute(_PLACES, asked)}
        rows += [
            _row(held[seq], new, job.recipient)
            for seq, new in meant.items()
            if _lacks(held.get(seq), new)
        ]
    if rows:
        connection.execute(insert(wraps), rows)


def _lacks(place: Any, new: NewWrap) -> bool:
    """Whether the wrap is to be added at this place."""
    if place is None or place.id != new.id:
        raise Refused(Fault.UNKNOWN)  # (3)
    return bool(place.whole and not place.there and place.count < WRAPS_PER_ENVELOPE)  # (4)


def _row(place: Any, new: NewWrap, recipient: bytes) -> dict[str, object]:
    slot = place.last + 1
    return {
        "envelope": place.position,
        "slot": slot,
        "recipient": recipient,
        "wrap": new.wrap,
        "hash": hash_of_wrap(new.id, slot, recipient, new.wrap),
    }


def unwrap(connection: Connection, ground: Ground, job: Unwrap) -> None:
    """Delete the wraps to a group that has the mailbox no more, and say whose doing it was.

    (1) the caller is given the mailbox; (2) the recipient is none of those who need theirs: the
    group that has it, the reporter, the custodians; (3) an envelope keeps it until it has one to
    the group that has the mailbox; (4) an entry that took the case from somebody keeps those to
    case groups that it came with: how else is that one to open it?
    """
    row = _given(connection, ground, job)  # (1)
    group = _group_of(ground, row)
    if job.recipient in {group, job.mailbox, ground.published.directory.contact_card.id}:
        raise Refused(Fault.REFUSED)  # (2)
    inside = select(envelopes.c.position).where(envelopes.c.mailbox == row.id)
    other = wraps.alias()
    replaced = exists().where(
        and_(other.c.envelope == wraps.c.envelope, other.c.recipient == group)
    )
    old = (wraps.c.envelope.in_(inside), wraps.c.recipient == job.recipient, replaced)  # (3)
    if connection.execute(delete(wraps).where(*old, ~_tells(row.id, job.recipient))).rowcount:
        note_removal(connection, job.mailbox, job.caller.address, What.UNWRAPPED)


def _tells(number: int, recipient: bytes) -> ColumnElement[bool]:
    """Whether a wrap is one by which somebody reads that the case is theirs no more (4)."""
    case_group = exists().where(envelopes.c.mailbox == number, envelopes.c.use == recipient)
    told = exists().where(departures.c.envelope == wraps.c.envelope)
    return and_(wraps.c.slot < _CAME_WITH, told, case_group)


def _given(connection: Connection, ground: Ground, job: Rewrap | Unwrap) -> Any:
    """The mailbox's row. Raises ``Refused`` alike for one that is not there and not given."""
    row = connection.execute(_MAILBOX, {"address": job.mailbox}).one_or_none()
    if row is None:
        raise Refused(Fault.REFUSED)
    handlers = find_handlers(connection, [row.id]).get(row.id, frozenset())
    if not ground.team.gives(job.caller.address, row.use, handlers):
        raise Refused(Fault.REFUSED)
    return row


def _group_of(ground: Ground, row: Any) -> bytes:
    group: bytes | None = row.use
    return group or ground.published.directory.intake_card.id
