"""Whether two pictures show the same: what is sent in place of a picture has to."""

import hashlib
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from PIL import Image, ImageFile, ImageSequence
from PIL.JpegImagePlugin import JpegImageFile

_MOST_PIXELS: Final = 200_000_000
_FORMATS: Final = ("PNG", "WEBP")
_DAMAGED: Final = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
_STRIP: Final = 256
"""Rows that are copied at a time."""

_Shown = tuple[str, tuple[int, int], bytes]


def same_pixels(one: bytes, other: bytes) -> bool:
    """Whether both decode, frame by frame, to the same pixels.

    One is decoded after the other, for both at once can be more than there is memory for. False as
    well for what cannot be decoded or has more than 200 million pixels.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            return _digests(one) == _digests(other)
    except _DAMAGED:
        return False


def _digests(data: bytes) -> list[_Shown]:
    """What each frame shows: its mode, its size, and a digest of its pixels."""
    with _open(data) as picture:
        if picture.width * picture.height * getattr(picture, "n_frames", 1) > _MOST_PIXELS:
            raise ValueError("more pixels than are compared")
        return [
            (frame.mode, frame.size, _digest(frame)) for frame in ImageSequence.Iterator(picture)
        ]


def _digest(frame: Image.Image) -> bytes:
    frame.load()
    digest = hashlib.sha256()
    for strip in _strips(frame):
        digest.update(strip.tobytes())
    return digest.digest()


def _strips(frame: Image.Image) -> Iterator[Image.Image]:
    for top in range(0, frame.height, _STRIP):
        yield frame.crop((0, top, frame.width, min(top + _STRIP, frame.height)))


def _open(data: bytes) -> ImageFile.ImageFile:
    """Of a JPEG with a second picture behind the first, the first alone."""
    if data.startswith(b"\xff\xd8"):
        return JpegImageFile(BytesIO(data))
    return Image.open(BytesIO(data), formats=_FORMATS)
