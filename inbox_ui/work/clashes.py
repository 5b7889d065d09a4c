"""Whether a unit may have a report: it blocks, and offers who there is instead.

What a report and a case say of a unit is held against the signed list of units.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from crypto.documents import Report
from crypto.envelope import Chain
from dropbox.site.forces import force_name
from dropbox.site.questions import MUST_NOT_KNOW
from inbox_ui.reading import OpenCase
from inbox_ui.work.intelligence import Intelligence
from inbox_ui.work.units import Kind, Unit, Units

_UNITS = re.compile(
    r"\b(?:ccu|acu|psd|anti.?corruption|counter.?corruption|professional standards)\b"
)
_CHIEFS = re.compile(r"\b(?:chief constable|commissioner|commander|chief officer|[ad]?acc|dcc)\b")


class Why(StrEnum):
    """Why a unit must not have it."""

    UNIT = "unit"
    CHIEF = "chief"
    ASKED = "asked"
    PERSON = "person"


@dataclass(frozen=True)
class Clash:
    """``unit`` must not have it. ``alternates`` are units of the list that stand in for it."""

    unit: str
    why: tuple[Why, ...]
    alternates: tuple[str, ...]


def find_clash(case: OpenCase, report: Intelligence, unit: Unit, units: Units) -> Clash | None:
    """Why ``unit`` must not have ``report``, if there is anything."""
    why = tuple(dict.fromkeys(_reasons(report, unit, _must_not_know(case))))
    if not why:
        return None
    standing_in = (each.id for each in units.units if unit.force in each.alternate)
    return Clash(unit.id, why, tuple(each for each in standing_in if each != unit.id))


def _reasons(report: Intelligence, unit: Unit, kept_from: str) -> Iterator[Why]:
    known = {" ".join(sorted(_plain(each).split())) for each in unit.people}
    for subject in report.subjects:
        if " ".join(sorted(_plain(subject.name).split())) in known:
            yield Why.PERSON
        if unit.kind is Kind.OVERSIGHT or not _is_of(subject.force, unit):
            continue
        place = _plain(f"{subject.role} {subject.team}")
        if _UNITS.search(place):
            yield Why.UNIT
        if _CHIEFS.search(_plain(f"{subject.number} {subject.role}")):
            yield Why.CHIEF
    if kept_from and unit.kind is not Kind.OVERSIGHT:
        if _UNITS.search(kept_from) or _plain(unit.name) in kept_from:
            yield Why.ASKED
        if unit.force and _plain(force_name(unit.force)) in kept_from:
            yield Why.ASKED


def _is_of(force: str, unit: Unit) -> bool:
    """Whether ``force``, as somebody wrote it, may be the unit's: also where nobody wrote any."""
    plain = _plain(force)
    return not plain or plain in {unit.force, _plain(force_name(unit.force))}


def _must_not_know(case: OpenCase) -> str:
    return _plain("\n".join(_answers(case)))


def _answers(case: OpenCase) -> Iterable[str]:
    for entry in case.file.of(Chain.REPORTER):
        if isinstance(entry.payload, Report):
            for each in entry.payload.answers:
                if each.question == MUST_NOT_KNOW.name:
                    yield each.answer


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(each for each in folded if not unicodedata.combining(each)).split())
