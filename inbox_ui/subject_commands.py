"""``subject-access``: what a person who asks what is held about them may be told."""

import sys
from pathlib import Path
from typing import Final

import click

from dropbox.client.terminal import visible, visible_line
from inbox_ui import console, durable, meeting, options
from inbox_ui import words as commands
from inbox_ui.accounts import words
from inbox_ui.accounts.requests import answer, not_searched, say, schedule
from inbox_ui.accounts.subject import Hit
from inbox_ui.errors import BadText
from inbox_ui.options import Place
from inbox_ui.search_commands import follow
from inbox_ui.texts import read_text
from inbox_ui.work.access import LONGEST, Step

_LONGEST: Final = 1000


def _read_name(_: click.Context, __: click.Parameter, name: tuple[str, ...]) -> str:
    """A single - reads it from a pipe: what is typed in a command is often kept by the shell."""
    return " ".join(name) if name != ("-",) else sys.stdin.readline(_LONGEST).strip()


_name: Final = click.argument(
    "name", metavar="NAME...", nargs=-1, required=True, callback=_read_name
)
_line: Final = click.option("--line", required=True, metavar="CODE", help="As find calls it.")


@click.group("subject-access")
def subject_access() -> None:
    """Where a person is named, what of it leads to a source, and what may be given away."""


@subject_access.command("find")
@options.place_options
@_name
@options.offline
def find(place: Place, name: str, offline: bool) -> None:
    """Every place that names the person, and why it is withheld. For the team alone."""
    with place.open() as station:
        meeting.look(place, station, offline)
        hits = schedule(station, follow(station), name)
        left_out = not_searched(station)
    console.print_result("\n".join(map(_shown, hits)) if hits else words.NOT_NAMED)
    if left_out:
        console.say(words.NOT_SEARCHED.format(count=left_out))


@subject_access.command("decide")
@options.place_options
@_name
@_line
@click.option(
    "--as",
    "step",
    required=True,
    type=click.Choice([each.value for each in Step]),
    help="One proposes, another agrees; anybody withdraws.",
)
@options.text_file
@options.offline
def decide(place: Place, name: str, line: str, step: str, text_file: str, offline: bool) -> None:
    """Say that one line may be given, and why. Its case keeps that, without the name."""
    reason = read_text(text_file)
    if len(reason) > LONGEST:
        raise BadText(text_file)
    with place.open() as station:
        there = meeting.look(place, station, offline)
        case = say(station, follow(station), name, line, Step(step), reason)
        meeting.deliver(place, station, station.case(case), offline=offline, there=there)


@subject_access.command("answer")
@options.place_options
@_name
@click.option("--out", type=options.FILE, required=True, metavar="FILE", help="Write it there.")
@options.offline
@options.yes
def write_answer(place: Place, name: str, out: Path, offline: bool, yes: bool) -> None:
    """The answer: the same whether or not anything is held, but for lines that two let go."""
    if out.exists():
        console.ask_yes(commands.ASK_REPLACE.format(name=out), yes, place.silent)
    with place.open() as station:
        meeting.look(place, station, offline)
        durable.replace(out, answer(schedule(station, follow(station), name)))
    console.say(words.ANSWER_WRITTEN.format(path=visible_line(str(out))))


def _shown(hit: Hit) -> str:
    head = words.HIT.format(case=hit.case, place=hit.place, why=words.WITHHELD_BECAUSE[hit.why])
    if hit.line is None:
        return head
    standing = words.standing(hit.agreement)
    return f"{head}\n" + words.HIT_LINE.format(
        code=hit.code, text=visible(hit.text), standing=standing
    )
