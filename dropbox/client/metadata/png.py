"""PNG and APNG (W3C PNG, third edition): a signature and chunks.

89 "PNG" 0D 0A 1A 0A ‖ [length(4) ‖ type(4) ‖ data ‖ CRC-32(4)] … ‖ IEND
"""

import zlib
from typing import Final

from dropbox.client.metadata.exif import only_orientation, read_whole_exif
from dropbox.client.metadata.findings import Findings, Kind
from dropbox.client.metadata.profile import keep_profile
from dropbox.client.metadata.view import Unreadable, View, attempt, inflate, read_text
from dropbox.client.metadata.xmp import read_xmp

_SIGNATURE: Final = 8
_LARGEST_TEXT: Final = 256 * 1024
_LARGEST_PROFILE: Final = 4 * 1024 * 1024
_MOST_TEXTS: Final = 100
# What is drawn, and how its colours are meant.
_KEPT: Final = frozenset(b"IHDR PLTE tRNS gAMA sRGB cICP IDAT acTL fcTL fdAT IEND".split())
# Hints that no decoder needs and that name nobody.
_HARMLESS: Final = frozenset(b"pHYs bKGD sBIT hIST sPLT".split())
# The primaries of sRGB; others can be those of one screen.
_PRIMARIES: Final = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
_KEYWORDS: Final = {
    "author": Kind.AUTHOR,
    "copyright": Kind.AUTHOR,
    "artist": Kind.AUTHOR,
    "creation time": Kind.DATE,
    "date:create": Kind.DATE,
    "date:modify": Kind.DATE,
    "date:timestamp": Kind.DATE,
    "software": Kind.SOFTWARE,
    "source": Kind.DEVICE,
    "title": Kind.TITLE,
    "description": Kind.TITLE,
}


def read_png(data: bytes, found: Findings) -> bytes | None:
    """Note what a PNG holds besides its picture; the picture without that: see ``read_jpeg``."""
    view, at, texts = View(data), _SIGNATURE, 0
    kept = [view.slice(0, _SIGNATURE)]
    while True:
        kind = view.slice(at + 4, 4)
        content = view.slice(at + 8, view.u32(at))
        chunk = view.slice(at, 12 + len(content))
        if at == _SIGNATURE and kind != b"IHDR":
            raise Unreadable
        at += len(chunk)
        if kind in _KEPT:
            kept.append(chunk)
        elif kind < b"a":
            return None  # a decoder has to know it, and we do not
        elif kind.endswith(b"Xt") and texts < _MOST_TEXTS:
            texts += 1
            with attempt(found):
                _read_text(kind, content, found)
        else:
            kept.append(_read_chunk(kind, content, found))
        if kind == b"IEND":
            if at < len(data):
                found.add(Kind.TRAILING)
            return b"".join(kept)


def _read_chunk(kind: bytes, data: bytes, found: Findings) -> bytes:
    """Note what a chunk says that a decoder does without; what stays of it."""
    with attempt(found):
        if kind == b"eXIf":
            orientation = read_whole_exif(data, found)
            return _made(b"eXIf", only_orientation(orientation)) if orientation > 1 else b""
        if kind == b"iCCP":
            profile = keep_profile(inflate(_behind_name(data), _LARGEST_PROFILE), found)
            return b"" if profile is None else _made(b"iCCP", b"ICC\0\0" + zlib.compress(profile))
        if kind == b"cHRM":
            if data == b"".join(each.to_bytes(4) for each in _PRIMARIES):
                return _made(kind, data)
            found.add(Kind.PROFILE)
        elif kind == b"tIME":
            found.add(Kind.DATE, _time(View(data)))
        elif kind not in _HARMLESS:
            found.add(Kind.OTHER)
    return b""


def _behind_name(data: bytes) -> bytes:
    """name ‖ 0 ‖ 0 ‖ what is compressed"""
    return data[data.find(b"\0") + 2 :]


def _time(view: View) -> str:
    month, day, hour, minute, second = (view.u8(at) for at in range(2, 7))
    return f"{view.u16(0)}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"


def _read_text(kind: bytes, data: bytes, found: Findings) -> None:
    """keyword ‖ 0 ‖ text, in three forms; two can be compressed."""
    name, zero, content = data.partition(b"\0")
    packed = kind == b"zTXt"
    if packed:
        content = content[1:]
    if kind == b"iTXt":
        packed = content[:1] == b"\x01"
        _, first, rest = content[2:].partition(b"\0")
        _, second, content = rest.partition(b"\0")
        zero = zero and first and second
    if not zero:
        raise Unreadable
    if packed:
        content = inflate(content, _LARGEST_TEXT)
    if name == b"XML:com.adobe.xmp":
        read_xmp(content, found)
    elif name.startswith(b"Raw profile type "):
        found.add(Kind.OTHER)
    else:
        keyword = name.decode("latin-1").lower()
        found.add(_KEYWORDS.get(keyword, Kind.COMMENT), read_text(content[:4000]))


def _made(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)
