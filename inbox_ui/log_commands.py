"""The commands about the log: who did what in a case, who could read it, and proof for others."""

from pathlib import Path
from typing import Final

import click

from crypto.export import verify_export
from crypto.groups import Erased
from dropbox.client.errors import ClientError
from inbox_ui import (
    audit_shown,
    console,
    export_shown,
    exporting,
    history_shown,
    meeting,
    options,
    papertrail,
    words,
)
from inbox_ui.audit import audit as find_out
from inbox_ui.durable import replace
from inbox_ui.errors import AuditFailed, ExportNotWhole
from inbox_ui.history import history_of
from inbox_ui.options import Place
from inbox_ui.papertrail import Papers
from inbox_ui.running import run
from inbox_ui.station import Station


@click.command()
@options.place_options
@options.case
@options.offline
@options.json_output
def history(place: Place, case_name: str, offline: bool, as_json: bool) -> None:
    """Who of the team did what in a case, as they signed it. Without a word of anybody."""
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        erased = _erased(station, _papers(place, station) if there else None)
        found = history_of(station.open_case(summary), station.roster, erased)
        view = history_shown.history_json if as_json else history_shown.history_text
        console.print_result(view(summary.name, found))


@click.command()
@options.place_options
@options.offline
@options.json_output
def audit(place: Place, offline: bool, as_json: bool) -> None:
    """Verify all that can be seen here, and say who could read what, when and why."""
    with place.open() as station:
        there = meeting.look(place, station, offline)
        papers = _papers(place, station) if there else None
        found = find_out(station, papers)
        view = audit_shown.audit_json if as_json else audit_shown.audit_text
        console.print_result(view(found, station.vault.service, station.today()))
        if not found.is_whole:
            raise AuditFailed


@click.command()
@options.place_options
@options.case
@click.option("--out", type=options.FILE, required=True, metavar="FILE", help="Write it there.")
@options.offline
@options.yes
def export(place: Place, case_name: str, out: Path, offline: bool, yes: bool) -> None:
    """Write the log of a case, without any words, for somebody who holds no key."""
    out = out.absolute()
    if out.exists():
        console.ask_yes(words.ASK_REPLACE.format(name=out), yes, place.silent)
    with place.open() as station:
        meeting.look(place, station, offline)
        summary = station.case(case_name)
        data = exporting.make_export(station, summary)
        replace(out, data)
        verified = verify_export(data, station.vault.service)
    console.say(words.EXPORTED.format(name=summary.name, path=out))
    console.say(words.EXPORT_HOW.format(root=verified.directory.root_card.fingerprint))
    if not verified.is_whole:
        console.warn(ExportNotWhole(out))


@click.command("verify-export")
@click.argument("file", metavar="FILE", type=options.FILE)
@click.option(
    "--root", required=True, metavar="FINGERPRINT", help="As printed on the team's posters."
)
@options.json_output
def verify(file: Path, root: str, as_json: bool) -> None:
    """Check an exported log. Needs no vault, no key, no server."""
    verified = exporting.read_file(file, root)
    view = export_shown.export_json if as_json else export_shown.export_text
    console.print_result(view(verified))
    if not verified.is_whole:
        raise ExportNotWhole(file)


COMMANDS: Final = (history, audit, export, verify)


def _papers(place: Place, station: Station) -> Papers | None:
    """What the server gives of the team's papers; ``None``, and a warning, where it does not."""

    async def asked() -> Papers:
        async with place.line() as line, line.as_analyst(station.vault) as service:
            return await papertrail.ask(service)

    try:
        return run(asked())
    except ClientError as error:
        console.warn(error)
        return None


def _erased(station: Station, papers: Papers | None) -> tuple[Erased, ...]:
    return papertrail.follow(station, papers).erased if papers is not None else ()
