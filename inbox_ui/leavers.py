"""Cases that are handled by somebody who left, was suspended, or is about to be.

Taking somebody out of the team takes no case from anybody: each needs an assignment, which makes a
new key (docs/protocol.md §7).
"""

from collections.abc import Iterator

from inbox_ui.history import person
from inbox_ui.history_shown import name_of
from inbox_ui.station import Station
from inbox_ui.summary import Summary


def cases_of(station: Station, member: bytes) -> tuple[str, ...]:
    """The cases that a member, by the card id, handles and that nobody has ended."""
    return tuple(each.name for each in _open(station) if member in each.handled_by)


def left_behind(station: Station) -> tuple[tuple[str, str], ...]:
    """The cases that nobody has ended, of whose handlers one is not of the team or is suspended,
    each with the names of those."""
    roster = station.roster
    if roster is None:
        return ()
    active = {each.id for each in roster.active()}
    gone = ((each.name, sorted(each.handled_by - active)) for each in _open(station))
    return tuple(
        (case, ", ".join(name_of(person(each, roster)) for each in people))
        for case, people in gone
        if people
    )


def _open(station: Station) -> Iterator[Summary]:
    return (each for each in station.casebook.cases() if not each.ended)
