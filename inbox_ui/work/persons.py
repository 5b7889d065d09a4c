"""Whether two names may be one person's, and whether a text names somebody.

It finds too much rather than too little: what depends on it keeps a report away from somebody. What
may as well be an ordinary word, another of that surname, or a mere first name, is told apart from
what is likely, so that people can judge it. It knows the spellings of ``names.toml`` and what
sounds alike; it knows no nickname that nobody has listed.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator
from difflib import SequenceMatcher
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import Final

from inbox_ui.work.marking import rank_names
from inbox_ui.work.naming import bare, plain

_ALIKE: Final = 0.8
"""How much of two words has to agree, so that one may be another spelling of the other."""
_NEAR: Final = 0.7
"""The same of a surname beside another part of the name, and of two words that sound alike."""
_BESIDE: Final = 2
"""Words between which a first name and a surname are one name."""
_PRONOUNS: Final = frozenset({"i", "a"})
"""Words of one letter, which in a text are no initials."""
_LONGEST_RANK: Final = 4
"""Words of the longest rank."""
_SOUNDS: Final = (
    (r"ph", "f"), (r"ck|c|q", "k"), (r"v", "f"), (r"z", "s"), (r"y", "i"), (r"(.)\1+", r"\1"),
)  # fmt: skip


class Match(IntEnum):
    """How far a name or a text goes with somebody's name."""

    NONE = 0
    PERHAPS = 1
    """A surname or a first name alone, or a spelling far away: it may be somebody or something
    else."""
    LIKELY = 2
    """It may be the same name in another spelling, order or form."""


def name_parts(name: str) -> tuple[str, ...]:
    """The words of a name, the surname last: "Surname, First" is turned round, and ranks, titles
    and numbers are left out unless there is nothing else."""
    surname, *rest = [found for each in name.split(",") if (found := _without_rank(each))] or [()]
    return (*(word for each in rest for word in each), *surname) or tuple(plain(name).split())


def may_be_one(first: str, second: str) -> bool:
    """Whether two names may be one person's under another spelling. Every word of the shorter has
    to be like one of the longer; an initial is like any word that begins with it."""
    shorter, longer = sorted((name_parts(first), name_parts(second)), key=len)
    whole = [each for each in shorter if len(each) > 1]
    return bool(whole) and all(any(_alike(each, other) for other in longer) for each in shorter)


def may_name(text: str, name: str) -> bool:
    """Whether a text may name somebody: by the surname, which stands last, or by two other parts of
    the name, each as it is or under another spelling. Beside another part of the name, a surname
    may be spelled further away: a short one is by a single letter."""
    parts = [each for each in name_parts(name) if len(each) > 1]
    if not parts:
        return False
    found = {each for each in set(plain(text).split()) if len(each) > 1}
    *others, surname = parts
    if _is_among(surname, found, _ALIKE):
        return True
    there = sum(_is_among(part, found, _ALIKE) or bool(_forms(part) & found) for part in others)
    return there > 1 or (there > 0 and _is_among(surname, found, _NEAR))


def compare(name: str, person: str) -> Match:
    """How far ``name``, which is somebody's, goes with that of ``person``."""
    if may_be_one(name, person):
        return Match.PERHAPS if _is_mere_first(name, person) else Match.LIKELY
    return Match.PERHAPS if may_name(name, person) or may_name(person, name) else Match.NONE


def _is_mere_first(name: str, person: str) -> bool:
    """Whether nothing but a first name agrees."""
    shorter, longer = sorted((name_parts(name), name_parts(person)), key=len)
    return len(longer) > 1 and len(shorter) == 1 and not _alike(shorter[0], longer[-1])


class Words:
    """The words of one text, made ready to look for many names. A word that is no name as it stands
    is another spelling of one only where it is written with a capital, or where none is."""

    def __init__(self, text: str) -> None:
        said = re.findall(r"[^\W_]+", bare(text))
        self._words = [each.casefold() for each in said]
        all_small = not any(each[0].isupper() for each in said)
        self._places: dict[str, list[int]] = {}
        self._names: dict[str, dict[str, set[str]]] = {}
        for at, (each, word) in enumerate(zip(said, self._words, strict=True)):
            self._places.setdefault(word, []).append(at)
            if (all_small or each[0].isupper()) and word not in _PRONOUNS:
                sound = _sound(word)
                self._names.setdefault(sound[:1], {}).setdefault(sound, set()).add(word)

    def find(self, person: str) -> Match:
        """How far the text names ``person``: likely with a first name or a rank at the surname,
        perhaps by the surname alone."""
        parts = [each for each in name_parts(person) if len(each) > 1]
        if not parts:
            return Match.NONE
        *others, surname = parts
        places = [at for at in self._like(surname) if len(self._words[at]) > 1]
        beside = {at for part in others for at in self._like(part)}
        for at in places:
            near = range(at - _BESIDE, at + _BESIDE + 1)
            if beside.intersection(near) - {at} or self._has_rank_before(at):
                return Match.LIKELY
        return Match.PERHAPS if places else Match.NONE

    def has_first_name(self, person: str) -> bool:
        """Whether a first name of the person stands there, written with a capital."""
        *others, _ = name_parts(person) or ("",)
        there = {each for part in others if len(part) > 1 for each in {part, *_forms(part)}}
        return any(there & words for sounds in self._names.values() for words in sounds.values())

    def _like(self, part: str) -> list[int]:
        """Where a word like ``part`` stands: of those that begin with its sound."""
        sounds = self._names.get(_sound(part)[:1], {})
        bones = _bones(_sound(part))
        same = [each for each in sounds if _bones(each) == bones]
        found = {part, *_forms(part), part[0]}
        for each in _agreeing(_sound(part), same, _NEAR):
            found |= sounds[each]
        found.update(_agreeing(part, (word for each in sounds.values() for word in each), _ALIKE))
        return [at for word in found - _PRONOUNS for at in self._places.get(word, ())]

    def _has_rank_before(self, at: int) -> bool:
        before = [each for each in self._words[max(0, at - 2) : at] if not _has_figure(each)]
        return bool(before) and before[-1] in _last_words()


def _without_rank(name: str) -> tuple[str, ...]:
    """The words after the last rank or title, or before one that ends the name."""
    words = [each for each in plain(name).split() if not _has_figure(each)]
    ends = [end for end in range(1, len(words)) if _ends_rank(words, end)]
    words = words[ends[-1] :] if ends else words
    while words and words[-1] in _short_ranks():
        words.pop()
    return () if tuple(words) in _ranks() else tuple(words)


def _ends_rank(words: list[str], end: int) -> bool:
    return any(tuple(words[at:end]) in _ranks() for at in range(max(0, end - _LONGEST_RANK), end))


def _has_figure(word: str) -> bool:
    return any(each.isdigit() for each in word)


def _is_among(part: str, words: Collection[str], alike: float) -> bool:
    """Whether one of many words may be another spelling; most are told apart at a glance."""
    return part in words or any(True for _ in _agreeing(part, words, alike))


def _agreeing(part: str, words: Iterable[str], least: float) -> Iterator[str]:
    """The words of which at least so much agrees with ``part``."""
    matcher = SequenceMatcher(None, "", part, autojunk=False)
    for each in words:
        matcher.set_seq1(each)
        bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
        if all(bound() >= least for bound in bounds):
            yield each


def _alike(first: str, second: str) -> bool:
    """Whether two words of names may be one: letters, sound, or a usual short form."""
    if 1 in (len(first), len(second)):
        return first[0] == second[0]
    if second in _forms(first) or _is_among(first, (second,), _ALIKE):
        return True
    sound, other = _sound(first), _sound(second)
    return _bones(sound) == _bones(other) and _is_among(sound, (other,), _NEAR)


def _sound(word: str) -> str:
    """A word with letters that sound alike as one."""
    for pattern, instead in _SOUNDS:
        word = re.sub(pattern, instead, word)
    return word


def _bones(sound: str) -> str:
    """The first letter, and of the rest what is no vowel."""
    return sound[:1] + re.sub("[aeiou]", "", sound[1:])


def _forms(first_name: str) -> frozenset[str]:
    """The short forms and spellings of a first name; none for what is not in the table."""
    return _table().get(first_name, frozenset())


@cache
def _table() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for row in _data("first"):
        forms = frozenset(plain(row).split())
        for each in forms:
            found[each] = found.get(each, frozenset()) | forms
    return found


@cache
def _ranks() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(plain(each).split()) for each in (*rank_names(), *_data("beside")))


@cache
def _short_ranks() -> frozenset[str]:
    """Ranks in capitals, which also stand after a name."""
    return frozenset(plain(each) for each in rank_names() if each.isupper())


@cache
def _last_words() -> frozenset[str]:
    """The words right before a surname where a rank stands there."""
    return frozenset(plain(each).split()[-1] for each in rank_names())


@cache
def _data(name: str) -> tuple[str, ...]:
    text = files("inbox_ui.work").joinpath("names.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)[name]["names"])
