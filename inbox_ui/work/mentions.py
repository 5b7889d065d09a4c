"""Saying that what keeps a case from a unit is only mentioned in it: by two, and with a reason."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crypto.constants import ID
from crypto.documents import SLUG
from crypto.encoding import Bytes, Choice, Document, Matching, Nullable, Text, member
from crypto.errors import NotCanonical
from inbox_ui.work.access import Step

NAME: Final = 120
"""Characters of a name on the list of units."""
LONGEST: Final = 4_000
"""Characters of a reason."""


class Mentioned(StrEnum):
    """What is only mentioned. Whom it is about and whom the reporter names as one who must not see
    it are not among these: nobody can set those aside."""

    UNIT = "unit"
    CHIEF = "chief"
    NAME = "name"


@dataclass(frozen=True)
class Mention(Document):
    """A step towards saying so, for the unit with the id ``unit``. Of a name, ``whom`` on the list
    of units it does not mean. ``seen`` is the newest entry of the reporter's that was looked at:
    what comes after it has to be looked at anew."""

    after: bytes | None = member(Nullable(Bytes(ID)))
    unit: str = member(Matching(SLUG))
    of: Mentioned = member(Choice(Mentioned))
    whom: str = member(Text(NAME))
    seen: bytes = member(Bytes(ID))
    step: Step = member(Choice(Step))
    reason: str = member(Text(LONGEST, least=1))

    def check(self) -> None:
        """A name is somebody's, and nothing else is."""
        if (self.of is Mentioned.NAME) != bool(self.whom):
            raise NotCanonical

    def __repr__(self) -> str:
        return "<Mention>"
