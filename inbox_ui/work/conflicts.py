"""Who must not see a report: facts of a case, held against a recipient. It blocks; it never warns.

It looks at what the reporter chose and wrote, so it can block too much: then a second person looks.
It cannot know what nobody wrote.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

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
    may_be_one,
    names_a_chief,
    names_a_unit,
)


class Reason(StrEnum):
    """Why a recipient must not have it."""

    ASKED = "asked"
    """The reporter says that this force or unit must not see it."""
    UNIT = "unit"
    """Somebody of the unit that would receive it is named, or may be."""
    CHIEF = "chief"
    """It is about a chief officer of that force."""
    PERSON = "person"
    """Somebody who works there may be whom it is about, under this or another spelling."""


@dataclass(frozen=True)
class Facts:
    """What a case says. ``forces`` are ids of forces that it is about; ``uncertain``: perhaps of
    others too. ``kept_from`` are forces that the reporter says must not see it, ``mentioned`` those
    that stand anywhere in the text; the texts are what was answered and written."""

    forces: frozenset[str]
    uncertain: bool
    kept_from: frozenset[str]
    mentioned: frozenset[str]
    must_not_know: str = field(repr=False)
    who: str = field(repr=False)
    text: str = field(repr=False)


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
    of somebody who must not see it, and a person has to decide who that is."""

    reasons: tuple[Reason, ...]
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
    text = "\n".join(each.text for each in payloads if isinstance(each, Report | Message))
    real = {force for force in chosen if _is_real(force)}
    return Facts(
        forces=frozenset({*real, *forces_in(who)}),
        uncertain=not real or bool(chosen - real),
        kept_from=frozenset(forces_in(must_not)),
        mentioned=frozenset(forces_in(text)),
        must_not_know=must_not,
        who=who,
        text=text,
    )


def check(facts: Facts, recipient: Recipient, subjects: Iterable[str] = ()) -> Verdict:
    """Whether ``recipient`` may have what is known of a case. ``subjects`` are names of whom it is
    about, as analysts wrote them."""
    reasons = tuple(dict.fromkeys(_reasons(facts, recipient, tuple(subjects))))
    force = find_force(recipient.force)
    return Verdict(reasons, bodies(force) if reasons else (), bool(facts.must_not_know.strip()))


def _reasons(facts: Facts, recipient: Recipient, subjects: tuple[str, ...]) -> Iterator[Reason]:
    concerned = facts.uncertain or recipient.force in facts.forces
    if has_name(facts.must_not_know, recipient.name):
        yield Reason.ASKED
    if recipient.force:
        if recipient.force in facts.kept_from:
            yield Reason.ASKED
        if concerned and names_a_unit(facts.must_not_know):
            yield Reason.ASKED
        if concerned and (names_a_unit(facts.who) or names_a_unit(facts.text)):
            yield Reason.UNIT
        if concerned and (names_a_chief(facts.who) or any(map(names_a_chief, subjects))):
            yield Reason.CHIEF
    names = (*subjects, *_lines(facts.who))
    if any(may_be_one(name, person) for name in names for person in recipient.people):
        yield Reason.PERSON


def _lines(who: str) -> Iterator[str]:
    """The pieces of an answer that may be names."""
    return (each for line in who.splitlines() for each in line.split(",") if each.strip())


def _is_real(identifier: str) -> bool:
    force = find_force(identifier)
    return force is not None and is_one_force(force)
