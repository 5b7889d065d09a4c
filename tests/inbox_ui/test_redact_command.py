"""``redact``: parts of a saved file are black in a copy of its pixels, without a vault."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from inbox_ui import words
from inbox_ui.preview.sight import Failure
from inbox_ui.preview.words import BOX_NUMBERS, BOX_OUTSIDE, FAILURES, NO_BOX, NO_PICTURE
from tests import samples
from tests.cheap import INBOX
from tests.inbox_ui.test_pages_files import _pdf
from tests.inbox_ui.test_preview_jail import DENYING
from tests.inbox_ui.test_processes import _run

NAME = "CANARYNAME.jpg"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_bytes(samples.photo())
    return path


def _read(path: Path) -> Image.Image:
    with Image.open(path, formats=["PNG"]) as read:
        assert read.info == {}
        return read.copy()


def test_the_parts_are_black_and_nothing_but_pixels_is_left(photo: Path, tmp_path: Path) -> None:
    into = tmp_path / "to"
    boxes = ("--box", "0,0,5,5", "--box", "50%,50%,100%,100%")
    done = _run(INBOX, "redact", photo, *boxes, "--into", into)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{into / 'redacted-1.png'}\n"
    copy = _read(into / "redacted-1.png")
    said = words.REDACTED.format(count=2, width=copy.width, height=copy.height)
    assert said in done.stderr
    assert "CANARY" not in done.stderr
    with Image.open(BytesIO(samples.photo())) as original:
        assert copy.size == (original.height, original.width)  # turned upright
    half = (copy.width // 2, copy.height // 2, copy.width, copy.height)
    for box in ((0, 0, 5, 5), half):
        assert copy.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), (0, 0, 0))]
    assert b"SN-0042" not in (into / "redacted-1.png").read_bytes()
    assert (into / "redacted-1.png").stat().st_mode & 0o777 == 0o600


def test_no_file_is_replaced(photo: Path, tmp_path: Path) -> None:
    for name in ("redacted-1.png", "redacted-1 (2).png"):
        done = _run(INBOX, "redact", photo, "--box", "0,0,1,1", "--into", tmp_path)
        assert done.stdout == f"{tmp_path / name}\n"


@pytest.mark.parametrize(
    ("boxes", "said"),
    [
        ((), NO_BOX),
        (("",), BOX_NUMBERS),
        (("0,0,1",), BOX_NUMBERS),
        (("0,0,1,nan",), BOX_NUMBERS),
        (("0,0,1,1", "-1,0,1,1"), BOX_NUMBERS),
        (("9000,0,9001,1",), BOX_OUTSIDE),
    ],
)
def test_without_a_box_or_with_one_that_is_none_nothing_is_written(
    photo: Path, tmp_path: Path, boxes: tuple[str, ...], said: str
) -> None:
    given = [each for box in boxes for each in (f"--box={box}",)]
    done = _run(INBOX, "redact", photo, *given, "--into", tmp_path / "to")
    assert done.returncode == 1
    assert said in done.stderr
    assert not (tmp_path / "to").exists()


def test_each_page_of_a_document_by_itself(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(_pdf(2))
    for page in (1, 2):
        arguments = ("--page", str(page), "--box", "0,0,100%,50%", "--into", tmp_path)
        done = _run(INBOX, "redact", tmp_path / "file", *arguments)
        assert done.returncode == 0, done.stderr
        copy = _read(tmp_path / f"redacted-{page}.png")
        upper = copy.crop((0, 0, copy.width, copy.height // 2))
        assert upper.getcolors() == [(upper.width * upper.height, (0, 0, 0))]
        assert copy.getpixel((1, copy.height - 1)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "page"),
    [(_pdf(2), 3), (samples.photo(), 2), (b"words", 1), (b"<html><script>1</script>", 1)],
    ids=["beyond the last", "of a picture", "text", "web page"],
)
def test_what_is_not_shown_as_a_picture_is_refused(
    tmp_path: Path, content: bytes, page: int
) -> None:
    (tmp_path / "file").write_bytes(content)
    arguments = ("--page", str(page), "--box", "0,0,1,1", "--into", tmp_path / "to")
    done = _run(INBOX, "redact", tmp_path / "file", *arguments)
    assert done.returncode == 1
    assert NO_PICTURE in done.stderr
    assert not (tmp_path / "to").exists()


def test_where_a_file_cannot_be_shut_in_it_is_not_read(photo: Path, tmp_path: Path) -> None:
    redacting = (*INBOX, "redact", str(photo), "--box", "0,0,1,1", "--into", str(tmp_path / "to"))
    done = subprocess.run(
        [sys.executable, "-c", DENYING, *redacting], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert FAILURES[Failure.NO_JAIL] in done.stderr
    assert not (tmp_path / "to").exists()
