"""Pieces of casework in a case: written once, kept when two write at once, never guessed at."""

from collections.abc import Callable

import pytest

from inbox_ui.thread import thread_of
from inbox_ui.work import words
from inbox_ui.work.pieces import Assessment, Escalation, Scope, Stage, Work
from inbox_ui.work.recording import record
from inbox_ui.work.records import pieces, records_of
from tests.inbox_ui.conftest import Desk, Writer
from tests.inbox_ui.team import Colleagues

FIRST = Assessment(None, Stage.ASSESSING, Scope.INSIDE, (), None, "A remark.")


@pytest.fixture
def team(desk: Desk, make_desk: Callable[..., Desk], reporter: Callable[[], Writer]) -> Colleagues:
    colleagues = Colleagues(desk, make_desk)
    desk.sync()
    colleagues.join("bo")
    reporter().write("One.")
    colleagues.sync()
    return colleagues


def _records(desk: Desk) -> list[object]:
    case = desk.station.open_case(desk.only())
    return [piece for _, piece in pieces(records_of(case), Assessment)]


def test_what_two_write_at_once_is_kept_by_both(team: Colleagues, desk: Desk) -> None:
    other = team.desks["bo"]
    second = Assessment(None, Stage.ADDRESSING, Scope.PARTLY, (), None, "Another.")
    record(desk.station, desk.only(), Work.ASSESSMENT, FIRST)
    record(other.station, other.only(), Work.ASSESSMENT, second)
    team.sync()
    team.sync()
    assert _records(desk) == _records(other)
    assert {FIRST, second} == set(_records(desk))


def test_the_same_piece_twice_is_one_while_it_waits(team: Colleagues, desk: Desk) -> None:
    for _ in range(2):
        record(desk.station, desk.only(), Work.ASSESSMENT, FIRST)
    assert _records(desk) == [FIRST]
    team.sync()
    assert _records(team.desks["bo"]) == [FIRST]


@pytest.mark.parametrize(
    ("work", "text"),
    [
        ("horoscope", FIRST.to_bytes().decode()),
        ("assessment", '{"after":null}'),
        ("assessment", FIRST.to_bytes().decode() + " "),
        ("escalation", FIRST.to_bytes().decode()),
        ("assessment", "<b>plain</b>"),
    ],
)
def test_a_piece_this_program_cannot_read_is_named_and_not_guessed_at(
    desk: Desk, team: Colleagues, work: str, text: str
) -> None:
    station, summary = desk.station, desk.only()
    case = station.open_case(summary)
    station.archive.outbox.put((station.analyst.record(case.file, work, text),))
    case = station.open_case(summary)
    assert [each.piece for each in records_of(case)] == [None]
    shown = thread_of(case)[-1]
    assert shown.facts == (words.UNREADABLE.format(work=work),)
    assert shown.text == ""


def test_casework_is_told_in_sentences(desk: Desk, team: Colleagues) -> None:
    danger = Escalation(None, False, "He comes at eleven.", "", "", "")
    record(desk.station, desk.only(), Work.ESCALATION, danger)
    shown = thread_of(desk.station.open_case(desk.only()))[-1]
    assert shown.facts == (words.RISK, words.DANGER.format(said="He comes at eleven."))
    assert shown.text == ""
