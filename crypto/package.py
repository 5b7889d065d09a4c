"""A package: what goes to a unit outside of the team, and what it answers (docs/protocol.md §7).

    kind(16)  wrap(1184)  commitment(32)  sealed
    └──────────── head ────────────────┘

    key        = 32 random bytes, wrapped to the recipient's card (the way's kind, service)
    commitment = KDF(key, 2, "dbx1pcom")
    sealed     = XChaCha20-Poly1305(KDF(key, 1, "dbx1penc"), zero nonce, AD = head,
                                    pad(signature(64) ‖ content))
    signature  = Sign(sender.sign, the way's tag, service, head, content)

The key is used once, so its nonce may be zero. The signature is inside, so that nobody on the way
sees who sent it, and covers the head, so that a recipient cannot seal it on to another as if it had
been meant for them. Whoever opens it has to say whose signature it must be: the content names the
sender, and is not believed before :meth:`Opened.verify` has come back.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from crypto.constants import AEAD_TAG, ID, MIB, NONCE, SECRET, SIGNATURE, WRAP, Context, Tag
from crypto.errors import DoesNotOpen, UnknownVersion, WrongCommitment, WrongLength
from crypto.keys import Card, Keys, verify
from crypto.padding import pad, padded_length, unpad
from crypto.primitives import RandomBytes, aead_open, aead_seal, derive, equal
from crypto.wrapping import WrapKind, unwrap, wrap

LARGEST_CONTENT: Final = 8 * MIB
_KIND: Final = 16
_HEAD: Final = _KIND + WRAP + ID
_WRAP_AT: Final = slice(_KIND, _KIND + WRAP)
_COMMITMENT_AT: Final = slice(_WRAP_AT.stop, _HEAD)
_ZERO_NONCE: Final = bytes(NONCE)
LARGEST: Final = _HEAD + padded_length(SIGNATURE + LARGEST_CONTENT) + AEAD_TAG
"""Bytes of the longest package."""


class Way(Enum):
    """Which way it goes: one is never taken for the other."""

    OUT = (b"dbx1 package 1 \n", WrapKind.PACKAGE, Tag.SIGN_PACKAGE)
    """From the team to a unit."""
    BACK = (b"dbx1 answer 1  \n", WrapKind.ANSWER, Tag.SIGN_ANSWER)
    """From the unit to who has the case."""

    @property
    def kind(self) -> bytes:
        """The first 16 bytes, which a person can read too."""
        return self.value[0]

    @property
    def wrapped_as(self) -> WrapKind:
        """What the wrap is of."""
        return self.value[1]

    @property
    def tag(self) -> Tag:
        """What the signature is for."""
        return self.value[2]


@dataclass(frozen=True)
class Opened:
    """What a package holds. Whoever could seal to the recipient may have written it."""

    content: bytes
    head: bytes
    signature: bytes
    way: Way
    service: bytes

    def verify(self, sign_key: bytes) -> None:
        """Raise ``WrongSignature`` unless ``sign_key`` signed it, for this recipient."""
        signed = (self.service, self.head, self.content)
        verify(sign_key, self.signature, self.way.tag, *signed)

    def __repr__(self) -> str:
        return "<Opened>"


def seal_package(
    way: Way, content: bytes, sender: Keys, card: Card, service: bytes, random_bytes: RandomBytes
) -> bytes:
    """``content`` signed by ``sender``, sealed to ``card``. Raises ``WrongLength`` above 8 MiB."""
    if len(content) > LARGEST_CONTENT:
        raise WrongLength
    key = random_bytes(SECRET)
    wrapped = wrap(key, way.wrapped_as, (service,), card, random_bytes)
    head = way.kind + wrapped + derive(key, 2, Context.PACKAGE_COMMIT)
    plain = pad(sender.sign(way.tag, service, head, content) + content)
    return head + aead_seal(derive(key, 1, Context.PACKAGE_ENCRYPT), _ZERO_NONCE, plain, head)


def open_package(way: Way, data: bytes, recipient: Keys, service: bytes) -> Opened:
    """What ``data`` holds; its signature is not verified yet.

    The order: (1) kind and length (2) wrap (3) commitment (4) the seal (5) padding. Raises
    ``UnknownVersion``, ``WrongLength``, ``DoesNotOpen`` for one that is not for ``recipient``, of
    another service or changed, ``WrongCommitment``, ``WrongPadding``.
    """
    if data[:_KIND] != way.kind:
        raise UnknownVersion  # (1)
    if not _HEAD < len(data) <= LARGEST:
        raise WrongLength
    head = data[:_HEAD]
    key = unwrap(head[_WRAP_AT], way.wrapped_as, (service,), recipient)  # (2)
    if not equal(derive(key, 2, Context.PACKAGE_COMMIT), head[_COMMITMENT_AT]):
        raise WrongCommitment  # (3)
    encrypting = derive(key, 1, Context.PACKAGE_ENCRYPT)
    plain = unpad(aead_open(encrypting, _ZERO_NONCE, data[_HEAD:], head))  # (4) (5)
    if len(plain) <= SIGNATURE:
        raise DoesNotOpen
    return Opened(plain[SIGNATURE:], head, plain[:SIGNATURE], way, service)
