"""Behind a worker's door: a connection is served here, or handed over unread."""

import asyncio
import os
import signal
import socket
from collections.abc import Coroutine, Mapping
from functools import partial
from typing import Any

from aiohttp import web

from dropbox.app import Connection, Traffic
from dropbox.processes.handing import Channel, Handing, say_and_close
from dropbox.processes.looking import Way


class Entrance:
    """Of one worker. ``busy``: the bytes that tell somebody to reload."""

    def __init__(
        self, server: web.Server, traffic: Traffic, channels: Mapping[Way, Channel], busy: bytes
    ) -> None:
        self._server = server
        self._traffic = traffic
        self._busy = busy
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._handing = {
            way: Handing(channel, partial(self._serve, is_line=True), self._refuse, _press)
            for way, channel in channels.items()
        }

    def lead(self, connection: socket.socket, way: Way) -> None:
        """Take a connection over from the door."""
        if way is Way.WORKER:
            self._serve(connection)
        else:
            self._handing[way].hand_over(connection)

    async def close(self) -> None:
        """Refuse all that wait to be handed over; returns when they are told, and those that were
        handed over are connections that count.
        """
        for each in self._handing.values():
            each.close()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _serve(self, connection: socket.socket, *, is_line: bool = False) -> None:
        """Answer what comes over a connection, or over a line to a process that has one."""
        make = partial(Connection, self._server, self._traffic, is_line=is_line)
        self._begin(self._loop.connect_accepted_socket(make, connection))

    def _refuse(self, connection: socket.socket) -> None:
        self._begin(say_and_close(connection, self._busy))

    def _begin(self, work: Coroutine[Any, Any, Any]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _press() -> None:
    """Tell the supervisor that somebody waits for a process that is free."""
    os.kill(os.getppid(), signal.SIGUSR2)
