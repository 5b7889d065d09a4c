"""What is due of a case, and when: computed from the days in its chains."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from crypto.documents import Conclusion
from inbox_ui import assigning, casework
from inbox_ui.summary import Summary
from inbox_ui.work.clocks import (
    Promise,
    Timing,
    add_months,
    add_working_days,
    soon_until,
    timing,
)
from inbox_ui.work.pieces import Assessment, Scope, Stage, Work
from inbox_ui.work.recording import record
from tests.inbox_ui.conftest import TODAY, Clock, Desk, Writer
from tests.inbox_ui.team import Colleagues

New = Callable[[], Writer]
MONDAY = TODAY
"""The day of the tests' clock."""


@pytest.mark.parametrize(
    ("day", "number", "found"),
    [
        (date(2026, 11, 23), 2, date(2026, 11, 25)),
        (date(2026, 11, 26), 2, date(2026, 11, 30)),
        (date(2026, 11, 27), 2, date(2026, 12, 1)),
        (date(2026, 11, 28), 2, date(2026, 12, 1)),
        (date(2026, 11, 29), 1, date(2026, 11, 30)),
    ],
)
def test_weekends_are_no_working_days(day: date, number: int, found: date) -> None:
    assert add_working_days(day, number) == found


@pytest.mark.parametrize(
    ("day", "number", "found"),
    [
        (date(2026, 11, 23), 3, date(2027, 2, 23)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 9, 30), 3, date(2026, 12, 30)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_a_month_without_the_day_ends_on_its_last(day: date, number: int, found: date) -> None:
    assert add_months(day, number) == found


@pytest.mark.parametrize("promise", Promise)
def test_soon_comes_before_late_and_the_last_day_is_in_time(promise: Promise) -> None:
    due, day = date(2026, 12, 16), date(2026, 11, 1)
    seen = []
    while day <= due + timedelta(days=2):
        seen.append(timing(promise, due, day))
        day += timedelta(days=1)
    assert list(dict.fromkeys(seen)) == [Timing.IN_TIME, Timing.SOON, Timing.LATE]
    assert timing(promise, due, due) is Timing.SOON
    assert timing(promise, due, due + timedelta(days=1)) is Timing.LATE
    assert soon_until(promise, due) > due


# -- of a case ----------------------------------------------------------------------------------


@pytest.fixture
def team(desk: Desk, make_desk: Callable[..., Desk]) -> Colleagues:
    colleagues = Colleagues(desk, make_desk)
    desk.sync()
    return colleagues


def _days(summary: Summary) -> tuple[str, str, str]:
    return summary.read_by, summary.acknowledge_by, summary.feed_back_by


def _go(team: Colleagues, clock: Clock, days: int) -> None:
    clock.go(days)
    team.first.server.today = clock.day


def _told(team: Colleagues, *, told: bool) -> None:
    piece = Assessment(None, Stage.ADDRESSING, Scope.INSIDE, (), None, "", told)
    record(team.first.station, team.first.only(), Work.ASSESSMENT, piece)
    team.sync()


def test_a_new_report_is_read_in_two_working_days_and_acknowledged_in_seven(
    team: Colleagues, reporter: New
) -> None:
    reporter().write("One.")
    team.sync()
    assert _days(team.first.only()) == ("2026-11-25", "2026-11-30", "2027-02-28")


def test_a_note_shows_that_it_was_read_and_the_reporter_still_has_to_be_told(
    team: Colleagues, reporter: New
) -> None:
    reporter().write("One.")
    team.sync()
    casework.note(team.first.station, team.first.only(), "Read.")
    team.sync()
    assert _days(team.first.only()) == ("", "2026-11-30", "2027-02-28")


def test_what_comes_later_is_read_only_where_it_was_acknowledged(
    team: Colleagues, reporter: New, clock: Clock
) -> None:
    writer = reporter()
    writer.write("One.")
    team.sync()
    casework.note(team.first.station, team.first.only(), "Read.")
    team.sync()
    _go(team, clock, 4)  # a Friday
    writer.write("Two.")
    team.sync()
    assert team.first.only().read_by == "2026-12-01"


def test_an_acknowledgement_begins_the_three_months(
    team: Colleagues, reporter: New, clock: Clock
) -> None:
    writer = reporter()
    writer.write("One.")
    team.sync()
    _go(team, clock, 2)
    desk = team.first
    casework.acknowledge(desk.station, desk.only(), desk.open().file.newest_read)
    team.sync()
    assert _days(desk.only()) == ("", "", "2027-02-25")


def test_only_a_reply_that_somebody_says_told_it_ends_the_three_months(
    team: Colleagues, reporter: New
) -> None:
    reporter().write("One.")
    team.sync()
    _told(team, told=True)
    assert team.first.only().feed_back_by == "2027-02-28", "nothing was sent"
    desk = team.first
    casework.reply(desk.station, desk.only(), "Thank you.", "en", desk.open().file.newest_read)
    team.sync()
    assert team.first.only().feed_back_by == ""
    _told(team, told=False)
    assert team.first.only().feed_back_by == "2027-02-23"


def test_nothing_is_due_of_what_was_concluded_but_to_read_what_is_unread(
    team: Colleagues, reporter: New, clock: Clock
) -> None:
    reporter().write("One.")
    team.sync()
    desk = team.first
    casework.acknowledge(desk.station, desk.only(), desk.open().file.newest_read)
    team.sync()
    until = clock() + timedelta(days=30)
    assigning.conclude(desk.station, desk.only(), Conclusion.OTHER, until, "Ended.")
    team.sync()
    assert _days(desk.only()) == ("", "", "")
