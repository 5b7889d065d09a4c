"""JPEG (ITU-T T.81): segments before, between and behind the compressed picture.

FF D8 ‖ [FF marker ‖ length(2), which counts itself ‖ data] … ‖ FF DA … compressed … ‖ FF D9
"""

import re
from typing import Final

from dropbox.client.metadata.exif import only_orientation, read_whole_exif
from dropbox.client.metadata.findings import Findings, Kind
from dropbox.client.metadata.iptc import read_resources
from dropbox.client.metadata.profile import keep_profile
from dropbox.client.metadata.view import View, attempt
from dropbox.client.metadata.xmp import read_xmp

_END, _SCAN, _COMMENT, _ADOBE = 0xD9, 0xDA, 0xFE, 0xEE
_CODING: Final = (frozenset(range(0xC0, 0xD0)) - {0xC8}) | frozenset(range(0xDA, 0xE0))
# FF 00 is a byte of the picture, D0 to D7 restart it.
_NEXT_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
_EXIF: Final = b"Exif\0\0"
_XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
_MORE_XMP: Final = b"http://ns.adobe.com/xmp/extension/\0"
_PROFILE: Final = b"ICC_PROFILE\0"
_RESOURCES: Final = b"Photoshop 3.0\0"
_LARGEST_SEGMENT: Final = 65_533
# "JFIF" ‖ 0 ‖ version 1.1 ‖ no unit ‖ 1 × 1 ‖ no thumbnail
_PLAIN_JFIF: Final = b"JFIF\0\x01\x01\x00\x00\x01\x00\x01\x00\x00"


def read_jpeg(data: bytes, found: Findings) -> bytes | None:
    """Note what a JPEG holds besides its picture; the picture without all that.

    It is the same to the pixel. None where it has something that is not understood. Raises
    ``Unreadable`` where the file breaks off.
    """
    view, at = View(data), 2
    pieces: list[bytes] = []
    extras = _Extras(found)
    while view.u8(at) == 0xFF:
        marker = view.u8(at + 1)
        if marker == 0xFF:
            at += 1  # may be filled with these
            continue
        if marker == _END:
            if at + 2 < len(data):
                found.add(Kind.TRAILING)
            return b"".join((data[:2], *extras.kept(), *pieces, data[at : at + 2]))
        length = view.u16(at + 2)
        content = view.slice(at + 4, length - 2)
        end = at + 2 + length
        if marker == _SCAN:
            following = _NEXT_MARKER.search(data, end)
            end = following.start() if following else len(data)
        if marker in _CODING:
            pieces.append(data[at:end])
        else:
            extras.read(marker, content)
        at = end
    found.add(Kind.UNREAD)
    return None


class _Extras:
    """The segments a decoder does without: noted, and what little of them stays."""

    def __init__(self, found: Findings) -> None:
        self._found = found
        self._orientation = 0
        self._jfif = False
        self._adobe = b""
        self._profile: dict[int, bytes] = {}

    def read(self, marker: int, data: bytes) -> None:
        found = self._found
        if marker == _COMMENT:
            found.add(Kind.COMMENT, data[:1000].decode("utf-8", "replace"))
        elif marker == _ADOBE and data[:5] == b"Adobe" and len(data) == 12:
            self._adobe = data  # says how colours are stored
        elif data.startswith(b"JFIF\0"):
            self._jfif = True
            if len(data) > len(_PLAIN_JFIF):
                found.add(Kind.THUMBNAIL)
        elif data.startswith(b"JFXX\0"):
            found.add(Kind.THUMBNAIL)
        elif data.startswith(b"MPF\0"):
            found.add(Kind.SECOND_PICTURE)
        else:
            self._read_documents(data)

    def _read_documents(self, data: bytes) -> None:
        found = self._found
        if data.startswith(_EXIF):
            with attempt(found):
                self._orientation = read_whole_exif(data[len(_EXIF) :], found) or self._orientation
        elif data.startswith(_XMP):
            read_xmp(data[len(_XMP) :], found)
        elif data.startswith(_MORE_XMP):
            read_xmp(data[len(_MORE_XMP) + 40 :], found)
        elif data.startswith(_PROFILE):
            rest = data[len(_PROFILE) :]
            self._profile[rest[0] if rest else 0] = rest[2:]
        elif data.startswith(_RESOURCES):
            with attempt(found):
                read_resources(data[len(_RESOURCES) :], found)
        else:
            found.add(Kind.OTHER)

    def kept(self) -> list[bytes]:
        """What stays, made anew."""
        kept = []
        if self._jfif:
            kept.append(_segment(0xE0, _PLAIN_JFIF))
        if self._orientation > 1:
            kept.append(_segment(0xE1, _EXIF + only_orientation(self._orientation)))
        if self._profile:
            whole = b"".join(self._profile[number] for number in sorted(self._profile))
            profile = keep_profile(whole, self._found)
            if profile is not None and len(profile) < _LARGEST_SEGMENT - len(_PROFILE):
                kept.append(_segment(0xE2, _PROFILE + b"\x01\x01" + profile))
        if self._adobe:
            kept.append(_segment(_ADOBE, self._adobe))
        return kept


def _segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2) + data
