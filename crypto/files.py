"""Files: cut into parts that are sealed one by one (docs/protocol.md §8).

A file has a random id and key. Its bytes are zero-filled to ``max(16 KiB, PADMÉ)`` and cut into
parts of 1 MiB (the last may be shorter):

    part i = n(24) ‖ XChaCha20-Poly1305(KDF(key, i, "dbx1part"), n, AD = id ‖ len64(i), bytes)

Nonces are fresh every time a part is sealed, so a part may be made again even when the file has
changed meanwhile. The manifest travels in a payload; nothing of a file is shown or kept before
number, hashes and lengths are those of its manifest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from crypto.constants import (
    GIB,
    ID,
    NONCE,
    PART,
    SEALED_PART_OVERHEAD,
    SECRET,
    SMALLEST_PADDED,
    Context,
    Tag,
)
from crypto.encoding import Bytes, Document, Integer, Text, member
from crypto.errors import FilesDiffer, NotCanonical, WrongLength
from crypto.keys import Secret
from crypto.padding import padme
from crypto.primitives import Hasher, RandomBytes, aead_open, aead_seal, derive

LARGEST_FILE = 2 * GIB
NAME_LENGTH = 255
_FAILED = -1


class FileKey(Secret):
    """The 32-byte key of one file."""


@dataclass(frozen=True)
class NewFile:
    """A file that is about to be sealed: its random id and key."""

    id: bytes
    key: FileKey

    @classmethod
    def generate(cls, random_bytes: RandomBytes) -> Self:
        """A new id and key."""
        return cls(random_bytes(ID), FileKey.generate(random_bytes))


def padded_size(size: int) -> int:
    """How many bytes a file of ``size`` bytes has once zero-filled."""
    return max(SMALLEST_PADDED, padme(size))


def part_count(size: int) -> int:
    """How many parts a file of ``size`` bytes is cut into."""
    return -(-padded_size(size) // PART)


def part_length(size: int, index: int) -> int:
    """How many plain bytes part ``index`` of a file of ``size`` bytes has once zero-filled."""
    if not 0 <= index < part_count(size):
        raise WrongLength
    return min(PART, padded_size(size) - index * PART)


def seal_part(file: NewFile, index: int, plain: bytes, random_bytes: RandomBytes) -> bytes:
    """Part ``index``, 40 bytes longer than ``plain``, which is already zero-filled.

    Raises ``WrongLength`` for more than 1 MiB.
    """
    if not 0 < len(plain) <= PART:
        raise WrongLength
    nonce = random_bytes(NONCE)
    return nonce + aead_seal(_part_key(file.key, index), nonce, plain, _part_name(file.id, index))


def part_hash(sealed: bytes) -> bytes:
    """The hash of a sealed part."""
    hasher = Hasher(Tag.PART)  # H would copy the megabyte
    hasher.add(sealed)
    return hasher.digest()


def file_hash(part_hashes: Iterable[bytes]) -> bytes:
    """The hash of a file, from those of its sealed parts in their order."""
    hasher = Hasher(Tag.FILE)
    for each in part_hashes:
        hasher.add(each)
    return hasher.digest()


@dataclass(frozen=True)
class FileManifest(Document):
    """What a payload says of one file. ``name`` is data and never a path."""

    name: str = member(Text(NAME_LENGTH))
    type: str = member(Text(NAME_LENGTH))
    size: int = member(Integer(0, LARGEST_FILE))
    padded: int = member(Integer(SMALLEST_PADDED))
    id: bytes = member(Bytes(ID))
    key: bytes = member(Bytes(SECRET))
    hash: bytes = member(Bytes(ID))

    def check(self) -> None:
        """The padded length is the one the true length has."""
        if self.padded != padded_size(self.size):
            raise NotCanonical

    @property
    def parts(self) -> int:
        """How many parts the file has."""
        return part_count(self.size)

    def __repr__(self) -> str:
        return "<FileManifest>"


class PartReader:
    """Opens the parts of one file in their order and holds them against its manifest.

    Feed every sealed part to :meth:`open`, then call :meth:`finish`; only then may the bytes be
    shown or kept. Every failure is ``FilesDiffer`` or ``DoesNotOpen`` (P12: dropped, swapped,
    repeated, foreign, added parts).
    """

    def __init__(self, manifest: FileManifest) -> None:
        self._manifest = manifest
        self._key = FileKey(manifest.key)
        self._hasher = Hasher(Tag.FILE)
        self._next = 0

    def open(self, sealed: bytes) -> bytes:
        """The plain bytes of the next part, without the zeros the last ones are filled with."""
        manifest, index = self._manifest, self._next
        self._next = _FAILED  # until this part has turned out to be right
        if not 0 <= index < manifest.parts:
            raise FilesDiffer
        length = part_length(manifest.size, index)
        if len(sealed) != length + SEALED_PART_OVERHEAD:
            raise FilesDiffer
        self._hasher.add(part_hash(sealed))
        plain = open_part(manifest.id, self._key, index, sealed)
        content = max(0, min(length, manifest.size - index * PART))
        if plain[content:].strip(b"\x00"):
            raise FilesDiffer
        self._next = index + 1
        return plain[:content]

    def finish(self) -> None:
        """Raise ``FilesDiffer`` unless every part was there and the hash is the manifest's."""
        if self._next != self._manifest.parts or self._hasher.digest() != self._manifest.hash:
            raise FilesDiffer


def open_part(file: bytes, key: FileKey, index: int, sealed: bytes) -> bytes:
    """One part's plain bytes, zeros included. Raises ``DoesNotOpen``."""
    nonce, rest = sealed[:NONCE], sealed[NONCE:]
    return aead_open(_part_key(key, index), nonce, rest, _part_name(file, index))


def _part_key(key: FileKey, index: int) -> bytes:
    return derive(key.expose(), index, Context.PART)


def _part_name(file: bytes, index: int) -> bytes:
    return file + index.to_bytes(8, "little")
