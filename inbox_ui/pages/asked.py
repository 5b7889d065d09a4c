"""What a case's page says of asking: turns, drafts, forces' questions, wordings to begin from."""

from dataclasses import dataclass, field
from datetime import date

from inbox_ui.history import person
from inbox_ui.history_shown import name_of
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.work import asking, words
from inbox_ui.work.drafts import Drafted, Standing
from inbox_ui.work.guard import Finding
from inbox_ui.work.inquiries import Question, questions_of
from inbox_ui.work.templates import templates
from inbox_ui.work.turns import count_turns


@dataclass(frozen=True)
class DraftRow:
    """A draft, in a line or two. ``facts`` are sentences of ours, ``waits`` as of an envelope."""

    name: str
    author: str
    standing: str
    is_open: bool
    facts: tuple[str, ...]
    waits: bool


@dataclass(frozen=True)
class QuestionRow:
    """A question of a force's, in its own words, and what became of it."""

    name: str
    body: str = field(repr=False)
    day: date
    text: str = field(repr=False)
    outcome: str
    remark: str = field(repr=False)
    is_open: bool


@dataclass(frozen=True)
class Asking:
    """``turns`` is a sentence, empty while there are none; ``tasking`` a warning, mostly empty.

    ``templates`` are name, title and purpose.
    """

    turns: str
    tasking: str
    drafts: tuple[DraftRow, ...]
    questions: tuple[QuestionRow, ...]
    templates: tuple[tuple[str, str, str], ...]


def asking_of(station: Station, case: OpenCase) -> Asking:
    """What the page of ``case`` says. Raises ``BadSettings``."""
    turns = count_turns(case)
    found = asking.drafts(station, case)
    return Asking(
        turns=words.turns_line(turns) if turns else "",
        tasking=words.TASKING if turns >= asking.policy_of(station).turns else "",
        drafts=tuple(draft_row(station, each) for each in found if _is_news(each)),
        questions=tuple(question_row(each) for each in questions_of(case) if each.is_open),
        templates=tuple((each.name, each.title, each.purpose) for each in templates()),
    )


def _is_news(drafted: Drafted) -> bool:
    return drafted.is_open or drafted.unapproved


def draft_row(station: Station, drafted: Drafted) -> DraftRow:
    """A draft, in a line or two."""
    roster = station.roster
    facts = []
    if drafted.standing is Standing.APPROVED and drafted.approver is not None:
        approver = name_of(person(drafted.approver, roster))
        facts.append(words.APPROVED_BY.format(name=approver))
    if drafted.remark:
        facts.append(words.REMARK.format(said=drafted.remark))
    if drafted.unseen:
        facts.append(words.UNSEEN)
    if drafted.unapproved:
        facts.append(words.UNAPPROVED)
    return DraftRow(
        drafted.name,
        name_of(person(drafted.author, roster)),
        words.STANDINGS[drafted.standing],
        drafted.is_open,
        tuple(facts),
        drafted.waits,
    )


def question_row(question: Question) -> QuestionRow:
    """A question of a force's."""
    return QuestionRow(
        question.name,
        question.body,
        question.day,
        question.text,
        words.OUTCOME_NAMES[question.outcome],
        question.remark,
        question.is_open,
    )


def say_finding(finding: Finding) -> tuple[str, str]:
    """The words that were flagged, and why."""
    why = words.WHY[finding.rule]
    return finding.words, f"{why} {words.BINDING}" if finding.binding else why
