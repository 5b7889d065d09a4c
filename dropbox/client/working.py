"""Working for a place at a server that is flooded (docs/protocol.md §9)."""

import asyncio
import time
from collections.abc import Iterator
from itertools import islice
from typing import Final

from crypto.errors import WrongProof
from crypto.work import find_proof, work_seed
from dropbox.client.errors import TooMuchWork
from dropbox.client.retry import Tell, Working
from dropbox.wire import Proof, Work

_SLICE: Final = 250
"""Counters tried in a thread before the person can stop it: some hundredths of a second."""
_SAY_EVERY: Final = 10.0
"""Seconds between two sentences about it."""


async def solve(work: Work, service: bytes, subject: bytes, tell: Tell) -> Proof:
    """A proof for ``subject`` with this token, found in a thread.

    How long it takes is luck: it is told how long on the average, and that never shrinks. Raises
    ``TooMuchWork`` for more than any server of ours asks. Cancelled, it ends within a slice.
    """
    tries = find_proof(work_seed(service, work.token, subject), work.difficulty)
    began, said, done = time.monotonic(), 0.0, 0
    while True:
        try:
            counter = await asyncio.to_thread(_try_some, tries)
        except WrongProof:
            raise TooMuchWork from None
        if counter is not None:
            return Proof(work.token, counter, subject)
        done += _SLICE
        now = time.monotonic()
        if now - said > _SAY_EVERY:
            said = now
            tell(Working((1 << work.difficulty) * (now - began) / done))


def _try_some(tries: Iterator[int | None]) -> int | None:
    """The counter, if it is among the next ones."""
    return next((each for each in islice(tries, _SLICE) if each is not None), None)
