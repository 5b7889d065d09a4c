"""The directory: given to anyone, taken from a publisher (docs/protocol.md §6)."""

from crypto.directory import read_directory
from crypto.errors import Forged, Malformed, Unfit
from dropbox.api.answers import Answer, done, raw
from dropbox.api.call import Call
from dropbox.store.jobs import Publish
from dropbox.store.refused import Refused
from dropbox.wire import Fault


async def get_directory(call: Call) -> Answer:
    """``GET /api/directory``: the newest, as it was signed."""
    return raw((await call.store.newest()).signed)


async def put_directory(call: Call) -> Answer:
    """``POST /api/directory``: the next one, of this service and at our origins."""
    try:
        directory = read_directory(call.body, call.service.root)
        call.service.check_origins(directory)
    except Malformed:
        raise Refused(Fault.MALFORMED) from None
    except (Forged, Unfit):
        raise Refused(Fault.REFUSED) from None
    await call.store.write(Publish(call.caller, call.body, directory))
    return done()
