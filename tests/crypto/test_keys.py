from base64 import b32encode
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import keys
from crypto.constants import CARD, Context, Tag
from crypto.errors import NotCanonical, WrongLength, WrongPoint, WrongSignature
from crypto.keys import (
    AnalystSecret,
    Card,
    GroupSecret,
    MailboxSecret,
    RootSecret,
    Secret,
    fingerprint,
    read_fingerprint,
)
from crypto.primitives import H, derive, ed25519_keypair, ed25519_verify, x25519_keypair
from tests.crypto.points import BAD_ED25519, BAD_X25519, unreduced
from tests.crypto.world import flipped, secret, stream

SIGNING_TAGS = [tag for tag in Tag if tag.name.startswith("SIGN_")]


@pytest.fixture(scope="module")
def ann() -> MailboxSecret:
    return secret(MailboxSecret, "ann")


def test_a_secret_expands_as_the_protocol_says(ann: MailboxSecret) -> None:
    card, whole = ann.keys.card, ann.expose()
    assert card.auth == ed25519_keypair(derive(whole, 1, Context.AUTH))[0]
    assert card.sign == ed25519_keypair(derive(whole, 2, Context.SIGN))[0]
    assert card.box == x25519_keypair(derive(whole, 3, Context.BOX))[0]
    inner = H(Tag.KEYS, card.to_bytes()[32:])
    assert card.keys_hash == inner
    assert card.id == H(Tag.CARD, card.auth, inner)
    assert len(card.to_bytes()) == CARD


def test_no_two_keys_of_a_principal_are_alike(ann: MailboxSecret) -> None:
    card = ann.keys.card
    public, private = ann.keys.box
    assert len({card.auth, card.sign, card.box, private, ann.expose()}) == 5
    assert public == card.box


def test_a_secret_has_32_bytes() -> None:
    for length in (0, 31, 33):
        with pytest.raises(WrongLength):
            MailboxSecret(bytes(length))


def test_a_generated_secret_is_what_the_source_gave() -> None:
    assert MailboxSecret.generate(stream("x")).expose() == stream("x")(32)


def test_the_same_bytes_in_another_role_are_not_the_same_secret() -> None:
    roles = [role(bytes(32)) for role in (RootSecret, AnalystSecret, GroupSecret, MailboxSecret)]
    assert len(set(roles)) == 4
    assert all(one != other for one, other in permutations(roles, 2))
    assert RootSecret(bytes(32)) == RootSecret(bytes(32))
    assert RootSecret(bytes(32)) != RootSecret(bytes(31) + b"\x01")
    assert RootSecret(bytes(32)) != bytes(32)


def test_only_a_principal_has_keys() -> None:
    assert not hasattr(Secret(bytes(32)), "keys")


# -- cards --------------------------------------------------------------------------------------


def test_a_card_is_read_as_it_was_written(ann: MailboxSecret) -> None:
    card = ann.keys.card
    assert Card.from_bytes(card.to_bytes()) == card
    assert Card.from_bytes(card.to_bytes()).id == card.id


@pytest.mark.parametrize("length", [0, CARD - 1, CARD + 1])
def test_a_card_of_another_length_is_refused(ann: MailboxSecret, length: int) -> None:
    data = (ann.keys.card.to_bytes() + b"\x00")[:length]
    with pytest.raises(WrongLength):
        Card.from_bytes(data)


@pytest.mark.parametrize("slot", [0, 32])
@pytest.mark.parametrize("point", BAD_ED25519.values(), ids=BAD_ED25519)
def test_a_card_with_a_bad_signing_key_is_refused(
    ann: MailboxSecret, slot: int, point: bytes
) -> None:
    """In both of its slots (P14)."""
    data = ann.keys.card.to_bytes()
    with pytest.raises(WrongPoint):
        Card.from_bytes(data[:slot] + point + data[slot + 32 :])


@pytest.mark.parametrize("point", BAD_X25519.values(), ids=BAD_X25519)
def test_a_card_with_a_bad_box_key_is_refused(ann: MailboxSecret, point: bytes) -> None:
    """Aliased, small order (P13)."""
    data = ann.keys.card.to_bytes()
    with pytest.raises(WrongPoint):
        Card.from_bytes(data[:64] + point + data[96:])


def test_the_top_bit_of_a_box_key_makes_no_second_card(ann: MailboxSecret) -> None:
    """libsodium would open the same boxes with either (P13)."""
    with pytest.raises(WrongPoint):
        Card.from_bytes(flipped(ann.keys.card.to_bytes(), 95, 7))


def test_a_card_with_an_unreduced_ml_kem_key_is_refused(ann: MailboxSecret) -> None:
    """A coefficient at or above q (PROTOCOL §12)."""
    data = ann.keys.card.to_bytes()
    with pytest.raises(WrongPoint):
        Card.from_bytes(data[:96] + unreduced(data[96:]))


def test_a_key_in_another_keys_slot_makes_another_card() -> None:
    """Every key of two people in every slot of its length: n² swaps, and no id twice (P1)."""
    cards = [secret(MailboxSecret, name).keys.card for name in ("ann", "ben")]
    short = [key for card in cards for key in (card.auth, card.sign, card.box)]
    ids = {
        Card(auth, sign, box, kem.kem).id
        for auth in short
        for sign in short
        for box in short
        for kem in cards
    }
    assert len(ids) == 6**3 * 2


def test_each_bit_of_a_card_changes_its_id(ann: MailboxSecret) -> None:
    data = ann.keys.card.to_bytes()
    ids = set()
    for i in range(len(data)):
        changed = flipped(data, i, i % 8)
        ids.add(Card(changed[:32], changed[32:64], changed[64:96], changed[96:]).id)
    assert len(ids) == CARD
    assert ann.keys.card.id not in ids


# -- signatures ---------------------------------------------------------------------------------


def test_a_signature_of_one_purpose_is_none_of_another(ann: MailboxSecret) -> None:
    """n² tags: only the one it was made for verifies (P1)."""
    service, public = bytes(32), ann.keys.card.sign
    for made in SIGNING_TAGS:
        signature = ann.keys.sign(made, service, b"document")
        for asked in SIGNING_TAGS:
            if asked is made:
                keys.verify(public, signature, asked, service, b"document")
                continue
            with pytest.raises(WrongSignature):
                keys.verify(public, signature, asked, service, b"document")


def test_a_signature_for_one_service_is_none_for_another(ann: MailboxSecret) -> None:
    """The service is in everything signed (P5)."""
    signature = ann.keys.sign(Tag.SIGN_TEAM, b"\x01" * 32, b"document")
    with pytest.raises(WrongSignature):
        keys.verify(ann.keys.card.sign, signature, Tag.SIGN_TEAM, b"\x02" * 32, b"document")


def test_bytes_moved_between_signed_parts_break_the_signature(ann: MailboxSecret) -> None:
    signature = ann.keys.sign(Tag.SIGN_TEAM, bytes(32), b"header", b"payload")
    with pytest.raises(WrongSignature):
        keys.verify(ann.keys.card.sign, signature, Tag.SIGN_TEAM, bytes(32), b"headerp", b"ayload")


def test_the_two_signing_keys_do_not_stand_in_for_each_other(ann: MailboxSecret) -> None:
    """Logging in signs with ``auth`` and nothing else does (P17)."""
    card, service = ann.keys.card, bytes(32)
    login = ann.keys.sign_login(service, b"challenge")
    keys.verify(card.auth, login, Tag.SIGN_LOGIN, service, b"challenge")
    with pytest.raises(WrongSignature):
        keys.verify(card.sign, login, Tag.SIGN_LOGIN, service, b"challenge")
    document = ann.keys.sign(Tag.SIGN_LOGIN, service, b"challenge")
    with pytest.raises(WrongSignature):
        keys.verify(card.auth, document, Tag.SIGN_LOGIN, service, b"challenge")


def test_what_is_signed_is_h_of_tag_service_and_parts(ann: MailboxSecret) -> None:
    signature = ann.keys.sign(Tag.SIGN_CASE, b"\x01" * 32, b"a", b"b")
    message = H(Tag.SIGN_CASE, b"\x01" * 32, b"a", b"b")
    ed25519_verify(ann.keys.card.sign, signature, message)


# -- fingerprints -------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32))
def test_a_fingerprint_is_read_as_it_is_printed(identifier: bytes) -> None:
    printed = fingerprint(identifier)
    assert len(printed) == 32
    assert printed == b32encode(identifier[:20]).decode().lower()
    groups = " ".join(printed[at : at + 4] for at in range(0, 32, 4))
    for typed in (printed, printed.upper(), groups, groups.replace(" ", "-"), f" {printed}\r\n"):
        assert read_fingerprint(typed) == identifier[:20]


@pytest.mark.parametrize(
    "typed",
    ["", "a" * 31, "a" * 33, "a" * 24, "a" * 30 + "==", "0" * 32, "a" * 31 + "ä", "a" * 40, "!"],
)
def test_what_is_no_whole_fingerprint_is_refused(typed: str) -> None:
    with pytest.raises(NotCanonical):
        read_fingerprint(typed)


def test_a_cards_fingerprint_is_its_ids(ann: MailboxSecret) -> None:
    assert ann.keys.card.fingerprint == fingerprint(ann.keys.card.id)
