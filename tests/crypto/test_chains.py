from collections import Counter
from dataclasses import dataclass, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.chains import Alarm, Fault, Stored, inspect, verify_deletion
from crypto.constants import Tag
from crypto.envelope import NO_PREV, Chain, Header
from crypto.errors import (
    Malformed,
    UnknownVersion,
    WrongId,
    WrongLength,
    WrongSignature,
)
from crypto.primitives import H
from tests.crypto.world import TODAY, Mailbox, Service, flipped, stub

ANN, BEN = b"\x0a" * 32, b"\x0b" * 32


def row(
    seq: int, prev: bytes, body: bytes = b"", mailbox: bytes = ANN, chain: Chain = Chain.TEAM
) -> Stored:
    """A stub; what its body held does not matter to a chain."""
    header = Header(chain, seq, mailbox, mailbox, prev, bytes(32))
    return Stored(header.to_bytes(), H(Tag.BODY, body), None, {}, TODAY, None)


def chain_of(length: int) -> list[Stored]:
    rows: list[Stored] = []
    for seq in range(length):
        rows.append(row(seq, rows[-1].id if rows else NO_PREV))
    return rows


ROWS = chain_of(6)


def faults(rows: list[Stored]) -> list[Alarm]:
    return list(inspect(rows, Chain.TEAM, ANN).alarms)


def test_a_whole_chain_raises_no_alarm() -> None:
    inspected = inspect(ROWS, Chain.TEAM, ANN)
    assert inspected.alarms == ()
    assert [stored for _, stored in inspected.entries] == ROWS
    assert (inspected.next_seq, inspected.prev) == (6, ROWS[-1].id)
    assert inspected.forked == frozenset()


def test_an_empty_chain_begins_at_the_beginning() -> None:
    inspected = inspect([], Chain.TEAM, ANN)
    assert (inspected.entries, inspected.alarms) == ((), ())
    assert (inspected.next_seq, inspected.prev) == (0, NO_PREV)


def test_the_same_envelope_twice_is_one_item_and_an_alarm() -> None:
    """A replay (P4)."""
    inspected = inspect([*ROWS, ROWS[2]], Chain.TEAM, ANN)
    assert [stored for _, stored in inspected.entries] == ROWS
    assert inspected.alarms == (Alarm(Fault.DUPLICATE, 2),)
    assert not inspected.forked


def test_two_envelopes_at_one_place_are_both_shown_with_an_alarm() -> None:
    other = row(2, ROWS[1].id, b"other")
    for rows in ([*ROWS, other], [other, *ROWS]):
        inspected = inspect(rows, Chain.TEAM, ANN)
        at_two = [stored for header, stored in inspected.entries if header.seq == 2]
        assert {each.id for each in at_two} == {ROWS[2].id, other.id}
        assert [each.id for each in at_two] == sorted(each.id for each in at_two)
        assert inspected.alarms == (Alarm(Fault.FORK, 2),)
        assert inspected.forked == {2}


def test_a_fork_is_followed_from_either_side() -> None:
    """The one after may name either; a third does not link."""
    other = row(2, ROWS[1].id, b"other")
    for before in (ROWS[2].id, other.id):
        assert Alarm(Fault.BROKEN_LINK, 3) not in faults([*ROWS[:3], other, row(3, before)])
    assert Alarm(Fault.BROKEN_LINK, 3) in faults([*ROWS[:3], other, row(3, ROWS[1].id)])


def test_one_side_of_a_fork_that_does_not_link_is_noticed() -> None:
    assert Alarm(Fault.BROKEN_LINK, 2) in faults([*ROWS, row(2, BEN, b"other")])


def test_who_writes_next_at_a_fork_links_to_a_side_the_server_does_not_choose() -> None:
    other = row(5, ROWS[4].id, b"other")
    for rows in ([*ROWS, other], [other, *ROWS]):
        inspected = inspect(rows, Chain.TEAM, ANN)
        assert inspected.prev == min(ROWS[5].id, other.id)


@pytest.mark.parametrize("gone", [{0}, {1}, {2, 3}, {0, 1, 2}, {1, 3}, {0, 2, 4}])
def test_a_hole_is_noticed_where_it_begins(gone: set[int]) -> None:
    """A row deleted in the middle (P23)."""
    rows = [stored for seq, stored in enumerate(ROWS) if seq not in gone]
    expected = [Alarm(Fault.MISSING, seq) for seq in sorted(gone) if seq - 1 not in gone]
    assert faults(rows) == expected


def test_rows_in_another_order_are_sorted() -> None:
    """Reordering alone changes nothing; changing places does (P23)."""
    assert inspect(ROWS[::-1], Chain.TEAM, ANN) == inspect(ROWS, Chain.TEAM, ANN)


def test_rows_that_swapped_places_do_not_link() -> None:
    """``seq`` changed to that of another row (P23)."""
    swapped = [*ROWS]
    for seq, other in ((2, 3), (3, 2)):
        header = ROWS[other].parse_header()
        swapped[seq] = replace(ROWS[other], header=replace(header, seq=seq).to_bytes())
    assert [alarm.fault for alarm in faults(swapped)] == [Fault.BROKEN_LINK] * 3


def test_a_stub_of_a_forged_id_does_not_link() -> None:
    """A server that invents a header or a body hash in the place of what was there."""
    good = ROWS[2]
    for forged in (
        replace(good, hash_of_body=bytes(32)),
        replace(good, header=flipped(good.header, 133, 0)),
        replace(good, header=flipped(good.header, 40, 0)),
    ):
        assert Alarm(Fault.BROKEN_LINK, 3) in faults([*ROWS[:2], forged, *ROWS[3:]])


@pytest.mark.parametrize(
    "bad",
    [
        row(2, ROWS[1].id, mailbox=BEN),
        row(2, ROWS[1].id, chain=Chain.REPORTER),
        row(2, ROWS[1].id, chain=Chain.CASE),
        replace(ROWS[2], header=b""),
        replace(ROWS[2], header=ROWS[2].header[:-1]),
        replace(ROWS[2], header=ROWS[2].header + b"\x00"),
        replace(ROWS[2], header=b"\x02" + ROWS[2].header[1:]),
        replace(ROWS[2], header=b"\x01\x04" + ROWS[2].header[2:]),
    ],
    ids=["mailbox", "chain", "chain 3", "empty", "short", "long", "version", "unknown chain"],
)
def test_what_belongs_elsewhere_is_named_and_left_out(bad: Stored) -> None:
    """Rows of other mailboxes and chains (P23), and no header at all."""
    inspected = inspect([*ROWS[:2], bad, *ROWS[3:]], Chain.TEAM, ANN)
    assert inspected.alarms == (Alarm(Fault.UNREADABLE, None), Alarm(Fault.MISSING, 2))
    assert bad not in [stored for _, stored in inspected.entries]


def test_every_bit_of_a_header_is_linked() -> None:
    """Version, chain, seq, mailbox, recipient, prev, commitment (P24)."""
    for i in range(len(ROWS[2].header)):
        for bit in range(8):
            changed = replace(ROWS[2], header=flipped(ROWS[2].header, i, bit))
            assert faults([*ROWS[:2], changed, *ROWS[3:]]), (i, bit)


# -- any damage ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Damage:
    """What a server did to a chain, and the alarms that has to give."""

    rows: list[Stored]
    alarms: Counter[Alarm]
    kept: set[int]


@st.composite
def damaged_chains(draw: st.DrawFn) -> Damage:
    length = draw(st.integers(1, 12))
    whole = chain_of(length)
    places = st.sets(st.integers(0, length - 1))
    dropped = draw(places)
    kept = set(range(length)) - dropped
    duplicated = draw(st.lists(st.sampled_from(sorted(kept)), max_size=4)) if kept else []
    forked = draw(places) & kept
    unlinked = draw(places) & forked - {0}
    alarms = Counter(Alarm(Fault.DUPLICATE, seq) for seq in duplicated)
    alarms.update(Alarm(Fault.FORK, seq) for seq in forked)
    alarms.update(Alarm(Fault.BROKEN_LINK, seq) for seq in unlinked if seq - 1 in kept)
    last = max(kept, default=-1)
    for seq in range(last):
        if seq in dropped and seq - 1 not in dropped:
            alarms[Alarm(Fault.MISSING, seq)] += 1
    rows = [whole[seq] for seq in [*kept, *duplicated]]
    rows += [
        row(s, BEN if s in unlinked else whole[s - 1].id if s else NO_PREV, b"f") for s in forked
    ]
    Random(draw(st.integers())).shuffle(rows)
    return Damage(rows, alarms, kept)


@given(damaged_chains())
def test_drops_duplicates_forks_and_any_order_give_exactly_their_alarms(damage: Damage) -> None:
    """Never one too few, and never one too many (P23)."""
    inspected = inspect(damage.rows, Chain.TEAM, ANN)
    assert Counter(inspected.alarms) == damage.alarms
    assert {header.seq for header, _ in inspected.entries} == damage.kept
    assert inspected.next_seq == max(damage.kept, default=-1) + 1


@given(st.permutations(ROWS), st.lists(st.binary(max_size=140), max_size=3))
def test_a_server_cannot_make_it_raise(rows: list[Stored], junk: list[bytes]) -> None:
    stray = [Stored(header, header, None, {}, TODAY, header) for header in junk]
    inspected = inspect([*rows, *stray], Chain.TEAM, ANN)
    assert inspected.alarms == (Alarm(Fault.UNREADABLE, None),) * len(junk)


# -- rows ---------------------------------------------------------------------------------------


def test_a_body_is_held_against_its_hash(service: Service) -> None:
    stored = Mailbox(service).report()
    assert stored.parse_envelope().id == stored.id
    assert stored.body is not None
    with pytest.raises(WrongId):
        replace(stored, body=flipped(stored.body, 100, 0)).parse_envelope()
    with pytest.raises(WrongId):
        replace(stored, hash_of_body=bytes(32)).parse_envelope()
    with pytest.raises(WrongLength):
        replace(stored, body=stored.body[:-1]).parse_envelope()
    with pytest.raises(WrongLength):
        replace(stored, body=None).parse_envelope()


def test_a_row_with_a_bad_header_has_no_envelope(service: Service) -> None:
    stored = Mailbox(service).report()
    with pytest.raises(UnknownVersion):
        replace(stored, header=b"\x00" + stored.header[1:]).parse_envelope()
    with pytest.raises(Malformed):
        replace(stored, header=b"\x01\x09" + stored.header[2:]).parse_envelope()


def test_deleting_keeps_the_id(service: Service) -> None:
    stored = Mailbox(service).report()
    assert stub(stored).id == stored.id


# -- deletions ----------------------------------------------------------------------------------


def test_a_deletion_is_the_mailboxs_own_word(service: Service, elsewhere: Service) -> None:
    """True, absent, of another id, by another key, under another tag, at another service."""
    box, other = Mailbox(service), Mailbox(service, "ben")
    keys, key = box.secret.keys, box.card.sign
    stored = box.say(service.intake[2])
    note = keys.sign(Tag.SIGN_DELETED, service.id, stored.id)
    verify_deletion(key, service.id, stub(stored, note))
    with pytest.raises(WrongLength):
        verify_deletion(key, service.id, stub(stored))
    for forged in (
        b"",
        bytes(64),
        keys.sign(Tag.SIGN_DELETED, service.id, bytes(32)),
        other.secret.keys.sign(Tag.SIGN_DELETED, service.id, stored.id),
        keys.sign(Tag.SIGN_REPORTER, service.id, stored.id),
        keys.sign(Tag.SIGN_DELETED, elsewhere.id, stored.id),
        keys.sign_login(service.id, stored.id),
    ):
        with pytest.raises(WrongSignature):
            verify_deletion(key, service.id, stub(stored, forged))


def test_each_bit_of_a_deletion_counts(service: Service) -> None:
    """Signature and id (P24)."""
    box = Mailbox(service)
    stored = box.say(service.intake[2])
    note = box.secret.keys.sign(Tag.SIGN_DELETED, service.id, stored.id)
    gone = stub(stored, note)
    changed = [replace(gone, deleted=flipped(note, i, b)) for i in range(64) for b in range(8)]
    changed += [replace(gone, header=flipped(gone.header, i, i % 8)) for i in range(134)]
    changed += [replace(gone, hash_of_body=flipped(gone.hash_of_body, i, 0)) for i in range(32)]
    for each in changed:
        with pytest.raises(WrongSignature):
            verify_deletion(box.card.sign, service.id, each)
