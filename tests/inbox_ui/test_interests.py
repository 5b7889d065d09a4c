"""Declared interests, and contact details: what one person alone does not get to see."""

import secrets
from collections.abc import Callable

import pytest

from crypto.contact import seal_contact
from crypto.errors import NotHandling
from crypto.reporter import Draft
from crypto.roster import Duty
from inbox_ui import assigning, disclosing, interests
from inbox_ui.errors import BadInterest, DeclaredInterest, NoRequest, NotCustodian, NotReleased
from tests.inbox_ui.conftest import Desk, Writer
from tests.inbox_ui.team import Colleagues, id_of

New = Callable[[], Writer]


@pytest.fixture
def team(desk: Desk, make_desk: Callable[..., Desk]) -> Colleagues:
    colleagues = Colleagues(desk, make_desk)
    desk.sync()
    colleagues.join("bo")
    colleagues.sync()
    return colleagues


def _declare(desk: Desk, what: str) -> None:
    desk.station.keep(lambda vault: interests.declare(vault, what))


# -- interests ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["Sergeant  BLOGGS took it.", "sergeant bloggs", "(Sergeant Bloggs)"]
)
def test_a_case_that_names_an_interest_is_hidden_and_cannot_be_ones_own(
    team: Colleagues, reporter: New, said: str
) -> None:
    reporter().write(said)
    team.sync()
    name = team.first.only().name
    _declare(team.first, "Sergeant Bloggs")
    assert team.first.cases() == []
    assert team.first.station.casebook.count_hidden() == 1
    with pytest.raises(DeclaredInterest):
        team.first.station.case(name)
    [hidden] = team.first.station.casebook.all()
    with pytest.raises(DeclaredInterest):
        assigning.assign(team.first.station, hidden, frozenset({id_of(team.first)}), "")
    assert team.desks["bo"].only().name == name
    team.first.station.keep(lambda vault: interests.withdraw(vault, "Sergeant Bloggs"))
    assert team.first.only().name == name


def test_who_is_given_what_she_declared_is_told_to_ask_for_another(
    team: Colleagues, reporter: New
) -> None:
    """A colleague cannot know of it; the case stays hidden from her all the same."""
    bo = team.desks["bo"]
    _declare(bo, "Sergeant Bloggs")
    reporter().write("Sergeant Bloggs took it.")
    team.sync()
    own = id_of(bo)
    assert bo.station.casebook.hidden_of(own) == ()
    case = team.first.only()
    assigning.assign(team.first.station, case, frozenset({id_of(team.first), own}), "")
    team.sync()
    assert bo.cases() == []
    assert bo.station.casebook.hidden_of(own) == (case.name,)
    assigning.assign(team.first.station, team.first.only(), frozenset({id_of(team.first)}), "")
    team.sync()
    bo.cases()
    assert bo.station.casebook.hidden_of(own) == ()


def test_only_whole_words_count_and_what_is_declared_goes_nowhere(
    team: Colleagues, reporter: New
) -> None:
    reporter().write("Bloggson was there.")
    team.sync()
    _declare(team.first, "Bloggs")
    assert team.first.only()
    team.first.server.log.clear()
    team.first.sync()
    assert not any(b"Bloggs" in asked.body for asked in team.first.server.log)


def test_a_force_is_an_interest_by_its_id_and_by_its_name(team: Colleagues, reporter: New) -> None:
    from dropbox.site.forces import read_forces

    force = next(each for each in read_forces() if " " in each.name)
    ann, bob = reporter(), reporter()
    team.first.server.put(
        ann.core.report(Draft("It was there.", forces=(force.id,)), team.first.server.today)
    )
    bob.write(f"I work for {force.name.upper()}.")
    team.sync()
    assert len(team.first.cases()) == 2
    _declare(team.first, force.id)
    assert team.first.cases() == []


def test_interests_are_of_a_length_that_tells_something_apart(team: Colleagues) -> None:
    for what in ("", "ab", "x" * 101):
        with pytest.raises(BadInterest):
            _declare(team.first, what)
    with pytest.raises(BadInterest):
        team.first.station.keep(lambda vault: interests.withdraw(vault, "never declared"))


# -- contact details ----------------------------------------------------------------------------


@pytest.fixture
def ann(team: Colleagues, reporter: New) -> Writer:
    """She has left contact details; her case is Bo's."""
    writer = reporter()
    card = team.first.server.directory.contact_card
    left = seal_contact("Ann, 01234 567890", writer.address, card, secrets.token_bytes)
    draft = Draft("One.", contact=left)
    team.first.server.put(writer.core.report(draft, team.first.server.today))
    team.sync()
    bo = team.desks["bo"]
    assigning.assign(bo.station, bo.only(), frozenset({id_of(bo)}), "")
    team.sync()
    return writer


def test_contact_details_take_a_handler_and_a_custodian(team: Colleagues, ann: Writer) -> None:
    bo, custodian = team.desks["bo"], team.join("kim", (Duty.CUSTODIAN,), intake=False)
    team.sync()
    with pytest.raises(NotReleased):
        disclosing.show(bo.station, bo.only())
    with pytest.raises(NoRequest):
        disclosing.answer(custodian.station, custodian.only(), "No.", release=True)
    disclosing.request(bo.station, bo.only(), "To warn her.")
    team.sync()
    with pytest.raises(NotCustodian):
        disclosing.answer(bo.station, bo.only(), "Me too.", release=True)
    disclosing.answer(custodian.station, custodian.only(), "Agreed.", release=True)
    assert custodian.sync().troubles == []
    team.sync()
    assert disclosing.show(bo.station, bo.only()) == "Ann, 01234 567890"
    assert bo.only().is_whole
    with pytest.raises(NotHandling):
        disclosing.show(custodian.station, custodian.only())


def test_a_refusal_releases_nothing(team: Colleagues, ann: Writer) -> None:
    bo, custodian = team.desks["bo"], team.join("kim", (Duty.CUSTODIAN,), intake=False)
    team.sync()
    disclosing.request(bo.station, bo.only(), "I am curious.")
    team.sync()
    disclosing.answer(custodian.station, custodian.only(), "No reason.", release=False)
    custodian.sync()
    team.sync()
    with pytest.raises(NotReleased):
        disclosing.show(bo.station, bo.only())
    assert "No reason." in bo.texts()
