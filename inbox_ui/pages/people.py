"""Who is of the team and what for; and what a publisher changes in it, in two steps.

A change is signed and sent to the server while the browser waits: it is in force when the page
says so, or the page says that it is not.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from crypto.roster import Duty, Member, Roster
from dropbox.client.terminal import visible_line
from inbox_ui import membership, publishing, receiving, team
from inbox_ui.errors import NoRoster, RosterKept
from inbox_ui.leavers import cases_of, left_behind
from inbox_ui.pages import words
from inbox_ui.pages.answers import Answer, Failed, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.courier import SAYABLE
from inbox_ui.pages.team import in_groups
from inbox_ui.people_words import list_duties
from inbox_ui.station import Station
from inbox_ui.words import Explained

_SOON = timedelta(days=30)


@dataclass(frozen=True)
class Colleague:
    """A member as the pages show one. ``receiving`` is the number of the key that a group's secret
    is granted to, or ``None`` where none was seen; ``soon``: the certificate ends within 30 days.
    """

    fingerprint: str
    groups: tuple[str, ...]
    label: str
    duties: str
    intake: bool
    suspended: bool
    until: date
    soon: bool
    receiving: int | None
    mine: bool


@dataclass(frozen=True)
class People:
    """Everybody. ``number`` and ``until`` are the roster's; without one ``number`` is ``None``.

    ``epochs`` are the intake epochs whose key this vault holds, ``left_behind`` the cases of who is
    not here any more.
    """

    number: int | None
    until: date | None
    members: tuple[Colleague, ...]
    former: tuple[tuple[str, date, bool], ...]
    epoch: int
    epoch_until: date
    epochs: tuple[int, ...]
    keeps_contacts: bool
    may_change: bool
    left_behind: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OneMember:
    """A member, and what a publisher may give: duties with whether the member has them."""

    member: Colleague
    duties: tuple[str, ...]
    offered: tuple[str, ...]
    may_change: bool


@dataclass(frozen=True)
class Amendment:
    """A change of one member. ``kind`` is ``suspend``, ``resume``, ``remove`` or ``duties``."""

    kind: str
    duties: tuple[Duty, ...] = ()
    intake: bool = False
    lost: bool = False

    @property
    def said(self) -> str:
        """The duties by their names."""
        return list_duties(self.duties)

    def of(self, name: str, day: date) -> membership.Change:
        """The change of the member with the fingerprint ``name``."""
        if self.kind == "remove":
            return membership.remove(name, day, lost=self.lost)
        if self.kind == "duties":
            return membership.set_duties(name, self.duties, self.intake)
        return membership.set_suspended(name, self.kind == "suspend")


@dataclass(frozen=True)
class ConfirmAmendment:
    """What would follow. ``cases`` are those the member handles; ``typed`` is what was typed to
    confirm a removal, ``error`` why not."""

    member: Colleague
    amendment: Amendment
    reads: bool
    custodian: bool
    publisher: bool
    cases: tuple[str, ...] = ()
    typed: str = ""
    error: str = ""


async def show_people(call: Call) -> Answer:
    """The roster."""
    return Page("people.html", await call.at_desk(_people))


async def show_member(call: Call) -> Answer:
    """One member."""
    name = call.path["member"]

    def look(station: Station) -> OneMember:
        member = _find(station, name)
        has_publisher = Duty.PUBLISHER in member.duties
        offered = [each for each in Duty if each is not Duty.PUBLISHER or has_publisher]
        return OneMember(
            _colleague(station, member),
            tuple(each.value for each in member.duties),
            tuple(each.value for each in offered),
            may_change(station),
        )

    return Page("member.html", await call.at_desk(look))


async def confirm(call: Call) -> Answer:
    """The first step. The change is tried, and nothing is signed."""
    return Page("amend.html", await _look(call, _read(call)))


async def amend(call: Call) -> Answer:
    """The second step: sign the next roster, and send it."""
    amendment, name, ticket = _read(call), call.path["member"], call.form.line("ticket")
    if call.unlocked.has_spent(ticket):
        return Goto("/people")
    view = await _look(call, amendment)
    typed = call.form.line("typed")
    if amendment.kind == "remove" and typed != visible_line(view.member.label).strip():
        return Page("amend.html", replace(view, typed=typed, error=words.NOT_THE_NAME), 400)
    day = await call.at_desk(lambda station: station.today())
    if call.unlocked.spend(ticket):
        try:
            await call.unlocked.courier.amend(amendment.of(name, day))
        except RosterKept:
            raise
        except SAYABLE:
            call.unlocked.give_back(ticket)
            raise
        call.unlocked.go_on(call.unlocked.courier.fetch())  # a new intake group, where one is due
    return Goto("/people")


def _read(call: Call) -> Amendment:
    form, kind = call.form, call.path["change"]
    if kind != "duties":
        return Amendment(kind, lost=form.line("lost") == "yes")
    duties = membership.in_order(each for each in Duty if each.value in form.chosen("duties"))
    if not duties:
        raise Failed(400, Explained(words.NO_DUTY, words.GO_BACK))
    return Amendment(kind, duties, form.line("intake") == "yes")


async def _look(call: Call, amendment: Amendment) -> ConfirmAmendment:
    name = call.path["member"]

    def look(station: Station) -> ConfirmAmendment:
        publishing.check_publisher(station.vault, station.seen.directory, station.today())
        member = _find(station, name)
        amendment.of(name, station.today())(_roster(station))  # raises what forbids it
        return ConfirmAmendment(
            _colleague(station, member),
            amendment,
            member.reads,
            Duty.CUSTODIAN in member.duties,
            Duty.PUBLISHER in member.duties,
            cases_of(station, member.id),
        )

    return await call.at_desk(look)


def _people(station: Station) -> People:
    roster, directory = station.roster, station.seen.directory
    members = sorted(roster.members, key=lambda each: each.label) if roster is not None else ()
    return People(
        number=roster.seq if roster is not None else None,
        until=roster.expires if roster is not None else None,
        members=tuple(_colleague(station, each) for each in members),
        former=tuple((each.label, each.day, each.lost) for each in roster.former) if roster else (),
        epoch=directory.intake.epoch,
        epoch_until=directory.intake.last_day,
        epochs=tuple(each.epoch for each in station.vault.intake),
        keeps_contacts=bool(station.vault.contact),
        may_change=may_change(station),
        left_behind=left_behind(station),
    )


def _colleague(station: Station, member: Member) -> Colleague:
    until = team.certificate_ends(member, station.seen.directory)
    key = receiving.known_keys(station).get(member.id)
    return Colleague(
        fingerprint=member.subject.fingerprint,
        groups=in_groups(member.subject.fingerprint),
        label=member.label,
        duties=list_duties(member.duties),
        intake=member.intake,
        suspended=member.suspended,
        until=until,
        soon=until - station.today() < _SOON,
        receiving=key.number if key is not None else None,
        mine=member.id == station.analyst.card.id,
    )


def _find(station: Station, name: str) -> Member:
    return membership.find(_roster(station), name)


def _roster(station: Station) -> Roster:
    if station.roster is None:
        raise NoRoster
    return station.roster


def may_change(station: Station) -> bool:
    """Whether this workstation signs rosters, and there is one to be changed."""
    directory, today = station.seen.directory, station.today()
    return station.roster is not None and publishing.may_publish(station.vault, directory, today)
