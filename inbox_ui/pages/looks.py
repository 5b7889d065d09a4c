"""Files that were looked at: in memory, a few of them, and gone when the vault locks."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from inbox_ui.pages.redactions import Redaction
from inbox_ui.preview.sight import Sight
from inbox_ui.words import Explained

_MOST: Final = 6
_BYTES: Final = 128 * 1024 * 1024
_AT_ONCE: Final = 2

Place = tuple[str, str, int, int]
"""Case, chain, place and number."""


@dataclass
class Look:
    """A file that is or was being looked at. ``data`` is all of it, to turn its pages.

    ``redactions`` are of its pictures, by their numbers.
    """

    data: bytes = field(default=b"", repr=False)
    sight: Sight | None = None
    failed: Explained | None = None
    redactions: dict[int, Redaction] = field(default_factory=dict, repr=False)

    def redaction(self, number: int) -> Redaction | None:
        """What is blacked out in picture ``number``, from 0; none if there is no such picture."""
        if self.sight is None or number >= len(self.sight.pictures):
            return None
        return self.redactions.setdefault(number, Redaction(self.sight.pictures[number]))

    @property
    def ended(self) -> bool:
        """Whether there is something to show, or never will be."""
        return self.sight is not None or self.failed is not None

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.data) + (self.sight.size if self.sight is not None else 0)


class Looks:
    """The newest few. ``turns`` lets two files at a time have a process."""

    def __init__(self) -> None:
        self._looks: OrderedDict[Place, Look] = OrderedDict()
        self.turns: Final = asyncio.Semaphore(_AT_ONCE)

    def put(self, place: Place, look: Look) -> None:
        """Keep ``look`` as the newest; the oldest go, as many as have to."""
        self._looks[place] = look
        self._looks.move_to_end(place)
        while len(self._looks) > 1 and (
            len(self._looks) > _MOST or sum(each.size for each in self._looks.values()) > _BYTES
        ):
            self._looks.popitem(last=False)

    def get(self, place: Place) -> Look | None:
        """What is kept of this file."""
        return self._looks.get(place)

    @property
    def ended(self) -> int:
        """How many are done."""
        return sum(each.ended for each in self._looks.values())
