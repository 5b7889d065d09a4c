"""How long an analyst's browser waits for the figures of many cases, all of them seen before.

As in ``workstation``: from the request to the last byte of the page.
"""

from pathlib import Path
from statistics import median
from typing import Final

from bench.budgets import DASHBOARD, DASHBOARD_SIZE, Result
from bench.corpus import seen_archive
from bench.scale import Scale
from bench.workstation import Visitor, serving

_ASKED: Final = 5


def measure(scale: Scale, folder: Path) -> list[Result]:
    """The median, in seconds."""
    path = seen_archive(scale.workstation).path
    with serving(path, folder) as visitor:
        _ask(visitor)
        seconds = median(_ask(visitor) for _ in range(_ASKED))
    return [Result(DASHBOARD_SIZE, scale.workstation), Result(DASHBOARD, seconds)]


def _ask(visitor: Visitor) -> float:
    milliseconds, page, _ = visitor.get("/figures")
    assert b"plot__bar" in page
    return milliseconds / 1000
