"""Holds every row against what it says of itself: ``dropbox-server check``.

(1) the database file's own structure; (2) each envelope against its id, its place, its mailbox and
the hash of what stands beside its id, and whether it is whole or somebody deleted it; (3) the links
of each chain; (4) ``use`` against the newest ``team`` envelope, and what closed a mailbox; (5) the
wraps' number, lengths and hashes, that what was deleted has none, and that what the group of an
assigned mailbox wrote can be opened by it; (6) each part against its hash and size, each file
against its parts; (7) directories; (8) the roster, and the papers of those it names.

Parts that no row names are no damage: one may be on its way in, or left by a process that was
killed, and then a sweep of the server removes it. :func:`find_orphans` names them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select, union

from crypto.constants import WRAP
from crypto.directory import directory_hash
from crypto.envelope import NO_PREV, Chain, Header, body_hash, envelope_id
from crypto.errors import ProtocolError
from crypto.files import file_hash, part_hash
from dropbox.store.damage import Damage
from dropbox.store.ground import read_stored
from dropbox.store.hashes import hash_beside, hash_of_wrap
from dropbox.store.papercheck import check_papers
from dropbox.store.parts import Parts
from dropbox.store.schema import (
    directories,
    envelopes,
    files,
    handlers,
    mailboxes,
    metadata,
    parts,
    rosters,
    wraps,
)


def check(connection: Connection, store: Parts) -> Iterator[Damage]:
    """Everything that is damaged.

    Raises ``DBAPIError`` or ``ValueError`` where it cannot be read at all.
    """
    yield from check_rows(connection)
    yield from _check_parts(connection, store)  # (6)


def check_rows(connection: Connection) -> Iterator[Damage]:
    """As :func:`check`, all but the bytes of parts."""
    yield from _check_file_structure(connection)  # (1)
    yield from _check_envelopes(connection)  # (2) (3)
    yield from _check_use(connection)  # (4)
    yield from _check_wraps(connection)  # (5)
    yield from _check_files(connection)  # (6)
    yield from _check_directories(connection)  # (7)
    yield from check_papers(connection)  # (8)


def count(connection: Connection) -> dict[str, int]:
    """How many of each kind there are."""
    tables = (mailboxes, envelopes, wraps, files, parts, directories, rosters)
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in tables
    }


def find_orphans(connection: Connection, store: Parts, there: Iterable[Path]) -> list[str]:
    """Of the files ``there``, listed before this transaction began, those that no row names."""
    known = {store.path(name) for name in connection.scalars(select(parts.c.name))}
    return [f"{path.parent.name}/{path.name}" for path in sorted(set(there) - known)]


def _check_file_structure(connection: Connection) -> Iterator[Damage]:
    if connection.dialect.name != "sqlite":
        yield from _check_references(connection)
        return  # a damaged page of PostgreSQL's cannot be read: that shows below
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if line != "ok":
            yield Damage("database", "-", str(line))
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield Damage(str(table), str(row), f"names a row of {parent} that is not there")


def _check_references(connection: Connection) -> Iterator[Damage]:
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            parent = key.column
            there = exists().where(parent == key.parent)
            lost = select(key.parent).where(key.parent.is_not(None), ~there)
            for number in connection.scalars(lost):
                wrong = f"names row {number} of {parent.table.name} that is not there"
                yield Damage(table.name, "-", wrong)


def _check_envelopes(connection: Connection) -> Iterator[Damage]:
    rows = connection.execute(
        select(envelopes, mailboxes.c.address, mailboxes.c.closed)
        .outerjoin(mailboxes, envelopes.c.mailbox == mailboxes.c.id)
        .order_by(envelopes.c.mailbox, envelopes.c.chain, envelopes.c.seq)
        .execution_options(yield_per=50)
    )
    place: tuple[int, int] | None = None
    expected, prev = 0, NO_PREV
    for row in rows:
        if (row.mailbox, row.chain) != place:
            place, expected, prev = (row.mailbox, row.chain), 0, NO_PREV
        number = str(row.position)
        if wrong := _wrong_envelope(row):
            yield Damage("envelope", number, wrong)
        elif row.seq != expected:
            yield Damage("envelope", number, "the one before it in its chain is missing")
        elif Header.from_bytes(row.header).prev != prev:
            yield Damage("envelope", number, "does not name the one before it in its chain")
        expected, prev = row.seq + 1, row.id


def _wrong_envelope(row: Any) -> str | None:
    try:
        header = Header.from_bytes(row.header)
    except ProtocolError:
        return "its header is damaged"
    if envelope_id(row.header, row.body_hash) != row.id:
        return "does not hash to its id"
    if row.body is not None and body_hash(row.body) != row.body_hash:
        return "its body is damaged"
    if (header.chain, header.seq, header.mailbox) != (row.chain, row.seq, row.address):
        return "is not at the place its header names"
    if hash_beside(row.id, row.day, row.use, row.deleted) != row.beside:
        return "what stands beside its id is damaged"
    return _wrong_stub(row)


def _wrong_stub(row: Any) -> str | None:
    """Only the team's envelopes can be deleted: by a signature, or with the whole mailbox."""
    team = row.chain == Chain.TEAM.value
    erased = row.deleted is not None or (team and row.closed is not None)
    if erased and (row.body is not None or not team):
        return "was deleted, and is still here"
    if row.body is None and not erased:
        return "its body is missing, and nobody deleted it"
    return None


def _check_use(connection: Connection) -> Iterator[Damage]:
    signed = (
        select(envelopes.c.mailbox, envelopes.c.use)
        .where(envelopes.c.chain == Chain.TEAM.value)
        .order_by(envelopes.c.mailbox, envelopes.c.seq)
    )
    newest = {row.mailbox: row.use for row in connection.execute(signed)}
    for row in connection.execute(select(mailboxes.c.id, mailboxes.c.use)):
        if row.use != newest.get(row.id):
            yield Damage("mailbox", str(row.id), "its group is not the one the team last used")
    closing = exists().where(
        envelopes.c.mailbox == mailboxes.c.id,
        envelopes.c.chain == Chain.REPORTER.value,
        envelopes.c.seq == mailboxes.c.closed,
    )
    for number in connection.scalars(
        select(mailboxes.c.id).where(mailboxes.c.closed.is_not(None), ~closing)
    ):
        yield Damage("mailbox", str(number), "was closed by an envelope that is not there")


def _check_wraps(connection: Connection) -> Iterator[Damage]:
    rows = connection.execute(
        select(wraps, envelopes.c.id)
        .join(envelopes, wraps.c.envelope == envelopes.c.position)
        .order_by(wraps.c.envelope, wraps.c.slot)
        .execution_options(yield_per=200)
    )
    for row in rows:
        if len(row.wrap) != WRAP:
            yield Damage("envelope", str(row.envelope), "a wrap has the wrong length")
        elif hash_of_wrap(row.id, row.slot, row.recipient, row.wrap) != row.hash:
            yield Damage("envelope", str(row.envelope), "a wrap is damaged")
    bare = (
        select(envelopes.c.position)
        .outerjoin(wraps, wraps.c.envelope == envelopes.c.position)
        .where(wraps.c.envelope.is_(None), envelopes.c.body.is_not(None))
    )
    for number in connection.scalars(bare):
        yield Damage("envelope", str(number), "its wraps are missing")
    for number in connection.scalars(_unwrapped()):
        yield Damage("envelope", str(number), "has no wrap to the group that wrote it")
    stubs = select(envelopes.c.position).where(envelopes.c.body.is_(None))
    remains = union(
        *(select(each).where(each.in_(stubs)) for each in (wraps.c.envelope, files.c.envelope))
    )
    for number in connection.scalars(remains):
        yield Damage("envelope", str(number), "was deleted, and wraps or files are still here")


def _unwrapped() -> Select[Any]:
    """What the group of an assigned mailbox wrote, and has no wrap of."""
    own = exists().where(
        wraps.c.envelope == envelopes.c.position, wraps.c.recipient == envelopes.c.use
    )
    return (
        select(envelopes.c.position)
        .join(mailboxes, envelopes.c.mailbox == mailboxes.c.id)
        .where(
            envelopes.c.use == mailboxes.c.use,
            envelopes.c.body.is_not(None),
            exists().where(handlers.c.mailbox == mailboxes.c.id),
            ~own,
        )
    )


def is_whole(sealed: bytes, row: Any) -> bool:
    """Whether these are the bytes of the part with this row."""
    return bool(part_hash(sealed) == row.hash and len(sealed) == row.size)


def _check_parts(connection: Connection, store: Parts) -> Iterator[Damage]:
    rows = select(parts, files.c.envelope).join(files, parts.c.file == files.c.id)
    for row in connection.execute(rows.order_by(parts.c.file, parts.c.part)).all():
        try:
            sealed = store.read(row.name)
        except OSError:
            if row.envelope is None:
                continue  # replaced or dropped since this transaction began, or half purged
            yield Damage("file", str(row.file), f"part {row.part} is missing on the disk")
            continue
        if not is_whole(sealed, row):
            yield Damage("file", str(row.file), f"part {row.part} is damaged")


def _check_files(connection: Connection) -> Iterator[Damage]:
    for file in connection.execute(select(files).where(files.c.envelope.is_not(None))).all():
        rows = connection.execute(
            select(parts).where(parts.c.file == file.id).order_by(parts.c.part)
        ).all()
        if [row.part for row in rows] != list(range(file.parts)):
            yield Damage("file", str(file.id), "does not have all of its parts")
        elif file_hash(row.hash for row in rows) != file.hash:
            yield Damage("file", str(file.id), "its parts are not those its sender named")


def _check_directories(connection: Connection) -> Iterator[Damage]:
    rows = connection.execute(select(directories).order_by(directories.c.seq)).all()
    if not rows:
        yield Damage("directory", "-", "there is none")
    for row in rows:
        try:
            directory = read_stored(row.signed)
        except ProtocolError:
            yield Damage("directory", str(row.seq), "its signature is wrong")
            continue
        if directory.seq != row.seq or directory_hash(row.signed) != row.hash:
            yield Damage("directory", str(row.seq), "is not the one its row names")
