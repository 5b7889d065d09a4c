"""Whom to ring about a risk to life, and the way round the force of whom it is about.

A control room has friends of its officers in it. So the control rooms of the forces that a case
names are blocked, and others are shown. No force's number stands here: nobody has confirmed one.
"""

from dataclasses import dataclass

from dropbox.site.forces import Force, read_forces
from inbox_ui.work.alternates import Alternate, calls, find_force, neighbours
from inbox_ui.work.conflicts import Facts
from inbox_ui.work.naming import is_one_force, may_mean_force


@dataclass(frozen=True)
class Route:
    """Whom to ring. ``blocked`` are control rooms that must not be rung, by the names of forces;
    ``uncertain``: it may be a force that is not named, so that no control room is safe.
    ``instead`` is whom to ring, the first first."""

    blocked: tuple[str, ...]
    uncertain: bool
    instead: tuple[Alternate, ...]


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
