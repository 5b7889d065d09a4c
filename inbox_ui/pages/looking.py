"""A file of a case, looked at: in a process of its own (:mod:`inbox_ui.preview`), and on no disk.

Nothing that a browser is given was in the file as it stands: pictures are made anew here, and text
is escaped like all that others wrote.
"""

import asyncio
from dataclasses import dataclass
from itertools import chain, count, repeat
from typing import Final

from dropbox.client.metadata.labels import FINDINGS
from inbox_ui.pages.answers import Answer, Data, Failed, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.courier import SAYABLE
from inbox_ui.pages.files import FileView, find
from inbox_ui.pages.looks import Look
from inbox_ui.pages.words import BROKE, GO_BACK, NOT_LOOKED_AT, TRY_AGAIN, explain
from inbox_ui.preview import limits, words
from inbox_ui.preview.seeing import Task, see
from inbox_ui.preview.sight import AS_TEXT, Failure, Listed, Note, Part, Sight
from inbox_ui.words import Explained

PNG: Final = "image/png"


@dataclass(frozen=True)
class Shown:
    """A picture with its number; ``words`` stand beside the one of a page."""

    number: int
    width: int
    height: int
    page: int
    words: str


@dataclass(frozen=True)
class LookView:
    """What the look gave, in words. ``following`` is the number of the next page, or 0."""

    of: FileView
    wait: bool = False
    failed: str = ""
    kind: str = ""
    notes: tuple[str, ...] = ()
    findings: tuple[tuple[str, str], ...] = ()
    searched: bool = False
    unsearched: str = words.NOT_SEARCHED
    pictures: tuple[Shown, ...] = ()
    pages: int = 0
    previous: int = -1
    following: int = 0
    texts: tuple[tuple[str, str], ...] = ()
    names: tuple[tuple[str, tuple[str, ...]], ...] = ()
    as_text: bool = False
    missing: tuple[str, ...] = ()


async def look(call: Call) -> Answer:
    """Fetch the file into memory and look at it. A browser waits some seconds, and no longer."""
    view, unlocked = await find(call), call.unlocked
    if unlocked.spend(call.form.line("ticket")):
        first = max(0, call.form.number("first"))
        task = Task.TEXT if call.form.line("how") == Task.TEXT else Task.LOOK
        before = unlocked.looks.get(view.place)
        now = Look(before.data if before is not None else b"")
        unlocked.looks.put(view.place, now)
        await unlocked.wait_a_while(unlocked.go_on(_look(call, view, now, task, first)))
    return Goto(f"{view.path}/look")


async def _look(call: Call, view: FileView, now: Look, task: Task, first: int) -> None:
    try:
        if view.file.size > limits.LARGEST:
            now.sight = Sight(failure=Failure.TOO_LARGE)
            return
        now.data = now.data or await call.unlocked.courier.read(view.file)
        async with call.unlocked.looks.turns:
            now.sight = await asyncio.to_thread(see, now.data, task, first)
        call.unlocked.looks.put(view.place, now)
    except SAYABLE as error:
        now.failed = explain(error)
    except Exception:  # noqa: BLE001 - the outermost one; nobody may wait for ever
        now.failed = Explained(BROKE, TRY_AGAIN)


async def show_look(call: Call) -> Answer:
    """What was seen."""
    view = await find(call)
    return Page("look.html", _look_view(view, known(call, view)))


async def show_picture(call: Call) -> Answer:
    """A picture of what was seen, as we made it."""
    view = await find(call)
    sight, number = known(call, view).sight, int(call.path["picture"])
    if sight is None or number >= len(sight.pictures):
        raise Failed(404, Explained(NOT_LOOKED_AT, GO_BACK))
    return Data(sight.pictures[number].png, PNG)


def known(call: Call, view: FileView) -> Look:
    """The look at this file. Raises ``Failed`` where there was none, or it is not kept."""
    found = call.unlocked.looks.get(view.place)
    if found is None:
        raise Failed(404, Explained(NOT_LOOKED_AT, GO_BACK))
    return found


def _look_view(view: FileView, found: Look) -> LookView:
    if found.failed is not None:
        return LookView(view, failed=f"{found.failed.error} {found.failed.hint}")
    sight = found.sight
    if sight is None:
        return LookView(view, wait=True)
    rest = sight.first + limits.PAGES
    return LookView(
        view,
        failed=words.FAILURES[sight.failure] if sight.failure is not None else "",
        kind=words.KINDS[sight.kind] if sight.kind is not None else "",
        notes=tuple(words.note(*each) for each in sight.notes),
        findings=tuple((FINDINGS[each.kind], each.value) for each in sight.findings),
        searched=sight.searched,
        pictures=pictures_of(sight),
        pages=sight.pages,
        previous=max(0, sight.first - limits.PAGES) if sight.first else -1,
        following=rest if rest < sight.pages else 0,
        texts=tuple((words.PARTS[part], each) for part, each in sight.texts if part != Part.PAGE),
        names=tuple(
            (words.NAMES[kind], tuple(each for listed, each in sight.names if listed is kind))
            for kind in Listed
            if any(listed is kind for listed, _ in sight.names)
        ),
        as_text=sight.kind in AS_TEXT,
        missing=tuple(each for wall, each in words.MISSING.items() if wall not in sight.walls)
        if sight.walls
        else (),
    )


def pictures_of(sight: Sight) -> tuple[Shown, ...]:
    """Each page's words stand at its picture: a page that could not be read has neither."""
    texts = [each for part, each in sight.texts if part is Part.PAGE]
    bad = {int(value) for note, value in sight.notes if note is Note.BAD_PAGE}
    good = (number for number in count(sight.first + 1) if number not in bad)
    beside = chain(texts, repeat(""))
    return tuple(
        Shown(at, each.width, each.height, number, said)
        for at, (each, number, said) in enumerate(zip(sight.pictures, good, beside, strict=False))
    )
