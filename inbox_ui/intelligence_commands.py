"""``intelligence``: reports to units, from the first draft to what comes back."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import click

from crypto.package import LARGEST
from dropbox.client.terminal import visible, visible_line
from inbox_ui import console, durable, meeting, options, recipients
from inbox_ui import release_words as words
from inbox_ui import words as commands
from inbox_ui.errors import BadReport, BadText, NotAPackage, NotFresh, NotReady
from inbox_ui.folder import FOLDER_MODE
from inbox_ui.options import Place
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.texts import read_text
from inbox_ui.work import release_words, sending, setting_aside
from inbox_ui.work.access import Step
from inbox_ui.work.drafting import begin, current_drafts, read_draft
from inbox_ui.work.intelligence import Draft, OlderAnswer, Tick
from inbox_ui.work.mentions import LONGEST, Mentioned
from inbox_ui.work.paper import sections
from inbox_ui.work.pool import first_pool
from inbox_ui.work.records import records_of
from inbox_ui.work.release_described import explain_blocked, tell_pool
from inbox_ui.work.releasing import Standing, before_release
from inbox_ui.work.unit_names import unit_names
from inbox_ui.work.units import Units

_LARGEST_FORM = 1024 * 1024

_ref = click.argument("ref", metavar="REF")
_remark = click.option(
    "--text-file", metavar="FILE", help="A text for the log: why. - reads a pipe."
)
_into = click.option(
    "--into", type=options.FILE, required=True, metavar="DIR", help="For packages."
)


@click.group()
def intelligence() -> None:
    """Sanitised reports: written, read by two, released to units, and answered."""


@intelligence.command("form")
@options.place_options
@options.case
@click.option("--ref", metavar="REF", help="The report to change; without it, a new one.")
@click.option("--out", type=options.FILE, required=True, metavar="FILE", help="Write it there.")
@options.yes
def write_form(place: Place, case_name: str, ref: str | None, out: Path, yes: bool) -> None:
    """A form to fill in: a new report with what is preset, or the newest version of one."""
    if out.exists():
        console.ask_yes(commands.ASK_REPLACE.format(name=out), yes, place.silent)
    with place.open() as station:
        station.refresh(console.tell_folding)
        case = station.open_case(station.case(case_name))
        if ref is None:
            report = begin(station.today(), secrets.token_bytes(10))
            form = Draft(None, report, first_pool(case), None).to_json()
        else:
            current = sending.standing(station, case, ref).current
            form = {**current.draft.to_json(), "after": _after(current.id)}
    text = json.dumps(form, indent=2, ensure_ascii=False) + "\n"
    durable.replace(out, text.encode())
    console.say(words.FORM_WRITTEN.format(path=out))


def _after(record: bytes) -> object:
    return Draft.codecs()[0][1].write(record)


@intelligence.command("keep")
@options.place_options
@options.case
@click.argument("source", metavar="FILE", type=options.FILE)
@click.option(
    "--why-file",
    metavar="FILE",
    help="Why more than a few know, where a version said few. - reads a pipe.",
)
@options.offline
def keep_report(
    place: Place, case_name: str, source: Path, why_file: str | None, offline: bool
) -> None:
    """Keep what is in a form as the newest version of its report."""
    draft = _read_form(source)
    why = read_text(why_file) if why_file is not None else ""
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        sending.keep(station, summary, draft, why)
        meeting.deliver(place, station, summary, offline=offline, there=there)
        _say_signs(sending.standing(station, station.open_case(summary), draft.report.ref))


def _read_form(path: Path) -> Draft:
    try:
        with path.open("rb") as file:
            value = json.loads(file.read(_LARGEST_FORM).decode())
    except (OSError, ValueError, RecursionError):
        raise BadReport(path) from None
    return read_draft(value)


@intelligence.command("show")
@options.place_options
@options.case
@options.offline
def show_reports(place: Place, case_name: str, offline: bool) -> None:
    """The reports of a case: what they say, what was found in them, what stands in their way."""
    with place.open() as station:
        meeting.look(place, station, offline)
        case = station.open_case(station.case(case_name))
        found = current_drafts(records_of(case))
        units = recipients.find_units(station, place.folder)
        if not found:
            console.print_result(words.NO_REPORTS)
        for each in found:
            standing = sending.standing(station, case, each.draft.report.ref)
            console.print_result("\n".join(_lines(station, case, standing, units)))


def _lines(
    station: Station, case: OpenCase, standing: Standing, units: Units | None
) -> Iterator[str]:
    for heading, lines in sections(standing.current.draft.report):
        yield heading
        yield from (f"  {visible(each)}" for each in lines)
    yield from map(visible_line, tell_pool(standing))
    yield from _signs(standing)
    blocked = before_release(case, standing, station.analyst.card.id, units, station.today())
    yield words.STANDS if blocked else words.MAY_GO
    names = unit_names(units)
    yield from (f"  {visible_line(explain_blocked(each, names))}" for each in blocked)
    yield ""


def _signs(standing: Standing) -> Iterator[str]:
    for each in standing.findings:
        sign = release_words.SIGNS[each.sign]
        yield words.FOUND.format(place=each.place, sign=sign, words=visible_line(each.words))


def _say_signs(standing: Standing) -> None:
    for line in _signs(standing):
        console.say(line)


@intelligence.command("read")
@options.place_options
@options.case
@_ref
@click.option(
    "--tick",
    "ticks",
    multiple=True,
    type=click.Choice([each.value for each in Tick]),
    help="You looked for this, and it is not there. Repeatable.",
)
@click.option("--all", "every", is_flag=True, help="You looked for all of the list.")
@options.offline
def read_report(
    place: Place, case_name: str, ref: str, ticks: tuple[str, ...], every: bool, offline: bool
) -> None:
    """Say that you have read the newest version as its subject would, and what you looked for."""
    if bool(ticks) == every:
        raise click.UsageError(words.EVERY_TICK)
    chosen = tuple(Tick) if every else tuple(map(Tick, ticks))
    for tick in chosen:
        console.say(f"- {release_words.TICKS[tick]}")
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        sending.read(station, summary, ref, chosen)
        meeting.deliver(place, station, summary, offline=offline, there=there)


@intelligence.command("consent")
@options.place_options
@options.case
@_ref
@_remark
@options.offline
def consent_to_report(
    place: Place, case_name: str, ref: str, text_file: str | None, offline: bool
) -> None:
    """Agree that the newest version goes, as a second person. A change makes it void."""
    text = read_text(text_file) if text_file is not None else ""
    with place.open() as station:
        station.refresh(console.tell_folding)  # what was shown, before anything comes
        case = station.open_case(station.case(case_name))
        shown = sending.standing(station, case, ref).current.draft.report.hash
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        sending.consent(station, summary, ref, shown, text)
        meeting.deliver(place, station, summary, offline=offline, there=there)


@intelligence.command("withdraw")
@options.place_options
@options.case
@_ref
@_remark
@options.offline
def withdraw_report(
    place: Place, case_name: str, ref: str, text_file: str | None, offline: bool
) -> None:
    """Take the release back before it is sent. What has left cannot be called back."""
    text = read_text(text_file) if text_file is not None else ""
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        sending.withdraw(station, summary, ref, text)
        meeting.deliver(place, station, summary, offline=offline, there=there)


@intelligence.command("mention")
@options.place_options
@options.case
@click.argument("unit", metavar="UNIT")
@click.option(
    "--of",
    required=True,
    type=click.Choice([each.value for each in Mentioned]),
    help="What is only mentioned.",
)
@click.option("--whom", default="", metavar="NAME", help="Whom of the unit a name does not mean.")
@click.option(
    "--as",
    "step",
    required=True,
    type=click.Choice([each.value for each in Step]),
    help="One proposes, another agrees; anybody withdraws.",
)
@options.text_file
@options.offline
def say_mention(
    place: Place,
    case_name: str,
    unit: str,
    of: str,
    whom: str,
    step: str,
    text_file: str,
    offline: bool,
) -> None:
    """Say that what keeps a case from a unit is only mentioned, and why. Two people have to."""
    if (Mentioned(of) is Mentioned.NAME) != bool(whom):
        raise click.UsageError(words.WHOM)
    reason = read_text(text_file)
    if len(reason) > LONGEST:
        raise BadText(text_file)
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary, units = station.case(case_name), recipients.units_of(station, place.folder)
        setting_aside.say(station, summary, units, (unit, Mentioned(of), whom), Step(step), reason)
        meeting.deliver(place, station, summary, offline=offline, there=there)


@intelligence.command("send")
@options.place_options
@options.case
@_ref
@click.option("--unit", metavar="ID", help="To this unit alone; else to all that it names.")
@_into
def send_report(place: Place, case_name: str, ref: str, unit: str | None, into: Path) -> None:
    """Seal a report to its units. Asks the server first: it may have been withdrawn."""
    with place.open() as station:
        _look_now(place, station)
        summary, units = station.case(case_name), recipients.units_of(station, place.folder)
        for each in (unit,) if unit is not None else _free(station, summary, ref, units):
            sent = sending.send(station, summary, ref, each, units)
            _write(place, station, summary, sent, units, into)


def _free(station: Station, summary: Summary, ref: str, units: Units) -> tuple[str, ...]:
    """The units that may have it; of the others it is said why not. All, where none may."""
    weighed = sending.weigh(station, station.open_case(summary), ref, units)
    if not weighed.ready:
        return weighed.standing.current.draft.report.recipients
    names = unit_names(units)
    for each in weighed.blocked:
        console.say(words.HELD_BACK.format(ref=ref, why=explain_blocked(each, names)))
    return weighed.ready


@intelligence.command("send-due")
@options.place_options
@_into
def send_due(place: Place, into: Path) -> None:
    """Seal all reports of all cases whose day has come: first what a crash kept from being
    written, then the others, in an order that says nothing."""
    with place.open() as station:
        _look_now(place, station)
        units = recipients.units_of(station, place.folder)
        due = list(sending.due(station, units))
        secrets.SystemRandom().shuffle(due)
        for each in sorted(due, key=lambda each: not each.begun):
            try:
                sent = sending.send(station, each.summary, each.ref, each.unit, units)
            except NotReady as error:
                console.say(words.HELD_BACK.format(ref=each.ref, why=error.name))
                continue
            _write(place, station, each.summary, sent, units, into)
        if not due:
            console.say(words.NOTHING_SENT)


def _look_now(place: Place, station: Station) -> None:
    if not meeting.look(place, station, offline=False):
        raise NotFresh


def _write(
    place: Place, station: Station, summary: Summary, sent: sending.Sent, units: Units, into: Path
) -> None:
    """The record reaches the server before the file is written. If the release was withdrawn
    before it in the log of the case, no file is written at all."""
    meeting.deliver(place, station, summary, offline=False, there=True)
    sending.check_not_withdrawn(station, station.case(summary.name), sent.ref)
    with durable.telling(into):
        into.mkdir(mode=FOLDER_MODE, exist_ok=True)
    durable.replace(into / sent.name, sent.data)
    sending.note_written(station, sent)
    console.print_result(str(into / sent.name))
    console.say(words.SEALED.format(path=into / sent.name, unit=unit_names(units)[sent.unit]))


@intelligence.command("answer")
@options.place_options
@options.case
@click.argument("source", metavar="FILE", type=options.FILE)
@options.offline
def take_answer(place: Place, case_name: str, source: Path, offline: bool) -> None:
    """Take a unit's answer into the case that its package came from."""
    try:
        with source.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError:
        raise NotAPackage(source) from None
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary, units = station.case(case_name), recipients.units_of(station, place.folder)
        answer = sending.take_answer(station, summary, data, str(source), units)
        meeting.deliver(place, station, summary, offline=offline, there=there)
    says = release_words.SAYS[answer.says]
    console.print_result(words.TAKEN.format(unit=unit_names(units)[answer.unit], says=says))
    if isinstance(answer, OlderAnswer):
        console.say(release_words.OLDER_KEY)
    if answer.text:
        console.print_result(visible(answer.text))
