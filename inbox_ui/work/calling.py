"""Whom to ring about a risk to life, and the way round the force of whom it is about.

A control room has friends of its officers in it. So the control rooms of the forces that a case
names are blocked, and others are shown. No force's number stands here: nobody has confirmed one.
What the team knows counts like what the reporter said; whom somebody rang does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dropbox.site.forces import Force, read_forces
from inbox_ui.reading import OpenCase
from inbox_ui.work.alternates import Alternate, calls, find_force, neighbours
from inbox_ui.work.assessing import rated
from inbox_ui.work.conflicts import Facts, facts_of
from inbox_ui.work.drafting import current_drafts
from inbox_ui.work.marks import accepted
from inbox_ui.work.naming import forces_in, forces_of_field, is_one_force, may_mean_force
from inbox_ui.work.pieces import Assessment, Escalation, MarkKind
from inbox_ui.work.records import pieces, records_of


@dataclass(frozen=True)
class Route:
    """Whom to ring. ``blocked`` are control rooms that must not be rung, by the names of forces;
    ``uncertain``: it may be a force that is not named, so that no control room is safe.
    ``instead`` is whom to ring, the first first."""

    blocked: tuple[str, ...]
    uncertain: bool
    instead: tuple[Alternate, ...]


def facts_to_ring(case: OpenCase, typed: str = "") -> Facts:
    """What a case says, with the forces that the team has named in it. ``typed`` is what somebody
    has written of the danger and not kept yet."""
    facts = facts_of(case)
    return replace(facts, mentioned=facts.mentioned.union(_known(case), forces_in(typed)))


def _known(case: OpenCase) -> Iterator[str]:
    """The forces of which the team knows: from what a danger is and what was said of it, why it was
    rated, marks, and of which force those are whom a report is about."""
    records = records_of(case)
    for _, step in pieces(records, Escalation):
        yield from forces_in(step.danger)
        yield from (each for each in forces_in(step.said) if not may_mean_force(step.called, each))
    for _, assessment in pieces(records, Assessment):
        for letter in rated(assessment.thrive).values():
            yield from forces_in(letter.why)
    units = (each.normal for each in accepted(case) if each.kind is MarkKind.UNIT)
    reports = (each.draft.report for each in current_drafts(records))
    places = (each.force for report in reports for each in report.subjects)
    for each in (*units, *places):
        yield from forces_of_field(each)


def find_route(facts: Facts) -> Route:
    """The way round the forces that a case names."""
    blocked = _blocked(facts)
    near = {each for force in blocked for each in neighbours(force.id)}
    near -= {each.id for each in blocked}
    rooms = [
        Alternate(each.id, each.name, confirm=True) for each in read_forces() if each.id in near
    ]
    return Route(tuple(each.name for each in blocked), facts.uncertain, (*calls(), *rooms))


def may_ring(facts: Facts, force: str) -> bool:
    """Whether the control room of a force may be rung. One that is not known may not."""
    found = find_force(force)
    return found is not None and is_one_force(found) and found not in _blocked(facts)


def names_blocked(facts: Facts, called: str) -> tuple[str, ...]:
    """The names of blocked forces that may be meant in what somebody wrote about whom they rang."""
    return tuple(each.name for each in _blocked(facts) if may_mean_force(called, each.id))


def _blocked(facts: Facts) -> tuple[Force, ...]:
    ids = facts.forces | facts.kept_from | facts.mentioned
    return tuple(each for each in read_forces() if each.id in ids)
