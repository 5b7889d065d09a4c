"""What a server and those who left try, so that a case is destroyed too early or comes back."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from crypto.documents import Conclusion
from crypto.envelope import Chain
from crypto.keys import GroupSecret
from crypto.outgoing import Outgoing
from crypto.roster import Duty
from dropbox.wire import Fault
from inbox_ui import assigning, membership
from inbox_ui.errors import EndedByNobody, KeptInDoubt, NotPurged, PurgedLater
from inbox_ui.membership import Change
from inbox_ui.publishing import sign_next
from tests.inbox_ui.conftest import TODAY, Clock, Desk, Writer
from tests.inbox_ui.staff import Staff, acknowledge, assign, held, hire, settle
from tests.inbox_ui.team import id_of
from tests.simulated_team import Given, No
from tests.simulator import Answer, Asked, Row

LAST = TODAY + timedelta(days=10)


@pytest.fixture
def staff(desk: Desk, clock: Clock) -> Iterator[Staff]:
    people = Staff(desk, clock)
    desk.sync()
    yield people
    people.close()


def _conclude(desk: Desk) -> None:
    assigning.conclude(desk.station, desk.only(), Conclusion.REFERRED, LAST, "Passed on.")


def _ended(staff: Staff, *others: Desk) -> Writer:
    """A case that is assigned to the founder and ``others``, answered and concluded."""
    ann, everybody = staff.write("One."), (staff.first, *others)
    settle(*everybody)
    assign(staff.first, *others)
    settle(*everybody)
    acknowledge(staff.first)
    settle(*everybody)
    _conclude(staff.first)
    settle(*everybody)
    return ann


def _go(staff: Staff, days: int) -> None:
    """Days pass. On the last the founder signs a directory, and nobody purges anything yet."""
    staff.clock.go(days)
    staff.server.today = staff.clock()
    staff.server.signed = sign_next(staff.first.station)
    staff.first.station.archive.directories.remember(staff.server.signed)


def _forged_end(desk: Desk, staff: Staff) -> tuple[Outgoing, ...]:
    """What somebody signs who has kept the keys: that the case should have gone yesterday."""
    yesterday = staff.clock() - timedelta(days=1)
    return desk.station.analyst.conclude(desk.open().file, Conclusion.OTHER, yesterday, "")


# -- who says so --------------------------------------------------------------------------------


LEAVING: dict[str, Callable[[Clock], Change]] = {
    "removed": lambda clock: membership.remove("Eve", clock(), lost=True),
    "suspended": lambda clock: membership.set_suspended("Eve", suspended=True),
    "auditor": lambda clock: membership.set_duties("Eve", (Duty.AUDITOR,), intake=False),
}


@pytest.mark.parametrize("how", list(LEAVING))
def test_who_may_read_no_more_has_no_unassigned_case_purged_with_an_old_key(
    staff: Staff, how: str
) -> None:
    eve = hire(staff, "Eve")
    staff.write("A report.")
    settle(staff.first, eve)
    acknowledge(staff.first)
    settle(staff.first, eve)
    staff.change(LEAVING[how](staff.clock))
    staff.first.sync()
    staff.server.put(*_forged_end(eve, staff))
    for _ in range(2):
        assert staff.first.sync().purged == 0
    assert "A report." in staff.first.texts()


def test_a_handler_who_left_has_no_case_purged_until_a_colleague_ends_it_again(
    staff: Staff,
) -> None:
    eve = hire(staff, "Eve")
    staff.write("A report.")
    settle(staff.first, eve)
    assign(staff.first, eve)
    settle(staff.first, eve)
    acknowledge(staff.first)
    settle(staff.first, eve)
    staff.change(membership.remove("Eve", staff.clock(), lost=True))
    staff.first.sync()
    staff.server.put(*_forged_end(eve, staff))
    staff.first.sync()
    _go(staff, 8)  # behind the days in which colleagues hear of an end
    for _ in range(2):
        outcome = staff.first.sync()
        assert outcome.purged == 0
        assert EndedByNobody in map(type, outcome.troubles)
    assert "A report." in staff.first.texts()
    assert held(staff.first).cases != ()
    _conclude(staff.first)
    staff.first.sync()
    _go(staff, 11)
    assert staff.first.sync().purged == 1


def test_a_handler_who_left_does_not_end_a_hold_with_an_old_key(staff: Staff) -> None:
    eve = hire(staff, "Eve")
    _ended(staff, eve)
    assigning.hold(staff.first.station, staff.first.only(), LAST + timedelta(days=90), "A court.")
    settle(staff.first, eve)
    staff.change(membership.remove("Eve", staff.clock(), lost=True))
    staff.first.sync()
    staff.server.put(eve.station.analyst.hold(eve.open().file, None, ""))
    _go(staff, 11)
    for _ in range(2):
        assert staff.first.sync().purged == 0
    assert "One." in staff.first.texts()


def test_a_case_goes_on_its_day_though_who_ended_it_has_left_since(staff: Staff) -> None:
    eve = hire(staff, "Eve")
    staff.write("One.")
    settle(staff.first, eve)
    assign(eve, staff.first)
    settle(staff.first, eve)
    acknowledge(eve)
    settle(staff.first, eve)
    _conclude(eve)
    settle(staff.first, eve)
    staff.change(membership.remove("Eve", staff.clock(), lost=False))
    _go(staff, 11)
    outcome = staff.first.sync()
    assert (outcome.purged, outcome.troubles) == (1, [])
    assert staff.first.cases() == []


# -- what goes with an old intake group ---------------------------------------------------------


@pytest.mark.parametrize("how", list(LEAVING))
def test_who_left_has_no_report_lost_with_the_old_intake_key_by_assigning_it(
    staff: Staff, how: str
) -> None:
    """An ``assigned`` says that others have a case: what is theirs is not wrapped anew."""
    eve = hire(staff, "Eve")
    staff.write("A report.")
    settle(staff.first, eve)
    staff.change(LEAVING[how](staff.clock))
    staff.first.sync()
    group = GroupSecret.generate(secrets.token_bytes)
    pair = eve.station.analyst.assign(eve.open().file, group, {id_of(eve)}, "Mine.")
    staff.server.put(pair[1])  # and nothing of the handover, nor of whose the mailbox is
    staff.first.sync()
    old = staff.first.station.vault.intake[0].epoch
    for _ in range(9):
        _go(staff, 7)
        staff.first.sync()
    assert old not in [each.epoch for each in held(staff.first).intake]
    assert "A report." in staff.first.texts()


# -- what is hidden -----------------------------------------------------------------------------


def test_junk_at_the_place_of_a_hold_does_not_end_it(staff: Staff) -> None:
    _ended(staff)
    until = LAST + timedelta(days=365)
    assigning.hold(staff.first.station, staff.first.only(), until, "A court asks.")
    settle(staff.first)
    [*_, hold] = [row for row in staff.server.rows if row.chain == Chain.CASE]
    staff.server.add(_junk(hold))
    staff.first.sync()
    assert staff.first.only().hold == str(until)
    _go(staff, 11)
    for _ in range(2):
        assert staff.first.sync().purged == 0
    assert "One." in staff.first.texts()


def _junk(row: Row) -> Row:
    return replace(row, body=None, body_hash=secrets.token_bytes(32), wraps={})


@pytest.mark.parametrize("chain", [Chain.REPORTER, Chain.TEAM, Chain.CASE])
def test_a_case_with_anything_wrong_stays_and_is_named(staff: Staff, chain: Chain) -> None:
    _ended(staff)
    first = next(row for row in staff.server.rows if row.chain == chain)
    staff.server.add(_junk(first))
    _go(staff, 11)
    for _ in range(2):
        outcome = staff.first.sync()
        assert outcome.purged == 0
        assert [type(each) for each in outcome.troubles] == [KeptInDoubt]
    assert "One." in staff.first.texts()
    assert held(staff.first).cases != ()


def test_a_hold_of_which_there_is_only_a_stub_keeps_the_case(staff: Staff) -> None:
    ben = hire(staff, "Ben")
    _ended(staff, ben)
    until = LAST + timedelta(days=365)
    assigning.hold(staff.first.station, staff.first.only(), until, "A court asks.")
    staff.first.sync()
    staff.server.listed = lambda rows: [
        replace(row, body=None, wraps={}) if row is staff.server.rows[-1] else row for row in rows
    ]
    _go(staff, 11)
    outcome = ben.sync()
    assert outcome.purged == 0
    assert [type(each) for each in outcome.troubles] == [KeptInDoubt]
    assert "One." in ben.texts()


def test_a_message_that_a_handler_cannot_open_keeps_the_case_everywhere(staff: Staff) -> None:
    ben = hire(staff, "Ben", intake=False)
    ann = _ended(staff, ben)
    ann.write("New evidence.")
    settle(staff.first, ben)
    _go(staff, 11)
    for desk in (staff.first, ben, staff.first):
        assert desk.sync().purged == 0
    assert [type(each) for each in ben.sync().troubles] == [KeptInDoubt]
    assert "New evidence." in staff.first.texts()
    assert [row for row in staff.server.rows if row.mailbox == ann.address]


def test_a_handler_who_is_not_on_intake_duty_purges_what_is_whole(staff: Staff) -> None:
    ben = hire(staff, "Ben", intake=False)
    ann = _ended(staff, ben)
    _go(staff, 11)
    for desk in (ben, staff.first):
        outcome = desk.sync()
        assert (outcome.purged, outcome.troubles) == (1, [])
        assert desk.cases() == []
    assert [row for row in staff.server.rows if row.mailbox == ann.address] == []


def test_nothing_is_purged_under_a_roster_that_is_over(staff: Staff) -> None:
    ben = hire(staff, "Ben", intake=False)
    _ended(staff, ben)
    frozen = staff.server.roster
    _go(staff, 8)
    staff.first.sync()  # the directory is renewed, and the roster too
    assert staff.server.roster != frozen
    staff.server.roster = frozen
    _go(staff, 8)
    assert ben.sync().purged == 0
    assert "One." in ben.texts()


# -- what comes back ----------------------------------------------------------------------------


def test_grants_and_envelopes_from_before_a_purge_bring_nothing_back(staff: Staff) -> None:
    ben, server = hire(staff, "Ben", intake=False), staff.server
    copied: list[Given] = []
    before = server.answered

    def copy(asked: Asked, answer: Answer) -> Answer:
        copied.extend(each for each in server.team.grants if each not in copied)
        return before(asked, answer)

    server.answered = copy
    ann = _ended(staff, ben)
    rows = [row for row in server.rows if row.mailbox == ann.address]
    _go(staff, 11)
    settle(ben, staff.first)
    assert held(ben).cases == ()
    handlers = frozenset(map(id_of, (staff.first, ben)))
    case = [each for each in copied if each.mailbox is not None and each.analyst == id_of(ben)]
    assert case
    for row in rows:
        server.add(row)
    server.team.grants += case
    server.team.handlers[ann.address] = handlers
    server.team.uses[ann.address] = case[0].group
    server.purged.clear()
    for again in (False, True):
        if again:
            ben.station.archive.start_again()
        ben.sync()
        staff.first.sync()
        assert (ben.cases(), staff.first.cases()) == ([], [])
        assert (held(ben).cases, held(staff.first).cases) == ((), ())


def test_every_secret_is_noted_as_erased_before_it_goes(staff: Staff) -> None:
    _ended(staff)
    groups, ring = set(staff.first.station.vault.case_groups), staff.first.station.archive.ring
    assert groups
    _go(staff, 11)
    assert staff.first.sync().purged == 1
    assert groups <= ring.erased()
    assert ring.untold() == {}
    assert {group for _, group in staff.server.team.erased} >= groups


# -- a server that refuses ----------------------------------------------------------------------


def _refuse(
    staff: Staff, meanwhile: Callable[[], None] = lambda: None, fault: Fault = Fault.REFUSED
) -> None:
    """The server refuses the next purge, as ``meanwhile`` something came."""

    def before(asked: Asked) -> None:
        if asked.path == "/api/purging":
            staff.server.before = lambda asked: None
            meanwhile()
            raise No(fault)

    staff.server.before = before


def test_a_message_that_came_behind_the_fetch_is_found_when_a_purge_is_refused(
    staff: Staff,
) -> None:
    ann = _ended(staff)
    _go(staff, 11)
    _refuse(staff, lambda: ann.write("Wait."))
    assert staff.first.sync().purged == 0
    assert "Wait." in staff.first.texts()
    assert staff.first.sync().purged == 0
    assert held(staff.first).cases != ()


def test_a_hold_that_came_behind_the_fetch_is_found_when_a_purge_is_refused(
    staff: Staff,
) -> None:
    ben = hire(staff, "Ben")
    _ended(staff, ben)
    _go(staff, 11)
    until = LAST + timedelta(days=90)
    hold = ben.station.analyst.hold(ben.open().file, until, "A court asks.")
    _refuse(staff, lambda: staff.server.put(hold))
    assert staff.first.sync().purged == 0
    assert staff.first.only().hold == str(until)


@pytest.mark.parametrize("what", ["message", "hold", "note"])
def test_nothing_that_came_behind_the_last_fetch_is_purged(staff: Staff, what: str) -> None:
    """T83 the other way: a receipt was given for it, and nobody has seen it."""
    ben = hire(staff, "Ben")
    ann = _ended(staff, ben)
    _go(staff, 11)
    until = LAST + timedelta(days=90)
    file = ben.open().file
    came: dict[str, Callable[[], object]] = {
        "message": lambda: ann.write("Please read this."),
        "hold": lambda: staff.server.put(ben.station.analyst.hold(file, until, "A court asks.")),
        "note": lambda: staff.server.put(ben.station.analyst.note(file, "No more than a note.")),
    }
    _meanwhile(staff, came[what])
    outcome = staff.first.sync()
    assert outcome.purged == 0
    assert [row for row in staff.server.rows if row.mailbox == ann.address]
    assert held(staff.first).cases != ()
    later = [type(each) for each in outcome.troubles]
    if what == "note":  # seen now, and it keeps nothing
        assert later == [PurgedLater]
        outcome = staff.first.sync()
        assert (outcome.purged, outcome.troubles) == (1, [])
        assert [row for row in staff.server.rows if row.mailbox == ann.address] == []
    else:
        assert later == []
        assert staff.first.sync().purged == 0
        assert "One." in staff.first.texts()


def _meanwhile(staff: Staff, meanwhile: Callable[[], object]) -> None:
    """Something comes just before the next purge."""

    def before(asked: Asked) -> None:
        if asked.path == "/api/purging":
            staff.server.before = lambda asked: None
            meanwhile()

    staff.server.before = before


@pytest.mark.parametrize("fault", [Fault.PLACE_TAKEN, Fault.TOO_EARLY])
def test_a_server_that_purges_nothing_keeps_no_key_alive_for_more_than_a_week(
    staff: Staff, fault: Fault
) -> None:
    _ended(staff)

    def never(asked: Asked) -> None:
        if asked.path == "/api/purging":
            raise No(fault)

    staff.server.before = never
    _go(staff, 11)
    outcome = staff.first.sync()
    assert (outcome.purged, list(map(type, outcome.troubles))) == (0, [PurgedLater])
    assert held(staff.first).cases != ()
    _go(staff, 7)
    outcome = staff.first.sync()
    assert (outcome.purged, list(map(type, outcome.troubles))) == (1, [NotPurged])
    assert held(staff.first).cases == ()


def test_a_refused_purge_of_what_is_due_all_the_same_is_said(staff: Staff) -> None:
    ann = _ended(staff)
    _go(staff, 11)
    _refuse(staff)
    outcome = staff.first.sync()
    assert outcome.purged == 1
    assert [type(each) for each in outcome.troubles] == [NotPurged]
    assert held(staff.first).cases == ()
    ann.write("Are you there?")  # what comes then must not be lost
    staff.first.sync()
    assert "Are you there?" in staff.first.texts()


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.FULL, Fault.FAILED, Fault.NO_SESSION])
def test_a_refusal_that_decides_nothing_purges_nothing_and_is_tried_again(
    staff: Staff, fault: Fault
) -> None:
    _ended(staff)
    _go(staff, 11)
    _refuse(staff, fault=fault)
    outcome = staff.first.sync()
    if outcome.purged == 0:
        assert [getattr(each, "fault", None) for each in outcome.troubles] == [fault]
        assert "One." in staff.first.texts()
        assert held(staff.first).cases != ()
        assert staff.first.sync().purged == 1
    assert [row for row in staff.server.rows if row.chain == Chain.REPORTER] == []


def test_an_unassigned_case_that_stays_at_the_server_is_said(staff: Staff) -> None:
    staff.write("One.")
    settle(staff.first)
    acknowledge(staff.first)
    settle(staff.first)
    _conclude(staff.first)
    settle(staff.first)
    _go(staff, 11)
    outcome = staff.first.sync()
    assert outcome.purged == 1
    assert [type(each) for each in outcome.troubles] == [NotPurged]
