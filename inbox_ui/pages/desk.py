"""The opened workstation on a thread of its own: one action after another, none between two.

Everything that blocks happens there: the archive, the seals, the passphrase, and the templates.
What is shown is fresh: where something has come, from the courier or from a command beside the
pages, it is folded first.
"""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final, TypeVar

from inbox_ui.errors import InboxError
from inbox_ui.keeper import Keeper
from inbox_ui.options import Place, today
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.search.index import Index
from inbox_ui.station import Station
from inbox_ui.vault import Vault

T = TypeVar("T")

_SLICE: Final = 0.1
"""Seconds that are read for at a time."""
_BREATH: Final = 0.01
_PAUSE: Final = 2.0
"""Seconds between two looks for what has changed."""


class Desk:
    """The station of one unlocked vault."""

    def __init__(self, station: Station, thread: ThreadPoolExecutor) -> None:
        self._station: Final = station
        self._thread: Final = thread
        self.index: Final = Index()
        """What can be searched. It is for actions at the desk alone."""
        self._wanted = 0
        self._folded: tuple[int, int, bytes | None, Vault] | None = None

    @classmethod
    async def open(cls, place: Place, passphrase: VaultPassphrase) -> "Desk":
        """Unlock and fold. Raises as ``Station.open``. Takes a second, for the passphrase."""
        thread = ThreadPoolExecutor(1, "desk")

        def opened() -> Station:
            return Station.open(place.folder, passphrase, secrets.token_bytes, today)

        try:
            station = await asyncio.get_running_loop().run_in_executor(thread, opened)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        desk = cls(station, thread)
        await desk.do(lambda _: None)
        return desk

    @property
    def keeper(self) -> Keeper:
        """The vault, open."""
        return self._station.keeper

    async def do(self, action: Callable[[Station], T]) -> T:
        """What ``action`` gives, done with everything folded that is there."""
        self._wanted += 1
        try:
            return await self._there(action)
        finally:
            self._wanted -= 1

    async def read_along(self) -> None:
        """Read for the search what there is, a little at a time, as long as this is open: it stops
        after a few cases where somebody waits for a page."""

        def read(station: Station) -> int:
            return self.index.follow(station, _SLICE, wanted=lambda: self._wanted > 0)

        while True:
            left = 0
            with suppress(InboxError):
                left = await self._there(read)
            await asyncio.sleep(_BREATH if left else _PAUSE)

    async def _there(self, action: Callable[[Station], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._act, action)

    def _act(self, action: Callable[[Station], T]) -> T:
        self._fold()
        with self._station.held():
            return action(self._station)

    def _fold(self) -> None:
        """Fold what has come. A new directory, roster or vault decides anew who may write and what
        opens, so all is asked again."""
        station = self._station
        vault = station.keeper.follow()
        roster = station.archive.rosters.newest_signed()
        state = (station.archive.changes(), station.seen.directory.seq, roster, vault)
        if state != self._folded:
            station.refresh()
            self._folded = state
