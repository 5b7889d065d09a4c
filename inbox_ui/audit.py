"""The audit: every signature, link and paper that is seen here, and who could read what.

It says what is wrong and, apart from that, what could not be verified here and why.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crypto.envelope import Chain
from crypto.errors import Locked
from crypto.marks import is_hidden
from inbox_ui.access import Readers, readers_of
from inbox_ui.papertrail import Papers, Trail, follow
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.summary import UNKNOWN_READER, Mark, Summary, problem_of


@dataclass(frozen=True)
class CaseAudit:
    """One case. ``counts`` are the envelopes of each chain, stubs too; ``verified`` those whose
    signatures hold. ``hidden`` of the rest are sealed to others, so that nothing of them can be
    verified here but their links. ``readers`` are who could read it, as far as the log is open."""

    name: str
    counts: Mapping[Chain, int]
    verified: int
    hidden: Mapping[Chain, int]
    problems: tuple[Mark, ...]
    unannounced: int
    damaged: int
    readers: tuple[Readers, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong with what could be verified."""
        return not (self.problems or self.unannounced or self.damaged)


@dataclass(frozen=True)
class Audit:
    """What an audit found."""

    trail: Trail
    cases: tuple[CaseAudit, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong with what could be verified."""
        return not self.trail.problems and all(case.is_whole for case in self.cases)


def audit(station: Station, papers: Papers | None) -> Audit:
    """Everything that this workstation can see. ``papers`` are those the server gives now.

    Raises ``DamagedArchive`` where a case cannot be read at all.
    """
    trail = follow(station, papers)
    cases = station.casebook.cases()
    return Audit(trail, tuple(_audit_case(station, each, trail) for each in cases))


def _audit_case(station: Station, summary: Summary, trail: Trail) -> CaseAudit:
    case = station.open_case(summary)
    entries = case.file.entries
    hidden = {chain: sum(is_hidden(entry) for entry in case.file.of(chain)) for chain in Chain}
    return CaseAudit(
        name=summary.name,
        counts={chain: len(case.file.of(chain)) for chain in Chain},
        verified=sum(entry.payload is not None for entry in entries),
        hidden={chain: count for chain, count in hidden.items() if count},
        problems=tuple(_problems(case, station, trail)),
        unannounced=len(case.file.unannounced),
        damaged=case.damaged,
        readers=readers_of(case, trail),
    )


def _problems(case: OpenCase, station: Station, trail: Trail) -> list[Mark]:
    found = [
        Mark(entry.chain, entry.seq, problem_of(entry, case))
        for entry in case.file.entries
        if entry.problem is not None and not isinstance(entry.problem, Locked)
    ]
    found += [Mark(chain, alarm.seq, alarm.fault.value) for chain, alarm in case.file.alarms]
    return [*found, *_strangers(case, station, trail)]


def _strangers(case: OpenCase, station: Station, trail: Trail) -> list[Mark]:
    """Envelopes that are wrapped to a key nobody certified, where the log shows who was."""
    file = case.file
    if any(is_hidden(entry) for entry in file.of(Chain.CASE)):
        return []
    known = {file.mailbox, *station.seen.directory.intake_groups}
    known |= {directory.contact_card.id for directory in trail.directories}
    known |= file.handling.groups | station.vault.groups.keys()
    return [
        Mark(entry.chain, entry.seq, UNKNOWN_READER)
        for entry in file.entries
        if not known.issuperset(entry.stored.wraps)
    ]
