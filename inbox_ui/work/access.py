"""Giving one line to a person who asks what is held about them: by two, and with a reason.

What is written names a line by a hash and says why. The person's name is in none of it, nor is the
line: a log that said who had asked would say of whom there is something.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crypto.constants import ID
from crypto.encoding import Bytes, Choice, Document, Nullable, Text, member

LONGEST: Final = 4_000
"""Characters of a reason."""


class Step(StrEnum):
    """What somebody says of a line."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Access(Document):
    """A step towards giving away ``line``, which is a hash, and why."""

    after: bytes | None = member(Nullable(Bytes(ID)))
    line: bytes = member(Bytes(ID))
    step: Step = member(Choice(Step))
    reason: str = member(Text(LONGEST, least=1))

    def __repr__(self) -> str:
        return "<Access>"
