"""The twin in ``static/js/crypto`` against ``crypto``: each opens what the other seals.

And both say the same of everything that is wrong. The shared vectors run first, by ``node --test``.
"""

import os
import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crypto.chains import Stored, verify_deletion
from crypto.constants import SIGNATURE, Tag
from crypto.contact import open_contact, open_half
from crypto.documents import (
    Category,
    Closed,
    ContactWithdrawn,
    Message,
    Report,
    ReporterPayload,
    read_payload,
)
from crypto.envelope import Chain, Envelope, body_hash
from crypto.errors import ProtocolError, UnknownWord, UserError
from crypto.files import PartReader, padded_size
from crypto.keys import verify
from crypto.login import verify_answer
from crypto.opening import State, open_sealed
from crypto.padding import padded_length
from crypto.work import check_proof, work_seed
from tests.crypto.second_forms import second_forms
from tests.crypto.strategies import DOCUMENTS, OF_THE_TEAM, documents_of
from tests.crypto.world import (
    ORIGIN,
    TODAY,
    Mailbox,
    Service,
    deleted,
    handover,
    mailbox,
    receipt,
    stub,
    word_list,
)
from tests.static.pipe import NODE, ROOT, Refused, Twin, row
from tests.vectors.case import b64, unb64
from tests.vectors.make import NAMES

SERVICE = Service("alpha")
WORDS = st.sampled_from(["abacus", "zoom", "unwashed", "crispy", "polar", "yearbook", "nickname"])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
quiet = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def _opened(secret: str = "ann", epoch: int = 2) -> dict[str, Any]:
    return {
        "directory": b64(SERVICE.signed(epoch)),
        "root": b64(SERVICE.id),
        "secret": b64(mailbox(secret).expose()),
        "today": TODAY.isoformat(),
    }


def _held(held: Mailbox) -> dict[str, Any]:
    """A mailbox as the twin is given it: secret, directory, and what a server has."""
    rows = {"own": held.rows[Chain.REPORTER], "team": held.rows[Chain.TEAM]}
    return _opened(held.name) | {
        name: [row(each) for each in chain] for name, chain in rows.items()
    }


def _report(twin: Twin, text: str = "An invented report.", **members: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "text": text,
        "language": "en",
        "categories": [],
        "forces": [],
        "answers": [],
        "files": [],
        "contact": None,
    }
    sealed: dict[str, Any] = twin.ask("report", **_opened(), **(given | members))
    return sealed


def _stored(sealed: dict[str, Any]) -> Stored:
    """What the twin sealed, as a server keeps it."""
    envelope = Envelope.from_bytes(unb64(sealed["envelope"]))
    assert b64(envelope.id) == sealed["id"]
    wraps = {unb64(card): unb64(wrapped) for card, wrapped in sealed["wraps"]}
    hashed = body_hash(envelope.body)
    return Stored(envelope.header.to_bytes(), hashed, envelope.body, wraps, TODAY, None)


def _payload(stored: Stored, held: Mailbox) -> ReporterPayload:
    """What the team reads in it, verified."""
    chains = held.rows | {Chain.REPORTER: [*held.rows[Chain.REPORTER], stored]}
    case = SERVICE.team().read(held.address, chains)
    entry = case.of(Chain.REPORTER)[-1]
    assert entry.state is State.SHOWN
    assert [alarm for chain, alarm in case.alarms if chain is Chain.REPORTER] == []
    payload = entry.payload
    assert isinstance(payload, ReporterPayload)
    return payload


# -- the vectors, by node -------------------------------------------------------------------------


@pytest.mark.slow
def test_node_runs_every_vector_and_the_tests_of_the_scripts() -> None:
    run = subprocess.run(
        (*NODE[:-1], "npm", "--prefix", "static", "test"),
        cwd=ROOT,
        env=os.environ | {"PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    counts = {name: int(count) for name, count in re.findall(r"# (\w+) (\d+)", run.stdout)}
    assert counts["pass"] > 25 * len(NAMES)
    assert counts["skipped"] == counts["todo"] == counts["fail"] == 0


# -- Python opens what the twin seals -------------------------------------------------------------


@quiet
@given(text=TEXT.filter(str.strip), answers=st.dictionaries(WORDS, TEXT.filter(len), max_size=3))
def test_the_team_reads_a_report_the_twin_sealed(
    twin: Twin, text: str, answers: dict[str, str]
) -> None:
    sealed = _report(
        twin,
        text,
        categories=["advantage", "sexual"],
        forces=["demo-north", "demo-south"],
        answers=sorted(answers.items()),
    )
    report = _payload(_stored(sealed), Mailbox(SERVICE))
    assert isinstance(report, Report)
    assert report.text == text
    assert {each.question: each.answer for each in report.answers} == answers
    assert report.categories == (Category.ADVANTAGE, Category.SEXUAL)
    assert report.sealed == "on device"


def test_short_and_long_words_of_any_script_have_one_size(twin: Twin) -> None:
    """And so have a text that could be compressed and one that could not (P21)."""
    texts = ["x", "a" * 12_000, "ŵ" * 6_000, "🌿" * 3_000, os.urandom(6_000).hex()]
    sizes = {len(_report(twin, text)["envelope"]) for text in texts}
    assert len(sizes) == 1


def test_8_000_characters_of_welsh_go_through(twin: Twin) -> None:
    text = "Mae'r ddyfais hon yn ddiogel: ŵyl, tŷ, môr. " * 182
    report = _payload(_stored(_report(twin, text, language="cy")), Mailbox(SERVICE))
    assert isinstance(report, Report)
    assert len(text) > 8_000
    assert (report.text, report.language) == (text, "cy")


@pytest.mark.parametrize("size", [0, 1, 16_384, 1_048_577])
def test_the_team_opens_files_and_contact_details_the_twin_sealed(twin: Twin, size: int) -> None:
    content = os.urandom(size)
    files = [{"name": "../a \u202efile.txt", "content": b64(content)}]
    sealed = _report(twin, "", files=files, contact="Call after six. 🌿")
    report = _payload(_stored(sealed), Mailbox(SERVICE))
    assert isinstance(report, Report)
    [manifest] = report.files
    reader = PartReader(manifest)
    [parts] = sealed["parts"]
    assert b"".join(reader.open(unb64(part)) for part in parts) == content
    reader.finish()
    assert report.contact is not None
    address = Mailbox(SERVICE).address
    half = open_half(report.contact, address, SERVICE.contact.keys)
    assert open_contact(report.contact, half, address) == "Call after six. 🌿"


def test_later_envelopes_of_the_twin_follow_those_of_python(twin: Twin) -> None:
    held = Mailbox(SERVICE)
    held.report()
    held.say(SERVICE.intake[2], receipt)
    last = held.say(SERVICE.intake[2])
    for action, kind in (
        ("message", Message),
        ("withdraw-contact", ContactWithdrawn),
        ("close", Closed),
    ):
        sealed = _stored(twin.ask(action, text="Diolch.", **_held(held)))
        payload = _payload(sealed, held)
        assert isinstance(payload, kind)
        assert payload.seen is not None
        assert (payload.seen.seq, payload.seen.id) == (1, last.id)
        held.rows[Chain.REPORTER].append(sealed)


def test_the_twin_seals_to_the_case_group_and_wraps_again_after_a_handover(twin: Twin) -> None:
    held = Mailbox(SERVICE)
    held.report()
    before = _held(held)
    case = SERVICE.case(held.address)
    held.say(case, handover)
    after = {"team": _held(held)["team"]}
    first, second = twin.ask("rewrap", text="Wrapped twice.", after=after, **before)
    assert first["envelope"] == second["envelope"]
    assert [unb64(card) for card, _ in first["wraps"]] == [SERVICE.intake[2].keys.card.id]
    card = case.group.keys.card
    assert [unb64(each) for each, _ in second["wraps"]] == [card.id]
    content = open_sealed(_stored(second), {card.id: case.group.keys})
    payload = read_payload(Chain.REPORTER, content.payload)
    assert isinstance(payload, Message)
    header = unb64(second["envelope"])[:134]
    tag = Tag.SIGN_REPORTER
    verify(held.card.sign, content.signature, tag, SERVICE.id, header, content.payload)
    with pytest.raises(Refused) as caught:  # asked again for the group it had
        twin.ask("rewrap", text="x", after={"team": before["team"]}, **before)
    assert caught.value.name == "UnsignedKeyAsked"
    with pytest.raises(Refused) as caught:  # an older mailbox than was read before
        twin.ask("rewrap", text="x", after={"team": []}, **_held(held))
    assert caught.value.name == "RolledBack"


def test_a_deletion_the_twin_signs_is_the_mailboxs_own(twin: Twin) -> None:
    held = Mailbox(SERVICE)
    held.report()
    written = held.say(SERVICE.intake[2])
    held.say(SERVICE.case(held.address), handover)
    ids = [b64(each.id) for each in held.rows[Chain.TEAM]]
    [[seq, _, signature]] = twin.ask("delete", ids=ids[:1], **_held(held))
    assert seq == 0
    verify_deletion(held.card.sign, SERVICE.id, stub(written, unb64(signature)))
    with pytest.raises(Refused) as caught:
        twin.ask("delete", ids=ids, **_held(held))
    assert caught.value.name == "NotDeletable"


def test_the_server_takes_an_answer_of_the_twin_and_another_origin_gets_none(twin: Twin) -> None:
    signature = unb64(twin.ask("login", origin=ORIGIN, challenge="token", **_opened()))
    card = mailbox("ann").keys.card
    address = verify_answer(card.auth, card.keys_hash, SERVICE.id, ORIGIN, "token", signature)
    assert address == card.id
    with pytest.raises(Refused) as caught:
        twin.ask("login", origin="https://elsewhere.example", challenge="token", **_opened())
    assert caught.value.name == "ForeignOrigin"


def test_a_proof_the_twin_works_out_is_one(twin: Twin) -> None:
    given: dict[str, Any] = {"service": SERVICE.id, "subject": mailbox("ann").keys.card.id}
    texts = {name: b64(value) for name, value in given.items()}
    counter = twin.ask("work", token="a.token", difficulty=9, **texts)
    check_proof(work_seed(given["service"], "a.token", given["subject"]), counter, 9)
    with pytest.raises(Refused) as caught:
        twin.ask("work", token="a.token", difficulty=22, **texts)
    assert caught.value.name == "WrongProof"


def test_an_expired_directory_is_read_and_not_sealed_to(twin: Twin) -> None:
    late = {"today": "2026-03-17"}
    with pytest.raises(Refused) as caught:
        twin.ask("message", text="x", **(_held(Mailbox(SERVICE)) | late))
    assert caught.value.name == "Expired"
    held = Mailbox(SERVICE)
    held.report()
    held.say(SERVICE.case(held.address), handover)
    twin.ask("message", text="A case group has it.", **(_held(held) | late))


# -- the twin opens what Python seals -------------------------------------------------------------


def test_both_see_the_same_in_a_mailbox(twin: Twin) -> None:
    held = Mailbox(SERVICE)
    held.report()
    first = held.say(SERVICE.intake[2])
    case = SERVICE.case(held.address)
    held.say(case, handover)
    held.say(case, deleted, ids=[first.id])
    held.say(case, signer=SERVICE.intake[1])  # not its own signature
    other = Mailbox(SERVICE, "another")
    other.report()
    foreign = other.say(SERVICE.intake[2])
    rows = held.rows[Chain.TEAM]
    rows[0] = stub(rows[0])
    rows.append(foreign)  # of another mailbox
    seen = [
        [
            item.seq,
            item.state.value,
            None if item.payload is None else b64(item.payload.to_bytes()),
            item.erased,
            None if item.problem is None else type(item.problem).__name__,
        ]
        for item in held.read().items
    ]
    assert twin.ask("read", **_held(held)) == seen
    assert [state for _, state, *_ in seen] == ["deleted", "shown", "shown", "quarantined"]


def test_a_reply_sealed_again_to_another_reporter_is_refused(twin: Twin) -> None:
    """Signed for one mailbox, wrapped to the keys of another (P3)."""
    held, other = Mailbox(SERVICE), Mailbox(SERVICE, "another")
    held.report()
    other.report()
    moved = held.say(SERVICE.intake[2], wraps=[held.card, other.card])
    other.rows[Chain.TEAM].append(moved)
    assert twin.ask("read", **_held(other)) == []
    assert [state for _, state, *_ in twin.ask("read", **_held(held))] == ["shown"]


# -- both say the same of what is wrong -----------------------------------------------------------


def _verdict(kind: type[Any], data: bytes) -> str:
    try:
        kind.from_bytes(data)
    except ProtocolError as error:
        return type(error).__name__
    return ""


def _twins_verdict(twin: Twin, kind: type[Any], data: bytes) -> str:
    try:
        twin.ask("document", type=kind.__name__, data=b64(data))
    except Refused as refused:
        return refused.name
    return ""


@pytest.mark.parametrize(
    "kind",
    [each for each in DOCUMENTS if each not in OF_THE_TEAM],
    ids=lambda kind: kind.__name__,
)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_both_read_the_same_documents(twin: Twin, kind: type[Any], data: st.DataObject) -> None:
    written: bytes = data.draw(documents_of(kind)).to_bytes()
    assert _twins_verdict(twin, kind, written) == ""
    at = data.draw(st.integers(0, len(written) - 1))
    changed = written[:at] + bytes([data.draw(st.integers(0, 255))]) + written[at + 1 :]
    assert _twins_verdict(twin, kind, changed) == _verdict(kind, changed)


def test_both_refuse_every_second_form(twin: Twin) -> None:
    form = SERVICE.document().limits.to_bytes()
    for name, data in second_forms(form):
        verdict = _verdict(type(SERVICE.document().limits), data)
        assert verdict, name
        assert _twins_verdict(twin, type(SERVICE.document().limits), data) == verdict, name


@quiet
@given(st.lists(WORDS, min_size=6, max_size=8), TEXT, st.sampled_from([str, str.upper, str.title]))
def test_both_read_the_same_words(twin: Twin, words: list[str], between: str, case: Any) -> None:
    typed = case(between.join(words))
    try:
        expected = word_list().read(typed).expose()
    except ProtocolError as error:
        expected = type(error).__name__
    assert _twins_words(twin, typed) == expected


def _twins_words(twin: Twin, typed: str) -> str:
    try:
        words: str = twin.ask("vector", file="spellings", given={"typed": typed})["words"]
    except Refused as refused:
        return refused.name
    return words


@quiet
@given(st.text("abcdeilmnorstuy", min_size=1, max_size=14))
def test_both_offer_the_same_nearest_words(twin: Twin, word: str) -> None:
    """One word is never a passphrase: it is unknown, or there are too few."""
    with pytest.raises(UserError) as caught:
        word_list().read(word)
    nearest = caught.value.nearest if isinstance(caught.value, UnknownWord) else ()
    assert twin.ask("nearest", word=word) == list(nearest)


def test_words_the_twin_draws_are_of_the_list(twin: Twin) -> None:
    drawn = {twin.ask("generate") for _ in range(20)}
    assert len(drawn) == 20
    for words in drawn:
        assert word_list().read(words).expose() == words


@quiet
@given(st.integers(0, 2**31) | st.sampled_from([2**n + d for n in range(31) for d in (-1, 0, 1)]))
def test_both_pad_to_the_same_length(twin: Twin, length: int) -> None:
    found = twin.ask("vector", file="padding", given={"length": length})
    assert found == {"content": padded_length(length), "file": padded_size(length)}


def _bits(length: int, step: int = 1) -> list[tuple[int, int]]:
    """One bit of every ``step``-th byte, and each of the signature's."""
    return [(at, at % 8) for at in range(length) if at < SIGNATURE or at % step == 0]


def test_no_bit_of_a_signed_directory_can_be_changed(twin: Twin) -> None:
    signed = SERVICE.signed()
    given = {
        "signed": b64(signed),
        "root": b64(SERVICE.id),
        "origin": ORIGIN,
        "today": TODAY.isoformat(),
        "seen": None,
    }
    twin.ask("vector", file="directories", given=given)
    bits = _bits(len(signed), 5)
    found = twin.ask("flips", file="directories", given=given, member="signed", bits=bits)
    assert "" not in found


def test_no_bit_of_a_signed_certificate_can_be_changed(twin: Twin) -> None:
    signed, root = SERVICE.certificate(SERVICE.publisher), SERVICE.root.keys.card
    given = {
        "signed": b64(signed),
        "role": "publisher",
        "issuer": b64(root.id),
        "issuer_sign": b64(root.sign),
        "service": b64(SERVICE.id),
        "today": TODAY.isoformat(),
    }
    twin.ask("vector", file="certificates", given=given)
    bits = _bits(len(signed))
    found = twin.ask("flips", file="certificates", given=given, member="signed", bits=bits)
    assert "" not in found


@pytest.mark.parametrize("member", ["header", "hash_of_body", "body"])
def test_no_bit_of_an_envelope_can_be_changed(twin: Twin, member: str) -> None:
    held = Mailbox(SERVICE)
    held.report()
    given = row(held.say(SERVICE.intake[2])) | {"reader": b64(held.secret.expose())}
    twin.ask("vector", file="envelopes", given=given)
    bits = _bits(len(unb64(given[member])), 61 if member == "body" else 1)
    found = twin.ask("flips", file="envelopes", given=given, member=member, bits=bits)
    assert "" not in found
