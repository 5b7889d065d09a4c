"""The real transport: HTTP through aiohttp, directly or through a SOCKS5 proxy such as Tor.

It says as little as HTTP allows: no User-Agent, no cookies, no Accept headers but the one that asks
for no compression. It follows no redirect, decompresses nothing, asks no resolver for a name that
goes through the proxy, and takes no proxy or password from its environment.
"""

import io
import re
import secrets
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError
from yarl import URL

from dropbox.client.errors import (
    AnswerTooLong,
    BadProxy,
    Lost,
    NotReached,
    NotTrusted,
    ProxyFailed,
    Redirected,
    WrongAnswer,
)
from dropbox.client.origins import Origin
from dropbox.client.transport import Answer, Loaded
from dropbox.wire import KEEP_HEADER, LONGEST_WAIT, WAIT_HEADER

_SILENT: Final = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_READ: Final = 64 * 1024
_NO_CONTENT: Final = 204
_REDIRECTS: Final = range(300, 400)
_SECONDS: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_ISOLATION_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. ``total`` bounds a server that sends one byte now and then."""

    connect: float = 60
    silence: float = 60
    total: float = 600


@dataclass(frozen=True, slots=True)
class Proxy:
    """A SOCKS5 proxy that resolves names itself."""

    host: str
    port: int


_SOCKS: Final = {"socks5h", "socks5"}
"""Two ways to write one thing. Some programs resolve names themselves with the second."""


def read_proxy(address: str) -> Proxy:
    """The proxy of ``socks5h://host:port``, or of ``socks5://host:port``, which is the same here.

    Names are always resolved by the proxy: else this machine's network would learn the server's.
    Raises ``BadProxy`` for any other form.
    """
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        raise BadProxy from None
    extra = parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in _SOCKS or not parts.hostname or port is None or extra:
        raise BadProxy
    return Proxy(parts.hostname, port)


class HttpTransport:
    """A :class:`~dropbox.client.transport.Transport` to one origin.

    Through Tor, each transport has its own circuits: it brings its own random SOCKS credentials,
    which Tor isolates streams by. Use one transport per mailbox, never for two.
    """

    def __init__(
        self,
        origin: Origin,
        proxy: Proxy | None = None,
        *,
        timeouts: Timeouts = Timeouts(),
        connections: int = 8,
    ) -> None:
        self._origin = origin
        self._proxy = proxy
        self._timeouts = timeouts
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes, limit: int
    ) -> Answer:
        """See :class:`~dropbox.client.transport.Transport`."""
        own = {"Accept-Encoding": "identity", KEEP_HEADER: "1", **headers}
        async with self._exchange(method, path, own, body) as response:
            return await _read(response, limit)

    async def load(self, path: str, headers: Mapping[str, str], limit: int) -> Loaded:
        """Ask for ``path`` as a browser would that sends ``headers`` and nothing else.

        What comes is given as it came, compressed or not. Raises as :meth:`request`; ``Redirected``
        for an answer that leads elsewhere, ``AnswerTooLong`` for more than ``limit`` bytes.
        """
        async with self._exchange("GET", path, headers, b"") as response:
            if response.status in _REDIRECTS:
                raise Redirected
            body = await _read_at_most(response, limit)
            fields = tuple((name.lower(), value) for name, value in response.headers.items())
            return Loaded(response.status, fields, body)

    @asynccontextmanager
    async def _exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One request, and an answer that nothing was read of yet."""
        if self._session is None:
            self._session = self._open()
        try:
            async with self._session.request(
                method,
                URL(f"{self._origin}{path}", encoded=True),
                headers=headers,
                data=io.BytesIO(body) if body else None,  # written in pieces, again from its start
                allow_redirects=False,
            ) as response:
                yield response
        except (aiohttp.ClientSSLError, ssl.SSLError):
            raise NotTrusted from None
        except (ProxyError, ProxyConnectionError, ProxyTimeoutError):
            raise ProxyFailed from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise NotReached from None
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, OSError, EOFError):
            raise Lost from None
        except (aiohttp.ClientError, ValueError):  # not HTTP, or headers no server of ours sends
            raise WrongAnswer from None

    async def close(self) -> None:
        """See :class:`~dropbox.client.transport.Transport`."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=self._connector(),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_SILENT,
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(
                total=self._timeouts.total,
                connect=self._timeouts.connect,
                sock_connect=self._timeouts.connect,
                sock_read=self._timeouts.silence,
            ),
        )

    def _connector(self) -> aiohttp.BaseConnector:
        if self._proxy is None:
            return aiohttp.TCPConnector(limit=self._connections)
        return ProxyConnector(
            self._proxy.host,
            self._proxy.port,
            username=secrets.token_hex(_ISOLATION_BYTES),
            password=secrets.token_hex(_ISOLATION_BYTES),
            rdns=True,
            limit=self._connections,
        )


async def _read(response: aiohttp.ClientResponse, limit: int) -> Answer:
    """The answer, read to its announced end. Every right one announces it."""
    if response.status in _REDIRECTS:
        raise Redirected
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise WrongAnswer
    if response.status == _NO_CONTENT:
        return Answer(response.status, b"")
    if response.content_length is None:
        raise WrongAnswer
    if response.content_length > limit:
        raise AnswerTooLong
    return Answer(response.status, await _read_at_most(response, limit), _wait(response))


async def _read_at_most(response: aiohttp.ClientResponse, limit: int) -> bytes:
    chunks, length = [], 0
    async for chunk in response.content.iter_chunked(_READ):
        chunks.append(chunk)
        length += len(chunk)
        if length > limit:
            raise AnswerTooLong
    return b"".join(chunks)


def _wait(response: aiohttp.ClientResponse) -> int:
    """The seconds after which to ask again; 0 for anything but a number of them."""
    said = response.headers.get(WAIT_HEADER, "")
    return min(int(said), LONGEST_WAIT) if _SECONDS.fullmatch(said) else 0
