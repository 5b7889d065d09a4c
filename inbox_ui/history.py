"""A case's log for people: who did what, in the order they signed it in (docs/protocol.md §5).

It is made of the ``case`` chain of a workstation or of an export alike. Holes, forks and what does
not verify stand at their places.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from crypto.certificates import Certificate
from crypto.chains import Alarm, Fault
from crypto.documents import (
    ANNOUNCING,
    Assigned,
    CasePayload,
    Concluded,
    Conclusion,
    ContactReleased,
    Held,
    Recorded,
)
from crypto.envelope import Chain
from crypto.groups import Erased
from crypto.keys import Card
from crypto.opening import Entry, Payload, State
from crypto.roster import Roster
from crypto.signed import split
from inbox_ui.reading import OpenCase
from inbox_ui.summary import STUB, problem_of


@dataclass(frozen=True)
class Person:
    """An analyst as the log names one. ``label`` is ``None`` where no roster here does."""

    id: bytes
    label: str | None


@dataclass(frozen=True)
class Told:
    """A ``team`` envelope that an entry names. Without ``kind`` where it does not open here."""

    id: bytes
    seq: int | None
    kind: str | None


@dataclass(frozen=True)
class Step:
    """One place of the log, or with ``last`` above ``seq`` several that are missing.

    ``day`` is the server's word for when it was stored. ``kind`` and ``who`` are ``None`` where the
    entry is not here or does not verify; ``problem`` then names the rule. ``faults`` are those of
    the chain at this place. The members behind them belong to single kinds: ``handlers`` and
    ``number`` to an assignment, ``reason`` and ``until`` to a conclusion, ``until`` to a hold,
    ``released`` to a custodian's answer, ``work`` to a piece of casework, ``told`` to whatever goes
    with a ``team`` envelope.
    """

    seq: int
    last: int
    id: bytes | None = None
    day: date | None = None
    who: Person | None = None
    kind: str | None = None
    waits: bool = False
    problem: str = ""
    faults: tuple[Fault, ...] = ()
    handlers: tuple[Person, ...] = ()
    number: int | None = None
    reason: Conclusion | None = None
    until: date | None = None
    released: bool | None = None
    told: Told | None = None
    work: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether there is an entry here that verifies, alone at its place."""
        return self.kind is not None and not self.faults


@dataclass(frozen=True)
class Gone:
    """``who`` signed on ``day`` to have erased a key of the case; ``number`` is the group's."""

    who: Person
    day: date
    number: int | None


@dataclass(frozen=True)
class History:
    """The log of a case, and whose workstations have erased its keys since."""

    steps: tuple[Step, ...]
    erased: tuple[Gone, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every place is there, once, and verifies."""
        return all(step.is_whole for step in self.steps)


def person(analyst: bytes, roster: Roster | None) -> Person:
    """Whom the roster knows by this card id; those who left too."""
    return Person(analyst, roster.label(analyst) if roster is not None else None)


def history_of(case: OpenCase, roster: Roster | None, erased: Iterable[Erased] = ()) -> History:
    """The log of an opened case. ``erased`` are verified; those of other groups are left out."""
    log = case.file.of(Chain.CASE)
    teller = Teller(
        roster,
        {each.id: _told(each) for each in case.file.of(Chain.TEAM)},
        {each.id: problem_of(each, case) for each in log if each.problem is not None},
        faults_at(alarm for chain, alarm in case.file.alarms if chain is Chain.CASE),
        case.waiting,
    )
    steps = tuple(teller.tell(log))
    return History(steps, _erasures(log, erased, roster))


def faults_at(alarms: Iterable[Alarm]) -> Mapping[int, tuple[Fault, ...]]:
    """The faults of each place; not the holes, which the entries show."""
    found: dict[int, tuple[Fault, ...]] = {}
    for alarm in alarms:
        if alarm.seq is None or alarm.fault is Fault.MISSING:
            continue
        before = found.get(alarm.seq, ())
        found[alarm.seq] = before if alarm.fault in before else (*before, alarm.fault)
    return found


@dataclass(frozen=True)
class Teller:
    """What is known beside the entries: the team's labels, what lies in the ``team`` chain, the
    rules that entries break and the faults of places, and which entries wait for the server."""

    roster: Roster | None
    told: Mapping[bytes, Told]
    problems: Mapping[bytes, str]
    faults: Mapping[int, tuple[Fault, ...]]
    waiting: frozenset[bytes] = frozenset()

    def tell(self, entries: Sequence[Entry[Payload]]) -> Iterator[Step]:
        """The places of a ``case`` chain, in its order, with what is missing between them."""
        expected = 0
        for entry in entries:
            if entry.seq > expected:
                yield Step(expected, entry.seq - 1, problem=Fault.MISSING.value)
            expected = entry.seq + 1
            yield self._step(entry)

    def _step(self, entry: Entry[Payload]) -> Step:
        payload = cast("CasePayload | None", entry.payload)
        stub = STUB if entry.state is State.MISSING else ""
        step = Step(
            entry.seq,
            entry.seq,
            id=entry.id,
            day=entry.day,
            waits=entry.id in self.waiting,
            problem=self.problems.get(entry.id, stub),
            faults=self.faults.get(entry.seq, ()),
        )
        if payload is None:
            return step
        step = replace(step, who=person(payload.author, self.roster), kind=payload.kind)
        return self._detail(step, payload)

    def _detail(self, step: Step, payload: CasePayload) -> Step:
        if isinstance(payload, ANNOUNCING) and payload.envelope is not None:
            told = self.told.get(payload.envelope, Told(payload.envelope, None, None))
            step = replace(step, told=told)
        if isinstance(payload, Assigned):
            handlers = tuple(person(each, self.roster) for each in payload.handlers)
            return replace(step, handlers=handlers, number=number_of(payload))
        if isinstance(payload, Concluded):
            return replace(step, reason=payload.reason, until=payload.keep_until)
        if isinstance(payload, Held):
            return replace(step, until=payload.until)
        if isinstance(payload, Recorded):
            return replace(step, work=payload.work)
        if isinstance(payload, ContactReleased):
            return replace(step, released=payload.half is not None)
        return step


def number_of(assigned: Assigned) -> int:
    """The number of the case group that a verified ``assigned`` brings."""
    certificate = Certificate.from_bytes(split(assigned.group.certificates[-1])[1])
    return certificate.number or 0


def _told(entry: Entry[Payload]) -> Told:
    return Told(entry.id, entry.seq, entry.payload.kind if entry.payload is not None else None)


def _erasures(
    log: Sequence[Entry[Payload]], erased: Iterable[Erased], roster: Roster | None
) -> tuple[Gone, ...]:
    numbers = {
        Card.from_bytes(entry.payload.group.card).id: number_of(entry.payload)
        for entry in log
        if isinstance(entry.payload, Assigned)
    }
    return tuple(
        Gone(person(each.analyst, roster), each.day, numbers[each.group])
        for each in erased
        if each.group in numbers
    )
