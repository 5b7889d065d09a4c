"""From settings to a running server: the socket, the runtime key, the supervisor."""

import mmap
import os
import secrets
import socket
import stat
from dataclasses import dataclass
from pathlib import Path

from dropbox import limits
from dropbox.api.tokens import RUNTIME_KEY
from dropbox.processes.supervisor import supervise
from dropbox.processes.worker import Plan, run_worker
from dropbox.settings import Impossible, Settings
from dropbox.store.ground import utc_now
from dropbox.store.store import Clock
from dropbox.words import KEY_INSIDE, KEY_WRONG, SOCKET_WRONG, ready


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen: a unix socket, or a host and a port (0: a free one)."""

    host: str = "127.0.0.1"
    port: int = 8700
    unix: Path | None = None

    def bind(self) -> socket.socket:
        """A listening socket. Raises ``Impossible``."""
        try:
            return self._bind_unix(self.unix) if self.unix else self._bind_tcp()
        except (OSError, OverflowError):
            raise Impossible(SOCKET_WRONG) from None

    def url(self, listener: socket.socket) -> str:
        """What ``serve`` prints."""
        if self.unix:
            return f"unix:{self.unix}"
        host, port = listener.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def _bind_tcp(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.create_server(
            (self.host, self.port), family=family, backlog=limits.BACKLOG
        )
        listener.setblocking(False)
        return listener

    def _bind_unix(self, path: Path) -> socket.socket:
        """Takes the place of a socket that a server which is gone has left."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if path.is_socket() and listener.connect_ex(str(path)) != 0:
            path.unlink()
        old_mask = os.umask(0o117)
        try:
            listener.bind(str(path))
        finally:
            os.umask(old_mask)
        listener.listen(limits.BACKLOG)
        listener.setblocking(False)
        return listener


def read_runtime_key(path: Path, data: Path) -> bytes:
    """The 32 bytes of a key file that only we can read. Raises ``Impossible``."""
    if path.resolve().is_relative_to(data):
        raise Impossible(KEY_INSIDE)
    try:
        mode = path.stat().st_mode
        key = path.read_bytes() if stat.S_ISREG(mode) else b""
    except OSError:
        raise Impossible(KEY_WRONG) from None
    if len(key) != RUNTIME_KEY or mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Impossible(KEY_WRONG)
    return key


def serve(
    settings: Settings,
    address: Address,
    workers: int,
    key: bytes | None,
    clock: Clock = utc_now,
    sweep_seconds: float = limits.SWEEP_SECONDS,
) -> None:
    """Serve until SIGTERM or SIGINT. Raises ``Impossible`` before anything is served."""
    levels = mmap.mmap(-1, workers)  # of all workers, as long as any of them lives
    plan = Plan(settings, key or secrets.token_bytes(RUNTIME_KEY), clock, levels, sweep_seconds)
    listener = address.bind()
    try:
        supervise(
            listener,
            workers,
            lambda each, number, done: run_worker(plan, each, number, done),
            lambda: print(ready(address.url(listener)), flush=True),  # noqa: T201 - the one result
        )
    finally:
        listener.close()
        if address.unix:
            address.unix.unlink(missing_ok=True)
