"""Who must not see a report: facts of a case, held against a recipient. It blocks; it never warns.

It looks at what the reporter chose and wrote, so it can block too much: then a second person looks.
It cannot know what nobody wrote.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final

from crypto.documents import Message, Report
from crypto.envelope import Chain
from dropbox.site.questions import MUST_NOT_KNOW, WHO
from inbox_ui.reading import OpenCase
from inbox_ui.work.alternates import Alternate, bodies, find_force
from inbox_ui.work.answered import answers_to
from inbox_ui.work.naming import (
    forces_in,
    has_name,
    is_one_force,
    names_a_chief,
    names_a_unit,
)
from inbox_ui.work.persons import Match, Words, compare, name_parts


class Reason(StrEnum):
    """Why a recipient must not have it."""

    ASKED = "asked"
    """The reporter says that this force or unit must not see it."""
    UNIT = "unit"
    """It names such a unit as would receive it."""
    CHIEF = "chief"
    """It names the rank of a chief officer, who may be of that force."""
    PERSON = "person"
    """Somebody who works there may be whom it is about or names, under this or another spelling."""
    NAME = "name"
    """A word of it may be the name of somebody who works there, or something else: a surname or a
    first name alone, or a spelling far away."""


_OPEN: Final = frozenset({Reason.UNIT, Reason.CHIEF, Reason.NAME})


@dataclass(frozen=True)
class Ground:
    """What a reason stands on. Of a name, ``whom`` on the recipient's list it may mean. ``firm`` is
    what an analyst wrote of whom it is about."""

    reason: Reason
    whom: str = field(default="", repr=False)
    firm: bool = False

    @property
    def is_open(self) -> bool:
        """Whether two people may say that it is only mentioned."""
        return self.reason in _OPEN and not self.firm


@dataclass(frozen=True)
class Facts:
    """What a case says. ``forces`` are ids of forces that it is about; ``uncertain``: perhaps of
    others too. ``kept_from`` are forces that the reporter says must not see it, ``mentioned`` those
    that stand anywhere in what was said. ``said`` is all of what the reporter wrote, every answer,
    and every name of a file, but for who must not see it."""

    forces: frozenset[str]
    uncertain: bool
    kept_from: frozenset[str]
    mentioned: frozenset[str]
    must_not_know: str = field(repr=False)
    who: str = field(repr=False)
    said: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def words(self) -> tuple[Words, ...]:
        """The words in which a name may stand."""
        return tuple(map(Words, self.said))


@dataclass(frozen=True)
class Recipient:
    """Where a report would go. ``force`` is the id of its force, empty for a body of no force.
    ``people`` are names of those who are known to work there."""

    name: str
    force: str = ""
    people: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Verdict:
    """Whether it is blocked, why, and who there is instead. ``to_read``: the reporter has written
    of somebody who must not see it, and a person has to decide who that is. ``open_to_two``: what
    two people may say is only mentioned."""

    reasons: tuple[Reason, ...]
    open_to_two: tuple[Ground, ...]
    alternates: tuple[Alternate, ...]
    to_read: bool

    @property
    def blocked(self) -> bool:
        """Whether it must not go there."""
        return bool(self.reasons)


def facts_of(case: OpenCase) -> Facts:
    """What a case says of it."""
    payloads = [each.payload for each in case.file.of(Chain.REPORTER)]
    reports = [each for each in payloads if isinstance(each, Report)]
    chosen = frozenset(force for each in reports for force in each.forces)
    must_not, who = ("\n".join(answers_to(case.file, each.name)) for each in (MUST_NOT_KNOW, WHO))
    said = tuple(_said(payloads))
    real = {force for force in chosen if _is_real(force)}
    return Facts(
        forces=frozenset({*real, *forces_in(who)}),
        uncertain=not real or bool(chosen - real),
        kept_from=frozenset(forces_in(must_not)),
        mentioned=frozenset(force for each in said for force in forces_in(each)),
        must_not_know=must_not,
        who=who,
        said=said,
    )


def _said(payloads: Iterable[object]) -> Iterator[str]:
    for each in payloads:
        if isinstance(each, Report | Message):
            yield each.text
            yield from (file.name for file in each.files)
        if isinstance(each, Report):
            yield from (said.answer for said in each.answers if said.question != MUST_NOT_KNOW.name)


def check(
    facts: Facts,
    recipient: Recipient,
    subjects: Iterable[str] = (),
    texts: Iterable[str] = (),
    aside: Collection[Ground] = (),
) -> Verdict:
    """Whether ``recipient`` may have what is known of a case. ``subjects`` are names of whom it is
    about, and ``texts`` what else is said, as analysts wrote them; ``aside`` is what two people
    have agreed is only mentioned."""
    found = dict.fromkeys(_grounds(facts, recipient, tuple(subjects), tuple(map(Words, texts))))
    grounds = [each for each in found if not (each.is_open and each in aside)]
    reasons = tuple(dict.fromkeys(each.reason for each in grounds))
    return Verdict(
        reasons,
        tuple(each for each in grounds if each.is_open),
        tuple(instead_of(facts, recipient.force)) if reasons else (),
        bool(facts.must_not_know.strip()),
    )


def instead_of(facts: Facts, force: str) -> Iterator[Alternate]:
    """Who there is in the place of a force's own unit, or of any, without whom the reporter named
    as one who must not see it."""
    for each in bodies(find_force(force)):
        if not any(has_name(facts.must_not_know, name) for name in (each.id, each.name)):
            yield each


def _grounds(
    facts: Facts, recipient: Recipient, subjects: tuple[str, ...], texts: tuple[Words, ...]
) -> Iterator[Ground]:
    if has_name(facts.must_not_know, recipient.name):
        yield Ground(Reason.ASKED)
    if recipient.force:
        yield from _of_force(facts, recipient.force, subjects)
    names = (*subjects, *_lines(facts.who))
    kept_from = Words(facts.must_not_know)
    for person in recipient.people:
        found = [compare(each, person) for each in names]
        found += [each.find(person) for each in (*facts.words, *texts)]
        likely = max(found, default=Match.NONE)
        if likely is Match.LIKELY:
            yield Ground(Reason.PERSON)
        elif likely is Match.PERHAPS:
            yield Ground(Reason.NAME, person)
        yield from _kept_from(facts.must_not_know, kept_from, person)


def _kept_from(said: str, words: Words, person: str) -> Iterator[Ground]:
    """Whether the reporter asked that somebody does not see it: by name, or by the surname."""
    found, surname = words.find(person), name_parts(person)[-1:]
    if found is Match.LIKELY or any(has_name(said, each) for each in surname):
        yield Ground(Reason.ASKED)
    elif found is Match.PERHAPS or words.has_first_name(person):
        yield Ground(Reason.NAME, person)


def _of_force(facts: Facts, force: str, subjects: tuple[str, ...]) -> Iterator[Ground]:
    concerned = facts.uncertain or force in facts.forces
    if force in facts.kept_from:
        yield Ground(Reason.ASKED)
    if concerned and names_a_unit(facts.must_not_know):
        yield Ground(Reason.ASKED)
    if concerned and any(map(names_a_unit, facts.said)):
        yield Ground(Reason.UNIT)
    if concerned and any(map(names_a_chief, facts.said)):
        yield Ground(Reason.CHIEF)
    if concerned and any(map(names_a_chief, subjects)):
        yield Ground(Reason.CHIEF, firm=True)


def _lines(said: str) -> Iterator[str]:
    """The pieces of an answer that may be names."""
    pieces = (each for line in said.splitlines() for each in (line, *re.split(r"[,;/&]", line)))
    return (each for each in dict.fromkeys(pieces) if each.strip())


def _is_real(identifier: str) -> bool:
    force = find_force(identifier)
    return force is not None and is_one_force(force)
