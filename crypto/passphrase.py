"""The seven words, and the mailbox they open (docs/protocol.md §2).

The words come from the EFF large word list without its four hyphenated ones: 7,772 words, 90.4
bits. They are always generated. The list itself is data a program loads; it is checked here.
"""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from hashlib import blake2b

from crypto.constants import (
    ARGON2_SALT,
    MAILBOX_ARGON2_MEMORY,
    MAILBOX_ARGON2_OPERATIONS,
    PASSPHRASE_WORDS,
    Tag,
)
from crypto.errors import NotCanonical, UnknownWord, WrongNumberOfWords
from crypto.keys import MailboxSecret
from crypto.primitives import H, RandomBytes, argon2id

LIST_LENGTH = 7772
LIST_HASH = "368766ce0c42cbc5816c594dcc829a5afeb159695c58839878272e792ec435f7"
"""BLAKE2b-256 of the words in their order, one per line."""

_DROPPED = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_WORD = re.compile(r"[a-z]+")
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


class Passphrase:
    """Seven words of the list. Shown only by :attr:`words` and :meth:`expose`."""

    __slots__ = ("_words",)

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = words

    @property
    def words(self) -> tuple[str, ...]:
        """The seven words in their order."""
        return self._words

    def expose(self) -> str:
        """The seven words joined by one space."""
        return " ".join(self._words)

    def __repr__(self) -> str:
        return "<Passphrase>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Passphrase) and other.words == self._words

    def __hash__(self) -> int:
        return hash(self._words)


class WordList:
    """The 7,772 words, in the order of the published list."""

    def __init__(self, words: Sequence[str]) -> None:
        """Take the EFF large list, with or without its hyphenated words.

        Raises ``NotCanonical`` if it is any other list.
        """
        self._words = tuple(word for word in words if _WORD.fullmatch(word))
        digest = blake2b("\n".join(self._words).encode(), digest_size=32).hexdigest()
        if len(self._words) != LIST_LENGTH or digest != LIST_HASH:
            raise NotCanonical
        self._set = frozenset(self._words)

    def generate(self, random_bytes: RandomBytes) -> Passphrase:
        """Seven words drawn uniformly and independently."""
        return Passphrase(tuple(self._draw(random_bytes) for _ in range(PASSPHRASE_WORDS)))

    def _draw(self, random_bytes: RandomBytes) -> str:
        limit = 65536 - 65536 % LIST_LENGTH
        while True:  # rejection, so that no word is likelier than another
            number = int.from_bytes(random_bytes(2), "little")
            if number < limit:
                return self._words[number % LIST_LENGTH]

    def read(self, text: str) -> Passphrase:
        """The passphrase somebody typed, in any of the spellings of §2.

        Raises ``UnknownWord``, with the nearest words of the list, or ``WrongNumberOfWords``.
        """
        words = tuple(_separate(text))
        for word in words:
            if word not in self._set:
                raise UnknownWord(word, tuple(get_close_matches(word, self._words, 3)))
        if len(words) != PASSPHRASE_WORDS:
            raise WrongNumberOfWords(len(words))
        return Passphrase(words)


def _separate(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).translate(_DROPPED | _LOWER)
    return _WORD.findall(folded)


def mailbox_secret(passphrase: Passphrase, service: bytes) -> MailboxSecret:
    """The mailbox's secret: Argon2id of the words, salted with the service (20 to 30 ms).

    The same words at another service, or under a swapped root, give an unrelated mailbox.
    """
    salt = H(Tag.SALT, service)[:ARGON2_SALT]
    words = passphrase.expose().encode("ascii")
    return MailboxSecret(argon2id(words, salt, MAILBOX_ARGON2_OPERATIONS, MAILBOX_ARGON2_MEMORY))
