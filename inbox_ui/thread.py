"""What a case shows, entry by entry: the same for the terminal and for the pages.

What a reporter or the server wrote is in ``answers``, ``text`` and ``files`` as it came: whoever
shows it makes it harmless for the place where it is shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from crypto.analyst import files_of
from crypto.documents import (
    Answer,
    Concluded,
    ContactReleased,
    Held,
    Link,
    Message,
    Recorded,
    Reply,
    Report,
    Sealed,
)
from crypto.envelope import Chain
from crypto.files import FileManifest
from crypto.opening import Entry, Payload
from crypto.opening import State as EntryState
from dropbox.client.terminal import visible_line
from dropbox.site.forces import force_name
from dropbox.site.questions import QUESTIONS, Question, find_question
from inbox_ui import words
from inbox_ui.reading import OpenCase
from inbox_ui.summary import Summary, problem_of
from inbox_ui.work.described import describe, describe_among
from inbox_ui.work.records import records_of


@dataclass(frozen=True)
class Shown:
    """One envelope of a case, for a person.

    ``problem`` says why it is not shown, and is empty if it is. ``waits`` is set while the server
    does not have it, ``unread`` for one of the reporter's that is not acknowledged, ``seen`` for
    one of the team's that the reporter was shown before writing again. ``assurance`` says what to
    mind about how it was sealed; ``facts`` are further sentences of ours.
    """

    chain: Chain
    seq: int
    day: date
    kind: str | None
    heading: str
    waits: bool
    unread: bool
    seen: bool
    problem: str
    assurance: str
    facts: tuple[str, ...]
    answers: tuple[tuple[str, str], ...] = field(repr=False)
    text: str = field(repr=False)
    files: tuple[FileManifest, ...] = field(repr=False)


def thread_of(case: OpenCase, *, held: bool = False) -> tuple[Shown, ...]:
    """Every entry of ``case``, in the order in which they came.

    ``held`` by others: what the server keeps from us is not said to be gone.
    """
    seen = max((_seq(entry) for entry in case.file.of(Chain.REPORTER)), default=-1)
    gone = words.KEPT_BY_OTHERS if held else words.GONE
    told = describe_among(records_of(case))
    shown = ((entry, _show(entry, case, seen, gone)) for entry in case.entries)
    return tuple(
        replace(each, facts=(*each.facts, *told[entry.id])) if entry.id in told else each
        for entry, each in shown
    )


def _show(
    entry: Entry[Payload], case: OpenCase, seen: int, gone: Mapping[EntryState, str]
) -> Shown:
    payload = entry.payload
    there = payload is not None
    return Shown(
        chain=entry.chain,
        seq=entry.seq,
        day=entry.day,
        kind=payload.kind if payload is not None else None,
        heading=_heading(entry, gone),
        waits=entry.id in case.waiting,
        unread=there and entry.chain is Chain.REPORTER and entry.seq > case.file.acknowledged,
        seen=there and entry.chain is Chain.TEAM and entry.seq <= seen,
        problem="" if entry.problem is None else words.reason(problem_of(entry, case)),
        assurance=words.ASSURANCE.get(getattr(payload, "sealed", Sealed.ON_DEVICE), ""),
        facts=tuple(_facts(entry)),
        answers=_answers(payload),
        text=text_of(entry),
        files=files_of(entry),
    )


def _heading(entry: Entry[Payload], gone: Mapping[EntryState, str]) -> str:
    if entry.payload is not None:
        return words.HEADINGS[entry.payload.kind]
    return words.ERASED_STUB if entry.erased else gone[entry.state]


def _facts(entry: Entry[Payload]) -> Iterator[str]:
    payload = entry.payload
    if isinstance(payload, Report):
        yield from _report_facts(payload)
    if isinstance(payload, Report | Message | Reply):
        yield from _letter_facts(payload)
    if isinstance(payload, Concluded):
        reason = words.CONCLUSIONS[payload.reason]
        yield words.ENDED.format(reason=reason, day=payload.keep_until)
    if isinstance(payload, Held):
        until = payload.until
        yield words.HOLD_ENDS if until is None else words.HOLD_UNTIL.format(day=until)
    if isinstance(payload, ContactReleased):
        yield words.REFUSED_CONTACT if payload.half is None else words.RELEASED
    if isinstance(payload, Recorded):
        yield from describe(entry)
    if entry.chain is Chain.TEAM and (link := link_of(entry)) is not None:
        yield words.READ_UP_TO.format(number=link.seq)
    if entry.erased and payload is not None:
        yield words.ERASED


def _letter_facts(letter: Report | Message | Reply) -> Iterator[str]:
    if not isinstance(letter, Reply):
        if letter.files and not letter.text.strip():
            yield words.NO_TEXT
        if letter.contact is not None:
            yield words.CONTACT
    if letter.language != "en":
        yield words.LANGUAGE.format(language=visible_line(letter.language))


def _report_facts(report: Report) -> Iterator[str]:
    if report.categories:
        categories = ", ".join(words.CATEGORY_WORDS[each] for each in report.categories)
        yield words.CATEGORIES.format(categories=categories)
    if report.forces:
        yield words.FORCES.format(forces=", ".join(_names(report.forces)))


def _answers(payload: Payload | None) -> tuple[tuple[str, str], ...]:
    """Each question as it is asked, with its answer as it is read; in the order of the form."""
    answers = payload.answers if isinstance(payload, Report) else ()
    asked = sorted(((find_question(each.question), each) for each in answers), key=_place)
    return tuple((question.label, question.shown(each.answer)) for question, each in asked)


def _place(asked: tuple[Question, Answer]) -> int:
    question, _ = asked
    return QUESTIONS.index(question) if question in QUESTIONS else len(QUESTIONS)


def _names(forces: tuple[str, ...]) -> Iterator[str]:
    return (visible_line(force_name(each)) for each in forces)


def text_of(entry: Entry[Payload]) -> str:
    """The words of an entry; empty where its kind has none. Of casework :func:`describe` tells."""
    if isinstance(entry.payload, Report | Message | Reply):
        return entry.payload.text
    return "" if isinstance(entry.payload, Recorded) else entry.words or ""


def link_of(entry: Entry[Payload]) -> Link | None:
    """What an entry says its author has read: ``ack`` of the team, ``seen`` of the reporter."""
    link: Link | None = getattr(entry.payload, "ack", None) or getattr(entry.payload, "seen", None)
    return link


def wrong_lines(summary: Summary) -> Iterator[tuple[str, str]]:
    """What is wrong with a case: where (empty for the whole of it), and why."""
    for mark in (*summary.problems, *summary.alarms):
        seq = "?" if mark.seq is None else mark.seq
        yield f"{words.CHAINS[Chain(mark.chain)]} {seq}", words.reason(mark.what)
    if summary.unannounced:
        yield "", words.UNANNOUNCED.format(count=summary.unannounced)
    if summary.damaged:
        yield "", words.DAMAGED_ROWS.format(count=summary.damaged)


def _seq(entry: Entry[Payload]) -> int:
    link = link_of(entry)
    return -1 if link is None else link.seq
