"""Who handles a case: the fold of its ``case`` chain, entry by entry (docs/protocol.md §5).

    entry               is taken from
    assigned            a handler or a supervisor; anybody of the team where the case was never
                        assigned, or is concluded
    note, sent          a handler; anybody of the team where it was never assigned, or is concluded
    concluded, held,    a handler; anybody of the team where it was never assigned
    contact-requested
    contact-released    anybody of the team

What lets a case go is taken from those who may read today alone: a ``concluded`` where the case was
never assigned, and a ``held`` that ends a hold or makes it shorter. From others it is shown and
changes nothing: whoever left could else have a case purged, with a server that helps. Who left with
an end that was meant has it ended anew.

``assigned`` brings a case group whose certificate is signed by an intake group or by the case group
that has the case, with a higher number than the last. So keys and duty have to agree: a handler who
was removed has neither. That numbers go up by exactly one is a rule of the ``team`` chain; here one
may be left out, so that a case that somebody took behind the team's back can be assigned anew. One
whose ``handover`` is not in the ``team`` chain is shown and changes nothing: the reporter was never
told of its group, and whoever wrote it alone could else keep all others from the case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from crypto.authors import Author, certified_group
from crypto.directory import Directory
from crypto.documents import (
    Assigned,
    CasePayload,
    Concluded,
    ContactReleased,
    Held,
    Note,
    Sent,
)
from crypto.errors import ForeignAuthor


@dataclass(frozen=True)
class Handling:
    """Where a case stands after some entries of its ``case`` chain.

    ``handlers`` are analysts' card ids, of the last assignment also when the case is concluded.
    ``last`` is the case group of that assignment, ``groups`` the ids of every one. ``concluded`` is
    the newest that counts, where nothing was assigned after it; ``hold`` the last day of a legal
    hold. ``assigner`` signed the last assignment; ``from_above``: as a supervisor, of a case that
    others handled.
    """

    handlers: frozenset[bytes] = frozenset()
    last: Author | None = None
    groups: frozenset[bytes] = frozenset()
    concluded: Concluded | None = None
    hold: date | None = None
    assigner: bytes | None = None
    from_above: bool = False

    @property
    def group(self) -> Author | None:
        """The case group that has the case; ``None`` for the intake group."""
        return None if self.concluded is not None else self.last

    @property
    def number(self) -> int:
        """The number of the last case group; 0 where there was none."""
        return 0 if self.last is None else self.last.number

    def held_as(self, side: "Handling") -> "Handling":
        """The same, kept as long as by one side of a fork: junk beside a hold must not end it."""
        days = [each for each in (self.hold, side.hold) if each is not None]
        return replace(self, hold=max(days, default=None))


@dataclass(frozen=True)
class Rules:
    """The rules of one case's chain. ``supervisors`` are the ids of those who may assign all, or
    once might, ``readers`` of those who may read today.

    ``handovers`` maps the ids of ``team`` envelopes to the case group whose ``handover`` each is,
    or to ``None`` where it does not open here and may be one. Without it, every ``assigned`` is
    taken to have its own.
    """

    mailbox: bytes
    directory: Directory
    supervisors: frozenset[bytes]
    readers: frozenset[bytes]
    handovers: Mapping[bytes, bytes | None] | None = None

    def follow(self, before: Handling, payload: CasePayload) -> Handling:
        """Where the case stands after ``payload``, whose signature was verified.

        Raises ``ForeignAuthor`` where its author may not write it now, and for an ``assigned`` as
        :func:`certified_group`.
        """
        if not self._may_write(before, payload):
            raise ForeignAuthor
        if isinstance(payload, Assigned):
            return self._assign(before, payload)
        if isinstance(payload, Concluded) and (before.handlers or self._reads(payload)):
            return replace(before, concluded=payload)
        if isinstance(payload, Held) and (_is_longer(before, payload) or self._reads(payload)):
            return replace(before, hold=payload.until)
        return before

    def _reads(self, payload: CasePayload) -> bool:
        return payload.author in self.readers

    def _may_write(self, before: Handling, payload: CasePayload) -> bool:
        if isinstance(payload, ContactReleased) or not before.handlers:
            return True
        if payload.author in before.handlers:
            return True
        if isinstance(payload, Assigned) and payload.author in self.supervisors:
            return True
        return before.concluded is not None and isinstance(payload, Assigned | Note | Sent)

    def _assign(self, before: Handling, payload: Assigned) -> Handling:
        group = certified_group(payload.group, self.mailbox, self.directory)
        if group.number <= before.number or group.id in before.groups:
            raise ForeignAuthor
        if before.last is not None and group.epoch < before.last.epoch:
            raise ForeignAuthor
        followed = before.group is not None and group.issuer == before.group.id
        if not followed and group.issuer not in self.directory.intake_groups:
            raise ForeignAuthor
        if not self._is_handed(payload.envelope, group):
            return before
        handled = bool(before.handlers) and before.concluded is None
        return Handling(
            frozenset(payload.handlers),
            group,
            before.groups | {group.id},
            None,
            before.hold,
            payload.author,
            handled and payload.author not in before.handlers,
        )

    def _is_handed(self, envelope: bytes, group: Author) -> bool:
        """Whether the reporter was told of the group too, as far as can be seen here."""
        if self.handovers is None:
            return True
        return envelope in self.handovers and self.handovers[envelope] in (None, group.id)


def _is_longer(before: Handling, held: Held) -> bool:
    if held.until is None:
        return False
    return before.hold is None or held.until >= before.hold
