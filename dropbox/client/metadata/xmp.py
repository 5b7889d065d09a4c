"""XMP: the same facts once more, as XML (ISO 16684-1)."""

from typing import Final

from dropbox.client.metadata.findings import Findings, Kind
from dropbox.client.metadata.markup import values
from dropbox.client.metadata.view import read_text

_LARGEST: Final = 256 * 1024
_NAMES: Final = (
    ("exif:GPSLatitude", Kind.PLACE),
    ("photoshop:City", Kind.PLACE),
    ("Iptc4xmpCore:Location", Kind.PLACE),
    ("dc:creator", Kind.AUTHOR),
    ("dc:rights", Kind.AUTHOR),
    ("aux:OwnerName", Kind.AUTHOR),
    ("photoshop:CaptionWriter", Kind.AUTHOR),
    ("tiff:Make", Kind.DEVICE),
    ("tiff:Model", Kind.DEVICE),
    ("aux:SerialNumber", Kind.SERIAL),
    ("aux:LensSerialNumber", Kind.SERIAL),
    ("exifEX:BodySerialNumber", Kind.SERIAL),
    ("exifEX:LensSerialNumber", Kind.SERIAL),
    ("xmp:CreateDate", Kind.DATE),
    ("xmp:ModifyDate", Kind.DATE),
    ("xmp:MetadataDate", Kind.DATE),
    ("photoshop:DateCreated", Kind.DATE),
    ("exif:DateTimeOriginal", Kind.DATE),
    ("xmp:CreatorTool", Kind.SOFTWARE),
    ("pdf:Producer", Kind.SOFTWARE),
    ("dc:title", Kind.TITLE),
    ("dc:description", Kind.TITLE),
    ("dc:subject", Kind.TITLE),
    ("pdf:Keywords", Kind.TITLE),
    ("xmpMM:DocumentID", Kind.IDENTIFIER),
    ("xmpMM:InstanceID", Kind.IDENTIFIER),
    ("xmpMM:OriginalDocumentID", Kind.IDENTIFIER),
)
_MARKS: Final = (("<xmpMM:History", Kind.HISTORY), ("<xmpGImg:image", Kind.THUMBNAIL))


def read_xmp(data: bytes, found: Findings) -> None:
    """Note what XMP says; what is none of the known names is ``Kind.OTHER``."""
    if len(data) > _LARGEST:
        found.add(Kind.UNREAD)
    source = read_text(data[:_LARGEST])
    before = len(found)
    for name, kind in _NAMES:
        found.add_each(kind, values(source, name))
    for mark, kind in _MARKS:
        if mark in source:
            found.add(kind)
    if len(found) == before:
        found.add(Kind.OTHER)
