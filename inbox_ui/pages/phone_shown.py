"""What the pages of a telephone call show, made anew from the call for each answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from crypto.documents import Receipt, Reply, TeamPayload
from crypto.opening import Entry, State
from crypto.reporter import Conversation
from dropbox.site.builder import service_of
from dropbox.site.forces import offered_forces
from dropbox.site.languages import find_language, read_languages
from dropbox.site.questions import (
    ABOUT,
    ACCOUNT,
    DANGER,
    FORCE,
    HOW_MANY,
    LANGUAGE,
    SECOND_FORCE,
    TOPIC,
    TRACK,
    Question,
)
from inbox_ui.pages.phone_call import PhoneCall
from inbox_ui.station import Station
from inbox_ui.words import ALARMS, OTHER_PROBLEM
from inbox_ui.work import phone_words as words
from inbox_ui.work.sounds import sound_alikes, spell_out
from inbox_ui.work.spoken import Sentence, sentences
from inbox_ui.work.telephone import answer_language


@dataclass(frozen=True)
class Word:
    """One of the seven: its place, how it is spelled, and what of the list sounds like it."""

    place: int
    word: str = field(repr=False)
    spelled: tuple[str, ...] = field(repr=False)
    alikes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Message:
    """One message of the team, in words."""

    heading: str
    text: str = field(repr=False)
    language: str
    files: int


@dataclass(frozen=True)
class Asked:
    """What is asked, in the order of a report: the same data as on the reporters' pages."""

    danger: Question = DANGER
    account: Question = ACCOUNT
    topic: Question = TOPIC
    about: tuple[Question, ...] = ABOUT
    how_many: Question = HOW_MANY
    track: Question = TRACK
    answer_in: Question = LANGUAGE
    which_forces: tuple[Question, ...] = (FORCE, SECOND_FORCE)
    forces: tuple[tuple[str, str], ...] = ()
    languages: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Shown:
    """A call, as a page shows it."""

    call: PhoneCall = field(repr=False)
    asked: Asked
    most: int
    answer_language: str
    words: tuple[Word, ...] = field(default=(), repr=False)
    messages: tuple[Message, ...] = field(default=(), repr=False)
    own_days: tuple[str, ...] = ()
    read: int = 0
    alarms: tuple[str, ...] = field(default=(), repr=False)

    @property
    def say(self) -> Mapping[str, Sentence]:
        """What to say to the caller, by its name."""
        return sentences()

    def in_welsh(self, question: Question) -> str:
        """A question in Welsh, with what can be chosen; empty where it is not translated."""
        welsh = find_language("cy")
        label = welsh.say(question.label)
        choices = " / ".join(each for _, each in welsh.choices(question.choices))
        return f"{label} {choices}".strip() if label != question.label else ""

    def error(self, name: str) -> str:
        """What is wrong in a field."""
        return next((each for place, each in self.call.problems if place == name), "")


def show_writing(station: Station, call: PhoneCall) -> Shown:
    """The form of a report."""
    directory = station.seen.directory
    offered = offered_forces(demo=service_of(directory).demo)
    asked = Asked(
        forces=(("", ""), *((each.id, each.name) for each in offered)), languages=_languages()
    )
    most = directory.limits.text_characters
    return Shown(call, asked, most, answer_language(call.spoken))


def show_words(call: PhoneCall, places: tuple[int, ...]) -> Shown:
    """The words at these places, to be read out."""
    assert call.passphrase is not None
    said = call.passphrase.words
    shown = (
        Word(at, said[at - 1], spell_out(said[at - 1]), sound_alikes(said[at - 1])) for at in places
    )
    return Shown(call, Asked(), 0, "", words=tuple(shown))


def show_mailbox(station: Station, call: PhoneCall) -> Shown:
    """What the team wrote to the caller."""
    conversation = call.conversation
    assert conversation is not None
    acks = [each.payload.ack for each in conversation.items if each.payload is not None]
    return Shown(
        call,
        Asked(languages=_languages()),
        station.seen.directory.limits.text_characters,
        answer_language(call.spoken),
        messages=tuple(map(_message, conversation.items)),
        own_days=tuple(map(str, conversation.own_days)),
        read=max((ack.seq + 1 for ack in acks if ack is not None), default=0),
        alarms=tuple(_alarms(conversation)),
    )


def _languages() -> tuple[tuple[str, str], ...]:
    return tuple((each.code, each.name) for each in read_languages())


def _message(entry: Entry[TeamPayload]) -> Message:
    payload = entry.payload
    if entry.state is not State.SHOWN or payload is None:
        said = {State.DELETED: words.DELETED, State.MISSING: words.MISSING}
        return Message(said.get(entry.state, words.NOT_SHOWN).format(day=entry.day), "", "", 0)
    if isinstance(payload, Reply):
        heading = words.REPLY.format(day=entry.day)
        return Message(heading, payload.text, payload.language, len(payload.files))
    said_of = words.RECEIPT if isinstance(payload, Receipt) else words.OTHER
    return Message(said_of.format(day=entry.day), "", "", 0)


def _alarms(conversation: Conversation) -> Iterator[str]:
    for alarm in (*conversation.team_alarms, *conversation.own_alarms):
        yield ALARMS.get(alarm.fault, OTHER_PROBLEM)
