"""What a hostile server can put into the feed, and what an analyst then sees."""

import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest

from crypto.analyst import case_name
from crypto.documents import Note, Reply, Words
from crypto.envelope import NO_PREV, Chain, Place, body_hash, open_content, seal
from crypto.errors import Locked
from crypto.keys import GroupSecret, MailboxSecret
from crypto.outgoing import Outgoing, wrap_all
from crypto.reporter import Draft
from crypto.wrapping import WrapKind, wrap
from inbox_ui import casework, words
from inbox_ui.summary import State, Summary
from tests.inbox_ui.conftest import TODAY, Desk, Writer, garbage
from tests.simulator import Row

New = Callable[[], Writer]


def _row(outgoing: Outgoing) -> Row:
    envelope = outgoing.envelope
    header = envelope.header.to_bytes()
    wraps = dict(outgoing.wraps)
    return Row(
        0, envelope.header.mailbox, header, body_hash(envelope.body), envelope.body, wraps, TODAY
    )


def _whats(case: Summary) -> list[str]:
    return [mark.what for mark in case.problems]


def _alarms(case: Summary) -> list[str]:
    return [mark.what for mark in case.alarms]


def _intake(desk: Desk) -> GroupSecret:
    return next(iter(desk.station.vault.intake_groups.values()))


# -- envelopes ----------------------------------------------------------------------------------


def test_one_hostile_envelope_of_each_kind_among_a_hundred(desk: Desk, reporter: New) -> None:
    writers = [reporter() for _ in range(93)]
    for number, each in enumerate(writers):
        each.write(f"Report {number}.")
    good = desk.server.rows[0]
    strange = reporter().address
    hostile = [
        garbage(strange),
        garbage(strange, b""),
        garbage(strange, good.header[:-1]),
        replace(good, header=b"\x02" + good.header[1:], mailbox=strange),
        replace(garbage(strange, good.header), mailbox=strange),
        replace(good, mailbox=strange, wraps={_intake(desk).keys.card.id: b"short"}),
        garbage(strange, bytes([1, 7]) + good.header[2:]),
    ]
    for row in hostile:
        desk.server.add(row)
    desk.sync()
    cases = desk.cases()
    shown = [case for case in cases if case.is_whole]
    assert len(shown) == 93
    [named] = [case for case in cases if not case.is_whole]
    assert named.name == case_name(strange)
    assert named.state == State.UNREADABLE
    assert len(_alarms(named)) == len(hostile)


def test_a_swapped_mailbox_is_named_in_both(desk: Desk, reporter: New) -> None:
    ann, bob = reporter(), reporter()
    ann.write("Ann's.")
    ann.write("Ann's second.")
    bob.write("Bob's.")
    first, second, third = desk.server.rows
    desk.server.rows = [replace(first, mailbox=bob.address), second, third]
    desk.sync()
    cases = {case.name: case for case in desk.cases()}
    assert _alarms(cases[case_name(ann.address)]) == ["missing"]
    assert _alarms(cases[case_name(bob.address)]) == ["unreadable"]


def test_a_forged_reporter_is_not_shown(desk: Desk, reporter: New) -> None:
    """Well sealed, well formed, and signed by somebody else (T68)."""
    ann, mallory = reporter(), MailboxSecret.generate(secrets.token_bytes)
    core, service = ann.core, desk.server.service
    honest = core.report(Draft("Honest."), TODAY)
    place = Place(Chain.REPORTER, 0, ann.address, _intake(desk).keys.card.id, NO_PREV)
    payload = _payload_of(desk, honest)
    envelope, cek = seal(place, payload, None, mallory.keys, service, secrets.token_bytes)
    wraps = wrap_all(envelope, cek, (_intake(desk).keys.card,), secrets.token_bytes)
    desk.server.add(_row(Outgoing(envelope, wraps, (), None, cek)))
    desk.sync()
    assert _whats(desk.only()) == ["WrongSignature"]
    assert desk.only().messages == 0
    assert desk.texts() == [""]


def test_another_reporters_card_does_not_open_a_mailbox(desk: Desk, reporter: New) -> None:
    ann, mallory = reporter(), reporter()
    theirs = mallory.core.report(Draft("I am Ann."), TODAY)
    place = Place(Chain.REPORTER, 0, ann.address, _intake(desk).keys.card.id, NO_PREV)
    envelope, cek = seal(
        place, _payload_of(desk, theirs), None, mallory.secret.keys, desk.server.service,
        secrets.token_bytes,
    )  # fmt: skip
    wraps = wrap_all(envelope, cek, (_intake(desk).keys.card,), secrets.token_bytes)
    desk.server.add(_row(Outgoing(envelope, wraps, (), None, cek)))
    desk.sync()
    assert _whats(desk.only()) == ["WrongId"]


def test_what_is_sealed_to_another_group_is_locked_and_not_damaged(
    desk: Desk, reporter: New
) -> None:
    outgoing = reporter().sealed("For others.")
    other = GroupSecret.generate(secrets.token_bytes).keys.card
    desk.server.put(outgoing.rewrapped((other,), secrets.token_bytes))
    desk.sync()
    assert (desk.only().state, desk.only().damaged) == (State.LOCKED, 0)
    assert [type(each.problem) for each in desk.open().file.entries] == [Locked]


def test_two_texts_under_two_wraps_are_refused(desk: Desk, reporter: New) -> None:
    """A second content key for the same envelope, as salamanders need (P10)."""
    outgoing = reporter().sealed("One text.")
    card = _intake(desk).keys.card
    other = wrap(
        secrets.token_bytes(32), WrapKind.ENVELOPE, (outgoing.envelope.id,), card,
        secrets.token_bytes,
    )  # fmt: skip
    desk.server.add(replace(_row(outgoing), wraps={card.id: other}))
    desk.sync()
    assert _whats(desk.only()) == ["WrongCommitment"]


def test_a_reply_behind_the_teams_back_is_an_alarm(desk: Desk, reporter: New) -> None:
    """Whoever holds the group's secret can write to the reporter, but not unseen."""
    ann = reporter()
    ann.write("One.")
    group, service = _intake(desk), desk.server.service
    payload = Reply("reply", group.keys.card.id, None, "en", "Come alone.", (), None)
    place = Place(Chain.TEAM, 0, ann.address, ann.address, NO_PREV)
    envelope, cek = seal(place, payload.to_bytes(), None, group.keys, service, secrets.token_bytes)
    wraps = wrap_all(envelope, cek, (ann.core.card, group.keys.card), secrets.token_bytes)
    desk.server.put(Outgoing(envelope, wraps, (), None, cek))
    desk.sync()
    assert desk.only().unannounced == 1
    assert not desk.only().is_whole


def test_a_foreign_analysts_note_is_not_shown(desk: Desk, reporter: New) -> None:
    ann = reporter()
    ann.write("One.")
    stranger = GroupSecret.generate(secrets.token_bytes).keys
    said = Words(secrets.token_bytes(32), "I am one of you.")
    place = Place(Chain.CASE, 0, ann.address, _intake(desk).keys.card.id, NO_PREV)
    envelope, cek = seal(
        place, Note("note", stranger.card.id, said.hash).to_bytes(), said.to_bytes(), stranger,
        desk.server.service, secrets.token_bytes,
    )  # fmt: skip
    wraps = wrap_all(envelope, cek, (_intake(desk).keys.card,), secrets.token_bytes)
    desk.server.put(Outgoing(envelope, wraps, (), None, cek))
    desk.sync()
    assert _whats(desk.only()) == ["ForeignAuthor"]
    assert desk.texts() == ["One.", ""]


# -- chains -------------------------------------------------------------------------------------


@pytest.fixture
def three(desk: Desk, reporter: New) -> Writer:
    """A reporter with three envelopes on the server."""
    ann = reporter()
    for text in ("One.", "Two.", "Three."):
        ann.write(text)
    return ann


def test_a_deleted_row_leaves_a_named_hole(desk: Desk, three: Writer) -> None:
    del desk.server.rows[1]
    desk.sync()
    assert _alarms(desk.only()) == ["missing"]
    assert desk.texts() == ["One.", "Three."]


def test_reordered_rows_are_put_in_order_and_nothing_is_hidden(desk: Desk, three: Writer) -> None:
    first, second, third = desk.server.rows
    desk.server.rows = [replace(third, position=1), replace(first, position=2),
                        replace(second, position=3)]  # fmt: skip
    desk.sync()
    assert desk.texts() == ["One.", "Two.", "Three."]


def test_the_same_envelope_twice_is_one_and_an_alarm(desk: Desk, three: Writer) -> None:
    desk.server.add(desk.server.rows[1])
    desk.sync()
    assert _alarms(desk.only()) == ["duplicate"]
    assert desk.texts() == ["One.", "Two.", "Three."]


def test_two_envelopes_at_one_place_are_both_kept_and_named(desk: Desk, three: Writer) -> None:
    place = Place(Chain.REPORTER, 1, three.address, _intake(desk).keys.card.id,
                  desk.server.rows[0].id)  # fmt: skip
    outgoing = three.core.message(Draft("Another."), three.read(), TODAY)
    payload = _payload_of(desk, outgoing)
    envelope, cek = seal(
        place, payload, None, three.secret.keys, desk.server.service, secrets.token_bytes
    )
    wraps = wrap_all(envelope, cek, (_intake(desk).keys.card,), secrets.token_bytes)
    desk.server.add(_row(Outgoing(envelope, wraps, (), None, cek)))
    desk.sync()
    assert "fork" in _alarms(desk.only())
    assert {"Two.", "Another."} <= set(desk.texts())


def test_a_body_that_was_taken_away_is_said_to_be_withheld(desk: Desk, three: Writer) -> None:
    desk.server.rows[1] = replace(desk.server.rows[1], body=None, wraps={})
    desk.sync()
    assert _alarms(desk.only()) == ["withheld"]
    assert desk.texts() == ["One.", "", "Three."]


def test_a_stub_does_not_take_away_what_is_here(desk: Desk, three: Writer) -> None:
    desk.sync()
    desk.server.add(replace(desk.server.rows[1], body=None, wraps={}))
    desk.sync()
    assert desk.texts() == ["One.", "Two.", "Three."]


def test_a_body_that_comes_later_is_taken(desk: Desk, three: Writer) -> None:
    whole = desk.server.rows[1]
    desk.server.rows[1] = replace(whole, body=None, wraps={})
    desk.sync()
    desk.server.add(whole)
    desk.sync()
    assert desk.texts() == ["One.", "Two.", "Three."]


def test_another_body_does_not_take_the_place_of_the_right_one(desk: Desk, three: Writer) -> None:
    desk.sync()
    desk.server.add(replace(desk.server.rows[1], body=secrets.token_bytes(16_424)))
    desk.sync()
    assert desk.texts() == ["One.", "Two.", "Three."]


def test_each_reason_is_said_in_words(desk: Desk, three: Writer) -> None:
    desk.server.rows[1] = desk.server.rows[1].with_body(bytes(16_424))
    desk.sync()
    for mark in (*desk.only().problems, *desk.only().alarms):
        assert words.reason(mark.what) != words.OTHER_PROBLEM


def test_a_note_can_still_be_written_where_nothing_opens(desk: Desk) -> None:
    desk.server.add(garbage(secrets.token_bytes(32)))
    desk.sync()
    casework.note(desk.station, desk.only(), "What is this?")
    desk.sync()
    assert "What is this?" in desk.texts()


def _payload_of(desk: Desk, outgoing: Outgoing) -> bytes:
    return open_content(outgoing.envelope, outgoing.content_key).payload
