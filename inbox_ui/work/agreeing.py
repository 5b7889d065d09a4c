"""Whether two people agree to something, one after the other: that a line goes to the person who
asks for it, or that something is only mentioned."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from inbox_ui.work.access import Access, Step
from inbox_ui.work.records import Record, pieces


@dataclass(frozen=True)
class Agreement:
    """How it stands with a line: who proposed it last, and who has agreed since, by card id."""

    proposed_by: bytes | None = None
    agreed_by: bytes | None = None

    @property
    def is_released(self) -> bool:
        """Whether two people agree."""
        return self.proposed_by is not None and self.agreed_by is not None

    def may_agree(self, analyst: bytes) -> bool:
        """Whether it is for this one to agree: not for who proposed it."""
        return self.proposed_by is not None and self.proposed_by != analyst


NOBODY: Final = Agreement()
"""Nobody has proposed it, or it was withdrawn."""


def agreement_of(records: tuple[Record, ...], line: bytes, readers: Collection[bytes]) -> Agreement:
    """How it stands with a line. Only the word of those who may read today counts."""
    said = pieces(records, Access)
    return fold(((each.author, it.step) for each, it in said if it.line == line), readers)


def fold(steps: Iterable[tuple[bytes, Step]], people: Collection[bytes]) -> Agreement:
    """What authors' steps come to. Only the word of ``people`` counts."""
    found = NOBODY
    for author, step in steps:
        if author not in people:
            continue
        match step:
            case Step.PROPOSED:
                found = Agreement(author)
            case Step.AGREED if found.may_agree(author):
                found = Agreement(found.proposed_by, author)
            case Step.WITHDRAWN:
                found = NOBODY
            case _:
                pass
    return found
