"""What the command line finds in a file and takes out of it, in memory."""

from io import BytesIO

import pytest
from PIL import Image, ImageSequence
from PIL.JpegImagePlugin import JpegImageFile

from dropbox.report.metadata.inspecting import inspect
from tests.samples import Sample, samples

SAMPLES = {each.name: each for each in samples()}
PICTURES = [each for each in samples() if each.kind in {"jpeg", "png", "webp"}]
SECRETS = (b"Penhallow", b"Invented", b"Phone 7", b"SN-0042", b"for Jo", b"4711", b"2026")


@pytest.mark.parametrize("sample", samples(), ids=lambda each: each.name)
def test_everything_a_file_says_is_found(sample: Sample) -> None:
    found = inspect(BytesIO(sample.content))
    assert found.kind == sample.kind
    assert {each.kind for each in found.findings} == sample.findings
    assert (found.stripped is not None) == sample.strippable


@pytest.mark.parametrize("sample", PICTURES, ids=lambda each: each.name)
def test_a_picture_keeps_its_pixels_and_nothing_else(sample: Sample) -> None:
    stripped = inspect(BytesIO(sample.content)).stripped
    assert stripped is not None
    assert pixels(stripped) == pixels(sample.content)
    assert turned(stripped) == turned(sample.content)
    assert inspect(BytesIO(stripped)).findings == ()
    assert not [each for each in SECRETS if each in stripped]


def pixels(data: bytes) -> list[tuple[str, tuple[int, int], bytes]]:
    with opened(data) as image:
        return [(each.mode, each.size, each.tobytes()) for each in ImageSequence.Iterator(image)]


def opened(data: bytes) -> Image.Image:
    """Of several pictures in one JPEG the first: that is the one that is shown."""
    is_jpeg = data.startswith(b"\xff\xd8")
    return JpegImageFile(BytesIO(data)) if is_jpeg else Image.open(BytesIO(data))


def turned(data: bytes) -> int:
    with opened(data) as image:
        return int(image.getexif().get(0x0112, 1))
