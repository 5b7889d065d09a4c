"""How many envelopes a second the workstation's core opens, each the first of another mailbox.

Against the same operations called bare, on keys and bytes laid out before: sealed box, ML-KEM, the
two AEADs, the hash of the body, the signature, and the checks of the reporter's card. What the core
does besides is reading documents strictly, hashing what is bound together, and holding it all
against the rules.
"""

import secrets
import time
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import nacl.bindings as sodium
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey

from bench.budgets import OPENED, OPENED_BARE, OPENED_RATIO, Result
from bench.rounds import compare
from bench.scale import Scale
from bench.team import Team, report, today
from crypto.chains import Stored
from crypto.constants import KEM_CIPHERTEXT, NONCE, Context, Tag
from crypto.documents import Report, read_payload
from crypto.envelope import Chain, Envelope, body_hash, open_content
from crypto.keys import Card, Keys, MailboxSecret
from crypto.primitives import H, check_x25519_point, derive
from crypto.wrapping import WrapKind, unwrap


def measure(scale: Scale, folder: Path) -> list[Result]:
    """Both rates and their ratio."""
    team = Team.found()
    reports = [_report(team) for _ in range(scale.opened)]
    analyst = team.analyst()
    [group] = team.founded.vault.intake_groups.values()
    laid_out = [lay_out(group.keys, team.directory.service, stored) for stored in reports]

    def core(_: int) -> float:
        began = time.perf_counter()
        for stored in reports:
            case = analyst.read(stored.parse_header().mailbox, {Chain.REPORTER: [stored]})
            assert case.entries[0].payload is not None
        return len(reports) / (time.perf_counter() - began)

    def bare(_: int) -> float:
        (public, private), kem = group.keys.box, group.keys.kem
        began = time.perf_counter()
        for each in laid_out:
            open_bare(each, public, private, kem)
        return len(laid_out) / (time.perf_counter() - began)

    compared = compare(core, bare, scale.rounds)
    return [
        Result(OPENED, compared.ours),
        Result(OPENED_BARE, compared.other),
        Result(OPENED_RATIO, compared.ratio),
    ]


def _report(team: Team) -> Stored:
    outgoing = report(team.directory, MailboxSecret.generate(secrets.token_bytes))
    envelope = outgoing.envelope
    hashed = body_hash(envelope.body)
    wraps = dict(outgoing.wraps)
    return Stored(envelope.header.to_bytes(), hashed, envelope.body, wraps, today(), None)


@dataclass(frozen=True, slots=True)
class LaidOut:
    """One envelope with every key that opening it derives."""

    wrap: bytes
    inner_key: bytes
    body: bytes
    body_key: bytes
    header: bytes
    card: Card
    signed: bytes
    """Signature and message, as libsodium takes them."""


def lay_out(group: Keys, service: bytes, stored: Stored) -> LaidOut:
    """A report that ``group`` opens, laid out for :func:`open_bare`."""
    assert stored.body is not None
    [wrapped] = stored.wraps.values()
    public, private = group.box
    opened = sodium.crypto_box_seal_open(wrapped, public, private)
    ciphertext = opened[:KEM_CIPHERTEXT]
    shared = group.kem.decapsulate(ciphertext)
    names = (WrapKind.ENVELOPE.encode(), stored.id)
    inner_key = H(Tag.WRAP, shared, ciphertext, group.card.to_bytes(), *names)
    cek = unwrap(wrapped, WrapKind.ENVELOPE, (stored.id,), group)
    content = open_content(Envelope(stored.parse_header(), stored.body), cek)
    payload = read_payload(Chain.REPORTER, content.payload)
    assert isinstance(payload, Report)
    message = H(Tag.SIGN_REPORTER, service, stored.header, content.payload)
    body_key = derive(cek, 1, Context.ENCRYPT)
    card = Card.from_bytes(payload.card)
    signed = content.signature + message
    return LaidOut(wrapped, inner_key, stored.body, body_key, stored.header, card, signed)


def open_bare(each: LaidOut, public: bytes, private: bytes, kem: MLKEM768PrivateKey) -> None:
    """The primitives that opening it takes, one after another."""
    opened = sodium.crypto_box_seal_open(each.wrap, public, private)
    ciphertext, inner = opened[:KEM_CIPHERTEXT], opened[KEM_CIPHERTEXT:]
    kem.decapsulate(ciphertext)
    decrypt = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt
    decrypt(inner, b"", bytes(NONCE), each.inner_key)
    blake2b(each.body, digest_size=32).digest()
    decrypt(each.body[NONCE:], each.header, each.body[:NONCE], each.body_key)
    sodium.crypto_core_ed25519_is_valid_point(each.card.auth)
    sodium.crypto_core_ed25519_is_valid_point(each.card.sign)
    check_x25519_point(each.card.box)
    MLKEM768PublicKey.from_public_bytes(each.card.kem)
    sodium.crypto_sign_open(each.signed, each.card.sign)
