"""A report goes to a unit by the word of two, as it stands, on its day, and not otherwise."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from crypto.documents import Answer as Said
from crypto.documents import Recorded
from crypto.errors import DoesNotOpen
from crypto.keys import MailboxSecret
from crypto.package import Way, open_package, seal_package
from crypto.reporter import Draft as Report
from dropbox.site.questions import FEW, HOW_MANY
from inbox_ui import durable
from inbox_ui.errors import (
    MustReword,
    NoSpace,
    NotAPackage,
    NotOpen,
    NotReady,
    OwnProposal,
    OwnReport,
    TwiceAnswered,
    UnknownReport,
    WhyNotFew,
)
from inbox_ui.pages.ready import find_ready
from inbox_ui.thread import thread_of
from inbox_ui.unit_file import UnitFile
from inbox_ui.work import asking, sending, setting_aside
from inbox_ui.work import release_words as words
from inbox_ui.work.access import Step
from inbox_ui.work.asking import Wording
from inbox_ui.work.clashes import Why
from inbox_ui.work.drafting import begin
from inbox_ui.work.intelligence import (
    Answer,
    Consent,
    Draft,
    Handling,
    Intelligence,
    Pool,
    Release,
    Says,
    Subject,
    Tick,
)
from inbox_ui.work.linking import link, unlink
from inbox_ui.work.mentioning import newest_seen
from inbox_ui.work.mentions import Mention, Mentioned
from inbox_ui.work.packages import Package
from inbox_ui.work.pieces import Work
from inbox_ui.work.pool import first_pool
from inbox_ui.work.recording import record
from inbox_ui.work.records import pieces, records_of
from inbox_ui.work.release_described import explain_blocked, tell, tell_pool
from inbox_ui.work.releasing import Obstacle, Standing, before_release
from inbox_ui.work.unit_names import unit_names
from inbox_ui.work.units import Kind, Units
from tests.inbox_ui.conftest import TODAY, Desk, Writer
from tests.inbox_ui.intelligence import a_report, an_item
from tests.inbox_ui.kept import Kept
from tests.inbox_ui.team import Colleagues
from tests.inbox_ui.units import CCU, AUnit, a_unit, list_unit

NAMED = "Northmarch CCU (DEMO: Northmarch Constabulary)"
SAID = "He takes money in an envelope at the services every single week, and I am his clerk."


@dataclass
class Scene:
    """A case that two analysts have, and a unit on the list."""

    team: Colleagues
    author: Desk
    second: Desk
    unit: AUnit
    units: Units
    writer: Writer

    def keep(
        self,
        report: Intelligence,
        pool: Pool = Pool.MORE,
        by: Desk | None = None,
        not_before: date | None = None,
    ) -> str:
        """A version of a report, written by somebody who has seen the one before."""
        desk = by or self.author
        records = records_of(desk.open())
        before = [
            record.id for record, draft in pieces(records, Draft) if draft.report.ref == report.ref
        ]
        draft = Draft(before[-1] if before else None, report, pool, not_before)
        sending.keep(desk.station, desk.only(), draft)
        self.team.sync()
        return report.ref

    def read(self, ref: str, by: Desk, ticks: tuple[Tick, ...] = tuple(Tick)) -> None:
        sending.read(by.station, by.only(), ref, ticks)
        self.team.sync()

    def standing(self, ref: str, by: Desk | None = None) -> Standing:
        desk = by or self.author
        return sending.standing(desk.station, desk.open(), ref)

    def consent(self, ref: str, by: Desk | None = None) -> None:
        """Somebody goes through the whole list, and agrees."""
        desk = by or self.second
        self.read(ref, desk)
        shown = self.standing(ref, desk).current.draft.report.hash
        sending.consent(desk.station, desk.only(), ref, shown, "")
        self.team.sync()

    def ready(self, report: Intelligence | None = None) -> str:
        """A report that two people have agreed to."""
        ref = self.keep(report or a_report())
        self.read(ref, self.author)
        self.consent(ref)
        return ref

    def obstacles(self, ref: str, by: Desk | None = None) -> list[Obstacle]:
        desk = by or self.author
        me, today = desk.station.analyst.card.id, desk.clock()
        found = before_release(desk.open(), self.standing(ref, desk), me, self.units, today)
        return [each.what for each in found]

    def send(self, ref: str, by: Desk | None = None) -> bytes:
        desk = by or self.author
        return sending.send(desk.station, desk.only(), ref, CCU, self.units).data

    def write(self, ref: str) -> None:
        """Sealed by the author, and the file is there."""
        desk = self.author
        sent = sending.send(desk.station, desk.only(), ref, CCU, self.units)
        sending.note_written(desk.station, sent)

    def due(self) -> list[tuple[str, bool]]:
        """What is due at the author's, and whether it was begun."""
        return [(each.ref, each.begun) for each in sending.due(self.author.station, self.units)]

    def take(self, data: bytes) -> Answer:
        desk = self.author
        answer = sending.take_answer(desk.station, desk.only(), data, "answer", self.units)
        self.team.sync()
        return answer


@pytest.fixture
def scene(desk: Desk, make_desk: Callable[..., Desk], kept: Kept, tmp_path: Path) -> Scene:
    return make_scene(desk, make_desk, kept, tmp_path / "unit")


def make_scene(desk: Desk, make_desk: Callable[..., Desk], kept: Kept, folder: Path) -> Scene:
    """Two analysts with a case, and a unit whose things are in ``folder``."""
    team = Colleagues(desk, make_desk)

    def make() -> tuple[MailboxSecret, UnitFile, Units]:
        desk.sync()
        team.join("bo")
        writer = Writer(desk.server)
        writer.write(SAID)
        team.sync()
        unit = a_unit(desk, folder)
        return writer.secret, unit.file, list_unit(desk, unit)

    secret, file, units = team.kept(kept, "scene", make)
    folder.mkdir(exist_ok=True)
    unit = AUnit(file, folder, desk.clock())
    return Scene(team, desk, team.desks["bo"], unit, units, Writer(desk.server, secret))


# -- from draft to answer -----------------------------------------------------------------------


def test_a_report_goes_out_by_two_and_what_comes_back_stands_in_the_case(scene: Scene) -> None:
    ref = scene.ready()
    assert scene.obstacles(ref) == []
    delivery = scene.unit.open(scene.send(ref))
    assert delivery.package.report == a_report(ref=ref)
    assert delivery.pdf.startswith(b"%PDF-")
    for says, text in ((Says.ACKNOWLEDGED, ""), (Says.QUESTION, "Which of the two yards?")):
        assert scene.take(scene.unit.answer(ref, says, text)).says is says
    shown = thread_of(scene.second.open())[-1]
    asked = words.ANSWERED.format(unit=CCU, says=words.SAYS[Says.QUESTION], day=TODAY)
    assert shown.facts == (asked, "Which of the two yards?")
    case = scene.author.open()
    [first, _] = sending.answers_to(case, scene.standing(ref))
    assert tell(first, unit_names(scene.units)) == (f"{NAMED} has it ({TODAY}).",)


def test_the_package_tells_no_time_no_name_and_nothing_of_the_case(scene: Scene) -> None:
    ref = scene.ready()
    package = scene.unit.open(scene.send(ref)).package
    case = scene.author.open()
    names = {"service", "unit", "card", "report", "consented", "consent", "sent", "answers"}
    assert set(package.to_json()) == names
    told = package.to_bytes()
    assert case.name.encode() not in told
    assert scene.author.only().name.encode() not in told
    for each in (b"bo", b"first analyst"):
        assert b'"' + each + b'"' not in told


# -- who may let it go --------------------------------------------------------------------------


def test_an_author_cannot_be_the_second_person(scene: Scene) -> None:
    ref = scene.keep(a_report())
    scene.read(ref, scene.author)
    with pytest.raises(OwnReport):
        scene.consent(ref, scene.author)
    scene.keep(a_report(ref=ref, checks="Some."), by=scene.second)  # a comma makes an author
    scene.read(ref, scene.second)
    for each in (scene.author, scene.second):
        with pytest.raises(OwnReport):
            scene.consent(ref, each)


def test_a_consent_that_an_author_signs_past_the_program_does_not_count(scene: Scene) -> None:
    ref = scene.keep(a_report())
    scene.read(ref, scene.author)
    report = scene.standing(ref).current.draft.report
    station = scene.author.station
    signature = sending.sign_consent(report, station.vault.analyst_secret, station.vault.service)
    forged = Consent(None, report.hash, None, signature, "")
    record(station, scene.author.only(), Work.CONSENT, forged)
    borrowed = Consent(None, report.hash, None, signature, "Not mine.")
    record(scene.second.station, scene.second.only(), Work.CONSENT, borrowed)
    scene.team.sync()
    assert Obstacle.NO_CONSENT in scene.obstacles(ref)
    with pytest.raises(NotReady):
        scene.send(ref)


def test_who_agreed_cannot_send_it_too(scene: Scene) -> None:
    ref = scene.ready()
    assert scene.obstacles(ref, scene.second) == [Obstacle.OWN_CONSENT]
    with pytest.raises(NotReady):
        scene.send(ref, scene.second)


def test_the_unit_refuses_what_one_person_alone_has_signed(scene: Scene) -> None:
    ref = scene.ready()
    package = scene.unit.open(scene.send(ref)).package
    station = scene.author.station
    keys, secret = station.vault.analyst_secret.keys, station.vault.analyst_secret
    alone = replace(
        package,
        consented=package.sent,
        consent=sending.sign_consent(package.report, secret, package.service),
    )
    with pytest.raises(NotAPackage):
        scene.unit.open(_sealed(scene, alone, keys))
    changed = replace(package, report=replace(package.report, checks="Changed."))
    with pytest.raises(NotAPackage):  # the consent is for another report
        scene.unit.open(_sealed(scene, changed, keys))


def _sealed(scene: Scene, package: Package, keys: object) -> bytes:
    document = package.to_bytes()
    content = len(document).to_bytes(8, "little") + document
    card = scene.unit.file.unit.keys.card
    return seal_package(
        Way.OUT,
        content,
        keys,
        card,
        package.service,
        secrets.token_bytes,  # type: ignore[arg-type]
    )


# -- what voids it ------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["letter", "day"])
def test_a_change_makes_the_consent_void(scene: Scene, change: str) -> None:
    ref = scene.ready()
    if change == "letter":
        scene.keep(a_report(ref=ref, checks="One."))
        assert scene.obstacles(ref) == [
            Obstacle.NOT_READ,
            Obstacle.NOT_READ_TWICE,
            Obstacle.NO_CONSENT,
        ]
    else:
        scene.keep(a_report(ref=ref), not_before=TODAY)
        assert scene.obstacles(ref) == [Obstacle.NO_CONSENT]


def test_a_change_while_somebody_looks_is_told_before_they_agree(scene: Scene) -> None:
    ref = scene.keep(a_report())
    scene.read(ref, scene.author)
    shown = scene.standing(ref, scene.second).current.draft.report.hash
    scene.keep(a_report(ref=ref, checks="Two."))
    scene.read(ref, scene.author)
    with pytest.raises(NotReady, match=words.CHANGED):
        sending.consent(scene.second.station, scene.second.only(), ref, shown, "")


def test_a_release_that_is_withdrawn_does_not_go_and_a_new_consent_lets_it(scene: Scene) -> None:
    ref = scene.ready()
    sending.withdraw(scene.second.station, scene.second.only(), ref, "Wait.")
    scene.team.sync()
    assert scene.obstacles(ref) == [Obstacle.WITHDRAWN]
    with pytest.raises(NotReady):
        scene.send(ref)
    scene.consent(ref)
    assert scene.obstacles(ref) == []


def test_a_consent_that_was_given_without_seeing_a_withdrawal_does_not_lift_it(
    scene: Scene,
) -> None:
    """The second person agrees without a network, and the author's withdrawal is there first."""
    ref = scene.keep(a_report())
    scene.read(ref, scene.author)
    scene.read(ref, scene.second)
    shown = scene.standing(ref, scene.second).current.draft.report.hash
    sending.consent(scene.second.station, scene.second.only(), ref, shown, "")
    sending.withdraw(scene.author.station, scene.author.only(), ref, "A colleague is in danger.")
    scene.author.sync()
    scene.team.sync()
    for desk in (scene.author, scene.second):
        assert Obstacle.WITHDRAWN in scene.obstacles(ref, desk)
        with pytest.raises(NotReady):
            scene.send(ref, desk)
    scene.consent(ref)  # now that it was seen
    assert scene.obstacles(ref) == []


def test_a_withdrawal_of_the_version_before_holds_back_the_one_that_crossed_with_it(
    scene: Scene,
) -> None:
    ref = scene.ready()
    sending.withdraw(scene.second.station, scene.second.only(), ref, "Wait.")
    changed = Draft(scene.standing(ref).current.id, a_report(ref=ref, checks="A."), Pool.MORE, None)
    sending.keep(scene.author.station, scene.author.only(), changed)
    scene.author.sync()
    scene.team.sync()
    assert Obstacle.WITHDRAWN in scene.obstacles(ref)


def test_who_withdraws_and_then_agrees_has_seen_their_own_withdrawal(scene: Scene) -> None:
    """Also where both went out behind a colleague's, so that both were signed anew."""
    ref = scene.ready()
    sending.withdraw(scene.second.station, scene.second.only(), ref, "Wait.")
    shown = scene.standing(ref, scene.second).current.draft.report.hash
    sending.consent(scene.second.station, scene.second.only(), ref, shown, "It may go.")
    scene.author.station.refresh()
    scene.read(ref, scene.author, ())
    assert scene.obstacles(ref) == []


def test_a_withdrawal_that_is_quicker_than_the_release_stops_the_file(scene: Scene) -> None:
    ref = scene.ready()
    scene.send(ref)  # recorded here, and not at the server yet
    sending.withdraw(scene.second.station, scene.second.only(), ref, "Wait.")
    scene.second.sync()
    scene.team.sync()
    with pytest.raises(NotReady):
        sending.check_not_withdrawn(scene.author.station, scene.author.only(), ref)


def test_a_release_that_a_withdrawal_stopped_does_not_count_as_sent(scene: Scene) -> None:
    """It stands in the log behind the withdrawal, and no file was written."""
    ref = scene.ready()
    scene.send(ref)
    sending.withdraw(scene.second.station, scene.second.only(), ref, "Wait.")
    scene.second.sync()
    scene.team.sync()
    assert scene.due() == []
    scene.consent(ref)
    assert scene.standing(ref).sent == ()
    assert scene.due() == [(ref, False)]
    scene.write(ref)
    scene.team.sync()
    sending.check_not_withdrawn(scene.author.station, scene.author.only(), ref)
    assert scene.due() == []


def test_what_left_before_a_withdrawal_goes_again_once_it_is_agreed_to_anew(scene: Scene) -> None:
    """The unit has the same package twice, which is one: better than never."""
    ref = scene.ready()
    scene.write(ref)
    scene.team.sync()
    sending.withdraw(scene.second.station, scene.second.only(), ref, "Wait.")
    scene.team.sync()
    scene.consent(ref)
    assert scene.due() == [(ref, False)]
    scene.write(ref)
    scene.team.sync()
    assert scene.due() == []
    packages = {each.package for _, each in scene.standing(ref).releases}
    assert len(packages) == 1


def test_what_was_recorded_and_not_written_is_due_here_until_its_file_is_there(
    scene: Scene,
) -> None:
    ref = scene.ready()
    scene.send(ref)
    scene.team.sync()
    case = scene.author.open()
    assert sending.sent_to(scene.author.station, case, scene.standing(ref)) == frozenset()
    assert scene.due() == [(ref, True)]
    there = sending.sent_to(scene.second.station, scene.second.open(), scene.standing(ref))
    assert there == {CCU}, "a colleague knows nothing of this disk"
    scene.write(ref)
    assert scene.due() == []
    assert sending.sent_to(scene.author.station, case, scene.standing(ref)) == {CCU}
    assert len(scene.standing(ref).releases) == 1


@pytest.mark.parametrize("how", ["finish", "keep_stubs"])
def test_the_note_of_an_unwritten_package_goes_with_its_case(scene: Scene, how: str) -> None:
    scene.send(scene.ready())
    address, archive = scene.author.open().file.mailbox, scene.author.station.archive
    assert len(archive.unwritten.of(address)) == 1
    getattr(archive.leaving, how)(address)
    assert archive.unwritten.of(address) == frozenset()


def test_two_who_grade_one_item_at_once_are_told_and_nothing_goes(scene: Scene) -> None:
    ref = scene.ready()
    report = scene.standing(ref).current.draft.report
    seen = scene.standing(ref).current.id
    for desk, text in ((scene.author, "One grade."), (scene.second, "Another grade.")):
        draft = Draft(seen, replace(report, items=(an_item(text),)), Pool.MORE, None)
        sending.keep(desk.station, desk.only(), draft)
    scene.team.sync()
    assert {each.crossed for each in (scene.standing(ref).current,)} == {True}
    assert Obstacle.CROSSED in scene.obstacles(ref)
    kept = [d.report.items[0].text for _, d in pieces(records_of(scene.author.open()), Draft)]
    assert {"One grade.", "Another grade."} <= set(kept)


# -- reading ------------------------------------------------------------------------------------


def _agree_unread(scene: Scene, ref: str) -> None:
    desk = scene.second
    shown = scene.standing(ref, desk).current.draft.report.hash
    sending.consent(desk.station, desk.only(), ref, shown, "")


@pytest.mark.parametrize("pool", list(Pool))
def test_whoever_agrees_has_gone_through_the_whole_list_however_many_know(
    scene: Scene, pool: Pool
) -> None:
    ref = scene.keep(a_report(), pool)
    scene.read(ref, scene.author)
    with pytest.raises(NotReady):
        _agree_unread(scene, ref)
    scene.read(ref, scene.second, tuple(Tick)[1:])
    with pytest.raises(NotReady):
        _agree_unread(scene, ref)
    assert Obstacle.NOT_READ_TWICE in scene.obstacles(ref)
    scene.read(ref, scene.second, tuple(Tick)[:1])
    _agree_unread(scene, ref)
    scene.team.sync()
    assert scene.obstacles(ref) == []


def test_what_was_read_of_the_version_before_does_not_count_for_this_one(scene: Scene) -> None:
    ref = scene.keep(a_report())
    scene.read(ref, scene.second)
    scene.keep(a_report(ref=ref, checks="Three."))
    scene.read(ref, scene.author)
    with pytest.raises(NotReady):
        _agree_unread(scene, ref)


def test_a_consent_that_was_signed_unread_past_the_program_does_not_count(scene: Scene) -> None:
    """Nor does it once its author has read: it has to be given anew."""
    ref = scene.keep(a_report())
    scene.read(ref, scene.author)
    report, station = scene.standing(ref).current.draft.report, scene.second.station
    signature = sending.sign_consent(report, station.vault.analyst_secret, station.vault.service)
    unread = Consent(None, report.hash, None, signature, "")
    record(station, scene.second.only(), Work.CONSENT, unread)
    scene.team.sync()
    assert scene.obstacles(ref) == [Obstacle.NOT_READ_TWICE, Obstacle.NO_CONSENT]
    scene.read(ref, scene.second)
    assert scene.obstacles(ref) == [Obstacle.NO_CONSENT]


def test_where_the_reporter_says_that_few_know_it_stands_whatever_an_analyst_says(
    desk: Desk, make_desk: Callable[..., Desk], reporter: Callable[[], Writer], tmp_path: Path
) -> None:
    team = Colleagues(desk, make_desk)
    desk.sync()
    other, writer = team.join("bo"), reporter()
    said = Report(SAID, answers=(Said(HOW_MANY.name, FEW),))
    writer.server.put(writer.core.report(said, writer.server.today))
    team.sync()
    unit = a_unit(desk, tmp_path / "unit")
    scene = Scene(team, desk, other, unit, list_unit(desk, unit), writer)
    assert first_pool(desk.open()) is Pool.FEW
    ref = scene.keep(a_report(), Pool.MORE)
    assert scene.standing(ref).few_know


def test_what_was_a_small_pool_does_not_become_a_large_one_without_a_reason(scene: Scene) -> None:
    desk, ref = scene.author, scene.keep(a_report(), Pool.FEW)
    assert scene.standing(ref).widened == ()
    for pool in (Pool.UNKNOWN, Pool.MORE):
        with pytest.raises(WhyNotFew):
            scene.keep(a_report(ref=ref), pool)
    seen = scene.standing(ref).current.id
    more = Draft(seen, a_report(ref=ref), Pool.MORE, None)
    sending.keep(desk.station, desk.only(), more, "The whole shift was told.")
    scene.team.sync()
    told = tell_pool(scene.standing(ref, scene.second))
    assert words.WHY_NOT_FEW.format(why="The whole shift was told.") in told
    scene.read(ref, desk)
    scene.consent(ref)
    assert scene.obstacles(ref) == []
    scene.keep(a_report(ref=ref, checks="Four."), Pool.MORE)  # the reason stands
    scene.keep(a_report(ref=ref, checks="Four."), Pool.FEW)
    with pytest.raises(WhyNotFew):
        scene.keep(a_report(ref=ref, checks="Four."), Pool.MORE)


def test_what_few_people_know_is_shared_on_conditions_alone(scene: Scene) -> None:
    freely = replace(an_item(), handling=Handling.PERMITTED, conditions="")
    ref = scene.keep(a_report(items=(an_item(), freely)), Pool.FEW)
    assert Obstacle.OPEN_HANDLING in scene.obstacles(ref)
    scene.read(ref, scene.author)
    with pytest.raises(NotReady):
        scene.consent(ref)
    scene.keep(a_report(ref=ref), Pool.FEW)
    assert Obstacle.OPEN_HANDLING not in scene.obstacles(ref)
    more = scene.keep(a_report(ref=begin(TODAY, bytes(32)).ref, items=(freely,)))
    assert Obstacle.OPEN_HANDLING not in scene.obstacles(more)


def test_a_small_pool_that_is_widened_past_the_program_keeps_it_here(scene: Scene) -> None:
    ref = scene.keep(a_report(), Pool.FEW)
    seen = scene.standing(ref).current.id
    more = Draft(seen, a_report(ref=ref), Pool.MORE, None)
    record(scene.author.station, scene.author.only(), Work.INTELLIGENCE, more)
    scene.team.sync()
    scene.read(ref, scene.author)
    assert Obstacle.WIDENED in scene.obstacles(ref)
    with pytest.raises(NotReady):
        scene.consent(ref)


def test_words_of_the_reporter_of_a_linked_case_are_found_too(
    scene: Scene, reporter: Callable[[], Writer]
) -> None:
    desk, [case] = scene.author, scene.author.cases()
    reporter().write("He told us to leave the cell door open on the night shift.")
    scene.team.sync()
    [other] = [each for each in desk.cases() if each.mailbox != case.mailbox]
    copied = a_report(items=(an_item("He would leave the cell door open on nights."),))
    sending.keep(desk.station, case, Draft(None, copied, Pool.MORE, None))

    def found() -> list[str]:
        standing = sending.standing(desk.station, desk.open(case), copied.ref)
        return [each.words for each in standing.findings if each.blocks]

    assert found() == []
    link(desk.station, case, other, "The same officer.")
    assert found() == ["leave the cell door open on"]
    unlink(desk.station, case, other, "Another officer.")
    assert found() == []


def test_copied_words_keep_it_here_whoever_agrees(scene: Scene) -> None:
    ref = scene.keep(a_report(items=(an_item("He takes money in an “envelope” there."),)))
    scene.read(ref, scene.author)
    with pytest.raises(NotReady):
        scene.consent(ref)
    assert scene.obstacles(ref) == [Obstacle.COPIED, Obstacle.NO_CONSENT]


def test_a_report_that_is_not_there_is_named(scene: Scene) -> None:
    with pytest.raises(UnknownReport):
        scene.standing("IR-AAAAAAAAAA")


# -- days and units -----------------------------------------------------------------------------


def test_nothing_goes_before_its_day(scene: Scene) -> None:
    day = TODAY + timedelta(days=3)
    ref = scene.keep(a_report(), not_before=day)
    scene.read(ref, scene.author)
    scene.consent(ref)
    assert scene.obstacles(ref) == [Obstacle.NOT_YET]
    scene.author.clock.go(3)
    assert scene.obstacles(ref) == []


def test_a_report_that_waits_says_no_earlier_day_than_the_one_it_waits_for(scene: Scene) -> None:
    """Its own date would say when somebody wrote, which is what the delay is to hide."""
    day = TODAY + timedelta(days=30)
    ref = scene.keep(a_report(), not_before=day)
    report = scene.standing(ref).current.draft.report
    assert report.created == day
    assert str(TODAY) not in report.to_bytes().decode()
    scene.keep(report)  # it waits no more
    assert scene.standing(ref).current.draft.report.created == TODAY


def test_what_waits_for_its_day_goes_with_all_that_is_due_and_once(scene: Scene) -> None:
    def due(desk: Desk) -> list[tuple[str, str]]:
        found = []
        for each in sending.due(desk.station, scene.units):
            assert not each.begun
            found.append((each.ref, each.unit))
        return found

    refs = [begin(TODAY, bytes([number]) * 32).ref for number in range(3)]
    now, later = a_report(ref=refs[0]), a_report(ref=refs[1])
    scene.ready(now)
    scene.keep(later, not_before=TODAY + timedelta(days=3))
    scene.read(later.ref, scene.author)
    scene.consent(later.ref)
    scene.keep(a_report(ref=refs[2]))
    assert due(scene.author) == [(now.ref, CCU)]
    assert due(scene.second) == [], "who agreed sends nothing"
    ready = [(row.ref, row.unit, row.day) for row in find_ready(scene.author.station, scene.units)]
    day = TODAY + timedelta(days=3)
    assert ready == [(now.ref, CCU, None), (later.ref, CCU, day)], "as the page lists them"
    assert list(find_ready(scene.second.station, scene.units)) == []
    scene.author.clock.go(3)
    assert due(scene.author) == [(now.ref, CCU), (later.ref, CCU)]
    scene.write(now.ref)
    scene.team.sync()
    assert due(scene.author) == [(later.ref, CCU)]


def test_nothing_is_sealed_to_a_key_that_has_run_out_or_by_a_list_that_has(scene: Scene) -> None:
    ref = scene.ready()
    scene.units = list_unit(scene.author, scene.unit, until=TODAY)
    assert scene.obstacles(ref) == []
    scene.author.clock.go(1)
    assert scene.obstacles(ref) == [Obstacle.EXPIRED_UNIT]
    with pytest.raises(NotReady):
        scene.send(ref)
    scene.units = replace(scene.units, expires=TODAY)
    assert scene.obstacles(ref) == [Obstacle.OLD_LIST]


def test_a_unit_that_is_not_on_the_list_gets_nothing(scene: Scene) -> None:
    ref = scene.ready(a_report(recipients=("calder-ccu", CCU)))
    assert scene.obstacles(ref) == [Obstacle.UNKNOWN_UNIT]
    desk = scene.author
    assert sending.weigh(desk.station, desk.open(), ref, scene.units).ready == (CCU,)
    scene.unit.open(scene.send(ref))  # the other one is
    scene.units = scene.units.without_unit(CCU)
    assert sending.weigh(desk.station, desk.open(), ref, scene.units).ready == ()


@pytest.mark.parametrize(
    ("subject", "people"),
    [
        (Subject("Petra Lomond", "DS", "Sergeant", "Counter-Corruption Unit", ""), ()),
        (Subject("Alan Greaves", "", "Chief Constable", "", ""), ()),
        (Subject("LOMOND, Pétra", "", "Clerk", "Cells", ""), ("Petra Lomond",)),
    ],
)
def test_what_is_about_the_unit_itself_is_blocked_and_another_is_offered(
    scene: Scene, subject: Subject, people: tuple[str, ...], tmp_path: Path
) -> None:
    scene.units = list_unit(scene.author, scene.unit, people=people)
    other = a_unit(scene.author, tmp_path / "other", "A watchdog")
    scene.units = list_unit(
        scene.author,
        other,
        id="watchdog",
        kind=Kind.OVERSIGHT,
        force="",
        alternate=("demo-northmarch",),
    )
    subject = replace(subject, name=subject.name.replace(",", ""))
    ref = scene.ready(a_report(subjects=(subject,)))
    desk = scene.author
    me = desk.station.analyst.card.id
    [found] = before_release(desk.open(), scene.standing(ref), me, scene.units, desk.clock())
    assert (found.what, found.unit) == (Obstacle.CLASH, CCU)
    assert found.clash is not None
    assert found.clash.alternates == ("watchdog",)
    said = explain_blocked(found, unit_names(scene.units))
    assert said.startswith(f"{NAMED} must not have it: ")
    assert said.endswith(" Instead: A watchdog.")
    with pytest.raises(NotReady) as refused:
        scene.send(ref)
    assert refused.value.name == said


def test_who_was_told_keeps_it_from_their_unit_and_it_says_why_and_who_there_is_instead(
    scene: Scene,
) -> None:
    scene.writer.write("I told DS Lomond, and nothing came of it.")
    scene.team.sync()
    scene.units = list_unit(scene.author, scene.unit, people=("Petra Lomond",))
    ref, desk = scene.ready(), scene.author
    me, today = desk.station.analyst.card.id, desk.clock()
    [found] = before_release(desk.open(), scene.standing(ref), me, scene.units, today)
    said = explain_blocked(found, unit_names(scene.units))
    assert f"{words.CLASHES[Why.PERSON]}. {words.RECOGNISES} {words.NO_INSTEAD} " in said
    assert "Independent Office for Police Conduct (IOPC);" in said
    for of, whom in ((Mentioned.NAME, "Petra Lomond"), (Mentioned.UNIT, "")):
        with pytest.raises(NotOpen):
            _say(scene, desk, Step.PROPOSED, of, whom)


@pytest.mark.parametrize(
    ("force", "blocked"),
    [
        ("Northmarch Constabulary", True),
        ("demo-northmarch", True),
        ("Kent Police", False),
        ("somewhere", True),
        ("unknown", True),
        ("", True),
    ],
)
def test_a_chief_officer_keeps_it_from_the_units_of_their_own_force(
    scene: Scene, force: str, blocked: bool
) -> None:
    subject = Subject("Alan Greaves", "", "Chief Constable", "", force)
    ref = scene.ready(a_report(subjects=(subject,)))
    assert (Obstacle.CLASH in scene.obstacles(ref)) is blocked


def test_a_unit_in_the_reports_own_text_keeps_it_here_and_in_how_it_is_handled_does_not(
    scene: Scene,
) -> None:
    names = "Information suggests that Northmarch professional standards warned him."
    ref = scene.keep(a_report(items=(an_item(names),)))
    assert Obstacle.CLASH in scene.obstacles(ref)
    handled = replace(a_report().items[0], conditions="For Northmarch professional standards.")
    scene.keep(a_report(ref=ref, items=(handled,), instruction="PSD only."))
    assert Obstacle.CLASH not in scene.obstacles(ref)


# -- only mentioned -----------------------------------------------------------------------------

MENTIONS = "I told PSD last year and nothing happened. He drives a white van."


def _say(scene: Scene, by: Desk, step: Step, of: Mentioned, whom: str = "") -> None:
    desk, mentioned = by, (CCU, of, whom)
    setting_aside.say(desk.station, desk.only(), scene.units, mentioned, step, "It is not.")
    scene.team.sync()


def test_two_people_may_say_that_a_unit_is_only_mentioned_until_the_reporter_writes_again(
    scene: Scene,
) -> None:
    writer = scene.writer
    writer.write(MENTIONS)
    scene.team.sync()
    scene.units = list_unit(scene.author, scene.unit, people=("Alan White",))
    ref = scene.ready()
    assert scene.obstacles(ref) == [Obstacle.CLASH]
    for of, whom in ((Mentioned.UNIT, ""), (Mentioned.NAME, "Alan White")):
        assert Obstacle.CLASH in scene.obstacles(ref)
        with pytest.raises(OwnProposal):
            _say(scene, scene.second, Step.AGREED, of, whom)
        _say(scene, scene.author, Step.PROPOSED, of, whom)
        with pytest.raises(OwnProposal):
            _say(scene, scene.author, Step.AGREED, of, whom)
        assert Obstacle.CLASH in scene.obstacles(ref)
        _say(scene, scene.second, Step.AGREED, of, whom)
    assert scene.obstacles(ref) == []
    told = [line for each in thread_of(scene.author.open()) for line in each.facts]
    assert any(line.endswith("may be the name of Alan White.") for line in told)
    scene.units = list_unit(scene.author, scene.unit, people=("Alan White", "Jo Van"))
    assert Obstacle.CLASH in scene.obstacles(ref)  # it was said of one name
    scene.units = list_unit(scene.author, scene.unit, people=("Alan White",))
    assert scene.obstacles(ref) == []
    _say(scene, scene.second, Step.WITHDRAWN, Mentioned.UNIT)
    assert Obstacle.CLASH in scene.obstacles(ref)
    _say(scene, scene.second, Step.PROPOSED, Mentioned.UNIT)
    _say(scene, scene.author, Step.AGREED, Mentioned.UNIT)
    assert scene.obstacles(ref) == []
    writer.write("It is one of them.")
    scene.team.sync()
    assert Obstacle.CLASH in scene.obstacles(ref)


def test_whom_it_is_about_is_never_only_mentioned(scene: Scene) -> None:
    scene.units = list_unit(scene.author, scene.unit, people=("Rowan Tait",))
    ref = scene.ready()
    assert scene.obstacles(ref) == [Obstacle.CLASH]
    for of, whom in ((Mentioned.NAME, "Rowan Tait"), (Mentioned.UNIT, ""), (Mentioned.CHIEF, "")):
        with pytest.raises(NotOpen):
            _say(scene, scene.author, Step.PROPOSED, of, whom)
        for number, desk in enumerate((scene.author, scene.second)):  # past the program
            step = Step.AGREED if number else Step.PROPOSED
            seen = newest_seen(desk.open())
            piece = Mention(None, CCU, of, whom, seen, step, "It is not.")
            record(desk.station, desk.only(), Work.MENTION, piece)
            scene.team.sync()
    assert scene.obstacles(ref) == [Obstacle.CLASH]


def test_a_units_question_is_not_put_to_the_reporter_in_its_own_words(scene: Scene) -> None:
    ref = scene.ready()
    scene.unit.open(scene.send(ref))
    scene.take(scene.unit.answer(ref, Says.QUESTION, "Which of the two yards was it?"))
    desk = scene.author
    with pytest.raises(MustReword):
        asking.reply(
            desk.station, desk.only(), Wording("Which of the two yards was it?", "en", "So."), None
        )


# -- files on their way -------------------------------------------------------------------------


def test_a_crash_before_the_file_leaves_a_record_and_sending_again_the_same_package(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = scene.ready()
    first = scene.send(ref)
    with monkeypatch.context() as broken:
        broken.setattr(durable.os, "fsync", _no_disk)
        with pytest.raises(NoSpace):
            durable.replace(tmp_path / "package", first)
    assert not (tmp_path / "package").exists()
    scene.author.close()
    again = scene.send(ref)
    scene.team.sync()
    releases = pieces(records_of(scene.author.open()), Release)
    assert len(releases) == 1
    one, other = (scene.unit.open(each) for each in (first, again))
    assert (one.package.hash, one.pdf) == (other.package.hash, other.pdf)
    assert releases[0][1].package == one.package.hash


def _no_disk(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_tampered_or_foreign_package_is_not_opened(
    scene: Scene, make_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    ref = scene.ready()
    data = bytearray(scene.send(ref))
    data[-1] ^= 1
    with pytest.raises(NotAPackage):
        scene.unit.open(bytes(data))
    elsewhere = a_unit(make_desk("elsewhere"), tmp_path / "elsewhere")
    with pytest.raises(NotAPackage):
        elsewhere.open(scene.send(ref))
    same_key = replace(elsewhere.file, secret=scene.unit.file.secret)  # another team's root
    elsewhere.file = same_key
    with pytest.raises(NotAPackage):
        elsewhere.open(scene.send(ref))


def test_an_answer_counts_once_for_its_own_package_and_by_the_unit_it_went_to(
    scene: Scene, tmp_path: Path
) -> None:
    ref = scene.ready()
    scene.unit.open(scene.send(ref))
    scene.team.sync()
    answer = scene.unit.answer(ref, Says.OUTCOME, "Nothing came of it.")
    scene.take(answer)
    with pytest.raises(TwiceAnswered):
        scene.take(answer)
    back = scene.unit.file.with_held(replace(scene.unit.file.find(ref), answered=0))
    scene.unit.file = back  # a unit whose file was put back to an old copy
    with pytest.raises(TwiceAnswered):
        scene.take(scene.unit.answer(ref, Says.OUTCOME, "Something else."))
    other = a_unit(scene.author, tmp_path / "other")
    other.file = other.file.with_held(scene.unit.file.find(ref))
    with pytest.raises(NotAPackage):
        scene.take(other.answer(ref, Says.ACKNOWLEDGED))
    with pytest.raises(NotAPackage):
        scene.take(b"dbx1 answer 1  \n" + bytes(3000))


def test_a_unit_that_was_taken_off_the_list_answers_no_more(scene: Scene) -> None:
    ref = scene.ready()
    scene.unit.open(scene.send(ref))
    scene.team.sync()
    answer = scene.unit.answer(ref, Says.ACKNOWLEDGED)
    scene.units = scene.units.without_unit(CCU)
    with pytest.raises(NotAPackage):
        scene.take(answer)


def test_an_answer_by_the_key_that_a_unit_has_renewed_since_is_taken_and_the_case_says_so(
    scene: Scene, tmp_path: Path
) -> None:
    ref = scene.ready()
    scene.unit.open(scene.send(ref))
    scene.team.sync()
    answer = scene.unit.answer(ref, Says.OUTCOME, "Nothing came of it.")
    scene.units = list_unit(scene.author, a_unit(scene.author, tmp_path / "renewed"))
    assert scene.take(answer).text == "Nothing came of it."
    shown = thread_of(scene.second.open())[-1]
    assert words.OLDER_KEY in shown.facts
    told = sending.answers_to(scene.second.open(), scene.standing(ref, scene.second))
    assert [each.text for each in told] == ["Nothing came of it."]
    with pytest.raises(TwiceAnswered):
        scene.take(answer)


def test_only_who_has_the_case_opens_what_comes_back(scene: Scene) -> None:
    ref = scene.ready()
    package = scene.unit.open(scene.send(ref)).package
    answer = scene.unit.answer(ref, Says.ACKNOWLEDGED)
    vault = scene.author.station.vault
    for each in (vault.analyst_secret, *vault.groups.values()):
        with pytest.raises(DoesNotOpen):
            open_package(Way.BACK, answer, each.keys, package.service)


def test_the_log_without_words_says_that_it_was_sent_and_not_what_or_to_whom(scene: Scene) -> None:
    ref = scene.ready()
    scene.send(ref)
    entries = [each.payload for each in scene.author.open().file.entries]
    recorded = [each for each in entries if isinstance(each, Recorded)]
    assert [each.work for each in recorded] == [
        "intelligence",
        "reading",
        "reading",
        "consent",
        "release",
    ]
    told = b"".join(each.to_bytes() for each in recorded)
    assert ref.encode() not in told
    assert CCU.encode() not in told
