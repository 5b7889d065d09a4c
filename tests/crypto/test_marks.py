"""The marks alone; what they do for reporter and team is in ``test_reporter``, ``test_analyst``."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.chains import Alarm, Fault, Inspected, inspect
from crypto.documents import CasePayload, Closed, Link, ReporterPayload, Sent, TeamPayload
from crypto.envelope import Chain
from crypto.marks import (
    check_acks,
    check_announced,
    check_seen,
    newest,
    unannounced,
    unannounced_groups,
    withheld,
)
from crypto.opening import Entry, State
from tests.crypto.test_chains import ANN, ROWS
from tests.crypto.world import Mailbox, Service, handover, receipt

TEAM = inspect(ROWS, Chain.TEAM, ANN)
LINKS = [Link(header.seq, stored.id) for header, stored in TEAM.entries]
CARD = bytes(1280)


def closed(*seen: Link | None) -> list[Entry[ReporterPayload]]:
    """Her envelopes, each naming what she had seen."""
    return [
        Entry(Chain.REPORTER, seq, ROWS[seq], State.SHOWN, Closed("closed", CARD, link))
        for seq, link in enumerate(seen)
    ]


def acks(*links: Link | None) -> list[Entry[TeamPayload]]:
    return [
        Entry(Chain.TEAM, seq, ROWS[seq], State.SHOWN, receipt(ANN, ack=link))
        for seq, link in enumerate(links)
    ]


@given(st.lists(st.none() | st.integers(0, 5), max_size=6))
def test_what_she_has_seen_never_becomes_less(places: list[int | None]) -> None:
    entries = closed(*[None if place is None else LINKS[place] for place in places])
    numbers = [-1 if place is None else place for place in places]
    expected = [
        Alarm(Fault.MARK_BACK, seq)
        for seq, number in enumerate(numbers)
        if number < max(numbers[:seq], default=-1)
    ]
    assert check_seen(entries, TEAM) == expected


def test_what_she_has_seen_has_to_be_there() -> None:
    """The right id at its right place."""
    links = (Link(0, LINKS[1].id), Link(1, bytes(32)), Link(9, LINKS[0].id), LINKS[5])
    found = check_seen(closed(*links), TEAM)
    assert [alarm for alarm in found if alarm.fault is Fault.UNKNOWN_MARK] == [
        Alarm(Fault.UNKNOWN_MARK, seq) for seq in range(3)
    ]


def test_an_envelope_that_is_not_shown_marks_nothing() -> None:
    gone: Entry[ReporterPayload] = Entry(Chain.REPORTER, 1, ROWS[1], State.QUARANTINED)
    first, last = closed(LINKS[3], LINKS[4])
    assert check_seen([first, gone, last], TEAM) == []


@pytest.mark.parametrize(
    ("links", "unknown", "highest"),
    [
        ([], [], -1),
        ([None, None], [], -1),
        ([LINKS[0]], [], 0),
        ([LINKS[4], LINKS[2]], [], 4),
        ([LINKS[2], Link(4, bytes(32))], [1], 2),
        ([Link(3, LINKS[4].id)], [0], -1),
    ],
)
def test_an_acknowledgement_counts_with_its_id(
    links: Sequence[Link | None], unknown: list[int], highest: int
) -> None:
    own = Inspected(TEAM.entries, (), frozenset(), 6, LINKS[5].id)
    found = check_acks(acks(*links), own)
    assert found == ([Alarm(Fault.UNKNOWN_MARK, seq) for seq in unknown], highest)


def test_what_was_sent_and_what_is_there_are_held_against_each_other() -> None:
    sent: list[Entry[CasePayload]] = [
        Entry(Chain.CASE, seq, ROWS[seq], State.SHOWN, Sent("sent", ANN, each, bytes(32)))
        for seq, each in enumerate((LINKS[0].id, bytes(32), LINKS[2].id))
    ]
    assert check_announced(sent, TEAM) == [Alarm(Fault.UNKNOWN_MARK, 1)]
    team = acks(None, None, None)
    assert unannounced(sent, team) == (LINKS[1].id,)
    assert unannounced([], team) == tuple(link.id for link in LINKS[:3])


def test_every_envelope_of_a_case_group_is_an_alarm() -> None:
    service = Service("drop")
    box = Mailbox(service)
    case = service.case(box.address)
    by_case = handover(case.group.keys.card.id, case.proof)
    entries = acks(None)
    entries.append(Entry(Chain.TEAM, 1, ROWS[1], State.SHOWN, by_case))
    entries.append(Entry(Chain.TEAM, 2, ROWS[2], State.QUARANTINED))
    assert unannounced_groups([], entries) == [Alarm(Fault.UNANNOUNCED_GROUP, 1)]


def test_stubs_nobody_explains_are_withheld() -> None:
    entries: list[Entry[ReporterPayload]] = [
        Entry(Chain.REPORTER, seq, ROWS[seq], state) for seq, state in enumerate(State)
    ]
    places = [entry.seq for entry in entries if entry.state is State.MISSING]
    assert withheld(entries) == [Alarm(Fault.WITHHELD, places[0])]


def test_the_newest_is_the_last_in_one_of_the_states() -> None:
    entries: list[Entry[ReporterPayload]] = [
        Entry(Chain.TEAM, seq, ROWS[seq], state)
        for seq, state in enumerate((State.SHOWN, State.DELETED, State.QUARANTINED, State.MISSING))
    ]
    assert newest(entries, State.SHOWN) == LINKS[0]
    assert newest(entries, State.SHOWN, State.DELETED) == LINKS[1]
    assert newest(entries[2:], State.SHOWN, State.DELETED) is None
