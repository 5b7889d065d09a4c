"""The process that holds the socket, forks all others, and replaces those that end.

It has no event loop, no thread and no database, and reads no connection: what it forks is clean.
Its children are in its process group and are killed by the kernel when it is gone.
"""

import gc
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial

from dropbox import limits
from dropbox.difficulty import Levels
from dropbox.processes.children import SIGNALS, Child, fork
from dropbox.processes.hardening import leave_no_core, open_many_files
from dropbox.processes.pool import Pool
from dropbox.settings import Impossible
from dropbox.words import STOPPING, WORKER_DIED, WORKERS_DIE, say

Work = Callable[[socket.socket, int, Callable[[], None]], None]
"""What a worker does: with the socket and its number, calling the third once it is ready."""


class Supervisor:
    """The workers by their number, and the pools of processes that end after one answer."""

    def __init__(
        self, listener: socket.socket, retiring: Levels, work: Work, pools: Sequence[Pool]
    ) -> None:
        """``retiring`` has a byte for each worker, which it sets when it will end."""
        self._listener = listener
        self._retiring = retiring
        self._number = len(retiring)
        self._work = work
        self._pools = pools
        self._workers: dict[int, tuple[int, Child]] = {}
        self._leaving: set[int] = set()
        self._failures = 0

    def run(self, announce: Callable[[], None]) -> None:
        """Run until SIGTERM or SIGINT; returns when all children have ended.

        ``announce`` is called once the first set of workers is ready. Raises ``Impossible`` when
        they keep dying before they are.
        """
        leave_no_core()
        open_many_files()
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        gc.collect()
        gc.freeze()
        try:
            for number in range(self._number):
                self._start(number)
            self._fill()
            self._watch(announce)
        finally:
            self._listener.close()  # who comes now is refused and does not wait for nobody
            self._end()

    def _children(self) -> Iterator[Child]:
        for _, child in self._workers.values():
            yield child
        for pool in self._pools:
            yield from pool.children.values()

    def _start(self, number: int) -> None:
        child = fork(partial(self._work, self._listener, number), self._children())
        self._workers[child.process] = (number, child)

    def _fill(self) -> None:
        for pool in self._pools:
            pool.look()
            pool.fill(self._children, self._listener)

    def _watch(self, announce: Callable[[], None]) -> None:
        """Until a signal says stop. A worker that was ready is replaced as often as it takes."""
        announced = False
        while True:
            waiting = self._wait_for_workers()
            if not announced and not waiting:
                announce()
                announced = True
            caught = signal.sigtimedwait(SIGNALS, 0.02 if waiting else limits.PULSE_SECONDS)
            if caught is not None and caught.si_signo in {signal.SIGTERM, signal.SIGINT}:
                return
            if caught is not None and caught.si_signo == signal.SIGUSR2:
                for pool in self._pools:
                    pool.make_room()
            for number, child in self._reap():
                self._replace(number, child, announced)
            self._replace_retiring()
            self._fill()

    def _wait_for_workers(self) -> bool:
        """Whether some worker is not ready yet; one that takes too long is killed."""
        waiting = False
        for process, (_, child) in self._workers.items():
            child.listen()
            if not child.told:
                waiting = True
                if child.age > limits.START_SECONDS:
                    os.kill(process, signal.SIGKILL)
        return waiting

    def _replace_retiring(self) -> None:
        """Start another for each worker that will end: before it does, so that nobody waits."""
        for process, (number, _) in list(self._workers.items()):
            if process not in self._leaving and self._retiring[number]:
                self._retiring[number] = 0
                self._leaving.add(process)
                self._start(number)

    def _replace(self, number: int, child: Child, announced: bool) -> None:
        if child.process in self._leaving:
            self._leaving.discard(child.process)
            return
        self._failures = 0 if child.told else self._failures + 1
        if self._failures >= limits.MOST_FAILURES or (not child.told and not announced):
            raise Impossible(WORKERS_DIE)
        say(WORKER_DIED)
        if child.age < limits.PAUSE_SECONDS:
            time.sleep(limits.PAUSE_SECONDS)
        self._start(number)

    def _reap(self) -> list[tuple[int, Child]]:
        """The workers that have ended since the last look, with their numbers."""
        ended = []
        with suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                process = found[0]
                if any(pool.ended(process) for pool in self._pools):
                    continue
                number, child = self._workers.pop(process)
                child.close()
                ended.append((number, child))
        return ended

    def _end(self) -> None:
        """Ask all to finish, wait, and kill those that do not."""
        if self._workers:
            say(STOPPING)
        for child in self._children():
            os.kill(child.process, signal.SIGTERM)
        deadline = time.monotonic() + limits.KILL_SECONDS
        while any(self._children()) and time.monotonic() < deadline:
            signal.sigtimedwait({signal.SIGCHLD}, 0.1)
            self._reap()
        for child in self._children():
            os.kill(child.process, signal.SIGKILL)
            os.waitpid(child.process, 0)
