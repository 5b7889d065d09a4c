"""What of a report's words could point to who said it: pure functions over texts.

Words of the reporter are found again however they are dressed: case, punctuation, quotation marks,
invisible characters, line breaks and accents make no difference. What is found is named with the
words of the report as they stand there, so that a person sees what to write anew.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from crypto.documents import Message, Report
from crypto.envelope import Chain
from inbox_ui.reading import OpenCase
from inbox_ui.work.intelligence import CONDITIONS, Information, Intelligence, Tick

RUN: Final = 5
"""Words in a row that nobody writes twice by chance."""
LONG_WORD: Final = 16
"""Characters of one word that nobody writes twice by chance: in a language without spaces, an
address, a name in a chat."""
NAME: Final = 6
"""Words that the name of a person or of a force has at most."""
NAME_WORD: Final = 40
"""Characters that one word of it has at most."""
_SHOWN: Final = 160

_WORD: Final = re.compile(r"\w+")
_MONTHS: Final = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|"
    "ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr"
)
_WELSH: Final = (
    "mae|maen|(?<!-)yn(?!-)|roedd|oedd|doedd|dydy|ydy|wedi|ddim|gyda|efo|hefo|sydd|nhw|dweud|rhywun|"
    "hefyd|ynglŷn|achos|cwnstabl|rhingyll|arolygydd"
)
"""Words of Welsh that are none of English, nor of the name of a force."""
_HOURS: Final = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_MINUTES: Final = r"five|ten|twenty(?:[- ]five)?|(?:a )?quarter|\d{1,2}(?: minutes?)?"
_ORDINALS: Final = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|"
    "fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|"
    "twenty[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|thirty[- ]first"
)
_FEW: Final = rf"(?:\d{{1,2}}|{_HOURS}|a few|few|a handful of|a couple of)"
_PEOPLE: Final = (
    "people|persons|officers|staff|members|colleagues|others|constables|sergeants|detectives|clerks"
)
_TELLERS: Final = (
    "colleague|neighbour|friend|relative|partner|wife|husband|ex|sister|brother|mother|father|"
    "daughter|son|volunteer|clerk|bystander|resident|employee|member of staff|person"
)
_SAYS: Final = (
    "says|said|states|stated|tells|told|reports|reported|claims|claimed|alleges|alleged|saw|"
    "overheard|believes|believed|noticed"
)
_DAYS: Final = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|christmas|new year|easter|"
    "bank holiday|yesterday|today|tonight|tomorrow|last night|last week|"
    "dydd llun|dydd mawrth|dydd mercher|dydd iau|dydd gwener|dydd sadwrn|dydd sul|ddoe|heddiw|heno"
)


class Sign(StrEnum):
    """What was found. ``COPIED`` has to be written anew; the others are to be looked at."""

    COPIED = "copied"
    TIME = "time"
    DATE = "date"
    FIRST_PERSON = "first person"
    QUOTE = "quote"
    SOURCE = "source"
    EARLIER = "earlier"
    KNOWERS = "knowers"
    LANGUAGE = "language"
    FILE = "file"
    BACKED = "backed"


BLOCKING: Final = frozenset({Sign.COPIED})
TICKED_WITH: Final = {
    Sign.TIME: Tick.TIMES,
    Sign.DATE: Tick.TIMES,
    Sign.FIRST_PERSON: Tick.PERSON,
    Sign.QUOTE: Tick.QUOTES,
    Sign.SOURCE: Tick.PERSON,
    Sign.EARLIER: Tick.COMPLAINTS,
    Sign.KNOWERS: Tick.KNOWERS,
    Sign.LANGUAGE: Tick.QUOTES,
    Sign.FILE: Tick.FILES,
    Sign.BACKED: Tick.KNOWING,
}
"""What of the checklist says that it was looked at."""

_PATTERNS: Final = tuple(
    (sign, re.compile(pattern, flags))
    for sign, pattern, flags in (
        (Sign.TIME, r"\b(?:[01]?\d|2[0-3])[:.][0-5]\d\b(?!\.\d)", 0),
        (Sign.TIME, r"\b(?:[01]?\d|2[0-3])[0-5]\d\s?(?:hrs|hours|h)\b", re.IGNORECASE),
        (Sign.TIME, r"\b(?:1[0-2]|[1-9])\s?(?:[ap]\.?m\b\.?|o'?clock|o’clock)", re.IGNORECASE),
        (Sign.TIME, r"\b(?:noon|midday|midnight)\b", re.IGNORECASE),
        (
            Sign.TIME,
            rf"\bhalf(?: past)? (?:{_HOURS}|1[0-2]|[1-9])\b"
            rf"|\b(?:{_MINUTES}) (?:past|to) (?:{_HOURS}|1[0-2]|[1-9])\b|\bo'?clock\b",
            re.IGNORECASE,
        ),
        (
            Sign.TIME,
            r"\bat (?:about |around |roughly )?(?:[01]\d|2[0-3])[0-5]\d\b"
            r"|\b(?:about|around|by|from|till|until|before|after) (?:0\d|1[0-8])[0-5]\d\b",
            re.IGNORECASE,
        ),
        (
            Sign.TIME,
            r"\b(?:early|late|day|night|morning|afternoon|evening)[- ](?:shift|duty|turn)s?\b"
            r"|\bon (?:earlies|lates|nights)\b|\bshifft (?:nos|dydd|bore|gynnar|hwyr)\b",
            re.IGNORECASE,
        ),
        (Sign.DATE, r"\b\d{4}-\d{1,2}-\d{1,2}\b", 0),
        (Sign.DATE, r"\b\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})\b|\b\d{1,2}/\d{1,2}\b", 0),
        (
            Sign.DATE,
            rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTHS})\b|\b(?:{_MONTHS}) \d{{1,2}}\b",
            re.IGNORECASE,
        ),
        (
            Sign.DATE,
            rf"\b(?:on|by|from|since|until|till|before|after|of|around|about) the "
            rf"(?:\d{{1,2}}(?:st|nd|rd|th)|{_ORDINALS})\b(?! (?:time|floor|item|person|officer))",
            re.IGNORECASE,
        ),
        (Sign.DATE, rf"\b(?:{_DAYS})s?\b", re.IGNORECASE),
        (Sign.FIRST_PERSON, r"\bI\b", 0),
        (
            Sign.FIRST_PERSON,
            r"\b(?:me|my|mine|myself|we|us|our|ours|ourselves)\b",
            re.IGNORECASE,
        ),
        (Sign.QUOTE, r"[“\"„«][^”\"»]{2,}[”\"»“]", 0),
        (Sign.QUOTE, r"(?<!\w)[‘'][^’'\n]{2,}?(?:[’']\w[^’'\n]*?)*[’'](?!\w)", 0),
        (
            Sign.SOURCE,
            r"\b(?:the|this|our|an?) (?:source|caller|informant|informer|reporter|tipster|"
            r"whistle-?blower|witness|complainant|complainer|sender|writer|victim)s?\b"
            r"|\bsource (?:states|says|said|reports)\b",
            re.IGNORECASE,
        ),
        (
            Sign.SOURCE,
            rf"\b(?:{_TELLERS})s? (?:who )?(?:has |have |had )?(?:{_SAYS})\b",
            re.IGNORECASE,
        ),
        (
            Sign.EARLIER,
            r"\b(?:earlier|previous|prior|former|past|another|other|second|first) "
            r"(?:complaint|report|allegation|disclosure|submission)s?\b"
            r"|\b(?:reported|raised|complained(?: of| about)?|disclosed|flagged)"
            r"(?: \w+){0,3} (?:before|earlier|previously)\b"
            r"|\b(?:previously|already) (?:reported|raised|complained|disclosed|flagged)\b",
            re.IGNORECASE,
        ),
        (
            Sign.QUOTE,
            r"\b(?:said|says|told \w+|stated|states|remarked|boasted|bragged) (?:that )?"
            r"(?:he|she|they)(?:['’](?:ll|d|s|ve|re)\b| (?:will|would|had|has|have|was|were|is|are|"
            r"can|could|must|should|might|may)\b)",
            re.IGNORECASE,
        ),
        (
            Sign.KNOWERS,
            r"\bonly (?:\w+ ){1,3}(?:people|officers|staff|persons|colleagues|others)\b"
            r"|\bonly (?:one|person) (?:who|to)\b|\bnobody else\b|\bno one else\b"
            rf"|\b(?:known|visible|told|shown|open|available) (?:only )?to (?:only |just )?{_FEW} "
            rf"(?:\w+ )?(?:{_PEOPLE})\b|\b(?:just|all but) {_FEW} (?:\w+ )?(?:{_PEOPLE})\b"
            rf"|\b(?:one|two|three) of (?:the |only |just )*{_FEW} (?:\w+ )?(?:{_PEOPLE})\b",
            re.IGNORECASE,
        ),
        (Sign.LANGUAGE, rf"\b(?:Welsh|Cymraeg|translat\w+|dialect\w*|{_WELSH})\b", re.IGNORECASE),
        (
            Sign.FILE,
            r"\b(?:screen ?shots?|photo(?:graph)?s?|attach(?:ed|ments?)|enclosed)\b",
            re.IGNORECASE,
        ),
    )
)


@dataclass(frozen=True)
class Finding:
    """Something in the field ``place`` of a report: ``words`` as they stand there.

    ``place`` is ``items.0.text`` or ``checks``: a path into the report.
    """

    sign: Sign
    place: str
    words: str

    @property
    def blocks(self) -> bool:
        """Whether it has to be written anew before anything goes."""
        return self.sign in BLOCKING

    def __repr__(self) -> str:
        return f"<Finding {self.sign} {self.place}>"


def said_by_reporter(case: OpenCase) -> tuple[str, ...]:
    """Every text of the reporter in a case: report, answers, messages, names of files."""
    return tuple(_said(case))


def _said(case: OpenCase) -> Iterator[str]:
    for entry in case.file.of(Chain.REPORTER):
        payload = entry.payload
        if isinstance(payload, Report | Message):
            yield payload.text
            yield from (each.name for each in payload.files)
        if isinstance(payload, Report):
            yield from (each.answer for each in payload.answers)


def find_signs(report: Intelligence, said: Iterable[str]) -> tuple[Finding, ...]:
    """Everything found in ``report``, held against what the reporter ``said``; by its place."""
    copied = _Copies(said, _Facts.of(report))
    found: list[Finding] = []
    for place, text in texts(report):
        found += (Finding(Sign.COPIED, place, each) for each in copied.within(text))
        for sign, pattern in _PATTERNS:
            found += (Finding(sign, place, _short(each[0])) for each in pattern.finditer(text))
    for number, item in enumerate(report.items):
        if item.information is Information.CORROBORATED:
            found.append(Finding(Sign.BACKED, f"items.{number}.information", _short(item.text)))
    return tuple(dict.fromkeys(found))


def texts(report: Intelligence) -> Iterator[tuple[str, str]]:
    """Every free text of a report, with its place. The words of ours are not among them."""
    yield "instruction", report.instruction
    for number, item in enumerate(report.items):
        yield f"items.{number}.text", item.text
        yield f"items.{number}.reason", item.reason
        if item.conditions != CONDITIONS:
            yield f"items.{number}.conditions", item.conditions
    for number, subject in enumerate(report.subjects):
        yield f"subjects.{number}.name", subject.name
        yield f"subjects.{number}.number", subject.number
        yield f"subjects.{number}.role", subject.role
        yield f"subjects.{number}.team", subject.team
        yield f"subjects.{number}.force", subject.force
    yield "checks", report.checks
    yield "risk_source", report.risk_source
    yield "risk_others", report.risk_others


@dataclass(frozen=True)
class _Facts:
    """Names, numbers and forces of subjects: what stands in one of them whole is no voice.

    A field of many words is no name, whoever put them there, and excuses nothing.
    """

    runs: frozenset[tuple[str, ...]]
    words: frozenset[str]

    @classmethod
    def of(cls, report: Intelligence) -> Self:
        """Those of a report."""
        fields = (text for each in report.subjects for text in (each.name, each.number, each.force))
        told = [[word for word, _, _ in _words(text)] for text in fields]
        short = [words for words in told if len(words) <= NAME]
        runs = frozenset(run for words in short for run in _shingles(words))
        single = (word for words in short for word in words if len(word) <= NAME_WORD)
        return cls(runs, frozenset(single))


class _Copies:
    """The runs of words that the reporter wrote."""

    def __init__(self, said: Iterable[str], facts: _Facts) -> None:
        self._runs: set[tuple[str, ...]] = set()
        self._long: set[str] = set()
        for text in said:
            words = [word for word, _, _ in _words(text)]
            self._runs.update(_shingles(words))
            self._long.update(word for word in words if len(word) >= LONG_WORD)
        self._runs -= facts.runs
        self._long -= facts.words

    def within(self, text: str) -> Iterator[str]:
        """The longest runs of ``text`` that were copied, as they stand there."""
        words = list(_words(text))
        plain = [word for word, _, _ in words]
        taken = [word in self._long for word in plain]
        for at, run in enumerate(_shingles(plain)):
            if run in self._runs:
                taken[at : at + RUN] = [True] * RUN
        start: int | None = None
        for at, each in enumerate([*taken, False]):
            if each and start is None:
                start = at
            elif not each and start is not None:
                yield _short(text[words[start][1] : words[at - 1][2]])
                start = None


def _shingles(words: list[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    """The plain words of ``text``, each with where it begins and ends there."""
    plain, places = _plain(text)
    for found in _WORD.finditer(plain):
        yield found[0].replace("_", ""), places[found.start()], places[found.end() - 1] + 1


def _plain(text: str) -> tuple[str, list[int]]:
    """``text`` in small plain letters, and for each of them its place in ``text``.

    Accents, apostrophes and what is invisible are dropped, so that they part no word in two.
    """
    plain: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        for each in unicodedata.normalize("NFKD", character).casefold():
            if unicodedata.category(each) in {"Mn", "Me", "Cf"} or each in "'’‘ʼ`´′":
                continue
            plain.append(each)
            places.append(at)
    return "".join(plain), places


def _short(text: str) -> str:
    tidy = " ".join(text.split())
    return tidy if len(tidy) <= _SHOWN else tidy[: _SHOWN - 1] + "…"
