"""Looking a file through, by what it holds and never by its name."""

import re
from collections.abc import Callable
from typing import BinaryIO, Final

from dropbox.client.metadata.boxes import read_boxes
from dropbox.client.metadata.exif import read_exif
from dropbox.client.metadata.findings import Findings, Inspection, Kind
from dropbox.client.metadata.jpeg import read_jpeg
from dropbox.client.metadata.mail import is_mail, read_mail
from dropbox.client.metadata.office import read_office
from dropbox.client.metadata.pdf import note_pdf, read_pdf
from dropbox.client.metadata.pixels import same_pixels
from dropbox.client.metadata.png import read_png
from dropbox.client.metadata.view import Unreadable, attempt, read_text
from dropbox.client.metadata.webp import read_webp

_HEAD: Final = 64 * 1024
_LARGEST_WHOLE: Final = 64 * 1024 * 1024
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARKUP: Final = re.compile(r"\s*(?:<|\{\\rtf|%!)")

Read = Callable[[bytes, Findings], bytes | None]
_PICTURES: Final[dict[str, Read]] = {"jpeg": read_jpeg, "png": read_png, "webp": read_webp}
_READERS: Final[dict[str, Read]] = {**_PICTURES, "pdf": read_pdf}
_NOTERS: Final[dict[str, Read]] = {**_PICTURES, "pdf": note_pdf}


def inspect(file: BinaryIO) -> Inspection:
    """Look a file through, in memory; no more than 64 MiB of it are read.

    What cannot be read is the finding ``Kind.UNREAD``.
    """
    return _inspect(file, _READERS)


def search(file: BinaryIO) -> Inspection:
    """The same without ``stripped``: no pixel is decoded, and nothing written anew."""
    found = _inspect(file, _NOTERS)
    return Inspection(found.kind, found.findings)


def _inspect(file: BinaryIO, readers: dict[str, Read]) -> Inspection:
    file.seek(0)
    kind = _kind_of(file.read(_HEAD))
    found = Findings()
    stripped = None
    with attempt(found):
        if kind == "office":
            if not read_office(file, found, _read_picture):
                kind = "unknown"
        elif kind in _READERS:
            data = _whole(file)
            stripped = readers[kind](data, found)
            if readers is _READERS:
                stripped = _checked(kind, data, stripped)
        else:
            _read_other(kind, file, found)
    return Inspection(kind, found.list(), stripped)


def _checked(kind: str, data: bytes, stripped: bytes | None) -> bytes | None:
    """``stripped``, if nothing is found in it and it shows what ``data`` does."""
    if stripped is None:
        return None
    left = Findings()
    with attempt(left):
        _READERS[kind](stripped, left)
    same = kind not in _PICTURES or same_pixels(data, stripped)
    return stripped if same and not left.list() else None


def _read_other(kind: str, file: BinaryIO, found: Findings) -> None:
    if kind == "film":
        read_boxes(file, found)
    elif kind == "mail":
        file.seek(0)
        read_mail(file.read(_HEAD), found)
    elif kind == "tiff":
        read_exif(_whole(file), found)
    elif kind == "old-office":
        found.add(Kind.UNREAD)


def _read_picture(data: bytes, found: Findings) -> None:
    """A picture inside a document."""
    if read := _PICTURES.get(_kind_of(data[:_HEAD])):
        with attempt(found):
            read(data, found)


def _whole(file: BinaryIO) -> bytes:
    file.seek(0)
    data = file.read(_LARGEST_WHOLE + 1)
    if len(data) > _LARGEST_WHOLE:
        raise Unreadable
    return data


_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"PK\x03\x04", "office"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-office"),
    (b"\xff\xfe", "text"),
    (b"\xfe\xff", "text"),
)


def _kind_of(head: bytes) -> str:
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return "film"
    return "pdf" if b"%PDF-" in head[:1024] else _kind_of_text(head)


def _kind_of_text(head: bytes) -> str:
    if _CONTROL.search(head):
        return "unknown"
    if is_mail(head):
        return "mail"
    return "unknown" if _MARKUP.match(read_text(head)) else "text"
