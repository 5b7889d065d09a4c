"""Handing a connection, unread, to a process that ends after one answer (SCM_RIGHTS).

A process that is free makes a pair of sockets, its *line*, and sends one end into the channel that
all workers listen to. A worker with a connection to hand over takes a line from the channel, sends
the connection through it, and keeps the line: over it the other process asks the interface of this
worker for what it needs, as any client does. Nobody else can: a line has no name to connect to.

    free process ── line's other end ──► channel ──► a worker
    free process ◄──────── connection ──── line ──── that worker
    busy process ──────── requests ──────► line ───► that worker
"""

import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from dropbox import limits

_NOTE: Final = b"1"
"""Sockets travel beside a byte."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Where lines are offered: made before anything is forked, inherited by all."""

    offers: socket.socket
    """The end free processes write to."""
    lines: socket.socket
    """The end workers read from; does not block."""

    @classmethod
    def make(cls) -> "Channel":
        """A new channel."""
        offers, lines = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        lines.setblocking(False)
        return cls(offers, lines)

    def close(self) -> None:
        """Let go of both ends, in a process that needs neither any more."""
        self.offers.close()
        self.lines.close()


def offer_line(channel: Channel) -> socket.socket:
    """In a free process: offer a line. Its own end comes back."""
    mine, theirs = socket.socketpair()
    with theirs:
        socket.send_fds(channel.offers, [_NOTE], [theirs.fileno()])
    return mine


def await_connection(line: socket.socket) -> socket.socket | None:
    """In a free process: the connection that a worker hands over, whenever that is.

    ``None`` where the worker that took the line has gone.
    """
    _, handed, _, _ = socket.recv_fds(line, len(_NOTE), 1)
    return socket.socket(fileno=handed[0]) if handed else None


class Handing:
    """Of one worker and one channel: connections wait here for a free process.

    The newest is served first. In a crowd nobody's turn would come in time otherwise: those who
    wait longest are those who hold up the others, or have given up.
    """

    def __init__(
        self,
        channel: Channel,
        serve_line: Callable[[socket.socket], None],
        refuse: Callable[[socket.socket], None],
        press: Callable[[], None],
    ) -> None:
        """``press`` is called now and then while somebody waits for long."""
        self._lines = channel.lines
        self._serve_line = serve_line
        self._refuse = refuse
        self._press = press
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[socket.socket, asyncio.TimerHandle]] = deque()
        self._pressing: asyncio.TimerHandle | None = None

    def hand_over(self, connection: socket.socket) -> None:
        """Hand ``connection`` over, now or soon; refuse it where nobody becomes free in time."""
        if len(self._waiting) >= limits.WAITING_CONNECTIONS:
            self._refuse(connection)
            return
        deadline = self._loop.call_later(limits.WAIT_SECONDS, partial(self._give_up, connection))
        self._waiting.append((connection, deadline))
        if len(self._waiting) == 1:
            self._loop.add_reader(self._lines, self._hand_over_waiting)
            self._hand_over_waiting()
        if self._waiting and self._pressing is None:
            self._pressing = self._loop.call_later(limits.PRESS_SECONDS, self._press_if_waiting)

    def close(self) -> None:
        """Refuse all that wait."""
        while self._waiting:
            self._refuse(self._next())

    def _next(self) -> socket.socket:
        connection, deadline = self._waiting.pop()
        deadline.cancel()
        if not self._waiting:
            self._loop.remove_reader(self._lines)
        return connection

    def _hand_over_waiting(self) -> None:
        while self._waiting:
            try:
                _, taken, _, _ = socket.recv_fds(self._lines, len(_NOTE), 1)
            except (BlockingIOError, InterruptedError):
                return
            if not taken:
                return
            self._send_through(socket.socket(fileno=taken[0]))

    def _send_through(self, line: socket.socket) -> None:
        """Hand the next connection over through ``line``; keep it where the process has gone."""
        connection, _ = self._waiting[-1]
        try:
            socket.send_fds(line, [_NOTE], [connection.fileno()])
        except OSError:
            line.close()
            return
        self._next().close()
        line.setblocking(False)
        self._serve_line(line)

    def _press_if_waiting(self) -> None:
        self._pressing = None
        if self._waiting:
            self._press()
            self._pressing = self._loop.call_later(limits.PRESS_SECONDS, self._press_if_waiting)

    def _give_up(self, connection: socket.socket) -> None:
        for each in self._waiting:
            if each[0] is connection:
                self._waiting.remove(each)
                break
        if not self._waiting:
            self._loop.remove_reader(self._lines)
        self._refuse(connection)


async def say_and_close(connection: socket.socket, answer: bytes) -> None:
    """Send fixed bytes to who was never read, and close.

    What they sent goes from the kernel into nothing (splice(2)), so that closing does not reset the
    connection before the answer has arrived, and this process still has not read it.
    """
    loop = asyncio.get_running_loop()
    with connection, suppress(OSError, TimeoutError):
        async with asyncio.timeout(limits.LINGER_SECONDS):
            await loop.sock_sendall(connection, answer)
            connection.shutdown(socket.SHUT_WR)
            await _discard(connection)


async def _discard(connection: socket.socket) -> None:
    out, into = os.pipe()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        while True:
            try:
                moved = os.splice(connection.fileno(), into, limits.READ_BUFFER)
            except BlockingIOError:
                await asyncio.sleep(limits.LOOK_PAUSE)
                continue
            if moved == 0:
                return
            os.splice(out, nowhere, moved)
    finally:
        for each in (out, into, nowhere):
            os.close(each)
