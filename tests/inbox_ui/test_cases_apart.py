"""What goes wrong with one case holds up no other, with a network and without."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from crypto.documents import Conclusion
from dropbox.wire import Fault
from inbox_ui import assigning
from inbox_ui.errors import GoneThere
from inbox_ui.summary import Summary
from tests.inbox_ui.conftest import TODAY, Desk, Writer
from tests.inbox_ui.team import Colleagues, id_of
from tests.inbox_ui.test_bundles import Round
from tests.simulator import Asked, No

New = Callable[[], Writer]
LAST = TODAY + timedelta(days=10)


@pytest.fixture
def team(desk: Desk, make_desk: Callable[..., Desk]) -> Colleagues:
    colleagues = Colleagues(desk, make_desk)
    desk.sync()
    colleagues.join("bo")
    colleagues.sync()
    return colleagues


def _assign_all(team: Colleagues, reporter: New, count: int) -> list[Summary]:
    for number in range(count):
        reporter().write(f"Report {number}.")
    team.sync()
    handlers = frozenset(map(id_of, (team.first, team.desks["bo"])))
    cases = team.first.cases()
    for case in cases:
        assigning.assign(team.first.station, case, handlers, "")
    return cases


@pytest.mark.parametrize("path", ["/api/grants", "/api/wraps", "/api/case/"])
def test_a_case_that_the_server_has_no_more_holds_up_no_other(
    team: Colleagues, reporter: New, path: str
) -> None:
    _assign_all(team, reporter, 2)
    refused: list[str] = []

    def gone(asked: Asked) -> None:
        is_it = asked.path.startswith(path) and (asked.method == "POST" or path == "/api/case/")
        if is_it and not refused:
            refused.append(asked.path)
            raise No(Fault.UNKNOWN)

    team.first.server.before = gone
    outcome = team.first.sync()
    assert refused
    assert [type(each) for each in outcome.troubles] == [GoneThere]
    rewrapped = {asked.body[:64] for asked in team.first.server.log if asked.path == "/api/wraps"}
    assert len(rewrapped) >= 1
    granted = [each for each in team.first.server.team.grants if each.mailbox is not None]
    assert len(granted) == (1 if path == "/api/grants" else 2)


def test_without_a_network_every_case_is_handed_over_at_once(
    team: Colleagues, reporter: New
) -> None:
    """As many rounds for three as for one: none waits for the one before it."""
    _assign_all(team, reporter, 3)
    team.first.sync_only()
    bo = team.desks["bo"]
    bo.sync()
    way = Round(bo)
    for _ in range(6):
        assert way.go().outcome.troubles == []
    team.first.station.refresh()
    assert [case.unfinished for case in bo.cases()] == [False] * 3
    server = team.first.server
    assert all(len(row.wraps) == 1 for row in server.rows if row.chain == 0)


def test_without_a_network_cases_that_are_due_go_together(team: Colleagues, reporter: New) -> None:
    _assign_all(team, reporter, 3)
    team.sync()
    team.sync()
    for case in team.first.cases():
        file = team.first.open(case).file
        team.first.station.archive.outbox.put(team.first.station.analyst.receipt(file))
    team.sync()
    for case in team.first.cases():
        assigning.conclude(team.first.station, case, Conclusion.REFERRED, LAST, "Passed on.")
    team.sync()
    way = Round(team.first)
    way.go()
    team.first.clock.go(11)
    team.first.server.today = team.first.clock()
    way.go()
    way.go()
    assert way.go().outcome.troubles == []
    assert team.first.cases() == []
    assert team.first.station.vault.cases == ()
