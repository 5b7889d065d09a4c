"""The search: what is looked for, and one page of what was found.

What somebody looks for is in no address, which the browser's history keeps. It is remembered here
until the vault locks.
"""

from dataclasses import dataclass

from crypto.envelope import Chain
from inbox_ui import words
from inbox_ui.pages.answers import Answer, Data, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.search.excerpts import Parts
from inbox_ui.search.index import FOR_A_PAGE, Result
from inbox_ui.search.query import LONGEST
from inbox_ui.station import Station


@dataclass(frozen=True)
class Row:
    """An entry that was found: ``at`` is its place on the page of its case."""

    case: str
    at: str
    heading: str
    day: str
    parts: Parts


@dataclass(frozen=True)
class Search:
    """What was found. ``many``: there is more than was counted, and the newest come first."""

    typed: str
    asked: bool
    count: int
    many: bool
    page: int
    pages: int
    rows: tuple[Row, ...]
    read: int
    cases: int


async def show_search(call: Call) -> Answer:
    """What was looked for last, and what there is of it now."""
    typed, page = call.unlocked.searched, int(call.path.get("page", "1"))
    index = call.unlocked.desk.index

    def look(station: Station) -> Search:
        index.follow(station, FOR_A_PAGE)
        found = index.search(typed, page)
        return Search(
            typed,
            found.asked,
            found.count,
            not found.ranked,
            found.page,
            found.pages,
            tuple(map(_row, found.results)),
            found.cases - found.left,
            found.cases,
        )

    return Page("search.html", await call.at_desk(look))


async def search(call: Call) -> Answer:
    """Look for something else."""
    _remember(call)
    return Goto("/search")


async def search_now(call: Call) -> Answer:
    """The same while somebody types: the script then takes what was found from the page."""
    _remember(call)
    return Data(b"{}", "application/json")


def _remember(call: Call) -> None:
    call.unlocked.searched = call.form.line("words")[:LONGEST]


def _row(result: Result) -> Row:
    place = result.place
    at = f"{words.CHAINS[Chain(place.chain)]}-{place.seq}"
    return Row(result.case, at, words.HEADINGS[place.kind], place.day, result.parts)
