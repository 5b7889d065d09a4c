"""Writing to the reporter, in two steps, and writing a note.

A reply is shown as the reporter will see it before it goes out. It acknowledges what the page had
shown when the analyst began to write: what came since was read by nobody, and is said first.
"""

from dataclasses import dataclass, replace

from crypto.directory import LIMITS
from inbox_ui import casework
from inbox_ui.pages import words
from inbox_ui.pages.answers import Answer, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.case import Draft, case_page
from inbox_ui.station import Station

LANGUAGES = {"en": "English", "cy": "Welsh"}


@dataclass(frozen=True)
class Preview:
    """A reply as the reporter will see it. ``newer`` came in since it was begun; ``known`` is the
    newest message there was when this page was made."""

    case: str
    text: str
    language: str
    language_name: str
    read: int
    newer: int
    known: int


async def preview(call: Call) -> Answer:
    """The first step."""
    draft = _draft(call)
    if draft.error:
        return await case_page(call, draft, 400)
    return await _preview(call, draft)


async def change(call: Call) -> Answer:
    """Back from the first step, with what was written."""
    return await case_page(call, _draft(call))


async def reply(call: Call) -> Answer:
    """The second step. What came in since the first is shown before anything is sent."""
    draft, name, known = _draft(call), call.path["case"], call.form.number("known")
    if draft.error:
        return await case_page(call, draft, 400)
    preview = await call.at_desk(lambda station: _look(station, name, draft))
    if preview.known > known:
        return Page("preview.html", preview)

    def act(station: Station) -> None:
        summary = station.case(name)
        read = casework.read_up_to(station.open_case(summary), draft.read)
        casework.reply(station, summary, draft.text, draft.language, read)

    await call.write_once(act)
    return Goto(f"/case/{name}")


async def note(call: Call) -> Answer:
    """An internal note. Nothing of it ever goes to the reporter."""
    text, name = call.form.text("note"), call.path["case"]
    if error := _wrong(text):
        return await case_page(
            call, replace(_draft(call), error="", note=text, note_error=error), 400
        )
    await call.write_once(lambda station: casework.note(station, station.case(name), text))
    return Goto(f"/case/{name}")


async def _preview(call: Call, draft: Draft) -> Page:
    name = call.path["case"]
    return Page("preview.html", await call.at_desk(lambda station: _look(station, name, draft)))


def _look(station: Station, name: str, draft: Draft) -> Preview:
    summary = station.case(name)
    case = station.open_case(summary)
    read = casework.read_up_to(case, draft.read)
    return Preview(
        case=summary.name,
        text=draft.text,
        language=draft.language,
        language_name=LANGUAGES[draft.language],
        read=draft.read,
        newer=casework.count_newer(case, read),
        known=-1 if case.file.newest_read is None else case.file.newest_read.seq,
    )


def _draft(call: Call) -> Draft:
    form = call.form
    language = form.line("language")
    return Draft(
        text=form.text("text"),
        language=language if language in LANGUAGES else "en",
        read=form.number("read"),
        error=_wrong(form.text("text")),
    )


def _wrong(text: str) -> str:
    if not text.strip():
        return words.EMPTY
    if len(text) > LIMITS.text_characters:
        return words.TOO_LONG.format(count=len(text), most=LIMITS.text_characters)
    return ""
