"""The budgets: every number that is measured, and what it has to be.

What may not be missed is a ratio wherever a ratio can be had: both sides are then measured in turn
on the same machine in the same minute. Absolute numbers without a limit are printed beside them.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final


class Side(Enum):
    """On which side of its limit a value has to be."""

    AT_LEAST = "≥"
    AT_MOST = "≤"


@dataclass(frozen=True, slots=True)
class Budget:
    """A number: its name, its unit, and its limit if it has one.

    ``aim`` is what is hoped for beyond the limit; missing it is said and is no failure.
    """

    name: str
    unit: str
    side: Side | None = None
    limit: float | None = None
    aim: float | None = None

    def allows(self, value: float, limit: float | None) -> bool:
        """Whether ``value`` is on the right side of ``limit``; without one, everything is."""
        if limit is None or self.side is None:
            return True
        return value >= limit if self.side is Side.AT_LEAST else value <= limit


RATIO: Final = "ratio"
MIB: Final = "MiB"

REPORTS: Final = Budget("new reports, durable", "reports/s")
REPORTS_BARE: Final = Budget("the same bodies into an empty aiohttp handler", "requests/s")
REPORTS_RATIO: Final = Budget(
    "new reports, to an empty aiohttp handler", RATIO, Side.AT_LEAST, 1 / 6, aim=1 / 4
)
REPORTS_SMALL: Final = Budget("new reports at 1,000 mailboxes", "reports/s")
REPORTS_LARGE: Final = Budget("new reports at many mailboxes", "reports/s")
REPORTS_MAILBOXES: Final = Budget("how many mailboxes are many", "mailboxes")
REPORTS_GROWTH: Final = Budget(
    "new reports at many mailboxes, to the rate at 1,000", RATIO, Side.AT_LEAST, 0.8
)
BACKUP_ALONE: Final = Budget("new reports at many mailboxes, no backup", "reports/s")
BACKUP_BESIDE: Final = Budget("new reports at many mailboxes, a backup beside", "reports/s")
BACKUP_RATIO: Final = Budget(
    "new reports with a backup beside, to without", RATIO, Side.AT_LEAST, 0.5
)
BACKUP_SECONDS: Final = Budget("a backup of these mailboxes, nobody writing", "seconds")
BACKUP_MEMORY: Final = Budget("memory of that backup", MIB)
UP: Final = Budget("files up, 8 transfers at once", "MiB/s")
UP_BARE: Final = Budget("the same parts written and synced by aiohttp alone", "MiB/s")
UP_RATIO: Final = Budget("files up, to aiohttp alone", RATIO, Side.AT_LEAST, 1 / 2)
UP_MEMORY: Final = Budget("memory of the server per transfer up", MIB, Side.AT_MOST, 32)
DOWN: Final = Budget("files down, 8 transfers at once", "MiB/s")
DOWN_MEMORY: Final = Budget("memory of the server per transfer down", MIB, Side.AT_MOST, 32)
OPENED: Final = Budget("envelopes opened by the workstation's core", "envelopes/s")
OPENED_BARE: Final = Budget("the same primitives in a bare loop", "envelopes/s")
OPENED_RATIO: Final = Budget(
    "envelopes opened, to the bare primitives", RATIO, Side.AT_LEAST, 1 / 2
)
SEALED: Final = Budget("reports sealed by the reporter's browser", "reports/s")
SEALED_BARE: Final = Budget("the same primitives of libsodium.js in a bare loop", "reports/s")
SEALED_RATIO: Final = Budget(
    "reports sealed in a browser, to the bare primitives", RATIO, Side.AT_LEAST, 1 / 2
)
INBOX: Final = Budget(
    "inbox of envelopes seen before, to its first page", "seconds", Side.AT_MOST, 2
)
INBOX_SIZE: Final = Budget("how many envelopes are in that inbox", "envelopes")
WORKSTATION: Final = Budget(
    "a page of the workstation's list, from the request", "ms, median", Side.AT_MOST, 200
)
WORKSTATION_SIZE: Final = Budget("how many cases that workstation has", "cases")
DASHBOARD_SIZE: Final = Budget("how many cases the figures count", "cases")
DASHBOARD: Final = Budget("the figures, from the request", "seconds, median", Side.AT_MOST, 1)
SEARCH_SIZE: Final = Budget("how many messages are searched", "messages")
SEARCH_READ: Final = Budget("all of them folded and read for the search, once", "seconds")
SEARCH_USABLE: Final = Budget(
    "the search usable, from the vault unlocked", "seconds", Side.AT_MOST, 3
)
SEARCH: Final = Budget("a search with its page of excerpts", "ms, median", Side.AT_MOST, 50)
PREVIEW: Final = Budget("a PDF of 20 pages, to 20 pictures", "seconds", Side.AT_MOST, 3)
PREVIEW_SCANS: Final = Budget("20 pages of one scanned picture each, to 20 pictures", "seconds")
PREVIEW_MEMORY: Final = Budget("memory of the process that reads it", MIB, Side.AT_MOST, 512)
ASSIGNED: Final = Budget("envelopes of a case assigned to handlers", "envelopes/s")
ASSIGNED_BARE: Final = Budget("the same content keys unwrapped and wrapped bare", "envelopes/s")
ASSIGNED_RATIO: Final = Budget(
    "envelopes assigned, to unwrapped and wrapped bare", RATIO, Side.AT_LEAST, 1 / 2
)
CAUGHT_UP_SIZE: Final = Budget("how many envelopes a new workstation fetches", "envelopes")
CAUGHT_UP: Final = Budget("envelopes fetched, kept and opened by it", "envelopes/s")
CAUGHT_UP_READ: Final = Budget("the same read over HTTP alone", "envelopes/s")
CAUGHT_UP_BARE: Final = Budget("the same read over HTTP, then opened bare", "envelopes/s")
CAUGHT_UP_RATIO: Final = Budget(
    "a new workstation, to reading and opening bare", RATIO, Side.AT_LEAST, 1 / 2
)
JOINED_REPORT: Final = Budget("a report, with one more analyst", "bytes more", Side.AT_MOST, 0)
JOINED_DIRECTORY: Final = Budget(
    "the directory, with one more analyst", "bytes more", Side.AT_MOST, 0
)
FLOOD_READ: Final = Budget("a mailbox is logged in to and read, nothing else", "ms, median")
FLOOD_UNSOLVED: Final = Budget("the same in a flood of reports without proof", "ms, median")
FLOOD_UNSOLVED_RATIO: Final = Budget(
    "read in a flood of reports without proof, to nothing else", RATIO, Side.AT_MOST, 3
)
FLOOD_JUNK: Final = Budget("the same in a flood of junk", "ms, median")
FLOOD_JUNK_RATIO: Final = Budget("read in a flood of junk, to nothing else", RATIO, Side.AT_MOST, 3)
FLOOD_PROOFS: Final = Budget(
    "1,000 wrong proofs of work refused", "core-seconds", Side.AT_MOST, 0.1
)
PLAIN: Final = Budget("reports without scripts, 8 at once", "reports/s", Side.AT_LEAST, 20)
PLAIN_PAGE: Final = Budget("a page without scripts, nothing else", "ms, median")
PLAIN_STALLED: Final = Budget("the same while 40 forms are stalled", "ms, median")
PLAIN_STALLED_RATIO: Final = Budget(
    "a page while forms are stalled, to nothing else", RATIO, Side.AT_MOST, 5
)
KILOBYTES: Final = "kB, compressed"
FIRST_BYTES: Final = Budget(
    "the first page, all it loads, with headers", KILOBYTES, Side.AT_MOST, 20
)
FIRST_REQUESTS: Final = Budget("the first page, requests", "requests", Side.AT_MOST, 4)
REPORT_BYTES: Final = Budget("the report's page with crypto", KILOBYTES, Side.AT_MOST, 220)
REPORT_WIRE: Final = Budget("the same with the headers of every answer", "kB")
REPORT_REQUESTS: Final = Budget("the report's page with crypto, requests", "requests")

BUDGETS: Final = (
    REPORTS,
    REPORTS_BARE,
    REPORTS_RATIO,
    REPORTS_MAILBOXES,
    REPORTS_SMALL,
    REPORTS_LARGE,
    REPORTS_GROWTH,
    BACKUP_ALONE,
    BACKUP_BESIDE,
    BACKUP_RATIO,
    BACKUP_SECONDS,
    BACKUP_MEMORY,
    UP,
    UP_BARE,
    UP_RATIO,
    UP_MEMORY,
    DOWN,
    DOWN_MEMORY,
    OPENED,
    OPENED_BARE,
    OPENED_RATIO,
    SEALED,
    SEALED_BARE,
    SEALED_RATIO,
    INBOX_SIZE,
    INBOX,
    WORKSTATION_SIZE,
    WORKSTATION,
    DASHBOARD_SIZE,
    DASHBOARD,
    SEARCH_SIZE,
    SEARCH_READ,
    SEARCH_USABLE,
    SEARCH,
    PREVIEW,
    PREVIEW_SCANS,
    PREVIEW_MEMORY,
    ASSIGNED,
    ASSIGNED_BARE,
    ASSIGNED_RATIO,
    CAUGHT_UP_SIZE,
    CAUGHT_UP,
    CAUGHT_UP_READ,
    CAUGHT_UP_BARE,
    CAUGHT_UP_RATIO,
    JOINED_REPORT,
    JOINED_DIRECTORY,
    FLOOD_READ,
    FLOOD_UNSOLVED,
    FLOOD_UNSOLVED_RATIO,
    FLOOD_JUNK,
    FLOOD_JUNK_RATIO,
    FLOOD_PROOFS,
    PLAIN,
    PLAIN_PAGE,
    PLAIN_STALLED,
    PLAIN_STALLED_RATIO,
    FIRST_BYTES,
    FIRST_REQUESTS,
    REPORT_BYTES,
    REPORT_WIRE,
    REPORT_REQUESTS,
)


@dataclass(frozen=True, slots=True)
class Result:
    """A budget and the value that was measured."""

    budget: Budget
    value: float

    @property
    def met(self) -> bool:
        """Whether the value is within the budget."""
        return self.budget.allows(self.value, self.budget.limit)

    def to_json(self) -> dict[str, Any]:
        """Its row of ``results.json``; ``budget`` is null where there is no limit."""
        return {
            "name": self.budget.name,
            "value": round(self.value, 4),
            "unit": self.budget.unit,
            "budget": self.budget.limit,
            "met": self.met,
        }

    def verdict(self) -> str:
        """What the table says of it."""
        budget = self.budget
        if budget.side is None or budget.limit is None:
            return ""
        said = f"{'met' if self.met else 'MISSED'}: {budget.side.value} {budget.limit:.3g}"
        if budget.aim is not None and self.met:
            reached = budget.allows(self.value, budget.aim)
            said += f" (the aim of {budget.aim:.3g}: {'reached' if reached else 'not reached'})"
        return said
