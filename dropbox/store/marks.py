"""What is left of purged mailboxes: a set of marks that only grows, without a day or an order.

Workstations hold the same set, so that a server that was restored from a backup learns again what
was purged after it (docs/decisions/0005-retention.md).
"""

from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import Connection, bindparam, func, insert, select

from dropbox.store.ground import Ground
from dropbox.store.jobs import NoteMarks
from dropbox.store.refused import Refused
from dropbox.store.schema import mailboxes, purged
from dropbox.wire import MARKS_PER_PAGE, MOST_MARKS, Fault, mark_of, marks_digest

_ROWS_AT_ONCE: Final = 10_000

_KNOWN = select(purged.c.mark).where(purged.c.mark.in_(bindparam("marks", expanding=True)))
_ALL = select(purged.c.mark).order_by(purged.c.mark)
_PAGE = _ALL.where(purged.c.mark >= bindparam("start")).limit(MARKS_PER_PAGE)
_ADDRESSES = (
    select(mailboxes.c.id, mailboxes.c.address)
    .where(mailboxes.c.id > bindparam("last"))
    .order_by(mailboxes.c.id)
    .limit(_ROWS_AT_ONCE)
)


def find_purged(connection: Connection, addresses: Iterable[bytes]) -> set[bytes]:
    """Those of the addresses whose mailboxes were purged."""
    marks = {mark_of(address): address for address in addresses}
    return {marks[mark] for mark in _find(connection, marks)}


def find_marked(connection: Connection, marks: Collection[bytes]) -> dict[bytes, int]:
    """Of these marks those whose mailboxes are here, with the mailboxes' numbers.

    A mark cannot be looked up by, so every address is hashed. It is asked after a restore.
    """
    found: dict[bytes, int] = {}
    last = 0
    while rows := connection.execute(_ADDRESSES, {"last": last}).all():
        found |= {mark: row.id for row in rows if (mark := mark_of(row.address)) in marks}
        last = rows[-1].id
    return found


def digest_marks(connection: Connection) -> bytes:
    """The digest of all marks that are here."""
    return marks_digest(connection.scalars(_ALL))


def page_of_marks(connection: Connection, start: bytes) -> tuple[bytes, ...]:
    """The marks from ``start`` on, as many as a page takes."""
    return tuple(connection.scalars(_PAGE, {"start": start}))


def add_marks(connection: Connection, marks: Collection[bytes]) -> None:
    """Write the rows of those that have none."""
    known = _find(connection, marks)
    if rows := [{"mark": mark} for mark in marks if mark not in known]:
        connection.execute(insert(purged), rows)


def note_marks(connection: Connection, _: Ground, job: NoteMarks) -> None:
    """Take somebody's word that these were purged, within the number there can honestly be."""
    new = set(job.marks) - _find(connection, job.marks)
    count = connection.scalar(select(func.count()).select_from(purged)) or 0
    if new and count + len(new) > MOST_MARKS:
        raise Refused(Fault.TOO_LARGE)
    add_marks(connection, new)


def _find(connection: Connection, marks: Collection[bytes]) -> set[bytes]:
    return set(connection.scalars(_KNOWN, {"marks": list(marks)})) if marks else set()
