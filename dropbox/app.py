"""The aiohttp application of a worker: routes, one middleware, and the connections it has."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from dropbox import limits
from dropbox.api.answers import Answer, refusal
from dropbox.api.call import (
    Call,
    Service,
    check_framing,
    find_caller,
    find_work,
    is_carried,
    read_body,
)
from dropbox.api.gate import Entry
from dropbox.api.routes import ROUTES, Route
from dropbox.api.turns import Turns
from dropbox.connection import QuietConnection
from dropbox.limits import Lane
from dropbox.store.jobs import Caller
from dropbox.store.refused import Refused
from dropbox.window import Window
from dropbox.wire import KEEP_HEADER, Fault
from dropbox.words import REQUEST_FAILED, say

API: Final = "/api/"
"""Where our programs' interface begins."""


class Traffic:
    """The connections of this worker, and the requests under way on them.

    There are at most ``most`` connections: one more, and the one that has been silent the longest
    is closed, so that connections nobody uses cannot keep anybody out.
    """

    def __init__(self, most: int = limits.CONNECTIONS) -> None:
        self.ending = False
        self.misled = asyncio.Event()
        """Set once this process has read what was not for it, and has to end soon."""
        self._most = most
        self._lines: set[Connection] = set()
        self._silent: OrderedDict[Connection, None] = OrderedDict()
        self._under_way: set[Connection] = set()
        self._quiet = asyncio.Event()

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self._silent) + len(self._under_way)

    def opened(self, connection: "Connection") -> None:
        """A connection is there, and has said nothing yet."""
        if connection.is_line:
            self._lines.add(connection)
            return
        self._silent[connection] = None
        if self.connections > self._most:
            oldest = next(iter(self._silent))
            self.closed(oldest)
            oldest.force_close()

    def closed(self, connection: "Connection") -> None:
        """A connection is gone. May be said twice."""
        self._lines.discard(connection)
        self._silent.pop(connection, None)
        self._end(connection)

    @contextmanager
    def request(self, connection: "Connection") -> Iterator[None]:
        """While a request is answered."""
        self._silent.pop(connection, None)
        self._under_way.add(connection)
        try:
            yield
        finally:
            if connection in self._under_way and not connection.is_line:
                self._silent[connection] = None
            self._end(connection)

    def _end(self, connection: "Connection") -> None:
        self._under_way.discard(connection)
        if self.ending and not self._under_way and not self._lines:
            self._quiet.set()

    async def end(self, seconds: float) -> None:
        """Keep no connection any more, and wait until nothing is under way, for so long.

        Whoever holds a line is at work until it is closed, whether it asks something now or not.
        aiohttp's own way to end drops what still comes in of a body and then waits for it.
        """
        self.ending = True
        if self._under_way or self._lines:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._quiet.wait(), seconds)


def build_app(service: Service, traffic: Traffic, window: Window) -> web.Application:
    """The application: our programs' interface, and files that are the same for everybody.

    There is no page without scripts in it: those are for processes that end (``dropbox.plain``).
    """
    turns = Turns()
    app = web.Application(middlewares=[outermost(traffic, turns)])
    for route in ROUTES:
        app.router.add_route(route.method, route.path, endpoint(service, route, turns))
    for method in ("GET", "HEAD"):
        app.router.add_route(method, "/{path:.*}", window.show)
    return app


def endpoint(service: Service, route: Route, turns: Turns) -> Handler:
    """The aiohttp handler of a route.

    (1) who asks (2) its turn (3) whether they may (4) how they come in (5) the body (6) do it.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        connection = request.protocol
        assert isinstance(connection, Connection)
        own_lane = Lane.PLAIN if connection.is_line else route.lane
        lane = Lane.STRANGER
        asker: Caller | None = None
        try:
            if route.callers:
                asker = find_caller(request, service)  # (1)
            known = asker is not None and service.gate.is_remembered(asker)
            lane = Lane.KNOWN if known else own_lane
        finally:
            await turns.take(lane)  # (2)
        if asker is not None and asker.role not in route.callers:
            raise Refused(Fault.REFUSED)  # (3)
        values, work = dict(request.match_info), find_work(request)
        call = Call(service, values, b"", asker, work, Entry(lane), is_carried(request))
        if route.first is not None:
            call = replace(call, entry=await route.first(call))  # (4)
        body = await read_body(request, route.limit, service.gate.bodies, call.entry.lane)  # (5)
        return await route.handler(replace(call, body=body))  # (6)

    return handle


def outermost(traffic: Traffic, turns: Turns) -> Middleware:
    """The middleware: whatever happens inside becomes an answer that says nothing about it."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        connection = request.protocol
        assert isinstance(connection, Connection)
        with traffic.request(connection):
            try:
                connection.check_place(request.raw_path)
                check_framing(request)
                return await handler(request)
            except Refused as refused:
                return refusal(refused.fault, refused.wait)
            except web.HTTPException:
                await turns.take(Lane.STRANGER)
                return refusal(Fault.UNKNOWN)  # no such path, or not with this method
            except Exception:  # noqa: BLE001 - the one place; it could hold what somebody sent
                say(REQUEST_FAILED)
                return refusal(Fault.FAILED)

    return middleware


class Connection(QuietConnection):
    """A connection of a worker: kept where one of our programs asks for it.

    ``is_line``: it leads to a process of ours that serves the lane without scripts.
    """

    __slots__ = ("_answered", "is_line", "traffic")

    def __init__(self, server: web.Server, traffic: Traffic, *, is_line: bool = False) -> None:
        super().__init__(server, limits.SEALER_SECONDS if is_line else limits.IDLE_SECONDS)
        self.traffic = traffic
        self.is_line = is_line
        self._answered = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A new connection: counted."""
        super().connection_made(transport)
        self.traffic.opened(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        """It is gone."""
        self.traffic.closed(self)
        super().connection_lost(exc)

    def check_place(self, path: str) -> None:
        """Refuse anything but our interface on a connection that was kept.

        Only its first request was looked at before it was read. What this one holds is now in the
        memory of a process that lives long: that has to end.
        """
        if self._answered and not path.startswith(API):
            self.traffic.misled.set()
            raise Refused(Fault.MISLED)

    def refuse(self, fault: Fault) -> Answer:
        """What could not be parsed, or failed outside of the middleware."""
        if self._answered:
            self.traffic.misled.set()
        return refusal(fault)

    def is_kept(self, request: web.BaseRequest) -> bool:
        """Whether one of our programs asked to keep it open."""
        self._answered = True
        headers = request.headers
        kept = headers.get(KEEP_HEADER) == "1" and hdrs.UPGRADE not in headers
        kept = kept and request.raw_path.startswith(API)
        if self._messages and not kept:
            self.traffic.misled.set()  # what came behind the request was read with it
        if self.is_line:
            return kept  # whoever is at work at its other end has no other one
        return kept and not self.traffic.ending
