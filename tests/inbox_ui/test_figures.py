"""The figures, against an independent count over cases that are known one by one."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.casefile import case_name
from crypto.documents import Category, Conclusion, Sealed
from crypto.reporter import Draft
from inbox_ui import casework
from inbox_ui.accounts.figures import (
    Account,
    Axis,
    Figures,
    Spread,
    accounts_of,
    count,
    kinds_of,
    labels,
    months_between,
    partition,
)
from inbox_ui.work.clocks import working_days
from inbox_ui.work.story import Story, read_story
from tests.inbox_ui.conftest import Clock, Desk, Writer

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
STORIES = st.builds(
    Story, DAYS, st.booleans(), st.integers(1, 50), *[st.none() | DAYS] * 3, st.booleans()
)


@given(STORIES)
def test_a_story_is_read_as_it_was_written(story: Story) -> None:
    assert read_story(story.to_line()) == story


@given(DAYS, st.integers(0, 400))
def test_working_days_are_those_from_monday_to_friday(first: date, days: int) -> None:
    every = [first + timedelta(days=each) for each in range(1, days + 1)]
    expected = sum(each.isoweekday() <= 5 for each in every)
    assert working_days(first, first + timedelta(days=days)) == expected


def _report(desk: Desk, clock: Clock, days: int, draft: Draft) -> Writer:
    """Days pass, somebody reports, and the workstation fetches it."""
    clock.go(days)
    desk.server.today = clock()
    desk.sync()
    writer = Writer(desk.server)
    desk.server.put(writer.core.report(draft, clock()))
    desk.sync()
    return writer


def _acknowledge(desk: Desk, writer: Writer) -> None:
    name = case_name(writer.address)
    station = desk.station
    casework.acknowledge(station, station.case(name), casework.newest_read(station, name))
    desk.sync()


@pytest.fixture
def worked(desk: Desk, clock: Clock) -> Figures:
    """Six reports, a week or less between two, and what was made of them."""
    money = Draft("money", categories=(Category.ADVANTAGE,), forces=("kent",))
    first = _report(desk, clock, 0, money)  # Monday, 23 November
    both = (Category.ADVANTAGE, Category.SEXUAL)
    second = _report(desk, clock, 4, Draft("two", categories=both, forces=("essex", "kent")))
    station = desk.station
    casework.note(station, station.case(case_name(first.address)), "seen")  # after 4 working days
    _acknowledge(desk, first)
    called = Draft("called", sealed=Sealed.BY_TELEPHONE, forces=("no-such-force",))
    _report(desk, clock, 7, called)
    many = ("essex", "kent", "norfolk", "suffolk")
    _report(desk, clock, 7, Draft("four", forces=many))
    fifth = _report(desk, clock, 7, Draft("late", categories=(Category.PARTNER,)))
    second.write("more")
    fifth.write("more, unasked")
    desk.sync()
    _acknowledge(desk, second)  # after 21 days, 15 of them working days
    _report(desk, clock, 7, Draft("new"))
    return count(accounts_of(desk.cases()))


def test_every_case_is_counted_as_it_was_made(worked: Figures) -> None:
    assert worked.count == 6
    expected = {
        Axis.MONTH: {"2026-11": 2, "2026-12": 4},
        Axis.CHANNEL: {"telephone": 1, "online": 5},
        Axis.CATEGORY: {"advantage": 2, "sexual": 1, "partner": 1, "none": 3},
        Axis.FORCE: {"kent": 3, "essex": 2, "norfolk": 1, "unlisted": 1, "none": 2},
        Axis.OUTCOME: {"open": 6},
        Axis.INTELLIGENCE: {"not released": 6},
        Axis.RETURN: {"again": 2, "once": 4},
        Axis.ACKNOWLEDGED: {"in time": 1, "late": 1, "not yet": 4},
    }
    for axis, rows in expected.items():
        found = {kind: each for kind, each in worked.tally(axis).rows if each}
        assert found == rows, axis
    assert worked.read == Spread(2, 6.75, 9.5, 12.25)
    assert worked.acknowledged == worked.read
    assert worked.concluded is None


def test_a_case_that_others_have_is_not_counted(desk: Desk, clock: Clock) -> None:
    Writer(desk.server).write("ours")
    desk.sync()
    [case] = desk.cases()
    assert case.story.startswith(str(clock()))
    assert accounts_of([case._replace(story="")]) == ()


ACCOUNTS = st.lists(
    st.builds(
        Account,
        STORIES,
        st.lists(st.sampled_from([each.value for each in Category]), max_size=3, unique=True).map(
            tuple
        ),
        st.lists(
            st.sampled_from(["kent", "essex", "demo-calder", "elsewhere"]), max_size=3, unique=True
        ).map(tuple),
        st.sampled_from(["open", *(each.value for each in Conclusion)]),
    ),
    max_size=12,
)


@settings(max_examples=30)
@given(ACCOUNTS, st.sampled_from(list(Axis)))
def test_in_what_leaves_every_report_counts_once(accounts: list[Account], axis: Axis) -> None:
    months = months_between("2024-01", "2027-12")
    table = partition(axis, accounts, months)
    assert sum(each for _, each in table.rows) == len(accounts)
    kinds = [each for each in kinds_of(axis, months) if not each.startswith("demo-")]
    assert [kind for kind, _ in table.rows] == kinds


@settings(max_examples=30)
@given(ACCOUNTS)
def test_the_times_are_those_of_the_days_counted_one_by_one(accounts: list[Account]) -> None:
    found = count(accounts)
    waited = sorted(
        max((each.story.concluded - each.story.reported).days, 0)
        for each in accounts
        if each.story.concluded is not None
    )
    if not waited:
        assert found.concluded is None
        return
    assert found.concluded is not None
    middle = waited[(len(waited) - 1) // 2 : len(waited) // 2 + 1]
    assert found.concluded.count == len(waited)
    assert found.concluded.median == sum(middle) / len(middle)
    assert waited[0] <= found.concluded.lower <= found.concluded.median
    assert found.concluded.median <= found.concluded.upper <= waited[-1]


@settings(max_examples=30)
@given(ACCOUNTS)
def test_the_team_sees_each_category_and_force_that_is_named(accounts: list[Account]) -> None:
    naive = Counter(each for account in accounts for each in set(account.categories))
    found = dict(count(accounts).tally(Axis.CATEGORY).rows)
    assert {kind: found[kind] for kind in naive} == naive
    assert all(labels(axis, each) for axis in Axis for each in accounts)
