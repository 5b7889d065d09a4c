"""The roster for people and, as JSON, for programs (docs/schemas/inbox-roster.json)."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from crypto.certificates import CertificateRole, read_certificate
from crypto.directory import Directory
from crypto.roster import Member, Roster
from dropbox.client.terminal import visible_line
from inbox_ui import people_words


def certificate_ends(member: Member, directory: Directory) -> date:
    """The last day of a member's certificate."""
    root = directory.root_card
    certificate = read_certificate(
        member.certificate, CertificateRole.ANALYST, root.id, root.sign, directory.service
    )
    return certificate.not_after or date.max


def roster_text(roster: Roster | None, directory: Directory) -> str:
    """One line a member, by label, then who left."""
    if roster is None:
        return people_words.NO_ROSTER
    return "\n".join(_lines(roster, directory))


def _lines(roster: Roster, directory: Directory) -> Iterator[str]:
    yield people_words.ROSTER_HEAD.format(seq=roster.seq, day=roster.expires)
    rows = [people_words.MEMBER_HEAD, *(_cells(each, directory) for each in _by_label(roster))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()
    if roster.former:
        yield people_words.FORMER_HEAD
    for each in roster.former:
        line = people_words.FORMER.format(label=visible_line(each.label), day=each.day)
        yield line + (people_words.LOST if each.lost else "")


def _cells(member: Member, directory: Directory) -> tuple[str, ...]:
    state = people_words.SUSPENDED if member.suspended else people_words.INTAKE[member.intake]
    return (
        visible_line(member.label),
        people_words.list_duties(member.duties),
        state,
        str(certificate_ends(member, directory)),
        people_words.spell(member.subject.fingerprint),
    )


def _by_label(roster: Roster) -> list[Member]:
    return sorted(roster.members, key=lambda each: each.label)


def roster_json(roster: Roster | None, directory: Directory) -> str:
    """The same for programs; ``null`` where there is none."""
    if roster is None:
        return json.dumps(None)
    found = {
        "number": roster.seq,
        "issued": str(roster.issued),
        "expires": str(roster.expires),
        "members": [_member_json(each, directory) for each in _by_label(roster)],
        "former": [
            {"label": each.label, "day": str(each.day), "lost": each.lost} for each in roster.former
        ],
    }
    return json.dumps(found)


def _member_json(member: Member, directory: Directory) -> dict[str, Any]:
    return {
        "label": member.label,
        "fingerprint": member.subject.fingerprint,
        "duties": [each.value for each in member.duties],
        "intake": member.intake,
        "suspended": member.suspended,
        "certificate_ends": str(certificate_ends(member, directory)),
    }
