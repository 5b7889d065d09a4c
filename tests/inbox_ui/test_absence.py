"""A handler who was away, or suspended, while her colleagues ended a case and purged it."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from crypto.documents import Conclusion
from crypto.groups import purged_id, sign_erased
from crypto.roster import Duty
from dropbox.client.errors import Away, Lost
from dropbox.wire import Fault
from inbox_ui import assigning, casework, membership, purging
from inbox_ui.errors import (
    KeptThoughPurged,
    NotPurgedThere,
    PurgedByColleague,
    PurgedHereBefore,
)
from inbox_ui.pages import words
from inbox_ui.pages.wishes import Act, Outlook, Wish, look_ahead, possible
from inbox_ui.publishing import sign_next
from inbox_ui.retention import DEFAULT
from inbox_ui.summary import State
from inbox_ui.words import explain
from tests.cheap import INBOX
from tests.inbox_ui.conftest import PASSPHRASE, TODAY, Clock, Desk, Writer
from tests.inbox_ui.staff import Staff, acknowledge, assign, held, hire, settle
from tests.inbox_ui.team import Copies, id_of, opened
from tests.simulated_team import No
from tests.simulator import Answer, Asked

LAST = TODAY + timedelta(days=10)


@pytest.fixture
def staff(desk: Desk, clock: Clock) -> Iterator[Staff]:
    people = Staff(desk, clock)
    desk.sync()
    yield people
    people.close()


@pytest.fixture
def bo(staff: Staff) -> Desk:
    return hire(staff, "Bo")


@pytest.fixture
def copies(staff: Staff) -> Copies:
    return Copies(staff.server)


@pytest.fixture
def ann(staff: Staff, bo: Desk, copies: Copies) -> Writer:
    """Her case was given to the founder and to Bo, and Bo has not been seen since."""
    ann = staff.write("One.")
    settle(staff.first, bo)
    assign(staff.first, bo)
    settle(staff.first, bo)
    acknowledge(staff.first)
    settle(staff.first, bo)
    return ann


def _purge_without(staff: Staff, *others: Desk) -> None:
    """The founder concludes the case, and it is purged on its day."""
    _purge_by(staff.first, staff, *others)


def _purge_by(desk: Desk, staff: Staff, *others: Desk) -> None:
    assigning.conclude(desk.station, desk.only(), Conclusion.REFERRED, LAST, "Passed on.")
    settle(desk, staff.first, *others)
    _go(staff, 11)
    settle(desk, staff.first, *others)
    assert desk.cases() == []


def _go(staff: Staff, days: int) -> None:
    """Days pass. On the last the founder signs a directory and renews the roster."""
    staff.clock.go(days)
    staff.server.today = staff.clock()
    staff.server.signed = sign_next(staff.first.station)
    staff.first.station.archive.directories.remember(staff.server.signed)
    staff.first.sync()


def _troubles(desk: Desk) -> list[type[Exception]]:
    return [type(each) for each in desk.sync().troubles]


def test_what_colleagues_purged_goes_from_who_was_away_a_week_after_she_heard_of_it(
    staff: Staff, bo: Desk, ann: Writer, copies: Copies
) -> None:
    _purge_without(staff)
    outcome = bo.sync()
    [told] = outcome.troubles
    assert isinstance(told, PurgedByColleague)
    assert (outcome.purged, told.day) == (0, staff.clock() + timedelta(days=7))
    roster = bo.station.roster
    assert roster is not None
    assert (told.name, told.who) == (bo.only().name, roster.label(id_of(staff.first)))
    assert told.who in explain(told).error
    _go(staff, 6)
    assert _troubles(bo) == [PurgedByColleague]
    assert bo.texts()[0] == "One."
    _go(staff, 1)
    before = held(bo)
    assert bo.sync().purged == 1
    assert (bo.cases(), held(bo).cases) == ([], ())
    assert bo.sync().troubles == []
    rows = copies.of(ann.address)
    assert opened(before, rows)
    for group in held(bo).intake_groups:
        bo.station.keep(lambda vault, group=group: vault.without_intake(group))  # type: ignore[misc]
    assert opened(held(bo), rows) == []


def test_who_was_suspended_meanwhile_lets_go_of_it_when_she_is_back(
    staff: Staff, bo: Desk, ann: Writer
) -> None:
    staff.change(membership.set_suspended("Bo", suspended=True))
    settle(staff.first)
    _purge_without(staff)
    staff.change(membership.set_suspended("Bo", suspended=False))
    settle(staff.first)
    assert PurgedByColleague in _troubles(bo)
    _go(staff, 7)
    bo.sync()
    assert held(bo).cases == ()


def test_an_older_copy_of_a_workstation_hears_of_its_own_purge(
    staff: Staff, bo: Desk, ann: Writer
) -> None:
    """Its backup is from before the end, and nobody else has said anything."""
    bo.close()
    copy = {each.name: each.read_bytes() for each in bo.folder.path.iterdir() if each.is_file()}
    _purge_without(staff, bo)
    bo.close()
    for name, data in copy.items():
        (bo.folder.path / name).write_bytes(data)
    staff.server.team.erased = {
        key: signed for key, signed in staff.server.team.erased.items() if key[0] == id_of(bo)
    }
    assert _troubles(bo) == [PurgedHereBefore]
    _go(staff, 7)
    bo.sync()
    assert held(bo).cases == ()


def test_what_she_writes_in_it_keeps_it(staff: Staff, bo: Desk, ann: Writer) -> None:
    _purge_without(staff)
    assert _troubles(bo) == [PurgedByColleague]
    casework.note(bo.station, bo.only(), "This was not over.")
    _go(staff, 30)
    assert KeptThoughPurged in _troubles(bo)
    assert bo.texts()[0] == "One."


def test_who_was_not_there_while_a_case_was_assigned_and_ended_lets_go_of_it_too(
    staff: Staff, bo: Desk
) -> None:
    """She was on intake duty, and by all she knows nobody was ever given it."""
    cy = hire(staff, "Cy", intake=False)
    staff.write("One.")
    settle(staff.first, bo)
    assigning.assign(
        staff.first.station, staff.first.only(), frozenset(map(id_of, (staff.first, cy))), ""
    )
    settle(staff.first, cy)
    acknowledge(staff.first)
    settle(staff.first, cy)
    _purge_without(staff, cy)
    assert _troubles(bo) == [PurgedByColleague]
    _go(staff, 7)
    assert bo.sync().purged == 1
    assert bo.cases() == []


def test_one_with_whom_the_case_was_shared_meanwhile_is_named_and_it_stays(
    staff: Staff, bo: Desk, ann: Writer
) -> None:
    """By all that she knows that one does not handle it: she lets go of it herself."""
    cy = hire(staff, "Cy")
    assign(staff.first, bo, cy)
    settle(staff.first, cy)
    assign(cy, bo)
    settle(cy, staff.first)
    _purge_by(cy, staff)
    [told] = bo.sync().troubles
    assert isinstance(told, KeptThoughPurged)
    assert told.who == "Cy"
    _go(staff, 30)
    assert _troubles(bo) == [KeptThoughPurged]
    assert bo.texts()[0] == "One."
    assert words.PURGED_BY_OTHERS.format(names="Cy") in _ahead(bo).warnings


def test_an_auditor_who_was_away_is_not_frightened(staff: Staff, bo: Desk) -> None:
    """What came last before she left was purged, and was never hers."""
    eve = staff.hire("Eve", (Duty.AUDITOR,), intake=False)
    staff.write("One.")
    settle(staff.first, bo, eve)
    assign(staff.first, bo)
    settle(staff.first, bo)
    acknowledge(staff.first)
    settle(staff.first, bo)
    _purge_without(staff, bo)
    assert eve.sync().troubles == []


# -- what a person lets go of -------------------------------------------------------------------


def _ahead(desk: Desk) -> Outlook:
    return look_ahead(desk.station, desk.only(), Wish(Act.LET_GO), DEFAULT)


def test_a_person_lets_go_of_what_nobody_is_left_to_speak_of(
    staff: Staff, bo: Desk, ann: Writer
) -> None:
    _purge_without(staff)
    staff.server.team.erased.clear()
    bo.sync()
    ahead = _ahead(bo)
    assert words.PURGED_BY_NOBODY in ahead.warnings
    assert Act.LET_GO in possible(bo.station, bo.only(), bo.open())
    purging.let_go(bo.station, bo.only())
    assert (bo.cases(), held(bo).cases) == ([], ())
    bo.sync()
    assert (id_of(bo), purged_id(ann.address)) not in staff.server.team.erased


def test_before_a_person_lets_go_it_is_said_who_purged_it_and_what_waits(
    staff: Staff, bo: Desk, ann: Writer
) -> None:
    _purge_without(staff)
    bo.sync()
    assert words.PURGED_BY_NOBODY not in _ahead(bo).warnings
    assert any("signed to have purged it" in each for each in _ahead(bo).follows)
    casework.note(bo.station, bo.only(), "This was not over.")
    assert words.WORDS_GO_TOO in _ahead(bo).warnings
    purging.let_go(bo.station, bo.only())
    assert (bo.cases(), bo.station.archive.outbox.items()) == ([], ())


def test_a_key_is_let_go_of_that_others_were_to_have(staff: Staff, bo: Desk) -> None:
    """She gave the case away, kept its key until they showed that it came, and they never did."""
    ann = staff.write("One.")
    settle(staff.first, bo)
    theirs = frozenset({id_of(staff.first)})
    assigning.assign(bo.station, bo.only(), theirs, "Yours.")
    bo.sync()
    assert (bo.only().state, len(held(bo).cases)) == (State.LOCKED, 1)
    staff.server.purged.add(staff.server.mark_of(ann.address))
    bo.sync()
    assert Act.LET_GO in possible(bo.station, bo.only(), bo.open())
    assert words.PURGED_BY_NOBODY in _ahead(bo).warnings
    purging.let_go(bo.station, bo.only())
    assert (bo.cases(), held(bo).cases) == ([], ())


def test_nobody_lets_go_of_what_the_server_has(staff: Staff, bo: Desk, ann: Writer) -> None:
    bo.sync()
    assert Act.LET_GO not in possible(bo.station, bo.only(), bo.open())
    with pytest.raises(NotPurgedThere):
        _ahead(bo)
    with pytest.raises(NotPurgedThere):
        purging.let_go(bo.station, bo.only())
    assert bo.texts()[0] == "One."


def test_the_command_asks_before_it_lets_go(staff: Staff, bo: Desk, ann: Writer) -> None:
    _purge_without(staff)
    bo.sync()
    name = bo.only().name
    bo.close()
    passphrase = bo.folder.path.with_name("words")
    passphrase.write_bytes(PASSPHRASE.expose() + b"\n")
    passphrase.chmod(0o600)
    options = ("--vault", bo.folder.path, "--passphrase-file", passphrase)
    asked = _inbox("let-go", name, *options)
    assert (asked.returncode, "--yes answers yes" in asked.stderr) == (1, True), asked.stderr
    assert held(bo).cases != ()
    done = _inbox("let-go", name, *options, "--yes")
    assert (done.returncode, name in done.stdout + done.stderr) == (0, True), done.stderr
    assert held(bo).cases == ()


def _inbox(*arguments: object) -> subprocess.CompletedProcess[str]:
    line = [*INBOX, *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)


# -- what nobody may do by it -------------------------------------------------------------------


def _say_purged(staff: Staff, by: Desk, ann: Writer) -> None:
    keys, service = held(by).analyst_secret.keys, held(by).service
    signed = sign_erased(purged_id(ann.address), staff.clock(), keys, service)
    staff.server.team.erased[id_of(by), purged_id(ann.address)] = signed


def _keeps(staff: Staff, bo: Desk) -> bool:
    """Whether a case is still there, three weeks later."""
    for _ in range(3):
        bo.sync()
        _go(staff, 7)
    bo.sync()
    return bool(held(bo).cases) and bo.texts()[0] == "One."


def test_a_handlers_word_alone_purges_nothing_that_the_server_has(
    staff: Staff, bo: Desk, ann: Writer
) -> None:
    _say_purged(staff, staff.first, ann)
    assert _keeps(staff, bo)


def test_the_servers_word_alone_purges_nothing(staff: Staff, bo: Desk, ann: Writer) -> None:
    staff.server.purged.add(staff.server.mark_of(ann.address))
    assert _keeps(staff, bo)


def test_a_server_and_who_does_not_handle_a_case_purge_nothing(
    staff: Staff, bo: Desk, ann: Writer
) -> None:
    _say_purged(staff, hire(staff, "Eve"), ann)
    staff.server.purged.add(staff.server.mark_of(ann.address))
    assert _keeps(staff, bo)


def test_a_server_and_a_handler_who_has_left_purge_nothing(
    staff: Staff, bo: Desk, clock: Clock, ann: Writer
) -> None:
    eve = hire(staff, "Eve")
    assigning.assign(
        staff.first.station, staff.first.only(), frozenset(map(id_of, (staff.first, bo, eve))), ""
    )
    settle(staff.first, bo, eve)
    staff.change(membership.remove("Eve", clock(), lost=True))
    settle(staff.first)
    _say_purged(staff, eve, ann)
    staff.server.purged.add(staff.server.mark_of(ann.address))
    assert _keeps(staff, bo)


def test_no_case_goes_before_a_week_in_which_each_sync_names_it(
    staff: Staff, bo: Desk, ann: Writer
) -> None:
    """The word comes weeks before the server's."""
    _say_purged(staff, staff.first, ann)
    assert _keeps(staff, bo)
    staff.server.purged.add(staff.server.mark_of(ann.address))
    assert _troubles(bo) == [PurgedByColleague]
    _go(staff, 6)
    assert _troubles(bo) == [PurgedByColleague]
    _go(staff, 1)
    assert bo.sync().purged == 1


def test_a_handler_and_a_server_do_not_end_what_is_on_hold_or_concluded_for_later(
    staff: Staff, bo: Desk, ann: Writer
) -> None:
    until = TODAY + timedelta(days=700)
    assigning.hold(bo.station, bo.only(), until, "A court asks.")
    settle(bo, staff.first)
    _say_purged(staff, staff.first, ann)
    staff.server.purged.add(staff.server.mark_of(ann.address))
    assert KeptThoughPurged in _troubles(bo)
    assert _keeps(staff, bo)
    assert words.HELD_STILL.format(day=until) in _ahead(bo).warnings
    assigning.conclude(bo.station, bo.only(), Conclusion.REFERRED, until, "Passed on.")
    settle(bo, staff.first)
    assert _keeps(staff, bo)


def test_what_one_person_lets_go_of_stays_with_her_colleagues(
    staff: Staff, bo: Desk, ann: Writer
) -> None:
    """The server has purged it by itself, for nobody used it."""
    server = staff.server
    server.rows = [row for row in server.rows if row.mailbox != ann.address]
    server.purged.add(server.mark_of(ann.address))
    staff.first.sync()
    purging.let_go(staff.first.station, staff.first.only())
    staff.first.sync()
    assert _keeps(staff, bo)


def test_who_may_read_and_was_never_given_it_does_not_end_a_report_of_nobody(
    staff: Staff, bo: Desk
) -> None:
    eve = hire(staff, "Eve", intake=False)
    ann = staff.write("One.")
    settle(staff.first, bo)
    _say_purged(staff, eve, ann)
    staff.server.purged.add(staff.server.mark_of(ann.address))
    assert _troubles(bo) == [KeptThoughPurged]
    for _ in range(3):
        _go(staff, 7)
        bo.sync()
    assert bo.texts()[0] == "One."


@pytest.mark.parametrize("fault", [Fault.REFUSED, None])
def test_a_server_that_refuses_the_list_keeps_no_key_from_being_erased(
    staff: Staff, bo: Desk, ann: Writer, fault: Fault | None
) -> None:
    """Or ends the connection there."""

    def refuse(asked: Asked) -> None:
        if asked.path.startswith("/api/erased/"):
            raise No(fault) if fault is not None else Lost

    first = staff.first
    assigning.conclude(first.station, first.only(), Conclusion.REFERRED, LAST, "Passed on.")
    settle(first, bo)
    _go(staff, 11)
    staff.server.before = refuse
    with suppress(Away):
        bo.sync()
    assert held(bo).cases == ()


def test_a_list_that_was_restored_is_read_anew(staff: Staff, bo: Desk, ann: Writer) -> None:
    """Shorter than it was, then longer: what came in between is not passed over."""
    erased = staff.server.team.erased
    for group in range(3):
        own = held(staff.first).analyst_secret.keys
        signed = sign_erased(bytes([group]) * 32, TODAY, own, held(staff.first).service)
        erased[id_of(staff.first), bytes([group]) * 32] = signed
    bo.sync()
    erased.clear()
    _say_purged(staff, staff.first, ann)
    for group in range(3, 9):
        signed = sign_erased(bytes([group]) * 32, TODAY, own, held(staff.first).service)
        erased[id_of(staff.first), bytes([group]) * 32] = signed
    staff.server.purged.add(staff.server.mark_of(ann.address))
    assert _troubles(bo) == [PurgedByColleague]


def test_a_case_let_go_while_the_list_is_asked_for_leaves_no_row(
    staff: Staff, bo: Desk, ann: Writer
) -> None:
    """Another process of the workstation does it: the page, while the courier syncs."""
    _purge_without(staff)
    beside = Desk(bo.folder, staff.server, bo.clock)

    def let_go(asked: Asked, answer: Answer) -> Answer:
        if asked.path.startswith("/api/erased/") and beside.cases():
            purging.let_go(beside.station, beside.only())
        return answer

    staff.server.answered = let_go
    bo.sync()
    beside.close()
    assert (bo.cases(), held(bo).cases, bo.station.archive.heard.all()) == ([], (), {})


def test_a_forged_word_purges_nothing(staff: Staff, bo: Desk, ann: Writer) -> None:
    _say_purged(staff, staff.first, ann)
    staff.server.purged.add(staff.server.mark_of(ann.address))
    staff.server.team.erased = {
        key: _flipped(signed) for key, signed in staff.server.team.erased.items()
    }
    assert _keeps(staff, bo)


def _flipped(signed: bytes) -> bytes:
    return bytes([signed[0] ^ 1]) + signed[1:]
