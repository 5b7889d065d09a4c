"""What a PDF does without being asked: when it is opened, when a page is turned, when it is printed
(ISO 32000, 12.6). Each action can be followed by others, so a harmless first one says nothing.
"""

import warnings
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any, BinaryIO, Final

import pikepdf

from dropbox.client.metadata.pdf_objects import dictionaries, read_string
from inbox_ui.preview import limits
from inbox_ui.preview.saying import Say
from inbox_ui.preview.sight import Listed, Note

_MOST: Final = 2_000
"""Actions that are followed."""
_MOST_TARGETS: Final = 10
_LEADING: Final = frozenset(
    {"/Launch", "/URI", "/SubmitForm", "/GoToR", "/GoToE", "/ImportData", "/Thread"}
)
"""Those that start something, ask somebody, or open another file."""
_TARGETS: Final = ("/URI", "/F", "/UF", "/FS", "/Win", "/Unix", "/Mac")


def name(file: BinaryIO, say: Say) -> None:
    """Name those that lead out of the document."""
    file.seek(0)
    whole = BytesIO(file.read(limits.LARGEST))
    try:
        with warnings.catch_warnings(action="ignore"), pikepdf.open(whole) as pdf:
            for each in _followed(list(_begun(pdf)), say):
                kind = str(each.get("/S", ""))
                if kind in _LEADING:
                    say.note(Note.LEADS_OUT)
                    say.name(Listed.ACTION, f"{kind[1:]} {_target(each)}".rstrip())
    except pikepdf.PasswordError:
        return  # said where its pages are
    except pikepdf.PdfError:
        say.note(Note.DAMAGED)


def _begun(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """The first of each row of actions: ``OpenAction``, and all of ``AA`` wherever it stands."""
    for each in dictionaries(pdf):
        if "/OpenAction" in each:
            yield each["/OpenAction"]
        further = each.get("/AA")
        if isinstance(further, pikepdf.Dictionary):
            yield from (action for _, action in further.items())
        clicked = each.get("/A")
        if isinstance(clicked, pikepdf.Dictionary):
            yield clicked.get("/Next")  # the first is named among the links


def _followed(waiting: list[Any], say: Say) -> Iterator[Any]:
    """Each of them and what follows it, none twice."""
    known: set[tuple[int, int]] = set()
    for _ in range(_MOST):
        if not waiting:
            return
        each = waiting.pop(0)
        if isinstance(each, pikepdf.Array):
            waiting += islice(each, _MOST)
        elif isinstance(each, pikepdf.Dictionary) and each.objgen not in known:
            known |= {each.objgen} - {(0, 0)}
            yield each
            waiting.append(each.get("/Next"))
    say.note(Note.CUT_OFF)


def _target(action: Any) -> str:
    """Where it leads, as it is written, from the places where that can stand."""
    waiting, found = [action], []
    for _ in range(_MOST_TARGETS):
        if not waiting:
            break
        each = waiting.pop(0)
        for key in _TARGETS:
            inner = each.get(key)
            if isinstance(inner, pikepdf.Dictionary):
                waiting.append(inner)
            elif said := read_string(inner):
                found.append(said)
    return " ".join(dict.fromkeys(found))
