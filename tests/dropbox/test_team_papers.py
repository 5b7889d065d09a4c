"""Rosters, receiving keys, grants and erasures at the server (docs/protocol.md §6, §7)."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.encoding import rising
from crypto.keys import GroupSecret
from crypto.roster import Duty, Roster, sign_roster
from crypto.signed import split
from dropbox import wire
from dropbox.store.ground import Shelf
from dropbox.store.schema import (
    grants,
    receiving,
    rosters,
)
from dropbox.wire import Fault
from tests.dropbox.cast import (
    CALLERS,
    LISTED,
    World,
    give,
    grants_to,
    new_world,
    papers_of,
    refused,
)
from tests.dropbox.past import in_store
from tests.dropbox.server import Server, run
from tests.dropbox.team import Papers, Team, grant, left
from tests.dropbox.wiretap import (
    Person,
    grants_parcel,
    publisher,
)

# -- rosters ------------------------------------------------------------------------------------


def test_a_roster_follows_the_one_before_it_and_neither_fork_gets_past_it(own: World) -> None:
    boss = own["publisher"]
    rosters_, previous = own.team.rosters, own.team.previous_roster
    good = own.roster()
    own.team.rosters, own.team.previous_roster = rosters_, previous
    fork = own.roster("second")
    assert boss.ask("POST", "/api/roster", good).status == 204
    assert boss.ask("POST", "/api/roster", good).status == 204, "the same again is done"
    assert refused(boss.ask("POST", "/api/roster", fork), Fault.PLACE_TAKEN), "the same place"
    behind_fork = own.roster("second")
    assert refused(boss.ask("POST", "/api/roster", behind_fork), Fault.PLACE_TAKEN)
    assert own["second"].ask("GET", "/api/roster").body == good
    stored = in_store(own.server.data, lambda each: each.scalars(select(rosters.c.signed)).all())
    assert stored == [good], "those before it are deleted"


def test_a_roster_is_read_and_verified_once_and_again_when_there_is_another(own: World) -> None:
    data, shelf = own.server.data, Shelf()
    first = in_store(data, shelf.people)
    assert in_store(data, shelf.people) is first
    own.publish("second")
    second = in_store(data, shelf.people)
    assert second.refuses(own["second"].address)
    assert not first.refuses(own["second"].address)
    assert in_store(data, shelf.people) is second


def test_a_roster_that_skips_or_forgets_or_is_anybodys_is_refused(own: World) -> None:
    boss, team = own["publisher"], own.team
    kept = (team.rosters, team.previous_roster)
    team.rosters += 1
    assert refused(boss.ask("POST", "/api/roster", own.roster()), Fault.PLACE_TAKEN)
    team.rosters, team.previous_roster = kept
    own.former = ()
    forgetful = team.roster(*(own.member(each) for each in LISTED if each != "removed"))
    assert refused(boss.ask("POST", "/api/roster", forgetful), Fault.REFUSED)
    team.rosters, team.previous_roster, own.former = *kept, ("removed",)
    team.supervisors = ()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(LISTED, "supervisor", ((Duty.ANALYST,), False))
        assert refused(boss.ask("POST", "/api/roster", own.roster()), Fault.REFUSED)
    other = Team().roster()
    assert refused(boss.ask("POST", "/api/roster", other), Fault.REFUSED)
    flipped = forgetful[:5] + bytes([forgetful[5] ^ 1]) + forgetful[6:]
    assert refused(boss.ask("POST", "/api/roster", flipped), Fault.REFUSED)
    assert refused(boss.ask("POST", "/api/roster", forgetful[:-1]), Fault.MALFORMED)
    assert refused(own["intake"].ask("POST", "/api/roster", own.roster()), Fault.REFUSED)


def test_who_is_no_publisher_any_more_publishes_neither_roster_nor_directory(own: World) -> None:
    """With a certificate of the root that is good for a year. Who is in office does both."""
    team, boss = own.team, own["publisher"]
    secret, first = own.secrets["second"], team.publisher
    kept = (team.rosters, team.previous_roster, team.seq, team.previous)
    team.publisher = secret
    eve = publisher(own.server.wire(), team).log_in()
    theirs = [each for each in LISTED if each not in ("removed", "second")]
    by_her = team.roster(*map(own.member, theirs), former=(left(own.secrets["removed"]),))
    directory = team.directory()
    team.publisher = first
    team.rosters, team.previous_roster, team.seq, team.previous = kept
    for who in (eve, boss):
        assert refused(who.ask("POST", "/api/roster", by_her), Fault.REFUSED)
    assert refused(eve.ask("POST", "/api/directory", directory), Fault.REFUSED)
    assert boss.ask("POST", "/api/directory", team.directory()).status == 204
    own.publish("second")


def test_a_server_without_a_roster_says_so_and_takes_any_as_the_first(
    make_server: Callable[..., Server],
) -> None:
    world = World(make_server())
    assert refused(world["intake"].ask("GET", "/api/roster"), Fault.UNKNOWN)
    world.team.rosters = 7
    world.team.previous_roster = secrets.token_bytes(32)
    signed = world.roster("removed")
    assert world["publisher"].ask("POST", "/api/roster", signed).status == 204
    assert world["intake"].ask("GET", "/api/roster").body == signed


def test_a_directory_that_reuses_a_members_key_does_not_lock_the_team_out(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    """No honest publisher signs one; a server that has it goes on with the roster it has."""
    world = new_world(make_server())
    world.team.intake = GroupSecret(world.secrets["handler"].expose())
    signed = world.team.directory()
    assert world["publisher"].ask("POST", "/api/directory", signed).status == 204
    world.server.stop()
    with Server(world.server.data, world.team) as again:
        person = Person(
            again.wire(), world.team, world.secrets["intake"], world["intake"].certificate
        )
        assert person.log_in().ask("GET", "/api/roster").status == 200


def test_the_first_roster_is_the_directorys_publishers_and_no_others(
    make_server: Callable[..., Server],
) -> None:
    """Whoever was a publisher once has a certificate that is still good."""
    world = World(make_server())
    team, first = world.team, world.team.publisher
    kept = (team.rosters, team.previous_roster)
    team.publisher = world.secrets["second"]
    eve = publisher(world.server.wire(), team).log_in()
    by_her = team.roster(*(world.member(each) for each in LISTED if each != "second"))
    team.publisher = first
    team.rosters, team.previous_roster = kept
    for who in (eve, world["publisher"]):
        assert refused(who.ask("POST", "/api/roster", by_her), Fault.REFUSED)
    world.publish()


def test_a_roster_of_a_publisher_whose_clock_is_days_ahead_is_refused(own: World) -> None:
    roster = Roster.from_bytes(split(own.roster())[1])
    for days, status in ((2, 425), (1, 204)):
        issued = roster.issued + timedelta(days=days)
        ahead = replace(roster, issued=issued, expires=issued + timedelta(days=7))
        signed = sign_roster(ahead, own.team.publisher.keys)
        assert own["publisher"].ask("POST", "/api/roster", signed).status == status


# -- papers -------------------------------------------------------------------------------------


def test_a_receiving_key_is_replaced_by_a_higher_number_alone(own: World) -> None:
    second = own["second"]
    one, two, other = (own.papers("second", number).receiving for number in (1, 2, 2))
    assert second.ask("POST", "/api/receiving", two).status == 204
    assert second.ask("POST", "/api/receiving", two).status == 204
    for late in (one, other):
        assert refused(second.ask("POST", "/api/receiving", late), Fault.PLACE_TAKEN)
    assert papers_of(own["intake"], "/api/receiving") == [two]
    three = own.papers("second", 3).receiving
    assert second.ask("POST", "/api/receiving", three).status == 204
    assert papers_of(own["intake"], "/api/receiving") == [three]


@pytest.mark.parametrize("path", ["/api/receiving", "/api/erased", "/api/grants"])
def test_nobody_signs_papers_for_another(world: World, path: str) -> None:
    mine, theirs = world.papers("second"), world.papers("handler")
    kinds = ("receiving", "grant", "erased")
    forged = replace(mine, **{name: bytes(9) + getattr(mine, name)[9:] for name in kinds})

    def body(papers: Papers) -> bytes:
        if path == "/api/grants":
            return grants_parcel((papers.grant, None))
        return papers.receiving if path == "/api/receiving" else papers.erased

    for wrong in (theirs, forged):
        assert refused(world["second"].ask("POST", path, body(wrong)), Fault.REFUSED)
    assert world["second"].ask("POST", path, b"x" * 70).status in {400, 403}


def test_receiving_keys_of_those_who_are_out_are_not_given(own: World) -> None:
    for who in ("second", "handler"):
        paper = own.papers(who).receiving
        assert own[who].ask("POST", "/api/receiving", paper).status == 204
    assert len(papers_of(own["intake"], "/api/receiving")) == 2
    own.publish("handler")
    assert len(papers_of(own["intake"], "/api/receiving")) == 1
    kept = in_store(own.server.data, lambda e: e.scalars(select(receiving.c.analyst)).all())
    assert kept == [own["second"].address]


def test_what_was_taken_by_its_form_alone_goes_when_a_roster_says_the_key(
    make_server: Callable[..., Server],
) -> None:
    world = World(make_server())
    good, bad = world.papers("handler"), world.papers("second")
    bad = replace(bad, receiving=bytes(64) + bad.receiving[64:], erased=bytes(64) + bad.erased[64:])
    for who, papers in (("handler", good), ("second", bad)):
        assert world[who].ask("POST", "/api/receiving", papers.receiving).status == 204
        assert world[who].ask("POST", "/api/erased", papers.erased).status == 204
    world.publish("removed")
    assert papers_of(world["intake"], "/api/receiving") == [good.receiving]
    assert papers_of(world["intake"], "/api/erased/0") == [good.erased]
    assert run("check", "--data", world.server.data).returncode == 0


def test_an_erasure_is_kept_once_the_first_way(own: World) -> None:
    papers = own.papers("handler")
    for _ in range(2):
        assert own["handler"].ask("POST", "/api/erased", papers.erased).status == 204
    other = own.papers("handler")
    assert own["handler"].ask("POST", "/api/erased", other.erased).status == 204
    assert papers_of(own["auditor"], "/api/erased/0") == [papers.erased, other.erased]
    assert papers_of(own["auditor"], "/api/erased/1") == [other.erased]
    assert papers_of(own["auditor"], "/api/erased/2") == []


def test_a_grant_waits_for_its_member_is_replaced_by_a_newer_one_and_goes_once_opened(
    own: World,
) -> None:
    handler, to, service = own["handler"], own.papers("second"), own.team.service
    groups = [GroupSecret.generate(secrets.token_bytes) for _ in range(3)]
    old, new = (grant(groups[0], to.receiving, own.secrets["handler"], service) for _ in range(2))
    intake = grant(groups[1], to.receiving, own.secrets["handler"], service)
    assert give(handler, (old, own.assigned.address), (intake, None)).status == 204
    assert grants_to(own["second"]) == [(old, own.assigned.address), (intake, None)]
    assert grants_to(own["handler"]) == [], "they are hers alone"
    assert give(handler, (new, own.assigned.address)).status == 204
    assert grants_to(own["second"]) == [(intake, None), (new, own.assigned.address)]
    opened = wire.Opened(rising(each.keys.card.id for each in groups[1:])).to_bytes()
    assert handler.ask("POST", "/api/grants/opened", opened).status == 204
    assert len(grants_to(own["second"])) == 2, "nobody opens another's"
    for _ in range(2):
        assert own["second"].ask("POST", "/api/grants/opened", opened).status == 204
    assert grants_to(own["second"]) == [(new, own.assigned.address)]
    own.publish("second")
    assert in_store(own.server.data, lambda each: each.scalars(select(grants.c.id)).all()) == []


def test_nobodys_grant_replaces_another_granters_and_it_goes_with_its_granter(own: World) -> None:
    to, service = own.papers("second"), own.team.service
    group = GroupSecret.generate(secrets.token_bytes)
    own_, other = (
        grant(group, to.receiving, own.secrets[name], service) for name in ("handler", "intake")
    )
    assert give(own["handler"], (own_, None)).status == 204
    assert give(own["intake"], (other, None)).status == 204
    assert grants_to(own["second"]) == [(own_, None), (other, None)]
    own.publish("intake")
    assert grants_to(own["second"]) == [(own_, None)]


GRANTERS = {"handler", "second", "intake", "supervisor", "custodian"}


@pytest.mark.parametrize("who", CALLERS)
def test_those_who_hold_groups_grant_and_nobody_else(world: World, who: str) -> None:
    to = world.papers("second").receiving
    group = GroupSecret.generate(secrets.token_bytes)
    signed = grant(group, to, world.secrets[who], world.team.service)
    reply = give(world[who], (signed, None))
    assert reply.status == 204 if who in GRANTERS else refused(reply, Fault.REFUSED)


@pytest.mark.parametrize("who", ["suspended", "removed", "unlisted"])
def test_nothing_is_granted_to_who_is_not_of_the_team(world: World, who: str) -> None:
    to = world.papers(who).receiving
    group = GroupSecret.generate(secrets.token_bytes)
    signed = grant(group, to, world.secrets["handler"], world.team.service)
    assert refused(give(world["handler"], (signed, None)), Fault.REFUSED)


def test_a_grant_for_a_mailbox_that_is_not_here_is_refused_with_all_beside_it(world: World) -> None:
    to, service = world.papers("supervisor").receiving, world.team.service
    two = [
        grant(GroupSecret.generate(secrets.token_bytes), to, world.secrets["handler"], service)
        for _ in range(2)
    ]
    reply = give(world["handler"], (two[0], None), (two[1], secrets.token_bytes(32)))
    assert refused(reply, Fault.UNKNOWN)
    assert grants_to(world["supervisor"]) == []
