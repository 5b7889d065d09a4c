"""What of a table may leave the team: no count under five, and none that can be worked out.

A table is the counts of kinds of which each report is exactly one, and their sum is published. A
count under five is not said. **Nought is under five too**: that there is no report about a force
says as much to whoever is afraid of one as that there is one. If any is not said, then:

    (1) every count under five is ``FEW``
    (2) the last two rows are ``WITHHELD``, whatever stands there
    (3) rows above them too, one by one, until the rows that are not said come to ten or more
        together, or there is none left

Which rows are withheld in (2) and (3) is decided by their place and by the sum of all that is not
said, which everybody can work out. So the choice itself tells nothing: however the reports lie in
the rows that are not said, the same is published. Of a row that is ``FEW`` each of 0, 1, 2, 3 and 4
is possible, also for somebody who knows these rules. Of ``WITHHELD`` two values are at least.

Tables of the same reports by different things share nothing but their sum, and two of them with the
same sum are always both possible. So each is protected by itself.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Final

LEAST: Final = 5
"""What is less is not said."""
ENOUGH: Final = 2 * LEAST
"""What the rows that are not said come to: a row could be 4, and another still 5 or more."""
_BUFFER: Final = 2


class Hidden(Enum):
    """What stands in the place of a count."""

    FEW = "fewer than 5"
    WITHHELD = "withheld"


Shown = int | Hidden


def suppress(counts: Sequence[int]) -> tuple[Shown, ...]:
    """What is published of a table. The sum of ``counts`` has to be ``LEAST`` at least: where it is
    not, there is no table. Raises ``ValueError``."""
    if sum(counts) < LEAST:
        raise ValueError("there is nothing to publish")
    few = {place for place, each in enumerate(counts) if each < LEAST}
    withheld = _buffer(counts, few) if few else set()
    return tuple(
        Hidden.WITHHELD if place in withheld else Hidden.FEW if place in few else each
        for place, each in enumerate(counts)
    )


def _buffer(counts: Sequence[int], few: set[int]) -> set[int]:
    """The places of (2) and (3), from the end."""
    found: set[int] = set()
    for place in reversed(range(len(counts))):
        if len(found) >= _BUFFER and sum(counts[each] for each in few | found) >= ENOUGH:
            break
        found.add(place)
    return found
