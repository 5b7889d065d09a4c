"""Keeping, reading, consenting to, withdrawing and sending intelligence reports, at a workstation.

What is done is recorded in the case before a file leaves. A crash between the two leaves a record
and no file: the package was noted on this workstation before (``unwritten``), so it does not count
as sent, and sending it again writes the same one anew.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from crypto.errors import ProtocolError
from crypto.keys import AnswerSecret
from inbox_ui.casework import writable
from inbox_ui.errors import (
    NotAPackage,
    NotReady,
    OwnReport,
    TwiceAnswered,
    UnknownReport,
    WhyNotFew,
)
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.work import release_words as words
from inbox_ui.work.drafting import current_drafts
from inbox_ui.work.intelligence import (
    Answer,
    Consent,
    Draft,
    OlderAnswer,
    Pool,
    Reading,
    Release,
    Tick,
    Widened,
)
from inbox_ui.work.linking import linked
from inbox_ui.work.packages import Package, UnitAnswer, open_answer, seal, sign_consent
from inbox_ui.work.paper import draw
from inbox_ui.work.pieces import Work
from inbox_ui.work.pool import why_not_few
from inbox_ui.work.recording import record
from inbox_ui.work.records import Record, newest_id, pieces, records_of
from inbox_ui.work.release_described import explain_blocked
from inbox_ui.work.releasing import (
    Blocked,
    Obstacle,
    Standing,
    before_consent,
    before_release,
    standing_of,
)
from inbox_ui.work.sanitising import said_by_reporter
from inbox_ui.work.unit_names import unit_names
from inbox_ui.work.units import Unit, Units


@dataclass(frozen=True)
class Sent:
    """A package for ``unit``, by its hash; ``data`` is its file."""

    ref: str
    unit: str
    package: bytes
    data: bytes

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"{self.ref}-{self.unit}.package"

    def __repr__(self) -> str:
        return "<Sent>"


@dataclass(frozen=True)
class Due:
    """A report that may go to ``unit`` today. ``begun``: it was recorded here that it went, and its
    file is not there."""

    summary: Summary
    ref: str
    unit: str
    begun: bool


def readers_of(station: Station) -> Mapping[bytes, bytes]:
    """Whose word counts for a release: who may read today, card id → signing key."""
    colleagues, readers = station.colleagues, station.readers
    return {each: key for each, key in colleagues.items() if each in readers}


def standing(station: Station, case: OpenCase, ref: str) -> Standing:
    """How it stands with a report. Raises ``UnknownReport``."""
    service, near = station.vault.service, said_in_linked(station, case)
    found = standing_of(case, ref, readers_of(station), service, near)
    if found is None:
        raise UnknownReport(ref)
    return found


def said_in_linked(station: Station, case: OpenCase) -> tuple[str, ...]:
    """The words of the reporters of linked cases that may be read here."""
    others = [each.other for each in linked(station, case) if each.other is not None]
    cases = (station.open_case(each) for each in others)
    return tuple(text for each in cases for text in said_by_reporter(each))


def keep(station: Station, summary: Summary, draft: Draft, why: str = "") -> None:
    """Keep a version of a report, which is of the day before which it does not leave: an earlier
    one would say when somebody wrote.

    ``why`` is why not only a few know, where a version before said so. Raises ``WhyNotFew`` where
    such a reason is lacking, and as :func:`record`.
    """
    case = writable(station, summary, needs_reporter=False)
    records, ref = records_of(case), draft.report.ref
    if draft.pool is not Pool.FEW and why_not_few(records, ref) is not None:
        if why.strip():
            after = newest_id(records, Work.WIDENED)
            record(station, summary, Work.WIDENED, Widened(after, ref, why))
        elif not why_not_few(records, ref):
            raise WhyNotFew("why")
    record(station, summary, Work.INTELLIGENCE, _dated(draft, station.today()))


def _dated(draft: Draft, today: date) -> Draft:
    day = max(draft.not_before or date.min, min(draft.report.created, today))
    return replace(draft, report=replace(draft.report, created=day))


def read(station: Station, summary: Summary, ref: str, ticks: Collection[Tick]) -> None:
    """Note that this analyst has read the newest version and looked for ``ticks``.

    Raises ``UnknownReport``, and as :func:`record`.
    """
    case = writable(station, summary, needs_reporter=False)
    found = standing(station, case, ref)
    after = newest_id(records_of(case), Work.READING)
    piece = Reading(after, found.current.draft.report.hash, tuple(sorted(ticks)))
    record(station, summary, Work.READING, piece)


def check_shown(station: Station, summary: Summary, ref: str, shown: str) -> None:
    """Raise ``NotReady`` where the newest version is not the one whose hash, in hexadecimal, was
    ``shown``."""
    found = standing(station, station.open_case(summary), ref)
    if found.current.draft.report.hash.hex() != shown:
        raise NotReady(words.CHANGED)


def consent(station: Station, summary: Summary, ref: str, shown: bytes, remark: str) -> None:
    """Let exactly the report go whose hash was ``shown``, as a second person.

    Raises ``OwnReport``, ``NotReady`` where they have not gone through the whole checklist, or
    where it is another one by now,
    ``UnknownReport``, and as :func:`record`.
    """
    case = writable(station, summary, needs_reporter=False)
    found = standing(station, case, ref)
    draft = found.current.draft
    if not found.may_consent(station.analyst.card.id):
        raise OwnReport(ref)
    if draft.report.hash != shown:
        raise NotReady(words.CHANGED)
    _stop(before_consent(found, station.analyst.card.id))
    signature = sign_consent(draft.report, station.vault.analyst_secret, station.vault.service)
    after = newest_id(records_of(case), Work.CONSENT)
    piece = Consent(after, draft.report.hash, draft.not_before, signature, remark)
    record(station, summary, Work.CONSENT, piece)


def withdraw(station: Station, summary: Summary, ref: str, remark: str) -> None:
    """Withdraw a release: whoever has the case may. What has left cannot be called back.

    Raises ``UnknownReport``, and as :func:`record`.
    """
    case = writable(station, summary, needs_reporter=False)
    report = standing(station, case, ref).current.draft.report
    after = newest_id(records_of(case), Work.CONSENT)
    record(station, summary, Work.CONSENT, Consent(after, report.hash, None, None, remark))


def send(station: Station, summary: Summary, ref: str, unit: str, units: Units) -> Sent:
    """Seal a report to ``unit``. The server was asked a moment before: that is for the caller, and
    so is writing the file, and saying that it was (:func:`note_written`).

    Raises ``NotReady``, ``UnknownReport``, and as :func:`record`.
    """
    case = writable(station, summary, needs_reporter=False)
    weighed = weigh(station, case, ref, units)
    found, me = weighed.standing, station.analyst.card.id
    report = found.current.draft.report
    if unit not in report.recipients:
        raise NotReady(words.OBSTACLES[Obstacle.UNKNOWN_UNIT].format(unit=unit))
    _stop([each for each in weighed.blocked if each.unit in ("", unit)], units)
    listed = units.find(unit)
    assert listed is not None
    before = _sent_before(found, me, unit, listed)
    secret = before.answers if before is not None else station.random_bytes(32)
    package = _package(station, found, listed, AnswerSecret(secret))
    station.archive.unwritten.note(case.file.mailbox, package.hash)
    if before is None or before.package != package.hash or not _is_sent(found, before):
        after = newest_id(records_of(case), Work.RELEASE)
        release = Release(after, report.hash, ref, unit, listed.subject.sign, package.hash, secret)
        record(station, summary, Work.RELEASE, release)
    keys = station.vault.analyst_secret.keys
    data = seal(package, draw(report), listed, keys, station.random_bytes)
    return Sent(ref, unit, package.hash, data)


def note_written(station: Station, sent: Sent) -> None:
    """The file of a package is on the disk."""
    station.archive.unwritten.forget(sent.package)


def sent_to(station: Station, case: OpenCase, found: Standing) -> frozenset[str]:
    """The units that this version went to. What this workstation has recorded and not written does
    not count."""
    return frozenset(each.unit for each in _split(station, case, found)[0])


def begun_for(station: Station, case: OpenCase, found: Standing) -> frozenset[str]:
    """The units whose package this workstation has recorded and not written."""
    written, begun = _split(station, case, found)
    return frozenset(each.unit for each in begun) - {each.unit for each in written}


def _split(
    station: Station, case: OpenCase, found: Standing
) -> tuple[list[Release], list[Release]]:
    """The releases of this version whose file was written, and those whose was not."""
    me, noted = station.analyst.card.id, station.archive.unwritten.of(case.file.mailbox)
    begun = [each for by, each in found.sent if by.author == me and each.package in noted]
    return [each for _, each in found.sent if each not in begun], begun


def _is_sent(found: Standing, release: Release) -> bool:
    return any(each == release for _, each in found.sent)


@dataclass(frozen=True)
class Weighed:
    """The newest version of a report, and everything that keeps this analyst from sending it."""

    standing: Standing
    blocked: tuple[Blocked, ...]

    @property
    def free(self) -> tuple[str, ...]:
        """Its units of which nothing of their own stands in the way."""
        stopped = {each.unit for each in self.blocked}
        named = self.standing.current.draft.report.recipients
        return tuple(each for each in named if each not in stopped)

    @property
    def obstacles(self) -> frozenset[Obstacle]:
        """What keeps it from every unit."""
        return frozenset(each.what for each in self.blocked if not each.unit)

    @property
    def ready(self) -> tuple[str, ...]:
        """The units that it may be sealed to today, though others of its may not have it."""
        return () if self.obstacles else self.free


def weigh(station: Station, case: OpenCase, ref: str, units: Units | None) -> Weighed:
    """A report, held against ``units`` today. Raises ``UnknownReport``."""
    found, me = standing(station, case, ref), station.analyst.card.id
    return Weighed(found, before_release(case, found, me, units, station.today()))


def weigh_all(station: Station, units: Units) -> Iterator[tuple[Summary, OpenCase, Weighed]]:
    """Every report of every case that may be read here."""
    for summary in station.cases():
        if summary.reports:
            case = station.open_case(summary)
            for current in current_drafts(records_of(case)):
                yield summary, case, weigh(station, case, current.draft.report.ref, units)


def due(station: Station, units: Units) -> Iterator[Due]:
    """What is ready today and did not go to a unit yet."""
    for summary, case, weighed in weigh_all(station, units):
        begun = begun_for(station, case, weighed.standing)
        gone = sent_to(station, case, weighed.standing)
        ref = weighed.standing.current.draft.report.ref
        for unit in sorted(set(weighed.ready) - gone):
            yield Due(summary, ref, unit, unit in begun)


def check_not_withdrawn(station: Station, summary: Summary, ref: str) -> None:
    """Raise ``NotReady`` where a release that is in the log by now has come too late: a withdrawal
    or another version stands there."""
    found = standing(station, station.open_case(summary), ref)
    if found.withdrawn:
        raise NotReady(words.OBSTACLES[Obstacle.WITHDRAWN])
    if not any(each.report == found.current.draft.report.hash for _, each in found.releases):
        raise NotReady(words.CHANGED)


def _sent_before(found: Standing, me: bytes, unit: str, listed: Unit) -> Release | None:
    """This analyst's own release of the same report to the same card."""
    report = found.current.draft.report.hash
    for record_, release in reversed(found.releases):
        same = (release.report, release.unit, release.sign) == (report, unit, listed.subject.sign)
        if same and record_.author == me:
            return release
    return None


def _package(station: Station, found: Standing, unit: Unit, answers: AnswerSecret) -> Package:
    me, roster = station.analyst.card.id, station.roster
    consenter = min(set(found.consents) - {me})
    member = roster.find(consenter) if roster is not None else None
    signature = found.consents[consenter].signature
    if member is None or signature is None:
        raise NotReady(words.OBSTACLES[Obstacle.NO_CONSENT])
    return Package(
        service=station.vault.service,
        unit=unit.id,
        card=unit.subject.id,
        report=found.current.draft.report,
        consented=member.certificate,
        consent=signature,
        sent=station.vault.certificate,
        answers=answers.keys.card.to_bytes(),
    )


def take_answer(station: Station, summary: Summary, data: bytes, name: str, units: Units) -> Answer:
    """Take a unit's answer into the case that its package came from.

    A unit that has renewed its key since may answer with the one that its package was sealed to;
    the case says so. Raises ``NotAPackage`` for what answers no package of this case, is not signed
    by the unit it went to, or where that unit is on the list no more; ``TwiceAnswered``; and as
    :func:`record`.
    """
    case = writable(station, summary, needs_reporter=False)
    records = records_of(case)
    release, answer = _open_answer(station, records, data, name)
    listed = units.find(answer.unit)
    if listed is None:
        raise NotAPackage(name)
    current = listed.subject.sign == release.sign
    kind, work = (Answer, Work.ANSWER) if current else (OlderAnswer, Work.OLDER_ANSWER)
    for _, known in pieces(records, Answer):
        if (known.package, known.number) == (answer.package, answer.number):
            raise TwiceAnswered(name)
    piece = kind(
        after=newest_id(records, work),
        package=answer.package,
        unit=answer.unit,
        number=answer.number,
        says=answer.says,
        day=answer.day,
        text=answer.text,
    )
    record(station, summary, work, piece)
    return piece


def answers_to(case: OpenCase, found: Standing) -> tuple[Answer, ...]:
    """What units have said to the packages of a report, in the order in which it was taken in."""
    packages = {release.package for _, release in found.releases}
    answers = (each for _, each in pieces(records_of(case), Answer))
    return tuple(each for each in answers if each.package in packages)


def _open_answer(
    station: Station, records: tuple[Record, ...], data: bytes, name: str
) -> tuple[Release, UnitAnswer]:
    for _, release in pieces(records, Release):
        secret = AnswerSecret(release.answers)
        try:
            answer = open_answer(data, secret, release.sign, station.vault.service)
        except ProtocolError:
            continue
        if (answer.package, answer.unit) == (release.package, release.unit):
            return release, answer
    raise NotAPackage(name)


def _stop(blocked: Collection[Blocked], units: Units | None = None) -> None:
    for each in blocked:
        raise NotReady(explain_blocked(each, unit_names(units)))
