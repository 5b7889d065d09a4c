"""A process that serves one connection, gives one answer, and ends (docs/protocol.md §10).

Python cannot wipe a text from its memory; what has held one must end. So everything here is forked
from a memory that never held any, and ``os._exit`` gives all of it back to the kernel.
"""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from aiohttp import web

from crypto.errors import Contested, Expired, NothingHere, RolledBack, UnsignedKeyAsked
from dropbox import limits
from dropbox.client.errors import Away, Gone, NotDeleted, Refused, Unknown
from dropbox.connection import QuietConnection
from dropbox.plain import words
from dropbox.plain.answers import Page
from dropbox.plain.call import Call, LoggedOut, Plan
from dropbox.plain.line import LineTransport
from dropbox.plain.mailbox import NoMailbox
from dropbox.plain.origin import check_sender
from dropbox.plain.rendering import language_of, trouble_page
from dropbox.plain.routes import BY_REQUEST
from dropbox.plain.words import Trouble
from dropbox.processes.handing import Channel, await_connection, offer_line
from dropbox.processes.hardening import take_name
from dropbox.site.languages import ENGLISH, Language
from dropbox.store import refused
from dropbox.wire import FAULTS, Fault

Limit = Callable[[float], object]
"""Sets how many seconds this process has left; then it is killed."""
READING: Final = frozenset({"GET", "HEAD"})
NAME: Final = "dropbox-once"
"""What such a process is called where processes are listed."""


def run_once(
    plan: Plan,
    channel: Channel,
    others: Sequence[Channel],
    seconds: int,
    taken: Callable[[], None],
) -> None:
    """Wait for a connection, answer what comes over it, and return: the process ends then.

    It offers one line and keeps no end of any channel: whatever gets hold of it is given no other
    connection, ever.
    It is killed after ``seconds``, whatever it does, and long before that if no request comes.
    """
    take_name(NAME)
    line = offer_line(channel)
    for end in (channel, *others):
        end.close()
    connection = await_connection(line)
    if connection is None:
        return
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # the answer first; there is a timer
    limit = partial(signal.setitimer, signal.ITIMER_REAL)
    limit(limits.HEAD_SECONDS)
    taken()
    _say_nothing()
    gc.disable()  # there is less to collect than looking for it costs
    asyncio.run(_serve_and_end(plan, connection, line, seconds, limit))


async def _serve_and_end(
    plan: Plan, connection: socket.socket, line: socket.socket, seconds: int, limit: Limit
) -> None:
    """Nothing is put in order behind the answer: the kernel does that, and at once."""
    await serve_one(plan, connection, line, seconds, limit)
    os._exit(0)


def _say_nothing() -> None:
    """What a library prints of an error can quote what somebody sent."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for each in (1, 2):
        os.dup2(nowhere, each)


async def serve_one(
    plan: Plan, connection: socket.socket, line: socket.socket, seconds: int, limit: Limit
) -> None:
    """Answer what comes over ``connection``, asking a worker over ``line``; returns at its end.

    ``limit`` sets the time that is left: once the head of a request has come, ``seconds`` at most,
    and no more than its body takes when it comes as slowly as any body may.
    """
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)
    connection.setblocking(False)
    line.setblocking(False)
    ended = asyncio.Event()
    transport = LineTransport(line)

    async def handle(request: web.BaseRequest) -> Page:
        limit(min(seconds, limits.PATIENCE + (request.content_length or 0) // limits.SLOWEST))
        return await _answer(plan, request, transport)

    server = web.Server(handle)
    make = partial(_OneAnswer, server, plan, ended, limit)
    await loop.connect_accepted_socket(make, connection)
    await ended.wait()


class _OneAnswer(QuietConnection):
    """The connection of such a process: closed after the first answer."""

    __slots__ = ("_ended", "_limit", "_plan")

    def __init__(self, server: web.Server, plan: Plan, ended: asyncio.Event, limit: Limit) -> None:
        super().__init__(server, limits.PATIENCE)
        self._plan = plan
        self._ended = ended
        self._limit = limit

    def connection_lost(self, exc: BaseException | None) -> None:
        """The process can end."""
        super().connection_lost(exc)
        self._ended.set()

    def refuse(self, fault: Fault) -> Page:
        """What could not be parsed."""
        return _trouble_of(self._plan, fault, ENGLISH)

    def is_kept(self, request: web.BaseRequest) -> bool:
        """Never."""
        return False

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send the answer, while there is time; then there is a second to the end."""
        self._limit(limits.SENDING_SECONDS)
        finished = await super().finish_response(request, resp, start_time)
        self._limit(limits.LAST_SECONDS)
        return finished


_TROUBLES: Final[tuple[tuple[type[Exception], Trouble, int], ...]] = (
    (LoggedOut, words.ENDED, 401),
    (NoMailbox, words.EMPTY, 404),
    (Gone, words.EMPTY, 404),
    (Unknown, words.UNSURE, 500),
    (Away, words.BUSY, 503),
    (UnsignedKeyAsked, words.UNSIGNED, 409),
    (RolledBack, words.UNSIGNED, 409),
    (Contested, words.UNSIGNED, 409),
    (NotDeleted, words.UNSIGNED, 409),
    (Expired, words.EXPIRED, 423),
    (NothingHere, words.EMPTY, 404),
    (TimeoutError, words.MALFORMED, 408),
)
"""What is said of an error, and the status. Of any other: that something failed."""


async def _answer(plan: Plan, request: web.BaseRequest, transport: LineTransport) -> Page:
    """The page for a request; whatever happens becomes one that says nothing about it."""
    language = language_of(request.raw_path)
    try:
        return await _find(plan, request, transport)
    except (refused.Refused, Refused) as error:
        return _trouble_of(plan, error.fault, language)
    except Exception as error:  # noqa: BLE001 - the one place; it could hold what somebody sent
        for kind, trouble, status in _TROUBLES:
            if isinstance(error, kind):
                return trouble_page(plan.pages, trouble, status, language)
        return trouble_page(plan.pages, words.FAILED, 500, language)


async def _find(plan: Plan, request: web.BaseRequest, transport: LineTransport) -> Page:
    """(1) a path in its one spelling (2) a form only from a page of ours."""
    method = "GET" if request.method == "HEAD" else request.method
    route = BY_REQUEST.get((method, request.raw_path))  # (1)
    if route is None:
        raise refused.Refused(Fault.UNKNOWN)
    if method not in READING:
        check_sender(request, plan.origins)  # (2)
    return await route.handler(Call.of(plan, request, route.language, transport))


def _trouble_of(plan: Plan, fault: Fault, language: Language) -> Page:
    trouble = words.OF_FAULT.get(fault, words.FAILED)
    return trouble_page(plan.pages, trouble, FAULTS[fault][0], language)
