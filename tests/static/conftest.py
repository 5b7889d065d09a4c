"""``twin``: the scripts of ``static/js/crypto``, run by node, for the length of a test module."""

from collections.abc import Iterator

import pytest

from tests.static.pipe import Twin


@pytest.fixture(scope="module")
def twin() -> Iterator[Twin]:
    with Twin() as running:
        yield running
