"""What is known of the mailboxes, places and files that a batch of submissions names.

Loaded with a handful of statements for the whole batch; the rules then decide on it in memory, and
what they admit becomes visible to the submissions behind it in the same batch.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, bindparam, func, select

from crypto.envelope import Chain
from dropbox.store.jobs import Incoming, Submit
from dropbox.store.marks import find_purged
from dropbox.store.reading import find_handlers
from dropbox.store.schema import cursors, envelopes, files, mailboxes, parts
from dropbox.store.spending import find_spent

Spot = tuple[bytes, int, int]
"""Address, chain, seq."""

_MAILBOXES = select(mailboxes).where(
    mailboxes.c.address.in_(bindparam("addresses", expanding=True))
)
_PLACES = select(envelopes.c.seq, envelopes.c.id, envelopes.c.day).where(
    # One chain at a time: SQLite reads the whole table for a list of (mailbox, chain, seq).
    envelopes.c.mailbox == bindparam("number"),
    envelopes.c.chain == bindparam("of_chain"),
    envelopes.c.seq.in_(bindparam("seqs", expanding=True)),
)
_READ = select(func.coalesce(func.max(cursors.c.position), 0)).scalar_subquery()
_UNREAD = (
    select(envelopes.c.mailbox, func.count())
    .where(
        envelopes.c.mailbox.in_(bindparam("numbers", expanding=True)),
        envelopes.c.chain == Chain.REPORTER.value,
        envelopes.c.position > _READ,
    )
    .group_by(envelopes.c.mailbox)
)
_FILES = select(files).where(files.c.file.in_(bindparam("files", expanding=True)))
_PARTS = (
    select(parts.c.file, parts.c.part, parts.c.hash)
    .where(parts.c.file.in_(bindparam("numbers", expanding=True)))
    .order_by(parts.c.file, parts.c.part)
)


@dataclass(slots=True)
class Mailbox:
    """A mailbox's row. ``id`` is ``None`` until the row is written.

    ``handlers`` are looked up where somebody of the team writes.
    """

    address: bytes
    id: int | None = None
    use: bytes | None = None
    closed: bool = False
    unread: int = 0
    changed: bool = False
    handlers: Collection[bytes] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """What is at a place: the envelope's id, and the day it was stored on."""

    id: bytes
    day: date


@dataclass(slots=True)
class File:
    """A file's row and the hashes of the parts held, by number. No owner: an envelope names it."""

    id: int
    owner: bytes | None
    parts: int
    hashes: dict[int, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class Admitted:
    """An envelope that will be written."""

    mailbox: Mailbox
    envelope: Incoming


@dataclass(slots=True)
class Ledger:
    """The state a batch of submissions is decided on, and what it will add."""

    mailboxes: dict[bytes, Mailbox]
    places: dict[Spot, Held]
    files: dict[bytes, File]
    purged: set[bytes] = field(default_factory=set)
    """Addresses that were purged: nothing begins anew under them."""
    admitted: list[Admitted] = field(default_factory=list)
    closing: list[tuple[Mailbox, int]] = field(default_factory=list)
    """Mailboxes this batch closes, each with the place of the envelope that does it."""
    assigned: list[Mailbox] = field(default_factory=list)
    """Mailboxes that change hands in this batch."""
    departed: list[tuple[bytes, bytes]] = field(default_factory=list)
    """Whom that takes one from: the id of the entry which does it, and an analyst."""
    spent: set[bytes] = field(default_factory=set)
    """Work tokens that were used before, or are by a submission of this batch."""
    spending: list[tuple[bytes, int]] = field(default_factory=list)
    """Those of this batch, with their expiries."""


def load(connection: Connection, jobs: Sequence[Submit]) -> Ledger:
    """Everything the rules ask about these submissions."""
    incoming = [each for job in jobs for each in job.envelopes]
    found = _load_mailboxes(connection, {each.header.mailbox for each in incoming})
    if any(job.team for job in jobs):
        _load_handlers(connection, found.values())
    return Ledger(
        found,
        _load_places(connection, found, incoming) if found else {},
        _load_files(connection, {claim.file for each in incoming for claim in each.files}),
        find_purged(connection, {each.header.mailbox for each in incoming} - set(found)),
        spent=find_spent(connection, {job.permit.token for job in jobs if job.permit.token}),
    )


def _load_mailboxes(connection: Connection, addresses: set[bytes]) -> dict[bytes, Mailbox]:
    rows = connection.execute(_MAILBOXES, {"addresses": list(addresses)})
    return {
        row.address: Mailbox(row.address, row.id, row.use, row.closed is not None) for row in rows
    }


def _load_handlers(connection: Connection, found: Collection[Mailbox]) -> None:
    handlers = find_handlers(connection, [box.id for box in found if box.id is not None])
    for box in found:
        box.handlers = handlers.get(box.id or 0, ())


def _load_places(
    connection: Connection, found: dict[bytes, Mailbox], incoming: Sequence[Incoming]
) -> dict[Spot, Held]:
    """What is at the places of these envelopes and at those before them; counts the unread too."""
    numbers: dict[int, Mailbox] = {box.id: box for box in found.values() if box.id is not None}
    wanted: dict[tuple[bytes, int], set[int]] = defaultdict(set)
    for header in (each.header for each in incoming):
        if header.mailbox in found:
            wanted[header.mailbox, int(header.chain)] |= {header.seq, max(header.seq - 1, 0)}
    places = {}
    for (address, chain), seqs in wanted.items():
        asked = {"number": found[address].id, "of_chain": chain, "seqs": list(seqs)}
        for row in connection.execute(_PLACES, asked):
            places[address, chain, row.seq] = Held(row.id, row.day)
    for number, unread in connection.execute(_UNREAD, {"numbers": list(numbers)}):
        numbers[number].unread = unread
    return places


def _load_files(connection: Connection, named: set[bytes]) -> dict[bytes, File]:
    if not named:
        return {}
    found = {}
    numbers = {}
    for row in connection.execute(_FILES, {"files": list(named)}):
        file = File(row.id, row.owner, row.parts)
        found[row.file] = numbers[row.id] = file
    for row in connection.execute(_PARTS, {"numbers": list(numbers)}):
        numbers[row.file].hashes[row.part] = row.hash
    return found
