"""The PDF of an intelligence report says what the report says, and nothing of who made it."""

import io
import re
from contextlib import closing
from datetime import date

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops

from inbox_ui.work import release_words as words
from inbox_ui.work.paper import draw
from tests.inbox_ui.intelligence import a_report

TRACES = (
    rb"Author", rb"Producer", rb"Creator", rb"Title", rb"Subject", rb"Keywords", rb"CreationDate",
    rb"ModDate", rb"Trapped", rb"ReportLab", rb"pikepdf", rb"xmp", rb"D:20\d\d", rb"PieceInfo",
    rb"/Metadata", rb"/Info",
)  # fmt: skip
"""What a PDF says of its making, and by which programs it would be told."""


def _opened(pdf: pikepdf.Pdf) -> bytes:
    """Every object of it, but for the inside of streams: what is drawn, and the fonts."""
    return b"\n".join(each.unparse() for each in pdf.objects)


@pytest.fixture
def drawn() -> bytes:
    return draw(a_report())


def test_the_file_names_no_author_program_title_or_time(drawn: bytes) -> None:
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        assert len(pdf.pages) == 1
        assert "/Info" not in pdf.trailer
        assert "/Metadata" not in pdf.Root
        assert not any("/Metadata" in each for each in pdf.objects if _has_keys(each))
        assert dict(pdf.docinfo) == {}
        assert not list(pdf.open_metadata())
        inside = _opened(pdf)
    for trace in TRACES:
        assert not re.search(trace, inside), trace
        assert not re.search(trace, drawn), trace


def _has_keys(found: object) -> bool:
    return isinstance(found, pikepdf.Dictionary | pikepdf.Stream)


def test_its_identifier_comes_from_the_report_alone(drawn: bytes) -> None:
    assert draw(a_report()) == drawn
    other = draw(a_report(created=date(2026, 11, 24)))
    found = []
    for each in (drawn, other):
        with pikepdf.open(io.BytesIO(each)) as pdf:
            found.append([bytes(half) for half in pdf.trailer["/ID"]])
    [first, second] = found
    assert first != second


WELSH = "Dŵr y tŷ, ŴYN a Ŷd. "


def _read(drawn: bytes) -> str:
    """What another reader of PDF takes out of it as text."""
    with closing(pypdfium2.PdfDocument(drawn)) as document:
        pages = [each.get_textpage().get_text_range() for each in document]
    return "\n".join(pages).replace("\r\n", "\n")


def _pixels(drawn: bytes) -> Image.Image:
    with closing(pypdfium2.PdfDocument(drawn)) as document:
        return document[0].render(scale=4).to_pil().convert("L")


def test_a_welsh_letter_that_the_font_lacks_is_read_as_that_letter_and_breaks_no_line() -> None:
    drawn = draw(a_report(instruction=WELSH * 12))
    assert draw(a_report(instruction=WELSH * 12)) == drawn
    said = _read(drawn)
    assert " ".join(said.split()).count(WELSH.strip()) == 12
    assert words.PDF_LACKING not in said
    plain = WELSH.translate(str.maketrans("ŵŷŴŶ", "wyWY"))
    assert said.translate(str.maketrans("ŵŷŴŶ", "wyWY")) == _read(
        draw(a_report(instruction=plain * 12))
    )


@pytest.mark.parametrize(("letter", "plain"), [("ŵ", "w"), ("Ŵ", "W"), ("ŷ", "y"), ("Ŷ", "Y")])
def test_a_circumflex_is_seen_above_a_welsh_letter_and_nothing_else_is_changed(
    letter: str, plain: str
) -> None:
    with_it, without = (_pixels(draw(a_report(instruction=each))) for each in (letter, plain))
    left, top, right, bottom = ImageChops.difference(with_it, without).getbbox()
    assert 6 <= right - left <= 18
    assert 4 <= bottom - top <= 12
    assert ImageChops.lighter(with_it, without).tobytes() == without.tobytes(), "only ink is added"
    assert with_it.getpixel(((left + right) // 2, top + 2)) < 128
