"""A text as the guard reads it: plain words, each with its place in what was written.

Case, accents, invisible letters, kinds of apostrophes and of spaces, and a word that is divided at
the end of a line make no difference. Short forms are written out: ``don't`` is ``do not``.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

_APOSTROPHES: Final = frozenset("'’‘‛ʼ`´′＇")
_BLANKS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters by their category, and nothing to be seen."""
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SENTENCE: Final = re.compile(r"[.!?;:…]+['\")\]]*(?=\s|$)")
_PARAGRAPH: Final = re.compile(r"\n[^\S\n]*\n")
_DIVIDED: Final = re.compile(r"-[^\S\n]*\n[^\S\n]*")
_NOT: Final = "n't"
_STEMS: Final = {"ca": "can", "wo": "will", "sha": "shall"}
_ENDINGS: Final = {
    "ve": "have", "re": "are", "ll": "will", "d": "would", "m": "am", "s": "is",
}  # fmt: skip
_SHORT: Final = {
    "cannot": "can not", "dont": "do not", "cant": "can not", "wont": "will not",
    "didnt": "did not", "doesnt": "does not", "isnt": "is not", "havent": "have not",
    "couldnt": "could not", "wouldnt": "would not", "youre": "you are", "weve": "we have",
    "theyve": "they have", "pls": "please", "plz": "please", "u": "you",
}  # fmt: skip


class Stop(IntEnum):
    """What stands before a word: how far the words before it reach over to it."""

    NONE = 0
    COMMA = 1
    PARAGRAPH = 2
    SENTENCE = 3


@dataclass(frozen=True)
class Token:
    """A word, and where it stands in the text that was read."""

    word: str
    start: int
    end: int
    stop: Stop


def read_tokens(text: str) -> tuple[Token, ...]:
    """The words of ``text``, in their order."""
    plain, places = _plain(text)
    return tuple(_tokens(plain, places))


def _plain(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, and for each character of that the one it comes from."""
    characters: list[str] = []
    places: list[int] = []
    for place, each in enumerate(text):
        for character in _fold(each):
            characters.append(character)
            places.append(place)
    return "".join(characters), places


def _fold(character: str) -> str:
    if character in _APOSTROPHES:
        return "'"
    if character in _BLANKS or unicodedata.category(character) == "Cf":
        return ""
    if character in "\u2028\u2029\x0b\x0c\x85":
        return "\n"
    if unicodedata.category(character) == "Pd":
        return "-"
    spelled = unicodedata.normalize("NFKD", character).casefold()
    return "".join(each for each in spelled if not unicodedata.combining(each))


def _tokens(plain: str, places: list[int]) -> Iterator[Token]:
    last = 0
    joined: list[tuple[str, int, int, Stop]] = []
    for found in _WORD.finditer(plain):
        between = plain[last : found.start()]
        if joined and _DIVIDED.fullmatch(between):
            word, start, _, stop = joined.pop()
            joined.append((word + found[0], start, found.end(), stop))
        else:
            joined.append((found[0], found.start(), found.end(), _stop(between)))
        last = found.end()
    for word, start, end, stop in joined:
        for number, each in enumerate(_spell_out(word)):
            before = Stop.NONE if number else stop
            yield Token(each, places[start], places[end - 1] + 1, before)


def _stop(between: str) -> Stop:
    if _SENTENCE.search(between):
        return Stop.SENTENCE
    if _PARAGRAPH.search(between):
        return Stop.PARAGRAPH
    return Stop.COMMA if "," in between or " - " in between else Stop.NONE


def _spell_out(word: str) -> list[str]:
    if word in _SHORT:
        return _SHORT[word].split()
    if word.endswith(_NOT):
        stem = word.removesuffix(_NOT)
        return [_STEMS.get(stem, stem), "not"]
    stem, *endings = word.split("'")
    return [stem, *(_ENDINGS.get(each, each) for each in endings)]
