"""What was purged, told between server and workstations, so that both know it (§9).

A mark can only be made from an address, so a workstation learns nothing from one that it did not
know; and what is told here purges nothing that the operator's ``purge`` would keep.
"""

from dropbox import wire
from dropbox.api.answers import Answer, document
from dropbox.api.call import Call
from dropbox.store.marks import digest_marks, page_of_marks


async def get_digest(call: Call) -> Answer:
    """``GET /api/purged``: one digest of all marks."""
    return document(wire.Purged(await call.store.read(call.caller, digest_marks)))


async def get_marks(call: Call) -> Answer:
    """``GET /api/purged/{mark}``: a page of the marks themselves, from this one on."""
    start = call.id("mark")
    marks = await call.store.read(call.caller, lambda each: page_of_marks(each, start))
    return document(wire.Marks(marks))


async def tell_marks(call: Call) -> Answer:
    """``POST /api/purged``: mailboxes with these marks that are due here are purged again."""
    marks = call.read(wire.Marks).marks
    return document(wire.PurgedAgain(await call.store.purge_again(call.caller, marks)))
