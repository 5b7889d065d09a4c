"""Real sockets that misbehave: a proxy that cuts connections, a SOCKS5 proxy, a hostile server.

Each runs in threads of its own on a port of loopback and ends with its ``with`` block.
"""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

_CHUNK = 4096
_RESET = struct.pack("ii", 1, 0)


class Listener:
    """Accepts connections on loopback; ``handle`` gets each in a thread of its own."""

    def __init__(self, port: int = 0) -> None:
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.accepted = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self.drop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def handle(self, connection: socket.socket) -> None:
        raise NotImplementedError

    def drop(self) -> None:
        """Break every connection there is, with a reset."""
        with self._lock:
            connections, self._open = self._open, set()
        for each in connections:
            reset(each)

    def track(self, connection: socket.socket) -> socket.socket:
        with self._lock:
            self._open.add(connection)
        return connection

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.accepted += 1
            self.track(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            self.handle(connection)


def reset(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


class CuttingProxy(Listener):
    """Carries bytes to ``target``; once, breaks every connection there is: see :meth:`again`."""

    def __init__(self, target: int, port: int = 0) -> None:
        super().__init__(port)
        self._target = target
        self.again()

    def again(
        self,
        up: int | None = None,
        down: int | None = None,
        answer_to: bytes | None = None,
        dead: bool = False,
        delay: float = 0.0,
    ) -> None:
        """Count from nothing. Cut when ``up`` bytes have gone to the server or ``down`` bytes come
        from it, over all connections together; or before the first byte of the answer to a request
        that holds ``answer_to``. ``dead``: after the cut, nothing gets through any more. ``delay``:
        seconds for every 4 KiB."""
        self.drop()
        self._cut = {"up": up, "down": down}
        self._answer_to = answer_to
        self._dead = dead
        self.delay = delay
        self.carried = {"up": 0, "down": 0}
        self.cuts = 0
        self.seen = bytearray()

    def handle(self, connection: socket.socket) -> None:
        try:
            if self._dead and self.cuts:
                raise ConnectionRefusedError
            server = self.track(socket.create_connection(("127.0.0.1", self._target)))
        except OSError:
            reset(connection)
            return
        with server:
            back = threading.Thread(
                target=self._carry, args=(server, connection, "down"), daemon=True
            )
            back.start()
            self._carry(connection, server, "up")
            back.join(30)

    def _carry(self, source: socket.socket, goal: socket.socket, way: str) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                if self.delay:
                    time.sleep(self.delay)
                data, cut = self._until_cut(data, way)
                goal.sendall(data)
                if cut:
                    self.drop()
                    return
        with contextlib.suppress(OSError):
            goal.shutdown(socket.SHUT_WR)

    def _until_cut(self, data: bytes, way: str) -> tuple[bytes, bool]:
        with self._lock:
            limit, carried = self._cut[way], self.carried[way]
            cut = limit is not None and carried + len(data) >= limit
            if cut and limit is not None:
                data = data[: limit - carried]
                self._cut[way] = None
                self.cuts += 1
            self.carried[way] += len(data)
            self.seen += data
            if way == "up" and self._answer_to is not None and self._answer_to in self.seen:
                self._answer_to = None
                self._cut["down"] = self.carried["down"]
        return data, cut


@dataclass(frozen=True)
class Dialled:
    """A connection a SOCKS proxy was asked for."""

    host: str
    port: int
    by_name: bool
    user: bytes


class Socks5(Listener):
    """A SOCKS5 proxy with user names, as Tor has it. Every name leads to ``target`` on loopback."""

    def __init__(self, target: int) -> None:
        super().__init__()
        self._target = target
        self.dialled: list[Dialled] = []
        self.refuse = 0
        """A reply code other than success."""

    def handle(self, connection: socket.socket) -> None:
        user = self._greet(connection)
        head = _exactly(connection, 4)
        assert head[:2] == b"\x05\x01"
        by_name = head[3] == 3
        host = (
            _exactly(connection, _exactly(connection, 1)[0]).decode()
            if by_name
            else socket.inet_ntop(socket.AF_INET, _exactly(connection, 4))
        )
        (port,) = struct.unpack(">H", _exactly(connection, 2))
        self.dialled.append(Dialled(host, port, by_name, user))
        connection.sendall(bytes([5, self.refuse, 0, 1]) + bytes(6))
        if self.refuse:
            return
        server = self.track(socket.create_connection(("127.0.0.1", self._target)))
        threading.Thread(target=_pump, args=(server, connection), daemon=True).start()
        _pump(connection, server)

    def _greet(self, connection: socket.socket) -> bytes:
        methods = _exactly(connection, _exactly(connection, 2)[1])
        if 2 not in methods:
            connection.sendall(b"\x05\x00")
            return b""
        connection.sendall(b"\x05\x02")
        _exactly(connection, 1)
        user = _exactly(connection, _exactly(connection, 1)[0])
        _exactly(connection, _exactly(connection, 1)[0])
        connection.sendall(b"\x01\x00")
        return user


def _exactly(connection: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        more = connection.recv(length - len(data))
        if not more:
            raise ConnectionResetError
        data += more
    return data


def _pump(source: socket.socket, goal: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_CHUNK):
            goal.sendall(data)
        goal.shutdown(socket.SHUT_WR)


@dataclass
class Heard:
    """One request a hostile server was sent."""

    head: bytes
    body: bytes = field(repr=False)

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode()


Say = Callable[[Heard, socket.socket], None]


class Hostile(Listener):
    """Reads whole requests and answers whatever ``say`` sends. Keeps what it heard."""

    def __init__(self, say: Say) -> None:
        super().__init__()
        self.say = say
        self.heard: list[Heard] = []

    def handle(self, connection: socket.socket) -> None:
        while (heard := _read_request(connection)) is not None:
            self.heard.append(heard)
            self.say(heard, connection)


def _read_request(connection: socket.socket) -> Heard | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(_CHUNK)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return Heard(head, body + _exactly(connection, length - len(body)))


def http(status: int, body: bytes, *headers: bytes) -> bytes:
    """A whole answer."""
    lines = [b"HTTP/1.1 %d X" % status, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
