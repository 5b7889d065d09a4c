"""What is read: pages of envelopes, the state of a file, the newest directory's row.

Every function takes a connection inside a transaction, so that a page is of one moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, func, select

from crypto.envelope import Chain
from dropbox.store.jobs import Caller
from dropbox.store.refused import Refused
from dropbox.store.schema import cursors, ended, envelopes, files, mailboxes, parts, wraps
from dropbox.wire import PAGE_BYTES, Fault, FileClaim, Role

LARGEST_COUNT: Final = 1000
"""Entries of one page (wire.Page)."""

_ENDED = select(ended.c.session).where(ended.c.session.in_(bindparam("keys", expanding=True)))
_FILES = (
    select(files, envelopes.c.chain, mailboxes.c.address, mailboxes.c.closed)
    .outerjoin(envelopes, files.c.envelope == envelopes.c.position)
    .outerjoin(mailboxes, envelopes.c.mailbox == mailboxes.c.id)
    .where(files.c.file.in_(bindparam("names", expanding=True)))
)
_WRAPS = (
    select(wraps)
    .where(wraps.c.envelope.in_(bindparam("positions", expanding=True)))
    .order_by(wraps.c.envelope, wraps.c.slot)
)
_NAMED = (
    select(files.c.envelope, files.c.file, files.c.parts, files.c.hash)
    .where(files.c.envelope.in_(bindparam("positions", expanding=True)))
    .order_by(files.c.envelope, files.c.slot)
)


def find_ended(connection: Connection, keys: Iterable[bytes]) -> set[bytes]:
    """Those of the sessions' keys that belong to an ended session."""
    return set(connection.scalars(_ENDED, {"keys": list(keys)}))


_KNOWN = select(mailboxes.c.id).where(mailboxes.c.address == bindparam("address"))
_UNFINISHED = (
    select(func.coalesce(func.sum(parts.c.size), 0))
    .join(files, parts.c.file == files.c.id)
    .where(files.c.expires.is_not(None))
)


def is_known(connection: Connection, address: bytes) -> bool:
    """Whether a mailbox of this address has an envelope."""
    return connection.scalar(_KNOWN, {"address": address}) is not None


# -- files --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file's row, and of the envelope that names it (if any) the chain and the mailbox.

    ``closed``: so is that mailbox, and its owner is nobody any more.
    """

    id: int
    parts: int
    owner: bytes | None
    chain: int | None
    mailbox: bytes | None
    closed: bool = False

    @property
    def bound(self) -> bool:
        """Whether an envelope names it."""
        return self.chain is not None

    def belongs_to(self, caller: Caller) -> bool:
        """Whether ``caller`` sent it; of what the team sent, every analyst is the owner."""
        if not self.bound:
            return self.owner == caller.address
        if self.chain == Chain.REPORTER:
            return self.mailbox == caller.address and not self.closed
        return caller.role is Role.ANALYST

    def shown_to(self, caller: Caller) -> bool:
        """Whether ``caller`` may fetch its parts: nobody, before an envelope names it (I3)."""
        if caller.role is Role.ANALYST:
            return self.bound
        return self.chain == Chain.TEAM and self.mailbox == caller.address


def find_files(connection: Connection, names: Iterable[bytes]) -> dict[bytes, FileRow]:
    """The rows of the files with these random ids, where there are any."""
    return {
        row.file: FileRow(
            row.id, row.parts, row.owner, row.chain, row.address, row.closed is not None
        )
        for row in connection.execute(_FILES, {"names": list(names)})
    }


def find_file(connection: Connection, name: bytes) -> FileRow | None:
    """The row of the file with this random id."""
    return find_files(connection, [name]).get(name)


def owned_file(connection: Connection, caller: Caller, name: bytes) -> FileRow:
    """The file's row. Raises ``Refused`` alike for one that is not there and not the caller's."""
    return check_owner(find_file(connection, name), caller)


def check_owner(row: FileRow | None, caller: Caller) -> FileRow:
    """The row, where it is the caller's; else raises ``Refused``."""
    if row is None or not row.belongs_to(caller):
        raise Refused(Fault.UNKNOWN)
    return row


def held_parts(connection: Connection, row: FileRow) -> tuple[int, ...]:
    """The numbers of the parts that are here, rising."""
    held = select(parts.c.part).where(parts.c.file == row.id).order_by(parts.c.part)
    return tuple(connection.scalars(held))


def find_part(connection: Connection, caller: Caller, file: bytes, part: int) -> bytes:
    """The disk name of a part the caller may fetch. Raises ``Refused`` alike for every other."""
    row = find_file(connection, file)
    if row is None or not row.shown_to(caller):
        raise Refused(Fault.UNKNOWN)
    name: bytes | None = connection.scalar(
        select(parts.c.name).where(parts.c.file == row.id, parts.c.part == part)
    )
    if name is None:
        raise Refused(Fault.UNKNOWN)
    return name


def unfinished_bytes(connection: Connection) -> int:
    """The bytes of all parts of files that no envelope names."""
    return connection.scalar(_UNFINISHED) or 0


# -- envelopes ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """An envelope of a page, as it goes out."""

    position: int
    mailbox: bytes
    header: bytes
    body_hash: bytes
    body: bytes | None
    day: date
    use: bytes | None
    deleted: bytes | None
    wraps: tuple[tuple[bytes, bytes], ...]
    files: tuple[FileClaim, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A page: its entries, the group its mailbox has to use, and whether there is more.

    ``used`` is the month in which the mailbox was last read, where that was noted.
    """

    use: bytes | None
    entries: tuple[Listed, ...]
    more: bool
    used: date | None = None


def mailbox_page(connection: Connection, address: bytes, start: int) -> Listing:
    """The ``team`` chain from seq ``start`` on, and before it with 0 the ``reporter``'s stubs.

    An address that has no mailbox gets the same empty page by the same statements, and so does one
    whose mailbox was closed.
    """
    row = connection.execute(select(mailboxes).where(mailboxes.c.address == address)).one_or_none()
    if row is not None and row.closed is not None:
        row = None
    number = row.id if row else 0
    stubs = _stubs(connection, address, number) if start == 0 else ()
    chosen = select(envelopes).where(
        envelopes.c.mailbox == number,
        envelopes.c.chain == Chain.TEAM.value,
        envelopes.c.seq >= start,
    )
    room = LARGEST_COUNT - len(stubs)
    entries, more = _page(connection, chosen, envelopes.c.seq, room, address)
    if row is None:
        return Listing(None, (*stubs, *entries), more)
    return Listing(row.use, (*stubs, *entries), more, row.used)


def feed_page(connection: Connection, after: int) -> Listing:
    """Everything after position ``after``, in commit order."""
    chosen = select(envelopes).where(envelopes.c.position > after)
    entries, more = _page(connection, chosen, envelopes.c.position, LARGEST_COUNT)
    return Listing(None, entries, more)


def cursor_of(connection: Connection, analyst: bytes) -> int:
    """The position up to which this analyst has everything."""
    found = select(cursors.c.position).where(cursors.c.analyst == analyst)
    return connection.scalar(found) or 0


def _stubs(connection: Connection, address: bytes, number: int) -> tuple[Listed, ...]:
    columns = (envelopes.c.header, envelopes.c.body_hash, envelopes.c.day, envelopes.c.deleted)
    chosen = (
        select(*columns)
        .where(envelopes.c.mailbox == number, envelopes.c.chain == Chain.REPORTER.value)
        .order_by(envelopes.c.seq)
    )
    return tuple(
        Listed(0, address, row.header, row.body_hash, None, row.day, None, row.deleted, (), ())
        for row in connection.execute(chosen)
    )


def _page(
    connection: Connection,
    chosen: Select[Any],
    order: Any,
    room: int,
    reader: bytes | None = None,
) -> tuple[tuple[Listed, ...], bool]:
    """As much as fits on a page; for the mailbox ``reader`` its own wraps alone.

    First the lengths, then the bodies: bodies that do not fit are never in memory.
    """
    sizes = chosen.with_only_columns(
        envelopes.c.position, func.coalesce(func.length(envelopes.c.body), 0)
    )
    positions, more = _fitting(connection.execute(sizes.order_by(order).limit(room + 1)), room)
    if not positions:
        return (), more
    wrapped = _grouped(connection.execute(_WRAPS, {"positions": positions}), reader)
    named = _claims(connection.execute(_NAMED, {"positions": positions}))
    rows = connection.execute(
        select(envelopes, mailboxes.c.address)
        .join(mailboxes, envelopes.c.mailbox == mailboxes.c.id)
        .where(envelopes.c.position.in_(positions))
        .order_by(order)
    )
    entries = [
        Listed(
            0 if reader else row.position,
            row.address,
            row.header,
            row.body_hash,
            row.body,
            row.day,
            row.use,
            row.deleted,
            wrapped.get(row.position, ()),
            named.get(row.position, ()),
        )
        for row in rows
    ]
    return tuple(entries), more


def _fitting(rows: Iterable[Sequence[Any]], room: int) -> tuple[list[int], bool]:
    positions: list[int] = []
    size = 0
    for position, length in rows:
        if size > PAGE_BYTES or len(positions) == room:
            return positions, True
        positions.append(position)
        size += length
    return positions, False


def _grouped(rows: Any, reader: bytes | None) -> dict[int, tuple[tuple[bytes, bytes], ...]]:
    grouped: dict[int, tuple[tuple[bytes, bytes], ...]] = {}
    for row in rows:
        if reader is None or row.recipient == reader:
            before = grouped.get(row.envelope, ())
            grouped[row.envelope] = (*before, (row.recipient, row.wrap))
    return grouped


def _claims(rows: Any) -> dict[int, tuple[FileClaim, ...]]:
    grouped: dict[int, tuple[FileClaim, ...]] = {}
    for row in rows:
        before = grouped.get(row.envelope, ())
        grouped[row.envelope] = (*before, FileClaim(row.file, row.parts, row.hash))
    return grouped
