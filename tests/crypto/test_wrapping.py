from itertools import permutations

import nacl.bindings as sodium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.constants import KEM_CIPHERTEXT, WRAP, Tag
from crypto.errors import DoesNotOpen, ProtocolError, WrongLength, WrongPoint
from crypto.keys import Card, GroupSecret, MailboxSecret
from crypto.primitives import (
    H,
    RandomBytes,
    aead_open,
    aead_seal,
    box_seal,
    kem_decapsulate,
    kem_encapsulate,
)
from crypto.wrapping import WrapKind, _inner_key, unwrap, wrap
from tests.crypto.points import unreduced
from tests.crypto.world import flipped, secret, stream

ANN = secret(MailboxSecret, "ann").keys
BEN = secret(MailboxSecret, "ben").keys
CEK = bytes(range(32))
NAMES = (b"\x01" * 32,)


@pytest.fixture
def wrapped(random_bytes: RandomBytes) -> bytes:
    return wrap(CEK, WrapKind.ENVELOPE, NAMES, ANN.card, random_bytes)


@pytest.fixture
def random_bytes() -> RandomBytes:
    return stream("wraps")


@settings(max_examples=20)
@given(
    st.binary(min_size=32, max_size=32), st.sampled_from(WrapKind), st.lists(st.binary(max_size=40))
)
def test_a_wrap_opens_for_its_card(plain: bytes, kind: WrapKind, names: list[bytes]) -> None:
    wrapped = wrap(plain, kind, tuple(names), ANN.card, stream("x"))
    assert len(wrapped) == WRAP
    assert unwrap(wrapped, kind, tuple(names), ANN) == plain


def test_a_wrap_does_not_open_for_anybody_else(wrapped: bytes) -> None:
    with pytest.raises(DoesNotOpen):
        unwrap(wrapped, WrapKind.ENVELOPE, NAMES, BEN)


def test_a_wrap_cannot_be_moved_to_another_kind_or_name(random_bytes: RandomBytes) -> None:
    """Every kind and set of names against every other (PROTOCOL §4)."""
    one, two = b"\x01" * 32, b"\x02" * 32
    names = [(one,), (two,), (one, two), (two, one), (one + two,), ()]
    places = [(kind, each) for kind in WrapKind for each in names]
    for made, asked in permutations(places, 2):
        wrapped = wrap(CEK, *made, ANN.card, random_bytes)
        with pytest.raises(DoesNotOpen):
            unwrap(wrapped, *asked, ANN)


def test_a_wrap_covers_the_whole_card_of_its_recipient(random_bytes: RandomBytes) -> None:
    """Whoever shares ``box`` and ``kem`` with her, and nothing else, cannot open it."""
    card = ANN.card
    for other in (
        Card(BEN.card.auth, card.sign, card.box, card.kem),
        Card(card.auth, BEN.card.sign, card.box, card.kem),
    ):
        with pytest.raises(DoesNotOpen):
            unwrap(
                wrap(CEK, WrapKind.ENVELOPE, NAMES, other, random_bytes),
                WrapKind.ENVELOPE,
                NAMES,
                ANN,
            )


def test_both_layers_have_to_be_opened(random_bytes: RandomBytes) -> None:
    """Who breaks X25519 still needs ML-KEM, and the other way round (P29)."""
    for box, kem in ((ANN.card.box, BEN.card.kem), (BEN.card.box, ANN.card.kem)):
        mixed = Card(ANN.card.auth, ANN.card.sign, box, kem)
        wrapped = wrap(CEK, WrapKind.ENVELOPE, NAMES, mixed, random_bytes)
        for keys in (ANN, BEN):
            with pytest.raises(DoesNotOpen):
                unwrap(wrapped, WrapKind.ENVELOPE, NAMES, keys)


def test_a_wrap_without_its_post_quantum_layer_is_refused(random_bytes: RandomBytes) -> None:
    """The secret sealed in the box alone, cut or filled up to the length of a wrap (P29)."""
    bare = box_seal(ANN.card.box, CEK, random_bytes)
    filled = box_seal(ANN.card.box, CEK.ljust(WRAP - 48, b"\x00"), random_bytes)
    no_shared = aead_seal(
        _inner_key(bytes(32), bytes(KEM_CIPHERTEXT), ANN.card, WrapKind.ENVELOPE, NAMES),
        bytes(24),
        CEK,
    )
    zeros = box_seal(ANN.card.box, bytes(KEM_CIPHERTEXT) + no_shared, random_bytes)
    for wrapped, error in ((bare, WrongLength), (filled, DoesNotOpen), (zeros, DoesNotOpen)):
        with pytest.raises(error):
            unwrap(wrapped, WrapKind.ENVELOPE, NAMES, ANN)


def test_a_wrap_is_built_as_the_protocol_draws_it(wrapped: bytes) -> None:
    public, private = ANN.box
    opened = sodium.crypto_box_seal_open(wrapped, public, private)
    ciphertext, inner = opened[:KEM_CIPHERTEXT], opened[KEM_CIPHERTEXT:]
    shared = kem_decapsulate(ANN.kem, ciphertext)
    key = H(Tag.WRAP, shared, ciphertext, ANN.card.to_bytes(), b"envelope", NAMES[0])
    assert aead_open(key, bytes(24), inner) == CEK


def test_every_byte_of_a_wrap_counts(wrapped: bytes) -> None:
    for i in range(WRAP):
        with pytest.raises(DoesNotOpen):
            unwrap(flipped(wrapped, i, i % 8), WrapKind.ENVELOPE, NAMES, ANN)


@pytest.mark.parametrize("length", [0, 48, WRAP - 1, WRAP + 1])
def test_a_wrap_of_another_length_is_refused(wrapped: bytes, length: int) -> None:
    with pytest.raises(WrongLength):
        unwrap((wrapped + b"\x00")[:length], WrapKind.ENVELOPE, NAMES, ANN)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_only_32_bytes_are_wrapped(random_bytes: RandomBytes, length: int) -> None:
    with pytest.raises(WrongLength):
        wrap(bytes(length), WrapKind.ENVELOPE, NAMES, ANN.card, random_bytes)


def test_a_wrap_holding_less_than_a_secret_is_refused(random_bytes: RandomBytes) -> None:
    """A wrap has one length, so a shorter secret makes a shorter wrap."""
    shared, ciphertext = kem_encapsulate(ANN.card.kem)
    key = _inner_key(shared, ciphertext, ANN.card, WrapKind.ENVELOPE, NAMES)
    short = box_seal(ANN.card.box, ciphertext + aead_seal(key, bytes(24), CEK[:31]), random_bytes)
    with pytest.raises(ProtocolError):
        unwrap(short, WrapKind.ENVELOPE, NAMES, ANN)


def test_nothing_is_wrapped_to_an_unreduced_key(random_bytes: RandomBytes) -> None:
    """A card made without importing it (PROTOCOL §12)."""
    card = Card(ANN.card.auth, ANN.card.sign, ANN.card.box, unreduced(ANN.card.kem))
    with pytest.raises(WrongPoint):
        wrap(CEK, WrapKind.ENVELOPE, NAMES, card, random_bytes)


def test_no_two_wraps_are_alike(random_bytes: RandomBytes) -> None:
    """Even from the same random bytes, as after a restored snapshot (P16)."""
    again = stream("wraps")
    one = wrap(CEK, WrapKind.ENVELOPE, NAMES, ANN.card, random_bytes)
    two = wrap(CEK, WrapKind.ENVELOPE, NAMES, ANN.card, again)
    assert one[32:] != two[32:]


def test_a_groups_old_secret_opens_nothing_wrapped_to_the_new_one(
    random_bytes: RandomBytes,
) -> None:
    """Who left before the epoch changed has nothing but what there was before (P7)."""
    old, new = secret(GroupSecret, "epoch 1").keys, secret(GroupSecret, "epoch 2").keys
    wrapped = wrap(CEK, WrapKind.ENVELOPE, NAMES, new.card, random_bytes)
    assert unwrap(wrapped, WrapKind.ENVELOPE, NAMES, new) == CEK
    with pytest.raises(DoesNotOpen):
        unwrap(wrapped, WrapKind.ENVELOPE, NAMES, old)
