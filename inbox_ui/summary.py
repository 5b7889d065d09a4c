"""A case in a few lines: what the list shows, and what a snapshot keeps of the fold."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple, cast

from crypto.analyst import CaseFile, case_name
from crypto.documents import (
    Assigned,
    Closed,
    ContactReleased,
    ContactRequested,
    ContactWithdrawn,
    Reply,
)
from crypto.envelope import Chain
from crypto.errors import Locked
from crypto.opening import Entry, Payload
from inbox_ui.ending import decisions, is_doubtful, last_said, write_decisions
from inbox_ui.interests import concerns
from inbox_ui.reading import OpenCase
from inbox_ui.work.drafting import current_drafts
from inbox_ui.work.drafts import drafts_of
from inbox_ui.work.inquiries import questions_of
from inbox_ui.work.records import records_of
from inbox_ui.work.standing import standing_of
from inbox_ui.work.story import story_of


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
    CONCLUDED = "concluded"
    """The team has ended it, and everything is acknowledged."""
    LOCKED = "locked"
    """Others have it: it is sealed to a group that this vault does not hold."""
    UNREADABLE = "unreadable"
    """Nothing of the reporter opens, and nothing says that others have it."""


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
    with commas between; ``withdrawn``: the reporter took the contact details back. ``group`` is the
    case group that has it, ``handlers`` who holds that, with commas between, ``assigner`` who said
    so, in the entry ``assignment``, all in hexadecimal, and ``from_above`` whether it took a
    supervisor; ``ended`` is why the case was concluded, and ``keep_until`` and
    ``hold`` are days, where there are any. ``unfinished``: a case group of ours has it, and not all
    of it is wrapped to that group alone. ``hidden``: it names a declared interest. ``decided`` are
    the entries that its end rests on, ``said`` the day of the newest, and ``doubtful``: it may not
    be all that is to be known of it (all ``ending``). ``stage`` to ``feed_back_by`` are of its
    casework (``work.standing``), ``drafts`` are replies that nobody has sent or withdrawn yet, and
    ``asked`` the questions of forces that wait for an answer. ``story`` is what the figures count
    (``work.story``), ``reports`` are its intelligence reports, and ``came_since``: the reporter has
    written since it was assessed. A named tuple: a hundred thousand are made at every start.
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
    group: str = ""
    handlers: str = ""
    assigner: str = ""
    ended: str = ""
    keep_until: str = ""
    hold: str = ""
    unfinished: bool = False
    hidden: bool = False
    decided: str = ""
    doubtful: bool = False
    assignment: str = ""
    from_above: bool = False
    said: str = ""
    stage: str = ""
    risk: str = ""
    read_by: str = ""
    acknowledge_by: str = ""
    feed_back_by: str = ""
    drafts: int = 0
    asked: int = 0
    story: str = ""
    reports: int = 0
    came_since: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong with it."""
        return not (self.problems or self.alarms or self.unannounced or self.damaged)

    @property
    def handled_by(self) -> frozenset[bytes]:
        """The card ids of its handlers."""
        return frozenset(bytes.fromhex(each) for each in self.handlers.split(",") if each)


_PROBLEMS: Final = Summary._fields.index("problems")
_ALARMS: Final = Summary._fields.index("alarms")


def read_summary(row: list[Any]) -> Summary:
    """A summary that was written as JSON, by this program: nothing is checked."""
    for at in (_PROBLEMS, _ALARMS):
        row[at] = tuple(map(Mark._make, row[at])) if row[at] else ()
    return Summary._make(row)


OTHER_USE = "other-use"
"""The ``what`` of a case of which the server says that another group has it."""
DAMAGED_HERE = "DamagedHere"
"""The ``what`` of an envelope whose body this disk has changed."""
STUB = "Stub"
"""The ``problem`` of a place of the log of which there is no more than its links."""
UNKNOWN_READER = "UnknownReader"
"""The ``what`` of an envelope with a wrap to a key that nobody of the team certified."""
MORE: Final = "…"
"""Stands behind the forces of a report that names more than are shown."""
_MOST_FORCES: Final = 3
_LONGEST_FORCE: Final = 40


@dataclass(frozen=True)
class View:
    """Whose summaries they are: the card id, the groups held, and what is declared."""

    analyst: bytes
    groups: frozenset[bytes]
    interests: tuple[str, ...]


def summarise(mailbox: int, changed: int, case: OpenCase, view: View) -> Summary:
    """The summary of a case, as ``view`` sees it."""
    file = case.file
    if is_locked(case, view):
        return _locked(mailbox, changed, case, view)
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
        alarms=(*_alarms(file), *_other_use(case)),
        unannounced=len(file.unannounced),
        damaged=case.damaged,
        about=",".join(getattr(_report(file), "categories", ())),
        forces=_join_forces(getattr(_report(file), "forces", ())),
        withdrawn=_is_withdrawn(file),
        group=_group_of(file),
        handlers=_join_ids(file.handlers),
        assigner=_assigner(file),
        assignment=_assignment(file),
        from_above=file.handling.from_above,
        ended=file.concluded.reason.value if file.concluded is not None else "",
        keep_until=str(file.concluded.keep_until) if file.concluded is not None else "",
        hold=str(file.hold or ""),
        unfinished=is_unfinished(file, view.groups),
        hidden=concerns(file, view.interests),
        decided=write_decisions(decisions(file)),
        said=last_said(file),
        doubtful=is_doubtful(case) or is_elsewhere(case),
        story=_story(case),
        **_casework(case),
    )


def _story(case: OpenCase) -> str:
    found = story_of(case)
    return found.to_line() if found is not None else ""


def with_casework(summary: Summary, case: OpenCase) -> Summary:
    """The summary with the casework that waits in the outbox."""
    if summary.state in (State.LOCKED, State.UNREADABLE):
        return summary
    return summary._replace(**_casework(case))


def _casework(case: OpenCase) -> dict[str, Any]:
    return {
        **standing_of(case)._asdict(),
        "drafts": sum(each.is_open for each in drafts_of(case, frozenset())),
        "asked": sum(each.is_open for each in questions_of(case)),
        "reports": len(current_drafts(records_of(case))),
    }


def is_locked(case: OpenCase, view: View) -> bool:
    """Whether others have the case.

    So it is where it is signed that they do. Where nothing of that is signed here, the server's
    word has to do: it shows less, and erases nothing.
    """
    file = case.file
    if file.group is not None:
        return view.analyst not in file.handlers
    if case.use is not None:
        return case.use not in view.groups
    locked = any(isinstance(entry.problem, Locked) for entry in file.entries)
    return locked and not any(entry.payload is not None for entry in file.entries)


def is_unfinished(file: CaseFile, groups: frozenset[bytes]) -> bool:
    """Whether a case group that is held here has the case, and something of the mailbox is not
    wrapped to it, or still to a group that had it before."""
    group = file.group.id if file.group is not None else None
    if group not in groups:
        return False
    return any(
        left_over(file, entry)
        if group in entry.stored.wraps
        else entry.payload is not None or isinstance(entry.problem, Locked)
        for entry in file.entries
        if entry.stored.body is not None
    )


def left_over(file: CaseFile, entry: Entry[Payload]) -> frozenset[bytes]:
    """Whom an envelope is wrapped to beside the reporter and the group that has the case. What is
    asked and answered of contact details is the custodians' too; an ``assigned`` stays open to the
    case groups there were, for whoever it takes the case from has to learn of it."""
    if isinstance(entry.payload, Assigned):
        return frozenset(entry.stored.wraps) - _now(file) - file.handling.groups
    if isinstance(entry.payload, ContactRequested | ContactReleased):
        return frozenset(entry.stored.wraps) & {entry.stored.parse_header().recipient} - _now(file)
    return frozenset(entry.stored.wraps) - _now(file)


def _now(file: CaseFile) -> frozenset[bytes]:
    group = frozenset() if file.group is None else frozenset({file.group.id})
    return group | {file.mailbox}


def is_elsewhere(case: OpenCase) -> bool:
    """Whether the server says that another group has the case than its chains here do."""
    group = case.file.group.id if case.file.group is not None else None
    return case.use != group


def _alarms(file: CaseFile) -> Iterator[Mark]:
    return (Mark(chain, alarm.seq, alarm.fault.value) for chain, alarm in file.alarms)


def _other_use(case: OpenCase) -> Iterator[Mark]:
    """An alarm for that. Its word decides nothing."""
    if is_elsewhere(case):
        yield Mark(Chain.TEAM, None, OTHER_USE)


def _locked(mailbox: int, changed: int, case: OpenCase, view: View) -> Summary:
    """Nothing of it is told but days, whom it is assigned to where that is signed, and what is
    wrong with its chains: a fork or a hole is somebody's doing, whoever handles the case."""
    file = case.file
    return Summary(
        mailbox=mailbox,
        changed=changed,
        name=case_name(file.mailbox),
        state=State.LOCKED.value,
        unread=0,
        last_day=max((str(entry.day) for entry in file.entries), default=""),
        messages=0,
        problems=(),
        alarms=tuple(_alarms(file)),
        unannounced=0,
        damaged=case.damaged,
        about="",
        forces="",
        group=_group_of(file),
        handlers=_join_ids(file.handlers),
        assigner=_assigner(file),
        assignment=_assignment(file),
        from_above=file.handling.from_above,
        unfinished=is_unfinished(file, view.groups),
        hidden=concerns(file, view.interests),
    )


def _group_of(file: CaseFile) -> str:
    return file.group.id.hex() if file.group is not None else ""


def assignment_of(file: CaseFile) -> Entry[Payload] | None:
    """The entry by which whoever handles the case does."""
    last = file.handling.last
    card = last.card.to_bytes() if last is not None and last.card is not None else None
    for entry in reversed(file.of(Chain.CASE)):
        if isinstance(entry.payload, Assigned) and entry.payload.group.card == card:
            return entry
    return None


def _assignment(file: CaseFile) -> str:
    entry = assignment_of(file)
    return entry.id.hex() if entry is not None else ""


def _assigner(file: CaseFile) -> str:
    return (file.handling.assigner or b"").hex()


def _join_ids(ids: Iterable[bytes]) -> str:
    return ",".join(sorted(each.hex() for each in ids))


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
    return ",".join([*named, MORE] if len(forces) > _MOST_FORCES else named)


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
    if case.concluded is not None and not case.unread:
        return State.CONCLUDED
    if case.acknowledged < 0:
        return State.RECEIVED
    if case.unread:
        return State.WAITING
    replies = [entry for entry in case.of(Chain.TEAM) if isinstance(entry.payload, Reply)]
    answered = any(cast(Reply, entry.payload).ack == case.newest_read for entry in replies)
    return State.ANSWERED if answered else State.ACKNOWLEDGED
