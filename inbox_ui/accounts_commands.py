"""``figures``: what the team accounts for, for itself and for others."""

from collections.abc import Iterator
from pathlib import Path

import click

from inbox_ui import console, durable, meeting, options
from inbox_ui import words as commands
from inbox_ui.accounts import pilot, words
from inbox_ui.accounts.figures import Axis, Figures, accounts_of, count
from inbox_ui.accounts.ledger import ledger_of, ledger_sheet
from inbox_ui.accounts.oversight import publish, sheet_of
from inbox_ui.accounts.spreadsheet import to_csv
from inbox_ui.exporting import read_file
from inbox_ui.options import Place


@click.group()
def figures() -> None:
    """How many reports there were, and what became of them."""


@figures.command("show")
@options.place_options
@options.offline
def show_figures(place: Place, offline: bool) -> None:
    """The exact figures of the cases that you may read. They are for the team alone."""
    with place.open() as station:
        meeting.look(place, station, offline)
        found = count(accounts_of(station.casebook.cases()))
    console.print_result("\n".join(_lines(found)))


@figures.command("oversight")
@options.place_options
@click.option("--from", "first", required=True, metavar="YYYY-MM", help="The first month.")
@click.option("--to", "last", required=True, metavar="YYYY-MM", help="The last month.")
@click.option("--csv", "sheet", type=options.FILE, metavar="FILE", help="Write a table there.")
@options.offline
@options.yes
def give_oversight(
    place: Place, first: str, last: str, sheet: Path | None, offline: bool, yes: bool
) -> None:
    """Figures that may leave the team, of whole months: nothing under five, once for all."""
    if sheet is not None and sheet.exists():
        console.ask_yes(commands.ASK_REPLACE.format(name=sheet), yes, place.silent)
    with place.open() as station:
        meeting.look(place, station, offline)
        accounts = accounts_of(station.casebook.cases())
        with place.folder.locked():
            paper = publish(place.folder.published, accounts, first, last, station.today())
    _give(list(sheet_of(paper)), sheet)
    console.say(words.PAPER_KEPT.format(period=words.period(first, last)))


@figures.command("audit")
@click.argument("logs", metavar="FILE...", nargs=-1, required=True, type=options.FILE)
@click.option(
    "--root", required=True, metavar="FINGERPRINT", help="As printed on the team's posters."
)
@click.option("--csv", "sheet", type=options.FILE, metavar="FILE", help="Write a table there.")
@options.yes
def count_logs(logs: tuple[Path, ...], root: str, sheet: Path | None, yes: bool) -> None:
    """Counts from exported logs, for who may not read: nothing under five. Needs no vault."""
    if sheet is not None and sheet.exists():
        console.ask_yes(commands.ASK_REPLACE.format(name=sheet), yes, silent=False)
    rows = list(ledger_sheet(ledger_of(read_file(each, root) for each in logs)))
    _give(rows, sheet)
    console.say(words.ONE_SET)


def _give(rows: list[tuple[str | int, ...]], sheet: Path | None) -> None:
    """Write a table into a file, or print it."""
    if sheet is None:
        console.print_result("\n".join("  ".join(map(str, row)) for row in rows))
        return
    durable.replace(sheet, to_csv(rows))
    console.say(words.SHEET_WRITTEN.format(path=sheet))


def _lines(found: Figures) -> Iterator[str]:
    if not found.count:
        yield words.NO_FIGURES
        return
    yield f"{words.ALL_REPORTS}: {found.count}"
    for tally in found.tallies:
        yield f"\n{words.TITLES[tally.axis]}"
        for kind, each in tally.rows:
            if each or tally.axis is not Axis.FORCE:
                yield f"  {each:>6}  {words.kind(tally.axis, kind)}"
    yield ""
    for title, spread in words.times(found):
        yield f"{title}: {spread}"
    yield f"\n{words.PILOT}"
    for beside in pilot.compare(found):
        yield f"  {words.beside(beside)}"
