"""How long an analyst waits for the list of cases, all of them seen before.

The time runs in a new process, from the vault unlocked (the passphrase takes its second on purpose)
to the rows of the first page. The files are in the system's cache: what is measured is the program.
"""

import secrets
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from bench.budgets import INBOX, INBOX_SIZE, Result
from bench.corpus import PASSPHRASE, seen_archive
from bench.scale import Scale
from bench.servers import ROOT
from bench.team import today
from inbox_ui.archive import Archive
from inbox_ui.folder import Folder
from inbox_ui.keeper import Keeper
from inbox_ui.station import Station

PAGE = 50
"""Cases on a page of the list."""


def measure(scale: Scale, folder: Path) -> list[Result]:
    """Seconds to the first page, each time in a process of its own."""
    path = seen_archive(scale.inbox).path
    seconds = [_ask(path) for _ in range(scale.rounds + 1)]
    return [Result(INBOX_SIZE, scale.inbox), Result(INBOX, median(seconds[1:]))]


def _ask(path: Path) -> float:
    command = [sys.executable, "-m", "bench.inbox", str(path)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return float(done.stdout)


def open_list(path: Path) -> float:
    """Seconds from the vault unlocked to the first page."""
    folder = Folder(path)
    keeper = Keeper(folder, PASSPHRASE, secrets.token_bytes)
    began = time.perf_counter()
    with Station(keeper, Archive(folder.archive), secrets.token_bytes, today) as station:
        station.refresh()
        page = station.casebook.cases()[:PAGE]
        seconds = time.perf_counter() - began
    assert page
    assert all(case.is_whole for case in page)
    return seconds


if __name__ == "__main__":
    print(open_list(Path(sys.argv[1])))
