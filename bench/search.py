"""How long an analyst waits for the search, over messages that were all read before.

The first process reads them into the index, which keeps itself sealed. The second is measured: from
the vault unlocked to the first answer (the cases folded, the sealed parts opened and held against
them), and then each of many searches with its page of excerpts. They are for rare and for frequent
words, phrases and beginnings, in the proportions in which the words of the texts occur.
"""

import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench.budgets import SEARCH, SEARCH_READ, SEARCH_SIZE, SEARCH_USABLE, Result
from bench.corpus import PASSPHRASE, seen_archive, words_of
from bench.scale import Scale
from bench.servers import ROOT
from bench.team import today
from inbox_ui.archive import Archive
from inbox_ui.folder import Folder
from inbox_ui.keeper import Keeper
from inbox_ui.search.index import Index
from inbox_ui.station import Station

_ASKED: Final = 100


@dataclass(frozen=True)
class Session:
    """Seconds until the first answer, and milliseconds of each search after that."""

    usable: float
    searches: tuple[float, ...]


def measure(scale: Scale, _: Path) -> list[Result]:
    """The median search, and the median of what a session needs to its first."""
    path = seen_archive(scale.inbox).path
    read = _run(path).usable
    sessions = [_run(path) for _ in range(scale.rounds)]
    searches = [each for session in sessions for each in session.searches]
    return [
        Result(SEARCH_SIZE, scale.inbox),
        Result(SEARCH_READ, read),
        Result(SEARCH_USABLE, median(each.usable for each in sessions)),
        Result(SEARCH, median(searches)),
    ]


def _run(path: Path) -> Session:
    command = [sys.executable, "-m", "bench.search", str(path)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    usable, searches = json.loads(done.stdout)
    return Session(usable, tuple(searches))


def search_all(path: Path) -> Session:
    """One session."""
    folder = Folder(path)
    keeper = Keeper(folder, PASSPHRASE, secrets.token_bytes)
    began = time.perf_counter()
    with Station(keeper, Archive(folder.archive), secrets.token_bytes, today) as station:
        station.refresh()
        index = Index()
        index.follow(station)
        assert index.search("nothing").cases == len(station.casebook.cases())
        usable = time.perf_counter() - began
        searches = []
        for typed in _searches(len(station.casebook.cases())):
            began = time.perf_counter()
            index.follow(station)  # as a page does
            found = index.search(typed)
            searches.append((time.perf_counter() - began) * 1000)
            assert found.results, typed
    return Session(usable, tuple(searches))


def _searches(cases: int) -> Iterator[str]:
    """A word, two words, a phrase and a beginning of each of some texts."""
    for number in range(_ASKED // 4):
        words = words_of(1 + number * cases // (_ASKED // 4))
        yield words[number % len(words)]
        yield f"{words[0]} {words[-1]}"
        yield f'"{words[3]} {words[4]}"'
        yield f"{words[7][:4]}*"


if __name__ == "__main__":
    session = search_all(Path(sys.argv[1]))
    print(json.dumps([session.usable, session.searches]))
