"""Reading bytes that somebody else made: every read is checked, and every amount has a limit."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from dropbox.client.metadata.findings import Findings, Kind


class Unreadable(Exception):
    """A file, or a part of it, is not what its kind promises, or is more than is looked at."""


class View:
    """Bytes with numbers in them. Reading beyond the end raises ``Unreadable``."""

    def __init__(self, data: bytes, order: Literal["big", "little"] = "big") -> None:
        self.data = data
        self._order = order

    def __len__(self) -> int:
        return len(self.data)

    def u8(self, at: int) -> int:
        """The byte at ``at``."""
        return self.slice(at, 1)[0]

    def u16(self, at: int) -> int:
        """Two bytes as a number."""
        return int.from_bytes(self.slice(at, 2), self._order)

    def u32(self, at: int) -> int:
        """Four bytes as a number."""
        return int.from_bytes(self.slice(at, 4), self._order)

    def slice(self, at: int, length: int) -> bytes:
        """Exactly ``length`` bytes."""
        if at < 0 or length < 0 or at + length > len(self.data):
            raise Unreadable
        return self.data[at : at + length]


def read_text(data: bytes) -> str:
    """Text in UTF-8, or in Latin 1 where it is none, up to the first zero byte."""
    used = data.split(b"\0", 1)[0]
    try:
        return used.decode("utf-8")
    except UnicodeDecodeError:
        return used.decode("latin-1")


def read_wide(data: bytes) -> str:
    """Text in UTF-16, little end first, up to the first zero."""
    return data.decode("utf-16-le", "replace").split("\0", 1)[0]


def inflate(data: bytes, most: int) -> bytes:
    """What zlib compressed: no more than ``most`` bytes, or ``Unreadable``."""
    reader = zlib.decompressobj()
    try:
        plain = reader.decompress(data, most + 1)
    except zlib.error:
        raise Unreadable from None
    if len(plain) > most or not reader.eof:
        raise Unreadable
    return plain


@contextmanager
def attempt(found: Findings) -> Iterator[None]:
    """Note that something could not be read where it cannot."""
    try:
        yield
    except Unreadable:
        found.add(Kind.UNREAD)
