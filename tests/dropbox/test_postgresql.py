"""What only PostgreSQL has: several servers as one, backends that die, what it writes itself."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from crypto.envelope import body_hash
from dropbox import wire
from dropbox.settings import load_settings
from dropbox.store.database import DatabaseFailed, Failure
from dropbox.store.locations import opened
from dropbox.wire import Fault
from tests.dropbox.server import Server, make_data, run
from tests.dropbox.team import Team
from tests.dropbox.test_durability import Crowd, check_promises, stored
from tests.dropbox.wiretap import Person, Sealed, analyst, claim, path_id, publisher, reporter, seal
from tests.needs import needs, needs_root
from tests.postgres import Postgres, user
from tests.processes import found_in_folder

pytestmark = pytest.mark.postgresql
ROUNDS = int(os.environ.get("SOAK_LOOPS", "3"))


@pytest.fixture(scope="module", autouse=True)
def _needed() -> None:
    needs("postgresql")


@pytest.fixture(scope="module")
def own() -> Iterator[Postgres]:
    """A server that a test may stop: it is started again for the next."""
    with Postgres() as running:
        yield running


def make(folder: Path, postgres: Postgres, team: Team) -> Path:
    return make_data(folder / "data", team, database=postgres.make())


# -- several servers as one -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres
) -> Iterator[tuple[Server, Server]]:
    """Two servers on two ports over one database, one parts folder and one runtime key."""
    folder = tmp_path_factory.mktemp("pair")
    key = folder / "runtime.key"
    key.write_bytes(secrets.token_bytes(32))
    key.chmod(0o600)
    team = Team()
    data = make(folder, postgres, team)
    with (
        Server(data, team, options=["--runtime-key", str(key)]) as one,
        Server(data, team, options=["--runtime-key", str(key)]) as two,
    ):
        assert one.url != two.url
        yield one, two


def there(person: Person, server: Server) -> Person:
    """The same person with the same session, at another server."""
    return Person(server.wire(), person.team, person.secret, person.certificate, person.token)


def test_two_servers_are_one_to_a_reporter_and_to_the_team(pair: tuple[Server, Server]) -> None:
    one, two = pair
    intake = (one.team.intake.keys.card.id,)
    here = reporter(one.wire(), one.team).log_in()
    away = there(here, two)
    first = seal(here.address, intake)
    assert away.submit(first).status == 200  # a session
    again = here.submit(first)
    assert again.status == 200  # the same envelope, once
    assert here.submit(seal(here.address, intake)).fault == Fault.PLACE_TAKEN
    file = here.send_file(b"x" * 100)
    assert away.submit(seal(here.address, intake, after=first, files=(file,))).status == 200
    reader = analyst(two.wire(), two.team).log_in()
    assert stored(one) == stored(two)
    assert len(stored(one)) >= 2
    part = there(reader, one).ask("GET", f"/api/files/{path_id(file.file)}/0")
    assert part.body == b"x" * 100
    assert away.ask("DELETE", "/api/session").status == 204
    assert here.ask("GET", "/api/mailbox/0").status == 401
    newer = one.team.directory()
    hand = publisher(one.wire(), one.team).log_in()
    assert hand.ask("POST", "/api/directory", newer).status == 204
    assert two.wire().ask("GET", "/api/directory").body == newer


def test_a_challenge_is_spent_at_both(pair: tuple[Server, Server]) -> None:
    one, two = pair
    person = reporter(one.wire(), one.team)
    answer = person.login(person.challenge())
    replies: list[int] = []
    barrier = threading.Barrier(8)

    def use(server: Server) -> None:
        wire = server.wire()
        barrier.wait()
        replies.append(wire.ask("POST", "/api/session", answer).status)

    threads = [threading.Thread(target=use, args=(each,)) for each in (one, two) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies.count(200) == 1, replies


def test_one_place_taken_at_both_at_once_goes_to_one(pair: tuple[Server, Server]) -> None:
    one, two = pair
    intake = (one.team.intake.keys.card.id,)
    for _ in range(10):
        here = reporter(one.wire(), one.team).log_in()
        replies: list[int] = []

        def send(person: Person, replies: list[int] = replies) -> None:
            replies.append(person.submit(seal(person.address, intake)).status)

        people = (here, there(here, two))
        threads = [threading.Thread(target=send, args=(each,)) for each in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(replies) == [200, 412], replies


def test_a_reader_of_the_feed_never_skips_a_position(pair: tuple[Server, Server]) -> None:
    """Positions rise with the commits of both servers, whoever of them is asked."""
    one, two = pair
    seen: list[bytes] = []
    stop = threading.Event()

    def follow() -> None:
        readers = [analyst(each.wire(), each.team).log_in() for each in pair]
        after, turn = 0, 0
        while True:
            last = stop.is_set()
            page, _ = readers[turn % 2].ask("GET", f"/api/feed/{after}").page()
            seen.extend(entry.body_hash for entry in page.entries)
            after = page.entries[-1].position if page.entries else after
            turn += 1
            if last and not page.entries:
                return

    with Crowd(one, size=4) as left, Crowd(two, size=4) as right:
        reader = threading.Thread(target=follow)
        reader.start()
        deadline = time.monotonic() + 60
        while min(len(left.receipts), len(right.receipts)) < 60:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    stop.set()
    reader.join()
    promised = {body_hash(each.envelope.body) for each in (*left.receipts, *right.receipts)}
    assert promised <= set(seen)
    assert len(seen) == len(set(seen))
    assert set(seen) == set(stored(one))


def test_without_the_lock_a_position_would_be_skipped(tmp_path: Path, postgres: Postgres) -> None:
    """The control for the test above: what a reader sees while an earlier writer is not done."""
    data = make(tmp_path, postgres, Team())
    name = postgres.name_of(load_settings(data).database)
    draw = "SELECT nextval('envelopes_position_seq')"
    slow = threading.Thread(
        target=postgres.query, args=(f"BEGIN; {draw}; SELECT pg_sleep(1); COMMIT", name)
    )
    slow.start()
    time.sleep(0.3)
    assert postgres.query(draw, name) == ["2"]  # nobody waited for the first
    slow.join()
    lock = f"SELECT pg_advisory_xact_lock({int.from_bytes(b'dbx1/wr')})"
    held = threading.Thread(
        target=postgres.query, args=(f"BEGIN; {lock}; SELECT pg_sleep(1); COMMIT", name)
    )
    held.start()
    time.sleep(0.3)
    began = time.monotonic()
    with opened(load_settings(data).locate()) as database:
        database.write(lambda each: each.execute(text(draw)))
    held.join()
    assert time.monotonic() - began > 0.2  # our writers do


# -- it dies ---------------------------------------------------------------------------------------


def test_no_receipt_is_lost_when_it_is_stopped_at_once_under_load(
    tmp_path: Path, own: Postgres, wait_until: Callable[..., None]
) -> None:
    team = Team()
    data = make(tmp_path, own, team)
    with Server(data, team, workers=2) as server:
        workers = server.workers_now
        with Crowd(server) as crowd:
            for _ in range(ROUNDS):
                got = len(crowd.receipts)
                wait_until(lambda got=got: len(crowd.receipts) > got + 10, 60)
                time.sleep(secrets.randbelow(100) / 1000)
                own.stop("immediate")
                time.sleep(0.2)
                own.start()
            got = len(crowd.receipts)
            wait_until(lambda: len(crowd.receipts) > got + 10, 60)
        assert server.workers_now == workers, "a worker ended"
        assert crowd.answers <= {200, 401, 500, 503}
        crowd.answers.discard(500)  # a commit nobody knows about
        check_promises(server, crowd)
        said = server.stderr.read_text().splitlines()
        assert set(said) <= {
            "the database cannot be reached; whoever writes is asked to come again",
            "the database is there again",
        }
        assert len(said) <= 2 * 2 * (ROUNDS + 1), "not at every request"


def test_no_receipt_is_lost_when_its_backends_are_killed(
    tmp_path: Path, own: Postgres, wait_until: Callable[..., None]
) -> None:
    needs_root()
    team = Team()
    data = make(tmp_path, own, team)
    with Server(data, team, workers=2) as server:
        with Crowd(server) as crowd:
            for _ in range(ROUNDS):
                got = len(crowd.receipts)
                wait_until(lambda got=got: len(crowd.receipts) > got + 10, 60)
                for backend in own.backends()[:1]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(backend, signal.SIGKILL)  # the others are ended with it
            got = len(crowd.receipts)
            wait_until(lambda: len(crowd.receipts) > got + 10, 60)
        crowd.answers.discard(500)
        check_promises(server, crowd)


def test_while_it_is_away_everybody_is_told_to_come_again(
    tmp_path: Path, own: Postgres, wait_until: Callable[..., None]
) -> None:
    team = Team()
    data = make(tmp_path, own, team)
    intake = (team.intake.keys.card.id,)
    with Server(data, team) as server:
        person = reporter(server.wire(), team).log_in()
        own.stop("fast")
        try:
            for method, path in (("GET", "/api/directory"), ("GET", "/api/mailbox/0")):
                reply = person.ask(method, path)
                assert (reply.status, reply.fault) == (503, Fault.BUSY)
            sealed = seal(person.address, intake)
            assert person.submit(sealed).fault == Fault.BUSY
            refused = run("check", "--data", data)
            assert refused.returncode == 1
            assert "cannot be reached" in refused.stderr
            victim = server.workers_now[0]
            os.kill(victim, signal.SIGKILL)  # its successor waits for the database
        finally:
            own.start()
        wait_until(lambda: server.workers_now not in ([victim], []))
        person = Person(server.wire(), team, person.secret)
        wait_until(lambda: _logs_in(person), 30)
        assert person.submit(sealed).status == 200
        assert server.process.poll() is None
        said = server.stderr.read_text().splitlines()
        assert said[0].startswith("the database cannot be reached")


def test_a_part_stays_whose_commit_nobody_knows_about(
    tmp_path: Path, own: Postgres, wait_until: Callable[..., None]
) -> None:
    """It was committed, and the connection is cut before the server says so."""
    team = Team()
    data = make(tmp_path, own, team)
    part, file = secrets.token_bytes(1000), secrets.token_bytes(32)
    with Server(data, team) as server:
        person = reporter(server.wire(), team).log_in()
        assert person.ask("POST", "/api/files", wire.FileStart(file, 1).to_bytes()).status == 204
        path, replies = f"/api/files/{path_id(file)}", []
        waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        try:
            wait_for_standby(own, "nobody")
            put = threading.Thread(
                target=lambda: replies.append(person.ask("PUT", f"{path}/0", part).status)
            )
            put.start()
            wait_until(lambda: own.query(waiting))
            own.query(f"SELECT pg_terminate_backend(pid) FROM ({waiting}) AS found")
            put.join()
        finally:
            wait_for_standby(own, "")
        assert replies == [500]
        assert person.ask("GET", path).read(wire.FileState).held == (0,)
        report = seal(person.address, (team.intake.keys.card.id,), files=(claim(file, [part]),))
        assert person.submit(report).status == 200
        reader = analyst(server.wire(), team).log_in()
        assert reader.ask("GET", f"{path}/0").body == part


def wait_for_standby(postgres: Postgres, name: str) -> None:
    """Let every commit wait for a standby of this name, which there is not; empty: for none."""
    postgres.query(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
    postgres.query("SELECT pg_reload_conf()")
    while postgres.query("SHOW synchronous_standby_names") != [name]:
        time.sleep(0.02)


def test_a_commit_nobody_knows_about_is_never_a_success(tmp_path: Path, postgres: Postgres) -> None:
    """The connection is cut while the commit is on its way: told as failed, and the row counts."""
    data = make(tmp_path, postgres, Team())
    location = load_settings(data).locate()
    name = postgres.name_of(load_settings(data).database)
    postgres.query("CREATE TABLE probe (n int)", name)
    postgres.query(
        "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'",
        name,
    )
    postgres.query(
        "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON probe DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION cut()",
        name,
    )
    ran = []

    def put(connection: Connection) -> None:
        ran.append(connection.execute(text("INSERT INTO probe VALUES (1)")))

    with opened(location) as database, pytest.raises(DatabaseFailed) as failed:
        database.write(put)
    assert failed.value.failure is Failure.UNKNOWN
    assert len(ran) == 1  # not done again: it may have been stored


# -- its disk --------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 60 MiB."""
    needs_root()
    where = Path("/tmp") / f"pg-small-{secrets.token_hex(4)}"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=60m,mode=0755", "tmpfs", str(where)]
    if subprocess.run(mount, check=False).returncode:
        where.rmdir()
        pytest.skip("the kernel does not let us mount a small file system")
    yield where
    subprocess.run(["umount", "-l", str(where)], check=True)
    where.rmdir()


@pytest.mark.parametrize("log_apart", [True, False], ids=["tables", "tables and log"])
def test_a_full_disk_gives_no_receipt_and_loses_none(
    small: Path, tmp_path: Path, log_apart: bool, wait_until: Callable[..., None]
) -> None:
    """Where only the tables' disk is full, it is told as full and what is stored can be read.

    PostgreSQL itself ends where its log has no room, and comes back when there is some again.
    """
    folder = small / "in"
    wal = Path("/tmp") / f"{small.name}-wal" if log_apart else None
    for each in (folder, wal):
        if each is not None:
            each.mkdir()
            shutil.chown(each, *_owner())
    try:
        small_settings = {"max_wal_size": "32MB", "checkpoint_timeout": "30s"}
        with Postgres(small_settings, folder, wal) as postgres:
            _fill_and_free(small, tmp_path, postgres, log_apart, wait_until)
    finally:
        if wal is not None:
            shutil.rmtree(wal)


def _fill_and_free(
    small: Path,
    tmp_path: Path,
    postgres: Postgres,
    log_apart: bool,
    wait_until: Callable[..., None],
) -> None:
    team = Team()
    data = make(tmp_path, postgres, team)
    intake = (team.intake.keys.card.id,)
    filler = small / "filler"
    with Server(data, team) as server:
        receipts: list[Sealed] = []
        person = reporter(server.wire(), team).log_in()
        room = os.statvfs(small)
        with filler.open("wb") as file:  # only a little is left
            file.write(bytes(max(0, room.f_bavail * room.f_frsize - 3 * 2**20)))
        told: set[int] = set()
        for _ in range(600):
            writer = reporter(server.wire(), team)
            with contextlib.suppress(AssertionError):
                writer.log_in()
                sealed = seal(writer.address, intake)
                reply = writer.submit(sealed)
                told.add(reply.status)
                if reply.status == 200:
                    receipts.append(sealed)
                    continue
                assert reply.status in {500, 503, 507}, reply.status
            break
        else:
            pytest.fail("the disk never filled")
        assert receipts
        if log_apart:
            assert person.ask("GET", "/api/mailbox/0").status == 200
            assert told <= {200, 507}
        filler.unlink()
        if not postgres.answers():
            postgres.stop("immediate")
            postgres.start()
        wait_until(lambda: _stores(server, team), 60)
        check_promises(server, Crowd(server, receipts=receipts))


def test_a_damaged_page_is_found_and_not_served_as_something_else(
    tmp_path: Path, own: Postgres
) -> None:
    team = Team()
    data = make(tmp_path, own, team)
    name = own.name_of(load_settings(data).database)
    with Server(data, team) as server:
        person = reporter(server.wire(), team).log_in()
        assert person.submit(seal(person.address, (team.intake.keys.card.id,))).status == 200
    (file,) = own.query("SELECT pg_relation_filepath('mailboxes')", name)
    own.stop("fast")
    page = bytearray((own.pgdata / file).read_bytes())
    page[8150] ^= 1
    (own.pgdata / file).write_bytes(page)
    own.start()
    done = run("check", "--data", data)
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be read" in done.stderr


# -- what it writes itself (T06) ------------------------------------------------------------------


def test_its_files_and_its_log_hold_only_what_is_sealed(tmp_path: Path) -> None:
    """The heap, the write-ahead log and a log of every statement with its parameters."""
    canary = secrets.token_hex(16)
    team = Team()
    settings = {"log_statement": "all", "log_min_messages": "debug1", "log_connections": "on"}
    with Postgres({**settings, "log_parameter_max_length": "-1"}) as postgres:
        data = make(tmp_path, postgres, team)
        with Server(data, team) as server:
            person = reporter(server.wire(), team).log_in()
            mark = {"User-Agent": canary, "Cookie": canary}
            server.wire().ask("POST", "/api/session", canary.encode(), mark)
            server.wire().ask("GET", f"/{canary}", None, mark)
            report = seal(person.address, (team.intake.keys.card.id,))
            assert person.submit(report).status == 200
            assert person.ask("GET", "/api/mailbox/0").status == 200
        postgres.query("CHECKPOINT")
        assert (postgres.pgdata / "pg_wal").is_dir()
        token, secret = person.token, person.secret.expose().hex()
        assert found_in_folder(postgres.folder, [canary, token, secret]) == set()
        control = report.envelope.body[:32]
        held = [
            path.relative_to(postgres.folder).parts[:2]
            for path in postgres.folder.rglob("*")
            if path.is_file()
            and any(each in path.read_bytes() for each in (control, control.hex().encode()))
        ]
        assert {("data", "base"), ("data", "pg_wal"), ("log",)} <= set(held)  # it could be found


def test_what_is_kept_is_committed_in_earnest(tmp_path: Path, own: Postgres) -> None:
    """Whatever the server's default says, a commit of ours waits for the disk."""
    data = make(tmp_path, own, Team())
    name = own.name_of(load_settings(data).database)
    own.query(f"ALTER DATABASE {name} SET synchronous_commit = off", name)
    own.query(f"ALTER DATABASE {name} SET default_transaction_isolation = 'read uncommitted'", name)
    show = text("SELECT current_setting('synchronous_commit')")
    with opened(load_settings(data).locate()) as database:
        assert database.write(lambda each: each.scalar(show)) == "on"
        level = text("SELECT current_setting('transaction_isolation')")
        assert database.write(lambda each: each.scalar(level)) == "read committed"
        assert database.read(lambda each: each.scalar(level)) == "repeatable read"
        with pytest.raises(DatabaseFailed):
            database.read(lambda each: each.execute(text("DELETE FROM spent")))


def test_a_server_that_may_forget_is_refused(tmp_path: Path) -> None:
    team = Team()
    with Postgres({"fsync": "off"}) as careless:
        file = tmp_path / "directory"
        file.write_bytes(team.directory())
        where = ("--data", tmp_path / "data", "--database", careless.make())
        done = run("init", *where, "--directory", file, "--origin", team.origins[0])
    assert done.returncode == 1
    assert "may lose what it has committed" in done.stderr
    assert not (tmp_path / "data").exists()


def _owner() -> tuple[int, int]:
    return user()["user"], user()["group"]


def _stores(server: Server, team: Team) -> bool:
    """Whether a new report is taken again. Coming back takes the database a moment."""
    person = reporter(server.wire(), team)
    if not _logs_in(person):
        return False
    intake = (team.intake.keys.card.id,)
    with contextlib.suppress(OSError):
        return person.submit(seal(person.address, intake)).status == 200
    return False


def _logs_in(person: Person) -> bool:
    try:
        return bool(person.log_in().token)
    except (AssertionError, OSError):
        return False
