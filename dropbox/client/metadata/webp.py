"""WebP (RFC 9649): chunks in a RIFF, filled to even lengths; numbers begin with their lowest byte.

"RIFF" ‖ size(4) ‖ "WEBP" ‖ [type(4) ‖ length(4) ‖ data ‖ filling] …
VP8X: flags(1) ‖ 0(3) ‖ width(3) ‖ height(3)      ANMF: 16 bytes ‖ chunks of the frame
"""

from collections.abc import Iterator
from typing import Final

from dropbox.client.metadata.exif import only_orientation, read_whole_exif
from dropbox.client.metadata.findings import Findings, Kind
from dropbox.client.metadata.profile import keep_profile
from dropbox.client.metadata.view import Unreadable, View, attempt
from dropbox.client.metadata.xmp import read_xmp

_HEADER: Final = 12
_FRAME: Final = 16
_PROFILE_FLAG, _EXIF_FLAG, _XMP_FLAG = 0x20, 0x08, 0x04
_DRAWN: Final = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ANIM"})


def read_webp(data: bytes, found: Findings) -> bytes | None:
    """Note what a WebP holds besides its picture; the picture without that: see ``read_jpeg``."""
    view = View(data, "little")
    end = 8 + view.u32(4)
    if end + end % 2 < len(data):
        found.add(Kind.TRAILING)
    drawn: list[bytes] = []
    extras = _Extras(found)
    for kind, content in _chunks(view.slice(0, end), _HEADER):
        if kind in _DRAWN:
            drawn.append(_chunk(kind, content))
        elif kind == b"ANMF":
            drawn.append(_chunk(kind, _frame(content, found)))
        else:
            extras.read(kind, content)
    return _whole(extras.around(drawn))


class _Extras:
    """The chunks that draw nothing: noted, and what little of them stays."""

    def __init__(self, found: Findings) -> None:
        self._found = found
        self._header: View | None = None
        self._profile: bytes | None = None
        self._orientation = 0

    def read(self, kind: bytes, data: bytes) -> None:
        found = self._found
        if kind == b"VP8X":
            self._header = View(data)
        elif kind == b"ICCP":
            self._profile = keep_profile(data, found)
        elif kind == b"XMP ":
            read_xmp(data, found)
        elif kind == b"EXIF":
            with attempt(found):
                # Some programs put the six bytes of JPEG's segment before it.
                self._orientation = read_whole_exif(data.removeprefix(b"Exif\0\0"), found)
        else:
            found.add(Kind.OTHER)

    def around(self, drawn: list[bytes]) -> list[bytes]:
        """All that is kept, in its order."""
        if self._header is None:
            return drawn
        flags = self._header.u8(0) & ~(_PROFILE_FLAG | _EXIF_FLAG | _XMP_FLAG)
        before, behind = [], []
        if self._profile is not None:
            flags |= _PROFILE_FLAG
            before.append(_chunk(b"ICCP", self._profile))
        if self._orientation > 1:
            flags |= _EXIF_FLAG
            behind.append(_chunk(b"EXIF", only_orientation(self._orientation)))
        extended = _chunk(b"VP8X", bytes([flags]) + self._header.slice(1, 9))
        return [extended, *before, *drawn, *behind]


def _chunks(data: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    view = View(data, "little")
    while at < len(data):
        length = view.u32(at + 4)
        yield view.slice(at, 4), view.slice(at + 8, length)
        at += 8 + length + length % 2


def _frame(data: bytes, found: Findings) -> bytes:
    """A frame of an animation with nothing in it but what is drawn."""
    kept = [View(data).slice(0, _FRAME)]
    for kind, content in _chunks(data, _FRAME):
        if kind in _DRAWN:
            kept.append(_chunk(kind, content))
        else:
            found.add(Kind.OTHER)
    return b"".join(kept)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2)


def _whole(chunks: list[bytes]) -> bytes:
    if not chunks:
        raise Unreadable
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
