"""Who asks what is held about them learns nothing that leads to a source, and no more than two
people let go."""

from collections.abc import Callable

import pytest

from crypto.reporter import Draft as Report
from inbox_ui import casework
from inbox_ui.accounts.requests import answer, say, schedule
from inbox_ui.accounts.subject import Hit, Why
from inbox_ui.errors import OwnProposal, UnknownLine
from inbox_ui.work import sending
from inbox_ui.work.access import Access, Step
from inbox_ui.work.intelligence import Draft, Pool, Subject, Tick
from inbox_ui.work.naming import may_name
from inbox_ui.work.records import pieces, records_of
from tests.inbox_ui.conftest import Desk, Writer
from tests.inbox_ui.intelligence import TEXT, a_report, an_item
from tests.inbox_ui.team import Colleagues

NAME = "Rowan Tait"
SAID = "DC Rowan Tait sells checks at Greyfen station, and I am his clerk."
LINE = "Rowan Tait, DC, Detective, Intelligence unit, Northmarch Constabulary"
OTHER = Subject("Ashley Birch", "", "", "", "")


@pytest.fixture
def team(desk: Desk, make_desk: Callable[..., Desk]) -> Colleagues:
    """Two who may read, and a case in which somebody is named everywhere."""
    colleagues = Colleagues(desk, make_desk)
    desk.sync()
    colleagues.join("bo")
    writer = Writer(desk.server)
    desk.server.put(writer.core.report(Report(SAID), desk.server.today))
    colleagues.sync()
    read = casework.newest_read(desk.station, desk.only().name)
    casework.reply(desk.station, desk.only(), "Is Tait there today?", "en", read)
    casework.note(desk.station, desk.only(), "Rowan Tate again.")
    colleagues.sync()
    return colleagues


def _keep(
    team: Colleagues, pool: Pool = Pool.MORE, *, read: bool = True, **changes: object
) -> None:
    desk = team.first
    report = a_report(**changes)
    before = [each.id for each, _ in pieces(records_of(desk.open()), Draft)]
    draft = Draft(before[-1] if before else None, report, pool, None)
    sending.keep(desk.station, desk.only(), draft)
    team.sync()
    if read:
        sending.read(desk.station, desk.only(), report.ref, tuple(Tick))
        team.sync()


def _hits(desk: Desk, name: str = NAME) -> list[Hit]:
    desk.sync()
    return list(schedule(desk.station, name))


def _code(desk: Desk, text: str) -> str:
    [hit] = [each for each in _hits(desk) if each.text == text]
    return hit.code


def _say(team: Colleagues, desk: Desk, text: str, step: Step) -> None:
    say(desk.station, NAME, _code(desk, text), step, "Asked for, and harmless.")
    team.sync()


def test_whatever_leads_to_a_source_is_found_and_withheld_without_its_words(
    team: Colleagues,
) -> None:
    hits = _hits(team.first)
    assert [each.why for each in hits] == [Why.SOURCE, Why.DIALOGUE, Why.WORK]
    assert all(each.text == "" and each.line is None for each in hits)
    assert "clerk" not in repr(hits)


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"pool": Pool.FEW}, Why.POOL), ({"pool": Pool.UNKNOWN}, Why.POOL),
     ({"read": False}, Why.UNREAD), ({"items": (an_item(SAID),)}, Why.UNREAD)],
)  # fmt: skip
def test_a_report_that_may_lead_to_somebody_is_withheld_line_by_line(
    team: Colleagues, changes: dict[str, object], why: Why
) -> None:
    _keep(team, **changes)  # type: ignore[arg-type]
    of_report = [each for each in _hits(team.first) if each.place.startswith("IR-")]
    assert {each.why for each in of_report} == {why}
    assert all(not each.code for each in of_report)


def test_what_was_written_anew_may_be_thought_about(team: Colleagues) -> None:
    _keep(team)
    lines = {each.text: each.why for each in _hits(team.first) if each.code}
    assert lines == {LINE: Why.DECIDE, TEXT: Why.DECIDE}


def test_another_persons_line_is_not_among_them(team: Colleagues) -> None:
    subjects = (a_report().subjects[0], OTHER)
    _keep(team, subjects=subjects, items=(an_item(TEXT), an_item("Information suggests Tait.")))
    lines = {each.text for each in _hits(team.first) if each.code}
    assert lines == {LINE, "Information suggests Tait."}


def test_the_answer_is_the_same_whether_or_not_anything_is_held(team: Colleagues) -> None:
    nothing = answer(schedule(team.first.station, "Nobody Whatever"))
    _keep(team)
    _say(team, team.first, TEXT, Step.PROPOSED)
    assert answer(tuple(_hits(team.first))) == nothing
    assert NAME.encode() not in nothing


def test_a_line_goes_by_the_word_of_two_and_stops_by_that_of_one(team: Colleagues) -> None:
    first, second = team.first, team.desks["bo"]
    _keep(team)
    nothing = answer(())
    with pytest.raises(OwnProposal):
        _say(team, second, TEXT, Step.AGREED)
    _say(team, first, TEXT, Step.PROPOSED)
    with pytest.raises(OwnProposal):
        _say(team, first, TEXT, Step.AGREED)
    _say(team, second, TEXT, Step.AGREED)
    released = answer(tuple(_hits(first)))
    assert TEXT.encode() in released
    for leak in (LINE, "IR-", first.only().name, "2026-", "clerk"):
        assert leak.encode() not in released
    _say(team, first, TEXT, Step.WITHDRAWN)
    assert answer(tuple(_hits(first))) == nothing


def test_a_letter_that_changes_voids_what_was_agreed(team: Colleagues) -> None:
    _keep(team)
    _say(team, team.first, TEXT, Step.PROPOSED)
    _say(team, team.desks["bo"], TEXT, Step.AGREED)
    _keep(team, checks="Some.")
    assert answer(tuple(_hits(team.first))) == answer(())


def test_nothing_that_is_withheld_can_be_proposed(team: Colleagues) -> None:
    for code in ("", "aaaaaaaa", "reporter 0"):
        with pytest.raises(UnknownLine):
            say(team.first.station, NAME, code, Step.PROPOSED, "Please.")


def test_the_log_says_who_decided_and_why_and_not_about_whom(team: Colleagues) -> None:
    _keep(team)
    _say(team, team.first, LINE, Step.PROPOSED)
    [(_, piece)] = pieces(records_of(team.first.open()), Access)
    assert piece.reason == "Asked for, and harmless."
    written = piece.to_bytes().decode().casefold()
    assert not any(each in written for each in ("tait", "rowan", "northmarch"))


@pytest.mark.parametrize(
    "text", ["Tait", "TAÍT", "Taitt was there", "Tait, Rowan", "Rowan Jay Tate"]
)
def test_a_name_is_found_under_other_spellings(text: str) -> None:
    assert may_name(text, NAME)


@pytest.mark.parametrize("text", ["", "Rowan alone", "the state of it", "a tailor in Greyfen"])
def test_and_not_everywhere(text: str) -> None:
    assert not may_name(text, NAME)
