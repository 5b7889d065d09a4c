"""Which police forces and units a text names, and whether two names may be one person's.

It finds too much rather than too little: what depends on it keeps a report away from somebody.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher
from functools import cache
from typing import Final

from dropbox.site.forces import Force, read_forces

VIRTUAL: Final = frozenset({"virtual", "other"})
"""Kinds of what is no one force."""
_ENDINGS: Final = re.compile(
    r"^DEMO: |^Heddlu |( and Isle of Wight)?( Constabulary| Police Service| Police)$"
)
_UNITS: Final = re.compile(r"\b(psd|ccu|acu|professional standards|(counter|anti) ?corruption)\b")
_CHIEFS: Final = re.compile(
    r"\b((deputy |assistant )?chief constable|chief officer|[ad]cc"
    r"|(deputy |assistant )?commissioner|commander)\b"
)
_UNSEEN: Final = "Cf"
_ALIKE: Final = 0.8
"""How much of two words has to agree, so that one may be another spelling of the other."""
_NEAR: Final = 0.7
"""The same of a surname beside another part of the name."""


def is_one_force(force: Force) -> bool:
    """Whether it is one, and nothing that stands for none in particular."""
    return force.kind not in VIRTUAL


def forces_in(text: str) -> Iterator[str]:
    """The ids of the forces that a text names: by a whole name in any case, or by a short one or a
    town as it is written."""
    plain = " ".join(text.split())
    for force in read_forces():
        if is_one_force(force) and _pattern(force.id).search(plain):
            yield force.id


@cache
def _pattern(identifier: str) -> re.Pattern[str]:
    force = next(each for each in read_forces() if each.id == identifier)
    names = [_ENDINGS.sub("", name) for name in force.names.values()]
    short = "|".join(re.escape(_ENDINGS.sub("", each)) for each in (*names, *force.aliases))
    return re.compile(rf"(?<!\w)(?:(?i:{re.escape(force.name)})|{short})(?!\w)")


def has_name(text: str, name: str) -> bool:
    """Whether a name stands in a text, however it is written there."""
    plain = _plain(name)
    return bool(plain) and f" {plain} " in f" {_plain(text)} "


def names_a_unit(text: str) -> bool:
    """Whether a text names professional standards or counter-corruption."""
    return _UNITS.search(_plain(text)) is not None


def names_a_chief(text: str) -> bool:
    """Whether a text names the rank of a chief officer."""
    return _CHIEFS.search(_plain(text)) is not None


def may_be_one(first: str, second: str) -> bool:
    """Whether two names may be one person's under another spelling. Every word of the shorter has
    to be like one of the longer; an initial is like any word that begins with it."""
    shorter, longer = sorted((_plain(first).split(), _plain(second).split()), key=len)
    shorter = [each for each in shorter if each]
    whole = [each for each in shorter if len(each) > 1]
    return bool(whole) and all(any(_alike(each, other) for other in longer) for each in shorter)


def may_name(text: str, name: str) -> bool:
    """Whether a text may name somebody: by the surname, which stands last, or by two other parts of
    the name, each as it is or under another spelling. Beside another part of the name, a surname
    may be spelled further away: a short one is by a single letter."""
    parts = [each for each in _plain(name).split() if len(each) > 1]
    if not parts:
        return False
    found = {each for each in set(_plain(text).split()) if len(each) > 1}
    *others, surname = parts
    if _is_among(surname, found, _ALIKE):
        return True
    there = sum(_is_among(part, found, _ALIKE) for part in others)
    return there > 1 or (there > 0 and _is_among(surname, found, _NEAR))


def _is_among(part: str, words: Collection[str], alike: float) -> bool:
    """Whether one of many words may be another spelling; most are told apart at a glance."""
    if part in words:
        return True
    matcher = SequenceMatcher(None, "", part, autojunk=False)
    for each in words:
        matcher.set_seq1(each)
        bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
        if all(bound() >= alike for bound in bounds):
            return True
    return False


def _alike(first: str, second: str) -> bool:
    if 1 in (len(first), len(second)):
        return first[0] == second[0]
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _ALIKE


def _plain(text: str) -> str:
    """Letters and figures without marks, in one case, with one space between; what has no shape is
    left out, so that it hides no name."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(
        each
        for each in parts
        if not unicodedata.combining(each) and unicodedata.category(each) != _UNSEEN
    )
    return " ".join(re.sub(r"[^\w]+|_+", " ", bare).split())
