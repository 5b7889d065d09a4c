"""Cases that handlers have: assigned, handed on, written in, and concluded."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from crypto.analyst import Analyst, CaseFile
from crypto.documents import (
    Assigned,
    Handover,
    Receipt,
    Reply,
    Sent,
)
from crypto.envelope import Chain
from crypto.keys import AnalystSecret, GroupSecret
from crypto.opening import State
from tests.crypto.world import EPOCH, TODAY, Mailbox, Service, secret

KEEP = TODAY + timedelta(days=90)


@pytest.fixture
def box(service: Service) -> Mailbox:
    box = Mailbox(service)
    box.report()
    return box


def group(number: int, name: str = "") -> GroupSecret:
    return secret(GroupSecret, f"group {number} {name}")


def ids(*people: AnalystSecret) -> frozenset[bytes]:
    return frozenset(each.keys.card.id for each in people)


def put_wraps(box: Mailbox, team: Analyst, case: CaseFile, to: GroupSecret) -> int:
    """Add the wraps to ``to`` that ``team`` can make; how many those were."""
    made = {each.id: each.wrap for each in team.rewrap(case, to.keys.card)}
    for rows in box.rows.values():
        rows[:] = [
            replace(row, wraps={**row.wraps, to.keys.card.id: made[row.id]})
            if row.id in made
            else row
            for row in rows
        ]
    return len(made)


def drop_wraps(box: Mailbox, of: GroupSecret) -> None:
    """As a server does once everything was wrapped anew."""
    for rows in box.rows.values():
        rows[:] = [
            replace(row, wraps={k: v for k, v in row.wraps.items() if k != of.keys.card.id})
            for row in rows
        ]


def assign(
    box: Mailbox,
    to: GroupSecret,
    handlers: Collection[bytes],
    team: Analyst | None = None,
) -> None:
    """Assigned by an analyst on intake, or by ``team``; everything wrapped to ``to`` alone."""
    team = team or box.service.team()
    case = box.file(team)
    before = box.service.intake[EPOCH].keys.card.id if case.group is None else case.group.id
    box.post(*team.assign(case, to, handlers, "Two know this field."))
    put_wraps(box, team, box.file(team), to)
    for rows in box.rows.values():
        rows[:] = [
            replace(row, wraps={k: v for k, v in row.wraps.items() if k != before}) for row in rows
        ]


def problems(case: CaseFile, chain: Chain) -> list[type[Exception] | None]:
    return [None if e.problem is None else type(e.problem) for e in case.of(chain)]


def kinds(case: CaseFile, chain: Chain) -> list[type]:
    return [type(entry.payload) for entry in case.of(chain)]


# -- assigning ----------------------------------------------------------------------------------


def test_an_assigned_case_is_read_and_written_by_its_handlers(
    service: Service, box: Mailbox
) -> None:
    box.post(*service.team().receipt(box.file()))
    assign(box, group(1), ids(service.colleague))
    handler = service.team(group(1), analyst=service.colleague)
    case = box.file(handler)
    assert [entry.state for entry in case.entries] == [State.SHOWN] * 5
    assert kinds(case, Chain.TEAM) == [Receipt, Handover]
    assert kinds(case, Chain.CASE) == [Sent, Assigned]
    assert case.alarms == ()
    assert case.unannounced == ()
    assert case.handlers == ids(service.colleague)
    assert case.group is not None
    assert case.group.id == group(1).keys.card.id
    assert (case.number, case.locked) == (1, ())
    box.post(*handler.reply(case, "We have read it.", "en"))
    box.message("Thank you.")
    box.post(handler.note(box.file(handler), "Watch the dates."))
    box.post(*handler.receipt(box.file(handler)))
    after = box.file(handler)
    assert after.alarms == ()
    assert after.unannounced == ()
    assert (after.unread, after.acknowledged) == (0, 1)
    assert [type(item.payload) for item in box.read().items] == [Receipt, Handover, Reply, Receipt]
    sealed = box.rows[Chain.REPORTER][1].parse_header().recipient
    assert sealed == group(1).keys.card.id
    assert box.rows[Chain.CASE][-1].parse_header().recipient == sealed
    assert set(box.rows[Chain.CASE][-1].wraps) == {sealed}
