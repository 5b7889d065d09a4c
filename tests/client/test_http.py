"""The real transport against hostile servers, proxies and networks. All on loopback."""

import asyncio
import gzip
import json
import logging
import secrets
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.errors import ProtocolError
from dropbox.client.directory import fetch
from dropbox.client.errors import (
    AnswerTooLong,
    Away,
    ClientError,
    Lost,
    Nonsense,
    NotReached,
    NotTrusted,
    ProxyFailed,
    Redirected,
    WrongAnswer,
)
from dropbox.client.http import HttpTransport, Proxy, Timeouts
from dropbox.client.origins import read_origin
from dropbox.client.retry import NO_PATIENCE
from dropbox.client.service import Caller, Service
from dropbox.client.transport import Answer
from dropbox.wire import FAULTS, Challenge, Fault, Refusal, Role, Session
from tests.client.team import Team
from tests.client.wires import Heard, Hostile, Socks5, http

QUICK = Timeouts(connect=2, silence=0.5, total=1)
LIMIT = 1000


@asynccontextmanager
async def speaking(
    url: str, proxy: Proxy | None = None, timeouts: Timeouts = QUICK
) -> AsyncIterator[HttpTransport]:
    transport = HttpTransport(read_origin(url), proxy, timeouts=timeouts)
    try:
        yield transport
    finally:
        await transport.close()


async def get(transport: HttpTransport, path: str = "/api/directory", limit: int = LIMIT) -> Answer:
    return await transport.request("GET", path, headers={}, body=b"", limit=limit)


def saying(data: bytes, close: bool = True) -> Callable[[Heard, socket.socket], None]:
    def say(_: Heard, connection: socket.socket) -> None:
        connection.sendall(data)
        if close:
            connection.shutdown(socket.SHUT_WR)

    return say


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    with Hostile(saying(http(200, b"ok"), close=False)) as server:
        yield server


async def test_what_a_request_says(hostile: Hostile) -> None:
    async with speaking(hostile.url) as transport:
        await transport.request("POST", "/api/a%2Fb", headers={"X": "y"}, body=b"abc", limit=9)
        await get(transport)
    names = {line.split(b":")[0].lower() for line in hostile.heard[0].head.split(b"\r\n")[1:]}
    assert names == {b"host", b"accept-encoding", b"dropbox-keep", b"x", b"content-length"}
    assert hostile.heard[0].head.startswith(b"POST /api/a%2Fb HTTP/1.1\r\n")
    assert b"identity" in hostile.heard[0].head
    names = {line.split(b":")[0].lower() for line in hostile.heard[1].head.split(b"\r\n")[1:]}
    assert names == {b"host", b"accept-encoding", b"dropbox-keep"}
    assert hostile.accepted == 1, "the connection is kept"


async def test_a_large_body_is_whole_on_a_connection_that_had_gone_stale(hostile: Hostile) -> None:
    def say(_: Heard, connection: socket.socket) -> None:
        connection.sendall(http(204, b""))
        connection.shutdown(socket.SHUT_RDWR)  # and does not say so

    hostile.say = say
    body = secrets.token_bytes(2_000_000)
    async with speaking(hostile.url) as transport:
        for _ in range(2):
            await asyncio.sleep(0.05)
            with suppress(Lost):
                await transport.request("PUT", "/api/files/a/0", headers={}, body=body, limit=LIMIT)
    assert all(heard.body == body for heard in hostile.heard)
    assert hostile.heard


async def test_no_cookie_comes_back(hostile: Hostile) -> None:
    hostile.say = saying(http(200, b"ok", b"Set-Cookie: a=b; Path=/"), close=False)
    async with speaking(hostile.url) as transport:
        await get(transport)
        await get(transport)
    assert all(b"cookie" not in heard.head.lower() for heard in hostile.heard)


async def test_the_environment_names_no_proxy(
    hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with speaking(hostile.url) as transport:
        assert (await get(transport)).body == b"ok"


# -- a hundred kinds of garbage -----------------------------------------------------------------

REFUSED: list[tuple[str, bytes, type[ClientError]]] = [
    ("nothing", b"", Lost),
    ("half a line", b"HTTP/1.1 2", Lost),
    ("no headers' end", b"HTTP/1.1 200 OK\r\nContent-Le", Lost),
    ("cut body", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Lost),
    ("cut chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", Nonsense),
    ("no length", b"HTTP/1.1 200 OK\r\n\r\nabc", Nonsense),
    (
        "chunked",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        Nonsense,
    ),
    (
        "announced too long",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        AnswerTooLong,
    ),
    ("one byte too long", http(200, b"a" * (LIMIT + 1)), AnswerTooLong),
    (
        "two lengths",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        Nonsense,
    ),
    ("negative length", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", Nonsense),
    ("length in words", b"HTTP/1.1 200 OK\r\nContent-Length: one\r\n\r\na", Nonsense),
    ("not HTTP", b"SSH-2.0-OpenSSH_9.2\r\n\r\n", Nonsense),
    ("TLS", b"\x15\x03\x01\x00\x02\x02\x46", (Nonsense, Lost)),  # type: ignore[list-item]
    ("zeros", bytes(5000), Nonsense),
    ("status 0", http(0, b""), Nonsense),
    ("status 99999", b"HTTP/1.1 99999 X\r\nContent-Length: 0\r\n\r\n", Nonsense),
    ("status in words", b"HTTP/1.1 fine X\r\nContent-Length: 0\r\n\r\n", Nonsense),
    ("HTTP/9", b"HTTP/9.9 200 OK\r\nContent-Length: 1\r\n\r\na", Nonsense),
    ("compressed", http(200, gzip.compress(b"a"), b"Content-Encoding: gzip"), Nonsense),
    ("unknown encoding", http(200, b"a", b"Content-Encoding: x"), Nonsense),
    ("huge header", http(200, b"a", b"X: " + b"a" * 100_000), Nonsense),
    ("many headers", http(200, b"a", *(b"X%d: y" % n for n in range(100_000))), (Nonsense, Lost)),  # type: ignore[list-item]
    ("NUL in a header", http(200, b"a", b"X: \x00"), Nonsense),
    ("bare line feed", b"HTTP/1.1 200 OK\nContent-Length 1\n\na", Nonsense),
    *(
        (f"redirect {status}", http(status, b"", b"Location: http://127.0.0.1:1/"), Redirected)
        for status in (300, 301, 302, 303, 307, 308, 399)
    ),
    ("redirect loop", http(302, b"", b"Location: /api/directory"), Redirected),
    (
        "switching protocols",
        b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        (Nonsense, Lost),
    ),  # type: ignore[list-item]
]


@pytest.mark.parametrize(
    ("data", "error"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
async def test_an_answer_that_is_not_one(
    hostile: Hostile, data: bytes, error: type[ClientError]
) -> None:
    hostile.say = saying(data)
    async with speaking(hostile.url) as transport:
        with pytest.raises(error):
            await get(transport)
    assert len(hostile.heard) <= 2, "no redirect is followed; a kept connection is tried once more"


_EMPTY = (200, 201, 202, 400, 401, 404, 409, 500, 502, 599)
_PAGE = b"<html>Log in to the wifi</html>"
SERVICE_ANSWERS: list[tuple[str, bytes]] = [
    *((f"empty {status}", http(status, b"")) for status in _EMPTY),
    *((f"portal {status}", http(status, _PAGE)) for status in (200, 203, 403, 511)),
    *(
        (f"json {number}", http(200, json.dumps(value).encode()))
        for number, value in enumerate(
            [None, True, 0, "", [], {}, {"challenge": 1}, {"challenge": None}, {"challenge": ["a"]},
             {"challenge": "x" * 2000}, {"challenge": "a", "more": 1}, {"Challenge": "a"}]
        )
    ),
    ("spaces", http(200, b'{"challenge": "a"}')),
    ("twice", http(200, b'{"challenge":"a","challenge":"b"}')),
    ("BOM", http(200, b'\xef\xbb\xbf{"challenge":"a"}')),
    ("not UTF-8", http(200, b'{"challenge":"\xff"}')),
    ("lone surrogate", http(200, b'{"challenge":"\\ud800"}')),
    ("deep", http(200, b"[" * 60_000)),
    ("NaN", http(200, b'{"challenge":NaN}')),
    ("long number", http(200, b'{"challenge":' + b"9" * 60_000 + b"}")),
    ("binary", http(200, secrets.token_bytes(500))),
    ("other fault's status", http(500, Refusal(Fault.FULL, FAULTS[Fault.FULL][1]).to_bytes())),
    ("unknown fault", http(400, b'{"fault":"surprise","sentence":"a"}')),
    ("fault with 200", http(200, Refusal(Fault.FULL, "a").to_bytes())),
    ("no content", http(204, b"")),
]  # fmt: skip


@pytest.mark.parametrize(
    "data", [row[1] for row in SERVICE_ANSWERS], ids=[r[0] for r in SERVICE_ANSWERS]
)
async def test_a_challenge_that_is_none(hostile: Hostile, data: bytes) -> None:
    hostile.say = saying(data)
    team = Team()
    async with speaking(hostile.url) as transport:
        service = Service(
            transport, hostile.url, Caller(team.analyst.keys, team.service), patience=NO_PATIENCE
        )
        with pytest.raises(WrongAnswer):
            await service.mailbox()
    assert len(hostile.heard) == 1


@pytest.mark.parametrize(
    "token", ["", "a\r\nX: y", "a\nb", "a b", "é", "a\x00", "\u202e", '"', "<b>"]
)
async def test_a_session_token_never_makes_a_header(hostile: Hostile, token: str) -> None:
    def say(heard: Heard, connection: socket.socket) -> None:
        answer = (
            Challenge("c") if heard.path.endswith("challenge") else Session(token, Role.MAILBOX)
        )
        connection.sendall(http(200, answer.to_bytes()))

    hostile.say = say
    team = Team()
    async with speaking(hostile.url) as transport:
        service = Service(
            transport, hostile.url, Caller(team.analyst.keys, team.service), patience=NO_PATIENCE
        )
        with pytest.raises(WrongAnswer):
            await service.mailbox()
    assert len(hostile.heard) == 2


async def test_an_endless_body_is_cut_off(hostile: Hostile) -> None:
    def say(_: Heard, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            connection.sendall(bytes(100_000))

    hostile.say = say
    async with speaking(hostile.url) as transport:
        with suppress(ClientError):
            assert len((await get(transport)).body) == LIMIT


@pytest.mark.parametrize("where", ["headers", "body", "before anything", "100 continue"])
async def test_a_slow_drip_ends_in_time(hostile: Hostile, where: str) -> None:
    def say(_: Heard, connection: socket.socket) -> None:
        start = {
            "headers": b"HTTP/1.1 200 OK\r\nX: ",
            "body": b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n",
            "before anything": b"",
            "100 continue": b"",
        }[where]
        drop = b"HTTP/1.1 100 Continue\r\n\r\n" if where == "100 continue" else b"a"
        connection.sendall(start)
        while True:
            time.sleep(0.05)
            connection.sendall(drop if where != "before anything" else b"")

    hostile.say = say
    async with speaking(hostile.url) as transport:
        with pytest.raises(Away):
            async with asyncio.timeout(60):
                await get(transport)


async def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with speaking(f"http://127.0.0.1:{port}") as transport:
        with pytest.raises(NotReached):
            await get(transport)


async def test_a_name_nobody_knows() -> None:
    async with speaking("https://no-such-name.invalid") as transport:
        with pytest.raises(NotReached):
            await get(transport)


async def test_a_server_without_a_valid_certificate(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with server, speaking(f"https://127.0.0.1:{port}") as transport:
        with pytest.raises(NotTrusted):
            await get(transport)


async def test_tls_asked_of_a_server_without_it(hostile: Hostile) -> None:
    async with speaking(hostile.url.replace("http:", "https:")) as transport:
        with pytest.raises(ClientError):
            await get(transport)
    assert hostile.heard == [], "nothing is said in plain"


def test_nothing_is_logged(hostile: Hostile, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def run() -> None:
        async with speaking(hostile.url) as transport:
            for data in (http(200, b"a", b"Set-Cookie: \x01=2; a b=c"), b"nonsense\r\n\r\n"):
                hostile.say = saying(data)
                with suppress(ClientError):
                    await get(transport)

    asyncio.run(run())
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


# -- through a proxy ----------------------------------------------------------------------------

ONION = f"http://{'a' * 56}.onion"


async def test_the_proxy_resolves_the_name(
    hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    resolve = socket.getaddrinfo

    def listen(host: object, *rest: object, **more: object) -> object:
        asked.append(host)
        return resolve(host, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", listen)
    with Socks5(hostile.port) as socks:
        transport = HttpTransport(
            read_origin(ONION, through_proxy=True), Proxy("127.0.0.1", socks.port), timeouts=QUICK
        )
        try:
            assert (await get(transport)).body == b"ok"
        finally:
            await transport.close()
    assert not any("onion" in str(host) for host in asked)
    [dialled] = socks.dialled
    assert (dialled.host, dialled.port, dialled.by_name) == (f"{'a' * 56}.onion", 80, True)
    assert b"Host: " + b"a" * 56 + b".onion\r\n" in hostile.heard[0].head + b"\r\n"


async def test_two_mailboxes_never_share_a_circuit(hostile: Hostile) -> None:
    with Socks5(hostile.port) as socks:
        for _ in range(2):
            async with speaking(hostile.url, Proxy("127.0.0.1", socks.port)) as transport:
                await get(transport)
    assert len({dialled.user for dialled in socks.dialled}) == 2
    assert all(len(dialled.user) == 32 for dialled in socks.dialled)


@pytest.mark.parametrize("code", [1, 4, 5, 6])
async def test_a_proxy_that_cannot_reach_the_server(hostile: Hostile, code: int) -> None:
    with Socks5(hostile.port) as socks:
        socks.refuse = code
        async with speaking(hostile.url, Proxy("127.0.0.1", socks.port)) as transport:
            with pytest.raises(ProxyFailed):
                await get(transport)


async def test_no_proxy_there(hostile: Hostile) -> None:
    async with speaking(hostile.url, Proxy("127.0.0.1", 1)) as transport:
        with pytest.raises(ProxyFailed):
            await get(transport)
    assert hostile.heard == [], "never around the proxy"


@pytest.mark.parametrize(
    "said", [b"", b"\x05", b"\x04\x00", b"\x05\xff", b"HTTP/1.1 400 X\r\n\r\n"]
)
async def test_a_proxy_that_is_none(hostile: Hostile, said: bytes) -> None:
    class Fake(Socks5):
        def handle(self, connection: socket.socket) -> None:
            connection.recv(100)
            connection.sendall(said)

    with Fake(hostile.port) as socks:
        async with speaking(hostile.url, Proxy("127.0.0.1", socks.port)) as transport:
            with pytest.raises(Away):
                await get(transport)
    assert hostile.heard == []


async def test_the_directory_of_a_hostile_server_is_refused(hostile: Hostile) -> None:
    for size in (0, 1, 63, 64, 65, 5000):
        hostile.say = saying(http(200, secrets.token_bytes(size)), close=False)
        async with speaking(hostile.url) as transport:
            with pytest.raises((ProtocolError, ClientError)):
                await fetch(
                    Service(transport, hostile.url, patience=NO_PATIENCE), bytes(20), hostile.url
                )


def self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "cert.pem", folder / "key.pem"
