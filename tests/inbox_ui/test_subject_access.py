"""Who asks what is held about them learns nothing that leads to a source, and no more than two
people let go."""

from collections.abc import Callable

import pytest

from crypto.reporter import Draft as Report
from inbox_ui import assigning, casework, interests
from inbox_ui.accounts.requests import answer, not_searched, say, schedule
from inbox_ui.accounts.subject import Hit, Why
from inbox_ui.errors import OwnProposal, UnknownLine
from inbox_ui.search import index as indexing
from inbox_ui.search.index import Index
from inbox_ui.work import sending
from inbox_ui.work.access import Access, Step
from inbox_ui.work.intelligence import Draft, Pool, Subject, Tick
from inbox_ui.work.persons import may_name
from inbox_ui.work.records import pieces, records_of
from tests.inbox_ui.conftest import Desk, Writer
from tests.inbox_ui.intelligence import TEXT, a_report, an_item
from tests.inbox_ui.team import Colleagues, id_of

NAME = "Rowan Tait"
SAID = "DC Rowan Tait sells checks at Greyfen station, and I am his clerk."
LINE = "Rowan Tait, DC, Detective, Intelligence unit, Northmarch Constabulary"
OTHER = Subject("Ashley Birch", "", "", "", "")


@pytest.fixture
def team(desk: Desk, make_desk: Callable[..., Desk]) -> Colleagues:
    """Two who may read, and a case in which somebody is named everywhere.
    Making it takes long, so that one test goes on where another could begin."""
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
    sending.keep(desk.station, desk.only(), draft, "Many were told.")
    team.sync()
    if read:
        sending.read(desk.station, desk.only(), report.ref, tuple(Tick))
        team.sync()


def _hits(desk: Desk, name: str = NAME) -> list[Hit]:
    desk.sync()
    return list(schedule(desk.station, _index(desk), name))


def _index(desk: Desk) -> Index:
    index = Index()
    index.follow(desk.station)
    return index


def test_cases_that_nobody_could_look_into_here_are_counted(team: Colleagues) -> None:
    """Those of others, and those that an interest hides; a case that is read is none of them."""
    desk, bo = team.first, team.desks["bo"]
    assert not_searched(desk.station) == 0
    assigning.assign(desk.station, desk.only(), frozenset({id_of(bo)}), "")
    Writer(desk.server).write("Sergeant Bloggs took it.")
    team.sync()
    desk.station.keep(lambda vault: interests.declare(vault, "Sergeant Bloggs"))
    desk.station.refresh()
    assert (not_searched(desk.station), not_searched(bo.station)) == (2, 0)


def _code(desk: Desk, text: str) -> str:
    [hit] = [each for each in _hits(desk) if each.text == text]
    return hit.code


def _say(team: Colleagues, desk: Desk, text: str, step: Step) -> None:
    say(desk.station, _index(desk), NAME, _code(desk, text), step, "Asked for, and harmless.")
    team.sync()


def test_whatever_leads_to_a_source_is_found_and_withheld_without_its_words(
    team: Colleagues,
) -> None:
    hits = _hits(team.first)
    assert [each.why for each in hits] == [Why.SOURCE, Why.DIALOGUE, Why.WORK]
    assert all(each.text == "" and each.line is None for each in hits)
    assert "clerk" not in repr(hits)
    for code in ("", "aaaaaaaa", "reporter 0"):
        with pytest.raises(UnknownLine):
            say(team.first.station, _index(team.first), NAME, code, Step.PROPOSED, "Please.")


def test_of_a_report_only_what_was_written_anew_and_leads_to_nobody_may_be_thought_about(
    team: Colleagues,
) -> None:
    def lines() -> dict[str, Why]:
        hits = _hits(team.first)
        return {each.text: each.why for each in hits if each.place.startswith("IR-")}

    _keep(team, read=False)
    assert lines() == {"": Why.UNREAD}
    _keep(team, Pool.FEW)
    assert lines() == {"": Why.POOL}
    _keep(team, Pool.UNKNOWN)
    assert lines() == {"": Why.POOL}
    _keep(team, items=(an_item(SAID),))
    assert lines() == {"": Why.UNREAD}
    _keep(team)
    assert lines() == {LINE: Why.DECIDE, TEXT: Why.DECIDE}
    subjects = (a_report().subjects[0], OTHER)
    _keep(team, subjects=subjects, items=(an_item(TEXT), an_item("Information suggests Tait.")))
    assert lines() == {LINE: Why.DECIDE, "Information suggests Tait.": Why.DECIDE}


def test_the_answer_is_the_same_whatever_is_held_but_for_what_two_let_go(team: Colleagues) -> None:
    first, second = team.first, team.desks["bo"]
    nothing = answer(schedule(first.station, _index(first), "Nobody Whatever"))
    assert NAME.encode() not in nothing
    _keep(team)
    with pytest.raises(OwnProposal):
        _say(team, second, TEXT, Step.AGREED)
    _say(team, first, TEXT, Step.PROPOSED)
    with pytest.raises(OwnProposal):
        _say(team, first, TEXT, Step.AGREED)
    assert answer(tuple(_hits(first))) == nothing == answer(())
    _say(team, second, TEXT, Step.AGREED)
    released = answer(tuple(_hits(first)))
    assert TEXT.encode() in released
    for leak in (LINE, "IR-", first.only().name, "2026-", "clerk"):
        assert leak.encode() not in released
    _keep(team, checks="Some.")  # a letter of the report that changes voids it
    assert answer(tuple(_hits(first))) == nothing
    _keep(team)
    assert answer(tuple(_hits(first))) == released
    _say(team, first, TEXT, Step.WITHDRAWN)
    assert answer(tuple(_hits(first))) == nothing
    written = [piece.to_bytes().decode() for _, piece in pieces(records_of(first.open()), Access)]
    assert len(written) == 3
    assert all("Asked for, and harmless." in each for each in written)
    assert not any(each in "".join(written) for each in ("Tait", "Rowan", "checks are made"))


def test_a_subject_who_is_named_in_no_words_is_found_too(team: Colleagues) -> None:
    _keep(team, subjects=(OTHER,), items=(an_item("Information suggests a sale."),))
    assert _index(team.first).search("birch").count == 1
    [hit, _] = _hits(team.first, "Ashley Birch")
    assert hit.text == "Ashley Birch"


def test_a_case_that_is_not_read_for_the_search_yet_is_looked_at_all_the_same(
    team: Colleagues, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = team.first
    writer = Writer(desk.server)
    desk.server.put(writer.core.report(Report("Rowan Tait was there."), desk.server.today))
    team.sync()
    monkeypatch.setattr(indexing, "_AT_ONCE", 1)
    half = Index()
    assert half.follow(desk.station, seconds=0) == 1
    assert schedule(desk.station, half, NAME) == schedule(desk.station, _index(desk), NAME)


@pytest.mark.parametrize(
    "text", ["Tait", "TAÍT", "Taitt was there", "Tait, Rowan", "Rowan Jay Tate", "T\u200bai\u200bt"]
)
def test_a_name_is_found_under_other_spellings(text: str) -> None:
    assert may_name(text, NAME)


@pytest.mark.parametrize("text", ["", "Rowan alone", "the state of it", "a tailor in Greyfen"])
def test_and_not_everywhere(text: str) -> None:
    assert not may_name(text, NAME)
