"""A server with many mailboxes, quickly: the store's own rules and rows, without the network.

The bodies are random bytes in place of sealed ones: both look alike, and nobody will open these.
Everything else is right, so ``dropbox-server check`` finds nothing wrong. ``put`` is given sealed
ones, for who will.
"""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from bench.team import Team
from crypto.constants import ID, SMALLEST_BODY, WRAP
from crypto.envelope import NO_PREV, Chain, Header, body_hash, envelope_id
from crypto.outgoing import Outgoing
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
    _store(data, (_made_up(group) for _ in range(mailboxes)))


def put(data: Path, reports: Iterable[Outgoing]) -> None:
    """Put sealed first reports, each of a new mailbox, into the server in ``data``."""
    _store(data, map(_sealed, reports))


def _store(data: Path, envelopes: Iterable[Incoming]) -> None:
    shelf, rest = Shelf(), iter(envelopes)

    def store(connection: Connection, batch: list[Incoming]) -> None:
        taken = apply(connection, shelf, datetime.now(UTC), [_job(each) for each in batch])
        assert all(isinstance(each, Taken) for each in taken), taken

    with opened(load_settings(data).locate()) as database:
        while batch := list(islice(rest, _BATCH)):
            database.write(partial(store, batch=batch))


def _job(incoming: Incoming) -> Submit:
    address = incoming.header.mailbox
    return Submit(Caller(address, Role.MAILBOX, secrets.token_bytes(ID)), (incoming,))


def _made_up(group: bytes) -> Incoming:
    address = secrets.token_bytes(ID)
    header = Header(Chain.REPORTER, 0, address, group, NO_PREV, secrets.token_bytes(ID))
    wraps = ((group, secrets.token_bytes(WRAP)),)
    return _incoming(header, secrets.token_bytes(SMALLEST_BODY), wraps)


def _sealed(outgoing: Outgoing) -> Incoming:
    return _incoming(outgoing.envelope.header, outgoing.envelope.body, outgoing.wraps)


def _incoming(header: Header, body: bytes, wraps: tuple[tuple[bytes, bytes], ...]) -> Incoming:
    packed, hash_of_body = header.to_bytes(), body_hash(body)
    identifier = envelope_id(packed, hash_of_body)
    return Incoming(header, packed, body, hash_of_body, identifier, wraps, (), None)
