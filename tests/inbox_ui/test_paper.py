"""The PDF of an intelligence report says what the report says, and nothing of who made it."""

import io
import re
from datetime import date

import pikepdf
import pytest

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
