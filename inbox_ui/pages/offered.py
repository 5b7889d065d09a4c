"""Who may have a report and who may not, as the pages show it."""

from collections.abc import Mapping
from dataclasses import dataclass

from dropbox.client.terminal import visible_line
from dropbox.site.forces import force_name
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.work import release_words as words
from inbox_ui.work import setting_aside
from inbox_ui.work.access import Step
from inbox_ui.work.clashes import Why
from inbox_ui.work.offering import Offer, Offers
from inbox_ui.work.release_described import tell_instead, tell_why
from inbox_ui.work.setting_aside import Matter
from inbox_ui.work.unit_names import unit_names
from inbox_ui.work.units import Units


@dataclass(frozen=True)
class Offered:
    """``may_not`` and ``may`` are names with why; ``bodies`` are names, each with whether somebody
    still has to confirm it. ``asked`` is what the reporter wrote of who must not see it."""

    may_not: tuple[tuple[str, str], ...]
    may: tuple[tuple[str, str], ...]
    bodies: tuple[tuple[str, bool], ...]
    asked: str


@dataclass(frozen=True)
class Aside:
    """Something of which two people may say that it is only mentioned. ``said`` is what it is,
    ``steps`` are what may be said of it by who looks; ``field`` is where the reason is typed."""

    unit: str
    name: str
    of: str
    whom: str
    said: str
    standing: str
    steps: tuple[str, ...]
    field: str


def asides(station: Station, case: OpenCase, units: Units | None) -> tuple[Aside, ...]:
    """All of them, unit by unit."""
    me, names = station.analyst.card.id, unit_names(units)
    found = setting_aside.matters(station, case, units) if units is not None else ()
    return tuple(
        _aside(each, names[each.unit.id], me, f"why-{number}") for number, each in enumerate(found)
    )


def _aside(matter: Matter, name: str, me: bytes, field: str) -> Aside:
    agreement, said = matter.agreement, words.CLASHES[Why(matter.of.value)]
    steps = [Step.PROPOSED if agreement.proposed_by is None else Step.WITHDRAWN]
    steps += [Step.AGREED] * (agreement.may_agree(me) and not agreement.is_released)
    standing = words.ASIDE if agreement.is_released else words.NOT_ASIDE
    if agreement.proposed_by is not None and not agreement.is_released:
        standing = words.ASIDE_BY_ONE
    return Aside(
        matter.unit.id,
        name,
        matter.of.value,
        matter.whom,
        f"{said}: {visible_line(matter.whom)}" if matter.whom else said,
        standing,
        tuple(each.value for each in steps),
        field,
    )


def show(offers: Offers, names: Mapping[str, str]) -> Offered:
    """All of it. ``names`` are of the units of the list."""
    told = [(each, (names[each.unit.id], _hint(each, names))) for each in offers.units]
    return Offered(
        tuple(line for each, line in told if each.clash is not None),
        tuple(line for each, line in told if each.clash is None),
        tuple((each.name, each.confirm) for each in offers.bodies),
        offers.must_not_know,
    )


def choices(
    offers: Offers, names: Mapping[str, str], chosen: tuple[str, ...]
) -> tuple[tuple[str, str, str], ...]:
    """Id, name and hint of each unit that may be ticked; with what is ``chosen`` and listed no
    more, so that it is not lost unseen."""
    gone = ((each, visible_line(each), words.NOT_LISTED) for each in chosen if each not in names)
    listed = ((each.unit.id, names[each.unit.id], _hint(each, names)) for each in offers.units)
    return (*listed, *gone)


def _hint(offer: Offer, names: Mapping[str, str]) -> str:
    """What is to be known of a unit before it is ticked, in sentences."""
    said = []
    if offer.clash is not None:
        said.append(words.MUST_NOT.format(why=tell_why(offer.clash)))
        said += tell_instead(offer.clash, names)
        meant = (visible_line(each.whom) for each in offer.clash.open_to_two if each.whom)
        said += [words.MAY_MEAN.format(whom=whom) for whom in meant]
    if offer.expired:
        said.append(words.KEY_OUT)
    if offer.routed:
        said.append(words.ROUTED)
    if offer.stands_in and offer.clash is None:
        forces = ", ".join(map(force_name, offer.unit.alternate))
        said.append(words.STANDS_IN.format(forces=forces))
    return " ".join(said)
