"""A workstation that is gone in the middle of a piece of casework: all of it or nothing, and once.

Each action is done again and again, and each time the workstation is gone one step later: before a
write of the archive is kept, before a request arrives and behind it, before a file has its name and
behind it. The next sync of what is left on the disk finishes it, or it is done anew.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from crypto.documents import Receipt
from crypto.envelope import Chain
from inbox_ui import casework, recipients, unit_file
from inbox_ui.errors import LinkedAlready, TwiceAnswered
from inbox_ui.pages.sealing import seal, write_files
from inbox_ui.unit_file import UnitFile
from inbox_ui.work import asking, questions, sending
from inbox_ui.work.asking import Wording
from inbox_ui.work.assessing import newest_assessment
from inbox_ui.work.correspondence import Cleared, Outcome, digest_of
from inbox_ui.work.drafting import begin
from inbox_ui.work.intelligence import Draft, Intelligence, Pool, Reading, Release, Says, Tick
from inbox_ui.work.linking import link, linked
from inbox_ui.work.pieces import CaseLink, Escalation, Mark, MarkKind, Marks, Work
from inbox_ui.work.policy import Policy, Second
from inbox_ui.work.recording import record
from inbox_ui.work.records import newest_id, pieces, records_of
from tests.inbox_ui.conftest import PASSPHRASE, TODAY, Desk, Writer
from tests.inbox_ui.fuse import Fuse, Killed, laid
from tests.inbox_ui.intelligence import a_report
from tests.inbox_ui.kept import Kept
from tests.inbox_ui.test_commands import Ran, run
from tests.inbox_ui.test_release import SAID, Scene, make_scene
from tests.inbox_ui.units import CCU, a_unit

__all__ = ["run"]
MOST = 400
"""Steps that no action has."""


@pytest.fixture
def fuse(desk: Desk) -> Iterator[Fuse]:
    with laid(Fuse(), desk.server) as fuse:
        yield fuse


@pytest.fixture
def ann(desk: Desk) -> Writer:
    return Writer(desk.server)


@pytest.fixture
def scene(
    desk: Desk, make_desk: Callable[..., Desk], ann: Writer, kept: Kept, tmp_path: Path
) -> Scene:
    scene = make_scene(desk, make_desk, kept, tmp_path / "unit")
    ann.secret = scene.writer.secret
    return scene


@dataclass
class Sweep:
    """Kills ``desk`` at each step of an action. The action is told a mark that it has to write."""

    fuse: Fuse
    desk: Desk

    def over(self, act: Callable[[str], object], count: Callable[[str], int]) -> list[str]:
        """The marks that were written, each once: ``count`` says how often. The last one was not
        killed; of the others some were."""
        written = []
        for number in range(MOST):
            mark = f"mark{number}x{secrets.token_hex(4)}"
            died = self.dies(number, partial(act, mark))
            found = count(mark)
            assert found == 1 or (died and found == 0), number
            written += [mark] * found
            if not died:
                assert self.desk.only().is_whole
                assert number > len(written) - 1 or number == 0
                return written
        raise AssertionError

    def dies(self, steps: int, act: Callable[[], object]) -> bool:
        """Whether it was gone before ``act`` was done. The next one opens what lies on the disk."""
        self.fuse.left = steps
        try:
            act()
        except Killed:
            return True
        finally:
            self.fuse.left = None
            self.desk.close()
        return False


@pytest.fixture
def sweep(scene: Scene, fuse: Fuse) -> Sweep:
    return Sweep(fuse, scene.author)


def _written(desk: Desk, mark: str) -> int:
    """How many entries of the case's log say ``mark``."""
    return sum(mark in (each.words or "") for each in desk.open().file.of(Chain.CASE))


# -- what is one entry of the case ----------------------------------------------------------------


def _assess(scene: Scene, mark: str) -> None:
    desk = scene.author
    piece = replace(newest_assessment(desk.open()), remark=mark)
    record(desk.station, desk.only(), Work.ASSESSMENT, piece)


def _escalate(scene: Scene, mark: str) -> None:
    desk = scene.author
    after = newest_id(records_of(desk.open()), Work.ESCALATION)
    piece = Escalation(after, over=False, danger=mark, called="", when="", said="")
    record(desk.station, desk.only(), Work.ESCALATION, piece)


def _ask_for_a_force(scene: Scene, mark: str) -> None:
    desk = scene.author
    questions.add_question(desk.station, desk.only(), questions.Asked("PSD", TODAY, mark))


def _draft(scene: Scene, mark: str) -> None:
    asking.write_draft(scene.author.station, scene.author.only(), Wording(mark, "en"), None)


def _keep_a_report(scene: Scene, mark: str) -> None:
    draft = Draft(None, a_report(checks=mark), Pool.MORE, None)
    sending.keep(scene.author.station, scene.author.only(), draft)


def _withdraw(scene: Scene, mark: str) -> None:
    ref = a_report().ref
    if _written(scene.author, ref) == 0:
        _keep_a_report(scene, "")
    sending.withdraw(scene.author.station, scene.author.only(), ref, mark)


def _mark(scene: Scene, mark: str) -> None:
    desk = scene.author
    first = desk.open().file.entries[0]
    at = SAID.index("envelope")
    place = (first.id, "", at, at + len("envelope"))
    piece = Marks(None, (Mark(MarkKind.PLACE, "envelope", mark, *place, dropped=False),))
    record(desk.station, desk.only(), Work.MARKS, piece)


def _say_what_became_of_a_question(scene: Scene, mark: str) -> None:
    desk = scene.author
    asked = questions.Asked("PSD", TODAY, "Which yard?")
    with_name = questions.add_question(desk.station, desk.only(), asked)
    rest = (with_name, Outcome.DECLINED, mark)
    questions.mark_question(desk.station, desk.only(), *rest)


WRITES: dict[str, Callable[[Scene, str], None]] = {
    "assessment": _assess,
    "risk to life": _escalate,
    "question of a force": _ask_for_a_force,
    "draft of a reply": _draft,
    "version of a report": _keep_a_report,
    "withdrawal": _withdraw,
    "marks": _mark,
    "what became of a question": _say_what_became_of_a_question,
}


@pytest.mark.parametrize("action", WRITES)
def test_what_was_written_is_there_whole_or_not_at_all(
    scene: Scene, sweep: Sweep, action: str
) -> None:
    """Without a server: what is in the outbox is there. It is delivered as everything is."""
    desk = scene.author
    written = sweep.over(lambda mark: WRITES[action](scene, mark), partial(_written, desk))
    scene.team.sync()
    assert [_written(scene.second, mark) for mark in written] == [1] * len(written)


def test_what_was_read_of_a_report_is_there_whole_or_not_at_all(scene: Scene, sweep: Sweep) -> None:
    desk = scene.author

    def act(mark: str) -> None:
        with sweep.fuse.out():
            _keep_a_report(scene, mark)
        sending.read(desk.station, desk.only(), a_report().ref, tuple(Tick))

    def count(mark: str) -> int:
        wanted = a_report(checks=mark).hash
        found = [each for _, each in pieces(records_of(desk.open()), Reading)]
        assert all(each.ticks == tuple(sorted(Tick)) for each in found)
        return sum(each.report == wanted for each in found)

    sweep.over(act, count)


def test_a_consent_is_there_whole_or_not_at_all(scene: Scene, fuse: Fuse) -> None:
    bo, [report] = scene.second, _ready(scene, 1)

    def act(mark: str) -> None:
        sending.consent(bo.station, bo.only(), report.ref, report.hash, mark)

    written = Sweep(fuse, bo).over(act, partial(_written, bo))
    scene.team.sync()
    assert [_written(scene.author, mark) for mark in written] == [1] * len(written)
    assert set(scene.standing(report.ref).consents) == {bo.station.analyst.card.id}


def test_a_small_pool_is_never_widened_without_its_reason(scene: Scene, sweep: Sweep) -> None:
    desk, ref = scene.author, a_report().ref

    def act(mark: str) -> None:
        with sweep.fuse.out():
            sending.keep(desk.station, desk.only(), Draft(None, a_report(), Pool.FEW, None))
        more = Draft(None, a_report(checks=mark), Pool.MORE, None)
        sending.keep(desk.station, desk.only(), more, "Many were told.")

    def count(mark: str) -> int:
        standing = scene.standing(ref)
        assert standing.current.draft.pool is Pool.FEW or standing.widened
        return int(standing.current.draft.report.checks == mark)

    sweep.over(act, count)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("steps", range(6))
def test_two_cases_are_linked_from_both_sides_once_it_is_done_again(
    scene: Scene, fuse: Fuse, ann: Writer, steps: int
) -> None:
    desk = scene.author
    [one] = desk.cases()
    Writer(desk.server).write("Another report.")
    scene.team.sync()

    def act() -> None:
        here = {each.mailbox: each for each in desk.cases()}
        [other] = [each for key, each in here.items() if key != one.mailbox]
        link(desk.station, here[one.mailbox], other, "The same officer.")

    Sweep(fuse, desk).dies(steps, act)
    with suppress(LinkedAlready):
        act()
    scene.team.sync()
    for case in scene.second.cases():
        opened = scene.second.open(case)
        assert [each.both for each in linked(scene.second.station, opened)] == [True]
        assert len(pieces(records_of(opened), CaseLink)) == 1


# -- what the reporter is told --------------------------------------------------------------------


def test_a_message_is_acknowledged_once(scene: Scene, sweep: Sweep, ann: Writer) -> None:
    desk = scene.author

    def act(mark: str) -> None:
        with sweep.fuse.out():
            ann.write(mark)
            desk.sync()
        casework.acknowledge(desk.station, desk.only(), desk.open().file.newest_read)

    def count(mark: str) -> int:
        case = desk.open().file
        [said] = [each.seq for each in case.of(Chain.REPORTER) if _text(each) == mark]
        receipts = [each.payload for each in case.of(Chain.TEAM)]
        acks = [each.ack.seq for each in receipts if isinstance(each, Receipt) and each.ack]
        return acks.count(said)

    sweep.over(act, count)


def test_a_reply_goes_out_once_and_never_without_the_reason_it_needed(
    scene: Scene, sweep: Sweep, ann: Writer
) -> None:
    """From the first word in the outbox to the last answer of the server."""
    desk = scene.author

    def act(mark: str) -> None:
        wording = Wording(f"Please find out. {mark}", "en", "Advice was taken.")
        asking.reply(desk.station, desk.only(), wording, None)
        desk.sync()

    def count(mark: str) -> int:
        assert desk.sync().troubles == []
        told = [each for each in ann.replies() if mark in each]
        reasons = {each.reply for _, each in pieces(records_of(desk.open()), Cleared)}
        assert {digest_of(each) for each in told} <= reasons
        return len(told)

    assert len(sweep.over(act, count)) > 5


def test_an_approved_draft_goes_out_once(scene: Scene, sweep: Sweep) -> None:
    desk, bo = scene.author, scene.second
    Policy(Second.ALWAYS, 3).save(desk.folder.asking)

    def name(at: Desk, mark: str) -> str:
        found = asking.drafts(at.station, at.open())
        return next(each.name for each in found if each.draft.text == mark)

    def act(mark: str) -> None:
        with sweep.fuse.out():
            _draft(scene, mark)
            scene.team.sync()
            asking.approve_draft(bo.station, bo.only(), name(bo, mark), "", approved=True)
            scene.team.sync()
        asking.send_draft(desk.station, desk.only(), name(desk, mark))

    def count(mark: str) -> int:
        return sum(_text(each) == mark for each in desk.open().file.of(Chain.TEAM))

    sweep.over(act, count)


def _text(entry: object) -> str:
    return str(getattr(getattr(entry, "payload", None), "text", ""))


# -- release --------------------------------------------------------------------------------------


def test_no_package_lies_there_whose_release_the_server_has_not_and_sending_again_writes_it(
    scene: Scene, fuse: Fuse, run: Callable[..., Ran], tmp_path: Path
) -> None:
    """The command, killed at every step from the record in the outbox to the file's name."""
    desk, into, case = scene.author, tmp_path / "packages", scene.author.only().name
    reports = _ready(scene, 22)
    looked = _steps(fuse, partial(run, "sync"))  # what comes before the first step of a release
    for number, report in enumerate(reports):
        arguments = ("intelligence", "send", case, report.ref, "--into", into)
        died = Sweep(fuse, desk).dies(looked + number, partial(run, *arguments))
        package = into / f"{report.ref}-{CCU}.package"
        if package.exists():
            assert report.ref in _released(scene.second), number
            assert scene.unit.open(package.read_bytes()).package.report == report
        if not died:
            break
    assert 5 < number < len(reports) - 1
    desk.sync()
    for report in reports[: number + 1]:
        assert scene.unit.open(scene.send(report.ref)).package.report == report
    desk.sync()
    assert sorted(_released(scene.second)) == sorted(each.ref for each in reports[: number + 1])


@pytest.mark.sampled(2)
@pytest.mark.parametrize("steps", range(20))
def test_send_due_writes_what_a_crash_kept_from_being_written(
    scene: Scene, fuse: Fuse, run: Callable[..., Ran], tmp_path: Path, steps: int
) -> None:
    """Wherever it was gone, the next one writes the file, and then nothing is due."""
    desk, into = scene.author, tmp_path / "packages"
    [report] = _ready(scene, 1)
    looked, again = _steps(fuse, partial(run, "sync")), ("intelligence", "send-due", "--into", into)
    died = Sweep(fuse, desk).dies(looked + steps, partial(run, *again))
    package = into / f"{report.ref}-{CCU}.package"
    assert died or package.exists()
    whole = package.read_bytes() if package.exists() else None
    assert run(*again).code == 0
    assert scene.unit.open(package.read_bytes()).package.report == report
    assert whole is None or scene.unit.open(whole).package.report == report
    package.unlink()
    assert run(*again).code == 0
    assert not package.exists(), "it is sent once"
    assert _released(scene.second) == [report.ref]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("steps", range(16))
def test_sealing_on_the_pages_leaves_nothing_that_sealing_again_does_not_finish(
    scene: Scene, fuse: Fuse, tmp_path: Path, steps: int
) -> None:
    """What the pages do at the desk, with a sync between the record and the file."""
    desk, into, [report] = scene.author, tmp_path / "packages", _ready(scene, 1)
    name, package = desk.only().name, into / f"{report.ref}-{CCU}.package"

    def act() -> None:
        desk.sync()
        sealed = seal(desk.station, name, report.ref, desk.folder)
        desk.sync()
        write_files(desk.station, name, sealed, into)

    died = Sweep(fuse, desk).dies(steps, act)
    desk.sync()
    if package.exists():
        assert report.ref in _released(scene.second)
    case, found = desk.open(), scene.standing(report.ref)
    if died and not package.exists():
        assert sending.sent_to(desk.station, case, found) == frozenset()
    act()
    assert scene.unit.open(package.read_bytes()).package.report == report
    assert sending.sent_to(desk.station, desk.open(), scene.standing(report.ref)) == {CCU}
    assert _released(scene.second) == [report.ref]


# -- the list of units, and a unit ----------------------------------------------------------------


def test_a_unit_is_on_the_list_or_not_and_adding_it_again_lists_it_once(
    scene: Scene, fuse: Fuse, run: Callable[..., Ran], tmp_path: Path
) -> None:
    desk, card = scene.author, tmp_path / "card"
    for steps in range(MOST):
        new, name = a_unit(desk, tmp_path / "new"), f"unit{steps}"
        card.write_bytes(unit_file.card_of(new.file))
        typed = ("--fingerprint", new.file.unit.keys.card.fingerprint)
        said = ("--id", name, "--kind", "ccu", "--yes")
        add = partial(run, "recipients", "add", card, *typed, *said)
        before = recipients.units_of(desk.station, desk.folder)
        died = Sweep(fuse, desk).dies(steps, add)
        after = recipients.units_of(desk.station, desk.folder)
        assert after == before or after.find(name) is not None
        assert add().code == 0
        listed = [each.id for each in recipients.units_of(desk.station, desk.folder).units]
        assert sorted(listed) == sorted([CCU, *(f"unit{each}" for each in range(steps + 1))])
        if not died:
            assert steps > 0
            return
    raise AssertionError


@dataclass
class Receiving:
    """A unit's file on a disk, and its commands."""

    run: Callable[..., Ran]
    key: Path
    phrase: Path
    into: Path

    def do(self, *arguments: str | Path) -> Ran:
        own = ("--unit", self.key, "--passphrase-file", self.phrase)
        return self.run("recipient", *arguments, *own, place=False)

    @property
    def file(self) -> UnitFile:
        return unit_file.read(self.key, PASSPHRASE)


@pytest.fixture
def receiving(scene: Scene, run: Callable[..., Ran], tmp_path: Path) -> Receiving:
    key, phrase = tmp_path / "key", tmp_path / "phrase"
    phrase.write_bytes(PASSPHRASE.expose() + b"\n")
    unit_file.create(key, scene.unit.file, PASSPHRASE, secrets.token_bytes)
    return Receiving(run, key, phrase, tmp_path / "reports")


def test_a_package_that_a_unit_was_opening_is_opened_again(
    scene: Scene, fuse: Fuse, receiving: Receiving, tmp_path: Path
) -> None:
    source, ref = tmp_path / "package", scene.ready()
    source.write_bytes(scene.send(ref))
    for steps in range(MOST):
        opening = partial(receiving.do, "open", source, "--into", receiving.into)
        died = Sweep(fuse, scene.author).dies(steps, opening)
        assert len(receiving.file.held) <= 1
        assert opening().code == 0
        assert [each.ref for each in receiving.file.held] == [ref]
        assert (receiving.into / f"{ref}.json").read_bytes() == a_report(ref=ref).to_bytes()
        if not died:
            assert steps > 3
            return
        unit_file.write(receiving.key, scene.unit.file, PASSPHRASE, secrets.token_bytes)
    raise AssertionError


def test_every_answer_that_a_unit_wrote_is_taken_in_once(
    scene: Scene, fuse: Fuse, receiving: Receiving, tmp_path: Path
) -> None:
    """A number may be missing: what has it was never written."""
    source, ref, desk = tmp_path / "package", scene.ready(), scene.author
    source.write_bytes(scene.send(ref))
    scene.team.sync()
    assert receiving.do("open", source, "--into", receiving.into).code == 0
    for steps in range(MOST):
        outs = [tmp_path / f"answer{steps}{each}" for each in "ab"]
        died = Sweep(fuse, desk).dies(steps, partial(receiving.do, "answer", ref, "--out", outs[0]))
        assert receiving.do("answer", ref, "--out", outs[1]).code == 0
        written = [each for each in outs if each.exists()]
        for out in written:
            scene.take(out.read_bytes())
            with pytest.raises(TwiceAnswered):
                scene.take(out.read_bytes())
        if not died:
            assert written == outs
            assert steps > 1
            return
    raise AssertionError


def _steps(fuse: Fuse, act: Callable[[], object]) -> int:
    fuse.left = MOST
    act()
    steps, fuse.left = MOST - fuse.left, None
    return steps


def _ready(scene: Scene, count: int) -> list[Intelligence]:
    """Reports that two have agreed to."""
    desk, bo = scene.author, scene.second
    reports = [a_report(ref=begin(TODAY, bytes([n]) * 32).ref) for n in range(count)]
    for report in reports:
        sending.keep(desk.station, desk.only(), Draft(None, report, Pool.MORE, None))
        sending.read(desk.station, desk.only(), report.ref, tuple(Tick))
    scene.team.sync()
    for report in reports:
        sending.read(bo.station, bo.only(), report.ref, tuple(Tick))
        sending.consent(bo.station, bo.only(), report.ref, report.hash, "")
    scene.team.sync()
    return reports


def _released(desk: Desk) -> list[str]:
    """What the log says was sealed, as a colleague gets it from the server."""
    desk.sync()
    return [each.ref for _, each in pieces(records_of(desk.open()), Release)]


def test_a_units_answer_is_taken_in_once(scene: Scene, sweep: Sweep) -> None:
    ref = scene.ready()
    scene.unit.open(scene.send(ref))
    scene.team.sync()

    def act(mark: str) -> None:
        answer = scene.unit.answer(ref, Says.QUESTION, mark)
        desk = scene.author
        sending.take_answer(desk.station, desk.only(), answer, "answer", scene.units)

    sweep.over(act, partial(_written, scene.author))
