"""PDF (ISO 32000), read and written anew by qpdf."""

import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

import pikepdf

from dropbox.report.metadata.exif import read_exif
from dropbox.report.metadata.findings import Findings, Kind
from dropbox.report.metadata.jpeg import read_jpeg
from dropbox.report.metadata.view import Unreadable, attempt
from dropbox.report.metadata.xmp import read_xmp

_KINDS: Final = {
    "/Author": Kind.AUTHOR,
    "/Creator": Kind.SOFTWARE,
    "/Producer": Kind.SOFTWARE,
    "/Company": Kind.ORGANISATION,
    "/Manager": Kind.MANAGER,
    "/Title": Kind.TITLE,
    "/Subject": Kind.TITLE,
    "/Keywords": Kind.TITLE,
    "/CreationDate": Kind.DATE,
    "/ModDate": Kind.DATE,
}
_ATTACHMENTS: Final = ("/EmbeddedFiles", "/EF", "/AF")
_SCRIPTS: Final = ("/JavaScript", "/JS", "/AA", "/OpenAction")
_UNWANTED: Final = (
    *("/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/SpiderInfo"),
    *_ATTACHMENTS,
    *_SCRIPTS,
)
_NOTES: Final = frozenset(
    {
        *("/Text", "/FreeText", "/Highlight", "/Underline", "/Squiggly", "/StrikeOut"),
        *("/Stamp", "/Caret", "/Ink", "/FileAttachment"),
    }
)
_NAMING_IN_NOTES: Final = ("/T", "/M", "/NM", "/CreationDate", "/FS")
_DAMAGED: Final = (pikepdf.PdfError, pikepdf.PasswordError, ValueError, RuntimeError)


def read_pdf(data: bytes, found: Findings) -> bytes | None:
    """Note what a PDF holds besides its pages; the pages without all that.

    None where that cannot be done. Raises ``Unreadable`` for a damaged or a locked one.
    """
    try:
        with warnings.catch_warnings(action="ignore"), pikepdf.open(BytesIO(data)) as pdf:
            _note_versions(data, found)
            _read_info(pdf, found)
            for each in _dictionaries(pdf):
                _read_object(each, found)
            if pdf.is_encrypted:
                found.add(Kind.UNREAD)
            return None if pdf.is_encrypted or _is_signed(pdf) else _without(pdf)
    except _DAMAGED:
        raise Unreadable from None


def _note_versions(data: bytes, found: Findings) -> None:
    """Each change that is saved by adding to the file leaves the version before in it."""
    usual = 2 if b"/Linearized" in data[:2000] else 1
    if data.count(b"%%EOF") > usual:
        found.add(Kind.HISTORY)


def _read_info(pdf: pikepdf.Pdf, found: Findings) -> None:
    info = pdf.trailer.get("/Info")
    if isinstance(info, pikepdf.Dictionary):
        for name, value in info.items():
            if name in _KINDS and isinstance(value, pikepdf.String):
                found.add_each(_KINDS[name], [str(value)])


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of the file, those in others as well."""
    waiting: list[Any] = list(pdf.objects)
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            yield each
            waiting += [each[name] for name in sorted(each.keys()) if _is_inside(each[name])]
        elif isinstance(each, pikepdf.Array):
            waiting += [inner for inner in each if _is_inside(inner)]


def _is_inside(each: Any) -> bool:
    """Whether an object stands in the one that holds it, and is not only named there."""
    return isinstance(each, pikepdf.Object) and not each.is_indirect


def _read_object(each: Any, found: Findings) -> None:
    if any(name in each for name in _ATTACHMENTS):
        found.add(Kind.ATTACHMENTS)
    if "/JS" in each or "/JavaScript" in each:
        found.add(Kind.SCRIPT)
    if "/PieceInfo" in each:
        found.add(Kind.OTHER)
    if _is_signature(each):
        found.add(Kind.AUTHOR, str(each.get("/Name", "")))
    if _is_note(each) and isinstance(signer := each.get("/T"), pikepdf.String):
        found.add_each(Kind.COMMENTERS, [str(signer)])
    if isinstance(each, pikepdf.Stream):
        if each.get("/Type") == "/Metadata":
            read_xmp(each.read_bytes(), found)
        elif _is_jpeg(each) and (at := (raw := each.read_raw_bytes()).find(b"Exif\0\0")) >= 0:
            with attempt(found):
                read_exif(raw[at + 6 : at + 6 + 65_536], found)


def _is_signed(pdf: pikepdf.Pdf) -> bool:
    """Whether somebody signed it: that names them, and does not outlast a change."""
    return any(_is_signature(each) for each in _dictionaries(pdf))


def _is_signature(each: Any) -> bool:
    return each.get("/Type") in ("/Sig", "/DocTimeStamp")


def _is_note(each: Any) -> bool:
    return str(each.get("/Subtype", "")) in _NOTES


def _is_jpeg(each: Any) -> bool:
    return each.get("/Filter") in ("/DCTDecode", ["/DCTDecode"])


def _without(pdf: pikepdf.Pdf) -> bytes | None:
    """The same pages, and only what they show."""
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for each in _dictionaries(pdf):
        for name in _UNWANTED:
            if name in each:
                del each[name]
        if _is_note(each):
            for name in _NAMING_IN_NOTES:
                if name in each:
                    del each[name]
        if isinstance(each, pikepdf.Stream) and _is_jpeg(each):
            picture = read_jpeg(each.read_raw_bytes(), Findings())
            if picture is None:
                return None
            each.write(picture, filter=pikepdf.Name.DCTDecode)
    written = BytesIO()
    # The file's id would otherwise hold the moment at which it was written.
    pdf.save(written, deterministic_id=True, fix_metadata_version=False)
    return written.getvalue()
