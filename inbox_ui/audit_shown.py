"""An audit for people, on a page, and for programs (docs/schemas/inbox-audit.json)."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from crypto.envelope import Chain
from crypto.keys import fingerprint
from inbox_ui import words
from inbox_ui.access import Key, Readers, Span
from inbox_ui.audit import Audit, CaseAudit
from inbox_ui.findings import Finding, Paper
from inbox_ui.history_shown import b64, gone_json, name_of, names, person_json
from inbox_ui.summary import Mark

_READ = {
    Key.INTAKE: words.READ_INTAKE,
    Key.CASE: words.READ_CASE,
    Key.CONTACT: words.READ_CONTACT,
}
_COUNTED = {
    "directories": Paper.DIRECTORY,
    "rosters": Paper.ROSTER,
    "receiving": Paper.RECEIVING,
    "grants": Paper.GRANT,
    "erasures": Paper.ERASURE,
}

# -- for people ---------------------------------------------------------------------------------


def audit_text(audit: Audit, service: bytes, today: date) -> str:
    """What is wrong first, then what is not known, then who could read what."""
    lines = [*head_lines(audit, service, today)]
    wrong, unknown = [*wrong_lines(audit)], [*unverified_lines(audit)]
    lines += ["", *([words.AUDIT_WRONG, *wrong] if wrong else [words.AUDIT_WHOLE])]
    lines += ["", *([words.AUDIT_UNVERIFIED, *unknown] if unknown else [words.AUDIT_ALL])]
    if audit.cases:
        lines += ["", words.AUDIT_READERS]
    for case in audit.cases:
        lines += ["", *case_lines(case)]
    return "\n".join(lines)


def head_lines(audit: Audit, service: bytes, today: date) -> Iterator[str]:
    """Whose audit it is, and how much was verified: two lines."""
    yield words.AUDIT.format(fingerprint=fingerprint(service), day=today)
    yield words.AUDIT_CHECKED.format(**_counts(audit), cases=len(audit.cases))


def _counts(audit: Audit) -> dict[str, int]:
    papers = {name: audit.trail.checked.get(paper, 0) for name, paper in _COUNTED.items()}
    return {**papers, "entries": sum(case.verified for case in audit.cases)}


def wrong_lines(audit: Audit) -> Iterator[str]:
    """A line for each thing that is wrong."""
    yield from map(_paper_line, audit.trail.problems)
    for case in audit.cases:
        for mark in case.problems:
            seq = "?" if mark.seq is None else mark.seq
            place = f"{words.CHAINS[Chain(mark.chain)]} {seq}"
            reason = words.reason(mark.what)
            yield words.CASE_PLACE.format(name=case.name, place=place, reason=reason)
        if case.unannounced:
            reason = words.UNANNOUNCED.format(count=case.unannounced)
            yield words.CASE_WHOLE.format(name=case.name, reason=reason)
        if case.damaged:
            reason = words.DAMAGED_ROWS.format(count=case.damaged)
            yield words.CASE_WHOLE.format(name=case.name, reason=reason)


def unverified_lines(audit: Audit) -> Iterator[str]:
    """A line for each thing that could not be verified."""
    yield from map(_paper_line, audit.trail.unverified)
    for case in audit.cases:
        for chain, count in case.hidden.items():
            name = words.CHAINS[chain]
            yield words.CASE_HIDDEN.format(name=case.name, chain=name, count=count)


def _paper_line(finding: Finding) -> str:
    place = "" if finding.first is None else str(finding.first)
    if finding.last != finding.first:
        place = words.PAPER_PLACES.format(first=finding.first, last=finding.last)
    reason = words.PAPER_REASONS.get(finding.what) or words.reason(finding.what)
    line = words.PAPER.format(paper=words.PAPERS[finding.paper], place=place, reason=reason)
    return line.replace(" :", ":")


def case_lines(case: CaseAudit) -> Iterator[str]:
    """How much there is of a case, then a line for everybody who could read it."""
    counts = {words.CHAINS[chain]: count for chain, count in case.counts.items()}
    yield words.CASE_COUNTS.format(name=case.name, **counts)
    for each in case.readers:
        yield _READ[each.key].format(
            number=each.number,
            days=_days(each.span),
            entries=_entries(each.span),
            people=names(each.people) or words.READ_NOBODY,
            by=name_of(each.by) if each.by is not None else "",
        )
        for gone in each.erased:
            yield words.READ_ERASED.format(who=name_of(gone.who), day=gone.day)


def _days(span: Span) -> str:
    return words.READ_DAYS.format(
        since=span.since or words.READ_START, until=span.until or words.READ_NOW
    )


def _entries(span: Span) -> str:
    last = words.READ_NOW if span.last is None else span.last
    return words.READ_ENTRIES.format(first=span.first, last=last)


# -- for programs -------------------------------------------------------------------------------


def audit_json(audit: Audit, service: bytes, today: date) -> str:
    """The whole of it, in one line."""
    return json.dumps(
        {
            "root": fingerprint(service),
            "day": str(today),
            "whole": audit.is_whole,
            "verified": _counts(audit),
            "problems": [_finding_json(each) for each in audit.trail.problems],
            "unverified": [_finding_json(each) for each in audit.trail.unverified],
            "cases": [_case_json(case) for case in audit.cases],
        }
    )


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "paper": finding.paper,
        "first": finding.first,
        "last": finding.last,
        "what": finding.what,
        "reason": words.PAPER_REASONS.get(finding.what) or words.reason(finding.what),
    }


def _case_json(case: CaseAudit) -> dict[str, Any]:
    return {
        "case": case.name,
        "whole": case.is_whole,
        "counts": {words.CHAINS[chain]: count for chain, count in case.counts.items()},
        "verified": case.verified,
        "hidden": {words.CHAINS[chain]: case.hidden.get(chain, 0) for chain in Chain},
        "problems": [_mark_json(mark) for mark in case.problems],
        "unannounced": case.unannounced,
        "damaged": case.damaged,
        "readers": [_readers_json(each) for each in case.readers],
    }


def _mark_json(mark: Mark) -> dict[str, Any]:
    return {
        "chain": words.CHAINS[Chain(mark.chain)],
        "seq": mark.seq,
        "what": mark.what,
        "reason": words.reason(mark.what),
    }


def _readers_json(readers: Readers) -> dict[str, Any]:
    span = readers.span
    return {
        "key": readers.key,
        "number": readers.number,
        "group": b64(readers.group),
        "first": span.first,
        "last": span.last,
        "since": str(span.since) if span.since is not None else None,
        "until": str(span.until) if span.until is not None else None,
        "people": [person_json(each) for each in readers.people],
        "by": person_json(readers.by) if readers.by is not None else None,
        "erased": [gone_json(gone) for gone in readers.erased],
    }
