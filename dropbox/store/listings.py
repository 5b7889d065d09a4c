"""Pages of envelopes: a mailbox's for its owner, and what an analyst is given, whole or as stubs.

Every function takes a connection inside a transaction, so that a page is of one moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, func, null, select

from crypto.envelope import Chain
from dropbox.store.people import View
from dropbox.store.schema import envelopes, files, mailboxes, wraps
from dropbox.store.views import EVERYTHING, given, rows_for
from dropbox.wire import PAGE_BYTES, FileClaim

LARGEST_COUNT: Final = 1000
"""Entries of one page (wire.Page)."""

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


@dataclass(frozen=True, slots=True)
class Listed:
    """An envelope of a page, as it goes out; a stub has no body, no wraps and no files."""

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
    entries, more = _page(connection, chosen, envelopes.c.seq, room, reader=address)
    if row is None:
        return Listing(None, (*stubs, *entries), more)
    return Listing(row.use, (*stubs, *entries), more, row.used)


def feed_page(connection: Connection, after: int, view: View) -> Listing:
    """Everything after position ``after``, in commit order; what ``view`` does not give, as stubs.

    So what one analyst has in the order of positions, all have.
    """
    chosen = select(envelopes).where(envelopes.c.position > after)
    entries, more = _page(connection, chosen, envelopes.c.position, LARGEST_COUNT, view=view)
    return Listing(None, entries, more)


def case_page(connection: Connection, address: bytes, after: int, view: View) -> Listing:
    """The same of one mailbox alone; an empty page where it is not here."""
    number = select(mailboxes.c.id).where(mailboxes.c.address == address).scalar_subquery()
    chosen = select(envelopes).where(envelopes.c.mailbox == number, envelopes.c.position > after)
    entries, more = _page(connection, chosen, envelopes.c.position, LARGEST_COUNT, view=view)
    return Listing(None, entries, more)


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
    *,
    reader: bytes = b"",
    view: View | None = None,
) -> tuple[tuple[Listed, ...], bool]:
    """As much as fits on a page: for the mailbox ``reader`` with its own wraps alone, for an
    analyst as its ``view`` says.

    First the lengths, then the bodies: bodies that do not fit are never in memory.
    """
    whole = given(view)
    length = func.coalesce(func.length(_if(whole, envelopes.c.body)), 0)
    sizes = rows_for(chosen.with_only_columns(envelopes.c.position, length), view)
    positions, more = _fitting(connection.execute(sizes.order_by(order).limit(room + 1)), room)
    if not positions:
        return (), more
    rows = connection.execute(
        rows_for(
            select(
                *(each for each in envelopes.c if each is not envelopes.c.body),
                _if(whole, envelopes.c.body).label("body"),
                whole.label("whole"),
                mailboxes.c.address,
            ),
            view,
            addressed=True,
        )
        .where(envelopes.c.position.in_(positions))
        .order_by(order)
    ).all()
    complete = [row.position for row in rows if row.whole]
    wrapped = _grouped(connection.execute(_WRAPS, {"positions": complete}), reader)
    named = _claims(connection.execute(_NAMED, {"positions": complete}))
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


def _if(whole: ColumnElement[bool], column: Any) -> Any:
    """The column of what is given whole."""
    return column if whole is EVERYTHING else case((whole, column), else_=null())


def _fitting(rows: Iterable[Sequence[Any]], room: int) -> tuple[list[int], bool]:
    positions: list[int] = []
    size = 0
    for position, length in rows:
        if size > PAGE_BYTES or len(positions) == room:
            return positions, True
        positions.append(position)
        size += length
    return positions, False


def _grouped(rows: Any, reader: bytes) -> dict[int, tuple[tuple[bytes, bytes], ...]]:
    grouped: dict[int, tuple[tuple[bytes, bytes], ...]] = {}
    for row in rows:
        if not reader or row.recipient == reader:
            before = grouped.get(row.envelope, ())
            grouped[row.envelope] = (*before, (row.recipient, row.wrap))
    return grouped


def _claims(rows: Any) -> dict[int, tuple[FileClaim, ...]]:
    grouped: dict[int, tuple[FileClaim, ...]] = {}
    for row in rows:
        before = grouped.get(row.envelope, ())
        grouped[row.envelope] = (*before, FileClaim(row.file, row.parts, row.hash))
    return grouped
