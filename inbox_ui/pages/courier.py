"""The courier: fetches and delivers while the pages are used, and saves files out of cases.

It works on a thread, a loop and a station of its own, as a command beside the pages would: they
meet in the archive. So no page ever waits for the server, and a server that is away is only said.
"""

import asyncio
import secrets
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from crypto.errors import ProtocolError
from crypto.files import FileManifest
from dropbox.client.download import fetch
from dropbox.client.errors import Away, ClientError
from dropbox.client.retry import say_nothing
from dropbox.client.service import Service
from inbox_ui import bundling, papertrail, publishing, renewal, rostering, saving, words
from inbox_ui.archive import Archive
from inbox_ui.audit import Audit, audit
from inbox_ui.bundling import Exported, Imported
from inbox_ui.errors import InboxError, NoCourier, NoServer
from inbox_ui.keeper import Keeper
from inbox_ui.line import Line
from inbox_ui.membership import Change
from inbox_ui.options import Place, today
from inbox_ui.papertrail import Papers
from inbox_ui.station import Station
from inbox_ui.sync import Sync
from inbox_ui.words import Explained

T = TypeVar("T")

SAYABLE: Final = (ClientError, ProtocolError, InboxError)
"""What can go wrong with a server, a disk or a vault, and has a sentence."""
_STARTING: Final = 10.0
_ENDING: Final = 2.0


@dataclass(frozen=True)
class Report:
    """How the last conversation with the server went. Times are seconds of ``time.monotonic``.

    ``failed`` says why it could not be held; ``away`` is set where that was the network.
    ``troubles`` are what a person has to know though it went on.
    """

    fetched: float | None = None
    failing_since: float | None = None
    away: bool = False
    failed: Explained | None = None
    troubles: tuple[Explained, ...] = ()


class Courier:
    """The courier of one unlocked vault. ``pause``: seconds; ``broken`` is told of a defect."""

    def __init__(
        self, place: Place, keeper: Keeper, pause: float, broken: Callable[[], None]
    ) -> None:
        self._place: Final = place
        self._keeper: Final = keeper
        self._pause: Final = pause
        self._broken: Final = broken
        self.report = Report()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._loop: asyncio.AbstractEventLoop
        self._talking: asyncio.Lock
        self._main: asyncio.Task[None]

    def start(self) -> None:
        """Begin; the first conversation is held at once."""
        self._thread.start()
        self._ready.wait(_STARTING)

    def stop(self) -> None:
        """End whatever is going on, so that nothing unfinished is left on the disk."""
        self._loop.call_soon_threadsafe(self._main.cancel)
        self._thread.join(_ENDING)

    async def fetch(self) -> None:
        """Fetch and deliver now. How it went is in ``report``."""
        await self._over_there(self._converse())

    async def renew(self) -> None:
        """Sign the next directory and publish it. Raises what ``renewal.renew`` raises."""
        await self._over_there(self._renew())

    async def amend(self, change: Change) -> None:
        """Change the team, and give the server the roster that says so.

        Raises what ``rostering.amend`` raises, and ``RosterKept`` where the server was lost after
        it was signed.
        """
        await self._over_there(self._amend(change))

    async def write_bundle(self, goal: Path) -> Exported:
        """Write to ``goal`` what is to go out. Raises as ``bundling.export``."""
        return await self._over_there(self._write_bundle(goal))

    async def read_bundle(self, path: Path) -> Imported:
        """Take in the bundle in ``path``. Raises as ``bundling.take_in``."""
        return await self._over_there(self._read_bundle(path))

    async def audit(self) -> tuple[Audit, bool]:
        """Verify everything; also whether the server gave its papers. Raises ``InboxError``."""
        return await self._over_there(self._audit())

    async def save(self, manifest: FileManifest, folder: Path) -> Path:
        """Fetch a file into ``folder``; where it lies. Raises as ``saving.save_into``, and
        ``FileAsked`` where the next bundle has to bring it."""
        return await self._over_there(self._save(manifest, folder))

    async def read(self, manifest: FileManifest) -> bytes:
        """A file, whole and checked, in memory alone. Raises as ``download.fetch``, and
        ``FileAsked`` where the next bundle has to bring it."""
        return await self._over_there(self._read(manifest))

    # -- on the other thread --------------------------------------------------------------------

    def _run(self) -> None:
        try:
            asyncio.run(self._begin())
        except asyncio.CancelledError:
            return
        except BaseException:
            self._broken()
            raise

    async def _begin(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._talking = asyncio.Lock()
        self._main = asyncio.ensure_future(self._go_on())
        self._ready.set()
        await self._main

    async def _go_on(self) -> None:
        while True:
            await self._converse()
            await asyncio.sleep(self._pause)

    async def _converse(self) -> None:
        """One conversation, one at a time; a defect is raised, everything else is reported."""
        try:
            async with self._talking, self._line() as line:
                with self._station() as station:
                    outcome = await Sync(station, line).run()
                    if outcome.renewed:
                        publishing.write_out(station, self._place.folder)
        except SAYABLE as error:
            self._fail(error)
        else:
            troubles = tuple(words.explain(each) for each in outcome.troubles)
            self.report = Report(fetched=time.monotonic(), troubles=troubles)

    def _fail(self, error: Exception) -> None:
        since = self.report.failing_since or time.monotonic()
        away = isinstance(error, Away)
        self.report = replace(
            self.report, failing_since=since, away=away, failed=words.explain(error), troubles=()
        )

    async def _renew(self) -> None:
        async with (
            self._talking,
            self._line() as line,
            line.as_publisher(self._keeper.vault) as service,
        ):
            with self._station() as station:
                await renewal.renew(station, service)
                publishing.write_out(station, self._place.folder)

    async def _amend(self, change: Change) -> None:
        vault = self._keeper.vault
        async with self._talking:
            with self._station() as station, rostering.kept(station, lambda _: None):
                async with (
                    self._line() as line,
                    line.as_analyst(vault) as service,
                    line.as_publisher(vault) as publisher,
                ):
                    await rostering.amend(station, service, publisher, change)

    async def _write_bundle(self, goal: Path) -> Exported:
        async with self._talking:
            with self._station() as station:
                return await bundling.export(station, goal)

    async def _read_bundle(self, path: Path) -> Imported:
        async with self._talking:
            with self._station() as station:
                imported = await bundling.take_in(station, path)
                if imported.outcome.renewed:
                    publishing.write_out(station, self._place.folder)
                return imported

    async def _audit(self) -> tuple[Audit, bool]:
        papers: Papers | None = None
        with suppress(ClientError):
            async with self._line() as line, line.as_analyst(self._keeper.vault) as service:
                papers = await papertrail.ask(service)
        with self._station() as station:
            station.refresh()
            return audit(station, papers), papers is not None

    async def _save(self, manifest: FileManifest, folder: Path) -> Path:
        return await self._of_file(
            lambda service: saving.save_into(service, manifest, folder),
            lambda station: bundling.save(station, manifest, None, folder),
        )

    async def _read(self, manifest: FileManifest) -> bytes:
        return await self._of_file(
            lambda service: fetch(service, manifest),
            lambda station: bundling.read(station, manifest),
        )

    async def _of_file(
        self,
        fetched: Callable[[Service], Awaitable[T]],
        carried: Callable[[Station], Awaitable[T]],
    ) -> T:
        """What becomes of a file from the server. Where no server answers and bundles are carried,
        of what they brought."""
        try:
            async with self._line() as line, line.as_analyst(self._keeper.vault) as service:
                return await fetched(service)
        except (Away, NoServer) as error:
            with self._station() as station:
                try:
                    return await carried(station)
                except NoCourier:
                    raise error from None

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[Line]:
        async with self._place.line(say_nothing) as line:
            yield line

    def _station(self) -> Station:
        archive = Archive(self._place.folder.archive)
        return Station(self._keeper, archive, secrets.token_bytes, today)

    async def _over_there(self, work: Coroutine[Any, Any, T]) -> T:
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return await asyncio.wrap_future(future)
