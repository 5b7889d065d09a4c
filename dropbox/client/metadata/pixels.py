"""Whether two pictures show the same: what is sent in place of a picture has to."""

import warnings
from io import BytesIO
from typing import Final

from PIL import Image, ImageFile, ImageSequence
from PIL.JpegImagePlugin import JpegImageFile

_MOST_PIXELS: Final = 200_000_000
_FORMATS: Final = ("PNG", "WEBP")
_DAMAGED: Final = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)


def same_pixels(one: bytes, other: bytes) -> bool:
    """Whether both decode, frame by frame, to the same pixels.

    False as well for what cannot be decoded or has more than 200 million pixels.
    """
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            _open(one) as first,
            _open(other) as second,
        ):
            frames = getattr(first, "n_frames", 1)
            if first.width * first.height * frames > _MOST_PIXELS:
                return False
            if frames != getattr(second, "n_frames", 1):
                return False
            pairs = zip(ImageSequence.Iterator(first), ImageSequence.Iterator(second), strict=True)
            return all(
                (before.mode, before.size, before.tobytes())
                == (after.mode, after.size, after.tobytes())
                for before, after in pairs
            )
    except _DAMAGED:
        return False


def _open(data: bytes) -> ImageFile.ImageFile:
    """Of a JPEG with a second picture behind the first, the first alone."""
    if data.startswith(b"\xff\xd8"):
        return JpegImageFile(BytesIO(data))
    return Image.open(BytesIO(data), formats=_FORMATS)
