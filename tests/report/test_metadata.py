"""What the command line finds in a file and takes out of it, in memory."""

import subprocess
import sys
from io import BytesIO

import pikepdf
import pytest
from PIL import Image, ImageSequence
from PIL.JpegImagePlugin import JpegImageFile

from dropbox.client.metadata.findings import Kind
from dropbox.client.metadata.inspecting import inspect
from dropbox.client.metadata.pixels import same_pixels
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


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # the test's own look at damaged Exif
@pytest.mark.parametrize("sample", samples(), ids=lambda each: each.name)
def test_a_damaged_file_is_looked_through_and_never_sent_changed_in_what_it_shows(
    sample: Sample,
) -> None:
    content = sample.content
    step = max(1, len(content) // 40)
    for at in range(0, len(content), step):
        changed = content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
        for damaged in (content[:at], changed):
            stripped = inspect(BytesIO(damaged)).stripped
            if stripped is not None and sample in PICTURES:
                assert pixels(stripped) == pixels(damaged)


def test_a_picture_cut_short_is_not_sent_as_one_that_is_whole() -> None:
    for name in ("plain.jpg", "plain.png", "plain.webp"):
        found = inspect(BytesIO(SAMPLES[name].content[:-3]))
        assert found.stripped is None
        assert [each.kind for each in found.findings] == [Kind.UNREAD]


def test_other_pixels_would_be_seen() -> None:
    assert same_pixels(SAMPLES["plain.png"].content, SAMPLES["plain.png"].content)
    assert not same_pixels(SAMPLES["plain.png"].content, SAMPLES["palette.png"].content)
    assert not same_pixels(SAMPLES["moving.png"].content, SAMPLES["plain.png"].content)
    assert not same_pixels(SAMPLES["plain.png"].content, b"")


def test_the_pages_of_a_pdf_show_what_they_showed() -> None:
    before = SAMPLES["everything.pdf"].content
    after = inspect(BytesIO(before)).stripped
    assert after is not None
    with pikepdf.open(BytesIO(before)) as one, pikepdf.open(BytesIO(after)) as other:
        assert len(one.pages) == len(other.pages)
        [picture], [same] = (list(each.pages[0].get_images().values()) for each in (one, other))
        assert (same.Width, same.Height, same.ColorSpace) == (40, 24, "/DeviceRGB")
        assert pixels(same.read_raw_bytes()) == pixels(picture.read_raw_bytes())
        [note] = other.pages[0].obj["/Annots"]
        assert (str(note.Contents), note.get("/T")) == ("Who?", None)


def test_only_who_sends_files_loads_what_reads_them() -> None:
    code = "import sys, dropbox.report.commands; print({'PIL', 'pikepdf'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
