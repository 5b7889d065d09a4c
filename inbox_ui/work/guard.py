"""What a reply to a reporter may not say by accident, found before it is sent.

It may not set a task: a reporter tells what is known already, and is nobody's agent. It may not say
whether there is, or is not, another report about somebody. It may not ask who the reporter is, or
where they can be reached. And it may not hand on a force's question as the force wrote it. What is
looked for stands in ``guard.toml``, and why in ``words``.

It reads words, not meanings: it can be wrong both ways. What it flags a person looks at again; what
it does not flag is not proved harmless.
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import files
from itertools import accumulate
from typing import Final

from inbox_ui.work.tokens import Stop, Token, read_tokens


class Rule(StrEnum):
    """What is wrong with what was found."""

    TASKING = "tasking"
    """It may send the reporter to find something out."""
    EXISTENCE = "existence"
    """It may say whether a report about somebody exists."""
    IDENTITY = "identity"
    """It may ask who the reporter is."""
    COPIED = "copied"
    """It is a force's own wording."""


@dataclass(frozen=True)
class Finding:
    """``words`` as they were written. ``binding``: no reason makes up for it, only other words."""

    rule: Rule
    words: str = field(repr=False)
    binding: bool = False


_RUN: Final = 6
"""Words in a row of a force's question that are no accident."""
_BINDING_RUN: Final = 10
_SHORTEST: Final = 4
"""Words of the shortest question that is looked for as a whole."""
_REACH: Final = 10
"""Words before a phrase in which something may excuse it."""
_GAPS: Final = {
    Rule.TASKING: r"(?:[^ |]+ ){0,3}",
    Rule.EXISTENCE: r"(?:(?!your |eich )[^ |]+ ){0,3}",  # what the reporter wrote may be named
    Rule.IDENTITY: r"(?:[^ |]+ ){0,3}",
}

_NEVER: Final = (
    r"(?<!why )(?<!why did you )\b(?:do|must|should|need|did) not "
    r"(?!you |hesitate|forget|fail|wait|stop|worry|be afraid|mind)"
    r"|\bnever |\bnot (?:asking|ask) |\bno need |\bwithout "
    r"|\b(?:peidiwch|paid|peidio|byth)(?: ag?)? |\b(?:dim|does dim) angen |\bheb "
    r"|\bnid (?:ydym|ydyn) |\bna |\bnac "
)
_UNASKED: Final = (
    _NEVER + r"|\b(?:will|shall|can|could|would) not (?:need |want |ask |have )?"
    r"|\bleave out |\bgadewch allan "
    r"|\bni (?:fyddwn|allwn) |\bnid oes (?:angen|rhaid) "
)
_PAST: Final = (
    r"\b(?:did|had) (?:you|he|she|they|it|anyone|anybody|somebody|someone) "
    r"|\b(?:ddaethoch|wnaethoch|welsoch|oeddech) chi "
)
_OURS: Final = r"\b(?:we|i|police) (?:will|shall|are going to) "
_SILENT: Final = (
    r"\b(?:not|never) (?:ever )?(?:say|tell|confirm|comment|answer|discuss)\b.*\b(?:whether|if) "
    r"|\b(?:byth|ddim|ni|nid)\b.*\b(?:dweud|ddweud|cadarnhau|gadarnhau)\b.*\b(?:a|os|ydy|oes) "
)
_ENDS: Final = r"\b(?:but|instead|unless|except|just|then|please|ond|yn lle|oni bai) "
_CLAUSE_ENDS: Final = r"|\b(?:and|if|so|a|ac|os) "
_YOU: Final = r"|\b(?:you|when|chi) "
_GOES_ON: Final = frozenset({"or", "nor", "na", "nac", "neu"})


@dataclass(frozen=True)
class _Phrase:
    """``heads`` are what its first word begins with: few words do, so little has to be matched."""

    heads: tuple[str, ...]
    pattern: re.Pattern[str]
    strict: bool


def check(text: str, questions: Iterable[str] = ()) -> tuple[Finding, ...]:
    """What is wrong with ``text``, in its order; ``questions`` are those of forces, in their words.

    Findings of one rule that overlap are one.
    """
    tokens = read_tokens(text)
    found = [
        *(each for rule, phrases in _PHRASES.items() for each in _search(tokens, rule, phrases)),
        *(each for question in questions for each in _copied(tokens, read_tokens(question))),
    ]
    return tuple(_tell(text, tokens, found))


def same_words(one: str, other: str) -> bool:
    """Whether two texts have the same words, whatever stands between them."""
    return [each.word for each in read_tokens(one)] == [each.word for each in read_tokens(other)]


@dataclass(frozen=True)
class _Span:
    """Words ``first`` to ``last`` (both within)."""

    rule: Rule
    first: int
    last: int
    binding: bool = False

    def joined(self, other: "_Span") -> "_Span":
        """Both, where they overlap."""
        last, binding = max(self.last, other.last), self.binding or other.binding
        return _Span(self.rule, self.first, last, binding)


def _tell(text: str, tokens: Sequence[Token], spans: Iterable[_Span]) -> Iterator[Finding]:
    merged: list[_Span] = []
    newest: dict[Rule, int] = {}
    for span in sorted(spans, key=lambda each: (each.first, -each.last)):
        at = newest.get(span.rule)
        if at is not None and span.first <= merged[at].last:
            merged[at] = merged[at].joined(span)
        else:
            newest[span.rule] = len(merged)
            merged.append(span)
    for span in merged:
        words = " ".join(text[tokens[span.first].start : tokens[span.last].end].split())
        yield Finding(span.rule, words, span.binding)


# -- phrases ------------------------------------------------------------------------------------


def _search(tokens: Sequence[Token], rule: Rule, phrases: Sequence[_Phrase]) -> Iterator[_Span]:
    parts = [("| " if each.stop is Stop.SENTENCE else "") + each.word + " " for each in tokens]
    ends = list(accumulate(map(len, parts)))
    line = "".join(parts)
    begun = {
        word: [each for each in phrases if word.startswith(each.heads)]
        for word in {each.word for each in tokens}
    }
    for first, token in enumerate(tokens):
        begin = ends[first] - len(token.word) - 1
        for phrase in begun[token.word]:
            found = phrase.pattern.match(line, begin)
            if found is not None and not _excused(tokens, first, rule, phrase.strict):
                yield _Span(rule, first, bisect_left(ends, found.end()))


def _excused(tokens: Sequence[Token], first: int, rule: Rule, strict: bool) -> bool:
    """Whether what stands before says that it is not to be done, or is past, or is ours to do."""
    before = _before(tokens, first)
    if rule is Rule.EXISTENCE:
        return _opens(before, _SILENT, _ENDS)
    if _opens(before, _UNASKED if rule is Rule.IDENTITY else _NEVER, _ENDS + _CLAUSE_ENDS):
        return True
    if strict:
        return False
    if _opens(before, _PAST, _ENDS + _CLAUSE_ENDS):
        return True
    return rule is Rule.TASKING and _opens(before, _OURS, _ENDS + _CLAUSE_ENDS + _YOU)


def _opens(before: str, opener: str, ends: str) -> bool:
    found = re.search(rf".*(?:{opener})", before)
    return found is not None and not re.search(ends, before[found.end() :])


def _before(tokens: Sequence[Token], first: int) -> str:
    """The words of the same clause before ``first``, and the first word itself is not of them."""
    start = first
    while start > 0 and first - start < _REACH:
        token = tokens[start]
        if token.stop >= Stop.PARAGRAPH:
            break
        if token.stop is Stop.COMMA and token.word not in _GOES_ON:
            break
        start -= 1
    return "".join(f"{each.word} " for each in tokens[start:first])


def _compile(rule: Rule, phrase: str) -> _Phrase:
    words = phrase.removeprefix("!").split()
    heads = tuple(each.removesuffix("*") for each in words[0].split("|"))
    parts = [_GAPS[rule] if each == ".." else _alternatives(each) for each in words]
    return _Phrase(heads, re.compile("".join(parts)), phrase.startswith("!"))


def _alternatives(word: str) -> str:
    either = "|".join(re.escape(each).replace(r"\*", r"[^ |]*") for each in word.split("|"))
    return f"(?:{either}) "


def _read_phrases() -> dict[Rule, tuple[_Phrase, ...]]:
    data = tomllib.loads(files("inbox_ui.work").joinpath("guard.toml").read_text("utf-8"))
    return {
        rule: tuple(_compile(rule, each) for each in data[rule.value]["phrases"]) for rule in _GAPS
    }


_PHRASES: Final = _read_phrases()


# -- what is copied -----------------------------------------------------------------------------


def _copied(tokens: Sequence[Token], question: Sequence[Token]) -> Iterator[_Span]:
    """The runs of words that ``tokens`` has of ``question``."""
    words, source = [each.word for each in tokens], [each.word for each in question]
    least = min(_RUN, len(source))
    if least < _SHORTEST:
        return
    places: dict[tuple[str, ...], list[int]] = {}
    for place in range(len(source) - least + 1):
        places.setdefault(tuple(source[place : place + least]), []).append(place)
    at = 0
    while at <= len(words) - least:
        begun = places.get(tuple(words[at : at + least]), ())
        length = max((_length(words[at:], source[place:]) for place in begun), default=0)
        if length:
            whole = length == len(source)
            yield _Span(Rule.COPIED, at, at + length - 1, whole or length >= _BINDING_RUN)
        at += max(length, 1)


def _length(words: Sequence[str], source: Sequence[str]) -> int:
    pairs = zip(words, source, strict=False)
    return next(
        (count for count, (one, other) in enumerate(pairs) if one != other),
        min(len(words), len(source)),
    )
