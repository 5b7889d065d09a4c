"""A piece of casework in sentences of ours, for the thread of a case."""

from collections.abc import Iterator

from crypto.documents import Recorded
from crypto.opening import Entry, Payload
from inbox_ui.work import words
from inbox_ui.work.pieces import Assessment, CaseLink, Escalation, Marks
from inbox_ui.work.records import read_piece


def describe(entry: Entry[Payload]) -> Iterator[str]:
    """The sentences that tell what a ``recorded`` entry holds."""
    piece = read_piece(entry)
    match piece:
        case Assessment():
            yield from _assessment(piece)
        case Escalation():
            yield from _escalation(piece)
        case Marks():
            yield from _marks(piece)
        case CaseLink():
            yield words.UNLINKED if piece.ended else words.LINKED
            yield words.WHY.format(said=piece.reason)
        case _ if isinstance(entry.payload, Recorded):
            yield words.UNREADABLE.format(work=entry.payload.work)


def _assessment(piece: Assessment) -> Iterator[str]:
    yield words.STAGES[piece.stage]
    yield words.SCOPES[piece.scope]
    for each in piece.corruption:
        yield words.CORRUPTION[each]
    if piece.remark:
        yield piece.remark


def _escalation(piece: Escalation) -> Iterator[str]:
    yield words.RISK_OVER if piece.over else words.RISK
    for label, said in (
        (words.DANGER, piece.danger),
        (words.CALLED, piece.called),
        (words.WHEN, piece.when),
        (words.SAID, piece.said),
    ):
        if said:
            yield label.format(said=said)


def _marks(piece: Marks) -> Iterator[str]:
    for each in piece.marks:
        kind = words.MARK_KINDS[each.kind]
        sentence = words.NOT_MARKED if each.dropped else words.MARKED
        if not each.dropped and each.normal.casefold() != each.said.casefold():
            sentence = words.MARKED_AS
        yield sentence.format(kind=kind, said=each.said, normal=each.normal)
