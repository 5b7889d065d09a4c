"""Epochs that are interrupted, raced, slept through or told wrong days: nothing is lost, nothing
stays that should be gone, and nothing goes too early (§7)."""

import copy
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crypto.groups import sign_grant
from crypto.keys import GroupSecret
from crypto.roster import Duty
from dropbox.client.errors import Away, Lost, NotReached
from dropbox.client.transport import Answer
from inbox_ui import keeper, rotation
from inbox_ui.errors import BadGrant, NoSpace
from inbox_ui.folder import Folder
from inbox_ui.receiving import known_keys
from inbox_ui.vault import Vault
from tests.inbox_ui.conftest import Clock, Desk
from tests.inbox_ui.kept import Kept
from tests.inbox_ui.staff import PUBLISHER, READER, Staff, epochs, held, knows, opens
from tests.simulated_team import Given
from tests.simulator import Asked, Simulator


@pytest.fixture
def staff(desk: Desk, clock: Clock, kept: Kept) -> Iterator[Staff]:
    """The founder and Ben, both with the first epoch's group, and a report of that time."""
    staff = Staff(desk, clock)

    def make() -> None:
        ben = staff.hire("Ben")
        ben.sync()
        staff.first.sync()
        ben.sync()
        staff.write("Of the first epoch.")
        ben.sync()
        staff.first.sync()

    staff.kept(kept, "staff", make)
    yield staff
    staff.close()


def _ben(staff: Staff) -> Desk:
    return staff.others["Ben"]


# -- interrupted --------------------------------------------------------------------------------


class Copies:
    """The same moment again and again: folders and server as they were."""

    def __init__(self, staff: Staff, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._desks = (staff.first, _ben(staff))
        for desk in self._desks:
            desk.close()
        self._server, self._clock = staff.server, staff.clock

    def make(self) -> tuple[Simulator, Desk, Desk]:
        self._count += 1
        server = copy.deepcopy(self._server)
        made = []
        for desk in self._desks:
            goal = self._folder / f"{desk.folder.path.name}-{self._count}"
            shutil.copytree(desk.folder.path, goal)
            made.append(Desk(Folder(goal), server, self._clock))
        return server, made[0], made[1]


def _breaks(server: Simulator, at: int, lost: bool) -> None:
    """The line is lost at the ``at``-th request: before it arrives, or before its answer does."""
    left = at

    def count(kind: type[Exception]) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise kind

    def before(_: Asked) -> None:
        count(NotReached)

    def answered(_: Asked, answer: Answer) -> Answer:
        count(Lost)
        return answer

    if lost:
        server.answered = answered
    else:
        server.before = before


def _mend(server: Simulator) -> None:
    server.before, server.answered = (lambda _: None), (lambda _, answer: answer)


def _interrupted(desk: Desk) -> None:
    with suppress(Away, NoSpace):
        desk.sync_only()
    desk.close()


def _check_rotated(server: Simulator, first: Desk, ben: Desk) -> None:
    for desk in (first, ben):
        assert desk.sync().troubles == []
    assert server.directory.intake.epoch == 2
    assert epochs(first) == epochs(ben) == [1, 2]
    assert held(first).pending is None
    assert opens(first) == opens(ben) == ["Of the first epoch."]
    for desk in (first, ben):
        desk.close()


@pytest.mark.slow
@pytest.mark.parametrize("lost", [False, pytest.param(True, marks=pytest.mark.long)])
def test_a_rotation_that_is_cut_off_at_any_request_finishes_and_loses_nothing(
    staff: Staff, tmp_path: Path, lost: bool
) -> None:
    staff.clock.go(31)
    staff.server.today = staff.clock()
    copies = Copies(staff, tmp_path)
    server, first, ben = copies.make()
    asked = len(server.log)
    first.sync_only()
    first.close()
    count = len(server.log) - asked
    assert count > 10
    for at in range(1, count + 1):
        server, first, ben = copies.make()
        _breaks(server, at, lost)
        _interrupted(first)
        _mend(server)
        _check_rotated(server, first, ben)


@pytest.mark.slow
@pytest.mark.parametrize("written", [False, True])
def test_a_rotation_that_stops_at_any_writing_of_the_vault_finishes_and_loses_nothing(
    staff: Staff, tmp_path: Path, written: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff.clock.go(31)
    staff.server.today = staff.clock()
    copies, write = Copies(staff, tmp_path), keeper.write_vault
    for at in range(1, 6):
        server, first, ben = copies.make()
        left = at

        def broken(path: Path, vault: Vault, *more: object) -> None:
            nonlocal left
            left -= 1
            if left != 0 or written:
                write(path, vault, *more)  # type: ignore[arg-type]
            if left == 0:
                raise NoSpace(path)

        with monkeypatch.context() as patch:
            patch.setattr(keeper, "write_vault", broken)
            _interrupted(first)
        _check_rotated(server, first, ben)
        if left > 0:
            assert at > 2, "the vault is written for a pending group, and when it is no more"
            return
    raise AssertionError


@pytest.mark.slow
@pytest.mark.parametrize("lost", [pytest.param(False, marks=pytest.mark.long), True])
def test_an_end_of_an_epoch_that_is_cut_off_at_any_request_finishes_and_loses_nothing(
    staff: Staff, tmp_path: Path, lost: bool
) -> None:
    old = staff.server.directory.intake_card.id
    staff.go(31, staff.first, _ben(staff))
    staff.first.sync()
    staff.go(16, staff.first, _ben(staff))
    staff.clock.go(1)
    staff.server.today = staff.clock()
    copies = Copies(staff, tmp_path)
    server, first, ben = copies.make()
    asked = len(server.log)
    first.sync_only()
    first.close()
    assert not knows(first, old)
    for at in range(1, len(server.log) - asked + 1):
        server, first, ben = copies.make()
        _breaks(server, at, lost)
        _interrupted(first)
        _mend(server)
        for desk in (first, ben):
            assert desk.sync().troubles == []
            assert not knows(desk, old)
            assert opens(desk) == ["Of the first epoch."]
            desk.close()
        assert len(server.team.erased) == 2
        assert all(old not in row.wraps for row in server.rows)


# -- several at once ----------------------------------------------------------------------------


def test_of_two_publishers_that_rotate_at_once_one_wins_and_nothing_is_lost(staff: Staff) -> None:
    ben = staff.hire("Dora", PUBLISHER)
    ben.sync()
    staff.first.sync()
    ben.sync()
    staff.clock.go(31)
    staff.server.today = staff.clock()
    raced: list[Exception] = []

    def before(asked: Asked) -> None:
        """Just before the founder's directory arrives, Ben's does."""
        if (asked.method, asked.path) == ("POST", "/api/directory"):
            staff.server.before = lambda _: None
            raced.extend(_in_thread(ben))

    staff.server.before = before
    assert staff.first.sync().troubles == []
    assert raced == []
    assert staff.server.directory.intake.epoch == 2
    for desk in (ben, staff.first, ben):
        assert desk.sync().troubles == []
    staff.write("Of the second epoch.")
    for desk in (staff.first, ben):
        assert desk.sync().troubles == []
        assert (epochs(desk), held(desk).pending) == ([1, 2], None)
        assert opens(desk) == ["Of the first epoch.", "Of the second epoch."]


def _in_thread(desk: Desk) -> list[Exception]:
    """A whole sync beside the one that goes on: a loop of its own needs a thread of its own."""
    import threading

    troubles: list[Exception] = []
    thread = threading.Thread(target=lambda: troubles.extend(desk.sync().troubles))
    thread.start()
    thread.join()
    return troubles


def test_a_pending_group_that_was_granted_to_somebody_who_left_is_never_used(
    staff: Staff,
) -> None:
    from inbox_ui import membership

    cat = staff.hire("Cat")
    cat.sync()
    staff.first.sync()
    staff.go(28, staff.first, step=14)
    staff.clock.go(3)
    staff.server.today = staff.clock()

    def before(asked: Asked) -> None:
        if (asked.method, asked.path) == ("POST", "/api/directory"):
            raise NotReached

    staff.server.before = before
    with pytest.raises(Away):
        staff.first.sync_only()
    pending = held(staff.first).pending
    assert pending is not None
    granted = GroupSecret(pending.secret).keys.card.id
    assert granted in {each.group for each in staff.server.team.grants}
    _mend(staff.server)
    staff.change(membership.remove("Cat", staff.clock(), lost=True))
    assert staff.server.directory.intake_card.id != granted
    assert staff.server.directory.intake.epoch >= 2


def test_away_for_40_days_it_catches_up_and_opens_all_that_is_not_assigned(staff: Staff) -> None:
    ben = _ben(staff)
    staff.go(32, staff.first)
    staff.write("Of the second epoch.")
    staff.go(8, staff.first)
    staff.write("Of its eighth day.")
    assert ben.sync().troubles == []
    wanted = ["Of its eighth day.", "Of the first epoch.", "Of the second epoch."]
    assert opens(ben) == wanted
    assert staff.server.directory.intake.epoch == 2


def test_away_for_a_whole_epoch_it_is_given_that_one_too_while_it_is_opened(staff: Staff) -> None:
    """No directory that it has seen names that group as the current one."""
    ben = _ben(staff)
    staff.go(32, staff.first)
    staff.write("Of the second epoch.")
    staff.go(31, staff.first)
    assert staff.server.directory.intake.epoch == 3
    for desk in (ben, staff.first, ben):
        assert desk.sync().troubles == []
    assert opens(ben) == ["Of the first epoch.", "Of the second epoch."]
    assert 2 in epochs(ben)


# -- keys that are gone -------------------------------------------------------------------------


def test_a_grant_to_an_erased_receiving_key_does_not_open(staff: Staff) -> None:
    ben, first = _ben(staff), staff.first.station
    me = ben.station.vault.analyst_secret.keys.card.id
    key, vault = known_keys(first)[me], first.vault
    group = GroupSecret.generate(first.random_bytes)
    for _ in range(2):
        staff.go(31, staff.first, ben)
    assert key.number not in {each.number for each in held(ben).receiving}
    assert len(held(ben).receiving) == 2
    signed = sign_grant(group, key, vault.analyst_secret.keys, vault.service, first.random_bytes)
    staff.server.team.grants.append(Given(me, group.keys.card.id, None, signed))
    assert [type(each) for each in ben.sync().troubles] == [BadGrant]
    assert not knows(ben, group.keys.card.id)
    assert staff.server.team.grants, "it is left there"


def test_a_group_that_was_erased_is_not_taken_back(staff: Staff) -> None:
    ben, first = _ben(staff), staff.first.station
    me, old = ben.station.vault.analyst_secret.keys.card.id, first.vault.intake[0]
    group = GroupSecret(old.secret)
    staff.go(31, staff.first, ben)
    staff.first.sync()
    staff.go(17, staff.first, ben, staff.first)
    ben.sync()
    assert not knows(ben, group.keys.card.id)
    key, vault = known_keys(first)[me], first.vault
    signed = sign_grant(group, key, vault.analyst_secret.keys, vault.service, first.random_bytes)
    staff.server.team.grants.append(Given(me, group.keys.card.id, None, signed))
    assert ben.sync().troubles == []
    assert not knows(ben, group.keys.card.id)
    assert staff.server.team.grants == []


def test_hostile_grants_are_named_and_left_and_the_others_are_opened(staff: Staff) -> None:
    ben, first = _ben(staff), staff.first.station
    cat = staff.hire("Cat")
    cat.sync()
    staff.first.sync()
    me = cat.station.vault.analyst_secret.keys.card.id
    [good] = staff.server.team.grants
    key, vault = known_keys(first)[me], first.vault
    strange = GroupSecret.generate(first.random_bytes)
    stranger = replace(good, signed=bytes([good.signed[0] ^ 1]) + good.signed[1:])
    box = staff.write("A case.").address
    by = vault.analyst_secret.keys
    case = sign_grant(strange, key, by, vault.service, first.random_bytes)
    bad = [
        replace(good, signed=b"garbage"),
        Given(me, strange.keys.card.id, box, case),
    ]
    staff.server.team.grants[:0] = bad
    staff.server.team.grants.append(stranger)  # the newest, so it is tried before the good one
    assert [type(each) for each in cat.sync().troubles] == [BadGrant] * 3
    assert knows(cat, good.group)
    assert not knows(cat, strange.keys.card.id)
    assert good not in staff.server.team.grants
    assert ben.sync().troubles == []


def test_an_older_receiving_key_is_refused_and_named(staff: Staff) -> None:
    from inbox_ui.errors import ForgedKey, OldKey

    ben = _ben(staff)
    me = ben.station.vault.analyst_secret.keys.card.id
    old = staff.server.team.receiving[me]
    staff.go(31, staff.first, ben)
    staff.first.sync()
    newest = known_keys(staff.first.station)[me]
    staff.server.team.receiving[me] = old
    assert [type(each) for each in staff.first.sync().troubles] == [OldKey]
    forged = (9, bytes([old[1][0] ^ 1]) + old[1][1:])
    staff.server.team.receiving[me] = forged
    assert [type(each) for each in staff.first.sync().troubles] == [ForgedKey]
    assert known_keys(staff.first.station)[me] == newest


def test_a_vault_from_a_backup_makes_a_key_above_the_one_it_had(
    staff: Staff, tmp_path: Path
) -> None:
    ben = _ben(staff)
    ben.close()
    shutil.copytree(ben.folder.path, tmp_path / "backup")
    staff.go(31, staff.first, ben)
    staff.first.sync()
    ben.close()
    restored = Desk(Folder(tmp_path / "backup"), staff.server, staff.clock)
    assert [type(each) for each in restored.sync().troubles] == [BadGrant], "to a key it lost"
    assert staff.first.sync().troubles == []
    assert restored.sync().troubles == []
    assert epochs(restored) == [1, 2], "it was granted once more"
    restored.close()


# -- wrong clocks -------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [-5, 3, 13])
@pytest.mark.parametrize("duties", [READER, PUBLISHER])
def test_a_clock_that_is_wrong_by_days_erases_nothing_early(
    staff: Staff, days: int, duties: tuple[Duty, ...]
) -> None:
    """Dora's is. Somebody else's day has to have come as well, also where she signs directories."""
    dora = staff.hire("Dora", duties)
    dora.sync()
    staff.first.sync()
    dora.sync()
    old = staff.server.directory.intake_card.id
    staff.go(31, staff.first, dora)
    dora.close()
    rotated = staff.server.directory.intake.first_day
    wrong = Clock(staff.clock.day + timedelta(days=days))
    dora = Desk(dora.folder, staff.server, wrong)
    while (left := rotated + timedelta(days=16) - staff.clock()) > timedelta(0):
        for each in (staff.clock, wrong):
            each.go(min(left.days, 8))
        staff.server.today = staff.clock()
        dora.sync_only()
        staff.first.sync()
        assert knows(dora, old)
        assert knows(staff.first, old)
    staff.clock.go(1)
    wrong.day = staff.server.today = staff.clock()  # somebody puts it right
    for desk in (dora, staff.first, dora, staff.first):
        desk.sync_only()
    assert not knows(dora, old)
    assert not knows(staff.first, old)
    dora.close()


def test_nobody_rotates_to_a_group_that_nobody_would_hold(staff: Staff) -> None:
    """All who were on intake duty do something else: the group stays, and it is said."""
    from inbox_ui import membership
    from inbox_ui.errors import NobodyToGrant

    cat = staff.hire("Cat", (Duty.ANALYST, Duty.PUBLISHER), intake=False)
    cat.sync()
    for label in ("Ben", "first analyst"):
        staff.change(membership.set_duties(label, None, False))
    epoch = staff.server.directory.intake.epoch
    staff.clock.go(31)
    staff.server.today = staff.clock()
    troubles = cat.sync().troubles
    assert [type(each) for each in troubles] == [NobodyToGrant]
    assert staff.server.directory.intake.epoch == epoch
    assert held(cat).pending is None
    assert rotation.due(cat.station).intake
