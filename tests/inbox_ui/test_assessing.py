"""Assessing, a risk to life, the way round a force, and who must not see a report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from crypto.documents import Answer, Category, Conclusion
from crypto.envelope import Chain
from crypto.reporter import Draft
from dropbox.site.forces import read_forces
from dropbox.site.questions import QUESTIONS
from inbox_ui import assigning, casework
from inbox_ui.errors import BadFilter, BadLabels
from inbox_ui.pages.queues import Queue, Viewer, select_cases
from inbox_ui.summary import Summary
from inbox_ui.thread import thread_of
from inbox_ui.work import filters, words
from inbox_ui.work.alternates import neighbours
from inbox_ui.work.assessing import LETTERS, newest_assessment, propose, rate
from inbox_ui.work.calling import facts_to_ring, find_route, may_ring, names_blocked
from inbox_ui.work.conflicts import Facts, Ground, Reason, Recipient, check, facts_of
from inbox_ui.work.corruption import Corruption
from inbox_ui.work.escalating import is_open
from inbox_ui.work.intelligence import Draft as Version
from inbox_ui.work.intelligence import Pool
from inbox_ui.work.labelled import read_labelled, read_rating
from inbox_ui.work.naming import forces_in, names_a_chief, names_a_unit, names_the_force
from inbox_ui.work.persons import may_be_one
from inbox_ui.work.pieces import (
    Assessment,
    Escalation,
    Level,
    Mark,
    MarkKind,
    Marks,
    Rated,
    Scope,
    Stage,
    Work,
)
from inbox_ui.work.recording import record
from inbox_ui.work.records import newest_id, records_of
from inbox_ui.work.signposts import read_signposts
from inbox_ui.work.standing import Risk
from tests.inbox_ui.conftest import Desk, Writer
from tests.inbox_ui.intelligence import SUBJECT, a_report
from tests.inbox_ui.team import Colleagues, id_of

New = Callable[[], Writer]
FIRST = Assessment(None, Stage.ASSESSING, Scope.UNKNOWN, (), None, "")
EMPTY = Escalation(None, False, "", "", "", "")


@pytest.fixture
def team(desk: Desk, make_desk: Callable[..., Desk]) -> Colleagues:
    colleagues = Colleagues(desk, make_desk)
    desk.sync()
    colleagues.join("bo")
    return colleagues


def _report(
    desk: Desk,
    text: str = "One.",
    *,
    categories: Sequence[Category] = (),
    forces: Sequence[str] = (),
    given: Mapping[str, str] | None = None,
    **answers: str,
) -> Writer:
    writer = Writer(desk.server)
    said = tuple(
        Answer(name.replace("_", "-"), answer)
        for name, answer in sorted({**answers, **(given or {})}.items())
    )
    chosen = tuple(sorted(categories))
    draft = Draft(text, categories=chosen, forces=tuple(forces), answers=said)
    desk.server.put(writer.core.report(draft, desk.server.today))
    desk.sync()
    return writer


def _facts(desk: Desk) -> Facts:
    return facts_of(desk.open())


def _escalate(desk: Desk, step: Escalation = EMPTY) -> bytes:
    record(desk.station, desk.only(), Work.ESCALATION, step)
    newest = newest_id(records_of(desk.open()), Work.ESCALATION.value)
    assert newest is not None
    return newest


def _in(desk: Desk, queue: Queue) -> list[str]:
    viewer = Viewer(id_of(desk), desk.station.today())
    return [each.name for each in select_cases(desk.station.cases(), queue, "", viewer)]


# -- assessing ----------------------------------------------------------------------------------


def test_what_the_reporter_chose_only_proposes(desk: Desk) -> None:
    _report(desk, categories=[Category.SEXUAL, Category.INFLUENCE])
    case = desk.open()
    assert set(propose(case)) == {
        Corruption.DISCLOSURE, Corruption.AUTHORITY, Corruption.SEXUAL, Corruption.VULNERABILITY,
    }  # fmt: skip
    assert newest_assessment(case).corruption == ()


def test_assessing_again_keeps_what_was_said_and_shows_what_changed(desk: Desk) -> None:
    _report(desk)
    low = rate({"threat": Rated(Level.LOW, "He is away.")})
    record(desk.station, desk.only(), Work.ASSESSMENT, replace(FIRST, thrive=low))
    newest = newest_assessment(desk.open())
    high = rate({"threat": Rated(Level.HIGH, "He is back.")})
    again = replace(newest, stage=Stage.AWAITING_FORCE, thrive=high)
    record(desk.station, desk.only(), Work.ASSESSMENT, again)
    before, now = thread_of(desk.open())[-2:]
    assert "Threat, low: He is away." in before.facts
    assert "Changed, Threat: low (He is away.) → high (He is back.)" in now.facts
    assert "Changed, Stage: being assessed → waiting for a force" in now.facts
    assert words.BLIND not in now.facts


def test_two_who_assess_at_once_are_told_and_neither_is_lost(team: Colleagues) -> None:
    _report(team.first)
    team.sync()
    other = team.desks["bo"]
    record(team.first.station, team.first.only(), Work.ASSESSMENT, FIRST)
    partly = replace(FIRST, scope=Scope.PARTLY)
    record(other.station, other.only(), Work.ASSESSMENT, partly)
    team.sync()
    team.sync()
    facts = [each.facts for each in thread_of(team.first.open()) if each.kind == "recorded"]
    assert [words.BLIND in each for each in facts] == [False, True]
    assert newest_assessment(team.first.open()) == newest_assessment(other.open())


def test_the_stage_decides_whose_word_is_waited_for(team: Colleagues) -> None:
    _report(team.first)
    team.sync()
    desk = team.first
    record(desk.station, desk.only(), Work.ASSESSMENT, replace(FIRST, stage=Stage.AWAITING_FORCE))
    name = desk.only().name
    assert _in(desk, Queue.FORCE) == [name]
    assert _in(desk, Queue.NEW) == [name], "nothing is acknowledged"
    assert _in(desk, Queue.THEIRS) == []
    team.sync()
    assert _in(team.desks["bo"], Queue.FORCE) == [name]


# -- a risk to life -----------------------------------------------------------------------------


def test_a_risk_to_life_counts_at_once_with_nothing_filled_in_and_without_a_server(
    team: Colleagues,
) -> None:
    _report(team.first)
    team.sync()
    assert _in(team.first, Queue.RISK) == []
    _escalate(team.first)
    assert _in(team.first, Queue.RISK) == [team.first.only().name]
    team.sync()
    assert _in(team.desks["bo"], Queue.RISK) == [team.first.only().name]


def test_a_risk_to_life_stands_first_in_every_list(desk: Desk) -> None:
    for text in ("One.", "Two.", "Three."):
        _report(desk, text)
    oldest = desk.cases()[-1]
    record(desk.station, oldest, Work.ESCALATION, EMPTY)
    assert _in(desk, Queue.ALL)[0] == oldest.name
    assert _in(desk, Queue.NEW)[0] == oldest.name


def test_it_is_over_only_where_somebody_says_so(desk: Desk) -> None:
    _report(desk)
    first = _escalate(desk)
    second = _escalate(desk, replace(EMPTY, after=first, called="PSD", when="22:10", said="On it."))
    assert is_open(records_of(desk.open()))
    _escalate(desk, replace(EMPTY, after=second, over=True, said="She is safe."))
    assert not is_open(records_of(desk.open()))
    assert _in(desk, Queue.RISK) == []


def test_an_end_that_crossed_with_something_new_ends_nothing(team: Colleagues) -> None:
    _report(team.first)
    team.sync()
    other = team.desks["bo"]
    first = _escalate(team.first)
    team.sync()
    _escalate(team.first, replace(EMPTY, after=first, danger="He has come back."))
    _escalate(other, replace(EMPTY, after=first, over=True, said="She is safe."))
    team.sync()
    team.sync()
    assert is_open(records_of(team.first.open()))
    assert is_open(records_of(other.open()))


def test_danger_that_the_reporter_names_is_red_until_the_team_has_answered_it(
    desk: Desk,
) -> None:
    _report(desk, danger="yes")
    assert desk.only().risk == "said"
    assert _in(desk, Queue.RISK) == [desk.only().name]
    _escalate(desk, replace(EMPTY, over=True, said="It was last year."))
    assert _in(desk, Queue.RISK) == []


def _reported(desk: Desk, **answers: str) -> Writer:
    """A reporter who can write again."""
    writer = Writer(desk.server)
    said = tuple(Answer(name, answer) for name, answer in answers.items())
    desk.server.put(writer.core.report(Draft("He has a gun.", answers=said), desk.server.today))
    desk.sync()
    return writer


def _now(desk: Desk) -> Summary:
    """The only case, with what of it waits in the outbox."""
    [case] = desk.station.cases()
    return case


def _deliver(desk: Desk) -> None:
    desk.sync()
    desk.sync()


def test_new_danger_after_the_end_of_a_risk_is_red_until_somebody_says_it_is_over(
    desk: Desk,
) -> None:
    writer = _reported(desk, danger="yes")
    first = _escalate(desk)
    over = _escalate(desk, replace(EMPTY, after=first, over=True, said="He was arrested."))
    _deliver(desk)
    assert (desk.only().risk, _in(desk, Queue.RISK)) == ("", [])
    writer.write("He has come back with the gun tonight.")
    desk.sync()
    assert desk.only().risk == Risk.AGAIN
    assert _in(desk, Queue.RISK) == [desk.only().name]
    _escalate(desk, replace(EMPTY, after=over, over=True, said="Looked at, no new risk."))
    assert _now(desk).risk == "", "also while it waits here"
    _deliver(desk)
    assert desk.only().risk == ""


def test_a_new_risk_after_the_end_of_one_is_open_and_not_only_written_since(desk: Desk) -> None:
    writer = _reported(desk)
    over = _escalate(desk, replace(EMPTY, over=True, said="He was arrested."))
    _deliver(desk)
    writer.write("He is back.")
    desk.sync()
    _escalate(desk, replace(EMPTY, after=over))
    assert _now(desk).risk == Risk.OPEN


def test_a_mailbox_that_is_closed_after_the_end_of_a_risk_is_no_new_danger(desk: Desk) -> None:
    writer = _reported(desk, danger="yes")
    _escalate(desk, replace(EMPTY, over=True, said="He was arrested."))
    _deliver(desk)
    desk.server.put(writer.core.close(writer.read(), desk.server.today))
    desk.sync()
    assert desk.only().risk == ""


def test_a_case_concluded_with_the_reporters_danger_is_red_once_they_write_again(
    desk: Desk,
) -> None:
    writer = _reported(desk, danger="yes")
    casework.acknowledge(desk.station, desk.only(), desk.open().file.newest_read)
    _deliver(desk)
    until = desk.station.today() + timedelta(days=30)
    assigning.conclude(desk.station, desk.only(), Conclusion.REFERRED, until, "Passed on.")
    _deliver(desk)
    assert desk.only().risk == ""
    writer.write("He has come back with the gun tonight.")
    desk.sync()
    assert desk.only().risk == Risk.AGAIN


def test_what_comes_after_an_assessment_asks_for_another(desk: Desk) -> None:
    writer = _reported(desk)
    assert not desk.only().came_since, "nobody has assessed it"
    record(desk.station, desk.only(), Work.ASSESSMENT, FIRST)
    _deliver(desk)
    assert not desk.only().came_since
    writer.write("He is back.")
    desk.sync()
    assert desk.only().came_since
    record(desk.station, desk.only(), Work.ASSESSMENT, newest_assessment(desk.open()))
    assert not _now(desk).came_since
    _deliver(desk)
    assert not desk.only().came_since


@pytest.mark.parametrize("answer", ["no", "unknown", "yes, perhaps", "YES"])
def test_no_other_answer_is_danger(desk: Desk, answer: str) -> None:
    _report(desk, danger=answer)
    assert desk.only().risk == ""


def test_who_lost_the_case_is_told_nothing_of_it(team: Colleagues) -> None:
    _report(team.first, danger="yes")
    team.sync()
    other = team.desks["bo"]
    _escalate(team.first)
    team.sync()
    assigning.assign(team.first.station, team.first.only(), frozenset({id_of(team.first)}), "")
    team.sync()
    assert (other.only().risk, other.only().read_by) == ("", "")
    assert team.first.only().risk == "open"


# -- the way round a force ----------------------------------------------------------------------


def test_the_control_room_of_a_named_force_is_blocked_and_others_are_shown(
    desk: Desk,
) -> None:
    _report(desk, forces=["demo-wessendale"])
    facts = _facts(desk)
    route = find_route(facts)
    assert route.blocked == ("DEMO: Wessendale Police",)
    assert not route.uncertain
    assert [each.id for each in route.instead] == ["on-call", "demo-northmarch", "demo-calder"]
    assert all(each.confirm for each in route.instead)
    assert not may_ring(facts, "demo-wessendale")
    assert may_ring(facts, "demo-calder")
    assert names_blocked(facts, "wessendale police, the desk") == ("DEMO: Wessendale Police",)


def _blocked(desk: Desk) -> tuple[str, ...]:
    return find_route(facts_to_ring(desk.open())).blocked


@pytest.mark.parametrize(
    "step",
    [
        replace(EMPTY, danger="hes a pc at wessendale"),
        replace(EMPTY, called="On-call superintendent", said="She says: he is now at Wessendale."),
    ],
)
def test_a_force_that_a_step_names_is_blocked_from_then_on(desk: Desk, step: Escalation) -> None:
    _report(desk, "He has a gun.", forces=["demo-northmarch"])
    assert _blocked(desk) == ("DEMO: Northmarch Constabulary",)
    _escalate(desk, step)
    assert _blocked(desk) == ("DEMO: Northmarch Constabulary", "DEMO: Wessendale Police")


def test_whoever_was_rung_can_be_rung_again(desk: Desk) -> None:
    _report(desk, "He has a gun.", forces=["demo-northmarch"])
    _escalate(
        desk, replace(EMPTY, called="Port Calder control room", said="Port Calder sends two.")
    )
    assert _blocked(desk) == ("DEMO: Northmarch Constabulary",)


def test_a_force_that_is_marked_rated_or_of_whom_a_report_is_about_is_blocked(desk: Desk) -> None:
    _report(desk, "He works down the road.", forces=["demo-northmarch"])
    assert _blocked(desk) == ("DEMO: Northmarch Constabulary",)
    [entry] = desk.open().file.of(Chain.REPORTER)
    start, end, said = 9, 22, "down the road"
    mark = Mark(MarkKind.UNIT, said, "demo-hallin", entry.id, "", start, end, dropped=False)
    record(desk.station, desk.only(), Work.MARKS, Marks(None, (mark,)))
    assert "DEMO: Hallin Police" in _blocked(desk)
    thrive = rate({"threat": Rated(Level.HIGH, "His wife is at Wessendale.")})
    record(desk.station, desk.only(), Work.ASSESSMENT, replace(FIRST, thrive=thrive))
    assert "DEMO: Wessendale Police" in _blocked(desk)
    report = a_report(subjects=(replace(SUBJECT, force="demo-calder"),))
    kept = Version(None, report, Pool.UNKNOWN, None)
    record(desk.station, desk.only(), Work.INTELLIGENCE, kept)
    assert "DEMO: Port Calder Police" in _blocked(desk)


@pytest.mark.parametrize(
    ("force", "called"),
    [
        ("demo-wessendale", "Wessendale control room"),
        ("demo-wessendale", "the desk at wessendale"),
        ("demo-hallin", "Heddlu Hallin"),
        ("thames-valley", "control room, reading"),
        ("metropolitan", "met control"),
    ],
)
def test_a_blocked_room_is_told_by_a_short_name_too(desk: Desk, force: str, called: str) -> None:
    _report(desk, forces=[force])
    assert len(names_blocked(_facts(desk), called)) == 1
    assert names_blocked(_facts(desk), "on-call superintendent, Port Calder") == ()


@pytest.mark.parametrize("force", ["", "nowhere", "unknown", "multiple", "<b>"])
def test_what_is_no_force_is_never_allowed(desk: Desk, force: str) -> None:
    _report(desk, forces=["unknown"])
    assert find_route(_facts(desk)).uncertain
    assert not may_ring(_facts(desk), force)


def test_a_force_in_the_text_or_that_must_not_know_is_blocked_too(desk: Desk) -> None:
    _report(desk, "He is PC at Wessendale.", must_not_know="Northmarch", who="A man from Kent")
    blocked = find_route(_facts(desk)).blocked
    assert blocked == ("Kent Police", "DEMO: Northmarch Constabulary", "DEMO: Wessendale Police")


@pytest.mark.parametrize("question", [each.name for each in QUESTIONS if not each.choices])
def test_a_force_that_any_answer_names_is_blocked(desk: Desk, question: str) -> None:
    _report(desk, forces=["demo-wessendale"], given={question: "Her sister's man is at Northmarch"})
    assert "DEMO: Northmarch Constabulary" in find_route(_facts(desk)).blocked


def test_a_force_in_a_later_message_is_blocked_too(desk: Desk) -> None:
    writer = _report(desk, forces=["demo-wessendale"])
    writer.write("hes gone back to northmarch")
    desk.sync()
    assert "DEMO: Northmarch Constabulary" in find_route(_facts(desk)).blocked


def test_neighbours_are_mutual_and_known() -> None:
    known = {each.id for each in read_forces()}
    for force in known:
        for near in neighbours(force):
            assert near in known
            assert force in neighbours(near)
            assert near != force


# -- who must not see it ------------------------------------------------------------------------

CCU = Recipient("Northmarch CCU", "demo-northmarch", ("Det Sgt Petra Lomond", "A. N. Other"))


def _reasons(desk: Desk, *subjects: str) -> tuple[Reason, ...]:
    return check(_facts(desk), CCU, subjects).reasons


def test_the_unit_of_an_ordinary_officers_force_may_have_it(desk: Desk) -> None:
    _report(desk, "Prints vehicle checks.", forces=["demo-northmarch"], who="DC Rowan Tait")
    assert _reasons(desk, "Rowan Tait") == ()


@pytest.mark.parametrize(
    ("answers", "subject", "reason"),
    [
        ({"must_not_know": "please not PSD either"}, "", Reason.ASKED),
        ({"must_not_know": "anybody at Northmarch"}, "", Reason.ASKED),
        ({"must_not_know": "anybody at northmarch"}, "", Reason.ASKED),
        ({"must_not_know": "nobody in the force"}, "", Reason.ASKED),
        ({"must_not_know": "the force itself"}, "", Reason.ASKED),
        ({"must_not_know": "my own force"}, "", Reason.ASKED),
        ({"must_not_know": "Anyone there."}, "", Reason.ASKED),
        ({"must_not_know": "Neb yn yr heddlu"}, "", Reason.ASKED),
        ({"must_not_know": "the integrity team"}, "", Reason.ASKED),
        ({"told": "Only Jo. Nobody at Northmarch must see this."}, "", Reason.ASKED),
        ({"harmed": "Me. Please do not show this to PSD."}, "", Reason.ASKED),
        ({"who": "the head of standards"}, "", Reason.UNIT),
        ({"who": "the A C C"}, "", Reason.CHIEF),
        ({"must_not_know": "Petra Lomond must not see this"}, "", Reason.ASKED),
        ({"must_not_know": "DS Lomund"}, "", Reason.ASKED),
        ({"must_not_know": "Petra must not see this"}, "", Reason.NAME),
        ({"who": "A sergeant in counter-corruption"}, "", Reason.UNIT),
        ({"who": "the Assistant Chief Constable"}, "", Reason.CHIEF),
        ({"told": "I told PSD last year"}, "", Reason.UNIT),
        ({"where": "In the PSD office"}, "", Reason.UNIT),
        ({"evidence": "It is in the CCU's own system"}, "", Reason.UNIT),
        ({"when": "When PSD moved, in spring"}, "", Reason.UNIT),
        ({"harmed": "the deputy chief constable"}, "", Reason.CHIEF),
        ({"follows": "Yes, the ACC had it"}, "", Reason.CHIEF),
        ({}, "Deputy Chief Constable Roe", Reason.CHIEF),
        ({"who": "Petra Lomond"}, "", Reason.PERSON),
        ({}, "P. Lomund", Reason.PERSON),
        ({}, "LOMOND, Pétra", Reason.PERSON),
        ({}, "DC Lomond", Reason.PERSON),
        ({"who": "my sergeant, Petra Lomond, and others"}, "", Reason.PERSON),
        ({"told": "Only DS Lomond"}, "", Reason.PERSON),
        ({}, "Petra", Reason.NAME),
        ({}, "Alan Lomond", Reason.NAME),
        ({"when": "After Lomond's party"}, "", Reason.NAME),
    ],
)
def test_a_conflict_blocks_and_offers_others(
    desk: Desk, answers: dict[str, str], subject: str, reason: Reason
) -> None:
    _report(desk, forces=["demo-northmarch"], given=answers)
    verdict = check(_facts(desk), CCU, (subject,) if subject else ())
    assert verdict.blocked
    assert reason in verdict.reasons
    assert [each.id for each in verdict.alternates] == [
        "IOPC", "other-ccu", "nca-acu", "inspectorate",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("He gave it to Petra Lomond.", Reason.PERSON),
        ("I told PSD last year and nothing happened.", Reason.UNIT),
        ("The deputy chief knows.", Reason.CHIEF),
    ],
)
def test_what_stands_anywhere_in_the_reporters_text_counts(
    desk: Desk, text: str, reason: Reason
) -> None:
    _report(desk, text, forces=["demo-northmarch"], who="DC Rowan Tait")
    assert _reasons(desk) == (reason,)


def test_a_wish_in_a_later_message_counts_like_the_answer(desk: Desk) -> None:
    writer = _report(desk, "Prints vehicle checks.", forces=["demo-wessendale"])
    assert _reasons(desk) == ()
    writer.write("One more thing: please do not show this to anybody at Northmarch Constabulary.")
    desk.sync()
    verdict = check(_facts(desk), CCU)
    assert (verdict.reasons, verdict.to_read) == ((Reason.ASKED,), True)
    assert _facts(desk).asked.startswith("One more thing: please do not show this")


def test_a_wish_that_somebody_else_may_have_spoken_blocks_nothing_and_is_to_be_read(
    desk: Desk,
) -> None:
    said = "He told her: do not tell anyone at Northmarch."
    _report(desk, said, forces=["demo-northmarch"])
    verdict = check(_facts(desk), CCU)
    assert (verdict.reasons, verdict.to_read) == ((), True)
    assert _facts(desk).asked == said


def test_a_wish_about_the_force_itself_is_about_the_one_that_was_chosen(desk: Desk) -> None:
    _report(desk, "He came from Northmarch.", forces=["demo-wessendale"], must_not_know="the force")
    assert _reasons(desk) == ()
    assert check(_facts(desk), Recipient("PSD", "demo-wessendale")).reasons == (Reason.ASKED,)


def test_the_unit_of_a_force_that_is_only_mentioned_may_be_the_one_that_is_meant(
    desk: Desk,
) -> None:
    text = "He moved here from Northmarch, where Northmarch PSD hushed it up."
    _report(desk, text, forces=["demo-wessendale"])
    assert _reasons(desk) == (Reason.UNIT,)
    assert check(_facts(desk), Recipient("Calder CCU", "demo-calder")).reasons == ()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Information suggests that somebody of professional standards warned him.", Reason.UNIT),
        ("Information suggests that the chief constable knew.", Reason.CHIEF),
    ],
)
def test_a_unit_or_rank_that_an_analyst_names_is_held_against_it(
    desk: Desk, said: str, reason: Reason
) -> None:
    _report(desk, forces=["demo-northmarch"])
    assert check(_facts(desk), CCU, (), (said,)).reasons == (reason,)
    assert check(_facts(desk), CCU, (), (), (said,)).reasons == ()
    assert check(_facts(desk), Recipient("PSD", "demo-calder"), (), (said,)).reasons == ()


@pytest.mark.parametrize(
    ("said", "blocked"),
    [("Information suggests that Petra Lomond knows.", True), ("That somebody knows.", False)],
)
def test_what_an_analyst_writes_elsewhere_is_held_against_a_unit_too(
    desk: Desk, said: str, blocked: bool
) -> None:
    _report(desk, forces=["demo-northmarch"])
    assert check(_facts(desk), CCU, (), (said,)).blocked is blocked


def test_two_people_may_set_a_mention_aside_and_never_a_person_or_a_wish(desk: Desk) -> None:
    _report(
        desk, "I told PSD. Lomond.", forces=["demo-northmarch"], must_not_know="PSD", who="Tait"
    )
    grounds = check(_facts(desk), CCU).open_to_two
    assert {each.reason for each in grounds} == {Reason.UNIT, Reason.NAME}
    every = [Ground(each, "Det Sgt Petra Lomond") for each in Reason] + list(map(Ground, Reason))
    assert check(_facts(desk), CCU, aside=every).reasons == (Reason.ASKED,)
    chief = check(_facts(desk), CCU, ["Chief Constable Petra Lomond"], aside=every)
    assert set(chief.reasons) == {Reason.ASKED, Reason.CHIEF, Reason.PERSON}


def test_a_report_that_names_no_force_may_be_about_any(desk: Desk) -> None:
    _report(desk, "Somebody of the anti-corruption unit sells it.")
    assert _reasons(desk) == (Reason.UNIT,)


def test_a_body_of_no_force_is_blocked_only_for_a_person(desk: Desk) -> None:
    _report(desk, forces=["demo-northmarch"], must_not_know="PSD", who="a chief constable")
    assert not check(_facts(desk), Recipient("IOPC")).blocked
    assert check(_facts(desk), Recipient("IOPC", "", ("Jo Roe",)), ["Jo Roe"]).blocked


def test_a_body_that_the_reporter_names_must_not_see_it(desk: Desk) -> None:
    _report(desk, forces=["demo-northmarch"], must_not_know="Please, not the  ÍOPC!")
    assert check(_facts(desk), Recipient("IOPC")).reasons == (Reason.ASKED,)
    assert not check(_facts(desk), Recipient("IOP")).blocked


def test_what_must_not_see_it_is_for_a_person_to_read(desk: Desk) -> None:
    _report(desk, forces=["demo-northmarch"], must_not_know="My brother-in-law.")
    verdict = check(_facts(desk), CCU)
    assert (verdict.blocked, verdict.to_read) == (False, True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Northmarch's unit", ["demo-northmarch"]),
        ("at HEDDLU HALLIN", ["demo-hallin"]),
        ("hes a pc at wessendale", ["demo-wessendale"]),
        ("in the met", ["metropolitan"]),
        ("she met him by the hull of the boat", []),
        ("Heddlu Hallin", ["demo-hallin"]),
        ("I was reading.", []),
        ("In Reading.", ["thames-valley"]),
        ("kent police", ["kent"]),
        ("Kentucky", []),
        ("", []),
        ("\U0001f600" * 5000, []),
    ],
)
def test_forces_are_found_in_text(text: str, found: list[str]) -> None:
    assert list(forces_in(text)) == found


def test_units_and_ranks_are_found_however_they_are_written() -> None:
    assert names_a_unit("the Counter-Corruption  Unit")
    assert names_a_unit("P.S.D. or PSD")
    assert names_a_unit("Prof Standards")
    assert names_a_unit("the internal investigations team")
    assert names_a_unit("Complaints & Discipline")
    assert names_a_unit("complaints and discipline")
    assert not names_a_unit("a passed psdx")
    assert names_a_unit("Ethics and Standards Unit")
    assert not names_a_unit("the trading standards team, standards and a team of integrity")
    assert names_a_chief("an ACC")
    assert names_a_chief("the D.C.C.")
    assert not names_a_chief("graded 2 / C / C")
    assert names_a_chief("some chief officer")
    assert names_a_chief("the Chief Con")
    assert names_a_chief("our Deputy Chief")
    assert names_a_chief("the Commissioner")
    assert not names_a_chief("a chief superintendent")
    assert not names_a_chief("Deputy Chief Superintendent")
    assert not names_a_chief("the Police and Crime Commissioner's driver")
    assert not names_a_chief("the deputy police, fire & crime commissioner")


@pytest.mark.parametrize(
    ("text", "all_of_it"),
    [
        ("nobody in the force", True),
        ("not the police, please", True),
        ("People who work there", True),
        ("yr heddlu", True),
        ("No", False),
        ("nobody", False),
        ("Police officers he drinks with", False),
        ("the police officer next door", False),
        ("the Police and Crime Commissioner", False),
    ],
)
def test_a_force_is_spoken_of_as_a_whole(text: str, all_of_it: bool) -> None:
    assert names_the_force(text) is all_of_it


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("Petra Lomond", "Petra Lomond", True),
        ("Petra Lomond", "DS Lomund Petra", True),
        ("Petra Lomond", "Alan Greaves", False),
        ("", "Petra Lomond", False),
        ("P", "Petra Lomond", False),
        ("\u200b", "Petra", False),
    ],
)
def test_two_names_may_be_one_persons(first: str, second: str, alike: bool) -> None:
    assert may_be_one(first, second) is alike
    assert may_be_one(second, first) is alike


# -- what is given to it ------------------------------------------------------------------------


def test_texts_stand_under_labels() -> None:
    found = read_labelled("threat: high, a gun\nharm: low, no\n  and so on: yes\n", LETTERS)
    assert found == {"threat": "high, a gun", "harm": "low, no\nand so on: yes"}
    assert read_rating(found["threat"]) == Rated(Level.HIGH, "a gun")


@pytest.mark.parametrize("text", ["no label", "threat: low, a\nthreat: low, b"])
def test_a_text_under_no_label_or_a_label_twice_is_refused(text: str) -> None:
    with pytest.raises(BadLabels):
        read_labelled(text, LETTERS)


@pytest.mark.parametrize("text", ["", "high", "high, ", "very high, a", "5, a"])
def test_a_level_needs_a_reason(text: str) -> None:
    with pytest.raises(BadLabels):
        read_rating(text)


def test_signposts_are_kind_in_two_languages_and_say_where_they_come_from() -> None:
    for each in read_signposts():
        assert set(each.messages) == {"en", "cy"}
        assert each.source
        assert len({*each.messages.values()}) == 2
        for message in each.messages.values():
            assert not any(word in message.casefold() for word in ("guarantee", "100%"))


# -- filters ------------------------------------------------------------------------------------


def test_a_filter_is_kept_in_the_vault_and_found_again(desk: Desk) -> None:
    desk.station.keep(lambda vault: filters.keep(vault, " My  list ", "risk", "kent  risk"))
    desk.close()
    kept = filters.find(desk.station.vault, "My list")
    assert (kept.queue, kept.wanted) == ("risk", "kent risk")
    desk.station.keep(lambda vault: filters.keep(vault, "My list", "all", ""))
    assert len(desk.station.vault.filters) == 1
    desk.station.keep(lambda vault: filters.drop(vault, "My list"))
    assert not desk.station.vault.filters


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\x1b[2Jb", "\u202e"])
def test_a_filter_has_a_name_that_can_be_shown(desk: Desk, name: str) -> None:
    with pytest.raises(BadFilter):
        filters.keep(desk.station.vault, name, "all", "")


def test_no_more_filters_than_fit_are_kept(desk: Desk) -> None:
    vault = desk.station.vault
    for number in range(50):
        vault = filters.keep(vault, f"Filter {number}", "all", "")
    with pytest.raises(BadFilter):
        filters.keep(vault, "One more", "all", "")
    assert len(filters.keep(vault, "Filter 7", "risk", "").filters) == 50
