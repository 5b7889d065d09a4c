"""What the networked machine does: ask what a bundle asks, and write down what was answered.

It has no vault and keeps nothing. Carrying the same bundle again delivers nothing twice, since
every delivery has an id of its own, and asks everything anew.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from crypto.constants import GIB
from crypto.primitives import RandomBytes
from dropbox.client.directory import fetch
from dropbox.client.errors import ClientError, Nonsense, Refused
from dropbox.client.paging import following
from dropbox.client.retry import Patience, Tell
from dropbox.client.service import Service
from dropbox.client.transport import Transport
from dropbox.wire import Fault, Role
from inbox_ui.bundles import (
    Answered,
    Asked,
    Cover,
    Method,
    Reply,
    Request,
    Way,
    Writing,
    read_asked,
    reading,
    writing,
)
from inbox_ui.courier import CourierPass
from inbox_ui.errors import ForeignBundle
from inbox_ui.line import PATIENCE

MOST: Final = 2 * GIB
"""Bytes of answers in one bundle: a stick's file system may hold no longer file than 4 GiB."""


@dataclass
class Trip:
    """What came of carrying. ``refused`` and ``unanswered`` are requests of the bundle.

    ``stopped``: why not everything was asked; what is in the bundle is good all the same.
    """

    delivered: int = 0
    answered: int = 0
    refused: int = 0
    unanswered: int = 0
    stopped: ClientError | None = None
    full: bool = False


@dataclass(frozen=True)
class Road:
    """The way to the server, for a courier."""

    transport: Transport
    origin: str
    tell: Tell
    patience: Patience = PATIENCE


def read_out(courier_pass: CourierPass, path: Path) -> tuple[Cover, bytes, list[Asked]]:
    """The cover, hash and requests of a bundle that the pass's workstation wrote.

    Raises as :func:`~inbox_ui.bundles.reading`.
    """
    station = courier_pass.station_card
    with reading(path, courier_pass.side.keys, station, courier_pass.service) as found:
        ours = (Way.OUT, courier_pass.service, courier_pass.analyst, courier_pass.number)
        asked = read_asked(found, path)
        cover = found.cover
        if (cover.way, cover.service, cover.analyst, cover.courier) != ours:
            raise ForeignBundle(path)
        return cover, found.digest, asked


async def carry(
    courier_pass: CourierPass,
    road: Road,
    source: Path,
    goal: Path,
    random_bytes: RandomBytes,
    *,
    replacing: bool = False,
    most: int = MOST,
) -> Trip:
    """Deliver and ask what is in ``source``, and write the answers to ``goal``.

    Deliveries first, in their order, then what is fetched, page by page. Where the line breaks, the
    bundle holds what came until then. Raises the errors of :func:`read_out`, of a directory that is
    not the pass's team's, ``AlreadyThere`` unless it is ``replacing`` a file, ``CannotWrite``,
    ``NoSpace``, or ``ClientError`` where nothing could be asked.
    """
    cover, digest, asked = read_out(courier_pass, source)
    back = Cover(
        Way.IN, cover.service, cover.analyst, cover.courier, cover.counter, digest, road.origin
    )
    ends = (courier_pass.side.keys, courier_pass.station_card)
    async with _sessions(courier_pass, road) as service_of:
        service = service_of(Role.ANALYST)
        await fetch(service, courier_pass.service, road.origin)
        await service.log_in()
        with writing(goal, ends, back, random_bytes, replace=replacing) as written:
            trip = await _Carrier(service_of, written, most).go(asked)
            written.seal()
    return trip


@asynccontextmanager
async def _sessions(
    courier_pass: CourierPass, road: Road
) -> AsyncIterator[Callable[[Role], Service]]:
    """A session for each role, opened when it is first needed, ended afterwards."""
    opened: dict[Role, Service] = {}

    def service_of(role: Role) -> Service:
        if role is Role.PUBLISHER and courier_pass.publisher is None:
            raise Refused(Fault.REFUSED)  # the pass is older than the right to publish
        if role not in opened:
            caller = courier_pass.logs_in(role)
            opened[role] = Service(
                road.transport, road.origin, caller, patience=road.patience, tell=road.tell
            )
        return opened[role]

    try:
        yield service_of
    finally:
        for each in opened.values():
            await each.log_out()


class _Carrier:
    """One trip."""

    def __init__(self, service_of: Callable[[Role], Service], written: Writing, most: int) -> None:
        self._service_of = service_of
        self._written = written
        self._most = most
        self._done: set[bytes] = set()
        self._trip = Trip()

    async def go(self, asked: list[Asked]) -> Trip:
        """Ask all of it, as far as the line holds."""
        trip = self._trip
        for each in asked:
            if self._written.length >= self._most:
                trip.full = True
                break
            try:
                await self._follow(each)
            except (Refused, Nonsense):
                trip.unanswered += 1
            except ClientError as error:
                trip.stopped = error
                break
        return trip

    async def _follow(self, asked: Asked) -> None:
        """Ask this, and the pages that follow it."""
        following_one: Asked | None = asked
        while following_one is not None and following_one.key not in self._done:
            if self._written.length >= self._most:
                self._trip.full = True
                return
            following_one = await self._ask(following_one)

    async def _ask(self, asked: Asked) -> Asked | None:
        """Ask this, and write the answer down; what is asked behind it."""
        request = asked.request
        service = self._service_of(request.role)
        answer = await service.relay(request.method.value, request.path, asked.body)
        ok = answer.status < 300
        behind = following(request.path, answer.body) if ok and _is_fetch(request) else None
        self._written.add(Answered(Reply(asked.key, request.path, answer.status), answer.body))
        self._done.add(asked.key)
        self._count(request, ok)
        if behind is None:
            return None
        return Asked(replace(request, path=behind), asked.body)

    def _count(self, request: Request, ok: bool) -> None:
        trip = self._trip
        if _is_fetch(request):
            trip.answered += 1
        elif ok:
            trip.delivered += 1
        else:
            trip.refused += 1


def _is_fetch(request: Request) -> bool:
    return request.method is Method.GET
