"""A case in a team: assigned, changed, written in by those who have it, and by nobody else."""

import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest

from crypto.analyst import Analyst
from crypto.chains import Fault
from crypto.documents import Assigned, Note
from crypto.envelope import Chain
from crypto.errors import Locked, NotHandling
from crypto.keys import GroupSecret, MailboxSecret
from crypto.outgoing import Outgoing
from crypto.roster import Duty, Roster
from dropbox.client.errors import Away, Lost, Unknown
from inbox_ui import assigning, casework, durable, words
from inbox_ui.errors import (
    AssignedMeanwhile,
    CannotWrite,
    NobodyOpens,
    NoHandlerLeft,
    NotAssigned,
    NothingToChange,
    WordsKept,
)
from inbox_ui.shown import list_text, whose
from inbox_ui.summary import OTHER_USE, State
from inbox_ui.thread import wrong_lines
from inbox_ui.vault import ReceivingHeld, read_vault
from tests.inbox_ui.conftest import PASSPHRASE, Desk, Writer
from tests.inbox_ui.kept import Kept
from tests.inbox_ui.team import Colleagues, Copies, id_of, opened
from tests.simulator import Asked

New = Callable[[], Writer]


@pytest.fixture
def team(desk: Desk, make_desk: Callable[..., Desk], kept: Kept) -> Colleagues:
    colleagues = Colleagues(desk, make_desk)

    def make() -> None:
        desk.sync()
        colleagues.join("bo")
        colleagues.join("cy")
        colleagues.sync()

    colleagues.kept(kept, "team", make)
    return colleagues


@pytest.fixture
def ann(team: Colleagues, kept: Kept) -> Writer:
    def make() -> MailboxSecret:
        writer = Writer(team.first.server)
        writer.write("One.")
        team.sync()
        return writer.secret

    return Writer(team.first.server, team.kept(kept, "ann", make))


def _assign(desk: Desk, *others: Desk, text: str = "") -> None:
    assigning.assign(desk.station, desk.only(), frozenset(map(id_of, (desk, *others))), text)


def _change(
    desk: Desk, add: tuple[Desk, ...] = (), remove: tuple[Desk, ...] = (), text: str = ""
) -> None:
    more, fewer = frozenset(map(id_of, add)), frozenset(map(id_of, remove))
    assigning.change_handlers(desk.station, desk.only(), more, fewer, text)


def _reply(desk: Desk, text: str) -> None:
    case = desk.only()
    read = casework.newest_read(desk.station, case.name)
    casework.reply(desk.station, case, text, "en", read)


def _state(desk: Desk) -> str:
    return desk.only().state


# -- who can read -------------------------------------------------------------------------------


def test_one_who_is_neither_opens_nothing_of_the_server_after_an_assignment(
    team: Colleagues, ann: Writer
) -> None:
    bo, cy = team.desks["bo"], team.desks["cy"]
    _assign(team.first, bo)
    ann.write("Two.")
    assert opened(cy.station.vault, team.first.server.rows)
    team.sync()
    ann.write("Three.")
    team.sync()
    _reply(bo, "Hello.")
    team.sync()
    rows = [row for row in team.first.server.rows if row.mailbox == ann.address]
    assert len(rows) == 3 + 2 + 2
    assert opened(cy.station.vault, rows) == []
    for handler in (team.first, bo):
        assert len(opened(handler.station.vault, rows)) == len(rows)
        assert _state(handler) == State.ANSWERED
        assert handler.only().is_whole
    assert _state(cy) == State.LOCKED


def test_the_reporter_goes_on_across_assignment_removal_and_conclusion(
    team: Colleagues, ann: Writer
) -> None:
    bo, cy = team.desks["bo"], team.desks["cy"]
    written, answers = ["One."], []
    steps: list[tuple[Desk, Callable[[], None]]] = [
        (bo, lambda: _assign(team.first, bo)),
        (bo, lambda: _change(bo, add=(cy,))),
        (cy, lambda: _change(bo, remove=(team.first,))),
    ]
    for number, (handler, step) in enumerate(steps):
        step()
        team.sync()
        ann.write(f"To {number}.")
        team.sync()
        _reply(handler, f"From {number}.")
        team.sync()
        written.append(f"To {number}.")
        answers.append(f"From {number}.")
        shown = [text for text in handler.texts() if text in written]
        assert shown == written
        assert [text for text in ann.replies() if text] == answers
        assert handler.only().is_whole
    assert {row.wraps.keys() >= {ann.address} for row in team.first.server.rows if row.chain == 2}


def test_a_removed_handler_reads_nothing_new(team: Colleagues, ann: Writer) -> None:
    bo = team.desks["bo"]
    _assign(team.first, bo)
    team.sync()
    _change(team.first, remove=(bo,))
    team.first.sync()
    before = len(team.first.server.rows)
    ann.write("Not for Bo.")
    team.sync()
    _reply(team.first, "Nor this.")
    team.first.sync()
    bo.sync()
    fresh = team.first.server.rows[before:]
    assert len(fresh) == 3
    assert opened(bo.station.vault, fresh) == []
    assert not {"Not for Bo.", "Nor this."} & set(bo.texts())
    assert _state(bo) == State.LOCKED


def test_whoever_is_added_reads_all_that_came_before(team: Colleagues, ann: Writer) -> None:
    late = team.join("dee", intake=False)
    team.sync()
    _assign(team.first)
    ann.write("Two.")
    team.sync()
    assert _state(late) == State.LOCKED
    _change(team.first, add=(late,))
    team.sync()
    assert [text for text in late.texts() if text] == ["One.", "Two."]
    _reply(late, "I am Dee.")
    team.sync()
    assert "I am Dee." in ann.replies()


# -- who may -----------------------------------------------------------------------------------


def test_only_handlers_and_supervisors_change_the_handlers(team: Colleagues, ann: Writer) -> None:
    bo, cy = team.desks["bo"], team.desks["cy"]
    _assign(bo, text="Mine.")
    bo.sync()
    cy.sync_only()
    with pytest.raises((NotHandling, NothingToChange, NotAssigned)):
        assigning.change_handlers(bo.station, bo.only(), frozenset(), frozenset({id_of(cy)}), "")
    with pytest.raises(NoHandlerLeft):
        _change(bo, remove=(bo,))
    with pytest.raises(NothingToChange):
        _assign(bo)
    other = cy.only()
    with pytest.raises(NotAssigned):
        assigning.change_handlers(cy.station, other, frozenset({id_of(cy)}), frozenset(), "")


def test_a_case_is_not_given_to_people_who_could_not_open_what_came_before(
    team: Colleagues, ann: Writer
) -> None:
    late = team.join("dee", intake=False)
    team.sync()
    with pytest.raises(NobodyOpens):
        assigning.assign(team.first.station, team.first.only(), frozenset({id_of(late)}), "")


# -- two at the same moment ---------------------------------------------------------------------


def test_of_two_first_assignments_one_counts_and_the_other_is_named(
    team: Colleagues, ann: Writer
) -> None:
    bo, cy = team.desks["bo"], team.desks["cy"]
    _assign(bo, cy)
    _assign(team.first, bo)
    bo.sync()
    [trouble] = team.first.sync().troubles
    assert isinstance(trouble, AssignedMeanwhile)
    assert team.first.station.archive.outbox.items() == ()
    team.sync()
    for handler in (bo, cy):
        assert set(handler.open().file.handlers) == {id_of(bo), id_of(cy)}
        assert handler.only().is_whole
    _reply(cy, "From Cy.")
    team.sync()
    assert ann.replies() == ["", "From Cy."] or ann.replies() == ["From Cy."]


def test_two_changes_of_handlers_at_the_same_moment_are_both_made(
    team: Colleagues, ann: Writer
) -> None:
    bo, cy = team.desks["bo"], team.desks["cy"]
    dee = team.join("dee")
    team.sync()
    _assign(team.first, bo, dee)
    team.sync()
    _change(bo, add=(cy,))
    _change(team.first, remove=(dee,))
    bo.sync()
    assert [type(each) for each in team.first.sync().troubles] == []
    team.sync()
    wanted = {id_of(each) for each in (team.first, bo, cy)}
    for handler in (team.first, bo, cy):
        assert handler.open().file.handlers == wanted
        assert handler.texts()[0] == "One."
        assert handler.only().is_whole
    assert _state(dee) == State.LOCKED or not dee.only().is_whole


def test_an_assignment_whose_place_a_note_took_is_made_behind_it(
    team: Colleagues, ann: Writer
) -> None:
    bo = team.desks["bo"]
    casework.note(bo.station, bo.only(), "Quicker.")
    _assign(team.first, bo)
    bo.sync()
    assert team.first.sync().troubles == []
    team.sync()
    assert team.first.open().file.handlers == {id_of(team.first), id_of(bo)}
    kinds = [type(each.payload) for each in bo.open().file.of(Chain.CASE)]
    assert kinds == [Note, Assigned]


def test_words_written_offline_under_the_group_before_are_signed_under_the_new_one(
    team: Colleagues, ann: Writer
) -> None:
    bo = team.desks["bo"]
    _assign(team.first, bo)
    team.sync()
    _reply(bo, "Offline.")
    casework.note(bo.station, bo.only(), "Offline note.")
    _change(team.first, add=(team.desks["cy"],))
    team.first.sync()
    team.sync()
    assert bo.station.archive.outbox.items() == ()
    assert "Offline." in ann.replies()
    team.sync()
    assert {"Offline.", "Offline note."} <= set(team.first.texts())


def test_a_reply_that_goes_out_with_the_case_itself_waits_no_more(
    team: Colleagues, ann: Writer
) -> None:
    bo = team.desks["bo"]
    _reply(team.first, "My last to you.")
    assigning.assign(team.first.station, team.first.only(), frozenset({id_of(bo)}), "")
    team.sync()
    assert team.first.station.archive.outbox.items() == ()
    assert "My last to you." in ann.replies()
    assert "My last to you." in bo.texts()


def test_words_of_one_who_was_removed_meanwhile_are_kept_and_named(
    team: Colleagues, ann: Writer
) -> None:
    bo = team.desks["bo"]
    _assign(team.first, bo)
    team.sync()
    _reply(bo, "Too late.")
    _change(team.first, remove=(bo,))
    team.first.sync()
    [trouble] = bo.sync().troubles
    assert isinstance(trouble, WordsKept)
    assert "Too late." in bo.texts()
    assert "Too late." not in ann.replies()


# -- interrupted --------------------------------------------------------------------------------


def _finish(team: Colleagues, ann: Writer) -> None:
    """However it was stopped: afterwards both handlers have everything, and Cy has nothing."""
    bo, cy = team.desks["bo"], team.desks["cy"]
    team.sync()
    team.sync()
    rows = [row for row in team.first.server.rows if row.mailbox == ann.address]
    for handler in (team.first, bo):
        assert len(opened(handler.station.vault, rows)) == len(rows)
        assert handler.only().is_whole
        assert not handler.only().unfinished
    assert opened(cy.station.vault, rows) == []
    ann.write("Afterwards.")
    team.sync()
    assert "Afterwards." in bo.texts()


def test_an_assignment_stopped_at_any_request_is_finished_by_the_next_sync(
    team: Colleagues, ann: Writer
) -> None:
    _assign(team.first, team.desks["bo"])
    for number in range(60):
        started = len(team.first.server.log)

        def cut(asked: Asked, number: int = number, started: int = started) -> None:
            if len(team.first.server.log) - started > number:
                raise Lost

        team.first.server.before = cut
        try:
            team.first.sync()
            break
        except (Away, Unknown):
            team.first.close()
    else:
        raise AssertionError
    assert number > 8
    team.first.server.before = lambda asked: None
    _finish(team, ann)


def test_an_assignment_stopped_at_any_write_of_the_vault_loses_nothing(
    team: Colleagues, ann: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = durable.replace
    broken = [True]

    def full(path: object, data: bytes) -> None:
        if broken[0]:
            raise CannotWrite(str(path))
        real(path, data)  # type: ignore[arg-type]

    monkeypatch.setattr(durable, "replace", full)
    with pytest.raises(CannotWrite):
        _assign(team.first, team.desks["bo"])
    assert team.first.station.archive.outbox.items() == ()
    broken[0] = False
    _assign(team.first, team.desks["bo"])
    assert team.first.sync().troubles == []
    assert team.first.server.team.grants
    broken[0] = True
    with pytest.raises(CannotWrite):
        team.desks["bo"].sync()
    team.desks["bo"].close()
    broken[0] = False
    _finish(team, ann)


# -- a hostile server ---------------------------------------------------------------------------


def test_what_a_server_says_of_use_and_handlers_changes_nothing_but_an_alarm(
    team: Colleagues, ann: Writer
) -> None:
    bo = team.desks["bo"]
    _assign(team.first, bo)
    team.sync()
    other = secrets.token_bytes(32)
    team.first.server.listed = lambda rows: [
        replace(row, use=other) if row.chain == 2 else row for row in rows
    ]
    ann.write("Two.")
    _reply(bo, "Still ours.")
    bo.sync()
    assert bo.open().file.handlers == {id_of(team.first), id_of(bo)}
    assert _state(bo) != State.LOCKED
    assert "Two." in bo.texts()
    assert OTHER_USE in [mark.what for mark in bo.only().alarms]
    assert "Still ours." in ann.replies()


def test_a_supervisor_who_gives_a_case_away_keeps_nothing_of_it_open(
    team: Colleagues, ann: Writer
) -> None:
    boss, bo = team.join("eve", (Duty.ANALYST, Duty.SUPERVISOR)), team.desks["bo"]
    team.sync()
    assigning.assign(boss.station, boss.only(), frozenset({id_of(bo)}), "For Bo.")
    boss.sync()
    team.sync()
    assert _state(boss) == State.LOCKED
    assert bo.texts()[0] == "One."
    assert bo.only().is_whole
    copies = Copies(team.first.server)
    assert opened(team.first.station.vault, copies.of(ann.address)) == []


def test_a_supervisor_lets_go_of_a_cases_key_once_its_handlers_have_shown_to_have_it(
    team: Colleagues, ann: Writer
) -> None:
    boss, bo = team.join("eve", (Duty.ANALYST, Duty.SUPERVISOR)), team.desks["bo"]
    team.sync()
    assigning.assign(boss.station, boss.only(), frozenset({id_of(bo)}), "For Bo.")
    boss.sync()
    [group] = boss.station.vault.case_groups
    held = ReceivingHeld(50, 50, secrets.token_bytes(32))  # as at the next epoch
    bo.station.keep(lambda vault: vault.with_receiving(held))
    for _ in range(2):
        boss.sync()
        assert group in boss.station.vault.case_groups, "a new receiving key shows nothing"
    for _ in range(2):
        team.sync()
    assert boss.station.vault.cases == ()
    assert (id_of(boss), group) in team.first.server.team.erased
    assert group in bo.station.vault.case_groups
    assert bo.texts()[0] == "One."


# -- who was taken off a case -------------------------------------------------------------------


def _secrets(desk: Desk, address: bytes) -> list[int]:
    held = read_vault(desk.folder.vault, PASSPHRASE)
    return [each.number for each in held.cases if each.mailbox == address]


def _bodies(desk: Desk, address: bytes) -> int:
    mailbox = desk.station.archive.mailbox(address)
    assert mailbox is not None
    [(_, rows)] = desk.station.archive.rows([mailbox.id])
    return sum(row.stored is not None and row.stored.body is not None for row in rows or ())


def _taken_from(team: Colleagues, handler: Desk) -> None:
    _assign(team.first, handler)
    team.sync()
    assert _secrets(handler, team.first.server.rows[0].mailbox) == [1]
    _change(team.first, remove=(handler,), text="Knows the officer.")
    team.first.sync()


def test_whoever_was_taken_off_a_case_erases_its_key_and_all_of_it_and_says_so(
    team: Colleagues, ann: Writer
) -> None:
    bo, server = team.desks["bo"], team.first.server
    _taken_from(team, bo)
    group = next(iter(bo.station.vault.case_groups))
    copies = Copies(server)
    outcome = bo.sync()
    assert outcome.troubles == []
    assert outcome.departed == [bo.only().name]
    assert _secrets(bo, ann.address) == []
    assert _bodies(bo, ann.address) == 0
    assert bo.only().state == State.LOCKED
    assert bo.only().is_whole
    assert opened(bo.station.vault, copies.of(ann.address)) == []
    assert (id_of(bo), group) in server.team.erased
    assert bo.sync().departed == []
    team.sync()
    assert "One." in team.first.texts()


def test_whoever_is_added_again_after_that_reads_all_of_it_again(
    team: Colleagues, ann: Writer
) -> None:
    bo = team.desks["bo"]
    _taken_from(team, bo)
    team.sync()
    assert not any(bo.texts())
    _change(team.first, add=(bo,))
    team.sync()
    assert "One." in bo.texts()
    assert _secrets(bo, ann.address) == [3]
    assert bo.only().is_whole


def _signed_by(forger: Desk, holder: Desk) -> tuple[Outgoing, Outgoing]:
    """An assignment to ``holder`` alone, by one who is no handler and has come by the keys."""
    station, vault = holder.station, holder.station.vault
    analyst = Analyst(
        forger.station.vault.analyst_secret,
        station.seen.directory,
        tuple(vault.groups.values()),
        station.colleagues,
        secrets.token_bytes,
        frozenset({id_of(forger)}),
    )
    group = GroupSecret.generate(secrets.token_bytes)
    return analyst.assign(holder.open().file, group, {id_of(holder)}, "")


@pytest.mark.parametrize("how", ["a stub", "nothing", "another's"])
def test_nobody_lets_go_of_a_case_because_a_server_says_so(
    team: Colleagues, ann: Writer, how: str
) -> None:
    """It takes the case away, shows stubs, and gives what no handler has signed."""
    bo, cy, server = team.desks["bo"], team.desks["cy"], team.first.server
    _assign(team.first, bo)
    team.sync()
    if how == "nothing":
        server.team.handlers[ann.address] = frozenset({id_of(team.first)})
    elif how == "a stub":
        _change(team.first, remove=(bo,))
        team.first.sync()
        server.team.departures.clear()
    else:
        pair = _signed_by(cy, team.first)
        server.put(*pair)
        server.team.handlers[ann.address] = frozenset({id_of(team.first)})
        told = (frozenset({id_of(bo)}), frozenset[bytes]())
        server.team.departures[pair[1].envelope.id] = told
    for _ in range(2):
        assert bo.sync().departed == []
    assert _secrets(bo, ann.address) == [1]
    assert "One." in bo.texts()


# -- when all of them are gone ------------------------------------------------------------------


def test_a_case_whose_handlers_have_all_left_says_so_and_what_to_do(
    team: Colleagues, ann: Writer
) -> None:
    bo, cy = team.desks["bo"], team.desks["cy"]
    assigning.assign(team.first.station, team.first.only(), frozenset({id_of(bo), id_of(cy)}), "")
    team.first.sync()  # the key stays here until both have shown that they have it

    def said() -> str:
        return list_text(team.first.cases(), {}, team.first.station.roster)

    team.publish(lambda roster: _suspended(roster, id_of(bo)))
    team.first.sync()
    assert words.LEFT_ALONE not in said()
    team.publish(lambda roster: _suspended(roster, id_of(cy)))
    team.first.sync()
    assert words.LEFT_ALONE in said()
    case = team.first.only()
    assert words.LEFT_ALONE in list(whose(case, team.first.station.roster))
    assigning.assign(team.first.station, case, frozenset({id_of(team.first)}), "Both have left.")
    team.first.sync()
    assert words.LEFT_ALONE not in said()
    assert "One." in team.first.texts()


def test_whoever_let_go_of_a_case_cannot_take_it_back_when_its_handlers_have_left(
    team: Colleagues, ann: Writer
) -> None:
    bo, cy = team.desks["bo"], team.desks["cy"]
    assigning.assign(team.first.station, team.first.only(), frozenset({id_of(bo), id_of(cy)}), "")
    team.sync()
    team.sync()
    for each in (bo, cy):
        team.publish(lambda roster, each=each: _suspended(roster, id_of(each)))
    team.first.sync()
    case = team.first.only()
    assert words.LEFT_ALONE in list_text(team.first.cases(), {}, team.first.station.roster)
    with pytest.raises(Locked):
        assigning.assign(team.first.station, case, frozenset({id_of(team.first)}), "")


def _suspended(roster: Roster, analyst: bytes) -> Roster:
    members = tuple(
        replace(each, suspended=each.suspended or each.id == analyst) for each in roster.members
    )
    return replace(roster, members=members)


def test_what_is_wrong_with_the_chains_of_others_case_is_shown(
    team: Colleagues, ann: Writer
) -> None:
    bo, cy, server = team.desks["bo"], team.desks["cy"], team.first.server
    _assign(team.first, bo)
    team.sync()
    assert cy.only().is_whole
    [entry] = [row for row in server.rows if row.chain == Chain.CASE]
    server.add(replace(entry, body=None, body_hash=secrets.token_bytes(32), wraps={}))
    cy.sync()
    assert _state(cy) == State.LOCKED
    assert [each.what for each in cy.only().alarms] == ["fork"]
    assert wrong_lines(cy.only())


def test_a_grant_that_was_lost_with_a_server_is_given_again(team: Colleagues, ann: Writer) -> None:
    """Grants are in no backup: a server that was restored has none."""
    boss, bo = team.join("eve", (Duty.ANALYST, Duty.SUPERVISOR)), team.desks["bo"]
    team.sync()
    assigning.assign(boss.station, boss.only(), frozenset({id_of(bo)}), "For Bo.")
    boss.sync()
    team.first.server.team.grants.clear()
    held = ReceivingHeld(50, 50, secrets.token_bytes(32))
    bo.station.keep(lambda vault: vault.with_receiving(held))
    bo.sync()
    assert bo.station.vault.cases == ()
    boss.sync()
    team.sync()
    assert bo.texts()[0] == "One."


def test_an_assigned_that_comes_without_its_handover_keeps_nobody_from_a_case(
    team: Colleagues, ann: Writer
) -> None:
    """Somebody on intake duty writes it alone, which a server takes like any entry."""
    first, bo, cy = team.first, team.desks["bo"], team.desks["cy"]
    group = GroupSecret.generate(secrets.token_bytes)
    _, entry = bo.station.analyst.assign(bo.open().file, group, frozenset({id_of(bo)}), "")
    first.server.put(entry)
    team.sync()
    for desk in (first, bo, cy):
        assert not desk.open().file.handlers
        assert [each.what for each in desk.only().alarms] == [Fault.UNKNOWN_MARK.value]
    _assign(first, cy)
    team.sync()
    team.sync()
    for desk in (first, cy):
        assert desk.open().file.handlers == {id_of(first), id_of(cy)}
        assert desk.open().file.group is not None
        assert all(each.problem is None for each in desk.open().file.of(Chain.TEAM))
