"""Documents of office programs, which are zip files: Office Open XML (ECMA-376), OpenDocument."""

import re
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO, Final

from dropbox.client.metadata.findings import Findings, Kind
from dropbox.client.metadata.markup import values
from dropbox.client.metadata.view import Unreadable, attempt, read_text, read_wide

_LARGEST_PART: Final = 8 * 1024 * 1024
_MOST_PARTS: Final = 40
_MARKERS: Final = ("[Content_Types].xml", "META-INF/manifest.xml")
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,  # a password is needed
    NotImplementedError,
    OSError,
    EOFError,
    ValueError,
)

_Names = tuple[tuple[str, Kind], ...]
_CORE: Final[_Names] = (
    ("dc:creator", Kind.AUTHOR),
    ("cp:lastModifiedBy", Kind.SAVED_BY),
    ("dcterms:created", Kind.DATE),
    ("dcterms:modified", Kind.DATE),
    ("cp:lastPrinted", Kind.DATE),
    ("cp:revision", Kind.HISTORY),
    ("dc:title", Kind.TITLE),
    ("dc:subject", Kind.TITLE),
    ("dc:description", Kind.TITLE),
    ("cp:keywords", Kind.TITLE),
    ("cp:category", Kind.TITLE),
)
_APPLICATION: Final[_Names] = (
    ("Application", Kind.SOFTWARE),
    ("Company", Kind.ORGANISATION),
    ("Manager", Kind.MANAGER),
)
_OPEN_DOCUMENT: Final[_Names] = (
    ("meta:initial-creator", Kind.AUTHOR),
    ("dc:creator", Kind.SAVED_BY),
    ("meta:printed-by", Kind.SAVED_BY),
    ("meta:creation-date", Kind.DATE),
    ("meta:print-date", Kind.DATE),
    ("dc:date", Kind.DATE),
    ("meta:generator", Kind.SOFTWARE),
    ("meta:editing-cycles", Kind.HISTORY),
    ("dc:title", Kind.TITLE),
    ("dc:subject", Kind.TITLE),
    ("dc:description", Kind.TITLE),
    ("meta:keyword", Kind.TITLE),
)
_ORDINARY_TEMPLATES: Final = re.compile(r"Normal(\.dotm?)?$", re.IGNORECASE)
_CHANGES: Final = re.compile(r"<w:(?:ins|del|moveFrom|moveTo)\s")
_SHEET: Final = re.compile(r"<(?:\w+:)?sheet\s[^>]{0,2000}>", re.ASCII)
_FOLDER: Final = re.compile(r"<x15ac:absPath\s[^>]{0,2000}>")
# The parts whose presence says it all, by their names.
_NAMED: Final = (
    (re.compile(r"(docProps/thumbnail\.|Thumbnails/)"), Kind.THUMBNAIL),
    (re.compile(r".*/embeddings/|Object [^/]+/content\.xml$"), Kind.ATTACHMENTS),
    (re.compile(r"(.*/)?vbaProject\.bin$|(Basic|Scripts)/."), Kind.SCRIPT),
    (re.compile(r"xl/revisions/"), Kind.CHANGES),
    (re.compile(r"docProps/custom\.xml$|docMetadata/|customXml/item\d+\.xml$"), Kind.OTHER),
)
_PRINTER: Final = re.compile(r".*/printerSettings/\w+\.bin$")
_PICTURE: Final = re.compile(r"(word|xl|ppt)/media/|Pictures/")

ReadPicture = Callable[[bytes, Findings], None]
ReadPart = Callable[[str, Findings], None]


def read_office(file: BinaryIO, found: Findings, read_picture: ReadPicture) -> bool:
    """Note what an office document holds besides its text; False for another zip file.

    Raises ``Unreadable`` for what is no whole zip file.
    """
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGED:
        raise Unreadable from None
    with archive:
        if not any(each in archive.namelist() for each in _MARKERS):
            return False
        _read_parts(archive, found, read_picture)
    return True


def _read_parts(archive: zipfile.ZipFile, found: Findings, read_picture: ReadPicture) -> None:
    left = _MOST_PARTS
    for entry in archive.infolist():
        name = entry.filename
        for pattern, kind in _NAMED:
            if pattern.match(name):
                found.add(kind)
        part = next((read for pattern, read in _PARTS if pattern.match(name)), None)
        is_printer, is_picture = _PRINTER.match(name), _PICTURE.match(name)
        if not (part or is_printer or is_picture):
            continue
        if not left:
            found.add(Kind.UNREAD)
            return
        left -= 1
        with attempt(found):
            data = _read_part(archive, entry)
            if part:
                part(read_text(data), found)
            elif is_printer:
                found.add(Kind.PRINTER, read_wide(data[:64]))
            else:
                read_picture(data, found)


def _read_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.file_size > _LARGEST_PART:
        raise Unreadable
    try:
        with archive.open(entry) as part:
            return part.read(_LARGEST_PART)
    except _DAMAGED:
        raise Unreadable from None


def _read_names(source: str, names: _Names, found: Findings) -> None:
    for name, kind in names:
        found.add_each(kind, values(source, name))


def _read_core(source: str, found: Findings) -> None:
    _read_names(source, _CORE, found)


def _read_application(source: str, found: Findings) -> None:
    _read_names(source, _APPLICATION, found)
    templates = values(source, "Template")
    found.add_each(
        Kind.TEMPLATE, (each for each in templates if not _ORDINARY_TEMPLATES.match(each))
    )


def _read_open_document(source: str, found: Findings) -> None:
    _read_names(source, _OPEN_DOCUMENT, found)
    if "<meta:template" in source:
        found.add(Kind.TEMPLATE, next(iter(values(source, "xlink:title")), ""))
    if "<meta:user-defined" in source:
        found.add(Kind.OTHER)


def _read_content(source: str, found: Findings) -> None:
    for each in source.split("<text:tracked-changes")[1:20]:
        found.add(Kind.CHANGES)
        change = each.split("</text:tracked-changes>", 1)[0]
        found.add_each(Kind.CHANGES, values(change, "dc:creator"))
    for each in source.split("<office:annotation")[1:200]:
        if not each.startswith("-end"):
            note = each.split("</office:annotation>", 1)[0]
            found.add(Kind.COMMENTERS, next(iter(values(note, "dc:creator")), ""))
    if 'table:display="false"' in source:
        found.add(Kind.HIDDEN_SHEETS)


def _read_text(source: str, found: Findings) -> None:
    if _CHANGES.search(source):
        found.add(Kind.CHANGES)
        found.add_each(Kind.CHANGES, values(source, "w:author"))


def _read_settings(source: str, found: Findings) -> None:
    if "<w:attachedTemplate" in source:
        found.add(Kind.TEMPLATE)


def _read_workbook(source: str, found: Findings) -> None:
    for match in _SHEET.finditer(source):
        if {"hidden", "veryHidden"} & set(values(match[0], "state")):
            found.add(Kind.HIDDEN_SHEETS, next(iter(values(match[0], "name")), ""))
    found.add_each(Kind.AUTHOR, values(source, "userName"))
    if folder := _FOLDER.search(source):
        found.add_each(Kind.PATH, values(folder[0], "url"))


def _commenters(*names: str) -> ReadPart:
    def read(source: str, found: Findings) -> None:
        for name in names:
            found.add_each(Kind.COMMENTERS, values(source, name))

    return read


# What the parts of a certain name say.
_PARTS: Final[tuple[tuple[re.Pattern[str], ReadPart], ...]] = (
    (re.compile(r"docProps/core\.xml$"), _read_core),
    (re.compile(r"docProps/app\.xml$"), _read_application),
    (re.compile(r"meta\.xml$"), _read_open_document),
    (re.compile(r"content\.xml$"), _read_content),
    (re.compile(r"word/(document|footnotes|endnotes|header\d*|footer\d*)\.xml$"), _read_text),
    (re.compile(r"word/(comments\w*|people)\.xml$"), _commenters("w:author", "w15:author")),
    (re.compile(r"word/settings\.xml$"), _read_settings),
    (re.compile(r"xl/workbook\.xml$"), _read_workbook),
    (re.compile(r"xl/comments(\w*|/\w+)\.xml$"), _commenters("author")),
    (re.compile(r"xl/persons/\w+\.xml$"), _commenters("displayName")),
    (re.compile(r"ppt/(commentAuthors|authors)\.xml$"), _commenters("name")),
)
