"""Drafts of replies, for their second readers; and wordings to begin a reply from."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from inbox_ui import casework
from inbox_ui.errors import NeedsReason
from inbox_ui.pages import words
from inbox_ui.pages.answers import Answer, Goto, Page
from inbox_ui.pages.asked import DraftRow, draft_row, say_finding
from inbox_ui.pages.call import Call
from inbox_ui.pages.case import Draft, case_page
from inbox_ui.pages.writing import LANGUAGES, read_draft
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.work import asking
from inbox_ui.work.drafts import Standing
from inbox_ui.work.templates import find_template


@dataclass(frozen=True)
class DraftView:
    """A draft as the reporter would see it, and what there is to be done with it.

    ``newer`` messages came in after its author had read; ``findings`` are words and why they were
    flagged, ``reason`` why the author thinks them right.
    """

    case: str
    row: DraftRow
    text: str = field(repr=False)
    language: str
    language_name: str
    newer: int
    findings: tuple[tuple[str, str], ...]
    reason: str
    own: bool
    may_approve: bool
    approved: bool
    remark: str = field(default="", repr=False)
    error: str = ""


async def fill(call: Call) -> Answer:
    """Put a wording into the reply that is being written, behind what is there."""
    draft, template = replace(read_draft(call), error=""), call.form.line("template")
    found = find_template(template)
    if found is None:
        return await case_page(call, replace(draft, template_error=words.NO_TEMPLATE), 400)
    wording = found.wording[draft.language]
    return await case_page(call, replace(draft, text=f"{draft.text}\n\n{wording}".lstrip("\n")))


async def show_draft(call: Call) -> Answer:
    """A draft."""
    return await _page(call)


async def change_draft(call: Call) -> Answer:
    """The draft, back in the form. What the case's page shows now is what its author has read."""
    name, called = call.path["case"], call.path["draft"]

    def look(station: Station) -> Draft:
        case = station.open_case(station.case(name))
        draft, newest = asking.find(station, case, called).draft, case.file.newest_read
        read = -1 if newest is None else newest.seq
        return Draft(draft.text, draft.language, read, of=called, why=draft.reason)

    return await case_page(call, await call.at_desk(look))


async def decide(call: Call) -> Answer:
    """Approve it, send it back, withdraw it, or send it."""
    name, called, remark = call.path["case"], call.path["draft"], call.form.text("remark")

    def approve(station: Station, summary: Summary) -> None:
        asking.approve_draft(station, summary, called, remark, approved=True)

    def give_back(station: Station, summary: Summary) -> None:
        asking.approve_draft(station, summary, called, remark, approved=False)

    steps: dict[str, Callable[[Station, Summary], None]] = {
        "approve": approve,
        "return": give_back,
        "withdraw": lambda station, summary: asking.withdraw_draft(station, summary, called),
        "send": lambda station, summary: asking.send_draft(station, summary, called),
    }
    step = call.path["step"]
    if len(remark) > words.LONGEST_REASON:
        return await _page(call, remark, words.too_long(remark))
    try:
        await call.write_once(lambda station: steps[step](station, station.case(name)))
    except NeedsReason:
        return await _page(call, remark, words.SAY_WHY)
    return Goto(f"/case/{name}/draft/{called}" if step == "approve" else f"/case/{name}")


async def _page(call: Call, remark: str = "", error: str = "") -> Page:
    name, called = call.path["case"], call.path["draft"]

    def look(station: Station) -> DraftView:
        return replace(_view(station, name, called), remark=remark, error=error)

    return Page("draft.html", await call.at_desk(look), 400 if error else 200)


def _view(station: Station, name: str, called: str) -> DraftView:
    summary = station.case(name)
    case = station.open_case(summary)
    drafted = asking.find(station, case, called)
    draft, me = drafted.draft, station.analyst.card.id
    own = drafted.author == me
    checked = asking.check_reply(station, case, draft.text)
    return DraftView(
        case=summary.name,
        row=draft_row(station, drafted),
        text=draft.text,
        language=draft.language,
        language_name=LANGUAGES[draft.language],
        newer=casework.count_newer(case, casework.read_up_to(case, draft.read - 1)),
        findings=tuple(map(say_finding, checked.findings)),
        reason=draft.reason,
        own=own,
        may_approve=not own and me in asking.second_readers(station, case),
        approved=drafted.standing is Standing.APPROVED,
    )
