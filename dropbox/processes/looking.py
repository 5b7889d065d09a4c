"""What the first bytes of a connection say about who may read it (docs/decisions/0006).

A worker lives long, so it must never have read what a person typed. It looks at the first bytes
without taking them (``MSG_PEEK``), and no further than the longest prefix that decides. What is
not plainly for a worker goes to a process that ends after one answer: a request that is broken,
spelt in another way, or not HTTP at all could hold a report too.
"""

from enum import Enum, auto
from typing import Final


class Way(Enum):
    """Who reads a connection."""

    WORKER = auto()
    """Our programs' interface, and pages that are the same for everybody."""
    READING = auto()
    """``GET`` of a page of the lane without scripts."""
    WRITING = auto()
    """Everything else."""


_WORKER: Final = tuple(
    f"{each} /api/".encode() for each in ("GET", "HEAD", "POST", "PUT", "DELETE")
)
_READING: Final = (b"GET /plain/", b"HEAD /plain/")
_PAGES: Final = (b"GET /", b"HEAD /")
_DECIDING: Final = _WORKER + _READING
LONGEST: Final = max(map(len, _DECIDING))
"""Bytes that are looked at, at most."""


def choose(head: bytes) -> Way | None:
    """Who reads a connection that begins with ``head``; ``None`` while that is not decided.

    ``head`` is what there is of the first ``LONGEST`` bytes.
    """
    if head.startswith(_WORKER):
        return Way.WORKER
    if head.startswith(_READING):
        return Way.READING
    if any(prefix.startswith(head) for prefix in _DECIDING):
        return None
    if head.startswith(_PAGES):
        return Way.WORKER
    return Way.WRITING
