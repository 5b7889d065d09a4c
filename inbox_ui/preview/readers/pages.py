"""PDF: each page as pixels, its words, and where its links lead. No script and no form is run:
the forms' part of PDFium, which runs them, is never started.
"""

import ctypes
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import pypdfium2
from pypdfium2 import raw

from inbox_ui.preview import limits
from inbox_ui.preview.saying import Say
from inbox_ui.preview.sight import Listed, Note, Part

_LOCKED: Final = 4
"""PDFium's number of the error that a password is needed."""
_LARGEST_SCALE: Final = 4.0
_LONGEST: Final = 64 * 1024
_LAUNCH, _ELSEWHERE, _ADDRESS = 4, 2, 3
_NO_FONTS: Final = (ctypes.c_char_p * 1)(None)
"""Of the machine's: letters that a file does not bring are drawn with those that PDFium has."""


def _begin() -> None:
    """Start PDFium anew, so that it looks for fonts in no folder."""
    raw.FPDF_DestroyLibrary()
    paths = ctypes.cast(_NO_FONTS, ctypes.POINTER(ctypes.POINTER(ctypes.c_char)))
    raw.FPDF_InitLibraryWithConfig(raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=paths))


_begin()


def show(file: BinaryIO, say: Say, first: int) -> None:
    """The pages from number ``first`` on, 20 at most."""
    file.seek(0)
    try:
        document = pypdfium2.PdfDocument(file.read(limits.LARGEST))
    except pypdfium2.PdfiumError:
        say.note(Note.LOCKED if raw.FPDF_GetLastError() == _LOCKED else Note.DAMAGED)
        return
    say.note(Note.PAGES, len(document))
    if document.get_formtype() != raw.FORMTYPE_NONE:
        say.note(Note.FORM)
    for number in range(raw.FPDFDoc_GetAttachmentCount(document)):
        say.note(Note.EMBEDDED)
        if number < limits.MEMBERS:
            say.name(Listed.ATTACHMENT, pypdfium2.PdfAttachment(
                raw.FPDFDoc_GetAttachment(document, number), document).get_name())  # fmt: skip
    for number in range(first, min(first + limits.PAGES, len(document))):
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            say.note(Note.BAD_PAGE, number + 1)
            continue
        _show_page(document, page, say)
        page.close()


def _show_page(document: Any, page: Any, say: Say) -> None:
    width, height = page.get_size()
    scale = min(_LARGEST_SCALE, limits.PAGE_SIDE / max(width, height, 1))
    bitmap = page.render(scale=scale, may_draw_forms=False, rev_byteorder=True, prefer_bgrx=False)
    say.picture(bitmap.width, bitmap.height, _rows(bitmap))
    bitmap.close()
    text = page.get_textpage()
    say.text(Part.PAGE, text.get_text_range().replace("\r\n", "\n"), limits.OF_A_PAGE)
    text.close()
    for address in _links(document, page, say):
        say.name(Listed.LINK, address)


def _rows(bitmap: Any) -> bytes:
    """Without what fills each row up to a multiple of four."""
    data, line = bytes(bitmap.buffer), 3 * bitmap.width
    if bitmap.stride == line:
        return data
    return b"".join(data[at : at + line] for at in range(0, len(data), bitmap.stride))


def _links(document: Any, page: Any, say: Say) -> Iterator[str]:
    """Where a click would lead, as it is written."""
    place, link = ctypes.c_int(0), raw.FPDF_LINK()
    for _ in range(limits.MEMBERS):
        if not raw.FPDFLink_Enumerate(page, place, link):
            return
        action = raw.FPDFLink_GetAction(link)
        kind = raw.FPDFAction_GetType(action) if action else 0
        if kind == _ADDRESS:
            yield _text(raw.FPDFAction_GetURIPath, document, action)
        elif kind in (_LAUNCH, _ELSEWHERE):
            say.note(Note.LEADS_OUT)
            yield _text(raw.FPDFAction_GetFilePath, action)


def _text(ask: Any, *of: Any) -> str:
    """What PDFium writes into a buffer, of the length that it asks for."""
    length = min(ask(*of, None, 0), _LONGEST)
    buffer = ctypes.create_string_buffer(max(1, length))
    ask(*of, buffer, length)
    return buffer.raw[: max(0, length - 1)].decode("utf-8", "replace")
