"""What analysts ask of mailboxes: pages in the order of storing, and who has which (§7, §9)."""

from sqlalchemy import Connection

from crypto.constants import WRAP
from crypto.errors import Malformed
from dropbox import wire
from dropbox.api.answers import Answer, document, done, raw
from dropbox.api.call import Call
from dropbox.api.mailboxes import read_envelopes, write_page
from dropbox.store.jobs import Acknowledge, Submit
from dropbox.store.listings import Listing, case_page, feed_page
from dropbox.store.people import Reached, View
from dropbox.store.reading import reached_by
from dropbox.store.refused import Refused
from dropbox.store.teamwork import NewWrap, Purge, Rewrap, Unwrap
from dropbox.wire import Fault, unpack


async def get_feed(call: Call) -> Answer:
    """``GET /api/feed/{after}``: asking says that all up to ``after`` is in the archive.

    It counts as fetched only for what is given to this analyst whole. A courier says nothing of the
    kind: what it carries may be lost, and is still unread here.
    """
    caller, after = call.caller, call.number("after")

    def look(connection: Connection, view: View | None) -> tuple[Reached, Reached, Listing]:
        assert view is not None
        known = reached_by(connection, caller.address)
        return known, known.further(view.reaches(after)), feed_page(connection, after, view)

    known, reached, listing = await call.store.show(caller, look)
    if reached != known and not call.carried:
        await call.store.write(Acknowledge(caller, reached))
    return raw(write_page(listing))


async def get_case(call: Call) -> Answer:
    """``GET /api/case/{mailbox}/{after}``: a page of one mailbox, as the feed gives it."""
    caller, mailbox, after = call.caller, call.id("mailbox"), call.number("after")

    def look(connection: Connection, view: View | None) -> Listing:
        assert view is not None
        return case_page(connection, mailbox, after, view)

    return raw(write_page(await call.store.show(caller, look)))


async def assign(call: Call) -> Answer:
    """``POST /api/assignments``: a handover, its entry and the handlers, or nothing of it."""
    try:
        packed, blobs = unpack(call.body)
        assignment = wire.Assignment.from_bytes(packed)
    except Malformed:
        raise Refused(Fault.MALFORMED) from None
    envelopes = read_envelopes(assignment.places, blobs)
    job = Submit(call.caller, envelopes, handlers=assignment.handlers)
    taken = await call.store.write(job)
    return document(wire.Receipt(taken.ids, taken.day))


async def rewrap(call: Call) -> Answer:
    """``POST /api/wraps``: adds wraps to the group that has the mailbox."""
    try:
        packed, blobs = unpack(call.body)
        asked = wire.Rewrapping.from_bytes(packed)
    except Malformed:
        raise Refused(Fault.MALFORMED) from None
    if len(blobs) != len(asked.envelopes) or any(len(wrap) != WRAP for wrap in blobs):
        raise Refused(Fault.MALFORMED)
    wraps = tuple(
        NewWrap(spot.chain, spot.seq, spot.id, wrap)
        for spot, wrap in zip(asked.envelopes, blobs, strict=True)
    )
    await call.store.write(Rewrap(call.caller, asked.mailbox, asked.recipient, wraps))
    return done()


async def unwrap(call: Call) -> Answer:
    """``POST /api/unwrapping``: deletes wraps to a group that has the mailbox no more."""
    asked = call.read(wire.Unwrapping)
    await call.store.delete(Unwrap(call.caller, asked.mailbox, asked.recipient))
    return done()


async def purge(call: Call) -> Answer:
    """``POST /api/purging``: deletes all there is of a mailbox that the caller handles."""
    asked = call.read(wire.Purging)
    seen = {each.chain: (each.seq, each.id) for each in asked.seen}
    await call.store.delete(Purge(call.caller, asked.mailbox, seen))
    return done()
