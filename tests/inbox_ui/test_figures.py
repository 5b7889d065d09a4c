"""The figures, against an independent count over cases that are known one by one."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.casefile import case_name
from crypto.documents import Category, Conclusion, Sealed
from crypto.reporter import Draft
from inbox_ui import assigning, casework
from inbox_ui.accounts.figures import (
    Account,
    Axis,
    Spread,
    accounts_of,
    count,
    kinds_of,
    labels,
    months_between,
    partition,
)
from inbox_ui.work import sending
from inbox_ui.work.clocks import working_days
from inbox_ui.work.intelligence import Consent, Intelligence, Pool, Release, Tick
from inbox_ui.work.intelligence import Draft as Written
from inbox_ui.work.packages import sign_consent
from inbox_ui.work.pieces import Work
from inbox_ui.work.recording import record
from inbox_ui.work.story import Story, read_story
from tests.inbox_ui.conftest import Clock, Desk, Writer
from tests.inbox_ui.intelligence import a_report
from tests.inbox_ui.team import Colleagues, id_of
from tests.inbox_ui.units import CCU, a_unit, list_unit

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


@dataclass
class Made:
    """What the test did with one report, written down as it was done."""

    writer: Writer
    draft: Draft
    reported: date
    written: int = 1
    read: date | None = None
    acknowledged: date | None = None
    concluded: date | None = None
    outcome: str = "open"
    released: bool = False

    @property
    def name(self) -> str:
        return case_name(self.writer.address)


@dataclass
class Office:
    """Two workstations at work, and an account of it that no part of the program reads."""

    desk: Desk
    other: Desk
    clock: Clock
    folder: Path
    made: list[Made] = field(default_factory=list)

    def go(self, days: int) -> None:
        """What was done on a day is at the server on that day."""
        self.sync()
        self.clock.go(days)
        self.desk.server.today = self.clock()
        self.sync()

    def sync(self) -> None:
        """What each does reaches the other."""
        for each in (self.desk, self.other, self.desk):
            assert each.sync().troubles == []

    def report(self, draft: Draft) -> Made:
        writer = Writer(self.desk.server)
        self.desk.server.put(writer.core.report(draft, self.clock()))
        self.made.append(Made(writer, draft, self.clock()))
        return self.made[-1]

    def write(self, made: Made, text: str) -> None:
        made.writer.write(text)
        made.written += 1

    def note(self, made: Made) -> None:
        casework.note(self.desk.station, self.desk.station.case(made.name), "seen")
        made.read = made.read or self.clock()

    def acknowledge(self, made: Made) -> None:
        station = self.desk.station
        read = casework.newest_read(station, made.name)
        assert casework.acknowledge(station, station.case(made.name), read)
        made.read = made.read or self.clock()
        made.acknowledged = made.acknowledged or self.clock()

    def conclude(self, made: Made, reason: Conclusion) -> None:
        until = self.clock() + timedelta(days=200)
        station = self.desk.station
        assigning.conclude(station, station.case(made.name), reason, until, "Ended.")
        made.concluded, made.outcome = self.clock(), reason.value

    def assign_again(self, made: Made) -> None:
        station = self.desk.station
        assigning.assign(station, station.case(made.name), frozenset({id_of(self.desk)}), "")
        made.concluded, made.outcome = None, "open"

    def draft(self, made: Made) -> Intelligence:
        """A report that one has read and another has consented to."""
        station = self.desk.station
        report = replace(a_report(), created=self.clock())
        draft = Written(None, report, Pool.MORE, None)
        sending.keep(station, station.case(made.name), draft)
        sending.read(station, station.case(made.name), report.ref, tuple(Tick))
        self.sync()
        made.read = made.read or self.clock()
        return report

    def release(self, made: Made) -> None:
        report = self.draft(made)
        second = self.other.station
        sending.read(second, second.case(made.name), report.ref, tuple(Tick))
        sending.consent(second, second.case(made.name), report.ref, report.hash, "")
        self.sync()
        units = list_unit(self.desk, a_unit(self.desk, self.folder))
        station = self.desk.station
        sending.send(station, station.case(made.name), report.ref, CCU, units)
        self.sync()
        made.released = True


@pytest.fixture
def office(desk: Desk, make_desk: Callable[..., Desk], clock: Clock, tmp_path: Path) -> Office:
    team = Colleagues(desk, make_desk)
    desk.sync()
    return Office(desk, team.join("bo"), clock, tmp_path / "unit")


@pytest.fixture
def worked(office: Office) -> Office:
    """Six reports, a week or less between two, and what was made of them."""
    first = office.report(Draft("one", categories=(Category.ADVANTAGE,), forces=("kent",)))
    office.go(4)
    both = (Category.ADVANTAGE, Category.SEXUAL)
    second = office.report(Draft("two", categories=both, forces=("essex", "kent")))
    office.note(first)
    office.acknowledge(first)
    office.go(7)
    called = office.report(
        Draft("called", sealed=Sealed.BY_TELEPHONE, forces=("no-such-force", "nor-this"))
    )
    office.sync()
    office.draft(called)  # of which nothing goes
    office.release(first)
    office.go(7)
    four = office.report(Draft("four", forces=("essex", "kent", "norfolk", "suffolk")))
    office.conclude(first, Conclusion.REFERRED)
    office.go(7)
    fifth = office.report(Draft("late", categories=(Category.PARTNER,)))
    office.write(second, "more")
    office.sync()
    office.write(fifth, "more, unasked")
    office.sync()
    office.acknowledge(second)
    office.conclude(four, Conclusion.OUT_OF_SCOPE)
    office.conclude(second, Conclusion.WITHDRAWN)
    office.go(7)
    office.report(Draft("new"))
    office.sync()
    office.assign_again(second)
    office.sync()
    return office


LISTED = {"kent", "essex", "norfolk", "suffolk"}
NAIVE: dict[Axis, Callable[[Made], set[str]]] = {
    Axis.MONTH: lambda made: {f"{made.reported:%Y-%m}"},
    Axis.CHANNEL: lambda made: {
        "telephone" if made.draft.sealed is Sealed.BY_TELEPHONE else "online"
    },
    Axis.CATEGORY: lambda made: {each.value for each in made.draft.categories} or {"none"},
    Axis.FORCE: lambda made: {
        each if each in LISTED else "unlisted" for each in made.draft.forces[:3]
    } or {"none"},
    Axis.OUTCOME: lambda made: {made.outcome},
    Axis.INTELLIGENCE: lambda made: {"released" if made.released else "not released"},
    Axis.RETURN: lambda made: {"again" if made.written > 1 else "once"},
    Axis.ACKNOWLEDGED: lambda made: {_promptness(made)},
}  # fmt: skip
"""Of what kinds a report is, by what was done with it."""


def _promptness(made: Made) -> str:
    if made.acknowledged is None:
        return "not yet"
    return "in time" if made.acknowledged - made.reported <= timedelta(days=7) else "late"


def _waited(made: list[Made], what: str, *, working: bool) -> list[int]:
    """How many days passed, the fewest first, counted one by one."""
    found = []
    for each in made:
        end = getattr(each, what)
        if end is not None:
            days = [
                each.reported + timedelta(days=n + 1) for n in range((end - each.reported).days)
            ]
            found.append(sum(not working or day.isoweekday() <= 5 for day in days))
    return sorted(found)


def _quartile(values: list[int], part: float) -> float:
    place = part * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (place - below) * (values[above] - values[below])


def test_every_figure_is_that_of_an_independent_count(worked: Office) -> None:
    found, made = count(accounts_of(worked.desk.cases())), worked.made
    assert found.count == len(made) == 6
    for axis in Axis:
        naive = Counter(kind for each in made for kind in NAIVE[axis](each))
        rows = {kind: each for kind, each in found.tally(axis).rows if each}
        assert rows == naive, axis
        assert len(naive) > 1, f"the reports do not differ by {axis}"
    for what, working in (("read", True), ("acknowledged", True), ("concluded", False)):
        waited = _waited(made, what, working=working)
        assert len(set(waited)) > 1, what
        quartiles = (_quartile(waited, each) for each in (0.25, 0.5, 0.75))
        assert getattr(found, what) == Spread(len(waited), *quartiles), what


def test_a_release_without_the_consent_of_another_is_no_intelligence(office: Office) -> None:
    """Who has a key of the case may write such a record; that is not how a report goes."""
    made = office.report(Draft("one"))
    office.sync()
    station, report = office.desk.station, office.draft(made)
    for consent in (None, "own", "withdrawn"):
        if consent is not None:
            by = office.desk.station if consent == "own" else office.other.station
            signature = sign_consent(report, by.vault.analyst_secret, by.vault.service)
            own = Consent(None, report.hash, None, signature, "")
            record(by, by.case(made.name), Work.CONSENT, own)
            office.sync()
        if consent == "withdrawn":
            sending.withdraw(station, station.case(made.name), report.ref, "")
            office.sync()
        release = Release(None, report.hash, report.ref, CCU, bytes(32), bytes(32), bytes(32))
        record(station, station.case(made.name), Work.RELEASE, release)
        office.sync()
        found = count(accounts_of(office.desk.cases()))
        assert found.count_of(Axis.INTELLIGENCE, "released") == 0, consent


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
