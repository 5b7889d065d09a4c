"""Fixtures for everybody: a team with its keys, and real servers that serve it.

``team``        an invented team (tests/dropbox/team.py): keys, certificates, directories
``make_server`` a function that makes and starts a server:
                ``server = make_server(workers=2)``; more in tests/dropbox/server.py
``server``      one that runs already, one worker, for the length of a test module
``postgres``    a PostgreSQL server, started once for all tests of a process
``new_database`` a function that gives what ``--database`` is to be told: here always SQLite; in
                tests/dropbox each test that uses it runs on both
``wait_until``  waits for a condition that a running server will make true

A server is ``dropbox-server init`` and ``serve`` as real processes on a free port of loopback:
``server.url``, ``server.data`` (its directory), ``server.team``, ``server.wire()`` (a client that
can also misbehave), ``server.stderr`` (a file). Whatever is still running after a test is ended.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import tests.cheap  # noqa: F401 - at each start, so that all vaults agree
from tests.dropbox.server import Server, make_data
from tests.dropbox.team import Team
from tests.postgres import Postgres
from tests.sampling import pytest_collection_modifyitems  # noqa: F401 - a hook

settings.register_profile("untimed", deadline=None)  # this machine's load is not a defect
settings.load_profile("untimed")

# Started in the background, the tests and all that they start may have been told to ignore these.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def team() -> Team:
    return Team()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as running:
        yield running


@pytest.fixture(scope="session")
def new_database() -> Callable[[], str]:
    return lambda: "sqlite"


@pytest.fixture
def make_server(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Callable[..., Server]]:
    with ExitStack() as running:

        def make(
            team: Team | None = None,
            data: Path | None = None,
            directory: dict[str, Any] | None = None,
            **how: Any,
        ) -> Server:
            """A started server; with ``data`` that of a server made before."""
            team = team or Team()
            if data is None:
                folder = tmp_path / f"data-{team.seq}"
                data = make_data(folder, team, database=new_database(), **(directory or {}))
            return running.enter_context(Server(data, team, **how))

        yield make


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[Server]:
    team = Team()
    folder = tmp_path_factory.mktemp("server") / "data"
    data = make_data(folder, team, database=new_database())
    with Server(data, team) as running:
        yield running


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """``wait_until(condition, seconds=60)``: returns once it holds, fails when it never does."""

    def wait(condition: Callable[[], bool], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it never happened"
            time.sleep(0.02)

    return wait
