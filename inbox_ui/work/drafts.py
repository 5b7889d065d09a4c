"""Drafts of replies and their second readers, told from the chains of a case.

A draft is approved where, behind its newest version, a second reader's approval of just that
version stands: of its digest, signed by a handler who did not write it and still may read the case.
Whoever changes a draft makes it a new version, which nobody has approved. It is sent where an entry
says that a reply with its words went out. So everybody who has the same chains sees the same, in
whatever order they wrote and however late it came.

This is policy, not cryptography: a handler holds the key that signs to the reporter, and a program
of their own could send what nobody approved. The case then says so.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from crypto.documents import Recorded, Reply, Sent
from crypto.encoding import Document
from crypto.envelope import Chain
from crypto.keys import fingerprint
from crypto.opening import Entry, Payload
from inbox_ui.errors import DraftChanged, DraftOvertaken
from inbox_ui.reading import OpenCase
from inbox_ui.work.correspondence import Approval, Draft
from inbox_ui.work.records import read_piece


class Standing(StrEnum):
    """Where a draft is."""

    WAITING = "waiting"
    """For a second reader."""
    SENT_BACK = "sent back"
    APPROVED = "approved"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Drafted:
    """A draft as it stands. ``draft`` is its newest version, which ``author`` (a card id) wrote.

    ``approver`` approved that version; ``remark`` is what a second reader said last. ``unseen``:
    its author had not been shown the version before. ``unapproved``: it was sent without an
    approval. ``waits``: the server does not have the newest version yet.
    """

    draft: Draft
    record: bytes
    author: bytes
    standing: Standing
    approver: bytes | None = None
    remark: str = field(default="", repr=False)
    unseen: bool = False
    unapproved: bool = False
    waits: bool = False

    @property
    def name(self) -> str:
        """What this version is called: another text is another name."""
        return fingerprint(self.draft.digest)

    @property
    def is_open(self) -> bool:
        """Whether anything can become of it yet."""
        return self.standing not in (Standing.SENT, Standing.WITHDRAWN)


def drafts_of(case: OpenCase, second_readers: frozenset[bytes]) -> tuple[Drafted, ...]:
    """Every draft of a case, in the order in which they were begun.

    ``second_readers`` are the card ids of those whose approval counts now.
    """
    replies = {
        each.id: each.payload
        for each in case.file.of(Chain.TEAM)
        if isinstance(each.payload, Reply)
    }
    found: dict[bytes, Drafted] = {}
    for entry in case.file.of(Chain.CASE):
        if isinstance(entry.payload, Recorded):
            _take(found, entry, entry.payload.author, second_readers, entry.id in case.waiting)
        elif isinstance(entry.payload, Sent) and (reply := replies.get(entry.payload.envelope)):
            _send(found, reply)
    return tuple(found.values())


def find_draft(case: OpenCase, name: str, second_readers: frozenset[bytes]) -> Drafted:
    """The draft whose newest version is called ``name``.

    Raises ``DraftChanged`` where there is none: it was changed since, or never was.
    """
    for each in drafts_of(case, second_readers):
        if each.name == name:
            return each
    raise DraftChanged(case.name)


def _take(
    found: dict[bytes, Drafted],
    entry: Entry[Payload],
    author: bytes,
    second_readers: frozenset[bytes],
    waits: bool,
) -> None:
    piece = read_piece(entry)
    if isinstance(piece, Draft):
        before = found.get(piece.draft)
        if before is not None and not before.is_open:
            return  # what is over stays so: another draft is another name
        standing = Standing.WITHDRAWN if piece.withdrawn else Standing.WAITING
        unseen = before is not None and piece.after != before.record
        found[piece.draft] = Drafted(piece, entry.id, author, standing, unseen=unseen, waits=waits)
    elif isinstance(piece, Approval):
        before = found.get(piece.draft)
        if before is not None and _counts(before, piece, author, second_readers):
            found[piece.draft] = replace(
                before,
                standing=Standing.APPROVED if piece.approved else Standing.SENT_BACK,
                approver=author if piece.approved else None,
                remark=piece.remark,
            )


def _counts(
    drafted: Drafted, said: Approval, author: bytes, second_readers: frozenset[bytes]
) -> bool:
    return (
        drafted.is_open
        and said.digest == drafted.draft.digest
        and author != drafted.author
        and author in second_readers
    )


def _send(found: dict[bytes, Drafted], reply: Reply) -> None:
    for name, each in found.items():
        if each.is_open and _same(each.draft, reply):
            unapproved = each.standing is not Standing.APPROVED
            found[name] = replace(each, standing=Standing.SENT, unapproved=unapproved)


# -- a reply that waits, when something came before it ------------------------------------------


def check_current(case: OpenCase, reply: Reply, since: int) -> bool:
    """Whether a reply made of a draft is still to be sent. It was to stand at ``since`` in the
    ``case`` chain, and others were quicker: what they wrote stands from there on.

    ``False`` where a colleague has sent the same draft. Raises ``DraftOvertaken`` where it was
    changed, withdrawn or sent back.
    """
    words = {each.id for each in case.file.of(Chain.TEAM) if _same(each.payload, reply)}
    begun: set[bytes] = set()
    for entry in case.file.of(Chain.CASE):
        piece, late = read_piece(entry), entry.seq >= since
        if isinstance(entry.payload, Sent) and late and begun:
            if entry.payload.envelope in words:
                return False
        elif late and _voids(piece, begun):
            raise DraftOvertaken(case.name)
        if isinstance(piece, Draft) and not piece.withdrawn and _same(piece, reply):
            begun.add(piece.draft)
    return True


def _voids(piece: Document | None, begun: set[bytes]) -> bool:
    """Whether it leaves a draft of ``begun`` without the approval it had."""
    if isinstance(piece, Approval):
        return piece.draft in begun and not piece.approved
    return isinstance(piece, Draft) and piece.draft in begun


def _same(one: object, reply: Reply) -> bool:
    if not isinstance(one, Draft | Reply):
        return False
    return (one.text, one.language) == (reply.text, reply.language)
