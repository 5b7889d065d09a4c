"""The disk fails, at every call in turn: no receipt for what is not there (I1 to I3, T53, T88).

Each kind of call fails once, at its first, second, third … time, until a report with a file goes
through without having met it. Here some of them; ``make soak`` has them all.
"""

import errno
import secrets
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from dropbox import wire
from dropbox.store.locations import DATABASE_NAME
from tests.dropbox.faults import Call, Faults
from tests.dropbox.server import Server, make_data
from tests.dropbox.sweep import Sweep
from tests.dropbox.team import Team
from tests.dropbox.wiretap import Person, analyst, claim, path_id, reporter, seal

STEPS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144)
"""Past the last there is: each sweep ends because no call is left."""


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Faults:
    return Faults(tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, faults: Faults, new_database: Callable[[], str]
) -> Iterator[Server]:
    faults.disarm()
    team = Team()
    folder = tmp_path_factory.mktemp("server") / "data"
    data = make_data(folder, team, database=new_database())
    with Server(data, team, environment=faults.environment(data)) as running:
        yield running


@pytest.fixture(scope="module")
def sweep(server: Server, faults: Faults) -> Sweep:
    return Sweep(server, faults)


@pytest.mark.parametrize("call", Call, ids=str)
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
@pytest.mark.sampled(4)
def test_whatever_fails_on_the_disk_no_receipt_is_lost(
    sweep: Sweep, call: Call, error: int
) -> None:
    before = sweep.hits
    for number in STEPS:
        if not sweep.try_at(call, number, error):
            break
    else:
        pytest.fail("there is always one more call")
    if sweep.is_sqlite or call is not Call.PWRITE:
        assert sweep.hits > before, "nothing has failed"
    sweep.check()


def test_and_none_is_lost_when_the_server_is_started_again(sweep: Sweep) -> None:
    assert sweep.server.stop() == 0
    with Server(sweep.server.data, sweep.server.team) as again:
        sweep.check(again)


# -- in particular --------------------------------------------------------------------------------


@pytest.fixture
def make_faulty(
    make_server: Callable[..., Server],
    tmp_path: Path,
    faults: Faults,
    new_database: Callable[[], str],
) -> Callable[[], Server]:
    def make() -> Server:
        faults.disarm()
        team = Team()
        data = make_data(tmp_path / "data", team, database=new_database())
        return make_server(team, data, environment=faults.environment(data))

    return make


def begin(server: Server) -> tuple[Person, bytes, bytes]:
    """Somebody with a session and a file begun, and its one part."""
    person = reporter(server.wire(), server.team).log_in()
    file, part = secrets.token_bytes(32), secrets.token_bytes(5000)
    assert person.ask("POST", "/api/files", wire.FileStart(file, 1).to_bytes()).status == 204
    return person, file, part


def put(person: Person, file: bytes, part: bytes) -> int:
    """The answer's status; 0 where the connection broke."""
    try:
        return person.ask("PUT", f"/api/files/{path_id(file)}/0", part).status
    except (OSError, HTTPException):
        return 0


def held(person: Person, file: bytes) -> tuple[int, ...]:
    return person.ask("GET", f"/api/files/{path_id(file)}").read(wire.FileState).held


def back(server: Server, person: Person, wait_until: Callable[..., None]) -> Person:
    """The same person at the server, once it serves again."""

    def answers() -> bool:
        try:
            return server.wire().ask("GET", "/api/directory").status == 200
        except (OSError, HTTPException):
            return False

    wait_until(answers, 30)
    return Person(server.wire(), server.team, person.secret).log_in()


@pytest.mark.statements
@pytest.mark.parametrize("number", [1, 2], ids=["the part", "its folder"])
def test_a_part_that_was_not_flushed_is_not_held(
    make_faulty: Callable[[], Server], faults: Faults, number: int
) -> None:
    person, file, part = begin(make_faulty())
    faults.arm(Call.FSYNC, number, errno.EIO)
    assert put(person, file, part) == 500
    assert faults.disarm()
    assert held(person, file) == ()
    assert put(person, file, part) == 204


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_a_report_that_was_not_flushed_gets_no_receipt(
    make_faulty: Callable[[], Server], faults: Faults, wait_until: Callable[..., None]
) -> None:
    server = make_faulty()
    person = reporter(server.wire(), server.team).log_in()
    report = seal(person.address, (server.team.intake.keys.card.id,))
    faults.arm(Call.FSYNC, 1, errno.EIO)
    try:
        status = person.submit(report).status
    except (OSError, HTTPException):
        status = 0
    assert faults.disarm()
    assert status in {0, 500}
    assert back(server, person, wait_until).submit(report).status == 200


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_a_part_stays_whose_row_may_have_been_committed(
    make_faulty: Callable[[], Server], faults: Faults, wait_until: Callable[..., None]
) -> None:
    """Its commit was written and not flushed, so the worker ends; the next one finds the row."""
    server = make_faulty()
    person, file, part = begin(server)
    log = server.data / f"{DATABASE_NAME}-wal"
    faults.arm(Call.FSYNC, 3, errno.EIO)  # behind those of the part and its folder
    assert put(person, file, part) in {0, 500}
    assert faults.disarm()
    log_before = log.stat().st_size
    person = back(server, person, wait_until)
    assert log.stat().st_size < log_before, "what was not flushed is not in the database yet"
    assert held(person, file) == (0,)
    report = seal(person.address, (server.team.intake.keys.card.id,), files=(claim(file, [part]),))
    assert person.submit(report).status == 200
    reader = analyst(server.wire(), server.team).log_in()
    assert reader.ask("GET", f"/api/files/{path_id(file)}/0").body == part
