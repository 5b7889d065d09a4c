"""Read marks and announcements: what envelopes say of other envelopes (docs/protocol.md §5).

A reporter has no memory, and the server chooses what it shows to whom. These marks are signed, so
what was shown to one side and not to the other comes out: a reply the team never announced, an
older state shown to her, an acknowledgement of something she never sent.
"""

from collections.abc import Sequence

from crypto.chains import Alarm, Fault, Inspected
from crypto.documents import (
    ANNOUNCING,
    Assigned,
    CasePayload,
    Handover,
    Link,
    ReporterPayload,
    Sent,
    TeamPayload,
)
from crypto.errors import Locked
from crypto.opening import Entry, Payload, State


def check_seen(reporter: Sequence[Entry[ReporterPayload]], team: Inspected) -> list[Alarm]:
    """What she has seen has to be in the ``team`` chain, and never to become less."""
    known = _places(team)
    alarms = []
    highest = -1
    for entry in reporter:
        if entry.payload is None:
            continue
        seen = entry.payload.seen
        if seen is not None and (seen.seq, seen.id) not in known:
            alarms.append(Alarm(Fault.UNKNOWN_MARK, entry.seq))
        seq = -1 if seen is None else seen.seq
        if seq < highest:
            alarms.append(Alarm(Fault.MARK_BACK, entry.seq))
        highest = max(highest, seq)
    return alarms


def check_acks(team: Sequence[Entry[TeamPayload]], reporter: Inspected) -> tuple[list[Alarm], int]:
    """What the team acknowledges has to be in the ``reporter`` chain.

    Also gives the highest ``seq`` that is acknowledged by its right id, or −1.
    """
    known = _places(reporter)
    alarms = []
    acknowledged = -1
    for entry in team:
        ack = entry.payload.ack if entry.payload is not None else None
        if ack is None:
            continue
        if (ack.seq, ack.id) in known:
            acknowledged = max(acknowledged, ack.seq)
        else:
            alarms.append(Alarm(Fault.UNKNOWN_MARK, entry.seq))
    return alarms, acknowledged


def check_announced(case: Sequence[Entry[CasePayload]], team: Inspected) -> list[Alarm]:
    """What an analyst says to have sent has to be there."""
    known = {stored.id for _, stored in team.entries}
    return [
        Alarm(Fault.UNKNOWN_MARK, entry.seq)
        for entry in case
        if (envelope := _announced(entry)) is not None and envelope not in known
    ]


def unannounced(
    case: Sequence[Entry[CasePayload]], team: Sequence[Entry[TeamPayload]]
) -> tuple[bytes, ...]:
    """The ids of ``team`` envelopes that no entry names: written behind the team's back.

    Where an entry of ``case`` does not open here, it may name what is not shown of ``team``: then
    only what is shown is counted.
    """
    announced = {_announced(entry) for entry in case}
    blind = any(is_hidden(entry) for entry in case)
    counted = [entry for entry in team if entry.state is State.SHOWN or not blind]
    return tuple(entry.id for entry in counted if entry.id not in announced)


def unannounced_groups(
    case: Sequence[Entry[CasePayload]], team: Sequence[Entry[TeamPayload]]
) -> list[Alarm]:
    """Envelopes of case groups that no ``assigned`` brings."""
    assigned = {entry.payload.group.card for entry in case if isinstance(entry.payload, Assigned)}
    return [
        Alarm(Fault.UNANNOUNCED_GROUP, entry.seq)
        for entry in team
        if entry.payload is not None
        and entry.payload.group is not None
        and entry.payload.group.card not in assigned
    ]


def is_hidden(entry: Entry[Payload]) -> bool:
    """Whether it is a stub that nothing explains, or is sealed to a key that is not here."""
    return entry.state is State.MISSING or isinstance(entry.problem, Locked)


def handovers(team: Sequence[Entry[TeamPayload]]) -> dict[bytes, bytes | None]:
    """The ids of every ``handover`` with the case group that signed it, and of what does not open
    here, or no more, and may be one, with ``None``."""
    return {
        entry.id: entry.payload.author if entry.payload is not None else None
        for entry in team
        if isinstance(entry.payload, Handover) or is_hidden(entry) or entry.state is State.DELETED
    }


def is_holder_hidden(case: Sequence[Entry[Payload]], team: Sequence[Entry[Payload]]) -> bool:
    """Whether something of ``team`` does not open here that may say who has the mailbox.

    Not what an analyst signed to be something else, with ``sent``.
    """
    sent = {entry.payload.envelope for entry in case if isinstance(entry.payload, Sent)}
    return any(is_hidden(entry) and entry.id not in sent for entry in team)


def _announced(entry: Entry[CasePayload]) -> bytes | None:
    """The ``team`` envelope that an entry says goes with it."""
    return entry.payload.envelope if isinstance(entry.payload, ANNOUNCING) else None


def withheld(entries: Sequence[Entry[Payload]]) -> list[Alarm]:
    """Stubs that nothing signed explains."""
    return [Alarm(Fault.WITHHELD, entry.seq) for entry in entries if entry.state is State.MISSING]


def newest(entries: Sequence[Entry[Payload]], *states: State) -> Link | None:
    """The newest envelope in one of ``states``, to be named as seen or acknowledged."""
    found = [entry for entry in entries if entry.state in states]
    return Link(found[-1].seq, found[-1].id) if found else None


def _places(chain: Inspected) -> frozenset[tuple[int, bytes]]:
    return frozenset((header.seq, stored.id) for header, stored in chain.entries)
