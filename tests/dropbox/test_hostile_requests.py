"""The real server against requests made to cost it something (T47, T49, T50, T55 to T57).

The routes are those of the list: a new one that reads a body is attacked here by itself. After each
attack the same worker is alive, has said nothing, and holds about as much memory as before.
"""

import gzip
import re
import secrets
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import psutil
import pytest

from crypto.constants import MIB
from crypto.encoding import parse
from crypto.errors import Malformed
from dropbox import wire
from dropbox.api import openapi
from dropbox.api.call import _LENGTH, _PATH
from dropbox.api.routes import ROUTES, Route
from dropbox.wire import FAULTS, SESSION_HEADER, Fault, Role
from tests.dropbox.papers import WIRE_DOCUMENTS
from tests.dropbox.server import Server
from tests.dropbox.troubles import trouble_pages
from tests.dropbox.wiretap import Person, Wire, analyst, path_id, publisher, reporter, seal

MOST_GROWTH = 20 * MIB


def fixed(fault: Fault) -> bytes:
    return wire.Refusal(fault, FAULTS[fault][1]).to_bytes()


FIXED = {FAULTS[fault][0]: fixed(fault) for fault in Fault}


class Target:
    """A server with somebody of every role."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.people: dict[Role, Person] = {
            Role.MAILBOX: reporter(server.wire(), server.team).log_in(),
            Role.ANALYST: analyst(server.wire(), server.team).log_in(),
            Role.PUBLISHER: publisher(server.wire(), server.team).log_in(),
        }
        person, file = self.people[Role.MAILBOX], secrets.token_bytes(32)
        report = seal(person.address, (server.team.intake.keys.card.id,))
        assert person.submit(report).status == 200  # who is known never has to work first
        assert person.ask("POST", "/api/files", wire.FileStart(file, 2).to_bytes()).status == 204
        self.values = {"file": path_id(file), "part": "0", "from": "0", "after": "0"}
        self.values |= {"mark": "A" * 22, "mailbox": path_id(person.address)}

    def head(self, route: Route, *more: str) -> bytes:
        """A request's head, by somebody who may ask."""
        path = openapi.split_path(route.path)[0].format(**self.values)
        lines = [f"{route.method} {path} HTTP/1.1", "Host: x", *more]
        role = next((each for each in Role if each in route.callers), None)
        if role is not None:
            lines.append(f"{SESSION_HEADER}: {self.people[role].token}")
        return "\r\n".join([*lines, "", ""]).encode()

    def send(self, data: bytes) -> tuple[int, bytes]:
        """The status and the body of the one answer; (0, b"") where the connection just ends."""
        said = exchange(self.server, data)
        heads = re.findall(rb"HTTP/1\.[01] (\d{3}) ", said)
        assert len(heads) <= 1, said[:300]
        return (int(heads[0]) if heads else 0), said.partition(b"\r\n\r\n")[2]

    def resident(self) -> int:
        return int(psutil.Process(self.server.workers_now[-1]).memory_info().rss)


def exchange(server: Server, data: bytes) -> bytes:
    """The server's answer, also when it does not wait for all of ``data``, and what comes at once
    behind it."""
    where = urlsplit(server.url)
    said = b""
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=20) as sock:
        with suppress(OSError):
            sock.sendall(data)
        with suppress(OSError):
            while not is_whole(said) and (more := sock.recv(65536)):
                said += more
    return said


def is_whole(said: bytes) -> bool:
    head, end, body = said.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    return bool(end) and length is not None and len(body) >= int(length[1])


@pytest.fixture(scope="module")
def target(server: Server) -> Target:
    return Target(server)


@pytest.fixture(autouse=True)
def unharmed(target: Target) -> Iterator[None]:
    """The worker has not died, which would be said, answers, and has not grown.

    One that was made to read what is not for it has itself replaced, and says nothing.
    """
    before = target.resident()
    yield
    assert target.server.wire().ask("GET", "/api/directory").status == 200
    assert target.server.stderr.read_bytes() == b""
    assert target.resident() - before < MOST_GROWTH


def named(route: Route) -> str:
    return route.handler.__name__


READERS = [route for route in ROUTES if openapi.CONTRACTS[route.handler].takes is not None]
DOCUMENTS = [route for route in READERS if named(route) != "put_part"]
"""Those whose body holds a document. A part is bytes to the server: there is nothing to read."""


# -- documents (T50, T55) -------------------------------------------------------------------------


def hostile_documents() -> Iterator[tuple[str, bytes]]:
    yield "nested lists", b"[" * 100_000
    yield "nested lists, closed", b"[" * 100_000 + b"]" * 100_000
    yield "nested objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    yield "a million keys", b"{" + b",".join(b'"%x":0' % n for n in range(1_000_000)) + b"}"
    yield "one key, a thousand times", b"{" + b",".join([b'"file":1'] * 1000) + b"}"
    yield "a key twice", b'{"purpose":"file","purpose":"file"}'
    yield "numbers that are none", b'{"purpose":NaN}'
    yield "infinity", b'{"file":-Infinity,"parts":Infinity}'
    yield "a number of 100,000 digits", b'{"file":"","parts":' + b"9" * 100_000 + b"}"
    yield "a short number of 4,000 digits", b'{"file":"","parts":' + b"9" * 4_000 + b"}"
    yield "a huge exponent", b'{"file":"","parts":1e999999999}'
    yield "a fraction", b'{"file":"","parts":1.0}'
    yield "a million escapes", b'{"purpose":"' + b"\\ud800" * 100_000 + b'"}'
    yield "quotes without an end", b'"\\' * 100_000
    yield "not UTF-8", b"\xff" * 60_000
    yield "another encoding", '{"purpose":"file"}'.encode("utf-16")
    yield "a mark at the front", b'\xef\xbb\xbf{"purpose":"file"}'
    yield "zero bytes", bytes(60_000)
    yield "blanks", b" " * 60_000
    yield "a multipart form", form(10_000)
    yield "a form", b"&".join(b"a%d=1" % n for n in range(5_000))


def form(fields: int) -> bytes:
    part = b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n'
    return part * fields + b"--x--\r\n"


HOSTILE = dict(hostile_documents())


@pytest.mark.parametrize("route", DOCUMENTS, ids=named)
def test_a_hostile_document_is_refused_by_a_fixed_sentence(target: Target, route: Route) -> None:
    """As it is, as the document of a parcel, and behind 64 bytes of a signature."""
    for attack, document in HOSTILE.items():
        for body in (document, wire.pack(document, []), bytes(64) + document):
            status, said = target.send(target.head(route, f"Content-Length: {len(body)}") + body)
            if len(body) > route.limit:  # told before it was sent, or cut while it was
                assert status in {413, 0}, attack
            else:
                assert status == 400, attack
            assert status == 0 or said == FIXED[status], attack


@pytest.mark.parametrize("claimed", [100_000_000, 9_999_999_999])
def test_a_claimed_hundred_megabytes_is_refused_before_any_of_it_comes(
    target: Target, claimed: int
) -> None:
    for route in ROUTES:
        answer = target.send(target.head(route, f"Content-Length: {claimed}"))
        assert answer == (413, FIXED[413]), named(route)


@pytest.mark.parametrize("length", ["10000000000", "1" * 5000, "-1", "1e3", "0x10", "1_0", "١"])
def test_a_length_that_is_none_is_refused(target: Target, length: str) -> None:
    route = next(each for each in READERS if named(each) == "log_in")
    status, said = target.send(target.head(route, f"Content-Length: {length}"))
    assert (status, said) == (400, FIXED[400])


# -- compressed bodies (T56) ----------------------------------------------------------------------

BOMB = bytes(32 * MIB)
PACKED = {
    "gzip": gzip.compress(BOMB),
    "deflate": zlib.compress(BOMB),
    "x-gzip": gzip.compress(BOMB),
    "br": b"\xcf\xff\xff\x7f\xf8\x27\x00",
    "zstd": b"\x28\xb5\x2f\xfd\xa0\x00\x00\x00\x02",
    "compress": b"\x1f\x9d\x90",
    "identity": b"{}",
    "gzip, gzip": gzip.compress(gzip.compress(BOMB)),
    "": b"{}",
    "GZIP": gzip.compress(BOMB),
}


@pytest.mark.parametrize("coding", PACKED)
def test_no_route_takes_a_body_in_another_encoding(target: Target, coding: str) -> None:
    body = PACKED[coding][:60_000]
    for route in ROUTES:
        head = target.head(route, f"Content-Encoding: {coding}", f"Content-Length: {len(body)}")
        assert target.send(head + body) == (415, FIXED[415]), named(route)


# -- heads (T47, T49) -----------------------------------------------------------------------------


def many_lines(number: int) -> bytes:
    return b"".join(b"X-%d: y\r\n" % each for each in range(number))


GET = b"GET /api/directory HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /api/session HTTP/1.1\r\nHost: x\r\n"
FLOODS = {
    "10,000 headers": GET + many_lines(10_000) + b"\r\n",
    "100,000 headers": GET + many_lines(100_000) + b"\r\n",
    "10,000 times one header": GET + b"X: y\r\n" * 10_000 + b"\r\n",
    "10,000 empty headers": GET + b"X:\r\n" * 10_000 + b"\r\n",
    "a line of a megabyte": GET + b"X: " + b"y" * MIB + b"\r\n\r\n",
    "a name of a megabyte": GET + b"X" * MIB + b": y\r\n\r\n",
    "a path of a megabyte": b"GET /" + b"y" * MIB + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a method of a megabyte": b"G" * MIB + b" / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a host of a megabyte": b"GET / HTTP/1.1\r\nHost: " + b"x" * MIB + b"\r\n\r\n",
    "a session of a megabyte": GET + b"Dropbox-Session: " + b"x" * MIB + b"\r\n\r\n",
    "10,000 cookies": GET + b"Cookie: " + b"a=b; " * 10_000 + b"\r\n\r\n",
    "10,000 forwarders": GET + b"Forwarded: for=x\r\n" * 10_000 + b"\r\n",
    "a megabyte without a line": b"x" * MIB,
    "empty lines": b"\r\n" * 100_000 + GET + b"\r\n",
    "a trailer of 10,000 lines": POST
    + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
    + many_lines(10_000)
    + b"\r\n",
    "a chunk with a megabyte behind its length": POST
    + b"Transfer-Encoding: chunked\r\n\r\n1;"
    + b"x" * MIB
    + b"\r\nx\r\n0\r\n\r\n",
    "a multipart form with a megabyte of headers": POST
    + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1048600\r\n\r\n--x\r\nX: "
    + b"y" * MIB,
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_of_headers_ends_the_connection(target: Target, flood: str) -> None:
    status, said = target.send(FLOODS[flood])
    if flood == "empty lines":
        assert status in {0, 404, 400}
        return
    assert status in {0, 400, 404, 413}, "refused, or cut before it was all sent"
    assert status == 0 or said == FIXED[status] or said in trouble_pages()


def test_fifty_floods_of_headers_leave_no_memory_behind(target: Target) -> None:
    for _ in range(50):
        target.send(FLOODS["10,000 headers"])


TWO_HOSTS = [
    b"GET /api/directory HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
    b"GET /api/directory HTTP/1.1\r\nHost: x\r\nHost: elsewhere.example\r\n\r\n",
    b"GET /api/directory HTTP/1.1\r\nHost: x\r\nhOST: elsewhere.example\r\n\r\n",
    b"GET http://elsewhere.example/api/directory HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET https://elsewhere.example/api/directory HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",
    b"GET //elsewhere.example/api/directory HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET elsewhere.example:80 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET \\\\elsewhere.example\\api HTTP/1.1\r\nHost: x\r\n\r\n",
]


@pytest.mark.parametrize("request_", TWO_HOSTS)
def test_a_request_names_its_host_once_and_in_one_place(target: Target, request_: bytes) -> None:
    said = exchange(target.server, request_)
    assert said.split(b" ", 2)[1] in {b"400", b"404"}
    assert b"elsewhere" not in said


FORWARDED = {
    "Host": ["elsewhere.example", "elsewhere.example:1", "[::1]", "127.0.0.1", "a@b", "<x>"],
    "X-Forwarded-Host": ["elsewhere.example"],
    "X-Forwarded-For": ["192.0.2.1", "192.0.2.1, 192.0.2.2", "'"],
    "X-Forwarded-Proto": ["https", "javascript"],
    "X-Forwarded-Prefix": ["/elsewhere"],
    "X-Original-URL": ["/elsewhere"],
    "X-Rewrite-URL": ["/elsewhere"],
    "X-HTTP-Method-Override": ["DELETE"],
    "Forwarded": ["for=192.0.2.1;host=elsewhere.example;proto=https"],
    "X-Real-IP": ["192.0.2.1"],
    "Origin": ["https://elsewhere.example", "null"],
    "Referer": ["https://elsewhere.example/"],
    "Range": ["bytes=0-1", "bytes=" + ",".join(f"{n}-{n}" for n in range(500))],
    "If-None-Match": ["*"],
    "Accept-Encoding": ["gzip, br, zstd"],
    "Access-Control-Request-Method": ["POST"],
}


@pytest.mark.parametrize("name", FORWARDED)
def test_what_a_client_or_a_proxy_says_of_where_it_is_changes_no_answer(
    target: Target, name: str
) -> None:
    plain: Wire = target.server.wire(keep=False)
    for path, session in (("/api/directory", False), ("/api/mailbox/0", True), ("/none", False)):
        own = {SESSION_HEADER: target.people[Role.MAILBOX].token} if session else {}
        usual = plain.ask("GET", path, None, own)
        for value in FORWARDED[name]:
            reply = plain.ask("GET", path, None, {**own, name: value})
            assert reply == usual, (path, value)


# -- what reads strings is linear (T57) -----------------------------------------------------------

SHORT = 16 * 1024
"""Bytes of the shorter text: enough for a quadratic reader to be seen, see the last test."""


def _read_all(text: bytes) -> None:
    for kind in WIRE_DOCUMENTS:
        try:
            kind.from_bytes(text)
        except Malformed:
            continue


def _read_proof(text: bytes) -> None:
    with suppress(Malformed):
        wire.Proof.read(text.decode("latin-1"))


def _unpack(text: bytes) -> None:
    with suppress(Malformed):
        wire.unpack(text)


def _parse(text: bytes) -> None:
    with suppress(Malformed):
        parse(text)


def _matches(pattern: "re.Pattern[str]") -> Callable[[bytes], None]:
    return lambda text: (pattern.fullmatch(text.decode("latin-1")), None)[1]


SLOWEST: dict[str, tuple[Callable[[bytes], None], list[bytes]]] = {
    "documents": (_read_all, [b'{"', b'"\\', b"[],", b'{"a":1},']),
    "json": (
        _parse,
        [b'"', b'\\"', b'""', b"[]", b"\\", b"9", b"-", b" ", b"\xf0"],
    ),
    "proof": (_read_proof, [b"a", b"a ", b".", b"a 0 ", b"0", b" "]),
    "parcel": (_unpack, [bytes(4), b"\x01\x00\x00\x00x", b"\xff"]),
    "path": (_matches(_PATH), [b"a", b"/", b"a/", b"-_"]),
    "length": (_matches(_LENGTH), [b"0", b"1", b"9"]),
    **{
        f"the pattern of {name} in {route.path}": (
            _matches(re.compile(pattern)),
            [b"a", b"0", b"9"],
        )
        for route in ROUTES
        for name, pattern in openapi.split_path(route.path)[1].items()
    },
}


def seconds(read: Callable[[bytes], None], text: bytes) -> float:
    """The least of three, in processor time: what it costs when nobody disturbs."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        read(text)
        best = min(best, time.process_time() - started)
    return best


@pytest.mark.parametrize("name", SLOWEST)
def test_ten_times_the_length_takes_about_ten_times_as_long(name: str) -> None:
    """Quadratic would be a hundred times."""
    read, pieces = SLOWEST[name]
    for piece in pieces:
        for tail in (b"", b"!", b'"'):
            small, large = (
                (piece * (size // len(piece)))[: size - 1] + tail for size in (SHORT, 10 * SHORT)
            )
            short, long = seconds(read, small), seconds(read, large)
            assert long < 35 * short + 0.005, (piece, tail, short, long)


def test_the_measure_of_linear_sees_what_is_not() -> None:
    def quadratic(text: bytes) -> None:
        for begin in range(0, len(text), 256):
            text[begin:].count(b"!")

    short, long = (seconds(quadratic, b"a" * size) for size in (SHORT, 10 * SHORT))
    assert long > 35 * short
