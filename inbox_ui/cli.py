"""The commands of ``dropbox-inbox``: each opens the vault, does one thing, and says what came."""

import json
import secrets
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import click

from crypto.certificates import PUBLISHER_DAYS
from crypto.directory import read_directory
from crypto.envelope import Chain
from crypto.errors import NotCanonical
from dropbox.site.builder import Site
from dropbox.site.manifest import beside
from inbox_ui import (
    accounts_commands,
    asking_commands,
    assess_commands,
    bundle_commands,
    casework,
    cli_joining,
    cli_people,
    cli_root,
    console,
    founding,
    inspect_commands,
    intelligence_commands,
    log_commands,
    meeting,
    options,
    publishing,
    recipient_commands,
    redact_commands,
    saving,
    search_commands,
    shown,
    signing,
    subject_commands,
    unsealing,
    words,
)
from inbox_ui import backup as backups
from inbox_ui.case_commands import COMMANDS
from inbox_ui.durable import replace
from inbox_ui.options import Place
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.root_options import RootSource, check_one, root_options
from inbox_ui.running import run, run_command
from inbox_ui.settings import Settings
from inbox_ui.station import Station
from inbox_ui.texts import read_text
from inbox_ui.unsealing import Goal
from inbox_ui.vault import read_root, read_vault, reseal_root, write_vault


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sealed-dropbox", message="%(prog)s %(version)s")
def inbox() -> None:
    """Read what reporters sent, and answer them. The keys never leave this machine."""


for _each in (
    *COMMANDS,
    *assess_commands.COMMANDS,
    *asking_commands.COMMANDS,
    *search_commands.COMMANDS,
    *log_commands.COMMANDS,
    accounts_commands.figures,
    bundle_commands.bundle,
    inspect_commands.inspect_file,
    redact_commands.redact_file,
    intelligence_commands.intelligence,
    recipient_commands.recipients_group,
    recipient_commands.recipient,
    subject_commands.subject_access,
):
    inbox.add_command(_each)


def main() -> None:
    """The program."""
    sys.exit(run_command(inbox, sys.argv[1:], "dropbox-inbox"))


for each in (
    cli_joining.join,
    cli_joining.admit,
    cli_people.roster,
    cli_people.duty,
    cli_people.suspend,
    cli_people.resume,
    cli_people.remove,
    cli_root.root,
):
    inbox.add_command(each)

# -- the team -----------------------------------------------------------------------------------


@inbox.command()
@options.place_options
@click.option("--team", required=True, metavar="NAME", help="The team's name, as reporters see it.")
@options.origins(required=True)
@click.option("--label", metavar="NAME", default=founding.FIRST_LABEL, help="Your pseudonym.")
@click.option(
    "--root-file", type=options.FILE, metavar="FILE", help="For the root's secret; else DIR.root."
)
@options.json_output
def init(
    place: Place,
    team: str,
    origins: tuple[str, ...],
    label: str,
    root_file: Path | None,
    as_json: bool,
) -> None:
    """Begin: a root, the first analyst, the first keys to seal to."""
    settings = Settings(place.server or origins[0], place.proxy)
    if settings.server not in origins:
        raise click.UsageError(words.SERVER_NOT_NAMED)
    passphrase = console.read_new_passphrase(place.passphrase_file)
    try:
        founded = founding.found(team, origins, options.today(), secrets.token_bytes, label)
    except NotCanonical:
        raise click.UsageError(words.BAD_NAME) from None
    root_file = (root_file or place.folder.default_root).absolute()
    founding.settle(founded, place.folder, root_file, settings, passphrase, secrets.token_bytes)
    found = {"root": founded.fingerprint, "directory": str(place.folder.directory)}
    console.print_result(json.dumps(found) if as_json else words.FOUNDED.format(**found))
    console.say(words.AFTER_INIT.format(root_file=root_file, vault=place.folder.path))


@inbox.command()
@options.place_options
@options.origins(required=False)
@click.option(
    "--out", type=options.FILE, metavar="FILE", help="Write it there instead of sending it."
)
@root_options
def directory(
    place: Place,
    origins: tuple[str, ...],
    out: Path | None,
    root: RootSource,
) -> None:
    """Sign the next directory, valid for 14 days from today, and send it.

    With the root, it certifies this analyst anew before, for a year.
    """
    if root.passphrase_file is not None and root.file is None:
        raise click.UsageError(words.NO_ROOT_FILE)
    if root.given:
        check_one(root)
    passphrase = place.read_passphrase()
    if root.given:
        _certify_anew(place, passphrase, root)
    with place.open_with(passphrase) as station:
        if out is not None:
            signed = publishing.sign_next(station, origins)
            replace(out, signed)
            day = read_directory(signed, station.vault.service).last_day
            console.say(words.DIRECTORY_WRITTEN.format(path=out, day=day))
            return
        seen = run(meeting.publish(place, station, origins))
        publishing.write_out(station, place.folder)
        console.say(words.DIRECTORY_SENT.format(day=seen.directory.last_day))


@inbox.command("sign-site")
@options.place_options
@click.option(
    "--out", type=options.FILE, metavar="FILE", help="Write the directory there; do not send it."
)
@options.yes
def sign_site(place: Place, out: Path | None, yes: bool) -> None:
    """Sign the pages that this version builds, after an upgrade."""
    with place.open() as station:
        publishing.check_publisher(station.vault, station.seen.directory, options.today())
        if out is None:
            run(meeting.catch_up(place, station))
        compared = signing.compare_site(station.seen.directory, place.folder)
        console.say(shown.site_text(compared))
        if compared.is_signed:
            return
        console.ask_yes(words.ASK_SITE, yes, place.silent)
        if out is not None:
            _write_site(station, compared.built, out)
            return
        seen = run(meeting.publish(place, station, site=compared.built.hash))
        publishing.write_out(station, place.folder)
        console.say(words.SITE_SENT.format(day=seen.directory.last_day))


def _write_site(station: Station, site: Site, out: Path) -> None:
    """A directory that signs ``site``, and beside it the manifest, for ``dropbox-server``."""
    signed = publishing.sign_next(station, site=site.hash)
    replace(out, signed)
    replace(beside(out), site.manifest.to_bytes())
    day = read_directory(signed, station.vault.service).last_day
    console.say(words.DIRECTORY_WRITTEN.format(path=out, day=day))


def _certify_anew(place: Place, passphrase: VaultPassphrase, root: RootSource) -> None:
    """Let the root certify the analyst of the vault, for a year from today."""
    secret = root.read(passphrase if place.silent else None)
    with place.folder.locked():
        vault = read_vault(place.folder.vault, passphrase)
        renewed = founding.certify_anew(vault, secret, options.today(), root.name)
        write_vault(place.folder.vault, renewed, passphrase, secrets.token_bytes)
    day = options.today() + timedelta(days=PUBLISHER_DAYS)
    console.say(words.CERTIFIED.format(day=day))


# -- the pages ----------------------------------------------------------------------------------


@inbox.command()
@options.place_options
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8701,
    show_default=True,
    help="The port on 127.0.0.1; 0 takes a free one.",
)
@click.option(
    "--lock-after",
    type=click.FloatRange(min=1),
    default=600,
    show_default=True,
    metavar="SECONDS",
    help="Lock when nobody did anything for so long.",
)
@click.option(
    "--pause",
    type=click.FloatRange(min=1),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="Between two times of fetching and delivering.",
)
def serve(place: Place, port: int, lock_after: float, pause: float) -> None:
    """Open the workstation's pages, for a browser on this machine."""
    from inbox_ui.pages.serving import serve as serve_pages
    from inbox_ui.pages.sitting import Plan

    with suppress(KeyboardInterrupt):  # the way it is meant to end
        serve_pages(Plan(place, lock_after, pause), port)


# -- fetching and looking -----------------------------------------------------------------------


@inbox.command()
@options.place_options
@click.option(
    "--watch", type=click.FloatRange(min=1), metavar="SECONDS", help="Go on, with pauses of this."
)
@click.option("--again", is_flag=True, help="Fetch everything anew, and mend what is damaged.")
def sync(place: Place, watch: float | None, again: bool) -> None:
    """Fetch what is new and deliver what waits."""
    with place.open() as station:
        if again:
            station.archive.start_again()
        if watch is not None:
            with suppress(KeyboardInterrupt):  # the way it is meant to end
                run(meeting.watch(place, station, watch))
            return
        try:
            outcome = run(meeting.meet(place, station))
        finally:
            meeting.tell_validity(station)  # it may be why the server does not let us in
        station.refresh(console.tell_folding)
        console.say(words.NEW.format(new=outcome.new, delivered=outcome.delivered))


@inbox.command("list")
@options.place_options
@assess_commands.list_options
@options.offline
@options.json_output
def list_cases(
    place: Place, queue: str | None, wanted: str, kept: str | None, offline: bool, as_json: bool
) -> None:
    """All cases, or those of a list, the most urgent first."""
    with place.open() as station:
        meeting.look(place, station, offline)
        cases, waiting = assess_commands.select(station, queue, wanted, kept), station.waiting()
        hidden = station.casebook.count_hidden()
        console.print_result(
            shown.list_json(cases, waiting)
            if as_json
            else shown.list_text(cases, waiting, station.roster, hidden, options.today())
        )
        given = station.casebook.hidden_of(station.analyst.card.id)
        if given:
            console.say(words.GIVEN_ALL_THE_SAME.format(cases=", ".join(given)))


@inbox.command()
@options.place_options
@options.case
@options.offline
@options.json_output
def show(place: Place, case_name: str, offline: bool, as_json: bool) -> None:
    """Everything of one case."""
    with place.open() as station:
        meeting.look(place, station, offline)
        summary = station.case(case_name)
        case = station.open_case(summary)
        console.print_result(
            shown.case_json(summary, case)
            if as_json
            else shown.case_text(summary, case, station.roster, options.today())
        )


# -- writing ------------------------------------------------------------------------------------


@inbox.command()
@options.place_options
@options.case
@options.offline
def acknowledge(place: Place, case_name: str, offline: bool) -> None:
    """Tell the reporter that everything you have fetched so far was read."""
    with place.open() as station:
        station.refresh(console.tell_folding)
        read = casework.newest_read(station, case_name)
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        if casework.acknowledge(station, summary, read):
            meeting.deliver(place, station, summary, offline=offline, there=there)
        else:
            console.say(words.NOTHING_NEW)
        meeting.tell_newer(station, summary, read)


@inbox.command()
@options.place_options
@options.case
@options.text_file
@options.offline
def note(place: Place, case_name: str, text_file: str, offline: bool) -> None:
    """Write an internal note. The reporter never sees it."""
    text = read_text(text_file)
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        casework.note(station, summary, text)
        meeting.deliver(place, station, summary, offline=offline, there=there)


@inbox.command("save-file")
@options.place_options
@options.case
@click.argument("chain", type=click.Choice(["reporter", "team"]), callback=options.read_chain)
@click.argument("seq", type=click.IntRange(min=0))
@click.argument("number", type=click.IntRange(min=1))
@unsealing.goal_options
def save_file(
    place: Place, case_name: str, chain: Chain, seq: int, number: int, goal: Goal
) -> None:
    """Save file NUMBER of the message at SEQ, as show counts them."""
    goal.ask(silent=place.silent)
    with place.open() as station:
        station.refresh(console.tell_folding)
        case = station.open_case(station.case(case_name))
        manifest = saving.find_file(case, chain, seq, number)
        goal.check(manifest)
        if goal.cleaned:
            data = run(meeting.read(place, station, manifest))
            path = goal.write_cleaned(data, manifest.name)
        else:
            path = run(meeting.save(place, station, manifest, goal.out, goal.into))
        console.print_result(str(path))


# -- the vault ----------------------------------------------------------------------------------


@inbox.command()
@options.place_options
@click.argument("goal", metavar="FILE", type=options.FILE)
@options.yes
def backup(place: Place, goal: Path, yes: bool) -> None:
    """One file with everything but the root's secret. It is as sealed as the vault."""
    goal = goal.absolute()
    replacing = goal.exists()
    if replacing:
        console.ask_yes(words.ASK_REPLACE.format(name=goal), yes, place.silent)
    with place.open() as station, place.folder.locked():
        backups.back_up(place.folder, station.archive, goal, replace=replacing)
        backups.remember_day(place.folder, options.today())
    console.say(words.BACKED_UP.format(path=goal))
    console.say(words.ROOT_NOT_IN_BACKUP)


@inbox.command()
@options.place_options
@click.argument("source", metavar="FILE", type=options.FILE)
def restore(place: Place, source: Path) -> None:
    """Make the vault from a backup, in a place where there is none."""
    passphrase = console.read_passphrase(place.passphrase_file)
    backups.restore(source, place.folder, passphrase)
    console.say(words.RESTORED.format(path=place.folder.path))


@inbox.command()
@options.place_options
@click.option(
    "--new-passphrase-file", type=options.FILE, metavar="FILE", help="A file with the new one."
)
@click.option(
    "--root-file", type=options.FILE, metavar="FILE", help="Change the root's file as well."
)
def passphrase(place: Place, new_passphrase_file: Path | None, root_file: Path | None) -> None:
    """Give the vault another passphrase."""
    if place.silent and new_passphrase_file is None:
        raise click.UsageError(words.NO_NEW)
    old = place.read_passphrase()
    read_vault(place.folder.vault, old)
    root = read_root(root_file, old) if root_file is not None else None
    new = console.read_new_passphrase(new_passphrase_file)
    with place.folder.locked():  # nobody else writes while somebody is being asked
        vault = read_vault(place.folder.vault, old)
        write_vault(place.folder.vault, vault, new, secrets.token_bytes)
        console.say(words.VAULT_CHANGED)
        if root_file is not None and root is not None:
            reseal_root(root_file, root, new, secrets.token_bytes)
            console.say(words.ROOT_CHANGED)
        elif place.folder.default_root.exists():
            console.say(words.ROOT_KEEPS.format(path=place.folder.default_root))
