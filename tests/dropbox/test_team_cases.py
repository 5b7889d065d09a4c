"""How a case changes hands, and how it ends (docs/protocol.md §7, §9)."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, update

from crypto.constants import WRAP
from crypto.encoding import rising
from crypto.envelope import Chain
from crypto.keys import GroupSecret
from dropbox import wire
from dropbox.store.hashes import hash_of_wrap
from dropbox.store.schema import (
    departures,
    envelopes,
    erased,
    grants,
    handlers,
    mailboxes,
    receiving,
    removals,
    rosters,
    wraps,
)
from dropbox.wire import Fault, mark_of
from tests.dropbox.cast import (
    CALLERS,
    Case,
    World,
    age,
    case_of,
    feed,
    give,
    grants_to,
    new_world,
    papers_of,
    refused,
    rewrap,
    unwrap,
    wraps_of,
)
from tests.dropbox.past import in_store
from tests.dropbox.server import Server, make_data, run
from tests.dropbox.team import Team, grant
from tests.dropbox.wiretap import (
    Person,
    Reply,
    Sealed,
    handing,
    parcel,
    seal,
)

pytestmark = pytest.mark.statements


def _place(sealed: Sealed) -> wire.Place:
    return wire.Place(sealed.recipients, sealed.files, sealed.use)


def _blobs(sealed: Sealed) -> list[bytes]:
    return [sealed.envelope.to_bytes(), *sealed.wraps]


# -- assignments --------------------------------------------------------------------------------


def test_a_handover_without_its_entry_is_refused(world: World) -> None:
    case = world.case()
    new = handing(case.address, [world["handler"].address], world.team.intake.keys.card.id)
    assert refused(world["intake"].submit(new.handover), Fault.REFUSED)
    assert refused(world["intake"].submit(new.handover, new.assigned), Fault.REFUSED)
    place, blobs = _place(new.handover), _blobs(new.handover)
    alone = wire.pack(wire.Submission((place,)).to_bytes(), blobs)
    twice = wire.pack(wire.Assignment((place, place), new.handlers).to_bytes(), blobs * 2)
    for body in (alone, twice):
        reply = world["intake"].ask("POST", "/api/assignments", body)
        assert refused(reply, Fault.MALFORMED)
    assert len(case_of(world["intake"], case)[0].entries) == 1
    assert not case_of(world["handler"], case)[0].entries[0].has_body


def test_an_assignment_is_stored_whole_or_not_at_all(world: World) -> None:
    """Its entry's place is taken: neither the handover nor the handlers are there."""
    case = world.case()
    entry = case.entry()
    assert world["intake"].submit(entry).status == 200
    assert refused(case.hand(world["intake"], world["handler"]), Fault.PLACE_TAKEN)
    assert [each.use for each in case_of(world["intake"], case)[0].entries] == [None, None]
    assert not case_of(world["handler"], case)[0].entries[0].has_body
    case.ends[Chain.CASE] = entry
    assert case.hand(world["intake"], world["handler"]).status == 200
    assert case_of(world["handler"], case)[0].entries[0].has_body


def test_an_assignment_again_is_answered_as_the_first_time_and_changes_nothing(
    world: World,
) -> None:
    """Also to who has given the case away with it, and after it has gone on to others."""
    case = world.case()
    assert case.hand(world["intake"], world["handler"]).status == 200
    first = case.handing
    assert first is not None
    receipt = world["intake"].assign(first)
    assert receipt.read(wire.Receipt).ids == (first.handover.id, first.assigned.id)
    assert case.hand(world["handler"], world["second"]).status == 200
    assert world["intake"].assign(first).body == receipt.body
    others = replace(first, handlers=rising([world["handler"].address]))
    assert world["handler"].assign(others).body == receipt.body
    assert not case_of(world["handler"], case)[0].entries[0].has_body
    assert case_of(world["second"], case)[0].entries[0].has_body


def test_two_who_assign_at_once_one_is_told_that_the_place_is_taken(world: World) -> None:
    case = world.case()
    intake = world.team.intake.keys.card.id
    one, two = (handing(case.address, [world[x].address], intake) for x in ("handler", "second"))
    assert world["intake"].assign(one).status == 200
    assert refused(world["supervisor"].assign(two), Fault.PLACE_TAKEN)


def test_after_an_assignment_a_reporter_is_told_the_other_group(world: World) -> None:
    """The rule of 409, from the very transaction that assigns."""
    case = world.case()
    intake = world.team.intake.keys.card.id
    assert case.hand(world["intake"], world["handler"]).status == 200
    message = seal(case.address, (intake,), after=case.report)
    assert refused(case.owner.submit(message), Fault.OTHER_GROUP)
    assert case.handing is not None
    rewrapped = replace(message, recipients=(case.handing.group,))
    assert case.owner.submit(rewrapped).status == 200
    assert case_of(world["handler"], case)[0].entries[-1].has_body


@pytest.mark.parametrize("wrong", ["no group", "the same group", "wrapped to another", "entry"])
def test_a_handover_names_a_new_group_that_both_are_wrapped_to(world: World, wrong: str) -> None:
    case = world.case()
    assert case.hand(world["intake"], world["handler"]).status == 200
    before = case.handing
    assert before is not None
    after = (before.handover, before.assigned)
    new = handing(case.address, [world["second"].address], before.group, after)
    if wrong == "no group":
        new = replace(new, handover=case.reply())
    elif wrong == "the same group":
        new = replace(new, handover=case.reply(before.group))
    elif wrong == "wrapped to another":
        new = replace(new, handover=replace(new.handover, use=secrets.token_bytes(32)))
    else:
        new = replace(new, assigned=case.entry(before.group))
    assert world["handler"].assign(new).status in {400, 403}
    assert len(case_of(world["handler"], case)[0].entries) == 3


def test_after_a_closing_the_handlers_keep_the_case_and_intake_is_given_what_comes(
    world: World,
) -> None:
    case = world.case()
    assert case.hand(world["intake"], world["handler"]).status == 200
    closing = case.reply(None)
    assert world["handler"].submit(closing).status == 200
    intake = (world.team.intake.keys.card.id,)
    assert case.owner.submit(seal(case.address, intake, after=case.report)).status == 200
    for who in ("handler", "intake"):
        assert all(each.has_body for each in case_of(world[who], case)[0].entries), who
    assert not any(each.has_body for each in case_of(world["second"], case)[0].entries)


def test_a_case_that_its_reporter_closed_stays_with_its_handlers(world: World) -> None:
    case = world.case()
    assert case.hand(world["intake"], world["handler"]).status == 200
    assert case.handing is not None
    closed = seal(case.address, (case.handing.group,), after=case.report)
    assert case.owner.ask("POST", "/api/closing", parcel(closed)).status == 200
    assert not any(each.has_body for each in case_of(world["intake"], case)[0].entries)
    assert refused(world["intake"].submit(case.entry()), Fault.REFUSED)
    assert world["handler"].submit(case.entry()).status == 200
    assert run("check", "--data", world.server.data).returncode == 0


# -- wraps --------------------------------------------------------------------------------------


@pytest.fixture
def handed_(world: World) -> Case:
    case = world.case()
    assert case.hand(world["intake"], world["handler"]).status == 200
    return case


def test_a_wrap_is_added_once_and_stays_as_it_was(world: World, handed_: Case) -> None:
    handler, handing_ = world["handler"], handed_.handing
    assert handing_ is not None
    first = secrets.token_bytes(WRAP)
    both = (handed_.report, handing_.handover)
    assert rewrap(handler, handed_, handing_.group, *both, wrap=first).status == 204
    assert rewrap(handler, handed_, handing_.group, *both).status == 204
    page, blobs = case_of(handler, handed_)
    intake = world.team.intake.keys.card.id
    assert page.entries[0].wraps == (intake, handing_.group)
    assert page.entries[1].wraps == handing_.handover.recipients, "it had one"
    assert blobs.count(first) == 1
    assert run("check", "--data", world.server.data).returncode == 0


def test_only_the_group_in_use_is_wrapped_to(world: World, handed_: Case) -> None:
    handler = world["handler"]
    intake = world.team.intake.keys.card.id
    for other in (intake, secrets.token_bytes(32), handed_.address):
        assert refused(rewrap(handler, handed_, other, handed_.report), Fault.OTHER_GROUP)
    case = world.case()
    assert rewrap(world["intake"], case, intake, case.report).status == 204
    assert wraps_of(world["intake"], case) == [(intake,)]


def test_what_is_not_at_its_place_is_not_wrapped_nor_anything_with_it(
    world: World, handed_: Case
) -> None:
    handing_ = handed_.handing
    assert handing_ is not None
    elsewhere = world.case().report
    reply = rewrap(world["handler"], handed_, handing_.group, handed_.report, elsewhere)
    assert refused(reply, Fault.UNKNOWN)
    assert len(wraps_of(world["handler"], handed_)[0]) == 1


@pytest.mark.parametrize("who", [each for each in CALLERS if each != "handler"])
def test_nobody_touches_the_wraps_of_a_case_that_is_not_theirs(
    world: World, handed_: Case, who: str
) -> None:
    handing_ = handed_.handing
    assert handing_ is not None
    assert refused(rewrap(world[who], handed_, handing_.group, handed_.report), Fault.REFUSED)
    assert unwrap(world[who], handed_, world.team.intake.keys.card.id) == 403
    assert len(wraps_of(world["handler"], handed_)[0]) == 1


def test_unwrapping_never_leaves_an_envelope_without_a_wrap_to_the_group_in_use(
    world: World, handed_: Case
) -> None:
    handler, handing_ = world["handler"], handed_.handing
    assert handing_ is not None
    intake = world.team.intake.keys.card.id
    assert unwrap(handler, handed_, intake) == 204
    assert wraps_of(handler, handed_)[0] == (intake,), "not wrapped again: it stays"
    assert wraps_of(handler, handed_)[2] == (handing_.group,), "wrapped to both: it goes"
    assert rewrap(handler, handed_, handing_.group, handed_.report).status == 204
    for _ in range(2):
        assert unwrap(handler, handed_, intake) == 204
    assert wraps_of(handler, handed_) == [
        (handing_.group,), handing_.handover.recipients, (handing_.group,)
    ]  # fmt: skip
    contact = world.team.contact.keys.card.id
    for kept in (handing_.group, handed_.address, contact):
        assert unwrap(handler, handed_, kept) == 403
    assert rewrap(handler, handed_, handing_.group, handed_.report).status == 204
    rows = in_store(
        world.server.data,
        lambda each: each.execute(
            select(removals.c.analyst, removals.c.what).where(
                removals.c.mark == mark_of(handed_.address)
            )
        ).all(),
    )
    assert [tuple(row) for row in rows] == [(handler.address, 1)], "a row says whose doing it was"
    assert run("check", "--data", world.server.data).returncode == 0


def test_an_entry_full_of_wraps_is_refused_and_one_that_is_full_holds_up_no_other(
    own: World,
) -> None:
    case, intake = own.case(), own["intake"]
    group, most = own.team.intake.keys.card.id, wire.WRAPS_PER_ENVELOPE
    crowded = case.entry(*(secrets.token_bytes(32) for _ in range(most // 2 + 1)))
    assert refused(intake.submit(crowded), Fault.MALFORMED)
    full = case.entry(*(secrets.token_bytes(32) for _ in range(most // 2)))
    assert intake.submit(full).status == 200
    case.ends[Chain.CASE] = full
    other = case.entry()
    assert intake.submit(other).status == 200
    in_store(own.server.data, lambda each: each.execute(insert(wraps), _more_wraps(each, full)))
    assert rewrap(intake, case, group, full, other).status == 204
    first, second = case_of(intake, case)[0].entries[-2:]
    assert (len(first.wraps), group in first.wraps) == (most, False)
    assert group in second.wraps


def _more_wraps(connection: Connection, sealed: Sealed) -> list[dict[str, object]]:
    """As many as there is room for: what groups that had the case have left behind."""
    place = select(envelopes.c.position).where(envelopes.c.id == sealed.id)
    position, most = connection.scalar(place), wire.WRAPS_PER_ENVELOPE
    made = [
        (slot, secrets.token_bytes(32), secrets.token_bytes(WRAP))
        for slot in range(most // 2, most)
    ]
    return [
        {
            "envelope": position,
            "slot": slot,
            "recipient": to,
            "wrap": wrap,
            "hash": hash_of_wrap(sealed.id, slot, to, wrap),
        }
        for slot, to, wrap in made
    ]


# -- who is told that a case is theirs no more --------------------------------------------------


def _bodies(person: Person, case: Case) -> list[bool]:
    return [each.has_body for each in case_of(person, case)[0].entries]


def test_whoever_a_case_is_taken_from_is_given_the_entry_that_says_so_and_no_more(
    own: World,
) -> None:
    """By the wrap to the group before, which stays when everything else of that group goes."""
    case, intake = own.assigned, own.team.intake.keys.card.id
    first = case.handing
    assert first is not None
    assert case.hand(own["handler"], own["handler"], own["second"]).status == 200
    both = case.handing
    assert case.hand(own["handler"], own["second"]).status == 200
    last = case.handing
    assert both is not None
    assert last is not None
    assert _bodies(own["handler"], case) == [False] * 6 + [True]
    assert [_bodies(own[who], case).count(True) for who in ("intake", "auditor")] == [0, 0]
    everything = (
        case.report,
        *(x for each in (first, both) for x in (each.handover, each.assigned)),
    )
    assert rewrap(own["second"], case, last.group, *everything).status == 204
    for former in (intake, first.group, both.group):
        assert unwrap(own["second"], case, former) == 204
    wraps = wraps_of(own["second"], case)
    assert wraps[-1] == (both.group, last.group)
    assert [each for each in wraps[:-1] if {intake, first.group, both.group} & set(each)] == []
    assert case.hand(own["second"], own["handler"]).status == 200
    assert _bodies(own["second"], case) == [False] * 8 + [True]
    assert all(_bodies(own["handler"], case)), "and whoever is added again is given all of it"
    own.publish("second")
    assert case_of(own["handler"], case)[0].entries
    assert own["second"].ask("GET", "/api/feed/0").status == 403
    age(own.server.data)
    assert purge(own["handler"], case).status == 204
    assert run("check", "--data", own.server.data).returncode == 0


# -- purging ------------------------------------------------------------------------------------


def purge(person: Person, case: Case, *unseen: Chain) -> Reply:
    """By one who has seen all of it, but of the chains ``unseen`` all but the last envelope."""
    return person.ask("POST", "/api/purging", case.purging(*unseen).to_bytes())


def test_what_a_handler_has_not_seen_is_not_purged(own: World) -> None:
    """A message for which there was a receipt, and the hold of a colleague."""
    case = own.case()
    assert case.hand(own["intake"], own["handler"], own["second"]).status == 200
    age(own.server.data)
    assert case.handing is not None
    for chain, writer in ((Chain.REPORTER, case.owner), (Chain.CASE, own["second"])):
        if chain is Chain.REPORTER:
            case.last = new = seal(case.address, (case.handing.group,), after=case.last)
        else:
            case.ends[chain] = new = case.entry(case.handing.group)
        assert writer.submit(new).status == 200
        assert refused(purge(own["handler"], case, chain), Fault.PLACE_TAKEN)
        other = replace(case.purging().seen[0], id=secrets.token_bytes(32))
        for seen in ((), (other, case.purging().seen[1])):
            body = wire.Purging(case.address, seen).to_bytes()
            assert refused(own["handler"].ask("POST", "/api/purging", body), Fault.PLACE_TAKEN)
    assert len(case_of(own["handler"], case)[0].entries) == 5
    assert purge(own["handler"], case).status == 204


@pytest.mark.parametrize("who", ["intake", "supervisor"])
def test_one_stolen_session_purges_nothing_it_has_made_itself_a_handler_of(
    own: World, who: str
) -> None:
    """Random bytes are enough to assign; whoever stole a session has it for minutes, not days."""
    case, thief = own.case(), own[who]
    assert refused(purge(thief, case), Fault.REFUSED)
    if who == "supervisor":
        assert case.hand(own["intake"], own["handler"]).status == 200
        age(own.server.data, 30)
    assert case.hand(thief, thief).status == 200
    assert refused(purge(thief, case), Fault.TOO_EARLY)
    assert case.hand(thief, thief, own["second"]).status == 200
    age(own.server.data, wire.PURGE_DAYS - 1)
    assert case.hand(thief, own["handler"], own["second"]).status == 200
    assert case.hand(own["handler"], thief, own["second"]).status == 200
    age(own.server.data, 1)
    assert refused(purge(thief, case), Fault.TOO_EARLY), "not one without a break"
    assert purge(own["second"], case).status == 204, "a handler who stayed"


def test_a_server_with_less_than_was_seen_purges_it(own: World) -> None:
    """It was restored from a backup."""
    case = own.case()
    assert case.hand(own["intake"], own["handler"]).status == 200
    age(own.server.data)
    seen = tuple(replace(each, seq=each.seq + 1, id=bytes(32)) for each in case.purging().seen)
    body = wire.Purging(case.address, seen).to_bytes()
    assert own["handler"].ask("POST", "/api/purging", body).status == 204


@pytest.mark.parametrize("who", [each for each in CALLERS if each != "handler"])
def test_nobody_purges_a_case_but_its_handlers_and_nobody_what_has_none(
    world: World, handed_: Case, who: str
) -> None:
    for case in (handed_, world.open):
        assert refused(purge(world[who], case), Fault.REFUSED)
    assert refused(purge(world["handler"], world.open), Fault.REFUSED)
    assert len(case_of(world["handler"], handed_)[0].entries) == 3


def test_a_purged_case_leaves_a_mark_and_whose_doing_it_was_and_nothing_else(own: World) -> None:
    case = own.assigned
    handing_ = case.handing
    assert handing_ is not None
    to = own.papers("second").receiving
    group = GroupSecret.generate(secrets.token_bytes)
    signed = grant(group, to, own.secrets["handler"], own.team.service)
    assert give(own["handler"], (signed, case.address)).status == 204
    assert rewrap(own["handler"], case, handing_.group, case.report).status == 204
    assert unwrap(own["handler"], case, own.team.intake.keys.card.id) == 204
    assert case.hand(own["handler"], own["second"]).status == 200
    assert case.hand(own["second"], own["handler"]).status == 200
    age(own.server.data)
    for _ in range(2):
        assert purge(own["handler"], case).status == 204
    assert case_of(own["handler"], case)[0].entries == ()
    assert not [each for each in feed(own["intake"]) if each == case.address]
    assert refused(case.owner.submit(case.report), Fault.PLACE_TAKEN)
    rows = in_store(
        own.server.data,
        lambda each: {
            table.name: [tuple(row) for row in each.execute(select(table))]
            for table in (mailboxes, envelopes, wraps, handlers, departures, grants, removals)
        },
    )
    assert {row[1] for row in rows["mailboxes"]} == {own.open.address}
    assert len(rows["envelopes"]) == len(rows["wraps"]) == 1
    assert (rows["handlers"], rows["departures"], rows["grants"]) == ([], [], [])
    assert rows["removals"] == [(mark_of(case.address), own["handler"].address, 2)]
    assert run("check", "--data", own.server.data).returncode == 0


def test_no_byte_of_a_purged_case_is_left_in_the_database_or_its_log(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """T83 for what a team adds: handlers, grants, wraps that were added."""
    team = Team()
    data = make_data(tmp_path / "data", team)
    (clock := tmp_path / "clock").write_text("0")  # with it, a server sweeps often
    with Server(data, team, clock=clock) as server:
        world = new_world(server)
        case, handing_ = world.assigned, world.assigned.handing
        assert handing_ is not None
        added = secrets.token_bytes(WRAP)
        assert rewrap(world["handler"], case, handing_.group, case.report, wrap=added).status == 204
        group = GroupSecret.generate(secrets.token_bytes)
        to = world.papers("second").receiving
        signed = grant(group, to, world.secrets["handler"], team.service)
        assert give(world["handler"], (signed, case.address)).status == 204
        needles = [case.address, handing_.group, added[:24], signed[80:160], case.report.id]
        assert all(count(data, each) for each in needles)
        age(data)
        assert purge(world["handler"], case).status == 204
        wait_until(lambda: not any(count(data, each) for each in needles), 90)


def count(data: Path, needle: bytes) -> int:
    """In how many files of the database's the bytes lie."""
    return sum(needle in path.read_bytes() for path in data.glob("dropbox.db*"))


# -- damage, and backups ------------------------------------------------------------------------


@pytest.fixture
def damaged(own: World) -> World:
    """A stopped server with papers of every kind, to be damaged by a test."""
    papers = own.papers("handler")
    assert own["handler"].ask("POST", "/api/receiving", papers.receiving).status == 204
    assert own["handler"].ask("POST", "/api/erased", papers.erased).status == 204
    grant_ = (papers.grant, None)
    assert give(own["handler"], grant_).status == 204
    assert run("check", "--data", own.server.data).returncode == 0
    own.server.stop()
    return own


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        ("roster", update(rosters).values(seq=rosters.c.seq + 1)),
        ("roster", update(rosters).values(hash=bytes(32))),
        ("roster", update(rosters).values(signed=bytes(64) + b"{}")),
        ("receiving key", update(receiving).values(number=9)),
        ("receiving key", update(receiving).values(analyst=bytes(32))),
        ("erasure", update(erased).values(group=bytes(32))),
        (
            "envelope",
            update(wraps).where(wraps.c.recipient != bytes(32)).values(recipient=bytes(32)),
        ),
    ],
    ids=["seq", "hash", "signature", "number", "analyst", "group", "wraps"],
)
@pytest.mark.sampled(4)
def test_damage_to_the_teams_rows_is_found_and_gets_into_no_backup(
    damaged: World, tmp_path: Path, kind: str, statement: object
) -> None:
    data = damaged.server.data
    in_store(data, lambda each: each.execute(statement))  # type: ignore[call-overload]
    done = run("check", "--data", data)
    assert done.returncode == 1
    assert f"{kind} " in done.stdout + done.stderr
    assert run("backup", "--data", data, tmp_path / "b").returncode == 1


def test_a_restored_server_has_the_team_and_its_cases_and_no_grant(
    damaged: World, tmp_path: Path
) -> None:
    own, data = damaged, tmp_path / "again"
    assert run("backup", "--data", own.server.data, tmp_path / "b").returncode == 0
    held = in_store(own.server.data, lambda each: each.scalars(select(grants.c.signed)).one())
    assert held[100:200] not in (tmp_path / "b").read_bytes()
    assert run("restore", "--data", data, tmp_path / "b").returncode == 0
    with Server(data, own.team) as again:
        people = {
            name: Person(again.wire(), own.team, own.secrets[name], own[name].certificate)
            for name in ("handler", "intake", "removed")
        }
        removed = people.pop("removed")
        reply = removed.wire.ask("POST", "/api/session", removed.login(removed.challenge()))
        assert refused(reply, Fault.REFUSED)
        for person in people.values():
            person.log_in()
        assert grants_to(people["handler"]) == []
        assert len(papers_of(people["intake"], "/api/receiving")) == 1
        given = {name: case_of(people[name], own.assigned)[0].entries for name in people}
        assert [each.has_body for each in given["handler"]] == [True] * 3
        assert [each.has_body for each in given["intake"]] == [False] * 3
        assert (
            people["handler"].ask("POST", "/api/erased", own.papers("handler").erased).status == 204
        )
        assert own.assigned.hand(people["handler"], people["intake"]).status == 200
