"""The process that holds the socket, forks the workers, and replaces one that dies.

It has no event loop, no thread and no database, and reads no connection: what it forks is clean.
Workers are in its process group and are killed by the kernel when it is gone.
"""

import gc
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dropbox import limits
from dropbox.processes.hardening import leave_no_core, open_many_files
from dropbox.settings import Impossible
from dropbox.words import STOPPING, WORKER_DIED, WORKERS_DIE, say

_SIGNALS: Final = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}

Work = Callable[[socket.socket, int, Callable[[], None]], None]
"""What a worker does: with the socket and its number, calling the third once it is ready."""


@dataclass(slots=True)
class Child:
    """A worker: its number, the pipe on which it says that it is ready, and when it began."""

    number: int
    pipe: int
    began: float
    ready: bool = False


def supervise(
    listener: socket.socket, workers: int, work: Work, announce: Callable[[], None]
) -> None:
    """Run ``workers`` processes of ``work`` until SIGTERM or SIGINT; returns when all have ended.

    ``announce`` is called once the first set of workers is ready. Raises ``Impossible`` when they
    keep dying before they are.
    """
    leave_no_core()
    open_many_files()
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    gc.collect()
    gc.freeze()
    children: dict[int, Child] = {}
    for number in range(workers):
        _fork(listener, number, work, children)
    try:
        _watch(listener, work, announce, children)
    finally:
        listener.close()  # who comes now is refused and does not wait for nobody
        _end(children)


def _watch(
    listener: socket.socket,
    work: Work,
    announce: Callable[[], None],
    children: dict[int, Child],
) -> None:
    """Until a signal says stop. A worker that was ready is replaced as often as it takes."""
    announced, failures = False, 0
    while True:
        _note_ready(children)
        if not announced and all(child.ready for child in children.values()):
            announce()
            announced = True
        waiting = any(not child.ready for child in children.values())
        caught = signal.sigtimedwait(_SIGNALS, 0.02 if waiting else 60.0)
        if caught is not None and caught.si_signo in {signal.SIGTERM, signal.SIGINT}:
            return
        for child in _reap(children):
            failures = 0 if child.ready else failures + 1
            if failures >= limits.MOST_FAILURES or (not child.ready and not announced):
                raise Impossible(WORKERS_DIE)
            say(WORKER_DIED)
            if time.monotonic() - child.began < limits.PAUSE_SECONDS:
                time.sleep(limits.PAUSE_SECONDS)
            _fork(listener, child.number, work, children)


def _fork(listener: socket.socket, number: int, work: Work, children: dict[int, Child]) -> None:
    supervisor = os.getpid()
    told, tell = os.pipe()
    child = os.fork()
    if child:
        os.close(tell)
        children[child] = Child(number, told, time.monotonic())
        return
    status = 1
    try:
        os.close(told)
        for other in children.values():
            os.close(other.pipe)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        _work(listener, number, work, (supervisor, tell))
        status = 0
    finally:
        os._exit(status)  # never back into the supervisor's frames


def _work(listener: socket.socket, number: int, work: Work, line: tuple[int, int]) -> None:
    from dropbox.processes.hardening import be_silent, die_with

    supervisor, tell = line
    die_with(supervisor)
    be_silent()
    work(listener, number, lambda: _tell(tell))


def _tell(pipe: int) -> None:
    os.write(pipe, b"1")
    os.close(pipe)


def _note_ready(children: dict[int, Child]) -> None:
    """Look at the pipes of those that are not ready yet; kill one that takes too long."""
    for process, child in children.items():
        if child.ready:
            continue
        if select.select([child.pipe], [], [], 0)[0] and os.read(child.pipe, 1):
            child.ready = True
        elif time.monotonic() - child.began > limits.START_SECONDS:
            os.kill(process, signal.SIGKILL)


def _reap(children: dict[int, Child]) -> list[Child]:
    """The workers that have ended since the last look."""
    ended = []
    while children:
        process, _ = os.waitpid(-1, os.WNOHANG)
        if process == 0:
            break
        child = children.pop(process)
        os.close(child.pipe)
        ended.append(child)
    return ended


def _end(children: dict[int, Child]) -> None:
    """Ask the workers to finish, wait, and kill those that do not."""
    if not children:
        return
    say(STOPPING)
    for process in children:
        os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + limits.KILL_SECONDS
    while children and time.monotonic() < deadline:
        signal.sigtimedwait({signal.SIGCHLD}, 0.1)
        _reap(children)
    for process in children:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
