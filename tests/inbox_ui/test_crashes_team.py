"""A workstation that is gone in the middle of what a team does: the next one finishes it, and
nothing is lost. Each is killed one step later than the one before (``test_crashes``)."""

from collections.abc import Callable, Iterator

import pytest

from crypto.documents import Report
from crypto.envelope import Chain
from inbox_ui import assigning
from inbox_ui.summary import State
from tests.inbox_ui.conftest import Clock, Desk, Writer
from tests.inbox_ui.staff import Staff, held
from tests.inbox_ui.team import Colleagues, Copies, id_of
from tests.inbox_ui.test_crashes import Fuse, Killed, fuse
from tests.inbox_ui.test_epochs import epochs
from tests.inbox_ui.test_purging import ann, copies, team

__all__ = ["ann", "copies", "fuse", "team"]
STEPS = pytest.mark.parametrize("steps", range(32))


def _dies(fuse: Fuse, desk: Desk, steps: int, act: Callable[[], object]) -> bool:
    """Whether it was gone before ``act`` was done. Whoever comes next opens what is on the disk."""
    fuse.left = steps
    try:
        act()
    except Killed:
        return True
    finally:
        fuse.left = None
        desk.close()
    return False


@pytest.mark.sampled(4)
@STEPS
def test_a_purge_that_is_interrupted_is_finished_and_leaves_nothing(
    team: Colleagues, ann: Writer, copies: Copies, fuse: Fuse, steps: int
) -> None:
    desk, server = team.first, team.first.server
    desk.clock.go(11)
    server.today = desk.clock()
    _dies(fuse, desk, steps, desk.sync)
    for each in (desk, team.desks["bo"], desk):
        each.sync()
    assert [row for row in server.rows if row.mailbox == ann.address] == []
    for each in (desk, team.desks["bo"]):
        station = each.station
        assert each.cases() == []
        assert station.vault.cases == ()
        assert station.archive.leaving.all() == {}
        assert station.archive.mailboxes() == []
        assert station.archive.outbox.items() == ()
        assert not each.folder.index.exists() or list(each.folder.index.iterdir()) == []


@pytest.mark.sampled(4)
@STEPS
def test_an_assignment_that_is_interrupted_is_made_once_or_not_at_all(
    team: Colleagues, fuse: Fuse, steps: int
) -> None:
    desk, bo = team.first, team.desks["bo"]
    writer = Writer(desk.server)
    writer.write("One.")
    team.sync()
    handlers = frozenset({id_of(bo)})

    def act() -> None:
        assigning.assign(desk.station, desk.only(), handlers, "Yours.")
        desk.sync()

    died = _dies(fuse, desk, steps, act)
    for each in (desk, bo, desk, bo):
        assert each.sync().troubles == []
    if bo.open().file.group is None:
        assert died, "done, and not there"
        act()
        team.sync()
    file = bo.open().file
    assert file.handlers == handlers
    assert file.handling.number == 1
    assert bo.texts()[0] == "One."
    assert bo.only().is_whole
    assert desk.only().state == State.LOCKED
    writer.write("Two.")
    team.sync()
    assert "Two." in bo.texts()


@pytest.fixture
def staff(desk: Desk, clock: Clock) -> Iterator[Staff]:
    """The founder and Ben, who both read new reports."""
    staff = Staff(desk, clock)
    staff.hire("Ben").sync()
    for each in (desk, staff.others["Ben"]):
        each.sync()
    yield staff
    staff.close()


@pytest.mark.sampled(4)
@STEPS
def test_a_new_epoch_that_is_interrupted_begins_once_and_everybody_has_it(
    staff: Staff, fuse: Fuse, steps: int
) -> None:
    first, ben = staff.first, staff.others["Ben"]
    staff.write("Before.")
    first.sync()
    staff.clock.go(31)
    staff.server.today = staff.clock()
    _dies(fuse, first, steps, first.sync)
    for each in (first, ben, first, ben):
        each.sync()
    assert staff.server.directory.intake.epoch == 2
    assert held(first).pending is None
    staff.write("After.")
    for each in (first, ben):
        assert each.sync().troubles == []
        assert epochs(each)[-1] == 2
        assert _read_here(each) == {"Before.", "After."}


@pytest.mark.sampled(4)
@STEPS
def test_the_end_of_an_epoch_that_is_interrupted_erases_its_key_and_loses_no_report(
    staff: Staff, fuse: Fuse, steps: int
) -> None:
    first, ben = staff.first, staff.others["Ben"]
    staff.write("Before.")
    staff.go(31, first, ben)
    staff.go(10, first, ben)
    staff.clock.go(8)
    staff.server.today = staff.clock()
    _dies(fuse, first, steps, first.sync)
    for each in (first, ben, first, ben):
        each.sync()
    for each in (first, ben):
        assert epochs(each) == [2]
        assert _read_here(each) == {"Before."}


def _read_here(desk: Desk) -> set[str]:
    """The words of every report that opens."""
    files = [desk.open(case).file for case in desk.cases()]
    payloads = [entry.payload for file in files for entry in file.of(Chain.REPORTER)]
    return {each.text for each in payloads if isinstance(each, Report)}
