"""Whose request is begun next: each lane has its turn, and whoever is known waits for none.

The loop of a worker runs what is ready in the order in which it came. Were thousands of requests of
strangers ready at once, a mailbox that is read would wait for all of them. So they are begun one
of each lane at a time, and in between the loop looks at everybody else.
"""

import asyncio
from collections import deque

from dropbox import limits
from dropbox.limits import Lane


class Turns:
    """Those of one worker."""

    def __init__(self) -> None:
        self._waiting: dict[Lane, deque[asyncio.Future[None]]] = {lane: deque() for lane in Lane}
        self._left = dict.fromkeys(Lane, limits.TURNS_AT_ONCE)
        self._scheduled = False

    async def take(self, lane: Lane) -> None:
        """Returns when it is the request's turn; at once where nobody of its lane was before it."""
        if lane is Lane.KNOWN:
            return
        loop = asyncio.get_running_loop()
        if not self._scheduled:
            self._scheduled = True
            loop.call_soon(self._next)
        if self._left[lane] and not self._waiting[lane]:
            self._left[lane] -= 1
            return
        turn = loop.create_future()
        self._waiting[lane].append(turn)
        await turn

    def _next(self) -> None:
        """One turn of the loop is over."""
        self._scheduled = False
        for lane, waiting in self._waiting.items():
            self._left[lane] = limits.TURNS_AT_ONCE
            while waiting and self._left[lane]:
                turn = waiting.popleft()
                if not turn.done():
                    turn.set_result(None)
                    self._left[lane] -= 1
        if any(self._waiting.values()):
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._next)
