"""Who of a team is let in, is given what, and may do what (docs/protocol.md §9)."""

import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from crypto.certificates import CertificateRole
from crypto.constants import WRAP
from crypto.keys import AnalystSecret
from crypto.roster import Duty
from dropbox import wire
from dropbox.api import openapi, sessions
from dropbox.api.routes import ROUTES
from dropbox.store.schema import (
    cursors,
)
from dropbox.wire import Fault, Role
from tests.dropbox.cast import (
    CALLERS,
    LISTED,
    READS_NOT,
    REFUSED,
    SEALED,
    Case,
    World,
    case_of,
    feed,
    new_world,
    refused,
)
from tests.dropbox.past import in_store
from tests.dropbox.server import Server
from tests.dropbox.team import left, today
from tests.dropbox.wiretap import (
    Person,
    grants_parcel,
    handing,
    parcel,
    path_id,
    purging,
)

# -- who is given what --------------------------------------------------------------------------

WHOLE = {"open": {"intake"}, "assigned": {"handler"}}


@pytest.mark.parametrize("who", [each for each in CALLERS if each not in REFUSED])
@pytest.mark.parametrize("object_", WHOLE)
def test_a_mailbox_is_given_whole_to_those_who_have_it_and_as_stubs_to_the_rest(
    world: World, object_: str, who: str
) -> None:
    case: Case = getattr(world, object_)
    given = feed(world[who])[case.address]
    page, blobs = case_of(world[who], case)
    assert list(page.entries) == given, "a page of the case is a piece of the feed"
    assert len(given) == (1 if object_ == "open" else 3)
    whole = who in WHOLE[object_]
    assert all(each.has_body == whole for each in given)
    assert all(bool(each.wraps) == whole for each in given)
    assert bool(given[0].files) == whole
    assert (case.report.envelope.body in blobs) == whole
    assert case.report.envelope.header.to_bytes() in blobs
    part = world[who].ask("GET", f"/api/files/{path_id(case.claim.file)}/0")
    assert part.status == (200 if whole else 404)
    assert (part.body == SEALED) == whole


def test_a_stub_keeps_header_hash_day_and_group_and_nothing_else(world: World) -> None:
    page, blobs = case_of(world["auditor"], world.assigned)
    handing_ = world.assigned.handing
    assert handing_ is not None
    sent = (world.assigned.report, handing_.handover, handing_.assigned)
    assert blobs == [each.envelope.header.to_bytes() for each in sent]
    assert [each.use for each in page.entries] == [None, handing_.group, None]
    for each in page.entries:
        assert (each.day, each.has_body, each.wraps, each.files) == (today(), False, (), ())


def test_a_custodian_is_given_what_is_wrapped_to_the_contact_group(own: World) -> None:
    contact = own.team.contact.keys.card.id
    assert own.assigned.handing is not None
    request = own.assigned.entry(own.assigned.handing.group, contact)
    assert own["handler"].submit(request).status == 200
    given = case_of(own["custodian"], own.assigned)[0].entries
    assert [each.has_body for each in given] == [False, False, False, True]
    assert given[-1].wraps == request.recipients
    assert [e.has_body for e in case_of(own["auditor"], own.assigned)[0].entries] == [False] * 4


def test_a_page_of_a_case_goes_on_behind_a_position_and_of_none_is_empty(world: World) -> None:
    whole, _ = case_of(world["handler"], world.assigned)
    rest, _ = case_of(world["handler"], world.assigned, whole.entries[0].position)
    assert rest.entries == whole.entries[1:]
    nothing = world["handler"].ask("GET", f"/api/case/{path_id(secrets.token_bytes(32))}/0")
    assert nothing.page()[0] == wire.Page(None, (), False)


def test_without_a_roster_every_analyst_is_given_everything(
    make_server: Callable[..., Server],
) -> None:
    world = World(make_server())
    for who in CALLERS:
        assert all(each.has_body for rows in feed(world[who]).values() for each in rows), who


def test_only_what_somebody_was_given_whole_counts_as_fetched(own: World) -> None:
    """Stubs are no copy of a report: it must not be purged because an auditor counted it, nor an
    assigned one because intake did."""
    position = feed(own["intake"])[own.open.address][-1].position

    def reached() -> dict[bytes, tuple[int, int]]:
        found = in_store(own.server.data, lambda each: each.execute(select(cursors)).all())
        return {row.analyst: (row.position, row.handled) for row in found}

    for who in ("auditor", "calls", "unlisted", "custodian"):
        assert own[who].ask("GET", f"/api/feed/{position}").status == 200
    assert reached() == {}
    for who in ("handler", "intake"):
        assert own[who].ask("GET", f"/api/feed/{position}").status == 200
    handler, intake = reached()[own["handler"].address], reached()[own["intake"].address]
    assert handler == (0, position)
    assert intake == (position, position), "she reads, so a case may become hers"


# -- who may do what ----------------------------------------------------------------------------

WRITERS = {
    ("open", "reply"): {"intake"},
    ("open", "entry"): {"intake", "custodian"},
    ("assigned", "reply"): {"handler"},
    ("assigned", "entry"): {"handler", "custodian"},
}


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize(("object_", "kind"), WRITERS)
def test_only_those_who_are_given_a_mailbox_write_to_it(
    world: World, object_: str, kind: str, who: str
) -> None:
    case = world.case()
    if object_ == "assigned":
        assert case.hand(world["intake"], world["handler"]).status == 200
    use = case.handing.group if case.handing else None
    sealed = case.reply(use) if kind == "reply" else case.entry()
    reply = world[who].submit(sealed)
    if who in WRITERS[object_, kind]:
        assert reply.status == 200
    else:
        assert refused(reply, Fault.REFUSED)
        assert len(feed(world["auditor"])[case.address]) == (1 if case.handing is None else 3)


def test_a_custodian_writes_an_entry_and_no_reply_with_it(world: World) -> None:
    case = world.case()
    assert refused(world["custodian"].submit(case.reply(), case.entry()), Fault.REFUSED)


ASSIGNERS = {"open": {"intake", "supervisor"}, "assigned": {"handler", "supervisor"}}


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("object_", ASSIGNERS)
def test_only_those_who_have_a_case_and_supervisors_assign_it(
    world: World, object_: str, who: str
) -> None:
    case = world.case()
    if object_ == "assigned":
        assert case.hand(world["intake"], world["handler"]).status == 200
    reply = case.hand(world[who], world["second"])
    if who in ASSIGNERS[object_]:
        assert reply.status == 200
        assert all(each.has_body for each in case_of(world["second"], case)[0].entries)
        whole = [each for each in case_of(world["handler"], case)[0].entries if each.has_body]
        assert len(whole) == (object_ == "assigned"), "what says that the case was taken away"
    else:
        assert refused(reply, Fault.REFUSED)
        assert not any(each.has_body for each in case_of(world["second"], case)[0].entries)


@pytest.mark.parametrize("who", READS_NOT)
def test_a_case_is_assigned_to_nobody_who_may_not_read(world: World, who: str) -> None:
    case = world.case()
    both = (world["handler"], world[who])
    assert refused(case.hand(world["intake"], *both), Fault.REFUSED)
    assert len(case_of(world["intake"], case)[0].entries) == 1


# -- let in no more -----------------------------------------------------------------------------


def answers(world: World, who: str) -> dict[str, int]:
    """What every route for an analyst says to this one, whatever else is wrong with the request."""
    found = {}
    for route in ROUTES:
        if Role.ANALYST not in route.callers:
            continue
        path, _ = openapi.split_path(route.path)
        for name, value in {
            "after": "0", "from": "0", "part": "0", "mark": "A" * 22,
            "file": path_id(world.open.claim.file), "mailbox": path_id(world.open.address),
        }.items():  # fmt: skip
            path = path.replace("{" + name + "}", value)
        body = _bodies(world, who).get(path) if route.limit else None
        reply = world[who].ask(route.method, path, body)
        found[f"{route.method} {path}"] = reply.status
        if route.handler is sessions.log_out and reply.status == 204:
            world[who].log_in()
    return found


def _bodies(world: World, who: str) -> dict[str, bytes]:
    papers, case = world.papers(who), world.open
    part = f"/api/files/{path_id(case.claim.file)}/0"
    spot = wire.Spot(1, 0, case.report.id)
    wrapping = wire.Rewrapping(case.address, secrets.token_bytes(32), (spot,)).to_bytes()
    return {
        "/api/work": wire.WorkRequest(wire.Purpose.FILE).to_bytes(),
        "/api/envelopes": parcel(case.entry()),
        "/api/assignments": handing(case.address, [world[who].address], bytes(32)).body,
        "/api/wraps": wire.pack(wrapping, [bytes(WRAP)]),
        "/api/unwrapping": wire.Unwrapping(case.address, bytes(32)).to_bytes(),
        "/api/purging": purging(case.report).to_bytes(),
        "/api/receiving": papers.receiving,
        "/api/grants": grants_parcel((papers.grant, None)),
        "/api/grants/opened": wire.Opened(()).to_bytes(),
        "/api/erased": papers.erased,
        "/api/purged": wire.Marks(()).to_bytes(),
        "/api/files": wire.FileStart(secrets.token_bytes(32), 1).to_bytes(),
        part: SEALED,
    }


@pytest.mark.parametrize("who", sorted(REFUSED))
def test_who_was_removed_or_suspended_is_refused_on_every_route_with_an_open_session(
    world: World, who: str
) -> None:
    """But where work is asked for, which asks no database and is good for nothing alone."""
    said = answers(world, who)
    assert said.pop("POST /api/work") == 200
    part = f"PUT /api/files/{path_id(world.open.claim.file)}/0"
    assert said.pop(part) == 403
    assert set(said.values()) == {403}, said
    assert 403 not in {answers(world, "intake")[each] for each in said if "POST" not in each}


@pytest.mark.parametrize("who", sorted(REFUSED))
def test_who_was_removed_or_suspended_does_not_log_in(world: World, who: str) -> None:
    person = world[who]
    reply = person.wire.ask("POST", "/api/session", person.login(person.challenge()))
    assert refused(reply, Fault.REFUSED)
    assert world["unlisted"].log_in().token, "whom the roster does not name yet is let in"


def test_a_removal_is_in_force_with_the_next_request_on_every_worker(
    make_server: Callable[..., Server],
) -> None:
    world = new_world(make_server(workers=2))
    connections = [replace(world["intake"], wire=world.server.wire()) for _ in range(8)]
    assert {each.ask("GET", "/api/feed/0").status for each in connections} == {200}
    world.publish("intake")
    assert {each.ask("GET", "/api/feed/0").status for each in connections} == {403}
    assert {each.submit(world.open.entry()).status for each in connections} == {403}


def test_a_publisher_who_left_publishes_nothing_more(own: World) -> None:
    """Another publisher says so, once in office, in a roster of her own."""
    team = own.team
    gone, other = own["publisher"], AnalystSecret.generate(secrets.token_bytes)
    certificate = team.certificate(other, CertificateRole.PUBLISHER)
    successor = Person(own.server.wire(), team, other, certificate).log_in()
    members = [own.member(name) for name in LISTED if name != "removed"]
    others = left(own.secrets["removed"])
    both = team.roster(*members, team.member(other, Duty.PUBLISHER), former=(others,))
    assert gone.ask("POST", "/api/roster", both).status == 204
    first, team.publisher = team.publisher, other
    roster = team.roster(*members, former=(others, left(first)))
    assert successor.ask("POST", "/api/roster", roster).status == 204
    for path, body in (("/api/roster", team.roster()), ("/api/directory", team.directory())):
        assert refused(gone.ask("POST", path, body), Fault.REFUSED)
    assert refused(gone.ask("GET", "/api/roster"), Fault.REFUSED)
    assert successor.ask("GET", "/api/roster").body == roster
