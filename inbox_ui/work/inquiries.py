"""What forces asked in a case, and what became of it, told from its chain."""

from base64 import b32encode
from dataclasses import dataclass, field, replace
from datetime import date

from inbox_ui.errors import NoQuestion
from inbox_ui.reading import OpenCase
from inbox_ui.work.correspondence import ForceMark, ForceQuestion, Outcome
from inbox_ui.work.intelligence import Answer, Says
from inbox_ui.work.records import pieces, records_of


@dataclass(frozen=True)
class Question:
    """One question of a force's. ``outcome`` is ``None`` until somebody marked it."""

    id: bytes
    body: str = field(repr=False)
    day: date
    text: str = field(repr=False)
    outcome: Outcome | None = None
    remark: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What it is called here: 26 letters."""
        return name_of(self.id)

    @property
    def is_open(self) -> bool:
        """Whether the force still waits for an answer."""
        return self.outcome in (None, Outcome.ASKED)


def name_of(question: bytes) -> str:
    """What a question is called."""
    return b32encode(question).decode("ascii").lower().rstrip("=")


def questions_of(case: OpenCase) -> tuple[Question, ...]:
    """The questions of a case, in the order in which they were entered.

    One that was entered first under a name keeps it: nobody changes what a force asked.
    """
    found: dict[bytes, Question] = {}
    for each in records_of(case):
        piece = each.piece
        if isinstance(piece, ForceQuestion):
            asked = Question(piece.question, piece.body, piece.day, piece.text)
            found.setdefault(piece.question, asked)
        elif isinstance(piece, ForceMark) and piece.question in found:
            before = found[piece.question]
            found[piece.question] = replace(before, outcome=piece.outcome, remark=piece.remark)
    return tuple(found.values())


def words_of_forces(case: OpenCase) -> tuple[str, ...]:
    """What forces asked in a case, in their own words: entered here, or in a unit's answer to a
    report. None of it is for the reporter."""
    answers = (piece for _, piece in pieces(records_of(case), Answer))
    asked = (each.text for each in answers if each.says is Says.QUESTION)
    return (*(each.text for each in questions_of(case)), *asked)


def find_question(case: OpenCase, name: str) -> Question:
    """The one called ``name``. Raises ``NoQuestion``."""
    for each in questions_of(case):
        if each.name == name:
            return each
    raise NoQuestion(case.name)
