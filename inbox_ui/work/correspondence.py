"""The pieces of casework about what is written to a reporter (docs/casework.md, "Ask").

Names of drafts and questions are 16 random bytes, because the envelope that holds a piece gets
another id where somebody else was quicker.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from crypto.constants import ID
from crypto.documents import TEXT_CHARACTERS
from crypto.encoding import (
    Bytes,
    Choice,
    Day,
    Document,
    Flag,
    Integer,
    List,
    Matching,
    Nullable,
    Text,
    member,
)
from crypto.errors import NotCanonical

NAME: Final = 16
"""Bytes of the name of a draft or a question."""
LINE: Final = 200
"""Characters of one line."""
REASON: Final = 4_000
"""Characters of a reason, a remark, or a force's question."""
FLAGGED: Final = 50
"""Flagged places that are recorded; a text with more of them says enough."""
_MOST: Final = 1_000_000


class Outcome(StrEnum):
    """What became of a question of a force's."""

    ASKED = "asked"
    """It was put to the reporter, in words of ours."""
    ANSWERED = "answered"
    DECLINED = "declined"
    """It is not put, and there is a reason."""


@dataclass(frozen=True)
class Cleared(Document):
    """Why a reply went out although the guard flagged it, or after many turns.

    ``reply`` is the digest of its text (:func:`digest_of`), ``flagged`` what was flagged.
    """

    after: bytes | None = member(Nullable(Bytes(ID)))
    reply: bytes = member(Bytes(ID))
    flagged: tuple[str, ...] = member(List(Text(LINE), FLAGGED))
    turns: int = member(Integer(0, _MOST))
    reason: str = member(Text(REASON, least=1))

    def __repr__(self) -> str:
        return "<Cleared>"


@dataclass(frozen=True)
class Draft(Document):
    """A reply before anybody sends it, or what it was changed into, or its end (``withdrawn``).

    ``version`` rises with each change. ``read`` counts the reporter's messages that the author had
    read: what a reply that is made of it acknowledges. ``flagged`` and ``reason`` are as in
    :class:`Cleared`; the reason may be empty where nothing was flagged.
    """

    after: bytes | None = member(Nullable(Bytes(ID)))
    draft: bytes = member(Bytes(NAME))
    version: int = member(Integer(1, _MOST))
    withdrawn: bool = member(Flag())
    language: str = member(Matching("en|cy"))
    text: str = member(Text(TEXT_CHARACTERS, least=1))
    read: int = member(Integer(0, _MOST))
    flagged: tuple[str, ...] = member(List(Text(LINE), FLAGGED))
    reason: str = member(Text(REASON))

    def __repr__(self) -> str:
        return "<Draft>"

    @property
    def digest(self) -> bytes:
        """32 bytes that name this version of it, with every word of it."""
        return blake2b(self.to_bytes(), digest_size=ID).digest()


@dataclass(frozen=True)
class Approval(Document):
    """A second reader's word on one version of a draft; ``approved`` or sent back.

    ``digest`` is the version's: of another text it says nothing.
    """

    after: bytes | None = member(Nullable(Bytes(ID)))
    draft: bytes = member(Bytes(NAME))
    digest: bytes = member(Bytes(ID))
    approved: bool = member(Flag())
    remark: str = member(Text(REASON))

    def __repr__(self) -> str:
        return "<Approval>"

    def check(self) -> None:
        """What is sent back says why."""
        if not self.approved and not self.remark:
            raise NotCanonical


@dataclass(frozen=True)
class ForceQuestion(Document):
    """What a force asked, as it asked it: ``body`` asked on ``day``. For the team alone."""

    after: bytes | None = member(Nullable(Bytes(ID)))
    question: bytes = member(Bytes(NAME))
    body: str = member(Text(LINE, least=1))
    day: date = member(Day())
    text: str = member(Text(REASON, least=1))

    def __repr__(self) -> str:
        return "<ForceQuestion>"


@dataclass(frozen=True)
class ForceMark(Document):
    """What became of a force's question. The newest counts; what is declined has a reason."""

    after: bytes | None = member(Nullable(Bytes(ID)))
    question: bytes = member(Bytes(NAME))
    outcome: Outcome = member(Choice(Outcome))
    remark: str = member(Text(REASON))

    def __repr__(self) -> str:
        return "<ForceMark>"

    def check(self) -> None:
        """No question is declined without a reason."""
        if self.outcome is Outcome.DECLINED and not self.remark:
            raise NotCanonical


def digest_of(text: str) -> bytes:
    """32 bytes that name a text."""
    return blake2b(text.encode(), digest_size=ID).digest()
