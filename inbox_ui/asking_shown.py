"""Drafts, forces' questions and wordings for people at a terminal."""

from collections.abc import Iterator, Sequence

from crypto.roster import Roster
from dropbox.client.terminal import visible, visible_line
from inbox_ui import words as commands
from inbox_ui.history import person
from inbox_ui.history_shown import name_of
from inbox_ui.work import words
from inbox_ui.work.asking import Checked
from inbox_ui.work.drafts import Drafted
from inbox_ui.work.inquiries import Question
from inbox_ui.work.templates import templates


def drafts_text(drafts: Sequence[Drafted], roster: Roster | None) -> str:
    """The drafts of a case, with the name of each one's newest version."""
    if not drafts:
        return words.NO_DRAFTS
    return "\n\n".join("\n".join(_draft_lines(each, roster)) for each in drafts)


def _draft_lines(drafted: Drafted, roster: Roster | None) -> Iterator[str]:
    author = name_of(person(drafted.author, roster))
    standing = words.STANDINGS[drafted.standing]
    yield commands.DRAFT_LINE.format(name=drafted.name, author=author, standing=standing)
    if drafted.approver is not None:
        yield words.APPROVED_BY.format(name=name_of(person(drafted.approver, roster)))
    if drafted.remark:
        yield words.REMARK.format(said=visible(drafted.remark))
    if drafted.unseen:
        yield words.UNSEEN
    if drafted.unapproved:
        yield words.UNAPPROVED
    yield visible(drafted.draft.text)
    if drafted.draft.flagged:
        flagged = ", ".join(map(visible_line, drafted.draft.flagged))
        yield words.CLEARED.format(flagged=flagged)
    if drafted.draft.reason:
        yield words.REASON.format(said=visible(drafted.draft.reason))


def questions_text(questions: Sequence[Question]) -> str:
    """The questions of forces in a case, with the name of each."""
    if not questions:
        return words.NO_QUESTIONS
    return "\n\n".join("\n".join(_question_lines(each)) for each in questions)


def _question_lines(question: Question) -> Iterator[str]:
    yield commands.QUESTION_LINE.format(
        name=question.name,
        day=question.day,
        body=visible_line(question.body),
        outcome=words.OUTCOME_NAMES[question.outcome],
    )
    yield visible(question.text)
    if question.remark:
        yield commands.REMARK_LINE.format(said=visible(question.remark))


def templates_text() -> str:
    """The wordings there are: name, and what each is for."""
    longest = max(len(each.name) for each in templates())
    return "\n".join(f"{each.name:{longest}}  {each.purpose}" for each in templates())


def checked_lines(checked: Checked) -> Iterator[str]:
    """What speaks against a reply."""
    for each in checked.findings:
        yield words.FINDING.format(words=each.words, why=words.WHY[each.rule])
        if each.binding:
            yield words.BINDING
    if checked.turns:
        yield words.turns_line(checked.turns)
        yield words.TASKING
