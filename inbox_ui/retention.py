"""How long a concluded case is kept, and when it is due (docs/protocol.md §7, P9).

A case is due by what its own chain says and by nothing a server says: it is concluded, its last day
is over, and no hold keeps it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from crypto.documents import Conclusion
from crypto.encoding import Document, Integer, member
from crypto.errors import Malformed
from inbox_ui.errors import BadSettings

_MOST: Final = 36_500
TO_BE_HEARD: Final = timedelta(days=7)
"""A workstation syncs once a week at least: so each handler's has seen by then what was decided."""


@dataclass(frozen=True)
class Retention(Document):
    """Days a case is kept after it was concluded, by the reason it ended for."""

    referred: int = member(Integer(0, _MOST))
    insufficient: int = member(Integer(0, _MOST))
    out_of_scope: int = member(Integer(0, _MOST))
    withdrawn: int = member(Integer(0, _MOST))
    other: int = member(Integer(0, _MOST))

    def keep_until(self, reason: Conclusion, today: date) -> date:
        """The last day of a case that is concluded ``today``."""
        days = {
            Conclusion.REFERRED: self.referred,
            Conclusion.INSUFFICIENT: self.insufficient,
            Conclusion.OUT_OF_SCOPE: self.out_of_scope,
            Conclusion.WITHDRAWN: self.withdrawn,
            Conclusion.OTHER: self.other,
        }
        return today + timedelta(days=days[reason])


DEFAULT: Final = Retention(referred=730, insufficient=365, out_of_scope=90, withdrawn=90, other=365)


def read_retention(path: Path) -> Retention:
    """The policy in ``path``; :data:`DEFAULT` where there is none. Raises ``BadSettings``."""
    try:
        return Retention.from_bytes(path.read_bytes().rstrip(b"\n"))
    except FileNotFoundError:
        return DEFAULT
    except (OSError, Malformed):
        raise BadSettings(path) from None


def last_day(
    keep_until: date | None, hold: date | None, unread: int, said: date | None = None
) -> date | None:
    """The last day on which a case is kept; ``None`` while none is known. ``keep_until`` is
    ``None`` unless it is concluded.

    One with something that nobody has acknowledged stays: a reporter wrote after the end. So does
    one of which it was ``said`` (a day) only lately how long it is kept: once it is purged, no
    colleague's workstation can learn any more that its hold was over, and would keep it for good.
    """
    if keep_until is None or unread:
        return None
    heard = said + TO_BE_HEARD if said is not None else date.min
    return max(keep_until, hold or date.min, heard)
