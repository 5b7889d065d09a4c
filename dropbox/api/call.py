"""A request as a handler sees it: who asks, the path's values and the whole body.

What is refused before any handler runs is refused here: bodies that are encoded, cut into chunks,
longer than the route takes, or without a length; and callers the route is not for.
"""

import asyncio
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final, TypeVar

from aiohttp import hdrs, web

from crypto.directory import Directory
from crypto.encoding import Document
from crypto.errors import Malformed
from dropbox import limits
from dropbox.api.bodies import Bodies
from dropbox.api.gate import KNOWN, Entry, Gate
from dropbox.api.tokens import Tokens
from dropbox.limits import Lane
from dropbox.store.jobs import Caller
from dropbox.store.refused import Refused
from dropbox.store.store import Store
from dropbox.wire import CARRY_HEADER, SESSION_HEADER, WORK_HEADER, Fault

D = TypeVar("D", bound=Document)

_PATH: Final = re.compile(r"[A-Za-z0-9_/-]+(\.[a-z]+)?", re.ASCII)
"""No query, no percent sign, no dot but in a file's ending: every path has one spelling."""
_LENGTH: Final = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Service:
    """What every handler works with."""

    store: Store
    tokens: Tokens
    origins: frozenset[str]
    root: bytes
    """The root's card id: the ``service`` of every signature."""
    gate: Gate

    @property
    def seconds(self) -> int:
        """Now, in unix seconds."""
        return int(self.store.now().timestamp())

    def check_origins(self, directory: Directory) -> None:
        """Raise ``ForeignOrigin`` unless the directory names every origin we are at."""
        for origin in self.origins:
            directory.check_origin(origin)


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``caller`` is ``None`` where the route is for anyone; ``work`` is the header of
    a proof of work, if there was one; ``entry`` is what the route's ``first`` found. ``carried``:
    a courier asks, for an archive that has no network."""

    service: Service
    values: dict[str, str]
    body: bytes
    asker: Caller | None
    work: str | None = None
    entry: Entry = KNOWN
    carried: bool = False

    @property
    def store(self) -> Store:
        """The store."""
        return self.service.store

    @property
    def caller(self) -> Caller:
        """Who asks, on a route that is not for anyone."""
        if self.asker is None:
            raise Refused(Fault.NO_SESSION)
        return self.asker

    def id(self, name: str) -> bytes:
        """An id or a mark of the path, in its one spelling; its pattern says how long it is."""
        text = self.values[name]
        padding = "=" * (-len(text) % 4)
        value = urlsafe_b64decode(text + padding)
        if urlsafe_b64encode(value).decode() != text + padding:
            raise Refused(Fault.UNKNOWN)
        return value

    def number(self, name: str) -> int:
        """A number of the path; the route's pattern allows one spelling of it."""
        return int(self.values[name])

    def read(self, kind: type[D]) -> D:
        """The body as a document."""
        try:
            return kind.from_bytes(self.body)
        except Malformed:
            raise Refused(Fault.MALFORMED) from None


def find_caller(request: web.BaseRequest, service: Service) -> Caller:
    """Whose session came with the request."""
    tokens = request.headers.getall(SESSION_HEADER, [])
    if len(tokens) != 1:
        raise Refused(Fault.NO_SESSION)
    return service.tokens.read_session(tokens[0], service.seconds)


def find_work(request: web.BaseRequest) -> str | None:
    """The proof of work that came with the request."""
    proofs = request.headers.getall(WORK_HEADER, [])
    if len(proofs) > 1:
        raise Refused(Fault.MALFORMED)
    return proofs[0] if proofs else None


def is_carried(request: web.BaseRequest) -> bool:
    """Whether a courier asks, who says so."""
    return CARRY_HEADER in request.headers


def check_framing(request: web.BaseRequest) -> None:
    """Refuse what can be read in two ways, before anybody is looked up."""
    headers = request.headers
    if hdrs.CONTENT_ENCODING in headers:
        raise Refused(Fault.ENCODED)
    if hdrs.TRANSFER_ENCODING in headers or hdrs.UPGRADE in headers:
        raise Refused(Fault.MALFORMED)
    if len(headers.getall(hdrs.HOST, [])) > 1 or not request.raw_path.startswith("/"):
        raise Refused(Fault.MALFORMED)
    if not _PATH.fullmatch(request.raw_path):
        raise Refused(Fault.UNKNOWN)


async def read_body(request: web.BaseRequest, limit: int, bodies: Bodies, lane: Lane) -> bytes:
    """The whole body: as long as it says, no longer than ``limit``, while its lane has room."""
    said = request.headers.get(hdrs.CONTENT_LENGTH, "0")
    if not _LENGTH.fullmatch(said):
        raise Refused(Fault.MALFORMED)
    length = int(said)
    if length > limit:
        raise Refused(Fault.TOO_LARGE)
    if length == 0:
        return b""
    content = request.content
    if content.is_eof():
        return content.read_nowait()
    seconds = limits.PATIENCE + length // limits.SLOWEST
    body = None
    try:
        async with asyncio.timeout(seconds) as patience:
            with bodies.room(lane, length, patience) as body:
                return await content.readexactly(length)
    except (OSError, asyncio.IncompleteReadError, web.RequestPayloadError):
        # too slow (TimeoutError is an OSError), or gone, or cut; or it had to make room
        given_up = body is not None and body.given_up
        raise Refused(Fault.BUSY if given_up else Fault.MALFORMED) from None
