"""The objects of a PDF, and what each is for."""

from collections.abc import Iterator
from typing import Any, Final

import pikepdf

_PICTURES: Final = frozenset({"/DCTDecode", "/DCT", "/JPXDecode"})


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
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


def is_annotation(each: Any) -> bool:
    """Whether it stands on a page: a note, a drawing, a link, a field, or a kind we do not know."""
    return "/Rect" in each and "/Subtype" in each


def is_note(each: Any) -> bool:
    """Of a field /T is the name it has in its form, not of somebody."""
    return str(each.get("/Subtype")) != "/Widget"


def is_signature(each: Any) -> bool:
    """Whether it is what somebody signed with."""
    return each.get("/Type") in ("/Sig", "/DocTimeStamp")


def _filters(each: Any) -> list[str]:
    """How a stream is packed, the outermost way first."""
    said = each.get("/Filter", [])
    return [str(name) for name in (said if isinstance(said, pikepdf.Array | list) else [said])]


def is_jpeg(each: Any) -> bool:
    """Whether a stream is a JPEG as it stands."""
    return _filters(each) == ["/DCTDecode"]


def is_wrapped_picture(each: Any) -> bool:
    """A JPEG packed once more, or JPEG 2000: what these hold besides pixels is not looked for."""
    return not is_jpeg(each) and not _PICTURES.isdisjoint(_filters(each))


def read_string(value: Any) -> str:
    """What a string says; empty for all that is none."""
    return str(value) if isinstance(value, pikepdf.String) else ""
