"""Marks in the texts of a case: the people, numbers, vehicles and places that somebody named.

A mark says what stands at a place of a text, which kind of thing it is, and the form in which two
texts agree about it. What is suggested is nothing until an analyst has accepted it, as it was or
corrected; and a mark can be taken back. The newest word about a place counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from crypto.documents import Message, Reply, Report
from crypto.envelope import Chain
from crypto.opening import Entry, Payload
from dropbox.site.questions import find_question
from inbox_ui.reading import OpenCase
from inbox_ui.thread import text_of
from inbox_ui.work.pieces import Mark, Marks
from inbox_ui.work.records import pieces, records_of

Spot = tuple[bytes, str, int, int]
"""Where a mark is: the entry's id, the question (or nothing), and the first and last character."""


@dataclass(frozen=True)
class Passage:
    """A text in which something can be marked. ``question`` is empty for the text itself."""

    entry: bytes
    chain: Chain
    seq: int
    question: str
    label: str
    text: str = field(repr=False)


def passages_of(case: OpenCase) -> tuple[Passage, ...]:
    """The texts of a case in which things are named: the reporter's, the team's and the notes."""
    return tuple(each for entry in case.entries for each in _passages(entry) if each.text)


def _passages(entry: Entry[Payload]) -> Iterator[Passage]:
    payload = entry.payload
    if payload is None:
        return
    if isinstance(payload, Report | Message | Reply) or payload.kind == "note":
        yield Passage(entry.id, entry.chain, entry.seq, "", "", text_of(entry))
    if isinstance(payload, Report):
        for each in payload.answers:
            label = find_question(each.question).label
            yield Passage(entry.id, entry.chain, entry.seq, each.question, label, each.answer)


def spot_of(mark: Mark) -> Spot:
    """The place a mark is at."""
    return (mark.entry, mark.question, mark.start, mark.end)


def decided(case: OpenCase) -> dict[Spot, Mark]:
    """The newest word about each place, those that were taken back too.

    Only what stands there counts: a mark of other words than the text's is of no text here.
    """
    texts = {(each.entry, each.question): each.text for each in passages_of(case)}
    found: dict[Spot, Mark] = {}
    for _, piece in pieces(records_of(case), Marks):
        for mark in piece.marks:
            text = texts.get((mark.entry, mark.question), "")
            if text[mark.start : mark.end] == mark.said:
                found[spot_of(mark)] = mark
    return found


def accepted(case: OpenCase) -> tuple[Mark, ...]:
    """The marks that hold, in the order of their places."""
    holding = [each for each in decided(case).values() if not each.dropped]
    order = {each.id: number for number, each in enumerate(case.entries)}
    return tuple(
        sorted(holding, key=lambda each: (order.get(each.entry, 0), each.question, each.start))
    )


def names_of(case: OpenCase) -> frozenset[tuple[str, str]]:
    """Kind and normal form of all that is marked in a case."""
    return frozenset((each.kind.value, each.normal) for each in accepted(case))
