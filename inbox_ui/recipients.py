"""The list of units beside the vault: signed by a publisher, carried to colleagues as a file."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from crypto.directory import NO_PREVIOUS
from crypto.errors import NotCanonical, ProtocolError
from crypto.keys import Card
from inbox_ui import durable
from inbox_ui.errors import BadUnit, CannotWrite, NotACard, NoUnits, OldUnits, UnknownUnit
from inbox_ui.folder import Folder
from inbox_ui.joining import typed_fingerprint
from inbox_ui.publishing import check_office
from inbox_ui.station import Station
from inbox_ui.work.units import (
    LARGEST_CARD,
    LARGEST_LIST,
    VALIDITY,
    Kind,
    Unit,
    UnitCard,
    Units,
    check_follows,
    read_card,
    read_units,
    sign_units,
    units_hash,
)

Change = Callable[[Units], Units]


@dataclass(frozen=True)
class Wished:
    """What a publisher says of a unit; its card comes from the unit. Of one that is on the list
    already, what is ``None`` stays as it is."""

    id: str
    name: str | None
    kind: Kind | None
    force: str | None
    until: date
    routes: tuple[str, ...] | None
    alternate: tuple[str, ...] | None
    people: tuple[str, ...] | None


def find_units(station: Station, folder: Folder) -> Units | None:
    """The verified list, or ``None`` where there is none. Raises ``OldUnits`` for a forged one."""
    signed = _read_list(folder)
    return None if signed is None else _verify(station, signed, folder.recipients)


def units_of(station: Station, folder: Folder) -> Units:
    """As :func:`find_units`. Raises ``NoUnits`` where there is none."""
    units = find_units(station, folder)
    if units is None:
        raise NoUnits
    return units


def read_unit_card(path: Path, typed: str) -> UnitCard:
    """The card in a unit's file, whose fingerprint is the one that was ``typed``.

    Raises ``NotAFingerprint``, ``NotACard``.
    """
    wanted = typed_fingerprint(typed)
    try:
        card = read_card(_read(path, LARGEST_CARD))
    except (ProtocolError, OSError):
        raise NotACard(path) from None
    if not card.subject.id.startswith(wanted):
        raise NotACard(path)
    return card


def plan(
    station: Station, folder: Folder, card: Card, wished: Wished, called: str
) -> tuple[Unit | None, Unit]:
    """The unit as it is on the list, if it is, and as it would be. ``called`` is what its card
    calls it. Raises ``BadUnit``, also for a new one of no kind; ``OldUnits``."""
    units = _listed(station, folder)
    before = units.find(wished.id) if units is not None else None
    try:
        if before is None:
            return None, _begin(station, card, wished, called)
        return before, replace(
            before,
            name=wished.name or before.name,
            kind=wished.kind or before.kind,
            force=before.force if wished.force is None else wished.force,
            card=card.to_bytes(),
            added=station.today(),
            until=wished.until,
            routes=_said(wished.routes, before.routes),
            alternate=_said(wished.alternate, before.alternate),
            people=_said(wished.people, before.people),
        )
    except NotCanonical:
        raise BadUnit(wished.id) from None


def _begin(station: Station, card: Card, wished: Wished, called: str) -> Unit:
    if wished.kind is None:
        raise NotCanonical
    return Unit(
        wished.id,
        wished.name or called,
        wished.kind,
        wished.force or "",
        card.to_bytes(),
        station.today(),
        wished.until,
        _said(wished.routes),
        _said(wished.alternate),
        _said(wished.people),
    )


def put(station: Station, folder: Folder, unit: Unit) -> None:
    """List a unit, in the place of one with its id. Raises ``BadUnit``, ``NotPublisher``."""
    try:
        change(station, folder, lambda units: units.with_unit(unit))
    except NotCanonical:
        raise BadUnit(unit.id) from None


def _said(said: tuple[str, ...] | None, before: tuple[str, ...] = ()) -> tuple[str, ...]:
    return before if said is None else tuple(sorted(set(said)))


def change_people(
    station: Station,
    folder: Folder,
    unit: str,
    add: Collection[str],
    remove: Collection[str],
) -> Unit:
    """Say who works at a unit, without its card. Raises ``NoUnits``, ``UnknownUnit``, ``BadUnit``,
    also for who is to be removed and is not there, ``NotPublisher``."""
    found = units_of(station, folder).find(unit)
    if found is None:
        raise UnknownUnit(unit)
    missing = sorted(set(remove) - set(found.people))
    if missing:
        raise UnknownUnit(missing[0])
    people = (set(found.people) - set(remove)) | set(add)
    try:
        changed = replace(found, people=tuple(sorted(people)))
    except NotCanonical:
        raise BadUnit(unit) from None
    put(station, folder, changed)
    return changed


def remove(station: Station, folder: Folder, unit: str) -> None:
    """Take a unit off the list. Raises ``NoUnits``, ``UnknownUnit``, ``NotPublisher``."""
    if units_of(station, folder).find(unit) is None:
        raise UnknownUnit(unit)
    change(station, folder, lambda units: units.without_unit(unit))


def change(station: Station, folder: Folder, change: Change) -> Units:
    """Sign the next list, valid from today. Raises ``NotPublisher``, ``Expired``.

    What was on the list stays, also where who signed it is in office no more.
    """
    certificate, vault, today = check_office(station), station.vault, station.today()
    assert vault.publisher is not None
    with folder.locked():
        before, seen = _read_list(folder), _listed(station, folder)
        expires = min(today + VALIDITY, certificate.not_after or today)
        previous = NO_PREVIOUS if before is None else units_hash(before)
        seq = 1 if seen is None else seen.seq + 1
        empty = Units(vault.service, vault.publisher, seq, today, expires, (), previous)
        units = change(replace(empty, units=seen.units if seen is not None else ()))
        durable.replace(folder.recipients, sign_units(units, vault.analyst_secret.keys))
    return units


def _listed(station: Station, folder: Folder) -> Units | None:
    """What is on the list, also where who signed it is in office no more. Raises ``OldUnits``."""
    before = _read_list(folder)
    if before is None:
        return None
    with _judging(folder.recipients):
        return read_units(before, station.seen.directory, None)


def take(station: Station, folder: Folder, path: Path) -> Units:
    """Take in a list that a publisher made elsewhere. Raises ``OldUnits``."""
    try:
        signed = _read(path, LARGEST_LIST)
    except OSError:
        raise OldUnits(path) from None
    units = _verify(station, signed, path)
    with folder.locked():
        before = _read_list(folder)
        with _judging(path):
            if before is not None:
                check_follows(before, signed)
        durable.replace(folder.recipients, signed)
    return units


def _verify(station: Station, signed: bytes, path: Path) -> Units:
    with _judging(path):
        return read_units(signed, station.seen.directory, station.roster)


@contextmanager
def _judging(path: Path) -> Iterator[None]:
    try:
        yield
    except ProtocolError:
        raise OldUnits(path) from None


def _read_list(folder: Folder) -> bytes | None:
    try:
        return _read(folder.recipients, LARGEST_LIST)
    except FileNotFoundError:
        return None
    except OSError:
        raise CannotWrite(folder.recipients) from None


def _read(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        return file.read(most + 1)
