"""One case: its thread, what is wrong in it, and what an analyst does that needs no words."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crypto.envelope import Chain
from crypto.files import FileManifest
from dropbox.client.names import safe_name
from inbox_ui import casework, saving, words
from inbox_ui.pages.answers import Answer, Failed, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.courier import SAYABLE
from inbox_ui.pages.sitting import Save
from inbox_ui.pages.wishes import Act, is_released, possible
from inbox_ui.pages.words import GO_BACK, NOT_ABSOLUTE, explain
from inbox_ui.shown import whose
from inbox_ui.station import Station
from inbox_ui.summary import State, Summary
from inbox_ui.thread import Shown, thread_of, wrong_lines
from inbox_ui.words import Explained


@dataclass(frozen=True)
class Draft:
    """What an analyst is writing. ``read`` is the last message that was shown when it began."""

    text: str = ""
    language: str = "en"
    read: int = -1
    error: str = ""
    note: str = ""
    note_error: str = ""


@dataclass(frozen=True)
class Case:
    """A case. ``last`` is the place of the newest message of the reporter that is shown, or −1.

    ``whose`` says who has it and for how long, ``acts`` what can be done with it; ``released`` is
    set where contact details are to be seen.
    """

    name: str
    state: str
    unread: int
    last: int
    thread: tuple[Shown, ...]
    wrong: tuple[tuple[str, str], ...]
    can_reply: bool
    can_note: bool
    saves: Mapping[tuple[str, int, int], Save]
    draft: Draft
    whose: tuple[str, ...]
    assigned: bool
    acts: tuple[Act, ...]
    released: bool


@dataclass(frozen=True)
class FileView:
    """A file of a case that may be saved. ``saved_as`` is the name it gets."""

    case: str
    chain: str
    seq: int
    number: int
    file: FileManifest
    saved_as: str
    folder: str
    error: str = ""


async def show_case(call: Call) -> Answer:
    """The case."""
    return await case_page(call, None)


async def case_page(call: Call, draft: Draft | None, status: int = 200) -> Page:
    """The page of the case, with what is being written."""
    name, saves = call.path["case"], call.unlocked.saves

    def look(station: Station) -> Case:
        summary = station.case(name)
        return _view(station, summary, dict(saves), draft)

    return Page("case.html", await call.at_desk(look), status)


def _view(
    station: Station,
    summary: Summary,
    saves: Mapping[tuple[str, str, int, int], Save],
    draft: Draft | None,
) -> Case:
    case = station.open_case(summary)
    newest = case.file.newest_read
    last = -1 if newest is None else newest.seq
    return Case(
        name=summary.name,
        state=words.STATES[State(summary.state)],
        unread=case.file.unread,
        last=last,
        thread=thread_of(case, held=summary.state == State.LOCKED),
        wrong=tuple(wrong_lines(summary)),
        can_reply=case.file.card is not None and not case.damaged and not case.file.closed,
        can_note=summary.state != State.LOCKED,
        saves={place[1:]: save for place, save in saves.items() if place[0] == summary.name},
        draft=Draft(read=last) if draft is None else draft,
        whose=tuple(whose(summary, station.roster)),
        assigned=bool(summary.handlers),
        acts=tuple(possible(station, summary, case)),
        released=is_released(case),
    )


async def acknowledge(call: Call) -> Answer:
    """Tell the reporter that what this page showed was read, and nothing that came after."""
    name, read = call.path["case"], call.form.number("read")

    def act(station: Station) -> None:
        summary = station.case(name)
        casework.acknowledge(
            station, summary, casework.read_up_to(station.open_case(summary), read)
        )

    await call.write_once(act)
    return Goto(f"/case/{name}")


# -- files --------------------------------------------------------------------------------------


async def show_file(call: Call) -> Answer:
    """A file, before it is saved: what it is called, and what to mind."""
    return await _file_page(call, "")


async def save_file(call: Call) -> Answer:
    """Save a file. It is never opened, and never replaces one."""
    view, folder = await _find(call, ""), call.form.whole_path("folder")
    if folder is None:
        return Page("file.html", await _find(call, NOT_ABSOLUTE), 400)
    place = (view.case, view.chain, view.seq, view.number)
    if call.unlocked.spend(call.form.line("ticket")):
        save = Save(view.file.name)
        call.unlocked.remember(place, save)
        call.unlocked.go_on(_save(call, view, folder, save))
    return Goto(f"/case/{view.case}")


async def _save(call: Call, view: FileView, folder: Path, save: Save) -> None:
    try:
        save.path = await call.unlocked.courier.save(view.file, folder)
    except SAYABLE as error:
        save.failed = explain(error)


async def _file_page(call: Call, error: str) -> Page:
    return Page("file.html", await _find(call, error))


async def _find(call: Call, error: str) -> FileView:
    path, folder = call.path, call.sitting.plan.place.folder.default_files
    chain = next((each for each in Chain if words.CHAINS[each] == path["chain"]), None)
    if chain is None:
        raise Failed(404, Explained("The case has no such file.", GO_BACK))
    seq, number = int(path["seq"]), int(path["number"])

    def look(station: Station) -> FileView:
        summary = station.case(path["case"])
        file = saving.find_file(station.open_case(summary), chain, seq, number)
        into = str(folder / summary.name)
        return FileView(
            summary.name, path["chain"], seq, number, file, safe_name(file.name), into, error
        )

    return await call.at_desk(look)
