"""Writing to a reporter: what stands between what an analyst typed and its being sent.

Every reply of the commands and the pages goes through here: the guard reads it, the turns are
counted, and where the policy wants a second reader it becomes a draft.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from crypto.documents import Link
from inbox_ui import casework
from inbox_ui.errors import (
    DraftOver,
    Flagged,
    MustReword,
    NeedsReason,
    NeedsSecondReader,
    NotApproved,
    NotSecondReader,
    OwnDraft,
)
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.work.correspondence import (
    FLAGGED,
    LINE,
    NAME,
    Approval,
    Cleared,
    Draft,
    digest_of,
)
from inbox_ui.work.drafts import Drafted, Standing, drafts_of, find_draft
from inbox_ui.work.guard import Finding, check
from inbox_ui.work.inquiries import words_of_forces
from inbox_ui.work.pieces import Work
from inbox_ui.work.policy import Policy, Second, read_policy
from inbox_ui.work.recording import record
from inbox_ui.work.records import newest_id, records_of
from inbox_ui.work.templates import asks
from inbox_ui.work.turns import count_turns


@dataclass(frozen=True)
class Checked:
    """What there is to say of a reply before it goes out.

    ``turns`` is set where this many make it look like tasking; it is 0 while they do not, and for a
    wording that asks nothing. ``second``: by the policy somebody else reads it.
    """

    findings: tuple[Finding, ...]
    turns: int
    second: bool

    @property
    def needs_reason(self) -> bool:
        """Whether it goes on only with a reason in writing."""
        return bool(self.findings) or self.turns > 0

    @property
    def must_reword(self) -> bool:
        """Whether it goes on only in other words."""
        return any(each.binding for each in self.findings)

    @property
    def flagged(self) -> tuple[str, ...]:
        """The words that were flagged, as a piece holds them."""
        return tuple(each.words[:LINE] for each in self.findings[:FLAGGED])


@dataclass(frozen=True)
class Wording:
    """What an analyst typed. ``reason``: why it is right although something speaks against it."""

    text: str = field(repr=False)
    language: str
    reason: str = field(default="", repr=False)


def policy_of(station: Station) -> Policy:
    """The policy of this workstation. Raises ``BadSettings``."""
    return read_policy(station.keeper.folder.asking)


def check_reply(station: Station, case: OpenCase, text: str) -> Checked:
    """What speaks against sending ``text`` in this case. Raises ``BadSettings``."""
    policy = policy_of(station)
    turns = count_turns(case) if asks(text) else 0
    many = turns if turns >= policy.turns else 0
    second = {Second.NEVER: False, Second.TURNS: many > 0, Second.ALWAYS: True}
    return Checked(check(text, words_of_forces(case)), many, second[policy.second_reader])


def second_readers(station: Station, case: OpenCase) -> frozenset[bytes]:
    """The card ids of those whose approval counts: who may read now, and has the case."""
    if case.file.group is None:
        return station.readers
    return station.readers & case.file.handlers


def reply(station: Station, summary: Summary, wording: Wording, read: Link | None) -> None:
    """Write to the reporter, at once; what was cleared with a reason is recorded before.

    Raises ``Flagged``, ``MustReword``, ``NeedsSecondReader``, ``BadSettings``, or as
    ``casework.reply``.
    """
    case = casework.writable(station, summary, needs_reporter=True)
    checked = _check(station, case, wording)
    if checked.second:
        raise NeedsSecondReader(summary.name)
    if checked.needs_reason:
        after = newest_id(records_of(case), Work.CLEARED)
        text, reason = digest_of(wording.text), wording.reason
        piece = Cleared(after, text, checked.flagged, checked.turns, reason)
        record(station, summary, Work.CLEARED, piece)
    casework.reply(station, summary, wording.text, wording.language, read)


def _check(station: Station, case: OpenCase, wording: Wording) -> Checked:
    checked = check_reply(station, case, wording.text)
    if checked.must_reword:
        raise MustReword(case.name)
    if checked.needs_reason and not wording.reason.strip():
        raise Flagged(case.name)
    return checked


# -- drafts -------------------------------------------------------------------------------------


def drafts(station: Station, case: OpenCase) -> tuple[Drafted, ...]:
    """The drafts of a case as they stand now."""
    return drafts_of(case, second_readers(station, case))


def find(station: Station, case: OpenCase, name: str) -> Drafted:
    """The draft whose newest version is called ``name``. Raises ``DraftChanged``."""
    return find_draft(case, name, second_readers(station, case))


def write_draft(
    station: Station, summary: Summary, wording: Wording, read: Link | None, of: str = ""
) -> str:
    """Write a draft, or another version of the one called ``of``; what the version is called.

    The same words that wait already are one draft. Raises ``Flagged``, ``MustReword``,
    ``DraftChanged``, ``DraftOver``, or as ``casework.reply``.
    """
    case = casework.writable(station, summary, needs_reporter=True)
    checked = _check(station, case, wording)
    before = _open(station, case, of) if of else _same(station, case, wording)
    if before is not None and _says(before.draft, wording):
        return before.name
    draft = Draft(
        after=before.record if before is not None else newest_id(records_of(case), Work.DRAFT),
        draft=before.draft.draft if before is not None else station.random_bytes(NAME),
        version=before.draft.version + 1 if before is not None else 1,
        withdrawn=False,
        language=wording.language,
        text=wording.text,
        read=0 if read is None else read.seq + 1,
        flagged=checked.flagged,
        reason=wording.reason if checked.needs_reason else "",
    )
    record(station, summary, Work.DRAFT, draft)
    return _named(station, summary, draft)


def withdraw_draft(station: Station, summary: Summary, name: str) -> None:
    """End a draft. Raises ``DraftChanged``, ``DraftOver``, or as ``recording.record``."""
    case = casework.writable(station, summary, needs_reporter=False)
    before = _open(station, case, name)
    old = before.draft
    draft = Draft(
        before.record, old.draft, old.version + 1, True, old.language, old.text, old.read, (), ""
    )
    record(station, summary, Work.DRAFT, draft)


def approve_draft(
    station: Station, summary: Summary, name: str, remark: str, *, approved: bool
) -> None:
    """As a second reader: approve the version called ``name``, or send it back with a remark.

    Raises ``DraftChanged``, ``DraftOver``, ``OwnDraft``, ``NotSecondReader``, ``NeedsReason``, or
    as ``recording.record``.
    """
    case = casework.writable(station, summary, needs_reporter=False)
    before, me = _open(station, case, name), station.analyst.card.id
    if before.author == me:
        raise OwnDraft(summary.name)
    if me not in second_readers(station, case):
        raise NotSecondReader(summary.name)
    if not approved and not remark.strip():
        raise NeedsReason(summary.name)
    after = newest_id(records_of(case), Work.APPROVAL)
    piece = Approval(after, before.draft.draft, before.draft.digest, approved, remark)
    record(station, summary, Work.APPROVAL, piece)


def send_draft(station: Station, summary: Summary, name: str) -> None:
    """Send the version called ``name``, which a second reader has approved.

    It acknowledges what its author had read. Raises ``DraftChanged``, ``DraftOver``,
    ``NotApproved``, ``MustReword``, or as ``casework.reply``.
    """
    case = casework.writable(station, summary, needs_reporter=True)
    drafted = _open(station, case, name)
    if drafted.standing is not Standing.APPROVED:
        raise NotApproved(summary.name)
    draft = drafted.draft
    if check_reply(station, case, draft.text).must_reword:
        raise MustReword(summary.name)
    read = casework.read_up_to(case, draft.read - 1)
    casework.reply(station, summary, draft.text, draft.language, read)


def _open(station: Station, case: OpenCase, name: str) -> Drafted:
    drafted = find(station, case, name)
    if not drafted.is_open:
        raise DraftOver(case.name)
    return drafted


def _same(station: Station, case: OpenCase, wording: Wording) -> Drafted | None:
    return next(_alike(station, case, wording), None)


def _alike(station: Station, case: OpenCase, wording: Wording) -> Iterator[Drafted]:
    """Own drafts with just these words: a form that was sent twice."""
    me = station.analyst.card.id
    for each in drafts(station, case):
        if each.is_open and each.author == me and _says(each.draft, wording):
            yield each


def _says(draft: Draft, wording: Wording) -> bool:
    return (draft.text, draft.language) == (wording.text, wording.language)


def _named(station: Station, summary: Summary, draft: Draft) -> str:
    case = station.open_case(summary)
    return next(each.name for each in drafts(station, case) if each.draft.draft == draft.draft)
