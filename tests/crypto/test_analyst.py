from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.analyst import CaseFile, case_name, files_of
from crypto.chains import Alarm, Fault, Stored
from crypto.constants import NONCE, Tag
from crypto.directory import LIMITS
from crypto.documents import Link, Message, Note, Receipt, Reply, Report, Sealed, Sent, Words
from crypto.envelope import NO_PREV, Chain, Place, open_content, seal
from crypto.errors import (
    DoesNotOpen,
    ForeignAuthor,
    Locked,
    MailboxClosed,
    NotCanonical,
    OverLimit,
    ProtocolError,
    WrongCommitment,
    WrongId,
    WrongPlace,
    WrongPoint,
    WrongSignature,
)
from crypto.keys import AnalystSecret, MailboxSecret, Principal
from crypto.opening import State
from crypto.primitives import H
from crypto.reporter import Draft
from crypto.wrapping import WrapKind, unwrap, wrap
from tests.crypto.points import BAD_ED25519
from tests.crypto.test_envelope import salamander
from tests.crypto.test_reporter import SIGNERS, manifest
from tests.crypto.world import (
    EPOCH,
    TODAY,
    Mailbox,
    Service,
    arrive,
    enclose,
    flipped,
    handover,
    mailbox,
    receipt,
    reply,
    secret,
    sign_content,
    store,
    stream,
    stub,
)


@pytest.fixture
def box(service: Service) -> Mailbox:
    return Mailbox(service)


def states(case: CaseFile, chain: Chain) -> list[State]:
    return [entry.state for entry in case.of(chain)]


def problem(case: CaseFile, chain: Chain) -> type[ProtocolError]:
    """Why the last envelope of a chain is not shown."""
    entry = case.of(chain)[-1]
    assert entry.state is State.QUARANTINED
    assert entry.payload is None
    assert entry.words is None
    assert entry.problem is not None
    return type(entry.problem)


# -- reading ------------------------------------------------------------------------------------


def test_a_report_is_read_by_the_intake_group(box: Mailbox) -> None:
    box.report("An invented report.", files=(manifest(),))
    case = box.file()
    (entry,) = case.entries
    assert isinstance(entry.payload, Report)
    assert entry.payload.text == "An invented report."
    assert files_of(entry) == (manifest(),)
    assert case.card == box.card
    assert case.mailbox == box.address
    assert case.alarms == ()
    assert case.unread == 1
    assert case.acknowledged == -1
    assert case.newest_read == Link(0, entry.id)


def test_a_mailbox_nobody_used_is_an_empty_case(service: Service, box: Mailbox) -> None:
    case = service.team().read(box.address, {})
    assert case.entries == ()
    assert case.card is None
    assert case.newest_read is None
    assert all((head.seq, head.prev) == (0, NO_PREV) for head in case.heads.values())
    assert set(case.heads) == set(Chain)


def test_a_conversation_goes_back_and_forth(service: Service, box: Mailbox) -> None:
    team = service.team()
    box.report()
    box.post(*team.receipt(box.file()))
    box.message("More.")
    box.post(*team.reply(box.file(), "Thank you.", "en"))
    box.post(team.note(box.file(), "To be watched."))
    case = box.file()
    kinds = [type(entry.payload) for entry in case.entries]
    assert kinds == [Report, Message, Receipt, Reply, Sent, Sent, Note]
    assert case.alarms == ()
    assert case.unannounced == ()
    assert (case.acknowledged, case.unread) == (1, 0)
    assert [entry.words for entry in case.of(Chain.CASE)] == ["", "", "To be watched."]
    conversation = box.read()
    assert [type(item.payload) for item in conversation.items] == [Receipt, Reply]
    assert conversation.team_alarms == ()
    assert conversation.seen == Link(1, box.rows[Chain.TEAM][1].id)


def test_every_team_envelope_is_wrapped_to_reporter_and_group_alone(
    service: Service, box: Mailbox
) -> None:
    box.report()
    answered, entry = service.team().reply(box.file(), "Thank you.", "en")
    intake = service.intake[EPOCH].keys.card.id
    assert {recipient for recipient, _ in answered.wraps} == {box.address, intake}
    assert {recipient for recipient, _ in entry.wraps} == {intake}
    assert answered.use is None


def test_files_of_kinds_without_any_are_none(service: Service, box: Mailbox) -> None:
    box.report()
    box.post(*service.team().receipt(box.file()))
    case = box.file()
    assert files_of(case.of(Chain.TEAM)[0]) == ()
    box.rows[Chain.REPORTER][0] = stub(box.rows[Chain.REPORTER][0])
    assert files_of(box.file().of(Chain.REPORTER)[0]) == ()


def test_an_envelope_for_another_group_is_locked_and_not_damaged(
    service: Service, box: Mailbox
) -> None:
    box.report()
    case = box.file(service.team(service.intake[1]))
    assert problem(case, Chain.REPORTER) is Locked
    assert case.card is None
    assert case.unread == 0


def test_the_next_epochs_group_does_not_read_what_was_sealed_before(
    service: Service, box: Mailbox
) -> None:
    """Nor the other way round: who left has nothing of what came after (P7)."""
    box.report()
    assert problem(box.file(service.team(service.intake[3], epoch=3)), Chain.REPORTER) is Locked
    later = Mailbox(service, "ben", epoch=3)
    later.report()
    assert problem(later.file(service.team(service.intake[2], epoch=3)), Chain.REPORTER) is Locked
    both = service.team(service.intake[2], service.intake[3], epoch=3)
    assert states(later.file(both), Chain.REPORTER) == [State.SHOWN]


# -- forged reports -----------------------------------------------------------------------------


def _plant(box: Mailbox, content: bytes, place: Place | None = None) -> None:
    """A hostile server seals something to the team, which anybody can."""
    intake, cek = box.service.intake[EPOCH].keys.card, bytes(32)
    place = place or replace(box.place(Chain.REPORTER), recipient=intake.id)
    envelope = enclose(place, content, cek, stream("planted"))
    box.rows[Chain.REPORTER].append(store(envelope, cek, [intake]))


def _report(card: bytes) -> bytes:
    return Report(
        "report", card, Sealed.ON_DEVICE, "en", (), (), (), "Forged.", (), None, None
    ).to_bytes()


def _place(box: Mailbox) -> Place:
    return replace(box.place(Chain.REPORTER), recipient=box.service.intake[EPOCH].keys.card.id)


@pytest.mark.parametrize("signature", [bytes(64), b"\x01" * 64])
def test_a_report_signed_by_nobody_is_quarantined(box: Mailbox, signature: bytes) -> None:
    """Anybody can seal to the team's card (P2)."""
    _plant(box, signature + _report(box.card.to_bytes()))
    case = box.file()
    assert problem(case, Chain.REPORTER) is WrongSignature
    assert case.card is None


def test_random_bytes_sealed_to_the_team_are_quarantined(box: Mailbox) -> None:
    _plant(box, stream("junk")(500))
    assert problem(box.file(), Chain.REPORTER) is NotCanonical


def test_a_report_by_another_reporter_is_quarantined(service: Service, box: Mailbox) -> None:
    """Well signed, by a card that is not this address (PROTOCOL §12)."""
    ben = mailbox("ben").keys
    place, cek = _place(box), bytes(32)
    payload = _report(ben.card.to_bytes())
    _plant(box, sign_content(place, payload, cek, ben, service.id), place)
    assert problem(box.file(), Chain.REPORTER) is WrongId


def test_a_card_that_does_not_hash_to_the_address_is_quarantined(
    service: Service, box: Mailbox
) -> None:
    """Her signing key with somebody else's box: replies would go there (PROTOCOL §12)."""
    thief = mailbox("ben").keys
    own = box.card
    for mixed in (
        replace(thief.card, auth=own.auth),
        replace(own, box=thief.card.box, kem=thief.card.kem),
        replace(own, sign=thief.card.sign),
    ):
        place, cek = _place(box), bytes(32)
        payload = _report(mixed.to_bytes())
        _plant(box, sign_content(place, payload, cek, thief, service.id), place)
        case = box.file()
        assert problem(case, Chain.REPORTER) is WrongId
        assert case.card is None
        box.rows[Chain.REPORTER].clear()


def test_a_reporters_card_with_a_bad_key_is_quarantined(service: Service) -> None:
    """Before its address is even compared (P14)."""
    box = Mailbox(service)
    bad = replace(box.card, auth=BAD_ED25519["identity"])
    _plant(box, bytes(64) + _report(bad.to_bytes()))
    assert problem(box.file(), Chain.REPORTER) is WrongPoint


def test_a_report_signed_with_her_other_key_is_quarantined(service: Service, box: Mailbox) -> None:
    """``auth`` signs log-ins and nothing else (P17)."""
    place, cek = _place(box), bytes(32)
    payload = _report(box.card.to_bytes())
    header = enclose(place, b"", cek, stream("x")).header.to_bytes()
    signature = box.secret.keys.sign_login(service.id, header, payload)
    _plant(box, signature + payload, place)
    assert problem(box.file(), Chain.REPORTER) is WrongSignature


def test_a_report_sealed_to_a_card_that_is_no_group_is_quarantined(
    service: Service, box: Mailbox
) -> None:
    """The signed recipient is what she was shown; a wrap for us does not change it."""
    for recipient in (
        bytes(32),
        service.root.keys.card.id,
        service.case(box.address).group.keys.card.id,
    ):
        place, cek = replace(_place(box), recipient=recipient), bytes(32)
        payload = _report(box.card.to_bytes())
        _plant(box, sign_content(place, payload, cek, box.secret.keys, service.id), place)
        assert problem(box.file(), Chain.REPORTER) is WrongPlace
        box.rows[Chain.REPORTER].clear()


def test_a_report_sealed_to_a_former_group_or_the_case_group_is_read(
    service: Service, box: Mailbox
) -> None:
    case = service.case(box.address)
    box.say(case, handover)
    payload, cek = _report(box.card.to_bytes()), bytes(32)
    for recipient in (service.intake[1].keys.card.id, case.group.keys.card.id):
        place = replace(_place(box), recipient=recipient)
        _plant(box, sign_content(place, payload, cek, box.secret.keys, service.id), place)
        assert states(box.file(), Chain.REPORTER) == [State.SHOWN]
        box.rows[Chain.REPORTER].clear()


def test_a_report_of_another_service_is_quarantined(elsewhere: Service, box: Mailbox) -> None:
    """Signed for another root (P5)."""
    place, cek = _place(box), bytes(32)
    payload = _report(box.card.to_bytes())
    _plant(box, sign_content(place, payload, cek, box.secret.keys, elsewhere.id), place)
    assert problem(box.file(), Chain.REPORTER) is WrongSignature


def test_words_are_not_moved_to_another_place(service: Service, box: Mailbox) -> None:
    """Signed for place 0 and sealed anew at place 1 (P23)."""
    sent = box.reporter.report(Draft("First."), TODAY)
    box.post(sent)
    team = service.intake[EPOCH].keys
    cek = unwrap(sent.wraps[0][1], WrapKind.ENVELOPE, (sent.envelope.id,), team)
    assert cek == sent.content_key
    place = replace(_place(box), seq=1, prev=sent.envelope.id)
    content = open_content(sent.envelope, cek)
    _plant(box, content.signature + content.payload, place)
    assert problem(box.file(), Chain.REPORTER) is WrongSignature


def test_a_team_envelope_is_no_report(service: Service, box: Mailbox) -> None:
    """The chain byte is signed, and so is the kind (P3)."""
    row = box.say(service.intake[2])
    box.rows[Chain.REPORTER] = [replace(row, header=row.header[:1] + b"\x01" + row.header[2:])]
    assert problem(box.file(), Chain.REPORTER) is DoesNotOpen


def test_a_report_comes_first_and_once(service: Service, box: Mailbox) -> None:
    message = Message(
        "message", box.card.to_bytes(), Sealed.ON_DEVICE, "en", "Words.", (), None, None
    ).to_bytes()
    keys, cek = box.secret.keys, bytes(32)
    first = _place(box)
    _plant(box, sign_content(first, message, cek, keys, service.id), first)
    assert problem(box.file(), Chain.REPORTER) is WrongPlace
    box.rows[Chain.REPORTER].clear()
    box.report()
    second = _place(box)
    payload = _report(box.card.to_bytes())
    _plant(box, sign_content(second, payload, cek, keys, service.id), second)
    assert problem(box.file(), Chain.REPORTER) is WrongPlace


def test_nothing_comes_after_closed(box: Mailbox) -> None:
    box.report()
    box.post(box.reporter.close(box.read(), TODAY))
    box.message("After the end.")
    box.message("And again.")
    case = box.file()
    assert states(case, Chain.REPORTER) == [State.SHOWN] * 2 + [State.QUARANTINED] * 2
    assert problem(case, Chain.REPORTER) is WrongPlace


def test_closing_explains_every_stub_of_the_team(service: Service, box: Mailbox) -> None:
    """The server deletes the team's words with the mailbox, and has no signature for each."""
    box.report()
    rows = [box.say(service.intake[2]) for _ in range(2)]
    box.rows[Chain.TEAM] = [stub(row) for row in rows]
    assert states(box.file(), Chain.TEAM) == [State.MISSING] * 2
    box.rows[Chain.TEAM] = rows
    box.post(box.reporter.close(box.read(), TODAY))
    box.rows[Chain.TEAM] = [stub(rows[0]), rows[1]]
    case = box.file()
    assert states(case, Chain.TEAM) == [State.DELETED, State.SHOWN]
    assert case.of(Chain.TEAM)[0].erased
    assert (Chain.TEAM, Alarm(Fault.WITHHELD, 0)) not in case.alarms


def test_a_closing_that_does_not_verify_explains_nothing(service: Service, box: Mailbox) -> None:
    box.report()
    row = box.say(service.intake[2])
    box.post(box.reporter.close(box.read(), TODAY))
    last = box.rows[Chain.REPORTER][1]
    assert last.body is not None
    box.rows[Chain.REPORTER][1] = replace(last, body=flipped(last.body, 60, 3))
    box.rows[Chain.TEAM] = [stub(row)]
    case = box.file()
    assert not case.closed
    assert states(case, Chain.TEAM) == [State.MISSING]


def test_nobody_writes_to_a_closed_mailbox_and_notes_go_on(service: Service, box: Mailbox) -> None:
    analyst = service.team()
    box.report()
    assert not box.file().closed
    box.post(box.reporter.close(box.read(), TODAY))
    case = box.file()
    assert case.closed
    with pytest.raises(MailboxClosed):
        analyst.reply(case, "Too late.", "en")
    with pytest.raises(MailboxClosed):
        analyst.receipt(case)
    box.post(analyst.note(case, "Closed by the reporter."))
    assert states(box.file(), Chain.CASE) == [State.SHOWN]


def test_two_texts_under_two_wraps_are_refused_by_the_team(service: Service, box: Mailbox) -> None:
    """Two analysts' groups, one ciphertext, two keys: neither sees another text (P10)."""
    envelope, keys = salamander()
    intake = service.intake[2].keys.card
    header = replace(envelope.header, mailbox=box.address, recipient=intake.id)
    envelope = replace(envelope, header=header)
    for cek, expected in zip(keys, (None, WrongCommitment), strict=True):
        wrapped = wrap(cek, WrapKind.ENVELOPE, (envelope.id,), intake, stream("x"))
        box.rows[Chain.REPORTER] = [replace(store(envelope, cek, []), wraps={intake.id: wrapped})]
        found = problem(box.file(), Chain.REPORTER)
        assert found is (expected or DoesNotOpen)


def test_one_wrap_that_does_not_open_does_not_hide_one_that_does(
    service: Service, box: Mailbox
) -> None:
    row = box.report()
    good = service.intake[2].keys.card.id
    bad = service.intake[1].keys.card.id
    team = service.team(service.intake[1], service.intake[2])
    for order in ((bad, good), (good, bad)):
        wraps = dict.fromkeys(order, row.wraps[good])
        box.rows[Chain.REPORTER] = [replace(row, wraps=wraps)]
        assert states(box.file(team), Chain.REPORTER) == [State.SHOWN]
    box.rows[Chain.REPORTER] = [replace(row, wraps={bad: row.wraps[good]})]
    assert problem(box.file(team), Chain.REPORTER) is DoesNotOpen


# -- one among many -----------------------------------------------------------------------------


def test_one_hostile_envelope_of_each_kind_among_a_hundred_hides_none(
    service: Service, box: Mailbox
) -> None:
    """All hundred are read, each hostile one is named (P30)."""
    box.report()
    for number in range(99):
        box.message(f"Message {number}.")
    rows = box.rows[Chain.REPORTER]
    good = rows[50]
    assert good.body is not None
    hostile = [
        replace(good, body=flipped(good.body, 100, 0)),
        replace(good, body=b""),
        replace(good, body=bytes(1 << 20)),
        replace(good, header=good.header[:-1]),
        replace(good, header=b"\xff" * 134),
        replace(good, header=b"\x02" + good.header[1:]),
        replace(good, wraps={}),
        replace(good, wraps={service.intake[2].keys.card.id: b""}),
        replace(good, wraps={service.intake[2].keys.card.id: bytes(1184)}),
        replace(good, hash_of_body=b""),
        replace(good, body=None),
    ]
    planted = Mailbox(service)
    nested, quotes = b"[" * 2**20, b'"' + b'\\"' * (2**19 - 1)
    for content in (b"", bytes(64), bytes(64) + nested, bytes(64) + quotes, bytes(64) + b"{}"):
        place = replace(_place(box), seq=50, prev=rows[49].id)
        _plant(planted, content, place)
    for bad in (*hostile, *planted.rows[Chain.REPORTER]):
        case = service.team().read(box.address, {Chain.REPORTER: [*rows[:50], bad, *rows[50:]]})
        shown = [entry for entry in case.of(Chain.REPORTER) if entry.state is State.SHOWN]
        assert len(shown) >= 99  # a twin of the good one under its own id takes its place
        assert case.alarms
        case = service.team().read(box.address, {Chain.REPORTER: [*rows[:50], *rows[50:], bad]})
        shown = [entry for entry in case.of(Chain.REPORTER) if entry.state is State.SHOWN]
        assert len(shown) == 100
        assert case.alarms


# -- the team's own chains ----------------------------------------------------------------------


@pytest.mark.parametrize("signer", SIGNERS.values(), ids=SIGNERS)
def test_a_reply_the_group_did_not_sign_is_quarantined(box: Mailbox, signer: Principal) -> None:
    """The team reads its own chain as the reporter does (P2)."""
    box.say(box.service.intake[2], signer=signer)
    assert problem(box.file(), Chain.TEAM) is WrongSignature


def test_reporter_and_team_see_one_chain(service: Service, box: Mailbox) -> None:
    """Whatever a server mixes in, both call the same envelopes theirs."""
    case, other = service.case(box.address), service.case(mailbox("ben").keys.card.id)
    cards = (box.card, service.intake[2].keys.card)
    box.report()
    box.say(service.intake[1], receipt)
    box.say(service.intake[2], signer=service.analyst)
    box.say(other, handover)
    box.say(case, handover, wraps=cards)
    box.say(service.intake[2])
    box.say(case, reply)
    hers, ours = box.read().items, box.file().of(Chain.TEAM)
    assert [(item.id, item.state) for item in hers] == [(item.id, item.state) for item in ours]
    assert [type(item.problem) for item in hers] == [type(item.problem) for item in ours]
    author = box.file().author
    assert author is not None
    assert author.card == box.read().case_card == case.group.keys.card


def _note(
    service: Service,
    box: Mailbox,
    analyst: AnalystSecret,
    words: Words,
    claimed: bytes | None = None,
    recipient: bytes | None = None,
) -> None:
    intake = service.intake[EPOCH].keys.card
    place = replace(box.place(Chain.CASE), recipient=recipient or intake.id)
    payload = Note("note", analyst.keys.card.id, claimed or words.hash).to_bytes()
    envelope, cek = seal(place, payload, words.to_bytes(), analyst.keys, service.id, stream("note"))
    box.rows[Chain.CASE].append(store(envelope, cek, [intake]))


WORDS = Words(bytes(32), "An internal note.")


def test_a_colleagues_note_is_read(service: Service, box: Mailbox) -> None:
    _note(service, box, service.colleague, WORDS)
    case = box.file()
    assert [entry.words for entry in case.of(Chain.CASE)] == ["An internal note."]


def test_a_note_by_somebody_who_is_no_colleague_is_quarantined(
    service: Service, elsewhere: Service, box: Mailbox
) -> None:
    for analyst in (elsewhere.analyst, service.publisher):
        _note(service, box, analyst, WORDS)
        assert problem(box.file(), Chain.CASE) is ForeignAuthor


def test_a_note_in_a_colleagues_name_is_quarantined(service: Service, box: Mailbox) -> None:
    place = replace(box.place(Chain.CASE), recipient=service.intake[2].keys.card.id)
    payload = Note("note", service.colleague.keys.card.id, WORDS.hash).to_bytes()
    envelope, cek = seal(
        place, payload, WORDS.to_bytes(), service.analyst.keys, service.id, stream("note")
    )
    box.rows[Chain.CASE] = [store(envelope, cek, [service.intake[2].keys.card])]
    assert problem(box.file(), Chain.CASE) is WrongSignature


def test_other_words_than_the_signed_ones_are_quarantined(service: Service, box: Mailbox) -> None:
    """The signature covers the words by their hash."""
    _note(service, box, service.analyst, WORDS, claimed=Words(bytes(32), "Other.").hash)
    assert problem(box.file(), Chain.CASE) is DoesNotOpen


def test_words_that_are_no_document_are_quarantined(service: Service, box: Mailbox) -> None:
    keys, intake = service.analyst.keys, service.intake[2].keys.card
    place = replace(box.place(Chain.CASE), recipient=intake.id)
    for words in (b"", b"{}", WORDS.to_bytes() + b" "):
        payload = Note("note", keys.card.id, H(Tag.WORDS, words)).to_bytes()
        envelope, cek = seal(place, payload, words, keys, service.id, stream("note"))
        box.rows[Chain.CASE] = [store(envelope, cek, [intake])]
        assert problem(box.file(), Chain.CASE) is NotCanonical


def test_a_note_sealed_to_no_group_of_ours_is_quarantined(service: Service, box: Mailbox) -> None:
    _note(service, box, service.analyst, WORDS, recipient=bytes(32))
    assert problem(box.file(), Chain.CASE) is WrongPlace


def test_a_note_of_another_mailbox_is_named(service: Service, box: Mailbox) -> None:
    other = Mailbox(service, "ben")
    _note(service, other, service.analyst, WORDS)
    box.rows[Chain.CASE] = other.rows[Chain.CASE]
    case = box.file()
    assert case.of(Chain.CASE) == ()
    assert case.alarms == ((Chain.CASE, Alarm(Fault.UNREADABLE, None)),)


# -- behind the team's back ---------------------------------------------------------------------


def test_a_reply_nobody_entered_is_an_alarm(service: Service, box: Mailbox) -> None:
    """Somebody holding the group's secret wrote past the log."""
    box.report()
    row = box.say(service.intake[2])
    assert box.file().unannounced == (row.id,)
    box.rows[Chain.TEAM][0] = stub(row)
    assert box.file().unannounced == (row.id,)


def test_an_entry_in_a_forged_name_announces_nothing(service: Service, box: Mailbox) -> None:
    box.report()
    answered, entry = service.team().reply(box.file(), "Thank you.", "en")
    box.post(answered)
    other = service.team(analyst=secret(AnalystSecret, "stranger"))
    _, forged = other.reply(box.file(), "x", "en")
    box.post(forged)
    assert box.file().unannounced == (answered.envelope.id,)
    box.rows[Chain.CASE] = [arrive(entry)]
    assert box.file().unannounced == ()


def test_a_reply_that_was_entered_and_is_not_there_is_an_alarm(
    service: Service, box: Mailbox
) -> None:
    box.report()
    box.post(*service.team().reply(box.file(), "Thank you.", "en"))
    box.rows[Chain.TEAM].clear()
    assert box.file().alarms == ((Chain.CASE, Alarm(Fault.UNKNOWN_MARK, 0)),)


def test_a_case_group_nobody_entered_is_an_alarm(service: Service, box: Mailbox) -> None:
    box.report()
    box.say(service.case(box.address), handover)
    assert (Chain.TEAM, Alarm(Fault.UNANNOUNCED_GROUP, 0)) in box.file().alarms


def test_a_group_wrap_that_holds_another_key_is_quarantined(service: Service, box: Mailbox) -> None:
    """The reporter reads something the team does not (P10)."""
    row = box.say(service.intake[2])
    intake = service.intake[2].keys.card
    other = wrap(bytes(32), WrapKind.ENVELOPE, (row.id,), intake, stream("x"))
    box.rows[Chain.TEAM] = [replace(row, wraps=dict(row.wraps) | {intake.id: other})]
    assert [item.state for item in box.read().items] == [State.SHOWN]
    case = box.file()
    assert problem(case, Chain.TEAM) is WrongCommitment
    assert case.unannounced == (row.id,)


# -- marks --------------------------------------------------------------------------------------


def test_an_older_state_shown_to_her_is_noticed_when_she_writes(
    service: Service, box: Mailbox
) -> None:
    """She has no memory, so the team looks for her (P6)."""
    box.report()
    team = service.team()
    box.post(*team.reply(box.file(), "One.", "en"))
    box.post(*team.reply(box.file(), "Two.", "en"))
    box.message("Seen two.")
    assert box.file().alarms == ()
    old = box.reporter.read(box.rows[Chain.REPORTER], box.rows[Chain.TEAM][:1])
    box.post(box.reporter.message(Draft("Seen one."), old, TODAY))
    assert box.file().alarms == ((Chain.REPORTER, Alarm(Fault.MARK_BACK, 2)),)
    none = box.reporter.read(box.rows[Chain.REPORTER], [])
    box.post(box.reporter.message(Draft("Seen nothing."), none, TODAY))
    assert box.file().alarms[1:] == ((Chain.REPORTER, Alarm(Fault.MARK_BACK, 3)),)


def test_a_reply_shown_to_her_and_not_to_us_is_noticed(service: Service, box: Mailbox) -> None:
    box.report()
    box.say(service.intake[2])
    box.message("Thank you for that.")
    box.rows[Chain.TEAM].clear()
    assert box.file().alarms == ((Chain.REPORTER, Alarm(Fault.UNKNOWN_MARK, 1)),)


def test_an_acknowledgement_counts_with_the_right_id_alone(service: Service, box: Mailbox) -> None:
    row = box.report()
    box.say(service.intake[2], receipt, ack=Link(0, bytes(32)))
    case = box.file()
    assert (case.acknowledged, case.unread) == (-1, 1)
    assert (Chain.TEAM, Alarm(Fault.UNKNOWN_MARK, 0)) in case.alarms
    box.say(service.intake[2], receipt, ack=Link(0, row.id))
    assert (box.file().acknowledged, box.file().unread) == (0, 0)


def test_what_a_server_withholds_is_an_alarm(service: Service, box: Mailbox) -> None:
    box.report()
    box.post(*service.team().reply(box.file(), "Thank you.", "en"))
    for chain in Chain:
        whole = box.rows[chain]
        box.rows[chain] = [stub(whole[0])]
        case = box.file()
        assert states(case, chain) == [State.MISSING]
        assert (chain, Alarm(Fault.WITHHELD, 0)) in case.alarms
        box.rows[chain] = whole


def test_what_she_deleted_is_no_alarm(service: Service, box: Mailbox) -> None:
    box.report()
    box.post(*service.team().reply(box.file(), "Thank you.", "en"))
    row = box.rows[Chain.TEAM][0]
    note = box.secret.keys.sign(Tag.SIGN_DELETED, service.id, row.id)
    box.rows[Chain.TEAM] = [stub(row, note)]
    case = box.file()
    assert states(case, Chain.TEAM) == [State.DELETED]
    assert case.alarms == ()
    # Without her card nobody can tell.
    case = service.team().read(box.address, {Chain.TEAM: box.rows[Chain.TEAM]})
    assert states(case, Chain.TEAM) == [State.MISSING]


# -- writing ------------------------------------------------------------------------------------


def test_nobody_is_written_to_before_her_card_is_known(service: Service, box: Mailbox) -> None:
    team = service.team()
    with pytest.raises(Locked):
        team.receipt(box.file())
    with pytest.raises(Locked):
        team.reply(box.file(), "Hello?", "en")


def test_the_intake_group_does_not_write_while_a_case_group_has_the_case(
    service: Service, box: Mailbox
) -> None:
    box.report()
    box.say(service.case(box.address), handover)
    team = service.team()
    for write in (
        lambda: team.receipt(box.file()),
        lambda: team.reply(box.file(), "x", "en"),
        lambda: team.note(box.file(), "x"),
    ):
        with pytest.raises(Locked):
            write()


def test_an_analyst_without_the_current_group_does_not_write(
    service: Service, box: Mailbox
) -> None:
    box.report()
    case = box.file()
    former = service.team(service.intake[1])
    with pytest.raises(Locked):
        former.reply(case, "x", "en")
    with pytest.raises(Locked):
        former.note(case, "x")


@pytest.mark.parametrize("text", ["", "a" * (LIMITS.text_characters + 1)])
def test_words_of_no_or_too_much_length_are_not_sealed(
    service: Service, box: Mailbox, text: str
) -> None:
    box.report()
    team, case = service.team(), box.file()
    with pytest.raises(OverLimit):
        team.reply(case, text, "en")
    with pytest.raises(OverLimit):
        team.note(case, text)


def test_words_of_exactly_the_limit_are_sealed(service: Service, box: Mailbox) -> None:
    box.report()
    team, text = service.team(), "🌿" * LIMITS.text_characters
    box.post(*team.reply(box.file(), text, "en"))
    box.post(team.note(box.file(), text))
    payload = box.read().items[0].payload
    assert isinstance(payload, Reply)
    assert payload.text == text
    assert box.file().of(Chain.CASE)[1].words == text


def test_an_analyst_writes_under_an_expired_directory(service: Service, box: Mailbox) -> None:
    """Only new reports stop."""
    box.report()
    directory = service.directory(expires=TODAY, issued=TODAY - timedelta(days=3))
    assert directory.expires == TODAY
    service.team().reply(box.file(), "Thank you.", "en")


def test_two_writers_after_a_restored_snapshot_share_nothing(
    service: Service, box: Mailbox
) -> None:
    """The vault is the same, the random source is not (P16)."""
    box.report()
    case = box.file()
    made = [
        each
        for name in ("before", "after")
        for each in service.team(name=f"the machine {name}").reply(case, "The same.", "en")
    ]
    assert len({each.content_key for each in made}) == 4
    assert len({each.envelope.body[:NONCE] for each in made}) == 4
    assert len({each.envelope.id for each in made}) == 4
    wraps = [wrapped for each in made for _, wrapped in each.wraps]
    assert len({wrapped[:32] for wrapped in wraps}) == len(wraps)


def test_a_note_is_salted(service: Service, box: Mailbox) -> None:
    """Equal words have unequal hashes, so the exported log does not give them away."""
    box.report()
    team = service.team()
    box.post(team.note(box.file(), "The same."))
    box.post(team.note(box.file(), "The same."))
    hashes = {
        entry.payload.words
        for entry in box.file().of(Chain.CASE)
        if isinstance(entry.payload, Note)
    }
    assert len(hashes) == 2


# -- names --------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32), st.integers(1, 52))
def test_a_case_has_a_name_of_its_own(address: bytes, letters: int) -> None:
    name = case_name(address, letters)
    assert len(name) == letters
    assert case_name(address) == case_name(address, 8)
    assert case_name(address, 52).startswith(name)


def test_case_names_of_many_mailboxes_differ() -> None:
    names = {case_name(H(Tag.SALT, bytes([n % 256, n // 256]))) for n in range(2000)}
    assert len(names) == 2000


def test_the_unknown_stays_unknown(service: Service) -> None:
    stranger = secret(MailboxSecret, "stranger").keys.card.id
    row = Stored(b"", b"", b"", {}, TODAY, b"")
    case = service.team().read(stranger, {chain: [row] for chain in Chain})
    assert case.entries == ()
    assert len(case.alarms) == 3
