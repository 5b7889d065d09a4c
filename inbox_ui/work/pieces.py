"""What casework is written down as: one document for each kind of piece (docs/casework.md).

``after`` names the record of the same kind that its author was shown last, or nothing for a first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crypto.constants import ID
from crypto.encoding import Bytes, Choice, Document, Flag, Inner, Nullable, SortedSet, Text, member
from inbox_ui.work import intelligence
from inbox_ui.work.corruption import Corruption

LINE: Final = 200
"""Characters of one line: a name, a number that was rung."""
REMARK: Final = 4_000
"""Characters of a remark."""


class Work(StrEnum):
    """The kinds of pieces, as ``recorded`` entries name them."""

    ASSESSMENT = "assessment"
    ESCALATION = "escalation"
    INTELLIGENCE = "intelligence"
    READING = "reading"
    CONSENT = "consent"
    RELEASE = "release"
    ANSWER = "answer"


class Stage(StrEnum):
    """Where the team is with a case, after ISO 37002: what its chains do not say by themselves."""

    ASSESSING = "assessing"
    ADDRESSING = "addressing"
    AWAITING_REPORTER = "awaiting reporter"
    AWAITING_FORCE = "awaiting force"


class Scope(StrEnum):
    """Whether this service is for it."""

    UNKNOWN = "unknown"
    INSIDE = "inside"
    PARTLY = "partly"
    OUTSIDE = "outside"


class Level(StrEnum):
    """How much of a danger or a need there is."""

    UNKNOWN = "unknown"
    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class Rated(Document):
    """One letter of THRIVE: how much of it, and why."""

    level: Level = member(Choice(Level))
    why: str = member(Text(REMARK))

    def __repr__(self) -> str:
        return "<Rated>"


@dataclass(frozen=True)
class Thrive(Document):
    """Threat, Harm, Risk, Investigation, Vulnerability, Engagement (NPCC 2017)."""

    threat: Rated = member(Inner(Rated))
    harm: Rated = member(Inner(Rated))
    risk: Rated = member(Inner(Rated))
    investigation: Rated = member(Inner(Rated))
    vulnerability: Rated = member(Inner(Rated))
    engagement: Rated = member(Inner(Rated))


@dataclass(frozen=True)
class Assessment(Document):
    """What the team thinks of a case as a whole. The newest counts."""

    after: bytes | None = member(Nullable(Bytes(ID)))
    stage: Stage = member(Choice(Stage))
    scope: Scope = member(Choice(Scope))
    corruption: tuple[Corruption, ...] = member(SortedSet(Choice(Corruption), len(Corruption)))
    thrive: Thrive | None = member(Nullable(Inner(Thrive)))
    remark: str = member(Text(REMARK))

    def __repr__(self) -> str:
        return "<Assessment>"


@dataclass(frozen=True)
class Escalation(Document):
    """A risk to life, or one step in answering it: who was rung, when, and what was said.

    ``over`` ends it. ``when`` is free text: the clock of the one who rang, not of a machine.
    """

    after: bytes | None = member(Nullable(Bytes(ID)))
    over: bool = member(Flag())
    danger: str = member(Text(REMARK))
    called: str = member(Text(LINE))
    when: str = member(Text(LINE))
    said: str = member(Text(REMARK))

    def __repr__(self) -> str:
        return "<Escalation>"


KINDS: Final[Mapping[str, type[Document]]] = {
    Work.ASSESSMENT.value: Assessment,
    Work.ESCALATION.value: Escalation,
    Work.INTELLIGENCE.value: intelligence.Draft,
    Work.READING.value: intelligence.Reading,
    Work.CONSENT.value: intelligence.Consent,
    Work.RELEASE.value: intelligence.Release,
    Work.ANSWER.value: intelligence.Answer,
}
