"""Entering what forces asked. Only an analyst puts it to the reporter, in own words: the force
never writes to a reporter, and never learns who it is that answers."""

from dataclasses import dataclass, field
from datetime import date

from inbox_ui.errors import NeedsReason
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.work.correspondence import NAME, ForceMark, ForceQuestion, Outcome
from inbox_ui.work.inquiries import find_question, name_of, questions_of
from inbox_ui.work.pieces import Work
from inbox_ui.work.recording import record
from inbox_ui.work.records import newest_id, records_of


@dataclass(frozen=True)
class Asked:
    """What a force asked: ``body`` on ``day``, in its own words."""

    body: str = field(repr=False)
    day: date
    text: str = field(repr=False)


def add_question(station: Station, summary: Summary, asked: Asked) -> str:
    """Enter what a force asked; its name. The same twice is one.

    Raises as ``recording.record``.
    """
    case = station.open_case(summary)
    for each in questions_of(case):
        if (each.body, each.day, each.text) == (asked.body, asked.day, asked.text):
            return each.name
    after, name = newest_id(records_of(case), Work.FORCE_QUESTION), station.random_bytes(NAME)
    piece = ForceQuestion(after, name, asked.body, asked.day, asked.text)
    record(station, summary, Work.FORCE_QUESTION, piece)
    return name_of(piece.question)


def mark_question(
    station: Station, summary: Summary, name: str, outcome: Outcome, remark: str
) -> None:
    """Say what became of a question.

    Raises ``NoQuestion``, ``NeedsReason`` where it is declined without one, or as
    ``recording.record``.
    """
    case = station.open_case(summary)
    question = find_question(case, name)
    if outcome is Outcome.DECLINED and not remark:
        raise NeedsReason(summary.name)
    if (question.outcome, question.remark) != (outcome, remark):
        after = newest_id(records_of(case), Work.FORCE_MARK)
        piece = ForceMark(after, question.id, outcome, remark)
        record(station, summary, Work.FORCE_MARK, piece)
