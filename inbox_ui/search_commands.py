"""The commands for the search, with the same index as the pages', and for linking cases."""

import json
import sys
from typing import Any, Final

import click

from crypto.envelope import Chain
from dropbox.client.terminal import visible_line
from inbox_ui import console, meeting, options, words
from inbox_ui.errors import BadText
from inbox_ui.options import Place
from inbox_ui.search.index import MANY, Found, Index, Result
from inbox_ui.station import Station
from inbox_ui.texts import read_text
from inbox_ui.work import linking
from inbox_ui.work.pieces import REMARK

_LONGEST: Final = 1000
_FOUND: Final = ("[", "]")
_TELL_FROM: Final = 1000


@click.command()
@options.place_options
@click.argument("typed", metavar="WORDS...", nargs=-1, required=True)
@click.option(
    "--page", type=click.IntRange(1), default=1, show_default=True, help="Which page of them."
)
@options.offline
@options.json_output
def search(place: Place, typed: tuple[str, ...], page: int, offline: bool, as_json: bool) -> None:
    """Look for words, "phrases" and beginnings* in all that you may read.

    All of them have to be in one message. A single - reads them from a pipe: what is typed in a
    command is often kept by the shell.
    """
    wanted = " ".join(typed) if typed != ("-",) else sys.stdin.readline(_LONGEST)
    with place.open() as station:
        meeting.look(place, station, offline)
        found = follow(station).search(wanted, page)
        console.print_result(_json(found) if as_json else _text(found))


@click.command()
@options.place_options
@options.case
@click.argument("other", metavar="OTHER")
@options.text_file
@click.option("--end", is_flag=True, help="They have nothing to do with each other after all.")
@options.offline
def link(
    place: Place, case_name: str, other: str, text_file: str, end: bool, offline: bool
) -> None:
    """Say in two cases that they have to do with each other, and why. They stay two."""
    reason = read_text(text_file)
    if len(reason) > REMARK:
        raise BadText(text_file)
    with place.open() as station:
        there = meeting.look(place, station, offline)
        both = station.case(case_name), linking.find_other(station, other)
        say = linking.unlink if end else linking.link
        say(station, *both, reason)
        meeting.deliver(place, station, *both, offline=offline, there=there)


def follow(station: Station) -> Index:
    """An index of all that may be read; the reader is told how far it has come."""
    index = Index()
    index.follow(station, progress=_tell)
    return index


def _tell(done: int, of: int) -> None:
    if of >= _TELL_FROM and (done == of or done % _TELL_FROM == 0):
        console.say(words.READING.format(done=done, of=of))


def _text(found: Found) -> str:
    if not found.asked:
        return words.NO_TERMS
    if not found.count:
        return words.FOUND_NOTHING.format(cases=found.cases)
    head = words.FOUND if found.ranked else words.FOUND_MANY
    lines = [head.format(count=found.count, page=found.page, pages=found.pages)]
    for each in found.results:
        lines += ["", _line(each), f"    {_excerpt(each)}"]
    return "\n".join(lines)


def _line(result: Result) -> str:
    place = result.place
    return words.RESULT.format(
        case=result.case,
        chain=words.CHAINS[Chain(place.chain)],
        seq=place.seq,
        day=place.day,
        heading=words.HEADINGS[place.kind],
    )


def _excerpt(result: Result) -> str:
    """What was found in square brackets: a terminal has no other mark that is safe to copy."""
    before, after = _FOUND
    return "".join(
        f"{before}{visible_line(text)}{after}" if found else visible_line(text)
        for text, found in result.parts
    )


def _json(found: Found) -> str:
    return json.dumps(
        {
            "count": found.count,
            "more": found.count >= MANY,
            "page": found.page,
            "pages": found.pages,
            "cases": found.cases,
            "found": [_result_json(each) for each in found.results],
        }
    )


def _result_json(result: Result) -> dict[str, Any]:
    return {
        "case": result.case,
        "chain": words.CHAINS[Chain(result.place.chain)],
        "seq": result.place.seq,
        "day": result.place.day,
        "kind": result.place.kind,
        "excerpt": [{"text": text, "found": found} for text, found in result.parts],
    }


COMMANDS: Final = (search, link)
