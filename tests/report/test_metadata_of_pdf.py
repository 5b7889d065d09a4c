"""What a PDF holds besides its pages, in the places where programs put it."""

import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from dropbox.client.metadata.findings import Inspection, Kind
from dropbox.client.metadata.inspecting import inspect
from tests.samples import pdf, photo, talkative_jpeg

Fill = Callable[[Pdf], None]
NOTES = (
    *("/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight"),
    *("/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink", "/FileAttachment"),
    *("/Popup", "/Sound", "/Movie", "/Screen", "/Redact", "/Watermark", "/Link", "/Invented"),
)


def looked(fill: Fill) -> Inspection:
    return inspect(BytesIO(pdf(fill)))


def kinds(found: Inspection) -> set[Kind]:
    return {each.kind for each in found.findings}


def annotation(subtype: str) -> Fill:
    def fill(document: Pdf) -> None:
        note = Dictionary(Subtype=Name(subtype), Rect=Array([1, 1, 20, 20]), Contents="Who?")
        note["/T"], note["/NM"] = String("J. Penhallow"), String("note-4711")
        note["/M"] = note["/CreationDate"] = String("D:20260711140200Z")
        note = document.make_indirect(note)
        document.pages[0].obj["/Annots"] = Array([note])
        if subtype == "/Widget":
            document.Root["/AcroForm"] = Dictionary(Fields=Array([note]))

    return fill


@pytest.mark.parametrize("subtype", NOTES)
def test_no_note_keeps_who_wrote_it_and_when(subtype: str) -> None:
    found = looked(annotation(subtype))
    assert kinds(found) == {Kind.COMMENTERS, Kind.DATE, Kind.IDENTIFIER}
    assert found.stripped is not None
    with pikepdf.open(BytesIO(found.stripped)) as document:
        [note] = document.pages[0].obj["/Annots"]
        assert set(note.keys()) == {"/Subtype", "/Rect", "/Contents"}


def test_a_field_keeps_its_name_and_loses_its_date() -> None:
    found = looked(annotation("/Widget"))
    assert kinds(found) == {Kind.DATE, Kind.IDENTIFIER}
    assert found.stripped is not None
    with pikepdf.open(BytesIO(found.stripped)) as document:
        [field] = document.pages[0].obj["/Annots"]
        assert (str(field["/T"]), field.get("/M")) == ("J. Penhallow", None)


def packed_picture(content: bytes, *filters: str) -> Fill:
    def fill(document: Pdf) -> None:
        image = document.make_stream(content)
        image["/Type"], image["/Subtype"] = Name.XObject, Name.Image
        image["/Width"], image["/Height"], image["/BitsPerComponent"] = 40, 24, 8
        image["/ColorSpace"] = Name.DeviceRGB
        image["/Filter"] = Array([Name(each) for each in filters])
        objects = Dictionary(XObject=Dictionary(Im0=image))
        document.pages[0].obj["/Resources"] = objects

    return fill


@pytest.mark.parametrize(
    ("content", "filters"),
    [
        (zlib.compress(photo()), ("/FlateDecode", "/DCTDecode")),
        (photo().hex().encode() + b">", ("/ASCIIHexDecode", "/DCTDecode")),
        (photo(), ("/JPXDecode",)),
    ],
    ids=["compressed", "written as text", "jpeg 2000"],
)
def test_a_photograph_that_is_not_looked_into_is_said_and_not_sent_as_clean(
    content: bytes, filters: tuple[str, ...]
) -> None:
    found = looked(packed_picture(content, *filters))
    assert Kind.UNREAD in kinds(found)
    assert found.stripped is None


def test_a_photograph_in_a_list_of_one_filter_loses_its_exif() -> None:
    found = looked(packed_picture(photo(), "/DCTDecode"))
    assert Kind.PLACE in kinds(found)
    assert found.stripped is not None
    assert b"Phone 7" in photo()
    assert b"Phone 7" not in found.stripped


def test_a_photograph_says_and_loses_all_that_it_would_in_a_file_of_its_own() -> None:
    found = looked(packed_picture(talkative_jpeg(), "/DCTDecode"))
    assert {Kind.COMMENT, Kind.AUTHOR, Kind.PLACE, Kind.THUMBNAIL} <= kinds(found)
    assert found.stripped is not None
    assert b"enhallow" in talkative_jpeg()
    assert b"enhallow" not in found.stripped


def test_nothing_of_the_file_that_it_was_made_from_is_left() -> None:
    def fill(document: Pdf) -> None:
        document.trailer["/DocChecksum"] = Name("/0123456789ABCDEF")
        document.trailer["/ID"] = Array([String("made by Penhallow"), String("and changed....")])

    content = pdf(fill)
    assert b"made by Penhallow".hex().encode() in content
    found = inspect(BytesIO(content))
    assert Kind.IDENTIFIER in kinds(found)
    assert found.stripped is not None
    assert b"made by Penhallow".hex().encode() not in found.stripped
    with pikepdf.open(BytesIO(found.stripped)) as document:
        first, second = document.trailer["/ID"]
        assert bytes(first) == bytes(second)
        assert "/DocChecksum" not in document.trailer


def test_where_a_picture_of_a_page_lay_is_found_and_taken_out() -> None:
    def fill(document: Pdf) -> None:
        form = document.make_stream(b"")
        form["/Type"], form["/Subtype"] = Name.XObject, Name.Form
        form["/BBox"] = Array([0, 0, 9, 9])
        form["/PTEX.FileName"] = String("/data/penhallow/rota.pdf")
        form["/PTEX.InfoDict"] = document.make_indirect(Dictionary(Author="J. Penhallow"))
        objects = Dictionary(XObject=Dictionary(Fm0=form))
        document.pages[0].obj["/Resources"] = objects

    found = looked(fill)
    said = {each.kind: each.value for each in found.findings}
    assert said[Kind.PATH] == "/data/penhallow/rota.pdf"
    assert said[Kind.AUTHOR] == "J. Penhallow"
    assert found.stripped is not None
    assert b"enhallow" not in found.stripped
    assert b"PTEX" not in found.stripped


def test_a_voice_in_a_note_is_found_and_taken_out() -> None:
    def fill(document: Pdf) -> None:
        annotation("/Sound")(document)
        document.pages[0].obj["/Annots"][0]["/Sound"] = document.make_stream(b"a voice")

    found = looked(fill)
    assert Kind.ATTACHMENTS in kinds(found)
    assert found.stripped is not None
    with pikepdf.open(BytesIO(found.stripped)) as document:
        assert not [
            each
            for each in document.objects
            if isinstance(each, pikepdf.Stream) and each.read_bytes() == b"a voice"
        ]
