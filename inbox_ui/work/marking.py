"""What could be marked in a text: suggestions by rules and lists, for a person to judge.

No model and no guess at who somebody is. A rule looks for the form in which such things are written
in the United Kingdom: a registration, a telephone number, a rank before a name. Lists are data
(``marking.toml``, with source and date; the forces are those of the service). What a rule misses
can be marked by hand. Each rule takes time in proportion to the text, whatever is in it.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from dropbox.site.forces import Force, read_forces
from inbox_ui.work.pieces import LINE, MarkKind

MOST: Final = 200
"""Suggestions for one text: more are of no text that somebody reads mark by mark."""
_NAME: Final = r"[^\W\d_a-z][\w'’-]{1,30}"
"""A word that begins with a capital letter."""
_NAMES: Final = rf"{_NAME}(?: {_NAME}){{0,2}}"
_FIGURES: Final = r"[A-Z]{0,3} ?\d{2,6}[A-Z]{0,2}"
_PLATES: Final = (
    r"(?i:[A-HJ-PR-Y]{2}\d{2} ?[A-HJ-PR-Z]{3})",  # since 2001: AB12 CDE
    r"[A-HJ-NPR-TV-Y]\d{1,3} ?[A-HJ-PR-TV-Y]{3}",  # 1983 to 2001: A123 BCD
    r"[A-HJ-PR-TV-Y]{3} ?\d{1,3}[A-HJ-NPR-TV-Y]",  # 1963 to 1983: ABC 123D
    r"[A-Z]?I[A-Z] ?\d{1,4}|[A-Z]{1,2}Z ?\d{1,4}",  # Northern Ireland: ABZ 1234
)
_PHONE: Final = r"(?<![\w+])(?:(?:\+|00)44[ -]?(?:\(0\)[ -]?)?|\(?0)(?:\d[ ()-]{0,2}){8,10}\d(?!\w)"
_POSTCODE: Final = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}"
_INVENTED: Final = "DEMO: "
"""Before the names of forces that are invented."""
_NUMBER_OF: Final = (
    r"(?i:(?:collar|shoulder|warrant|badge|epaulette|rhif)(?: (?:number|no\.?|num|ysgwydd))?"
    r"(?: (?:is|was|of|yw))?[ :#]{1,3})"
)


@dataclass(frozen=True)
class Suggestion:
    """Something that may be marked: from character ``start`` up to ``end`` of the text."""

    kind: MarkKind
    said: str = field(repr=False)
    normal: str = field(repr=False)
    start: int
    end: int


def suggest(text: str) -> tuple[Suggestion, ...]:
    """What could be marked in ``text``, in its order; no two overlap, and there are at most 200."""
    found: list[Suggestion] = []
    taken: set[int] = set()
    for kind, pattern in _rules():
        for match in pattern.finditer(text):
            start, end = match.span("it")
            said = text[start:end]
            if len(said) > LINE or taken.intersection(range(start, end)):
                continue
            if kind is MarkKind.VEHICLE and _is_word(said):
                continue
            taken.update(range(start, end))
            found.append(Suggestion(kind, said, normalise(kind, said), start, end))
    return tuple(sorted(found, key=lambda each: each.start)[:MOST])


def normalise(kind: MarkKind, said: str) -> str:
    """The form in which two texts agree about something: never longer than what was said, but for
    a force, which is its id. Empty for what has no letter and no digit."""
    text = unicodedata.normalize("NFKD", said).casefold()
    text = "".join(each for each in text if not unicodedata.combining(each))
    if kind is MarkKind.PHONE:
        return _phone(text)
    if kind in (MarkKind.COLLAR, MarkKind.VEHICLE):
        return "".join(filter(str.isalnum, text)).upper()[:LINE]
    text = re.sub(r"['’](?:s\b)?", "", text)  # "Tait's", "O'Neill"
    words = re.sub(r"[^\w]+", " ", text).split()
    if kind is MarkKind.PERSON:
        words = _without_rank(words)
    if words[:1] == ["the"]:
        words = words[1:]
    plain = " ".join(words)
    return _forces().get(plain, plain)[:LINE] if kind is MarkKind.UNIT else plain[:LINE]


def rank_names() -> tuple[str, ...]:
    """Ranks and titles, as they stand before a name."""
    return (*_list("ranks"), *_list("titles"))


def _phone(text: str) -> str:
    """A number of this country as ``+44`` and the rest, whichever way it was written; another
    country's as its digits."""
    digits = "".join(each for each in text if each.isascii() and each.isdigit())
    if text.lstrip().startswith("+") or digits.startswith("00"):
        digits = digits.lstrip("0")
        if not digits.startswith("44"):
            return digits[:LINE]
        digits = digits.removeprefix("44")
    elif not digits.startswith("0"):
        return digits[:LINE]
    return f"+44{digits.lstrip('0')}"[:LINE]


def _without_rank(words: list[str]) -> list[str]:
    """A name without the rank, title and number before it; a rank alone stays one."""
    ranks = {tuple(each.casefold().split()) for each in rank_names()}
    for length in range(min(3, len(words) - 1), 0, -1):
        if tuple(words[:length]) in ranks:
            rest = words[length:]
            return rest[1:] if len(rest) > 1 and rest[0].isdigit() else rest
    return words


def _is_word(said: str) -> bool:
    return any(part in _list("words") for part in re.findall(r"[A-Z]+", said.upper()))


# -- the rules ----------------------------------------------------------------------------------


@cache
def _rules() -> tuple[tuple[MarkKind, re.Pattern[str]], ...]:
    """In the order of their right: what an earlier one found is of no later one."""
    return tuple((kind, re.compile(pattern)) for kind, pattern in _patterns())


def _patterns() -> Iterator[tuple[MarkKind, str]]:
    ranks, titles = _any(_list("ranks")), _any(_list("titles"))
    yield MarkKind.PHONE, rf"(?P<it>{_PHONE})"
    yield MarkKind.COLLAR, rf"(?<!\w){_NUMBER_OF}(?P<it>{_FIGURES})(?!\w)"
    yield MarkKind.COLLAR, rf"(?<!\w){ranks} ?(?P<it>{_FIGURES})(?!\w)"
    yield MarkKind.PERSON, rf"(?<!\w){ranks} ?{_FIGURES} (?P<it>{_NAMES})(?!\w)"
    yield MarkKind.PERSON, rf"(?<!\w)(?P<it>(?:{ranks}|{titles})\.? {_NAMES})(?!\w)"
    yield MarkKind.VEHICLE, rf"(?<!\w)(?P<it>{'|'.join(_PLATES)})(?!\w)"
    calling = _any(_list("callings"))
    yield MarkKind.PERSON, rf"(?<!\w){calling} [\"'“‘]?(?P<it>{_NAMES})(?!\w)"
    yield MarkKind.UNIT, rf"(?<!\w)(?P<it>(?i:{_any(_force_names())}))(?!\w)"
    yield MarkKind.UNIT, rf"(?<!\w)(?P<it>(?i:{_any(_list('units'))})|[Tt]eam [A-Z]\b)(?!\w)"
    yield MarkKind.PLACE, rf"(?<!\w)(?P<it>{_POSTCODE})(?!\w)"
    yield MarkKind.PLACE, rf"(?<!\w)(?P<it>{_NAMES} {_any(_list('places'))})(?!\w)"


def _any(names: Iterable[str]) -> str:
    """One of ``names``, the longest that fits."""
    longest_first = sorted(names, key=lambda each: (-len(each), each))
    return f"(?:{'|'.join(map(re.escape, longest_first))})"


@cache
def _list(name: str) -> tuple[str, ...]:
    return tuple(_data()[name]["names"])


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("inbox_ui.work").joinpath("marking.toml").read_text("utf-8"))


@cache
def _force_names() -> tuple[str, ...]:
    """What forces are called, in all languages of theirs."""
    return tuple({name for force in _real_forces() for name in _names_of(force)})


@cache
def _forces() -> dict[str, str]:
    """The plain name of a force, and its plain id → its id."""
    return {
        normalise(MarkKind.PLACE, name): force.id
        for force in _real_forces()
        for name in (force.id, *_names_of(force))
    }


def _real_forces() -> Iterator[Force]:
    return (force for force in read_forces() if force.kind != "virtual")


def _names_of(force: Force) -> Iterator[str]:
    """Its names, and of other names those of several words: "Met" and "Kent" are words too."""
    for name in force.names.values():
        yield name.removeprefix(_INVENTED)
    yield from (each for each in force.aliases if " " in each)
