"""The units that reports are released to: a signed, dated list (docs/protocol.md §7).

    UnitCard   what a unit gives the team: its card, signed by itself; believed only after its
               fingerprint was compared by another way
    Units      the list: who, for which forces, until when; signed by a publisher of the team

The list is no secret of a reporter's, and names none. It stands beside the vault.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final

from crypto.certificates import (
    CLOCK_SLACK,
    SIGNED_CERTIFICATE,
    CertificateRole,
    read_certificate,
)
from crypto.constants import CARD, ID, Tag
from crypto.directory import Directory
from crypto.documents import SLUG
from crypto.encoding import (
    Bytes,
    Choice,
    Day,
    Document,
    Inner,
    Integer,
    Matching,
    SortedSet,
    Text,
    member,
)
from crypto.errors import Expired, ForeignAuthor, ForeignService, NotCanonical, RolledBack
from crypto.keys import Card, Keys, UnitSecret
from crypto.primitives import H
from crypto.roster import Roster
from crypto.signed import sign_document, split, verify_signed

NAME: Final = 120
"""Characters of a unit's name."""
MOST: Final = 200
"""Units of one list."""
ROUTES: Final = 100
PEOPLE: Final = 100
VALIDITY: Final = timedelta(days=92)
"""A list is good for so long, and no longer than its publisher's certificate."""
LONGEST_KEY: Final = timedelta(days=366)
"""A unit's key is listed for so long at most; then somebody has to look at it again."""
LARGEST_CARD: Final = 8 * 1024
LARGEST_LIST: Final = 1024 * 1024 + 64


class Kind(StrEnum):
    """What a unit is."""

    COUNTER_CORRUPTION = "ccu"
    STANDARDS = "psd"
    OVERSIGHT = "oversight"
    OTHER = "other"


@dataclass(frozen=True)
class UnitCard(Document):
    """``card`` is the one of the unit that calls itself ``name``."""

    card: bytes = member(Bytes(CARD))
    name: str = member(Text(NAME, least=1))

    @cached_property
    def subject(self) -> Card:
        """The card of the unit."""
        return Card.from_bytes(self.card)


def sign_card(unit: UnitSecret, name: str) -> bytes:
    """``signature ‖ UnitCard``. Raises ``NotCanonical`` for a name no list can hold."""
    card = unit.keys.card
    return sign_document(UnitCard(card.to_bytes(), name), Tag.SIGN_UNIT, unit.keys, card.id)


def read_card(signed: bytes) -> UnitCard:
    """The verified card file: whoever holds the card's secret has signed it.

    Raises ``Malformed`` and its kind, ``WrongSignature``.
    """
    card = UnitCard.from_bytes(split(signed)[1])
    verify_signed(signed, Tag.SIGN_UNIT, card.subject.sign, card.subject.id)
    return card


@dataclass(frozen=True)
class Unit(Document):
    """One unit. ``routes`` are the forces it is there for, ``alternate`` those it stands in for.

    ``until`` is the last day on which something may be sealed to its card. ``force`` is its own
    force, or empty for a body that is of none. ``people`` are known to work there: what is about
    one of them does not go there.
    """

    id: str = member(Matching(SLUG))
    name: str = member(Text(NAME, least=1))
    kind: Kind = member(Choice(Kind))
    force: str = member(Matching(rf"({SLUG})?"))
    card: bytes = member(Bytes(CARD))
    added: date = member(Day())
    until: date = member(Day())
    routes: tuple[str, ...] = member(SortedSet(Matching(SLUG), ROUTES))
    alternate: tuple[str, ...] = member(SortedSet(Matching(SLUG), ROUTES))
    people: tuple[str, ...] = member(SortedSet(Text(NAME, least=1), PEOPLE))

    def check(self) -> None:
        """A key is listed for a year at most."""
        if not self.added <= self.until <= self.added + LONGEST_KEY:
            raise NotCanonical

    @cached_property
    def subject(self) -> Card:
        """The unit's card."""
        return Card.from_bytes(self.card)

    def check_day(self, today: date) -> None:
        """Raise ``Expired`` where nothing may be sealed to it any more, or not yet."""
        if self.added - today > CLOCK_SLACK or today > self.until:
            raise Expired


@dataclass(frozen=True)
class Units(Document):
    """The list."""

    service: bytes = member(Bytes(ID))
    publisher: bytes = member(Bytes(most=SIGNED_CERTIFICATE))
    seq: int = member(Integer(1))
    issued: date = member(Day())
    expires: date = member(Day())
    units: tuple[Unit, ...] = member(SortedSet(Inner(Unit), MOST, key=lambda row: row["id"]))
    previous: bytes = member(Bytes(ID))

    def check(self) -> None:
        """Days in order and not too far apart; no card twice."""
        if not self.issued <= self.expires <= self.issued + VALIDITY:
            raise NotCanonical
        if len({each.card for each in self.units}) != len(self.units):
            raise NotCanonical

    def check_day(self, today: date) -> None:
        """Raise ``Expired`` unless the list is valid on ``today``."""
        if self.issued - today > CLOCK_SLACK or today > self.expires:
            raise Expired

    def find(self, unit: str) -> Unit | None:
        """The unit with this id."""
        return next((each for each in self.units if each.id == unit), None)

    def with_unit(self, unit: Unit) -> "Units":
        """With ``unit``, in the place of its id. Raises ``NotCanonical`` for too many."""
        units = {each.id: each for each in (*self.units, unit)}
        return replace(self, units=tuple(units[each] for each in sorted(units)))

    def without_unit(self, unit: str) -> "Units":
        """Without the unit with this id."""
        return replace(self, units=tuple(each for each in self.units if each.id != unit))


def sign_units(units: Units, publisher: Keys) -> bytes:
    """``signature ‖ document``."""
    return sign_document(units, Tag.SIGN_UNITS, publisher, units.service)


def units_hash(signed: bytes) -> bytes:
    """What the next list names as ``previous``."""
    return H(Tag.UNITS_BEFORE, signed)


def read_units(signed: bytes, directory: Directory, roster: Roster | None) -> Units:
    """The verified list of the directory's service.

    The order: (1) form (2) service (3) the root certified the publisher (4) the publisher signed
    (5) every card is one. Days are asked separately. Raises ``Malformed`` and its kind,
    ``ForeignService``, ``Forged`` and its kind, ``ForeignAuthor`` where the roster knows the
    publisher and has put him out of office.
    """
    units = Units.from_bytes(split(signed)[1])  # (1)
    if units.service != directory.service:
        raise ForeignService  # (2)
    root = directory.root_card
    certificate = read_certificate(
        units.publisher, CertificateRole.PUBLISHER, root.id, root.sign, directory.service
    )  # (3)
    verify_signed(signed, Tag.SIGN_UNITS, certificate.sign, units.service)  # (4)
    certificate.check_day(units.issued)
    if roster is not None and not roster.publishes(certificate.subject):
        raise ForeignAuthor
    for each in units.units:
        each.subject  # noqa: B018 - (5): raises for keys no honest one has
    return units


def check_follows(seen: bytes, signed: bytes) -> None:
    """Raise ``RolledBack`` unless the verified list ``signed`` is ``seen`` or comes after it."""
    if signed == seen:
        return
    old, new = (Units.from_bytes(split(each)[1]) for each in (seen, signed))
    if new.seq <= old.seq or (new.seq == old.seq + 1 and new.previous != units_hash(seen)):
        raise RolledBack
