"""Who of the team is let in, and what each is given and may do, by the newest roster (§9).

Without a roster everybody with a certificate is given everything, as in a team of one. With one,
whoever it does not list may log in, as its publisher may be late, and is given stubs alone. What is
decided here keeps ciphertext from people; it is the keys that decide who can read.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from crypto.certificates import CertificateRole, read_certificate
from crypto.constants import Tag
from crypto.directory import Directory
from crypto.errors import ForeignService
from crypto.roster import Duty, Member, Roster
from crypto.signed import split, verify_signed

_GRANTERS: Final = frozenset({Duty.ANALYST, Duty.SUPERVISOR, Duty.PUBLISHER, Duty.CUSTODIAN})


class Reached(NamedTuple):
    """Up to which positions an analyst has what no case group has, and the cases she handles.

    A stub is nothing to have, so each counts only while she is given the former or the latter.
    """

    unassigned: int
    handled: int

    def further(self, other: "Reached") -> "Reached":
        """Whichever is further of each."""
        return Reached(*map(max, zip(self, other, strict=True)))


NOWHERE: Final = Reached(0, 0)


@dataclass(frozen=True, slots=True)
class View:
    """What an analyst is given whole; of everything else a stub.

    ``intake``: of mailboxes that no case group has. ``handled``: of those whose handler they are.
    ``contact``: envelopes with a wrap to this card. ``departed``: the entries that took a case from
    them.
    """

    analyst: bytes
    everything: bool = False
    intake: bool = False
    handled: bool = False
    contact: bytes | None = None
    departed: bool = False

    def reaches(self, position: int) -> "Reached":
        """What it means that this analyst has the feed up to ``position``."""
        return Reached(
            position if self.everything or self.intake else 0,
            position if self.everything or self.handled else 0,
        )


@dataclass(frozen=True, slots=True)
class People:
    """A roster as it was published, and what follows from it. Ids are analysts' card ids."""

    roster: Roster | None = None
    hash: bytes | None = None
    members: Mapping[bytes, Member] = field(default_factory=dict)
    former: frozenset[bytes] = frozenset()

    @classmethod
    def of(cls, roster: Roster, hash_: bytes) -> Self:
        """Of a roster that was verified."""
        members = {each.id: each for each in roster.members}
        return cls(roster, hash_, members, frozenset(each.id for each in roster.former))

    def refuses(self, analyst: bytes) -> bool:
        """Whether this one is let in no more: suspended, or left."""
        found = self.members.get(analyst)
        return analyst in self.former or (found is not None and found.suspended)

    def view(self, analyst: bytes, contact: bytes) -> View:
        """What this analyst is given; ``contact``: the id of the directory's contact card."""
        if self.roster is None:
            return View(analyst, everything=True)
        found = self._active(analyst)
        if found is None:
            return View(analyst)
        card = contact if Duty.CUSTODIAN in found.duties else None
        return View(analyst, intake=found.intake, handled=found.reads, contact=card, departed=True)

    def gives(self, analyst: bytes, use: bytes | None, handlers: Collection[bytes]) -> bool:
        """Whether this analyst is given a mailbox with these handlers, which ``use`` has."""
        if self.roster is None:
            return True
        found = self._active(analyst)
        if found is None or not found.reads:
            return False
        return analyst in handlers or (found.intake and use is None)

    def handles(self, analyst: bytes) -> bool:
        """Whether a case can be assigned to this one."""
        found = self._active(analyst)
        return self.roster is None or (found is not None and found.reads)

    def grants(self, analyst: bytes) -> bool:
        """Whether this one holds groups' secrets and so may grant them."""
        return self._has(analyst, _GRANTERS)

    def assigns(self, analyst: bytes) -> bool:
        """Whether this one may assign the cases of others."""
        return self._has(analyst, {Duty.SUPERVISOR})

    def publishes(self, analyst: bytes) -> bool:
        """Whether this one is in office as a publisher."""
        return self._has(analyst, {Duty.PUBLISHER})

    def keeps_contacts(self, analyst: bytes) -> bool:
        """Whether this one may release a half of contact details."""
        return self._has(analyst, {Duty.CUSTODIAN})

    def is_active(self, analyst: bytes) -> bool:
        """Whether something may be left here for this one."""
        return self.roster is None or self._active(analyst) is not None

    def sign_key(self, analyst: bytes) -> bytes | None:
        """The key to verify this one's papers with; ``None`` where no roster says it."""
        return None if self.roster is None else self.roster.signers.get(analyst)

    def _active(self, analyst: bytes) -> Member | None:
        found = self.members.get(analyst)
        return None if found is None or found.suspended else found

    def _has(self, analyst: bytes, duties: Collection[Duty]) -> bool:
        found = self._active(analyst)
        return self.roster is None or (found is not None and bool(set(duties) & set(found.duties)))


EVERYBODY: Final = People()
"""There is no roster yet."""


def read_stored_roster(signed: bytes, directory: Directory) -> Roster:
    """A roster this server took once, when every member's certificate was checked.

    Whether its keys differ from a newer directory's is not asked again: a directory must not be
    able to lock the team out. Raises ``ProtocolError`` for damage.
    """
    roster = Roster.from_bytes(split(signed)[1])
    if roster.service != directory.service:
        raise ForeignService
    root = directory.root_card
    certificate = read_certificate(
        roster.publisher, CertificateRole.PUBLISHER, root.id, root.sign, roster.service
    )
    verify_signed(signed, Tag.SIGN_ROSTER, certificate.sign, roster.service)
    return roster
