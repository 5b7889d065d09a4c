"""Films and pictures of phones (ISO 14496-12, HEIF): boxes in boxes.

length(4), which counts itself, 1 for a longer one behind the name ‖ name(4) ‖ content
"""

import re
from datetime import UTC, datetime
from typing import BinaryIO, Final

from dropbox.client.metadata.exif import read_exif
from dropbox.client.metadata.findings import Findings, Kind
from dropbox.client.metadata.markup import values
from dropbox.client.metadata.view import Unreadable, View
from dropbox.client.metadata.xmp import read_xmp

_MOST_BOXES: Final = 1000
_LARGEST_MOVIE: Final = 16 * 1024 * 1024
_PICTURE_HEAD: Final = 8 * 1024 * 1024
_MOST_XMP: Final = 256 * 1024
_PICTURES: Final = (b"hei", b"hev", b"mif", b"msf", b"avi")
_EPOCH: Final = 2_082_844_800  # seconds from 1904 to 1970
# A position as ISO 6709 writes it.
_POSITION: Final = re.compile(
    rb"[+-]\d{2,6}(?:\.\d+)?[+-]\d{3,7}(?:\.\d+)?(?:[+-]\d+(?:\.\d+)?)?[^/]{0,20}/"
)
_TEXTS: Final = (
    (rb"\xa9mak|com\.apple\.quicktime\.make|com\.android\.manufacturer", Kind.DEVICE),
    (rb"\xa9mod|com\.apple\.quicktime\.model|com\.android\.model", Kind.DEVICE),
    (rb"\xa9swr|\xa9too|com\.apple\.quicktime\.software|com\.android\.version", Kind.SOFTWARE),
    (rb"\xa9day|com\.apple\.quicktime\.creationdate", Kind.DATE),
    (rb"\xa9ART|\xa9aut|com\.apple\.quicktime\.author", Kind.AUTHOR),
    (rb"\xa9cmt|\xa9des", Kind.COMMENT),
    (rb"\xa9nam", Kind.TITLE),
)


def read_boxes(file: BinaryIO, found: Findings) -> None:
    """Note what a film, or a picture in HEIF, holds besides what it shows.

    Its place is looked for where it usually stands; it may still stand elsewhere. Raises
    ``Unreadable``.
    """
    file.seek(8)
    if file.read(3) in _PICTURES:
        _read_head(file, found)
    else:
        _read_movie(file, found)
    if all(each.kind is not Kind.PLACE for each in found.list()):
        found.add(Kind.MAY_PLACE)


def _read_head(file: BinaryIO, found: Findings) -> None:
    """Exif and XMP stand somewhere near the beginning of a picture."""
    file.seek(0)
    data = file.read(_PICTURE_HEAD)
    if exif := re.search(rb"Exif\0\0(?=II\*\0|MM\0\*)", data):
        read_exif(data[exif.end() :], found)
    if (at := data.find(b"<x:xmpmeta")) >= 0:
        read_xmp(data[at : at + _MOST_XMP].split(b"</x:xmpmeta>", 1)[0], found)


def _read_movie(file: BinaryIO, found: Findings) -> None:
    size = file.seek(0, 2)
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 8 > size:
            break
        file.seek(at)
        head = View(file.read(16))
        name, length = head.slice(4, 4), head.u32(0)
        if length == 1:
            length = int.from_bytes(head.slice(8, 8))
        length = length or size - at
        if length < 8:
            raise Unreadable
        if name in (b"moov", b"meta"):
            if length > _LARGEST_MOVIE:
                found.add(Kind.UNREAD)
            file.seek(at)
            _read_texts(file.read(min(length, _LARGEST_MOVIE)), found)
        at += length


def _read_texts(data: bytes, found: Findings) -> None:
    if place := _POSITION.search(data):
        found.add(Kind.PLACE, place[0][:-1].decode("latin-1"))
    for pattern, kind in _TEXTS:
        if re.search(pattern, data):
            found.add(kind)
    header = data.find(b"mvhd")
    if header >= 0 and data[header + 4 : header + 5] == b"\0":
        seconds = View(data).u32(header + 8) - _EPOCH
        if seconds > 0:
            day = datetime.fromtimestamp(seconds, UTC)
            found.add(Kind.DATE, f"{day:%Y-%m-%dT%H:%M:%SZ}")
    found.add_each(Kind.SOFTWARE, values(data.decode("latin-1"), "xmp:CreatorTool"))
