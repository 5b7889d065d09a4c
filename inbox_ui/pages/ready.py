"""Which intelligence reports may go today, and which on a later day. Nothing is sent from here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from inbox_ui import recipients
from inbox_ui.pages.answers import Answer, Page
from inbox_ui.pages.call import Call
from inbox_ui.station import Station
from inbox_ui.work import sending
from inbox_ui.work.releasing import Obstacle
from inbox_ui.work.unit_names import unit_names
from inbox_ui.work.units import Units


@dataclass(frozen=True)
class Row:
    """A report for a unit. ``day`` is the first on which it may go, or nothing for today."""

    unit: str
    case: str
    ref: str
    day: date | None


@dataclass(frozen=True)
class Ready:
    """All of them, unit by unit. ``listed``: there is a list of units here."""

    listed: bool
    units: tuple[tuple[str, tuple[Row, ...]], ...] = ()


async def show_ready(call: Call) -> Answer:
    """What is ready, as far as this analyst may read it."""
    folder = call.sitting.plan.place.folder

    def look(station: Station) -> Ready:
        units = recipients.find_units(station, folder)
        if units is None:
            return Ready(listed=False)
        rows = sorted(find_ready(station, units), key=lambda row: (row.unit, str(row.day), row.ref))
        by_unit, names = groupby(rows, key=lambda row: row.unit), unit_names(units)
        return Ready(True, tuple((names[unit], tuple(of)) for unit, of in by_unit))

    return Page("ready.html", await call.at_desk(look))


def find_ready(station: Station, units: Units) -> Iterator[Row]:
    """What may go today, and what waits for nothing but its day, for each of its units."""
    for each in sending.due(station, units):
        yield Row(each.unit, each.summary.name, each.ref, None)
    for summary, _, weighed in sending.weigh_all(station, units):
        if weighed.obstacles == {Obstacle.NOT_YET}:
            draft = weighed.standing.current.draft
            for unit in sorted(weighed.free):
                yield Row(unit, summary.name, draft.report.ref, draft.not_before)
