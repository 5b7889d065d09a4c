"""Every object against every caller, and the routes against the router (T29, T77, T78)."""

import secrets
from pathlib import Path

import pytest

from crypto.directory import NO_SITE
from crypto.envelope import Chain
from dropbox import wire
from dropbox.api.routes import ROUTES
from dropbox.api.tokens import Tokens
from dropbox.app import Traffic, build_app
from dropbox.site.storage import SiteFolder
from dropbox.window import Window
from dropbox.wire import FAULTS, Fault
from tests.dropbox.server import Server
from tests.dropbox.wiretap import (
    Person,
    analyst,
    claim,
    new_analyst,
    path_id,
    publisher,
    reporter,
    seal,
)

SEALED = secrets.token_bytes(100)


class World:
    """Two reporters, the team, and files of every kind of owner."""

    def __init__(self, server: Server) -> None:
        team = server.team
        self.people: dict[str, Person] = {
            "nobody": reporter(server.wire(), team),
            "ann": reporter(server.wire(), team).log_in(),
            "bob": reporter(server.wire(), team).log_in(),
            "analyst": analyst(server.wire(), team).log_in(),
            "colleague": new_analyst(server.wire(), team).log_in(),
            "publisher": publisher(server.wire(), team).log_in(),
        }
        ann, insider = self.people["ann"], self.people["analyst"]
        intake = (team.intake.keys.card.id,)
        self.files = {"ann's, unfinished": ann.send_file(SEALED).file}
        sent = ann.send_file(SEALED)
        self.report = seal(ann.address, intake, files=(sent,))
        assert ann.submit(self.report).status == 200
        self.files["in ann's report"] = sent.file
        self.files["the analyst's, unfinished"] = insider.send_file(SEALED).file
        reply, note = insider.send_file(SEALED), insider.send_file(SEALED)
        recipients = (ann.address, secrets.token_bytes(32))
        team_envelope = seal(ann.address, recipients, Chain.TEAM, files=(reply,))
        entry = seal(ann.address, recipients[1:], Chain.CASE, files=(note,))
        assert insider.submit(team_envelope, entry).status == 200
        self.files["in a reply to ann"] = reply.file
        self.files["in a note on ann's case"] = note.file


@pytest.fixture(scope="module")
def world(server: Server) -> World:
    return World(server)


ALL = {"ann", "bob", "analyst", "colleague"}
OWNERS = {
    "ann's, unfinished": {"ann"},
    "in ann's report": {"ann"},
    "the analyst's, unfinished": {"analyst"},
    "in a reply to ann": {"analyst", "colleague"},
    "in a note on ann's case": {"analyst", "colleague"},
}
READERS = {
    "ann's, unfinished": set(),
    "in ann's report": {"analyst", "colleague"},
    "the analyst's, unfinished": set(),
    "in a reply to ann": {"ann", "analyst", "colleague"},
    "in a note on ann's case": {"analyst", "colleague"},
}


def expected(who: str, allowed: set[str], success: int) -> int:
    if who == "nobody":
        return 401
    if who == "publisher":
        return 403
    return success if who in allowed else 404


@pytest.mark.parametrize("name", OWNERS)
def test_only_the_owner_sees_the_state_of_a_file(world: World, name: str) -> None:
    for who, person in world.people.items():
        reply = person.ask("GET", f"/api/files/{path_id(world.files[name])}")
        assert reply.status == expected(who, OWNERS[name], 200), who


@pytest.mark.parametrize("name", READERS)
def test_only_those_it_was_sent_to_fetch_the_parts_of_a_file(world: World, name: str) -> None:
    for who, person in world.people.items():
        reply = person.ask("GET", f"/api/files/{path_id(world.files[name])}/0")
        assert reply.status == expected(who, READERS[name], 200), who
        assert (reply.body == SEALED) == (reply.status == 200)


@pytest.mark.parametrize("name", OWNERS)
def test_nobody_changes_a_part_of_another(world: World, name: str) -> None:
    other = secrets.token_bytes(100)
    for who in ("nobody", "bob", "publisher", "colleague", "ann", "analyst"):
        if who in OWNERS[name] and "unfinished" in name:
            continue
        reply = world.people[who].ask("PUT", f"/api/files/{path_id(world.files[name])}/0", other)
        assert reply.status == expected(who, OWNERS[name], FAULTS[Fault.FILES_DIFFER][0]), who


@pytest.mark.parametrize("name", OWNERS)
def test_nobody_drops_a_file_of_another_or_one_that_an_envelope_names(
    world: World, name: str
) -> None:
    for who in ("nobody", "bob", "publisher", "colleague", "ann", "analyst"):
        if who in OWNERS[name] and "unfinished" in name:
            continue
        reply = world.people[who].ask("DELETE", f"/api/files/{path_id(world.files[name])}")
        assert reply.status == expected(who, OWNERS[name], 403), who


def test_the_id_of_a_file_cannot_be_taken_over(world: World) -> None:
    for name, file in world.files.items():
        for who in ALL - OWNERS[name]:
            start = wire.FileStart(file, 1).to_bytes()
            assert world.people[who].ask("POST", "/api/files", start).status == 404, (who, name)


def test_chains_are_written_by_those_they_belong_to(world: World) -> None:
    ann = world.people["ann"].address
    intake = world.people["ann"].team.intake.keys.card.id
    forged = {
        Chain.REPORTER: seal(ann, (intake,), after=world.report),
        Chain.TEAM: seal(ann, (ann, intake), Chain.TEAM),
        Chain.CASE: seal(ann, (intake,), Chain.CASE),
    }
    for who, chain, status in (
        ("nobody", Chain.REPORTER, 401),
        ("bob", Chain.REPORTER, 403),
        ("analyst", Chain.REPORTER, 403),
        ("publisher", Chain.REPORTER, 403),
        ("ann", Chain.TEAM, 403),
        ("bob", Chain.TEAM, 403),
        ("publisher", Chain.TEAM, 403),
        ("ann", Chain.CASE, 403),
        ("publisher", Chain.CASE, 403),
    ):
        assert world.people[who].submit(forged[chain]).status == status, (who, chain)


def test_a_file_of_another_cannot_be_named(world: World) -> None:
    bob = world.people["bob"]
    intake = (bob.team.intake.keys.card.id,)
    for file in world.files.values():
        stolen = seal(bob.address, intake, files=(claim(file, [SEALED]),))
        assert bob.submit(stolen).fault is Fault.FILES_DIFFER


def test_listings_and_publishing_belong_to_one_role(world: World) -> None:
    for path, method, allowed in (
        ("/api/mailbox/0", "GET", {"ann", "bob"}),
        ("/api/feed/0", "GET", {"analyst", "colleague"}),
        ("/api/directory", "POST", set()),  # the publisher's body is not one: 400
    ):
        for who, person in world.people.items():
            status = person.ask(method, path, b"x" if method == "POST" else None).status
            refused = {"nobody": 401}.get(who, 403)
            if who == "publisher" and method == "POST":
                refused = 400
            assert status == (200 if who in allowed else refused), (who, path)


def test_the_router_has_the_declared_routes_and_no_other() -> None:
    service = type("Service", (), {"tokens": Tokens(bytes(32))})()
    window = Window(None, NO_SITE, {}, SiteFolder(Path("/nowhere")))
    app = build_app(service, Traffic(), window)  # type: ignore[arg-type]
    found = {
        (route.method, route.resource.canonical if route.resource else "")
        for route in app.router.routes()
    }
    declared = {("GET", "/{path}"), ("HEAD", "/{path}")}
    for route in ROUTES:
        names = ["/".join(_canonical(piece) for piece in route.path.split("/"))]
        declared.add((route.method, names[0]))
    assert found == declared
    assert len(ROUTES) + 2 == len(found)
    for route in ROUTES:
        assert (route.limit > 0) == (
            route.method in {"POST", "PUT"} and "challenge" not in route.path
        )


def _canonical(piece: str) -> str:
    return "{" + piece[1:].split(":", maxsplit=1)[0] + "}" if piece.startswith("{") else piece


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "OPTIONS", "PUT", "POST", "DELETE", "PATCH", "X"]
)
def test_what_is_not_declared_is_not_there(server: Server, method: str) -> None:
    file = path_id(secrets.token_bytes(32))
    declared = {
        ("GET", "/api/directory"),
        ("POST", "/api/directory"),
        ("POST", "/api/challenge"),
    }
    for path in (
        "/api",
        "/api/",
        "/api/directory",
        "/api/directory/",
        "/api/challenge",
        "/API/directory",
        "//api/directory",
        "/api//directory",
        "/api/./directory",
        "/api/x/../directory",
        "/api/%64irectory",
        "/api/directory?x",
        "/api/directory;x",
        "/api/mailbox/00",
        "/api/mailbox/-1",
        "/api/mailbox/1e3",
        "/api/mailbox/9999999999999999",
        "/api/mailbox/١",
        f"/api/files/{file}x",
        f"/api/files/{file[:-1]}",
        f"/api/files/{file}/00",
        f"/api/files/{file}/-1",
        "/static/../api/directory",
        "/etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/api/directory%00",
    ):
        if (method, path) in declared:
            continue
        said = server.wire().raw(
            f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), 30, one=True
        )
        status = int(said.split(b" ", 2)[1])
        assert status in ({404, 400} if not path.isascii() or method == "X" else {404}), path
