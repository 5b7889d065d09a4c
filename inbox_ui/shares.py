"""The root's secret as K-of-N lists of words for paper: SLIP-39, one group, no passphrase.

A share is 33 words; its first four say which split and which share it is, its last three check it.
Fewer than K tell nothing of the root. The iteration exponent is 0: stretching slows down whoever
guesses a passphrase, and there is none to guess here, only 32 random bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORD_INDEX_MAP

from crypto.errors import WrongLength
from crypto.keys import RootSecret
from inbox_ui.errors import NotAShare, NotTheRoot, SameShare, SharesDiffer, TooFewShares

MOST: Final = 16
"""Shares of one split: SLIP-39 numbers them with four bits."""
LEAST_NEEDED: Final = 2
"""With one that is enough, each paper would be the root."""
WORDS: Final = 33
_EXPONENT: Final = 0


@dataclass(frozen=True)
class RootShare:
    """One share. Its ``repr`` shows no word. ``number`` begins at 1."""

    words: str = field(repr=False)
    number: int
    needed: int
    split: int
    """Names the split: 15 random bits."""


def split_root(root: RootSecret, needed: int, of: int) -> tuple[RootShare, ...]:
    """``of`` shares (at most 16), of which any ``needed`` (at least 2) give the root again."""
    [lists] = generate_mnemonics(1, [(needed, of)], root.expose(), iteration_exponent=_EXPONENT)
    return tuple(read_share(each, "") for each in lists)


def read_share(text: str, name: str) -> RootShare:
    """The share in what was typed or lies in a file. ``name`` says which, for the error.

    Raises ``NotAShare``; it names the word that is not on the list by its place, never itself.
    """
    typed = text.lower().split()
    wrong = [place for place, word in enumerate(typed, 1) if word not in WORD_INDEX_MAP]
    if wrong:
        raise NotAShare(name, wrong)
    if len(typed) != WORDS:
        raise NotAShare(name, count=len(typed))
    words = " ".join(typed)
    try:
        share = Share.from_mnemonic(words)
    except MnemonicError:
        raise NotAShare(name) from None  # its message holds words
    if share.group_count != 1 or share.member_threshold < LEAST_NEEDED:
        raise NotAShare(name)
    return RootShare(words, share.index + 1, share.member_threshold, share.identifier)


def join_shares(shares: Sequence[RootShare], fingerprint: bytes | None) -> RootSecret:
    """The root from all of ``shares``, each of which has had its part in it.

    ``fingerprint`` is the root's, 20 bytes, as on the posters; without it any root is taken. More
    shares than are needed are all tried: each has to give the same root. Raises ``TooFewShares``,
    ``SameShare``, ``SharesDiffer``, ``NotTheRoot``.
    """
    if len({(each.split, each.needed) for each in shares}) > 1:
        raise SharesDiffer
    if len({each.number for each in shares}) < len(shares):
        raise SameShare
    needed = shares[0].needed if shares else LEAST_NEEDED
    if len(shares) < needed:
        raise TooFewShares(len(shares), needed)
    first = list(shares[: needed - 1])
    roots = {_combine([*first, each]) for each in shares[needed - 1 :]}
    if len(roots) > 1:
        raise SharesDiffer
    [root] = roots
    if fingerprint is not None and not root.keys.card.id.startswith(fingerprint):
        raise NotTheRoot
    return root


def _combine(shares: Sequence[RootShare]) -> RootSecret:
    try:
        secret = combine_mnemonics([each.words for each in shares])
        return RootSecret(secret)
    except (MnemonicError, WrongLength):
        raise SharesDiffer from None
