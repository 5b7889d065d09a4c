"""Cases that have to do with each other: told to those who may read both, and never merged."""

from collections.abc import Callable
from dataclasses import replace
from weakref import WeakKeyDictionary

import pytest

from crypto.errors import Locked
from crypto.reporter import Draft
from inbox_ui import assigning, interests
from inbox_ui.errors import LinkedAlready, NotLinked, SameCase
from inbox_ui.search.index import Index
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.thread import thread_of
from inbox_ui.work import linking, words
from inbox_ui.work.marking import suggest
from inbox_ui.work.marks import passages_of
from inbox_ui.work.pieces import Mark, Marks, Work
from inbox_ui.work.recording import record
from tests.inbox_ui.conftest import Desk, Writer
from tests.inbox_ui.team import Colleagues, id_of

New = Callable[[], Writer]
SAME = (
    "PC Lena Marsh of Wessendale takes money. PC Lena Marsh is corrupt, everyone knows it, and "
    "nobody does anything about PC Lena Marsh at all."
)
_INDEXES: WeakKeyDictionary[Station, Index] = WeakKeyDictionary()


def _index(desk: Desk) -> Index:
    desk.station.refresh()
    index = _INDEXES.setdefault(desk.station, Index())
    index.follow(desk.station)
    return index


def _cases(desk: Desk) -> list[Summary]:
    return sorted(desk.cases(), key=lambda each: each.mailbox)


def _accept_all(desk: Desk, summary: Summary) -> None:
    """Mark all that is suggested."""
    case = desk.open(summary)
    marks = tuple(
        Mark(
            each.kind, each.said, each.normal, passage.entry, passage.question, each.start,
            each.end, dropped=False,
        )
        for passage in passages_of(case)
        for each in suggest(passage.text)
    )  # fmt: skip
    record(desk.station, summary, Work.MARKS, Marks(None, marks))
    desk.sync()


def _shared(desk: Desk, summary: Summary) -> dict[str, set[str]]:
    index = _index(desk)
    found = linking.shared_names(index, summary, desk.open(summary))
    return {each.mark.normal: {other.name for other in each.others} for each in found}


@pytest.fixture
def team(desk: Desk, make_desk: Callable[..., Desk]) -> Colleagues:
    colleagues = Colleagues(desk, make_desk)
    desk.sync()
    colleagues.join("bo")
    colleagues.sync()
    return colleagues


@pytest.fixture
def three(desk: Desk, reporter: New, team: Colleagues) -> list[Summary]:
    """Two name one station, and the third something else."""
    for text, force in (
        ("A uniformed man at Greyfen station sells lost property. He drives AB12 CDE.", "btp"),
        ("Ex-Wessendale, now at Greyfen station: PC 4711.", "demo-wessendale"),
        ("Sgt Imelda Crane warns the Blue Lantern bar.", "demo-wessendale"),
    ):
        writer = reporter()
        desk.server.put(writer.core.report(Draft(text, forces=(force,)), desk.server.today))
    team.sync()
    for each in _cases(desk):
        _accept_all(desk, each)
    team.sync()
    return _cases(desk)


def test_what_is_marked_in_two_cases_brings_them_together(desk: Desk, three: list[Summary]) -> None:
    first, second, third = three
    assert _shared(desk, first) == {"greyfen station": {second.name}}
    assert _shared(desk, second) == {"greyfen station": {first.name}}
    assert _shared(desk, third) == {}
    [found] = linking.shared_names(_index(desk), first, desk.open(first))
    assert found.across  # the two name other forces


def test_only_what_an_analyst_accepted_counts(desk: Desk, three: list[Summary]) -> None:
    first, second, _ = three
    marks = [each.mark for each in linking.shared_names(_index(desk), second, desk.open(second))]
    taken_back = tuple(replace(each, dropped=True) for each in marks)
    record(desk.station, second, Work.MARKS, Marks(None, taken_back))
    desk.sync()
    assert _shared(desk, first) == {}


def test_a_case_of_others_is_neither_named_nor_counted(
    desk: Desk, team: Colleagues, three: list[Summary]
) -> None:
    first, second, _ = three
    bo = team.desks["bo"]
    assert _shared(bo, first)
    assigning.assign(desk.station, second, frozenset({id_of(desk)}), "")
    team.sync()
    summary = next(each for each in bo.cases() if each.name == first.name)
    assert _shared(bo, summary) == {}
    assert _shared(desk, next(each for each in desk.cases() if each.name == first.name))


def test_a_hidden_case_is_neither_named_nor_counted(desk: Desk, three: list[Summary]) -> None:
    first = three[0]
    desk.station.keep(lambda vault: interests.declare(vault, "PC 4711"))
    assert len(desk.cases()) == 2
    assert _shared(desk, first) == {}


def test_the_same_text_sent_three_times_is_seen(desk: Desk, reporter: New) -> None:
    for more in ("", " Please ring me.", " What have you got on file?"):
        reporter().write(SAME + more)
    reporter().write("Something else altogether, about a bar, a sergeant and a holiday in Faro.")
    desk.sync()
    index, cases = _index(desk), _cases(desk)
    for each in cases[:3]:
        near = linking.near_texts(index, each)
        assert {one.other.name for one in near} == {one.name for one in cases[:3]} - {each.name}
        assert all(one.share >= 60 for one in near)
    assert linking.near_texts(index, cases[3]) == ()


# -- what an analyst says -----------------------------------------------------------------------


def test_a_link_stands_in_both_cases_with_its_reason_and_can_be_ended(
    desk: Desk, team: Colleagues, three: list[Summary]
) -> None:
    first, _, third = three
    linking.link(desk.station, first, third, "One man, two trades.")
    with pytest.raises(LinkedAlready):
        linking.link(desk.station, first, third, "Again.")
    team.sync()
    for viewer in (desk, team.desks["bo"]):
        one, _, other = _cases(viewer)
        for here, there in ((one, other), (other, one)):
            [found] = linking.linked(viewer.station, viewer.open(here))
            assert found.other is not None
            assert (found.other.name, found.reason, found.both) == (
                there.name, "One man, two trades.", True,
            )  # fmt: skip
    assert {each.state for each in _cases(desk)} == {"received"}
    bo = team.desks["bo"]
    linking.unlink(bo.station, _cases(bo)[2], _cases(bo)[0], "It is not he.")
    team.sync()
    assert all(linking.linked(desk.station, desk.open(each)) == () for each in _cases(desk))
    with pytest.raises(NotLinked):
        linking.unlink(desk.station, *_cases(desk)[:2], "Never was.")


def test_a_case_is_not_linked_with_itself(desk: Desk, three: list[Summary]) -> None:
    with pytest.raises(SameCase):
        linking.link(desk.station, three[0], three[0], "Why not.")


def test_who_may_not_read_the_other_case_learns_of_a_link_no_name_and_no_reason_elsewhere(
    desk: Desk, team: Colleagues, three: list[Summary]
) -> None:
    first, _, third = three
    linking.link(desk.station, first, third, "One man.")
    team.sync()
    assigning.assign(desk.station, _cases(desk)[2], frozenset({id_of(desk)}), "")
    team.sync()
    bo = team.desks["bo"]
    here = next(each for each in bo.cases() if each.name == first.name)
    [found] = linking.linked(bo.station, bo.open(here))
    assert found.other is None
    told = [fact for shown in thread_of(bo.open(here)) for fact in shown.facts]
    assert words.LINKED in told
    assert not any(third.name in fact for fact in told)


def test_where_one_of_the_two_cannot_be_written_into_neither_is(
    desk: Desk, team: Colleagues, three: list[Summary]
) -> None:
    first, second, _ = three
    bo = team.desks["bo"]
    assigning.assign(desk.station, second, frozenset({id_of(bo)}), "")
    team.sync()
    now = {each.name: each for each in desk.cases()}
    with pytest.raises(Locked):
        linking.link(desk.station, now[first.name], now[second.name], "One man.")
    assert linking.links_of(desk.open(now[first.name])) == {}
    assert desk.station.archive.outbox.items() == ()


def test_what_stopped_between_the_two_is_seen_and_finished_by_doing_it_again(
    desk: Desk, three: list[Summary], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = three
    put, calls = desk.station.archive.outbox.put, []

    def stops(outgoings: object, handlers: object = ()) -> int:
        calls.append(outgoings)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return put(outgoings, handlers)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.station.archive.outbox, "put", stops)
    with pytest.raises(KeyboardInterrupt):
        linking.link(desk.station, first, second, "One man.")
    monkeypatch.undo()
    [found] = linking.linked(desk.station, desk.open(first))
    assert not found.both
    linking.link(desk.station, first, second, "One man.")
    [found] = linking.linked(desk.station, desk.open(first))
    assert found.both
    assert len(linking.linked(desk.station, desk.open(second))) == 1
