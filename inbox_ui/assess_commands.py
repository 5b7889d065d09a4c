"""The commands for what the team makes of a case: lists, filters, assessing, a risk to life."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final, TypeVar

import click

from dropbox.client.terminal import visible, visible_line
from inbox_ui import console, meeting, options, words
from inbox_ui.errors import BadLabels, UnknownCase, WroteSince
from inbox_ui.options import Place
from inbox_ui.pages.queues import Queue, select_cases, viewer_of
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.texts import read_text
from inbox_ui.work import filters
from inbox_ui.work import words as case_words
from inbox_ui.work.assessing import LETTERS, newest_assessment, propose, rate, rated
from inbox_ui.work.calling import facts_to_ring, find_route, names_blocked
from inbox_ui.work.conflicts import Facts
from inbox_ui.work.corruption import Corruption
from inbox_ui.work.described import describe, describe_among
from inbox_ui.work.labelled import read_labelled, read_rating
from inbox_ui.work.mentioning import newest_seen
from inbox_ui.work.pieces import (
    LINE,
    REMARK,
    Assessment,
    Escalation,
    Rated,
    Scope,
    Stage,
    Work,
)
from inbox_ui.work.recording import record
from inbox_ui.work.records import newest_id, pieces, records_of
from inbox_ui.work.signposts import find_signpost, read_signposts

F = TypeVar("F", bound=Callable[..., Any])

_queue = click.option(
    "--queue", type=click.Choice([each.value for each in Queue]), help="Only this list."
)
_find = click.option(
    "--find", "wanted", default="", metavar="WORDS", help="Only cases whose line has these words."
)


def list_options(command: F) -> F:
    """``--queue --find --filter``."""
    kept = click.option("--filter", "kept", metavar="NAME", help="A filter that you kept.")
    return _queue(_find(kept(command)))


def select(station: Station, queue: str | None, wanted: str, kept: str | None) -> list[Summary]:
    """The cases of a list. A filter that was kept stands in for what is not given.

    Raises ``BadFilter``.
    """
    if kept is not None:
        found = filters.find(station.vault, kept)
        queue, wanted = queue or found.queue, wanted or found.wanted
    return select_cases(station.cases(), Queue(queue or Queue.ALL), wanted, viewer_of(station))


@click.command("filters")
@options.place_options
@click.option("--keep", metavar="NAME", help="Keep --queue and --find under this name.")
@click.option("--drop", metavar="NAME", help="Keep this one no longer.")
@_queue
@_find
def list_filters(
    place: Place, keep: str | None, drop: str | None, queue: str | None, wanted: str
) -> None:
    """The lists and words you look for again and again. They lie sealed in the vault."""
    if keep is not None and drop is not None:
        raise click.UsageError(case_words.KEEP_OR_DROP)
    with place.open() as station:
        if keep is not None:
            station.keep(lambda vault: filters.keep(vault, keep, queue or Queue.ALL.value, wanted))
            console.say(case_words.FILTER_KEPT)
        elif drop is not None:
            station.keep(lambda vault: filters.drop(vault, drop))
            console.say(case_words.FILTER_GONE)
        else:
            lines = [
                f"{visible_line(each.name)}: {each.queue} {visible_line(each.wanted)}".rstrip()
                for each in station.vault.filters
            ]
            console.print_result("\n".join(lines) or case_words.NO_FILTERS)


@click.command()
@options.place_options
@options.case
@click.option("--stage", type=click.Choice([each.value for each in Stage]), help="Where you are.")
@click.option(
    "--scope", type=click.Choice([each.value for each in Scope]), help="Is it for this service?"
)
@click.option(
    "--category",
    "corruption",
    multiple=True,
    type=click.Choice([each.value for each in Corruption]),
    help="One of the twelve. Repeatable; in place of those before.",
)
@click.option("--thrive-file", metavar="FILE", help="THRIVE: a line for each letter.")
@click.option("--remark-file", metavar="FILE", help="A remark.")
@click.option("--told/--not-told", default=None, help="The reporter was told what came of it.")
@options.offline
def assess(
    place: Place,
    case_name: str,
    thrive_file: str | None,
    remark_file: str | None,
    offline: bool,
    **chosen: Any,
) -> None:
    """What the team makes of a case. What you do not give stays; with nothing, it is only shown."""
    thrive = _read_thrive(thrive_file) if thrive_file is not None else None
    remark = read_text(remark_file) if remark_file is not None else None
    with place.open() as station:
        station.refresh(console.tell_folding)
        seen = _seen(station, case_name)
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        case = station.open_case(summary)
        now = newest_assessment(case)
        given = {name: value for name, value in chosen.items() if value not in (None, ())}
        if not given and thrive is None and remark is None:
            console.print_result("\n".join(_assessment_lines(case)))
            return
        piece = replace(
            now,
            after=seen,
            stage=Stage(given.get("stage", now.stage)),
            scope=Scope(given.get("scope", now.scope)),
            corruption=tuple(sorted(set(map(Corruption, given.get("corruption", now.corruption))))),
            thrive=rate({**rated(now.thrive), **thrive}) if thrive is not None else now.thrive,
            remark=now.remark if remark is None else remark,
            told=given.get("told", now.told),
        )
        record(station, summary, Work.ASSESSMENT, piece)
        meeting.deliver(place, station, summary, offline=offline, there=there)


def _seen(station: Station, case_name: str) -> bytes | None:
    """The assessment that was here before anything was fetched: no other can have been shown."""
    try:
        case = station.open_case(station.case(case_name))
    except UnknownCase:
        return None
    return newest_id(records_of(case), Work.ASSESSMENT.value)


def _read_thrive(name: str) -> dict[str, Rated]:
    lines = read_labelled(read_text(name), LETTERS)
    return {letter: read_rating(text) for letter, text in lines.items()}


def _assessment_lines(case: OpenCase) -> Iterator[str]:
    records = records_of(case)
    among, entries = describe_among(records), {each.id: each for each in case.file.entries}
    for each, _ in pieces(records, Assessment):
        yield f"{each.day}:"
        for fact in (*describe(entries[each.id]), *among.get(each.id, ())):
            yield f"  {visible(fact)}"
    for category, said in propose(case).items():
        because = ", ".join(words.CATEGORY_WORDS[each] for each in said)
        proposed = case_words.PROPOSED.format(because=because)
        yield f"{case_words.CORRUPTION[category]} ({category}). {proposed}"


@click.command()
@options.place_options
@options.case
@click.option("--text-file", metavar="FILE", help="Lines: danger, called, when, said.")
@click.option("--over", is_flag=True, help="It is over; the file says why.")
@options.offline
def escalate(
    place: Place, case_name: str, text_file: str | None, over: bool, offline: bool
) -> None:
    """A risk to life. It is written down at once, also with nothing to say yet."""
    labels = ("danger", "called", "when", "said")
    said = read_labelled(read_text(text_file), labels) if text_file is not None else {}
    if over and not said.get("said"):
        raise click.UsageError(case_words.SAY_WHY_OVER)
    danger, called, when, answer = (said.get(each, "") for each in labels)
    if max(len(danger), len(answer)) > REMARK or max(len(called), len(when)) > LINE:
        raise BadLabels
    with place.open() as station:
        station.refresh(console.tell_folding)
        summary = station.case(case_name)
        case = station.open_case(summary)
        after = newest_id(records_of(case), Work.ESCALATION.value)
        step = Escalation(after, over, danger, called, when, answer)
        there = over and _fetch_before_an_end(place, station, case, offline=offline)
        record(station, summary, Work.ESCALATION, step)  # before anything can keep it from that
        facts = facts_to_ring(station.open_case(station.case(case_name)))
        for line in _route_lines(facts, called):
            console.say(line)
        there = there if over else meeting.look(place, station, offline)
        meeting.deliver(place, station, summary, offline=offline, there=there)


def _fetch_before_an_end(place: Place, station: Station, case: OpenCase, *, offline: bool) -> bool:
    """Whether the server was there. An end says that everything was read.

    Raises ``WroteSince`` where there is more of the reporter's than was here before.
    """
    there = meeting.look(place, station, offline)
    if newest_seen(station.open_case(station.case(case.name))) != newest_seen(case):
        raise WroteSince(case.name)
    return there


def _route_lines(facts: Facts, called: str) -> Iterator[str]:
    """Whom not to ring, and whom instead."""
    route = find_route(facts)
    for name in route.blocked:
        yield case_words.NOT_TO_RING.format(name=name)
    if route.uncertain:
        yield case_words.NO_ROOM_IS_SAFE
    for each in route.instead:
        yield case_words.RING.format(name=each.name)
    yield case_words.DEPENDANTS
    for name in names_blocked(facts, called):
        yield case_words.RANG_BLOCKED.format(name=name)


@click.command()
@click.argument("signpost", required=False)
@options.language
def signposts(signpost: str | None, language: str) -> None:
    """Where goes what this service is not for; with SIGNPOST, a message for the reporter."""
    if signpost is None:
        rows = (f"{each.id}: {each.what}. {each.where}" for each in read_signposts())
        console.print_result("\n".join(rows))
        return
    found = find_signpost(signpost)
    if found is None:
        raise click.UsageError(case_words.NO_SIGNPOST)
    console.print_result(found.messages[language])


COMMANDS: Final = (list_filters, assess, escalate, signposts)
