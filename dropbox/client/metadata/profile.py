"""Colour profiles (ICC.1): the twin of ``profile.js``.

One that is made for everybody is kept, cut down to its numbers; any other can be of one screen or
scanner and tells of its owner.

    header(128) ‖ count(4) ‖ [signature(4) ‖ offset(4) ‖ length(4)] … ‖ data
"""

from typing import Final

from dropbox.client.metadata.findings import Findings, Kind
from dropbox.client.metadata.view import Unreadable, View, read_text

_LARGEST: Final = 64 * 1024
_MOST_TAGS: Final = 100
_HEADER: Final = 128
_STANDARD: Final = frozenset(
    {
        "sRGB",
        "sRGB built-in",
        "sRGB IEC61966-2.1",
        "sRGB2014",
        "c2",
        "c2ci",
        "uRGB",
        "Display P3",
        "Adobe RGB (1998)",
        "ProPhoto RGB",
        "Generic Gray Gamma 2.2 Profile",
        "Gray Gamma 2.2",
        "Dot Gain 20%",
    }
)
_NUMBERS: Final = b"rXYZ gXYZ bXYZ rTRC gTRC bTRC kTRC wtpt bkpt chad".split()
# Fields of the header that name a maker, a program, a machine or a day: from, to.
_NAMING: Final = ((4, 8), (24, 36), (40, 64), (80, 128))


def keep_profile(data: bytes, found: Findings) -> bytes | None:
    """What to keep of a profile, if anything; notes one that is not for everybody."""
    try:
        view = View(data)
        view.slice(0, _HEADER)
        tags = _tags(view)
        name = _described(tags[b"desc"]) if b"desc" in tags else ""
    except Unreadable:
        found.add(Kind.PROFILE)
        return None
    if name not in _STANDARD or len(view) > _LARGEST:
        found.add(Kind.PROFILE, name)
        return None
    return _only_numbers(data, name, tags)


def _tags(view: View) -> dict[bytes, bytes]:
    tags = {}
    for index in range(min(view.u32(_HEADER), _MOST_TAGS)):
        at = _HEADER + 4 + 12 * index
        tags[view.slice(at, 4)] = view.slice(view.u32(at + 4), view.u32(at + 8))
    return tags


def _described(data: bytes) -> str:
    view = View(data)
    if view.slice(0, 4) != b"mluc":
        return read_text(view.slice(12, view.u32(8))).strip()
    letters = view.slice(view.u32(24), view.u32(20) & ~1)
    return letters.decode("utf-16-be", "replace").strip()


def _only_numbers(data: bytes, name: str, tags: dict[bytes, bytes]) -> bytes:
    letters = name.encode("ascii") + b"\0"
    described = b"desc" + bytes(4) + len(letters).to_bytes(4) + letters + bytes(78)
    kept = {b"desc": described} | {tag: tags[tag] for tag in _NUMBERS if tag in tags}
    header = bytearray(data[:_HEADER])
    for start, end in _NAMING:
        header[start:end] = bytes(end - start)
    header[36:40] = b"acsp"
    table = len(kept).to_bytes(4)
    content = b""
    start = _HEADER + 4 + 12 * len(kept)
    for tag, value in kept.items():
        table += tag + (start + len(content)).to_bytes(4) + len(value).to_bytes(4)
        content += value + bytes(-len(value) % 4)
    header[:4] = (start + len(content)).to_bytes(4)
    return bytes(header) + table + content
