"""What a reporter answered to the questions of the form, in all of a case's reports."""

from collections.abc import Iterator

from crypto.casefile import CaseFile
from crypto.documents import Report
from crypto.envelope import Chain


def answers_to(file: CaseFile, question: str) -> Iterator[str]:
    """The answers to the question of this name; of one with choices, a choice's name."""
    for entry in file.of(Chain.REPORTER):
        if isinstance(entry.payload, Report):
            yield from (each.answer for each in entry.payload.answers if each.question == question)
