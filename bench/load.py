"""The load generator: many connections, one thread, nothing between it and the sockets.

A client library would be slower than the server it measures. Requests are bytes made before; of an
answer only the status and ``Content-Length`` are read. Loopback only, and never without an end.
"""

import gc
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dropbox.wire import KEEP_HEADER, SESSION_HEADER, WORK_HEADER, Proof

HOST: Final = "127.0.0.1"
_PATIENCE: Final = 30.0
"""Seconds of silence after which a run is given up."""
_READ: Final = 1024 * 1024
_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"


class LoadFailed(Exception):
    """The server did not do what a measurement needs; the message says what."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, whole. ``body`` is apart where copying it would cost."""

    head: bytes
    body: bytes = b""

    @classmethod
    def make(
        cls,
        method: str,
        path: str,
        body: bytes = b"",
        session: str | None = None,
        proof: Proof | None = None,
    ) -> "Request":
        """A request as our own programs send it."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", f"{KEEP_HEADER}: 1"]
        if session is not None:
            lines.append(f"{SESSION_HEADER}: {session}")
        if proof is not None:
            lines.append(f"{WORK_HEADER}: {proof}")
        if body or method in {"POST", "PUT"}:
            lines.append(f"Content-Length: {len(body)}")
        head = "\r\n".join(lines).encode("ascii") + _END
        return cls(head, body) if len(body) > _READ // 4 else cls(head + body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``body`` is empty where bodies were only counted."""

    status: int
    length: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Run:
    """What a run took, and the answers in the order of their requests."""

    seconds: float
    answers: tuple[Answer, ...]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.answers) / self.seconds

    def expect(self, status: int) -> "Run":
        """This run. Raises ``LoadFailed`` unless every answer has ``status``."""
        others = {answer.status for answer in self.answers} - {status}
        if others:
            raise LoadFailed(f"answered with {sorted(others)} instead of {status}")
        return self


class _Line:
    """One connection: at most one request on its way, and as much of its answer as came."""

    def __init__(self, port: int, keep: bool) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=_PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.number = -1
        self._keep = keep
        self._rest: list[memoryview] = []
        self._head = bytearray()
        self._status = 0
        self._length = self._missing = -1
        self._body = bytearray()

    def begin(self, number: int, request: Request) -> None:
        """Take on a request; :meth:`send` sends it."""
        self.number = number
        self._rest = [memoryview(each) for each in (request.head, request.body) if each]
        self._head.clear()
        self._body = bytearray()
        self._missing = -1

    def send(self) -> bool:
        """Send what the socket takes; whether all of it is gone."""
        while self._rest:
            try:
                sent = self.socket.sendmsg(self._rest)
            except BlockingIOError:
                return False
            while self._rest and sent >= len(self._rest[0]):
                sent -= len(self._rest.pop(0))
            if sent:
                self._rest[0] = self._rest[0][sent:]
        return True

    def receive(self) -> Answer | None:
        """Read what came; the answer once it is whole."""
        data = self.socket.recv(_READ)
        if not data:
            raise LoadFailed("the server closed a connection it was asked to keep")
        if self._missing < 0:
            self._head += data
            end = self._head.find(_END)
            if end < 0:
                return None
            data = bytes(self._head[end + len(_END) :])
            self._read_head(bytes(self._head[:end]))
        self._missing -= len(data)
        if self._keep:
            self._body += data
        if self._missing > 0:
            return None
        return Answer(self._status, self._length, bytes(self._body))

    def _read_head(self, head: bytes) -> None:
        self._status = int(head[9:12])
        lines = head.lower().split(b"\r\n")
        said = [line[len(_LENGTH) :] for line in lines if line.startswith(_LENGTH)]
        self._length = self._missing = int(said[0]) if said else 0


def run(port: int, requests: Sequence[Request], at_once: int, *, keep: bool = False) -> Run:
    """Send all ``requests`` over ``at_once`` connections, each taking the next that is waiting.

    With ``keep`` the answers hold their bodies. Raises ``LoadFailed``, ``OSError``.
    """
    lines = [_Line(port, keep) for _ in range(min(at_once, len(requests)))]
    gc.collect()
    gc.disable()
    try:
        began = time.perf_counter()
        answers = _drive(lines, requests)
        return Run(time.perf_counter() - began, answers)
    finally:
        gc.enable()
        for line in lines:
            line.socket.close()


def _drive(lines: Sequence[_Line], requests: Sequence[Request]) -> tuple[Answer, ...]:
    answers: list[Answer | None] = [None] * len(requests)
    waiting = iter(enumerate(requests))
    done = 0
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
            _next(selector, line, waiting)
        while done < len(requests):
            ready = selector.select(_PATIENCE)
            if not ready:
                raise LoadFailed(f"no answer for {_PATIENCE:.0f} seconds")
            for key, events in ready:
                line = key.data
                if events & selectors.EVENT_WRITE and line.send():
                    selector.modify(line.socket, selectors.EVENT_READ, line)
                if events & selectors.EVENT_READ:
                    answer = line.receive()
                    if answer is not None:
                        answers[line.number] = answer
                        done += 1
                        _next(selector, line, waiting)
    return tuple(answer for answer in answers if answer is not None)


def _next(selector: selectors.BaseSelector, line: _Line, waiting: "enumerate[Request]") -> None:
    for number, request in waiting:
        line.begin(number, request)
        if not line.send():
            both = selectors.EVENT_READ | selectors.EVENT_WRITE
            selector.modify(line.socket, both, line)
        return
