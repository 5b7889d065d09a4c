"""A risk to life: one button writes it down, then it is answered step by step until it is over."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from dropbox.site.forces import offered_forces
from inbox_ui.history import person
from inbox_ui.history_shown import name_of
from inbox_ui.pages import words
from inbox_ui.pages.answers import Answer, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.forms import Form
from inbox_ui.pages.sitting import seconds_now
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.work.alternates import find_force
from inbox_ui.work.calling import Route, facts_to_ring, find_route, may_ring, names_blocked
from inbox_ui.work.escalating import is_open
from inbox_ui.work.mentioning import newest_seen
from inbox_ui.work.naming import is_one_force
from inbox_ui.work.pieces import LINE, REMARK, Escalation, Work
from inbox_ui.work.recording import record
from inbox_ui.work.records import newest_id, pieces, records_of, written_blind
from inbox_ui.work.standing import Risk, standing_of
from inbox_ui.work.words import DEPENDANTS


@dataclass(frozen=True)
class Typed:
    """A step as it was typed, however long."""

    over: bool = False
    danger: str = field(default="", repr=False)
    called: str = field(default="", repr=False)
    when: str = field(default="", repr=False)
    said: str = field(default="", repr=False)

    def piece(self, after: bytes | None) -> Escalation:
        """What is written down, where nothing of it is too long."""
        return Escalation(after, self.over, self.danger, self.called, self.when, self.said)


_NOTHING = Typed()
_CLOCK: Final = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Step:
    """One step. ``wrong`` are blocked forces that somebody wrote they have rung."""

    day: date
    who: str
    waits: bool
    blind: bool
    step: Escalation
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Danger:
    """A risk to life. ``known`` names the newest step that is shown, ``read`` the newest entry of
    the reporter's; ``again``: it was over before that came. ``asked`` is the name of a
    force whose control room somebody would ring, ``chosen`` its id, ``refused`` whether they must
    not. ``begun`` is how many minutes ago it was begun at this workstation since it was unlocked;
    the case never has it."""

    case: str
    open: bool
    again: bool
    steps: tuple[Step, ...]
    route: Route
    forces: tuple[tuple[str, str], ...]
    known: str
    read: str
    asked: str = ""
    chosen: str = ""
    refused: bool = False
    begun: int | None = None
    typed: Typed = _NOTHING
    field: str = ""
    error: str = ""
    dependants: str = DEPENDANTS


async def show(call: Call) -> Answer:
    """Whom to ring, and what was done."""
    return await _page(call, Typed(when=_clock()))


async def escalate(call: Call) -> Answer:
    """Write it down at once, with nothing filled in."""
    name = call.path["case"]

    def act(station: Station) -> None:
        case = station.open_case(station.case(name))
        if not is_open(records_of(case)):
            _write(station, case, _NOTHING, newest_id(records_of(case), Work.ESCALATION.value))
            call.unlocked.escalated[name] = seconds_now()

    await call.write_once(act)
    return Goto(f"/case/{name}/risk")


async def check(call: Call) -> Answer:
    """Whether the control room of a force may be rung. Nothing is written."""
    return await _page(call, asked=call.form.line("force"), typed=_read(call.form))


async def write(call: Call) -> Answer:
    """One more step, or the last. What is half filled in is written as it is."""
    step, name, known = _read(call.form), call.path["case"], call.form.line("known")
    if call.unlocked.has_spent(call.form.line("ticket")):
        return Goto(f"/case/{name}/risk")
    if wrong := _find_wrong(step):
        return await _page(call, step, *wrong)
    if step.over and call.form.line("read") != await call.at_desk(lambda at: _read_up_to(at, name)):
        return await _page(call, step, "over", words.WROTE_SINCE)

    def act(station: Station) -> None:
        case = station.open_case(station.case(name))
        seen = (each.id for each in records_of(case) if each.id.hex() == known)
        opens = not is_open(records_of(case))
        _write(station, case, step, next(seen, None))
        if step.over:
            call.unlocked.escalated.pop(name, None)
        elif opens:
            call.unlocked.escalated[name] = seconds_now()

    await call.write_once(act)
    return Goto(f"/case/{name}/risk")


def _write(station: Station, case: OpenCase, step: Typed, after: bytes | None) -> None:
    record(station, station.case(case.name), Work.ESCALATION, step.piece(after))


def _read_up_to(station: Station, name: str) -> str:
    return newest_seen(station.open_case(station.case(name))).hex()


def _read(form: Form) -> Typed:
    return Typed(
        form.line("over") == "yes",
        form.text("danger"),
        form.line("called"),
        form.line("when"),
        form.text("said"),
    )


def _clock() -> str:
    """The present moment by the clock of the workstation, as it stands in the field."""
    return datetime.now(UTC).astimezone().strftime(_CLOCK)


def _find_wrong(step: Typed) -> tuple[str, str] | None:
    if step.over and not step.said.strip():
        return "said", words.SAY_WHY_OVER
    if not any((step.danger.strip(), step.called, step.said.strip())):  # the clock filled in when
        return "danger", words.SAY_SOMETHING
    for name, most in (("danger", REMARK), ("called", LINE), ("when", LINE), ("said", REMARK)):
        count = len(getattr(step, name))
        if count > most:
            return name, words.LINE_TOO_LONG.format(count=count, most=most)
    return None


async def _page(
    call: Call,
    typed: Typed = _NOTHING,
    wrong: str = "",
    error: str = "",
    asked: str = "",
) -> Page:
    name = call.path["case"]
    begun = call.unlocked.escalated.get(name)

    def look(station: Station) -> Danger:
        case = station.open_case(station.case(name))
        records, facts = records_of(case), facts_to_ring(case, typed.danger)
        force = find_force(asked)
        newest = newest_id(records, Work.ESCALATION.value)
        demo = any(each.startswith("demo-") for each in facts.forces)
        return Danger(
            case=case.name,
            open=is_open(records),
            again=standing_of(case).risk == Risk.AGAIN,
            steps=tuple(_steps(station, case)),
            route=find_route(facts),
            forces=tuple(
                (each.id, each.name)
                for each in offered_forces(station.today(), demo=demo)
                if is_one_force(each)
            ),
            known="" if newest is None else newest.hex(),
            read=newest_seen(case).hex(),
            asked=force.name if force is not None else "",
            chosen=asked,
            refused=bool(asked) and not may_ring(facts, asked),
            begun=None if begun is None else int(seconds_now() - begun) // 60,
            typed=typed,
            field=wrong,
            error=error,
        )

    return Page("risk.html", await call.at_desk(look), 400 if error else 200)


def _steps(station: Station, case: OpenCase) -> Iterator[Step]:
    """The newest first."""
    records, facts = records_of(case), facts_to_ring(case)
    blind = written_blind(records)
    for each, step in reversed(pieces(records, Escalation)):
        yield Step(
            each.day,
            name_of(person(each.author, station.roster)),
            each.waits,
            each.id in blind,
            step,
            names_blocked(facts, step.called),
        )
