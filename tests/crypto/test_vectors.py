"""Runs the vectors that Python and JavaScript share (tests/vectors/README.md)."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from crypto import errors
from crypto.analyst import case_name
from crypto.certificates import CertificateRole, read_certificate
from crypto.chains import Alarm
from crypto.constants import PART
from crypto.contact import open_contact, open_half
from crypto.directory import read_directory, read_successor
from crypto.documents import Contact
from crypto.encoding import Document
from crypto.files import (
    FileKey,
    FileManifest,
    NewFile,
    PartReader,
    padded_size,
    part_hash,
    seal_part,
)
from crypto.groups import ReceivingSecret, open_grant, read_erased, read_receiving
from crypto.keys import Card, GroupSecret, MailboxSecret, Principal, read_fingerprint
from crypto.login import answer, verify_answer
from crypto.opening import open_sealed
from crypto.padding import padded_length, unpad
from crypto.passphrase import LIST_HASH, LIST_LENGTH, Passphrase, mailbox_secret
from crypto.primitives import (
    H,
    RandomBytes,
    check_ed25519_point,
    check_kem_key,
    check_x25519_point,
    derive,
    ed25519_verify,
)
from crypto.reporter import Reporter
from crypto.roster import read_next_roster, read_roster
from crypto.work import check_proof, work_seed
from crypto.wrapping import WrapKind, unwrap
from tests.crypto.strategies import DOCUMENTS
from tests.crypto.world import stream, word_list
from tests.vectors.case import FOLDER, b64, read_row, unb64
from tests.vectors.casework import fold
from tests.vectors.make import NAMES, WITH_ROWS, build

Given = dict[str, Any]
Runner = Callable[[Given], Given]
TYPES: dict[str, type[Document]] = {each.__name__: each for each in DOCUMENTS}


def _hash(given: Given) -> Given:
    return {"hash": b64(H(given["tag"], *map(unb64, given["parts"])))}


def _kdf(given: Given) -> Given:
    return {"key": b64(derive(unb64(given["key"]), given["number"], given["context"]))}


def _padding(given: Given) -> Given:
    return {"content": padded_length(given["length"]), "file": padded_size(given["length"])}


def _unpad(given: Given) -> Given:
    return {"content": b64(unpad(unb64(given["start"]) + bytes(given["zeros"])))}


def _spellings(given: Given) -> Given:
    return {"words": word_list().read(given["typed"]).expose()}


def _words(given: Given) -> Given:
    if given["random"] is None:
        words = word_list()._words
        return {"length": LIST_LENGTH, "hash": LIST_HASH, "first": words[0], "last": words[-1]}
    left = [unb64(given["random"])]

    def random_bytes(length: int) -> bytes:
        taken, left[0] = left[0][:length], left[0][length:]
        return taken

    return {"words": word_list().generate(random_bytes).expose()}


def _mailboxes(given: Given) -> Given:
    words = Passphrase(tuple(given["words"].split()))
    secret = mailbox_secret(words, unb64(given["service"]))
    return {"secret": b64(secret.expose()), "address": b64(secret.keys.card.id)}


def _keys(given: Given) -> Given:
    card = MailboxSecret(unb64(given["secret"])).keys.card
    return {
        "card": b64(card.to_bytes()),
        "keys_hash": b64(card.keys_hash),
        "id": b64(card.id),
        "fingerprint": card.fingerprint,
    }


def _fingerprints(given: Given) -> Given:
    return {"fingerprint": b64(read_fingerprint(given["typed"]))}


def _points(given: Given) -> Given:
    check = {"ed25519": check_ed25519_point, "x25519": check_x25519_point, "kem": check_kem_key}
    check[given["kind"]](unb64(given["key"]))
    return {}


def _cards(given: Given) -> Given:
    return {"id": b64(Card.from_bytes(unb64(given["card"])).id)}


def _signatures(given: Given) -> Given:
    ed25519_verify(unb64(given["key"]), unb64(given["signature"]), unb64(given["message"]))
    return {}


def _documents(given: Given) -> Given:
    data = unb64(given["data"])
    assert TYPES[given["type"]].from_bytes(data).to_bytes() == data
    return {}


def _certificates(given: Given) -> Given:
    certificate = read_certificate(
        unb64(given["signed"]),
        CertificateRole(given["role"]),
        unb64(given["issuer"]),
        unb64(given["issuer_sign"]),
        unb64(given["service"]),
    )
    certificate.check_day(date.fromisoformat(given["today"]))
    return {
        "subject": b64(certificate.subject),
        "sign": b64(certificate.sign),
        "mailbox": None if certificate.mailbox is None else b64(certificate.mailbox),
        "number": certificate.number,
    }


def _directories(given: Given) -> Given:
    signed, root = unb64(given["signed"]), unb64(given["root"])
    directory = read_directory(signed, root)
    directory.check_origin(given["origin"])
    if given["today"] is not None:
        directory.check_day(date.fromisoformat(given["today"]))
    if given["seen"] is not None:
        seen = unb64(given["seen"])
        directory = read_successor(read_directory(seen, root), seen, signed)
    return {
        "seq": directory.seq,
        "intake": b64(directory.intake_card.id),
        "groups": sorted(map(b64, directory.intake_groups)),
    }


def _case_names(given: Given) -> Given:
    return {"name": case_name(unb64(given["address"]), given["letters"])}


def _always(nonce: str) -> RandomBytes:
    return lambda _: unb64(nonce)


def _files(given: Given) -> Given:
    file, size = NewFile(unb64(given["id"]), FileKey(unb64(given["key"]))), given["size"]
    whole = bytearray((bytes([given["fill"]]) * size).ljust(padded_size(size), b"\x00"))
    if given["tail"] is not None:
        whole[given["tail"]] = 1
    parts = [
        seal_part(file, index, bytes(whole[index * PART : (index + 1) * PART]), _always(nonce))
        for index, nonce in enumerate(given["nonces"])
    ]
    hashes = [b64(part_hash(part)) for part in parts]
    if given["flip"] is not None:
        index, at, bit = given["flip"]
        part = parts[index]
        parts[index] = (
            part[:-1] if at < 0 else part[:at] + bytes([part[at] ^ 1 << bit]) + part[at + 1 :]
        )
    manifest = FileManifest(
        "", "", size, padded_size(size), file.id, file.key.expose(), unb64(given["hash"])
    )
    reader = PartReader(manifest)
    content = b"".join(reader.open(parts[index]) for index in given["order"])
    reader.finish()
    assert content == bytes([given["fill"]]) * size
    return {"parts": hashes}


def _wraps(given: Given) -> Given:
    names = tuple(map(unb64, given["names"]))
    keys = Principal(unb64(given["reader"])).keys
    return {"secret": b64(unwrap(unb64(given["wrap"]), WrapKind(given["kind"]), names, keys))}


def _envelopes(given: Given) -> Given:
    keys, row = Principal(unb64(given["reader"])).keys, read_row(given)
    content = open_sealed(row, {keys.card.id: keys})
    return {
        "id": b64(row.id),
        "signature": b64(content.signature),
        "payload": b64(content.payload),
        "words": None if content.words is None else b64(content.words),
    }


def _contacts(given: Given) -> Given:
    contact = Contact(unb64(given["first"]), unb64(given["second"]), unb64(given["sealed"]))
    mailbox = unb64(given["mailbox"])
    half = open_half(contact, mailbox, GroupSecret(unb64(given["reader"])).keys)
    return {"half": b64(half), "details": open_contact(contact, half, mailbox)}


def _answers(given: Given) -> Given:
    keys = MailboxSecret(unb64(given["reader"])).keys
    signature = answer(keys, unb64(given["service"]), given["origin"], given["challenge"])
    return {"address": b64(keys.card.id), "signature": b64(signature)}


def _logins(given: Given) -> Given:
    auth, inner, service, signature = (
        unb64(given[name]) for name in ("auth", "keys_hash", "service", "signature")
    )
    origin, challenge = given["origin"], given["challenge"]
    return {"address": b64(verify_answer(auth, inner, service, origin, challenge, signature))}


def _work(given: Given) -> Given:
    seed = work_seed(unb64(given["service"]), given["token"], unb64(given["subject"]))
    check_proof(seed, given["counter"], given["difficulty"])
    return {}


def _receiving(given: Given) -> Given:
    signed, analyst, sign, service = (
        unb64(given[name]) for name in ("signed", "analyst", "sign", "service")
    )
    receiving = read_receiving(signed, analyst, sign, service)
    return {"number": receiving.number, "id": b64(receiving.key.id)}


def _grants(given: Given) -> Given:
    signed, sign, analyst, service = (
        unb64(given[name]) for name in ("signed", "granter_sign", "analyst", "service")
    )
    reader = ReceivingSecret(unb64(given["reader"]))
    group = open_grant(signed, sign, analyst, reader, service)
    return {"group": b64(group.keys.card.id), "secret": b64(group.expose())}


def _erasures(given: Given) -> Given:
    erased = read_erased(*(unb64(given[name]) for name in ("signed", "analyst", "sign", "service")))
    return {
        "analyst": b64(erased.analyst),
        "group": b64(erased.group),
        "day": erased.day.isoformat(),
    }


def _rosters(given: Given) -> Given:
    directory = read_directory(unb64(given["directory"]), unb64(given["root"]))
    signed = unb64(given["signed"])
    roster = read_roster(signed, directory)
    roster.check_day(date.fromisoformat(given["today"]))
    if given["seen"] is not None:
        seen = unb64(given["seen"])
        roster = read_next_roster(read_roster(seen, directory), seen, signed, directory)
    return {
        "seq": roster.seq,
        "signers": sorted(map(b64, roster.signers)),
        "supervisors": sorted(map(b64, roster.supervisors)),
        "refused": sorted(b64(each) for each in roster.signers if roster.refuses(each)),
    }


RUNNERS: dict[str, Runner] = {
    "hash": _hash,
    "kdf": _kdf,
    "padding": _padding,
    "unpad": _unpad,
    "spellings": _spellings,
    "words": _words,
    "mailboxes": _mailboxes,
    "keys": _keys,
    "fingerprints": _fingerprints,
    "points": _points,
    "cards": _cards,
    "signatures": _signatures,
    "documents": _documents,
    "certificates": _certificates,
    "directories": _directories,
    "case-names": _case_names,
    "files": _files,
    "wraps": _wraps,
    "envelopes": _envelopes,
    "contacts": _contacts,
    "answers": _answers,
    "logins": _logins,
    "work": _work,
    "team-documents": _documents,
    "receiving": _receiving,
    "grants": _grants,
    "erasures": _erasures,
    "rosters": _rosters,
}


def load(name: str) -> Given:
    content: Given = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return content


CASES = [(name, case) for name in RUNNERS for case in load(name)["cases"]]
CHAINS = load("team-chains")
CASEWORK = load("case-chains")


def test_every_file_of_vectors_is_run() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(NAMES)
    assert set(RUNNERS) | set(WITH_ROWS) == set(NAMES)


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{n}: {c['name']}" for n, c in CASES])
def test_a_vector_gives_what_it_says(name: str, case: Given) -> None:
    run = RUNNERS[name]
    if case["expect"] == "ok":
        assert run(case["in"]) == case["out"]
        return
    with pytest.raises(getattr(errors, case["expect"])) as caught:
        run(case["in"])
    assert type(caught.value).__name__ == case["expect"]


def _alarms(alarms: tuple[Alarm, ...]) -> list[list[Any]]:
    return [[alarm.fault.value, alarm.seq] for alarm in alarms]


@pytest.mark.parametrize("case", CHAINS["cases"], ids=lambda case: case["name"])
def test_a_chain_is_seen_as_its_vector_says(case: Given) -> None:
    directory = read_directory(unb64(CHAINS["directory"]), unb64(CHAINS["root"]))
    secret = MailboxSecret(unb64(CHAINS["reader"]))
    own, team = (
        [read_row(CHAINS["rows"][name]) for name in case["in"][which]] for which in ("own", "team")
    )
    seen = Reporter(secret, directory, stream("unused")).read(own, team)
    assert case["expect"] == "ok"
    found = {
        "states": [item.state.value for item in seen.items],
        "alarms": _alarms(seen.team_alarms),
        "own_alarms": _alarms(seen.own_alarms),
        "case": b64(seen.case_card.id) if seen.case_card else None,
        "contested": seen.contested,
        "next_seq": seen.next_seq,
        "prev": b64(seen.prev),
    }
    assert found == case["out"]


@pytest.mark.parametrize("case", CASEWORK["cases"], ids=lambda case: case["name"])
def test_a_case_is_folded_as_its_vector_says(case: Given) -> None:
    assert case["expect"] == "ok"
    assert fold(CASEWORK, case["in"]) == case["out"]


@pytest.mark.parametrize("name", NAMES)
def test_making_the_vectors_again_changes_nothing(name: str) -> None:
    text, new = build(name)
    assert new == 0, "a kept wrap no longer opens: python -m tests.vectors.make"
    assert text == (FOLDER / f"{name}.json").read_text("utf-8"), "python -m tests.vectors.make"


def test_no_two_vectors_of_a_file_have_one_name() -> None:
    for name in NAMES:
        names = [case["name"] for case in load(name)["cases"]]
        assert len(set(names)) == len(names), name
