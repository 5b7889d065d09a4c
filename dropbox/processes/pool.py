"""Processes that end after one answer: some are free, and the next are forked as those are taken.

Forking is off the path of any request: who comes in is given to one that waits already.
"""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from dropbox import limits
from dropbox.processes.children import Child, Work, fork

Others = Callable[[], Iterable[Child]]
"""All children of the supervisor: whose pipes a new one must not keep."""


@dataclass(slots=True)
class Pool:
    """The processes that do ``work``: at most ``most``, of which ``free`` wait while they can."""

    work: Work
    free: int
    most: int
    age: float
    """Seconds after which one at work has had its time, if somebody waits."""
    children: dict[int, Child] = field(default_factory=dict)
    _failed: float = 0.0

    @property
    def at_work(self) -> list[Child]:
        """Those that were taken, the oldest first."""
        return sorted((each for each in self.children.values() if each.told), key=_began)

    def look(self) -> None:
        """Note which were taken since the last look."""
        for child in self.children.values():
            child.listen()

    def fill(self, others: Others, listener: socket.socket) -> None:
        """Fork as many as are missing. None of them keeps ``listener`` open."""
        if time.monotonic() - self._failed < limits.PAUSE_SECONDS:
            return
        missing = self.free - (len(self.children) - len(self.at_work))
        for _ in range(min(missing, self.most - len(self.children))):
            child = fork(partial(self._begin, listener), others())
            self.children[child.process] = child

    def _begin(self, listener: socket.socket, tell: Callable[[], None]) -> None:
        listener.close()  # one that is at work long must not let others wait for nobody
        self.work(tell)

    def ended(self, process: int) -> bool:
        """Whether the process that has ended was one of these. It is forgotten."""
        child = self.children.pop(process, None)
        if child is None:
            return False
        child.listen()
        if not child.told:
            self._failed = time.monotonic()  # it ended before it was asked for anything
        child.close()
        return True

    def make_room(self) -> None:
        """Where all are at work and somebody waits: give up those that have had their time."""
        at_work = self.at_work
        if len(at_work) < self.most:
            return
        for child in at_work:
            if child.age > self.age:
                with suppress(ProcessLookupError):
                    os.kill(child.process, signal.SIGKILL)


def _began(child: Child) -> float:
    return child.began
