"""How much room there is on the file system of the data, and for whom (docs/operating.md).

Looked at whenever it is asked: one call of the kernel, some microseconds.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dropbox import limits


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes of the file system: all of it, and what is free for us."""

    size: int
    free: int

    @classmethod
    def of(cls, folder: Path) -> "Room":
        """As it is now. Raises ``OSError``."""
        disk = os.statvfs(folder)
        return cls(disk.f_blocks * disk.f_frsize, disk.f_bavail * disk.f_frsize)

    @property
    def takes_strangers(self) -> bool:
        """Whether there is more than what is kept for mailboxes that are there."""
        return self.free > min(limits.RESERVE_MOST, int(self.size * limits.RESERVE_SHARE))

    def takes_part(self, length: int) -> bool:
        """Whether a part of ``length`` bytes leaves alone what is kept for envelopes."""
        return self.free - length >= min(limits.LAST_MOST, int(self.size * limits.LAST_SHARE))

    @property
    def unfinished(self) -> int:
        """Bytes that unfinished files may take before strangers' parts are refused."""
        return int(self.size * limits.UNFINISHED_SHARE)

    @property
    def announced(self) -> int:
        """Bytes that the unfinished files of one stranger may announce."""
        return int(self.unfinished * limits.OWNER_SHARE)


ENDLESS: Final = Room(1 << 60, 1 << 60)
"""For whoever puts in rows without being asked by a stranger."""
