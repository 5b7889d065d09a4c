"""Whether a line goes to the person who asks for it: two people, one after the other."""

from collections.abc import Collection
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
        """Whether two people let it go."""
        return self.proposed_by is not None and self.agreed_by is not None

    def may_agree(self, analyst: bytes) -> bool:
        """Whether it is for this one to agree: not for who proposed it."""
        return self.proposed_by is not None and self.proposed_by != analyst


NOBODY: Final = Agreement()
"""Nobody has proposed it, or it was withdrawn."""


def agreement_of(records: tuple[Record, ...], line: bytes, readers: Collection[bytes]) -> Agreement:
    """How it stands with a line. Only the word of those who may read today counts."""
    found = NOBODY
    for record, access in pieces(records, Access):
        if access.line != line or record.author not in readers:
            continue
        match access.step:
            case Step.PROPOSED:
                found = Agreement(record.author)
            case Step.AGREED if found.may_agree(record.author):
                found = Agreement(found.proposed_by, record.author)
            case Step.WITHDRAWN:
                found = NOBODY
            case _:
                pass
    return found
