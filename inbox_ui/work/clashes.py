"""Whether a unit may have a report: it blocks, and offers who there is instead.

Held against the unit are what the case says, and whom the report is about, as its author wrote them
(``conflicts``). Who stands in for it is on the signed list of units.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from inbox_ui.reading import OpenCase
from inbox_ui.work.alternates import Alternate
from inbox_ui.work.conflicts import Facts, Ground, Recipient, Verdict, check, facts_of
from inbox_ui.work.intelligence import Intelligence, Subject
from inbox_ui.work.mentioning import set_aside
from inbox_ui.work.naming import forces_in, forces_of_field
from inbox_ui.work.sanitising import texts
from inbox_ui.work.units import Kind, Unit, Units

_SUBJECTS: Final = "subjects."
_HANDLING: Final = ("instruction", "conditions")
"""Where a report says who may have it: a unit that is named there is no one it is about."""


class Why(StrEnum):
    """Why a unit must not have it."""

    UNIT = "unit"
    CHIEF = "chief"
    ASKED = "asked"
    PERSON = "person"
    NAME = "name"


@dataclass(frozen=True)
class Clash:
    """``unit`` must not have it. ``alternates`` are units of the list that stand in for it and may
    have it, ``bodies`` who else there is. ``open_to_two`` is what two people may say is only
    mentioned."""

    unit: str
    why: tuple[Why, ...]
    alternates: tuple[str, ...]
    bodies: tuple[Alternate, ...] = ()
    open_to_two: tuple[Ground, ...] = field(default=(), repr=False)


def find_clash(case: OpenCase, report: Intelligence, unit: Unit, units: Units) -> Clash | None:
    """Why ``unit`` must not have ``report``, if there is anything."""
    return Held(case, report, units).clash(unit)


class Held:
    """A report, and the case that it is from, held against the units of a list."""

    def __init__(self, case: OpenCase, report: Intelligence, units: Units) -> None:
        self.facts = facts_of(case)
        self._case = case
        self._report = report
        self._units = units
        self._verdicts: dict[str, tuple[Verdict, ...]] = {}
        said = {each: text for each, text in texts(report) if not each.startswith(_SUBJECTS)}
        self._handling = [text for each, text in said.items() if each.endswith(_HANDLING)]
        self._texts = [text for each, text in said.items() if not each.endswith(_HANDLING)]
        named = (force for text in self._texts for force in forces_in(text))
        self._all = replace(self.facts, mentioned=self.facts.mentioned.union(named))

    def clash(self, unit: Unit) -> Clash | None:
        """Why ``unit`` must not have it, if there is anything."""
        verdicts = self._of(unit)
        why = dict.fromkeys(Why(reason.value) for each in verdicts for reason in each.reasons)
        if not why:
            return None
        standing_in = (each for each in self._units.units if unit.force in each.alternate)
        may = (each.id for each in standing_in if not any(it.blocked for it in self._of(each)))
        bodies = dict.fromkeys(body for each in verdicts for body in each.alternates)
        return Clash(unit.id, tuple(why), tuple(may), tuple(bodies), verdicts[0].open_to_two)

    def _of(self, unit: Unit) -> tuple[Verdict, ...]:
        if unit.id not in self._verdicts:
            self._verdicts[unit.id] = tuple(self._judge(unit))
        return self._verdicts[unit.id]

    def _judge(self, unit: Unit) -> Iterator[Verdict]:
        """Of the case and the names in the report, and then of where each of those works."""
        force = "" if unit.kind is Kind.OVERSIGHT else unit.force  # it watches over others
        recipient = Recipient(unit.name, force, unit.people)
        names = [each.name for each in self._report.subjects]
        aside = set_aside(self._case, unit.id)
        yield check(self._all, recipient, names, self._texts, self._handling, aside)
        for each in self._report.subjects:
            rank = f"{each.number} {each.role}"
            yield check(_place(each), replace(recipient, people=()), [rank])


def _place(subject: Subject) -> Facts:
    """Where somebody works. Where nobody wrote of which force that is, or one that is not known
    here, it may be any."""
    forces = forces_of_field(subject.force)
    return Facts(
        forces=forces,
        uncertain=not forces,
        kept_from=frozenset(),
        mentioned=frozenset(),
        must_not_know="",
        who="",
        said=(f"{subject.number} {subject.role} {subject.team}",),
    )
