"""The only things that the process of one file can say, and what is believed of them.

    frame = tag(1) ‖ length(4) ‖ content
    P       width(4) ‖ height(4) ‖ height rows of width × red(1) green(1) blue(1)
    others  code ‖ 00 ‖ UTF-8

A code is of a fixed list, every length has a limit, and rows are exactly as many as were promised.
Anything else is ``Garbled``: the process says what no reader of ours would, and is ended.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from inbox_ui.preview import limits

_HEAD: Final = struct.Struct(">cI")
_SIZE: Final = struct.Struct(">II")
_LONGEST_CODE: Final = 20


class Tag(StrEnum):
    """What a frame is."""

    WALLS = "W"
    OPEN = "O"
    KIND = "K"
    NOTE = "N"
    FOUND = "F"
    NAME = "L"
    TEXT = "T"
    PICTURE = "P"
    COPY = "C"
    SEARCHED = "S"
    END = "E"


class Garbled(Exception):
    """Not a frame, or more than one may hold."""


@dataclass(frozen=True)
class Frame:
    """One. ``code`` and ``text`` are empty in a picture and a copy, ``data`` in the others."""

    tag: Tag
    code: str = ""
    text: str = field(default="", repr=False)
    data: bytes = field(default=b"", repr=False)
    width: int = 0
    height: int = 0

    def to_bytes(self) -> bytes:
        """The frame as it is written."""
        if self.tag is Tag.PICTURE:
            content = _SIZE.pack(self.width, self.height) + self.data
        elif self.tag is Tag.COPY:
            content = self.data
        else:
            content = f"{self.code}\0".encode() + self.text.encode("utf-8", "replace")
        return _HEAD.pack(self.tag.encode(), len(content)) + content


_LONGEST: Final[dict[Tag, int]] = {
    Tag.PICTURE: _SIZE.size + 3 * limits.SIDE * limits.SIDE,
    Tag.COPY: 2 * limits.LARGEST,
    Tag.TEXT: 4 * limits.CHARACTERS + _LONGEST_CODE,
}
_LONGEST_OTHER: Final = 4 * limits.LINE + _LONGEST_CODE


def read_frame(read: Callable[[int], bytes]) -> Frame:
    """The next one. ``read`` gives exactly as many bytes as it is asked for, or raises.

    Raises ``Garbled``.
    """
    letter, length = _HEAD.unpack(read(_HEAD.size))
    try:
        tag = Tag(letter.decode("ascii"))
    except ValueError:
        raise Garbled from None
    if length > _LONGEST.get(tag, _LONGEST_OTHER):
        raise Garbled
    if tag is Tag.PICTURE:
        return _read_picture(length, read)
    content = read(length)
    return Frame(tag, data=content) if tag is Tag.COPY else _read_words(tag, content)


def _read_picture(length: int, read: Callable[[int], bytes]) -> Frame:
    """Its sides are looked at before a byte of its rows is."""
    if length < _SIZE.size:
        raise Garbled
    width, height = _SIZE.unpack(read(_SIZE.size))
    if not (1 <= width <= limits.SIDE and 1 <= height <= limits.SIDE):
        raise Garbled
    if length != _SIZE.size + 3 * width * height:
        raise Garbled
    return Frame(Tag.PICTURE, data=read(3 * width * height), width=width, height=height)


def _read_words(tag: Tag, content: bytes) -> Frame:
    code, zero, text = content.partition(b"\0")
    if not zero or len(code) > _LONGEST_CODE:
        raise Garbled
    try:
        return Frame(tag, code.decode("ascii"), text.decode("utf-8"))
    except UnicodeDecodeError:
        raise Garbled from None
