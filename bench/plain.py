"""The lane without scripts: how many reports a second, and what a stalled crowd costs the others.

A report is the form as a browser sends it, with about 1,000 characters: one connection, one process
of the server that derives the mailbox, logs in, seals, stores, answers, and ends. The pages with
the tickets are asked for before the clock runs. A page is asked for while nothing else happens, and
while forms of which half has come are waiting for the rest.
"""

import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from bench.budgets import PLAIN, PLAIN_PAGE, PLAIN_STALLED, PLAIN_STALLED_RATIO, Result
from bench.load import HOST, LoadFailed
from bench.scale import Scale
from bench.servers import dropbox, make_data, write_key
from bench.team import ORIGIN, TEXT, Team

AT_ONCE: Final = 8
_BOUNDARY: Final = "----bench"
_TICKET: Final = re.compile(rb'name="ticket" value="([^"]+)"')
_PATIENCE: Final = 30.0


def measure(scale: Scale, folder: Path) -> list[Result]:
    """The rate, the two medians and their ratio."""
    team = Team.found()
    rates, idle, crowded = [], [], []
    with dropbox(make_data(folder / "plain", team), write_key(folder)) as server:
        for _ in range(scale.rounds + 1):
            rates.append(_rate(server.port, scale.forms))
            idle.append(_page(server.port, scale.reads))
            with _stalled(server.port, scale.stalled):
                crowded.append(_page(server.port, scale.reads))
    pairs = list(zip(crowded[1:], idle[1:], strict=True))
    return [
        Result(PLAIN, median(rates[1:])),
        Result(PLAIN_PAGE, median(idle[1:]) * 1000),
        Result(PLAIN_STALLED, median(crowded[1:]) * 1000),
        Result(PLAIN_STALLED_RATIO, median(under / alone for under, alone in pairs)),
    ]


def _rate(port: int, count: int) -> float:
    """Reports a second, each with a ticket of its own."""
    with ThreadPoolExecutor(AT_ONCE) as people:
        forms = [_form(page) for page in people.map(lambda _: _get(port), range(count))]
        began = time.perf_counter()
        said = list(people.map(lambda form: _ask(port, form), forms))
        seconds = time.perf_counter() - began
    if not all(b"Location: /plain/sent\r\n" in each for each in said):
        raise LoadFailed("a report was not taken")
    return count / seconds


def _page(port: int, count: int) -> float:
    """The median of the seconds that a page takes, one after another."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        _get(port)
        times.append(time.perf_counter() - began)
    return median(times)


@contextmanager
def _stalled(port: int, count: int) -> Iterator[None]:
    """While ``count`` forms have sent half of themselves."""
    form = _form(_get(port))
    with ExitStack() as stack:
        for _ in range(count):
            line = stack.enter_context(socket.create_connection((HOST, port), _PATIENCE))
            line.sendall(form[: len(form) // 2])
        yield


def _get(port: int) -> bytes:
    return _ask(port, f"GET /plain/start HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())


def _form(page: bytes) -> bytes:
    """The request with a filled-in form, behind the page that has its ticket."""
    ticket = _TICKET.search(page)
    if ticket is None:
        raise LoadFailed("a page has no ticket")
    fields = {"ticket": ticket[1].decode(), "text": TEXT, "who": "DEMO", "track": "anonymous"}
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    body = "".join([*parts, f"--{_BOUNDARY}--\r\n"]).encode()
    head = (
        f"POST /plain/start HTTP/1.1\r\nHost: {HOST}\r\nOrigin: {ORIGIN}\r\n"
        f"Content-Type: multipart/form-data; boundary={_BOUNDARY}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _ask(port: int, request: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    with socket.create_connection((HOST, port), _PATIENCE) as line:
        line.sendall(request)
        said = bytearray()
        while data := line.recv(64 * 1024):
            said += data
    if not said.startswith((b"HTTP/1.1 200", b"HTTP/1.1 303")):
        raise LoadFailed(f"answered with {bytes(said[9:12]).decode('ascii', 'replace')}")
    return bytes(said)
