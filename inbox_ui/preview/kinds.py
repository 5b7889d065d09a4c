"""What a file is, by its bytes and never by its name; and what else it is, where it is two things.

A file that is read as one kind by one program and as another by the next is made to get past one of
them. So what is behind a kind's own beginning is looked at too, and said.
"""

import re
from typing import BinaryIO, Final

from dropbox.client.metadata.mail import is_mail
from inbox_ui.preview.limits import LARGEST
from inbox_ui.preview.readers.texts import decode
from inbox_ui.preview.sight import Kind

HEAD: Final = 64 * 1024
_TAIL: Final = 66 * 1024
_PDF_WITHIN: Final = 1024
_TAR_AT: Final = 257
_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"GIF8", Kind.GIF),
    (b"II*\0", Kind.TIFF),
    (b"MM\0*", Kind.TIFF),
    (b"%PDF-", Kind.PDF),
    (b"PK\x03\x04", Kind.ARCHIVE),
    (b"PK\x05\x06", Kind.ARCHIVE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OLD_OFFICE),
    (b"{\\rtf", Kind.RTF),
    (b"\x1f\x8b", Kind.OTHER_ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Kind.OTHER_ARCHIVE),
    (b"Rar!\x1a\x07", Kind.OTHER_ARCHIVE),
    (b"\xfd7zXZ\0", Kind.OTHER_ARCHIVE),
    (b"BZh", Kind.OTHER_ARCHIVE),
    (b"MSCF", Kind.OTHER_ARCHIVE),
    (b"\x28\xb5\x2f\xfd", Kind.OTHER_ARCHIVE),
    (b"MZ", Kind.PROGRAM),
    (b"\x7fELF", Kind.PROGRAM),
    (b"\xca\xfe\xba\xbe", Kind.PROGRAM),
    (b"\xcf\xfa\xed\xfe", Kind.PROGRAM),
    (b"\0asm", Kind.PROGRAM),
    (b"dex\n", Kind.PROGRAM),
    (b"L\0\0\0\x01\x14\x02\0", Kind.SHORTCUT),
    (b"[InternetShortcut]", Kind.SHORTCUT),
    (b"[Desktop Entry]", Kind.SHORTCUT),
    (b"ID3", Kind.SOUND),
    (b"\xff\xfb", Kind.SOUND),
    (b"\xff\xf3", Kind.SOUND),
    (b"\xff\xf1", Kind.SOUND),
    (b"\xff\xf9", Kind.SOUND),
    (b"OggS", Kind.SOUND),
    (b"fLaC", Kind.SOUND),
    (b"#!AMR", Kind.SOUND),
    (b"\x1aE\xdf\xa3", Kind.FILM),
    (b"#!", Kind.SCRIPT),
    (b"%!PS", Kind.SCRIPT),
)
_RIFF: Final = {b"WEBP": Kind.WEBP, b"WAVE": Kind.SOUND, b"AVI ": Kind.FILM}
_STILL: Final = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_FIRST_TAG: Final = re.compile(
    r"<(?:!doctype\s+)?(?:([a-z][\w.-]{0,100}):)?([a-z][a-z0-9-]{0,100})[\s>/]", re.I
)
_SCRIPT_TAGS: Final = frozenset({"stylesheet", "transform", "scriptlet"})
_HTML_TAGS: Final = frozenset(
    {"html", "head", "body", "script", "iframe", "meta", "title", "div", "p", "img", "a", "style",
     "table", "object", "embed", "form", "link", "base", "br", "h1", "span", "video", "audio"}
)  # fmt: skip
_BEFORE_TAGS: Final = (("<!--", "-->"), ("<?", "?>"))
_MARKUP: Final = re.compile(rb"<(?:script|html|svg|!doctype|iframe)[\s>]", re.I)
_BEHIND: Final = (
    (re.compile(rb"%PDF-[12]\.[0-9]"), Kind.PDF),
    (re.compile(rb"Rar!\x1a\x07[\0\x01]|7z\xbc\xaf\x27\x1c\0"), Kind.OTHER_ARCHIVE),
    (re.compile(rb"<(?:script|html|iframe)[\s>]|<!doctype\s+html", re.I), Kind.HTML),
)
_OBEYED: Final = (
    (re.compile(rb"<(?:[\w.-]{1,100}:)?(?:script|html|svg|iframe|object|embed)[\s>/]", re.I),
     Kind.HTML),
    (re.compile(rb"ActiveXObject|\bWScript\.|\bCreateObject\s*\(|\bpowershell(?:\.exe)?\s+-|"
                rb"\bInvoke-Expression\b|\bDownloadString\b|<hta:", re.I), Kind.SCRIPT),
)  # fmt: skip
_BLANK: Final = b"\0\t\n\x0c\r "
_BATCH: Final = re.compile(r"\s*(?:@echo off|rem |powershell|set-executionpolicy|wscript)", re.I)
_PICTURES: Final = frozenset(
    {Kind.JPEG, Kind.PNG, Kind.GIF, Kind.TIFF, Kind.WEBP, Kind.BMP, Kind.HEIC}
)
_BINARY: Final = frozenset(
    {Kind.JPEG, Kind.PNG, Kind.GIF, Kind.TIFF, Kind.WEBP, Kind.BMP, Kind.HEIC, Kind.PDF, Kind.SOUND,
     Kind.FILM, Kind.ARCHIVE, Kind.OTHER_ARCHIVE, Kind.OLD_OFFICE}
)  # fmt: skip


def kind_of(head: bytes) -> Kind:
    """The kind by the first bytes, up to ``HEAD`` of them. An office file is an archive so far."""
    return binary_kind_of(head) or (_kind_of_text(head) if head else Kind.EMPTY)


def binary_kind_of(head: bytes) -> Kind | None:
    """The same, of what has a mark of its kind; nothing is decoded for it."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    return _kind_by_mark(head)


def _kind_by_mark(head: bytes) -> Kind | None:
    """The kinds whose mark is not at the very beginning."""
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return Kind.HEIC if head[8:12] in _STILL else Kind.FILM
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return Kind.BMP
    if head[_TAR_AT : _TAR_AT + 5] == b"ustar":
        return Kind.OTHER_ARCHIVE
    return Kind.PDF if b"%PDF-" in head[:_PDF_WITHIN] else None


def kind_of_file(file: BinaryIO) -> Kind:
    """The kind of all of it; blank space before its first letter hides none."""
    file.seek(0)
    head = file.read(HEAD)
    begins = head
    while len(begins) == HEAD and not begins.strip(_BLANK):
        begins = file.read(HEAD)
    if begins is head:
        return kind_of(head)
    return _kind_of_text((begins.lstrip(_BLANK) + file.read(HEAD))[:HEAD])


def also(kind: Kind, file: BinaryIO) -> tuple[Kind, ...]:
    """What else the file is, or could be taken for, that is not ``kind``."""
    file.seek(0)
    data = file.read(LARGEST)
    head, tail = data[:HEAD], data[-_TAIL:]
    found = []
    if kind is not Kind.PDF and b"%PDF-" in head[:_PDF_WITHIN]:
        found.append(Kind.PDF)
    if kind is Kind.PDF and not head.lstrip(b"\0\t\n\x0c\r \xef\xbb\xbf").startswith(b"%PDF-"):
        before = _kind_before(head[: head.index(b"%PDF-")])
        found.append(before)
    if kind is not Kind.ARCHIVE and b"PK\x05\x06" in tail:
        found.append(Kind.ARCHIVE)
    if kind in _BINARY and _MARKUP.search(head[:_PDF_WITHIN]):
        found.append(Kind.HTML)
    if kind in _PICTURES:
        found += _kinds_within(data)
    elif kind is Kind.PDF:
        found += _kinds_within(data[max(0, data.rfind(b"%%EOF")) :])
    elif kind in (Kind.TEXT, Kind.UNKNOWN):
        found += _kinds_in_text(data)
    return tuple(dict.fromkeys(found))


def _kinds_within(data: bytes) -> list[Kind]:
    """What may be behind a picture, or the end of a document: long marks, which chance writes
    nowhere."""
    return [kind for mark, kind in _BEHIND if mark.search(data)]


def _kinds_in_text(data: bytes) -> list[Kind]:
    """A text that a browser or a script's host would obey from its middle on."""
    plain = data.replace(b"\0", b"")
    return [kind for mark, kind in _OBEYED if mark.search(plain)]


def _kind_before(head: bytes) -> Kind:
    """What a PDF is that begins with something else."""
    return _kind_of_markup(decode(head).text) or Kind.UNKNOWN


def _kind_of_text(head: bytes) -> Kind:
    text = decode(head, cut=len(head) == HEAD).text
    if _CONTROL.search(text):
        return Kind.UNKNOWN
    if is_mail(head):
        return Kind.MAIL
    return _kind_of_markup(text) or (Kind.SCRIPT if _BATCH.match(text) else Kind.TEXT)


def _kind_of_markup(text: str) -> Kind | None:
    """By the first tag; a comment or a declaration before it is none."""
    text = text.lstrip()
    while ending := next((end for start, end in _BEFORE_TAGS if text.startswith(start)), ""):
        text = text.partition(ending)[2].lstrip()
    tag = _FIRST_TAG.match(text)
    if tag is None:
        return None
    prefix, name = (tag[1] or "").lower(), tag[2].lower()
    if name == "svg":
        return Kind.SVG
    if name in _SCRIPT_TAGS:
        return Kind.SCRIPT
    return Kind.HTML if name in _HTML_TAGS or prefix == "hta" else None
