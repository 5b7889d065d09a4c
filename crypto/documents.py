"""What envelopes hold: the payloads of the three chains (docs/protocol.md §5).

Every payload begins with its kind and with the members that name its signer: the card in the
``reporter`` chain, the author's card id in the others. Nothing else of it may be used before the
signature holds. Which payload may come after which is in ``authors`` and ``reporter``.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from crypto.certificates import SIGNED_CERTIFICATE
from crypto.constants import CARD, ID, NONCE, SECRET, WRAP, Tag
from crypto.encoding import (
    Bytes,
    Choice,
    Day,
    Document,
    Fixed,
    Inner,
    Integer,
    List,
    Matching,
    Nullable,
    SortedSet,
    Text,
    member,
    parse,
)
from crypto.envelope import LARGEST_SEQ, Chain
from crypto.errors import NotCanonical
from crypto.files import FileManifest
from crypto.primitives import H

TEXT_CHARACTERS: Final = 40_000
FILES: Final = 20
HANDLERS: Final = 50
"""Analysts who may hold one case."""
LANGUAGE: Final = r"[a-z]{2,3}(-[A-Z]{2})?"
SLUG: Final = r"[a-z0-9]+(-[a-z0-9]+)*"


class Category(StrEnum):
    """The service's five categories of corruption and abuse, and none of them."""

    INFLUENCE = "influence"
    ADVANTAGE = "advantage"
    SEXUAL = "sexual"
    PARTNER = "partner"
    DISCRIMINATION = "discrimination"
    OTHER = "other"


class Sealed(StrEnum):
    """Where the sender says that the words were sealed. A server can only say ``ON_ARRIVAL``."""

    ON_DEVICE = "on device"
    ON_ARRIVAL = "on arrival"
    BY_TELEPHONE = "by telephone"


@dataclass(frozen=True)
class Link(Document):
    """An envelope that was read: the newest of the other side's chain."""

    seq: int = member(Integer(0, LARGEST_SEQ))
    id: bytes = member(Bytes(ID))


@dataclass(frozen=True)
class Answer(Document):
    """One answer of the form. ``question`` is the question's name, not its wording."""

    question: str = member(Matching(SLUG))
    answer: str = member(Text(TEXT_CHARACTERS, least=1))

    def __repr__(self) -> str:
        return "<Answer>"


@dataclass(frozen=True)
class Contact(Document):
    """Contact details of the confidential track, sealed apart (``contact``)."""

    first: bytes = member(Bytes(SECRET))
    second: bytes = member(Bytes(WRAP))
    sealed: bytes = member(Bytes(most=NONCE + 16 * 1024))

    def __repr__(self) -> str:
        return "<Contact>"


@dataclass(frozen=True)
class Words(Document):
    """The words of a ``case`` entry. The payload holds their salted hash."""

    salt: bytes = member(Bytes(SECRET))
    text: str = member(Text(TEXT_CHARACTERS))

    @property
    def hash(self) -> bytes:
        """``H(words, …)``: what the payload says of them."""
        return H(Tag.WORDS, self.to_bytes())

    def __repr__(self) -> str:
        return "<Words>"


# -- the reporter's chain -----------------------------------------------------------------------


@dataclass(frozen=True)
class Report(Document):
    """The first envelope of a mailbox."""

    kind: str = member(Fixed("report"))
    card: bytes = member(Bytes(CARD))
    sealed: Sealed = member(Choice(Sealed))
    language: str = member(Matching(LANGUAGE))
    categories: tuple[Category, ...] = member(SortedSet(Choice(Category), len(Category)))
    forces: tuple[str, ...] = member(SortedSet(Matching(SLUG), 100))
    answers: tuple[Answer, ...] = member(
        SortedSet(Inner(Answer), 100, key=lambda row: row["question"])
    )
    text: str = member(Text(TEXT_CHARACTERS))
    files: tuple[FileManifest, ...] = member(List(Inner(FileManifest), FILES))
    contact: Contact | None = member(Nullable(Inner(Contact)))
    seen: Link | None = member(Nullable(Inner(Link)))

    def __repr__(self) -> str:
        return "<Report>"


@dataclass(frozen=True)
class Message(Document):
    """Whatever the reporter writes after the report."""

    kind: str = member(Fixed("message"))
    card: bytes = member(Bytes(CARD))
    sealed: Sealed = member(Choice(Sealed))
    language: str = member(Matching(LANGUAGE))
    text: str = member(Text(TEXT_CHARACTERS))
    files: tuple[FileManifest, ...] = member(List(Inner(FileManifest), FILES))
    contact: Contact | None = member(Nullable(Inner(Contact)))
    seen: Link | None = member(Nullable(Inner(Link)))

    def __repr__(self) -> str:
        return "<Message>"


@dataclass(frozen=True)
class ContactWithdrawn(Document):
    """The reporter takes contact details back; nobody may open them from here on."""

    kind: str = member(Fixed("contact-withdrawn"))
    card: bytes = member(Bytes(CARD))
    seen: Link | None = member(Nullable(Inner(Link)))


@dataclass(frozen=True)
class Closed(Document):
    """The reporter closes the mailbox for good."""

    kind: str = member(Fixed("closed"))
    card: bytes = member(Bytes(CARD))
    seen: Link | None = member(Nullable(Inner(Link)))


ReporterPayload = Report | Message | ContactWithdrawn | Closed

# -- the team's chain ---------------------------------------------------------------------------


@dataclass(frozen=True)
class GroupProof(Document):
    """A case group's card and the certificates that lead to it, the oldest first."""

    card: bytes = member(Bytes(CARD))
    certificates: tuple[bytes, ...] = member(List(Bytes(most=SIGNED_CERTIFICATE), 100))


@dataclass(frozen=True)
class Receipt(Document):
    """An analyst has opened what ``ack`` names."""

    kind: str = member(Fixed("receipt"))
    author: bytes = member(Bytes(ID))
    group: GroupProof | None = member(Nullable(Inner(GroupProof)))
    ack: Link | None = member(Nullable(Inner(Link)))


@dataclass(frozen=True)
class Reply(Document):
    """The team writes to the reporter."""

    kind: str = member(Fixed("reply"))
    author: bytes = member(Bytes(ID))
    group: GroupProof | None = member(Nullable(Inner(GroupProof)))
    language: str = member(Matching(LANGUAGE))
    text: str = member(Text(TEXT_CHARACTERS, least=1))
    files: tuple[FileManifest, ...] = member(List(Inner(FileManifest), FILES))
    ack: Link | None = member(Nullable(Inner(Link)))

    def __repr__(self) -> str:
        return "<Reply>"


@dataclass(frozen=True)
class Handover(Document):
    """The first envelope a new case group signs. Carries no words."""

    kind: str = member(Fixed("handover"))
    author: bytes = member(Bytes(ID))
    group: GroupProof | None = member(Nullable(Inner(GroupProof)))
    ack: Link | None = member(Nullable(Inner(Link)))


@dataclass(frozen=True)
class Closing(Document):
    """The case group ends; the intake group is the mailbox's again. Carries no words."""

    kind: str = member(Fixed("closing"))
    author: bytes = member(Bytes(ID))
    group: GroupProof | None = member(Nullable(Inner(GroupProof)))
    ack: Link | None = member(Nullable(Inner(Link)))


@dataclass(frozen=True)
class Deleted(Document):
    """Names envelopes of this chain that the team has deleted."""

    kind: str = member(Fixed("deleted"))
    author: bytes = member(Bytes(ID))
    group: GroupProof | None = member(Nullable(Inner(GroupProof)))
    ids: tuple[bytes, ...] = member(SortedSet(Bytes(ID), 1000))
    ack: Link | None = member(Nullable(Inner(Link)))


TeamPayload = Receipt | Reply | Handover | Closing | Deleted

# -- the case chain -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Note(Document):
    """An internal note."""

    kind: str = member(Fixed("note"))
    author: bytes = member(Bytes(ID))
    words: bytes = member(Bytes(ID))


@dataclass(frozen=True)
class Sent(Document):
    """This analyst sent the ``team`` envelope ``envelope`` in the group's name."""

    kind: str = member(Fixed("sent"))
    author: bytes = member(Bytes(ID))
    envelope: bytes = member(Bytes(ID))
    words: bytes = member(Bytes(ID))


@dataclass(frozen=True)
class Recorded(Document):
    """A piece of casework: an assessment, a call that was made, a release.

    ``work`` names its kind. The piece itself stands in the words, as the workstation's document of
    that kind: whoever is shown the log without words learns who worked on the case, when and at
    what, and nothing of what the case is about.
    """

    kind: str = member(Fixed("recorded"))
    author: bytes = member(Bytes(ID))
    work: str = member(Matching(SLUG))
    words: bytes = member(Bytes(ID))


@dataclass(frozen=True)
class Assigned(Document):
    """A new case group has the mailbox: its certificate, and who holds its secret from here on.

    ``envelope`` is the ``handover`` that goes with it. It is sealed to the group that had the
    mailbox, with a second wrap to the new one.
    """

    kind: str = member(Fixed("assigned"))
    author: bytes = member(Bytes(ID))
    envelope: bytes = member(Bytes(ID))
    group: GroupProof = member(Inner(GroupProof))
    handlers: tuple[bytes, ...] = member(SortedSet(Bytes(ID), HANDLERS))
    words: bytes = member(Bytes(ID))

    def check(self) -> None:
        """Somebody holds it."""
        if not self.handlers:
            raise NotCanonical


class Conclusion(StrEnum):
    """Why a case ended."""

    REFERRED = "referred"
    INSUFFICIENT = "insufficient"
    OUT_OF_SCOPE = "out of scope"
    WITHDRAWN = "withdrawn"
    OTHER = "other"


@dataclass(frozen=True)
class Concluded(Document):
    """The case ends; ``envelope`` is the ``closing`` that gives the mailbox back to intake.

    It is ``None`` where there is none: no case group had it, or the reporter closed the mailbox.
    ``keep_until`` is the last day it is kept: from then on its group's secret is to be erased.
    """

    kind: str = member(Fixed("concluded"))
    author: bytes = member(Bytes(ID))
    envelope: bytes | None = member(Nullable(Bytes(ID)))
    reason: Conclusion = member(Choice(Conclusion))
    keep_until: date = member(Day())
    words: bytes = member(Bytes(ID))


@dataclass(frozen=True)
class Held(Document):
    """A legal hold: the case is kept until ``until``, however old; ``None`` ends the hold."""

    kind: str = member(Fixed("held"))
    author: bytes = member(Bytes(ID))
    until: date | None = member(Nullable(Day()))
    words: bytes = member(Bytes(ID))


@dataclass(frozen=True)
class ContactRequested(Document):
    """A handler asks the custodians for their half, and gives them the wrapped half to open.

    ``group`` proves the case group to answer to; ``None`` for an intake group.
    """

    kind: str = member(Fixed("contact-requested"))
    author: bytes = member(Bytes(ID))
    group: GroupProof | None = member(Nullable(Inner(GroupProof)))
    second: bytes = member(Bytes(WRAP))
    words: bytes = member(Bytes(ID))


@dataclass(frozen=True)
class ContactReleased(Document):
    """A custodian's answer to the request ``request``: the half, or ``None`` where refused."""

    kind: str = member(Fixed("contact-released"))
    author: bytes = member(Bytes(ID))
    request: bytes = member(Bytes(ID))
    half: bytes | None = member(Nullable(Bytes(SECRET)))
    words: bytes = member(Bytes(ID))

    def __repr__(self) -> str:
        return "<ContactReleased>"


CasePayload = (
    Note | Sent | Recorded | Assigned | Concluded | Held | ContactRequested | ContactReleased
)
ANNOUNCING: Final = (Sent, Assigned, Concluded)
"""The entries that name a ``team`` envelope which goes with them (``concluded`` not always)."""

_KINDS: Final[dict[Chain, dict[str, type[Document]]]] = {
    Chain.REPORTER: {
        "report": Report,
        "message": Message,
        "contact-withdrawn": ContactWithdrawn,
        "closed": Closed,
    },
    Chain.TEAM: {
        "receipt": Receipt,
        "reply": Reply,
        "handover": Handover,
        "closing": Closing,
        "deleted": Deleted,
    },
    Chain.CASE: {
        "note": Note,
        "sent": Sent,
        "recorded": Recorded,
        "assigned": Assigned,
        "concluded": Concluded,
        "held": Held,
        "contact-requested": ContactRequested,
        "contact-released": ContactReleased,
    },
}


def read_payload(chain: Chain, data: bytes) -> Document:
    """The payload of ``chain`` that ``data`` is the one form of.

    Its signature is not verified yet. Raises ``NotCanonical`` for unknown kinds too, or
    ``WrongLength``.
    """
    value = parse(data)
    kind = value.get("kind") if isinstance(value, dict) else None
    document = _KINDS[chain].get(kind) if isinstance(kind, str) else None
    if document is None:
        raise NotCanonical
    return document.from_parsed(value, data)
