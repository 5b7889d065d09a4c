"""Everything a worker's handlers ask of what is stored, behind one object."""

import asyncio
import errno
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, select

from crypto.files import part_hash
from dropbox import limits
from dropbox.limits import Lane
from dropbox.store.batch import apply
from dropbox.store.database import DatabaseFailed, Failure
from dropbox.store.forms import is_current
from dropbox.store.ground import Published, Shelf
from dropbox.store.jobs import Caller, HoldPart, Job, NoteMarks, PurgeAgain, Sweep
from dropbox.store.locations import Location
from dropbox.store.parts import Parts
from dropbox.store.people import People, View
from dropbox.store.reading import find_ended, unfinished_bytes
from dropbox.store.refused import Refused, Unsettled
from dropbox.store.retention import Named, Retention, find_named
from dropbox.store.room import Room
from dropbox.store.schema import parts
from dropbox.store.writer import Writer
from dropbox.wire import Fault, Role

R = TypeVar("R")
Clock = Callable[[], datetime]
"""Gives the time, in UTC. A parameter, so that a test can let days pass."""

PARTS_NAME: Final = "parts"
_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Store:
    """The database, its writer and the parts of one worker."""

    def __init__(self, location: Location, data: Path, clock: Clock) -> None:
        self._database = location.open()
        self._parts = Parts(data / PARTS_NAME)
        self._data = data
        self._clock = clock
        self._unfinished = 0
        self._shelf = Shelf()
        self._writer_shelf = Shelf()
        self._suspects: set[Path] = set()
        self._remains = True  # of what a worker before this one deleted
        self.writer = Writer(self._database, self._apply)

    def now(self) -> datetime:
        """The time, in UTC."""
        return self._clock()

    async def write(self, job: Job[R]) -> R:
        """The job's result, once it is on the disk. Raises ``Refused``."""
        return await self.writer.do(job)

    async def read(self, caller: Caller | None, function: Callable[[Connection], R]) -> R:
        """What ``function`` finds, unless the caller's session has ended, or the newest roster lets
        the caller in no more. Raises ``Refused``."""

        def look(connection: Connection) -> R:
            if caller is not None:
                self._check(connection, caller)
            return function(connection)

        return await self._read(look)

    async def show(self, caller: Caller, function: Callable[[Connection, View | None], R]) -> R:
        """As :meth:`read`, with what an analyst is given; a mailbox has no view but its own."""

        def look(connection: Connection) -> R:
            self._check(connection, caller)
            if caller.role is Role.MAILBOX:
                return function(connection, None)
            return function(connection, self._shelf.view(connection, caller.address))

        return await self._read(look)

    async def people(self) -> People:
        """What the newest roster says."""
        return await self._read(self._shelf.people)

    async def newest(self) -> Published:
        """The newest directory."""
        return await self._read(self._shelf.newest)

    async def is_current(self) -> bool:
        """Whether the database still has the form that this program works with."""
        return await self._read(is_current)

    async def settle(self) -> None:
        """Let what an earlier process committed be on the disk, if it died because a flush failed.

        It is in the log, so from now on it counts as stored; but a disk that failed to flush it may
        have it in memory alone. Raises ``DatabaseFailed``.
        """
        try:
            self._remains = not await self._database.forget_gently()
        except DatabaseFailed as failed:
            if failed.failure is Failure.FATAL:  # on a full disk, what is stored can be read
                raise

    @property
    def room(self) -> Room:
        """What room there is now. Raises ``OSError``."""
        return Room.of(self._data)

    @property
    def unfinished_share(self) -> float:
        """How much of their room unfinished files have taken, 0 to 1 and a little; about."""
        return self._unfinished / max(self.room.unfinished, 1)

    async def count_unfinished(self) -> None:
        """Count their bytes anew."""
        self._unfinished = await self.read(None, unfinished_bytes)

    async def put_part(
        self, caller: Caller, file: bytes, part: int, sealed: bytes, lane: Lane
    ) -> None:
        """Hash a part, put it on the disk, then say that it is held. Raises ``Refused``.

        Bytes that no row can name go at once; where a row may, the sweep of orphans decides.
        """
        if not self.room.takes_part(len(sealed)):
            raise Refused(Fault.FULL)
        try:
            hash_of_part, name = await asyncio.to_thread(self._keep, sealed, self.now().date())
        except OSError as error:
            raise Refused(Fault.FULL if error.errno in _NO_ROOM else Fault.FAILED) from None
        held = HoldPart(caller, file, part, hash_of_part, len(sealed), name, lane)
        try:
            unused = await self.write(held)
        except Unsettled:
            raise
        except Refused:
            await self.remove((name,))
            raise
        self._unfinished += len(sealed)
        await self.remove(unused)

    async def get_part(self, name: bytes) -> bytes:
        """The bytes of a part that is held. Raises ``Refused`` where the disk has lost it."""
        try:
            return await asyncio.to_thread(self._parts.read, name)
        except OSError:
            raise Refused(Fault.FAILED) from None

    async def remove(self, names: tuple[bytes, ...]) -> None:
        """Remove the bytes of parts whose rows are gone."""
        if names:
            await asyncio.to_thread(self._parts.remove, names)

    async def sweep(self) -> None:
        """Delete what has expired: challenges, ended sessions, unfinished files, and the files of
        envelopes that were deleted. Where any were, let nothing be left of them in the database's
        files."""
        await self.remove(await self.write(Sweep()))
        if self._remains:
            self._remains = not await self._database.forget_gently()

    async def delete(self, job: Job[R]) -> R:
        """As :meth:`write`, for what deletes envelopes: the next sweep sees to their remains."""
        result = await self.write(job)
        self._remains = True
        return result

    async def purge_again(self, caller: Caller, marks: tuple[bytes, ...]) -> int:
        """Purge the mailboxes with these marks that are due, and remember the marks of those that
        are not here; how many were purged. Raises ``Refused``; then some may be purged.

        What is looked for is looked for before, because every address is hashed for it; what is
        due is asked again in the transaction that purges. Their remains go with the next sweep.
        """
        days = (await self.newest()).directory.limits.days_unused

        def look(connection: Connection) -> Named:
            return find_named(connection, Retention.of(connection, self.now().date(), days), marks)

        found = await self.read(caller, look)
        rule, purged = found.rule, 0
        for start in range(0, len(found.due), limits.PURGED_AT_ONCE):
            few = found.due[start : start + limits.PURGED_AT_ONCE]
            purged += await self.delete(PurgeAgain(caller, few, rule.oldest, rule.boundary))
        await self.write(NoteMarks(caller, found.absent))
        return purged

    async def sweep_orphans(self) -> None:
        """Remove the bytes that no row named at the last call either."""
        names = await self._read(lambda each: each.scalars(select(parts.c.name)).all())
        known = {self._parts.path(name) for name in names}
        sweep = partial(self._parts.sweep, known, self._suspects)
        self._suspects = await asyncio.to_thread(sweep)

    async def close(self) -> None:
        """Close the database."""
        await self._database.close()

    def _check(self, connection: Connection, caller: Caller) -> None:
        if find_ended(connection, [caller.session]):
            raise Refused(Fault.NO_SESSION)
        team = caller.role is not Role.MAILBOX
        if team and self._shelf.people(connection).refuses(caller.address):
            raise Refused(Fault.REFUSED)

    async def _read(self, function: Callable[[Connection], R]) -> R:
        try:
            return await self._database.read(function)
        except DatabaseFailed as failed:
            if failed.failure in {Failure.AWAY, Failure.BUSY}:
                raise Refused(Fault.BUSY) from None
            raise

    def _keep(self, sealed: bytes, day: date) -> tuple[bytes, bytes]:
        return part_hash(sealed), self._parts.write(sealed, day)

    def _apply(self, connection: Connection, jobs: Any) -> list[object]:
        if not is_current(connection):  # it was upgraded under us
            raise DatabaseFailed(Failure.FATAL)
        return apply(connection, self._writer_shelf, self._clock(), jobs, self.room)
