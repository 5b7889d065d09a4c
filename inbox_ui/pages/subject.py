"""A request of somebody who asks what is held about them: who is named where, and the answer.

The name is in no address; it is remembered until the vault locks.
"""

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from inbox_ui import durable
from inbox_ui.accounts import words
from inbox_ui.accounts.requests import LONGEST_NAME, answer, not_searched, say, schedule
from inbox_ui.accounts.subject import Hit
from inbox_ui.errors import InboxError
from inbox_ui.pages import choosing
from inbox_ui.pages import words as page_words
from inbox_ui.pages.answers import Answer, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.search.index import FOR_EVERY_CASE
from inbox_ui.station import Station
from inbox_ui.work.access import LONGEST, Step


@dataclass(frozen=True)
class Line:
    """A place that names the person. ``code`` and ``text`` are there where the line may be given;
    ``steps`` are what may be said of it by who looks."""

    case: str
    place: str
    why: str
    code: str
    text: str = field(repr=False)
    standing: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Request:
    """What was found for a name. ``left_out`` are cases that were not searched. ``error`` stands at
    ``field``: ``goal``, or ``reason-CODE``."""

    name: str = field(repr=False)
    lines: tuple[Line, ...]
    left_out: int
    goal: str
    made: str = ""
    wrong: str = ""
    error: str = ""
    typed: str = field(default="", repr=False)


async def show_request(call: Call) -> Answer:
    """What there is of the name that was looked for last."""
    return await _page(call)


async def look(call: Call) -> Answer:
    """Look for another name."""
    call.unlocked.subject = call.form.line("name")[:LONGEST_NAME]
    return Goto("/subject-access")


async def decide(call: Call) -> Answer:
    """Propose a line, agree to it, or take it back."""
    code, reason = call.form.line("line"), call.form.text("reason")
    step, name = call.path["said"], call.unlocked.subject
    if not reason.strip() or len(reason) > LONGEST:
        said = page_words.too_long(reason) if reason.strip() else page_words.SAY_WHY
        return await _page(call, wrong=f"reason-{code}", error=said, typed=reason)

    index = call.unlocked.desk.index

    def act(station: Station) -> None:
        index.follow(station, FOR_EVERY_CASE)
        say(station, index, name, code, Step(step), reason)

    await call.write_once(act)
    return Goto("/subject-access")


async def write_answer(call: Call) -> Answer:
    """Write the answer. No file is replaced."""
    goal, name = call.form.whole_path("goal"), call.unlocked.subject
    if goal is None:
        return await _page(call, wrong="goal", error=page_words.NOT_ABSOLUTE)
    folder, index = call.sitting.plan.place.folder.default_carried, call.unlocked.desk.index

    def act(station: Station) -> None:
        index.follow(station, FOR_EVERY_CASE)
        choosing.prepare(goal, folder)
        durable.create(goal, answer(schedule(station, index, name)))

    try:
        await call.at_desk(act)
    except InboxError as error:
        return await _page(call, wrong="goal", error=page_words.say(error))
    return await _page(call, made=str(goal))


async def _page(
    call: Call, *, made: str = "", wrong: str = "", error: str = "", typed: str = ""
) -> Page:
    name, folder = call.unlocked.subject, call.sitting.plan.place.folder.default_carried
    index = call.unlocked.desk.index

    def look_up(station: Station) -> Request:
        index.follow(station, FOR_EVERY_CASE)
        me = station.analyst.card.id
        hits = schedule(station, index, name) if name else ()
        goal = "" if made else call.form.line("goal")
        lines = tuple(_line(each, me) for each in hits)
        left_out, place = not_searched(station), goal or str(_goal(folder))
        return Request(name, lines, left_out, place, made, wrong, error, typed)

    return Page("subject.html", await call.at_desk(look_up), 400 if error else 200)


def _line(hit: Hit, me: bytes) -> Line:
    agreement, steps = hit.agreement, []
    if hit.line is not None:
        steps += [Step.PROPOSED.value] if agreement.proposed_by is None else [Step.WITHDRAWN.value]
        steps += [Step.AGREED.value] * (agreement.may_agree(me) and not agreement.is_released)
    why, standing = words.WITHHELD_BECAUSE[hit.why], words.standing(agreement)
    return Line(hit.case, hit.place, why, hit.code, hit.text, standing, tuple(steps))


def _goal(folder: Path) -> Path:
    """A file that is not there yet. Its name says of nobody that they asked."""
    return next(each for n in count(1) if not (each := folder / f"answer-{n}.txt").exists())
