"""The directory: the team's public face, signed by a publisher (docs/protocol.md §6).

It names the one intake group to seal to and every one that ever was. Being listed is a group's
certificate; only the directory's own days and its publisher's are compared with today, and only by
who wants to seal. Everybody else verifies and reads with an expired one too.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

from crypto.certificates import (
    CLOCK_SLACK,
    SIGNED_CERTIFICATE,
    Certificate,
    CertificateRole,
    read_certificate,
)
from crypto.constants import CARD, ED25519_KEY, FINGERPRINT, GIB, ID, MIB, Tag
from crypto.encoding import (
    Bytes,
    Day,
    Document,
    Inner,
    Integer,
    List,
    Matching,
    SortedSet,
    Text,
    member,
)
from crypto.errors import (
    Expired,
    ForeignOrigin,
    ForeignService,
    KeysAlike,
    NotCanonical,
    RolledBack,
    WrongId,
)
from crypto.keys import Card, Keys
from crypto.primitives import H
from crypto.signed import sign_document, split, verify_signed

LONGEST_VALIDITY = timedelta(days=14)
ORIGIN = r"https?://[a-z0-9.-]{1,253}(:[1-9][0-9]{0,4})?"
"""As a browser serialises it: lower case, no path, no final slash."""
NO_SITE = H(Tag.FILE)
"""The site manifest hash of an empty manifest."""
NO_PREVIOUS = bytes(ID)


@dataclass(frozen=True)
class Limits(Document):
    """What a client may send. Lengths are in characters or bytes, as named."""

    text_characters: int = member(Integer(1, 40_000))
    payload_bytes: int = member(Integer(1, MIB))
    files: int = member(Integer(0, 20))
    file_bytes: int = member(Integer(0, 2 * GIB))
    plain_file_bytes: int = member(Integer(0, 2 * GIB))
    unread: int = member(Integer(1, 1000))
    days_unused: int = member(Integer(1, 3650))


LIMITS = Limits(40_000, MIB, 20, 2 * GIB, 100 * MIB, 100, 90)
"""What ``init`` writes into a new directory."""


@dataclass(frozen=True)
class IntakeGroup(Document):
    """The group new reports are sealed to. The two days are for people; nobody compares them."""

    card: bytes = member(Bytes(CARD))
    epoch: int = member(Integer(1))
    first_day: date = member(Day())
    last_day: date = member(Day())


@dataclass(frozen=True)
class PastGroup(Document):
    """A former intake group: enough to verify what it signed."""

    epoch: int = member(Integer(1))
    id: bytes = member(Bytes(ID))
    sign: bytes = member(Bytes(ED25519_KEY))


@dataclass(frozen=True)
class Directory(Document):
    """The signed document itself. Made into bytes by :func:`sign_directory`."""

    service: bytes = member(Bytes(ID))
    root: bytes = member(Bytes(CARD))
    publisher: bytes = member(Bytes(most=SIGNED_CERTIFICATE))
    name: str = member(Text(100, least=1))
    origins: tuple[str, ...] = member(SortedSet(Matching(ORIGIN), 20))
    seq: int = member(Integer(1))
    issued: date = member(Day())
    expires: date = member(Day())
    intake: IntakeGroup = member(Inner(IntakeGroup))
    past: tuple[PastGroup, ...] = member(List(Inner(PastGroup), 5000))
    contact: bytes = member(Bytes(CARD))
    limits: Limits = member(Inner(Limits))
    site: bytes = member(Bytes(ID))
    previous: bytes = member(Bytes(ID))

    def check(self) -> None:
        """Dates in order and not too far apart, an origin, epochs that rise to the intake's."""
        if self.issued > self.expires or self.expires - self.issued > LONGEST_VALIDITY:
            raise NotCanonical
        if not self.origins:
            raise NotCanonical
        epochs = [group.epoch for group in self.past] + [self.intake.epoch]
        if any(not left < right for left, right in pairwise(epochs)):
            raise NotCanonical

    @cached_property
    def root_card(self) -> Card:
        """The root's card."""
        return Card.from_bytes(self.root)

    @cached_property
    def intake_card(self) -> Card:
        """The card new reports are sealed to."""
        return Card.from_bytes(self.intake.card)

    @cached_property
    def contact_card(self) -> Card:
        """The card one half of contact details is wrapped to."""
        return Card.from_bytes(self.contact)

    @cached_property
    def intake_groups(self) -> dict[bytes, tuple[int, bytes]]:
        """Every intake group that ever was: id → epoch, signing key."""
        current = self.intake_card
        groups = {group.id: (group.epoch, group.sign) for group in self.past}
        groups[current.id] = (self.intake.epoch, current.sign)
        return groups

    @cached_property
    def publisher_certificate(self) -> Certificate:
        """The publisher's certificate, verified under the root."""
        return read_certificate(
            self.publisher,
            CertificateRole.PUBLISHER,
            self.service,
            self.root_card.sign,
            self.service,
        )

    @property
    def last_day(self) -> date:
        """The last day it is good for: its own, or that of its publisher's certificate."""
        return min(self.expires, self.publisher_certificate.not_after or self.expires)

    def check_day(self, today: date) -> None:
        """Raise ``Expired`` unless directory and publisher are valid on ``today``.

        Asked by whoever seals to the intake group or takes a new report, and by nobody else.
        """
        if self.issued - today > CLOCK_SLACK or today > self.expires:
            raise Expired
        self.publisher_certificate.check_day(today)

    def check_origin(self, origin: str) -> None:
        """Raise ``ForeignOrigin`` unless the directory names ``origin``."""
        if origin not in self.origins:
            raise ForeignOrigin


def sign_directory(directory: Directory, publisher: Keys) -> bytes:
    """``signature ‖ document``."""
    return sign_document(directory, Tag.SIGN_DIRECTORY, publisher, directory.service)


def read_directory(signed: bytes, root: bytes) -> Directory:
    """The verified directory of the service whose root has the id or fingerprint ``root``.

    ``root`` is 32 bytes (an id) or 20 (a fingerprint). The order: (1) form (2) the root's card is
    the pinned one (3) the root certified the publisher (4) the publisher signed (5) no two keys are
    alike. Dates and origin are asked separately. Raises ``Malformed`` and its kind,
    ``ForeignService``, ``Forged`` and its kind, ``KeysAlike``.
    """
    directory = Directory.from_bytes(split(signed)[1])  # (1)
    if len(root) not in (ID, FINGERPRINT) or directory.root_card.id[: len(root)] != root:
        raise ForeignService  # (2)
    if directory.service != directory.root_card.id:
        raise WrongId
    certificate = directory.publisher_certificate  # (3)
    verify_signed(signed, Tag.SIGN_DIRECTORY, certificate.sign, directory.service)  # (4)
    _check_distinct(directory)  # (5)
    return directory


def directory_hash(signed: bytes) -> bytes:
    """What the next directory names as ``previous``."""
    return H(Tag.DIRECTORY_HASH, signed)


def read_successor(seen: Directory, seen_signed: bytes, signed: bytes) -> Directory:
    """The verified directory ``signed``: the one already seen, or one that comes after it.

    One that skips some cannot be linked and is taken: the publisher signed it, and who was away for
    a month has to come back. Raises as :func:`read_directory`, and ``RolledBack``.
    """
    if signed == seen_signed:
        return seen
    new = read_directory(signed, seen.service)
    if new.seq <= seen.seq:
        raise RolledBack
    if new.seq == seen.seq + 1 and new.previous != directory_hash(seen_signed):
        raise RolledBack
    if not set(seen.intake_groups.items()) <= set(new.intake_groups.items()):
        raise RolledBack("It forgets a key that was listed for good.")
    return new


def _check_distinct(directory: Directory) -> None:
    cards = (directory.root_card, directory.intake_card, directory.contact_card)
    keys = [key for card in cards for key in (card.auth, card.sign, card.box, card.kem)]
    keys += [group.sign for group in directory.past]
    keys.append(directory.publisher_certificate.sign)
    ids = [card.id for card in cards] + [group.id for group in directory.past]
    if len(set(keys)) != len(keys) or len(set(ids)) != len(ids):
        raise KeysAlike
