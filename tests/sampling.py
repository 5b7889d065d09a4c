"""Which of a test's many parameters are tried each time, and which only by ``make thorough``.

``@pytest.mark.sampled(6)`` keeps six of them, spread over all; the others are marked ``long``, as
is every test that says so itself. ``pytest -m long`` runs these, ``pytest -m ""`` everything.

A test of the server runs on both databases. Where the statements are not what it is about, its
PostgreSQL half is ``long`` as well: everywhere but in the modules and tests that are marked
``statements``, and where a test runs on PostgreSQL alone.
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
    for item in items:
        if _is_second_half(item):
            item.add_marker("long")


def _is_second_half(item: pytest.Item) -> bool:
    """Whether the same test runs on SQLite too, and is not about statements."""
    database = getattr(item, "callspec", None) and item.callspec.params.get("new_database")  # type: ignore[attr-defined]
    return database == "postgresql" and item.get_closest_marker("statements") is None


def _wanted(item: pytest.Item) -> int:
    marker = item.get_closest_marker("sampled")
    assert marker is not None
    (wanted,) = marker.args
    return int(wanted)


def _spread(many: int, wanted: int) -> frozenset[int]:
    """The numbers of ``wanted`` of ``many``, with the first and the last."""
    if wanted >= many:
        return frozenset(range(many))
    if wanted == 1:
        return frozenset({0})
    return frozenset(round(each * (many - 1) / (wanted - 1)) for each in range(wanted))
