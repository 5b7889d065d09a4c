"""A piece of casework in sentences of ours, for the thread of a case.

What analysts typed stands in them as it came: whoever shows it makes it harmless for the place.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from crypto.documents import Recorded
from crypto.opening import Entry, Payload
from inbox_ui.work import release_described, words
from inbox_ui.work.access import Access
from inbox_ui.work.asking_described import describe_asking
from inbox_ui.work.assessing import changes, rated
from inbox_ui.work.correspondence import Approval, Cleared, Draft, ForceMark, ForceQuestion
from inbox_ui.work.mentions import Mention
from inbox_ui.work.pieces import Assessment, CaseLink, Escalation, Level, Marks
from inbox_ui.work.records import Record, pieces, read_piece, written_blind


def describe(entry: Entry[Payload]) -> Iterator[str]:
    """The sentences that tell what a ``recorded`` entry holds."""
    piece = read_piece(entry)
    match piece:
        case Assessment():
            yield from _assessment(piece)
        case Escalation():
            yield from _escalation(piece)
        case Cleared() | Draft() | Approval() | ForceQuestion() | ForceMark():
            yield from describe_asking(piece)
        case Marks():
            yield from _marks(piece)
        case CaseLink():
            yield words.UNLINKED if piece.ended else words.LINKED
            yield words.LINKED_WHY.format(said=piece.reason)
        case Access():
            yield words.ACCESS_STEPS[piece.step]
            yield piece.reason
        case Mention():
            what = words.MENTIONED[piece.of].format(whom=piece.whom)
            yield words.MENTION_STEPS[piece.step].format(unit=piece.unit, what=what)
            yield piece.reason
        case _ if told := release_described.tell(piece):
            yield from told
        case _ if isinstance(entry.payload, Recorded):
            yield words.UNREADABLE.format(work=entry.payload.work)


def describe_among(records: tuple[Record, ...]) -> Mapping[bytes, tuple[str, ...]]:
    """What is told of a record because of those before it, by its id: that it was written without
    seeing them, and what an assessment changed."""
    told: dict[bytes, tuple[str, ...]] = dict.fromkeys(written_blind(records), (words.BLIND,))
    assessed = pieces(records, Assessment)
    for (_, before), (record, now) in pairwise(assessed):
        lines = [words.CHANGED.format(**vars(each)) for each in changes(before, now)]
        told[record.id] = (*told.get(record.id, ()), *lines)
    return told


def _assessment(piece: Assessment) -> Iterator[str]:
    yield words.STAGES[piece.stage]
    yield words.SCOPES[piece.scope]
    for each in piece.corruption:
        yield words.CORRUPTION[each]
    for letter, each_rated in rated(piece.thrive).items():
        if each_rated.level is not Level.UNKNOWN or each_rated.why:
            level = words.LEVELS[each_rated.level]
            line = words.RATED.format(letter=words.LETTERS[letter], level=level, why=each_rated.why)
            yield line.removesuffix(": ")
    if piece.told:
        yield words.TOLD
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
