"""What an audit says of the team's papers: what is wrong, or could not be verified."""

from dataclasses import dataclass
from enum import StrEnum


class Paper(StrEnum):
    """A kind of signed paper."""

    DIRECTORY = "directory"
    ROSTER = "roster"
    RECEIVING = "receiving key"
    GRANT = "grant"
    ERASURE = "erasure"


NOT_SEEN = "NotSeen"
"""The ``what`` of papers that this workstation was never given."""
NOT_ASKED = "NotAsked"
"""The ``what`` of papers that the server was not asked for."""


@dataclass(frozen=True)
class Finding:
    """Something about papers ``first`` to ``last``. ``what`` names a rule, or why it is unknown.

    Directories and rosters have numbers of their own, the others count as the server gives them.
    """

    paper: Paper
    first: int | None
    last: int | None
    what: str
