"""What an export proves, for people and for programs (docs/schemas/inbox-verify-export.json)."""

import json
from typing import Any

from crypto.chains import Alarm
from crypto.envelope import Chain
from crypto.export import Verified
from crypto.keys import fingerprint
from inbox_ui import words
from inbox_ui.exporting import history_of_export
from inbox_ui.history import Person, person
from inbox_ui.history_shown import b64, history_lines, log_json, name_of, names, person_json


def export_text(verified: Verified) -> str:
    """The log, entry by entry, then what is wrong beside it, then what all of it proves."""
    statement, roster = verified.statement, verified.roster
    lines = [
        words.EXPORT_BY.format(who=name_of(_exporter(verified)), day=statement.day),
        words.EXPORT_UNDER.format(
            directory=verified.directory.seq, roster=roster.seq, issued=roster.issued
        ),
        words.EXPORT_COUNTS.format(**_counts(verified)),
    ]
    if verified.handling.handlers:
        lines.append(words.EXPORT_HANDLERS.format(handlers=names(_handlers(verified))))
    lines += ["", *history_lines(history_of_export(verified))]
    if not verified.is_whole:
        lines += ["", words.EXPORT_WRONG, *map(_alarm_line, verified.alarms)]
        if verified.unannounced:
            lines.append("  ! " + words.UNANNOUNCED.format(count=len(verified.unannounced)))
    proves = [words.EXPORT_PROVES] if verified.is_whole else []
    return "\n".join([*lines, "", *proves, words.EXPORT_LEAVES])


def _alarm_line(found: tuple[Chain, Alarm]) -> str:
    chain, alarm = found
    place = f"{words.CHAINS[chain]} {alarm.seq}"
    return words.PROBLEM.format(place=place, reason=words.reason(alarm.fault))


def _counts(verified: Verified) -> dict[str, int]:
    return {words.CHAINS[each]: len(verified.chains[each].entries) for each in Chain}


def _exporter(verified: Verified) -> Person:
    return person(verified.statement.exporter, verified.roster)


def _handlers(verified: Verified) -> tuple[Person, ...]:
    people = (person(each, verified.roster) for each in verified.handling.handlers)
    return tuple(sorted(people, key=lambda each: (each.label or "", each.id)))


def export_json(verified: Verified) -> str:
    """What was verified, in one line."""
    found: dict[str, Any] = {
        "root": fingerprint(verified.directory.service),
        "mailbox": b64(verified.statement.mailbox),
        "exporter": person_json(_exporter(verified)),
        "day": str(verified.statement.day),
        "directory": verified.directory.seq,
        "roster": verified.roster.seq,
        "counts": _counts(verified),
        "handlers": [person_json(each) for each in _handlers(verified)],
        "alarms": [
            {
                "chain": words.CHAINS[chain],
                "seq": alarm.seq,
                "what": alarm.fault,
                "reason": words.reason(alarm.fault),
            }
            for chain, alarm in verified.alarms
        ],
        "unannounced": [b64(each) for each in verified.unannounced],
    }
    log = log_json(history_of_export(verified))
    return json.dumps({**found, **log, "whole": verified.is_whole})
