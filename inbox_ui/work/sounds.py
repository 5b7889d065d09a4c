"""Words of the list that sound alike on a telephone, and how a word is spelled out.

Two words sound alike if they have the same key. The key of a word, made from its letters alone:

(1) letters that are not heard go (``kn``, ``wr``, ``mb``, ``gh``, an ``e`` at the end)
(2) spellings of one consonant become one letter (``ph``, ``ck``, soft ``c`` and ``g``, ``tion``)
(3) vowels become three: those of *seat* and *sit*, that of *sat*, those of *soot* and *sort*
(4) consonants that a telephone's 300 to 3,400 Hz do not tell apart become one: ``m n``,
    ``f s th v z``, ``b p``, ``d t``, ``g k``, ``ch j sh``
(5) what is there twice in a row is there once

It marks too many rather than too few: about every fifth word of the list has another like it. It
goes by English spelling and by nobody's ear in particular; a word that it does not mark can be
misheard too. So all seven are read back.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Final

from dropbox.client.wordlist import words_file

_RULES: Final = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"^(?:kn|gn|pn)", "n"),  # (1)
        (r"^wr", "r"),
        (r"^ps", "s"),
        (r"wh", "w"),
        (r"mb(?=$|s$|er|ing)", "m"),
        (r"igh", "i"),
        (r"augh|ough", "o"),
        (r"gh", "g"),
        (r"ph", "f"),  # (2)
        (r"sch", "sk"),
        (r"tch|ch|sh|dge|dg", "j"),
        (r"(?:ti|si|ci|ssi)(?=o[nu]|a[nlb])", "j"),
        (r"sc(?=[eiy])|c(?=[eiy])", "s"),
        (r"ck|q|c", "k"),
        (r"g(?=[eiy])", "j"),
        (r"x", "ks"),
        (r"th", "f"),
        (r"(?<=[^aeiouy])e(?=d?$)", ""),  # (1)
        (r"ee|ea|ie|ey|ei|ai|ay|[eiy]+", "e"),  # (3)
        (r"a[aeiouw]*", "a"),
        (r"[ou][aeouw]*", "o"),
    )
)
_HEARD_AS: Final = str.maketrans("mzvfbdg", "nsssptk")  # (4)
_TWICE: Final = re.compile(r"(.)\1+")

_ALPHABET: Final = {
    name[0].lower(): name
    for name in (
        "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India",
        "Juliett", "Kilo", "Lima", "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo",
        "Sierra", "Tango", "Uniform", "Victor", "Whiskey", "X-ray", "Yankee", "Zulu",
    )
}  # fmt: skip
"""The spelling alphabet of radio (ICAO Annex 10): police know it, and others follow it."""


def sound_key(word: str) -> str:
    """How a word of small letters sounds: equal for words that sound alike."""
    for pattern, instead in _RULES:
        word = pattern.sub(instead, word)
    return _TWICE.sub(r"\1", word.translate(_HEARD_AS))


def sound_alikes(word: str) -> tuple[str, ...]:
    """The other words of the list that sound like this one of it, in the list's order."""
    return tuple(each for each in _groups()[sound_key(word)] if each != word)


def spell_out(word: str) -> tuple[str, ...]:
    """A word of small letters, letter by letter, as it is spelled on a telephone."""
    return tuple(_ALPHABET[each] for each in word)


@cache
def _groups() -> Mapping[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for word in words_file().decode().split():
        if word.isalpha():
            groups[sound_key(word)] += (word,)
    return dict(groups)
