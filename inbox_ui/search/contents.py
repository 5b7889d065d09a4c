"""What of a case is searched: what its page shows, and what was marked in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from crypto.documents import Report
from crypto.envelope import Chain
from inbox_ui.reading import OpenCase
from inbox_ui.search.likeness import sketch
from inbox_ui.search.plain import plain
from inbox_ui.summary import State, Summary
from inbox_ui.thread import Shown, thread_of
from inbox_ui.work.marking import normalise
from inbox_ui.work.marks import names_of
from inbox_ui.work.pieces import Marks
from inbox_ui.work.records import pieces, records_of


@dataclass(frozen=True)
class Text:
    """The words of one entry, as they are searched. ``day`` is the server's word."""

    chain: int
    seq: int
    day: str
    kind: str
    words: str = field(repr=False)


@dataclass(frozen=True)
class Contents:
    """One case. ``names`` are its accepted marks, kind and normal form; ``story`` is its first
    report, and ``sketch`` that of ``likeness``."""

    texts: tuple[Text, ...] = field(repr=False)
    names: frozenset[tuple[str, str]] = field(repr=False)
    story: str = field(repr=False)
    sketch: tuple[int, ...]


def is_readable(summary: Summary) -> bool:
    """Whether a case may be searched by whose workstation it is: nobody else has it, and no
    declared interest hides it."""
    return not summary.hidden and summary.state != State.LOCKED


def state_of(summary: Summary) -> str:
    """What the contents of a case depend on: another case, something that arrived, or another
    verdict over an entry makes it another."""
    wrong = [(each.chain, each.seq, each.what) for each in summary.problems]
    return f"{summary.name[:8]} {summary.changed} {wrong or ''}"


def contents_of(case: OpenCase) -> Contents:
    """What is searched of ``case``; what is quarantined is not."""
    story = _story(case)
    return Contents(tuple(_texts(case)), names_of(case), story, sketch(story))


def _texts(case: OpenCase) -> Iterator[Text]:
    marks = {record.seq: piece for record, piece in pieces(records_of(case), Marks)}
    for shown in thread_of(case):
        piece = marks.get(shown.seq) if shown.chain is Chain.CASE else None
        words = plain("\n".join(_said(shown) if piece is None else _corrected(piece)))
        if words and shown.kind is not None and not shown.problem:
            yield Text(shown.chain, shown.seq, str(shown.day), shown.kind, words)


def _said(shown: Shown) -> Iterator[str]:
    yield shown.text
    for _, answer in shown.answers:
        yield answer
    yield from shown.facts
    for file in shown.files:
        yield file.name


def _corrected(piece: Marks) -> Iterator[str]:
    """The forms that an analyst gave what is marked. Its words are found where they stand."""
    for each in piece.marks:
        if not each.dropped and each.normal != normalise(each.kind, each.said):
            yield each.normal


def _story(case: OpenCase) -> str:
    for entry in case.file.of(Chain.REPORTER):
        if isinstance(entry.payload, Report):
            return plain(entry.payload.text)
    return ""
