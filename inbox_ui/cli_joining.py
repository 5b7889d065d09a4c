"""``join`` on a new workstation, and ``admit``, which needs the root and nothing else."""

import json
import secrets
from datetime import timedelta
from pathlib import Path

import click

from crypto.certificates import PUBLISHER_DAYS
from crypto.errors import NotCanonical
from crypto.joining import Terms
from crypto.roster import Duty
from dropbox.client.terminal import visible_line
from inbox_ui import console, joining, options, people_words
from inbox_ui.joining import Wishes
from inbox_ui.membership import in_order, may_read
from inbox_ui.options import Place
from inbox_ui.root_options import RootSource, check_one, root_options
from inbox_ui.settings import Settings
from inbox_ui.vault import read_vault

_NEW_LABEL = "new analyst"

duties_option = click.option(
    "--duty",
    "duties",
    type=click.Choice([each.value for each in Duty]),
    multiple=True,
    help="What this person is for. Repeatable.",
)


@click.command()
@options.place_options
@click.option(
    "--team-directory", type=options.FILE, metavar="FILE", help="The team's signed directory."
)
@click.option("--root", metavar="FINGERPRINT", help="The root's fingerprint, as on the posters.")
@click.option("--label", metavar="NAME", help="A pseudonym to ask for.")
@duties_option
@click.option("--out", type=options.FILE, metavar="FILE", help="For the request; else DIR.request.")
@click.option(
    "--admission", type=options.FILE, metavar="FILE", help="The root's answer: finish with it."
)
@options.json_output
def join(
    place: Place,
    team_directory: Path | None,
    root: str | None,
    label: str | None,
    duties: tuple[str, ...],
    out: Path | None,
    admission: Path | None,
    as_json: bool,
) -> None:
    """Ask to be admitted to a team, and finish with the root's answer."""
    begins = team_directory is not None or root is not None
    if admission is not None:
        if begins or label or duties or out is not None:
            raise click.UsageError(people_words.JOIN_EITHER)
        _finish(place, admission)
        return
    wishes = Wishes(label or _NEW_LABEL, in_order(map(Duty, duties or [Duty.ANALYST])))
    if begins or not place.folder.vault.exists():
        if team_directory is None or root is None or place.server is None:
            raise click.UsageError(people_words.JOIN_NEEDS)
        passphrase = console.read_new_passphrase(place.passphrase_file)
        settings = Settings(place.server, place.proxy)
        vault = joining.begin(
            place.folder, team_directory, root, settings, passphrase, secrets.token_bytes
        )
    else:
        vault = read_vault(place.folder.vault, place.read_passphrase())
    out = out or place.folder.path.with_name(f"{place.folder.path.name}.request")
    try:
        card = joining.ask(vault, wishes, out)
    except NotCanonical:
        raise click.UsageError(people_words.BAD_LABEL) from None
    found = {"fingerprint": card.fingerprint, "request": str(out.absolute())}
    console.say(people_words.ASKED.format(path=out))
    spelled = people_words.FINGERPRINT.format(fingerprint=people_words.spell(card.fingerprint))
    console.print_result(json.dumps(found) if as_json else spelled)


def _finish(place: Place, paper: Path) -> None:
    passphrase = place.read_passphrase()
    admission = joining.finish(
        place.folder, passphrase, paper, options.today(), secrets.token_bytes
    )
    label = visible_line(admission.admitted.label)
    console.say(people_words.FINISHED.format(label=label))


@click.command()
@click.argument("request", metavar="REQUEST", type=options.FILE)
@click.option(
    "--fingerprint",
    required=True,
    metavar="TYPED",
    help="What the person read out over the telephone.",
)
@root_options
@click.option("--label", metavar="NAME", help="What colleagues call the person; else as asked.")
@duties_option
@click.option("--intake/--no-intake", default=False, help="On intake duty or not.")
@click.option("--publisher", is_flag=True, help="May sign directories and rosters.")
@click.option(
    "--out", type=options.FILE, metavar="FILE", help="For the admission; else REQUEST.admission."
)
def admit(
    request: Path,
    fingerprint: str,
    root: RootSource,
    label: str | None,
    duties: tuple[str, ...],
    intake: bool,
    publisher: bool,
    out: Path | None,
) -> None:
    """Certify who asks to join, for a year. Needs the root and no network."""
    check_one(root)
    if Duty.PUBLISHER in duties:
        raise click.UsageError(people_words.PUBLISHER_DUTY)
    joining.typed_fingerprint(fingerprint)  # before anybody types a passphrase or shares
    secret = root.read()
    asked = joining.check_request(request, fingerprint, secret.keys.card)
    given = {*map(Duty, duties)} or {*asked.duties} - {Duty.PUBLISHER}
    granted = in_order(given | ({Duty.PUBLISHER} if publisher else set()))
    if not granted:
        raise click.UsageError(people_words.SOME_DUTY)
    if intake and not may_read(granted):
        raise click.UsageError(people_words.INTAKE_READS)
    today = options.today()
    days = (today, today + timedelta(days=PUBLISHER_DAYS))
    terms = Terms(label or asked.label, granted, intake, days)
    out = out or request.with_name(f"{request.name}.admission")
    try:
        joining.write_admission(asked, terms, secret, out)
    except NotCanonical:
        raise click.UsageError(people_words.BAD_LABEL) from None
    said = people_words.ADMITTED.format(
        label=visible_line(terms.label),
        day=days[1],
        duties=people_words.list_duties(granted),
        intake=people_words.ON_INTAKE if intake else "",
        path=out,
    )
    console.say(said)
