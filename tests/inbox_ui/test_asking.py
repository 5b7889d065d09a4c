"""Asking a reporter: what needs a reason, how turns are counted, and what forces asked."""

from collections.abc import Callable

import pytest

from inbox_ui import casework
from inbox_ui.errors import (
    BadSettings,
    Flagged,
    MustReword,
    NeedsReason,
    NeedsSecondReader,
    NoQuestion,
)
from inbox_ui.pages.queues import Queue, Viewer, list_cases
from inbox_ui.thread import thread_of
from inbox_ui.work import asking, questions
from inbox_ui.work.asking import Wording
from inbox_ui.work.correspondence import Cleared, Outcome, digest_of
from inbox_ui.work.inquiries import questions_of
from inbox_ui.work.policy import DEFAULT, Policy, Second, read_policy
from inbox_ui.work.questions import Asked
from inbox_ui.work.records import pieces, records_of
from inbox_ui.work.templates import find_template
from inbox_ui.work.turns import count_turns
from tests.inbox_ui.conftest import TODAY, Desk, Writer

FINE = Wording("How do you know about the money?", "en")
TASK = Wording("Please find\nout who he is.", "en")
ASKED = Asked("Northmarch PSD", TODAY, "Can the source state who else was on the rota that week?")


@pytest.fixture
def writer(desk: Desk, reporter: Callable[[], Writer]) -> Writer:
    writer = reporter()
    writer.write("One.")
    desk.sync()
    return writer


def _reply(desk: Desk, wording: Wording) -> None:
    asking.reply(desk.station, desk.only(), wording, None)


def _cleared(desk: Desk) -> list[Cleared]:
    return [piece for _, piece in pieces(records_of(desk.open()), Cleared)]


# -- a reason -----------------------------------------------------------------------------------


def test_what_is_flagged_goes_out_with_a_reason_and_the_reason_is_recorded(
    desk: Desk, writer: Writer
) -> None:
    with pytest.raises(Flagged):
        _reply(desk, TASK)
    with pytest.raises(Flagged):
        _reply(desk, Wording(TASK.text, "en", " \n "))
    desk.sync()
    assert (writer.replies(), _cleared(desk)) == ([], [])
    _reply(desk, Wording(TASK.text, "en", "It is a title of a book."))
    desk.sync()
    assert writer.replies() == [TASK.text]
    [piece] = _cleared(desk)
    assert (piece.reply, piece.flagged) == (digest_of(TASK.text), ("Please find out",))
    assert piece.reason == "It is a title of a book."


def test_what_is_not_flagged_goes_out_without_a_piece(desk: Desk, writer: Writer) -> None:
    _reply(desk, FINE)
    desk.sync()
    assert (writer.replies(), _cleared(desk)) == ([FINE.text], [])


def test_a_force_s_own_words_go_out_with_no_reason(desk: Desk, writer: Writer) -> None:
    questions.add_question(desk.station, desk.only(), ASKED)
    with pytest.raises(MustReword):
        _reply(desk, Wording(ASKED.text.upper(), "en", "They want it so."))
    with pytest.raises(MustReword):
        asking.write_draft(
            desk.station, desk.only(), Wording(ASKED.text, "en", "They want it so."), None
        )
    _reply(desk, Wording("As far as you know, who had the same duty?", "en"))
    desk.sync()
    assert writer.replies() == ["As far as you know, who had the same duty?"]


# -- turns --------------------------------------------------------------------------------------


def _turn(desk: Desk, writer: Writer, text: str, answer: str = "More.") -> None:
    casework.reply(desk.station, desk.only(), text, "en", None)
    desk.sync()
    writer.write(answer)
    desk.sync()


def test_a_turn_is_a_question_and_something_new_from_who_had_seen_it(
    desk: Desk, writer: Writer
) -> None:
    writer.write("Before anybody asked.")
    desk.sync()
    assert count_turns(desk.open()) == 0
    for each in ("First?", "Second?"):  # two questions, one answer: one turn
        casework.reply(desk.station, desk.only(), each, "en", None)
        desk.sync()
    writer.write("An answer.")
    writer.write("And more of it.")
    desk.sync()
    assert count_turns(desk.open()) == 1
    _turn(desk, writer, "Third.")
    assert count_turns(desk.open()) == 2
    template = find_template("do-not-collect")
    assert template is not None
    _turn(desk, writer, template.wording["en"])  # what asks nothing is no question
    assert count_turns(desk.open()) == 2


def test_after_many_turns_asking_again_takes_a_reason_and_a_second_reader(
    desk: Desk, writer: Writer
) -> None:
    Policy(Second.TURNS, 2).save(desk.folder.asking)
    _turn(desk, writer, "First?")
    assert asking.check_reply(desk.station, desk.open(), FINE.text).turns == 0
    _turn(desk, writer, "Second?")
    checked = asking.check_reply(desk.station, desk.open(), FINE.text)
    assert (checked.turns, checked.second, checked.needs_reason) == (2, True, True)
    with pytest.raises(Flagged):
        _reply(desk, FINE)
    with pytest.raises(NeedsSecondReader):
        _reply(desk, Wording(FINE.text, "en", "Advice taken on Monday."))
    kind = find_template("do-not-collect")
    assert kind is not None
    _reply(desk, Wording(kind.wording["cy"], "cy"))  # this can always be said
    Policy(Second.NEVER, 2).save(desk.folder.asking)
    _reply(desk, Wording(FINE.text, "en", "Advice taken on Monday."))
    desk.sync()
    assert writer.replies()[2:] == [kind.wording["cy"], FINE.text]
    [piece] = _cleared(desk)
    assert (piece.turns, piece.flagged, piece.reason) == (2, (), "Advice taken on Monday.")


def test_a_policy_that_cannot_be_read_lets_nothing_out(desk: Desk, writer: Writer) -> None:
    assert read_policy(desk.folder.asking) == DEFAULT
    desk.folder.asking.write_text('{"second_reader":"sometimes","turns":3}\n')
    with pytest.raises(BadSettings):
        _reply(desk, FINE)
    desk.sync()
    assert writer.replies() == []


# -- what forces asked --------------------------------------------------------------------------


def test_a_force_s_question_waits_until_it_is_answered_or_declined(
    desk: Desk, writer: Writer
) -> None:
    def waiting() -> int:
        viewer = Viewer(desk.station.analyst.card.id, TODAY)
        return list_cases(desk.cases(), Queue.ASKED, "", 1, viewer).found

    station = desk.station
    name = questions.add_question(station, desk.only(), ASKED)
    assert questions.add_question(station, desk.only(), ASKED) == name  # the same form twice
    desk.sync()
    assert waiting() == 1
    questions.mark_question(station, desk.only(), name, Outcome.ASKED, "")
    desk.sync()
    assert waiting() == 1  # the force still waits
    with pytest.raises(NeedsReason):
        questions.mark_question(station, desk.only(), name, Outcome.DECLINED, "")
    with pytest.raises(NoQuestion):
        questions.mark_question(station, desk.only(), "a" * 26, Outcome.ASKED, "")
    questions.mark_question(station, desk.only(), name, Outcome.DECLINED, "It would point to her.")
    desk.sync()
    assert waiting() == 0
    [question] = questions_of(desk.open())
    assert (question.outcome, question.remark) == (Outcome.DECLINED, "It would point to her.")
    assert (question.text, question.body, question.day) == (ASKED.text, ASKED.body, ASKED.day)


def test_nothing_of_a_force_s_question_or_a_draft_reaches_the_reporter(
    desk: Desk, writer: Writer
) -> None:
    questions.add_question(desk.station, desk.only(), ASKED)
    asking.write_draft(desk.station, desk.only(), FINE, None)
    desk.sync()
    assert writer.read().empty or writer.replies() == []
    facts = [fact for each in thread_of(desk.open()) for fact in each.facts]
    assert ASKED.text in facts
    assert FINE.text in facts
