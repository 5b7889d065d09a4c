"""How much of everything is done in one go."""

import os
from dataclasses import dataclass
from typing import Final

from crypto.constants import MIB


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of a run of the benchmarks. ``rounds`` are those that count; one more warms up."""

    rounds: int
    at_once: int
    reports: int
    """New reports in each round."""
    few: int
    """Mailboxes of a small server."""
    many: int
    """Mailboxes of a large one."""
    transfers: int
    file_bytes: int
    """Of each of the transfers at once."""
    opened: int
    """Envelopes opened in each round."""
    sealed: int
    """Reports sealed by a browser in each round."""
    inbox: int
    """Envelopes of the inbox."""
    workstation: int
    """Cases of the workstation's pages."""
    assigned: int
    """Envelopes of the case that is assigned."""
    caught_up: int
    """Envelopes that a new workstation has to fetch and open."""
    reads: int
    """Times a mailbox is read, in each round and flood."""
    forms: int
    """Reports without scripts in each round."""
    stalled: int
    """Forms that are stalled at once."""


NORMAL: Final = Scale(
    rounds=3,
    at_once=64,
    reports=2000,
    few=1000,
    many=100_000,
    transfers=8,
    file_bytes=128 * MIB,
    opened=1500,
    sealed=300,
    inbox=100_000,
    workstation=10_000,
    assigned=1000,
    caught_up=5_000,
    reads=100,
    forms=160,
    stalled=40,
)
FULL: Final = Scale(
    rounds=3,
    at_once=64,
    reports=2000,
    few=1000,
    many=1_000_000,
    transfers=8,
    file_bytes=1024 * MIB,
    opened=1500,
    sealed=300,
    inbox=100_000,
    workstation=10_000,
    assigned=1000,
    caught_up=100_000,
    reads=100,
    forms=160,
    stalled=40,
)
TINY: Final = Scale(
    rounds=1,
    at_once=4,
    reports=12,
    few=5,
    many=20,
    transfers=2,
    file_bytes=2 * MIB,
    opened=5,
    sealed=3,
    inbox=8,
    workstation=8,
    assigned=4,
    caught_up=6,
    reads=2,
    forms=4,
    stalled=3,
)
"""For the tests of the benchmarks themselves."""


def chosen() -> Scale:
    """What the environment asks for: ``FULL=1`` is the long form."""
    return FULL if os.environ.get("FULL") == "1" else NORMAL
