"""The line from this process to a worker: the client's transport over one socket that is there.

It has no name, so nobody else can connect to it (``dropbox.processes.handing``).
"""

import asyncio
import socket
from typing import Any, Final

import aiohttp
from aiohttp.client_proto import ResponseHandler

from dropbox import limits
from dropbox.client.http import HttpTransport, Timeouts
from dropbox.client.origins import Origin

_WORKER: Final = Origin("http", "localhost", 80)
"""Only for the form of a URL: the worker reads no ``Host``."""


class LineTransport(HttpTransport):
    """Requests to the worker at the other end of ``line``, one after another."""

    def __init__(self, line: socket.socket) -> None:
        seconds = float(limits.SEALER_SECONDS)
        super().__init__(_WORKER, timeouts=Timeouts(silence=seconds, total=seconds), connections=1)
        self._line = line

    def _connector(self) -> aiohttp.BaseConnector:
        return _LineConnector(self._line, keepalive_timeout=float(limits.SEALER_SECONDS), limit=1)


class _LineConnector(aiohttp.BaseConnector):
    """Connects once: to the socket that it was given."""

    def __init__(self, line: socket.socket, **options: Any) -> None:
        super().__init__(**options)
        self._line: socket.socket | None = line

    async def _create_connection(self, *_: Any) -> ResponseHandler:
        line, self._line = self._line, None
        if line is None:
            raise ConnectionError  # the worker is gone, and this process ends with it
        loop = asyncio.get_running_loop()
        made = await loop.create_connection(lambda: ResponseHandler(loop), sock=line)
        return made[1]
