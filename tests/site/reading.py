"""How hard a text is to read: the grade of Flesch and Kincaid.

    0.39 × words per sentence + 11.8 × syllables per word − 15.59

Hyphenation (pyphen) finds too few syllables in some words and groups of vowels too few in others:
the larger number counts. Headings and labels of few words would make any page look easy, so what
has fewer than five words does not count at all.
"""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

import pyphen

_HYPHENS = pyphen.Pyphen(lang="en_GB", left=2, right=2)
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(
    r"(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=[^aeiouydt])e(?=d$)|(?<=[^aeiouyszxhcg])e(?=s$)"
)
"""An e that is written and not said: in "stored" and "police", not in "needed" and "places"."""
SHORTEST = 5
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BLOCKS = {"p", "li", "h1", "h2", "h3", "label", "legend", "dt", "dd", "a", "button", "summary",
           "option", "td", "th", "title"}  # fmt: skip
_UNREAD = {"code", "pre", "style", "script", "select"}


def grade(texts: Iterable[str]) -> float:
    """The grade of all texts together, each of one sentence or more."""
    sentences = [each for text in texts for each in _sentences(text)]
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    syllables = sum(count_syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def count_syllables(word: str) -> int:
    """At least one for each part of a word with hyphens."""
    return (
        sum(_count(part) for part in re.split("[-'’]", word.lower()) if _VOWELS.search(part)) or 1
    )


def _count(word: str) -> int:
    groups = len(_VOWELS.findall(_SILENT.sub("", word)))
    return max(groups, len(_HYPHENS.positions(word)) + 1)


def _sentences(text: str) -> Iterator[str]:
    for sentence in re.split(r"[.!?:]+(?:\s|$)", text):
        if len(_WORD.findall(sentence)) >= SHORTEST:
            yield sentence


class _Blocks(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = [""]
        self._unread = 0

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        if tag in _UNREAD:
            self._unread += 1
        elif tag in _BLOCKS - {"a"}:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread -= 1
        elif tag in _BLOCKS - {"a"}:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.found[-1] += data


def blocks(html: str) -> list[str]:
    """What is read on a page, block by block; not what is code, or a list of names."""
    reader = _Blocks()
    reader.feed(html)
    reader.close()
    return [text for each in reader.found if (text := " ".join(each.split()))]
