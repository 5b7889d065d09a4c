"""Who must not see a report: facts of a case, held against a recipient. It blocks; it never warns.

It looks at what the reporter chose and wrote, so it can block too much: then a second person looks.
What the reporter does not want to be seen by somebody counts wherever it stands (``entreaties``).
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
from inbox_ui.work.entreaties import entreaties_in
from inbox_ui.work.naming import (
    forces_in,
    has_name,
    is_one_force,
    names_a_chief,
    names_a_unit,
    names_the_force,
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
    that stand anywhere in what was said. ``must_not_know`` is what was answered to that, and every
    sentence that plainly asks it; ``to_decide`` are those that may ask it. ``said`` is all of what
    the reporter wrote, every answer and name of a file, but for that answer."""

    forces: frozenset[str]
    uncertain: bool
    kept_from: frozenset[str]
    mentioned: frozenset[str]
    must_not_know: str = field(repr=False)
    who: str = field(repr=False)
    said: tuple[str, ...] = field(default=(), repr=False)
    to_decide: tuple[str, ...] = field(default=(), repr=False)

    @property
    def asked(self) -> str:
        """All that the reporter wrote, or may have, of who must not see it."""
        return "\n".join((self.must_not_know, *self.to_decide)).strip()

    @cached_property
    def words(self) -> tuple[Words, ...]:
        """The words in which a name may stand."""
        return tuple(map(Words, self.said))

    @cached_property
    def names_a_unit(self) -> bool:
        """Whether such a unit as would receive it stands anywhere."""
        return any(map(names_a_unit, self.said))

    @cached_property
    def names_a_chief(self) -> bool:
        """Whether the rank of a chief officer stands anywhere."""
        return any(map(names_a_chief, self.said))

    @cached_property
    def keeps_from_own(self) -> bool:
        """Whether the reporter asks that no such unit, or nobody of the force, sees it."""
        return names_a_unit(self.must_not_know) or names_the_force(self.must_not_know)


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
    who = "\n".join(answers_to(case.file, WHO.name))
    said = tuple(_said(payloads))
    asked = tuple(dict.fromkeys(entreaties_in(said)))
    firm = (each.words for each in asked if each.firm)
    must_not = "\n".join((*answers_to(case.file, MUST_NOT_KNOW.name), *firm))
    real = {force for force in chosen if _is_real(force)}
    return Facts(
        forces=frozenset({*real, *forces_in(who)}),
        uncertain=not real or bool(chosen - real),
        kept_from=frozenset(forces_in(must_not)),
        mentioned=frozenset(force for each in said for force in forces_in(each)),
        must_not_know=must_not,
        who=who,
        said=said,
        to_decide=tuple(each.words for each in asked if not each.firm),
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
    handling: Iterable[str] = (),
    aside: Collection[Ground] = (),
) -> Verdict:
    """Whether ``recipient`` may have what is known of a case. ``subjects`` are names of whom it is
    about, and ``texts`` what else is said, as analysts wrote them; ``handling`` says who may have
    it, so that only names in it count. ``aside`` is what two people have agreed is only
    mentioned."""
    told = _Told(tuple(subjects), tuple(texts), tuple(handling))
    found = dict.fromkeys(_grounds(facts, recipient, told))
    grounds = [each for each in found if not (each.is_open and each in aside)]
    reasons = tuple(dict.fromkeys(each.reason for each in grounds))
    return Verdict(
        reasons,
        tuple(each for each in grounds if each.is_open),
        tuple(instead_of(facts, recipient.force)) if reasons else (),
        bool(facts.asked),
    )


def instead_of(facts: Facts, force: str) -> Iterator[Alternate]:
    """Who there is in the place of a force's own unit, or of any, without whom the reporter named
    as one who must not see it."""
    for each in bodies(find_force(force)):
        if not any(has_name(facts.must_not_know, name) for name in (each.id, each.name)):
            yield each


@dataclass(frozen=True)
class _Told:
    """What analysts wrote."""

    subjects: tuple[str, ...]
    texts: tuple[str, ...]
    handling: tuple[str, ...]

    @cached_property
    def words(self) -> tuple[Words, ...]:
        """The words in which a name may stand."""
        return tuple(map(Words, (*self.texts, *self.handling)))


def _grounds(facts: Facts, recipient: Recipient, told: _Told) -> Iterator[Ground]:
    if has_name(facts.must_not_know, recipient.name):
        yield Ground(Reason.ASKED)
    if recipient.force:
        yield from _of_force(facts, recipient.force, told)
    names = (*told.subjects, *_lines(facts.who))
    kept_from = Words(facts.must_not_know)
    for person in recipient.people:
        found = [compare(each, person) for each in names]
        found += [each.find(person) for each in (*facts.words, *told.words)]
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


def _of_force(facts: Facts, force: str, told: _Told) -> Iterator[Ground]:
    """What keeps it from the units of a force. A wish is about the force that was chosen; a unit or
    a rank may be of any that is mentioned."""
    chosen = facts.uncertain or force in facts.forces
    if force in facts.kept_from or (chosen and facts.keeps_from_own):
        yield Ground(Reason.ASKED)
    if not (chosen or force in facts.mentioned):
        return
    if facts.names_a_unit or any(map(names_a_unit, told.texts)):
        yield Ground(Reason.UNIT)
    if facts.names_a_chief or any(map(names_a_chief, told.texts)):
        yield Ground(Reason.CHIEF)
    if any(map(names_a_chief, told.subjects)):
        yield Ground(Reason.CHIEF, firm=True)


def _lines(said: str) -> Iterator[str]:
    """The pieces of an answer that may be names."""
    pieces = (each for line in said.splitlines() for each in (line, *re.split(r"[,;/&]", line)))
    return (each for each in dict.fromkeys(pieces) if each.strip())


def _is_real(identifier: str) -> bool:
    force = find_force(identifier)
    return force is not None and is_one_force(force)
