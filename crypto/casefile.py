"""A case as the team sees it: what reading a mailbox's three chains comes to (docs/protocol.md §5).

Nothing here verifies anything; :meth:`crypto.analyst.Analyst.read` makes it of what was verified.
"""

from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import cast

from crypto.authors import Author
from crypto.chains import Alarm
from crypto.constants import Tag
from crypto.documents import Closed, Concluded, GroupProof, Link, TeamPayload
from crypto.envelope import Chain
from crypto.errors import Locked
from crypto.files import FileManifest
from crypto.handling import Handling
from crypto.keys import Card
from crypto.opening import Entry, Payload
from crypto.primitives import H


def case_name(address: bytes, letters: int = 8) -> str:
    """A case's name on the workstation: letters of base32. Never in anything released."""
    some = H(Tag.CASE_NAME, address)[: -(-5 * letters // 8)]  # the rest takes longer than the hash
    return b32encode(some).decode("ascii").lower()[:letters]


@dataclass(frozen=True)
class Head:
    """Where the next envelope of a chain goes."""

    seq: int
    prev: bytes


@dataclass(frozen=True)
class CaseFile:
    """A mailbox as the team sees it: the three chains, verified, with what is wrong with them.

    ``card`` is the reporter's, from the payloads; without it nobody can be written to. ``author``
    is who has the mailbox by the ``team`` chain, ``None`` for the intake group; ``number`` the
    highest that a case group has had there. ``handling`` is the fold of ``case``. ``unannounced``
    are the ids of ``team`` envelopes that no entry of ``case`` names: somebody wrote to the
    reporter behind the team's back.
    """

    mailbox: bytes
    card: Card | None
    entries: tuple[Entry[Payload], ...]
    alarms: tuple[tuple[Chain, Alarm], ...]
    unannounced: tuple[bytes, ...]
    heads: Mapping[Chain, Head]
    author: Author | None
    number: int
    handling: Handling
    newest_read: Link | None
    acknowledged: int
    """The highest ``seq`` of the reporter's chain that a ``team`` envelope acknowledges, or −1."""

    def of(self, chain: Chain) -> tuple[Entry[Payload], ...]:
        """The entries of one chain, in its order."""
        return self._chains[chain]

    @cached_property
    def _chains(self) -> Mapping[Chain, tuple[Entry[Payload], ...]]:
        """The entries of each chain: asked for some twenty times for each case of a list."""
        return {
            chain: tuple(entry for entry in self.entries if entry.chain is chain) for chain in Chain
        }

    @property
    def closed(self) -> bool:
        """Whether the reporter has closed the mailbox: nothing reaches her any more."""
        return any(isinstance(entry.payload, Closed) for entry in self.of(Chain.REPORTER))

    @property
    def unread(self) -> int:
        """How many of the reporter's envelopes open and are not acknowledged yet."""
        return sum(
            entry.seq > self.acknowledged and entry.payload is not None
            for entry in self.of(Chain.REPORTER)
        )

    @property
    def locked(self) -> tuple[Entry[Payload], ...]:
        """What is sealed to a key that is not here."""
        return tuple(entry for entry in self.entries if isinstance(entry.problem, Locked))

    @property
    def group(self) -> Author | None:
        """The case group that has the mailbox by the ``team`` chain; ``None`` for intake."""
        return self.author if self.author is not None and self.author.card is not None else None

    @property
    def proof(self) -> GroupProof | None:
        """What the case group that has the mailbox shows for itself."""
        group = self.group
        for entry in reversed(self.of(Chain.TEAM)):
            payload = cast("TeamPayload | None", entry.payload)
            if payload is not None and group is not None and payload.author == group.id:
                return payload.group
        return None

    @property
    def handlers(self) -> frozenset[bytes]:
        """Card ids of the analysts who handle it, or did until it was concluded; empty where it
        was never assigned."""
        return self.handling.handlers

    @property
    def concluded(self) -> Concluded | None:
        """The newest conclusion, where nothing was assigned after it."""
        return self.handling.concluded

    @property
    def hold(self) -> date | None:
        """The last day of a legal hold."""
        return self.handling.hold


def files_of(entry: Entry[Payload]) -> tuple[FileManifest, ...]:
    """The files an entry brings; none for kinds without."""
    payload = entry.payload
    return getattr(payload, "files", ()) if payload is not None else ()
