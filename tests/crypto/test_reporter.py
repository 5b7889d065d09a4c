from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crypto.chains import Alarm, Fault, Stored
from crypto.constants import HEADER, NONCE, Tag
from crypto.contact import seal_contact
from crypto.directory import LIMITS
from crypto.documents import (
    Answer,
    Category,
    Closed,
    ContactWithdrawn,
    Link,
    Message,
    Report,
    Sealed,
)
from crypto.envelope import LARGEST_SEQ, NO_PREV, Chain, Header, open_content
from crypto.errors import (
    Contested,
    DoesNotOpen,
    Expired,
    ForeignAuthor,
    Forged,
    Locked,
    NotCanonical,
    NotDeletable,
    NothingHere,
    NothingToSend,
    OverLimit,
    ProtocolError,
    RolledBack,
    UnsignedKeyAsked,
    WrongCommitment,
    WrongId,
    WrongPlace,
    WrongSignature,
)
from crypto.files import FileManifest, padded_size
from crypto.keys import MailboxSecret, Principal
from crypto.opening import State
from crypto.outgoing import Outgoing
from crypto.reporter import Conversation, Draft
from crypto.wrapping import WrapKind, unwrap, wrap
from tests.crypto.test_envelope import salamander
from tests.crypto.world import (
    EPOCH,
    TODAY,
    Mailbox,
    Service,
    arrive,
    closing,
    deleted,
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

MONTH = timedelta(days=30)
WELSH = "Ŵyth llygoden ŷ mewn tŷ â tho gwyrdd. "


@pytest.fixture
def box(service: Service) -> Mailbox:
    return Mailbox(service)


def states(conversation: Conversation) -> list[State]:
    return [item.state for item in conversation.items]


def problem(conversation: Conversation) -> type[ProtocolError]:
    """Why the last envelope is not shown."""
    item = conversation.items[-1]
    assert item.state is State.QUARANTINED
    assert item.payload is None
    assert item.problem is not None
    return type(item.problem)


def manifest(number: int = 0, size: int = 5) -> FileManifest:
    one = bytes([number]) * 32
    return FileManifest("a.txt", "text/plain", size, padded_size(size), one, bytes(32), bytes(32))


# -- writing ------------------------------------------------------------------------------------


def test_a_report_is_sealed_to_the_intake_group_and_to_nobody_else(
    service: Service, box: Mailbox
) -> None:
    """One wrap, whoever is on duty: there is no list to cut short (P9)."""
    outgoing = box.reporter.report(Draft("An invented report."), TODAY)
    intake = service.intake[EPOCH].keys
    header = outgoing.envelope.header
    assert (header.chain, header.seq, header.prev) == (Chain.REPORTER, 0, NO_PREV)
    assert (header.mailbox, header.recipient) == (box.address, intake.card.id)
    assert [recipient for recipient, _ in outgoing.wraps] == [intake.card.id]
    assert outgoing.use is None
    cek = unwrap(outgoing.wraps[0][1], WrapKind.ENVELOPE, (outgoing.envelope.id,), intake)
    report = Report.from_bytes(open_content(outgoing.envelope, cek).payload)
    assert (report.text, report.card) == ("An invented report.", box.card.to_bytes())
    assert report.seen is None


def test_all_of_a_draft_is_in_the_report(service: Service, box: Mailbox) -> None:
    draft = Draft(
        "Text.",
        "cy",
        Sealed.BY_TELEPHONE,
        (Category.INFLUENCE,),
        ("north",),
        (Answer("when", "Now."),),
        (manifest(),),
    )
    box.post(outgoing := box.reporter.report(draft, TODAY))
    (entry,) = box.file().of(Chain.REPORTER)
    report = entry.payload
    assert isinstance(report, Report)
    for name in (
        "text",
        "language",
        "sealed",
        "categories",
        "forces",
        "answers",
        "files",
        "contact",
    ):
        assert getattr(report, name) == getattr(draft, name)
    assert outgoing.files == draft.files


def test_the_reporter_does_not_open_her_own_chain(box: Mailbox) -> None:
    """A found passphrase does not show what was reported."""
    stored = box.report()
    (wrapped,) = stored.wraps.values()
    with pytest.raises(DoesNotOpen):
        unwrap(wrapped, WrapKind.ENVELOPE, (stored.id,), box.secret.keys)
    assert box.address not in stored.wraps


def test_a_message_follows_and_names_what_was_seen(service: Service, box: Mailbox) -> None:
    first = box.report()
    shown = box.say(service.intake[2])
    outgoing = box.reporter.message(Draft("More."), box.read(), TODAY)
    header = outgoing.envelope.header
    assert (header.seq, header.prev) == (1, first.id)
    box.post(outgoing)
    message = box.file().of(Chain.REPORTER)[1].payload
    assert isinstance(message, Message)
    assert message.seen == Link(0, shown.id)
    assert message.text == "More."


def test_contact_is_withdrawn_and_the_mailbox_closed(box: Mailbox) -> None:
    box.report()
    box.post(box.reporter.withdraw_contact(box.read(), TODAY))
    box.post(box.reporter.close(box.read(), TODAY))
    payloads = [entry.payload for entry in box.file().of(Chain.REPORTER)]
    assert [type(each) for each in payloads] == [Report, ContactWithdrawn, Closed]
    assert [header.seq for header in map(Stored.parse_header, box.rows[Chain.REPORTER])] == [
        0,
        1,
        2,
    ]


@pytest.mark.parametrize("draft", [Draft(""), Draft(" \n\t"), Draft("\u3000")])
def test_nothing_is_not_sent(box: Mailbox, draft: Draft) -> None:
    with pytest.raises(NothingToSend):
        box.reporter.report(draft, TODAY)
    with pytest.raises(NothingToSend):
        box.reporter.message(draft, box.read(), TODAY)


def test_a_file_or_an_answer_is_something_to_send(box: Mailbox) -> None:
    box.reporter.report(Draft("", files=(manifest(),)), TODAY)
    box.reporter.report(Draft("", answers=(Answer("when", "Now."),)), TODAY)


@pytest.mark.parametrize(
    ("limits", "fits", "too_much"),
    [
        ({"text_characters": 10}, Draft("🌿" * 10), Draft("a" * 11)),
        ({"files": 1}, Draft("", files=(manifest(),)), Draft("", files=(manifest(1), manifest(2)))),
        (
            {"file_bytes": 9},
            Draft("", files=(manifest(1, 9),)),
            Draft("", files=(manifest(1, 10),)),
        ),
        (
            {},
            Draft("", files=(manifest(1), manifest(2))),
            Draft("", files=(manifest(), manifest())),
        ),
        (
            {"payload_bytes": 2600},
            Draft("a" * 100),
            Draft("a" * 100, answers=(Answer("when", "a" * 1000),)),
        ),
    ],
    ids=["text", "files", "a file", "one file twice", "payload"],
)
def test_more_than_the_directorys_limits_is_not_sealed(
    service: Service, limits: dict[str, int], fits: Draft, too_much: Draft
) -> None:
    reporter = service.reporter("ann", limits=replace(LIMITS, **limits))
    reporter.report(fits, TODAY)
    with pytest.raises(OverLimit):
        reporter.report(too_much, TODAY)
    if not too_much.answers:  # only a report has any
        with pytest.raises(OverLimit):
            reporter.message(too_much, reporter.read((), ()), TODAY)


def test_a_payload_of_exactly_the_limit_is_sealed(service: Service, box: Mailbox) -> None:
    draft = Draft("Text.")
    sent = box.reporter.report(draft, TODAY)
    size = len(open_content(sent.envelope, sent.content_key).payload)
    for limit, fits in ((size, True), (size - 1, False)):
        reporter = service.reporter("ann", limits=replace(LIMITS, payload_bytes=limit))
        if fits:
            reporter.report(draft, TODAY)
            continue
        with pytest.raises(OverLimit):
            reporter.report(draft, TODAY)


def test_a_draft_of_a_kind_that_does_not_exist_cannot_be_sealed(box: Mailbox) -> None:
    for draft in (
        Draft("text", language="english"),
        Draft("a lone surrogate \udcff"),
        Draft("text", forces=("b", "a")),
    ):
        with pytest.raises(NotCanonical):
            box.reporter.report(draft, TODAY)


def test_nothing_is_sealed_to_the_intake_under_an_expired_directory(
    service: Service, box: Mailbox
) -> None:
    """Reading goes on (P6)."""
    box.report()
    box.say(service.intake[2])
    later = TODAY + MONTH
    with pytest.raises(Expired):
        box.reporter.report(Draft("Late."), later)
    with pytest.raises(Expired):
        box.reporter.message(Draft("Late."), box.read(), later)
    with pytest.raises(Expired):
        box.reporter.close(box.read(), later)
    assert states(box.read()) == [State.SHOWN]


def test_an_answer_to_a_case_group_needs_no_valid_directory(service: Service, box: Mailbox) -> None:
    box.report()
    case = service.case(box.address)
    box.say(case, handover)
    outgoing = box.reporter.message(Draft("Late."), box.read(), TODAY + MONTH)
    assert outgoing.envelope.header.recipient == case.group.keys.card.id


def test_a_server_cannot_send_a_writer_behind_the_last_place(box: Mailbox) -> None:
    """It invents a header with the highest ``seq`` there is."""
    recipient = b"\x01" * 32
    header = Header(Chain.REPORTER, LARGEST_SEQ, box.address, recipient, recipient, recipient)
    box.rows[Chain.REPORTER].append(Stored(header.to_bytes(), bytes(32), None, {}, TODAY, None))
    with pytest.raises(WrongPlace):
        box.reporter.message(Draft("More."), box.read(), TODAY)


# -- sizes --------------------------------------------------------------------------------------

LENGTHS = {
    "one letter": "a",
    "8,000 letters": "a" * 8000,
    "8,000 letters of Welsh": (WELSH * 300)[:8000],
    "2,000 signs of four bytes": "🌿" * 2000,
    "10,000 different letters": stream("text")(5000).hex(),
    "2,000 letters that need an escape": '"' * 2000,
}


@pytest.mark.parametrize("text", LENGTHS.values(), ids=LENGTHS)
def test_one_character_and_8000_have_one_size(box: Mailbox, text: str) -> None:
    """On disk and on the wire, in both directions (P21)."""
    sent = box.reporter.report(Draft(text), TODAY)
    assert len(sent.envelope.to_bytes()) == HEADER + NONCE + 16 * 1024 + 16
    assert [len(wrapped) for _, wrapped in sent.wraps] == [1184]
    box.post(sent)
    answered, entry = box.service.team().reply(box.file(), text, "en")
    for each in (answered, entry):
        assert len(each.envelope.to_bytes()) == len(sent.envelope.to_bytes())


def test_what_compresses_well_is_no_smaller(box: Mailbox) -> None:
    """Ten thousand of one letter against ten thousand of noise (P21)."""
    texts = ("a" * 30_000, stream("noise")(15_000).hex())
    sizes = {len(box.reporter.report(Draft(each), TODAY).envelope.body) for each in texts}
    assert len(sizes) == 1


def test_contact_details_do_not_show_in_the_size(service: Service, box: Mailbox) -> None:
    contact = seal_contact("+00 000", box.address, service.contact.keys.card, stream("contact"))
    drafts = (Draft("Text."), Draft("Text.", contact=contact))
    sizes = {len(box.reporter.report(each, TODAY).envelope.to_bytes()) for each in drafts}
    assert len(sizes) == 1


# -- after a refusal ----------------------------------------------------------------------------


def _rewrapped(
    box: Mailbox, before: Conversation, outgoing: Outgoing, after: Conversation
) -> Outgoing:
    return box.reporter.rewrap(outgoing, before, after, TODAY)


def test_the_same_envelope_is_wrapped_to_the_group_that_has_the_case(
    service: Service, box: Mailbox
) -> None:
    box.report()
    before = box.read()
    outgoing = box.reporter.message(Draft("More."), before, TODAY)
    case = service.case(box.address)
    box.say(case, handover)
    again = _rewrapped(box, before, outgoing, box.read())
    assert again.envelope == outgoing.envelope
    assert [recipient for recipient, _ in again.wraps] == [case.group.keys.card.id]
    cek = unwrap(again.wraps[0][1], WrapKind.ENVELOPE, (again.envelope.id,), case.group.keys)
    assert open_content(again.envelope, cek).payload


def test_the_same_envelope_is_wrapped_to_the_next_intake_group(
    service: Service, box: Mailbox
) -> None:
    outgoing = box.reporter.report(Draft("First."), TODAY)
    later = service.reporter("ann", epoch=3)
    before = box.read()
    again = later.rewrap(outgoing, before, later.read((), ()), TODAY)
    assert [recipient for recipient, _ in again.wraps] == [service.intake[3].keys.card.id]


def test_a_key_the_team_has_not_signed_is_never_sealed_to(box: Mailbox) -> None:
    """A server that keeps on refusing the only signed group is told so."""
    before = box.read()
    outgoing = box.reporter.report(Draft("First."), TODAY)
    with pytest.raises(UnsignedKeyAsked):
        _rewrapped(box, before, outgoing, box.read())


def test_a_server_that_steps_back_within_one_sitting_is_noticed(
    service: Service, box: Mailbox
) -> None:
    """To a group that no longer has the case (P6)."""
    box.report()
    case, next_case = (service.case(box.address, n) for n in (1, 2))
    box.say(case, handover)
    box.say(next_case, handover)
    whole = box.read()
    outgoing = box.reporter.message(Draft("More."), whole, TODAY)
    team, own = box.rows[Chain.TEAM], box.rows[Chain.REPORTER]
    for rows, mine in ((team[:1], own), ([], own), (team, []), (team[::-1][:1], own)):
        with pytest.raises(RolledBack):
            _rewrapped(box, whole, outgoing, box.reporter.read(mine, rows))


def test_an_older_directory_within_one_sitting_is_noticed(service: Service, box: Mailbox) -> None:
    outgoing = box.reporter.report(Draft("First."), TODAY)
    later = service.reporter("ann", epoch=3)
    newer = later.read((), ())
    with pytest.raises(RolledBack):
        box.reporter.rewrap(outgoing, newer, box.read(), TODAY)


def test_a_later_state_follows_an_earlier_one(service: Service, box: Mailbox) -> None:
    conversations = [box.read()]
    box.report()
    conversations.append(box.read())
    box.say(service.intake[2])
    conversations.append(box.read())
    box.rows[Chain.TEAM][0] = stub(box.rows[Chain.TEAM][0])
    conversations.append(box.read())
    for number, after in enumerate(conversations):
        for before in conversations[: number + 1]:
            after.check_follows(before)
    for seen, older in ((1, 0), (2, 1), (2, 0)):
        with pytest.raises(RolledBack):
            conversations[older].check_follows(conversations[seen])


# -- reading ------------------------------------------------------------------------------------


def test_a_mailbox_nobody_used_is_empty(box: Mailbox) -> None:
    conversation = box.read()
    assert conversation.empty
    assert (conversation.next_seq, conversation.prev) == (0, NO_PREV)
    assert conversation.seen is None
    assert not conversation.contested


def test_a_mailbox_with_words_of_either_side_is_not_empty(service: Service, box: Mailbox) -> None:
    row, answered = box.report(), box.say(service.intake[2])
    assert not box.reporter.read([row], []).empty
    assert not box.reporter.read([], [answered]).empty


def test_her_own_messages_are_counted_by_day(box: Mailbox) -> None:
    """More of them than she wrote means that somebody else has the words."""
    box.report()
    box.message()
    conversation = box.read()
    assert conversation.own_days == (TODAY, TODAY)
    assert conversation.own_ids == tuple(row.id for row in box.rows[Chain.REPORTER])
    assert not conversation.empty


def test_the_teams_words_are_shown(service: Service, box: Mailbox) -> None:
    box.report()
    box.say(service.intake[1])
    shown = box.say(service.intake[2], text="Welcome.")
    conversation = box.read()
    assert states(conversation) == [State.SHOWN] * 2
    assert conversation.seen == Link(1, shown.id)
    assert conversation.team_alarms == ()
    assert conversation.case_card is None
    assert conversation.items[1].day == TODAY


def test_an_expired_directory_is_still_read_with(service: Service, box: Mailbox) -> None:
    """Nobody compares days for reading."""
    box.say(service.intake[2])
    old = service.reporter("ann", issued=TODAY - 10 * MONTH, expires=TODAY - 10 * MONTH)
    assert states(box.read(old)) == [State.SHOWN]


# -- who is not shown as the team ---------------------------------------------------------------

SERVICE = Service("drop")
SIGNERS: dict[str, Principal] = {
    "the root": SERVICE.root,
    "the publisher": SERVICE.publisher,
    "an analyst's own key": SERVICE.analyst,
    "the contact group": SERVICE.contact,
    "another intake group": SERVICE.intake[1],
    "an unlisted intake group": SERVICE.intake[4],
    "another service": Service("elsewhere").intake[2],
    "the reporter herself": mailbox("ann"),
    "another reporter": mailbox("ben"),
    "a case group of hers": SERVICE.case(mailbox("ann").keys.card.id).group,
}


@pytest.mark.parametrize("signer", SIGNERS.values(), ids=SIGNERS)
def test_a_reply_the_intake_group_did_not_sign_is_not_shown(
    service: Service, box: Mailbox, signer: Principal
) -> None:
    """In its name, sealed as it should be (P2)."""
    box.say(service.intake[2], signer=signer)
    assert problem(box.read()) is WrongSignature


@pytest.mark.parametrize("signer", SIGNERS.values(), ids=SIGNERS)
def test_a_reply_in_ones_own_name_is_not_shown(box: Mailbox, signer: Principal) -> None:
    """Well signed, by somebody who may not write here (P2)."""
    if signer == SERVICE.intake[1]:  # a former intake group may, at the beginning of a chain
        return
    box.rows[Chain.TEAM].append(box.make(reply(signer.keys.card.id), signer))
    assert problem(box.read()) is ForeignAuthor


@pytest.mark.parametrize("signature", [bytes(64), b"\xff" * 64])
def test_a_reply_signed_by_nobody_is_not_shown(
    service: Service, box: Mailbox, signature: bytes
) -> None:
    """A sealed box says nothing about its sender (P2)."""
    payload = reply(service.intake[2].keys.card.id).to_bytes()
    cek = bytes(32)
    envelope = enclose(box.place(), signature + payload, cek, stream("forged"))
    box.rows[Chain.TEAM].append(store(envelope, cek, [box.card]))
    assert problem(box.read()) is WrongSignature


def test_a_reply_that_is_nothing_but_a_payload_is_not_shown(service: Service, box: Mailbox) -> None:
    cek = bytes(32)
    payload = reply(service.intake[2].keys.card.id).to_bytes()
    envelope = enclose(box.place(), payload, cek, stream("forged"))
    box.rows[Chain.TEAM].append(store(envelope, cek, [box.card]))
    assert problem(box.read()) is NotCanonical


def test_a_reporters_own_words_are_not_shown_as_the_teams(box: Mailbox) -> None:
    """Her message, sealed back to her in the ``team`` chain (P3)."""
    sent = box.reporter.report(Draft("Mine."), TODAY)
    content = open_content(sent.envelope, sent.content_key)
    cek = bytes(32)
    envelope = enclose(box.place(), content.signature + content.payload, cek, stream("x"))
    box.rows[Chain.TEAM].append(store(envelope, cek, [box.card]))
    assert problem(box.read()) is NotCanonical


def test_a_case_group_of_another_mailbox_is_not_shown(service: Service, box: Mailbox) -> None:
    """Certified, signed, and for somebody else (PROTOCOL §12)."""
    other = Mailbox(service, "ben")
    box.say(service.case(other.address), handover)
    assert problem(box.read()) is ForeignAuthor


def _open_by(row: Stored, secret_: MailboxSecret) -> tuple[bytes, bytes]:
    """What a mailbox's owner, or who has the words, finds in an envelope."""
    cek = unwrap(row.wraps[secret_.keys.card.id], WrapKind.ENVELOPE, (row.id,), secret_.keys)
    content = open_content(row.parse_envelope(), cek)
    return content.signature + content.payload, cek


def test_reply_resealed_to_another_reporter_is_not_shown(service: Service, box: Mailbox) -> None:
    """The signed words of one conversation, sealed anew into another (P3)."""
    row = box.say(service.intake[2], text="You are safe with us.")
    content, _ = _open_by(row, box.secret)
    other = Mailbox(service, "ben")
    cek = bytes(32)
    envelope = enclose(other.place(), content, cek, stream("resealed"))
    other.rows[Chain.TEAM].append(store(envelope, cek, [other.card]))
    assert problem(other.read()) is WrongSignature


def test_an_envelope_wrapped_to_another_reporter_is_not_hers(
    service: Service, box: Mailbox
) -> None:
    """The same bytes under her address: the header says whose they are (P3)."""
    row = box.say(service.intake[2])
    _, cek = _open_by(row, box.secret)
    other = Mailbox(service, "ben")
    other.rows[Chain.TEAM].append(store(row.parse_envelope(), cek, [other.card, box.card]))
    conversation = other.read()
    assert conversation.items == ()
    assert conversation.team_alarms == (Alarm(Fault.UNREADABLE, None),)


def test_a_reply_first_sealed_to_somebody_else_is_not_shown(service: Service, box: Mailbox) -> None:
    """Signed by the team, for this mailbox, with another recipient in the header."""
    place = replace(box.place(), recipient=Mailbox(service, "ben").address)
    cek, keys = bytes(32), service.intake[2].keys
    content = sign_content(place, reply(keys.card.id).to_bytes(), cek, keys, service.id)
    envelope = enclose(place, content, cek, stream("x"))
    box.rows[Chain.TEAM].append(store(envelope, cek, [box.card]))
    assert problem(box.read()) is WrongPlace


def test_a_chain_byte_changed_is_noticed(service: Service, box: Mailbox) -> None:
    """Words of one chain in another (P3)."""
    row = box.say(service.intake[2])
    assert row.header[1] == Chain.TEAM
    for chain in (0, 1, 3, 4):
        changed = replace(row, header=row.header[:1] + bytes([chain]) + row.header[2:])
        conversation = box.reporter.read((), [changed])
        assert conversation.items == ()
        assert conversation.team_alarms == (Alarm(Fault.UNREADABLE, None),)
    own = box.report()
    as_team = replace(own, header=own.header[:1] + b"\x02" + own.header[2:])
    conversation = box.reporter.read((), [as_team])
    assert problem(conversation) is WrongPlace


def test_a_reply_of_another_service_is_not_shown(service: Service, elsewhere: Service) -> None:
    """Relayed whole: another root, so another mailbox and another signature (P5)."""
    here, there = Mailbox(service), Mailbox(elsewhere)
    there.say(elsewhere.intake[2])
    here.rows[Chain.TEAM] = there.rows[Chain.TEAM]
    assert problem(here.read()) is ForeignAuthor
    here.rows[Chain.TEAM] = []
    payload = reply(service.intake[2].keys.card.id).to_bytes()
    cek, place = bytes(32), here.place()
    content = sign_content(place, payload, cek, service.intake[2].keys, elsewhere.id)
    here.rows[Chain.TEAM].append(store(enclose(place, content, cek, stream("x")), cek, [here.card]))
    assert problem(here.read()) is WrongSignature


@pytest.mark.parametrize("version", [0, 2, 255])
def test_an_envelope_of_another_version_is_not_shown(
    service: Service, box: Mailbox, version: int
) -> None:
    """No fallback, no guess (P26)."""
    row = box.say(service.intake[2])
    box.rows[Chain.TEAM] = [replace(row, header=bytes([version]) + row.header[1:])]
    assert box.read().items == ()
    assert box.read().team_alarms == (Alarm(Fault.UNREADABLE, None),)


def test_an_envelope_without_a_wrap_for_her_is_locked_and_not_damaged(
    service: Service, box: Mailbox
) -> None:
    box.say(service.intake[2], wraps=[service.intake[2].keys.card])
    assert problem(box.read()) is Locked


def test_a_wrap_of_another_envelope_does_not_open(service: Service, box: Mailbox) -> None:
    one, two = box.say(service.intake[2]), box.say(service.intake[2])
    box.rows[Chain.TEAM][1] = replace(two, wraps=one.wraps)
    assert problem(box.read()) is DoesNotOpen


def test_a_changed_body_is_noticed(service: Service, box: Mailbox) -> None:
    row = box.say(service.intake[2])
    assert row.body is not None
    box.rows[Chain.TEAM] = [replace(row, body=flipped(row.body, 9, 1))]
    assert problem(box.read()) is WrongId


def test_two_texts_under_two_wraps_are_refused(service: Service, box: Mailbox) -> None:
    """Her wrap holds a key the envelope does not commit to (P10)."""
    envelope, (first, second) = salamander()
    header = replace(envelope.header, chain=Chain.TEAM, mailbox=box.address, recipient=box.address)
    envelope = replace(envelope, header=header)
    row = store(envelope, first, [service.intake[2].keys.card])
    hers = wrap(second, WrapKind.ENVELOPE, (envelope.id,), box.card, stream("hers"))
    box.rows[Chain.TEAM].append(replace(row, wraps=dict(row.wraps) | {box.address: hers}))
    assert problem(box.read()) is WrongCommitment


def test_one_envelope_does_not_answer_for_two_passphrases(service: Service) -> None:
    """A server cannot find out which of two guesses is right with one envelope (P11)."""
    ann, ben = Mailbox(service), Mailbox(service, "ben")
    for committed in (0, 1):
        envelope, keys = salamander()
        header = replace(envelope.header, chain=Chain.TEAM, mailbox=ann.address)
        envelope = replace(envelope, header=replace(header, recipient=ann.address))
        random_bytes = stream("two")
        wraps = {
            box.address: wrap(key, WrapKind.ENVELOPE, (envelope.id,), box.card, random_bytes)
            for box, key in ((ann, keys[committed]), (ben, keys[1 - committed]))
        }
        row = replace(store(envelope, keys[0], []), wraps=wraps)
        assert states(ann.reporter.read((), [row])) == [State.QUARANTINED]
        assert ben.reporter.read((), [row]).items == ()


def test_a_stolen_box_key_of_the_team_forges_nothing(service: Service, box: Mailbox) -> None:
    """Authorship is a signature, and not a shared secret of the two sides (P25)."""
    thief = secret(MailboxSecret, "thief").keys
    stolen = service.intake[2].keys.card
    assert thief.card.sign != stolen.sign
    place, cek = box.place(), bytes(32)
    content = sign_content(place, reply(stolen.id).to_bytes(), cek, thief, service.id)
    row = store(enclose(place, content, cek, stream("x")), cek, [box.card, stolen])
    box.rows[Chain.TEAM].append(row)
    assert problem(box.read()) is WrongSignature


# -- order --------------------------------------------------------------------------------------


def test_she_follows_the_case_to_its_group_and_back(service: Service, box: Mailbox) -> None:
    box.report()
    case, next_case = service.case(box.address, 1), service.case(box.address, 2, name="b")
    told = []
    for author, make in (
        (service.intake[2], receipt),
        (case, handover),
        (case, reply),
        (next_case, handover),
        (next_case, reply),
        (next_case, closing),
        (service.intake[2], reply),
    ):
        box.say(author, make)
        card = box.read().case_card
        told.append(card.id if card else None)
    one, two = case.group.keys.card.id, next_case.group.keys.card.id
    assert told == [None, one, one, two, two, None, None]
    assert states(box.read()) == [State.SHOWN] * 7


@pytest.mark.parametrize(
    "steps",
    [
        [("case", handover), ("intake", reply)],
        [("case", handover), ("case", closing), ("case", reply)],
        [("case", reply)],
        [("case", handover), ("other", handover)],
        [("case", handover), ("case", handover)],
        [("intake", receipt), ("old", receipt)],
    ],
    ids=[
        "intake after a case without a closing",
        "a case after its closing",
        "a case without a handover",
        "a case with a lower number",
        "a second handover",
        "an older intake group",
    ],
)
def test_an_author_out_of_turn_is_not_shown(
    service: Service, box: Mailbox, steps: list[tuple[str, Any]]
) -> None:
    """Signed by groups that are or were the team's (PROTOCOL §12)."""
    authors: dict[str, Any] = {
        "intake": service.intake[2],
        "old": service.intake[1],
        "case": service.case(box.address),
        "other": service.case(box.address, name="other"),
    }
    for name, make in steps:
        box.say(authors[name], make)
    before = box.reporter.read((), box.rows[Chain.TEAM][:-1])
    conversation = box.read()
    assert states(conversation)[:-1] == [State.SHOWN] * (len(steps) - 1)
    assert problem(conversation) is ForeignAuthor
    assert conversation.case_card == before.case_card


def test_a_removed_handler_cannot_take_the_case_back(service: Service, box: Mailbox) -> None:
    """Holding the secret of group 1, with a group 3 of his own (P7)."""
    one, two = service.case(box.address), service.case(box.address, 2, name="true")
    box.say(one, handover)
    box.say(two, handover)
    false = service.case(box.address, 2, one.group, one.proof.certificates, "false")
    third = service.case(box.address, 3, false.group, false.proof.certificates, "false")
    for forged, make in ((one, reply), (false, handover), (third, handover), (third, reply)):
        box.say(forged, make)
        assert problem(box.read()) is ForeignAuthor
        box.rows[Chain.TEAM].pop()
    assert box.read().case_card == two.group.keys.card


def test_a_withheld_handover_puts_its_group_into_quarantine(service: Service, box: Mailbox) -> None:
    case = service.case(box.address)
    box.say(case, handover)
    box.say(case)
    del box.rows[Chain.TEAM][0]
    conversation = box.read()
    assert problem(conversation) is ForeignAuthor
    assert conversation.team_alarms == (Alarm(Fault.MISSING, 0),)
    assert conversation.case_card is None


def test_a_fork_changes_nothing_and_nothing_is_sent(service: Service, box: Mailbox) -> None:
    """Two true envelopes at one place: who has the case cannot be told (P23)."""
    box.report()
    case = service.case(box.address)
    one = box.make(reply(service.intake[2].keys.card.id), service.intake[2])
    two = box.make(handover(case.group.keys.card.id, case.proof), case.group)
    for rows in ([one, two], [two, one]):
        box.rows[Chain.TEAM] = rows
        conversation = box.read()
        assert states(conversation) == [State.SHOWN] * 2
        assert conversation.contested
        assert conversation.case_card is None
        assert conversation.team_alarms == (Alarm(Fault.FORK, 0),)
        for write in (box.reporter.close, box.reporter.withdraw_contact):
            with pytest.raises(Contested):
                write(conversation, TODAY)
        with pytest.raises(Contested):
            box.reporter.message(Draft("More."), conversation, TODAY)


def test_what_may_not_follow_is_not_shown_at_a_fork_either(service: Service, box: Mailbox) -> None:
    case = service.case(box.address)
    one = box.make(reply(service.intake[2].keys.card.id), service.intake[2])
    two = box.make(reply(case.group.keys.card.id, case.proof), case.group)
    box.rows[Chain.TEAM] = [one, two]
    assert sorted(states(box.read())) == [State.QUARANTINED, State.SHOWN]


def test_the_same_envelope_twice_is_shown_once(service: Service, box: Mailbox) -> None:
    """A replay is an alarm, and no second item (P4)."""
    row = box.say(service.intake[2])
    box.rows[Chain.TEAM].append(row)
    conversation = box.read()
    assert states(conversation) == [State.SHOWN]
    assert conversation.team_alarms == (Alarm(Fault.DUPLICATE, 0),)
    assert not conversation.contested


# -- stubs --------------------------------------------------------------------------------------


def _with_stub(
    service: Service, box: Mailbox, note: Callable[[Stored], bytes | None]
) -> Conversation:
    box.report()
    row = box.say(service.intake[2])
    box.say(service.intake[2])
    box.rows[Chain.TEAM][0] = stub(row, note(row))
    return box.read()


def test_what_she_deleted_is_shown_as_deleted(service: Service, box: Mailbox) -> None:
    keys = box.secret.keys
    conversation = _with_stub(
        service, box, lambda row: keys.sign(Tag.SIGN_DELETED, service.id, row.id)
    )
    assert states(conversation) == [State.DELETED, State.SHOWN]


def test_what_she_signs_away_is_what_both_sides_show_as_deleted(
    service: Service, box: Mailbox
) -> None:
    box.report()
    for _ in range(2):
        box.say(service.intake[2])
    box.say(service.intake[2], receipt)
    before = box.read()
    assert before.deletable == tuple(row.id for row in box.rows[Chain.TEAM])
    ids = [box.rows[Chain.TEAM][place].id for place in (2, 0)]
    deletions = box.reporter.delete(before, ids)
    assert [each.seq for each in deletions] == [0, 2], "in the chain's order"
    for each in deletions:
        row = box.rows[Chain.TEAM][each.seq]
        assert each.id == row.id
        box.rows[Chain.TEAM][each.seq] = stub(row, each.signature)
    gone = [State.DELETED, State.SHOWN, State.DELETED]
    after = box.read()
    assert states(after) == gone
    assert [entry.erased for entry in after.items] == [True, False, True]
    assert [entry.state for entry in box.file().of(Chain.TEAM)] == gone
    assert box.reporter.delete(after, ids) == (), "what is deleted is left out"
    assert len(box.reporter.delete(after, [*ids, *after.deletable])) == 1


def test_what_says_who_has_the_case_cannot_be_signed_away(service: Service, box: Mailbox) -> None:
    case = service.case(box.address)
    box.report()
    box.say(service.intake[2])
    kept = [
        box.say(case, handover),
        box.say(case, deleted, ids=[box.rows[Chain.TEAM][0].id]),
        box.say(case, closing),
    ]
    before = box.read()
    assert before.deletable == (box.rows[Chain.TEAM][0].id,)
    for row in kept:
        with pytest.raises(NotDeletable):
            box.reporter.delete(before, [*before.deletable, row.id])


def test_what_does_not_open_here_cannot_be_signed_away(service: Service, box: Mailbox) -> None:
    """A stub nobody explains, what is damaged, what is not there: each could be a handover."""
    box.report()
    row = box.say(service.intake[2])
    assert row.body is not None
    for spoiled in (stub(row), replace(row, body=flipped(row.body, 50, 0))):
        box.rows[Chain.TEAM] = [spoiled]
        assert box.read().deletable == ()
        with pytest.raises(NotDeletable):
            box.reporter.delete(box.read(), [row.id])
    with pytest.raises(NotDeletable):
        box.reporter.delete(box.read(), [bytes(32)])


def test_after_a_handover_was_deleted_all_the_same_nothing_is_sent_to_the_wrong_group(
    service: Service, box: Mailbox
) -> None:
    """Only a program that is not ours asks for it. She is left with the group before, and where
    the server says that the case group has the case, the client stops."""
    case = service.case(box.address)
    box.report()
    row = box.say(case, handover)
    box.say(case)
    note = box.secret.keys.sign(Tag.SIGN_DELETED, service.id, row.id)
    box.rows[Chain.TEAM][0] = stub(row, note)
    conversation = box.read()
    assert states(conversation) == [State.DELETED, State.QUARANTINED]
    assert conversation.case_card is None
    outgoing = box.reporter.message(Draft("More."), conversation, TODAY)
    assert [recipient for recipient, _ in outgoing.wraps] == [service.intake[2].keys.card.id]
    with pytest.raises(UnsignedKeyAsked):
        box.reporter.rewrap(outgoing, conversation, box.read(), TODAY)


def test_words_that_are_still_here_are_shown_though_she_deleted_them(
    service: Service, box: Mailbox
) -> None:
    """A workstation has fetched them before: the team knows what it wrote, and that it is gone."""
    box.report()
    row = box.say(service.intake[2])
    (deletion,) = box.reporter.delete(box.read(), [row.id])
    box.rows[Chain.TEAM] = [replace(row, deleted=deletion.signature)]
    (entry,) = box.file().of(Chain.TEAM)
    assert (entry.state, entry.erased) == (State.SHOWN, True)
    box.rows[Chain.TEAM] = [replace(row, deleted=bytes(64))]
    (entry,) = box.file().of(Chain.TEAM)
    assert (entry.state, entry.erased) == (State.SHOWN, False)


def test_an_empty_mailbox_has_nothing_to_take_back_and_nothing_to_close(box: Mailbox) -> None:
    for write in (box.reporter.withdraw_contact, box.reporter.close):
        with pytest.raises(NothingHere):
            write(box.read(), TODAY)


def test_deleting_the_newest_does_not_look_like_never_having_seen_it(
    service: Service, box: Mailbox
) -> None:
    row = box.say(service.intake[2])
    note = box.secret.keys.sign(Tag.SIGN_DELETED, service.id, row.id)
    box.rows[Chain.TEAM] = [stub(row, note)]
    assert box.read().seen == Link(0, row.id)


def test_what_a_server_withholds_is_shown_as_missing(service: Service) -> None:
    """No note, a note for another envelope, and notes by others (PROTOCOL §12)."""
    signers = (mailbox("ben"), service.intake[2], service.analyst)
    notes: list[Callable[[Stored], bytes | None]] = [
        lambda _: None,
        lambda _: bytes(64),
        lambda _: mailbox("ann").keys.sign(Tag.SIGN_DELETED, service.id, bytes(32)),
        *(
            lambda row, signer=signer: signer.keys.sign(Tag.SIGN_DELETED, service.id, row.id)
            for signer in signers
        ),
    ]
    for note in notes:
        conversation = _with_stub(service, Mailbox(service), note)
        assert states(conversation) == [State.MISSING, State.SHOWN]


def test_what_the_team_deleted_is_shown_as_deleted(service: Service, box: Mailbox) -> None:
    row = box.say(service.intake[2])
    kept = box.say(service.intake[2])
    box.say(service.intake[2], deleted, ids=[row.id])
    box.rows[Chain.TEAM][0] = stub(row)
    assert states(box.read()) == [State.DELETED, State.SHOWN, State.SHOWN]
    box.rows[Chain.TEAM][1] = stub(kept)
    assert states(box.read()) == [State.DELETED, State.MISSING, State.SHOWN]


def test_a_deletion_counts_for_what_came_before_it(service: Service, box: Mailbox) -> None:
    box.say(service.intake[2])
    early = box.say(service.intake[2], deleted, ids=[])
    later = box.say(service.intake[2])
    fake = box.make(deleted(service.intake[2].keys.card.id, ids=[later.id]), service.intake[2])
    assert early.id != fake.id
    place = replace(box.place(), seq=1, prev=box.rows[Chain.TEAM][0].id)
    cek, keys = bytes(32), service.intake[2].keys
    payload = deleted(keys.card.id, ids=[later.id]).to_bytes()
    envelope = enclose(place, sign_content(place, payload, cek, keys, service.id), cek, stream("x"))
    box.rows[Chain.TEAM][1] = store(envelope, cek, [box.card])
    box.rows[Chain.TEAM][2] = stub(later)
    assert states(box.read())[2] is State.MISSING


def test_a_forged_deletion_of_the_team_hides_nothing(service: Service, box: Mailbox) -> None:
    """Not signed by the group it names (PROTOCOL §12)."""
    row = box.say(service.intake[2])
    box.say(service.intake[2], deleted, signer=service.analyst, ids=[row.id])
    box.rows[Chain.TEAM][0] = stub(row)
    assert states(box.read()) == [State.MISSING, State.QUARANTINED]


def test_a_stub_of_a_forged_id_is_missing_and_does_not_link(service: Service, box: Mailbox) -> None:
    """With the true deletion of another envelope beside it (PROTOCOL §12)."""
    row = box.say(service.intake[2])
    box.say(service.intake[2])
    note = box.secret.keys.sign(Tag.SIGN_DELETED, service.id, row.id)
    box.rows[Chain.TEAM][0] = replace(stub(row, note), hash_of_body=bytes(32))
    conversation = box.read()
    assert states(conversation) == [State.MISSING, State.SHOWN]
    assert conversation.team_alarms == (Alarm(Fault.BROKEN_LINK, 1),)


# -- read marks ---------------------------------------------------------------------------------


def test_an_acknowledgement_of_something_she_did_not_send_is_noticed(
    service: Service, box: Mailbox
) -> None:
    """Somebody else writes with her words, or her message was exchanged."""
    row = box.report()
    box.say(service.intake[2], receipt, ack=Link(0, row.id))
    assert box.read().team_alarms == ()
    box.say(service.intake[2], receipt, ack=Link(1, bytes(32)))
    assert box.read().team_alarms == (Alarm(Fault.UNKNOWN_MARK, 1),)
    box.rows[Chain.TEAM].pop()
    box.say(service.intake[2], receipt, ack=Link(0, bytes(32)))
    assert box.read().team_alarms == (Alarm(Fault.UNKNOWN_MARK, 1),)


def test_her_own_chain_is_inspected(box: Mailbox) -> None:
    first, second = box.report(), box.message()
    box.rows[Chain.REPORTER] = [second, second]
    assert box.read().own_alarms == (Alarm(Fault.DUPLICATE, 1), Alarm(Fault.MISSING, 0))
    box.rows[Chain.REPORTER] = [first, replace(second, header=b"")]
    assert box.read().own_alarms == (Alarm(Fault.UNREADABLE, None),)


# -- one among many -----------------------------------------------------------------------------


def test_one_hostile_reply_among_a_hundred_hides_none(service: Service, box: Mailbox) -> None:
    """The others are shown (P30)."""
    for _ in range(50):
        box.say(service.intake[2])
    box.say(service.intake[2], signer=service.analyst)
    for _ in range(50):
        box.say(service.intake[2])
    conversation = box.read()
    assert states(conversation).count(State.SHOWN) == 100
    assert conversation.items[50].state is State.QUARANTINED
    assert isinstance(conversation.items[50].problem, Forged)


def test_what_arrives_is_what_was_sent(box: Mailbox) -> None:
    outgoing = box.reporter.report(Draft("Text."), TODAY)
    row = arrive(outgoing)
    assert row.parse_envelope() == outgoing.envelope
    assert row.id == outgoing.envelope.id
