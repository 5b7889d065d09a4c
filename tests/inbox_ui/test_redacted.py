"""Parts of a picture that are blacked out: gone from the pixels, and nothing else is touched."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from inbox_ui.errors import NotRedacted
from inbox_ui.pages.redactions import SIZES, Redaction
from inbox_ui.preview import words
from inbox_ui.preview.png import read_png, write_png
from inbox_ui.preview.sight import Picture
from inbox_ui.redacted import Box, draw, read_box, redact

WIDTH, HEIGHT = 60, 40
BLACK = (0, 0, 0)


def _picture(width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """No pixel of it is black, and no two neighbours are alike."""
    rows = bytes(1 + (7 * at) % 255 for at in range(3 * width * height))
    return Picture(width, height, write_png(width, height, rows))


PICTURE = _picture()


def _pixels(png: bytes) -> dict[tuple[int, int], object]:
    with Image.open(BytesIO(png), formats=["PNG"]) as read:
        assert read.mode == "RGB"
        return {
            (x, y): read.getpixel((x, y)) for x in range(read.width) for y in range(read.height)
        }


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(png):
        [length] = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def _within(place: tuple[int, int], box: Box) -> bool:
    x, y = place
    return box.left <= x < box.right and box.top <= y < box.bottom


@st.composite
def _boxes(draw: st.DrawFn) -> Box:
    left, top = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
    wide, high = draw(st.integers(1, 2 * WIDTH)), draw(st.integers(1, 2 * HEIGHT))
    return Box(left, top, left + wide, top + high)


@given(st.lists(_boxes(), min_size=1, max_size=5))
def test_what_is_within_a_box_is_black_and_what_is_not_is_as_it_was(boxes: list[Box]) -> None:
    before, after = _pixels(PICTURE.png), _pixels(redact(PICTURE, boxes))
    for place, pixel in before.items():
        covered = any(_within(place, box) for box in boxes)
        assert after[place] == (BLACK if covered else pixel)


def test_nothing_of_a_covered_pixel_is_in_the_file() -> None:
    """Two pictures that differ only below the box give the same bytes."""
    rows, box = bytearray(read_png(PICTURE.png)), Box(10, 5, 50, 35)
    for row in range(box.top, box.bottom):
        at = 3 * (row * WIDTH + box.left)
        rows[at : at + 3 * (box.right - box.left)] = b"\xaa" * 3 * (box.right - box.left)
    other = Picture(WIDTH, HEIGHT, write_png(WIDTH, HEIGHT, bytes(rows)))
    assert other.png != PICTURE.png
    assert redact(other, [box]) == redact(PICTURE, [box])


def test_the_file_has_the_three_chunks_that_have_to_be_and_nothing_behind_them() -> None:
    made = redact(PICTURE, [Box(1, 1, 2, 2)])
    [(head, size), (data, packed), (end, nothing)] = _chunks(made)
    assert (head, data, end, nothing) == (b"IHDR", b"IDAT", b"IEND", b"")
    assert size == struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    unpacker = zlib.decompressobj()
    assert len(unpacker.decompress(packed)) == HEIGHT * (1 + 3 * WIDTH)
    assert (unpacker.eof, unpacker.unused_data) == (True, b"")


def test_without_a_box_there_is_no_redacted_copy() -> None:
    with pytest.raises(NotRedacted, match=words.NO_BOX):
        redact(PICTURE, [])


@given(_boxes())
def test_all_but_a_part_is_black_and_the_part_is_as_it_was(box: Box) -> None:
    kept = box.within(WIDTH, HEIGHT)
    around = kept.around(WIDTH, HEIGHT)
    if not around:  # it is all of it
        assert kept == Box(0, 0, WIDTH, HEIGHT)
        return
    before, after = _pixels(PICTURE.png), _pixels(redact(PICTURE, around))
    for place, pixel in before.items():
        assert after[place] == (pixel if _within(place, kept) else BLACK)


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        ("0 0 60 40", Box(0, 0, 60, 40)),
        ("0% 0 % 100% 5%", Box(0, 0, 60, 2)),
        ("1.5% 10% 33.33% 50%", Box(0, 4, 20, 20)),  # outwards: never less than was asked for
        ("59 39 99999 999.99%", Box(59, 39, 60, 40)),  # cut off at the edge
    ],
)
def test_a_box_is_typed_in_pixels_or_in_per_cent(typed: str, box: Box) -> None:
    edges = typed.replace(" %", "%").split()
    assert read_box(edges, PICTURE) == box


@pytest.mark.parametrize(
    "wrong",
    [
        "", " ", "-1", "+1", "1.5", "1e3", "0x10", "nan", "NaN", "inf", "1%%", "1,5%", ".5%", "-1%",
        "100000", "1" * 5000, "1000%", "0.001%", "٣", "١%", "²", "1 0", "1\n2", "\x00", "<b>",
    ],
)  # fmt: skip
def test_what_is_no_number_is_no_edge(wrong: str) -> None:
    for place in range(4):
        edges = ["0", "0", "9", "9"]
        edges[place] = wrong
        with pytest.raises(NotRedacted) as refused:
            read_box(edges, PICTURE)
        assert str(refused.value) == words.BOX_NUMBERS


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        (["5", "5", "5", "9"], words.BOX_EMPTY),
        (["5", "5", "9", "5"], words.BOX_EMPTY),
        (["9", "5", "5", "9"], words.BOX_EMPTY),
        (["0", "0", "0", "0"], words.BOX_EMPTY),
        (["60", "0", "61", "9"], words.BOX_OUTSIDE),
        (["0", "40", "9", "41"], words.BOX_OUTSIDE),
        (["100%", "0", "200%", "9"], words.BOX_OUTSIDE),
        (["1", "2", "3"], words.BOX_NUMBERS),
        (["1", "2", "3", "4", "5"], words.BOX_NUMBERS),
        ([], words.BOX_NUMBERS),
    ],
)
def test_a_box_in_which_there_is_nothing_is_refused(edges: list[str], said: str) -> None:
    with pytest.raises(NotRedacted) as refused:
        read_box(edges, PICTURE)
    assert str(refused.value) == said


@pytest.mark.parametrize("corner", [Box(0, 0, 1, 1), Box(59, 39, 60, 40), Box(30, 20, 32, 22)])
def test_the_cross_at_a_corner_is_seen_and_is_in_no_copy(corner: Box) -> None:
    seen = _pixels(draw(PICTURE, (), corner))
    assert len(seen) == WIDTH * HEIGHT
    assert seen[corner.left, corner.top] == BLACK
    assert (255, 255, 255) in seen.values()
    assert _pixels(draw(PICTURE, (), None)) == _pixels(PICTURE.png)
    boxes = [Box(1, 1, 9, 9)]
    assert draw(PICTURE, boxes, None) == redact(PICTURE, boxes)


@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_what_was_written_is_read_again(width: int, height: int, data: st.DataObject) -> None:
    size = 3 * width * height
    rows = data.draw(st.binary(min_size=size, max_size=size))
    assert read_png(write_png(width, height, rows)) == rows


@given(st.integers(1, 1600), st.integers(1, 1600), st.sampled_from(SIZES), st.data())
def test_points_of_a_picture_that_is_shown_smaller_cover_all_that_is_below_them(
    width: int, height: int, size: int, data: st.DataObject
) -> None:
    redaction = Redaction(Picture(width, height, b""))
    redaction.show_at(size)
    wide, high = redaction.shown
    [(x, end_x), (y, end_y)] = [
        sorted((data.draw(st.integers(0, side - 1)), data.draw(st.integers(0, side - 1))))
        for side in (wide, high)
    ]
    if (x, y) == (0, 0):
        with pytest.raises(NotRedacted):
            redaction.point(x, y)
        return
    redaction.point(x, y)
    redaction.point(end_x, end_y)
    [box] = redaction.boxes
    assert box.left * wide <= x * width
    assert box.top * high <= y * height
    assert box.right * wide >= (end_x + 1) * width
    assert box.bottom * high >= (end_y + 1) * height
    assert box == box.within(width, height)
    assert redaction.corner is None
