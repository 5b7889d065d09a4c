"""Whether a unit may have a report: it blocks, and offers who there is instead.

Held against the unit are what the case says, and whom the report is about, as its author wrote them
(``conflicts``). Who stands in for it is on the signed list of units.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from inbox_ui.reading import OpenCase
from inbox_ui.work.alternates import find_force
from inbox_ui.work.conflicts import Facts, Reason, Recipient, check, facts_of
from inbox_ui.work.intelligence import Intelligence, Subject
from inbox_ui.work.naming import forces_in
from inbox_ui.work.sanitising import texts
from inbox_ui.work.units import Kind, Unit, Units


class Why(StrEnum):
    """Why a unit must not have it."""

    UNIT = "unit"
    CHIEF = "chief"
    ASKED = "asked"
    PERSON = "person"
    NAME = "name"


@dataclass(frozen=True)
class Clash:
    """``unit`` must not have it. ``alternates`` are units of the list that stand in for it."""

    unit: str
    why: tuple[Why, ...]
    alternates: tuple[str, ...]


def find_clash(case: OpenCase, report: Intelligence, unit: Unit, units: Units) -> Clash | None:
    """Why ``unit`` must not have ``report``, if there is anything."""
    facts = facts_of(case)
    why = _why(facts, report, unit)
    if not why:
        return None
    standing_in = (each for each in units.units if unit.force in each.alternate and each != unit)
    may = (each.id for each in standing_in if not _why(facts, report, each))
    return Clash(unit.id, why, tuple(may))


def _why(facts: Facts, report: Intelligence, unit: Unit) -> tuple[Why, ...]:
    return tuple(dict.fromkeys(Why(each.value) for each in _reasons(facts, report, unit)))


def _reasons(facts: Facts, report: Intelligence, unit: Unit) -> Iterator[Reason]:
    force = "" if unit.kind is Kind.OVERSIGHT else unit.force  # it watches over others
    recipient = Recipient(unit.name, force, unit.people)
    names = [each.name for each in report.subjects]
    said = [text for place, text in texts(report) if not place.startswith("subjects.")]
    yield from check(facts, recipient, names, said).reasons
    for each in report.subjects:
        rank = f"{each.number} {each.role}"
        yield from check(_place(each), replace(recipient, people=()), [rank]).reasons


def _place(subject: Subject) -> Facts:
    """Where somebody works. Where nobody wrote of which force that is, or one that is not known
    here, it may be any."""
    named = find_force(subject.force.strip())
    forces = frozenset(forces_in(subject.force)) | ({named.id} if named is not None else set())
    return Facts(
        forces=forces,
        uncertain=not forces,
        kept_from=frozenset(),
        mentioned=frozenset(),
        must_not_know="",
        who="",
        text=f"{subject.number} {subject.role} {subject.team}",
    )
