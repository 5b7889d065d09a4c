"""Which of a test's many parameters are tried each time, and which only by ``make thorough``.

``@pytest.mark.sampled(6)`` keeps six of them, spread over all; the others are marked ``long``, as
is every test that says so itself. ``pytest -m long`` runs these, ``pytest -m ""`` everything.
"""

from collections import defaultdict
from collections.abc import Sequence

import pytest


@pytest.hookimpl(tryfirst=True)  # before -m is looked at
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    together = defaultdict(list)
    for item in items:
        if item.get_closest_marker("sampled") is not None:
            together[item.nodeid.partition("[")[0]].append(item)
    for same in together.values():
        kept = _spread(len(same), _wanted(same[0]))
        for number, item in enumerate(same):
            if number not in kept:
                item.add_marker("long")


def _wanted(item: pytest.Item) -> int:
    marker = item.get_closest_marker("sampled")
    assert marker is not None
    (wanted,) = marker.args
    return int(wanted)


def _spread(many: int, wanted: int) -> frozenset[int]:
    """The numbers of ``wanted`` of ``many``, with the first and the last."""
    if wanted >= many:
        return frozenset(range(many))
    return frozenset(round(each * (many - 1) / (wanted - 1)) for each in range(wanted))
