"""What stands between an intelligence report and a unit, and letting it go.

    draft → read by an author → read by a second person, and consented to by the same
          → sent by somebody else than that one, not before its day, to a unit that may have it

Everything counts for exactly one report, by its hash: who changes a letter begins again. What this
program refuses it refuses from the case alone; nobody can override it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crypto.errors import Expired, WrongSignature
from inbox_ui.reading import OpenCase
from inbox_ui.work.clashes import Clash, find_clash
from inbox_ui.work.drafting import Current, find_draft
from inbox_ui.work.intelligence import Consent, Draft, Handling, Pool, Reading, Release, Tick
from inbox_ui.work.packages import check_consent
from inbox_ui.work.pool import few_know, why_not_few
from inbox_ui.work.records import Record, pieces, records_of
from inbox_ui.work.sanitising import Finding, find_signs, said_by_reporter
from inbox_ui.work.units import Unit, Units


class Obstacle(StrEnum):
    """Why a report does not go."""

    CROSSED = "crossed"
    COPIED = "copied"
    WIDENED = "widened"
    OPEN_HANDLING = "open handling"
    NOT_READ = "not read"
    NOT_READ_TWICE = "not read twice"
    WITHDRAWN = "withdrawn"
    NO_CONSENT = "no consent"
    OWN_CONSENT = "own consent"
    NOT_YET = "not yet"
    NO_RECIPIENT = "no recipient"
    NO_LIST = "no list"
    OLD_LIST = "old list"
    UNKNOWN_UNIT = "unknown unit"
    EXPIRED_UNIT = "expired unit"
    CLASH = "clash"


@dataclass(frozen=True)
class Blocked:
    """One obstacle; ``unit`` where it is one of a unit, ``clash`` where that is why."""

    what: Obstacle
    unit: str = ""
    clash: Clash | None = None


@dataclass(frozen=True)
class Standing:
    """How it stands with the newest version of a report.

    ``few_know``: the reporter says so. ``widened`` are the reasons why more know it than a version
    of it said, ``None`` where none of them said that few do. ``read`` and ``consents`` are people
    (card ids): who has gone through the whole checklist, and who of them lets it go, with the
    record that counts.
    ``releases`` are of any version of it; of this one those are ``sent`` that no withdrawal
    stopped or came after: behind one, there was no file.
    """

    current: Current
    few_know: bool
    widened: tuple[str, ...] | None
    findings: tuple[Finding, ...]
    read: frozenset[bytes]
    ticked: Mapping[bytes, frozenset[Tick]]
    consents: Mapping[bytes, Consent]
    withdrawn: bool
    releases: tuple[tuple[Record, Release], ...]
    sent: tuple[tuple[Record, Release], ...]

    @property
    def small_pool(self) -> bool:
        """Whether few people may know it: somebody says so, or nobody knows."""
        return self.few_know or self.current.draft.pool is not Pool.MORE

    def may_consent(self, analyst: bytes) -> bool:
        """Whether it is for this one to let it go: not for who wrote any version of it."""
        return analyst not in self.current.authors


def standing_of(
    case: OpenCase,
    ref: str,
    readers: Mapping[bytes, bytes],
    service: bytes,
    linked: Iterable[str] = (),
) -> Standing | None:
    """How it stands with the report ``ref``; ``None`` where the case has none of that name.

    ``readers`` are those who may read today, card id → signing key: only their word counts.
    ``linked`` is what the reporters of linked cases have said: no run of theirs goes either.
    """
    records = records_of(case)
    current = find_draft(records, ref)
    if current is None:
        return None
    report = current.draft.report
    ticked: dict[bytes, frozenset[Tick]] = {}
    versions = {each.report.hash for _, each in pieces(records, Draft) if each.report.ref == ref}
    consents: dict[bytes, Consent] = {}
    sent: list[tuple[Record, Release]] = []
    withdrawal: Record | None = None
    withdrawn = False
    for record in records:
        match record.piece:
            case Consent(signature=None) as taken_back:
                if taken_back.report in versions:  # whichever was shown, nothing of it goes
                    consents, sent, withdrawal, withdrawn = {}, [], record, True
            case Reading() as reading:
                if reading.report == report.hash and record.author in readers:
                    before = ticked.get(record.author, frozenset())
                    ticked[record.author] = before | set(reading.ticks)
            case Consent() as consent:
                has_read = ticked.get(record.author, frozenset()) == set(Tick)
                knew = withdrawal is None or _had_seen(records, record, consent, withdrawal)
                if has_read and knew and _counts(record, consent, current, readers, service):
                    consents[record.author], withdrawn = consent, False
            case Release() as release if release.report == report.hash and not withdrawn:
                sent.append((record, release))
    return Standing(
        current=current,
        few_know=few_know(case),
        widened=why_not_few(records, ref),
        findings=find_signs(report, (*said_by_reporter(case), *linked)),
        read=frozenset(each for each, ticks in ticked.items() if ticks == set(Tick)),
        ticked=ticked,
        consents=consents,
        withdrawn=withdrawn,
        releases=tuple(each for each in pieces(records, Release) if each[1].ref == ref),
        sent=tuple(sent),
    )


def _counts(
    record: Record,
    consent: Consent,
    current: Current,
    readers: Mapping[bytes, bytes],
    service: bytes,
) -> bool:
    """Whether a consent is a second person's, to this day and report."""
    if consent.report != current.draft.report.hash:
        return False
    if record.author in current.authors or record.author not in readers:
        return False
    if consent.not_before != current.draft.not_before or consent.signature is None:
        return False
    try:
        check_consent(current.draft.report, consent.signature, readers[record.author], service)
    except WrongSignature:
        return False
    return True


def _had_seen(
    records: tuple[Record, ...], record: Record, consent: Consent, withdrawal: Record
) -> bool:
    """Whether who consented knew of ``withdrawal``, which stands before it: it was their own, or
    they had been shown it or something later. Who had not has not lifted it."""
    if record.author == withdrawal.author:
        return True
    ids = [each.id for each in records]
    return consent.after in ids[ids.index(withdrawal.id) :]


def before_consent(standing: Standing, me: bytes) -> tuple[Blocked, ...]:
    """What has to be done before ``me`` may consent."""
    found = [*_unfinished(standing)]
    if me not in standing.read:
        found.append(Obstacle.NOT_READ_TWICE)
    return tuple(map(Blocked, found))


def _unfinished(standing: Standing) -> Iterator[Obstacle]:
    """What keeps everybody from consenting."""
    if standing.current.crossed:
        yield Obstacle.CROSSED
    if any(each.blocks for each in standing.findings):
        yield Obstacle.COPIED
    if standing.widened == () and standing.current.draft.pool is not Pool.FEW:
        yield Obstacle.WIDENED
    if _may_few_know(standing) and any(
        each.handling is Handling.PERMITTED for each in standing.current.draft.report.items
    ):
        yield Obstacle.OPEN_HANDLING
    if not standing.read & standing.current.authors:
        yield Obstacle.NOT_READ
    if not standing.current.draft.report.recipients:
        yield Obstacle.NO_RECIPIENT


def _may_few_know(standing: Standing) -> bool:
    """Whether it is said that few people know it, and no reason was given why more do."""
    return standing.current.draft.pool is Pool.FEW or (standing.few_know and not standing.widened)


def before_release(
    case: OpenCase, standing: Standing, me: bytes, units: Units | None, today: date
) -> tuple[Blocked, ...]:
    """Everything that keeps ``me`` from sending it today, to any of its units."""
    draft = standing.current.draft
    found = list(map(Blocked, _unfinished(standing)))
    if not standing.read - standing.current.authors:
        found.append(Blocked(Obstacle.NOT_READ_TWICE))
    if standing.withdrawn:
        found.append(Blocked(Obstacle.WITHDRAWN))
    elif not standing.consents:
        found.append(Blocked(Obstacle.NO_CONSENT))
    elif not set(standing.consents) - {me}:
        found.append(Blocked(Obstacle.OWN_CONSENT))
    if draft.not_before is not None and today < draft.not_before:
        found.append(Blocked(Obstacle.NOT_YET))
    for each in draft.report.recipients:
        found += before_unit(case, standing, each, units, today)
    return tuple(dict.fromkeys(found))


def before_unit(
    case: OpenCase, standing: Standing, unit: str, units: Units | None, today: date
) -> tuple[Blocked, ...]:
    """What keeps the report from one unit."""
    if units is None:
        return (Blocked(Obstacle.NO_LIST),)
    try:
        units.check_day(today)
    except Expired:
        return (Blocked(Obstacle.OLD_LIST),)
    found = units.find(unit)
    if found is None:
        return (Blocked(Obstacle.UNKNOWN_UNIT, unit),)
    return tuple(_of_unit(case, standing, found, units, today))


def _of_unit(
    case: OpenCase, standing: Standing, unit: Unit, units: Units, today: date
) -> Iterator[Blocked]:
    try:
        unit.check_day(today)
    except Expired:
        yield Blocked(Obstacle.EXPIRED_UNIT, unit.id)
    clash = find_clash(case, standing.current.draft.report, unit, units)
    if clash is not None:
        yield Blocked(Obstacle.CLASH, unit.id, clash)
