"""PDF (ISO 32000), read and written anew by qpdf."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Final

import pikepdf

from dropbox.client.metadata.findings import Findings, Kind
from dropbox.client.metadata.jpeg import read_jpeg
from dropbox.client.metadata.pdf_objects import (
    dictionaries,
    is_annotation,
    is_jpeg,
    is_note,
    is_signature,
    is_wrapped_picture,
    read_string,
)
from dropbox.client.metadata.view import Unreadable, attempt
from dropbox.client.metadata.xmp import read_xmp

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
# Whether a press has set the colours' edges: all that /Info may say of no person.
_TRAPPED: Final = ("/True", "/False", "/Unknown")
_ATTACHMENTS: Final = ("/EmbeddedFiles", "/EF", "/AF", "/Sound")
_SCRIPTS: Final = ("/JavaScript", "/JS", "/AA", "/OpenAction")
# What pdfTeX keeps of a file that it puts on a page: where it lay, and its /Info.
_ORIGIN: Final = ("/PTEX.FileName", "/PTEX.InfoDict")
_UNWANTED: Final = (
    *("/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/SpiderInfo"),
    *_ATTACHMENTS,
    *_SCRIPTS,
    *_ORIGIN,
)
_DATED: Final = {
    "/M": Kind.DATE,
    "/CreationDate": Kind.DATE,
    "/NM": Kind.IDENTIFIER,
}
_NAMING_IN_NOTES: Final = ("/T", "/FS")
_DAMAGED: Final = (pikepdf.PdfError, pikepdf.PasswordError, ValueError, RuntimeError)


def read_pdf(data: bytes, found: Findings) -> bytes | None:
    """Note what a PDF holds besides its pages; the pages without all that.

    None where that cannot be done. Raises ``Unreadable`` for a damaged or a locked one.
    """
    with _opened(data) as pdf:
        _note(pdf, data, found)
        return None if pdf.is_encrypted or _is_signed(pdf) else _without(pdf)


def note_pdf(data: bytes, found: Findings) -> None:
    """The same, and nothing is written anew."""
    with _opened(data) as pdf:
        _note(pdf, data, found)


@contextmanager
def _opened(data: bytes) -> Iterator[pikepdf.Pdf]:
    try:
        with warnings.catch_warnings(action="ignore"), pikepdf.open(BytesIO(data)) as pdf:
            yield pdf
    except _DAMAGED:
        raise Unreadable from None


def _note(pdf: pikepdf.Pdf, data: bytes, found: Findings) -> None:
    _note_versions(data, found)
    _read_info(pdf.trailer.get("/Info"), found)
    _read_identifiers(pdf, found)
    for each in dictionaries(pdf):
        _read_object(each, found)
    if pdf.is_encrypted:
        found.add(Kind.UNREAD)


def _note_versions(data: bytes, found: Findings) -> None:
    """Each change that is saved by adding to the file leaves the version before in it."""
    usual = 2 if b"/Linearized" in data[:2000] else 1
    if data.count(b"%%EOF") > usual:
        found.add(Kind.HISTORY)


def _read_info(info: Any, found: Findings) -> None:
    if isinstance(info, pikepdf.Dictionary):
        for name, value in info.items():
            if name in _KINDS and isinstance(value, pikepdf.String):
                found.add_each(_KINDS[name], [str(value)])
            elif not (name == "/Trapped" and value in _TRAPPED):
                found.add(Kind.OTHER)


def _read_identifiers(pdf: pikepdf.Pdf, found: Findings) -> None:
    """The first stays when a file is changed, and leads to the one it was made from."""
    both = pdf.trailer.get("/ID")
    if isinstance(both, pikepdf.Array) and len({read_string(each) for each in both}) > 1:
        found.add(Kind.IDENTIFIER)


def _read_object(each: Any, found: Findings) -> None:
    if any(name in each for name in _ATTACHMENTS):
        found.add(Kind.ATTACHMENTS)
    if "/JS" in each or "/JavaScript" in each:
        found.add(Kind.SCRIPT)
    if "/PieceInfo" in each:
        found.add(Kind.OTHER)
    if is_signature(each):
        found.add(Kind.AUTHOR, str(each.get("/Name", "")))
    if any(name in each for name in _ORIGIN):
        found.add(Kind.PATH, read_string(each.get("/PTEX.FileName")))
        _read_info(each.get("/PTEX.InfoDict"), found)
    if is_annotation(each):
        _read_annotation(each, found)
    if isinstance(each, pikepdf.Stream):
        _read_stream(each, found)


def _read_stream(each: Any, found: Findings) -> None:
    if is_wrapped_picture(each):
        found.add(Kind.UNREAD)
    if each.get("/Type") == "/Metadata":
        read_xmp(each.read_bytes(), found)
    elif is_jpeg(each):
        with attempt(found):
            read_jpeg(each.read_raw_bytes(), found)


def _is_signed(pdf: pikepdf.Pdf) -> bool:
    """Whether somebody signed it: that names them, and does not outlast a change."""
    return any(is_signature(each) for each in dictionaries(pdf))


def _read_annotation(each: Any, found: Findings) -> None:
    if is_note(each):
        found.add_each(Kind.COMMENTERS, [read_string(each.get("/T"))])
    for name, kind in _DATED.items():
        found.add_each(kind, [read_string(each.get(name))])


def _without(pdf: pikepdf.Pdf) -> bytes | None:
    """The same pages, and only what they show; None where a picture cannot be looked into."""
    _remove(pdf.trailer, set(pdf.trailer.keys()) - {"/Root", "/Size"})
    for each in dictionaries(pdf):
        _remove(each, _UNWANTED)
        if is_annotation(each):
            _remove(each, _DATED)
            _remove(each, _NAMING_IN_NOTES if is_note(each) else ())
        if isinstance(each, pikepdf.Stream) and not _clean_picture(each):
            return None
    written = BytesIO()
    # The file's id would otherwise hold the moment at which it was written.
    pdf.save(written, deterministic_id=True, fix_metadata_version=False)
    return written.getvalue()


def _remove(each: Any, names: Iterable[str]) -> None:
    for name in names:
        if name in each:
            del each[name]


def _clean_picture(each: Any) -> bool:
    """Leave only the pixels of a photograph; whether that could be done."""
    if not is_jpeg(each):
        return not is_wrapped_picture(each)
    picture = read_jpeg(each.read_raw_bytes(), Findings())
    if picture is not None:
        each.write(picture, filter=each["/Filter"], decode_parms=each.get("/DecodeParms"))
    return picture is not None
