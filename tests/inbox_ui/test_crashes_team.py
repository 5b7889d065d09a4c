"""A workstation that is gone while a case or a key changes hands: it finishes, and loses nothing.

Assigning, changing handlers, letting go, concluding, a new epoch, the end of one, and purging: each
with the workstation gone one step later each time (``fuse``). The last of the steps is none, so
that each of these is known to have no more. Then everybody syncs with an honest server.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from crypto.documents import Conclusion
from crypto.envelope import Chain
from crypto.keys import MailboxSecret
from inbox_ui import assigning
from inbox_ui.search.index import Index
from inbox_ui.summary import State
from tests.inbox_ui.conftest import Clock, Desk, Writer
from tests.inbox_ui.fuse import Fuse, Killed, laid
from tests.inbox_ui.kept import Kept
from tests.inbox_ui.staff import Staff, epochs, held, knows, opens
from tests.inbox_ui.team import id_of, opened
from tests.simulator import Row, Simulator

SAID = "Of Ann."
WHY = "Ours."
OVER = "Passed on."
DAYS = 10
"""A case is kept so long after its conclusion."""


@dataclass
class Office:
    """The founder, Ben and Cy, who read; and Ann, whose report is nobody's yet."""

    staff: Staff
    fuse: Fuse
    ann: Writer

    @property
    def first(self) -> Desk:
        return self.staff.first

    @property
    def ben(self) -> Desk:
        return self.staff.others["Ben"]

    @property
    def cy(self) -> Desk:
        return self.staff.others["Cy"]

    @property
    def desks(self) -> tuple[Desk, ...]:
        return self.first, self.ben, self.cy

    @property
    def server(self) -> Simulator:
        return self.staff.server

    @property
    def rows(self) -> list[Row]:
        """What the server has of the case."""
        mine = [row for row in self.server.rows if row.mailbox == self.ann.address]
        return [row for row in mine if row.body is not None]

    def settle(self) -> None:
        for _ in range(3):
            for desk in self.desks:
                assert desk.sync().troubles == []

    def die(self, desk: Desk, steps: int, most: int, act: Callable[[], object]) -> None:
        """``desk`` is gone after ``steps`` of ``act``; what is left lies on the disk.

        There are fewer than ``most``, so that one who tries each of ``range(most)`` tries all.
        """
        self.fuse.left, died = steps, False
        try:
            act()
        except Killed:
            died = True
        finally:
            self.fuse.left = None
            desk.close()
        assert died or steps > 0
        assert not died or steps < most - 1

    def assign(self) -> None:
        both = frozenset(map(id_of, (self.first, self.ben)))
        assigning.assign(self.first.station, self.first.only(), both, WHY)
        self.first.sync()

    def conclude(self) -> None:
        until = self.staff.clock() + timedelta(days=DAYS)
        rest = (Conclusion.REFERRED, until, OVER)
        assigning.conclude(self.first.station, self.first.only(), *rest)
        self.first.sync()

    def replace_ben(self) -> None:
        more, fewer = frozenset({id_of(self.cy)}), frozenset({id_of(self.ben)})
        rest = (more, fewer, "Ben is ill.")
        assigning.change_handlers(self.first.station, self.first.only(), *rest)
        self.first.sync()

    def pass_days(self, days: int) -> None:
        """The last of them has come, and nobody has synced on it."""
        self.staff.clock.go(days)
        self.server.today = self.staff.clock()


@pytest.fixture
def office(desk: Desk, clock: Clock, kept: Kept) -> Iterator[Office]:
    staff = Staff(desk, clock)

    def make() -> MailboxSecret:
        for name in ("Ben", "Cy"):
            staff.hire(name).sync()
        ann = staff.write(SAID)
        Office(staff, Fuse(), ann).settle()
        return ann.secret

    ann = Writer(desk.server, staff.kept(kept, "office", make))
    with laid(Fuse(), desk.server) as fuse:
        yield Office(staff, fuse, ann)
    staff.close()


def _is_open_to(office: Office, *readers: Desk) -> None:
    """All that the server has of the case, to these and to nobody else."""
    for desk in office.desks:
        found = opened(held(desk), office.rows, [each.signed for each in office.server.team.grants])
        if desk in readers:
            assert found == office.rows
            assert desk.only().is_whole
            assert SAID in desk.texts()
        else:
            assert found == []


def _loses_nothing(office: Office, *desks: Desk) -> None:
    """As it is when one of them is gone: somebody's vault still opens each envelope."""
    found = {row.id for desk in desks for row in opened(held(desk), office.rows)}
    assert found == {row.id for row in office.rows}


def _times(desk: Desk, words: str) -> int:
    """How often the case's log says so."""
    return sum(each.words == words for each in desk.open().file.of(Chain.CASE))


def _once(office: Office, words: str, act: Callable[[], None]) -> None:
    """It was done, or is done now."""
    office.settle()
    if not _times(office.first, words):
        act()
        office.settle()
    assert _times(office.first, words) == 1


# -- whose case it is -----------------------------------------------------------------------------

ASSIGNING = 32


@pytest.mark.sampled(2)
@pytest.mark.parametrize("steps", range(ASSIGNING))
def test_an_assignment_is_made_once_and_locks_nobody_out(office: Office, steps: int) -> None:
    office.die(office.first, steps, ASSIGNING, office.assign)
    _loses_nothing(office, *office.desks)
    _once(office, WHY, office.assign)
    _is_open_to(office, office.first, office.ben)


CHANGING = 32


@pytest.mark.sampled(2)
@pytest.mark.parametrize("steps", range(CHANGING))
def test_handlers_are_changed_once_and_whoever_stays_opens_all_of_it(
    office: Office, steps: int
) -> None:
    office.assign()
    office.settle()
    office.die(office.first, steps, CHANGING, office.replace_ben)
    _loses_nothing(office, office.first)
    _once(office, "Ben is ill.", office.replace_ben)
    _is_open_to(office, office.first, office.cy)


LETTING_GO = 22


@pytest.mark.sampled(2)
@pytest.mark.parametrize("steps", range(LETTING_GO))
def test_whoever_a_case_was_taken_from_has_let_go_of_it_in_the_end(
    office: Office, steps: int
) -> None:
    office.assign()
    office.settle()
    office.replace_ben()
    office.die(office.ben, steps, LETTING_GO, office.ben.sync)
    office.settle()
    assert held(office.ben).cases == ()
    assert SAID not in office.ben.texts()
    _is_open_to(office, office.first, office.cy)


CONCLUDING = 18


@pytest.mark.sampled(2)
@pytest.mark.parametrize("steps", range(CONCLUDING))
def test_a_case_is_concluded_once_and_stays_open_to_its_handlers(
    office: Office, steps: int
) -> None:
    office.assign()
    office.settle()
    office.die(office.first, steps, CONCLUDING, office.conclude)
    _loses_nothing(office, office.first)
    _once(office, OVER, office.conclude)
    assert office.ben.only().state == State.CONCLUDED
    _is_open_to(office, office.first, office.ben)


# -- epochs ---------------------------------------------------------------------------------------

ROTATING = 52


@pytest.mark.sampled(2)
@pytest.mark.parametrize("steps", range(ROTATING))
def test_an_epoch_begins_once_and_what_is_written_then_is_opened_by_all(
    office: Office, steps: int
) -> None:
    office.pass_days(31)
    office.die(office.first, steps, ROTATING, office.first.sync)
    _loses_nothing(office, *office.desks)
    office.settle()
    assert office.server.directory.intake.epoch == 2
    office.ann.write("Of the second epoch.")
    office.settle()
    for desk in office.desks:
        assert (epochs(desk), held(desk).pending) == ([1, 2], None)
        assert opens(desk) == [SAID, "Of the second epoch."]
    _is_open_to(office, *office.desks)


ENDING = 40


@pytest.mark.sampled(2)
@pytest.mark.parametrize("steps", range(ENDING))
def test_an_epoch_ends_for_good_and_what_was_left_in_it_is_opened_with_the_next(
    office: Office, steps: int
) -> None:
    old = office.server.directory.intake_card.id
    office.staff.go(31, *office.desks)
    office.settle()
    office.staff.go(16, *office.desks)
    office.pass_days(1)
    office.die(office.first, steps, ENDING, office.first.sync)
    _loses_nothing(office, *office.desks)
    office.settle()
    assert not any(knows(desk, old) for desk in office.desks)
    assert {analyst for analyst, group in office.server.team.erased if group == old} == {
        id_of(desk) for desk in office.desks
    }
    assert all(old not in row.wraps for row in office.server.rows)
    _is_open_to(office, *office.desks)


# -- purging --------------------------------------------------------------------------------------

PURGING = 36


@pytest.fixture
def over(office: Office) -> Office:
    """Ann's case is concluded, read for the search, and its last day is over."""
    office.assign()
    office.settle()
    file = office.first.open().file
    office.first.station.archive.outbox.put(office.first.station.analyst.receipt(file))
    office.settle()
    office.conclude()
    office.settle()
    office.staff.go(DAYS, *office.desks)
    office.pass_days(1)
    for desk in (office.first, office.ben):
        desk.station.refresh()
        Index().follow(desk.station)
        assert _index_files(desk)
    return office


@pytest.mark.sampled(2)
@pytest.mark.parametrize("steps", range(PURGING))
def test_a_purge_that_was_begun_leaves_nothing_of_the_case(over: Office, steps: int) -> None:
    traces = _traces(over)
    assert _left(over.first, traces) == traces
    _purge(over, over.first, steps, traces)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("steps", range(PURGING))
def test_a_purge_that_another_has_begun_leaves_nothing_of_the_case(
    over: Office, steps: int
) -> None:
    """The second handler's workstation is gone: the server had purged it before."""
    traces = _traces(over)
    over.first.sync()
    _purge(over, over.ben, steps, traces)


def _purge(office: Office, desk: Desk, steps: int, traces: list[bytes]) -> None:
    office.die(desk, steps, PURGING, desk.sync)
    if office.rows:  # not purged there: then it is nowhere
        _loses_nothing(office, office.first)
        _loses_nothing(office, office.ben)
    office.settle()
    assert [row for row in office.server.rows if row.mailbox == office.ann.address] == []
    for each in (office.first, office.ben):
        assert each.cases() == []
        assert held(each).cases == ()
        assert each.station.archive.leaving.all() == {}
        assert each.station.archive.outbox.items() == ()
        assert _index_files(each) == []
        assert _left(each, traces) == []


def _left(desk: Desk, traces: list[bytes]) -> list[bytes]:
    """What of ``traces`` is in any file of a workstation."""
    desk.close()
    files = [path.read_bytes() for path in desk.folder.path.rglob("*") if path.is_file()]
    return [trace for trace in traces if any(trace in content for content in files)]


def _traces(office: Office) -> list[bytes]:
    """Bytes that only a file with something of the case has: whose it is, and what it holds."""
    rows = office.rows
    assert rows
    bodies = [row.body[:64] for row in rows if row.body is not None]
    return [office.ann.address, *(row.id for row in rows), *bodies]


def _index_files(desk: Desk) -> list[str]:
    folder = desk.folder.index
    return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
