"""Assessing a case: what is proposed for it, the newest that counts, and what changed since.

The public's five categories are not the twelve of counter-corruption: what they propose is a
starting point, and an analyst chooses.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from crypto.documents import Category, Report
from crypto.envelope import Chain
from inbox_ui.reading import OpenCase
from inbox_ui.work import words
from inbox_ui.work.corruption import Corruption
from inbox_ui.work.pieces import (
    Assessment,
    Level,
    Rated,
    Scope,
    Stage,
    Thrive,
    Work,
)
from inbox_ui.work.records import newest_id, pieces, records_of

PROPOSED: Final[Mapping[Category, tuple[Corruption, ...]]] = {
    Category.INFLUENCE: (Corruption.DISCLOSURE, Corruption.AUTHORITY),
    Category.ADVANTAGE: (Corruption.AUTHORITY, Corruption.THEFT),
    Category.SEXUAL: (Corruption.SEXUAL, Corruption.VULNERABILITY),
    Category.PARTNER: (Corruption.SYSTEMS, Corruption.ASSISTING),
    Category.DISCRIMINATION: (Corruption.OTHER,),
    Category.OTHER: (),
}
"""Ours, of 26 November 2026; the twelve are quoted in HMICFRS 2022, page 146. To be confirmed."""

LETTERS: Final = ("threat", "harm", "risk", "investigation", "vulnerability", "engagement")
"""The members of ``Thrive``, in its order."""
NOT_RATED: Final = Rated(Level.UNKNOWN, "")
BEFORE_ANY: Final = Assessment(None, Stage.ASSESSING, Scope.UNKNOWN, (), None, "")
"""What counts where nobody has assessed a case."""


@dataclass(frozen=True)
class Change:
    """One thing that an assessment says otherwise than the one before it."""

    what: str
    before: str
    now: str


def newest_assessment(case: OpenCase) -> Assessment:
    """The one that counts, with ``after`` as the next one has it."""
    records = records_of(case)
    found = [piece for _, piece in pieces(records, Assessment)]
    newest = found[-1] if found else BEFORE_ANY
    return Assessment(
        newest_id(records, Work.ASSESSMENT.value),
        newest.stage,
        newest.scope,
        newest.corruption,
        newest.thrive,
        newest.remark,
        newest.told,
    )


def propose(case: OpenCase) -> Mapping[Corruption, tuple[Category, ...]]:
    """Each category that is proposed, with those of the reporter that propose it."""
    found: dict[Corruption, tuple[Category, ...]] = {}
    for category in _said(case):
        for each in PROPOSED[category]:
            found[each] = (*found.get(each, ()), category)
    return found


def _said(case: OpenCase) -> Iterator[Category]:
    for entry in case.file.of(Chain.REPORTER):
        if isinstance(entry.payload, Report):
            yield from entry.payload.categories


def rate(rated: Mapping[str, Rated]) -> Thrive | None:
    """THRIVE of what was rated; ``None`` where nothing was."""
    found = {letter: rated.get(letter, NOT_RATED) for letter in LETTERS}
    return Thrive(**found) if any(each != NOT_RATED for each in found.values()) else None


def rated(thrive: Thrive | None) -> Mapping[str, Rated]:
    """Every letter of THRIVE by its name."""
    return {each: NOT_RATED if thrive is None else getattr(thrive, each) for each in LETTERS}


def without_why(assessment: Assessment) -> Iterator[str]:
    """The letters that have a level and no reason for it."""
    for letter, each in rated(assessment.thrive).items():
        if each.level is not Level.UNKNOWN and not each.why.strip():
            yield letter


def changes(before: Assessment, now: Assessment) -> Iterator[Change]:
    """What ``now`` says otherwise."""
    earlier, later = _told(before), _told(now)
    for what, said in later.items():
        if said != earlier[what]:
            yield Change(what, earlier[what], said)


def _told(assessment: Assessment) -> Mapping[str, str]:
    letters = rated(assessment.thrive)
    return {
        words.STAGE: words.STAGE_NAMES[assessment.stage],
        words.SCOPE: words.SCOPE_NAMES[assessment.scope],
        words.CATEGORIES: _list(words.CORRUPTION[each] for each in assessment.corruption),
        **{words.LETTERS[each]: _rating(letters[each]) for each in LETTERS},
        words.FED_BACK: words.YES if assessment.told else words.NO,
    }


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or words.NONE


def _rating(each: Rated) -> str:
    level = words.LEVELS[each.level]
    return f"{level} ({each.why})" if each.why else level
