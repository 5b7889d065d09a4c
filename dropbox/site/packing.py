"""A file of the site as it goes over the wire: as it is, and compressed by Brotli and gzip.

Compressed once, when a site is made, as hard as can be: whoever reads it over Tor waits for every
kilobyte. What comes compressed from elsewhere is unpacked within a limit.
"""

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import brotli

BROTLI: Final = "br"
GZIP: Final = "gzip"
IDENTITY: Final = "identity"
ENCODINGS: Final = (BROTLI, GZIP)
"""The best first."""
_HARD: Final = 11
_LARGE: Final = 512 * 1024
_LARGE_HARD: Final = 9
"""For what only a browser without WebAssembly loads: eleven takes seconds there."""
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS


class NotPacked(Exception):
    """Not one whole stream of this encoding, or of more bytes than were allowed."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A file, and its compressed copies by encoding: those that are shorter."""

    body: bytes = field(repr=False)
    copies: Mapping[str, bytes] = field(repr=False)

    def choose(self, accepted: str) -> tuple[str, bytes]:
        """The encoding and the bytes for whoever sends this ``Accept-Encoding``."""
        wanted = read_accepted(accepted)
        for encoding in ENCODINGS:
            if encoding in wanted and encoding in self.copies:
                return encoding, self.copies[encoding]
        return IDENTITY, self.body


@lru_cache(maxsize=256)
def pack(body: bytes) -> Packed:
    """The file with its copies. Where one page of a site changes, the others are not done again."""
    quality = _LARGE_HARD if len(body) > _LARGE else _HARD
    copies = {
        BROTLI: brotli.compress(body, mode=brotli.MODE_TEXT, quality=quality),
        GZIP: gzip.compress(body, 9, mtime=0),
    }
    shorter = {encoding: copy for encoding, copy in copies.items() if len(copy) < len(body)}
    return Packed(body, MappingProxyType(shorter))


def read_accepted(header: str) -> frozenset[str]:
    """The encodings that an ``Accept-Encoding`` names and does not forbid (RFC 9110 §12.5.3).

    Only those that are named: nobody who says ``*`` alone is sent something compressed.
    """
    wanted = set()
    for each in header.lower().split(","):
        name, *parameters = (part.strip() for part in each.split(";"))
        if not any(_is_zero(parameter) for parameter in parameters):
            wanted.add(name)
    return frozenset(wanted)


def _is_zero(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and not value.strip().strip("0.")


def unpack(data: bytes, encoding: str, most: int) -> bytes:
    """What was compressed, at most ``most`` bytes. Raises ``NotPacked``."""
    if encoding == IDENTITY:
        unpacked, whole = data, True
    elif encoding == GZIP:
        unpacked, whole = _unpack_gzip(data, most)
    elif encoding == BROTLI:
        unpacked, whole = _unpack_brotli(data, most)
    else:
        raise NotPacked
    if not whole or len(unpacked) > most:
        raise NotPacked
    return unpacked


def _unpack_gzip(data: bytes, most: int) -> tuple[bytes, bool]:
    reader = zlib.decompressobj(_GZIP_WINDOW)
    try:
        unpacked = reader.decompress(data, most + 1)
    except zlib.error:
        raise NotPacked from None
    return unpacked, reader.eof and not reader.unused_data


def _unpack_brotli(data: bytes, most: int) -> tuple[bytes, bool]:
    reader = brotli.Decompressor()
    pieces, length, given = [], 0, data
    try:
        while length <= most and not reader.is_finished():
            piece = reader.process(given, output_buffer_limit=most + 1 - length)
            if not piece and reader.can_accept_more_data():
                break  # there is no more, and it has not ended
            pieces.append(piece)
            length, given = length + len(piece), b""
    except brotli.error:  # broken, or with something behind its end
        raise NotPacked from None
    return b"".join(pieces), reader.is_finished()
