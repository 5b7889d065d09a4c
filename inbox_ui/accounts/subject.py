"""Where a person is named in a case, and what of it tends to a source.

Found is too much rather than too little. What a reporter wrote is never given to whom it is about,
nor is what was said with the reporter, nor how the team worked: the words, the days, the channel
and how many people know each lead to a person (*D v NSPCC* [1978] AC 171; Data Protection Act 2018,
Schedule 2, paragraph 16). What may be thought about is the line of an intelligence report that says
who the person is, and its items, which were written anew so that they lead to nobody.
"""

from base64 import b32encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from crypto.constants import ID
from crypto.envelope import Chain
from inbox_ui.reading import OpenCase
from inbox_ui.search.contents import contents_of
from inbox_ui.work.agreeing import NOBODY, Agreement, agreement_of
from inbox_ui.work.drafting import Current, current_drafts
from inbox_ui.work.intelligence import Intelligence
from inbox_ui.work.persons import may_name
from inbox_ui.work.records import Record, records_of
from inbox_ui.work.releasing import Standing, standing_of

_LETTERS: Final = 8


class Why(StrEnum):
    """Why a line is withheld."""

    SOURCE = "source"
    """A reporter's own words."""
    DIALOGUE = "dialogue"
    """What was said to a reporter: it says that there is one."""
    WORK = "work"
    """How the team worked on it."""
    POOL = "pool"
    """Five or fewer know, or nobody says how many: whoever reads it may work out who told."""
    UNREAD = "unread"
    """Nobody went through the checklist over exactly this version, or copied words are in it."""
    DECIDE = "decide"
    """Nothing here tends to a source. Whether it would prejudice the prevention or detection of
    crime (Schedule 2, paragraph 2) is for people to decide, case by case."""


@dataclass(frozen=True)
class Hit:
    """A place that names the person, or may. ``line`` and ``text`` are there where it may be
    proposed; ``code`` is what people call the line by."""

    case: str
    place: str
    why: Why
    text: str = field(default="", repr=False)
    line: bytes | None = None
    agreement: Agreement = NOBODY

    @property
    def code(self) -> str:
        """Eight letters of the line's hash; empty for what is withheld."""
        return "" if self.line is None else b32encode(self.line).decode()[:_LETTERS].lower()


@dataclass(frozen=True)
class Asked:
    """Who is looked for, and whose word counts for a release: card id → signing key. ``near`` gives
    what the reporters of linked cases wrote."""

    name: str = field(repr=False)
    readers: Mapping[bytes, bytes]
    service: bytes
    near: Callable[[OpenCase], tuple[str, ...]] = field(repr=False)


_WITHHELD: Final = {Chain.REPORTER: Why.SOURCE, Chain.TEAM: Why.DIALOGUE, Chain.CASE: Why.WORK}


def find_in(case: OpenCase, asked: Asked) -> tuple[Hit, ...]:
    """Every place of a case that names the person, or may."""
    return tuple(_find(case, asked))


def _find(case: OpenCase, asked: Asked) -> Iterator[Hit]:
    records = records_of(case)
    newest = {each.id: each for each in current_drafts(records)}
    drafts = {each.seq: newest[each.id] for each in records if each.id in newest}
    for text in contents_of(case).texts:
        chain = Chain(text.chain)
        if chain is Chain.CASE and text.seq in drafts:
            continue  # line by line below
        if may_name(text.words, asked.name):
            yield Hit(case.name, f"{chain.name.lower()} {text.seq}", _WITHHELD[chain])
    for current in drafts.values():
        yield from _of_report(case, records, current, asked)


def _of_report(
    case: OpenCase, records: tuple[Record, ...], current: Current, asked: Asked
) -> Iterator[Hit]:
    report = current.draft.report
    standing = standing_of(case, report.ref, asked.readers, asked.service, asked.near(case))
    why = _why(standing)
    for text in _lines(report, asked.name):
        if why is not Why.DECIDE:
            yield Hit(case.name, report.ref, why)
            continue
        line = blake2b(text.encode(), key=report.hash, digest_size=ID).digest()
        agreement = agreement_of(records, line, asked.readers)
        yield Hit(case.name, report.ref, why, text, line, agreement)


def _why(standing: Standing | None) -> Why:
    if standing is None or not standing.read or any(each.blocks for each in standing.findings):
        return Why.UNREAD
    return Why.POOL if standing.small_pool else Why.DECIDE


def _lines(report: Intelligence, name: str) -> Iterator[str]:
    """What of a report is about the person: who it says that is, and each item, for the items of a
    report are about its subjects also where they do not name them."""
    subjects = [each for each in report.subjects if may_name(each.name, name)]
    for each in subjects:
        yield each.line
    for item in report.items:
        alone = len(report.subjects) == len(subjects) > 0
        if alone or may_name(item.text, name):
            yield item.text
