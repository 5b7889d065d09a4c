"""The roster: who of the team may do what, signed by a publisher (docs/protocol.md §6).

It is served to analysts only. Keys decide who can read; the roster decides whose signature counts,
whom a server lets in, and who is asked to hold which keys. Those who left stay in it with their
signing key, so that what they signed stays in the log.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from crypto.certificates import (
    CLOCK_SLACK,
    SIGNED_CERTIFICATE,
    Certificate,
    CertificateRole,
    read_certificate,
)
from crypto.constants import CARD, ED25519_KEY, ID, Tag
from crypto.directory import Directory
from crypto.encoding import (
    Bytes,
    Choice,
    Day,
    Document,
    Flag,
    Inner,
    Integer,
    SortedSet,
    Text,
    member,
    rising,
)
from crypto.errors import (
    Expired,
    ForeignAuthor,
    ForeignService,
    KeysAlike,
    NotCanonical,
    RolledBack,
)
from crypto.keys import Card, Keys
from crypto.primitives import H
from crypto.signed import sign_document, split, verify_signed

MEMBERS = 200
FORMER = 2000
LABEL = 60
"""Characters of a label: a pseudonym, as colleagues know each other."""
ROSTER_VALIDITY = timedelta(days=14)


class Duty(StrEnum):
    """What a member of the team is for. One may have several."""

    ANALYST = "analyst"
    """Reads and answers what there is a key for."""
    SUPERVISOR = "supervisor"
    """An analyst who may assign cases, also those of others."""
    PUBLISHER = "publisher"
    """Signs directories and rosters; has a certificate of the root for it."""
    CUSTODIAN = "custodian"
    """Holds the contact group: one half of contact details."""
    CALLS = "calls"
    """Files what callers say, and may not read."""
    AUDITOR = "auditor"
    """Verifies the log and counts, and may not read."""


READERS = frozenset({Duty.ANALYST, Duty.SUPERVISOR})
"""Who may be on intake duty and may handle cases."""


@dataclass(frozen=True)
class Member(Document):
    """One of the team, with the root's certificate. ``intake``: on intake duty."""

    card: bytes = member(Bytes(CARD))
    certificate: bytes = member(Bytes(most=SIGNED_CERTIFICATE))
    label: str = member(Text(LABEL, least=1))
    duties: tuple[Duty, ...] = member(SortedSet(Choice(Duty), len(Duty)))
    intake: bool = member(Flag())
    suspended: bool = member(Flag())

    def check(self) -> None:
        """Some duty; on intake duty only who may read."""
        if not self.duties or (self.intake and not self.reads):
            raise NotCanonical

    @cached_property
    def subject(self) -> Card:
        """The member's card."""
        return Card.from_bytes(self.card)

    @property
    def id(self) -> bytes:
        """The member's card id, 32 bytes."""
        return self.subject.id

    @property
    def reads(self) -> bool:
        """Whether cases may be assigned to this member."""
        return bool(READERS & set(self.duties))


@dataclass(frozen=True)
class Former(Document):
    """One who left: enough to verify what was signed. ``lost``: with the workstation's keys."""

    id: bytes = member(Bytes(ID))
    sign: bytes = member(Bytes(ED25519_KEY))
    label: str = member(Text(LABEL, least=1))
    day: date = member(Day())
    lost: bool = member(Flag())


@dataclass(frozen=True)
class Roster(Document):
    """The signed document itself. Made into bytes by :func:`sign_roster`.

    ``supervisors`` are the ids of all who are supervisors or ever were: what they have assigned
    stays assigned when they leave or do something else.
    """

    service: bytes = member(Bytes(ID))
    publisher: bytes = member(Bytes(most=SIGNED_CERTIFICATE))
    seq: int = member(Integer(1))
    issued: date = member(Day())
    expires: date = member(Day())
    members: tuple[Member, ...] = member(
        SortedSet(Inner(Member), MEMBERS, key=lambda row: row["card"])
    )
    former: tuple[Former, ...] = member(SortedSet(Inner(Former), FORMER, key=lambda row: row["id"]))
    supervisors: tuple[bytes, ...] = member(SortedSet(Bytes(ID), MEMBERS + FORMER))
    previous: bytes = member(Bytes(ID))

    def check(self) -> None:
        """Dates in order and not too far apart; no two members with one label."""
        if self.issued > self.expires or self.expires - self.issued > ROSTER_VALIDITY:
            raise NotCanonical
        if len({each.label for each in self.members}) != len(self.members):
            raise NotCanonical

    def check_day(self, today: date) -> None:
        """Raise ``Expired`` unless the roster is valid on ``today``."""
        if self.issued - today > CLOCK_SLACK or today > self.expires:
            raise Expired

    def find(self, member_id: bytes) -> Member | None:
        """The member with this card id."""
        return next((each for each in self.members if each.id == member_id), None)

    def active(self) -> tuple[Member, ...]:
        """The members who are not suspended."""
        return tuple(each for each in self.members if not each.suspended)

    def publishes(self, analyst: bytes) -> bool:
        """Whether this one is in office as a publisher: what it signs from now on counts."""
        found = self.find(analyst)
        return found is not None and not found.suspended and Duty.PUBLISHER in found.duties

    @property
    def readers(self) -> frozenset[bytes]:
        """The ids of those who may read and are not suspended."""
        return frozenset(each.id for each in self.active() if each.reads)

    def gives_more_than(self, seen: "Roster") -> bool:
        """Whether anybody may do something by this roster that ``seen`` does not let them do."""
        if self.signers != seen.signers or self.supervisors != seen.supervisors:
            return True
        return not all(_is_within(each, seen.find(each.id)) for each in self.active())

    def refuses(self, analyst: bytes) -> bool:
        """Whether a server lets this analyst in no more: suspended, or left."""
        if any(each.id == analyst for each in self.former):
            return True
        found = self.find(analyst)
        return found is not None and found.suspended

    @cached_property
    def signers(self) -> Mapping[bytes, bytes]:
        """Whose signatures count in the log: card id → signing key, of those who left too."""
        keys = {each.id: each.sign for each in self.former}
        return {**keys, **{each.id: each.subject.sign for each in self.members}}

    def label(self, analyst: bytes) -> str | None:
        """What colleagues call an analyst, also one who left."""
        labels = {each.id: each.label for each in self.former}
        return {**labels, **{each.id: each.label for each in self.members}}.get(analyst)


def sign_roster(roster: Roster, publisher: Keys) -> bytes:
    """``signature ‖ document``."""
    return sign_document(roster, Tag.SIGN_ROSTER, publisher, roster.service)


def roster_hash(signed: bytes) -> bytes:
    """What the next roster names as ``previous``."""
    return H(Tag.ROSTER_HASH, signed)


def read_roster(signed: bytes, directory: Directory) -> Roster:
    """The verified roster of the directory's service.

    The order: (1) form (2) its service (3) the root certified the publisher (4) the publisher
    signed (5) the root certified every member, each with the card beside it (6) no two keys are
    alike (7) every supervisor is among those who ever were. Days are asked separately. Raises
    ``Malformed`` and its kind, ``ForeignService``, ``Forged`` and its kind, ``KeysAlike``.
    """
    roster = Roster.from_bytes(split(signed)[1])  # (1)
    if roster.service != directory.service:
        raise ForeignService  # (2)
    certificate = publisher_of(roster, directory)  # (3)
    verify_signed(signed, Tag.SIGN_ROSTER, certificate.sign, roster.service)  # (4)
    for each in roster.members:
        proof = _certified(each.certificate, CertificateRole.ANALYST, directory)  # (5)
        proof.check_card(each.subject)
    _check_distinct(roster, directory)  # (6)
    if roster.supervisors != supervisors_of(roster.members, roster.supervisors):
        raise NotCanonical  # (7)
    return roster


def read_next_roster(
    seen: Roster, seen_signed: bytes, signed: bytes, directory: Directory
) -> Roster:
    """The verified roster ``signed``: the one already seen, or one that comes after it.

    Its publisher has to be in office by the one seen: one who no longer is could come back with the
    next. One that skips some is taken, as of directories; also from somebody whom the root has
    certified as a publisher since, for the rosters between are not here. Raises as
    :func:`read_roster`; ``RolledBack`` for one that is older, does not follow, or forgets somebody
    who left or was a supervisor; ``ForeignAuthor`` where its publisher was not in office.
    """
    if signed == seen_signed:
        return seen
    new = read_roster(signed, directory)
    if new.seq <= seen.seq:
        raise RolledBack
    if new.seq == seen.seq + 1 and new.previous != roster_hash(seen_signed):
        raise RolledBack
    if not set(seen.signers.items()) <= set(new.signers.items()):
        raise RolledBack("It forgets somebody whose signatures count.")
    if not set(seen.supervisors) <= set(new.supervisors):
        raise RolledBack("It forgets somebody whose assignments count.")
    publisher = publisher_of(new, directory)
    if not seen.publishes(publisher.subject) and not _came_since(seen, new, publisher):
        raise ForeignAuthor
    return new


def publisher_of(roster: Roster, directory: Directory) -> Certificate:
    """The root's certificate of who signed the roster. Raises as :func:`read_certificate`."""
    return _certified(roster.publisher, CertificateRole.PUBLISHER, directory)


def supervisors_of(members: Iterable[Member], before: Iterable[bytes] = ()) -> tuple[bytes, ...]:
    """The supervisors a roster lists: those it did ``before``, and those of ``members``."""
    now = (each.id for each in members if Duty.SUPERVISOR in each.duties)
    return rising([*before, *now])


def _came_since(seen: Roster, new: Roster, publisher: Certificate) -> bool:
    """Whether a publisher may have come into office by a roster between these two.

    Not with a certificate from before ``seen``, by which this one had no such duty.
    """
    if new.seq == seen.seq + 1 or seen.refuses(publisher.subject):
        return False
    if seen.find(publisher.subject) is None:
        return True
    return (publisher.not_before or date.min) > seen.issued


def _is_within(new: Member, seen: Member | None) -> bool:
    if seen is None or seen.suspended:
        return False
    return set(new.duties) <= set(seen.duties) and new.intake <= seen.intake


def _certified(signed: bytes, role: CertificateRole, directory: Directory) -> Certificate:
    root = directory.root_card
    return read_certificate(signed, role, root.id, root.sign, directory.service)


def _check_distinct(roster: Roster, directory: Directory) -> None:
    """No key of a member, or of one who left, is another's or one of the directory's."""
    cards = [each.subject for each in roster.members]
    ids = [card.id for card in cards] + [each.id for each in roster.former]
    cards += [directory.root_card, directory.intake_card, directory.contact_card]
    keys = [key for card in cards for key in (card.auth, card.sign, card.box, card.kem)]
    keys += [each.sign for each in roster.former] + [each.sign for each in directory.past]
    if len(set(keys)) != len(keys) or len(set(ids)) != len(ids):
        raise KeysAlike
