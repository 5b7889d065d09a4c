from hashlib import blake2b

import nacl.bindings as sodium
import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import given
from hypothesis import strategies as st

from crypto import primitives
from crypto.constants import Context, Tag
from crypto.errors import DoesNotOpen, WrongLength, WrongPoint, WrongSignature
from crypto.primitives import H
from tests.crypto.points import BAD_ED25519, BAD_X25519, HONEST, P, unreduced
from tests.crypto.world import flipped, stream

ORDER = 2**252 + 27742317777372353535851937790883648493
"""The prime order of edwards25519's group."""


# -- H and KDF ----------------------------------------------------------------------------------


def test_h_is_blake2b_of_what_the_protocol_draws() -> None:
    drawn = b"\x09dbx1/salt" + b"\x03" + bytes(7) + b"abc" + bytes(8)
    assert H(Tag.SALT, b"abc", b"") == blake2b(drawn, digest_size=32).digest()


@given(st.lists(st.binary(max_size=9), max_size=4), st.lists(st.binary(max_size=9), max_size=4))
def test_h_of_other_parts_is_another(one: list[bytes], other: list[bytes]) -> None:
    assert (H(Tag.CARD, *one) == H(Tag.CARD, *other)) == (one == other)


def test_h_is_another_under_every_tag() -> None:
    assert len({H(tag, b"the same") for tag in Tag}) == len(Tag)


def test_moving_a_byte_between_parts_changes_h() -> None:
    splits = [H(Tag.KEYS, b"abcdef"[:at], b"abcdef"[at:]) for at in range(7)]
    assert len({*splits, H(Tag.KEYS, b"abcdef")}) == 8


def test_hashing_piece_by_piece_is_h() -> None:
    hasher = primitives.Hasher(Tag.FILE)
    for each in (b"one", b"", b"two"):
        hasher.add(each)
    assert hasher.digest() == H(Tag.FILE, b"one", b"", b"two")


def test_derived_keys_are_libsodiums() -> None:
    """The check value of §1, computed by libsodium's own ``crypto_kdf_derive_from_key``."""
    check = "f57514cc2a9d018d6ddadb146751dec0ee61a5ecfeed0422d142964a3c1c933b"
    derived = primitives.derive(b"\x07" * 32, 5, "mailboxs")  # type: ignore[arg-type]
    assert derived.hex() == check


def test_every_number_and_context_derives_another_key() -> None:
    keys = {primitives.derive(b"\x07" * 32, n, context) for n in range(8) for context in Context}
    assert len(keys) == 8 * len(Context)


def test_equal_compares_whole_strings() -> None:
    assert primitives.equal(b"same", b"same")
    assert not primitives.equal(b"same", b"samE")
    assert not primitives.equal(b"same", b"sam")


# -- Ed25519 ------------------------------------------------------------------------------------


def test_signatures_are_rfc_8032s() -> None:
    """RFC 8032 §7.1, the second vector."""
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public, private = primitives.ed25519_keypair(seed)
    assert public.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = primitives.ed25519_sign(private, b"\x72")
    assert signature.hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    primitives.ed25519_verify(public, signature, b"\x72")


def test_another_message_key_or_signature_does_not_verify() -> None:
    public, private = primitives.ed25519_keypair(b"\x01" * 32)
    other, _ = primitives.ed25519_keypair(b"\x02" * 32)
    signature = primitives.ed25519_sign(private, b"message")
    primitives.ed25519_verify(public, signature, b"message")
    for key, signed, message in [
        (other, signature, b"message"),
        (public, signature, b"massage"),
        (public, signature, b""),
        (public, bytes(64), b"message"),
        (public, signature[:63], b"message"),
        (public, signature + b"m", b"essage"),
        (public, b"", signature + b"message"),
        (public[:31], signature, b"message"),
        (public + b"\x00", signature, b"message"),
        (b"", signature, b"message"),
    ]:
        with pytest.raises(WrongSignature):
            primitives.ed25519_verify(key, signed, message)


def test_a_signature_with_s_plus_l_is_refused() -> None:
    """Otherwise everybody could make a second signature of everything (P15)."""
    public, private = primitives.ed25519_keypair(b"\x01" * 32)
    signature = primitives.ed25519_sign(private, b"message")
    s = int.from_bytes(signature[32:], "little")
    multiples = range(1, (2**256 - 1 - s) // ORDER + 1)
    assert len(multiples) > 10
    for times in multiples:
        malleated = signature[:32] + (s + times * ORDER).to_bytes(32, "little")
        with pytest.raises(WrongSignature):
            primitives.ed25519_verify(public, malleated, b"message")


@pytest.mark.parametrize("point", BAD_ED25519.values(), ids=BAD_ED25519)
def test_a_bad_point_verifies_nothing(point: bytes) -> None:
    """With a key of small order, S = 0 and R = identity would sign any message (P15)."""
    identity = (1).to_bytes(32, "little")
    for r in (identity, point):
        with pytest.raises(WrongSignature):
            primitives.ed25519_verify(point, r + bytes(32), b"anything")


def test_a_signature_with_a_bad_r_is_refused() -> None:
    public, private = primitives.ed25519_keypair(b"\x01" * 32)
    signature = primitives.ed25519_sign(private, b"message")
    for point in BAD_ED25519.values():
        with pytest.raises(WrongSignature):
            primitives.ed25519_verify(public, point + signature[32:], b"message")


@pytest.mark.parametrize("point", BAD_ED25519.values(), ids=BAD_ED25519)
def test_a_bad_ed25519_point_is_refused(point: bytes) -> None:
    """Small order, not canonical, of mixed order, not on the curve (P14)."""
    with pytest.raises(WrongPoint):
        primitives.check_ed25519_point(point)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_no_key(length: int) -> None:
    for check in (primitives.check_ed25519_point, primitives.check_x25519_point):
        with pytest.raises(WrongLength):
            check(bytes([9]) * length)


def test_an_honest_ed25519_point_is_taken() -> None:
    primitives.check_ed25519_point(HONEST)


# -- XChaCha20-Poly1305 -------------------------------------------------------------------------


def test_the_cipher_is_the_drafts() -> None:
    """The vector of draft-irtf-cfrg-xchacha, A.3.1."""
    sealed = primitives.aead_seal(
        bytes(range(0x80, 0xA0)),
        bytes(range(0x40, 0x58)),
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        b"future, sunscreen would be it.",
        bytes.fromhex("50515253c0c1c2c3c4c5c6c7"),
    )
    assert sealed[-16:].hex() == "c0875924c1c7987947deafd8780acf49"
    assert sealed[:16].hex() == "bd6d179d3e83d43b9576579493c0e939"


def test_sealed_bytes_open_only_as_they_were_sealed() -> None:
    key, nonce, associated = b"\x01" * 32, b"\x02" * 24, b"beside"
    sealed = primitives.aead_seal(key, nonce, b"plain", associated)
    assert primitives.aead_open(key, nonce, sealed, associated) == b"plain"
    attempts = [
        (b"\x03" * 32, nonce, sealed, associated),
        (key, b"\x03" * 24, sealed, associated),
        (key, nonce, sealed, b"besides"),
        (key, nonce, sealed, b""),
        (key, nonce, sealed[:-1], associated),
        (key, nonce, sealed[:15], associated),
        (key, nonce, b"", associated),
        (key, nonce[:23], sealed, associated),
        (key, nonce + b"\x02", sealed, associated),
    ]
    attempts += [(key, nonce, flipped(sealed, i, i % 8), associated) for i in range(len(sealed))]
    for attempt in attempts:
        with pytest.raises(DoesNotOpen):
            primitives.aead_open(*attempt)


# -- X25519 sealed boxes ------------------------------------------------------------------------


@pytest.mark.parametrize("point", BAD_X25519.values(), ids=BAD_X25519)
def test_an_aliased_or_small_order_x25519_point_is_refused(point: bytes) -> None:
    """libsodium's box would take the aliases (P13)."""
    with pytest.raises(WrongPoint):
        primitives.check_x25519_point(point)


def test_honest_x25519_points_are_taken() -> None:
    primitives.check_x25519_point((9).to_bytes(32, "little"))
    primitives.check_x25519_point((P - 2).to_bytes(32, "little"))
    primitives.check_x25519_point(primitives.x25519_keypair(b"\x01" * 32)[0])


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32))
def test_a_sealed_box_is_libsodiums(plain: bytes, seed: bytes) -> None:
    public, private = primitives.x25519_keypair(seed)
    sealed = primitives.box_seal(public, plain, stream("ephemeral"))
    assert len(sealed) == len(plain) + 48
    assert sodium.crypto_box_seal_open(sealed, public, private) == plain
    theirs = sodium.crypto_box_seal(plain, public)
    assert primitives.box_open(public, private, theirs) == plain


def test_a_sealed_box_takes_its_ephemeral_key_from_the_given_randomness() -> None:
    public, _ = primitives.x25519_keypair(b"\x01" * 32)
    one, two = (primitives.box_seal(public, b"plain", stream("same")) for _ in range(2))
    assert one == two
    assert one != primitives.box_seal(public, b"plain", stream("other"))
    assert one[:32] == primitives.x25519_keypair(stream("same")(32))[0]


def test_a_changed_or_foreign_box_does_not_open() -> None:
    public, private = primitives.x25519_keypair(b"\x01" * 32)
    other = primitives.x25519_keypair(b"\x02" * 32)
    sealed = primitives.box_seal(public, b"plain", stream("box"))
    with pytest.raises(DoesNotOpen):
        primitives.box_open(*other, sealed)
    for length in (0, 47, 48, len(sealed) - 1):
        with pytest.raises(DoesNotOpen):
            primitives.box_open(public, private, sealed[:length])
    for i in range(len(sealed)):
        for bit in range(8):  # the top bit of the ephemeral key, too: it is in the nonce
            with pytest.raises(DoesNotOpen):
                primitives.box_open(public, private, flipped(sealed, i, bit))


@pytest.mark.parametrize("point", BAD_X25519.values(), ids=BAD_X25519)
def test_a_box_with_a_bad_ephemeral_key_does_not_open(point: bytes) -> None:
    public, private = primitives.x25519_keypair(b"\x01" * 32)
    sealed = primitives.box_seal(public, b"plain", stream("box"))
    with pytest.raises(DoesNotOpen):
        primitives.box_open(public, private, point + sealed[32:])


# -- ML-KEM-768 ---------------------------------------------------------------------------------


def test_a_shared_secret_is_shared() -> None:
    private = primitives.kem_private(b"\x01" * 64)
    shared, ciphertext = primitives.kem_encapsulate(primitives.kem_public_bytes(private))
    assert (len(shared), len(ciphertext)) == (32, 1088)
    assert primitives.kem_decapsulate(private, ciphertext) == shared


def test_every_encapsulation_is_fresh() -> None:
    public = primitives.kem_public_bytes(primitives.kem_private(b"\x01" * 64))
    made = [primitives.kem_encapsulate(public) for _ in range(50)]
    assert len({shared for shared, _ in made} | {ciphertext for _, ciphertext in made}) == 100


def test_a_changed_ciphertext_gives_another_secret() -> None:
    private = primitives.kem_private(b"\x01" * 64)
    shared, ciphertext = primitives.kem_encapsulate(primitives.kem_public_bytes(private))
    for i in range(0, len(ciphertext), 17):
        assert primitives.kem_decapsulate(private, flipped(ciphertext, i, 3)) != shared


@pytest.mark.parametrize("coefficient", [0, 1, 2, 383, 766, 767])
@pytest.mark.parametrize("value", [3329, 3330, 4095])
def test_an_unreduced_ml_kem_key_is_refused(coefficient: int, value: int) -> None:
    """FIPS 203 §7.2: a key is not its own second spelling (PROTOCOL §12)."""
    good = primitives.kem_public_bytes(primitives.kem_private(b"\x01" * 64))
    bad = unreduced(good, coefficient, value)
    for use in (primitives.check_kem_key, primitives.kem_encapsulate):
        with pytest.raises(WrongPoint):
            use(bad)
    primitives.check_kem_key(unreduced(good, coefficient, 3328))


@pytest.mark.parametrize("length", [0, 1183, 1185])
def test_an_ml_kem_key_of_another_length_is_refused(length: int) -> None:
    for use in (primitives.check_kem_key, primitives.kem_encapsulate):
        with pytest.raises(WrongLength):
            use(bytes(length))


@pytest.mark.parametrize("length", [0, 1087, 1089])
def test_an_ml_kem_ciphertext_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(WrongLength):
        primitives.kem_decapsulate(primitives.kem_private(b"\x01" * 64), bytes(length))


# -- Argon2id -----------------------------------------------------------------------------------


def test_argon2id_is_what_another_library_computes() -> None:
    other = Argon2id(salt=b"s" * 16, length=32, iterations=2, lanes=1, memory_cost=64)
    mine = primitives.argon2id(b"password", b"s" * 16, 2, 64 * 1024)
    assert mine == other.derive(b"password")
