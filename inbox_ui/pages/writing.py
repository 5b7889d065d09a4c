"""Writing to the reporter, in two steps, and writing a note.

A reply is shown as the reporter will see it before it goes out. It acknowledges what the page had
shown when the analyst began to write: what came since was read by nobody, and is said first.
"""

from dataclasses import dataclass, field, replace

from crypto.directory import LIMITS
from inbox_ui import casework
from inbox_ui.errors import DraftChanged, DraftOver, Flagged, MustReword
from inbox_ui.pages import words
from inbox_ui.pages.answers import Answer, Goto, Page
from inbox_ui.pages.asked import say_finding
from inbox_ui.pages.call import Call
from inbox_ui.pages.case import Draft, case_page
from inbox_ui.station import Station
from inbox_ui.work import asking
from inbox_ui.work.asking import Wording
from inbox_ui.work.onlookers import may_be_read
from inbox_ui.work.words import ONLOOKERS, TASKING

LANGUAGES = {"en": "English", "cy": "Welsh"}


@dataclass(frozen=True)
class Preview:
    """A reply as the reporter will see it. ``newer`` came in since it was begun; ``known`` is the
    newest message there was when this page was made.

    ``findings`` are words that were flagged, and why; ``tasking`` is said after many turns,
    ``onlookers`` where somebody else may read the mailbox.
    ``draft``: it does not go out but becomes a draft, a version of ``of`` where that is one.
    """

    case: str
    text: str = field(repr=False)
    language: str
    language_name: str
    read: int
    newer: int
    known: int
    findings: tuple[tuple[str, str], ...]
    tasking: str
    onlookers: str
    needs_reason: bool
    must_reword: bool
    draft: bool
    of: str
    why: str = field(repr=False)
    why_error: str = ""


async def preview(call: Call) -> Answer:
    """The first step."""
    draft = read_draft(call)
    if draft.error:
        return await case_page(call, draft, 400)
    return await _preview(call, draft)


async def change(call: Call) -> Answer:
    """Back from the first step, with what was written."""
    return await case_page(call, read_draft(call))


async def reply(call: Call) -> Answer:
    """The second step. What came in since the first is shown before anything is sent."""
    draft, name, known = read_draft(call), call.path["case"], call.form.number("known")
    if draft.error:
        return await case_page(call, draft, 400)
    preview = await call.at_desk(lambda station: _look(station, name, draft))
    if preview.known > known:
        return Page("preview.html", preview)
    wording = Wording(draft.text, draft.language, draft.why)

    def act(station: Station) -> None:
        summary = station.case(name)
        read = casework.read_up_to(station.open_case(summary), draft.read)
        if preview.draft:
            asking.write_draft(station, summary, wording, read, draft.of)
        else:
            asking.reply(station, summary, wording, read)

    try:
        await call.write_once(act)
    except Flagged:
        return Page("preview.html", replace(preview, why_error=words.SAY_WHY), 400)
    except MustReword:
        return Page("preview.html", preview, 400)
    except (DraftChanged, DraftOver) as error:
        said = words.explain(error)
        return await case_page(call, replace(draft, of="", error=said.error), 400)
    return Goto(f"/case/{name}")


async def note(call: Call) -> Answer:
    """An internal note. Nothing of it ever goes to the reporter."""
    text, name = call.form.text("note"), call.path["case"]
    if error := _wrong(text):
        return await case_page(
            call, replace(read_draft(call), error="", note=text, note_error=error), 400
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
    checked = asking.check_reply(station, case, draft.text)
    return Preview(
        case=summary.name,
        text=draft.text,
        language=draft.language,
        language_name=LANGUAGES[draft.language],
        read=draft.read,
        newer=casework.count_newer(case, read),
        known=-1 if case.file.newest_read is None else case.file.newest_read.seq,
        findings=tuple(map(say_finding, checked.findings)),
        tasking=TASKING if checked.turns else "",
        onlookers=ONLOOKERS if may_be_read(case) else "",
        needs_reason=checked.needs_reason,
        must_reword=checked.must_reword,
        draft=checked.second or bool(draft.of),
        of=draft.of,
        why=draft.why,
    )


def read_draft(call: Call) -> Draft:
    """What a form of a reply says."""
    form = call.form
    language = form.line("language")
    return Draft(
        text=form.text("text"),
        language=language if language in LANGUAGES else "en",
        read=form.number("read"),
        error=_wrong(form.text("text")),
        of=form.line("of"),
        why=form.text("why")[: words.LONGEST_REASON],
    )


def _wrong(text: str) -> str:
    if not text.strip():
        return words.EMPTY
    if len(text) > LIMITS.text_characters:
        return words.TOO_LONG.format(count=len(text), most=LIMITS.text_characters)
    return ""
