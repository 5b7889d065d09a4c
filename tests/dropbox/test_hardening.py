"""The real server against what a hostile client sends, and what it leaves behind (T01 to T57)."""

import base64
import contextlib
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import Connection, select, text

from dropbox import wire
from dropbox.limits import READ_BUFFER
from dropbox.plain.answers import PAGE, PAGE_HEADERS
from dropbox.site.policy import FIXED_HEADERS
from dropbox.store.schema import (
    cursors,
    directories,
    ended,
    envelopes,
    files,
    mailboxes,
    parts,
    wraps,
)
from dropbox.wire import FAULTS, Fault
from tests.dropbox.rows import in_database
from tests.dropbox.server import ROOT, Server
from tests.dropbox.troubles import trouble_pages
from tests.dropbox.wiretap import Person, Wire, analyst, path_id, reporter, seal


@pytest.fixture
def someone(server: Server) -> Person:
    return reporter(server.wire(), server.team).log_in()


def statuses(said: bytes) -> list[int]:
    return [int(each) for each in re.findall(rb"HTTP/1\.[01] (\d{3}) [A-Z]", said)]


def request(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


# -- the same headers on everything (T17, T28) ----------------------------------------------------


def test_every_answer_carries_the_fixed_headers_and_no_other(server: Server) -> None:
    wire_ = server.wire(keep=False)
    token = reporter(wire_, server.team).log_in().token
    session = f"Dropbox-Session: {token}"
    probes = {
        200: request("GET", "/api/directory"),
        400: request("POST", "/api/session", "Content-Length: 1", body=b"x"),
        401: request("GET", "/api/mailbox/0"),
        403: request("GET", "/api/feed/0", session),
        404: request("GET", "/nothing"),
        413: request("POST", "/api/session", "Content-Length: 999999999"),
        415: request("POST", "/api/session", "Content-Encoding: gzip", "Content-Length: 0"),
        204: request("DELETE", "/api/session", session),
    }
    made_by_aiohttp = [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        request("GET", "/api/directory", "Expect: miracles"),
        request("PUT", "/api/directory"),
        request("GET", "/api/directory", *(f"X-{n}: y" for n in range(300))),
        request("GET", "/api/directory", "X: " + "y" * 20_000),
        request("GET", "/" + "y" * 20_000),
        request("GET", "/api/directory", "Connection: Upgrade", "Upgrade: websocket"),
    ]
    for status, probe in [*probes.items(), *((0, each) for each in made_by_aiohttp)]:
        said = wire_.raw(probe, 5)
        head, _, body = said.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        found = dict(line.split(": ", 1) for line in lines[1:])
        assert int(lines[0].split()[1]) == status or status == 0, said
        is_page = found["Content-Type"] == PAGE if "Content-Type" in found else False
        for name, value in (PAGE_HEADERS if is_page else FIXED_HEADERS).items():
            assert found.pop(name) == value, (lines[0], name)
        assert set(found) <= {"Content-Type", "Content-Length", "Connection"}, lines
        if not lines[0].endswith(("200 OK", "204 No Content")):
            fixed = trouble_pages() if is_page else {fault_body(fault) for fault in Fault}
            assert body in fixed, body


def fault_body(fault: Fault) -> bytes:
    return wire.Refusal(fault, FAULTS[fault][1]).to_bytes()


# -- bodies (T54 to T57) ---------------------------------------------------------------------------


def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    server: Server, someone: Person
) -> None:
    for path, limit in (
        ("/api/session", wire.LARGEST_SMALL),
        ("/api/envelopes", wire.LARGEST_SUBMISSION),
        ("/api/files", wire.LARGEST_SMALL),
        ("/api/challenge", 0),
    ):
        head = request(
            "POST", path, f"Dropbox-Session: {someone.token}", f"Content-Length: {limit + 1}"
        )
        said = server.wire().raw(head, 0.5)
        assert (statuses(said), b"too-large" in said) == ([413], True), path


def test_the_session_is_asked_for_before_the_body(server: Server) -> None:
    head = request("POST", "/api/envelopes", f"Content-Length: {wire.LARGEST_SUBMISSION}")
    assert statuses(server.wire().raw(head, 3)) == [401]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "identity", "x"])
def test_an_encoded_body_is_refused(someone: Person, coding: str) -> None:
    body = zlib.compress(bytes(10_000_000))
    reply = someone.wire.ask("POST", "/api/session", body, {"Content-Encoding": coding})
    assert (reply.status, reply.fault) == (415, Fault.ENCODED)


@pytest.mark.parametrize("path", ["/api/session", "/api/challenge"])
def test_a_chunked_body_is_refused(server: Server, path: str) -> None:
    chunked = request("POST", path, "Transfer-Encoding: chunked", body=b"1\r\nx\r\n0\r\n\r\n")
    assert statuses(server.wire().raw(chunked)) == [400]


def test_large_hostile_documents_are_refused(someone: Person) -> None:
    for body in (
        b"[" * wire.LARGEST_SMALL,
        b'{"a":' * 10_000,
        b"9" * wire.LARGEST_SMALL,
        b'"' + b"\\u0000" * 10_000 + b'"',
        b'"' + b"\\" * 60_000,
        b"{" + b",".join(b'"%d":0' % n for n in range(6000)) + b"}",
        b"-" * 60_000,
        b"\xf0" * 60_000,
    ):
        assert someone.wire.ask("POST", "/api/session", body).status == 400


# -- framing (T47, T48) ----------------------------------------------------------------------------

GOOD = request("GET", "/api/directory", "Dropbox-Keep: 1")
SMUGGLED = b"GET /api/directory HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    "bad",
    [
        request("POST", "/api/challenge", "Content-Length: 5", "Content-Length: 41", body=SMUGGLED),
        request("POST", "/api/challenge", "Content-Length: 0", "Transfer-Encoding: chunked",
                body=b"0\r\n\r\n"),
        request("POST", "/api/challenge", "Transfer-Encoding: chunked", "Content-Length: 0",
                body=b"0\r\n\r\n"),
        request("POST", "/api/challenge", "Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
        request("POST", "/api/challenge", "Transfer-Encoding: chunked",
                "Transfer-Encoding: identity", body=b"0\r\n\r\n"),
        request("POST", "/api/challenge", "Content-Length: +1", body=b"x"),
        request("POST", "/api/challenge", "Content-Length: 0x1", body=b"x"),
        request("POST", "/api/challenge", "Content-Length: 1 ,1", body=b"x"),
        request("POST", "/api/challenge", "Content-Length : 1", body=b"x"),
        request("POST", "/api/challenge", "Content-Length: 01", body=b"x"),
        request("POST", "/api/challenge", "X: a", " folded: b"),
        request("GET", "/api/directory", "Host: y"),
        request("GET", "http://elsewhere.example/api/directory"),
        request("GET", "*"),
        request("CONNECT", "elsewhere.example:80"),
        b"GET /api/directory HTTP/1.1\r\n\r\n",
        b"GET /api/directory HTTP/1.1\nHost: x\n\n",
        b"GET /api/directory HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_ends_the_connection(server: Server, bad: bytes) -> None:
    """One answer, an error, and nothing behind it is taken for a request."""
    said = server.wire().raw(bad + SMUGGLED, 2)
    answers = statuses(said)
    assert answers in ([400], [413], []) or answers == [404], said
    assert b"dbx" not in said
    assert len(answers) <= 1


def test_requests_and_answers_are_one_to_one_on_a_kept_connection(server: Server) -> None:
    said = server.wire().raw(GOOD * 5, 5)
    assert statuses(said) == [200] * 5


def test_without_the_header_of_our_programs_every_answer_closes(server: Server) -> None:
    plain = request("GET", "/api/directory", "Connection: keep-alive")
    assert statuses(server.wire().raw(plain * 3, 5)) == [200]


def test_the_host_a_client_names_changes_nothing(server: Server) -> None:
    plain = server.wire(keep=False)
    usual = plain.ask("GET", "/api/directory")
    for headers in (
        {"Host": "elsewhere.example"},
        {"X-Forwarded-Host": "elsewhere.example", "X-Forwarded-For": "192.0.2.1"},
        {"Forwarded": "host=elsewhere.example"},
    ):
        reply = plain.ask("GET", "/api/directory", None, headers)
        assert (reply.body, reply.headers) == (usual.body, usual.headers)


def test_many_slow_clients_do_not_keep_an_honest_one_waiting(server: Server) -> None:
    where = urlsplit(server.url)
    with contextlib.ExitStack() as slow:
        for _ in range(300):
            connection = socket.create_connection((where.hostname, where.port))
            slow.enter_context(connection)
            connection.sendall(b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n")
        person = reporter(server.wire(), server.team).log_in()
        assert person.ask("GET", "/api/mailbox/0").status == 200


# -- what is left behind (T01, T05, T07 to T10) ----------------------------------------------------


def spellings(canary: bytes) -> list[bytes]:
    return [
        canary,
        canary.hex().encode(),
        canary.hex().upper().encode(),
        base64.b64encode(canary)[: len(canary)],
        canary.decode().encode("utf-16-le"),
        quote(canary.decode()).encode(),
    ]


def kept(server: Server) -> bytes:
    """Every byte of the data directory (names too), and all that was said."""
    files = [each for each in server.data.rglob("*") if each.is_file()]
    names = "\n".join(map(str, server.data.rglob("*"))).encode()
    said = server.stdout.read_bytes() + server.stderr.read_bytes()
    return names + said + b"".join(each.read_bytes() for each in files)


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)  # T06: test_postgresql.py
def test_nothing_of_a_request_but_what_it_stores_is_left(
    make_server: Callable[..., Server],
) -> None:
    """Even with every debugging switch that Python and asyncio have."""
    loud = {"PYTHONASYNCIODEBUG": "1", "PYTHONDEVMODE": "1", "PYTHONWARNINGS": "always"}
    server = make_server(environment=loud)
    canary = secrets.token_hex(16)
    mark = {"User-Agent": canary, "Referer": canary, "X-Forwarded-For": canary, "Cookie": canary}
    person = reporter(server.wire(), server.team).log_in()
    for method, path, body in (
        ("GET", "/api/directory", None),
        ("GET", f"/{canary}", None),
        ("GET", f"/api/directory?{canary}", None),
        ("POST", "/api/session", canary.encode()),
        ("POST", "/api/envelopes", canary.encode()),
        ("POST", "/api/files", canary.encode()),
        (canary.upper(), "/api/directory", None),
    ):
        server.wire().ask(method, path, body, mark | {wire.SESSION_HEADER: person.token})
    for broken in (
        f"GET /{canary} HTTP/{canary}\r\n\r\n",
        f"{canary}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{canary}\r\n\r\n",
        f"POST /api/session HTTP/1.1\r\nHost: {canary}\r\nContent-Length: 50\r\n\r\n{canary}",
    ):
        server.wire().raw(broken.encode(), 0.3)
    report = seal(person.address, (server.team.intake.keys.card.id,))
    assert person.submit(report).status == 200
    server.stop()
    left = kept(server)
    assert report.envelope.body[:64] in left  # the search finds what is there
    for spelling in spellings(canary.encode()):
        assert spelling not in left
    assert b"127.0.0.1" not in left.replace(server.url.encode(), b"").replace(
        server.team.origins[0].encode(), b""
    )
    assert not re.search(rb"\d\d:\d\d:\d\d", server.stderr.read_bytes())
    said = set(server.stderr.read_text().splitlines())
    assert said <= {"stopping: requests under way are finished first"}, said


def test_no_row_and_no_name_holds_a_time_of_day(server: Server, someone: Person) -> None:
    sent = someone.send_file(secrets.token_bytes(100))
    report = seal(someone.address, (server.team.intake.keys.card.id,), files=(sent,))
    assert someone.submit(report).status == 200

    def look(connection: Connection) -> None:
        now = time.time()
        for table in (mailboxes, envelopes, wraps, parts, ended, cursors, directories):
            for row in connection.execute(select(table)):
                for value in row:
                    assert not isinstance(value, datetime), table
                    assert not (isinstance(value, int | float) and abs(value - now) < 10**7)
                    assert not (isinstance(value, str) and len(value) > 10), table
        bound = select(files).where(files.c.envelope.is_not(None))
        for row in connection.execute(bound):
            assert (row.expires, row.owner) == (None, None)

    in_database(server.data, look)


def test_a_failure_inside_a_handler_says_nothing(make_server: Callable[..., Server]) -> None:
    """A part vanishes from the disk, and the database is swapped for another under the server."""
    server = make_server()
    person = reporter(server.wire(), server.team).log_in()
    sent = person.send_file(secrets.token_bytes(100))
    report = seal(person.address, (server.team.intake.keys.card.id,), files=(sent,))
    assert person.submit(report).status == 200
    for part in (server.data / "parts").rglob("*"):
        if part.is_file():
            part.unlink()
    reader = analyst(server.wire(), server.team).log_in()
    reply = reader.ask("GET", f"/api/files/{path_id(sent.file)}/0")
    assert (reply.status, reply.body) == (500, fault_body(Fault.FAILED))
    in_database(server.data, lambda each: each.execute(text("ALTER TABLE cursors RENAME TO gone")))
    reply = reader.ask("GET", "/api/feed/0")
    assert (reply.status, reply.body) == (500, fault_body(Fault.FAILED))
    said = set(server.stderr.read_text().splitlines())
    assert said == {"a request failed inside the server; nothing was confirmed"}


def test_processes_leave_no_core_and_cannot_be_read(server: Server) -> None:
    for process in (server.process.pid, *server.workers_now):
        limits = Path(f"/proc/{process}/limits").read_text()
        assert re.search(r"^Max core file size\s+0\s+0\s", limits, re.MULTILINE)
        assert os.getpgid(process) == server.process.pid


def test_what_makes_a_process_dumpable_is_taken_away() -> None:
    """By the function that sets the limit above: /proc does not show this one to root."""
    look = (
        "import ctypes; from dropbox.processes.hardening import leave_no_core; leave_no_core();"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"  # PR_GET_DUMPABLE
    )
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == "0\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to read another process")
def test_the_memory_of_the_server_holds_no_secret_key(server: Server, someone: Person) -> None:
    report = seal(someone.address, (server.team.intake.keys.card.id,))
    assert someone.submit(report).status == 200
    someone.ask("GET", "/api/mailbox/0")
    secret = someone.secret.expose()
    found_something = False
    for process in (server.process.pid, *server.workers_now):
        for memory in writable_memory(process):
            found_something |= someone.address in memory
            assert secret not in memory
    assert found_something


def writable_memory(process: int) -> list[bytes]:
    pieces = []
    with Path(f"/proc/{process}/mem").open("rb", 0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            span, rights, *_ = line.split()
            begin, end = (int(each, 16) for each in span.split("-"))
            if "w" in rights and end - begin < 1 << 30:
                memory.seek(begin)
                with contextlib.suppress(OSError):
                    pieces.append(memory.read(end - begin))
    return pieces


def test_memory_stays_bounded_while_large_parts_come_in_slowly(
    server: Server, someone: Person
) -> None:
    def resident() -> int:
        status = Path(f"/proc/{server.workers_now[0]}/status").read_text()
        match = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert match
        return int(match[1]) * 1024

    someone.send_file(secrets.token_bytes(wire.LARGEST_PART))
    file = secrets.token_bytes(32)
    assert someone.ask("POST", "/api/files", wire.FileStart(file, 9).to_bytes()).status == 204
    before = resident()
    where = urlsplit(server.url)
    head = request(
        "PUT",
        f"/api/files/{path_id(file)}/0",
        f"Dropbox-Session: {someone.token}",
        f"Content-Length: {wire.LARGEST_PART}",
    )
    with contextlib.ExitStack() as slow:
        for _ in range(8):
            connection = socket.create_connection((where.hostname, where.port))
            slow.enter_context(connection)
            connection.sendall(head + bytes(wire.LARGEST_PART - 1))
        time.sleep(0.5)
        assert resident() - before < 8 * (2 * wire.LARGEST_PART + 4 * READ_BUFFER)


def test_the_data_directory_is_for_its_owner_alone(server: Server) -> None:
    for path in [server.data, *server.data.rglob("*")]:
        mode = path.stat().st_mode & 0o777
        assert mode & 0o077 == 0, (path, oct(mode))


def test_a_wire_asks_what_it_is_told(server: Server) -> None:
    """The instrument itself: a kept connection is one connection."""
    kept_wire = Wire(server.url)
    assert [kept_wire.ask("GET", "/api/directory").status for _ in range(3)] == [200] * 3
