"""A piece of casework in sentences of ours, for the thread of a case."""

from collections.abc import Iterator

from crypto.documents import Recorded
from crypto.opening import Entry, Payload
from inbox_ui.work import release_described, words
from inbox_ui.work.pieces import Assessment, Escalation
from inbox_ui.work.records import read_piece


def describe(entry: Entry[Payload]) -> Iterator[str]:
    """The sentences that tell what a ``recorded`` entry holds."""
    piece = read_piece(entry)
    match piece:
        case Assessment():
            yield from _assessment(piece)
        case Escalation():
            yield from _escalation(piece)
        case _ if told := release_described.tell(piece):
            yield from told
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
