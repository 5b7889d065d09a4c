"""When an intake group is over: its days, and what has to be seen before its secret may go (§7).

A group is current for 30 days, less when somebody leaves, and opened for 16 more, since a directory
that names it may be out. A clock that is wrong by days must not erase anything early: so the day is
counted from the later of what the directories say, and has to have passed for certain (``days``).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from crypto.directory import Directory
from inbox_ui.days import needs_word, sure_day
from inbox_ui.station import Station

OPENED_DAYS: Final = 16
"""How long an intake group is opened after a directory names another: 14 days that a directory is
valid, one that a clock may be wrong by, and one to spare."""


def is_over(station: Station, group: bytes) -> bool:
    """Whether what was sealed to an intake group is opened no more: its secret goes."""
    last = last_opened(station, group)
    return last is not None and sure_day(station) > last


def last_opened(station: Station, group: bytes) -> date | None:
    """The last day on which an intake group is opened; ``None`` for the current one.

    Counted from the first directory seen that names another after it. Who has not seen that one
    counts from a later day, never from an earlier one.
    """
    if group == station.seen.directory.intake_card.id:
        return None
    days: list[date] = []
    for directory in _newest_first(station):
        if group not in directory.intake_groups:
            break  # older than the group, which was current in none that was seen
        if directory.intake_card.id == group:
            days += [directory.issued + timedelta(days=OPENED_DAYS), directory.expires]
            break
        replaced = max(directory.issued, directory.intake.first_day)
        days = [replaced + timedelta(days=OPENED_DAYS)]
    return max(days)


def first_day(station: Station, group: bytes) -> date:
    """The day since when a group is the team's: the current one, for any intake group.

    Of a contact group, that of the first directory seen that names it in the place of another.
    ``date.min`` for a group that no directory names, or where no other was seen before.
    """
    directory = station.seen.directory
    if group in directory.intake_groups:
        return directory.intake.first_day
    day = date.min
    if group == directory.contact_card.id:
        for each in _newest_first(station):
            if each.contact_card.id != group:
                return day
            day = each.issued
    return date.min


def contact_groups(station: Station) -> frozenset[bytes]:
    """The card ids of the contact groups that the directories seen name."""
    return frozenset(each.contact_card.id for each in _newest_first(station))


def newest_first_day(station: Station) -> date:
    """The day since when both current groups are the team's."""
    directory = station.seen.directory
    ids = (directory.intake_card.id, directory.contact_card.id)
    return max(first_day(station, each) for each in ids)


def needs_witness(station: Station) -> bool:
    """Whether a publisher's word is missing that the day has come: a directory of today is it."""
    past = station.seen.directory.past
    last = last_opened(station, past[-1].id) if past else None
    return last is not None and needs_word(station, last)


def _newest_first(station: Station) -> Iterator[Directory]:
    return station.archive.directories.newest_first(station.vault.service)
