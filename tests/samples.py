"""Invented files that say too much, and others that say nothing: made here, none collected.

``python -m tests.samples FOLDER`` writes them, for tests in other languages.
"""

import io
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image, ImageCms, PngImagePlugin

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description
 xmp:CreatorTool="Paint &amp; Draw 9" xmpMM:DocumentID="xmp.did:4711">
<dc:creator><rdf:Seq><rdf:li>J. Penhallow</rdf:li></rdf:Seq></dc:creator>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
ORIENTATION, MAKE, MODEL, SERIAL = 0x0112, 0x010F, 0x0110, 0xA431
GPS = {1: "N", 2: (51.0, 30.0, 26.0), 3: "W", 4: (0.0, 7.0, 39.0)}


@dataclass(frozen=True)
class Sample:
    """A file, what is found in it, and whether it can be sent without that."""

    name: str
    kind: str
    findings: frozenset[str]
    strippable: bool
    content: bytes


def picture(mode: str = "RGB", size: tuple[int, int] = (40, 24)) -> Image.Image:
    """A picture whose every pixel differs from its neighbours."""
    image = Image.new("RGB", size)
    image.putdata(
        [(x * 6 % 256, y * 9 % 256, (x * y) % 256) for y in range(size[1]) for x in range(size[0])]
    )
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **how: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **how)
    return written.getvalue()


def exif(orientation: int = 6) -> Image.Exif:
    """What a phone writes."""
    made = Image.Exif()
    made[ORIENTATION] = orientation
    made[MAKE], made[MODEL] = "Invented", "Phone 7"
    made[0x0132] = "2026:07:11 14:02:00"
    made.get_ifd(0x8769)[SERIAL] = "SN-0042"
    made.get_ifd(0x8825).update(GPS)
    return made


def screen_profile() -> bytes:
    """A profile that names the screen it was measured on."""
    return SRGB.replace("sRGB built-in".encode("utf-16-be"), "Penhallow-Mac".encode("utf-16-be"))


def pair() -> bytes:
    """Two pictures in one file, as phones make them."""
    return saved(picture(), "MPO", save_all=True, append_images=[picture().rotate(180)])


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2) + data


def after_start(jpeg: bytes, *segments: bytes) -> bytes:
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def resources() -> bytes:
    """Photoshop's resources, with IPTC."""
    sets = ((80, b"J. Penhallow"), (90, b"Port Calder"), (120, b"The yard"))
    iptc = b"".join(b"\x1c\x02" + bytes([n]) + len(d).to_bytes(2) + d for n, d in sets)
    head = b"Photoshop 3.0\0" + b"8BIM" + (0x0404).to_bytes(2) + b"\0\0"
    return head + len(iptc).to_bytes(4) + iptc + bytes(len(iptc) % 2)


def talkative_jpeg() -> bytes:
    plain = saved(picture(), "JPEG", quality=90, icc_profile=screen_profile(), comment=b"for Jo")
    mpf = segment(0xE2, b"MPF\0" + b"MM\0*\0\0\0\x08\0\0\0\0\0\0")
    thumbnail = segment(0xE0, b"JFXX\0\x10" + saved(picture(size=(8, 8)), "JPEG"))
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP.encode())
    unknown = segment(0xEB, b"JP\x00\x00 who knows")
    extra = (xmp, segment(0xED, resources()), mpf, thumbnail, unknown)
    return after_start(plain, *extra) + saved(picture(size=(8, 8)), "JPEG")


def photo() -> bytes:
    """S03: a photograph of a phone."""
    return saved(picture(), "JPEG", exif=exif().tobytes(), quality=85)


def photo_with_thumbnail() -> bytes:
    """Exif of a second directory, behind the first, in the order of the other processors."""
    small = saved(picture(size=(8, 8)), "JPEG")
    first = struct.pack("<HHHIII", 1, 0x010F, 2, 4, int.from_bytes(b"Inv\0", "little"), 26)
    second = struct.pack("<HHHII", 2, 0x0201, 4, 1, 56) + struct.pack(
        "<HHIII", 0x0202, 4, 1, len(small), 0
    )
    tiff = b"II*\0" + struct.pack("<I", 8) + first + second
    return after_start(saved(picture(), "JPEG"), segment(0xE1, b"Exif\0\0" + tiff + small))


def hidden_in_envelope() -> bytes:
    """IPTC of the first record alone, of which no name is known to us."""
    iptc = b"\x1c\x02\0\0\x02\0\x04" + b"\x1c\x01\x05\0\x08Penhallo"
    head = b"Photoshop 3.0\0" + b"8BIM" + (0x0404).to_bytes(2) + b"\0\0"
    segments = segment(0xED, head + len(iptc).to_bytes(4) + iptc + b"\0" * (len(iptc) % 2))
    return after_start(saved(picture(), "JPEG"), segments)


def hidden_behind_exif() -> bytes:
    """Exif that says nothing but which way up, and bytes behind it that nothing leads to."""
    directory = struct.pack(">HHHIHHI", 1, ORIENTATION, 3, 1, 6, 0, 0)
    tiff = b"MM\0*" + struct.pack(">I", 8) + directory + b"Penhallow"
    return after_start(saved(picture(), "JPEG"), segment(0xE1, b"Exif\0\0" + tiff))


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def talkative_png() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "J. Penhallow")
    info.add_text("Comment", "for Jo", zip=True)
    info.add_itxt("XML:com.adobe.xmp", XMP)
    png = saved(
        picture(), "PNG", pnginfo=info, exif=exif(3), icc_profile=screen_profile(), dpi=(144, 144)
    )
    extra = chunk(b"tIME", struct.pack(">H5B", 2026, 7, 11, 14, 2, 0)) + chunk(b"prVt", b"x")
    extra += chunk(b"cHRM", struct.pack(">8I", *range(30000, 30008)))
    return png[:33] + extra + png[33:] + b"what an editor left"


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        kind + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2)
        for kind, data in chunks
    )
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def webp(**how: Any) -> bytes:
    return saved(picture(), "WEBP", **how)


def animated(kind: str, **how: Any) -> bytes:
    frames = [picture(size=(16, 16)).rotate(90 * turn) for turn in (1, 2, 3)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=80, **how)


def pdf(fill: Callable[[pikepdf.Pdf], None], **how: Any) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    fill(document)
    written = io.BytesIO()
    document.save(written, **({"fix_metadata_version": False} | how))
    return written.getvalue()


def _fill_info(document: pikepdf.Pdf) -> None:
    document.docinfo["/Author"] = "J. Penhallow"
    document.docinfo["/Producer"] = "Scan-o-mat (copier 0815)"
    document.docinfo["/Title"] = "Rota für März"
    document.docinfo["/CreationDate"] = "D:20260711140200+01'00'"


def _fill_all(document: pikepdf.Pdf) -> None:
    _fill_info(document)
    metadata = document.make_stream(XMP.encode())
    metadata["/Type"], metadata["/Subtype"] = pikepdf.Name.Metadata, pikepdf.Name.XML
    document.Root["/Metadata"] = document.make_indirect(metadata)
    document.attachments["rota.txt"] = b"Penhallow: early"
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    document.Root["/OpenAction"] = document.make_indirect(script)
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, T="Jo Reviewer", Contents="Who?"
    )
    note["/Rect"] = pikepdf.Array([1, 1, 20, 20])
    page = document.pages[0]
    page.obj["/Annots"] = pikepdf.Array([document.make_indirect(note)])
    image = document.make_stream(photo())
    image["/Type"], image["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Image
    image["/Width"], image["/Height"], image["/BitsPerComponent"] = 40, 24, 8
    image["/ColorSpace"], image["/Filter"] = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
    page.obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))


def _fill_notes(document: pikepdf.Pdf) -> None:
    """A drawing that somebody signed, a field whose name is nobody's, and a link with a date."""
    made = []
    for subtype, name in (("/Square", "Jo Reviewer"), ("/Widget", "surname"), ("/Link", "")):
        note = pikepdf.Dictionary(Subtype=pikepdf.Name(subtype), M="D:20260711140200Z")
        note["/Rect"], note["/BS"] = pikepdf.Array([1, 1, 9, 9]), pikepdf.Dictionary(W=1)
        if name:
            note["/T"] = pikepdf.String(name)
        made.append(document.make_indirect(note))
    document.Root["/AcroForm"] = pikepdf.Dictionary(Fields=pikepdf.Array([made[1]]))
    document.pages[0].obj["/Annots"] = pikepdf.Array(made)


def _fill_origin(document: pikepdf.Pdf) -> None:
    """A drawing put on a page by TeX, in a file that was made from another."""
    form = document.make_stream(b"")
    form["/Type"], form["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
    form["/BBox"] = pikepdf.Array([0, 0, 9, 9])
    form["/PTEX.FileName"] = pikepdf.String("/data/penhallow/rota.pdf")
    origin = pikepdf.Dictionary(Author="J. Penhallow")
    form["/PTEX.InfoDict"] = document.make_indirect(origin)
    objects = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fm0=form))
    document.pages[0].obj["/Resources"] = objects
    both = (pikepdf.String("made by Penhallow"), pikepdf.String("and changed"))
    document.trailer["/ID"] = pikepdf.Array(both)


def _fill_wrapped(document: pikepdf.Pdf) -> None:
    image = document.make_stream(zlib.compress(photo()))
    image["/Type"], image["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Image
    image["/Width"], image["/Height"], image["/BitsPerComponent"] = 40, 24, 8
    image["/ColorSpace"] = pikepdf.Name.DeviceRGB
    image["/Filter"] = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.DCTDecode])
    objects = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    document.pages[0].obj["/Resources"] = objects


def _fill_own_entry(document: pikepdf.Pdf) -> None:
    document.docinfo["/Case.Officer"] = "J. Penhallow"
    document.docinfo["/Trapped"] = pikepdf.Name("/False")


def _fill_nothing(_: pikepdf.Pdf) -> None:
    pass


def archive(**parts: str | bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return written.getvalue()


CORE = (
    "<cp:coreProperties><dc:creator>J.Penhallow</dc:creator>"
    "<cp:lastModifiedBy>R. Quill</cp:lastModifiedBy><cp:revision>12</cp:revision>"
    "<dcterms:created>2026-07-04T10:00:00Z</dcterms:created></cp:coreProperties>"
)
APP = (
    "<Properties><Application>Calc &amp; Co</Application><Company>Port Calder Police</Company>"
    "<Manager>C. Adair</Manager><Template>Normal.dotm</Template></Properties>"
)
WORKBOOK = (
    '<workbook><x15ac:absPath url="C:\\Users\\jpenhallow\\Desk\\"/><sheets>'
    '<sheet name="Q3" sheetId="1"/><sheet name="staff numbers" sheetId="2" state="hidden"/>'
    "</sheets></workbook>"
)
TYPES = "[Content_Types].xml"


def overtime() -> bytes:
    """S03: a sheet with its author, who saved it last, and a hidden sheet."""
    return archive(
        **{
            TYPES: "<Types/>",
            "docProps/core.xml": CORE,
            "docProps/app.xml": APP,
            "xl/workbook.xml": WORKBOOK,
            "xl/comments1.xml": "<comments><authors><author>Sgt Wren</author></authors></comments>",
            "xl/printerSettings/printerSettings1.bin": "Floor 2 East".encode("utf-16-le"),
        }
    )


def letter() -> bytes:
    return archive(
        **{
            TYPES: "<Types/>",
            "word/document.xml": '<w:document><w:ins w:id="1" w:author="R. Quill"/></w:document>',
            "word/comments.xml": '<w:comments><w:comment w:author="Sgt Wren"/></w:comments>',
            "word/settings.xml": '<w:settings><w:attachedTemplate r:id="rId1"/></w:settings>',
            "word/vbaProject.bin": b"\x00",
            "word/embeddings/sheet.xlsx": b"PK",
            "word/media/image1.jpeg": photo(),
            "docProps/thumbnail.jpeg": b"",
            "docProps/custom.xml": "<Properties/>",
        }
    )


def slides() -> bytes:
    return archive(
        **{
            TYPES: "<Types/>",
            "ppt/presentation.xml": "<p:presentation/>",
            "ppt/commentAuthors.xml": '<p:cmAuthorLst><p:cmAuthor id="0" name="Sgt Wren"/>'
            "</p:cmAuthorLst>",
        }
    )


def open_sheet() -> bytes:
    return archive(
        **{
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<manifest/>",
            "meta.xml": "<office:meta><meta:initial-creator>J.Penhallow</meta:initial-creator>"
            "<dc:creator>R. Quill</dc:creator><meta:generator>Office 7</meta:generator>"
            "<meta:editing-cycles>3</meta:editing-cycles></office:meta>",
            "content.xml": '<c><s table:display="false"/><text:tracked-changes><dc:creator>R. Quill'
            "</dc:creator></text:tracked-changes><office:annotation><dc:creator>Sgt Wren"
            "</dc:creator></office:annotation></c>",
        }
    )


def box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4) + kind + content


def film() -> bytes:
    place = b"+51.5072-000.1275/"
    xyz = box(b"\xa9xyz", len(place).to_bytes(2) + b"\x15\xc7" + place)
    header = box(b"mvhd", bytes(4) + (2_082_844_800 + 1_782_000_000).to_bytes(4) + bytes(92))
    movie = box(b"moov", header + box(b"udta", xyz + box(b"\xa9mod", b"\0\x07\0\0Phone 7")))
    return box(b"ftyp", b"qt  \0\0\0\0") + box(b"mdat", bytes(5000)) + movie


def phone_picture() -> bytes:
    data = b"Exif\0\0" + exif().tobytes().removeprefix(b"Exif\0\0")
    return box(b"ftyp", b"heic\0\0\0\0mif1") + box(b"meta", bytes(60)) + box(b"mdat", data)


MAIL = b"""Received: from desk-12.portcalder.invalid (10.1.2.3)\r
From: Chief <chief@portcalder.invalid>\r
To: J. Penhallow <jp@portcalder.invalid>,\r
 R. Quill <rq@portcalder.invalid>\r
Subject: rota\r
Date: Sat, 11 Jul 2026 14:02:00 +0100\r
Message-ID: <4711@portcalder.invalid>\r
X-Mailer: Post 3\r
\r
Do not pass this on.\r
"""

CAMERA = {"place", "device", "serial", "date"}
XMP_SAYS = {"author", "software", "identifier"}


def _jpegs() -> list[tuple[str, set[str], bytes]]:
    jfif_and_standard = {"icc_profile": SRGB, "dpi": (72, 72)}
    return [
        ("plain.jpg", set(), saved(picture(), "JPEG")),
        ("grey.jpg", set(), saved(picture("L"), "JPEG")),
        ("inks.jpg", set(), saved(picture("CMYK"), "JPEG")),
        ("progressive.jpg", set(), saved(picture(), "JPEG", progressive=True)),
        ("standard.jpg", set(), saved(picture(), "JPEG", **jfif_and_standard)),
        ("IMG_2231.jpg", CAMERA, photo()),
        ("pair.jpg", {"second-picture", "trailing"}, pair()),
        ("small.jpg", {"device", "thumbnail"}, photo_with_thumbnail()),
        ("envelope.jpg", {"other"}, hidden_in_envelope()),
        ("behind.jpg", {"other"}, hidden_behind_exif()),
        (
            "talkative.jpg",
            XMP_SAYS
            | {"comment", "place", "title", "profile", "thumbnail", "second-picture"}
            | {"trailing", "other"},
            talkative_jpeg(),
        ),
    ]


def _pngs() -> list[tuple[str, set[str], bytes]]:
    faint = picture().convert("RGBA")
    faint.putalpha(picture("L"))
    return [
        ("plain.png", set(), saved(picture(), "PNG")),
        ("palette.png", set(), saved(picture("P"), "PNG", transparency=3)),
        ("faint.png", set(), saved(faint, "PNG")),
        ("deep.png", set(), saved(picture("L").convert("I;16"), "PNG")),
        ("standard.png", set(), saved(picture(), "PNG", icc_profile=SRGB)),
        ("moving.png", set(), animated("PNG")),
        (
            "talkative.png",
            CAMERA | XMP_SAYS | {"comment", "profile", "other", "trailing"},
            talkative_png(),
        ),
    ]


def _webps() -> list[tuple[str, set[str], bytes]]:
    how = {"exif": exif(8), "xmp": XMP.encode(), "icc_profile": screen_profile()}
    return [
        ("plain.webp", set(), webp()),
        ("exact.webp", set(), webp(lossless=True)),
        ("standard.webp", set(), webp(icc_profile=SRGB)),
        ("moving.webp", {"author", "software", "identifier"}, animated("WEBP", xmp=XMP.encode())),
        ("talkative.webp", CAMERA | XMP_SAYS | {"profile", "trailing"}, webp(**how) + b"more"),
    ]


def _documents() -> list[tuple[str, str, set[str], bytes]]:
    info = {"author", "software", "title", "date"}
    packed = pikepdf.ObjectStreamMode.generate
    everything = info | {"attachments", "script", "commenters", "identifier"} | CAMERA
    office = {"author", "saved-by", "date", "software", "history", "hidden-sheets", "commenters"}
    return [
        ("plain.pdf", "pdf", set(), pdf(_fill_nothing)),
        ("scan.pdf", "pdf", info, pdf(_fill_info)),
        ("packed.pdf", "pdf", info, pdf(_fill_info, object_stream_mode=packed)),
        ("notes.pdf", "pdf", {"commenters", "date"}, pdf(_fill_notes)),
        (
            "packed_notes.pdf",
            "pdf",
            {"commenters", "date"},
            pdf(_fill_notes, object_stream_mode=packed),
        ),
        ("origin.pdf", "pdf", {"author", "path", "identifier"}, pdf(_fill_origin)),
        ("wrapped.pdf", "pdf", {"unread"}, pdf(_fill_wrapped)),
        ("own_entry.pdf", "pdf", {"other"}, pdf(_fill_own_entry)),
        ("everything.pdf", "pdf", everything, pdf(_fill_all)),
        (
            "overtime_Q3.xlsx",
            "office",
            office | {"organisation", "manager", "path", "printer"},
            overtime(),
        ),
        (
            "letter.docx",
            "office",
            {"changes", "commenters", "template", "script", "attachments", "thumbnail", "other"}
            | CAMERA,
            letter(),
        ),
        ("slides.pptx", "office", {"commenters"}, slides()),
        ("sheet.ods", "office", (office - {"date"}) | {"changes"}, open_sheet()),
        ("film.mov", "film", {"place", "device", "date"}, film()),
        ("IMG_2232.heic", "film", CAMERA, phone_picture()),
        ("quiet.mp4", "film", {"may-place"}, box(b"ftyp", b"isom\0\0\0\0") + box(b"mdat", b"")),
        ("order.eml", "mail", {"people", "network", "date", "identifier", "software"}, MAIL),
        ("old.doc", "old-office", {"unread"}, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("note.txt", "text", set(), "Dydd Mawrth, 9 o’r gloch.\n".encode()),
        ("page.html", "unknown", set(), b"<!doctype html><p>hello"),
        ("box.zip", "unknown", set(), archive(note="hello")),
        ("noise.bin", "unknown", set(), bytes(range(256))),
    ]


@cache
def samples() -> tuple[Sample, ...]:
    """All of them, in one order."""
    made = []
    for kind, rows in (("jpeg", _jpegs()), ("png", _pngs()), ("webp", _webps())):
        made += [Sample(name, kind, frozenset(said), True, data) for name, said, data in rows]
    for name, kind, said, data in _documents():
        strippable = kind == "pdf" and "unread" not in said
        made.append(Sample(name, kind, frozenset(said), strippable, data))
    return tuple(made)


def write(folder: Path) -> None:
    for each in samples():
        (folder / each.name).write_bytes(each.content)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
