"""What is measured of the server on SQLite, once more on PostgreSQL. There is no budget for it.

PostgreSQL shares the machine with the server and with whoever asks it.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench import backups, growth, reports, transfers
from bench.budgets import Budget, Result
from bench.databases import on_postgresql
from bench.scale import Scale
from tests.postgres import binaries

_MODULES: Final = {"reports": reports, "growth": growth, "backups": backups, "transfers": transfers}


def named(budget: Budget) -> Budget:
    """The same number on PostgreSQL, without a limit."""
    return replace(budget, name=f"{budget.name}, on PostgreSQL", side=None, limit=None, aim=None)


def measure(scale: Scale, folder: Path) -> list[Result]:
    """The results of the server's modules; none where there is no PostgreSQL on this machine."""
    if binaries() is None:
        print("left out, there is no PostgreSQL;", end=" ", file=sys.stderr)
        return []
    results = []
    with on_postgresql() as databases:
        for name, module in _MODULES.items():
            (folder / name).mkdir()
            results += module.measure(scale, folder / name, databases)
    return [Result(named(each.budget), each.value) for each in results]
