"""The aiohttp application: routes, one middleware, and the ways in which aiohttp itself answers.

Everything that goes out is an ``Answer``. aiohttp makes answers of its own for a path it does not
know, for a request it cannot parse, for an ``Expect`` it does not like; they are replaced here, in
:class:`Connection`, because they name the library and, when logged, quote the request.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

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
    read_body,
)
from dropbox.api.gate import Entry
from dropbox.api.routes import ROUTES, Route
from dropbox.api.turns import Turns
from dropbox.limits import Lane
from dropbox.store.jobs import Caller
from dropbox.store.refused import Refused
from dropbox.wire import KEEP_HEADER, Fault
from dropbox.words import REQUEST_FAILED, say


class Traffic:
    """The connections of this worker, and the requests under way on them.

    There are at most ``most`` connections: one more, and the one that has been silent the longest
    is closed, so that connections nobody uses cannot keep anybody out.
    """

    def __init__(self, most: int = limits.CONNECTIONS) -> None:
        self.ending = False
        self._most = most
        self._silent: OrderedDict[Connection, None] = OrderedDict()
        self._under_way: set[Connection] = set()
        self._quiet = asyncio.Event()

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self._silent) + len(self._under_way)

    def opened(self, connection: "Connection") -> None:
        """A connection is there, and has said nothing yet."""
        self._silent[connection] = None
        if self.connections > self._most:
            oldest = next(iter(self._silent))
            self.closed(oldest)
            oldest.force_close()

    def closed(self, connection: "Connection") -> None:
        """A connection is gone. May be said twice."""
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
            if connection in self._under_way:
                self._silent[connection] = None
            self._end(connection)

    def _end(self, connection: "Connection") -> None:
        self._under_way.discard(connection)
        if self.ending and not self._under_way:
            self._quiet.set()

    async def end(self, seconds: float) -> None:
        """Keep no connection any more, and wait until nothing is under way, for so long.

        aiohttp's own way to end drops what still comes in of a body and then waits for it.
        """
        self.ending = True
        if self._under_way:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._quiet.wait(), seconds)


def build_app(service: Service, traffic: Traffic) -> web.Application:
    """The application with its routes."""
    turns = Turns()
    app = web.Application(middlewares=[outermost(traffic, turns)])
    for route in ROUTES:
        app.router.add_route(route.method, route.path, endpoint(service, route, turns))
    return app


def endpoint(service: Service, route: Route, turns: Turns) -> Handler:
    """The aiohttp handler of a route.

    (1) who asks (2) its turn (3) whether they may (4) how they come in (5) the body (6) do it.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        lane = Lane.STRANGER
        asker: Caller | None = None
        try:
            if route.callers:
                asker = find_caller(request, service)  # (1)
            known = asker is not None and service.gate.is_remembered(asker)
            lane = Lane.KNOWN if known else route.lane
        finally:
            await turns.take(lane)  # (2)
        if asker is not None and asker.role not in route.callers:
            raise Refused(Fault.REFUSED)  # (3)
        call = Call(service, dict(request.match_info), b"", asker, find_work(request), Entry(lane))
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


class Connection(web.RequestHandler):
    """aiohttp's side of a connection; here it never logs and never answers in its own words."""

    __slots__ = ("traffic",)

    def __init__(self, server: web.Server, traffic: Traffic) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            auto_decompress=False,
            keepalive_timeout=limits.IDLE_SECONDS,
            lingering_time=limits.LINGER_SECONDS,
            read_bufsize=limits.READ_BUFFER,
        )
        self.traffic = traffic

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A new connection: counted."""
        super().connection_made(transport)
        self.traffic.opened(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        """It is gone."""
        self.traffic.closed(self)
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What could not be parsed, or failed outside of the middleware. Nothing is kept of it."""
        if request.writer.output_size > 0:
            raise ConnectionError
        answer = refusal(Fault.MALFORMED if status < 500 else Fault.FAILED)
        answer.force_close()
        return answer

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send an answer of ours, and close unless one of our programs asked to keep it open."""
        if not isinstance(resp, Answer):
            resp = refusal(Fault.MALFORMED)
            resp.force_close()
        headers = request.headers
        kept = headers.get(KEEP_HEADER) == "1" and hdrs.UPGRADE not in headers
        if self.traffic.ending or not kept:
            resp.force_close()
        return await super().finish_response(request, resp, start_time)

    def log_access(
        self, request: web.BaseRequest, response: web.StreamResponse, request_start: float | None
    ) -> None:
        """There is no access log."""

    def log_debug(self, *args: object, **kw: object) -> None:
        """Nothing is logged for a request, at any level."""

    def log_exception(self, *args: object, **kw: object) -> None:
        """What aiohttp would say here quotes the request."""
