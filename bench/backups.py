"""Whether a server with many mailboxes goes on taking reports while a backup of it is made.

In each round the same kind of load meets a server that is left alone and one of which backups are
made, one after another, from before the load begins until after it has ended. One more backup is
made while nobody writes, for how long it takes and how much memory it needs.
"""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench import load
from bench.budgets import (
    BACKUP_ALONE,
    BACKUP_BESIDE,
    BACKUP_MEMORY,
    BACKUP_RATIO,
    BACKUP_SECONDS,
    Result,
)
from bench.crowd import prepare
from bench.databases import IN_FILES, Databases
from bench.filling import fill
from bench.rounds import compare
from bench.scale import Scale
from bench.servers import BIN, ask_no_work, dropbox, make_data, write_key
from bench.team import Team
from crypto.constants import MIB


def measure(scale: Scale, folder: Path, databases: Databases = IN_FILES) -> list[Result]:
    """The rates with and without a backup, their ratio, and what a backup takes."""
    team = Team.found()
    data = ask_no_work(make_data(folder / "many", team, databases))
    fill(data, team, scale.many)
    goal = folder / "many.backup"
    with dropbox(data, write_key(folder)) as server:
        batches = prepare(team, server.port, 2 * scale.rounds + 1, scale.reports, scale.at_once)

        def rate(number: int) -> float:
            return load.run(server.port, batches[number], scale.at_once).expect(200).rate

        def beside(number: int) -> float:
            with _backups(data, goal):
                return rate(2 * number)

        compared = compare(beside, lambda number: rate(2 * number + 1), scale.rounds)
        seconds, memory = _alone(data, goal)
    return [
        Result(BACKUP_ALONE, compared.other),
        Result(BACKUP_BESIDE, compared.ours),
        Result(BACKUP_RATIO, compared.ratio),
        Result(BACKUP_SECONDS, seconds),
        Result(BACKUP_MEMORY, memory),
    ]


def _start(data: Path, goal: Path) -> subprocess.Popen[str]:
    """A backup that has begun to read."""
    process = subprocess.Popen(
        [BIN / "dropbox-server", "backup", "--data", str(data), "--yes", str(goal)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    if "rows" not in process.stderr.readline():
        _end(process)
        raise load.LoadFailed("the backup does not begin")
    return process


def _end(process: subprocess.Popen[str]) -> None:
    """Kill it if it still runs."""
    process.kill()
    process.communicate()


@contextmanager
def _backups(data: Path, goal: Path) -> Iterator[None]:
    """While the block runs there is always a backup at work."""
    process = _start(data, goal)
    ending = threading.Event()

    def go_on() -> None:
        nonlocal process
        while not ending.wait(0.01):
            if process.poll() is not None:
                _end(process)
                process = _start(data, goal)

    watcher = threading.Thread(target=go_on)
    watcher.start()
    try:
        yield
    finally:
        ending.set()
        watcher.join()
        _end(process)


def _alone(data: Path, goal: Path) -> tuple[float, float]:
    """Seconds of a backup that nobody disturbs, and the most memory it had, in MiB."""
    began = time.perf_counter()
    process = _start(data, goal)
    most = 0
    while process.poll() is None:
        most = max(most, psutil.Process(process.pid).memory_info().rss)
        time.sleep(0.02)
    seconds = time.perf_counter() - began
    _end(process)
    if process.returncode:
        raise load.LoadFailed("the backup was not made")
    return seconds, most / MIB
