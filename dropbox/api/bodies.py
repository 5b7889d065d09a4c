"""The bodies on their way in, so that a few slow senders cannot take the room of all others.

A body takes room of its lane from its announcement until it is here. Where there is none left, the
oldest of the lane that has had its time (``limits.BODY_AGE``) is given up for the new one; where
none has, the new one is told to come again, before anything of it is read.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from dropbox import limits
from dropbox.limits import SHARES, Lane
from dropbox.store.refused import Refused
from dropbox.wire import Fault


@dataclass(eq=False, slots=True)
class Body:
    """One of them: its length, when it began (of the loop's clock), and what ends its time."""

    length: int
    began: float
    patience: asyncio.Timeout
    given_up: bool = False


@dataclass(slots=True)
class _Lane:
    held: int = 0
    bodies: dict[Body, None] = field(default_factory=dict)


class Bodies:
    """Those of one worker."""

    def __init__(self) -> None:
        self._lanes = {lane: _Lane() for lane in Lane}

    def fullness(self, lane: Lane) -> float:
        """How much of its share a lane has used, 0 to 1."""
        return self._lanes[lane].held / SHARES[lane].bodies

    @contextmanager
    def room(self, lane: Lane, length: int, patience: asyncio.Timeout) -> Iterator[Body]:
        """Room for a body while it comes. Raises ``Refused``."""
        held = self._lanes[lane]
        now = asyncio.get_running_loop().time()
        while held.held + length > SHARES[lane].bodies:
            self._give_up_oldest(held, now)
        body = Body(length, now, patience)
        held.bodies[body] = None
        held.held += length
        try:
            yield body
        finally:
            self._leave(held, body)

    def _give_up_oldest(self, held: _Lane, now: float) -> None:
        oldest = next(iter(held.bodies), None)
        if oldest is None or now - oldest.began < limits.BODY_AGE:
            raise Refused(Fault.BUSY, limits.STRANGER_WAIT)
        self._leave(held, oldest)
        oldest.given_up = True
        oldest.patience.reschedule(now)

    @staticmethod
    def _leave(held: _Lane, body: Body) -> None:
        if body in held.bodies:
            del held.bodies[body]
            held.held -= body.length
