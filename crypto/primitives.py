"""The few cryptographic operations everything else is built from (docs/protocol.md §1, §3, §4).

libsodium through PyNaCl, ML-KEM-768 (FIPS 203) through ``cryptography``, BLAKE2b (RFC 7693) from
the standard library. Every failed check is an exception.
"""

from collections.abc import Callable
from hashlib import blake2b
from hmac import compare_digest

import nacl.bindings as sodium
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from nacl.exceptions import CryptoError

from crypto.constants import (
    AEAD_TAG,
    ED25519_KEY,
    KEM_CIPHERTEXT,
    KEM_KEY,
    NONCE,
    SEALED_BOX,
    SIGNATURE,
    X25519_KEY,
    Context,
    Tag,
)
from crypto.errors import DoesNotOpen, WrongLength, WrongPoint, WrongSignature

RandomBytes = Callable[[int], bytes]
"""A source of randomness: ``secrets.token_bytes`` in programs, a fixed stream in vectors."""


class Hasher:
    """``H(tag, a, b, …)`` with the parts given one after another.

    BLAKE2b-256 over ``len8(tag) ‖ tag ‖ len64(a) ‖ a ‖ …``; the lengths make it injective.
    """

    def __init__(self, tag: Tag) -> None:
        self._state = blake2b(bytes([len(tag)]) + tag.encode("ascii"), digest_size=32)

    def add(self, part: bytes) -> None:
        """Hash one more part."""
        self._state.update(len(part).to_bytes(8, "little"))
        self._state.update(part)

    def digest(self) -> bytes:
        """The 32 bytes of the hash of the parts so far."""
        return self._state.digest()


def H(tag: Tag, *parts: bytes) -> bytes:  # noqa: N802 - the protocol's own name
    """32 bytes: the hash of ``parts`` for the purpose ``tag``."""
    pieces = [bytes([len(tag)]), tag.encode("ascii")]
    for part in parts:
        pieces += (len(part).to_bytes(8, "little"), part)
    return blake2b(b"".join(pieces), digest_size=32).digest()


def derive(key: bytes, number: int, context: Context) -> bytes:
    """32 bytes: libsodium's ``crypto_kdf_derive_from_key(32, number, context, key)``.

    PyNaCl does not bind it; it is personalised BLAKE2b and these are the same bytes.
    """
    salt = number.to_bytes(8, "little") + bytes(8)
    person = context.encode("ascii") + bytes(8)
    return blake2b(b"", digest_size=32, key=key, salt=salt, person=person).digest()


def equal(one: bytes, other: bytes) -> bool:
    """Whether two byte strings are the same, in time that does not depend on where they differ."""
    return compare_digest(one, other)


# -- Ed25519 (RFC 8032, libsodium's strict verification) ----------------------------------------


def ed25519_keypair(seed: bytes) -> tuple[bytes, bytes]:
    """The public key (32 bytes) and secret key (64 bytes) of a 32-byte seed."""
    return sodium.crypto_sign_seed_keypair(seed)


def ed25519_sign(secret_key: bytes, message: bytes) -> bytes:
    """The 64-byte signature of ``message``."""
    return sodium.crypto_sign(message, secret_key)[:SIGNATURE]


def ed25519_verify(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Raise ``WrongSignature`` unless ``signature`` is ``public_key``'s over ``message``."""
    if len(signature) != SIGNATURE or len(public_key) != ED25519_KEY:
        raise WrongSignature  # the binding looks at neither length
    try:
        sodium.crypto_sign_open(signature + message, public_key)
    except CryptoError:
        raise WrongSignature from None


def check_ed25519_point(public_key: bytes) -> None:
    """Raise ``WrongPoint`` unless canonical, on the curve, in the prime-order group (P14)."""
    if len(public_key) != ED25519_KEY:
        raise WrongLength
    if not sodium.crypto_core_ed25519_is_valid_point(public_key):
        raise WrongPoint


# -- XChaCha20-Poly1305 -------------------------------------------------------------------------


def aead_seal(key: bytes, nonce: bytes, plain: bytes, associated: bytes = b"") -> bytes:
    """``plain`` encrypted under a 32-byte key and 24-byte nonce; 16 bytes longer."""
    return sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, associated, nonce, key)


def aead_open(key: bytes, nonce: bytes, sealed: bytes, associated: bytes = b"") -> bytes:
    """What :func:`aead_seal` was given. Raises ``DoesNotOpen``."""
    if len(nonce) != NONCE or len(sealed) < AEAD_TAG:
        raise DoesNotOpen
    try:
        return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, associated, nonce, key)
    except CryptoError:
        raise DoesNotOpen from None


# -- X25519 sealed boxes ------------------------------------------------------------------------

_P = 2**255 - 19
_SMALL_ORDER = frozenset(
    {
        0,
        1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
        _P - 1,
    }
)


def x25519_keypair(seed: bytes) -> tuple[bytes, bytes]:
    """The public and the secret key (32 bytes each) that libsodium derives from a seed."""
    return sodium.crypto_box_seed_keypair(seed)


def check_x25519_point(public_key: bytes) -> None:
    """Raise ``WrongPoint`` for an aliased key (≥ p) or one of small order (P13, P14)."""
    if len(public_key) != X25519_KEY:
        raise WrongLength
    u = int.from_bytes(public_key, "little")
    if u >= _P or u in _SMALL_ORDER:
        raise WrongPoint


def box_seal(public_key: bytes, plain: bytes, random_bytes: RandomBytes) -> bytes:
    """A libsodium sealed box (48 bytes longer), with its ephemeral key from ``random_bytes``.

    The same bytes ``crypto_box_seal`` makes for that ephemeral key: ``epk ‖ crypto_box(plain)``
    with the nonce ``BLAKE2b-192(epk ‖ public_key)``.
    """
    ephemeral_public, ephemeral_secret = x25519_keypair(random_bytes(X25519_KEY))
    nonce = blake2b(ephemeral_public + public_key, digest_size=NONCE).digest()
    return ephemeral_public + sodium.crypto_box(plain, nonce, public_key, ephemeral_secret)


def box_open(public_key: bytes, secret_key: bytes, sealed: bytes) -> bytes:
    """What a sealed box holds. Raises ``DoesNotOpen``."""
    if len(sealed) < SEALED_BOX:
        raise DoesNotOpen
    try:
        return sodium.crypto_box_seal_open(sealed, public_key, secret_key)
    except CryptoError:
        raise DoesNotOpen from None


# -- ML-KEM-768 (FIPS 203) ----------------------------------------------------------------------


def kem_private(seed: bytes) -> MLKEM768PrivateKey:
    """The private key of a 64-byte seed (``d ‖ z``)."""
    return MLKEM768PrivateKey.from_seed_bytes(seed)


def kem_public_bytes(private: MLKEM768PrivateKey) -> bytes:
    """The 1,184-byte encapsulation key."""
    return private.public_key().public_bytes_raw()


def check_kem_key(public_key: bytes) -> None:
    """Raise ``WrongPoint`` for an encapsulation key with a coefficient ≥ q (FIPS 203 §7.2)."""
    if len(public_key) != KEM_KEY:
        raise WrongLength
    try:
        MLKEM768PublicKey.from_public_bytes(public_key)
    except ValueError:
        raise WrongPoint from None


def kem_encapsulate(public_key: bytes) -> tuple[bytes, bytes]:
    """A fresh 32-byte shared secret and its 1,088-byte ciphertext.

    The one place where randomness is not a parameter: the library draws its own.
    Raises ``WrongPoint`` for a key that is not reduced.
    """
    check_kem_key(public_key)
    return MLKEM768PublicKey.from_public_bytes(public_key).encapsulate()


def kem_decapsulate(private: MLKEM768PrivateKey, ciphertext: bytes) -> bytes:
    """The 32-byte shared secret. A wrong ciphertext gives another secret, not an error."""
    if len(ciphertext) != KEM_CIPHERTEXT:
        raise WrongLength
    return private.decapsulate(ciphertext)


# -- Argon2id (RFC 9106) ------------------------------------------------------------------------


def argon2id(password: bytes, salt: bytes, operations: int, memory: int) -> bytes:
    """32 bytes from a password and a 16-byte salt. ``memory`` is in bytes. Slow on purpose."""
    return sodium.crypto_pwhash_alg(
        32, password, salt, operations, memory, sodium.crypto_pwhash_ALG_ARGON2ID13
    )
