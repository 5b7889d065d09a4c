"""Pictures: decoded, made smaller, and given away as pixels."""

from typing import BinaryIO, Final

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from inbox_ui.preview import limits
from inbox_ui.preview.saying import Say
from inbox_ui.preview.sight import Note

# What decodes, and nothing else of Pillow: here, because nothing is imported in the jail.
_DECODERS: Final = (
    BmpImagePlugin, GifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin,
    TiffImagePlugin, WebPImagePlugin,
)  # fmt: skip
_FORMATS: Final = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
Image.preinit()
_DEEP: Final = ("I;16", "I;16B", "I;16L", "I")
_PAPER: Final = "white"


def show(file: BinaryIO, say: Say) -> None:
    """The first picture of the file. How many pixels it has is looked at before it is decoded."""
    Image.MAX_IMAGE_PIXELS = None  # limits.PIXELS is ours, and is asked below
    file.seek(0)
    with Image.open(file, formats=_FORMATS) as picture:
        width, height = picture.size
        picture.draft("RGB", (limits.SIDE, limits.SIDE))  # JPEG: decoded smaller at once
        if picture.width * picture.height > limits.PIXELS:
            say.note(Note.TOO_MANY_PIXELS, f"{width:,} × {height:,}")
            return
        pixels = _turned(picture)
        say.picture(pixels.width, pixels.height, pixels.tobytes())
        if max(width, height) > limits.SIDE:
            say.note(Note.SMALLER, f"{width:,} × {height:,}")
        frames = getattr(picture, "n_frames", 1)
        if frames > 1:
            say.note(Note.MORE_PICTURES, frames)


def _turned(picture: Image.Image) -> Image.Image:
    """Red, green and blue on white paper, the right side up, and no larger than is shown."""
    if picture.mode in _DEEP:
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif picture.mode == "P" or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    picture.thumbnail((limits.SIDE, limits.SIDE))
    picture = ImageOps.exif_transpose(picture)
    if picture.mode in ("RGBA", "LA", "PA"):
        picture = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, _PAPER)
        picture = Image.alpha_composite(paper, picture)
    return picture.convert("RGB")
