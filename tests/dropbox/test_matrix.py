"""Every route against every caller, from the one list of routes (T77), and what is not in it (T78).

A new route fails here until it says, in ``CELLS``, what it does for whom.
"""

import base64
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from crypto.constants import WRAP
from crypto.envelope import Chain
from dropbox import limits, wire
from dropbox.api import (
    directories,
    files,
    mailboxes,
    openapi,
    papers,
    purges,
    sessions,
    team,
    work,
)
from dropbox.api.routes import ROUTES, Route
from dropbox.api.tokens import RUNTIME_KEY, Tokens
from dropbox.wire import FAULTS, SESSION_HEADER, Fault, Role
from tests.dropbox.cast import age
from tests.dropbox.server import Server, make_data
from tests.dropbox.team import Papers, Team
from tests.dropbox.wiretap import (
    Handing,
    Person,
    Reply,
    Sealed,
    analyst,
    grants_parcel,
    handing,
    parcel,
    path_id,
    publisher,
    purging,
    reporter,
    seal,
)

SEALED = secrets.token_bytes(100)
OTHER = secrets.token_bytes(100)

INSIDE = {"the mailbox", "another mailbox", "analyst", "publisher"}
"""Callers with a session. All others have none that counts."""
ROLES = {
    "the mailbox": Role.MAILBOX,
    "another mailbox": Role.MAILBOX,
    "analyst": Role.ANALYST,
    "publisher": Role.PUBLISHER,
}


@dataclass
class World:
    """A server whose runtime key we know, the mailbox, and all who would like to be somebody."""

    server: Server
    key: bytes
    people: dict[str, Person] = field(init=False)
    report: Sealed = field(init=False)
    reply: Sealed = field(init=False)
    sent: bytes = field(init=False)
    next_directory: bytes = field(init=False)
    roster: bytes = field(init=False)
    handing: Handing = field(init=False)
    papers: "Papers" = field(init=False)
    unfinished: str = "/api/files/none"
    ended: dict[str, list[str]] = field(default_factory=dict)
    reported: Sealed = field(init=False)
    purging: bytes = field(init=False)
    case: bytes = field(init=False)

    def __post_init__(self) -> None:
        team_, new = self.server.team, self.server.wire
        self.people = {
            "the mailbox": reporter(new(), team_),
            "another mailbox": reporter(new(), team_),
            "analyst": analyst(new(), team_),
            "publisher": publisher(new(), team_),
        }
        for person in self.people.values():
            person.log_in()
        mailbox = self.mailbox
        claim = mailbox.send_file(SEALED)
        self.sent = claim.file
        self.report = seal(mailbox.address, (team_.intake.keys.card.id,), files=(claim,))
        assert mailbox.submit(self.report).status == 200
        self.next_directory = team_.directory()
        recipients = (mailbox.address, secrets.token_bytes(32))
        self.reply = seal(mailbox.address, recipients, Chain.TEAM)
        assert self.people["analyst"].submit(self.reply).status == 200
        self._assign()

    def _assign(self) -> None:
        """A case that is the analyst's, one that she has purged, and the roster that says so."""
        team_, insider = self.server.team, self.people["analyst"]
        intake = team_.intake.keys.card.id
        asked = b""
        for _ in range(2):
            box = reporter(self.server.wire(), team_).log_in()
            self.reported = seal(box.address, (intake,))
            assert box.submit(self.reported).status == 200
            self.handing = handing(box.address, [insider.address], intake)
            assert insider.assign(self.handing).status == 200
            self.purging, asked = asked, purging(self.reported, self.handing.assigned).to_bytes()
            self.case = box.address
        age(self.server.data)
        assert insider.ask("POST", "/api/purging", self.purging).status == 204
        self.roster = team_.roster(team_.member(team_.analyst, intake=True))
        assert self.people["publisher"].ask("POST", "/api/roster", self.roster).status == 204
        self.papers = Papers.of(team_.analyst, team_.service)

    @property
    def mailbox(self) -> Person:
        return self.people["the mailbox"]

    @property
    def started(self) -> str:
        """The path of a file of the mailbox that is under way, with its one part."""
        if self.mailbox.ask("GET", self.unfinished).status != 200:
            self.unfinished = f"/api/files/{path_id(self.mailbox.send_file(SEALED).file)}"
        return self.unfinished

    def tokens(self, who: str) -> dict[str, list[str]]:
        """What a caller brings as a session, in each of its ways: a header for each token."""
        if who in INSIDE:
            return {who: [self.people[who].token]}
        return dict(self._outsiders())[who](self)

    @staticmethod
    def _outsiders() -> Iterator[tuple[str, Callable[["World"], dict[str, list[str]]]]]:
        yield "nobody", lambda _: {"without": []}
        yield "somebody's guess", lambda _: {"word": ["x"], "empty": [""], "bytes": ["\xff" * 99]}
        yield "a session that ended", World._ended
        yield "a session that expired", World._expired
        yield "a token of another key", World._foreign
        yield "a token of another kind", World._kinds
        yield "two sessions at once", World._twice

    def _ended(self) -> dict[str, list[str]]:
        """Those are asked for once: to log in costs more than all the rest."""
        for name, person in self.people.items() if not self.ended else ():
            now = Person(person.wire, person.team, person.secret, person.certificate).log_in()
            assert now.ask("DELETE", "/api/session").status == 204
            self.ended[name] = [now.token]
        return self.ended

    def _made(self, tokens: Tokens, seconds: int) -> dict[str, list[str]]:
        now = int(time.time()) + seconds
        return {
            name: [tokens.make_session(person.address, ROLES[name], now)]
            for name, person in self.people.items()
        }

    def _expired(self) -> dict[str, list[str]]:
        return self._made(Tokens(self.key), -limits.SESSION_SECONDS - 5)

    def _foreign(self) -> dict[str, list[str]]:
        return self._made(Tokens(secrets.token_bytes(RUNTIME_KEY)), 0)

    def _kinds(self) -> dict[str, list[str]]:
        tokens, now = Tokens(self.key), int(time.time())
        whole = self.mailbox.token
        return {
            "challenge": [tokens.make_challenge(now)],
            "work": [tokens.make_work(wire.Purpose.REPORT, 0, now)],
            "cut": [whole[:-1]],
            "unsigned": [whole.rpartition(".")[0]],
            "another's signature": [
                whole.rpartition(".")[0] + "." + self.people["analyst"].token.rpartition(".")[2]
            ],
        }

    def _twice(self) -> dict[str, list[str]]:
        token = self.mailbox.token
        return {"same": [token, token], "first": ["x", token], "last": [token, "x"]}


OUTSIDERS = [name for name, _ in World._outsiders()]
CALLERS = [*sorted(INSIDE), *OUTSIDERS]


@dataclass(frozen=True)
class Cell:
    """A right request for a route, and what it does for callers whose role the route is for.

    ``others``: what it does for whom, where an object belongs to somebody.
    """

    ask: Callable[[World, str], tuple[str, bytes | None]]
    success: int
    others: dict[str, int] = field(default_factory=dict)


def _login(world: World, who: str) -> tuple[str, bytes]:
    person = world.people.get(who) or reporter(world.server.wire(), world.server.team)
    return "/api/session", person.login(person.challenge())


def _report(world: World, _: str) -> tuple[str, bytes]:
    return "/api/envelopes", parcel(world.report)


def _start(world: World, _: str) -> tuple[str, bytes]:
    file = base64.urlsafe_b64decode(world.started.rpartition("/")[2] + "=")
    return "/api/files", wire.FileStart(file, 1).to_bytes()


def _closing(world: World, _: str) -> tuple[str, bytes]:
    """At a taken place: whoever may close the mailbox is told so, and the others have it still."""
    return "/api/closing", parcel(seal(world.mailbox.address, (bytes(32),)))


def _deletion(world: World, _: str) -> tuple[str, bytes]:
    deletion = wire.Deletion(0, world.reply.id, secrets.token_bytes(64))
    return "/api/deletions", wire.Deletions((deletion,)).to_bytes()


def _rewrapping(world: World, _: str) -> tuple[str, bytes]:
    spot = wire.Spot(1, 0, world.reported.id)
    document = wire.Rewrapping(world.case, world.handing.group, (spot,))
    return "/api/wraps", wire.pack(document.to_bytes(), [bytes(WRAP)])


def _unwrapping(world: World, _: str) -> tuple[str, bytes]:
    intake = world.server.team.intake.keys.card.id
    return "/api/unwrapping", wire.Unwrapping(world.case, intake).to_bytes()


FOREIGN = {"another mailbox": 404, "analyst": 404}
CELLS = {
    directories.get_directory: Cell(lambda *_: ("/api/directory", None), 200),
    directories.put_directory: Cell(lambda world, _: ("/api/directory", world.next_directory), 204),
    sessions.make_challenge: Cell(lambda *_: ("/api/challenge", None), 200),
    sessions.log_in: Cell(_login, 200),
    sessions.log_out: Cell(lambda *_: ("/api/session", None), 204),
    work.give_work: Cell(
        lambda *_: ("/api/work", wire.WorkRequest(wire.Purpose.FILE).to_bytes()), 200
    ),
    mailboxes.submit: Cell(_report, 200, {"another mailbox": 403, "analyst": 403}),
    mailboxes.close: Cell(_closing, 412, {"another mailbox": 403}),
    mailboxes.delete: Cell(_deletion, 204, {"another mailbox": 404}),
    mailboxes.get_mailbox: Cell(lambda *_: ("/api/mailbox/0", None), 200),
    team.get_feed: Cell(lambda *_: ("/api/feed/0", None), 200),
    team.get_case: Cell(lambda world, _: (f"/api/case/{path_id(world.case)}/0", None), 200),
    team.assign: Cell(lambda world, _: ("/api/assignments", world.handing.body), 200),
    team.rewrap: Cell(_rewrapping, 204),
    team.unwrap: Cell(_unwrapping, 204),
    team.purge: Cell(lambda world, _: ("/api/purging", world.purging), 204),
    papers.get_roster: Cell(lambda *_: ("/api/roster", None), 200),
    papers.put_roster: Cell(lambda world, _: ("/api/roster", world.roster), 204),
    papers.get_receiving: Cell(lambda *_: ("/api/receiving", None), 200),
    papers.tell_receiving: Cell(lambda world, _: ("/api/receiving", world.papers.receiving), 204),
    papers.get_grants: Cell(lambda *_: ("/api/grants", None), 200),
    papers.give_grants: Cell(
        lambda world, _: ("/api/grants", grants_parcel((world.papers.grant, None))), 204
    ),
    papers.open_grants: Cell(
        lambda *_: ("/api/grants/opened", wire.Opened((bytes(32),)).to_bytes()), 204
    ),
    papers.get_erased: Cell(lambda *_: ("/api/erased/0", None), 200),
    papers.tell_erased: Cell(lambda world, _: ("/api/erased", world.papers.erased), 204),
    purges.get_digest: Cell(lambda *_: ("/api/purged", None), 200),
    purges.get_marks: Cell(lambda *_: (f"/api/purged/{'A' * 22}", None), 200),
    purges.tell_marks: Cell(lambda *_: ("/api/purged", wire.Marks((bytes(16),)).to_bytes()), 200),
    files.start_file: Cell(_start, 204, FOREIGN),
    files.get_state: Cell(lambda world, _: (world.started, None), 200, FOREIGN),
    files.drop_file: Cell(lambda world, _: (world.started, None), 204, FOREIGN),
    files.get_part: Cell(
        lambda world, _: (f"/api/files/{path_id(world.sent)}/0", None),
        200,
        {"the mailbox": 404, "another mailbox": 404},
    ),
    files.put_part: Cell(lambda world, _: (world.started + "/0", SEALED), 204, FOREIGN),
}

BOUND_TO_NOTHING = {("a session that ended", work.give_work): 200}
"""Work is asked for while the server is in trouble, so no database is asked who asks. Nothing can
be done with it without a session."""


def expected(route: Route, who: str, name: str) -> int:
    """``name``: whose session it was, where one had a session."""
    cell = CELLS[route.handler]
    if not route.callers:
        return cell.success
    if who == "a session that ended" and ROLES[name] not in route.callers:
        return 403  # the role is in the token: no database is asked
    if who not in INSIDE:
        return BOUND_TO_NOTHING.get((who, route.handler), 401)
    if ROLES[who] not in route.callers:
        return 403
    return cell.others.get(who, cell.success)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder, team_ = tmp_path_factory.mktemp("matrix"), Team()
    key = folder / "key"
    key.write_bytes(secrets.token_bytes(RUNTIME_KEY))
    key.chmod(0o600)
    data = make_data(folder / "data", team_)
    with Server(data, team_, options=("--runtime-key", str(key))) as running:
        yield World(running, key.read_bytes())


def ask(
    world: World, method: str, path: str, body: bytes | None, tokens: list[str]
) -> tuple[int, bytes]:
    """The status and the body, of a request with as many session headers as there are tokens."""
    head = [f"{method} {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body or b'')}"]
    head += [f"{SESSION_HEADER}: {token}" for token in tokens]
    said = world.server.wire().raw("\r\n".join([*head, "", ""]).encode("latin-1") + (body or b""))
    first, _, rest = said.partition(b"\r\n\r\n")
    return int(first.split(b" ", 2)[1]), rest


def fixed(status: int) -> bytes:
    (fault,) = (each for each in Fault if FAULTS[each][0] == status)
    return wire.Refusal(fault, FAULTS[fault][1]).to_bytes()


def test_every_route_has_its_row() -> None:
    assert set(CELLS) == {route.handler for route in ROUTES}


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_only_those_the_list_names_are_let_in(world: World, route: Route, who: str) -> None:
    cell = CELLS[route.handler]
    for name, tokens in world.tokens(who).items():
        path, body = cell.ask(world, who)
        status, said = ask(world, route.method, path, body, tokens)
        assert status == expected(route, who, name), (name, said[:100])
        assert status in openapi.statuses_of(route)
        if status >= 400:
            assert said == fixed(status), "a refusal says the same to everybody"
    if route.handler is sessions.log_out and who in INSIDE:
        world.people[who].log_in()


@pytest.mark.parametrize("who", [each for each in CALLERS if each != "the mailbox"])
def test_what_is_refused_has_changed_nothing(world: World, who: str) -> None:
    start = world.started
    for tokens in world.tokens(who).values():
        for method, path, body in (
            ("DELETE", start, None),
            ("PUT", f"{start}/0", OTHER),
            ("POST", "/api/files", wire.FileStart(world.sent, 2).to_bytes()),
        ):
            assert ask(world, method, path, body, tokens)[0] in {401, 403, 404}
    assert world.mailbox.ask("GET", start).read(wire.FileState) == wire.FileState(1, (0,))
    page, _ = world.mailbox.ask("GET", "/api/mailbox/0").page()
    assert len(page.entries) == 2


METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "QUERY"]
NOT_THERE = {"PROPFIND": {404, 400}, "QUERY": {404, 400}}


@pytest.mark.parametrize("who", [*sorted(INSIDE), "nobody"])
def test_the_methods_of_every_path_are_those_of_the_list(world: World, who: str) -> None:
    """Asked with everything the caller has; what is declared answers, what is not is nowhere."""
    declared: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        declared.setdefault(openapi.split_path(route.path)[0], {})[route.method] = route
    found: dict[str, set[str]] = {}
    for template, routes in declared.items():
        for method in METHODS:
            route = routes.get(method)
            if route is not None:  # a right request
                path, body = CELLS[route.handler].ask(world, who)
            else:
                path, body = template, None
                for name, value in (
                    ("from", "0"),
                    ("after", "0"),
                    ("part", "0"),
                    ("mark", "A" * 22),
                ):
                    path = path.replace("{" + name + "}", value)
                path = path.replace("{file}", path_id(world.sent))
                path = path.replace("{mailbox}", path_id(world.case))
            (tokens,) = world.tokens(who).values()
            status, _ = ask(world, method, path, body, tokens)
            if route is None:
                assert status in NOT_THERE.get(method, {404}), (method, path)
            else:
                assert status == expected(route, who, who), (method, path)
                found.setdefault(template, set()).add(method)
            if route is not None and route.handler is sessions.log_out and who in INSIDE:
                world.people[who].log_in()
    assert found == {path: set(routes) for path, routes in declared.items()}


@pytest.mark.parametrize(
    "line",
    ["get /api/directory", "Get /api/directory", "GETX /api/directory", "CONNECT /api/directory"],
)
def test_a_method_has_one_spelling(world: World, line: str) -> None:
    said = world.server.wire().raw(f"{line} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert int(said.split(b" ", 2)[1]) in {400, 404}
    assert b"Allow:" not in said


def test_a_reply_never_says_which_methods_there_are(world: World) -> None:
    reply: Reply = world.mailbox.ask("OPTIONS", "/api/directory")
    assert reply.status == 404
    assert not {name.lower() for name in reply.headers} & {"allow", "access-control-allow-origin"}
