"""The log of a case as a signed file without words, for somebody who holds no key."""

from dataclasses import dataclass
from pathlib import Path

from crypto.errors import NotHandling, OverLimit
from crypto.export import Verified, verify_export
from inbox_ui import durable, exporting
from inbox_ui.errors import InboxError
from inbox_ui.pages import choosing, words
from inbox_ui.pages.answers import Answer, Page
from inbox_ui.pages.call import Call
from inbox_ui.station import Station


@dataclass(frozen=True)
class Exporting:
    """``goal`` is the file to make, ``made`` one that was, ``command`` what verifies it.

    ``whole``: everything in it is proved.
    """

    case: str
    goal: str
    error: str = ""
    made: str = ""
    whole: bool = True
    command: str = ""


async def show_export(call: Call) -> Answer:
    """What an export is; nothing is done yet."""
    return await _page(call, "")


async def export(call: Call) -> Answer:
    """Write it. No file is replaced."""
    goal, name = call.form.whole_path("goal"), call.path["case"]
    if goal is None:
        return await _page(call, words.NOT_ABSOLUTE)
    folder = call.sitting.plan.place.folder.default_carried

    def act(station: Station) -> tuple[str, Verified]:
        summary = station.case(name)
        data = exporting.make_export(station, summary)
        verified = verify_export(data, station.vault.service)
        choosing.prepare(goal, folder)
        durable.create(goal, data)
        return summary.name, verified

    try:
        case, verified = await call.at_desk(act)
    except (InboxError, NotHandling, OverLimit) as error:
        return await _page(call, words.say(error))
    root = verified.directory.root_card.fingerprint
    command = f"dropbox-inbox verify-export {goal.name} --root {root}"
    goal_next = str(_goal(folder, case))
    return Page(
        "export.html", Exporting(case, goal_next, "", str(goal), verified.is_whole, command)
    )


async def _page(call: Call, error: str) -> Page:
    name, folder = call.path["case"], call.sitting.plan.place.folder.default_carried
    case = await call.at_desk(lambda station: station.case(name).name)
    goal = call.form.line("goal") or str(_goal(folder, case))
    return Page("export.html", Exporting(case, goal, error), 400 if error else 200)


def _goal(folder: Path, case: str) -> Path:
    """A file for the log of ``case`` that is not there yet."""
    names = (folder / f"{case}-log-{number}" for number in range(1, 1000))
    return next((each for each in names if not each.exists()), folder / f"{case}-log")
