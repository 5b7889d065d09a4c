"""Envelopes in, and a mailbox's page out. The bytes of a submission are taken apart here."""

from collections.abc import Sequence
from contextlib import suppress

from crypto.constants import HEADER, WRAP
from crypto.envelope import Envelope, body_hash, envelope_id
from crypto.errors import Malformed
from dropbox import wire
from dropbox.api.answers import Answer, document, done, raw
from dropbox.api.call import Call
from dropbox.api.gate import Entry
from dropbox.store.jobs import Delete, Incoming, NoteUse, Submit
from dropbox.store.listings import Listing, mailbox_page
from dropbox.store.refused import Refused
from dropbox.store.retention import is_use_unnoted
from dropbox.wire import (
    Deletions,
    Fault,
    Page,
    Place,
    Purpose,
    Receipt,
    Role,
    Submission,
    pack,
    unpack,
)


async def submit(call: Call) -> Answer:
    """``POST /api/envelopes``: the receipt, after the commit."""
    entry = call.entry
    envelopes = read_submission(call.body)
    taken = await call.store.write(Submit(call.caller, envelopes, entry.permit, entry.lane))
    if call.caller.role is Role.MAILBOX:
        call.service.gate.remember(call.caller)
    return document(Receipt(taken.ids, taken.day))


async def enter(call: Call) -> Entry:
    """Whether a submission of this caller is taken now: asked before it is read."""
    gate = call.service.gate
    seconds, lane = call.service.seconds, call.entry.lane
    return await gate.enter(call.caller, call.work, Purpose.REPORT, seconds, lane)


async def close(call: Call) -> Answer:
    """``POST /api/closing``: stores the envelope and closes the mailbox for good, or neither."""
    entry = call.entry
    envelopes = read_submission(call.body)
    job = Submit(call.caller, envelopes, entry.permit, entry.lane, closing=True)
    taken = await call.store.delete(job)
    return document(Receipt(taken.ids, taken.day))


async def delete(call: Call) -> Answer:
    """``POST /api/deletions``: deletes envelopes of the team, all or none."""
    await call.store.delete(Delete(call.caller, call.read(Deletions).deletions))
    return done()


async def get_mailbox(call: Call) -> Answer:
    """``GET /api/mailbox/{from}``: the caller's own."""
    address, start = call.caller.address, call.number("from")
    listing = await call.store.read(
        call.caller, lambda connection: mailbox_page(connection, address, start)
    )
    if listing.entries:
        call.service.gate.remember(call.caller)
    if start == 0 and is_use_unnoted(listing, call.store.now().date()):
        with suppress(Refused):  # a full server is still read
            await call.store.write(NoteUse(call.caller))
    return raw(write_page(listing))


def read_submission(parcel: bytes) -> tuple[Incoming, ...]:
    """The envelopes of a parcel, of right form and length. Raises ``Refused``."""
    try:
        document, blobs = unpack(parcel)
        places = Submission.from_bytes(document).places
    except Malformed:
        raise Refused(Fault.MALFORMED) from None
    return read_envelopes(places, blobs)


def read_envelopes(places: Sequence[Place], blobs: Sequence[bytes]) -> tuple[Incoming, ...]:
    """The envelopes at these places, of right form and length. Raises ``Refused``."""
    try:
        if len(blobs) != sum(1 + len(place.recipients) for place in places):
            raise Refused(Fault.MALFORMED)
        rest = iter(blobs)
        return tuple(
            _read_envelope(place, next(rest), tuple(next(rest) for _ in place.recipients))
            for place in places
        )
    except Malformed:
        raise Refused(Fault.MALFORMED) from None


def _read_envelope(place: Place, sealed: bytes, wraps: tuple[bytes, ...]) -> Incoming:
    if any(len(wrap) != WRAP for wrap in wraps):
        raise Refused(Fault.MALFORMED)
    envelope = Envelope.from_bytes(sealed)
    packed = sealed[:HEADER]
    hash_of_body = body_hash(envelope.body)
    return Incoming(
        envelope.header,
        packed,
        envelope.body,
        hash_of_body,
        envelope_id(packed, hash_of_body),
        tuple(zip(place.recipients, wraps, strict=True)),
        place.files,
        place.use,
    )


def write_page(listing: Listing) -> bytes:
    """The parcel of a page."""
    blobs: list[bytes] = []
    entries = []
    for each in listing.entries:
        recipients = tuple(recipient for recipient, _ in each.wraps)
        entries.append(
            wire.Entry(
                each.position,
                each.mailbox,
                each.day,
                each.body_hash,
                each.body is not None,
                recipients,
                each.files,
                each.use,
                each.deleted,
            )
        )
        blobs.append(each.header)
        if each.body is not None:
            blobs.append(each.body)
        blobs += [wrap for _, wrap in each.wraps]
    return pack(Page(listing.use, tuple(entries), listing.more).to_bytes(), blobs)
