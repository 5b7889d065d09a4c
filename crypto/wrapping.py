"""Wrapping a 32-byte secret to a card (docs/protocol.md §4).

    ss, ct = ML-KEM-768.Encaps(card.kem)                          ct: 1,088 bytes
    inner  = XChaCha20-Poly1305(H(wrap, ss, ct, card, kind, names…), zero nonce, secret)
    wrap   = crypto_box_seal(ct ‖ inner, card.box)                1,184 bytes

Two layers, one inside the other: a reader must break X25519 and ML-KEM-768. The key of the inner
layer is used once, so its nonce may be zero; it covers the recipient's whole card and what is
wrapped for which purpose, so that a wrap opens at its own place and nowhere else.
"""

from enum import StrEnum
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

from crypto.constants import KEM_CIPHERTEXT, NONCE, SECRET, WRAP, Tag
from crypto.errors import WrongLength
from crypto.primitives import (
    H,
    RandomBytes,
    aead_open,
    aead_seal,
    box_open,
    box_seal,
    kem_decapsulate,
    kem_encapsulate,
)

_ZERO_NONCE = bytes(NONCE)


class Recipient(Protocol):
    """What is wrapped to: a card, or a receiving key (§7)."""

    @property
    def box(self) -> bytes:
        """The X25519 public key."""

    @property
    def kem(self) -> bytes:
        """The ML-KEM-768 public key."""

    def to_bytes(self) -> bytes:
        """All of it, for the inner key."""


class Opener(Protocol):
    """Who opens it: the secret half."""

    @property
    def box(self) -> tuple[bytes, bytes]:
        """The X25519 public and secret key."""

    @property
    def kem(self) -> MLKEM768PrivateKey:
        """The ML-KEM-768 private key."""

    @property
    def card(self) -> Recipient:
        """The public half."""


class WrapKind(StrEnum):
    """What is wrapped; the names that go with each are in the comment."""

    ENVELOPE = "envelope"  # the envelope's id
    HALF = "half"  # the mailbox
    GRANT = "grant"  # the group's id, the member's id
    BUNDLE = "bundle"  # the service
    PACKAGE = "package"  # the service
    ANSWER = "answer"  # the service


def wrap(
    secret: bytes,
    kind: WrapKind,
    names: tuple[bytes, ...],
    card: Recipient,
    random_bytes: RandomBytes,
) -> bytes:
    """1,184 bytes that only the holder of ``card``'s secret opens, and only as ``kind``/``names``.

    Raises ``WrongLength`` unless ``secret`` has 32 bytes.
    """
    if len(secret) != SECRET:
        raise WrongLength
    shared, ciphertext = kem_encapsulate(card.kem)
    key = _inner_key(shared, ciphertext, card, kind, names)
    inner = aead_seal(key, _ZERO_NONCE, secret)
    return box_seal(card.box, ciphertext + inner, random_bytes)


def unwrap(wrapped: bytes, kind: WrapKind, names: tuple[bytes, ...], keys: Opener) -> bytes:
    """The 32 bytes that were wrapped.

    Raises ``WrongLength``, or ``DoesNotOpen`` for a wrap of another card, kind or name.
    """
    if len(wrapped) != WRAP:
        raise WrongLength
    public, private = keys.box
    opened = box_open(public, private, wrapped)
    ciphertext, inner = opened[:KEM_CIPHERTEXT], opened[KEM_CIPHERTEXT:]
    shared = kem_decapsulate(keys.kem, ciphertext)
    return aead_open(_inner_key(shared, ciphertext, keys.card, kind, names), _ZERO_NONCE, inner)


def _inner_key(
    shared: bytes, ciphertext: bytes, card: Recipient, kind: WrapKind, names: tuple[bytes, ...]
) -> bytes:
    return H(Tag.WRAP, shared, ciphertext, card.to_bytes(), kind.encode("ascii"), *names)
