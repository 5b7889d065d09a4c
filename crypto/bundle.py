"""A bundle: what is carried by hand between a workstation and the network (docs/protocol.md §9).

    kind(16)  wrap(1184)  commitment(32)  chunk 0  chunk 1  …
    └───────────────── head ────────────┘

    key        = 32 random bytes, wrapped to the card of the side it goes to ("bundle", service)
    commitment = KDF(key, 2, "dbx1bcom")
    chunk i    = XChaCha20-Poly1305(KDF(key, 1, "dbx1benc"), i as 8 bytes LE ‖ last ‖ 15 zeros,
                                    AD = head, 64 KiB of the stream; the last may be shorter)
    stream     = part, part, …        part = type(1) ‖ len32 ‖ bytes
    last part  = Sign(sender.sign, "dbx1/bundle", head, H("dbx1/carried", part, part, …))

The key is used for one bundle, so its nonces are numbers. ``last`` is 1 for the last chunk alone: a
bundle that is cut, or goes on behind its end, does not open. Zeros before the signature bring the
length to PADMÉ. Neither side holds the whole in memory; nothing of it may be used before
:meth:`Opener.finish` has come back.
"""

from enum import IntEnum
from typing import Final

from crypto.constants import AEAD_TAG, ID, KIB, MIB, NONCE, SECRET, SIGNATURE, WRAP, Context, Tag
from crypto.errors import (
    DoesNotOpen,
    NotCanonical,
    UnknownVersion,
    WrongCommitment,
    WrongLength,
    WrongPadding,
)
from crypto.keys import AnalystSecret, Card, Keys, SideSecret, verify
from crypto.padding import padme
from crypto.primitives import Hasher, RandomBytes, aead_open, aead_seal, derive, equal
from crypto.wrapping import WrapKind, unwrap, wrap

KIND: Final = b"dbx1 bundle 1  \n"
HEAD: Final = len(KIND) + WRAP + ID
"""Bytes before the first chunk."""
CHUNK: Final = 64 * KIB
SEALED_CHUNK: Final = CHUNK + AEAD_TAG
SMALLEST: Final = 256 * KIB
"""Bytes of the shortest stream: a few replies show no more than none."""
LARGEST_PART: Final = 16 * MIB

_PART_HEAD: Final = 5
_WRAP_AT: Final = slice(len(KIND), len(KIND) + WRAP)
_COMMITMENT_AT: Final = slice(_WRAP_AT.stop, HEAD)
_SIGNED: Final = _PART_HEAD + SIGNATURE


class _Type(IntEnum):
    CONTENT = 1
    ZEROS = 2
    SIGNATURE = 3


def sides(analyst: AnalystSecret, number: int) -> tuple[SideSecret, SideSecret]:
    """The two ends of one courier's way: the workstation's, then the courier's.

    ``number`` is the courier pass's, random and never used for another one.
    """
    secret = analyst.expose()
    return (
        SideSecret(derive(secret, number, Context.STATION)),
        SideSecret(derive(secret, number, Context.COURIER)),
    )


class Sealer:
    """Seals one bundle: write :attr:`head`, then whatever :meth:`add` and :meth:`finish` give."""

    def __init__(
        self, sender: Keys, recipient: Card, service: bytes, random_bytes: RandomBytes
    ) -> None:
        key = random_bytes(SECRET)
        wrapped = wrap(key, WrapKind.BUNDLE, (service,), recipient, random_bytes)
        self.head: Final = KIND + wrapped + derive(key, 2, Context.BUNDLE_COMMIT)
        """The first bytes of the file."""
        self._key = derive(key, 1, Context.BUNDLE_ENCRYPT)
        self._sender = sender
        self._service = service
        self._hasher = Hasher(Tag.CARRIED)
        self._rest = bytearray()
        self._length = 0
        self._chunks = 0

    def add(self, content: bytes) -> bytes:
        """The next bytes of the file, after one more part. Raises ``WrongLength`` above 16 MiB."""
        if len(content) > LARGEST_PART:
            raise WrongLength
        self._hasher.add(content)
        return self._write(_Type.CONTENT, content)

    def finish(self) -> tuple[bytes, bytes]:
        """The last bytes of the file, and the bundle's hash (32 bytes)."""
        zeros = self._zeros()
        digest = self._hasher.digest()
        signature = self._sender.sign(Tag.SIGN_BUNDLE, self._service, self.head, digest)
        written = zeros + self._write(_Type.SIGNATURE, signature)
        return written + self._seal(bytes(self._rest), last=True), digest

    def _zeros(self) -> bytes:
        """Zeros for what is missing, in as few parts as hold them."""
        least = self._length + _PART_HEAD + _SIGNED
        missing = max(SMALLEST, padme(least)) - least
        written = b""
        while missing > LARGEST_PART:
            written += self._write(_Type.ZEROS, bytes(LARGEST_PART // 2))
            missing -= LARGEST_PART // 2 + _PART_HEAD
        return written + self._write(_Type.ZEROS, bytes(missing))

    def _write(self, kind: _Type, content: bytes) -> bytes:
        self._rest += bytes([kind]) + len(content).to_bytes(4, "little") + content
        self._length += _PART_HEAD + len(content)
        full = (len(self._rest) - 1) // CHUNK  # the last chunk is never empty
        sealed = [
            self._seal(bytes(self._rest[at : at + CHUNK]), last=False)
            for at in range(0, full * CHUNK, CHUNK)
        ]
        del self._rest[: full * CHUNK]
        return b"".join(sealed)

    def _seal(self, chunk: bytes, *, last: bool) -> bytes:
        sealed = aead_seal(self._key, _nonce(self._chunks, last), chunk, self.head)
        self._chunks += 1
        return sealed


class Opener:
    """Opens one bundle, chunk by chunk.

    In this order: (1) kind (2) wrap (3) commitment (4) each chunk (5) the form of the stream
    (6) the signature. What comes before (6) is the word of whoever had the recipient's card.
    """

    def __init__(self, head: bytes, recipient: Keys, sender: bytes, service: bytes) -> None:
        """``head`` is the first :data:`HEAD` bytes, ``sender`` the signing key it must be from.

        Raises ``UnknownVersion`` for what is no bundle of this version, ``WrongLength``,
        ``DoesNotOpen`` for one that is not for ``recipient``, ``WrongCommitment``.
        """
        if head[: len(KIND)] != KIND:
            raise UnknownVersion  # (1)
        if len(head) != HEAD:
            raise WrongLength
        key = unwrap(head[_WRAP_AT], WrapKind.BUNDLE, (service,), recipient)  # (2)
        if not equal(derive(key, 2, Context.BUNDLE_COMMIT), head[_COMMITMENT_AT]):
            raise WrongCommitment  # (3)
        self._head = head
        self._key = derive(key, 1, Context.BUNDLE_ENCRYPT)
        self._sender = sender
        self._service = service
        self._hasher = Hasher(Tag.CARRIED)
        self._rest = bytearray()
        self._chunks = 0
        self._padding = False
        self._signature: bytes | None = None

    def open(self, chunk: bytes, *, last: bool) -> list[bytes]:
        """The parts that end in the next chunk. ``last`` says that the file ends behind it.

        Raises ``DoesNotOpen`` for what was changed, cut or lengthened, or ``NotCanonical``,
        ``WrongLength`` and ``WrongPadding`` for a stream that no honest side wrote.
        """
        if not last and len(chunk) != SEALED_CHUNK:
            raise DoesNotOpen
        self._rest += aead_open(self._key, _nonce(self._chunks, last), chunk, self._head)  # (4)
        self._chunks += 1
        found = []
        while (part := self._take()) is not None:
            kind, content = part
            if kind is _Type.CONTENT:
                found.append(content)
        return found

    def finish(self) -> bytes:
        """The bundle's hash (32 bytes), once all of it was opened.

        Raises ``NotCanonical`` unless it ends with a signature, ``WrongSignature`` unless that is
        the sender's.
        """
        if self._signature is None or self._rest:
            raise NotCanonical
        digest = self._hasher.digest()
        signed = (self._service, self._head, digest)
        verify(self._sender, self._signature, Tag.SIGN_BUNDLE, *signed)  # (6)
        return digest

    def _take(self) -> tuple[_Type, bytes] | None:
        """The next part, if all of it is here."""
        if len(self._rest) < _PART_HEAD:
            return None
        length = int.from_bytes(self._rest[1:_PART_HEAD], "little")
        if length > LARGEST_PART:
            raise WrongLength
        if len(self._rest) < _PART_HEAD + length:
            return None
        kind = _read_type(self._rest[0])
        content = bytes(self._rest[_PART_HEAD : _PART_HEAD + length])
        del self._rest[: _PART_HEAD + length]
        self._check(kind, content)  # (5)
        return kind, content

    def _check(self, kind: _Type, content: bytes) -> None:
        """Content, then zeros, then one signature."""
        if self._signature is not None or (self._padding and kind is _Type.CONTENT):
            raise NotCanonical
        if kind is _Type.CONTENT:
            self._hasher.add(content)
        elif kind is _Type.ZEROS:
            self._padding = True
            if content.count(0) != len(content):
                raise WrongPadding
        else:
            self._signature = content


def _read_type(byte: int) -> _Type:
    try:
        return _Type(byte)
    except ValueError:
        raise NotCanonical from None


def _nonce(number: int, last: bool) -> bytes:
    return (number.to_bytes(8, "little") + bytes([last])).ljust(NONCE, b"\x00")
