"""Which police forces, units and ranks a text names.

It finds too much rather than too little: what depends on it keeps a report away from somebody.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final

from dropbox.site.forces import Force, read_forces

VIRTUAL: Final = frozenset({"virtual", "other"})
"""Kinds of what is no one force."""
_ENDINGS: Final = re.compile(
    r"^DEMO: |^Heddlu |( and Isle of Wight)?( Constabulary| Police Service| Police)$"
)
_WORDS: Final = frozenset({"hull", "met", "metropolitan", "mod", "reading"})
"""Short names that are ordinary words in small letters."""
_UNITS: Final = re.compile(
    r"\b(psd|p s d|dps|ccu|c c u|acu|a c u|prof(essional)? (standards?|stds?)"
    r"|(head|superintendent|inspector) of (the )?standards"
    r"|(?<!trading )(standards|integrity) (and (?!an? )\w+ )?"
    r"(teams?|units?|departments?|dept|branch|squad|office|command)"
    r"|(counter|anti) ?corruption|internal (investigations?|affairs)"
    r"|complaints( and)? (discipline|conduct|misconduct))\b"
)
_CHIEFS: Final = re.compile(
    r"\b((chief|ch) (constable|const|cons|con|officer)s?|chief of police|prif gwnstabl"
    r"|(deputy|assistant|asst) chief(?! (super\w*|supt|insp\w*))|[ad]cc|[ad] c c|dac|d a c"
    r"|(deputy |assistant )?commissioners?|commander)\b"
)
_NO_CHIEFS: Final = re.compile(
    r"\b((deputy )?police(?: and| fire| crime)+|information|victims|children s) commissioners?\b"
)
"""Commissioners who are no officers of a force."""
_WHOLE: Final = re.compile(
    r"\b(the|my|our|his|her|their|this|that|own|same|whole|entire) ((own|whole|entire) )?"
    r"(force|constabulary|police)\b"
    r"(?! (officers?|stations?|cars?|staff|friends?|and (fire )?crime))"
    r"|\b((any|no|every|some)(body|one)|(any|no) one|people|others|those) "
    r"((else|who|works?|in|from|at|over) )*there\b"
    r"|\b(yr heddlu|y llu|fy llu|ei ll?u|yr un llu)\b|\b(neb|unrhyw un|pawb) (sydd )?yno\b"
)
"""A force as a whole, that is not called by its name."""
_UNSEEN: Final = "Cf"


def is_one_force(force: Force) -> bool:
    """Whether it is one, and nothing that stands for none in particular."""
    return force.kind not in VIRTUAL


def forces_in(text: str) -> Iterator[str]:
    """The ids of the forces that a text names: by a whole name, a short one or a town, in any case;
    by what is an ordinary word in small letters only as it is written."""
    tidy = " ".join(text.split())
    for force in read_forces():
        if is_one_force(force) and any(each.search(tidy) for each in _patterns(force.id)):
            yield force.id


def forces_of_field(text: str) -> frozenset[str]:
    """The ids of the forces that a field for a force names, one of them perhaps by its id."""
    real = (force.id for force in read_forces() if is_one_force(force))
    return frozenset(forces_in(text)).union(each for each in real if each == text.strip())


def may_mean_force(text: str, identifier: str) -> bool:
    """Whether some name of the force with this id stands in a text in any case, an ordinary word
    too."""
    tidy = " ".join(text.split())
    return any(re.search(each.pattern, tidy, re.IGNORECASE) for each in _patterns(identifier))


@cache
def _patterns(identifier: str) -> tuple[re.Pattern[str], ...]:
    force = next(each for each in read_forces() if each.id == identifier)
    whole = [name.removeprefix("DEMO: ") for name in (*force.names.values(), *force.aliases)]
    short = [_ENDINGS.sub("", each) for each in whole]
    words = [each for each in short if each.casefold() in _WORDS]
    plain_names = [each for each in (*whole, *short) if each not in words]
    found = [_any_of(plain_names, re.IGNORECASE)]
    return (*found, _any_of(words, re.NOFLAG)) if words else tuple(found)


def _any_of(names: list[str], flags: re.RegexFlag) -> re.Pattern[str]:
    either = "|".join(map(re.escape, dict.fromkeys(names)))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", flags)


def has_name(text: str, name: str) -> bool:
    """Whether a name stands in a text, however it is written there."""
    wanted = plain(name)
    return bool(wanted) and f" {wanted} " in f" {plain(text)} "


def names_a_unit(text: str) -> bool:
    """Whether a text names professional standards or counter-corruption."""
    return _UNITS.search(plain(text)) is not None


def names_the_force(text: str) -> bool:
    """Whether a text speaks of all of a force without its name: of the force itself, or of whoever
    is there."""
    return _WHOLE.search(plain(text)) is not None


def names_a_chief(text: str) -> bool:
    """Whether a text names the rank of a chief officer."""
    return _CHIEFS.search(_NO_CHIEFS.sub(" ", plain(text))) is not None


def plain(text: str) -> str:
    """Letters and figures without marks, in one case, with one space between; what has no shape is
    left out, so that it hides no name."""
    return " ".join(re.sub(r"[^\w]+|_+", " ", bare(text).casefold()).split())


def bare(text: str) -> str:
    """A text without marks on its letters and what has no shape."""
    return "".join(
        each
        for each in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(each) and unicodedata.category(each) != _UNSEEN
    )
