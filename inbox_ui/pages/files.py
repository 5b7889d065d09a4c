"""A file of a case: what it is called, and how it is saved, as it came or cleaned.

It is never opened, and never replaces a file. On the disk it is not sealed; that is said before.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from crypto.envelope import Chain
from crypto.files import FileManifest
from dropbox.client.names import safe_name
from inbox_ui import saving, words
from inbox_ui.cleaned import check_size, clean, keep_copy
from inbox_ui.errors import NotCleaned, NotRedacted
from inbox_ui.pages.answers import Answer, Failed, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.courier import SAYABLE
from inbox_ui.pages.looks import Place
from inbox_ui.pages.sitting import Save
from inbox_ui.pages.words import BROKE, GO_BACK, NOT_ABSOLUTE, TRY_AGAIN, explain
from inbox_ui.station import Station
from inbox_ui.words import Explained


@dataclass(frozen=True)
class Drawn:
    """A picture of the file that has black parts, and the page at ``path`` where they are chosen.

    ``stand`` says which they were when a form was made.
    """

    path: str
    stand: str
    width: int
    height: int
    parts: int


@dataclass(frozen=True)
class FileView:
    """A file of a case. ``saved_as`` is the name it gets; ``cleaned``: the copy is meant, and with
    ``redacted`` the one that has black parts."""

    case: str
    chain: str
    seq: int
    number: int
    file: FileManifest
    saved_as: str
    folder: str
    error: str = ""
    cleaned: bool = False
    redacted: Drawn | None = None

    @property
    def place(self) -> Place:
        """Which file it is."""
        return self.case, self.chain, self.seq, self.number

    @property
    def path(self) -> str:
        """Of its page."""
        return f"/case/{self.case}/file/{self.chain}/{self.seq}/{self.number}"


async def show_file(call: Call) -> Answer:
    """A file, before anything is done with it: what it is called, and what to mind."""
    return Page("file.html", await find(call))


async def confirm_save(call: Call) -> Answer:
    """What to mind about the place, before a file is written there."""
    view = await find(call)
    if call.form.whole_path("folder") is None:
        return Page("file.html", await find(call, NOT_ABSOLUTE), 400)
    return Page("keep.html", view)


async def save_file(call: Call) -> Answer:
    """Save the file as it came, or cleaned. It is never opened, and never replaces one."""
    view, folder = await find(call), call.form.whole_path("folder")
    if folder is None:
        return Page("file.html", await find(call, NOT_ABSOLUTE), 400)
    begin_save(call, view, lambda: _save(call, view, folder))
    return Goto(f"/case/{view.case}")


def begin_save(call: Call, view: FileView, write: Callable[[], Awaitable[Path]]) -> None:
    """Let ``write`` go on beside the pages, unless this form did so before. The case says what
    became of it."""
    if call.unlocked.spend(call.form.line("ticket")):
        save = Save(view.file.name)
        call.unlocked.remember(view.place, save)
        call.unlocked.go_on(_end_save(save, write))


async def _end_save(save: Save, write: Callable[[], Awaitable[Path]]) -> None:
    try:
        save.path = await write()
    except (NotCleaned, NotRedacted) as error:
        save.failed = Explained(error.name, "")
    except SAYABLE as error:
        save.failed = explain(error)
    except Exception:  # noqa: BLE001 - the outermost one; nobody may wait for ever
        save.failed = Explained(BROKE, TRY_AGAIN)


async def _save(call: Call, view: FileView, folder: Path) -> Path:
    """Where it lies. Raises ``NotCleaned``, and as ``Courier.save``."""
    courier = call.unlocked.courier
    if not view.cleaned:
        return await courier.save(view.file, folder)
    check_size(view.file)
    data = await courier.read(view.file)
    async with call.unlocked.looks.turns:
        copy = await asyncio.to_thread(clean, data)
    return await asyncio.to_thread(keep_copy, copy, folder, view.file.name)


async def find(call: Call, error: str = "") -> FileView:
    """The file that ``call`` is about. Raises ``NoSuchFile`` and as ``Station.case``."""
    path, default = call.path, call.sitting.plan.place.folder.default_files
    chain = next((each for each in Chain if words.CHAINS[each] == path["chain"]), None)
    if chain is None:
        raise Failed(404, Explained("The case has no such file.", GO_BACK))
    seq, number = int(path["seq"]), int(path["number"])
    typed, cleaned = call.form.line("folder"), call.form.line("what") == "cleaned"

    def look(station: Station) -> FileView:
        summary = station.case(path["case"])
        file = saving.find_file(station.open_case(summary), chain, seq, number)
        return FileView(
            summary.name, path["chain"], seq, number, file, safe_name(file.name),
            typed or str(default / summary.name), error, cleaned,
        )  # fmt: skip

    return await call.at_desk(look)
