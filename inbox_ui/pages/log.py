"""The log of a case, and the audit: who did what, who could read what, and what verifies of it."""

from dataclasses import dataclass, replace
from datetime import date

from inbox_ui import audit_shown, words
from inbox_ui.audit import Audit
from inbox_ui.findings import NOT_ASKED
from inbox_ui.history import Step, history_of
from inbox_ui.history_shown import say
from inbox_ui.pages.answers import Answer, Page
from inbox_ui.pages.call import Call
from inbox_ui.station import Station


@dataclass(frozen=True)
class Line:
    """One place of the log, or several that are missing. ``wrong`` says what is wrong there."""

    place: str
    day: date | None
    what: str
    waits: bool
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Log:
    """The log of a case."""

    case: str
    lines: tuple[Line, ...]
    whole: bool


@dataclass(frozen=True)
class CaseReaders:
    """Who could read a case, in sentences."""

    case: str
    head: str
    readers: tuple[str, ...]


@dataclass(frozen=True)
class Audited:
    """What an audit found, in sentences. ``asked`` is whether the server was there to be asked;
    ``unverified`` leaves out what it was not asked for."""

    head: str
    checked: str
    asked: bool
    whole: bool
    wrong: tuple[str, ...]
    unverified: tuple[str, ...]
    cases: tuple[CaseReaders, ...]


async def show_history(call: Call) -> Answer:
    """The log of a case. Without a word of anybody."""
    name = call.path["case"]

    def look(station: Station) -> Log:
        summary = station.case(name)
        history = history_of(station.open_case(summary), station.roster)
        return Log(summary.name, tuple(map(_line, history.steps)), history.is_whole)

    return Page("history.html", await call.at_desk(look))


async def show_audit(call: Call) -> Answer:
    """What an audit is; nothing is done yet."""
    return Page("audit.html", None)


async def audit(call: Call) -> Answer:
    """Verify everything that can be seen here. It takes its time, and pages go on meanwhile."""
    found, asked = await call.unlocked.courier.audit()
    return Page(
        "audit.html", await call.at_desk(lambda station: _audited(station, found, asked=asked))
    )


def _line(step: Step) -> Line:
    if step.id is None:
        place = str(step.seq) if step.seq == step.last else f"{step.seq} – {step.last}"
        return Line(place, None, "", waits=False, wrong=(words.reason(step.problem),))
    wrong = tuple(words.reason(each) for each in (step.problem, *step.faults) if each)
    what = say(step) if step.kind is not None else words.NOT_PROVED
    return Line(str(step.seq), step.day, what, step.waits, wrong)


def _audited(station: Station, found: Audit, *, asked: bool) -> Audited:
    head, checked, *_ = audit_shown.head_lines(found, station.vault.service, station.today())
    rest = tuple(each for each in found.trail.unverified if each.what != NOT_ASKED)
    known = replace(found, trail=replace(found.trail, unverified=rest))
    cases = []
    for case in found.cases:
        first, *readers = (line.strip() for line in audit_shown.case_lines(case))
        cases.append(CaseReaders(case.name, first, tuple(readers)))
    return Audited(
        head,
        checked,
        asked,
        found.is_whole,
        tuple(line.strip() for line in audit_shown.wrong_lines(found)),
        tuple(line.strip() for line in audit_shown.unverified_lines(known)),
        tuple(cases),
    )
