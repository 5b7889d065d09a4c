"""Who could read a case, from when to when, and why: what its log and the team's papers say (§7).

A key that was given can be copied, and the rosters say who was to have it: so this is who could
read, not who did.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import zip_longest

from crypto.documents import Assigned, Concluded, ContactRequested
from crypto.envelope import Chain
from crypto.keys import Card
from crypto.opening import Entry, Payload
from crypto.roster import Duty, Member, Roster
from inbox_ui.history import Gone, Person, number_of, person
from inbox_ui.papertrail import Trail
from inbox_ui.reading import OpenCase


class Key(StrEnum):
    """What kind of group could open something of a case."""

    INTAKE = "intake"
    """Whoever was on intake duty in that epoch."""
    CASE = "case"
    """The handlers of that assignment, and whoever made its key."""
    CONTACT = "contact"
    """The custodians: one request, and one half of contact details."""


@dataclass(frozen=True)
class Span:
    """From the log's entry ``first`` to the entry ``last``, and the days of both.

    ``last`` is ``None`` where it goes on. ``since`` is ``None`` where no paper here says; a day of
    an entry is the server's word, one of an epoch the publisher's.
    """

    first: int
    last: int | None
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Readers:
    """``people`` could read with the group ``group``. ``number`` is an epoch's or a case group's.

    ``by`` is who assigned it to them; ``erased`` are those who signed to have the key no more.
    """

    key: Key
    number: int
    group: bytes
    span: Span
    people: tuple[Person, ...]
    by: Person | None
    erased: tuple[Gone, ...]


def readers_of(case: OpenCase, trail: Trail) -> tuple[Readers, ...]:
    """Every group that could open something of ``case``, in the order in which they had it."""
    return tuple(_Access(case, trail).all())


@dataclass(frozen=True)
class _Access:
    case: OpenCase
    trail: Trail

    @property
    def roster(self) -> Roster | None:
        return self.trail.rosters[-1] if self.trail.rosters else None

    @property
    def log(self) -> tuple[Entry[Payload], ...]:
        return self.case.file.of(Chain.CASE)

    def all(self) -> Iterator[Readers]:
        yield from self._intake()
        turns = [entry for entry in self.log if isinstance(entry.payload, Assigned | Concluded)]
        for entry, end in zip_longest(turns, turns[1:]):
            if isinstance(entry.payload, Assigned):
                yield self._handlers(entry, entry.payload, end)
        yield from self._custodians()

    def _intake(self) -> Iterator[Readers]:
        """Every epoch something was sealed to, or wrapped to since, while nobody had the case."""
        for first, last in self._without_handlers():
            used = self._wrapped_to(first, last)
            for number, group, since, until in self._epochs():
                if group not in used:
                    continue
                ends = (first.seq if first else 0, last.seq if last else None)
                people = _in_force(self.trail.rosters, since, until, lambda each: each.intake)
                yield Readers(
                    Key.INTAKE,
                    number,
                    group,
                    Span(*ends, since, until),
                    people,
                    None,
                    self._erased(group, number),
                )

    def _without_handlers(self) -> Iterator[tuple[Entry[Payload] | None, Entry[Payload] | None]]:
        """From the beginning, or a conclusion, to the next assignment: what she writes then is
        sealed to the intake group."""
        first: Entry[Payload] | None = None
        handled = False
        for entry in self.log:
            if isinstance(entry.payload, Assigned) and not handled:
                yield first, entry
                handled = True
            elif isinstance(entry.payload, Concluded) and handled:
                first, handled = entry, False
        if not handled:
            yield first, None

    def _wrapped_to(
        self, first: Entry[Payload] | None, last: Entry[Payload] | None
    ) -> frozenset[bytes]:
        """The groups of what came behind ``first``, up to ``last``."""
        came = {each: place for place, each in enumerate(self.case.arrival)}
        start = came[first.id] + 1 if first else 0
        end = came[last.id] + 1 if last else len(came)
        some = [each for each in self.case.file.entries if start <= came[each.id] < end]
        recipients = {each.stored.parse_header().recipient for each in some}
        return frozenset(recipients.union(*(each.stored.wraps for each in some)))

    def _epochs(self) -> Iterator[tuple[int, bytes, date | None, date | None]]:
        """Each intake group and the days on which the first and the next directory named it."""
        if not self.trail.directories:
            return
        first: dict[bytes, date] = {}
        for directory in self.trail.directories:
            first.setdefault(directory.intake_card.id, directory.issued)
        listed = self.trail.directories[-1].intake_groups
        rising = sorted((epoch, group) for group, (epoch, _) in listed.items())
        for (epoch, group), after in zip_longest(rising, rising[1:]):
            yield epoch, group, first.get(group), first.get(after[1]) if after else None

    def _handlers(
        self, entry: Entry[Payload], assigned: Assigned, end: Entry[Payload] | None
    ) -> Readers:
        number, group = number_of(assigned), Card.from_bytes(assigned.group.card).id
        maker = () if assigned.author in assigned.handlers else (assigned.author,)
        return Readers(
            Key.CASE,
            number,
            group,
            Span(entry.seq, end.seq if end else None, entry.day, end.day if end else None),
            tuple(person(each, self.roster) for each in (*assigned.handlers, *maker)),
            person(assigned.author, self.roster),
            self._erased(group, number),
        )

    def _custodians(self) -> Iterator[Readers]:
        for entry in self.log:
            if isinstance(entry.payload, ContactRequested) and self.trail.directories:
                group = self.trail.directories[-1].contact_card.id
                span = Span(entry.seq, entry.seq, entry.day, entry.day)
                people = _in_force(
                    self.trail.rosters,
                    entry.day,
                    entry.day,
                    lambda each: Duty.CUSTODIAN in each.duties,
                )
                asked = person(entry.payload.author, self.roster)
                yield Readers(Key.CONTACT, 0, group, span, people, asked, ())

    def _erased(self, group: bytes, number: int) -> tuple[Gone, ...]:
        return tuple(
            Gone(person(each.analyst, self.roster), each.day, number)
            for each in self.trail.erased
            if each.group == group
        )


def _in_force(
    rosters: Sequence[Roster],
    since: date | None,
    until: date | None,
    wanted: Callable[[Member], bool],
) -> tuple[Person, ...]:
    """The members ``wanted`` of every roster that was in force on one of these days."""
    found: dict[bytes, Person] = {}
    for place, (roster, after) in enumerate(zip_longest(rosters, rosters[1:])):
        began = until is None or place == 0 or roster.issued <= until
        ended = after is not None and since is not None and after.issued < since
        if began and not ended:
            for member in roster.members:
                if wanted(member) and not member.suspended:
                    found.setdefault(member.id, Person(member.id, member.label))
    return tuple(sorted(found.values(), key=lambda each: each.label or ""))
