"""Declared interests: forces and words an analyst has nothing to do with (docs/protocol.md §7).

They lie in the vault and are told to nobody. A case that names one of them is hidden on this
workstation, and is not assigned to its owner from here. It keeps a person from what concerns them;
it is no lock, for the keys are still here.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from crypto.analyst import CaseFile
from crypto.documents import Message, Report
from crypto.envelope import Chain
from dropbox.site.forces import force_name
from inbox_ui.errors import BadInterest
from inbox_ui.vault import Vault

LONGEST: Final = 100
_SHORTEST: Final = 3


def declare(vault: Vault, what: str) -> Vault:
    """The vault with one more interest: a force's id or words.

    Raises ``BadInterest`` where it is too short to tell anything apart, or too long.
    """
    tidy = _tidy(what)
    if not _SHORTEST <= len(tidy) <= LONGEST:
        raise BadInterest(what)
    return replace(vault, interests=tuple(sorted({*vault.interests, tidy})))


def withdraw(vault: Vault, what: str) -> Vault:
    """The vault without an interest. Raises ``BadInterest`` where it was not declared."""
    tidy = _tidy(what)
    if tidy not in vault.interests:
        raise BadInterest(what)
    return replace(vault, interests=tuple(each for each in vault.interests if each != tidy))


def concerns(file: CaseFile, interests: Iterable[str]) -> bool:
    """Whether what the reporter wrote names one of ``interests``, whole words in any case."""
    wanted = [pattern for each in interests for pattern in _patterns(each)]
    if not wanted:
        return False
    said = list(_said(file))
    return any(pattern.search(each) for pattern in wanted for each in said)


def _patterns(interest: str) -> Iterator[re.Pattern[str]]:
    for words in sorted({interest, force_name(interest)}):
        yield re.compile(rf"(?<!\w){re.escape(_plain(words))}(?!\w)")


def _said(file: CaseFile) -> Iterator[str]:
    for entry in file.of(Chain.REPORTER):
        if isinstance(entry.payload, Report):
            yield from map(_plain, entry.payload.forces)
            yield from (_plain(each.answer) for each in entry.payload.answers)
        if isinstance(entry.payload, Report | Message):
            yield _plain(entry.payload.text)


def _tidy(what: str) -> str:
    return " ".join(what.split())


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
