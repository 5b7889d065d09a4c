"""Who may have a report of a case and who may not, before anybody is chosen."""

from dataclasses import dataclass, field
from datetime import date

from crypto.errors import Expired
from inbox_ui.reading import OpenCase
from inbox_ui.work.alternates import Alternate
from inbox_ui.work.clashes import Clash, Held
from inbox_ui.work.conflicts import facts_of, instead_of
from inbox_ui.work.intelligence import Intelligence
from inbox_ui.work.units import Unit, Units


@dataclass(frozen=True)
class Offer:
    """A unit of the list. ``routed``: it is there for a force that the case is about;
    ``stands_in``: in the place of a unit that must not have it."""

    unit: Unit
    routed: bool
    stands_in: bool
    expired: bool
    clash: Clash | None


@dataclass(frozen=True)
class Offers:
    """Units, those for the forces of the case first. ``bodies`` are who else there is where one of
    those is blocked, or none is listed. ``must_not_know`` is what the reporter wrote, or
    may have, of who must not see it, for a person to read."""

    units: tuple[Offer, ...]
    bodies: tuple[Alternate, ...]
    must_not_know: str = field(repr=False)


def find_offers(case: OpenCase, report: Intelligence, units: Units | None, today: date) -> Offers:
    """Every unit of the list, held against a case and a report of it."""
    if units is None:
        facts = facts_of(case)
        return Offers((), tuple(instead_of(facts, "")), facts.asked)
    held = Held(case, report, units)
    clashes = {each.id: held.clash(each) for each in units.units}
    instead = {each for clash in clashes.values() if clash is not None for each in clash.alternates}
    offers = [
        Offer(
            unit=each,
            routed=bool(held.facts.forces.intersection(each.routes)),
            stands_in=each.id in instead,
            expired=_is_expired(each, today),
            clash=clashes[each.id],
        )
        for each in units.units
    ]
    offers.sort(key=lambda each: (not each.routed, not each.stands_in, each.unit.id))
    routed = [each for each in offers if each.routed]
    others = dict.fromkeys(
        body for each in routed if each.clash is not None for body in each.clash.bodies
    )
    found = tuple(others if routed else instead_of(held.facts, ""))
    return Offers(tuple(offers), found, held.facts.asked)


def _is_expired(unit: Unit, today: date) -> bool:
    try:
        unit.check_day(today)
    except Expired:
        return True
    return False
