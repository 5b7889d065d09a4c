"""The form of a backup file: the same whichever database it is made from or restored into.

    backup = magic ‖ record … ‖ hash(32)
    record = kind(1) ‖ len32(content) ‖ content              (numbers little-endian)

    head   = a document: the schema's revision, the service, its origins, tables and columns
    row    = table(1) ‖ value for each column of the head, in its order
    value  = 0                   nothing
           | 1 ‖ int64
           | 2 ‖ len32 ‖ bytes
           | 3 ‖ YYYY-MM-DD      ten ASCII characters
    part   = YYYY-MM-DD ‖ sealed bytes, behind the row of the part
    end    = empty
    hash   = BLAKE2b-256 over everything before it

The head comes first, the end last, and each once. The hash finds accidents; it is no signature, and
needs none: what a backup holds is checked by whoever opens it, like everything from a server.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from hashlib import blake2b
from typing import BinaryIO, Final, Protocol

from crypto.constants import ID, MIB
from crypto.directory import ORIGIN
from crypto.encoding import Bytes, Document, Inner, Integer, List, Matching, member
from crypto.errors import Malformed

MAGIC: Final = b"sealed-dropbox backup\n"
HASH: Final = 32
DAY: Final = 10
LARGEST_RECORD: Final = 4 * MIB
_FRAME: Final = struct.Struct("<BI")
_INTEGER: Final = struct.Struct("<Bq")
_BYTES: Final = struct.Struct("<BI")
_NAME: Final = r"[a-z_]{1,40}"

Value = int | bytes | date | None


class NotABackup(Exception):
    """The file does not begin as a backup does."""


class DamagedBackup(Exception):
    """The file is not as it was written."""


class Kind(IntEnum):
    """What a record is."""

    HEAD = 1
    ROW = 2
    PART = 3
    END = 4


class _Type(IntEnum):
    NOTHING = 0
    INTEGER = 1
    BYTES = 2
    DAY = 3


@dataclass(frozen=True)
class Shape(Document):
    """A table and its columns, in the order its rows have them."""

    table: str = member(Matching(_NAME))
    columns: tuple[str, ...] = member(List(Matching(_NAME), 100))


@dataclass(frozen=True)
class Head(Document):
    """What a restore has to know first. ``rows`` and ``parts`` are for the progress it shows."""

    form: int = member(Integer(1, 1))
    revision: str = member(Matching(r"[0-9a-z_]{1,32}"))
    service: bytes = member(Bytes(ID))
    origins: tuple[str, ...] = member(List(Matching(ORIGIN), 20))
    tables: tuple[Shape, ...] = member(List(Inner(Shape), 100))
    rows: int = member(Integer())


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the number of its table in the head, and its values."""

    table: int
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class PartBytes:
    """The bytes of the part whose row came before, and the day they were stored on."""

    day: date
    sealed: bytes


class Sink(Protocol):
    """What a backup is written to."""

    def write(self, data: bytes, /) -> object:
        """Take these bytes behind those before them."""


class TapeWriter:
    """Writes a backup to a file, piece by piece."""

    def __init__(self, file: Sink) -> None:
        self._file = file
        self._hash = blake2b(digest_size=HASH)
        self._put(MAGIC)

    def head(self, head: Head) -> None:
        """The first record."""
        self._record(Kind.HEAD, head.to_bytes())

    def row(self, table: int, values: Sequence[Value]) -> None:
        """A row of the table with this number."""
        self._record(Kind.ROW, bytes([table]) + b"".join(map(_write, values)))

    def part(self, part: PartBytes) -> None:
        """The bytes of a part."""
        self._record(Kind.PART, part.day.isoformat().encode("ascii") + part.sealed)

    def end(self) -> None:
        """The last record, and the hash."""
        self._record(Kind.END, b"")
        self._file.write(self._hash.digest())

    def _record(self, kind: Kind, content: bytes) -> None:
        self._put(_FRAME.pack(kind, len(content)) + content)

    def _put(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)


def verify(file: BinaryIO) -> None:
    """Read the whole file against its hash. Raises ``NotABackup``, ``DamagedBackup``, ``OSError``.

    Leaves the file where :func:`read` begins.
    """
    size = file.seek(0, 2)
    file.seek(0)
    if file.read(len(MAGIC)) != MAGIC:
        raise NotABackup
    rest = size - len(MAGIC) - HASH
    digest = blake2b(MAGIC, digest_size=HASH)
    while rest > 0:
        piece = file.read(min(rest, MIB))
        if not piece:
            break
        digest.update(piece)
        rest -= len(piece)
    if file.read() != digest.digest():
        raise DamagedBackup
    file.seek(0)


def read(file: BinaryIO) -> Iterator[Head | Row | PartBytes]:
    """The records of a verified file: the head, then the rest. Raises ``DamagedBackup``."""
    file.seek(len(MAGIC))
    try:
        kind, content = _next(file)
        if kind is not Kind.HEAD:
            raise DamagedBackup
        yield Head.from_bytes(content)
        while True:
            kind, content = _next(file)
            if kind is Kind.ROW:
                yield Row(content[0], tuple(_values(content)))
            elif kind is Kind.PART:
                yield PartBytes(_day(content[:DAY]), content[DAY:])
            else:
                break
    except (Malformed, ValueError, IndexError, struct.error):
        raise DamagedBackup from None
    if kind is not Kind.END or content or len(file.read()) != HASH:
        raise DamagedBackup


def _next(file: BinaryIO) -> tuple[Kind, bytes]:
    kind, length = _FRAME.unpack(file.read(_FRAME.size))
    if length > LARGEST_RECORD:
        raise DamagedBackup
    content = file.read(length)
    if len(content) != length:
        raise DamagedBackup
    return Kind(kind), content


def _write(value: Value) -> bytes:
    if value is None:
        return bytes([_Type.NOTHING])
    if isinstance(value, int):
        return _INTEGER.pack(_Type.INTEGER, value)
    if isinstance(value, date):
        return bytes([_Type.DAY]) + value.isoformat().encode("ascii")
    return _BYTES.pack(_Type.BYTES, len(value)) + value


def _values(content: bytes) -> Iterator[Value]:
    offset = 1
    while offset < len(content):
        kind = _Type(content[offset])
        if kind is _Type.NOTHING:
            offset += 1
            yield None
        elif kind is _Type.INTEGER:
            yield _INTEGER.unpack_from(content, offset)[1]
            offset += _INTEGER.size
        elif kind is _Type.DAY:
            yield _day(content[offset + 1 : offset + 1 + DAY])
            offset += 1 + DAY
        else:
            length = _BYTES.unpack_from(content, offset)[1]
            offset += _BYTES.size + length
            if offset > len(content):
                raise DamagedBackup
            yield content[offset - length : offset]


def _day(text: bytes) -> date:
    if len(text) != DAY:
        raise DamagedBackup
    return date.fromisoformat(text.decode("ascii"))
