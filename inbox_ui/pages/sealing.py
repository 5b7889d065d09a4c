"""Reports sealed for units, and what units answer.

Nothing is sent unless the server was asked a moment before, and the file is written only once the
record of it is there.
"""

from collections.abc import Sequence
from pathlib import Path

from crypto.errors import ProtocolError
from crypto.package import LARGEST
from inbox_ui import durable, recipients
from inbox_ui.errors import InboxError, NotAPackage, NotDelivered, NotFresh
from inbox_ui.folder import FOLDER_MODE, Folder
from inbox_ui.pages import words as page_words
from inbox_ui.pages.answers import Answer, Goto
from inbox_ui.pages.call import Call
from inbox_ui.pages.reports import once, show_wrong
from inbox_ui.station import Station
from inbox_ui.work import sending


async def send(call: Call) -> Answer:
    """Seal it to its units, while the browser waits."""
    folder, ticket = call.form.whole_path("folder"), call.form.line("ticket")
    if folder is None:
        return await show_wrong(call, "folder", page_words.NOT_ABSOLUTE)
    if call.unlocked.spend(ticket):
        try:
            await _send(call, folder)
        except (InboxError, ProtocolError):
            call.unlocked.give_back(ticket)
            raise
    return Goto(f"/case/{call.path['case']}/reports")


async def _send(call: Call, into: Path) -> None:
    name, ref, home = call.path["case"], call.path["ref"], call.sitting.plan.place.folder
    await _meet(call)
    sent = await call.at_desk(lambda station: seal(station, name, ref, home))
    await _meet(call)
    await call.at_desk(lambda station: write_files(station, name, sent, into))


def write_files(station: Station, name: str, sent: Sequence[sending.Sent], into: Path) -> None:
    """Write sealed packages of one report whose releases the server has by now.

    Raises ``NotDelivered`` where it has not, ``NotReady`` where a withdrawal was quicker.
    """
    summary = station.case(name)
    if station.archive.outbox.items(station.casebook.address(summary)):
        raise NotDelivered
    with durable.telling(into):
        into.mkdir(mode=FOLDER_MODE, exist_ok=True, parents=True)
    for each in sent:
        sending.check_not_withdrawn(station, summary, each.ref)
        durable.replace(into / each.name, each.data)
        sending.note_written(station, each)


def seal(station: Station, name: str, ref: str, home: Folder) -> list[sending.Sent]:
    """Seal a report to those of its units that may have it, and record that in the case.

    Raises as :func:`sending.send` where none may.
    """
    summary, units = station.case(name), recipients.units_of(station, home)
    weighed = sending.weigh(station, station.open_case(summary), ref, units)
    named = weighed.standing.current.draft.report.recipients
    return [  # where none is ready, sending says why
        sending.send(station, summary, ref, each, units) for each in weighed.ready or named
    ]


async def _meet(call: Call) -> None:
    """Fetch and deliver now. Raises ``NotFresh`` where the server was not there."""
    courier = call.unlocked.courier
    await courier.fetch()
    if courier.report.failed is not None:
        raise NotFresh


async def take_answer(call: Call) -> Answer:
    """Take in a unit's answer from a file on this machine."""
    name, path = call.path["case"], call.form.whole_path("answer")
    home = call.sitting.plan.place.folder
    if path is None:
        return await show_wrong(call, "answer", page_words.NOT_ABSOLUTE)

    def act(station: Station) -> None:
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError:
            raise NotAPackage(path) from None
        units = recipients.units_of(station, home)
        sending.take_answer(station, station.case(name), data, str(path), units)

    return await once(call, act)
