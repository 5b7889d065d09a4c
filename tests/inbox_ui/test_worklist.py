"""What is due of keeping and deleting, over cases that go their way."""

from datetime import timedelta

import pytest

from crypto.documents import Conclusion
from inbox_ui import assigning
from inbox_ui.accounts.worklist import Due, worklist
from inbox_ui.errors import KeptInDoubt
from inbox_ui.summary import Summary
from tests.inbox_ui.conftest import TODAY, Desk, Writer, garbage
from tests.inbox_ui.team import id_of

LAST = TODAY + timedelta(days=10)


def _end(desk: Desk, case: Summary) -> None:
    station = desk.station
    assigning.assign(station, case, frozenset({id_of(desk)}), "")
    desk.sync()
    assigning.conclude(station, station.case(case.name), Conclusion.REFERRED, LAST, "Passed on.")
    desk.sync()


@pytest.fixture
def ended(desk: Desk) -> Writer:
    """A case that the only analyst has, and has ended."""
    writer = Writer(desk.server)
    writer.write("One.")
    desk.sync()
    case = desk.only()
    desk.station.archive.outbox.put(desk.station.analyst.receipt(desk.open(case).file))
    desk.sync()
    _end(desk, desk.only())
    return writer


def test_a_case_goes_from_soon_over_its_last_day_to_late(desk: Desk, ended: Writer) -> None:
    assert [each.due for each in worklist(desk.station)] == [Due.SOON]
    [item] = worklist(desk.station)
    assert (item.day, item.days) == (LAST, 10)
    desk.clock.go(10)
    assert [each.due for each in worklist(desk.station)] == [Due.SOON]
    desk.clock.go(1)  # nobody syncs any more
    assert [each.due for each in worklist(desk.station)] == [Due.GOES]
    desk.clock.go(6)
    assert [each.due for each in worklist(desk.station)] == [Due.GOES]
    desk.clock.go(1)
    [item] = worklist(desk.station)
    assert (item.due, item.day, item.days) == (Due.LATE, LAST, 8)


def test_a_hold_is_listed_with_why_and_until_when(desk: Desk, ended: Writer) -> None:
    until = TODAY + timedelta(days=300)
    assigning.hold(desk.station, desk.only(), until, "A court has asked for it.")
    desk.sync()
    desk.clock.go(100)
    [item] = worklist(desk.station)
    assert (item.due, item.day, item.days) == (Due.HOLD, until, 200)
    assert item.why == "A court has asked for it."


def test_what_the_reporter_wrote_after_the_end_keeps_the_case(desk: Desk, ended: Writer) -> None:
    ended.write("There is more.")
    desk.sync()
    desk.clock.go(30)
    assert [each.due for each in worklist(desk.station)] == [Due.UNREAD]


def test_a_case_of_which_something_is_hidden_is_kept_and_it_is_said_why(
    desk: Desk, ended: Writer
) -> None:
    desk.server.add(garbage(ended.address))
    desk.sync()
    desk.clock.go(30)
    [item] = worklist(desk.station)
    assert item.due is Due.DOUBT
    assert isinstance(item.problem, KeptInDoubt)


def test_what_was_ended_just_now_waits_for_every_handler_to_hear(desk: Desk) -> None:
    writer = Writer(desk.server)
    writer.write("One.")
    desk.sync()
    station = desk.station
    station.archive.outbox.put(station.analyst.receipt(desk.open().file))
    desk.sync()
    assigning.assign(station, desk.only(), frozenset({id_of(desk)}), "")
    desk.sync()
    today = desk.clock()
    assigning.conclude(station, desk.only(), Conclusion.OTHER, today, "")
    desk.sync()
    desk.clock.go(3)
    [item] = worklist(station)
    assert (item.due, item.day) == (Due.HEARD, today + timedelta(days=7))


def test_a_case_that_nobody_ended_is_listed_when_it_was_quiet_for_long(desk: Desk) -> None:
    Writer(desk.server).write("One.")
    desk.sync()
    desk.clock.go(180)
    assert worklist(desk.station) == ()
    desk.clock.go(1)
    assert [each.due for each in worklist(desk.station)] == [Due.QUIET]
