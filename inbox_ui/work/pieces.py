"""What casework is written down as: one document for each kind of piece (docs/casework.md).

``after`` names the record of the same kind that its author was shown last, or nothing for a first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from crypto.constants import ID
from crypto.documents import TEXT_CHARACTERS
from crypto.encoding import (
    Bytes,
    Choice,
    Document,
    Flag,
    Inner,
    Integer,
    List,
    Nullable,
    SortedSet,
    Text,
    member,
)
from crypto.errors import NotCanonical
from inbox_ui.work import intelligence
from inbox_ui.work.access import Access
from inbox_ui.work.correspondence import Approval, Cleared, Draft, ForceMark, ForceQuestion
from inbox_ui.work.corruption import Corruption
from inbox_ui.work.mentions import Mention

LINE: Final = 200
"""Characters of one line: a name, a number that was rung."""
REMARK: Final = 4_000
"""Characters of a remark."""


class Work(StrEnum):
    """The kinds of pieces, as ``recorded`` entries name them."""

    ASSESSMENT = "assessment"
    ESCALATION = "escalation"
    CLEARED = "cleared"
    DRAFT = "draft"
    APPROVAL = "approval"
    FORCE_QUESTION = "force-question"
    FORCE_MARK = "force-mark"
    MARKS = "marks"
    LINK = "link"
    INTELLIGENCE = "intelligence"
    WIDENED = "widened"
    READING = "reading"
    CONSENT = "consent"
    RELEASE = "release"
    ANSWER = "answer"
    OLDER_ANSWER = "older-answer"
    ACCESS = "access"
    MENTION = "mention"


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
    """What the team thinks of a case as a whole. The newest counts.

    ``told``: a reply has said what came of it, or that nothing can be said.
    """

    after: bytes | None = member(Nullable(Bytes(ID)))
    stage: Stage = member(Choice(Stage))
    scope: Scope = member(Choice(Scope))
    corruption: tuple[Corruption, ...] = member(SortedSet(Choice(Corruption), len(Corruption)))
    thrive: Thrive | None = member(Nullable(Inner(Thrive)))
    remark: str = member(Text(REMARK))
    told: bool = field(default=False, metadata={"codec": Flag()})

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


class MarkKind(StrEnum):
    """What something named is."""

    PERSON = "person"
    COLLAR = "collar number"
    PHONE = "phone"
    VEHICLE = "vehicle"
    PLACE = "place"
    UNIT = "unit"


MARKS: Final = 60
"""Marks of one piece: with all their words they fit into an entry."""


@dataclass(frozen=True)
class Mark(Document):
    """Something that is named at a place of a text.

    ``said`` stands there, from character ``start`` up to ``end`` of the text of ``entry``, or of
    its answer to ``question``. ``normal`` is the form in which two texts agree. ``dropped``: it was
    taken back, or was suggested and is none.
    """

    kind: MarkKind = member(Choice(MarkKind))
    said: str = member(Text(LINE, least=1))
    normal: str = member(Text(LINE, least=1))
    entry: bytes = member(Bytes(ID))
    question: str = member(Text(LINE))
    start: int = member(Integer(most=TEXT_CHARACTERS))
    end: int = member(Integer(most=TEXT_CHARACTERS))
    dropped: bool = member(Flag())

    def check(self) -> None:
        """It is as long as what stands there."""
        if self.end - self.start != len(self.said):
            raise NotCanonical

    def __repr__(self) -> str:
        return "<Mark>"


@dataclass(frozen=True)
class Marks(Document):
    """Marks that were accepted, corrected, added or taken back at one time."""

    after: bytes | None = member(Nullable(Bytes(ID)))
    marks: tuple[Mark, ...] = member(List(Inner(Mark), MARKS))

    def __repr__(self) -> str:
        return "<Marks>"


@dataclass(frozen=True)
class CaseLink(Document):
    """This case has to do with that of the mailbox ``other``, or has not (``ended``), and why.

    It stands in both. The cases stay apart: each has its own handlers, and its own end.
    """

    after: bytes | None = member(Nullable(Bytes(ID)))
    other: bytes = member(Bytes(ID))
    ended: bool = member(Flag())
    reason: str = member(Text(REMARK, least=1))

    def __repr__(self) -> str:
        return "<CaseLink>"


KINDS: Final[Mapping[str, type[Document]]] = {
    Work.ASSESSMENT.value: Assessment,
    Work.ESCALATION.value: Escalation,
    Work.CLEARED.value: Cleared,
    Work.DRAFT.value: Draft,
    Work.APPROVAL.value: Approval,
    Work.FORCE_QUESTION.value: ForceQuestion,
    Work.FORCE_MARK.value: ForceMark,
    Work.MARKS.value: Marks,
    Work.LINK.value: CaseLink,
    Work.INTELLIGENCE.value: intelligence.Draft,
    Work.WIDENED.value: intelligence.Widened,
    Work.READING.value: intelligence.Reading,
    Work.CONSENT.value: intelligence.Consent,
    Work.RELEASE.value: intelligence.Release,
    Work.ANSWER.value: intelligence.Answer,
    Work.OLDER_ANSWER.value: intelligence.OlderAnswer,
    Work.ACCESS.value: Access,
    Work.MENTION.value: Mention,
}
