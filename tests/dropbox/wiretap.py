"""A client of the server that can also say what no honest one would. Blocking, on one socket."""

import http.client
import re
import secrets
import socket
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from crypto.certificates import CertificateRole
from crypto.constants import SMALLEST_BODY, WRAP
from crypto.encoding import Document, rising
from crypto.envelope import NO_PREV, Chain, Envelope, Header
from crypto.files import file_hash, part_hash
from crypto.keys import AnalystSecret, Keys, MailboxSecret, Principal
from crypto.login import answer
from dropbox import wire
from dropbox.wire import Fault
from tests.dropbox.team import ORIGIN, Team

D = TypeVar("D", bound=Document)
TIMEOUT = 60.0


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def fault(self) -> Fault:
        return wire.Refusal.from_bytes(self.body).fault

    def read(self, kind: type[D]) -> D:
        assert self.status == 200, (self.status, self.body[:200])
        return kind.from_bytes(self.body)

    def page(self) -> tuple[wire.Page, list[bytes]]:
        assert self.status == 200, (self.status, self.body[:200])
        document, blobs = wire.unpack(self.body)
        return wire.Page.from_bytes(document), blobs


def path_id(file: bytes) -> str:
    return urlsafe_b64encode(file).decode().rstrip("=")


class Wire:
    """Requests to one server. ``keep`` asks it to keep the connection."""

    def __init__(self, url: str, keep: bool = True) -> None:
        self._where = urlsplit(url)
        self._keep = keep
        self._connection: http.client.HTTPConnection | None = None

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                self._where.hostname or "", self._where.port, timeout=TIMEOUT
            )
        sent = {**({wire.KEEP_HEADER: "1"} if self._keep else {}), **(headers or {})}
        try:
            self._connection.request(method, path, body, sent)
            response = self._connection.getresponse()
            reply = Reply(response.status, dict(response.getheaders()), response.read())
        except BaseException:
            self.close()
            raise
        if response.will_close:
            self.close()
        return reply

    def raw(self, data: bytes, wait: float = 2.0, *, one: bool = False) -> bytes:
        """Everything the server says to these bytes until it closes, ``wait`` seconds pass or, with
        ``one``, there is one whole answer."""
        with socket.create_connection(
            (self._where.hostname or "", self._where.port or 80), timeout=wait
        ) as connection:
            connection.sendall(data)
            said = b""
            try:
                while more := connection.recv(65536):
                    said += more
                    if one and _is_whole(said):
                        break
            except (TimeoutError, ConnectionResetError):
                pass
        return said

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _is_whole(said: bytes) -> bool:
    head, _, body = said.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
    return length is not None and len(body) >= int(length[1])


@dataclass
class Person:
    """Somebody with keys who talks to a server: a reporter, an analyst, a publisher."""

    wire: Wire
    team: Team
    secret: Principal
    certificate: bytes | None = None
    token: str = ""

    @property
    def keys(self) -> Keys:
        return self.secret.keys

    @property
    def address(self) -> bytes:
        return self.keys.card.id

    def challenge(self) -> str:
        return self.wire.ask("POST", "/api/challenge").read(wire.Challenge).challenge

    def login(self, challenge: str, origin: str = ORIGIN, service: bytes | None = None) -> bytes:
        """The body of a log-in."""
        signature = answer(self.keys, service or self.team.service, origin, challenge)
        card = self.keys.card
        return wire.Login(
            card.auth, card.keys_hash, challenge, origin, signature, self.certificate
        ).to_bytes()

    def log_in(self) -> "Person":
        reply = self.wire.ask("POST", "/api/session", self.login(self.challenge()))
        self.token = reply.read(wire.Session).session
        return self

    def ask(self, method: str, path: str, body: bytes | None = None) -> Reply:
        return self.wire.ask(method, path, body, {wire.SESSION_HEADER: self.token})

    def submit(self, *parts: "Sealed") -> Reply:
        return self.ask("POST", "/api/envelopes", parcel(*parts))

    def assign(self, handing: "Handing") -> Reply:
        return self.ask("POST", "/api/assignments", handing.body)

    def send_file(self, *parts: bytes) -> wire.FileClaim:
        """A whole file of these sealed parts."""
        file = secrets.token_bytes(32)
        start = wire.FileStart(file, len(parts)).to_bytes()
        assert self.ask("POST", "/api/files", start).status == 204
        for number, part in enumerate(parts):
            assert self.ask("PUT", f"/api/files/{path_id(file)}/{number}", part).status == 204
        return claim(file, parts)


def claim(file: bytes, parts: Sequence[bytes]) -> wire.FileClaim:
    return wire.FileClaim(file, len(parts), file_hash(map(part_hash, parts)))


@dataclass(frozen=True)
class Sealed:
    """An envelope of random bytes: to the server it is like any other."""

    envelope: Envelope
    recipients: tuple[bytes, ...]
    files: tuple[wire.FileClaim, ...] = ()
    use: bytes | None = None
    wraps: tuple[bytes, ...] = field(default=())

    @property
    def id(self) -> bytes:
        return self.envelope.id


def seal(
    mailbox: bytes,
    recipients: tuple[bytes, ...],
    chain: Chain = Chain.REPORTER,
    after: Sealed | None = None,
    size: int = SMALLEST_BODY,
    **beside: Any,
) -> Sealed:
    seq, prev = (after.envelope.header.seq + 1, after.id) if after else (0, NO_PREV)
    header = Header(chain, seq, mailbox, recipients[0], prev, secrets.token_bytes(32))
    wraps = tuple(secrets.token_bytes(WRAP) for _ in recipients)
    return Sealed(Envelope(header, secrets.token_bytes(size)), recipients, wraps=wraps, **beside)


def parcel(*parts: Sealed) -> bytes:
    return _parcel(wire.Submission(_places(parts)), parts)


def _parcel(document: Document, parts: Sequence[Sealed]) -> bytes:
    blobs: list[bytes] = []
    for each in parts:
        blobs += [each.envelope.to_bytes(), *each.wraps]
    return wire.pack(document.to_bytes(), blobs)


def _places(parts: Sequence[Sealed]) -> tuple[wire.Place, ...]:
    return tuple(wire.Place(each.recipients, each.files, each.use) for each in parts)


@dataclass(frozen=True)
class Handing:
    """A handover to a group, its entry in ``case``, and who handles the mailbox then."""

    handover: Sealed
    assigned: Sealed
    handlers: tuple[bytes, ...]

    @property
    def group(self) -> bytes:
        assert self.handover.use is not None
        return self.handover.use

    @property
    def body(self) -> bytes:
        pair = (self.handover, self.assigned)
        return _parcel(wire.Assignment(_places(pair), self.handlers), pair)


def handing(
    mailbox: bytes,
    handlers: Sequence[bytes],
    before: bytes,
    after: tuple[Sealed | None, Sealed | None] = (None, None),
) -> Handing:
    """The assignment of a mailbox that ``before`` has, behind the last of ``team`` and ``case``."""
    group = secrets.token_bytes(32)
    handover = seal(mailbox, (mailbox, group), Chain.TEAM, after[0], use=group)
    return handed(handover, handlers, before, after[1])


def handed(
    handover: Sealed,
    handlers: Sequence[bytes],
    before: bytes = bytes(32),
    after: Sealed | None = None,
) -> Handing:
    """The assignment that this handover is of, behind ``after`` in ``case``."""
    assert handover.use is not None
    recipients = (before, handover.use)
    assigned = seal(handover.envelope.header.mailbox, recipients, Chain.CASE, after)
    return Handing(handover, assigned, rising(handlers))


def purging(*ends: Sealed) -> wire.Purging:
    """What purges their mailbox: the last envelopes of ``reporter`` and of ``case``."""
    headers = [each.envelope.header for each in ends]
    spots = [
        wire.Spot(int(header.chain), header.seq, end.id)
        for header, end in zip(headers, ends, strict=True)
    ]
    return wire.Purging(headers[0].mailbox, tuple(spots))


def grants_parcel(*grants: tuple[bytes, bytes | None]) -> bytes:
    """The body of ``POST /api/grants``: signed grants, each with its mailbox."""
    document = wire.Grants(tuple(mailbox for _, mailbox in grants))
    return wire.pack(document.to_bytes(), [signed for signed, _ in grants])


def reporter(wire_: Wire, team: Team) -> Person:
    return Person(wire_, team, MailboxSecret.generate(secrets.token_bytes))


def analyst(wire_: Wire, team: Team) -> Person:
    return Person(wire_, team, team.analyst, team.certificate(team.analyst))


def publisher(wire_: Wire, team: Team) -> Person:
    certificate = team.certificate(team.publisher, CertificateRole.PUBLISHER)
    return Person(wire_, team, team.publisher, certificate)


def new_analyst(wire_: Wire, team: Team) -> Person:
    secret = AnalystSecret.generate(secrets.token_bytes)
    return Person(wire_, team, secret, team.certificate(secret))
