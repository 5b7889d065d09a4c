"""Contact details: whom a custodian's workstation answers."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from crypto.casefile import Head
from crypto.contact import seal_contact
from crypto.documents import Conclusion, ContactReleased
from crypto.envelope import Chain
from crypto.errors import Expired, NotHandling
from crypto.handling import Handling
from crypto.outgoing import Outgoing
from crypto.reporter import Draft
from crypto.roster import Duty
from inbox_ui import assigning, disclosing, membership
from inbox_ui.errors import NotReleased, WrongAsker
from tests.inbox_ui.conftest import Clock, Desk, Writer
from tests.inbox_ui.staff import Staff
from tests.inbox_ui.team import id_of

DETAILS = "me@example.invalid"


@pytest.fixture
def staff(desk: Desk, clock: Clock) -> Iterator[Staff]:
    made = Staff(desk, clock)
    desk.sync()
    made.hire("Cus", (Duty.CUSTODIAN,), intake=False)
    made.hire("Eve")
    _sync(made, 3)
    yield made
    made.close()


@pytest.fixture
def ann(staff: Staff, reporter: Callable[[], Writer]) -> Writer:
    """A report with contact details, handled by the founder and Eve."""
    return _confide(staff, reporter())


def _confide(staff: Staff, writer: Writer) -> Writer:
    card = staff.server.directory.contact_card
    contact = seal_contact(DETAILS, writer.address, card, secrets.token_bytes)
    staff.server.put(writer.core.report(Draft("One.", contact=contact), staff.clock()))
    _sync(staff)
    handlers = frozenset({id_of(staff.first), id_of(staff.others["Eve"])})
    assigning.assign(staff.first.station, staff.first.only(), handlers, "")
    _sync(staff)
    return writer


def _sync(staff: Staff, times: int = 2) -> None:
    for _ in range(times):
        for desk in (staff.first, *staff.others.values()):
            desk.sync()


def _request(staff: Staff, by: Desk) -> Outgoing:
    """A request by whoever still has the keys of the case, at the next place of the log."""
    file = by.open().file
    rows = [row for row in staff.server.rows if row.chain == Chain.CASE]
    last = max(rows, key=lambda row: row.seq)
    heads = {**file.heads, Chain.CASE: Head(last.seq + 1, last.id)}
    return by.station.analyst.request_contact(replace(file, heads=heads), "Please.")


def _answer(custodian: Desk) -> None:
    disclosing.answer(custodian.station, custodian.only(), "Yes.", release=True)


def _take_off(staff: Staff) -> None:
    first, eve = staff.first, staff.others["Eve"]
    gone = frozenset({id_of(eve)})
    assigning.change_handlers(first.station, first.only(), frozenset(), gone, "")
    for _ in range(2):
        first.sync()


def _released(staff: Staff) -> int:
    entries = staff.first.open().file.entries
    return sum(isinstance(each.payload, ContactReleased) for each in entries)


def test_a_handler_who_asks_is_answered(staff: Staff, ann: Writer) -> None:
    custodian = staff.others["Cus"]
    disclosing.request(staff.first.station, staff.first.only(), "")
    _sync(staff)
    _answer(custodian)
    _sync(staff)
    assert disclosing.show(staff.first.station, staff.first.only()) == DETAILS


def test_a_handler_who_left_the_team_does_not_get_contact_details_through_a_custodian(
    staff: Staff, ann: Writer
) -> None:
    """With the old group's certificate, at a server that shows the custodian nothing else."""
    eve, custodian = staff.others["Eve"], staff.others["Cus"]
    asked = _request(staff, eve)
    _take_off(staff)
    staff.change(membership.remove("Eve", staff.clock(), lost=True))
    staff.first.sync()
    asked = _request(staff, eve)
    staff.server.put(asked)
    custodian.sync()
    with pytest.raises(WrongAsker):
        _answer(custodian)
    assert _released(staff) == 0


def test_a_handler_taken_off_a_case_does_not_get_its_contact_details_through_a_custodian(
    staff: Staff, ann: Writer
) -> None:
    """She is of the team. The server says who has the case now; where it says nothing, a newer
    group's request does."""
    eve, custodian = staff.others["Eve"], staff.others["Cus"]
    _take_off(staff)
    staff.server.put(_request(staff, eve))
    custodian.sync()
    with pytest.raises(WrongAsker):
        _answer(custodian)
    disclosing.request(staff.first.station, staff.first.only(), "")
    staff.first.sync()
    staff.server.put(_request(staff, eve))
    shown = staff.server.listed
    staff.server.listed = lambda rows: [replace(row, use=None) for row in shown(rows)]
    custodian.sync()
    with pytest.raises(WrongAsker):
        _answer(custodian)
    assert _released(staff) == 0


def test_under_a_roster_that_is_over_nothing_is_released(staff: Staff, ann: Writer) -> None:
    """A server may keep back the one by which who asks has left."""
    custodian = staff.others["Cus"]
    disclosing.request(staff.first.station, staff.first.only(), "")
    _sync(staff)
    staff.clock.go(15)
    with pytest.raises(Expired):
        _answer(custodian)
    roster = custodian.station.roster
    assert roster is not None
    assert staff.clock() - roster.expires == timedelta(days=1)


def _ask_for_intake(staff: Staff, by: Desk) -> Outgoing:
    """What somebody could write who had the report before it was assigned, and asks as intake."""
    analyst, file = by.station.analyst, by.open().file
    rows = [row for row in staff.server.rows if row.chain == Chain.CASE]
    last = max(rows, key=lambda row: row.seq)
    heads = {**file.heads, Chain.CASE: Head(last.seq + 1, last.id)}
    intake = replace(file, heads=heads, author=None, handling=Handling())
    return analyst.request_contact(intake, "Please.")


@pytest.mark.parametrize("ended", [False, True], ids=["while it is handled", "when it has ended"])
def test_nobody_gets_contact_details_for_intake_once_a_case_was_assigned(
    staff: Staff, ann: Writer, ended: bool
) -> None:
    first, eve, custodian = staff.first, staff.others["Eve"], staff.others["Cus"]
    _take_off(staff)
    if ended:
        keep = staff.clock() + timedelta(days=400)
        assigning.conclude(first.station, first.only(), Conclusion.REFERRED, keep, "")
        first.sync()
    staff.server.put(_ask_for_intake(staff, eve))
    custodian.sync()
    with pytest.raises(WrongAsker):
        _answer(custodian)
    assert _released(staff) == 0


def test_handlers_ask_in_their_groups_name_when_the_case_has_ended(
    staff: Staff, ann: Writer
) -> None:
    first, custodian = staff.first, staff.others["Cus"]
    keep = staff.clock() + timedelta(days=400)
    assigning.conclude(first.station, first.only(), Conclusion.REFERRED, keep, "")
    _sync(staff)
    disclosing.request(first.station, first.only(), "")
    _sync(staff)
    _answer(custodian)
    _sync(staff)
    assert disclosing.show(first.station, first.only()) == DETAILS


def test_a_custodian_who_read_the_report_on_intake_opens_no_details_of_a_case_of_others(
    staff: Staff, reporter: Callable[[], Writer]
) -> None:
    """Both halves come together at her workstation, and what takes them back does not."""
    both = staff.hire("Both", (Duty.ANALYST, Duty.CUSTODIAN))
    _sync(staff, 3)
    writer = _confide(staff, reporter())
    disclosing.request(staff.first.station, staff.first.only(), "Please.")
    _sync(staff)
    _answer(both)
    _sync(staff)
    with pytest.raises(NotHandling):
        disclosing.show(both.station, both.only())
    assert disclosing.show(staff.first.station, staff.first.only()) == DETAILS
    staff.server.put(writer.core.withdraw_contact(writer.read(), staff.clock()))
    _sync(staff)
    for desk in (both, staff.first, staff.others["Eve"]):
        with pytest.raises((NotHandling, NotReleased)):
            disclosing.show(desk.station, desk.only())
