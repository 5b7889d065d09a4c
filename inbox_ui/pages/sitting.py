"""One process of ``serve``, from locked to locked. When the vault locks, the process ends.

So a lock leaves nothing to search: the secrets, the opened cases and the passphrase went with the
memory they were in. The next process begins where this one did, at the page that asks for it.
"""

import asyncio
import socket
import time
from collections import OrderedDict
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aiohttp import web

from inbox_ui.bundling import Exported, Imported
from inbox_ui.options import Place
from inbox_ui.pages.connection import Connection
from inbox_ui.pages.courier import Courier
from inbox_ui.pages.desk import Desk
from inbox_ui.pages.door import Door
from inbox_ui.pages.looks import Looks
from inbox_ui.pages.phone_call import PhoneCall
from inbox_ui.pages.shelf import Shelf
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.words import Explained

_LOOKS: Final = 0.5
"""Seconds between two looks at the clock."""
_GRACE: Final = 2.0
"""Seconds that answers under way have to be finished in when the vault locks."""
_PATIENCE: Final = 3.0
"""Seconds that a page waits for what goes on beside it."""
_TICKETS: Final = 1000
_SAVES: Final = 200


@dataclass(frozen=True)
class Plan:
    """What ``serve`` was asked for. ``idle`` and ``pause`` are seconds."""

    place: Place
    idle: float
    pause: float


@dataclass
class Save:
    """A file that is or was being saved. Both are empty while it goes on."""

    name: str = field(repr=False)
    path: Path | None = None
    failed: Explained | None = None

    @property
    def ended(self) -> bool:
        """Whether it is saved, or will not be."""
        return self.path is not None or self.failed is not None


@dataclass
class Errand:
    """A bundle that is or was being written (``what`` is ``export``) or read (``import``)."""

    what: str
    path: Path
    exported: Exported | None = None
    imported: Imported | None = None
    failed: Explained | None = None

    @property
    def ended(self) -> bool:
        """Whether it is done, or will not be."""
        return (self.exported, self.imported, self.failed) != (None, None, None)


class Unlocked:
    """What there is only while the vault is unlocked. All of it is in memory and nowhere else."""

    def __init__(self, desk: Desk, courier: Courier) -> None:
        self.desk: Final = desk
        self.courier: Final = courier
        self.wanted = ""
        self.searched = ""
        self.subject = ""
        self.keys = True
        self.errand: Errand | None = None
        self.phone: PhoneCall | None = None
        self.escalated: Final[dict[str, float]] = {}
        """When a risk to life was begun here, by case: seconds of ``seconds_now``."""
        self.saves: OrderedDict[tuple[str, str, int, int], Save] = OrderedDict()
        self.looks: Final = Looks()
        self._tickets: OrderedDict[str, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def spend(self, ticket: str) -> bool:
        """Whether ``ticket`` was not spent before: a form that is sent twice acts once."""
        if not ticket or ticket in self._tickets:
            return False
        self._tickets[ticket] = None
        if len(self._tickets) > _TICKETS:
            self._tickets.popitem(last=False)
        return True

    def has_spent(self, ticket: str) -> bool:
        """Whether ``ticket`` was spent: what its form asked for is done."""
        return ticket in self._tickets

    def give_back(self, ticket: str) -> None:
        """What the form asked for was not done: it may be sent again."""
        self._tickets.pop(ticket, None)

    def go_on(self, work: Awaitable[None]) -> "asyncio.Task[None]":
        """Do ``work`` whether or not somebody waits for it."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def wait_a_while(self, task: "asyncio.Task[None]") -> None:
        """Wait for ``task``, a few seconds at most. It goes on all the same."""
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(task), _PATIENCE)

    def remember(self, place: tuple[str, str, int, int], save: Save) -> None:
        """Keep what became of a file: case, chain, place and number."""
        self.saves[place] = save
        self.saves.move_to_end(place)
        if len(self.saves) > _SAVES:
            self.saves.popitem(last=False)


class Sitting:
    """The state of this process."""

    def __init__(self, plan: Plan, door: Door) -> None:
        self.plan: Final = plan
        self.door: Final = door
        self.unlocked: Unlocked | None = None
        self.shelf: Final = Shelf()
        self._over = asyncio.Event()
        self._unlocking = asyncio.Lock()
        self._loop = asyncio.get_running_loop()
        self._touched = seconds_now()
        self._listening: asyncio.Server | None = None

    async def unlock(self, passphrase: VaultPassphrase) -> None:
        """Open the vault, unless it is open. Raises as ``Station.open``."""
        async with self._unlocking:
            if self.unlocked is None:
                desk = await Desk.open(self.plan.place, passphrase)
                courier = Courier(self.plan.place, desk.keeper, self.plan.pause, self._break)
                await asyncio.to_thread(courier.start)
                self.unlocked = Unlocked(desk, courier)
                self.unlocked.go_on(desk.read_along())
            self.touch()

    def touch(self) -> None:
        """A person did something: the time until the lock begins anew."""
        self._touched = seconds_now()

    @property
    def left(self) -> float:
        """Seconds until it locks if nobody does anything."""
        return max(0.0, self.plan.idle - (seconds_now() - self._touched))

    def lock(self) -> None:
        """End this process, after the answers that are under way. No other request is let in."""
        if self._listening is not None:
            self._listening.close()  # who comes now waits for the next process
        self._over.set()

    @property
    def over(self) -> bool:
        """Whether this process is about to end."""
        return self._over.is_set()

    async def run(self, listener: socket.socket, app: web.Application) -> None:
        """Serve on ``listener`` until the vault locks."""
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GRACE)
        await runner.setup()
        server = runner.server
        assert server is not None
        self._listening = await self._loop.create_server(lambda: Connection(server), sock=listener)
        try:
            while not self._over.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._over.wait(), _LOOKS)
                if self.unlocked is not None and self.left == 0:
                    self.lock()
        finally:
            self.lock()
            await runner.cleanup()
            if self.unlocked is not None:
                await asyncio.to_thread(self.unlocked.courier.stop)

    def _break(self) -> None:
        """The courier met a defect of ours. Locked is the state in which nothing can go wrong."""
        self._loop.call_soon_threadsafe(self.lock)


def seconds_now() -> float:
    """Seconds that go on while the machine sleeps: a lid that is shut is nobody at the desk."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
