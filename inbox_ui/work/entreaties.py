"""Sentences in which a reporter asks that somebody does not see what they wrote, wherever they
stand: under another question, in the text, in a later message.

Only words are read. A sentence that tells what somebody else has said, or that asks for nothing but
silence about who wrote, is for a person to read and keeps nothing from anybody by itself.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from inbox_ui.work.naming import plain

_NOT: Final = (
    r"(?:do not|don t|dont|must not|mustn t|should not|shouldn t|can not|cannot|can t|never)"
)
_REPORT: Final = r"(?:this|it|that|any of (?:this|it)|what i \w+|my \w+|the report|anything)"
_NOBODY: Final = r"(?:nobody|no one|noone|none)"
_GAP: Final = r"(?:\w+ ){0,10}"
_SEE: Final = (
    rf"(?:(?:sees?|reads?|gets?|have|has|receives?|look at) {_REPORT}|"
    rf"(?:knows?|learns?|hears?|finds? out) (?:(?:of|about) )?{_REPORT}|"
    r"be (?:told|shown|given|sent|passed|informed|involved))"
)
_GIVE: Final = (
    r"(?:show|give|send|pass|share|forward|hand|disclose|refer|involve|inform|alert|contact|tell|"
    r"let|go to)"
)
_ASKS: Final = tuple(
    re.compile(each)
    for each in (
        rf"(?:^|\b(?:please|pls|and|but|so|also|you|ask(?: that)?|beg) ){_NOT} (?:ever )?{_GIVE}\b",
        rf"\bi (?:do not|don t|dont|would not|wouldn t|never) (?:want|like|wish) {_GAP}"
        rf"(?:to )?(?:{_SEE}|know|find out|go to|reach)\b",
        rf"\b{_NOBODY} {_GAP}(?:must|should|may) (?:ever )?{_SEE}\b",
        rf"(?<!\bi )\b(?:must|should|may) (?:not|never) (?:ever )?(?:{_SEE}|know|find out)\b",
        rf"\b(?:mustn|shouldn) t (?:ever )?(?:{_SEE}|know|find out)\b",
        rf"\b(?:make sure|rather|prefer|hope|important) {_GAP}"
        rf"(?:never|not|{_NOBODY} {_GAP}) ?{_SEE}\b",
        rf"\bkeep {_REPORT} (?:well |far )?(?:away |out )?(?:from|of)\b",
        r"\b(?:to|must) stay away from\b|\bnot for the eyes of\b",
        r"\b(?:must|should|may|is) not (?:to )?go to\b",
        r"\b(?:is|are) not to be (?:sent|shown|passed|given|shared)\b",
        r"\bplease not (?:to|for|by|with|the|psd|ccu|any\w*)\b",
        r"\bpeidiwch (?:a|ag) (?:dangos|dweud|anfon|rhoi|rhannu|gadael|trosglwyddo)\b",
        r"\b(?:ni|na|nid) (?:ddylai|chaiff|all|ddyla) (?:\w+ ){0,8}(?:weld|wybod|gael)\b",
        r"\bneb (?:\w+ ){0,8}(?:weld|wybod am|gael) (?:hyn|hwn)\b"
        r"|\bcadwch (?:hyn|hwn|o) (?:rhag|oddi)\b",
    )
)
_TOLD: Final = re.compile(
    r"\b(?!i )\w+ (?:said|says|told|tells|warned|ordered|asked|wrote|"
    r"threatened|texted|shouted|replied|keeps saying)\b|\b(?:dywedodd|meddai|medd)\b"
)
_WHO: Final = re.compile(
    r"\b(?:who i (?:am|was)|who (?:told|wrote|said|reported|it was)|"
    r"(?:it|this) (?:was|is|came from) me|my name|"
    r"that i (?:wrote|told|said|reported|am|was|have|did)|pwy (?:ydw|wyf|oeddwn))\b"
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_CLAUSE: Final = re.compile(r"[,;:()–—]")


@dataclass(frozen=True)
class Entreaty:
    """One such sentence. ``firm``: nothing in it says that it may be meant otherwise."""

    words: str = field(repr=False)
    firm: bool


def entreaties_in(texts: Iterable[str]) -> Iterator[Entreaty]:
    """All of those that stand in ``texts``, in their order."""
    for text in texts:
        for sentence in _SENTENCE.split(text):
            if any(_asks(each) for each in (sentence, *_CLAUSE.split(sentence))):
                said = plain(sentence)
                firm = not _TOLD.search(said) and not _WHO.search(said)
                yield Entreaty(" ".join(sentence.split()), firm)


def _asks(clause: str) -> bool:
    said = plain(clause)
    return any(each.search(said) for each in _ASKS)
