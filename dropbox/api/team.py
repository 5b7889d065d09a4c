"""What analysts ask: everything there is, in the order it was stored."""

from dropbox.api.answers import Answer, raw
from dropbox.api.call import Call
from dropbox.api.mailboxes import write_page
from dropbox.store.jobs import Acknowledge
from dropbox.store.reading import cursor_of, feed_page


async def get_feed(call: Call) -> Answer:
    """``GET /api/feed/{after}``: asking says that all up to ``after`` is in the archive.

    A courier says nothing of the kind: what it carries may be lost, and is still unread here.
    """
    caller, after = call.caller, call.number("after")
    known, listing = await call.store.read(
        caller,
        lambda connection: (cursor_of(connection, caller.address), feed_page(connection, after)),
    )
    if after > known and not call.carried:
        await call.store.write(Acknowledge(caller, after))
    return raw(write_page(listing))
