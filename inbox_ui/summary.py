"""A case in a few lines: what the list shows, and what a snapshot keeps of the fold."""

from enum import StrEnum
from typing import Final, NamedTuple, cast

from crypto.analyst import CaseFile, case_name
from crypto.documents import Closed, ContactWithdrawn, Reply
from crypto.envelope import Chain
from crypto.opening import Entry, Payload
from inbox_ui.reading import OpenCase


class State(StrEnum):
    """Where a case is. Derived from its chains and from nothing else."""

    RECEIVED = "received"
    """Nothing of it is acknowledged to the reporter yet."""
    ACKNOWLEDGED = "acknowledged"
    """Everything is acknowledged, and nothing was answered yet."""
    ANSWERED = "answered"
    """The last word is the team's."""
    WAITING = "waiting"
    """The reporter wrote again after the team did."""
    CLOSED = "closed"
    """The reporter closed the mailbox."""
    UNREADABLE = "unreadable"
    """Nothing of the reporter opens."""


class Mark(NamedTuple):
    """Something wrong, at a place of a chain (``seq`` is ``None`` where no place can be told).

    ``what`` names the rule: the class of a ``ProtocolError``, or a ``Fault``.
    """

    chain: int
    seq: int | None
    what: str


class Summary(NamedTuple):
    """One case, folded. ``mailbox`` is the archive's number; ``changed`` says what was folded.

    ``last_day`` is the server's word, ``YYYY-MM-DD``. ``messages`` counts what opens of the
    reporter's and the team's chain. ``problems`` are quarantined envelopes, ``alarms`` faults of
    the chains, ``unannounced`` envelopes to the reporter that no analyst's entry names, ``damaged``
    rows that this disk has changed. ``about`` and ``forces`` are what the report says of itself,
    with commas between; ``withdrawn``: the reporter took the contact details back. A named tuple: a
    hundred thousand are made at every start.
    """

    mailbox: int
    changed: int
    name: str
    state: str
    unread: int
    last_day: str
    messages: int
    problems: tuple[Mark, ...]
    alarms: tuple[Mark, ...]
    unannounced: int
    damaged: int
    about: str
    forces: str
    withdrawn: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong with it."""
        return not (self.problems or self.alarms or self.unannounced or self.damaged)


DAMAGED_HERE = "DamagedHere"
"""The ``what`` of an envelope whose body this disk has changed."""
STUB = "Stub"
"""The ``problem`` of a place of the log of which there is no more than its links."""
UNKNOWN_READER = "UnknownReader"
"""The ``what`` of an envelope with a wrap to a key that nobody of the team certified."""
_MOST_FORCES: Final = 3
_LONGEST_FORCE: Final = 40


def summarise(mailbox: int, changed: int, case: OpenCase) -> Summary:
    """The summary of a case."""
    file = case.file
    shown = [entry for entry in file.entries if entry.payload is not None]
    return Summary(
        mailbox=mailbox,
        changed=changed,
        name=case_name(file.mailbox),
        state=state_of(file).value,
        unread=file.unread,
        last_day=max((str(entry.day) for entry in file.entries), default=""),
        messages=sum(entry.chain is not Chain.CASE for entry in shown),
        problems=tuple(
            Mark(entry.chain, entry.seq, problem_of(entry, case))
            for entry in file.entries
            if entry.problem is not None
        ),
        alarms=tuple(Mark(chain, alarm.seq, alarm.fault.value) for chain, alarm in file.alarms),
        unannounced=len(file.unannounced),
        damaged=case.damaged,
        about=",".join(getattr(_report(file), "categories", ())),
        forces=_join_forces(getattr(_report(file), "forces", ())),
        withdrawn=_is_withdrawn(file),
    )


def unreadable(mailbox: int, changed: int, address: bytes) -> Summary:
    """The summary of a case whose rows cannot be read at all."""
    name = case_name(address)
    return Summary(mailbox, changed, name, State.UNREADABLE.value, 0, "", 0, (), (), 0, 1, "", "")


def _report(file: CaseFile) -> Payload | None:
    """What the reporter wrote first, where that opens."""
    return next((entry.payload for entry in file.of(Chain.REPORTER) if entry.payload), None)


def _is_withdrawn(file: CaseFile) -> bool:
    """Whether the last that was said of contact details is that they may not be used."""
    said = [
        isinstance(entry.payload, ContactWithdrawn)
        for entry in file.of(Chain.REPORTER)
        if isinstance(entry.payload, ContactWithdrawn)
        or getattr(entry.payload, "contact", None) is not None
    ]
    return said[-1:] == [True]


def _join_forces(forces: tuple[str, ...]) -> str:
    """The first few, none of them longer than a name is: a report may name a hundred."""
    named = [each[:_LONGEST_FORCE] for each in forces[:_MOST_FORCES]]
    return ",".join([*named, "…"] if len(forces) > _MOST_FORCES else named)


def problem_of(entry: Entry[Payload], case: OpenCase) -> str:
    """The rule a quarantined entry breaks."""
    return DAMAGED_HERE if entry.id in case.damaged_bodies else type(entry.problem).__name__


def state_of(case: CaseFile) -> State:
    """The state of a case."""
    reporter = [entry for entry in case.of(Chain.REPORTER) if entry.payload is not None]
    if not reporter:
        return State.UNREADABLE
    if isinstance(reporter[-1].payload, Closed):
        return State.CLOSED
    if case.acknowledged < 0:
        return State.RECEIVED
    if case.unread:
        return State.WAITING
    replies = [entry for entry in case.of(Chain.TEAM) if isinstance(entry.payload, Reply)]
    answered = any(cast(Reply, entry.payload).ack == case.newest_read for entry in replies)
    return State.ANSWERED if answered else State.ACKNOWLEDGED
