"""``roster`` and the commands that change it. Each signs the next roster, and sends it."""

from collections.abc import Collection
from pathlib import Path

import click

from crypto.errors import NotCanonical
from crypto.joining import Admission
from crypto.roster import Duty, Member, Roster
from dropbox.client.terminal import visible_line
from inbox_ui import console, joining, meeting, membership, options, people_words, publishing, team
from inbox_ui.cli_joining import duties_option
from inbox_ui.errors import NoRoster
from inbox_ui.leavers import cases_of
from inbox_ui.membership import Change
from inbox_ui.options import Place
from inbox_ui.running import run
from inbox_ui.station import Station


class _Listing(click.Group):
    """A group that lists where no command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """``roster --vault DIR`` is ``roster list --vault DIR``."""
        asks_help = bool(args) and args[0] in ctx.help_option_names
        if not args or (args[0].startswith("-") and not asks_help):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Listing)
def roster() -> None:
    """Who is of the team, and what for."""


@roster.command("list")
@options.place_options
@options.offline
@options.json_output
def list_members(place: Place, offline: bool, as_json: bool) -> None:
    """Everybody in the team, and who left."""
    with place.open() as station:
        meeting.look(place, station, offline)
        show = team.roster_json if as_json else team.roster_text
        console.print_result(show(station.roster, station.seen.directory))


@roster.command()
@options.place_options
@click.option("--label", metavar="NAME", default="first analyst", help="What others call you.")
@options.yes
def begin(place: Place, label: str, yes: bool) -> None:
    """Begin the roster of a team that an older version made."""
    with place.open() as station:
        _check_publisher(station)
        console.ask_yes(people_words.ASK_BEGIN, yes, place.silent)
        try:
            run(meeting.begin_roster(place, station, label))
        except NotCanonical:
            raise click.UsageError(people_words.BAD_LABEL) from None
        _tell_sent(station)


@roster.command()
@options.place_options
@click.argument("admission", metavar="ADMISSION", type=options.FILE)
@options.yes
def add(place: Place, admission: Path, yes: bool) -> None:
    """Take in whom the root has admitted, or what it has said anew of somebody."""
    with place.open() as station:
        _check_publisher(station)
        root = station.seen.directory.root_card
        paper = joining.read_paper(admission, root)
        joining.check_days(paper, root, station.today(), admission)
        console.ask_yes(_describe(paper), yes, place.silent)
        _amend(place, station, membership.add(paper))


def _describe(paper: Admission) -> str:
    new = paper.admitted
    return people_words.ASK_ADD.format(
        label=visible_line(new.label),
        duties=people_words.list_duties(new.duties),
        intake=people_words.ON_INTAKE if new.intake else "",
    )


member_argument = click.argument("name", metavar="MEMBER")


@click.command()
@options.place_options
@member_argument
@duties_option
@click.option("--intake/--no-intake", default=None, help="On intake duty or not.")
def duty(place: Place, name: str, duties: tuple[str, ...], intake: bool | None) -> None:
    """Give a member other duties."""
    if not duties and intake is None:
        raise click.UsageError(people_words.NO_CHANGE)
    wanted = [Duty(each) for each in duties] if duties else None
    with place.open() as station:
        _check_publisher(station)
        _amend(place, station, membership.set_duties(name, wanted, intake))


@click.command()
@options.place_options
@member_argument
@options.yes
def suspend(place: Place, name: str, yes: bool) -> None:
    """Let a member in no more, until resume."""
    with place.open() as station:
        _check_publisher(station)
        change, label = membership.set_suspended(name, True), visible_line(name)
        change(_known(station))  # what forbids it is said before anything is asked
        if _is_me(station, membership.find(_known(station), name)):
            question = people_words.ASK_SUSPEND_SELF.format(label=label)
            console.ask_yes(question, yes, place.silent)
        _amend(place, station, change)
        console.say(people_words.SUSPEND_NEXT.format(label=label))


@click.command()
@options.place_options
@member_argument
def resume(place: Place, name: str) -> None:
    """Let a suspended member in again."""
    with place.open() as station:
        _check_publisher(station)
        _amend(place, station, membership.set_suspended(name, False))


@click.command()
@options.place_options
@member_argument
@click.option("--lost", is_flag=True, help="The workstation is lost or stolen, with its keys.")
@options.yes
def remove(place: Place, name: str, lost: bool, yes: bool) -> None:
    """Take a member out of the team for good, and say what follows."""
    with place.open() as station:
        _check_publisher(station)
        meeting.look(place, station, offline=False)
        member = membership.find(_known(station), name)
        label = visible_line(member.label)
        console.say(people_words.REMOVE_PLAN.format(label=label))
        if lost:
            console.say(people_words.LOST_PLAN)
        if _is_me(station, member):
            console.say(people_words.THIS_IS_YOU)
        station.refresh()
        cases = cases_of(station, member.id)
        console.ask_yes(people_words.ASK_REMOVE_MEMBER.format(label=label), yes, place.silent)
        fingerprint = member.subject.fingerprint
        _amend(place, station, membership.remove(fingerprint, station.today(), lost=lost))
        console.say(people_words.REMOVE_NEXT)
        for number, text in enumerate(_steps(station, member, lost, cases), 1):
            console.say(people_words.STEP.format(number=number, text=text))


def _is_me(station: Station, member: Member) -> bool:
    return member.id == station.analyst.card.id


def _steps(station: Station, member: Member, lost: bool, cases: Collection[str]) -> list[str]:
    """What has to follow a removal, in its order."""
    texts = [people_words.STEP_EPOCH] if member.intake else []
    texts += [people_words.STEP_CASES] if member.reads else []
    texts += [people_words.STEP_CONTACT] if Duty.CUSTODIAN in member.duties else []
    texts += [people_words.STEP_PUBLISHER] if Duty.PUBLISHER in member.duties else []
    texts += [people_words.STEP_NEW_CARD] if lost else []
    day = team.certificate_ends(member, station.seen.directory)
    label, known = visible_line(member.label), ", ".join(cases) or people_words.NO_CASE
    return [each.format(label=label, day=day, cases=known) for each in texts]


def _check_publisher(station: Station) -> None:
    publishing.check_publisher(station.vault, station.seen.directory, station.today())


def _known(station: Station) -> Roster:
    found = station.roster
    if found is None:
        raise NoRoster
    return found


def _amend(place: Place, station: Station, change: Change) -> None:
    run(meeting.amend(place, station, change))
    _tell_sent(station)


def _tell_sent(station: Station) -> None:
    console.say(people_words.ROSTER_SENT.format(seq=_known(station).seq))
