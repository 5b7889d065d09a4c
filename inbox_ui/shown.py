"""Cases for people and, as JSON, for programs (docs/schemas/inbox-*.json).

Everything a reporter or the server wrote is escaped for the terminal; in JSON everything beyond
ASCII is escaped by the encoder, so that it is exact and harmless at once.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from crypto.analyst import files_of
from crypto.documents import Answer, Conclusion, Link
from crypto.envelope import Chain
from crypto.files import FileManifest
from crypto.opening import Entry, Payload
from crypto.roster import Roster
from dropbox.client.terminal import visible, visible_line
from inbox_ui import words
from inbox_ui.reading import OpenCase
from inbox_ui.signing import Comparison
from inbox_ui.summary import Mark, State, Summary, problem_of, with_casework
from inbox_ui.thread import Shown, link_of, text_of, thread_of, wrong_lines
from inbox_ui.work import words as case_words
from inbox_ui.work.clocks import Promise, Timing, timing
from inbox_ui.work.pieces import Stage
from inbox_ui.work.pool import few_know

Waiting = Mapping[int, int]
"""How many items of each mailbox wait in the outbox."""

# -- the list -----------------------------------------------------------------------------------


def list_text(
    cases: Sequence[Summary],
    waiting: Waiting,
    roster: Roster | None = None,
    hidden: int = 0,
    today: date | None = None,
) -> str:
    """The list for people: one line a case, and under it what is wrong with it.

    ``roster`` has the labels of handlers; ``hidden`` cases are only counted. With ``today``, what
    is due is said.
    """
    more = [words.HIDDEN.format(count=hidden)] if hidden else []
    if not cases:
        return "\n".join([words.NO_CASES, *more])
    lines = [line for lines in _list_lines(cases, waiting, roster, today) for line in lines]
    return "\n".join([*lines, *more])


def due_text(cases: Sequence[Summary]) -> str:
    """The cases that are due to be purged, and why each ended."""
    return "\n".join(f"{each.name}  {_ended(each)}" for each in cases)


def _list_lines(
    cases: Sequence[Summary], waiting: Waiting, roster: Roster | None, today: date | None
) -> Iterator[list[str]]:
    letters = max(8, *(len(each.name) for each in cases))
    row = f"{{:{letters}}}  {{:22}}  {{:>6}}  {{:10}}  {{:>8}}"
    yield [row.format(*words.LIST_HEAD)]
    for each in cases:
        state = words.STATES[State(each.state)]
        line = row.format(each.name, state, each.unread, each.last_day, each.messages)
        if each.withdrawn:
            line += "  " + words.WITHDRAWN
        for fact in (*_casework(each, today), *whose(each, roster)):
            line += "  " + fact
        if each.mailbox in waiting:
            line += "  " + words.PENDING_COUNT.format(count=waiting[each.mailbox])
        yield [line, *_wrong_lines(each)]
    yield [words.DAYS]


def whose(summary: Summary, roster: Roster | None) -> Iterator[str]:
    """Who has a case, by the labels of ``roster``, and how long it is kept."""
    if summary.handlers:
        names = sorted(_label(each, roster) for each in summary.handled_by)
        yield words.HANDLERS.format(names=", ".join(names))
        if is_left_alone(summary, roster):
            yield words.LEFT_ALONE
    elif summary.state == State.LOCKED:
        yield words.SAYS_SERVER
    if summary.ended:
        yield _ended(summary)
    if summary.hold:
        yield words.ON_HOLD.format(day=summary.hold)


def is_left_alone(summary: Summary, roster: Roster | None) -> bool:
    """Whether a case is assigned, not concluded, and none of its handlers may read any more."""
    if roster is None or not summary.handlers or summary.ended:
        return False
    return roster.readers.isdisjoint(summary.handled_by)


def due_lines(
    summary: Summary, today: date, *, all_of_it: bool = False
) -> Iterator[tuple[str, bool]]:
    """What is due soon or late of a case, or with ``all_of_it`` everything: a sentence, and whether
    it is late."""
    days = (summary.read_by, summary.acknowledge_by, summary.feed_back_by)
    for promise, day in zip(Promise, days, strict=True):
        if day:
            how = timing(promise, date.fromisoformat(day), today)
            if all_of_it or how is not Timing.IN_TIME:
                what = case_words.PROMISES[promise].format(day=day)
                yield f"{case_words.TIMINGS[how].capitalize()}: {what}", how is Timing.LATE


def _casework(summary: Summary, today: date | None) -> Iterator[str]:
    """What the list says of the casework of a case: a risk to life first."""
    if summary.risk:
        yield case_words.RISKS[summary.risk].upper()
    if summary.stage and not summary.ended:
        yield case_words.STAGE_NAMES[Stage(summary.stage)]
    if summary.came_since and not summary.ended:
        yield case_words.CAME_SINCE
    if today is not None:
        yield from (line for line, _ in due_lines(summary, today))


def _ended(summary: Summary) -> str:
    reason = words.CONCLUSIONS[Conclusion(summary.ended)]
    return words.ENDED.format(reason=reason, day=summary.keep_until)


def _label(analyst: bytes, roster: Roster | None) -> str:
    label = roster.label(analyst) if roster is not None else None
    return visible_line(label) if label is not None else words.UNKNOWN_HANDLER


def _wrong_lines(summary: Summary) -> list[str]:
    return [
        words.PROBLEM.format(place=place, reason=reason) if place else f"  ! {reason}"
        for place, reason in wrong_lines(summary)
    ]


def list_json(cases: Sequence[Summary], waiting: Waiting) -> str:
    """The list for programs."""
    return json.dumps([_summary_json(each, waiting.get(each.mailbox, 0)) for each in cases])


def _summary_json(summary: Summary, waiting: int) -> dict[str, Any]:
    return {
        "case": summary.name,
        "state": summary.state,
        "unread": summary.unread,
        "last_day": summary.last_day or None,
        "messages": summary.messages,
        "waiting": waiting,
        "contact_withdrawn": summary.withdrawn,
        "handlers": summary.handlers.split(",") if summary.handlers else [],
        "concluded": summary.ended or None,
        "keep_until": summary.keep_until or None,
        "hold": summary.hold or None,
        "stage": summary.stage or None,
        "risk": summary.risk or None,
        "came_since": summary.came_since,
        "read_by": summary.read_by or None,
        "acknowledge_by": summary.acknowledge_by or None,
        "feed_back_by": summary.feed_back_by or None,
        "whole": summary.is_whole,
        "problems": [_mark_json(mark) for mark in summary.problems],
        "alarms": [_mark_json(mark) for mark in summary.alarms],
        "unannounced": summary.unannounced,
        "damaged": summary.damaged,
    }


def _mark_json(mark: Mark) -> dict[str, Any]:
    return {
        "chain": words.CHAINS[Chain(mark.chain)],
        "seq": mark.seq,
        "what": mark.what,
        "reason": words.reason(mark.what),
    }


# -- one case -----------------------------------------------------------------------------------


def case_text(
    summary: Summary, case: OpenCase, roster: Roster | None = None, today: date | None = None
) -> str:
    """A case for people, in the order in which it came. With ``today``, what is due is said."""
    return "\n".join(_case_lines(summary, case, roster, today))


def _case_lines(
    summary: Summary, case: OpenCase, roster: Roster | None, today: date | None
) -> Iterator[str]:
    state = words.STATES[State(summary.state)]
    yield words.CASE.format(name=summary.name, state=state, unread=summary.unread)
    yield from _casework(with_casework(summary, case), today)
    if few_know(case):
        yield case_words.FEW_KNOW
    yield from whose(summary, roster)
    yield words.DAYS
    yield from _wrong_lines(summary)
    for entry in thread_of(case, held=summary.state == State.LOCKED):
        yield ""
        yield from _entry_lines(entry)


def _entry_lines(entry: Shown) -> Iterator[str]:
    chain, heading = words.CHAINS[entry.chain], entry.heading
    line = words.ENTRY.format(chain=chain, seq=entry.seq, day=entry.day, heading=heading)
    yield f"{line} {words.WAITS}" if entry.waits else line
    if entry.problem:
        yield entry.problem
        return
    if entry.assurance:
        yield entry.assurance
    yield from map(visible, entry.facts)
    for question, answer in entry.answers:
        yield words.ANSWER.format(question=visible_line(question), answer=visible(answer))
    if entry.text:
        yield visible(entry.text)
    for number, file in enumerate(entry.files, 1):
        name = visible_line(file.name)
        yield words.FILE.format(number=number, name=name, size=file.size)


def case_json(summary: Summary, case: OpenCase) -> str:
    """A case for programs."""
    waiting = sum(entry.id in case.waiting for entry in case.file.entries)
    return json.dumps(
        {
            **_summary_json(with_casework(summary, case), waiting),
            "messages": [_entry_json(entry, case) for entry in case.entries],
        }
    )


def _entry_json(entry: Entry[Payload], case: OpenCase) -> dict[str, Any]:
    payload, problem = entry.payload, entry.problem
    mark = Mark(entry.chain, entry.seq, problem_of(entry, case)) if problem is not None else None
    return {
        "chain": words.CHAINS[entry.chain],
        "seq": entry.seq,
        "id": _name(entry.id),
        "kind": payload.kind if payload is not None else None,
        "state": entry.state.value,
        "deleted_by_reporter": entry.erased,
        "day": str(entry.day),
        "text": text_of(entry),
        "language": getattr(payload, "language", None),
        "sealed": getattr(payload, "sealed", None),
        "categories": [str(each) for each in getattr(payload, "categories", ())],
        "forces": list(getattr(payload, "forces", ())),
        "answers": [_answer_json(each) for each in getattr(payload, "answers", ())],
        "contact": getattr(payload, "contact", None) is not None,
        "files": [_file_json(file) for file in files_of(entry)],
        "ack": _link_json(link_of(entry)),
        "delivered": entry.id not in case.waiting,
        "problem": _mark_json(mark) if mark is not None else None,
    }


def _answer_json(answer: Answer) -> dict[str, Any]:
    return {"question": answer.question, "answer": answer.answer}


def _file_json(file: FileManifest) -> dict[str, Any]:
    return {"name": file.name, "type": file.type, "size": file.size}


def _link_json(link: Link | None) -> dict[str, Any] | None:
    return {"seq": link.seq, "id": _name(link.id)} if link is not None else None


def _name(identifier: bytes) -> str:
    return urlsafe_b64encode(identifier).rstrip(b"=").decode("ascii")


# -- the site -----------------------------------------------------------------------------------


def site_text(compared: Comparison) -> str:
    """What a publisher is told of the pages before anything is asked."""
    if compared.is_signed:
        return words.SITE_SAME
    if compared.differing is None:
        return words.SITE_NEW.format(count=len(compared.built.files))
    if not compared.differing:
        return words.SITE_POLICY
    return "\n".join([words.SITE_DIFFERS, *(f"  {path}" for path in compared.differing)])
