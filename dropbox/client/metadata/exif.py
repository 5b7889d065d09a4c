"""Exif: what a camera or a program writes into a picture: the twin of ``exif.js``.

"II" or "MM" ‖ 42(2) ‖ offset(4) ─► directory: count(2) ‖ entries(12 each) ‖ next(4)
entry: tag(2) ‖ type(2) ‖ count(4) ‖ value or its offset(4)
"""

from dataclasses import dataclass
from typing import Final

from dropbox.client.metadata.findings import Findings, Kind
from dropbox.client.metadata.view import Unreadable, View, read_text, read_wide

_MOST_ENTRIES: Final = 512
_SIZES: Final = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8)
_ORIENTATION: Final = 0x0112
_EXIF, _GPS = 0x8769, 0x8825
_COMMENT: Final = 0x9286
_WIDE: Final = range(0x9C9B, 0x9CA0)
_KINDS: Final = {
    0x010E: Kind.TITLE,
    0x010F: Kind.DEVICE,
    0x0110: Kind.DEVICE,
    0x0131: Kind.SOFTWARE,
    0x0132: Kind.DATE,
    0x013B: Kind.AUTHOR,
    0x013C: Kind.DEVICE,
    0x02BC: Kind.OTHER,  # XMP in TIFF
    0x8298: Kind.AUTHOR,  # copyright
    0x83BB: Kind.OTHER,  # IPTC in TIFF
    0x9003: Kind.DATE,
    0x9004: Kind.DATE,
    0x9286: Kind.COMMENT,
    0x9C9B: Kind.TITLE,
    0x9C9C: Kind.COMMENT,
    0x9C9D: Kind.AUTHOR,
    0x9C9E: Kind.TITLE,
    0x9C9F: Kind.TITLE,
    0xA420: Kind.IDENTIFIER,
    0xA430: Kind.AUTHOR,  # owner
    0xA431: Kind.SERIAL,
    0xA433: Kind.DEVICE,
    0xA434: Kind.DEVICE,
    0xA435: Kind.SERIAL,
}
_THUMBNAIL: Final = (0x0201, 0x0111)
_SMALL, _SMALL_LENGTH = 0x0201, 0x0202
_INTEROPERABILITY: Final = 0xA005
_MOST_INTEROPERABLE: Final = 5
_LARGEST: Final = 64 * 1024
_LONGEST_HARMLESS: Final = 64
# How a picture is packed and to be shown, which says nothing of anybody.
_HARMLESS: Final = frozenset(
    {
        *(0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x0111, 0x0112, 0x0115, 0x0116, 0x0117),
        *(0x011A, 0x011B, 0x011C, 0x0128, 0x0153, 0x0201, 0x0202, 0x0213, 0x0214, 0x8769),
        *(0x8825, 0x9000, 0x9101, 0xA000, 0xA001, 0xA002, 0xA003, 0xA005),
    }
)


@dataclass(frozen=True)
class _Directory:
    """``entries``: tag → where its entry stands. ``next``: where the next directory does, or 0."""

    entries: dict[int, int]
    next: int


def read_exif(data: bytes, found: Findings) -> int:
    """Note what Exif says; which way up the picture is, 1 to 8, or 0 where it is not said.

    Raises ``Unreadable``.
    """
    if data[:2] not in (b"II", b"MM"):
        raise Unreadable
    view = View(data, "little" if data[:2] == b"II" else "big")
    if view.u16(2) != 42:
        raise Unreadable
    first = _directory(view, view.u32(4))
    _read_names(view, first, found)
    turned = first.entries.get(_ORIENTATION)
    orientation = 0 if turned is None else view.u16(turned + 8)
    if (at := first.entries.get(_EXIF)) is not None:
        _read_names(view, _directory(view, view.u32(at + 8)), found)
    if (at := first.entries.get(_GPS)) is not None:
        gps = _directory(view, view.u32(at + 8))
        if gps.entries:
            found.add(Kind.PLACE, _place(view, gps))
    if first.next:
        second = _directory(view, first.next)
        if any(tag in second.entries for tag in _THUMBNAIL):
            found.add(Kind.THUMBNAIL)
        _read_names(view, second, found)
    return orientation if 1 <= orientation <= 8 else 0


def read_whole_exif(data: bytes, found: Findings) -> int:
    """``read_exif`` where nothing else may stand in ``data``: what no entry names is noted too."""
    orientation = read_exif(data, found)
    if len(data) > _LARGEST or _has_more(data):
        found.add(Kind.OTHER)
    return orientation


def _has_more(data: bytes) -> bool:
    """Whether there are bytes besides directories, values and the thumbnail; zeros are none."""
    view = View(data, "little" if data[:2] == b"II" else "big")
    rest = bytearray(data)
    rest[:8] = bytes(8)
    for start in _starts(view):
        directory = _directory(view, start)
        _clear(rest, start, 6 + 12 * view.u16(start))
        for tag, entry in directory.entries.items():
            length = _length(view, entry)
            noted = tag not in _HARMLESS
            if length > 4 and (noted or length <= _LONGEST_HARMLESS):
                _clear(rest, view.u32(entry + 8), length)
        if _SMALL in directory.entries and _SMALL_LENGTH in directory.entries:
            where, size = (directory.entries[tag] + 8 for tag in (_SMALL, _SMALL_LENGTH))
            _clear(rest, view.u32(where), view.u32(size))
    return any(rest)


def _starts(view: View) -> list[int]:
    """Where the directories begin that are looked at."""
    starts = [view.u32(4)]
    first = _directory(view, starts[0])
    if first.next:
        starts.append(first.next)
    if (at := first.entries.get(_GPS)) is not None:
        starts.append(view.u32(at + 8))
    if (at := first.entries.get(_EXIF)) is not None:
        starts.append(view.u32(at + 8))
        inner = _directory(view, starts[-1]).entries.get(_INTEROPERABILITY)
        if inner is not None and view.u16(view.u32(inner + 8)) <= _MOST_INTEROPERABLE:
            starts.append(view.u32(inner + 8))
    return starts


def _clear(rest: bytearray, start: int, length: int) -> None:
    end = min(start + length, len(rest))
    if start < end:
        rest[start:end] = bytes(end - start)


def only_orientation(orientation: int) -> bytes:
    """Exif that says which way up a picture is and nothing else: 26 bytes."""
    entry = b"\x01\x12\x00\x03\x00\x00\x00\x01\x00" + bytes([orientation, 0, 0])
    return b"MM\x00*\x00\x00\x00\x08\x00\x01" + entry + bytes(4)


def _directory(view: View, at: int) -> _Directory:
    count = view.u16(at)
    if count > _MOST_ENTRIES:
        raise Unreadable
    starts = [at + 2 + 12 * index for index in range(count)]
    for start in starts:
        view.slice(start, 12)
    end = at + 2 + 12 * count
    following = view.u32(end) if end + 4 <= len(view) else 0
    return _Directory({view.u16(start): start for start in starts}, following)


def _read_names(view: View, directory: _Directory, found: Findings) -> None:
    for tag, entry in directory.entries.items():
        kind = _KINDS.get(tag)
        if kind is None:
            if tag not in _HARMLESS:
                found.add(Kind.OTHER)
        elif words := _words(data := _raw(view, entry), tag):
            found.add(kind, "" if kind is Kind.OTHER else words)
        elif data[8 if tag == _COMMENT else 0 :].strip(b"\0 "):
            found.add(Kind.OTHER)


def _raw(view: View, entry: int) -> bytes:
    length = _length(view, entry)
    return view.slice(view.u32(entry + 8) if length > 4 else entry + 8, length)


def _length(view: View, entry: int) -> int:
    type_ = view.u16(entry + 2)
    return (_SIZES[type_] if type_ < len(_SIZES) else 1) * view.u32(entry + 4)


def _words(data: bytes, tag: int) -> str:
    if tag in _WIDE:
        return read_wide(data).strip()
    if tag != _COMMENT:
        return read_text(data).strip()
    if data[:7] != b"UNICODE":
        return read_text(data[8:]).strip()
    return read_wide(data[8:]).strip() or (" ? " if any(data[8:]) else "")


def _place(view: View, gps: _Directory) -> str:
    """Degrees, north and east positive; empty where they are not said in a way we know."""
    north, east = _degrees(view, gps, 1, b"S"), _degrees(view, gps, 3, b"W")
    return "" if north is None or east is None else f"{north:.5f}, {east:.5f}"


def _degrees(view: View, gps: _Directory, letter_tag: int, negative: bytes) -> float | None:
    letter, entry = gps.entries.get(letter_tag), gps.entries.get(letter_tag + 1)
    if letter is None or entry is None or view.u32(entry + 4) != 3:
        return None
    at, total = view.u32(entry + 8), 0.0
    for index, unit in enumerate((1, 60, 3600)):
        above, below = view.u32(at + 8 * index), view.u32(at + 8 * index + 4)
        total += above / below / unit if below else 0
    return -total if view.slice(letter + 8, 1) == negative else total
