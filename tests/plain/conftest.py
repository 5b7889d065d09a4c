"""A server for each module, which tests may write to but not stop; and places of their own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.plain.place import Place


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A running server; others may have left reports in it."""
    place = Place(tmp_path_factory.mktemp("place"))
    yield place
    place.stop()


@pytest.fixture
def make_place(tmp_path: Path) -> Iterator[Callable[..., Place]]:
    """A function that makes a place nobody else uses; see ``Place``."""
    with ExitStack() as made:

        def make(**how: Any) -> Place:
            place = Place(tmp_path, **how)
            made.callback(place.stop)
            return place

        yield make
