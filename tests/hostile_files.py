"""Files that are made to harm whoever looks at them, each written here from nothing.

None was taken from elsewhere and none does any harm: a bomb only says that it is one, or fills the
memory that its process is given; a script asks for an address that nobody has.
"""

import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO

import pikepdf
from PIL import Image

from inbox_ui.preview.sight import Failure, Kind, Note

ELSEWHERE = "http://127.0.0.1:9/seen"
GIANT = 65_000


@dataclass(frozen=True)
class Hostile:
    """A file, the kind that it is to be called, and what is to be said of it at least.

    ``ends``: its process may be ended by it. ``names`` are listed. ``shown``: there is a picture.
    """

    name: str
    data: bytes = field(repr=False)
    kind: Kind | None
    notes: tuple[Note, ...] = ()
    ends: tuple[Failure, ...] = ()
    names: tuple[str, ...] = ()
    shown: bool = False


@cache
def all_files() -> tuple[Hostile, ...]:
    """Every one, in a fixed order."""
    return (*_disguised(), *_pictures(), *_documents(), *_archives(), *_office(), *_words())


# -- one thing that calls itself another ----------------------------------------------------------

_SCRIPT = f"<script>fetch('{ELSEWHERE}')</script>"
_SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="fetch(\'{ELSEWHERE}\')">'


def _disguised() -> list[Hostile]:
    refused = (Note.NOT_SHOWN,)
    return [
        Hostile("page.txt", f"\n <!-- x --><html>{_SCRIPT}".encode(), Kind.HTML, refused),
        Hostile("page.jpg", f"<!DOCTYPE html>{_SCRIPT}".encode(), Kind.HTML, refused),
        Hostile("wide.txt", f"<html>{_SCRIPT}".encode("utf-16"), Kind.HTML, refused),
        Hostile("drawing.png", f"<?xml version='1.0'?>{_SVG}</svg>".encode(), Kind.SVG, refused),
        Hostile(
            "entities.svg",
            b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            b"<svg>&a;</svg>",
            Kind.SVG, refused,
        ),
        Hostile("drawing.pdf", f"{_SVG}\n".encode() + _pdf() + b"</svg>", Kind.PDF,
                (Note.TWO_KINDS,), shown=True),
        Hostile("photo-and-zip.jpg", _picture("JPEG") + _zip({"run.exe": b"MZ"}), Kind.JPEG,
                (Note.TWO_KINDS,), shown=True),
        Hostile("image.gif", f"GIF89a/*{_SCRIPT}*/=1;alert(1)".encode(), Kind.GIF,
                (Note.TWO_KINDS, Note.DAMAGED)),
        Hostile("prefixed.xml", b"<?xml version='1.0'?><s:svg xmlns:s='x' onload='x'/>", Kind.SVG,
                refused),
        Hostile("prefixed.txt", b"<x:html xmlns:x='x'><x:script>1</x:script></x:html>", Kind.HTML,
                refused),
        Hostile("far.txt", b" " * 70_000 + f"<html>{_SCRIPT}".encode(), Kind.HTML, refused),
        Hostile("far-comment.txt", b"<!--" + b"x" * 70_000 + b"--><html>x", Kind.TEXT,
                (Note.TWO_KINDS,)),
        Hostile("hello.txt", f"hello {_SCRIPT}".encode(), Kind.TEXT, (Note.TWO_KINDS,)),
        Hostile("wide-svg.txt", "<svg onload='x'/>".encode("utf-16-le"), Kind.UNKNOWN,
                (Note.TWO_KINDS,)),
        Hostile("letter.xsl", b"<x:stylesheet xmlns:x='x'><x:script/></x:stylesheet>", Kind.SCRIPT,
                refused),
        Hostile("run.hta", b"<hta:application id='x'><script>1</script>", Kind.HTML, refused),
        Hostile("run.js", b"var x = new ActiveXObject('WScript.Shell'); x.Run('calc')", Kind.TEXT,
                (Note.TWO_KINDS,)),
        Hostile("run.vbs", b'Set x = CreateObject("WScript.Shell")\r\nx.Run "calc"', Kind.TEXT,
                (Note.TWO_KINDS,)),
        Hostile("photo-and-page.jpg", _picture("JPEG") + f"<html>{_SCRIPT}".encode(), Kind.JPEG,
                (Note.TWO_KINDS,), shown=True),
        Hostile("photo-and-rar.jpg", _picture("JPEG") + b"Rar!\x1a\x07\0" + bytes(50), Kind.JPEG,
                (Note.TWO_KINDS,), shown=True),
        Hostile("photo-and-pdf.jpg", _picture("JPEG") + b"\n" * 2000 + b"%PDF-1.4", Kind.JPEG,
                (Note.TWO_KINDS,), shown=True),
        Hostile("paper-and-page.pdf", _pdf() + f"<html>{_SCRIPT}".encode(), Kind.PDF,
                (Note.TWO_KINDS,), shown=True),
        Hostile("program.pdf", b"MZ" + bytes(100) + b"%PDF-1.7", Kind.PROGRAM,
                (Note.TWO_KINDS, Note.NOT_SHOWN)),
        Hostile("run.sh", b"#!/bin/sh\ncurl " + ELSEWHERE.encode(), Kind.SCRIPT, refused),
        Hostile("run.bat", b"@echo off\r\npowershell -enc AAAA", Kind.SCRIPT, refused),
        Hostile("link.url", f"[InternetShortcut]\r\nURL={ELSEWHERE}".encode(), Kind.SHORTCUT,
                refused),
        Hostile("letter.rtf", b"{\\rtf1{\\object\\objemb{\\*\\objdata 0105}}}", Kind.RTF, refused),
        Hostile("elf", b"\x7fELF" + bytes(200), Kind.PROGRAM, refused),
        Hostile("song.mp3", b"ID3\x03" + bytes(2000), Kind.SOUND, (Note.ONLY_SAVE,)),
        Hostile("empty", b"", Kind.EMPTY),
        Hostile("nothing-known", bytes(range(256)) * 40, Kind.UNKNOWN, (Note.NO_READER,)),
    ]  # fmt: skip


# -- pictures -------------------------------------------------------------------------------------


def _pictures() -> list[Hostile]:
    jpeg = _picture("JPEG")
    frame = jpeg.index(b"\xff\xc0") + 5
    giant = jpeg[:frame] + struct.pack(">HH", GIANT, GIANT) + jpeg[frame + 4 :]
    return [
        Hostile("giant.png", _png(GIANT, GIANT), Kind.PNG, (Note.TOO_MANY_PIXELS,)),
        Hostile("giant.jpg", giant, Kind.JPEG, (Note.TOO_MANY_PIXELS,)),
        Hostile("long.png", _png(GIANT, 3), Kind.PNG, (Note.SMALLER,), shown=True),
        Hostile("giant.gif", b"GIF89a" + struct.pack("<HHBBB", GIANT, GIANT, 0, 0, 0)
                + b"," + struct.pack("<HHHHB", 0, 0, GIANT, GIANT, 0) + b"\x02\x00;",
                Kind.GIF, (Note.TOO_MANY_PIXELS,)),
        Hostile("cut-off.png", _picture("PNG")[:200], Kind.PNG, (Note.DAMAGED,)),
        Hostile("endless.tif", b"II*\0\x08\0\0\0\0\0\x08\0\0\0", Kind.TIFF, (Note.DAMAGED,)),
        Hostile("text-bomb.png", _png(2, 2, _chunk(b"zTXt", b"c\0\0" + _zeros(64))), Kind.PNG),
        Hostile("profile-bomb.png", _png(2, 2, _chunk(b"iCCP", b"p\0\0" + _zeros(64))), Kind.PNG),
        Hostile("markup-inside.png", _png(2, 2, _chunk(b"tEXt", b"c\0" + _SCRIPT.encode())),
                Kind.PNG, (Note.TWO_KINDS,), shown=True),
    ]  # fmt: skip


def _picture(kind: str) -> bytes:
    out = BytesIO()
    Image.effect_noise((64, 48), 60).convert("RGB").save(out, kind)
    return out.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)


def _png(width: int, height: int, *between: bytes) -> bytes:
    """Black or white, with as many rows as fit into 10 MiB."""
    row = bytes(1 + -(-width // 8))
    rows = zlib.compress(row * min(height, 10 * 1024 * 1024 // len(row)))
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = (_chunk(b"IHDR", head), *between, _chunk(b"IDAT", rows), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _zeros(mib: int) -> bytes:
    return zlib.compress(bytes(mib << 20), 9)


# -- PDF ------------------------------------------------------------------------------------------


def _documents() -> list[Hostile]:
    ends = (Failure.ENDED, Failure.TOO_LATE)
    locked = BytesIO()
    with _new_pdf() as document:
        document.save(locked, encryption=pikepdf.Encryption(owner="o", user="u"))
    return [
        Hostile("runs.pdf", _pdf(OpenAction={"S": "/JavaScript", "JS": "app.alert(1)"}), Kind.PDF,
                (Note.SCRIPTS,), shown=True),
        Hostile("starts.pdf", _pdf(link={"S": "/Launch", "F": "cmd.exe"}), Kind.PDF,
                (Note.LEADS_OUT,), names=("cmd.exe",), shown=True),
        Hostile("asks.pdf", _pdf(link={"S": "/URI", "URI": ELSEWHERE}), Kind.PDF,
                names=(ELSEWHERE,), shown=True),
        Hostile("opens-program.pdf", _pdf(OpenAction={"S": "/Launch", "F": "cmd.exe"}), Kind.PDF,
                (Note.LEADS_OUT,), names=("Launch cmd.exe",), shown=True),
        Hostile("opens-address.pdf", _pdf(OpenAction={"S": "/URI", "URI": ELSEWHERE}), Kind.PDF,
                (Note.LEADS_OUT,), names=(f"URI {ELSEWHERE}",), shown=True),
        Hostile("opens-another.pdf", _pdf(OpenAction=_action("GoToR", F=_action(UF="a.pdf"))),
                Kind.PDF, (Note.LEADS_OUT,), names=("GoToR a.pdf",), shown=True),
        Hostile("sends-then.pdf", _pdf(OpenAction=_action("GoTo", D="x", Next=[
            _action("GoTo", D="x", Next=_action("SubmitForm", F=ELSEWHERE))])), Kind.PDF,
                (Note.LEADS_OUT,), names=(f"SubmitForm {ELSEWHERE}",), shown=True),
        Hostile("page-opens.pdf", _pdf(page={"AA": {"O": _action("ImportData", F="x.fdf")}}),
                Kind.PDF, (Note.LEADS_OUT,), names=("ImportData x.fdf",), shown=True),
        Hostile("closes.pdf", _pdf(AA={"WC": _action("GoToE", F="x.pdf")}), Kind.PDF,
                (Note.LEADS_OUT,), names=("GoToE x.pdf",), shown=True),
        Hostile("clicked-then.pdf", _pdf(link=_action("GoTo", D="x", Next=_action(
            "Launch", Win=_action(F="cmd.exe")))), Kind.PDF, (Note.LEADS_OUT,),
                names=("Launch cmd.exe",), shown=True),
        Hostile("acts-without-end.pdf", _pdf(OpenAction=[_action("URI", URI=f"{ELSEWHERE}/{n}")
                for n in range(3000)]), Kind.PDF, (Note.LEADS_OUT, Note.CUT_OFF, Note.MORE_NAMES),
                shown=True),
        Hostile("attached.pdf", _pdf(attached=True), Kind.PDF, (Note.EMBEDDED,),
                names=("run.exe",), shown=True),
        Hostile("form.pdf", _pdf(form=True), Kind.PDF, (Note.FORM,), shown=True),
        Hostile("bomb.pdf", _pdf(content=(b" " * (1 << 20)) * 700, packed=True), Kind.PDF,
                ends=ends),
        Hostile("turns.pdf", _pdf(turns=True), Kind.PDF, ends=ends),
        Hostile("giant-page.pdf", _pdf(size=10_000_000), Kind.PDF, shown=True),
        Hostile("no-page.pdf", _pdf(size=0), Kind.PDF),
        Hostile("locked.pdf", locked.getvalue(), Kind.PDF, (Note.LOCKED,)),
        Hostile("cut-off.pdf", _pdf()[:150], Kind.PDF, (Note.DAMAGED,)),
    ]  # fmt: skip


def _new_pdf(size: int = 200) -> pikepdf.Pdf:
    document = pikepdf.new()
    document.add_blank_page(page_size=(200, 200))
    document.pages[0].MediaBox = pikepdf.Array([0, 0, size, size])
    return document


Value = str | list["Value"] | dict[str, "Value"]
"""Of a PDF: what begins with a stroke is a name."""


def _value(value: Value) -> pikepdf.Object:
    if isinstance(value, dict):
        return pikepdf.Dictionary({f"/{key}": _value(each) for key, each in value.items()})
    if isinstance(value, list):
        return pikepdf.Array([_value(each) for each in value])
    return pikepdf.Name(value) if value[0] == "/" else pikepdf.String(value)


def _action(kind: str = "", **values: Value) -> dict[str, Value]:
    return {**({"S": f"/{kind}"} if kind else {}), **values}


def _pdf(
    size: int = 200,
    content: bytes = b"",
    packed: bool = False,
    link: dict[str, Value] | None = None,
    page: dict[str, Value] | None = None,
    attached: bool = False,
    form: bool = False,
    turns: bool = False,
    **actions: Value,
) -> bytes:
    with _new_pdf(size) as document:
        first = document.pages[0]
        for name, values in actions.items():
            document.Root[f"/{name}"] = _value(values)
        for name, values in (page or {}).items():
            first.obj[f"/{name}"] = _value(values)
        if content:
            first.Contents = document.make_stream(
                zlib.compress(content, 1), Filter=pikepdf.Name.FlateDecode
            )
        if link is not None:
            note = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 200, 200],
                A=_value(link),
            )  # fmt: skip
            first.Annots = document.make_indirect([note])
        if attached:
            document.attachments["run.exe"] = b"MZ"
        if form:
            field = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx,
                T="name", Rect=[0, 0, 100, 20],
            )  # fmt: skip
            fields = document.make_indirect([document.make_indirect(field)])
            document.Root.AcroForm = pikepdf.Dictionary(Fields=fields)
        if turns:
            drawing = document.make_stream(
                b"/X Do " * 2,
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Form,
                BBox=[0, 0, 9, 9],
            )
            resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=drawing))
            drawing.Resources = resources
            first.Resources = resources
            first.Contents = document.make_stream(b"/X Do " * 2)
        out = BytesIO()
        document.save(out)
        return out.getvalue()


# -- archives -------------------------------------------------------------------------------------


def _zip(members: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _overlapping() -> bytes:
    """Many names in the directory for one and the same member."""
    made = _zip({"kernel": bytes(1 << 20)})
    start = made.index(b"PK\x01\x02")
    end = made.index(b"PK\x05\x06")
    entry = made[start:end]
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 300, 300, 300 * len(entry), start, 0)
    return made[:start] + entry * 300 + tail


def _lying(head: bytes, at: int) -> bytes:
    """A member that unpacks to 100 MiB, and says at one of two places that it is small."""
    made = bytearray(_zip({"a.bin": bytes(100 << 20)}))
    size = made.index(head) + at
    made[size : size + 4] = struct.pack("<I", 1000)
    return bytes(made)


def _archives() -> list[Hostile]:
    linked = zipfile.ZipInfo("home")
    linked.external_attr = 0o120777 << 16
    link = BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        archive.writestr(linked, "/etc/passwd")
    bomb = _zip({f"{n}.bin": bytes(100 << 20) for n in range(2)})
    return [
        Hostile("bomb.zip", bomb, Kind.ARCHIVE, (Note.BOMB,), names=("0.bin",)),
        Hostile("overlap.zip", _overlapping(), Kind.ARCHIVE, (Note.OVERLAP, Note.BOMB)),
        Hostile("program.zip", _zip({"invoice.pdf.exe": b"MZ"}), Kind.ARCHIVE, (Note.PROGRAMS,),
                names=("invoice.pdf.exe",)),
        Hostile("script.zip", _zip({"RUN.JS. ": b"x"}), Kind.ARCHIVE, (Note.PROGRAMS,)),
        Hostile("shortcut.zip", _zip({"a.lnk": b"L"}), Kind.ARCHIVE, (Note.PROGRAMS,)),
        Hostile("program.jar", _zip({"META-INF/MANIFEST.MF": b"Main-Class: X", "X.class": b"x"}),
                Kind.ARCHIVE, (Note.PROGRAMS,)),
        Hostile("nested.zip", _zip({f"lib {n}.zip": _zip({"a": bytes(1 << 20)}) for n in range(9)}),
                Kind.ARCHIVE, (Note.NESTED,)),
        Hostile("small-inside.zip", _lying(b"PK\x01\x02", 24), Kind.ARCHIVE, (Note.LIES,)),
        Hostile("small-outside.zip", _lying(b"PK\x03\x04", 22), Kind.ARCHIVE, (Note.LIES,)),
        Hostile("outside.zip", _zip({"../../../etc/cron.d/x": b"x"}), Kind.ARCHIVE,
                (Note.OUTSIDE,), names=("../../../etc/cron.d/x",)),
        Hostile("drive.zip", _zip({"C:\\Windows\\x.dll": b"x"}), Kind.ARCHIVE, (Note.OUTSIDE,)),
        Hostile("link.zip", link.getvalue(), Kind.ARCHIVE, (Note.OUTSIDE,)),
        Hostile("many.zip", _zip({f"{n:04}": b"" for n in range(2000)}), Kind.ARCHIVE,
                (Note.MORE_NAMES,)),
        Hostile("bomb.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + _zeros(20)[2:-4], Kind.OTHER_ARCHIVE,
                (Note.NO_READER,)),
        Hostile("cut-off.zip", _zip({"a": b"b"})[:20], Kind.ARCHIVE, (Note.DAMAGED,)),
    ]  # fmt: skip


# -- office ---------------------------------------------------------------------------------------


_TYPES = "http://schemas.microsoft.com/office/2006/relationships"


def _office() -> list[Hostile]:
    types = {"[Content_Types].xml": b"<Types/>"}
    vba = {"[Content_Types].xml": b'<Types><Override PartName="/word/x.bin" '
           b'ContentType="application/vnd.ms-office.vbaProject"/></Types>'}  # fmt: skip
    rels = "word/_rels/settings.xml.rels"
    lead = (
        f'<Relationships><Relationship Id="1" Target="{ELSEWHERE}" TargetMode="External"/>'
        "</Relationships>"
    )
    odf = f'<office xmlns:xlink="x" xlink:href="{ELSEWHERE}"/>'
    leads = (
        f'<Relationships><Relationship Id="1" Target="{ELSEWHERE}" TargetMode="External"/>'
    ).encode()
    return [
        Hostile("macros.docm", _zip({**types, "word/vbaProject.bin": b"\xd0\xcf"}), Kind.OFFICE,
                (Note.MACROS,), names=("word/vbaProject.bin",)),
        Hostile("template.docx", _zip({**types, "word/_rels/settings.xml.rels": leads}),
                Kind.OFFICE, (Note.LEADS_OUT,), names=(ELSEWHERE,)),
        Hostile("renamed.docm", _zip({**vba, "word/x.bin": b"\xd0\xcf"}), Kind.OFFICE,
                (Note.MACROS,)),
        Hostile("renamed.xlsm", _zip({**types, "xl/_rels/x.rels": (
                    f'<Relationships><Relationship Type="{_TYPES}/xlMacrosheet" Target="x.xml"/>'
                    "</Relationships>").encode()}), Kind.OFFICE, (Note.MACROS,)),
        Hostile("small-letters.docm", _zip({"[content_types].xml": b"<Types/>",
                "Word/VBAPROJECT.bin": b"\xd0\xcf"}), Kind.OFFICE, (Note.MACROS,)),
        Hostile("second.odt", _zip({"content.xml": odf.encode(), "mimetype": b"x",
                "Basic/Standard/M.xml": b"<x/>"}), Kind.OFFICE, (Note.MACROS, Note.LEADS_OUT),
                names=(ELSEWHERE,)),
        Hostile("wide.docx", _zip({**types, rels: f"<?xml version='1.0' encoding='UTF-16'?>{lead}"
                .encode("utf-16")}), Kind.OFFICE, (Note.LEADS_OUT,), names=(ELSEWHERE,)),
        Hostile("prefixed.docx", _zip({**types, rels: lead.replace("<R", "<p:R").replace(
                "</R", "</p:R").replace("ships>", "ships xmlns:p='x'>", 1).encode()}),
                Kind.OFFICE, (Note.LEADS_OUT,), names=(ELSEWHERE,)),
        Hostile("spelled.docx", _zip({**types, rels: lead.replace("External", "Extern&#97;l")
                .encode()}), Kind.OFFICE, (Note.LEADS_OUT,), names=(ELSEWHERE,)),
        Hostile("far.docx", _zip({**types, rels: lead.replace("><", ">" + " " * (2 << 20) + "<", 1)
                .encode()}), Kind.OFFICE, (Note.LEADS_OUT,), names=(ELSEWHERE,)),
        Hostile("too-far.docx", _zip({**types, rels: lead.replace("><", ">" + " " * (17 << 20)
                + "<", 1).encode()}), Kind.OFFICE, (Note.CUT_OFF,)),
        Hostile("too-many.docx", _zip({**types, **{f"{n}.rels": b"<R/>" for n in range(1001)}}),
                Kind.OFFICE, (Note.CUT_OFF,)),
        Hostile("laughs.docx", _zip({**types, rels: b"<!DOCTYPE r [<!ENTITY a 'ha'>"
                + b"".join(f"<!ENTITY {b} '{f'&{a};' * 99}'>".encode()
                           for a, b in zip("abcdefgh", "bcdefghi", strict=True))
                + b"]><r>&i;</r>"}), Kind.OFFICE, (Note.DAMAGED,)),
        Hostile("asks.docx", _zip({**types, "word/document.xml": (
                    b"<w:r xmlns:w='x'><w:instrText>PAGE</w:instrText><w:fldChar/>"
                    b"<w:instrText>DDE</w:instrText><w:t>x</w:t><w:instrText>AUTO c:\\cmd.exe"
                    b"</w:instrText></w:r>")}), Kind.OFFICE, (Note.DDE,)),
        Hostile("asks-simply.docx", _zip({**types, "word/header1.xml": (
                    b"<w:fldSimple xmlns:w='x' w:instr=' dde c:\\cmd.exe'/>")}), Kind.OFFICE,
                (Note.DDE,)),
        Hostile("asks.xlsx", _zip({**types, "xl/externalLinks/externalLink1.xml": (
                    b"<externalLink><ddeLink ddeService='cmd' ddeTopic='/c x'/></externalLink>")}),
                Kind.OFFICE, (Note.DDE,)),
        Hostile("hidden.docx", _zip({**types, "word/embeddings/oleObject1.bin": b"MZ"}),
                Kind.OFFICE, (Note.EMBEDDED,)),
        Hostile("macros.ods", _zip({"mimetype": b"x", "Basic/Standard/M.xml": b"x"}), Kind.OFFICE,
                (Note.MACROS,)),
        Hostile("parts-bomb.docx", _zip({**types, "word/_rels/a.xml.rels": b" " * (200 << 20)}),
                Kind.OFFICE, (Note.BOMB,)),
        Hostile("macros.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
                + "_VBA_PROJECT".encode("utf-16-le"), Kind.OLD_OFFICE, (Note.MACROS,)),
        *_compounds(),
    ]  # fmt: skip


def _compounds() -> list[Hostile]:
    """Old office files in which nothing but an entry of the directory tells of macros."""
    said = (Kind.OLD_OFFICE, (Note.MACROS,))
    circle = struct.pack("<128I", *range(128))  # every sector is followed by itself
    far = compound(_root("Root Entry", "WordDocument"), first=0xFFFFFFF0, sectors=0xFFFFFFFF)
    return [
        Hostile("storage.doc", compound(_root("Root Entry", "WordDocument", "VBA")), *said),
        Hostile("capitals.doc", compound(_root("Root Entry", "MACROS")), *said),
        Hostile("small.xls", compound(_root("Root Entry", "_vba_project_cur")), *said),
        Hostile("streams.ppt", compound(_root("Root Entry", "PROJECT", "dir")), *said),
        Hostile("circle.doc", compound(_root("Root Entry", "a", "b", "c"), circle,
                _root("Root Entry", "VBA"), first=0, sectors=0xFFFFFFFF), *said),
        Hostile("far.doc", far + entry("VBA"), *said),
        Hostile("unended.doc", compound(entry("Root Entry"), entry("VBA", length=0xFFFF)[:67]),
                Kind.OLD_OFFICE),
        Hostile("entries.doc", compound(entry("x") * (1 << 16)), Kind.OLD_OFFICE),
    ]  # fmt: skip


def compound(*sectors_of: bytes, first: int = 0, sectors: int = 1) -> bytes:
    """A compound file [MS-CFB] of sectors of 512 bytes, the directory from the ``first`` on."""
    head = struct.pack("<8s16x5H6x9I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
                       0, sectors, first, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)  # fmt: skip
    head += struct.pack("<109I", 1, *[0xFFFFFFFF] * 108)
    return head.ljust(512, b"\0") + b"".join(sectors_of)


def entry(name: str, kind: int = 1, length: int | None = None) -> bytes:
    """An entry of its directory; ``kind`` 0 is one that is not used."""
    spelled = f"{name}\0".encode("utf-16-le")
    size = len(spelled) if length is None else length
    return spelled.ljust(64, b"\0") + struct.pack("<HB", size, kind) + bytes(61)


def _root(*names: str) -> bytes:
    """A sector of a directory."""
    return b"".join(map(entry, names)).ljust(512, b"\0")


# -- words ----------------------------------------------------------------------------------------


def _words() -> list[Hostile]:
    fields = "From: a@example.invalid\r\nTo: b@example.invalid\r\nDate: now\r\nSubject: {}\r\n"
    mixed = fields.format("=?x-none?q?=E9?=") + (
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n"
        f"--q\r\nContent-Type: text/html; charset=x-none\r\n\r\n{_SCRIPT}\r\n"
        "--q\r\nContent-Type: application/x-msdownload\r\n"
        'Content-Disposition: attachment; filename="../run.exe"\r\n\r\nMZ\r\n--q--\r\n'
    )
    deep = fields.format("deep") + "".join(
        f"Content-Type: multipart/mixed; boundary=q{n}\r\n\r\n--q{n}\r\n" for n in range(3000)
    )
    return [
        Hostile("message.eml", mixed.encode(), Kind.MAIL, (Note.NOT_SHOWN,),
                names=("../run.exe (application/x-msdownload)",)),
        Hostile("deep.eml", deep.encode(), Kind.MAIL, ends=(Failure.ENDED, Failure.TOO_LATE)),
        Hostile("turned.txt", "words \u202egpj.exe \u200b".encode(), Kind.TEXT),
        Hostile("terminal.txt", b"words \x1b]0;pwned\x07\x1b[2J", Kind.UNKNOWN, (Note.NO_READER,)),
        Hostile("long.txt", b"w" * 3_000_000, Kind.TEXT, (Note.CUT,)),
        Hostile("comments.txt", b"<!-- -->" * 8000, Kind.TEXT),
        Hostile("no-letters.txt", b"words \xff\xfe\xe9 more", Kind.TEXT, (Note.ENCODING,)),
    ]  # fmt: skip
