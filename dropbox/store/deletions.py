"""What the owner of a mailbox deletes, and how she closes it (docs/protocol.md §5, §9).

Only the ``team`` chain is hers to delete. What is left of an envelope is a stub: header and body
hash, and her signature beside it, which says whose deletion it was. The server has no key to verify
it with; whoever reads the chain does, and calls a stub without a right one missing.

A stub goes to the end of the commit order, so that a workstation that has fetched the envelope
learns what became of it. Files that an envelope named become files that have expired.

(1) the mailbox is there and open; (2) the place holds this very envelope; (3) it is not one at
which the group in use changes: a ``handover`` and a ``closing`` say who has the case, and without
them its reporter could not tell.
"""

from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from crypto.envelope import Chain
from dropbox.store.ground import Ground
from dropbox.store.hashes import hash_beside
from dropbox.store.jobs import Delete
from dropbox.store.refused import Refused
from dropbox.store.retention import detach_files
from dropbox.store.schema import envelopes, files, mailboxes, wraps
from dropbox.wire import Deletion, Fault

_GONE = {"position", "body", "deleted", "beside"}
_LEFT = [each for each in envelopes.c if each.name not in _GONE]
"""The columns of an envelope that its stub keeps."""


def delete_envelopes(connection: Connection, _: Ground, job: Delete) -> None:
    """Make stubs of envelopes, all or none. What is one already stays as it is."""
    asked = {each.seq: each for each in job.deletions}
    rows = _load(connection, job.caller.address, asked)
    for each in job.deletions:
        row, before = rows.get(each.seq), rows.get(each.seq - 1)
        if row is None or row.id != each.id:
            raise Refused(Fault.UNKNOWN)  # (1) (2)
        if row.use != (before.use if before is not None else None):
            raise Refused(Fault.REFUSED)  # (3)
    for each in job.deletions:
        if rows[each.seq].deleted is None:
            _make_stub(connection, rows[each.seq], each)


def close_mailbox(connection: Connection, number: int, seq: int) -> None:
    """Close the mailbox with the ``reporter`` envelope at ``seq``, and empty its ``team`` chain.

    Which group has it stays: its case goes on, with its handlers.
    """
    theirs = (envelopes.c.mailbox == number, envelopes.c.chain == Chain.TEAM.value)
    inside = select(envelopes.c.position).where(*theirs)
    detach_files(connection, files.c.envelope.in_(inside))
    connection.execute(delete(wraps).where(wraps.c.envelope.in_(inside)))
    connection.execute(update(envelopes).where(*theirs).values(body=None))
    row = update(mailboxes).where(mailboxes.c.id == number)
    connection.execute(row.values(closed=seq))


def _load(connection: Connection, address: bytes, asked: dict[int, Deletion]) -> dict[int, Any]:
    """The rows at these places and before them, without their bodies."""
    places = {place for seq in asked for place in (seq, seq - 1)}
    rows = connection.execute(
        select(envelopes.c.position, envelopes.c.deleted, *_LEFT)
        .join(mailboxes, envelopes.c.mailbox == mailboxes.c.id)
        .where(
            mailboxes.c.address == address,
            mailboxes.c.closed.is_(None),
            envelopes.c.chain == Chain.TEAM.value,
            envelopes.c.seq.in_(places),
        )
    )
    return {row.seq: row for row in rows}


def _make_stub(connection: Connection, row: Any, deletion: Deletion) -> None:
    detach_files(connection, files.c.envelope == row.position)
    connection.execute(delete(wraps).where(wraps.c.envelope == row.position))
    connection.execute(delete(envelopes).where(envelopes.c.position == row.position))
    left = {column.name: getattr(row, column.name) for column in _LEFT}
    signature = deletion.signature
    beside = hash_beside(row.id, row.day, row.use, signature)
    connection.execute(insert(envelopes).values(**left, deleted=signature, beside=beside))
