"""A server with many mailboxes, quickly: the store's own rules and rows, without the network.

The bodies are random bytes in place of sealed ones: both look alike, and nobody will open these.
Everything else is right, so ``dropbox-server check`` finds nothing wrong.
"""

import secrets
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from bench.team import Team
from crypto.constants import ID, SMALLEST_BODY, WRAP
from crypto.envelope import NO_PREV, Chain, Header, body_hash, envelope_id
from dropbox.settings import load_settings
from dropbox.store.batch import apply
from dropbox.store.ground import Shelf
from dropbox.store.jobs import Caller, Incoming, Submit, Taken
from dropbox.store.locations import opened
from dropbox.wire import Role

_BATCH: Final = 1000


def fill(data: Path, team: Team, mailboxes: int) -> None:
    """Put ``mailboxes`` new ones, each with a first report, into the server in ``data``."""
    group = team.directory.intake_card.id
    shelf = Shelf()

    def put(connection: Connection, count: int) -> None:
        jobs = [_job(group) for _ in range(count)]
        taken = apply(connection, shelf, datetime.now(UTC), jobs)
        assert all(isinstance(each, Taken) for each in taken), taken

    with opened(load_settings(data).locate()) as database:
        for start in range(0, mailboxes, _BATCH):
            database.write(partial(put, count=min(_BATCH, mailboxes - start)))


def _job(group: bytes) -> Submit:
    address = secrets.token_bytes(ID)
    header = Header(Chain.REPORTER, 0, address, group, NO_PREV, secrets.token_bytes(ID))
    packed, body = header.to_bytes(), secrets.token_bytes(SMALLEST_BODY)
    hash_of_body = body_hash(body)
    identifier = envelope_id(packed, hash_of_body)
    wraps = ((group, secrets.token_bytes(WRAP)),)
    incoming = Incoming(header, packed, body, hash_of_body, identifier, wraps, (), None)
    return Submit(Caller(address, Role.MAILBOX, secrets.token_bytes(ID)), (incoming,))
