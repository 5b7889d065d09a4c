"""A worker's door: connections are accepted, looked at, and led to who may read them.

Looking takes nothing from a connection (``MSG_PEEK``). One that has said too little is looked at
again after a pause, which doubles, and never in a loop: thousands of them cost next to nothing. One
that says nothing for long is closed.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from dropbox import limits
from dropbox.processes.looking import LONGEST, Way, choose

Lead = Callable[[socket.socket, Way], None]
"""Takes over a connection that is to be read by somebody. Not blocking, still unread."""


@dataclass(eq=False, slots=True)
class _Visitor:
    """A connection that is not decided yet, and what ends or goes on with the wait for it."""

    connection: socket.socket
    deadline: asyncio.TimerHandle | None = None
    next_look: asyncio.TimerHandle | None = None
    watched: bool = False
    pause: float = limits.LOOK_PAUSE


class Door:
    """The door of one worker, on the socket that all workers share.

    There are at most ``most`` undecided connections: one more, and the oldest is closed.
    """

    def __init__(self, listener: socket.socket, lead: Lead, most: int) -> None:
        self._listener: Final = listener
        self._lead = lead
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._undecided: dict[_Visitor, None] = {}
        self._open = False

    def open(self) -> None:
        """Begin to accept."""
        self._open = True
        self._loop.add_reader(self._listener, self._accept)

    def close(self) -> None:
        """Accept nobody any more, and let go of who has not said what they want.

        Who comes now waits for the next worker, or is refused where the supervisor ends too.
        """
        if self._open:
            self._loop.remove_reader(self._listener)
        self._open = False
        self._listener.close()
        for visitor in list(self._undecided):
            self._turn_away(visitor)

    def _accept(self) -> None:
        for _ in range(limits.ACCEPT_AT_ONCE):
            try:
                connection, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # out of files: whoever is in has to leave first
                self._loop.remove_reader(self._listener)
                self._loop.call_later(limits.PAUSE_SECONDS, self._open_again)
                return
            connection.setblocking(False)
            self._receive(connection)

    def _open_again(self) -> None:
        if self._open:
            self._loop.add_reader(self._listener, self._accept)

    def _receive(self, connection: socket.socket) -> None:
        visitor = _Visitor(connection)
        visitor.deadline = self._loop.call_later(
            limits.LOOK_SECONDS, partial(self._turn_away, visitor)
        )
        self._undecided[visitor] = None
        if len(self._undecided) > self._most:
            self._turn_away(next(iter(self._undecided)))
        self._look(visitor)

    def _look(self, visitor: _Visitor) -> None:
        try:
            head = visitor.connection.recv(LONGEST, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            self._watch(visitor)
            return
        except OSError:
            head = b""
        if not head:
            self._turn_away(visitor)
        elif (way := choose(head)) is None:
            self._unwatch(visitor)
            visitor.next_look = self._loop.call_later(visitor.pause, partial(self._look, visitor))
            visitor.pause = min(2 * visitor.pause, limits.LOOK_PAUSE_MOST)
        else:
            self._leave(visitor)
            self._lead(visitor.connection, way)

    def _watch(self, visitor: _Visitor) -> None:
        """Look when something comes."""
        if not visitor.watched:
            visitor.watched = True
            self._loop.add_reader(visitor.connection, self._look, visitor)

    def _unwatch(self, visitor: _Visitor) -> None:
        """What is there and is not taken would wake us for ever."""
        if visitor.watched:
            visitor.watched = False
            self._loop.remove_reader(visitor.connection)

    def _leave(self, visitor: _Visitor) -> None:
        self._unwatch(visitor)
        for timer in (visitor.deadline, visitor.next_look):
            if timer is not None:
                timer.cancel()
        self._undecided.pop(visitor, None)

    def _turn_away(self, visitor: _Visitor) -> None:
        if visitor in self._undecided:
            self._leave(visitor)
            with suppress(OSError):
                visitor.connection.close()
