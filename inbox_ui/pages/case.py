"""One case: its thread, what is wrong in it, and what an analyst does that needs no words."""

from collections.abc import Mapping
from dataclasses import dataclass

from inbox_ui import casework, words
from inbox_ui.pages import standing
from inbox_ui.pages.answers import Answer, Goto, Page
from inbox_ui.pages.asked import Asking, asking_of
from inbox_ui.pages.call import Call
from inbox_ui.pages.links import Bonds, bonds_of
from inbox_ui.pages.sitting import Save
from inbox_ui.pages.standing import Work
from inbox_ui.pages.wishes import Act, is_released, possible
from inbox_ui.shown import whose
from inbox_ui.station import Station
from inbox_ui.summary import State, Summary
from inbox_ui.thread import Shown, thread_of, wrong_lines


@dataclass(frozen=True)
class Draft:
    """What an analyst is writing. ``read`` is the last message that was shown when it began.

    ``of`` is the draft that it changes, and ``why`` the reason given for what is flagged in it.
    """

    text: str = ""
    language: str = "en"
    read: int = -1
    error: str = ""
    of: str = ""
    why: str = ""
    template_error: str = ""
    note: str = ""
    note_error: str = ""


@dataclass(frozen=True)
class Case:
    """A case. ``last`` is the place of the newest message of the reporter that is shown, or −1.

    ``whose`` says who has it and for how long, ``acts`` what can be done with it; ``released`` is
    set where contact details are to be seen. ``work`` is how it stands with its casework,
    ``asking`` with what is asked of the reporter, ``bonds`` what it has to do with other cases.
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
    work: Work
    asking: Asking
    bonds: Bonds


async def show_case(call: Call) -> Answer:
    """The case."""
    return await case_page(call, None)


async def case_page(call: Call, draft: Draft | None, status: int = 200) -> Page:
    """The page of the case, with what is being written."""
    name, saves, index = call.path["case"], call.unlocked.saves, call.unlocked.desk.index

    def look(station: Station) -> Case:
        summary = station.case(name)
        bonds = bonds_of(index, station, summary)
        return _view(station, summary, dict(saves), draft, bonds)

    return Page("case.html", await call.at_desk(look), status)


def _view(
    station: Station,
    summary: Summary,
    saves: Mapping[tuple[str, str, int, int], Save],
    draft: Draft | None,
    bonds: Bonds,
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
        work=standing.look(station, summary, case),
        asking=asking_of(station, case),
        bonds=bonds,
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
