"""Intelligence reports of a case: written, read, agreed to and withdrawn."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field

from crypto.errors import ProtocolError
from inbox_ui import recipients
from inbox_ui.errors import BadReport, OldUnits
from inbox_ui.folder import Folder
from inbox_ui.pages import offered
from inbox_ui.pages import words as page_words
from inbox_ui.pages.answers import Answer, Failed, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.offered import Aside, Offered, asides
from inbox_ui.pages.report_form import (
    MOST_SUBJECTS,
    PRESENT,
    ReportForm,
    draft_of,
    field_of,
    read_form,
)
from inbox_ui.station import Station
from inbox_ui.words import Explained
from inbox_ui.work import release_words as words
from inbox_ui.work import sending
from inbox_ui.work.drafting import begin, current_drafts
from inbox_ui.work.intelligence import Draft, Intelligence, Tick
from inbox_ui.work.offering import find_offers
from inbox_ui.work.paper import sections
from inbox_ui.work.pool import first_pool
from inbox_ui.work.records import records_of
from inbox_ui.work.release_described import explain_blocked, tell, tell_pool
from inbox_ui.work.releasing import Standing
from inbox_ui.work.unit_names import unit_names


@dataclass(frozen=True)
class Shown:
    """One report. ``found`` are places and what stands there; ``blocked`` says why it stays here.
    ``to`` are the names of its units, and ``sent`` of those it was sealed for.

    ``hash`` names exactly this version; ``ticked`` is what this analyst has looked for, and
    ``has_read`` whether that is all; ``answers``
    are the sentences of each answer of a unit. Of ``begun`` units the package was recorded here,
    and its file is not there. ``free`` are those that it may be sealed to, ``pool`` says how many
    people know.
    """

    ref: str
    hash: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    pool: tuple[str, ...]
    found: tuple[tuple[str, str, bool], ...]
    blocked: tuple[str, ...]
    ticked: frozenset[str]
    has_read: bool
    may_consent: bool
    sent: tuple[str, ...]
    begun: tuple[str, ...]
    free: tuple[str, ...]
    answers: tuple[tuple[str, ...], ...]
    to: tuple[str, ...]


@dataclass(frozen=True)
class Reports:
    """All of a case. ``folder`` is where packages go unless somebody says otherwise. ``offered`` is
    held against the case alone: who may have something of it at all."""

    case: str
    reports: tuple[Shown, ...]
    offered: Offered
    ticks: tuple[tuple[str, str, str], ...]
    folder: str
    asides: tuple[Aside, ...]
    field: str = ""
    error: str = ""
    typed: str = dataclass_field(default="", repr=False)


@dataclass(frozen=True)
class Writing:
    """The form. ``units`` are those of the list, with why one must not have it; ``offered`` says
    the same of all, held against the case and what stands in the form. ``why`` is why more than a
    few know, and ``asks_why`` whether a version said that few do."""

    case: str
    ref: str
    form: ReportForm
    units: tuple[tuple[str, str, str], ...]
    offered: Offered
    after: str
    created: str
    asks_why: bool
    why: str
    sources: tuple[tuple[str, ...], ...]
    information: tuple[tuple[str, ...], ...]
    handling: tuple[tuple[str, ...], ...]
    categories: tuple[tuple[str, ...], ...]
    corruption: tuple[tuple[str, ...], ...]
    pools: tuple[tuple[str, ...], ...]
    present: tuple[tuple[str, ...], ...]


async def show_reports(call: Call) -> Answer:
    """The reports of the case."""
    return await show_wrong(call, "", "")


async def show_wrong(call: Call, field: str, error: str) -> Page:
    """The reports of the case, and what is wrong with what was typed in ``field``."""
    name, folder = call.path["case"], call.sitting.plan.place.folder

    def look(station: Station) -> Reports:
        summary = station.case(name)
        case = station.open_case(summary)
        units = recipients.find_units(station, folder)
        me, today = station.analyst.card.id, station.today()
        offers = find_offers(case, begin(today, bytes(10)), units, today)
        names = unit_names(units)
        shown = []
        for each in current_drafts(records_of(case)):
            weighed = sending.weigh(station, case, each.draft.report.ref, units)
            found = weighed.standing
            answers = tuple(tell(each, names) for each in sending.answers_to(case, found))
            went = sorted(sending.sent_to(station, case, found))
            begun = sorted(sending.begun_for(station, case, found))
            why = tuple(explain_blocked(each, names) for each in weighed.blocked)
            sealed = (tuple(went), tuple(begun), weighed.ready)
            shown.append(_shown(found, me, why, *sealed, answers, names))
        ticks = tuple((each.value, said, "") for each, said in words.TICKS.items())
        into = str(folder.default_files / "packages")
        held = offered.show(offers, names)
        aside, typed = asides(station, case, units), call.form.text("reason")
        return Reports(summary.name, tuple(shown), held, ticks, into, aside, field, error, typed)

    return Page("reports.html", await call.at_desk(look), 400 if error else 200)


def _shown(
    found: Standing,
    me: bytes,
    blocked: tuple[str, ...],
    went: tuple[str, ...],
    begun: tuple[str, ...],
    free: tuple[str, ...],
    answers: tuple[tuple[str, ...], ...],
    names: Mapping[str, str],
) -> Shown:
    report = found.current.draft.report
    return Shown(
        report.ref,
        report.hash.hex(),
        tuple(sections(report)),
        tell_pool(found),
        tuple((words.SIGNS[each.sign], each.words, each.blocks) for each in found.findings),
        blocked,
        frozenset(each.value for each in found.ticked.get(me, ())),
        me in found.read,
        found.may_consent(me),
        _called(went, names),
        _called(begun, names),
        _called(free, names),
        answers,
        _called(report.recipients, names),
    )


def _called(units: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(each, each) for each in units)


# -- writing ------------------------------------------------------------------------------------


async def write(call: Call) -> Answer:
    """The form: a new report, or the newest version of one."""
    ref = call.path.get("ref", "")
    draft = await call.at_desk(lambda station: _draft_here(station, call.path["case"], ref))
    return await _form(call, ReportForm(draft.to_json()), ref)


async def keep(call: Call) -> Answer:
    """Keep what was typed as the newest version, unless there is a newer one than was seen."""
    name, ref = call.path["case"], call.path.get("ref", "")
    if call.unlocked.has_spent(call.form.line("ticket")):
        return Goto(f"/case/{name}/reports")
    shown = await call.at_desk(lambda station: _draft_here(station, name, ref))
    seen = _typed_id(call.form.line("after"))
    if not ref:
        shown = replace(shown, report=replace(shown.report, ref=_typed_ref(call, shown)))
    filled = read_form(call.form, shown)
    if ref and shown.after != seen:
        changed = replace(filled, field="instruction", error=words.CHANGED_MEANWHILE)
        return await _form(call, changed, ref, newest=True)
    try:
        draft, why = draft_of(filled), call.form.text("why")
        await call.write_once(lambda station: sending.keep(station, station.case(name), draft, why))
    except BadReport as error:
        said = page_words.explain(error)
        wrong = replace(filled, field=field_of(error), error=f"{said.error} {said.hint}")
        return await _form(call, wrong, ref)
    return Goto(f"/case/{name}/reports")


def _draft_here(station: Station, name: str, ref: str) -> Draft:
    case = station.open_case(station.case(name))
    if not ref:
        return Draft(None, begin(station.today(), secrets.token_bytes(10)), first_pool(case), None)
    current = sending.standing(station, case, ref).current
    if len(current.draft.report.subjects) > MOST_SUBJECTS:
        raise Failed(400, Explained(page_words.TOO_MANY_PEOPLE, page_words.BY_COMMAND))
    return replace(current.draft, after=current.id)


def _typed_ref(call: Call, shown: Draft) -> str:
    """The reference that the form was made with, so that a form sent twice is one report."""
    typed = call.form.line("ref")
    try:
        return replace(shown.report, ref=typed).ref
    except ProtocolError:
        return shown.report.ref


def _typed_id(typed: str) -> bytes | None:
    try:
        found = bytes.fromhex(typed)
    except ValueError:
        return None
    return found if len(found) == 32 else None


async def _form(call: Call, form: ReportForm, ref: str, *, newest: bool = False) -> Page:
    """``newest``: who types is told of the newest version, and what they keep follows it."""
    name, folder = call.path["case"], call.sitting.plan.place.folder

    def look(station: Station) -> Writing:
        summary = station.case(name)
        case, today = station.open_case(summary), station.today()
        report = _report_of(form) or begin(today, bytes(10))
        units = recipients.find_units(station, folder)
        offers, names = find_offers(case, report, units, today), unit_names(units)
        chosen = tuple(form.report["recipients"])
        after = sending.standing(station, case, ref).current.id.hex() if ref else ""
        typed = call.form.line("after")  # what the one who types has seen, not what came since
        return Writing(
            summary.name,
            ref,
            form,
            offered.choices(offers, names, chosen) if offers.units else (),
            offered.show(offers, names),
            after if newest else typed or after,
            str(form.report["created"]),
            bool(ref) and sending.standing(station, case, ref).widened is not None,
            call.form.text("why"),
            *_choices(),
        )

    return Page("report.html", await call.at_desk(look), 400 if form.error else 200)


def _report_of(form: ReportForm) -> Intelligence | None:
    """The report in the form, if it is one."""
    try:
        return draft_of(form).report
    except BadReport:
        return None


def _choices() -> tuple[tuple[tuple[str, ...], ...], ...]:
    """What there is to choose from, in the order of ``Writing``."""
    return (
        tuple((each.value, said, "") for each, said in words.SOURCES.items()),
        tuple((each.value, said) for each, said in words.INFORMATION.items()),
        tuple((each.value, said) for each, said in words.HANDLING.items()),
        tuple((each.value, said, "") for each, said in words.CATEGORIES.items()),
        tuple((each.value, said, "") for each, said in words.CORRUPTION.items()),
        tuple((each.value, said, "") for each, said in words.POOLS.items()),
        tuple((each, each.capitalize(), "") for each in PRESENT),
    )


# -- reading, agreeing, withdrawing -------------------------------------------------------------


async def read(call: Call) -> Answer:
    """What this analyst has looked for in the version that was shown."""
    name, ref = call.path["case"], call.path["ref"]
    ticks = [each for each in Tick if each.value in call.form.chosen("ticks")]
    shown = call.form.line("shown")

    def act(station: Station) -> None:
        summary = station.case(name)
        sending.check_shown(station, summary, ref, shown)
        sending.read(station, summary, ref, ticks)

    return await once(call, act)


async def consent(call: Call) -> Answer:
    """Agree that exactly the version that was shown goes."""
    name, ref, shown = call.path["case"], call.path["ref"], call.form.line("shown")
    remark = call.form.text("remark")

    def act(station: Station) -> None:
        summary = station.case(name)
        sending.consent(station, summary, ref, _typed_id(shown) or b"", remark)

    return await once(call, act)


@dataclass(frozen=True)
class Withdrawing:
    """The step before a release is taken back. ``sent`` are the units that have it."""

    case: str
    ref: str
    sent: tuple[str, ...]


async def ask_withdraw(call: Call) -> Answer:
    """What it means to take the release back, and why it is done."""
    name, ref, folder = call.path["case"], call.path["ref"], call.sitting.plan.place.folder

    def look(station: Station) -> Withdrawing:
        case, names = station.open_case(station.case(name)), _names_if_listed(station, folder)
        sent = sorted(sending.sent_to(station, case, sending.standing(station, case, ref)))
        return Withdrawing(name, ref, _called(sent, names))

    return Page("withdraw.html", await call.at_desk(look))


def _names_if_listed(station: Station, folder: Folder) -> Mapping[str, str]:
    """The names of units; none where the list cannot be trusted: a release is taken back all the
    same."""
    try:
        return unit_names(recipients.find_units(station, folder))
    except OldUnits:
        return {}


async def withdraw(call: Call) -> Answer:
    """Take the release back."""
    name, ref, remark = call.path["case"], call.path["ref"], call.form.text("remark")
    return await once(
        call, lambda station: sending.withdraw(station, station.case(name), ref, remark)
    )


async def once(call: Call, act: Callable[[Station], None]) -> Answer:
    """Write what ``act`` writes, once, and come back to the reports."""
    await call.write_once(act)
    return Goto(f"/case/{call.path['case']}/reports")
