"""``verify``: whether the pages that a server gives are those that the team signed."""

import json
from typing import Any

import click

from crypto.directory import Directory
from crypto.errors import Expired
from dropbox.client.http import HttpTransport, Timeouts
from dropbox.client.service import Service
from dropbox.client.terminal import visible_line
from dropbox.client.verifying import Difference, Problem, Verdict, Verifier
from dropbox.client.visitors import VISITORS
from dropbox.report import options, words
from dropbox.report.console import Console, print_result
from dropbox.report.failures import ExpiredPages, OtherPages, Stopped
from dropbox.report.places import Server, today
from dropbox.report.running import run
from dropbox.site.assets import NotBuilt
from dropbox.site.builder import build_for

_TIMEOUTS = Timeouts(connect=60, silence=30, total=180)
"""No file of a site is so large that it takes longer, over Tor too."""
_TENTHS = 10


@click.command()
@options.server_options
@click.option(
    "--rounds",
    type=click.IntRange(1, 1000),
    default=2,
    show_default=True,
    help="How often every file is asked for as every visitor.",
)
@click.option(
    "--pause",
    type=click.FloatRange(min=0),
    default=0,
    metavar="SECONDS",
    help="Between two rounds.",
)
@options.json_output
def verify(server: Server, rounds: int, pause: float, json_output: bool) -> None:
    """Compare every page and script that is served with what the team signed."""
    with Console() as console:
        console.say(words.VERIFYING)
        try:
            verdict = run(_verify(server, rounds, pause, console))
        except KeyboardInterrupt:
            raise Stopped(words.STOPPED_READING) from None
        print_result(_as_json(verdict) if json_output else _as_text(verdict))
        if not verdict.as_signed:
            raise OtherPages
        if not _is_valid(verdict.directory):
            raise ExpiredPages


async def _verify(server: Server, rounds: int, pause: float, console: Console) -> Verdict:
    origin, patience, tell = str(server.origin), server.patience, console.tell
    api = HttpTransport(server.origin, server.proxy)
    pages = {
        each.name: HttpTransport(server.origin, server.proxy, timeouts=_TIMEOUTS)
        for each in VISITORS
    }
    service = Service(api, origin, patience=patience, tell=tell)
    verifier = Verifier(service, pages, origin, server.root, patience, tell)

    def progress(done: int, of: int) -> None:
        if done * _TENTHS // of > (done - 1) * _TENTHS // of:
            console.say(words.VERIFIED_SO_FAR.format(done=done, of=of))

    try:
        return await verifier.verify(rounds, pause, progress)
    finally:
        for each in pages.values():
            await each.close()
        await api.close()


def is_built_here(directory: Directory) -> bool | None:
    """Whether this installation builds the signed site; ``None`` where it builds none."""
    try:
        return build_for(directory).hash == directory.site
    except NotBuilt:
        return None


def _as_text(verdict: Verdict) -> str:
    directory = verdict.directory
    lines = [
        visible_line(directory.name),
        words.VERIFIED.format(files=verdict.files, requests=verdict.requests),
        words.SIGNED_IN.format(seq=directory.seq, day=directory.issued),
    ]
    if not _is_valid(directory):
        lines.append(words.SIGNED_EXPIRED.format(day=directory.last_day))
    lines.append(words.BUILT_HERE[is_built_here(directory)])
    lines += _differences(verdict)
    if verdict.as_signed and _is_valid(directory):
        lines.append(words.AS_SIGNED)
    return "\n".join(lines)


def _is_valid(directory: Directory) -> bool:
    """Whether it may be sealed with today. Pages of an old one may be those the team replaced."""
    try:
        directory.check_day(today())
    except Expired:
        return False
    return True


def _differences(verdict: Verdict) -> list[str]:
    """One line for each path and what is wrong with it, naming who was shown it."""
    shown: dict[tuple[str, Problem], list[str]] = {}
    for each in verdict.differences:
        shown.setdefault((each.path, each.problem), []).append(each.visitor)
    return [
        words.DIFFERENCE.format(
            path=visible_line(path),
            problem=words.PROBLEMS[problem],
            visitors=words.shown_to([each for each in visitors if each]),
        )
        for (path, problem), visitors in shown.items()
    ]


def _as_json(verdict: Verdict) -> str:
    """docs/schemas/report-verify.json."""
    directory = verdict.directory
    return json.dumps(
        {
            "team": directory.name,
            "directory": {
                "seq": directory.seq,
                "issued": str(directory.issued),
                "expires": str(directory.last_day),
                "valid": _is_valid(directory),
            },
            "files": verdict.files,
            "requests": verdict.requests,
            "built_here": is_built_here(directory),
            "differences": [_difference_json(each) for each in verdict.differences],
            "as_signed": verdict.as_signed and _is_valid(directory),
        },
        ensure_ascii=True,
    )


def _difference_json(difference: Difference) -> dict[str, Any]:
    return {
        "path": difference.path,
        "problem": difference.problem.value,
        "visitor": difference.visitor or None,
    }
