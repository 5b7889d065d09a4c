"""Receipts and what they promise: kill -9, a full disk, SIGTERM (I1 to I3, T53, T88, T89).

The loops are short here. ``SOAK_LOOPS=500 make test PYTEST_ARGS="-k killed"`` runs them long.
"""

import contextlib
import os
import resource
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

import pytest

from dropbox import wire
from dropbox.wire import Fault
from tests.dropbox.server import Server, free_port, make_data, run
from tests.dropbox.team import Team
from tests.dropbox.wiretap import Person, Sealed, Wire, analyst, path_id, reporter, seal
from tests.needs import needs_root

LOOPS = int(os.environ.get("SOAK_LOOPS", "6"))


@dataclass
class Crowd:
    """Reporters who send one report after another and write down what they were promised.

    What breaks under them is tried again until it is answered, as our programs do.
    """

    server: Server
    size: int = 8
    receipts: list[Sealed] = field(default_factory=list)
    answers: set[int] = field(default_factory=set)

    def __enter__(self) -> "Crowd":
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._send) for _ in range(self.size)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        person = reporter(Wire(self.server.url), self.server.team)
        last: Sealed | None = None
        count = 0
        while not self._stopping.is_set():
            if count % 20 == 0:
                person, last = reporter(Wire(self.server.url), self.server.team), None
            intake = (self.server.team.intake.keys.card.id,)
            last = seal(person.address, intake, after=last)
            count += 1
            self._send_until_answered(person, last)

    def _send_until_answered(self, person: Person, sealed: Sealed) -> None:
        while True:
            try:
                if not person.token:
                    person.log_in()
                reply = person.submit(sealed)
            except (OSError, HTTPException, AssertionError):
                if self._stopping.is_set():
                    return
                time.sleep(0.01)
                continue
            self.answers.add(reply.status)
            if reply.status == 200:
                self.receipts.append(sealed)
                return
            if reply.status == 401:
                person.token = ""
            elif self._stopping.is_set():
                return


def stored(server: Server) -> list[bytes]:
    """The body hashes of everything the feed gives, in its order."""
    reader = analyst(server.wire(), server.team).log_in()
    found: list[bytes] = []
    after, more = 0, True
    while more:
        page, _ = reader.ask("GET", f"/api/feed/{after}").page()
        found += [entry.body_hash for entry in page.entries]
        after, more = (page.entries[-1].position if page.entries else after), page.more
    return found


def promised(crowd: Crowd) -> list[bytes]:
    from crypto.envelope import body_hash

    return [body_hash(each.envelope.body) for each in crowd.receipts]


def check_promises(server: Server, crowd: Crowd) -> None:
    found = stored(server)
    assert len(found) == len(set(found))
    assert set(promised(crowd)) <= set(found)
    assert 500 not in crowd.answers
    done = run("check", "--data", server.data)
    assert done.returncode == 0, done.stdout


def test_no_receipt_is_lost_when_workers_are_killed(
    make_server: Callable[..., Server], wait_until: Callable[..., None]
) -> None:
    server = make_server(workers=2)
    with Crowd(server) as crowd:
        for _ in range(LOOPS):
            got = len(crowd.receipts)
            wait_until(lambda got=got: len(crowd.receipts) > got + 10, 30)
            victim = secrets.choice(server.workers_now)
            time.sleep(secrets.randbelow(50) / 1000)
            os.kill(victim, signal.SIGKILL)
            wait_until(
                lambda gone=victim: gone not in server.workers_now and len(server.workers_now) == 2
            )
    assert server.process.poll() is None
    check_promises(server, crowd)
    said = set(server.stderr.read_text().splitlines())
    assert said == {"a worker ended unexpectedly; a new one is started"}


@pytest.mark.statements
def test_no_receipt_is_lost_when_the_whole_server_is_killed(
    tmp_path: Path, new_database: Callable[[], str]
) -> None:
    team = Team()
    data = make_data(tmp_path / "data", team, database=new_database())
    port = free_port()
    with contextlib.ExitStack() as running:
        server = running.enter_context(Server(data, team, workers=2, port=port))
        with Crowd(server, size=6) as crowd:
            for _ in range(max(2, LOOPS // 2)):
                got = len(crowd.receipts)
                while len(crowd.receipts) < got + 10:
                    time.sleep(0.005)
                os.kill(server.process.pid, signal.SIGKILL)
                server.stop()  # nothing of it is left
                server = running.enter_context(Server(data, team, workers=2, port=port))
        check_promises(server, crowd)


def test_workers_die_with_a_killed_supervisor(make_server: Callable[..., Server]) -> None:
    server = make_server(workers=3)
    workers = server.workers_now
    assert len(workers) == 3
    server.process.kill()
    server.process.wait()
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{each}").exists() and alive(each) for each in workers):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def alive(process: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def test_sigterm_lets_what_is_under_way_finish_and_takes_nothing_more(
    make_server: Callable[..., Server],
) -> None:
    server = make_server()
    person = reporter(server.wire(), server.team).log_in()
    file = secrets.token_bytes(32)
    assert person.ask("POST", "/api/files", wire.FileStart(file, 1).to_bytes()).status == 204
    part = secrets.token_bytes(1000)
    connection = person.wire._connection
    assert connection is not None
    connection.putrequest("PUT", f"/api/files/{path_id(file)}/0")
    for name, value in (
        (wire.KEEP_HEADER, "1"),
        (wire.SESSION_HEADER, person.token),
        ("Content-Length", "1000"),
    ):
        connection.putheader(name, value)
    connection.endheaders(part[:500])
    time.sleep(0.2)
    server.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    with pytest.raises(OSError):  # noqa: PT011 - refused or reset
        server.wire().ask("GET", "/api/directory")
    connection.send(part[500:])
    assert connection.getresponse().status == 204
    connection.close()
    assert server.process.wait(60) == 0


@pytest.mark.statements
def test_sigterm_under_load_loses_nothing_and_ends_with_0(
    make_server: Callable[..., Server],
) -> None:
    server = make_server(workers=2)
    with Crowd(server) as crowd:
        while len(crowd.receipts) < 50:
            time.sleep(0.01)
        crowd._stopping.set()
        assert server.stop() == 0
    with Server(server.data, server.team) as again:
        check_promises(again, crowd)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MiB, where the kernel lets us make one."""
    where = tmp_path / "small"
    where.mkdir()
    needs_root()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m,mode=0700", "tmpfs", str(where)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("the kernel does not let us mount a small file system")
    yield where
    subprocess.run(["umount", str(where)], check=True)


def test_a_full_disk_gives_507_and_no_receipt_and_what_is_stored_can_be_read(
    small_disk: Path,
) -> None:
    team = Team()
    data = make_data(small_disk / "data", team)
    with Server(data, team) as server:
        intake = (team.intake.keys.card.id,)
        promised_hashes = []
        person = reporter(server.wire(), team).log_in()
        for _ in range(400):
            writer = reporter(server.wire(), team)
            try:
                writer.log_in()
            except AssertionError:
                break  # the row of the used challenge has no room either
            sealed = seal(writer.address, intake)
            reply = writer.submit(sealed)
            if reply.status != 200:
                assert (reply.status, reply.fault) == (507, Fault.FULL)
                break
            promised_hashes.append(sealed)
        else:
            pytest.fail("the disk never filled")
        assert promised_hashes
        assert person.ask("GET", "/api/mailbox/0").status == 200
        assert person.ask("GET", "/api/directory").status == 200
        assert server.stderr.read_text() == ""
        subprocess.run(["mount", "-o", "remount,size=12m", str(small_disk)], check=True)
        crowd = Crowd(server, receipts=promised_hashes)
        check_promises(server, crowd)
        after = reporter(server.wire(), team).log_in()
        assert after.submit(seal(after.address, intake)).status == 200


def test_parts_leave_room_for_envelopes(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    team = Team()
    data = make_data(small_disk / "data", team)
    with Server(data, team) as server:
        person = reporter(server.wire(), team).log_in()
        report = seal(person.address, (team.intake.keys.card.id,))
        assert person.submit(report).status == 200
        file = secrets.token_bytes(32)
        assert person.ask("POST", "/api/files", wire.FileStart(file, 90).to_bytes()).status == 204
        part = secrets.token_bytes(100 * 1024)
        statuses = [
            person.ask("PUT", f"/api/files/{path_id(file)}/{number}", part).status
            for number in range(90)
        ]
        assert statuses[0] == 204
        assert statuses[-1] == 507
        disk = os.statvfs(small_disk)
        assert disk.f_bavail >= disk.f_blocks // 20 - 20
        more = seal(person.address, (team.intake.keys.card.id,), after=report)
        assert person.submit(more).status == 200


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_a_write_error_that_is_no_full_disk_never_gives_a_receipt(
    make_server: Callable[..., Server], wait_until: Callable[..., None]
) -> None:
    """A file may grow no further (EFBIG, which SQLite reports as an I/O error): the worker ends."""
    server = make_server()
    intake = (server.team.intake.keys.card.id,)
    person = reporter(server.wire(), server.team).log_in()
    victim = server.workers_now[0]
    sealed = seal(person.address, intake)
    resource.prlimit(victim, resource.RLIMIT_FSIZE, (4096, 4096))
    try:
        status = person.submit(sealed).status
    except (OSError, HTTPException):
        status = 0
    assert status in {0, 500, 507}
    if status != 507:
        wait_until(lambda: server.workers_now not in ([victim], []))
    assert reporter(server.wire(), server.team).log_in().token
    if status != 507:
        person = Person(server.wire(), server.team, person.secret).log_in()
        assert person.submit(sealed).status == 200
