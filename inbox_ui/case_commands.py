"""The commands for the life of a case in a team: who has it, when it ends, when it goes."""

from datetime import date
from typing import Final

import click

from crypto.documents import Conclusion
from dropbox.client.terminal import visible, visible_line
from inbox_ui import (
    assigning,
    console,
    disclosing,
    interests,
    meeting,
    options,
    purging,
    shown,
    words,
)
from inbox_ui.options import Place
from inbox_ui.pages.wishes import Act, Wish, look_ahead
from inbox_ui.pages.words import SIGNED
from inbox_ui.retention import read_retention
from inbox_ui.running import run
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.texts import read_text

_why = click.option("--text-file", metavar="FILE", help="A text for the log: why. - reads a pipe.")


def _ask(place: Place, station: Station, summary: Summary, wish: Wish, yes: bool) -> None:
    """Ask about what cannot be undone, in the sentences of the pages."""
    outlook = look_ahead(station, summary, wish, read_retention(place.folder.retention))
    if outlook.warnings:
        follows = (each for each in outlook.follows if each != SIGNED)
        said = " ".join((*follows, *outlook.warnings))
        console.ask_yes(words.ASK_GO_ON.format(said=said), yes, place.silent)


@click.command()
@options.place_options
@options.case
@click.argument("analysts", metavar="ANALYST...", nargs=-1, required=True)
@_why
@options.offline
@options.yes
def assign(
    place: Place,
    case_name: str,
    analysts: tuple[str, ...],
    text_file: str | None,
    offline: bool,
    yes: bool,
) -> None:
    """Give a case to these analysts, by their labels, and to nobody else."""
    text = read_text(text_file) if text_file is not None else ""
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        new = assigning.find_handlers(station, analysts)
        _ask(place, station, summary, Wish(Act.ASSIGN, frozenset(analysts)), yes)
        assigning.assign(station, summary, new, text)
        meeting.deliver(place, station, summary, offline=offline, there=there)
        console.say(words.WAITS_FOR_COLLEAGUES)


@click.command()
@options.place_options
@options.case
@click.option("--add", multiple=True, metavar="ANALYST", help="Give it to this one too.")
@click.option("--remove", multiple=True, metavar="ANALYST", help="Take it from this one.")
@_why
@options.offline
@options.yes
def handlers(
    place: Place,
    case_name: str,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    text_file: str | None,
    offline: bool,
    yes: bool,
) -> None:
    """Add or remove handlers of a case. It gets a new key, which only those who stay have."""
    if not add and not remove:
        raise click.UsageError(words.ONE_OF.format(options="--add, --remove"))
    text = read_text(text_file) if text_file is not None else ""
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        gained = assigning.find_handlers(station, add)
        lost = assigning.find_anybody(station, remove)
        if lost:
            names = ", ".join(sorted(map(visible_line, remove)))
            own = station.analyst.card.id in lost
            said = (words.TAKEN.format(names=names), *([words.GIVEN_UP] if own else []))
            console.ask_yes(words.ASK_GO_ON.format(said=" ".join(said)), yes, place.silent)
        assigning.change_handlers(station, summary, gained, lost, text)
        meeting.deliver(place, station, summary, offline=offline, there=there)


@click.command()
@options.place_options
@options.case
@click.option(
    "--reason",
    required=True,
    type=click.Choice([each.value for each in Conclusion]),
    help="Why it ends.",
)
@options.text_file
@click.option(
    "--keep-until",
    callback=options.read_day,
    metavar="DAY",
    help="Its last day; otherwise so many days as the policy has for the reason.",
)
@options.offline
@options.yes
def conclude(
    place: Place,
    case_name: str,
    reason: str,
    text_file: str,
    keep_until: date | None,
    offline: bool,
    yes: bool,
) -> None:
    """End a case. It is kept until a day, and then it is purged."""
    text, why = read_text(text_file), Conclusion(reason)
    policy = read_retention(place.folder.retention)
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        until = keep_until or policy.keep_until(why, station.today())
        _ask(place, station, summary, Wish(Act.CONCLUDE, reason=why, day=until), yes)
        assigning.conclude(station, summary, why, until, text)
        meeting.deliver(place, station, summary, offline=offline, there=there)
        console.say(words.KEPT_UNTIL.format(day=until))


@click.command()
@options.place_options
@options.case
@click.option("--until", callback=options.read_day, metavar="DAY", help="Keep it until this day.")
@click.option("--end", is_flag=True, help="End the hold.")
@options.text_file
@options.offline
@options.yes
def hold(
    place: Place,
    case_name: str,
    until: date | None,
    end: bool,
    text_file: str,
    offline: bool,
    yes: bool,
) -> None:
    """Keep a case for legal reasons, however old it gets, or end that."""
    if (until is None) != end:
        raise click.UsageError(words.ONE_OF.format(options="--until, --end"))
    text = read_text(text_file)
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        if end:
            _ask(place, station, summary, Wish(Act.UNHOLD), yes)
        assigning.hold(station, summary, until, text)
        meeting.deliver(place, station, summary, offline=offline, there=there)


@click.command("let-go")
@options.place_options
@options.case
@options.yes
def let_go(place: Place, case_name: str, yes: bool) -> None:
    """Erase here a case that the server says was purged, and that nobody else ends here."""
    with place.open() as station:
        station.refresh(console.tell_folding)
        summary = station.casebook.find_any(case_name)  # nothing of what is hidden is shown
        _ask(place, station, summary, Wish(Act.LET_GO), yes)
        purging.let_go(station, summary)
        console.say(words.LET_GO.format(name=summary.name))


@click.command()
@options.place_options
@click.option("--dry-run", is_flag=True, help="Only say what is due.")
@options.yes
def purge(place: Place, dry_run: bool, yes: bool) -> None:
    """Purge the cases that are due, here and on the server. Nothing opens them afterwards."""
    with place.open() as station:
        station.refresh(console.tell_folding)
        due = purging.due(station)
        if not due:
            console.say(words.NOTHING_DUE)
            return
        console.print_result(shown.due_text(due))
        if dry_run:
            return
        console.ask_yes(words.ASK_PURGE.format(count=len(due)), yes, place.silent)
        run(meeting.meet(place, station))  # with what a colleague wrote: a hold, perhaps


@click.command()
@options.place_options
@options.case
@click.option("--request", is_flag=True, help="Ask the custodians.")
@click.option("--release", is_flag=True, help="As a custodian: give your half.")
@click.option("--refuse", is_flag=True, help="As a custodian: do not.")
@click.option("--show", is_flag=True, help="Show what was released.")
@_why
@options.offline
def contact(
    place: Place,
    case_name: str,
    request: bool,
    release: bool,
    refuse: bool,
    show: bool,
    text_file: str | None,
    offline: bool,
) -> None:
    """Contact details that a reporter left apart. It takes a handler and a custodian."""
    if [request, release, refuse, show].count(True) != 1:
        raise click.UsageError(
            words.ONE_OF.format(options="--request, --release, --refuse, --show")
        )
    if text_file is None and not show:
        raise click.UsageError(words.NEEDS_TEXT)
    text = read_text(text_file) if text_file is not None else ""
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        if show:
            console.print_result(visible(disclosing.show(station, summary)))
            return
        if request:
            disclosing.request(station, summary, text)
        else:
            disclosing.answer(station, summary, text, release=release)
        meeting.deliver(place, station, summary, offline=offline, there=there)


@click.command("interests")
@options.place_options
@click.option("--declare", metavar="WHAT", help="A force's id, or words: what concerns you.")
@click.option("--withdraw", metavar="WHAT", help="What does not any more.")
def list_interests(place: Place, declare: str | None, withdraw: str | None) -> None:
    """Forces and people you have nothing to do with. Cases that name them are hidden here."""
    if declare is not None and withdraw is not None:
        raise click.UsageError(words.ONE_OF.format(options="--declare, --withdraw"))
    with place.open() as station:
        if declare is not None:
            station.keep(lambda vault: interests.declare(vault, declare))
            console.say(words.DECLARED)
        elif withdraw is not None:
            station.keep(lambda vault: interests.withdraw(vault, withdraw))
            console.say(words.INTEREST_GONE)
        else:
            console.print_result(
                "\n".join(map(visible, station.vault.interests)) or words.NO_INTERESTS
            )


COMMANDS: Final = (assign, handlers, conclude, hold, let_go, purge, contact, list_interests)
