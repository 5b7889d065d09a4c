"""Work for a place, while strangers come in numbers (docs/protocol.md §9)."""

from dropbox.api.answers import Answer, document
from dropbox.api.call import Call
from dropbox.wire import WorkRequest


async def give_work(call: Call) -> Answer:
    """``POST /api/work``: a token, and how many zero bits a proof with it has to have."""
    purpose = call.read(WorkRequest).purpose
    return document(call.service.gate.give_work(purpose, call.service.seconds))
