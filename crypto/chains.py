"""Chains as a server gives them, and what is wrong with them (docs/protocol.md §5).

A hole, fork, duplicate or broken link is shown to the reader and never smoothed over (P4, P23).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from crypto.constants import Tag
from crypto.envelope import NO_PREV, Chain, Envelope, Header, body_hash, envelope_id
from crypto.errors import ProtocolError, WrongId, WrongLength, WrongPlace
from crypto.keys import Keys, verify


@dataclass(frozen=True)
class Stored:
    """One envelope as a server gives it: nothing of it is verified.

    ``body`` is ``None`` for a stub. ``day`` is the server's word. ``deleted`` is the mailbox's
    signature over the deletion, where there is one.
    """

    header: bytes
    hash_of_body: bytes
    body: bytes | None
    wraps: Mapping[bytes, bytes]
    day: date
    deleted: bytes | None

    @cached_property
    def id(self) -> bytes:
        """The id of header and body hash, computed."""
        return envelope_id(self.header, self.hash_of_body)

    def parse_header(self) -> Header:
        """The header. Raises ``Malformed`` and its kind."""
        return Header.from_bytes(self.header)

    def parse_envelope(self) -> Envelope:
        """The envelope whose body is here, held against the body hash (checks (1) to (3)).

        Raises ``Malformed`` and its kind, or ``WrongId``.
        """
        if self.body is None:
            raise WrongLength
        header = self.parse_header()
        envelope = Envelope(header, self.body)
        if body_hash(self.body) != self.hash_of_body:
            raise WrongId
        return envelope


class Fault(StrEnum):
    """What can be wrong with a chain, whatever its envelopes hold."""

    MISSING = "missing"
    """No envelope at this place, and a later one is there."""
    FORK = "fork"
    """Two different envelopes claim this place."""
    DUPLICATE = "duplicate"
    """The same envelope was given twice."""
    BROKEN_LINK = "broken-link"
    """The envelope does not name the one before it."""
    UNREADABLE = "unreadable"
    """The header is not one, or is of another chain or mailbox."""
    WITHHELD = "withheld"
    """There is no body, and nobody signed that it was deleted."""
    UNKNOWN_MARK = "unknown-mark"
    """It says that its author has read an envelope that is not there."""
    MARK_BACK = "mark-back"
    """Its author has seen less than before: an older state was shown to her."""
    UNANNOUNCED_GROUP = "unannounced-group"
    """Signed by a case group that no entry of the ``case`` chain names."""


@dataclass(frozen=True)
class Alarm:
    """A fault and the place it was found at; ``seq`` is ``None`` where no place can be told."""

    fault: Fault
    seq: int | None


@dataclass(frozen=True)
class Inspected:
    """A chain in its order, each envelope once, and everything that is wrong with it.

    ``forked`` are the places two envelopes claim; ``next_seq`` and ``prev`` are where its author
    writes next.
    """

    entries: tuple[tuple[Header, Stored], ...]
    alarms: tuple[Alarm, ...]
    forked: frozenset[int]
    next_seq: int
    prev: bytes


def inspect(stored: Iterable[Stored], chain: Chain, mailbox: bytes) -> Inspected:
    """Sort a chain, and name its holes, forks, duplicates and broken links.

    Of a fork every side is kept, in an order that is not the server's: which one counts is for a
    person to see. Never raises.
    """
    alarms: list[Alarm] = []
    rows: dict[int, dict[bytes, tuple[Header, Stored]]] = {}
    for each in stored:
        try:
            header = each.parse_header()
            if header.chain is not chain or header.mailbox != mailbox:
                raise WrongPlace
        except ProtocolError:
            alarms.append(Alarm(Fault.UNREADABLE, None))
            continue
        place = rows.setdefault(header.seq, {})
        if each.id in place:
            alarms.append(Alarm(Fault.DUPLICATE, header.seq))
        elif place:
            alarms.append(Alarm(Fault.FORK, header.seq))
        place.setdefault(each.id, (header, each))
    alarms += _link_faults(rows)
    ordered = tuple(rows[seq][each] for seq in sorted(rows) for each in sorted(rows[seq]))
    forked = frozenset(seq for seq, sides in rows.items() if len(sides) > 1)
    last = max(rows, default=-1)
    prev = min(rows[last]) if rows else NO_PREV
    return Inspected(ordered, tuple(alarms), forked, last + 1, prev)


def _link_faults(rows: Mapping[int, Mapping[bytes, tuple[Header, Stored]]]) -> list[Alarm]:
    faults = []
    expected = 0
    for seq in sorted(rows):
        if seq > expected:
            faults.append(Alarm(Fault.MISSING, expected))
        elif seq > 0:
            before = rows[seq - 1]
            if any(header.prev not in before for header, _ in rows[seq].values()):
                faults.append(Alarm(Fault.BROKEN_LINK, seq))
        expected = seq + 1
    return faults


@dataclass(frozen=True)
class Deletion:
    """What the mailbox says to have deleted: an envelope of the ``team`` chain, and its signature.

    The signature is over the id alone, which names mailbox, chain and place.
    """

    seq: int
    id: bytes
    signature: bytes


def sign_deletion(mailbox: Keys, service: bytes, seq: int, envelope: bytes) -> Deletion:
    """The deletion of the ``team`` envelope with the id ``envelope`` at ``seq`` (§5)."""
    return Deletion(seq, envelope, mailbox.sign(Tag.SIGN_DELETED, service, envelope))


def verify_deletion(sign_key: bytes, service: bytes, stub: Stored) -> None:
    """Raise ``WrongSignature`` unless the mailbox itself deleted this envelope.

    Raises ``WrongLength`` where no deletion lies beside it.
    """
    if stub.deleted is None:
        raise WrongLength
    verify(sign_key, stub.deleted, Tag.SIGN_DELETED, service, stub.id)
