"""Playwright's loop occupies a test's thread. What runs a loop of its own runs apart from it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """What ``work`` gives, done on another thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()
