"""What waits for the server to have it: sealed envelopes, exactly as they go out.

An item is one submission: a ``team`` envelope with its ``sent`` entry, one ``case`` entry alone, or
a ``handover`` with its ``assigned`` and the handlers that the server has to be told. It stays here
until the server's feed has brought it back, so that a lost answer, a crash, or a server that forgot
what it confirmed all end in the same place: it is sent again under the same ids.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import Connection, delete, insert, or_, select, update

from crypto.chains import Stored
from crypto.documents import Words, read_payload
from crypto.encoding import Document
from crypto.envelope import Envelope, Header, body_hash
from crypto.errors import NotCanonical, ProtocolError
from crypto.keys import GroupSecret, Keys
from crypto.opening import open_sealed
from crypto.outgoing import Outgoing
from crypto.wrapping import WrapKind, unwrap
from dropbox.client.submission import pack_assignment, pack_submission
from dropbox.wire import Assignment, Place, Submission, unpack
from inbox_ui.errors import DamagedArchive
from inbox_ui.rows import checksum, pack_wraps
from inbox_ui.schema import envelopes, mailboxes, outbox, progress

Transaction = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True)
class Sealed:
    """One envelope of an item. ``wraps``: recipient's card id → wrap."""

    envelope: Envelope
    wraps: Mapping[bytes, bytes]
    use: bytes | None

    def stored(self, day: date) -> Stored:
        """As the server will give it, on ``day``."""
        header, body = self.envelope.header.to_bytes(), self.envelope.body
        return Stored(header, body_hash(body), body, self.wraps, day, None)


@dataclass(frozen=True)
class Said:
    """What one envelope of an item says, without asking who may say it: it was made here."""

    header: Header
    payload: Document
    words: str = field(repr=False)


@dataclass(frozen=True)
class Item:
    """One submission that waits."""

    id: int
    mailbox: bytes
    sealed: tuple[Sealed, ...] = field(repr=False)
    handlers: tuple[bytes, ...] = ()
    """Of an assignment: who holds the case from then on."""

    @property
    def ids(self) -> frozenset[bytes]:
        """The ids of its envelopes."""
        return frozenset(each.envelope.id for each in self.sealed)

    def stored(self, day: date) -> tuple[Stored, ...]:
        """Its envelopes as the server will give them, on ``day``."""
        return tuple(each.stored(day) for each in self.sealed)

    def outgoings(self, groups: Mapping[bytes, GroupSecret]) -> tuple[Outgoing, ...]:
        """What goes out. The content keys come back from the wraps of a group of ours.

        Raises ``DamagedArchive`` where none opens.
        """
        return tuple(_outgoing(each, groups) for each in self.sealed)

    def said(self, groups: Mapping[bytes, GroupSecret]) -> tuple[Said, ...]:
        """What its envelopes say. Raises ``DamagedArchive`` where none of ``groups`` opens one."""
        keyring = {each: secret.keys for each, secret in groups.items()}
        return tuple(_said(each, keyring) for each in self.sealed)


class Outbox:
    """The outbox of an archive."""

    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading: Final = reading
        self._writing: Final = writing

    def put(self, outgoings: tuple[Outgoing, ...], handlers: Collection[bytes] = ()) -> int:
        """Keep a submission, or an assignment to ``handlers``; the item's number."""
        row = {
            "mailbox": outgoings[0].envelope.header.mailbox,
            "parcel": _pack(outgoings, handlers),
        }
        with self._writing() as connection:
            number = connection.execute(insert(outbox).values(row).returning(outbox.c.id))
            return int(number.scalar_one())

    def replace(
        self, item: int, outgoings: tuple[Outgoing, ...], handlers: Collection[bytes] = ()
    ) -> None:
        """Keep a submission that was signed anew, in the place of the one it was made from."""
        with self._writing() as connection:
            parcel = _pack(outgoings, handlers)
            connection.execute(update(outbox).where(outbox.c.id == item).values(parcel=parcel))

    def items(self, mailbox: bytes | None = None) -> tuple[Item, ...]:
        """What waits, in the order it was written. Raises ``DamagedArchive``."""
        query = select(outbox).order_by(outbox.c.id)
        if mailbox is not None:
            query = query.where(outbox.c.mailbox == mailbox)
        with self._reading() as connection:
            return tuple(
                Item(row.id, row.mailbox, *_unpack(row.parcel)) for row in connection.execute(query)
            )

    def drop(self, item: int) -> None:
        """Forget an item that nobody can be given any more."""
        with self._writing() as connection:
            connection.execute(delete(outbox).where(outbox.c.id == item))

    def settle(self, analyst: bytes) -> int:
        """Forget what the server's feed has brought back to ``analyst``; how many items that were.

        Of a case that is given away by one of them only stubs come back, of what was sent before
        it too.
        """
        items = self.items()
        away = {
            item.mailbox
            for item in items
            if item.handlers and analyst not in item.handlers and self._has_come(item, stub=True)
        }
        done = [item for item in items if self._has_come(item, stub=item.mailbox in away)]
        for item in done:
            self.absorb(item)
        return len(done)

    def begins_to_come(self, item: Item) -> bool:
        """Whether anything of it has come back."""
        query = (
            select(envelopes.c.id)
            .join(mailboxes)
            .where(mailboxes.c.address == item.mailbox, envelopes.c.envelope.in_(item.ids))
        )
        with self._reading() as connection:
            return connection.execute(query).first() is not None

    def absorb(self, item: Item) -> None:
        """Forget an item that has come back. What came as a stub only keeps the words it has here.

        So it is where a mailbox was quicker to delete a reply than the feed to bring it.
        """
        with self._writing() as connection:
            for each in item.sealed:
                _fill(connection, item.mailbox, each)
            connection.execute(delete(outbox).where(outbox.c.id == item.id))

    def _has_come(self, item: Item, *, stub: bool) -> bool:
        """``stub``: where only a stub of it can come."""
        query = (
            select(envelopes.c.envelope)
            .join(mailboxes)
            .where(mailboxes.c.address == item.mailbox, envelopes.c.envelope.in_(item.ids))
        )
        if not stub:
            query = query.where(  # a stub that nobody deleted would lose what was written
                or_(envelopes.c.body.is_not(None), envelopes.c.deleted.is_not(None))
            )
        with self._reading() as connection:
            return set(connection.scalars(query)) == item.ids


def _fill(connection: Connection, mailbox: bytes, sealed: Sealed) -> None:
    """Put body and wraps into the row of a stub."""
    theirs = select(mailboxes.c.id).where(mailboxes.c.address == mailbox).scalar_subquery()
    place = (envelopes.c.mailbox == theirs, envelopes.c.envelope == sealed.envelope.id)
    row = connection.execute(select(envelopes).where(*place)).one_or_none()
    if row is None or row.body is not None:
        return
    body, wraps = sealed.envelope.body, pack_wraps(sealed.wraps)
    whole = {**row._asdict(), "body": body, "wraps": wraps, "foreign_body": False}
    whole["checksum"] = checksum(whole)
    connection.execute(update(envelopes).where(*place).values(whole))
    change = connection.scalars(select(progress.c.changes)).one() + 1
    connection.execute(update(progress).values(changes=change))
    changed = update(mailboxes).where(mailboxes.c.address == mailbox)
    connection.execute(changed.values(changed=change))


def _pack(outgoings: tuple[Outgoing, ...], handlers: Collection[bytes]) -> bytes:
    """The parcel as it goes out."""
    if handlers:
        return pack_assignment(outgoings, handlers)
    return pack_submission(outgoings)


def _unpack(parcel: bytes) -> tuple[tuple[Sealed, ...], tuple[bytes, ...]]:
    try:
        document, blobs = unpack(parcel)
        rest = iter(blobs)
        places, handlers = _read_document(document)
        sealed = tuple(
            Sealed(
                Envelope.from_bytes(next(rest)),
                {recipient: next(rest) for recipient in place.recipients},
                place.use,
            )
            for place in places
        )
    except (ProtocolError, RuntimeError):  # the latter where a blob is missing
        raise DamagedArchive from None
    return sealed, handlers


def _read_document(document: bytes) -> tuple[tuple[Place, ...], tuple[bytes, ...]]:
    """The places of a submission, or those of an assignment and its handlers."""
    try:
        return Submission.from_bytes(document).places, ()
    except NotCanonical:
        assignment = Assignment.from_bytes(document)
        return assignment.places, assignment.handlers


def _said(sealed: Sealed, keyring: Mapping[bytes, Keys]) -> Said:
    header = sealed.envelope.header
    try:
        content = open_sealed(sealed.stored(date.min), keyring)
        payload = read_payload(header.chain, content.payload)
        words = Words.from_bytes(content.words).text if content.words is not None else ""
    except ProtocolError:
        raise DamagedArchive from None
    return Said(header, payload, words)


def _outgoing(sealed: Sealed, groups: Mapping[bytes, GroupSecret]) -> Outgoing:
    for recipient, wrapped in sealed.wraps.items():
        if recipient in groups:
            names = (sealed.envelope.id,)
            keys = groups[recipient].keys
            try:
                content_key = unwrap(wrapped, WrapKind.ENVELOPE, names, keys)
            except ProtocolError:
                raise DamagedArchive from None
            wraps = tuple(sealed.wraps.items())
            return Outgoing(sealed.envelope, wraps, (), sealed.use, content_key)
    raise DamagedArchive
