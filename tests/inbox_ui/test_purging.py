"""The end of a case: concluded, held, purged, and opened by nobody afterwards."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from crypto.documents import Conclusion
from crypto.groups import ReceivingSecret, read_erased
from crypto.signed import split
from dropbox.client.errors import Away, Lost, Unknown
from inbox_ui import assigning, retention
from inbox_ui.errors import BadDay, BadSettings, Lagging, NothingToChange
from inbox_ui.retention import DEFAULT, last_day, read_retention
from inbox_ui.summary import State
from inbox_ui.vault import ReceivingHeld
from tests.inbox_ui.conftest import TODAY, Clock, Desk, Writer
from tests.inbox_ui.kept import Kept
from tests.inbox_ui.team import Colleagues, Copies, id_of, opened
from tests.simulator import Asked

New = Callable[[], Writer]
LAST = TODAY + timedelta(days=10)


@pytest.fixture
def team(desk: Desk, make_desk: Callable[..., Desk], kept: Kept) -> Colleagues:
    colleagues = Colleagues(desk, make_desk)

    def make() -> None:
        desk.sync()
        colleagues.join("bo")
        colleagues.sync()

    colleagues.kept(kept, "team", make)
    return colleagues


@pytest.fixture
def copies(team: Colleagues) -> Copies:
    """Of everything the server ever had, from here on."""
    return Copies(team.first.server)


@pytest.fixture
def ann(team: Colleagues, copies: Copies, reporter: New) -> Writer:
    """Her case is assigned to both and concluded."""
    writer = reporter()
    writer.write("One.")
    copies.take()
    team.sync()
    handlers = frozenset(map(id_of, (team.first, team.desks["bo"])))
    assigning.assign(team.first.station, team.first.only(), handlers, "")
    team.sync()
    case = team.first.only()
    file = team.first.open(case).file
    team.first.station.archive.outbox.put(team.first.station.analyst.receipt(file))
    team.sync()
    assigning.conclude(
        team.first.station, team.first.only(), Conclusion.REFERRED, LAST, "Passed on."
    )
    team.sync()
    return writer


def _go_to(desk: Desk, days: int) -> None:
    """Days pass, and the directory is renewed on the way, as it is in a team."""
    for _ in range(days):
        desk.clock.go(1)
        desk.server.today = desk.clock()
        desk.sync()


def _renew_receiving(desk: Desk) -> None:
    """What an epoch does: the receiving key of that time is the one before, then it is gone."""
    for number in (50, 51):
        held = ReceivingHeld(number, number, ReceivingSecret.generate(secrets.token_bytes).expose())
        desk.station.keep(lambda vault, held=held: vault.with_receiving(held))  # type: ignore[misc]


def _erase_intake(desk: Desk) -> None:
    """What the end of an epoch does."""
    for group in desk.station.vault.intake_groups:
        desk.station.keep(lambda vault, group=group: vault.without_intake(group))  # type: ignore[misc]


def test_a_concluded_case_is_kept_until_its_day_and_purged_after_it(
    team: Colleagues, ann: Writer, copies: Copies
) -> None:
    for desk in (team.first, team.desks["bo"]):
        assert desk.only().state == State.CONCLUDED
        assert desk.only().keep_until == str(LAST)
        assert desk.only().is_whole
    _go_to(team.first, 10)
    team.sync()
    assert copies.server.rows
    _go_to(team.first, 1)
    assert [row for row in copies.server.rows if row.mailbox == ann.address] == []
    team.sync()
    for desk in (team.first, team.desks["bo"]):
        assert desk.cases() == []
        assert desk.station.vault.cases == ()
        assert desk.station.archive.leaving.all() == {}
    said = copies.server.team.erased.values()
    directory = team.first.server.directory
    sign = {
        id_of(each): each.station.colleagues[id_of(each)] for each in (team.first, team.desks["bo"])
    }
    assert {
        read_erased(each, _analyst(each), sign[_analyst(each)], directory.service).analyst
        for each in said
    } == set(sign)


def _analyst(signed: bytes) -> bytes:
    from crypto.groups import Erased

    return Erased.from_bytes(split(signed)[1]).analyst


def test_no_vault_opens_any_copy_once_the_keys_of_that_time_are_erased(
    team: Colleagues, ann: Writer, copies: Copies
) -> None:
    rows = copies.of(ann.address)
    bo = team.desks["bo"]
    before = [each.station.vault for each in (team.first, bo)]
    assert all(len(opened(vault, rows, copies.grants)) == len(rows) for vault in before)
    _go_to(team.first, 11)
    team.sync()
    rows = copies.of(ann.address)
    assert len(rows) > 5
    # raw copies still open with an old vault, and as long as the keys of that time are there
    assert opened(before[1], rows)
    assert opened(bo.station.vault, rows, copies.grants)
    for desk in (team.first, bo):
        _erase_intake(desk)
        _renew_receiving(desk)
        assert opened(desk.station.vault, rows, copies.grants) == []
    assert all(text != "One." for text in ann.replies())


def test_a_hold_keeps_a_case_past_its_day_until_it_ends(
    team: Colleagues, ann: Writer, copies: Copies
) -> None:
    bo = team.desks["bo"]
    assigning.hold(bo.station, bo.only(), LAST + timedelta(days=20), "A court asks.")
    team.sync()
    _go_to(team.first, 12)
    team.sync()
    assert team.first.only().hold == str(LAST + timedelta(days=20))
    assert bo.texts()[0] == "One."
    with pytest.raises(NothingToChange):
        assigning.hold(bo.station, bo.only(), LAST + timedelta(days=20), "Again.")
    assigning.hold(bo.station, bo.only(), None, "It is over.")
    bo.sync()
    assert not bo.only().hold


def test_a_hold_that_ended_purges_nothing_before_each_handler_has_heard_of_it(
    team: Colleagues, ann: Writer, copies: Copies
) -> None:
    """Once the server has it no more, nobody else could learn that the hold is over."""
    bo = team.desks["bo"]
    assigning.hold(bo.station, bo.only(), LAST + timedelta(days=900), "A court asks.")
    team.sync()
    _go_to(team.first, 12)
    assigning.hold(bo.station, bo.only(), None, "It is over.")
    for _ in range(2):
        assert bo.sync().purged == 0
    _go_to(team.first, 7)  # a week later, everybody has been there
    assert bo.sync().purged == 0
    assert not team.first.only().hold
    _go_to(team.first, 1)
    assert team.first.cases() == []
    assert bo.sync().purged == 1
    assert bo.station.vault.cases == ()


def test_a_message_after_the_end_keeps_a_case_until_somebody_has_looked(
    team: Colleagues, ann: Writer, copies: Copies
) -> None:
    ann.write("One thing more.")
    _go_to(team.first, 11)
    assert "One thing more." in team.first.texts()
    file = team.first.open().file
    team.first.station.archive.outbox.put(team.first.station.analyst.receipt(file))
    team.sync()
    assert team.first.cases() == []


def test_a_purge_stopped_at_any_request_is_finished_by_the_next_sync(
    team: Colleagues, ann: Writer, copies: Copies
) -> None:
    team.first.clock.go(11)
    team.first.server.today = team.first.clock()
    server = team.first.server
    for number in range(60):
        started = len(server.log)

        def cut(asked: Asked, number: int = number, started: int = started) -> None:
            if len(server.log) - started > number:
                raise Lost

        server.before = cut
        try:
            team.first.sync()
            break
        except (Away, Unknown):
            team.first.close()
    else:
        raise AssertionError
    assert number > 5
    server.before = lambda asked: None
    team.sync()
    for desk in (team.first, team.desks["bo"]):
        assert desk.cases() == []
        assert desk.station.vault.cases == ()
    assert len(server.team.erased) == 4  # each says it of the key, and of the case
    assert [row for row in server.rows if row.mailbox == ann.address] == []


def test_a_server_that_says_a_case_was_purged_has_nobody_purge_it(
    team: Colleagues, ann: Writer, copies: Copies
) -> None:
    server = team.first.server
    server.purged.add(server.mark_of(ann.address))
    server.listed = lambda rows: [
        replace(row, body=None, wraps={}) for row in rows if row.mailbox == ann.address
    ]
    team.first.sync()
    assert team.first.texts()[0] == "One."
    assert team.first.station.vault.cases != ()


@pytest.mark.parametrize("days", [1, 6, 12])
def test_the_fast_clock_of_a_handler_purges_nothing_before_its_day(
    team: Colleagues, ann: Writer, copies: Copies, days: int
) -> None:
    """Directory and roster are valid on her day too, and the hold and all else is over on it."""
    until = LAST + timedelta(days=1)
    assigning.hold(team.first.station, team.first.only(), until, "A court asks.")
    team.sync()
    _go_to(team.first, 11)
    bo = team.desks["bo"]
    bo.close()
    fast = Desk(bo.folder, team.first.server, Clock(team.first.clock() + timedelta(days=days)))
    for _ in range(2):
        outcome = fast.sync()
        assert (outcome.purged, outcome.troubles) == (0, [])
        assert fast.station.vault.cases != ()
    assert [row for row in copies.server.rows if row.mailbox == ann.address]
    _go_to(team.first, 1)
    fast.clock.day = team.first.clock()  # somebody puts it right
    assert fast.sync().purged == 1
    fast.close()


def test_nothing_is_purged_while_the_day_of_this_machine_is_in_doubt(
    team: Colleagues, ann: Writer, copies: Copies
) -> None:
    team.first.clock.go(400)
    assert team.first.cases()[0].name
    from inbox_ui import purging

    assert purging.due(team.first.station) == []


def test_days_are_kept_as_the_policy_has_them(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "retention.json"
    assert read_retention(path) == DEFAULT
    own = retention.Retention(1, 2, 3, 4, 5)
    path.write_bytes(own.to_bytes() + b"\n")
    read = read_retention(path)
    days = [(read.keep_until(each, TODAY) - TODAY).days for each in Conclusion]
    assert days == [1, 2, 3, 4, 5]
    path.write_bytes(b'{"referred":1}')
    with pytest.raises(BadSettings):
        read_retention(path)


def test_a_case_is_kept_to_the_latest_of_its_day_any_hold_and_a_week_to_be_heard() -> None:
    day = timedelta(days=1)
    assert last_day(None, None, 0) is None
    assert last_day(TODAY, None, 1) is None
    assert last_day(TODAY, None, 0) == TODAY
    assert last_day(TODAY, TODAY + day, 0) == TODAY + day
    assert last_day(TODAY, TODAY - day, 0) == TODAY
    assert last_day(TODAY, None, 0, said=TODAY) == TODAY + 7 * day


def test_a_case_is_not_concluded_with_a_day_that_is_over(team: Colleagues, reporter: New) -> None:
    reporter().write("Two.")
    team.sync()
    with pytest.raises(BadDay):
        assigning.conclude(
            team.first.station, team.first.only(), Conclusion.OTHER, TODAY - timedelta(1), "Why."
        )


@pytest.mark.parametrize("says", [True, False])
def test_whoever_has_nothing_to_do_with_a_case_is_not_frightened_when_it_is_purged(
    team: Colleagues, ann: Writer, copies: Copies, says: bool
) -> None:
    """Its envelope was the newest she had. Where the server does not say that it was purged, it may
    have lost more than that."""
    cy = team.join("cy")
    team.sync()
    _go_to(team.first, 11)
    assert team.first.cases() == []
    if not says:
        team.first.server.purged.clear()
    assert [type(each) for each in cy.sync().troubles] == ([] if says else [Lagging])
