"""What ``check`` found: for people, and as JSON (docs/schemas/report-check.json).

Everything the team or the server wrote is escaped for the terminal; in JSON everything beyond
ASCII is escaped by the encoder.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crypto.chains import Alarm
from crypto.directory import Directory
from crypto.documents import Deleted, Link, Reply, TeamPayload
from crypto.files import FileManifest
from crypto.opening import Entry, State
from crypto.reporter import Conversation
from dropbox.client.terminal import visible, visible_line
from dropbox.report import words


@dataclass(frozen=True)
class Found:
    """A mailbox that was read. ``saved``: file id → where its file lies now."""

    conversation: Conversation
    directory: Directory
    expired: bool
    saved: Mapping[bytes, Path] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing, doubled, broken or not to be trusted."""
        states = {item.state for item in self.conversation.items}
        return not self.has_alarms and not states & {State.MISSING, State.QUARANTINED}

    @property
    def has_alarms(self) -> bool:
        """Whether something is wrong with a chain, whatever its messages say."""
        return bool(self.conversation.team_alarms or self.conversation.own_alarms)


def files_of(item: Entry[TeamPayload]) -> tuple[FileManifest, ...]:
    """The files of one of the team's messages."""
    return item.payload.files if isinstance(item.payload, Reply) else ()


# -- for people ---------------------------------------------------------------------------------


def as_text(found: Found) -> str:
    """What a person reads."""
    return "\n".join(_lines(found))


def _lines(found: Found) -> Iterator[str]:
    conversation = found.conversation
    yield visible_line(found.directory.name)
    days = ", ".join(map(str, conversation.own_days))
    yield words.OWN.format(count=len(conversation.own_days), days=days)
    yield words.DAYS_ARE_THE_SERVERS
    if found.expired:
        yield words.DIRECTORY_EXPIRED.format(day=found.directory.last_day)
        if conversation.case_card is None:  # else it is sealed to the group that has the case
            yield words.NO_REPLY_EITHER
    if not conversation.items:
        yield ""
        yield words.NO_MESSAGES
    for item in conversation.items:
        yield ""
        yield from _item_lines(item, found.saved)
    alarms = [*_alarm_lines(conversation)]
    if alarms:
        yield ""
        yield from alarms


def _item_lines(item: Entry[TeamPayload], saved: Mapping[bytes, Path]) -> Iterator[str]:
    if item.payload is None:
        problem = item.problem.sentence if item.problem else ""
        sentence = {State.DELETED: words.DELETED, State.MISSING: words.MISSING}
        line = sentence.get(item.state, words.QUARANTINED)
        yield line.format(day=item.day, problem=problem)
        return
    yield words.HEADINGS[item.payload.kind].format(day=item.day)
    if isinstance(item.payload, Reply):
        yield visible(item.payload.text)
    for file in files_of(item):
        yield words.FILE.format(name=visible_line(file.name), size=file.size)
        if file.id in saved:
            yield words.SAVED.format(path=visible_line(str(saved[file.id])))
    if item.payload.ack is not None:
        yield words.ACKNOWLEDGED.format(number=item.payload.ack.seq + 1)


def _alarm_lines(conversation: Conversation) -> Iterator[str]:
    for chain, alarms in (
        (words.TEAM_CHAIN, conversation.team_alarms),
        (words.OWN_CHAIN, conversation.own_alarms),
    ):
        for alarm in alarms:
            place = "?" if alarm.seq is None else alarm.seq + 1
            yield words.ALARMS.get(alarm.fault, words.OTHER_ALARM).format(chain=chain, place=place)


# -- for programs -------------------------------------------------------------------------------


def as_json(found: Found) -> str:
    """One line of JSON, ASCII only."""
    conversation = found.conversation
    return json.dumps(
        {
            "team": found.directory.name,
            "directory": {"expires": str(found.directory.last_day), "valid": not found.expired},
            "own_days": [str(day) for day in conversation.own_days],
            "messages": [_message_json(item, found.saved) for item in conversation.items],
            "alarms": [
                *(_alarm_json("team", alarm) for alarm in conversation.team_alarms),
                *(_alarm_json("own", alarm) for alarm in conversation.own_alarms),
            ],
            "whole": found.is_whole,
        },
        ensure_ascii=True,
    )


def _message_json(item: Entry[TeamPayload], saved: Mapping[bytes, Path]) -> dict[str, Any]:
    payload = item.payload
    return {
        "seq": item.seq,
        "id": _name(item.id),
        "state": item.state.value,
        "kind": payload.kind if payload else None,
        "day": str(item.day),
        "text": payload.text if isinstance(payload, Reply) else None,
        "language": payload.language if isinstance(payload, Reply) else None,
        "files": [_file_json(file, saved) for file in files_of(item)],
        "deletes": [_name(each) for each in payload.ids] if isinstance(payload, Deleted) else [],
        "ack": _link_json(payload.ack) if payload else None,
        "problem": item.problem.sentence if item.problem else None,
    }


def _file_json(file: FileManifest, saved: Mapping[bytes, Path]) -> dict[str, Any]:
    path = str(saved[file.id].absolute()) if file.id in saved else None
    return {"name": file.name, "type": file.type, "size": file.size, "saved": path}


def _link_json(link: Link | None) -> dict[str, Any] | None:
    return None if link is None else {"seq": link.seq, "id": _name(link.id)}


def _alarm_json(chain: str, alarm: Alarm) -> dict[str, Any]:
    return {"chain": chain, "fault": alarm.fault.value, "seq": alarm.seq}


def _name(identifier: bytes) -> str:
    return urlsafe_b64encode(identifier).rstrip(b"=").decode("ascii")
