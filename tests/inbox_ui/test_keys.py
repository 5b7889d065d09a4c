"""Receiving keys, grants and epochs, with several workstations at one server (§7)."""

import asyncio
import secrets
from collections.abc import Iterator

import pytest

from crypto.roster import Duty
from dropbox.client.errors import WrongAnswer
from dropbox.client.retry import NO_PATIENCE
from dropbox.client.transport import Answer
from dropbox.wire import PAPERS, Papers, pack
from inbox_ui import membership
from inbox_ui.line import Line
from tests.inbox_ui.conftest import Clock, Desk
from tests.inbox_ui.staff import Staff, epochs, held, knows, opens, opens_all_rows


@pytest.fixture
def staff(desk: Desk, clock: Clock) -> Iterator[Staff]:
    staff = Staff(desk, clock)
    desk.sync()
    yield staff
    staff.close()


def test_a_new_member_reads_new_reports_after_the_grant_and_not_before(staff: Staff) -> None:
    staff.write("Before anybody joined.")
    new = staff.hire("Ben")
    new.sync()
    assert opens(new) == []
    assert epochs(new) == []
    assert staff.first.sync().troubles == []
    staff.write("After the grant.")
    assert new.sync().troubles == []
    assert opens(new) == ["After the grant.", "Before anybody joined."]
    assert staff.server.team.grants == [], "what was opened is deleted at the server"
    assert new.sync().troubles == []


def test_a_grant_is_given_once_for_each_receiving_key(staff: Staff) -> None:
    ben = staff.hire("Ben")
    ben.sync()
    staff.first.sync()
    ben.sync()
    given = [asked for asked in staff.server.log if asked.path == "/api/grants" and asked.body]
    assert len(given) == 1
    for desk in (staff.first, ben, staff.first):
        assert desk.sync().troubles == []
    given = [asked for asked in staff.server.log if asked.path == "/api/grants" and asked.body]
    assert len(given) == 1


def test_who_is_put_on_intake_duty_is_given_whole_what_came_as_stubs(staff: Staff) -> None:
    staff.write("Only a stub at first.")
    ben = staff.hire("Ben", intake=False)
    ben.sync()
    staff.first.sync()
    ben.sync()
    assert (opens(ben), epochs(ben)) == ([], [])
    staff.change(membership.set_duties("Ben", None, True))
    ben.sync()
    assert opens(ben) == ["Only a stub at first."]


def test_who_left_reads_nothing_of_the_next_epoch_with_all_the_server_has(staff: Staff) -> None:
    ben = staff.hire("Ben")
    ben.sync()
    staff.first.sync()
    staff.write("While Ben was here.")
    ben.sync()
    before = staff.server.directory.intake
    staff.change(membership.remove("Ben", staff.clock(), lost=False))
    after = staff.server.directory.intake
    assert (before.epoch, after.epoch) == (1, 2), "a new group at once"
    assert after.card != before.card
    staff.write("After Ben left.")
    assert staff.first.sync().troubles == []
    assert opens(staff.first) == ["After Ben left.", "While Ben was here."]
    assert opens_all_rows(ben, staff.server) == ["While Ben was here."]
    gone = ben.station.vault.analyst_secret.keys.card.id
    assert all(each.analyst != gone for each in staff.server.team.grants)


def test_a_group_is_replaced_once_for_each_who_leaves(staff: Staff) -> None:
    ben = staff.hire("Ben")
    ben.sync()
    staff.first.sync()
    staff.change(membership.set_suspended("Ben", True))
    for _ in range(2):
        staff.first.sync()
    assert staff.server.directory.intake.epoch == 2


def test_a_custodian_who_leaves_takes_the_contact_group_along(staff: Staff) -> None:
    ben = staff.hire("Ben", (Duty.ANALYST, Duty.CUSTODIAN), intake=False)
    ben.sync()
    staff.first.sync()
    ben.sync()
    old = staff.server.directory.contact_card.id
    assert knows(ben, old)
    staff.change(membership.remove("Ben", staff.clock(), lost=True))
    new = staff.server.directory.contact_card.id
    assert new != old
    assert staff.server.directory.intake.epoch == 1
    assert knows(staff.first, old), "halves of earlier reports are still released"
    assert held(staff.first).contact_groups
    assert list(held(staff.first).contact_groups)[-1] == new


def test_the_epoch_moves_after_its_last_day_and_the_old_secret_is_gone_17_days_later(
    staff: Staff,
) -> None:
    ben = staff.hire("Ben")
    ben.sync()
    staff.first.sync()
    staff.write("Of the first epoch.")
    ben.sync()
    old = staff.server.directory.intake_card.id
    staff.go(31, staff.first, ben)
    new = staff.server.directory.intake_card.id
    assert new != old
    rotated = staff.server.directory.intake.first_day
    for desk in (staff.first, ben, staff.first, ben):
        assert desk.sync().troubles == []
    staff.go(16 - (staff.clock() - rotated).days, staff.first, ben)
    assert knows(staff.first, old), "a directory that names it may still be out"
    assert knows(ben, old)
    staff.go(1, staff.first, ben, staff.first)
    for desk in (staff.first, ben):
        assert not knows(desk, old)
        assert epochs(desk) == [2]
        assert opens(desk) == ["Of the first epoch."]
    [row] = staff.server.rows
    assert set(row.wraps) == {new}, "wrapped anew, and the old wrap is deleted"
    assert len(staff.server.team.erased) == 2
    assert opens_all_rows(ben, staff.server) == ["Of the first epoch."]


def test_all_erasures_are_listed_however_many_and_an_endless_list_is_no_answer(desk: Desk) -> None:
    server = desk.server
    server.team.erased.update({(secrets.token_bytes(32), b""): b"%d" % n for n in range(2001)})

    async def listed() -> tuple[bytes, ...]:
        line = Line(server.transport(), server.origin, NO_PATIENCE)
        async with line.as_analyst(desk.station.vault) as service:
            return await service.erased()

    assert asyncio.run(listed()) == tuple(server.team.erased.values())
    endless = Answer(200, pack(Papers(PAPERS).to_bytes(), [b"x"] * PAPERS))
    server.answered = lambda asked, answer: endless if "/erased" in asked.path else answer
    with pytest.raises(WrongAnswer):
        asyncio.run(listed())
