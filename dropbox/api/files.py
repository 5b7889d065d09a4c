"""Files: started, sent part by part, asked for, dropped (docs/protocol.md §8)."""

from sqlalchemy import Connection

from crypto.constants import SEALED_PART_OVERHEAD
from dropbox.api.answers import Answer, document, done, raw
from dropbox.api.call import Call
from dropbox.api.gate import KNOWN, Entry
from dropbox.store.jobs import DropFile, StartFile
from dropbox.store.reading import find_part, held_parts, owned_file
from dropbox.store.refused import Refused
from dropbox.wire import Fault, FileStart, FileState, Purpose


async def start_file(call: Call) -> Answer:
    """``POST /api/files``: the same start again changes nothing."""
    start, entry = call.read(FileStart), call.entry
    if entry.permit.needed and start.file != entry.subject:
        raise Refused(Fault.WORK_NEEDED)
    job = StartFile(call.caller, start.file, start.parts, entry.permit, entry.lane)
    await call.store.write(job)
    return done()


async def enter(call: Call) -> Entry:
    """Whether this caller may start a file now: asked before it says which."""
    gate = call.service.gate
    seconds, lane = call.service.seconds, call.entry.lane
    return await gate.enter(call.caller, call.work, Purpose.FILE, seconds, lane)


async def get_state(call: Call) -> Answer:
    """``GET /api/files/{file}``: the parts that are here."""
    caller, file = call.caller, call.id("file")

    def look(connection: Connection) -> FileState:
        row = owned_file(connection, caller, file)
        return FileState(row.parts, held_parts(connection, row))

    return document(await call.store.read(caller, look))


async def check_part(call: Call) -> Entry:
    """Whether the caller may send this part: asked before its megabyte is read.

    A stranger's needs room beyond what is kept for others, and beyond all unfinished files.
    """
    caller, gate = call.caller, call.service.gate
    if call.number("part") >= await gate.parts_of(caller, call.id("file")):
        raise Refused(Fault.UNKNOWN)
    if await gate.is_known(caller):
        return KNOWN
    if not call.store.room.takes_strangers or call.store.unfinished_share > 1:
        raise Refused(Fault.FULL)
    return Entry(call.entry.lane)


async def put_part(call: Call) -> Answer:
    """``PUT /api/files/{file}/{part}``: held once this is answered."""
    if len(call.body) <= SEALED_PART_OVERHEAD:
        raise Refused(Fault.MALFORMED)
    lane = call.entry.lane
    await call.store.put_part(call.caller, call.id("file"), call.number("part"), call.body, lane)
    return done()


async def get_part(call: Call) -> Answer:
    """``GET /api/files/{file}/{part}``."""
    caller, file, part = call.caller, call.id("file"), call.number("part")
    name = await call.store.show(
        caller, lambda connection, view: find_part(connection, caller, view, file, part)
    )
    return raw(await call.store.get_part(name))


async def drop_file(call: Call) -> Answer:
    """``DELETE /api/files/{file}``: only before an envelope names it."""
    await call.store.remove(await call.store.write(DropFile(call.caller, call.id("file"))))
    return done()
