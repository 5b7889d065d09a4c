"""A case's log for people and, as JSON, for programs (docs/schemas/inbox-history.json)."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

from crypto.envelope import Chain
from crypto.keys import fingerprint
from dropbox.client.terminal import visible_line
from inbox_ui import words
from inbox_ui.history import Gone, History, Person, Step, Told

# -- for people ---------------------------------------------------------------------------------


def history_text(name: str, history: History) -> str:
    """The log of a case: a line for each entry, and under it what is wrong with it."""
    lines = [words.HISTORY.format(name=name, count=len(history.steps)), words.DAYS, ""]
    return "\n".join([*lines, *history_lines(history)])


def history_lines(history: History) -> Iterator[str]:
    """The entries, and who has erased the case's keys."""
    if not history.steps:
        yield words.NO_HISTORY
    for step in history.steps:
        yield from _step_lines(step)
    for gone in history.erased:
        who = name_of(gone.who)
        yield words.GONE_KEY.format(who=who, number=gone.number, day=gone.day)


def _step_lines(step: Step) -> Iterator[str]:
    if step.id is None:
        yield words.STEPS_MISSING.format(first=step.seq, last=step.last)
        yield f"  ! {words.reason(step.problem)}"
        return
    what = say(step) if step.kind is not None else words.NOT_PROVED
    line = words.STEP.format(seq=step.seq, day=step.day, what=what)
    yield f"{line} {words.WAITS}" if step.waits else line
    for each in (step.problem, *step.faults):
        if each:
            yield f"  ! {words.reason(each)}"


def say(step: Step) -> str:
    """Who did what, in one line. For a step whose entry verifies."""
    kind = step.kind or ""
    if kind == "held" and step.until is None:
        kind = "unheld"
    if kind == "contact-released" and not step.released:
        kind = "contact-refused"
    what = words.DONE[kind].format(
        told=_told(step.told),
        handlers=names(step.handlers),
        number=step.number,
        reason=words.CONCLUSIONS[step.reason] if step.reason is not None else "",
        until=step.until,
        work=step.work or "",
    )
    who = name_of(step.who) if step.who is not None else ""
    return words.BY.format(who=who, what=what)


def _told(told: Told | None) -> str:
    if told is None or told.seq is None:
        return words.TOLD_MISSING
    return words.TOLD.get(told.kind or "", words.TOLD_SEALED).format(seq=told.seq)


def names(people: tuple[Person, ...]) -> str:
    """Their labels, with commas between."""
    return ", ".join(map(name_of, people))


def name_of(who: Person) -> str:
    """The label, or the beginning of the fingerprint where no roster here knows it."""
    if who.label is None:
        return words.UNKNOWN_PERSON.format(fingerprint=fingerprint(who.id)[:8])
    return visible_line(who.label)


# -- for programs -------------------------------------------------------------------------------


def history_json(name: str, history: History) -> str:
    """The log of a case."""
    return json.dumps({"case": name, **log_json(history)})


def log_json(history: History) -> dict[str, Any]:
    """The members that a history and an export have in common."""
    return {
        "whole": history.is_whole,
        "entries": [_step_json(step) for step in history.steps],
        "erased": [gone_json(gone) for gone in history.erased],
    }


def _step_json(step: Step) -> dict[str, Any]:
    wrong = [each for each in (step.problem, *step.faults) if each]
    return {
        "seq": step.seq,
        "last": step.last,
        "id": b64(step.id) if step.id is not None else None,
        "day": str(step.day) if step.day is not None else None,
        "who": person_json(step.who) if step.who is not None else None,
        "kind": step.kind,
        "handlers": [person_json(each) for each in step.handlers],
        "number": step.number,
        "reason": step.reason,
        "until": str(step.until) if step.until is not None else None,
        "released": step.released,
        "work": step.work,
        "told": _told_json(step.told) if step.told is not None else None,
        "delivered": not step.waits,
        "problems": [{"what": str(each), "reason": words.reason(each)} for each in wrong],
    }


def _told_json(told: Told) -> dict[str, Any]:
    chain = words.CHAINS[Chain.TEAM]
    return {"chain": chain, "seq": told.seq, "id": b64(told.id), "kind": told.kind}


def gone_json(gone: Gone) -> dict[str, Any]:
    """Who has erased a key."""
    return {"who": person_json(gone.who), "number": gone.number, "day": str(gone.day)}


def person_json(who: Person) -> dict[str, Any]:
    """A person by label and fingerprint."""
    return {"label": who.label, "fingerprint": fingerprint(who.id)}


def b64(identifier: bytes) -> str:
    """An id as documents write it."""
    return urlsafe_b64encode(identifier).rstrip(b"=").decode("ascii")
