"""The command for the search: the same index as the pages', in the terminal."""

import json
import sys
from typing import Any, Final

import click

from crypto.envelope import Chain
from dropbox.client.terminal import visible_line
from inbox_ui import console, meeting, options, words
from inbox_ui.options import Place
from inbox_ui.search.index import MANY, Found, Index, Result

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
        index = Index()
        index.follow(station, progress=_tell)
        found = index.search(wanted, page)
        console.print_result(_json(found) if as_json else _text(found))


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


COMMANDS: Final = (search,)
