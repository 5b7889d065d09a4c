"""What each process of the lane would do for the first time, done once before any is forked.

Libraries load parts of themselves when they are first used, and fill tables. Each child would pay
for it again, in time and in pages of memory that it could have shared. Nothing here is anybody's:
the keys are thrown away, and the request asks for a page that does not exist.
"""

import asyncio
import secrets
import socket

from crypto.documents import Closed
from crypto.envelope import Chain, Place, open_content, seal
from crypto.keys import Card, GroupSecret, MailboxSecret
from crypto.outgoing import wrap_all
from crypto.wrapping import WrapKind, unwrap
from dropbox.plain.call import Plan
from dropbox.plain.serving import serve_one

_NOBODY = b"GET /plain/nothing HTTP/1.1\r\nHost: nobody\r\nCookie: mailbox=\r\n\r\n"


def rehearse(plan: Plan) -> None:
    """Seal and open an envelope, and answer a request, for nobody."""
    _seal_for_nobody(plan.service)
    asyncio.run(_answer_nobody(plan))


def _seal_for_nobody(service: bytes) -> None:
    mailbox = MailboxSecret.generate(secrets.token_bytes).keys
    group = GroupSecret.generate(secrets.token_bytes).keys
    card = Card.from_bytes(group.card.to_bytes())
    payload = Closed("closed", mailbox.card.to_bytes(), None).to_bytes()
    place = Place(Chain.REPORTER, 0, mailbox.card.id, card.id, bytes(32))
    envelope, cek = seal(place, payload, None, mailbox, service, secrets.token_bytes)
    wraps = wrap_all(envelope, cek, (card,), secrets.token_bytes)
    opened = unwrap(wraps[0][1], WrapKind.ENVELOPE, (envelope.id,), group)
    open_content(envelope, opened)


async def _answer_nobody(plan: Plan) -> None:
    nobody, connection = socket.socketpair()
    far, line = socket.socketpair()
    nobody.setblocking(False)
    with nobody, far:
        nobody.sendall(_NOBODY)
        await serve_one(plan, connection, line, 0, lambda _: None)
