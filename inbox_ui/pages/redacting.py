"""Parts of a picture that was seen are blacked out, and the picture is saved so.

It works without scripts: a click on the picture is sent as a point, two points are opposite
corners, and whoever has no mouse types the four edges. The picture is drawn here after each of
them, so that what is seen is what is saved. The boxes are in no address and on no disk.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from inbox_ui.cleaned import keep_copy
from inbox_ui.errors import NotRedacted
from inbox_ui.pages.answers import Answer, Data, Failed, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.files import Drawn, FileView, begin_save, find
from inbox_ui.pages.forms import Form
from inbox_ui.pages.looking import PNG, known, pictures_of
from inbox_ui.pages.redactions import SIZES, Redaction
from inbox_ui.pages.words import CORNER_ALONE, GO_BACK, NOT_ABSOLUTE, NOT_LOOKED_AT, PARTS_CHANGED
from inbox_ui.preview import words
from inbox_ui.preview.sight import Note
from inbox_ui.redacted import NAME, Box, draw, read_box, redact
from inbox_ui.words import Explained

_EDGES: Final = ("left", "top", "right", "bottom")
_SAID: Final = (Note.SMALLER, Note.MORE_PICTURES)
"""What is said of a file and is true of its copy."""


@dataclass(frozen=True)
class RedactView:
    """A picture with its black parts. ``error`` is about the field ``at``; ``typed`` are edges."""

    of: FileView
    drawn: Drawn
    page: int
    pages: int
    boxes: tuple[Box, ...]
    corner: Box | None
    size: int
    shown: tuple[int, int]
    notes: tuple[str, ...]
    typed: tuple[str, ...] = ("",) * len(_EDGES)
    at: str = ""
    error: str = ""
    sizes: tuple[int, ...] = SIZES
    tells: tuple[str, ...] = words.TELLS


async def show(call: Call) -> Answer:
    """The picture as it stands, and how parts are chosen and taken away again."""
    view, _ = await _open(call)
    return Page("redact.html", view)


async def show_picture(call: Call) -> Answer:
    """The pixels that would be saved, with a cross at a corner that is alone."""
    _, redaction = await _open(call)
    parts = redaction.picture, redaction.boxes, redaction.corner
    return Data(await asyncio.to_thread(draw, *parts), PNG)


async def change(call: Call) -> Answer:
    """Do what a form of the page asks, unless the picture has changed since it was shown."""
    view, redaction = await _open(call)
    act, form = _ACTS.get(call.form.line("do")), call.form
    if act is not None and form.line("stand") == redaction.stand:
        try:
            act(redaction, form)
        except NotRedacted as error:
            typed = tuple(form.line(each) for each in _EDGES)
            at = _EDGES[0] if any(typed) else "picture"
            return _refuse(replace(view, typed=typed), at, error.name)
    return Goto(f"{view.drawn.path}#picture")


async def confirm_save(call: Call) -> Answer:
    """What to mind about the place, before the copy is written there."""
    view, redaction = await _open(call)
    refused = _check(call, view, redaction)
    if refused is not None:
        return refused
    name = NAME.format(page=view.page)
    return Page("keep.html", replace(view.of, saved_as=name, redacted=view.drawn))


async def save_copy(call: Call) -> Answer:
    """Save the copy: of the very boxes that were confirmed, and of pixels alone."""
    view, redaction = await _open(call)
    refused, folder = _check(call, view, redaction), call.form.whole_path("folder")
    if refused is not None or folder is None:
        return refused or _refuse(view, "folder", NOT_ABSOLUTE)
    picture, boxes, name = redaction.picture, redaction.boxes, NAME.format(page=view.page)

    def write() -> Path:
        return keep_copy(redact(picture, boxes), folder, name)

    begin_save(call, view.of, lambda: asyncio.to_thread(write))
    return Goto(f"/case/{view.of.case}")


def _check(call: Call, view: RedactView, redaction: Redaction) -> Answer | None:
    """The page that says why the copy cannot be saved, if it cannot."""
    if call.form.line("stand") != redaction.stand:
        return _refuse(view, "picture", PARTS_CHANGED)
    if redaction.corner is not None:
        return _refuse(view, "picture", CORNER_ALONE)
    if not redaction.boxes:
        return _refuse(view, "picture", words.NO_BOX)
    if call.form.whole_path("folder") is None:
        return _refuse(view, "folder", NOT_ABSOLUTE)
    return None


def _refuse(view: RedactView, at: str, error: str) -> Page:
    return Page("redact.html", replace(view, at=at, error=error), 400)


async def _open(call: Call) -> tuple[RedactView, Redaction]:
    """The picture that ``call`` is about. Raises as ``find``, and ``Failed`` where it is gone."""
    view, number = await find(call), int(call.path["picture"])
    look = known(call, view)
    redaction = look.redaction(number)
    if look.sight is None or redaction is None:
        raise Failed(404, Explained(NOT_LOOKED_AT, GO_BACK))
    path, picture = f"{view.path}/redact/{number}", redaction.picture
    return RedactView(
        view,
        Drawn(path, redaction.stand, picture.width, picture.height, len(redaction.boxes)),
        pictures_of(look.sight)[number].page,
        look.sight.pages,
        redaction.boxes,
        redaction.corner,
        redaction.size,
        redaction.shown,
        tuple(words.note(*each) for each in look.sight.notes if each[0] in _SAID),
    ), redaction


def _point(redaction: Redaction, form: Form) -> None:
    redaction.point(form.number("at.x"), form.number("at.y"))


def _cover(redaction: Redaction, form: Form) -> None:
    edges = [form.line(each) for each in _EDGES]
    redaction.cover(read_box(edges, redaction.picture))


_ACTS: Final[dict[str, Callable[[Redaction, Form], None]]] = {
    "point": _point,
    "cover": _cover,
    "uncover": lambda redaction, form: redaction.uncover(form.number("number")),
    "keep": lambda redaction, form: redaction.keep_only(form.number("number")),
    "forget": lambda redaction, _: redaction.forget_corner(),
    "restart": lambda redaction, _: redaction.start_again(),
    "size": lambda redaction, form: redaction.show_at(form.number("size")),
}
"""What the forms of the page ask for."""
