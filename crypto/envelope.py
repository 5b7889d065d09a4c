"""The envelope: what a server stores (docs/protocol.md §5).

    header = version(1) ‖ chain(1) ‖ seq(4, LE) ‖ mailbox(32) ‖ recipient(32) ‖ prev(32)
             ‖ H(commit, com)                                                    134 bytes
    body   = n(24) ‖ XChaCha20-Poly1305(enc, n, AD = header, pad(content))
    id     = H(envelope, header, H(body, body))

``content`` is ``signature(64) ‖ payload``; in the ``case`` chain it is
``signature(64) ‖ len64(payload) ‖ payload ‖ words``, so that header, signature and payload can be
shown to a third party without the words.

Opening checks, in this order: (1) sizes (2) version (3) id (4) wrap (5) commitment (6) AEAD
(7) padding (8) form (9) signature. (1)–(3) are the constructors' here, (4) is ``wrapping``, (5)–(7)
are :func:`open_content`, (8) and (9) belong to whoever knows the documents: ``reporter`` and
``analyst``.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Self

from crypto.constants import (
    AEAD_TAG,
    HEADER,
    ID,
    LARGEST_BODY,
    LARGEST_CONTENT,
    NONCE,
    SECRET,
    SIGNATURE,
    SMALLEST_BODY,
    VERSION,
    Context,
    Tag,
)
from crypto.errors import Malformed, UnknownVersion, WrongCommitment, WrongLength, WrongPlace
from crypto.keys import Keys
from crypto.padding import pad, padded_length, unpad
from crypto.primitives import H, RandomBytes, aead_open, aead_seal, derive, equal

_HEADER = struct.Struct("<BBI32s32s32s32s")
NO_PREV = bytes(ID)
"""``prev`` of the first envelope of a chain."""
LARGEST_SEQ = 2**32 - 1


class Chain(IntEnum):
    """The three chains of a mailbox; the value is the byte in the header."""

    REPORTER = 1
    TEAM = 2
    CASE = 3

    @property
    def tag(self) -> Tag:
        """The tag of this chain's signatures."""
        return {
            Chain.REPORTER: Tag.SIGN_REPORTER,
            Chain.TEAM: Tag.SIGN_TEAM,
            Chain.CASE: Tag.SIGN_CASE,
        }[self]


@dataclass(frozen=True)
class Header:
    """The part of an envelope a server reads. All of it is signed inside."""

    chain: Chain
    seq: int
    mailbox: bytes
    recipient: bytes
    prev: bytes
    commitment: bytes

    def to_bytes(self) -> bytes:
        """134 bytes."""
        return _HEADER.pack(
            VERSION,
            self.chain,
            self.seq,
            self.mailbox,
            self.recipient,
            self.prev,
            self.commitment,
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read 134 bytes.

        Raises ``WrongLength``, ``UnknownVersion``, or ``Malformed`` for an unknown chain or for a
        first envelope with a ``prev``.
        """
        if len(data) != HEADER:
            raise WrongLength
        version, chain, seq, mailbox, recipient, prev, commitment = _HEADER.unpack(data)
        if version != VERSION:
            raise UnknownVersion
        try:
            header = cls(Chain(chain), seq, mailbox, recipient, prev, commitment)
        except ValueError:
            raise Malformed from None
        if (seq == 0) != (prev == NO_PREV):
            raise Malformed
        return header


def body_hash(body: bytes) -> bytes:
    """``H(body, body)``: stands for a body in its envelope's id, and stays when it is deleted."""
    return H(Tag.BODY, body)


def envelope_id(header: bytes, hash_of_body: bytes) -> bytes:
    """An envelope's id, from the bytes of its header and the hash of its body."""
    return H(Tag.ENVELOPE, header, hash_of_body)


@dataclass(frozen=True)
class Envelope:
    """A header and a sealed body. Wraps are kept beside it: re-wrapping keeps the id."""

    header: Header
    body: bytes

    def __post_init__(self) -> None:
        """Refuse a body that no padded content has, with ``WrongLength``."""
        sealed = len(self.body) - NONCE - AEAD_TAG
        if (
            not SMALLEST_BODY <= len(self.body) <= LARGEST_BODY
            or padded_length(sealed - 1) != sealed
        ):
            raise WrongLength

    @cached_property
    def id(self) -> bytes:
        """32 bytes."""
        return envelope_id(self.header.to_bytes(), body_hash(self.body))

    def to_bytes(self) -> bytes:
        """``header ‖ body``."""
        return self.header.to_bytes() + self.body

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read ``header ‖ body``. Raises ``Malformed`` and its kind."""
        return cls(Header.from_bytes(data[:HEADER]), data[HEADER:])


@dataclass(frozen=True)
class Place:
    """Where an envelope goes, and the card it is first sealed to."""

    chain: Chain
    seq: int
    mailbox: bytes
    recipient: bytes
    prev: bytes


def seal(
    place: Place,
    payload: bytes,
    words: bytes | None,
    author: Keys,
    service: bytes,
    random_bytes: RandomBytes,
) -> tuple[Envelope, bytes]:
    """An envelope and its 32-byte content key, still to be wrapped.

    ``words`` is the document of words in the ``case`` chain and ``None`` in the others. Raises
    ``WrongLength`` for content above ``LARGEST_CONTENT``, and ``WrongPlace`` behind the last place
    a chain has, which is where a server can send a writer by inventing a header.
    """
    if place.seq > LARGEST_SEQ:
        raise WrongPlace
    if (words is None) == (place.chain is Chain.CASE):
        raise Malformed
    cek = random_bytes(SECRET)
    header = Header(
        place.chain, place.seq, place.mailbox, place.recipient, place.prev, _commitment(cek)
    )
    packed = header.to_bytes()
    signature = author.sign(place.chain.tag, service, packed, payload)
    content = signature + payload
    if words is not None:
        content = signature + len(payload).to_bytes(8, "little") + payload + words
    if len(content) > LARGEST_CONTENT:
        raise WrongLength
    nonce = random_bytes(NONCE)
    sealed = aead_seal(derive(cek, 1, Context.ENCRYPT), nonce, pad(content), packed)
    return Envelope(header, nonce + sealed), cek


@dataclass(frozen=True)
class Content:
    """What an envelope holds, before anybody has looked at who signed it."""

    signature: bytes
    payload: bytes
    words: bytes | None

    def __repr__(self) -> str:
        return "<Content>"


def open_content(envelope: Envelope, cek: bytes) -> Content:
    """Open ``envelope`` with its content key: checks (5) to (7), and that the parts fit (8).

    Raises ``WrongCommitment``, ``DoesNotOpen``, ``WrongPadding`` or ``WrongLength``. The signature
    is *not* checked here: nothing of the payload may be used but what names its signer.
    """
    check_commitment(envelope.header, cek)  # (5)
    nonce, sealed = envelope.body[:NONCE], envelope.body[NONCE:]
    key = derive(cek, 1, Context.ENCRYPT)
    content = unpad(aead_open(key, nonce, sealed, envelope.header.to_bytes()))  # (6) (7)
    if not SIGNATURE <= len(content) <= LARGEST_CONTENT:
        raise WrongLength
    signature, rest = content[:SIGNATURE], content[SIGNATURE:]
    if envelope.header.chain is not Chain.CASE:
        return Content(signature, rest, None)
    length = int.from_bytes(rest[:8], "little")
    payload, words = rest[8 : 8 + length], rest[8 + length :]
    if len(rest) < 8 or len(payload) != length:
        raise WrongLength
    return Content(signature, payload, words)


def check_commitment(header: Header, cek: bytes) -> None:
    """Raise ``WrongCommitment`` unless ``cek`` is the content key that ``header`` was made with."""
    if not equal(_commitment(cek), header.commitment):
        raise WrongCommitment


def check_place(envelope: Envelope, chain: Chain, mailbox: bytes) -> None:
    """Raise ``WrongPlace`` unless ``envelope`` says it belongs where it was found (P3, P23)."""
    if envelope.header.chain is not chain or envelope.header.mailbox != mailbox:
        raise WrongPlace


def _commitment(cek: bytes) -> bytes:
    return H(Tag.COMMIT, derive(cek, 2, Context.COMMIT))
