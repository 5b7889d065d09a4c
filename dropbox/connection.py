"""aiohttp's side of a connection that never logs and never answers in aiohttp's own words.

aiohttp makes answers of its own for a request it cannot parse or an ``Expect`` it does not like.
They are replaced here, because they name the library and, when logged, quote the request.
Everything that goes out is an ``Answer``.
"""

import asyncio

from aiohttp import web

from dropbox import limits
from dropbox.api.answers import Answer
from dropbox.wire import Fault


class QuietConnection(web.RequestHandler):
    """A connection, closed after ``idle_seconds`` in which nothing is said.

    Subclasses say how to refuse, and whether it is kept after an answer.
    """

    __slots__ = ()

    def __init__(self, server: web.Server, idle_seconds: float) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            auto_decompress=False,
            keepalive_timeout=idle_seconds,
            lingering_time=limits.LINGER_SECONDS,
            read_bufsize=limits.READ_BUFFER,
        )

    def refuse(self, fault: Fault) -> Answer:
        """The answer to a request that no handler has seen."""
        raise NotImplementedError

    def is_kept(self, request: web.BaseRequest) -> bool:
        """Whether the connection stays open after the answer to this request."""
        raise NotImplementedError

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
        answer = self.refuse(Fault.MALFORMED if status < 500 else Fault.FAILED)
        answer.force_close()
        return answer

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send an answer of ours, and close unless the connection is kept."""
        if not isinstance(resp, Answer):
            resp = self.refuse(Fault.MALFORMED)
            resp.force_close()
        if not self.is_kept(request):
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
