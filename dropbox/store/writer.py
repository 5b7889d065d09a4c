"""The one task of a worker that writes: many requests in one commit.

A request queues a job and waits. The task takes whatever is waiting, applies it in one transaction
and answers everybody after the commit. So a commit, which waits for the disk, is paid once for all
who wait; and no receipt is given before it.

Each lane has a queue of its own and its share of every commit (``limits.SHARES``): whoever comes in
numbers waits behind others of the same lane, and nobody else waits behind them.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar, cast

from sqlalchemy import Connection

from dropbox import limits
from dropbox.limits import SHARES, Lane
from dropbox.store.database import Database, DatabaseFailed, Failure
from dropbox.store.jobs import Job
from dropbox.store.refused import Refused, Unsettled
from dropbox.wire import Fault
from dropbox.words import DATABASE_BACK, DATABASE_LOST, say

Result = TypeVar("Result")
Outcome = object
"""A job's result, or the ``Refused`` that its request is told."""
Waiting = tuple[Job[Any], asyncio.Future[Outcome]]
"""A job, and what its request waits for."""
Apply = Callable[[Connection, Sequence[Job[Any]]], list[Outcome]]

_REFUSALS: Final = {
    Failure.FULL: Fault.FULL,
    Failure.BUSY: Fault.BUSY,
    Failure.AWAY: Fault.BUSY,
}
"""For the others: failed."""


class Writer:
    """Queues jobs and applies them. :meth:`run` is the task; where it ends, the worker ends."""

    def __init__(self, database: Database, apply: Apply) -> None:
        self._database = database
        self._apply = apply
        self._waiting: dict[Lane, deque[Waiting]] = {lane: deque() for lane in Lane}
        self._backlog = dict.fromkeys(Lane, 0)
        self._wake = asyncio.Event()
        self._closing = False
        self._away = False

    async def do(self, job: Job[Result]) -> Result:
        """The job's result, after it is on the disk. Raises ``Refused``."""
        lane = job.lane
        if self._closing or self._backlog[lane] > SHARES[lane].backlog:
            raise Refused(Fault.BUSY, limits.STRANGER_WAIT if lane is Lane.STRANGER else 0)
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting[lane].append((job, future))
        self._backlog[lane] += job.weight
        self._wake.set()
        outcome = await future
        if isinstance(outcome, Refused):
            raise outcome
        return cast("Result", outcome)

    def fullness(self, lane: Lane) -> float:
        """How much of its backlog a lane has used, 0 to 1 and a little."""
        return self._backlog[lane] / SHARES[lane].backlog

    async def run(self) -> None:
        """Apply jobs until :meth:`close`. Raises what must end the process."""
        while not self._closing or any(self._waiting.values()):
            await self._wake.wait()
            self._wake.clear()
            while batch := self._take():
                try:
                    await self._store(batch)
                finally:
                    _answer(batch, [Unsettled(Fault.FAILED)] * len(batch))

    def close(self) -> None:
        """Take no more jobs; :meth:`run` ends when those that wait are done."""
        self._closing = True
        self._wake.set()

    def _take(self) -> list[Waiting]:
        """The next batch: each lane's share, then what fits of the rest; at least one job of every
        lane that waits, and no more than a batch may hold."""
        batch: list[Waiting] = []
        for lane in Lane:
            self._move(lane, batch, SHARES[lane].batch)
        for lane in Lane:
            self._move(lane, batch, limits.LARGEST_BATCH - len(batch))
        return batch

    def _move(self, lane: Lane, batch: list[Waiting], most: int) -> None:
        """Move up to ``most`` jobs of a lane into the batch, and of bytes its part alike."""
        room = limits.LARGEST_WEIGHT * most // limits.LARGEST_BATCH
        waiting = self._waiting[lane]
        weight = count = 0
        while waiting and count < most:
            weight += waiting[0][0].weight
            if count and weight > room:
                break
            batch.append(waiting.popleft())
            self._backlog[lane] -= batch[-1][0].weight
            count += 1

    async def _store(self, batch: list[Waiting]) -> None:
        jobs = [job for job, _ in batch]
        try:
            _answer(batch, await self._database.write(lambda each: self._apply(each, jobs)))
            self._note(away=False)
        except DatabaseFailed as failed:
            failure = failed.failure
            self._note(away=failure in {Failure.AWAY, Failure.UNKNOWN})
            if failure is Failure.FATAL:
                raise
            if failure is Failure.OTHER and len(batch) > 1:
                for one in batch:  # whoever is at fault fails alone
                    await self._store([one])
                return
            kind = Unsettled if failure is Failure.UNKNOWN else Refused
            refused = kind(_REFUSALS.get(failure, Fault.FAILED))
            _answer(batch, [refused] * len(batch))

    def _note(self, *, away: bool) -> None:
        """Tell the operator, once, when a database server goes and when it has come back."""
        if away != self._away:
            self._away = away
            say(DATABASE_LOST if away else DATABASE_BACK)


def _answer(batch: list[Waiting], outcomes: Sequence[Outcome]) -> None:
    """Tell whoever still waits and was not told before."""
    for (_, future), outcome in zip(batch, outcomes, strict=True):
        if not future.done():
            future.set_result(outcome)
