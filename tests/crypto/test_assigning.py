"""Cases that handlers have: assigned, handed on, written in, and concluded."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from crypto.analyst import Analyst, CaseFile
from crypto.chains import Alarm, Fault, Stored
from crypto.documents import (
    Assigned,
    Closing,
    Concluded,
    Conclusion,
    Handover,
    Held,
    Note,
    Receipt,
    Reply,
    Sent,
)
from crypto.envelope import Chain
from crypto.errors import (
    ForeignAuthor,
    Locked,
    MailboxClosed,
    NotCanonical,
    NotHandling,
    OverLimit,
)
from crypto.keys import AnalystSecret, GroupSecret
from crypto.opening import State, content_key
from crypto.wrapping import WrapKind, wrap
from tests.crypto.world import EPOCH, TODAY, Mailbox, Service, handover, reply, secret, stream, stub

KEEP = TODAY + timedelta(days=90)


@pytest.fixture
def box(service: Service) -> Mailbox:
    box = Mailbox(service)
    box.report()
    return box


def group(number: int, name: str = "") -> GroupSecret:
    return secret(GroupSecret, f"group {number} {name}")


def ids(*people: AnalystSecret) -> frozenset[bytes]:
    return frozenset(each.keys.card.id for each in people)


def put_wraps(box: Mailbox, team: Analyst, case: CaseFile, to: GroupSecret) -> int:
    """Add the wraps to ``to`` that ``team`` can make; how many those were."""
    made = {each.id: each.wrap for each in team.rewrap(case, to.keys.card)}
    for rows in box.rows.values():
        rows[:] = [
            replace(row, wraps={**row.wraps, to.keys.card.id: made[row.id]})
            if row.id in made
            else row
            for row in rows
        ]
    return len(made)


def drop_wraps(box: Mailbox, of: GroupSecret) -> None:
    """As a server does once everything was wrapped anew."""
    for rows in box.rows.values():
        rows[:] = [
            replace(row, wraps={k: v for k, v in row.wraps.items() if k != of.keys.card.id})
            for row in rows
        ]


def assign(
    box: Mailbox,
    to: GroupSecret,
    handlers: Collection[bytes],
    team: Analyst | None = None,
) -> None:
    """Assigned by an analyst on intake, or by ``team``; everything wrapped to ``to`` alone."""
    team = team or box.service.team()
    case = box.file(team)
    before = box.service.intake[EPOCH].keys.card.id if case.group is None else case.group.id
    box.post(*team.assign(case, to, handlers, "Two know this field."))
    put_wraps(box, team, box.file(team), to)
    for rows in box.rows.values():
        rows[:] = [
            replace(row, wraps={k: v for k, v in row.wraps.items() if k != before}) for row in rows
        ]


def problems(case: CaseFile, chain: Chain) -> list[type[Exception] | None]:
    return [None if e.problem is None else type(e.problem) for e in case.of(chain)]


def kinds(case: CaseFile, chain: Chain) -> list[type]:
    return [type(entry.payload) for entry in case.of(chain)]


# -- assigning ----------------------------------------------------------------------------------


def test_an_assigned_case_is_read_and_written_by_its_handlers(
    service: Service, box: Mailbox
) -> None:
    box.post(*service.team().receipt(box.file()))
    assign(box, group(1), ids(service.colleague))
    handler = service.team(group(1), analyst=service.colleague)
    case = box.file(handler)
    assert [entry.state for entry in case.entries] == [State.SHOWN] * 5
    assert kinds(case, Chain.TEAM) == [Receipt, Handover]
    assert kinds(case, Chain.CASE) == [Sent, Assigned]
    assert case.alarms == ()
    assert case.unannounced == ()
    assert case.handlers == ids(service.colleague)
    assert case.group is not None
    assert case.group.id == group(1).keys.card.id
    assert (case.number, case.locked) == (1, ())
    box.post(*handler.reply(case, "We have read it.", "en"))
    box.message("Thank you.")
    box.post(handler.note(box.file(handler), "Watch the dates."))
    box.post(*handler.receipt(box.file(handler)))
    after = box.file(handler)
    assert after.alarms == ()
    assert after.unannounced == ()
    assert (after.unread, after.acknowledged) == (0, 1)
    assert [type(item.payload) for item in box.read().items] == [Receipt, Handover, Reply, Receipt]
    sealed = box.rows[Chain.REPORTER][1].parse_header().recipient
    assert sealed == group(1).keys.card.id
    assert box.rows[Chain.CASE][-1].parse_header().recipient == sealed
    assert set(box.rows[Chain.CASE][-1].wraps) == {sealed}


def test_after_assignment_one_who_is_neither_opens_nothing(service: Service, box: Mailbox) -> None:
    """Not even with every secret of intake: the wraps to it are gone (PROTOCOL §7)."""
    box.post(*service.team().receipt(box.file()))
    assign(box, group(1), ids(service.colleague))
    other = service.team(*service.intake.values(), service.contact)
    case = box.file(other)
    assert case.locked == case.entries
    assert other.rewrap(case, service.analyst.keys.card) == ()
    assert case.alarms == ()  # she cannot tell a handover from something withheld, nor who wrote
    assert case.unannounced == ()
    for act in (
        lambda: other.reply(case, "Hello.", "en"),
        lambda: other.receipt(case),
        lambda: other.note(case, "Hello."),
        lambda: other.assign(case, group(2), ids(service.analyst), ""),
        lambda: other.conclude(case, Conclusion.OTHER, KEEP, ""),
        lambda: other.hold(case, KEEP, ""),
    ):
        with pytest.raises(Locked):
            act()


def test_who_is_given_stubs_alone_is_not_told_that_something_is_withheld(
    service: Service, box: Mailbox
) -> None:
    assign(box, group(1), ids(service.colleague))
    for rows in box.rows.values():
        rows[:] = [stub(row) for row in rows]
    case = box.file()
    assert {entry.state for entry in case.entries} == {State.MISSING}
    assert case.alarms == ()
    with pytest.raises(Locked):
        service.team().note(case, "Hello.")


def test_what_a_server_keeps_from_a_handler_is_an_alarm(service: Service, box: Mailbox) -> None:
    assign(box, group(1), ids(service.colleague))
    box.rows[Chain.REPORTER][0] = stub(box.rows[Chain.REPORTER][0])
    handler = service.team(group(1), analyst=service.colleague)
    assert box.file(handler).alarms == ((Chain.REPORTER, Alarm(Fault.WITHHELD, 0)),)


def test_what_is_hidden_of_the_teams_chain_may_be_a_handover(
    service: Service, box: Mailbox
) -> None:
    """So nothing is written that would be sealed to the wrong group; a reply that somebody signed
    to have sent is none."""
    box.post(*service.team().receipt(box.file()))
    box.rows[Chain.TEAM][0] = stub(box.rows[Chain.TEAM][0])
    service.team().note(box.file(), "The server has lost a receipt.")
    assert box.file().alarms == ((Chain.TEAM, Alarm(Fault.WITHHELD, 0)),)
    box.rows[Chain.CASE].clear()
    with pytest.raises(Locked):
        service.team().note(box.file(), "The server has lost what?")


def test_a_handler_hands_on_and_is_out(service: Service, box: Mailbox) -> None:
    """The certificates lead from intake through both groups."""
    assign(box, group(1), ids(service.analyst))
    first = service.team(group(1))
    assign(box, group(2), ids(service.colleague), first)
    second = service.team(group(2), analyst=service.colleague)
    case = box.file(second)
    assert case.alarms == ()
    assert case.unannounced == ()
    assert problems(case, Chain.CASE) == [None, None]
    assert case.proof is not None
    assert len(case.proof.certificates) == 2
    assert (case.number, case.handlers) == (2, ids(service.colleague))
    assert case.group is not None
    assert case.group.issuer == group(1).keys.card.id
    with pytest.raises(Locked):
        first.reply(box.file(first), "I am still here.", "en")


@pytest.mark.parametrize("sealed_to", [1, 2])
def test_a_removed_handler_writes_nothing_more(
    service: Service, box: Mailbox, sealed_to: int
) -> None:
    """Not to the group she has, nor to the new one, whose card she knows (PROTOCOL §12)."""
    assign(box, group(1), ids(service.analyst))
    assign(box, group(2), ids(service.colleague), service.team(group(1)))
    cards = [group(sealed_to).keys.card, group(2).keys.card]
    box.enter(
        lambda words: Note("note", service.analyst.keys.card.id, words), service.analyst, cards
    )
    case = box.file(service.team(group(1), group(2), analyst=service.colleague))
    assert problems(case, Chain.CASE) == [None, None, ForeignAuthor]
    keeps_all = service.team(group(1), group(2))
    with pytest.raises(NotHandling):
        keeps_all.note(box.file(keeps_all), "I am still here.")


def test_a_supervisor_assigns_what_others_handle(service: Service, box: Mailbox) -> None:
    """Without the case group's secret: certified by intake, sealed to both groups."""
    assign(box, group(1), ids(service.analyst))
    for rows in box.rows.values():  # what a supervisor may see of it: that it was handed over
        rows[:] = [replace(row, wraps=with_intake(row, box, group(1))) for row in rows]
    supervisor = service.team(analyst=service.supervisor)
    box.post(*supervisor.assign(box.file(supervisor), group(2), ids(service.colleague), ""))
    handler = service.team(group(1), group(2), analyst=service.colleague)
    case = box.file(handler)
    assert case.alarms == ()
    assert case.handlers == ids(service.colleague)
    assert case.group is not None
    assert case.group.issuer == service.intake[EPOCH].keys.card.id
    assert case.number == 2
    both = service.team(service.intake[EPOCH], group(2))
    with pytest.raises(NotHandling):
        both.assign(box.file(both), group(3), ids(service.analyst), "")


def with_intake(row: Stored, box: Mailbox, held: GroupSecret) -> dict[bytes, bytes]:
    """The row's wraps, and one to the intake group."""
    intake = box.service.intake[EPOCH].keys.card
    cek = content_key(row, {held.keys.card.id: held.keys})
    assert cek is not None
    return {
        **row.wraps,
        intake.id: wrap(cek, WrapKind.ENVELOPE, (row.id,), intake, stream("to intake")),
    }


def test_a_case_taken_by_somebody_else_is_an_alarm_and_can_be_assigned_anew(
    service: Service, box: Mailbox
) -> None:
    """One with the intake group's secret, and a server that helps: the reporter cannot tell, the
    handlers can."""
    assign(box, group(1), ids(service.analyst))
    taken = service.case(box.address, 2)
    box.say(taken, handover, wraps=(box.card, taken.group.keys.card, group(1).keys.card))
    box.enter(
        lambda words: Assigned(
            "assigned",
            service.colleague.keys.card.id,
            box.rows[Chain.TEAM][-1].id,
            taken.proof,
            tuple(ids(service.colleague)),
            words,
        ),
        service.colleague,
        [group(1).keys.card, taken.group.keys.card],
    )
    handler = service.team(group(1), service.intake[EPOCH])
    case = box.file(handler)
    assert (Chain.TEAM, Alarm(Fault.UNANNOUNCED_GROUP, 1)) in case.alarms
    assert case.unannounced == (box.rows[Chain.TEAM][-1].id,)
    assert problems(case, Chain.CASE) == [None, ForeignAuthor]
    assert case.handlers == ids(service.analyst)
    with pytest.raises(Locked):
        handler.reply(case, "Hello.", "en")
    box.post(*handler.assign(case, group(3), ids(service.analyst), "Taken behind our back."))
    after = box.file(service.team(group(1), group(3)))
    assert after.handlers == ids(service.analyst)
    assert after.group is not None
    assert (after.group.id, after.number) == (group(3).keys.card.id, 3)
    assert box.read().case_card == group(3).keys.card


def test_two_assignments_at_one_place_change_no_handler(service: Service, box: Mailbox) -> None:
    case = box.file()
    for number, person in ((1, service.analyst), (2, service.colleague)):
        team = service.team(name=f"writer {number}")
        box.post(*team.assign(case, group(1, f"of {number}"), ids(person), ""))
    forked = box.file()
    assert (Chain.CASE, Alarm(Fault.FORK, 0)) in forked.alarms
    assert (Chain.TEAM, Alarm(Fault.FORK, 0)) in forked.alarms
    assert not any(alarm.fault is Fault.UNANNOUNCED_GROUP for _, alarm in forked.alarms)
    assert kinds(forked, Chain.CASE) == [Assigned, Assigned]
    assert forked.handlers == frozenset()
    assert forked.group is None


def test_an_assignment_that_is_not_there_in_both_chains_is_an_alarm(
    service: Service, box: Mailbox
) -> None:
    box.post(*service.team().assign(box.file(), group(1), ids(service.analyst), ""))
    team = service.team(service.intake[EPOCH], group(1))
    kept = box.rows[Chain.TEAM].pop()
    assert box.file(team).alarms == ((Chain.CASE, Alarm(Fault.UNKNOWN_MARK, 0)),)
    box.rows[Chain.TEAM].append(kept)
    box.rows[Chain.CASE].clear()
    case = box.file(team)
    assert case.alarms == ((Chain.TEAM, Alarm(Fault.UNANNOUNCED_GROUP, 0)),)
    assert case.unannounced == (kept.id,)


def test_a_handler_who_writes_to_the_reporter_without_an_entry_is_named(
    service: Service, box: Mailbox
) -> None:
    assign(box, group(1), ids(service.analyst))
    handler = service.team(group(1))
    answered, _ = handler.reply(box.file(handler), "Behind your backs.", "en")
    box.post(answered)
    assert box.file(handler).unannounced == (answered.envelope.id,)


def test_before_everything_is_wrapped_anew_the_rest_is_locked_and_not_forged(
    service: Service, box: Mailbox
) -> None:
    """A new handler, between the assignment and the wraps: she waits, and accuses nobody."""
    assign(box, group(1), ids(service.analyst))
    first = service.team(group(1))
    box.post(first.note(box.file(first), "Before."))
    box.post(*first.assign(box.file(first), group(2), ids(service.colleague), ""))
    second = service.team(group(2), analyst=service.colleague)
    case = box.file(second)
    assert problems(case, Chain.CASE) == [Locked, Locked, Locked]
    assert not second.is_rewrapped(case, group(1).keys.card)
    with pytest.raises(Locked):
        second.note(case, "Too early.")
    assert put_wraps(box, first, box.file(first), group(2)) == 4
    assert problems(box.file(second), Chain.CASE) == [None, None, None]
    second.note(box.file(second), "Now.")


@pytest.mark.parametrize("size", [0, 40_001])
def test_an_assignment_needs_handlers_and_not_too_many_words(
    service: Service, box: Mailbox, size: int
) -> None:
    people = ids(service.analyst) if size else ()
    with pytest.raises(OverLimit if size else NotCanonical):
        service.team().assign(box.file(), group(1), people, "a" * size)


def test_a_case_nobody_can_be_told_of_is_not_assigned(service: Service, box: Mailbox) -> None:
    with pytest.raises(Locked):  # no intake group here
        service.team(group(9)).assign(box.file(), group(1), ids(service.analyst), "")
    box.rows[Chain.REPORTER][0] = stub(box.rows[Chain.REPORTER][0])
    with pytest.raises(Locked):  # no card of hers
        service.team().assign(box.file(), group(1), ids(service.analyst), "")


# -- wraps --------------------------------------------------------------------------------------


def test_everything_is_wrapped_once_and_then_the_old_wraps_may_go(
    service: Service, box: Mailbox
) -> None:
    box.post(*service.team().receipt(box.file()))
    both = service.team(service.intake[EPOCH], group(1))
    card = group(1).keys.card
    box.post(*both.assign(box.file(), group(1), ids(service.analyst), ""))
    case = box.file(both)
    assert not both.is_rewrapped(case, card)
    made = both.rewrap(case, card)
    assert {(each.chain, each.seq) for each in made} == {
        (Chain.REPORTER, 0),
        (Chain.TEAM, 0),
        (Chain.CASE, 0),
    }  # handover and assigned have theirs
    put_wraps(box, both, case, group(1))
    case = box.file(both)
    assert both.rewrap(case, card) == ()
    assert both.is_rewrapped(case, card)
    drop_wraps(box, service.intake[EPOCH])
    assert {e.state for e in box.file(service.team(group(1))).entries} == {State.SHOWN}


def test_a_wrap_that_does_not_open_keeps_the_old_ones(service: Service, box: Mailbox) -> None:
    """Somebody put nonsense where the new wrap should be: nothing is lost by it."""
    both = service.team(service.intake[EPOCH], group(1))
    card = group(1).keys.card
    [row] = box.rows[Chain.REPORTER]
    other = wrap(bytes(32), WrapKind.ENVELOPE, (row.id,), card, stream("another key"))
    for nonsense in (bytes(1184), b"", other, row.wraps[service.intake[EPOCH].keys.card.id]):
        box.rows[Chain.REPORTER] = [replace(row, wraps={**row.wraps, card.id: nonsense})]
        case = box.file(both)
        assert both.rewrap(case, card) == ()
        assert not both.is_rewrapped(case, card)


def test_only_who_holds_a_group_says_that_all_opens_with_it(service: Service, box: Mailbox) -> None:
    assert not service.team().is_rewrapped(box.file(), group(1).keys.card)
    assert service.team().is_rewrapped(box.file(), service.intake[EPOCH].keys.card)


def test_what_no_key_here_opens_and_what_has_no_body_says_nothing(
    service: Service, box: Mailbox
) -> None:
    """A server could otherwise keep the old wraps alive with one envelope of its own."""
    intake = service.intake[EPOCH].keys.card
    box.message()
    box.rows[Chain.REPORTER][1] = stub(box.rows[Chain.REPORTER][1])
    box.message()
    box.rows[Chain.REPORTER][2] = replace(box.rows[Chain.REPORTER][2], wraps={})
    assert service.team().is_rewrapped(box.file(), intake)


def test_a_wrap_is_made_for_what_was_quarantined_too(service: Service, box: Mailbox) -> None:
    """What it says may be a lie; who handles the case has to see that."""
    box.say(service.case(box.address), reply)  # a case group that was never handed to
    assert problems(box.file(), Chain.TEAM) == [ForeignAuthor]
    made = service.team().rewrap(box.file(), group(1).keys.card)
    assert {each.chain for each in made} == {Chain.REPORTER, Chain.TEAM}


# -- ending -------------------------------------------------------------------------------------


def test_a_concluded_case_is_the_intake_groups_again(service: Service, box: Mailbox) -> None:
    assign(box, group(1), ids(service.colleague))
    handler = service.team(group(1), analyst=service.colleague)
    ended = handler.conclude(box.file(handler), Conclusion.REFERRED, KEEP, "To the prosecutor.")
    assert [each.use for each in ended] == [None, None]
    box.post(*ended)
    case = box.file(handler)
    assert case.alarms == ()
    assert case.unannounced == ()
    assert kinds(case, Chain.TEAM) == [Handover, Closing]
    assert case.concluded is not None
    assert (case.concluded.reason, case.concluded.keep_until) == (Conclusion.REFERRED, KEEP)
    assert case.handlers == ids(service.colleague)
    assert case.group is None
    assert case.proof is None
    assert box.read().case_card is None
    box.message("One thing more.")
    assert (
        box.rows[Chain.REPORTER][-1].parse_header().recipient == service.directory().intake_card.id
    )


def test_who_handled_a_concluded_case_still_follows_it(service: Service, box: Mailbox) -> None:
    """A hold, a note of intake, an assignment: all are sealed to the old case group as well, so
    that nobody purges what was taken up again."""
    assign(box, group(1), ids(service.colleague))
    handler = service.team(group(1), analyst=service.colleague)
    box.post(*handler.conclude(box.file(handler), Conclusion.OTHER, KEEP, ""))
    box.post(handler.hold(box.file(handler), KEEP + timedelta(days=9), "A court asks."))
    box.message("One thing more.")
    intake = service.team(service.intake[EPOCH], group(1))
    box.post(*intake.reply(box.file(intake), "We have read it.", "en"))
    box.post(intake.note(box.file(intake), "To be taken up again."))
    case = box.file(handler)
    assert problems(case, Chain.CASE) == [None] * 5
    assert kinds(case, Chain.CASE) == [Assigned, Concluded, Held, Sent, Note]
    assert case.hold == KEEP + timedelta(days=9)
    assert case.concluded is not None
    with pytest.raises(NotHandling):  # an end of the hold is the handlers' to write
        intake.hold(box.file(intake), None, "")
    box.post(*intake.assign(box.file(intake), group(2), ids(service.analyst), ""))
    case = box.file(handler)
    assert case.concluded is None
    assert case.handlers == ids(service.analyst)
    assert case.hold is not None
    assert case.handling.number == 2


def test_an_intake_analyst_who_cannot_read_the_end_writes_nothing(
    service: Service, box: Mailbox
) -> None:
    """Which number comes next is not known without the case group's secret."""
    assign(box, group(1), ids(service.colleague))
    handler = service.team(group(1), analyst=service.colleague)
    box.post(*handler.conclude(box.file(handler), Conclusion.OTHER, KEEP, ""))
    with pytest.raises(Locked):
        service.team().assign(box.file(), group(2), ids(service.analyst), "")


def test_a_closed_mailbox_is_not_assigned_and_is_concluded_without_a_closing(
    service: Service, box: Mailbox
) -> None:
    assign(box, group(1), ids(service.analyst))
    handler = service.team(group(1))
    box.post(box.reporter.close(box.read(), TODAY))
    case = box.file(handler)
    with pytest.raises(MailboxClosed):
        handler.assign(case, group(2), ids(service.analyst), "")
    [concluded] = handler.conclude(case, Conclusion.WITHDRAWN, KEEP, "")
    box.post(concluded)
    after = box.file(handler)
    assert after.concluded is not None
    assert after.concluded.envelope is None
    assert after.alarms == ()


def test_what_was_never_assigned_is_concluded_by_intake(service: Service, box: Mailbox) -> None:
    box.post(*service.team().conclude(box.file(), Conclusion.OUT_OF_SCOPE, KEEP, "A parking fine."))
    case = box.file()
    assert case.concluded is not None
    assert case.concluded.keep_until == KEEP
    assert case.alarms == ()


def test_a_hold_is_set_and_ended(service: Service, box: Mailbox) -> None:
    box.post(service.team().hold(box.file(), KEEP, "A court asks."))
    assert box.file().hold == KEEP
    box.post(service.team().hold(box.file(), None, "It asks no more."))
    assert box.file().hold is None
    assert [entry.words for entry in box.file().of(Chain.CASE)] == [
        "A court asks.",
        "It asks no more.",
    ]
