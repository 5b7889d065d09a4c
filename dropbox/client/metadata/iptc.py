"""What picture editors keep in a JPEG: Photoshop's resources, and IPTC within them.

resource: "8BIM" ‖ id(2) ‖ name (length, characters, filled to even) ‖ length(4) ‖ data
IPTC data set: 0x1C ‖ record ‖ number ‖ length(2) ‖ data
"""

from typing import Final

from dropbox.client.metadata.findings import Findings, Kind
from dropbox.client.metadata.view import Unreadable, View, read_text

_IPTC: Final = 0x0404
_THUMBNAILS: Final = (0x0409, 0x040C)
_VERSION: Final = (2, 0)
_MOST: Final = 1000
_KINDS: Final = {
    **dict.fromkeys((5, 25, 105, 120), Kind.TITLE),
    **dict.fromkeys((55, 60, 62), Kind.DATE),
    65: Kind.SOFTWARE,
    **dict.fromkeys((80, 110, 115, 116, 122), Kind.AUTHOR),
    **dict.fromkeys((90, 92, 95, 101), Kind.PLACE),
}


def read_resources(data: bytes, found: Findings) -> None:
    """Note what the resources say. ``data``: behind "Photoshop 3.0" and its zero."""
    view, at = View(data), 0
    for _ in range(_MOST):
        if at + 12 > len(view):
            break
        if view.slice(at, 4) != b"8BIM":
            raise Unreadable
        identifier, name = view.u16(at + 4), view.u8(at + 6) + 1
        if name > 1:
            found.add(Kind.OTHER)
        start = at + 6 + name + name % 2
        content = view.slice(start + 4, view.u32(start))
        if identifier == _IPTC:
            _read_iptc(content, found)
        else:
            found.add(Kind.THUMBNAIL if identifier in _THUMBNAILS else Kind.OTHER)
        at = start + 4 + len(content) + len(content) % 2
    _note_rest(data[at:], found)


def _read_iptc(data: bytes, found: Findings) -> None:
    view, at = View(data), 0
    for _ in range(_MOST):
        if at + 5 > len(view) or view.u8(at) != 0x1C:
            break
        content = view.slice(at + 5, view.u16(at + 3))
        record, number = view.u8(at + 1), view.u8(at + 2)
        if record == 2 and number in _KINDS:
            found.add(_KINDS[number], read_text(content))
        elif (record, number) != _VERSION or len(content) > 2:
            found.add(Kind.OTHER)
        at += 5 + len(content)
    _note_rest(data[at:], found)


def _note_rest(data: bytes, found: Findings) -> None:
    """What stands behind the last one, but for zeros that fill it."""
    if any(data):
        found.add(Kind.OTHER)
