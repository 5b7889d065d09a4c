"""The team's life in any order: join, report, assign, suspend, remove, rotate, purge, restore.

After every step exactly those can open what the server has whom docs/protocol.md §7 and §11 name,
tried with everything that each vault holds; and every report with a receipt is shown to somebody
until it is purged. Short here; ``LIFE=long``, as ``make soak`` has it, goes on for longer.
"""

import copy
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from crypto.documents import Conclusion
from crypto.roster import READERS, Duty
from inbox_ui import assigning, founding, membership, purging, sealed
from inbox_ui.errors import KeptThoughPurged, PurgedByColleague
from inbox_ui.folder import Folder
from inbox_ui.settings import Settings
from inbox_ui.summary import Summary
from tests.inbox_ui.conftest import ORIGIN, PASSPHRASE, TODAY, Clock, Desk, Writer
from tests.inbox_ui.staff import Staff, held
from tests.inbox_ui.team import id_of, opened
from tests.simulator import Row, Simulator

NEARLY_A_YEAR = timedelta(days=270)
"""Then certificates end, which is another story (tests/inbox_ui/test_validity.py)."""
LONG = os.environ.get("LIFE") == "long"
READER, SUPERVISOR = (Duty.ANALYST,), (Duty.ANALYST, Duty.SUPERVISOR)
PEOPLE: dict[str, tuple[tuple[Duty, ...], bool]] = {
    "Ben": (READER, True),
    "Cy": (READER, False),
    "Dee": (SUPERVISOR, True),
    "Eve": ((Duty.AUDITOR,), False),
    "Fay": ((Duty.CALLS,), False),
}
"""Who may join: what they do, and whether they are on intake duty."""
FIRST = founding.FIRST_LABEL
Opened = dict[str, set[bytes]]
"""For each of the team, the ids of the envelopes that one can open."""


@dataclass
class Case:
    """A reporter, what was written, and who has it: ``None`` for all on intake duty.

    ``odd``: a restored server has forgotten something of it, so that only the archives have it.
    """

    writer: Writer
    texts: list[str]
    handlers: frozenset[str] | None = None
    odd: bool = False


@dataclass
class Backup:
    """What a server's backup holds, and who could open it then."""

    server: Simulator
    opened: Opened


@dataclass
class Past:
    """What somebody could open who is not of those any more, and may have kept a key of."""

    opened: Opened = field(default_factory=dict)

    def add(self, name: str, ids: set[bytes]) -> None:
        self.opened.setdefault(name, set()).update(ids)


class TeamLife(RuleBasedStateMachine):
    """One team, its server, its reporters, and somebody who tries every vault on everything."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="team-life-"))
        self.clock = Clock()
        team = founding.found("Invented Team", [ORIGIN], self.clock(), secrets.token_bytes)
        folder = Folder(self.folder / "first")
        settings_ = Settings(ORIGIN, None)
        root = folder.default_root
        founding.settle(team, folder, root, settings_, PASSPHRASE, secrets.token_bytes)
        self.server = Simulator(team.directory, ORIGIN, self.clock())
        self.staff = Staff(Desk(folder, self.server, self.clock), self.clock)
        self.cases: list[Case] = []
        self.purged: list[Case] = []
        self.left: dict[str, Desk] = {}
        self.suspended: dict[str, Desk] = {}
        self.past = Past()
        self.backup: Backup | None = None
        self.restored = False
        self.settle()

    def teardown(self) -> None:
        for desk in self.everybody.values():
            desk.close()
        shutil.rmtree(self.folder)

    # -- what can happen ------------------------------------------------------------------------

    @precondition(lambda self: PEOPLE.keys() - self.everybody.keys())
    @rule(data=st.data())
    def join(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(PEOPLE.keys() - self.everybody.keys())))
        duties, intake = PEOPLE[name]
        self.staff.hire(name, duties, intake=intake)
        self.settle()

    @rule()
    def report(self) -> None:
        text = f"Report {len(self.cases) + len(self.purged)}."
        self.cases.append(Case(self.staff.write(text), [text]))
        self.settle()

    @precondition(lambda self: self.whole)
    @rule(data=st.data())
    def write_again(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(self.whole))
        case.texts.append(f"{case.texts[0]} And {len(case.texts)}.")
        case.writer.write(case.texts[-1])
        self.settle()

    @precondition(lambda self: self.whole)
    @rule(data=st.data())
    def give(self, data: st.DataObject) -> None:
        """Assign it, or change its handlers: by anybody who has it."""
        case = data.draw(st.sampled_from(self.whole))
        names = st.sampled_from(sorted(self.reading))
        wanted = frozenset(data.draw(st.sets(names, min_size=1)))
        if case.handlers is not None and (wanted == case.handlers or not wanted & case.handlers):
            return  # nothing would change, or nobody could open what came before
        actor = self.active[data.draw(st.sampled_from(sorted(self.readers(case))))]
        if not wanted & self.readers(case):
            return
        ids = frozenset(id_of(self.active[name]) for name in wanted)
        assigning.assign(actor.station, self.summary(actor, case), ids, "Drawn by lot.")
        self.settle()
        case.handlers = wanted

    @precondition(lambda self: self.staff.others)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        """Somebody leaves: cases first, then the roster, then a new epoch."""
        name = data.draw(st.sampled_from(sorted(self.staff.others)))
        alone = [each for each in self.cases if each.handlers == frozenset({name})]
        mine = [each for each in self.whole if each.handlers and name in each.handlers]
        if alone or any(FIRST not in (each.handlers or ()) for each in mine):
            return
        self.past.add(name, self.try_all(self.active[name]))
        for case in mine:
            assert case.handlers is not None
            case.handlers -= {name}
            ids = frozenset(id_of(self.active[each]) for each in case.handlers)
            summary = self.summary(self.staff.first, case)
            assigning.assign(self.staff.first.station, summary, ids, "One leaves.")
        self.staff.first.sync()
        self.past.add(name, self.told(name))
        self.staff.change(membership.remove(name, self.clock(), lost=True))
        self.left[name] = self.staff.others.pop(name)
        self.settle()

    @precondition(lambda self: self.staff.others)
    @rule(data=st.data())
    def suspend(self, data: st.DataObject) -> None:
        """Somebody who handles nothing: a case would first be given to others."""
        name = data.draw(st.sampled_from(sorted(self.staff.others)))
        if any(name in (each.handlers or ()) for each in self.cases):
            return
        self.past.add(name, self.try_all(self.active[name]))
        self.staff.change(membership.set_suspended(name, suspended=True))
        self.suspended[name] = self.staff.others.pop(name)
        self.settle()

    @precondition(lambda self: self.suspended)
    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.suspended)))
        self.staff.change(membership.set_suspended(name, suspended=False))
        desk = self.staff.others[name] = self.suspended.pop(name)
        self.settle(1, told=(PurgedByColleague, KeptThoughPurged))
        self.let_go(desk)
        self.settle()

    def let_go(self, desk: Desk) -> None:
        """As a person does of what was reported before, and assigned and purged meanwhile."""
        book = desk.station.casebook
        for each in book.all():
            if book.address(each) in desk.station.archive.heard.all():
                purging.let_go(desk.station, each)

    @precondition(lambda self: self.clock() < TODAY + NEARLY_A_YEAR)
    @rule(days=st.sampled_from([1, 14, 34, 55]))
    def days_pass(self, days: int) -> None:
        for _ in range(0, days, 10):
            self.clock.go(min(10, days))
            self.server.today = self.clock()
            self.settle(1)
        self.settle()

    @precondition(lambda self: any(each.handlers for each in self.whole))
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        """Conclude a case, and let its day come: each handler's workstation purges it, and that of
        one who was away or suspended meanwhile when it is back for a week."""
        case = data.draw(st.sampled_from([each for each in self.whole if each.handlers]))
        assert case.handlers is not None
        who = data.draw(st.sampled_from(sorted(case.handlers)))
        absent = data.draw(st.sampled_from([None, *sorted(case.handlers - {who, FIRST})]))
        suspended = absent is not None and data.draw(st.booleans())
        desk, away = self.active[who], self.go_away(absent, suspended=suspended)
        file = desk.open(self.summary(desk, case)).file
        desk.station.archive.outbox.put(desk.station.analyst.receipt(file))
        self.settle(1)
        until = self.clock() + timedelta(days=1)
        summary = self.summary(desk, case)
        assigning.conclude(desk.station, summary, Conclusion.OTHER, until, "Over.")
        self.settle()
        self.cases.remove(case)
        self.purged.append(case)
        self.pass_a_week()
        if absent is not None and away is not None:
            if suspended:
                self.staff.change(membership.set_suspended(absent, suspended=False))
            self.staff.others[absent] = away
            self.settle(told=(PurgedByColleague,))
            self.pass_a_week()

    def go_away(self, name: str | None, *, suspended: bool) -> Desk | None:
        """Somebody's workstation, which syncs no more."""
        if name is None:
            return None
        if suspended:
            self.staff.change(membership.set_suspended(name, suspended=True))
        return self.staff.others.pop(name)

    def pass_a_week(self) -> None:
        """And a day, so that all have heard of what ended."""
        self.clock.go(8)
        self.server.today = self.clock()
        self.settle()

    @rule()
    def back_up(self) -> None:
        server = copy.deepcopy(self.server)
        server.team.grants = []
        self.backup = Backup(server, {n: self.try_all(d) for n, d in self.everybody.items()})

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore(self) -> None:
        """The server is lost, and made anew from the backup. Its operator has the newest directory,
        what workstations know as purged is purged again, and positions go on (``_move_on`` of
        ``dropbox.operation.restore``)."""
        assert self.backup is not None
        now = {case.writer.address: self.state_of(case) for case in self.cases}
        old = copy.deepcopy(self.backup.server)
        for name in ("rows", "closed", "purged", "roster", "team"):
            setattr(self.server, name, getattr(old, name))
        self.restored = True
        for case in self.cases:
            case.odd |= self.state_of(case) != now[case.writer.address]
        for name, ids in self.backup.opened.items():
            self.past.add(name, ids)
        self.settle()
        server = self.server
        server.rows = [each for each in server.rows if not self.is_marked(each.mailbox)]

    # -- what always holds ----------------------------------------------------------------------

    @invariant()
    def exactly_those_open_it_whom_the_protocol_names(self) -> None:
        for case in self.whole:
            rows = self.rows_of(case)
            ids = {row.id for row in rows}
            for name, desk in self.everybody.items():
                opens = {row.id for row in opened(held(desk), rows, self.grants)}
                if name in self.readers(case):
                    assert opens == ids, f"{name} lacks a key"
                else:
                    assert opens <= self.past.opened.get(name, set()), f"{name} has a key"

    @invariant()
    def every_report_is_shown_to_somebody_until_it_is_purged(self) -> None:
        for case in self.cases:
            readers = self.active if case.odd else {n: self.active[n] for n in self.readers(case)}
            shown = [text for desk in readers.values() for text in self.texts(desk, case)]
            assert set(case.texts) <= set(shown)

    @invariant()
    def what_is_purged_is_gone(self) -> None:
        for case in self.purged:
            address = case.writer.address
            assert [row for row in self.server.rows if row.mailbox == address] == []
            for name in case.handlers or ():
                if name in self.active:
                    vault = held(self.active[name])
                    assert address not in {each.mailbox for each in vault.cases}

    # -- how it is done -------------------------------------------------------------------------

    @property
    def active(self) -> dict[str, Desk]:
        return {FIRST: self.staff.first, **self.staff.others}

    @property
    def everybody(self) -> dict[str, Desk]:
        return {**self.active, **self.suspended, **self.left}

    @property
    def reading(self) -> frozenset[str]:
        """Those who may be given a case."""
        return frozenset(
            name for name in self.active if name == FIRST or READERS & {*PEOPLE[name][0]}
        )

    @property
    def on_intake(self) -> frozenset[str]:
        return frozenset(name for name in self.active if name == FIRST or PEOPLE[name][1])

    @property
    def whole(self) -> list[Case]:
        return [each for each in self.cases if not each.odd]

    @property
    def grants(self) -> list[bytes]:
        return [each.signed for each in self.server.team.grants]

    def readers(self, case: Case) -> frozenset[str]:
        return self.on_intake if case.handlers is None else case.handlers

    def settle(self, times: int = 3, told: tuple[type[Exception], ...] = ()) -> None:
        """Everybody syncs; ``told`` is what somebody may have to know then."""
        for _ in range(times):
            for desk in self.active.values():
                troubles = [each for each in desk.sync().troubles if not isinstance(each, told)]
                assert self.restored or troubles == [], troubles

    def is_marked(self, mailbox: bytes) -> bool:
        return self.server.mark_of(mailbox) in self.server.purged

    def rows_of(self, case: Case) -> list[Row]:
        address = case.writer.address
        return [row for row in self.server.rows if row.mailbox == address and row.body is not None]

    def state_of(self, case: Case) -> list[tuple[bytes, frozenset[bytes]]]:
        return [(row.id, frozenset(row.wraps)) for row in self.rows_of(case)]

    def try_all(self, desk: Desk) -> set[bytes]:
        return {row.id for row in opened(held(desk), self.server.rows, self.grants)}

    def told(self, name: str) -> set[bytes]:
        """The entries that took a case from somebody, which say so to that one: who has it now."""
        departures, who = self.server.team.departures, id_of(self.everybody[name])
        return {entry for entry, (whom, _) in departures.items() if who in whom}

    def summary(self, desk: Desk, case: Case) -> Summary:
        desk.station.refresh()
        book = desk.station.casebook
        [found] = [each for each in book.all() if book.address(each) == case.writer.address]
        return found

    def texts(self, desk: Desk, case: Case) -> list[str]:
        desk.station.refresh()
        book = desk.station.casebook
        found = [each for each in book.all() if book.address(each) == case.writer.address]
        return [text for each in found for text in desk.texts(each)]


@pytest.mark.slow
def test_the_teams_life() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        TeamLife,
        settings=settings(
            max_examples=200 if LONG else 3,
            stateful_step_count=30 if LONG else 8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_argon_is_cheap_here() -> None:
    """The fixture of this folder holds for the whole machine: else each example takes minutes."""
    assert sealed.VAULT_ARGON2_OPERATIONS == 1
