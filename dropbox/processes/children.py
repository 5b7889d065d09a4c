"""A forked child, and the pipe on which it says one thing: that it is ready, or taken."""

import os
import select
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

SIGNALS: Final = {
    signal.SIGCHLD,
    signal.SIGTERM,
    signal.SIGINT,
    signal.SIGHUP,
    signal.SIGUSR1,
    signal.SIGUSR2,
}
"""What the supervisor waits for; children get them back. USR1: a child has said its thing. USR2:
somebody waits for a process that is free, and there has been none for a while."""

Work = Callable[[Callable[[], None]], None]
"""What a child does, given what it calls to say its one thing."""


@dataclass(slots=True)
class Child:
    """A child process, when it began, and whether it has said its thing."""

    process: int
    pipe: int
    began: float = field(default_factory=time.monotonic)
    told: bool = False

    @property
    def age(self) -> float:
        """Seconds since it began, or since it said its thing."""
        return time.monotonic() - self.began

    def listen(self) -> bool:
        """Whether it says its thing now, for the first time. Its age begins anew."""
        if self.told or not select.select([self.pipe], [], [], 0)[0]:
            return False
        self.told = os.read(self.pipe, 1) != b""
        if self.told:
            self.began = time.monotonic()
        return self.told

    def close(self) -> None:
        """Let go of its pipe: it has ended."""
        os.close(self.pipe)


def fork(work: Work, inherited: Iterable[Child]) -> Child:
    """A child that does ``work`` and ends; it keeps none of the pipes of those ``inherited``."""
    supervisor = os.getpid()
    told, tell = os.pipe()
    process = os.fork()
    if process:
        os.close(tell)
        return Child(process, told)
    status = 1
    try:
        os.close(told)
        for other in inherited:
            os.close(other.pipe)
        _begin(supervisor)
        work(lambda: _tell(tell, supervisor))
        status = 0
    finally:
        os._exit(status)  # never back into the supervisor's frames


def _begin(supervisor: int) -> None:
    from dropbox.processes.hardening import be_silent, die_with, leave_no_core

    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    die_with(supervisor)
    leave_no_core()
    be_silent()


def _tell(pipe: int, supervisor: int) -> None:
    os.write(pipe, b"1")
    os.close(pipe)
    os.kill(supervisor, signal.SIGUSR1)
