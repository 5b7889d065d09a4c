"""Adding somebody to the team, by the paper they carried here.

A request is compared with what its sender reads out, and certified where the root's file lies on
this machine; elsewhere the page says the command. An admission is taken into the roster. Papers are
read anew at each step: what was compared is what is certified.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crypto.joining import Admission, JoinRequest, admit, read_admission
from crypto.keys import Card, RootSecret
from crypto.roster import Duty
from inbox_ui import durable, joining, membership, publishing
from inbox_ui.errors import (
    ForeignRoot,
    InboxError,
    NotAFingerprint,
    NoVault,
    OpenToOthers,
    RosterKept,
    WrongFingerprint,
    WrongPassphrase,
)
from inbox_ui.pages import choosing, words
from inbox_ui.pages.answers import Answer, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.choosing import Choice
from inbox_ui.pages.courier import SAYABLE
from inbox_ui.pages.decision import Decision, read_decision
from inbox_ui.pages.people import may_change
from inbox_ui.pages.team import in_groups
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.people_words import list_duties
from inbox_ui.station import Station
from inbox_ui.vault import read_root


@dataclass(frozen=True)
class Add:
    """Which paper it is about. ``root``: whether the root's file lies on this machine."""

    choice: Choice
    root: bool
    may_change: bool


@dataclass(frozen=True)
class Asking:
    """A request that verifies, and what is decided about it. ``error`` stands at ``field``."""

    path: str
    wished: str
    wishes: str
    decision: Decision
    offered: tuple[str, ...]
    field: str = ""
    error: str = ""


@dataclass(frozen=True)
class Admitting:
    """What follows for who was compared. ``command`` is set where the root is not here."""

    path: str
    groups: tuple[str, ...]
    decision: Decision
    duties: str
    until: date
    command: str
    may_change: bool
    error: str = ""


@dataclass(frozen=True)
class Taking:
    """What the root has said of somebody, before the roster says it too."""

    path: str
    groups: tuple[str, ...]
    label: str
    duties: str
    intake: bool
    may_change: bool


@dataclass(frozen=True)
class Added:
    """Somebody was certified. ``roster`` is the number of the one that has them, if one does."""

    label: str
    until: date
    path: str
    roster: int | None


async def show_add(call: Call) -> Answer:
    """Which paper."""
    return await _add(call)


async def look(call: Call) -> Answer:
    """What the paper is, verified."""
    paper = choosing.read_choice(call.form)
    if paper is None:
        return await _add(call, choosing.find_wrong(call.form))

    def read(station: Station) -> Asking | Taking:
        found = joining.read_either(paper, station.seen.directory.root_card)
        if isinstance(found, Admission):
            return _taking(station, paper, found)
        wished = frozenset(each.value for each in found.duties if each is not Duty.PUBLISHER)
        return _asking(paper, found, Decision(found.label, wished))

    try:
        view = await call.at_desk(read)
    except InboxError as error:
        return await _add(call, words.say(error))
    return Page("take.html" if isinstance(view, Taking) else "asking.html", view)


async def compare(call: Call) -> Answer:
    """Whether the request is of who read it out; then what would follow."""
    return await _compared(call)


async def change(call: Call) -> Answer:
    """Back from what would follow, with what was filled in."""
    return await _compared(call, change=True)


async def certify(call: Call) -> Answer:
    """Certify who was compared, and take them into the roster where this workstation may."""
    paper, ticket = call.form.whole_path("paper"), call.form.line("ticket")
    if paper is None or call.unlocked.has_spent(ticket):
        return Goto("/people")
    if not call.form.secret("root"):
        return await _compared(call, words.NO_WORDS)
    if not call.unlocked.spend(ticket):
        return Goto("/people")
    try:
        admission, roster = await _certify(call, paper)
    except (WrongPassphrase, NoVault, OpenToOthers, ForeignRoot) as error:
        call.unlocked.give_back(ticket)
        wrong = words.WRONG_ROOT if isinstance(error, WrongPassphrase) else words.say(error)
        return await _compared(call, wrong)
    except RosterKept:
        raise  # it is signed: once is enough
    except SAYABLE:
        call.unlocked.give_back(ticket)
        raise
    until = read_decision(call.form).terms(await call.at_desk(lambda each: each.today())).days[1]
    goal = str(_goal(call, paper))
    return Page("added.html", Added(admission.admitted.label, until, goal, roster))


async def take(call: Call) -> Answer:
    """Take an admission into the roster."""
    paper, ticket = call.form.whole_path("paper"), call.form.line("ticket")
    if paper is None or call.unlocked.has_spent(ticket):
        return Goto("/people")

    def read(station: Station) -> Admission:
        publishing.check_publisher(station.vault, station.seen.directory, station.today())
        root = station.seen.directory.root_card
        admission = joining.read_paper(paper, root)
        joining.check_days(admission, root, station.today(), paper)
        return admission

    admission = await call.at_desk(read)
    if call.unlocked.spend(ticket):
        try:
            await _take_in(call, admission)
        except RosterKept:
            raise
        except SAYABLE:
            call.unlocked.give_back(ticket)
            raise
    return Goto("/people")


# -- what is done -------------------------------------------------------------------------------


async def _certify(call: Call, paper: Path) -> tuple[Admission, int | None]:
    """The admission, which lies where carried files lie, and the roster's number if it is in one.

    In this order: (1) the request is still the one that was compared (2) the root is this team's
    (3) the roster can have them (4) the paper is written (5) the roster is sent.
    """
    decision, typed = read_decision(call.form), VaultPassphrase(call.form.secret("root"))
    goal, folder = _goal(call, paper), call.sitting.plan.place.folder

    def act(station: Station) -> tuple[Admission, bool]:
        card, may = station.seen.directory.root_card, may_change(station)
        request = joining.check_request(paper, decision.read_out, card)  # (1)
        root = _open_root(folder.default_root, typed, card)  # (2)
        signed = admit(request.subject, decision.terms(station.today()), root)
        admission = read_admission(signed, card)
        if may and station.roster is not None:
            membership.add(admission)(station.roster)  # (3) raises what forbids it
        choosing.prepare(goal, folder.default_carried)
        durable.replace(goal, signed)  # (4)
        return admission, may

    admission, may = await call.at_desk(act)
    return admission, await _take_in(call, admission) if may else None  # (5)


async def _take_in(call: Call, admission: Admission) -> int | None:
    """Sign and send the roster that has them; its number."""
    await call.unlocked.courier.amend(membership.add(admission))
    call.unlocked.go_on(call.unlocked.courier.fetch())  # who is on intake duty is given its key
    return await call.at_desk(lambda each: each.roster.seq if each.roster is not None else None)


def _open_root(path: Path, typed: VaultPassphrase, card: Card) -> RootSecret:
    root = read_root(path, typed)
    if root.keys.card != card:
        raise ForeignRoot(path)
    return root


def _goal(call: Call, paper: Path) -> Path:
    return call.sitting.plan.place.folder.default_carried / f"{paper.name}.admission"


# -- what is shown ------------------------------------------------------------------------------


async def _add(call: Call, error: str = "") -> Page:
    folder = call.sitting.plan.place.folder
    may = await call.at_desk(may_change)
    choice = choosing.offer(folder.default_carried, call.form, error)
    return Page("add.html", Add(choice, folder.default_root.exists(), may), 400 if error else 200)


async def _compared(call: Call, error: str = "", *, change: bool = False) -> Page:
    paper, decision = call.form.whole_path("paper"), read_decision(call.form)
    if paper is None:
        return await _add(call, words.NO_FILE)
    goal, folder = _goal(call, paper), call.sitting.plan.place.folder

    def find(station: Station) -> Asking | Admitting:
        root = station.seen.directory.root_card
        found = joining.read_either(paper, root)
        if isinstance(found, Admission):
            raise WrongFingerprint(paper)  # another file than the one that was chosen
        try:
            joining.check_request(paper, decision.read_out, root)
        except (NotAFingerprint, WrongFingerprint) as wrong:
            return _asking(paper, found, decision, ("read_out", words.say(wrong)))
        if change:
            return _asking(paper, found, decision)
        if wrong_at := decision.find_wrong():
            return _asking(paper, found, decision, wrong_at)
        command = "" if folder.default_root.exists() else decision.command(paper, goal)
        return Admitting(
            str(paper),
            in_groups(found.subject.fingerprint),
            decision,
            list_duties(decision.duties),
            decision.terms(station.today()).days[1],
            command,
            may_change(station),
            error,
        )

    try:
        view = await call.at_desk(find)
    except InboxError as wrong:
        return await _add(call, words.say(wrong))
    template = "admitting.html" if isinstance(view, Admitting) else "asking.html"
    return Page(template, view, 400 if view.error else 200)


def _asking(
    paper: Path, request: JoinRequest, decision: Decision, wrong: tuple[str, str] = ("", "")
) -> Asking:
    offered = tuple(each.value for each in Duty)
    wishes = list_duties(request.duties)
    return Asking(str(paper), request.label, wishes, decision, offered, *wrong)


def _taking(station: Station, paper: Path, admission: Admission) -> Taking:
    new = admission.admitted
    return Taking(
        str(paper),
        in_groups(new.subject.fingerprint),
        new.label,
        list_duties(new.duties),
        new.intake,
        may_change(station),
    )
