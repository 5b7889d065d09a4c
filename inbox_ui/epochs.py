"""When an intake group is over: its days, and what has to be seen before its secret may go (§7).

A group is current for 30 days, less when somebody leaves, and opened for 16 more, since a directory
that names it may be out. A clock that is wrong by days must not erase anything early: so the day is
counted from the later of what the directories say, and has to have passed by this machine's clock
and by that of whoever signed the newest directory.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from crypto.directory import Directory
from inbox_ui.station import Station

OPENED_DAYS: Final = 16
"""How long an intake group is opened after a directory names another: 14 days that a directory is
valid, one that a clock may be wrong by, and one to spare."""


def is_over(station: Station, group: bytes) -> bool:
    """Whether what was sealed to an intake group is opened no more: its secret goes."""
    last = last_opened(station, group)
    if last is None:
        return False
    return min(station.today(), station.seen.directory.issued) > last


def last_opened(station: Station, group: bytes) -> date | None:
    """The last day on which an intake group is opened; ``None`` for the current one.

    Counted from the first directory seen that names another after it. Who has not seen that one
    counts from a later day, never from an earlier one.
    """
    if group == station.seen.directory.intake_card.id:
        return None
    days: list[date] = []
    for directory in _newest_first(station):
        if directory.intake_card.id == group:
            days += [directory.issued + timedelta(days=OPENED_DAYS), directory.expires]
            break
        replaced = max(directory.issued, directory.intake.first_day)
        days = [replaced + timedelta(days=OPENED_DAYS)]
    return max(days)


def needs_witness(station: Station) -> bool:
    """Whether a group would be over if a directory of today said so: then one is due."""
    directory = station.seen.directory
    if not directory.past:
        return False
    last = last_opened(station, directory.past[-1].id)
    return last is not None and directory.issued <= last < station.today()


def _newest_first(station: Station) -> Iterator[Directory]:
    return station.archive.directories.newest_first(station.vault.service)
