"""Floods without addresses of the network: work for strangers, shares, quotas (T51 to T60, T80)."""

import contextlib
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crypto.work import find_proof, is_proof, work_seed
from dropbox import limits, wire
from dropbox.api.tokens import RUNTIME_KEY, Tokens
from dropbox.wire import WAIT_HEADER, WORK_HEADER, Fault, Proof, Purpose
from tests.dropbox.server import Server, ask_work, make_data, run
from tests.dropbox.team import Team
from tests.dropbox.wiretap import Person, Reply, Sealed, analyst, parcel, path_id, reporter, seal

BITS = 4
HARD = 8
"""Bits at which one counter in 256 is right by chance."""


def make_key(folder: Path) -> Path:
    (key := folder / "runtime-key").touch(0o600)
    key.write_bytes(secrets.token_bytes(RUNTIME_KEY))
    return key


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_key(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="module")
def busy(
    tmp_path_factory: pytest.TempPathFactory, key: Path, new_database: Callable[[], str]
) -> Iterator[Server]:
    """A server that asks strangers for ``BITS``, on two workers."""
    team = Team()
    data = make_data(tmp_path_factory.mktemp("busy") / "data", team, database=new_database())
    ask_work(data, BITS)
    with Server(data, team, workers=2, options=("--runtime-key", str(key))) as running:
        yield running


@pytest.fixture
def tokens(key: Path) -> Tokens:
    """Made with the server's own key: whatever it would believe."""
    return Tokens(key.read_bytes())


def now() -> int:
    return int(time.time())


def ask(person: Person, path: str, body: bytes, proof: object = None) -> Reply:
    headers = {wire.SESSION_HEADER: person.token}
    if proof is not None:
        headers[WORK_HEADER] = str(proof)
    return person.wire.ask("POST", path, body, headers)


def task_of(person: Person, purpose: Purpose) -> wire.Work:
    return ask(person, "/api/work", wire.WorkRequest(purpose).to_bytes()).read(wire.Work)


def solve(
    person: Person, token: str, subject: bytes, bits: int = BITS, wrong: bool = False
) -> Proof:
    seed = work_seed(person.team.service, token, subject)
    if wrong:
        counter = next(each for each in count() if not is_proof(seed, each, bits))
    else:
        counter = next(found for found in find_proof(seed, bits) if found is not None)
    return Proof(token, counter, subject)


def worked(person: Person, purpose: Purpose, subject: bytes) -> Proof:
    work = task_of(person, purpose)
    return solve(person, work.token, subject, work.difficulty)


def first_report(person: Person) -> Sealed:
    return seal(person.address, (person.team.intake.keys.card.id,))


def known(server: Server) -> Person:
    """A mailbox with its report, logged in."""
    person = reporter(server.wire(), server.team).log_in()
    proof = worked(person, Purpose.REPORT, person.address)
    assert ask(person, "/api/envelopes", parcel(first_report(person)), proof).status == 200
    return person


def stranger(server: Server) -> Person:
    return reporter(server.wire(), server.team).log_in()


def answers(person: Person) -> bool:
    """Whether a known mailbox is read and answered."""
    page, _ = person.ask("GET", "/api/mailbox/0").page()
    own = [entry for entry in page.entries if entry.body_hash]
    return bool(own)


# -- proof of work: what is refused, and when (T58) ------------------------------------------------


def of_other_key(person: Person, _: Tokens) -> object:
    other = Tokens(secrets.token_bytes(RUNTIME_KEY)).make_work(Purpose.REPORT, HARD, now())
    return solve(person, other, person.address, HARD)


def wrong_bits(person: Person, tokens: Tokens) -> object:
    token = tokens.make_work(Purpose.REPORT, HARD, now())
    return solve(person, token, person.address, HARD, wrong=True)


def of_other_route(person: Person, tokens: Tokens) -> object:
    token = tokens.make_work(Purpose.FILE, HARD, now())
    return solve(person, token, person.address, HARD)


def of_other_subject(person: Person, tokens: Tokens) -> object:
    token = tokens.make_work(Purpose.REPORT, HARD, now())
    return solve(person, token, secrets.token_bytes(32), HARD)


def subject_swapped(person: Person, tokens: Tokens) -> object:
    return replace(of_other_subject(person, tokens), subject=person.address)  # type: ignore[type-var]


def too_easy(person: Person, tokens: Tokens) -> object:
    token = tokens.make_work(Purpose.REPORT, BITS - 1, now())
    return solve(person, token, person.address, BITS - 1)


def zero_difficulty(person: Person, tokens: Tokens) -> object:
    return Proof(tokens.make_work(Purpose.REPORT, 0, now()), 0, person.address)


def claims_more(person: Person, tokens: Tokens) -> object:
    """A token whose difficulty was written over: the signature is not of it."""
    token = tokens.make_work(Purpose.REPORT, 1, now())
    packed, signature = token.rsplit(".", 1)
    other = tokens.make_work(Purpose.REPORT, 20, now()).rsplit(".", 1)[0]
    assert packed != other
    return Proof(f"{other}.{signature}", 0, person.address)


def expired(person: Person, tokens: Tokens) -> object:
    token = tokens.make_work(Purpose.REPORT, HARD, now() - limits.WORK_SECONDS - 1)
    return solve(person, token, person.address, HARD)


def of_a_session(person: Person, _: Tokens) -> object:
    return Proof(person.token, 0, person.address)


@pytest.mark.parametrize(
    "make",
    [
        lambda *_: None,
        of_other_key,
        wrong_bits,
        of_other_route,
        of_other_subject,
        subject_swapped,
        too_easy,
        zero_difficulty,
        claims_more,
        expired,
        of_a_session,
    ],
)
def test_a_proof_that_is_none_is_refused_before_the_body(
    busy: Server, tokens: Tokens, make: Callable[[Person, Tokens], object]
) -> None:
    """Only the headers are sent; the answer comes all the same."""
    person = stranger(busy)
    said = headers_alone(busy, person, make(person, tokens))
    assert said.startswith(b"HTTP/1.1 428 "), said
    assert b'"work-needed"' in said


@pytest.mark.parametrize(
    "counter", ["-1", "+1", "NaN", "1e3", "0x1", "01", "", str(2**53), str(2**64), "9" * 400, "١"]
)
def test_a_counter_that_is_no_number_of_ours_is_refused_before_the_body(
    busy: Server, tokens: Tokens, counter: str
) -> None:
    person = stranger(busy)
    token = tokens.make_work(Purpose.REPORT, BITS, now())
    subject = path_id(person.address)
    said = headers_alone(busy, person, f"{token} {counter} {subject}")
    assert said.startswith(b"HTTP/1.1 400 "), said


def headers_alone(server: Server, person: Person, proof: object) -> bytes:
    lines = [
        "POST /api/envelopes HTTP/1.1",
        "Host: x",
        f"{wire.SESSION_HEADER}: {person.token}",
        f"Content-Length: {len(parcel(first_report(person)))}",
        *([] if proof is None else [f"{WORK_HEADER}: {proof}"]),
        "",
        "",
    ]
    return server.wire().raw("\r\n".join(lines).encode(), 30, one=True)


def test_two_proofs_at_once_are_refused(busy: Server) -> None:
    person = stranger(busy)
    proof = worked(person, Purpose.REPORT, person.address)
    said = headers_alone(busy, person, f"{proof}\r\n{WORK_HEADER}: {proof}")
    assert said.startswith(b"HTTP/1.1 400 ")


def test_a_right_proof_opens_the_door_once(busy: Server) -> None:
    person = stranger(busy)
    work = task_of(person, Purpose.REPORT)
    assert work.difficulty == BITS
    report = parcel(first_report(person))
    assert ask(person, "/api/envelopes", report).fault is Fault.WORK_NEEDED
    proof = solve(person, work.token, person.address)
    assert ask(person, "/api/envelopes", report, proof).status == 200


def test_the_same_token_twice_is_refused_on_any_worker(busy: Server) -> None:
    """A file that was started with it is dropped and started again."""
    person, file = stranger(busy), secrets.token_bytes(32)
    proof = worked(person, Purpose.FILE, file)
    start = wire.FileStart(file, 1).to_bytes()
    assert ask(person, "/api/files", start, proof).status == 204
    assert ask(person, "/api/files", start, proof).status == 204  # the same start again
    assert person.ask("DELETE", f"/api/files/{path_id(file)}").status == 204
    for _ in range(6):
        again = replace(person, wire=busy.wire())  # another connection, and maybe worker
        assert ask(again, "/api/files", start, proof).fault is Fault.WORK_NEEDED


def test_the_subject_of_a_file_start_is_asked_again_after_the_body(busy: Server) -> None:
    person = stranger(busy)
    proof = worked(person, Purpose.FILE, secrets.token_bytes(32))
    start = wire.FileStart(secrets.token_bytes(32), 1).to_bytes()
    assert ask(person, "/api/files", start, proof).fault is Fault.WORK_NEEDED


def test_a_refused_request_spends_nothing(busy: Server) -> None:
    person = stranger(busy)
    proof = worked(person, Purpose.REPORT, person.address)
    wrong = parcel(seal(person.address, (secrets.token_bytes(32),)))
    late = parcel(seal(person.address, (person.address,), after=first_report(person)))
    assert ask(person, "/api/envelopes", wrong, proof).fault is Fault.OTHER_GROUP
    assert ask(person, "/api/envelopes", late, proof).fault is Fault.PLACE_TAKEN
    assert ask(person, "/api/envelopes", b"nonsense", proof).fault is Fault.MALFORMED
    assert ask(person, "/api/envelopes", parcel(first_report(person)), proof).status == 200


def test_a_proof_that_is_never_used_up_does_not_open_the_door_for_good(busy: Server) -> None:
    person = stranger(busy)
    proof = worked(person, Purpose.REPORT, person.address)
    faults = [ask(person, "/api/envelopes", b"x", proof).fault for _ in range(limits.USES + 1)]
    assert faults == [Fault.MALFORMED] * limits.USES + [Fault.WORK_NEEDED]


def test_after_one_wrong_proof_a_token_is_worth_nothing(busy: Server, tokens: Tokens) -> None:
    person = stranger(busy)
    token = tokens.make_work(Purpose.REPORT, HARD, now())
    report = parcel(first_report(person))
    for wrong in (True, False):
        proof = solve(person, token, person.address, HARD, wrong=wrong)
        assert ask(person, "/api/envelopes", report, proof).fault is Fault.WORK_NEEDED


def test_a_stored_envelope_is_answered_again_without_a_proof(busy: Server) -> None:
    person = stranger(busy)
    report = parcel(first_report(person))
    proof = worked(person, Purpose.REPORT, person.address)
    first = ask(person, "/api/envelopes", report, proof)
    assert first.status == 200
    for _ in range(6):
        again = replace(person, wire=busy.wire())
        assert ask(again, "/api/envelopes", report).body == first.body


def test_who_is_known_does_not_work(busy: Server) -> None:
    person = known(busy)
    file = secrets.token_bytes(32)
    assert ask(person, "/api/files", wire.FileStart(file, 1).to_bytes()).status == 204
    assert answers(person)
    reader = analyst(busy.wire(), busy.team).log_in()
    assert reader.ask("GET", "/api/feed/0").status == 200
    start = wire.FileStart(secrets.token_bytes(32), 1).to_bytes()
    assert ask(reader, "/api/files", start).status == 204


@pytest.fixture
def wary(tmp_path: Path, team: Team, new_database: Callable[[], str]) -> Path:
    """The data of a server that asks strangers for work once it has to."""
    data = make_data(tmp_path / "wary", team, database=new_database())
    ask_work(data)
    return data


def test_nobody_works_while_all_is_calm(
    make_server: Callable[..., Server], team: Team, wary: Path
) -> None:
    person = stranger(make_server(team=team, data=wary))
    assert task_of(person, Purpose.REPORT).difficulty == 0
    junk = Proof("junk", 1, bytes(32))
    assert ask(person, "/api/envelopes", parcel(first_report(person)), junk).status == 200


@pytest.mark.parametrize("least", ["-1", "22", '"4"', "4.0", "true"])
def test_an_operator_who_asks_for_nonsense_is_told(tmp_path: Path, team: Team, least: str) -> None:
    data = make_data(tmp_path / "data", team)
    ask_work(data, least)
    done = run("check", "--data", data)
    assert done.returncode == 1
    assert "settings" in done.stderr


# -- a flood ---------------------------------------------------------------------------------------


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    (clock := tmp_path / "clock").write_text("0")
    return clock


def test_a_flood_of_reports_has_to_work_and_then_all_is_calm_again(
    make_server: Callable[..., Server],
    team: Team,
    wary: Path,
    clock: Path,
    wait_until: Callable[..., None],
) -> None:
    tuned = {"LIMITS": "BURST=12 CALM_RATE=4 FALL=4 PULSE_SECONDS=0.2"}
    server = make_server(team=team, data=wary, clock=clock, environment=tuned)
    first = stranger(server)
    assert first.submit(first_report(first)).status == 200

    def refused() -> bool:
        person = stranger(server)
        reply = person.submit(first_report(person))
        assert reply.status == 200 or reply.fault is Fault.WORK_NEEDED
        return reply.status != 200

    wait_until(refused, 60)
    person = stranger(server)
    work = task_of(person, Purpose.REPORT)
    assert work.difficulty >= limits.FIRST_BITS
    proof = solve(person, work.token, person.address, work.difficulty)
    assert ask(person, "/api/envelopes", parcel(first_report(person)), proof).status == 200
    assert answers(first)
    wait_until(lambda: task_of(person, Purpose.REPORT).difficulty == 0, 60)
    last = stranger(server)
    assert last.submit(first_report(last)).status == 200


class Flood:
    """Threads that send what will be refused, as fast as they can, until the ``with`` ends."""

    def __init__(self, server: Server, *requests: bytes, threads: int = 8) -> None:
        self.where = urlsplit(server.url)
        self.requests = requests
        self.refused = 0
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._send) for _ in range(threads)]

    def __enter__(self) -> "Flood":
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for each in self._threads:
            each.join()

    def _send(self) -> None:
        while not self._ending.is_set():
            for request in self.requests:
                with (
                    contextlib.suppress(OSError),
                    socket.create_connection((self.where.hostname, self.where.port), 20) as line,
                ):
                    line.sendall(request)
                    if b"HTTP/1.1 " in line.recv(65536):
                        self.refused += 1


def test_under_a_flood_a_mailbox_is_read_and_answered(busy: Server) -> None:
    person, attacker = known(busy), stranger(busy)
    report = parcel(first_report(attacker))
    token = task_of(attacker, Purpose.REPORT).token
    junk = Proof(token, 7, attacker.address)

    def submission(*headers: str) -> bytes:
        lines = [
            "POST /api/envelopes HTTP/1.1",
            "Host: x",
            f"{wire.SESSION_HEADER}: {attacker.token}",
            f"Content-Length: {len(report)}",
            *headers,
            "",
            "",
        ]
        return "\r\n".join(lines).encode() + report

    requests = (
        submission(),
        submission(f"{WORK_HEADER}: {junk}"),
        submission(f"{WORK_HEADER}: nonsense"),
        b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /api/challenge HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"nonsense\r\n\r\n",
    )
    last = first_report(person)  # not the one that was sent: a later place follows no other
    with Flood(busy, *requests) as flood:
        for _ in range(10):
            again = Person(busy.wire(), busy.team, person.secret).log_in()
            page, _ = again.ask("GET", "/api/mailbox/0").page()
            assert len(page.entries) == 1
            assert again.submit(last).fault is Fault.PLACE_TAKEN
        reader = analyst(busy.wire(), busy.team).log_in()
        assert reader.ask("GET", "/api/feed/0").status == 200
        honest = known(busy)
        assert answers(honest)
    assert flood.refused > 100


# -- connections and bodies that come slowly (T51) -------------------------------------------------


@contextlib.contextmanager
def slow(server: Server, count: int, *beginnings: bytes) -> Iterator[list[socket.socket]]:
    """Connections that have said a beginning, and say a byte now and then."""
    where = urlsplit(server.url)
    with contextlib.ExitStack() as stack:
        lines = []
        for number in range(count):
            line = socket.create_connection((where.hostname, where.port), 20)
            stack.enter_context(line)
            line.sendall(beginnings[number % len(beginnings)])
            lines.append(line)
        yield lines


def trickle(lines: list[socket.socket]) -> int:
    """A byte on each; how many of them are still waited for."""
    alive = 0
    for line in lines:
        try:
            line.sendall(b"x")
            line.setblocking(False)
            line.recv(1, socket.MSG_PEEK)  # an answer, or the end
        except BlockingIOError:
            alive += 1
        except OSError:
            pass
        finally:
            line.setblocking(True)
    return alive


HEADERS = b"POST /api/session HTTP/1.1\r\nHost: x\r\nX: "
BODY = b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n"


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)  # no database is asked
def test_two_thousand_slow_sockets_do_not_stop_an_honest_client_and_are_reaped(
    make_server: Callable[..., Server], clock: Path, wait_until: Callable[..., None]
) -> None:
    tuned = {"LIMITS": "IDLE_SECONDS=12 PATIENCE=12"}
    server = make_server(clock=clock, environment=tuned)
    with slow(server, 2000, HEADERS, BODY, b"") as lines:
        for _ in range(10):
            person = stranger(server)
            assert person.submit(first_report(person)).status == 200
            assert person.ask("GET", "/api/mailbox/0").status == 200
        wait_until(lambda: trickle(lines) == 0, 60)


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)  # no database is asked
def test_when_all_connections_are_taken_the_silent_ones_go_first(
    make_server: Callable[..., Server], clock: Path
) -> None:
    server = make_server(clock=clock, environment={"LIMITS": "CONNECTIONS=20"})
    person = stranger(server)
    assert person.submit(first_report(person)).status == 200
    with slow(server, 60, HEADERS) as lines:
        for _ in range(30):
            assert Person(server.wire(), server.team, person.secret).log_in().token
        assert trickle(lines) <= 20


def test_a_worker_may_have_as_many_sockets_as_the_system_allows(server: Server) -> None:
    limits_of = Path(f"/proc/{server.workers_now[0]}/limits").read_text()
    [line] = [line for line in limits_of.splitlines() if line.startswith("Max open files")]
    soft, hard = (int(each) for each in line.split()[3:5])
    assert soft >= min(limits.OPEN_FILES, hard)


def test_slow_bodies_of_strangers_make_room_and_leave_the_others_alone(
    make_server: Callable[..., Server], clock: Path, wait_until: Callable[..., None]
) -> None:
    server = make_server(clock=clock, environment={"LIMITS": "BODY_AGE=1 PULSE_SECONDS=3600"})
    person = stranger(server)
    report = first_report(person)
    assert person.submit(report).status == 200
    attacker = stranger(server)
    head = (
        f"POST /api/envelopes HTTP/1.1\r\nHost: x\r\n{wire.SESSION_HEADER}: {attacker.token}\r\n"
        f"Content-Length: {wire.LARGEST_SUBMISSION}\r\n\r\nx"
    ).encode()
    room = limits.SHARES[limits.Lane.STRANGER].bodies // wire.LARGEST_SUBMISSION
    with slow(server, room + 5, head) as lines:
        more = seal(person.address, (server.team.intake.keys.card.id,), after=report)
        assert person.submit(more).status == 200
        large = bytes(wire.LARGEST_SUBMISSION - 1)

        def gets_in() -> bool:
            """Refused politely at first; let in when the oldest have had their time."""
            reply = ask(stranger(server), "/api/envelopes", large)
            assert reply.fault in {Fault.BUSY, Fault.MALFORMED}
            if reply.fault is Fault.BUSY:
                assert int(reply.headers[WAIT_HEADER]) >= 10
            return reply.fault is Fault.MALFORMED

        wait_until(gets_in)
        assert trickle(lines) < len(lines)


# -- quotas (T52, T54) -----------------------------------------------------------------------------


def on_disk(server: Server) -> set[Path]:
    return {each for each in (server.data / "parts").rglob("*") if each.is_file()}


def test_half_open_uploads_are_swept_back_to_the_start(
    make_server: Callable[..., Server], clock: Path, wait_until: Callable[..., None]
) -> None:
    server = make_server(clock=clock, environment={"LIMITS": "CALM_RATE=1e6"})
    kept = stranger(server)
    sent = kept.send_file(secrets.token_bytes(100))
    report = seal(kept.address, (server.team.intake.keys.card.id,), files=(sent,))
    assert kept.submit(report).status == 200
    before = on_disk(server)
    part = secrets.token_bytes(1000)
    uploads = 500
    for number in range(uploads):
        if number % limits.UNFINISHED_FILES == 0:
            person = stranger(server)
        file = secrets.token_bytes(32)
        start = wire.FileStart(file, 2).to_bytes()
        assert person.ask("POST", "/api/files", start).status == 204
        assert person.ask("PUT", f"/api/files/{path_id(file)}/0", part).status == 204
    assert len(on_disk(server) - before) == uploads
    clock.write_text("3700")
    wait_until(lambda: on_disk(server) == before, 60)
    kept.wire.close()  # on a slow machine the server has let go of it meanwhile
    kept.log_in()
    assert kept.ask("GET", f"/api/files/{path_id(sent.file)}").status == 200


def test_a_full_server_takes_no_new_report_and_goes_on_for_those_it_knows(
    make_server: Callable[..., Server], clock: Path
) -> None:
    server = make_server()
    person = stranger(server)
    report = first_report(person)
    assert person.submit(report).status == 200
    begun = stranger(server)
    file = secrets.token_bytes(32)
    assert begun.ask("POST", "/api/files", wire.FileStart(file, 2).to_bytes()).status == 204
    server.stop()
    full = {"LIMITS": "RESERVE_SHARE=1 RESERVE_MOST=1e18"}
    server = make_server(team=server.team, data=server.data, clock=clock, environment=full)
    other = stranger(server)
    assert b'"full"' in headers_alone(server, other, None)
    reply = other.submit(first_report(other))
    assert (reply.status, reply.fault) == (507, Fault.FULL)
    assert int(reply.headers[WAIT_HEADER]) >= 600
    start = wire.FileStart(secrets.token_bytes(32), 1).to_bytes()
    assert other.ask("POST", "/api/files", start).fault is Fault.FULL
    begun = replace(begun, wire=server.wire()).log_in()
    assert begun.ask("PUT", f"/api/files/{path_id(file)}/0", bytes(100)).fault is Fault.FULL
    again = replace(person, wire=server.wire()).log_in()
    assert again.submit(report).status == 200  # a resend of what it has
    sent = again.send_file(secrets.token_bytes(100))
    more = seal(person.address, (server.team.intake.keys.card.id,), after=report, files=(sent,))
    assert again.submit(more).status == 200
    assert len(again.ask("GET", "/api/mailbox/0").page()[0].entries) == 2
    reader = analyst(server.wire(), server.team).log_in()
    assert reader.ask("GET", "/api/feed/0").status == 200


def test_unfinished_files_take_their_share_of_the_disk_and_no_more(
    make_server: Callable[..., Server], clock: Path, wait_until: Callable[..., None]
) -> None:
    server = make_server()
    person = stranger(server)
    assert person.submit(first_report(person)).status == 200
    disk = os.statvfs(server.data)
    share = 3 * wire.LARGEST_PART / (disk.f_blocks * disk.f_frsize)
    server.stop()
    tuned = {"LIMITS": f"UNFINISHED_SHARE={share} OWNER_SHARE=1 COUNT_SECONDS=0.2 MOST_BITS=0"}
    server = make_server(team=server.team, data=server.data, clock=clock, environment=tuned)
    people = [stranger(server) for _ in range(5)]
    files = [secrets.token_bytes(32) for _ in people]
    part = secrets.token_bytes(wire.LARGEST_PART)
    faults = []
    for each, file in zip(people, files, strict=True):
        assert each.ask("POST", "/api/files", wire.FileStart(file, 2).to_bytes()).status == 204
        reply = each.ask("PUT", f"/api/files/{path_id(file)}/0", part)
        faults.append(None if reply.status == 204 else reply.fault)
    assert faults[:3] == [None] * 3
    assert faults[3] in {None, Fault.FULL}  # as fresh as the count is when it comes
    assert faults[4] is Fault.FULL
    too_much = wire.FileStart(secrets.token_bytes(32), 4).to_bytes()
    assert people[-1].ask("POST", "/api/files", too_much).fault is Fault.FULL
    again = replace(person, wire=server.wire()).log_in()
    assert again.send_file(part).parts == 1  # who is known goes on
    assert people[0].ask("DELETE", f"/api/files/{path_id(files[0])}").status == 204
    assert people[1].ask("DELETE", f"/api/files/{path_id(files[1])}").status == 204
    last = f"/api/files/{path_id(files[-1])}/0"
    wait_until(lambda: people[-1].ask("PUT", last, part).status == 204)


def test_one_address_announces_one_message_at_a_time(server: Server) -> None:
    person = stranger(server)
    largest = wire.FileStart(secrets.token_bytes(32), wire.LARGEST_PARTS)
    disk = os.statvfs(server.data)
    fits = limits.UNFINISHED_SHARE * limits.OWNER_SHARE * disk.f_blocks * disk.f_frsize
    statuses = []
    for _ in range(wire.FILES_PER_ENVELOPE + 1):
        start = replace(largest, file=secrets.token_bytes(32)).to_bytes()
        statuses.append(person.ask("POST", "/api/files", start).status)
    taken = min(wire.FILES_PER_ENVELOPE, int(fits // (wire.LARGEST_PARTS * wire.LARGEST_PART)))
    assert statuses[:taken] == [204] * taken
    assert set(statuses[taken:]) <= {413, 507}


def test_who_is_told_to_come_again_is_told_when(server: Server) -> None:
    person = stranger(server)
    for _ in range(limits.UNFINISHED_FILES):
        start = wire.FileStart(secrets.token_bytes(32), 1).to_bytes()
        assert person.ask("POST", "/api/files", start).status == 204
    start = wire.FileStart(secrets.token_bytes(32), 1).to_bytes()
    reply = person.ask("POST", "/api/files", start)
    assert (reply.status, reply.headers[WAIT_HEADER]) == (503, "10")


def test_sending_a_part_again_does_not_keep_an_unfinished_file(
    make_server: Callable[..., Server], clock: Path, wait_until: Callable[..., None]
) -> None:
    server = make_server(clock=clock)
    person, file = stranger(server), secrets.token_bytes(32)
    part = f"/api/files/{path_id(file)}/0"
    assert person.ask("POST", "/api/files", wire.FileStart(file, 2).to_bytes()).status == 204
    assert person.ask("PUT", part, bytes(100)).status == 204
    clock.write_text("3000")
    person.log_in()
    assert person.ask("PUT", part, bytes(100)).status == 204
    assert person.ask("PUT", part, bytes(101)).status == 204
    clock.write_text("3700")
    person.log_in()
    wait_until(lambda: person.ask("GET", f"/api/files/{path_id(file)}").status == 404)


# -- wrong log-ins (T80) ---------------------------------------------------------------------------


def test_wrong_log_ins_lock_nobody_out_and_store_nothing(server: Server) -> None:
    person = stranger(server)
    assert person.submit(first_report(person)).status == 200
    guesser = Person(server.wire(), server.team, person.secret)
    size = sum(each.stat().st_size for each in server.data.rglob("*") if each.is_file())
    for _ in range(10):  # a challenge is good for a minute, which a busy machine needs for 1,000
        challenge = guesser.challenge()
        wrong = guesser.login(challenge, service=secrets.token_bytes(32))
        for _ in range(100):
            assert guesser.wire.ask("POST", "/api/session", wrong).status == 403
    after = sum(each.stat().st_size for each in server.data.rglob("*") if each.is_file())
    assert after == size
    right = guesser.wire.ask("POST", "/api/session", guesser.login(challenge))
    assert right.read(wire.Session).session
    assert Person(server.wire(), server.team, person.secret).log_in().token
