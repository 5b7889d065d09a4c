"""Keys under attack: rosters held back, grants lost or sent again, stubs that are made up (§7)."""

import asyncio
import secrets
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from crypto.constants import WRAP
from crypto.groups import sign_erased, sign_grant
from crypto.keys import GroupSecret
from crypto.roster import Duty, Roster
from crypto.signed import split
from dropbox.client.retry import NO_PATIENCE
from inbox_ui import assigning, membership, rostering
from inbox_ui.errors import (
    GrantNotPossible,
    KeyNotCome,
    NobodyToGrant,
    StaleRoster,
    WrapsNotTaken,
)
from inbox_ui.granting import grantable
from inbox_ui.line import Line
from inbox_ui.receiving import known_keys
from inbox_ui.vault import MOST_CONTACT
from tests.inbox_ui.conftest import Clock, Desk
from tests.inbox_ui.staff import PUBLISHER, Staff, epochs, held, knows, opens
from tests.inbox_ui.team import id_of
from tests.simulated_team import Given
from tests.simulator import Asked


@pytest.fixture
def staff(desk: Desk, clock: Clock) -> Iterator[Staff]:
    """The founder and Ben, both on intake duty."""
    staff = Staff(desk, clock)
    staff.first.sync()
    _join(staff, "Ben")
    yield staff
    staff.close()


def _join(staff: Staff, name: str, duties: tuple[Duty, ...] = (Duty.ANALYST,)) -> Desk:
    desk = staff.hire(name, duties)
    for each in (desk, staff.first, desk):
        each.sync()
    return desk


def _ben(staff: Staff) -> Desk:
    return staff.others["Ben"]


def _troubles(desk: Desk) -> list[type[Exception]]:
    return [type(each) for each in desk.sync().troubles]


def _go(staff: Staff, days: int) -> None:
    staff.clock.go(days)
    staff.server.today = staff.clock()


def _amend(staff: Staff, change: membership.Change) -> None:
    """What ``roster`` commands do: they sign and send, and fetch nothing else."""
    desk = staff.first

    async def amend() -> None:
        line = Line(desk.server.transport(), desk.server.origin, NO_PATIENCE)
        vault = desk.station.vault
        async with line.as_analyst(vault) as analyst, line.as_publisher(vault) as publisher:
            await rostering.amend(desk.station, analyst, publisher, change)

    asyncio.run(amend())


# -- a roster that is held back -----------------------------------------------------------------


def _holds_back(staff: Staff, roster: bytes | None) -> None:
    """The server lets Ben in, and shows everybody the roster that still has him."""
    assert roster is not None
    staff.server.roster = roster


def test_a_roster_held_back_past_its_days_gets_a_removed_analyst_no_new_group(
    staff: Staff,
) -> None:
    cat, ben = _join(staff, "Cat"), _ben(staff)
    ben.sync()
    old = staff.server.roster
    staff.change(membership.remove("Ben", staff.clock(), lost=True))
    for _ in range(6):
        _go(staff, 6)
        staff.first.sync()
    _holds_back(staff, old)
    ben.sync()
    assert StaleRoster in _troubles(cat)
    assert all(each.analyst != id_of(ben) for each in staff.server.team.grants)
    ben.sync()
    assert not knows(ben, staff.server.directory.intake_card.id)


def test_a_roster_older_than_the_group_gets_a_removed_analyst_nothing_while_it_is_valid(
    staff: Staff,
) -> None:
    cat, ben = _join(staff, "Cat"), _ben(staff)
    staff.go(10, staff.first, cat, ben, step=5)
    old = staff.server.roster
    _go(staff, 1)
    staff.change(membership.remove("Ben", staff.clock(), lost=True))
    assert staff.server.directory.intake.epoch == 2
    [grant] = [each for each in staff.server.team.grants if each.analyst == id_of(cat)]
    newest = staff.server.roster
    _holds_back(staff, old)
    ben.sync()
    assert StaleRoster in _troubles(cat)
    assert grant not in staff.server.team.grants, "it was opened"
    ben.sync()
    assert not knows(ben, staff.server.directory.intake_card.id)
    _holds_back(staff, newest)
    assert _troubles(cat) == []


def test_a_publisher_who_replaces_a_group_signs_a_roster_that_is_no_older(staff: Staff) -> None:
    staff.go(31, staff.first)
    directory, roster = staff.server.directory, staff.server.roster
    assert directory.intake.epoch == 2
    assert roster is not None
    assert Roster.from_bytes(split(roster)[1]).issued >= directory.intake.first_day
    before = staff.server.roster
    staff.first.sync()
    assert staff.server.roster == before, "once is enough"


def test_who_is_certified_no_more_is_granted_nothing(staff: Staff) -> None:
    first, ben = staff.first.station, id_of(_ben(staff))
    staff.clock.go(360)
    assert list(grantable(first, [ben])) == [ben]
    staff.clock.go(1)
    assert grantable(first, [ben]) == {}


def test_a_case_is_granted_to_nobody_under_a_roster_that_has_expired(staff: Staff) -> None:
    ben, first = _ben(staff), staff.first
    staff.write("A case.")
    first.sync()
    staff.change(membership.set_duties("Ben", None, False))
    cat = _join(staff, "Cat", PUBLISHER)
    staff.server.team.receiving.pop(id_of(ben))
    assigning.assign(first.station, first.only(), frozenset({id_of(first), id_of(ben)}), "")
    first.sync()
    staff.server.team.grants.clear()
    roster = staff.server.roster
    _go(staff, 15)
    cat.sync()
    newest = staff.server.roster
    assert newest != roster
    case = held(first).cases[-1]
    group = GroupSecret(case.secret).keys.card.id
    first.station.archive.ring.forget_holders(group)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rostering, "in_office", lambda *_: False)
        staff.server.roster = roster
        assert StaleRoster in _troubles(first)
        assert [each for each in staff.server.team.grants if each.group == group] == []
        staff.server.roster = newest
        assert GrantNotPossible not in _troubles(first)
    assert [each.analyst for each in staff.server.team.grants if each.group == group] == [
        id_of(ben)
    ]


# -- who has left -------------------------------------------------------------------------------


def test_who_joins_and_is_removed_between_two_syncs_of_the_publisher_takes_no_current_group_along(
    staff: Staff,
) -> None:
    cat = staff.hire("Cat")  # the founder's last sync: from here on there are commands alone
    eve_joins = staff.change
    staff.change = lambda change: _amend(staff, change)  # type: ignore[method-assign]
    eve = staff.hire("Eve")
    for desk in (eve, _ben(staff), eve):
        desk.sync()
    group = staff.server.directory.intake_card.id
    assert knows(eve, group), "Ben gave it to her"
    staff.change(membership.remove("Eve", staff.clock(), lost=True))
    staff.change = eve_joins  # type: ignore[method-assign]
    for desk in (staff.first, _ben(staff), cat):
        desk.sync()
    assert staff.server.directory.intake_card.id != group
    assert not knows(eve, staff.server.directory.intake_card.id)


def test_a_publisher_who_missed_the_rosters_between_replaces_the_group_of_one_who_left(
    staff: Staff,
) -> None:
    """Dora signs too, and was away while somebody came and went."""
    dora = _join(staff, "Dora", PUBLISHER)
    _go(staff, 3)
    group = staff.server.directory.intake_card.id
    staff.change = lambda change: _amend(staff, change)  # type: ignore[method-assign]
    eve = staff.hire("Eve")
    for desk in (eve, _ben(staff), eve):
        desk.sync()
    assert knows(eve, group)
    staff.change(membership.remove("Eve", staff.clock(), lost=True))
    assert dora.sync().troubles == []
    assert staff.server.directory.intake_card.id != group
    assert staff.server.directory.intake.epoch == 2
    for desk in (staff.first, dora, staff.first):
        desk.sync()
    assert staff.server.directory.intake.epoch == 2, "once"


# -- the end of an epoch ------------------------------------------------------------------------


def _end_first_epoch(staff: Staff) -> None:
    for days in (31, 7, 7, 2, 1):
        _go(staff, days)
        for desk in (staff.first, _ben(staff), staff.first):
            desk.sync()
    assert epochs(_ben(staff)) == [2]


def _assigned_to_the_founder(staff: Staff) -> None:
    first, ben = staff.first, _ben(staff)
    staff.write("Assigned text.")
    ben.sync()
    first.sync()
    assigning.assign(first.station, first.only(), frozenset({id_of(first)}), "a reason")
    for _ in range(2):
        first.sync()
    ben.sync()


def test_who_is_no_handler_reads_nothing_of_a_case_after_the_epoch_it_came_in(
    staff: Staff,
) -> None:
    _assigned_to_the_founder(staff)
    assert opens(_ben(staff)) == ["Assigned text."], "what was read cannot be taken back at once"
    _end_first_epoch(staff)
    assert opens(_ben(staff)) == []
    assert "Assigned text." in opens(staff.first)
    for row in staff.server.rows:
        assert staff.server.directory.intake_card.id not in row.wraps


def test_made_up_stubs_beside_an_assignment_keep_nothing_readable_for_others(
    staff: Staff,
) -> None:
    _assigned_to_the_founder(staff)
    for row in [each for each in staff.server.rows if each.chain in {2, 3}]:
        made_up = replace(row, body=None, body_hash=secrets.token_bytes(32), wraps={})
        staff.server.add(made_up)
    _end_first_epoch(staff)
    assert opens(_ben(staff)) == []


def test_what_is_assigned_while_an_epoch_ends_is_not_kept_by_the_others(staff: Staff) -> None:
    """Behind Ben's last look at the feed, and before he wraps anew what he thinks is his."""
    first, ben = staff.first, _ben(staff)
    staff.write("Assigned text.")
    for desk in (ben, first):
        desk.sync()
    for days in (31, 7, 7):
        _go(staff, days)
        for desk in (first, ben, first):
            desk.sync()
    assert epochs(ben) == [1, 2]
    _go(staff, 3)
    first.sync()
    first.close()  # opened again in the thread that uses it
    before = staff.server.before
    assigned: list[bool] = []

    def assigning_now(asked: Asked) -> None:
        if (asked.method, asked.path) == ("POST", "/api/wraps") and not assigned:
            assigned.append(True)
            staff.server.before = before
            thread = threading.Thread(target=assign)
            thread.start()
            thread.join()

    def assign() -> None:
        first.sync()
        assigning.assign(first.station, first.only(), frozenset({id_of(first)}), "")
        for _ in range(2):
            first.sync_only()
        first.close()

    staff.server.before = assigning_now
    ben.sync()
    assert assigned == [True]
    assert epochs(ben) == [2]
    assert opens(ben) == []


def test_lost_grants_of_the_new_group_do_not_cost_what_the_old_one_opens(staff: Staff) -> None:
    ben = _ben(staff)
    staff.write("Of the first epoch.")
    ben.sync()
    troubles: list[type[Exception]] = []
    for days in (31, 7, 7, 2, 1):
        _go(staff, days)
        staff.first.sync()
        staff.server.team.grants.clear()
        troubles = _troubles(ben)
        staff.server.team.grants.clear()
    assert troubles == [KeyNotCome]
    assert epochs(ben) == [1]
    assert opens(ben) == ["Of the first epoch."]


def test_a_group_that_only_its_maker_has_is_granted_again_until_somebody_holds_it(
    staff: Staff,
) -> None:
    """The founder leaves intake duty, and the server comes back from a backup without grants."""
    first, ben = staff.first, _ben(staff)
    staff.change(membership.set_duties("first analyst", None, False))
    assert staff.server.directory.intake.epoch == 2
    staff.server.team.grants.clear()
    staff.write("Of the second epoch.")
    ben.sync()
    assert epochs(ben) == [1]
    first.sync()
    ben.sync()
    assert epochs(ben) == [1, 2]
    assert opens(ben) == ["Of the second epoch."]
    assert held(first).pending is not None
    first.sync()
    assert held(first).pending is None, "who is not on intake duty keeps it no longer than needed"
    assert epochs(first) == [1]
    assert opens(first) == []


def test_a_group_that_only_its_maker_has_is_not_replaced_when_its_days_are_over(
    staff: Staff,
) -> None:
    first, ben = staff.first, _ben(staff)
    staff.change(membership.set_duties("first analyst", None, False))
    staff.server.team.grants.clear()
    staff.write("Of the second epoch.")
    troubles: list[type[Exception]] = []
    for _ in range(5):
        _go(staff, 7)
        troubles = _troubles(first)
        staff.server.team.grants.clear()
    assert troubles == [NobodyToGrant]
    assert staff.server.directory.intake.epoch == 2
    first.sync()
    for desk in (ben, first, ben):
        desk.sync()
    assert staff.server.directory.intake.epoch == 3
    assert opens(ben) == ["Of the second epoch."]


# -- grants that were not asked for -------------------------------------------------------------


def test_a_grant_sent_again_after_its_case_was_erased_brings_nothing_back(staff: Staff) -> None:
    first, ben = staff.first, _ben(staff)
    staff.write("A case.")
    first.sync()
    assigning.assign(first.station, first.only(), frozenset({id_of(first), id_of(ben)}), "")
    first.sync()
    [grant] = [each for each in staff.server.team.grants if each.mailbox is not None]
    for desk in (ben, first, ben):
        desk.sync()
    assert knows(ben, grant.group)
    station, vault = ben.station, ben.station.vault
    erased = sign_erased(grant.group, staff.clock(), vault.analyst_secret.keys, vault.service)
    station.archive.ring.begin_erasure(grant.group, erased)
    assert grant.mailbox is not None
    mailbox = grant.mailbox
    station.keep(lambda vault: vault.without_case(mailbox))
    staff.server.team.grants.append(grant)
    asked = len(staff.server.log)
    ben.sync()
    assert not knows(ben, grant.group)
    assert staff.server.team.grants == []
    paths = [each.path for each in staff.server.log[asked:]]
    assert not any(path.startswith("/api/case/") for path in paths), "and is not fetched again"


def test_a_custodian_who_floods_a_vault_with_groups_stops_nothing(staff: Staff) -> None:
    first = staff.first
    dan = _join(staff, "Dan", (Duty.ANALYST, Duty.CUSTODIAN))
    key, vault = known_keys(dan.station)[id_of(first)], dan.station.vault
    for _ in range(MOST_CONTACT):
        group = GroupSecret.generate(secrets.token_bytes)
        signed = sign_grant(
            group, key, vault.analyst_secret.keys, vault.service, secrets.token_bytes
        )
        given = Given(id_of(first), group.keys.card.id, None, signed)
        staff.server.team.grants.append(given)
    first.sync()
    assert len(held(first).contact) == 1
    old = staff.server.directory.contact_card.id
    staff.change(membership.remove("Dan", staff.clock(), lost=True))
    assert _troubles(first) == []
    assert staff.server.directory.contact_card.id != old
    assert knows(first, staff.server.directory.contact_card.id)


def test_a_contact_group_is_taken_by_a_custodian_alone(staff: Staff) -> None:
    first, ben = staff.first, _ben(staff)
    key, vault = known_keys(first.station)[id_of(ben)], first.station.vault
    group = GroupSecret(vault.contact[-1])
    signed = sign_grant(group, key, vault.analyst_secret.keys, vault.service, secrets.token_bytes)
    staff.server.team.grants.append(Given(id_of(ben), group.keys.card.id, None, signed))
    ben.sync()
    assert not knows(ben, group.keys.card.id)


def test_a_vault_can_be_written_after_any_number_of_contact_groups(staff: Staff) -> None:
    vault = held(staff.first)
    for number in range(MOST_CONTACT + 1):
        vault = vault.with_contact(number.to_bytes(32, "big"))
    assert len(vault.contact) == MOST_CONTACT
    assert vault.contact[-1] == MOST_CONTACT.to_bytes(32, "big")
    assert type(vault).from_bytes(vault.to_bytes()) == vault


def test_a_wrap_put_there_before_ours_does_not_lose_what_only_the_old_one_opens(
    staff: Staff,
) -> None:
    """Whoever has a session on intake duty can add wraps that open nothing; a server keeps them."""
    ben = _ben(staff)
    staff.write("Of the first epoch.")
    for each in (ben, staff.first):
        each.sync()
    old = staff.server.directory.intake_card.id
    while staff.server.directory.intake.epoch == 1:
        _go(staff, 4)
        for each in (staff.first, ben):
            each.sync()
    junk = {staff.server.directory.intake_card.id: secrets.token_bytes(WRAP)}
    rows = [replace(row, wraps={**row.wraps, **junk}) for row in staff.server.rows]
    staff.server.rows[:] = rows
    troubles: list[type[Exception]] = []
    for _ in range(6):
        _go(staff, 4)
        troubles += [kind for each in (staff.first, ben) for kind in _troubles(each)]
    assert all(old in row.wraps for row in staff.server.rows)
    assert WrapsNotTaken in troubles
    assert all("Of the first epoch." in opens(each) for each in (staff.first, ben))
