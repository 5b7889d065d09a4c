"""A mailbox as a page shows it: the team's messages, what is wrong, and what was read of one's own.

Nothing of what was reported can be shown: the reporter's own chain does not open again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from crypto.chains import Alarm
from crypto.documents import Reply
from crypto.opening import State
from crypto.reporter import Conversation
from dropbox.report.words import ALARMS, OTHER_ALARM, OWN_CHAIN, TEAM_CHAIN
from dropbox.site.languages import Language


@dataclass(frozen=True)
class Shown:
    """One message of the team. ``number`` counts from 1; ``files`` are (name, bytes)."""

    number: int
    day: date
    kind: str
    state: str
    text: str = field(repr=False)
    language: str
    """Of the text, as ``lang`` has it; empty where there is none."""
    files: tuple[tuple[str, int], ...] = field(repr=False)
    deletable: bool


@dataclass(frozen=True)
class Mailbox:
    """Everything that a page shows of one."""

    messages: tuple[Shown, ...]
    own_days: tuple[date, ...]
    read: int
    """So many of one's own messages, from the first on, the team has read."""
    alarms: tuple[str, ...]
    contested: bool

    @property
    def deletable(self) -> tuple[Shown, ...]:
        """What can be deleted."""
        return tuple(each for each in self.messages if each.deletable)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing or not to be trusted."""
        states = {each.state for each in self.messages}
        return not self.alarms and not states & {State.MISSING.value, State.QUARANTINED.value}


def show(conversation: Conversation, language: Language) -> Mailbox:
    """The conversation, for a page in a language. Its texts are still as the team wrote them."""
    acks = [each.payload.ack for each in conversation.items if each.payload is not None]
    return Mailbox(
        tuple(_messages(conversation)),
        conversation.own_days,
        max((ack.seq + 1 for ack in acks if ack is not None), default=0),
        tuple(_alarms(TEAM_CHAIN, conversation.team_alarms, language))
        + tuple(_alarms(OWN_CHAIN, conversation.own_alarms, language)),
        conversation.contested,
    )


def _messages(conversation: Conversation) -> Iterator[Shown]:
    deletable = set(conversation.deletable)
    for entry in conversation.items:
        reply = entry.payload if isinstance(entry.payload, Reply) else None
        yield Shown(
            entry.seq + 1,
            entry.day,
            entry.payload.kind if entry.payload else "",
            entry.state.value,
            reply.text if reply else "",
            reply.language if reply else "",
            tuple((file.name, file.size) for file in reply.files) if reply else (),
            entry.id in deletable,
        )


def _alarms(chain: str, alarms: tuple[Alarm, ...], language: Language) -> Iterator[str]:
    for alarm in alarms:
        place = "?" if alarm.seq is None else alarm.seq + 1
        sentence = ALARMS.get(alarm.fault, OTHER_ALARM)
        yield language.say(sentence, chain=language.say(chain), place=place)
