"""``make bench``: every number, held against its budget. ``FULL=1`` is the long form.

Writes ``bench/results.json`` and prints the same as a table. Exit 1 where a budget is missed.
Names of modules may be given, to measure some alone: ``python -m bench reports opening``.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from bench import (
    assigning,
    backups,
    catching_up,
    dashboard,
    floods,
    growth,
    inbox,
    joining,
    opening,
    pages,
    plain,
    postgresql,
    previews,
    reports,
    sealing,
    search,
    transfers,
    workstation,
)
from bench.budgets import Result
from bench.scale import Scale, chosen
from bench.servers import workspace

RESULTS: Final = Path(__file__).with_name("results.json")
MEASURES: Final[dict[str, Callable[[Scale, Path], list[Result]]]] = {
    "reports": reports.measure,
    "growth": growth.measure,
    "backups": backups.measure,
    "transfers": transfers.measure,
    "postgresql": postgresql.measure,
    "opening": opening.measure,
    "sealing": sealing.measure,
    "inbox": inbox.measure,
    "workstation": workstation.measure,
    "dashboard": dashboard.measure,
    "search": search.measure,
    "previews": previews.measure,
    "assigning": assigning.measure,
    "catching_up": catching_up.measure,
    "joining": joining.measure,
    "floods": floods.measure,
    "plain": plain.measure,
    "pages": pages.measure,
}


def measure_all(scale: Scale, names: Sequence[str] = tuple(MEASURES)) -> list[Result]:
    """The results of the named modules, each in a folder of its own."""
    results = []
    for name in names:
        began = time.monotonic()
        print(f"{name} …", end=" ", file=sys.stderr, flush=True)
        with workspace() as folder:
            results += MEASURES[name](scale, folder)
        print(f"{time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return results


def write(results: Sequence[Result], path: Path) -> None:
    """A list of ``{name, value, unit, budget, met}``."""
    rows = [result.to_json() for result in results]
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def table(results: Sequence[Result]) -> str:
    """The results as people read them."""
    width = max(len(result.budget.name) for result in results)
    return "\n".join(
        f"{result.budget.name:{width}}  {_number(result.value):>11}  "
        f"{result.budget.unit:12}  {result.verdict()}".rstrip()
        for result in results
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3f}"


def main() -> int:
    """Measure, write, print."""
    results = measure_all(chosen(), sys.argv[1:] or tuple(MEASURES))
    write(results, RESULTS)
    print(table(results))
    return 0 if all(result.met for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
