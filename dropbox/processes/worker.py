"""A worker: one event loop, the store, and the application on the shared socket."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from aiohttp import web

from dropbox import limits
from dropbox.api.call import Service
from dropbox.api.gate import Gate
from dropbox.api.tokens import Tokens
from dropbox.app import Traffic, build_app
from dropbox.difficulty import Board, Difficulty, Levels
from dropbox.processes.door import Door
from dropbox.processes.entrance import Entrance
from dropbox.processes.handing import Channel
from dropbox.processes.hardening import connections_allowed, take_name
from dropbox.processes.looking import Way
from dropbox.settings import Settings
from dropbox.site.assets import Asset
from dropbox.site.storage import PackedSite, SiteFolder
from dropbox.store.database import DatabaseFailed
from dropbox.store.refused import Refused
from dropbox.store.store import Clock, Store
from dropbox.window import Window
from dropbox.wire import Fault
from dropbox.words import LOOP_FAILED, WRITER_FAILED, say

R = TypeVar("R")

NAME: Final = "dropbox-worker"
"""What a worker is called where processes are listed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What every worker of a server is given."""

    settings: Settings
    key: bytes
    clock: Clock
    levels: Levels
    """What each worker asks of strangers: memory that all of them share."""
    channels: Mapping[Way, Channel]
    """Where processes are found that read what a worker must not."""
    busy: bytes
    """The whole answer to who has waited for one of them in vain."""
    retiring: Levels
    """Where each worker says that it will end and wants to be replaced before."""
    assets: Mapping[str, Asset]
    """What this installation has for pages to load, by its path."""
    site: PackedSite | None
    """The site that is shown at first."""
    signed: bytes
    """The hash of a site in the directory under which it was chosen."""
    sweep_seconds: float = limits.SWEEP_SECONDS


def run_worker(plan: Plan, listener: socket.socket, number: int, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM, then finish what is under way. Raises what it cannot go on after.

    A worker that was made to read what is not for it has itself replaced, and ends too.
    """
    take_name(NAME)
    sys.setswitchinterval(limits.SWITCH_SECONDS)
    with asyncio.Runner(debug=False) as runner:
        runner.run(_serve(plan, listener, number, ready))


async def _serve(
    plan: Plan, listener: socket.socket, number: int, ready: Callable[[], None]
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: say(LOOP_FAILED))
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    store = Store(plan.settings.locate(), plan.settings.data, plan.clock)
    difficulty = Difficulty(
        Board(plan.levels, number),
        plan.settings.least_work,
        plan.settings.most_work,
        time.monotonic(),
    )
    service = await _open(plan, store, difficulty)
    await store.settle()
    writing = loop.create_task(store.writer.run())
    writing.add_done_callback(_end_with_writer)
    folder = SiteFolder(plan.settings.data)
    window = Window(plan.site, plan.signed, plan.assets, folder, keeps=number == 0)
    beside = (
        loop.create_task(_sweep(store, number, plan.sweep_seconds)),
        loop.create_task(_count(store)),
        loop.create_task(_pulse(service.gate)),
        loop.create_task(_follow(store, window)),
    )
    allowed = connections_allowed()
    undecided = int(allowed * limits.UNDECIDED_SHARE) + 1
    traffic = Traffic(max(1, allowed - undecided))
    runner = web.AppRunner(
        build_app(service, traffic, window), access_log=None, shutdown_timeout=1.0
    )
    await runner.setup()
    assert runner.server is not None
    entrance = Entrance(runner.server, traffic, plan.channels, plan.busy)
    door = Door(listener, entrance.lead, undecided)
    door.open()
    ready()
    retired = await _until_stopped(stop, traffic)
    if retired:
        await _be_replaced(plan, number, stop)
    door.close()
    await entrance.close()
    for task in beside:
        task.cancel()
    await traffic.end(limits.RETIRED_SECONDS if retired else limits.DRAIN_SECONDS)
    await runner.cleanup()
    store.writer.close()
    await writing
    await store.close()


async def _until_stopped(stop: asyncio.Event, traffic: Traffic) -> bool:
    """Returns on a signal, or some time after a request that was not for this process: ``True``."""
    asked = asyncio.ensure_future(stop.wait())
    misled = asyncio.ensure_future(traffic.misled.wait())
    await asyncio.wait((asked, misled), return_when=asyncio.FIRST_COMPLETED)
    misled.cancel()
    if not asked.done():
        await asyncio.wait((asked,), timeout=limits.RETIRE_SECONDS)
    asked.cancel()
    return not stop.is_set()


async def _be_replaced(plan: Plan, number: int, stop: asyncio.Event) -> None:
    """Ask for another worker of this number, and go on until it can be expected to serve."""
    plan.retiring[number] = 1
    os.kill(os.getppid(), signal.SIGUSR1)
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), limits.REPLACED_SECONDS)


async def _open(plan: Plan, store: Store, difficulty: Difficulty) -> Service:
    """The service, if the database is of our form and holds a directory of ours.

    A database server may be starting as we are: it is waited for, less long than the supervisor
    waits for us.
    """
    current = await _patiently(store.is_current)
    directory = (await _patiently(store.newest)).directory
    if not current or directory.service != plan.settings.service:
        os._exit(1)
    origins = frozenset(plan.settings.origins)
    tokens, root = Tokens(plan.key), plan.settings.service
    return Service(store, tokens, origins, root, Gate(store, tokens, root, difficulty))


async def _patiently(ask: Callable[[], Awaitable[R]]) -> R:
    deadline = time.monotonic() + limits.DATABASE_SECONDS
    while True:
        try:
            return await ask()
        except Refused:
            if time.monotonic() > deadline:
                os._exit(1)
            await asyncio.sleep(limits.PAUSE_SECONDS)


def _end_with_writer(writing: asyncio.Task[None]) -> None:
    """A worker that cannot write must not look as if it could: it ends."""
    if not writing.cancelled() and writing.exception() is not None:
        say(WRITER_FAILED)
        os._exit(1)


async def _pulse(gate: Gate) -> None:
    """Look once a second at how much there is to do."""
    while True:
        with suppress(OSError):  # the folder cannot be looked at now; who writes there is told
            gate.pulse()
        await asyncio.sleep(limits.PULSE_SECONDS)


async def _follow(store: Store, window: Window) -> None:
    """Show what the newest directory signs, whoever took it and however it came."""

    async def follow() -> None:
        await window.follow((await store.newest()).directory)

    while True:
        await asyncio.sleep(limits.PULSE_SECONDS)
        await _try(follow)


async def _count(store: Store) -> None:
    """Count the bytes of unfinished files now and then."""
    while True:
        await _try(store.count_unfinished)
        await asyncio.sleep(limits.COUNT_SECONDS)


async def _sweep(store: Store, number: int, seconds: float) -> None:
    """Delete what has expired, in every worker; the first one also looks for orphans."""
    turn = 0
    while True:
        await asyncio.sleep(seconds)
        turn += 1
        await _try(store.sweep)
        if number == 0 and turn % limits.ORPHANS_EVERY == 0:
            await _try(store.sweep_orphans)


async def _try(sweep: Callable[[], Any]) -> None:
    try:
        await sweep()
    except Refused as refused:
        if refused.fault is not Fault.BUSY:  # a database that is away was told of already
            say(LOOP_FAILED)
    except (OSError, DatabaseFailed):
        say(LOOP_FAILED)  # a full disk; the next turn tries again
