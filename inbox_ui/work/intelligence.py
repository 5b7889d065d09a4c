"""The intelligence report, and what is written of it in the ``case`` chain (docs/casework.md).

A report has no member for a source: nothing here can hold who said it, only what was said. It
is graded 3x5x2: the source once, each item of information by itself.

    Draft       the report as it stands; the newest counts
    Widened     why more know it than a version of the report has said
    Reading     somebody has gone through the checklist, over exactly one report
    Consent     a second person lets exactly one report go, or takes that back
    Release     it was sealed to a unit
    Answer      what came back from a unit; signed with a key since renewed: OlderAnswer
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from crypto.constants import ED25519_KEY, ID, SECRET, SIGNATURE, Tag
from crypto.documents import SLUG, Category
from crypto.encoding import (
    Bytes,
    Choice,
    Day,
    Document,
    Fixed,
    Flag,
    Inner,
    Integer,
    List,
    Matching,
    Nullable,
    SortedSet,
    Text,
    member,
)
from crypto.errors import NotCanonical
from crypto.primitives import H
from inbox_ui.work.corruption import Corruption

FORM: Final = "intelligence report 1"
UNIT: Final = "PACARS"
"""The originating unit: always the service, never a person."""
MARKING: Final = "OFFICIAL-SENSITIVE"
CONDITIONS: Final = (
    "PSD/CCU named recipients only; no onward sharing; do not act in a way that reveals the "
    "source; consult originator first"
)
"""What a condition is until somebody writes another one."""
REF: Final = r"IR-[A-Z2-7]{10}"
ITEMS: Final = 20
ITEM: Final = 2_000
"""Characters of one item of information."""
LINE: Final = 200
REMARK: Final = 2_000
LINKED: Final = 20
SUBJECTS: Final = 20
RECIPIENTS: Final = 10
SMALL_POOL: Final = 5
"""So few people know it that each of them can be told apart."""


class Source(StrEnum):
    """How reliable who said it is: the 3 of 3x5x2. It says nothing of who that is."""

    RELIABLE = "1"
    UNTESTED = "2"
    NOT_RELIABLE = "3"


class Information(StrEnum):
    """How the information is known: the 5 of 3x5x2."""

    DIRECT = "A"
    CORROBORATED = "B"
    INDIRECT = "C"
    NOT_KNOWN = "D"
    FALSE = "E"


class Handling(StrEnum):
    """Whether it may be shared: the 2 of 3x5x2."""

    PERMITTED = "P"
    CONDITIONS = "C"


@dataclass(frozen=True)
class Item(Document):
    """One item of information, graded by itself. ``reason`` says why it is thought to be false."""

    text: str = member(Text(ITEM, least=1))
    information: Information = member(Choice(Information))
    reason: str = member(Text(LINE))
    handling: Handling = member(Choice(Handling))
    conditions: str = member(Text(REMARK))

    def check(self) -> None:
        """An E has a reason, and nothing else has one; a C has conditions."""
        if (self.information is Information.FALSE) != bool(self.reason.strip()):
            raise NotCanonical
        if (self.handling is Handling.CONDITIONS) != bool(self.conditions.strip()):
            raise NotCanonical

    def __repr__(self) -> str:
        return "<Item>"


@dataclass(frozen=True)
class Subject(Document):
    """Whom it is about. ``number`` is a rank or a collar number."""

    name: str = member(Text(LINE))
    number: str = member(Text(LINE))
    role: str = member(Text(LINE))
    team: str = member(Text(LINE))
    force: str = member(Text(LINE))

    def check(self) -> None:
        """Something is known."""
        if not self.line:
            raise NotCanonical

    @property
    def line(self) -> str:
        """What is known, in one line."""
        return ", ".join(filter(None, (self.name, self.number, self.role, self.team, self.force)))

    def __repr__(self) -> str:
        return "<Subject>"


@dataclass(frozen=True)
class Present(Document):
    """Which of the five questions and the one it answers."""

    who: bool = member(Flag())
    what: bool = member(Flag())
    when: bool = member(Flag())
    where: bool = member(Flag())
    why: bool = member(Flag())
    how: bool = member(Flag())


@dataclass(frozen=True)
class Intelligence(Document):
    """The report as a unit reads it: docs/casework.md.

    ``ref`` is random. ``created`` is a day, not a time. ``recipients`` are the ids of units.
    """

    form: str = member(Fixed(FORM))
    ref: str = member(Matching(REF))
    linked: tuple[str, ...] = member(SortedSet(Matching(REF), LINKED))
    created: date = member(Day())
    unit: str = member(Fixed(UNIT))
    marking: str = member(Fixed(MARKING))
    instruction: str = member(Text(REMARK, least=1))
    source: Source = member(Choice(Source))
    items: tuple[Item, ...] = member(List(Inner(Item), ITEMS))
    subjects: tuple[Subject, ...] = member(List(Inner(Subject), SUBJECTS))
    categories: tuple[Category, ...] = member(SortedSet(Choice(Category), len(Category)))
    corruption: tuple[Corruption, ...] = member(SortedSet(Choice(Corruption), len(Corruption)))
    present: Present = member(Inner(Present))
    checks: str = member(Text(REMARK))
    risk_source: str = member(Text(REMARK))
    risk_others: str = member(Text(REMARK))
    recipients: tuple[str, ...] = member(SortedSet(Matching(SLUG), RECIPIENTS))

    def check(self) -> None:
        """There is something to say."""
        if not self.items:
            raise NotCanonical

    @property
    def hash(self) -> bytes:
        """32 bytes that stand for exactly this report, to its last letter."""
        return H(Tag.INTELLIGENCE, self.to_bytes())

    def __repr__(self) -> str:
        return "<Intelligence>"


class Tick(StrEnum):
    """What a reader looks for in a report before it goes."""

    RELATION = "relation"
    KNOWERS = "knowers"
    TIMES = "times"
    QUOTES = "quotes"
    ORDER = "order"
    PERSON = "person"
    KNOWING = "knowing"
    FILES = "files"
    COMPLAINTS = "complaints"
    TIMING = "timing"


class Pool(StrEnum):
    """How many people know what the report says. It stays here and goes to nobody."""

    UNKNOWN = "unknown"
    FEW = "5 or fewer"
    MORE = "more than 5"


@dataclass(frozen=True)
class Draft(Document):
    """A report that is being written. ``not_before``: no day before it is it sent.

    ``pool`` is how many people know: the second person is told.
    """

    after: bytes | None = member(Nullable(Bytes(ID)))
    report: Intelligence = member(Inner(Intelligence))
    pool: Pool = member(Choice(Pool))
    not_before: date | None = member(Nullable(Day()))

    def __repr__(self) -> str:
        return "<Draft>"


@dataclass(frozen=True)
class Widened(Document):
    """Why not only a few know what the report ``ref`` says, though a version of it said so."""

    after: bytes | None = member(Nullable(Bytes(ID)))
    ref: str = member(Matching(REF))
    why: str = member(Text(REMARK, least=1))

    def __repr__(self) -> str:
        return "<Widened>"


@dataclass(frozen=True)
class Reading(Document):
    """Somebody read the report with this ``report`` hash, and looked for each of ``ticks``."""

    after: bytes | None = member(Nullable(Bytes(ID)))
    report: bytes = member(Bytes(ID))
    ticks: tuple[Tick, ...] = member(SortedSet(Choice(Tick), len(Tick)))


@dataclass(frozen=True)
class Consent(Document):
    """A second person lets the report with this hash go; ``signature`` is what a unit verifies.

    Without a signature the release is withdrawn: nothing of the report goes from then on, until
    somebody consents again. ``not_before`` is the day that was agreed to.
    """

    after: bytes | None = member(Nullable(Bytes(ID)))
    report: bytes = member(Bytes(ID))
    not_before: date | None = member(Nullable(Day()))
    signature: bytes | None = member(Nullable(Bytes(SIGNATURE)))
    remark: str = member(Text(REMARK))

    def __repr__(self) -> str:
        return "<Consent>"


@dataclass(frozen=True)
class Release(Document):
    """The report was sealed to ``unit``. ``answers`` is the secret that opens what comes back.

    ``sign`` is the unit's key, whose signature an answer has. ``package`` is the package's hash.
    """

    after: bytes | None = member(Nullable(Bytes(ID)))
    report: bytes = member(Bytes(ID))
    ref: str = member(Matching(REF))
    unit: str = member(Matching(SLUG))
    sign: bytes = member(Bytes(ED25519_KEY))
    package: bytes = member(Bytes(ID))
    answers: bytes = member(Bytes(SECRET))

    def __repr__(self) -> str:
        return "<Release>"


class Says(StrEnum):
    """What an answer of a unit is."""

    ACKNOWLEDGED = "acknowledged"
    OUTCOME = "outcome"
    QUESTION = "question"


@dataclass(frozen=True)
class Answer(Document):
    """What a unit said to the package ``package``, as its ``number``-th answer."""

    after: bytes | None = member(Nullable(Bytes(ID)))
    package: bytes = member(Bytes(ID))
    unit: str = member(Matching(SLUG))
    number: int = member(Integer(1))
    says: Says = member(Choice(Says))
    day: date = member(Day())
    text: str = member(Text(REMARK))

    def __repr__(self) -> str:
        return "<Answer>"


class OlderAnswer(Answer):
    """An answer that has the signature of a key in whose place the unit had another one by then:
    the one that its package was sealed to."""
