"""Drafts and their second readers: what counts as an approval, and what only looks like one."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from crypto.errors import Locked
from crypto.roster import Duty
from inbox_ui import assigning, casework
from inbox_ui.errors import (
    DraftChanged,
    DraftOver,
    DraftOvertaken,
    NeedsReason,
    NeedsSecondReader,
    NotApproved,
    NotSecondReader,
    OwnDraft,
)
from inbox_ui.work import asking
from inbox_ui.work.asking import Wording
from inbox_ui.work.correspondence import Approval
from inbox_ui.work.drafts import Drafted, Standing
from inbox_ui.work.pieces import Work
from inbox_ui.work.policy import Policy, Second
from inbox_ui.work.recording import record
from inbox_ui.work.records import records_of
from tests.inbox_ui.conftest import Desk, Writer
from tests.inbox_ui.team import Colleagues, id_of

ASK = Wording("How do you know about the money?", "en")
OTHER = Wording("Is it still going on?", "en")


@pytest.fixture
def writer(reporter: Callable[[], Writer]) -> Writer:
    return reporter()


@pytest.fixture
def team(desk: Desk, make_desk: Callable[..., Desk], writer: Writer) -> Colleagues:
    """Two workstations, each of which wants a second reader for every reply."""
    colleagues = Colleagues(desk, make_desk)
    desk.sync()
    writer.write("One.")
    Policy(Second.ALWAYS, 3).save(desk.folder.asking)
    _join(colleagues, "bo")
    return colleagues


def _join(team: Colleagues, label: str) -> Desk:
    desk = team.join(label)
    Policy(Second.ALWAYS, 3).save(desk.folder.asking)
    team.sync()
    return desk


@pytest.fixture
def bo(team: Colleagues) -> Desk:
    return team.desks["bo"]


@pytest.fixture
def cy(team: Colleagues) -> Desk:
    return _join(team, "cy")


def _write(desk: Desk, wording: Wording = ASK, of: str = "") -> str:
    case = desk.open()
    return asking.write_draft(desk.station, desk.only(), wording, casework.read_up_to(case, 0), of)


def _approve(desk: Desk, name: str, remark: str = "", *, approved: bool = True) -> None:
    asking.approve_draft(desk.station, desk.only(), name, remark, approved=approved)


def _send(desk: Desk, name: str) -> None:
    asking.send_draft(desk.station, desk.only(), name)


def _drafts(desk: Desk) -> list[Drafted]:
    return list(asking.drafts(desk.station, desk.open()))


def _standing(desk: Desk) -> Standing:
    [draft] = _drafts(desk)
    return draft.standing


# -- the way it is meant ------------------------------------------------------------------------


def test_a_draft_goes_out_once_somebody_else_has_approved_it(
    team: Colleagues, desk: Desk, bo: Desk, writer: Writer
) -> None:
    with pytest.raises(NeedsSecondReader):
        asking.reply(desk.station, desk.only(), ASK, None)
    name = _write(desk)
    assert _write(desk) == name  # the same form twice
    team.sync()
    assert [each.name for each in _drafts(bo)] == [name]
    _approve(bo, name)
    team.sync()
    assert (_standing(desk), writer.replies()) == (Standing.APPROVED, [])
    _send(desk, name)
    with pytest.raises(DraftOver):
        _send(desk, name)
    team.sync()
    assert writer.replies() == [ASK.text]
    assert {_standing(each) for each in (desk, bo)} == {Standing.SENT}
    assert desk.open().file.acknowledged == 0


def test_what_is_sent_back_has_a_reason_and_another_version_can_be_approved(
    team: Colleagues, desk: Desk, bo: Desk, writer: Writer
) -> None:
    name = _write(desk)
    team.sync()
    with pytest.raises(NeedsReason):
        _approve(bo, name, approved=False)
    _approve(bo, name, "Too blunt.", approved=False)
    team.sync()
    [draft] = _drafts(desk)
    assert (draft.standing, draft.remark) == (Standing.SENT_BACK, "Too blunt.")
    with pytest.raises(NotApproved):
        _send(desk, name)
    changed = _write(desk, OTHER, of=name)
    team.sync()
    _approve(bo, changed)
    _send(bo, changed)
    team.sync()
    assert writer.replies() == [OTHER.text]


def test_a_withdrawn_draft_is_over(team: Colleagues, desk: Desk, bo: Desk) -> None:
    name = _write(desk)
    team.sync()
    _approve(bo, name)
    asking.withdraw_draft(desk.station, desk.only(), name)
    for each in (lambda: _send(desk, name), lambda: _write(desk, OTHER, of=name)):
        with pytest.raises(DraftChanged):
            each()
    team.sync()
    assert {_standing(each) for each in (desk, bo)} == {Standing.WITHDRAWN}


# -- attacks ------------------------------------------------------------------------------------


def test_an_author_is_no_second_reader_of_their_own_words(
    team: Colleagues, desk: Desk, writer: Writer
) -> None:
    name = _write(desk)
    with pytest.raises(OwnDraft):
        _approve(desk, name)
    [draft] = _drafts(desk)
    forged = Approval(None, draft.draft.draft, draft.draft.digest, True, "")
    record(desk.station, desk.only(), Work.APPROVAL, forged)  # by a program that does not ask
    team.sync()
    assert {_standing(each) for each in (desk, team.desks["bo"])} == {Standing.WAITING}
    with pytest.raises(NotApproved):
        _send(desk, name)
    assert writer.replies() == []


def test_an_approval_is_of_one_text_and_no_other(team: Colleagues, desk: Desk, bo: Desk) -> None:
    name = _write(desk)
    team.sync()
    _approve(bo, name)
    team.sync()
    changed = _write(desk, OTHER, of=name)
    assert changed != name
    assert _standing(desk) is Standing.WAITING
    with pytest.raises(DraftChanged):
        _send(desk, name)
    with pytest.raises(NotApproved):
        _send(desk, changed)
    back = _write(desk, ASK, of=changed)  # the first words again are another version all the same
    assert back != name
    with pytest.raises(NotApproved):
        _send(desk, back)


def test_an_approval_cannot_be_used_again(team: Colleagues, desk: Desk, bo: Desk, cy: Desk) -> None:
    name = _write(desk)
    team.sync()
    _approve(bo, name)
    team.sync()
    [old] = [each.piece for each in records_of(desk.open()) if isinstance(each.piece, Approval)]
    changed = _write(desk, OTHER, of=name)
    team.sync()
    record(cy.station, cy.only(), Work.APPROVAL, old)  # word for word, by another handler
    [draft] = _drafts(desk)
    other = replace(old, digest=draft.draft.digest)
    record(desk.station, desk.only(), Work.APPROVAL, other)  # turned to this text, by its author
    elsewhere = replace(old, draft=b"\x07" * 16)
    record(cy.station, cy.only(), Work.APPROVAL, elsewhere)
    team.sync()
    assert {_standing(each) for each in (desk, bo, cy)} == {Standing.WAITING}
    with pytest.raises(NotApproved):
        _send(desk, changed)


def test_the_approval_of_somebody_who_left_the_team_counts_no_more(
    team: Colleagues, desk: Desk, bo: Desk, cy: Desk, writer: Writer
) -> None:
    name, gone = _write(desk), id_of(bo)
    team.sync()
    _approve(bo, name)
    team.sync()
    assert _standing(desk) is Standing.APPROVED
    team.publish(
        lambda roster: replace(
            roster,
            members=tuple(
                replace(each, suspended=True) if each.id == gone else each
                for each in roster.members
            ),
        )
    )
    desk.sync()
    assert _standing(desk) is Standing.WAITING
    with pytest.raises(NotApproved):
        _send(desk, name)
    cy.sync()
    _approve(cy, name)
    cy.sync()
    desk.sync()
    _send(desk, name)
    desk.sync()
    assert writer.replies() == [ASK.text]


def test_only_who_has_the_case_approves_what_is_sent_in_it(
    team: Colleagues, desk: Desk, bo: Desk, cy: Desk
) -> None:
    name = _write(desk)
    team.sync()
    _approve(cy, name)
    team.sync()
    assert _standing(desk) is Standing.APPROVED
    handlers = frozenset({id_of(desk), id_of(bo)})
    assigning.assign(desk.station, desk.only(), handlers, "")
    team.sync()
    assert {_standing(each) for each in (desk, bo)} == {Standing.WAITING}
    with pytest.raises((NotSecondReader, DraftChanged, Locked)):
        _approve(cy, name)


def test_somebody_who_may_not_read_is_no_second_reader(
    team: Colleagues, desk: Desk, make_desk: Callable[..., Desk]
) -> None:
    caller = team.join("dee", (Duty.CALLS,), intake=False)
    assert id_of(caller) not in asking.second_readers(desk.station, desk.open())


def test_a_draft_sent_without_an_approval_is_told(team: Colleagues, desk: Desk, bo: Desk) -> None:
    _write(desk)
    casework.reply(desk.station, desk.only(), ASK.text, ASK.language, None)  # around the policy
    team.sync()
    for each in (desk, bo):
        [draft] = _drafts(each)
        assert (draft.standing, draft.unapproved) == (Standing.SENT, True)


# -- two at once, and without a network ---------------------------------------------------------


def test_two_who_send_one_draft_at_once_send_it_once(
    team: Colleagues, desk: Desk, bo: Desk, writer: Writer
) -> None:
    name = _write(desk)
    team.sync()
    _approve(bo, name)
    team.sync()
    _send(desk, name)
    _send(bo, name)
    team.sync()
    assert writer.replies() == [ASK.text]
    assert {_standing(each) for each in (desk, bo)} == {Standing.SENT}
    assert not desk.station.archive.outbox.items()
    assert not bo.station.archive.outbox.items()


def test_the_same_words_may_be_sent_again_another_day(
    team: Colleagues, desk: Desk, bo: Desk, cy: Desk, writer: Writer
) -> None:
    for _ in range(2):
        name = _write(desk)
        team.sync()
        _approve(bo, name)
        team.sync()
        _send(desk, name)
        casework.note(cy.station, cy.only(), f"In the way {name}.")  # takes the place of "sent"
        cy.sync()
        team.sync()
    assert writer.replies() == [ASK.text] * 2


def test_a_draft_that_was_changed_before_it_was_sent_does_not_go_out(
    team: Colleagues, desk: Desk, bo: Desk, writer: Writer
) -> None:
    name = _write(desk)
    team.sync()
    _approve(bo, name)
    team.sync()
    _send(bo, name)  # waits here, while
    _write(desk, OTHER, of=name)
    desk.sync()
    outcome = bo.sync()
    assert [type(each) for each in outcome.troubles] == [DraftOvertaken]
    team.sync()
    assert writer.replies() == []
    [draft] = _drafts(bo)
    assert (draft.standing, draft.draft.text) == (Standing.WAITING, OTHER.text)


def test_two_who_change_a_draft_at_once_agree_and_are_told(
    team: Colleagues, desk: Desk, bo: Desk, cy: Desk
) -> None:
    name = _write(desk)
    team.sync()
    _write(desk, OTHER, of=name)
    _write(bo, Wording("What else do you know already?", "en"), of=name)
    team.sync()
    found = {(each.name, each.author, each.unseen) for desk_ in (desk, bo, cy)
             for each in _drafts(desk_)}  # fmt: skip
    assert len(found) == 1
    assert next(iter(found))[2]


def test_an_approval_that_comes_after_a_change_is_of_the_old_text(
    team: Colleagues, desk: Desk, bo: Desk, cy: Desk
) -> None:
    name = _write(desk)
    team.sync()
    _approve(bo, name)
    _write(desk, OTHER, of=name)
    desk.sync()
    bo.sync()
    team.sync()
    assert {_standing(each) for each in (desk, bo, cy)} == {Standing.WAITING}
