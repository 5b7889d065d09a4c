"""aiohttp's side of a connection. It is closed unread if it is another user's, it never logs, and
never answers in aiohttp's own words, which name the library and quote the request."""

import asyncio
from typing import cast

from aiohttp import web

from inbox_ui.pages.headers import TEXT, Response
from inbox_ui.pages.peer import is_ours
from inbox_ui.pages.words import NO_REQUEST


class Connection(web.RequestHandler):
    """A connection of a browser."""

    __slots__ = ()

    def __init__(self, server: web.Server) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), auto_decompress=False)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """(0) of the gate. Nothing is read of what another user of this machine sends."""
        peer, own = (transport.get_extra_info(each) for each in ("peername", "sockname"))
        if peer and own and is_ours(peer, own):
            super().connection_made(transport)
        else:
            self.force_close()
            cast(asyncio.Transport, transport).abort()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What could not be parsed. Nothing is kept of it."""
        if request.writer.output_size > 0:
            raise ConnectionError
        return _refuse()

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send an answer of ours in the place of any other."""
        ours = resp if isinstance(resp, Response) else _refuse()
        return await super().finish_response(request, ours, start_time)

    def log_access(
        self, request: web.BaseRequest, response: web.StreamResponse, request_start: float | None
    ) -> None:
        """There is no access log."""

    def log_debug(self, *args: object, **kw: object) -> None:
        """Nothing is logged for a request, at any level."""

    def log_exception(self, *args: object, **kw: object) -> None:
        """What aiohttp would say here quotes the request."""


def _refuse() -> Response:
    response = Response(400, NO_REQUEST.encode(), TEXT)
    response.force_close()
    return response
