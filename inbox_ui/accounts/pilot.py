"""What was published of the pilot of the service for London, beside which ours may be held.

The Metropolitan Police's line, run by Crimestoppers, from November 2022 to February 2024. What is
compared is not quite the same: a contact is not a report, and a piece of intelligence not a case.
"""

from dataclasses import dataclass
from typing import Final

from inbox_ui.accounts.figures import Axis, Figures

CONTACTS: Final = 2_878
CALLS: Final = 1_988
ONLINE: Final = 890
INTELLIGENCE: Final = 867
TO_THE_MET: Final = 728
TO_OTHERS: Final = 139
ELSEWHERE: Final = 94
"""Reports of the first twelve months that were not about the Metropolitan Police."""

_CONTACTS: Final = "policeprofessional.com; citylondonnews.co.uk, 14 March 2024"
_INTELLIGENCE: Final = "lbc.co.uk, 14 March 2024"
_ELSEWHERE: Final = "met.police.uk, 01.FOI.23.034971"


@dataclass(frozen=True)
class Beside:
    """A figure of ours beside one of the pilot. ``of`` is ``None`` where no whole is known."""

    what: str
    ours: int
    of_ours: int
    theirs: int
    of_theirs: int | None
    source: str


def compare(figures: Figures) -> tuple[Beside, ...]:
    """Ours beside theirs."""
    count = figures.count
    released = figures.count_of(Axis.INTELLIGENCE, "released")
    return (
        Beside(
            "by telephone",
            figures.count_of(Axis.CHANNEL, "telephone"),
            count,
            CALLS,
            CONTACTS,
            _CONTACTS,
        ),
        Beside(
            "online", figures.count_of(Axis.CHANNEL, "online"), count, ONLINE, CONTACTS, _CONTACTS
        ),
        Beside("became intelligence", released, count, INTELLIGENCE, CONTACTS, _INTELLIGENCE),
        Beside(
            "not for this service",
            figures.count_of(Axis.OUTCOME, "out of scope"),
            count,
            ELSEWHERE,
            None,
            _ELSEWHERE,
        ),
    )
