"""Documents: UTF-8 JSON in exactly one form (docs/protocol.md §1).

A document is a frozen dataclass whose members are declared with :func:`member`. Its bytes are the
JSON that ``JSON.stringify`` writes of its members in their declared order. Reading decodes
strictly, checks limits, parses, builds the document, encodes it again and refuses any difference:
so there is one spelling, and ``from_bytes(d.to_bytes()) == d``.

A member's *codec* turns a value into JSON and back and refuses what does not fit, in both
directions: a document that could not be read again cannot be made.
"""

import binascii
import dataclasses
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any, ClassVar, Protocol, Self, TypeAlias, cast

from crypto.constants import DOCUMENT_BYTES, DOCUMENT_DEPTH, LARGEST_INTEGER
from crypto.errors import NotCanonical, WrongLength

_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A string, or what is left where one does not end: it always matches, so it takes linear time."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Json: TypeAlias = Any
"""What :mod:`json` gives: the one place where nothing better can be said."""


class Codec(Protocol):
    """How one member is written and read. Both directions raise ``NotCanonical``."""

    def write(self, value: Any) -> Json:
        """The JSON value of ``value``."""

    def read(self, value: Json) -> Any:
        """The Python value of the JSON ``value``."""


@dataclass(frozen=True, slots=True)
class Bytes:
    """Bytes as unpadded base64url; exactly ``length`` of them, or at most ``most``."""

    length: int | None = None
    most: int = DOCUMENT_BYTES

    def _fit(self, value: bytes) -> bool:
        if self.length is not None:
            return len(value) == self.length
        return len(value) <= self.most

    def write(self, value: bytes) -> str:
        if not isinstance(value, bytes) or not self._fit(value):
            raise NotCanonical
        return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")

    def read(self, value: Json) -> bytes:
        if not isinstance(value, str) or not value.isascii():
            raise NotCanonical
        try:
            decoded = urlsafe_b64decode(value + "=" * (-len(value) % 4))
        except binascii.Error:
            raise NotCanonical from None
        if not self._fit(decoded):
            raise NotCanonical
        return decoded


@dataclass(frozen=True, slots=True)
class Text:
    """A string without lone surrogates of ``least`` to ``most`` code points."""

    most: int
    least: int = 0

    def write(self, value: str) -> str:
        if not isinstance(value, str) or not self.least <= len(value) <= self.most:
            raise NotCanonical
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise NotCanonical from None
        return value

    read = write


@dataclass(frozen=True, slots=True)
class Matching:
    """A string that a pattern matches whole: slugs, language tags, origins."""

    pattern: str

    def write(self, value: str) -> str:
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value, re.ASCII):
            raise NotCanonical
        return value

    read = write


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number from ``least`` to ``most``, never outside 0…2⁵³−1."""

    least: int = 0
    most: int = LARGEST_INTEGER

    def write(self, value: int) -> int:
        if type(value) is not int or not self.least <= value <= self.most:
            raise NotCanonical
        return value

    read = write


@dataclass(frozen=True, slots=True)
class Flag:
    """``true`` or ``false``."""

    def write(self, value: bool) -> bool:
        if type(value) is not bool:
            raise NotCanonical
        return value

    read = write


@dataclass(frozen=True, slots=True)
class Day:
    """A date, ``YYYY-MM-DD``."""

    def write(self, value: date) -> str:
        if type(value) is not date:
            raise NotCanonical
        return value.isoformat()

    def read(self, value: Json) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise NotCanonical
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise NotCanonical from None


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of an enumeration."""

    words: type[StrEnum]

    def write(self, value: StrEnum) -> str:
        if not isinstance(value, self.words):
            raise NotCanonical
        return value.value

    def read(self, value: Json) -> StrEnum:
        if not isinstance(value, str):
            raise NotCanonical
        try:
            return self.words(value)
        except ValueError:
            raise NotCanonical from None


@dataclass(frozen=True, slots=True)
class Fixed:
    """One constant, such as a document's kind."""

    value: str | int

    def write(self, value: str | int) -> str | int:
        if type(value) is not type(self.value) or value != self.value:
            raise NotCanonical
        return value

    read = write


@dataclass(frozen=True, slots=True)
class Nullable:
    """A value or ``null``."""

    codec: Codec

    def write(self, value: Any) -> Json:
        return None if value is None else self.codec.write(value)

    def read(self, value: Json) -> Any:
        return None if value is None else self.codec.read(value)


@dataclass(frozen=True, slots=True)
class Inner:
    """A document inside a document."""

    document: "type[Document]"

    def write(self, value: "Document") -> Json:
        if type(value) is not self.document:
            raise NotCanonical
        return value.to_json()

    def read(self, value: Json) -> "Document":
        return self.document.from_json(value)


@dataclass(frozen=True, slots=True)
class List:
    """A list in its own order, of at most ``most`` values. Read as a tuple."""

    codec: Codec
    most: int

    def write(self, value: tuple[Any, ...]) -> Json:
        if type(value) is not tuple or len(value) > self.most:
            raise NotCanonical
        return [self.codec.write(each) for each in value]

    def read(self, value: Json) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > self.most:
            raise NotCanonical
        return tuple(self.codec.read(each) for each in value)


@dataclass(frozen=True, slots=True)
class SortedSet:
    """A set, written as a list that rises strictly by ``key`` (by default the JSON value)."""

    codec: Codec
    most: int
    key: Callable[[Json], Any] = lambda json_value: json_value

    def _check(self, rows: list[Json]) -> None:
        keys = [self.key(row) for row in rows]
        if any(not left < right for left, right in pairwise(keys)):
            raise NotCanonical

    def write(self, value: tuple[Any, ...]) -> Json:
        rows = cast("list[Json]", List(self.codec, self.most).write(value))
        self._check(rows)
        return rows

    def read(self, value: Json) -> tuple[Any, ...]:
        values = List(self.codec, self.most).read(value)
        self._check(value)
        return values


def rising(ids: Iterable[bytes]) -> tuple[bytes, ...]:
    """``ids`` as a :class:`SortedSet` has them: each once, by their base64url, which is not the
    order of the bytes."""
    return tuple(sorted(set(ids), key=urlsafe_b64encode))


def member(codec: Codec) -> Any:
    """Declare a document's member. Members have no defaults: all are always present."""
    return field(metadata={"codec": codec})


@dataclass(frozen=True)
class Document:
    """The base of every document. Subclasses are frozen dataclasses of :func:`member` fields.

    An instance checks itself when it is made, so an illegal one cannot exist.
    """

    _codecs: ClassVar[tuple[tuple[str, Codec], ...] | None] = None

    @classmethod
    def codecs(cls) -> tuple[tuple[str, Codec], ...]:
        """The members' names and codecs, in their order on the wire."""
        if "_codecs" not in cls.__dict__ or cls._codecs is None:
            cls._codecs = tuple(
                (each.name, each.metadata["codec"]) for each in dataclasses.fields(cls)
            )
        return cls._codecs

    def __post_init__(self) -> None:
        """Refuse, with ``NotCanonical``, what could not be read again."""
        self.to_json()
        self.check()

    def check(self) -> None:
        """Rules between members; overridden where there are any. Raises ``NotCanonical``."""

    def to_json(self) -> dict[str, Json]:
        """The members as JSON values, in the order of the schema."""
        return {name: codec.write(getattr(self, name)) for name, codec in self.codecs()}

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Build from parsed JSON, for :meth:`from_parsed` and documents inside documents.

        Every member is checked as it is read; that there is no second form is checked by whoever
        compares the encoding of the outermost document. Raises ``NotCanonical``.
        """
        codecs = cls.codecs()
        if not isinstance(value, dict) or len(value) != len(codecs):
            raise NotCanonical
        document = object.__new__(cls)  # __post_init__ would encode once more than is needed
        try:
            for name, codec in codecs:
                object.__setattr__(document, name, codec.read(value[name]))
        except KeyError:
            raise NotCanonical from None
        document.check()
        return document

    @classmethod
    def from_parsed(cls, value: Json, data: bytes) -> Self:
        """Build from ``value``, which was parsed from ``data``: the one form of this document."""
        document = cls.from_json(value)
        if document.to_bytes() != data:
            raise NotCanonical
        return document

    def to_bytes(self) -> bytes:
        """The document's one form. Raises ``WrongLength`` above 1 MiB."""
        data = stringify(self.to_json())
        if len(data) > DOCUMENT_BYTES:
            raise WrongLength
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read ``data``, which must be the one form of this document.

        Raises ``WrongLength`` above 1 MiB and ``NotCanonical`` for any other form.
        """
        return cls.from_parsed(parse(data), data)


def stringify(value: Json) -> bytes:
    """The bytes ``JSON.stringify`` would give, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def parse(data: bytes) -> Json:
    """JSON within the limits of a document, decoded strictly; not yet compared with its one form.

    Raises ``WrongLength`` above 1 MiB, ``NotCanonical`` for anything else that is wrong.
    """
    if len(data) > DOCUMENT_BYTES:
        raise WrongLength
    _check_depth(data)
    try:
        return json.loads(data.decode("utf-8"), parse_float=_refuse, parse_constant=_refuse)
    except ValueError:  # bad UTF-8, bad JSON, a BOM, and integers of more than 4,300 digits
        raise NotCanonical from None


def _refuse(_: str) -> Json:
    raise NotCanonical


def _check_depth(data: bytes) -> None:
    """Refuse nesting before the parser recurses: brackets are counted outside of strings."""
    if data.count(b"{") + data.count(b"[") <= DOCUMENT_DEPTH:
        return
    depth = 0
    for byte in _STRINGS.sub(b"", data):
        if byte in b"[{":
            depth += 1
            if depth > DOCUMENT_DEPTH:
                raise NotCanonical
        elif byte in b"]}":
            depth -= 1
