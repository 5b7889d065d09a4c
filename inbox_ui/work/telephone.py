"""What a caller said, as it stands in a handler's form, until it is sealed or forgotten.

A handler asks what every reporter is asked (``dropbox.site.questions``). There is no field for the
number of a caller, and one for contact details only where the caller wants the police to have them.
Nothing here is ever kept: no document, no file, no row.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from crypto.contact import DETAILS_BYTES, seal_contact
from crypto.directory import Directory, Limits
from crypto.documents import Answer, Category, Contact, Sealed
from crypto.passphrase import Passphrase
from crypto.primitives import RandomBytes
from crypto.reporter import Draft
from crypto.roster import Duty, Roster
from dropbox.site.languages import ENGLISH, read_languages
from dropbox.site.questions import (
    ACCOUNT,
    CATEGORIES,
    CONFIDENTIAL,
    DANGER,
    FEW,
    FORCE,
    HOW_MANY,
    LANGUAGE,
    QUESTIONS,
    SECOND_FORCE,
    TOPIC,
    TRACK,
)
from inbox_ui.work import phone_words as words

CONTACT: Final = "contact"
SURE: Final = "sure"
"""The box under the contact details: the caller knows that the police will learn who they are."""
READ_OUT: Final = "read-out"
"""The box under the warning for a small pool: it was read out."""

TEXTS: Final = (
    ACCOUNT.name,
    *(each.name for each in QUESTIONS if not each.choices),
    CONTACT,
)
"""Fields in which something can slip out."""
CHOICES: Final = (
    TOPIC.name,
    FORCE.name,
    SECOND_FORCE.name,
    LANGUAGE.name,
    TRACK.name,
    SURE,
    READ_OUT,
    *(each.name for each in QUESTIONS if each.choices),
)

Problem = tuple[str, str]
"""The id of a field, and what to do about it."""
Left = tuple[str, int]
"""A part of what was struck, and in how many places it still stands."""

_SHORTEST_PART: Final = 3
_COMMON: Final = frozenset(
    (
        "the", "and", "but", "for", "was", "were", "with", "from", "that", "this", "his", "her",
        "him", "she", "they", "them", "their", "our", "you", "your", "who", "not", "are", "has",
        "had", "have",
    )
)  # fmt: skip
"""Words that stand in every text and are part of nobody's name."""
_INITIAL: Final = r"(?:[^\W\d_]\.|(?-i:[B-HJ-Z])(?!\w))"


def may_take_calls(roster: Roster | None, me: bytes) -> bool:
    """Whether the member with this card id may file what callers say: who is there for calls, and
    whoever may read. A team that has no roster yet is its founder."""
    if roster is None:
        return True
    found = roster.find(me)
    if found is None or found.suspended:
        return False
    return found.reads or Duty.CALLS in found.duties


def only_takes_calls(roster: Roster | None, me: bytes) -> bool:
    """Whether the member with this card id is there for calls and for nothing else."""
    found = None if roster is None else roster.find(me)
    return found is not None and not found.suspended and found.duties == (Duty.CALLS,)


@dataclass(frozen=True)
class Spoken:
    """What stands in the form: ``texts`` by field, and the values that are ``chosen`` by field."""

    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def text(self, name: str) -> str:
        """What stands in a field."""
        return self.texts.get(name, "")

    def choice(self, name: str) -> str:
        """The one value that is chosen in a field, or nothing."""
        return next(iter(sorted(self.chosen.get(name, ()))), "")

    @property
    def empty(self) -> bool:
        """Whether nothing of a caller's stands in it."""
        return not any(each.strip() for each in self.texts.values())

    @property
    def few_know(self) -> bool:
        """Whether five people or fewer know of it."""
        return self.choice(HOW_MANY.name) == FEW

    @property
    def in_danger(self) -> bool:
        """Whether somebody is in danger now."""
        return self.choice(DANGER.name) == "yes"

    @property
    def confidential(self) -> bool:
        """Whether the caller wants the police to know who they are."""
        return self.choice(TRACK.name) == CONFIDENTIAL


def read_spoken(text: Callable[[str], str], chosen: Callable[[str], Collection[str]]) -> Spoken:
    """What a form says: ``text`` gives a field's text, ``chosen`` its values. Of a caller who stays
    anonymous no contact details are taken."""
    texts = {name: unicodedata.normalize("NFC", text(name)) for name in TEXTS}
    picked = {name: frozenset(chosen(name)) - {""} for name in CHOICES}
    spoken = Spoken(
        {name: each for name, each in texts.items() if each},
        {name: each for name, each in picked.items() if each},
    )
    return spoken if spoken.confidential else clear(spoken, CONTACT)


# -- forget that ----------------------------------------------------------------------------------


def clear(spoken: Spoken, name: str) -> Spoken:
    """The same without the text of one field."""
    return replace(spoken, texts={key: each for key, each in spoken.texts.items() if key != name})


def strike(spoken: Spoken, slipped: str) -> tuple[Spoken, int, int]:
    """The same without what slipped out, wherever it stands as whole words: in how many places it
    stood, and in how many it still stands inside of a longer word.

    Capitals do not count, nor how wide the space between two words is. No sign is left in its
    place: it would tell that there was something.
    """
    parts = [re.escape(each) for each in unicodedata.normalize("NFC", slipped).split()]
    if not parts:
        return spoken, 0, 0
    anywhere = re.compile(r"\s+".join(parts), re.IGNORECASE)
    whole = re.compile(rf"[^\S\n]*(?<!\w){anywhere.pattern}(?!\w)", re.IGNORECASE)
    texts, struck = {}, 0
    for name, each in spoken.texts.items():
        left, count = whole.subn("", each)
        texts[name] = left.lstrip(" ") if count else each
        struck += count
    inside = sum(len(anywhere.findall(each)) for each in texts.values())
    return replace(spoken, texts=texts), struck, inside


def count_left(spoken: Spoken, parts: Iterable[str]) -> tuple[Left, ...]:
    """Which of ``parts`` still stand anywhere, capitals or not, also inside of a longer word."""
    texts = spoken.texts.values()
    counted = (
        (part, sum(len(re.findall(re.escape(part), each, re.IGNORECASE)) for each in texts))
        for part in parts
    )
    return tuple((part, count) for part, count in counted if count)


def parts_of(slipped: str) -> tuple[str, ...]:
    """The words of three letters or digits and more of what slipped out, each once."""
    words_of = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", slipped))
    parts = {each.casefold(): each for each in reversed(words_of) if len(each) >= _SHORTEST_PART}
    return tuple(each for folded, each in reversed(parts.items()) if folded not in _COMMON)


def strike_part(spoken: Spoken, part: str) -> tuple[Spoken, int]:
    """The same without every word in which ``part`` stands, and without the initials before and
    after it: how many went."""
    part = unicodedata.normalize("NFC", part).strip()
    if not part:
        return spoken, 0
    within = rf"[\w'’-]*{re.escape(part)}[\w'’-]*"
    named = re.compile(
        rf"[^\S\n]*(?:(?<!\w){_INITIAL}[^\S\n]*){{0,3}}{within}(?:[^\S\n]+{_INITIAL})?",
        re.IGNORECASE,
    )
    texts, struck = {}, 0
    for name, each in spoken.texts.items():
        left, count = named.subn("", each)
        texts[name] = left.lstrip(" ") if count else each
        struck += count
    return replace(spoken, texts=texts), struck


# -- what is sealed -------------------------------------------------------------------------------


def find_problems(spoken: Spoken, limits: Limits) -> list[Problem]:
    """What has to be put right before it is sealed, in the order of the form."""
    problems: list[Problem] = []
    if not spoken.text(ACCOUNT.name).strip():
        problems.append((ACCOUNT.name, words.NO_ACCOUNT))
    problems += _too_long(spoken, limits)
    if spoken.confidential:
        problems += _contact_problems(spoken)
    if spoken.few_know and not spoken.choice(READ_OUT):
        problems.append((READ_OUT, words.NOT_READ_OUT))
    return problems


def _too_long(spoken: Spoken, limits: Limits) -> Iterator[Problem]:
    most = limits.text_characters
    for name in TEXTS:
        if name != CONTACT and (length := len(spoken.text(name))) > most:
            yield name, words.TOO_LONG.format(count=length, most=most)


def _contact_problems(spoken: Spoken) -> Iterator[Problem]:
    details = spoken.text(CONTACT).strip()
    if not details:
        yield CONTACT, words.NO_CONTACT
    elif len(details.encode("utf-8", "replace")) > DETAILS_BYTES:
        yield CONTACT, words.CONTACT_TOO_LONG
    if not spoken.choice(SURE):
        yield SURE, words.NOT_SURE


def find_answer_problems(spoken: Spoken, limits: Limits) -> list[Problem]:
    """The same for what a caller answers."""
    if not spoken.text(ACCOUNT.name).strip():
        return [(ACCOUNT.name, words.NO_ANSWER)]
    return list(_too_long(spoken, limits))


def draft_report(
    spoken: Spoken, mailbox: bytes, directory: Directory, forces: Collection[str],
    random_bytes: RandomBytes,
) -> Draft:  # fmt: skip
    """The report of ``mailbox``, contact details sealed apart. ``forces`` are the ids on offer."""
    contact: Contact | None = None
    if spoken.confidential:
        details = spoken.text(CONTACT).strip()
        contact = seal_contact(details, mailbox, directory.contact_card, random_bytes)
    named = {spoken.choice(each) for each in (FORCE.name, SECOND_FORCE.name)}
    offered = {value for value, _ in CATEGORIES} & spoken.chosen.get(TOPIC.name, frozenset())
    return Draft(
        spoken.text(ACCOUNT.name).strip("\n"),
        answer_language(spoken),
        Sealed.BY_TELEPHONE,
        tuple(sorted(map(Category, offered))),
        tuple(sorted(named & set(forces))),
        tuple(sorted(_answers(spoken), key=lambda each: each.question)),
        (),
        contact,
    )


def draft_answer(spoken: Spoken) -> Draft:
    """What a caller who has a mailbox says to the team."""
    text = spoken.text(ACCOUNT.name).strip("\n")
    return Draft(text, answer_language(spoken), Sealed.BY_TELEPHONE)


def answer_language(spoken: Spoken) -> str:
    """The code of the language in which the team shall answer."""
    chosen = spoken.choice(LANGUAGE.name)
    return chosen if chosen in {each.code for each in read_languages()} else ENGLISH.code


def _answers(spoken: Spoken) -> Iterator[Answer]:
    for question in QUESTIONS:
        if not question.choices:
            answer = spoken.text(question.name).strip()
        else:
            answer = spoken.choice(question.name)
            answer = answer if answer in dict(question.choices) else ""
        if answer:
            yield Answer(question.name, answer)


# -- the words ------------------------------------------------------------------------------------


def compare(passphrase: Passphrase, heard: Mapping[int, str]) -> tuple[int, ...]:
    """The places, from 1 on, at which what the caller read back is not the word that was made.

    ``heard`` is by place; a place that is not asked is not in it.
    """
    return tuple(
        place
        for place, each in sorted(heard.items())
        if _plain(each) != passphrase.words[place - 1]
    )


def _plain(heard: str) -> str:
    folded = unicodedata.normalize("NFKC", heard).lower()
    return "".join(each for each in folded if each.isascii() and each.isalpha())
