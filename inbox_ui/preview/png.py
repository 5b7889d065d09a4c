"""PNG (RFC 2083), written by us: the only bytes of a file's pictures that a browser ever gets.

signature ‖ IHDR ‖ IDAT ‖ IEND, each of these length(4) ‖ name(4) ‖ data ‖ CRC-32(4)
"""

import struct
import zlib
from typing import Final

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_EIGHT_BITS, _RGB = 8, 2
_SIZE_AT, _LENGTH_AT, _DATA_AT = 16, 33, 41
"""Bytes before the sides in ``IHDR``, and before the length and the data of ``IDAT``."""
_LEVEL: Final = 1
"""Fast: it goes to a browser on the same machine."""


def write_png(width: int, height: int, rows: bytes) -> bytes:
    """The picture; ``rows`` are ``height`` times ``width`` × red, green, blue, a byte each."""
    if len(rows) != 3 * width * height:
        raise ValueError("rows of another size")
    packer, line = zlib.compressobj(_LEVEL), 3 * width
    packed = [
        packer.compress(b"\0" + rows[at : at + line]) for at in range(0, len(rows), line)
    ]  # each row after its filter: none
    head = struct.pack(">IIBBBBB", width, height, _EIGHT_BITS, _RGB, 0, 0, 0)
    data = b"".join((*packed, packer.flush()))
    return _SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def read_png(png: bytes) -> bytes:
    """The rows of a picture that :func:`write_png` wrote. It reads no other's."""
    [width] = struct.unpack_from(">I", png, _SIZE_AT)
    [length] = struct.unpack_from(">I", png, _LENGTH_AT)
    data = zlib.decompress(png[_DATA_AT : _DATA_AT + length])
    line = 1 + 3 * width
    return b"".join(data[at + 1 : at + line] for at in range(0, len(data), line))


def _chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)
