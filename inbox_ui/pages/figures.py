"""The figures: exact for the team, and as a paper that may leave it."""

from dataclasses import dataclass
from pathlib import Path

from inbox_ui import durable
from inbox_ui.accounts import pilot, words
from inbox_ui.accounts.figures import accounts_of, count, month_of
from inbox_ui.accounts.oversight import MONTH, Paper, publish, read_papers, sheet_of
from inbox_ui.accounts.plots import BEGINS, WIDTH, Plot, draw
from inbox_ui.accounts.spreadsheet import to_csv
from inbox_ui.errors import InboxError
from inbox_ui.pages import choosing
from inbox_ui.pages import words as page_words
from inbox_ui.pages.answers import Answer, Failed, Page
from inbox_ui.pages.call import Call
from inbox_ui.station import Station
from inbox_ui.words import Explained


@dataclass(frozen=True)
class Compared:
    """A figure of ours beside the pilot's, in words."""

    what: str
    ours: str
    theirs: str
    source: str


@dataclass(frozen=True)
class Dashboard:
    """What the team sees. ``left_out`` are cases that are not counted; ``times`` have a name and a
    sentence; ``begins`` and ``width`` are of every plot."""

    count: int
    left_out: int
    plots: tuple[Plot, ...]
    times: tuple[tuple[str, str], ...]
    pilot: tuple[Compared, ...]
    begins: int = BEGINS
    width: int = WIDTH


@dataclass(frozen=True)
class Shown:
    """A table of a paper: its title, and its rows in words."""

    title: str
    rows: tuple[tuple[str, str | int], ...]


@dataclass(frozen=True)
class Given:
    """A paper, as it may be read aloud; ``count`` is ``None`` where nothing is said. ``goal`` is
    the file to write a table into, ``made`` one that was."""

    first: str
    last: str
    period: str
    count: int | None
    tables: tuple[Shown, ...]
    explained: str
    goal: str
    error: str = ""
    made: str = ""


@dataclass(frozen=True)
class Oversight:
    """The papers there are, the newest first, and what was typed for another one."""

    papers: tuple[tuple[str, str, str], ...]
    first: str
    last: str
    error: str = ""


async def show_figures(call: Call) -> Answer:
    """The dashboard."""

    def look(station: Station) -> Dashboard:
        cases = station.casebook.cases()
        accounts = accounts_of(cases)
        found = count(accounts)
        left_out = len(cases) - len(accounts) + station.casebook.count_hidden()
        compared = (
            Compared(each.what, words.ours(each), words.theirs(each), each.source)
            for each in pilot.compare(found)
        )
        plots = tuple(draw(tally, found.count) for tally in found.tallies)
        return Dashboard(found.count, left_out, plots, words.times(found), tuple(compared))

    return Page("figures.html", await call.at_desk(look))


async def show_oversight(call: Call) -> Answer:
    """The papers there are, and a form for another one."""
    return await _oversight(call, "", "", "")


async def give(call: Call) -> Answer:
    """Make a paper; the one of these months, if there is one."""
    first, last = call.form.line("first"), call.form.line("last")
    folder = call.sitting.plan.place.folder

    def act(station: Station) -> Paper:
        accounts = accounts_of(station.casebook.cases())
        with folder.locked():
            return publish(folder.published, accounts, first, last, station.today())

    try:
        paper = await call.at_desk(act)
    except InboxError as error:
        return await _oversight(call, first, last, page_words.say(error))
    return Page("paper.html", _given(call, paper))


async def show_paper(call: Call) -> Answer:
    """A paper that was made."""
    return Page("paper.html", _given(call, _find(call)))


async def write_sheet(call: Call) -> Answer:
    """Write a paper as a table. No file is replaced."""
    paper, goal = _find(call), call.form.whole_path("goal")
    if goal is None:
        return Page("paper.html", _given(call, paper, error=page_words.NOT_ABSOLUTE), 400)
    try:
        choosing.prepare(goal, call.sitting.plan.place.folder.default_carried)
        durable.create(goal, to_csv(sheet_of(paper)))
    except InboxError as error:
        return Page("paper.html", _given(call, paper, error=page_words.say(error)), 400)
    return Page("paper.html", _given(call, paper, made=str(goal)))


def _find(call: Call) -> Paper:
    """The paper that the path names. Raises ``Failed``."""
    papers = read_papers(call.sitting.plan.place.folder.published)
    found = papers.find(call.path["first"], call.path["last"])
    if found is None:
        raise Failed(404, Explained(page_words.NOT_THERE, page_words.GO_BACK))
    return found


async def _oversight(call: Call, first: str, last: str, error: str) -> Page:
    papers = read_papers(call.sitting.plan.place.folder.published).papers

    def look(station: Station) -> Oversight:
        begun = f"{station.today().year - (month_of(station.today())[5:] == '01')}-01"
        known = sorted(((each.first, each.last) for each in papers), reverse=True)
        shown = tuple((*months, words.period(*months)) for months in known)
        return Oversight(shown, first or begun, last, error)

    return Page("oversight.html", await call.at_desk(look), 400 if error else 200)


def _given(call: Call, paper: Paper, *, error: str = "", made: str = "") -> Given:
    folder = call.sitting.plan.place.folder.default_carried
    goal = call.form.line("goal") or str(_goal(folder, paper))
    return Given(
        paper.first,
        paper.last,
        words.period(paper.first, paper.last),
        paper.count,
        tuple(
            Shown(
                words.TITLES[table.axis],
                tuple(
                    (words.kind(table.axis, row.kind), words.shown(row.count, few=row.few))
                    for row in table.rows
                ),
            )
            for table in paper.tables
        ),
        words.EXPLAINED if paper.count is not None else words.TOO_FEW,
        goal,
        error,
        made,
    )


def _goal(folder: Path, paper: Paper) -> Path:
    """A file for the table that is not there yet."""
    name = f"figures-{paper.first}-{paper.last}"
    names = (folder / f"{name}{end}.csv" for end in ("", *(f"-{each}" for each in range(2, 1000))))
    return next((each for each in names if not each.exists()), folder / f"{name}.csv")


ADDRESS = rf"/figures/oversight/{{first:{MONTH}}}/{{last:{MONTH}}}"
"""The address of a paper."""
