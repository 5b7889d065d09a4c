"""The commands of ``dropbox-inbox bundle``: a workstation that has no network."""

import secrets
from pathlib import Path

import click

from crypto.envelope import Chain
from dropbox.client.http import HttpTransport, read_proxy
from dropbox.client.origins import read_origin
from inbox_ui import (
    bundling,
    carrying,
    console,
    durable,
    meeting,
    options,
    saving,
    unsealing,
    words,
)
from inbox_ui.carrying import Road, Trip
from inbox_ui.courier import CourierPass, make_pass, read_pass, seal_pass
from inbox_ui.errors import CarriedInPart, FileAsked, NoServer
from inbox_ui.options import Place
from inbox_ui.publishing import write_out
from inbox_ui.running import run
from inbox_ui.settings import read_settings
from inbox_ui.unsealing import Goal

_DOCS = "docs/threat-model.md"

out_file = click.option(
    "--out", type=options.FILE, required=True, metavar="FILE", help="Write it there."
)


@click.group()
def bundle() -> None:
    """Work without a network: what goes out and comes in is carried by hand."""


@bundle.command()
@options.place_options
@out_file
@click.option(
    "--courier-passphrase-file",
    type=options.FILE,
    metavar="FILE",
    help="A file with the passphrase for the pass.",
)
@options.yes
def courier(place: Place, out: Path, courier_passphrase_file: Path | None, yes: bool) -> None:
    """Make the pass for the machine that carries; the one before is taken no more."""
    if place.silent and courier_passphrase_file is None:
        raise click.UsageError(words.NO_COURIER_FILE)
    _ask_replace(out, yes, place.silent)
    origin = place.server or read_settings(place.folder.settings).server
    if origin is None:
        raise NoServer
    with place.open() as station:
        console.say(words.COURIER_SEALED)
        passphrase = console.read_new_passphrase(courier_passphrase_file)
        courier_pass = make_pass(station.vault, origin, secrets.token_bytes)
        durable.replace(out, seal_pass(courier_pass, passphrase, secrets.token_bytes))
        station.archive.carried.begin(courier_pass.number, origin)
    console.say(words.COURIER_MADE.format(path=out, docs=_DOCS))


@bundle.command()
@options.place_options
@out_file
@options.yes
def export(place: Place, out: Path, yes: bool) -> None:
    """Write what is to go out: what waits for delivery, and what is to be asked."""
    _ask_replace(out, yes, place.silent)
    with place.open() as station:
        done = run(bundling.export(station, out, replace=True))
        meeting.tell_validity(station)
    console.say(words.BUNDLE_EXPORTED.format(path=out, deliver=done.deliver, ask=done.ask))
    console.say(words.CARRY_IT.format(path=out))


@bundle.command("import")
@options.place_options
@click.argument("source", metavar="FILE", type=options.FILE)
def import_bundle(place: Place, source: Path) -> None:
    """Take in what came back, as a sync takes in what a server says."""
    with place.open() as station:
        before = station.seen.signed
        done = run(bundling.take_in(station, source))
        if done.again:
            console.say(words.IMPORTED_AGAIN)
        for trouble in done.outcome.troubles:
            console.warn(trouble)
        if station.vault.publisher is not None and station.seen.signed != before:
            write_out(station, place.folder)
        meeting.tell_validity(station)
        station.refresh(console.tell_folding)
        console.say(words.NEW.format(new=done.outcome.new, delivered=done.delivered))


@bundle.command("file")
@options.place_options
@options.case
@click.argument("chain", type=click.Choice(["reporter", "team"]), callback=options.read_chain)
@click.argument("seq", type=click.IntRange(min=0))
@click.argument("number", type=click.IntRange(min=1))
@unsealing.goal_options
def save_file(
    place: Place, case_name: str, chain: Chain, seq: int, number: int, goal: Goal
) -> None:
    """Ask for file NUMBER of the message at SEQ; save it once a bundle has brought it."""
    goal.ask(silent=place.silent)
    with place.open() as station:
        station.refresh(console.tell_folding)
        case = station.open_case(station.case(case_name))
        manifest = saving.find_file(case, chain, seq, number)
        goal.check(manifest)
        try:
            if goal.cleaned:
                data = run(bundling.read(station, manifest))
                path = goal.write_cleaned(data, manifest.name)
            else:
                path = run(bundling.save(station, manifest, goal.out, goal.into))
        except FileAsked:
            console.say(words.FILE_ASKED)
        else:
            console.print_result(str(path))


@bundle.command()
@click.option(
    "--courier", "pass_file", type=options.FILE, required=True, metavar="FILE", help="The pass."
)
@click.option(
    "--from", "source", type=options.FILE, required=True, metavar="FILE", help="What goes out."
)
@click.option(
    "--to", "goal", type=options.FILE, required=True, metavar="FILE", help="For what comes back."
)
@click.option("--server", metavar="URL", help="The server's address, if not the pass's.")
@click.option(
    "--proxy",
    metavar="URL",
    callback=options.read_proxy_option,
    help="Go through Tor, e.g. socks5h://127.0.0.1:9050.",
)
@click.option(
    "--passphrase-file",
    type=options.FILE,
    metavar="FILE",
    help="A file with the passphrase of the pass. Then nothing is asked.",
)
@options.yes
def carry(
    pass_file: Path,
    source: Path,
    goal: Path,
    server: str | None,
    proxy: str | None,
    passphrase_file: Path | None,
    yes: bool,
) -> None:
    """On the machine with a network: deliver and ask what is in a bundle. Needs no vault."""
    if server is not None:
        server = options.read_address(server, proxy is not None)
    _ask_replace(goal, yes, passphrase_file is not None)
    courier_pass = read_pass(pass_file, console.read_courier_passphrase(passphrase_file))
    trip = run(_carry(courier_pass, (source, goal), server, proxy))
    counts = {"delivered": trip.delivered, "answered": trip.answered}
    console.say(words.CARRIED.format(path=goal, **counts))
    _tell_rest(trip)
    if trip.stopped is not None:
        raise CarriedInPart(goal)


async def _carry(
    courier_pass: CourierPass, files: tuple[Path, Path], server: str | None, proxy: str | None
) -> Trip:
    through = read_proxy(proxy) if proxy is not None else None
    origin = read_origin(server or courier_pass.origin, through_proxy=through is not None)
    transport = HttpTransport(origin, through)
    try:
        road = Road(transport, str(origin), console.tell)
        return await carrying.carry(courier_pass, road, *files, secrets.token_bytes, replacing=True)
    finally:
        await transport.close()


def _tell_rest(trip: Trip) -> None:
    if trip.refused:
        console.say(words.SOME_REFUSED.format(count=trip.refused))
    if trip.unanswered:
        console.say(words.SOME_UNANSWERED.format(count=trip.unanswered))
    if trip.full:
        console.say(words.FULL_BUNDLE)


def _ask_replace(path: Path, yes: bool, silent: bool) -> None:
    if path.exists():
        console.ask_yes(words.ASK_REPLACE.format(name=path), yes, silent)
