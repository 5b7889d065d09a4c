"""The worklist of keeping and deleting."""

from dataclasses import dataclass
from datetime import date

from crypto.documents import Conclusion
from inbox_ui import words
from inbox_ui.accounts.worklist import Due, worklist
from inbox_ui.pages.answers import Answer, Page
from inbox_ui.pages.call import Call
from inbox_ui.retention import read_retention
from inbox_ui.station import Station


@dataclass(frozen=True)
class Row:
    """A case: its day, how many days that is ago or ahead, and why it is kept."""

    case: str
    day: date
    days: int
    why: str


@dataclass(frozen=True)
class Keeping:
    """What is due, by how it stands; ``policy`` has the days for each reason; ``hidden`` cases are
    those that a declared interest hides: colleagues see them."""

    due: dict[str, tuple[Row, ...]]
    policy: tuple[tuple[str, int], ...]
    hidden: int


async def show_retention(call: Call) -> Answer:
    """What is due, what is on hold and why, and what is late."""
    policy = read_retention(call.sitting.plan.place.folder.retention)

    def look(station: Station) -> Keeping:
        found: dict[str, tuple[Row, ...]] = {each.value: () for each in Due}
        for item in worklist(station):
            problem = words.explain(item.problem) if item.problem is not None else None
            why = f"{problem.error} {problem.hint}" if problem is not None else item.why
            found[item.due] = (*found[item.due], Row(item.case, item.day, item.days, why))
        today = station.today()
        days = tuple(
            (words.CONCLUSIONS[each], (policy.keep_until(each, today) - today).days)
            for each in Conclusion
        )
        return Keeping(found, days, station.casebook.count_hidden())

    return Page("retention.html", await call.at_desk(look))
