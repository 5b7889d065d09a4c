"""Every test here that starts a server does so on both databases."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dropbox.settings import load_settings
from tests.dropbox.cast import World, new_world
from tests.dropbox.server import Server, make_data
from tests.dropbox.team import Team
from tests.dropbox.wiretap import analyst, handing, reporter, seal
from tests.needs import needs


@pytest.fixture(
    scope="session",
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)],
)
def new_database(request: pytest.FixtureRequest) -> Callable[[], str]:
    """What ``--database`` is given for a new server: each time another, empty one."""
    if request.param == "sqlite":
        return lambda: "sqlite"
    needs("postgresql")
    make: Callable[[], str] = request.getfixturevalue("postgres").make
    return make


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]) -> Path:
    """The data of a server that has ended, with one case of every kind of row."""
    team = Team()
    folder = tmp_path_factory.mktemp("filled") / "data"
    data = make_data(folder, team, database=new_database())
    with Server(data, team) as server:
        intake = (team.intake.keys.card.id,)
        for _ in range(2):
            person = reporter(server.wire(), team).log_in()
            report = seal(person.address, intake, files=(person.send_file(bytes(100), bytes(60)),))
            assert person.submit(report).status == 200
            assert person.submit(seal(person.address, intake, after=report)).status == 200
        insider = analyst(server.wire(), team).log_in()
        assert insider.assign(handing(person.address, [insider.address], *intake)).status == 200
    return data


@pytest.fixture
def copied(filled: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of the filled server, to be damaged."""
    data = shutil.copytree(filled, tmp_path / "data")
    old = load_settings(data).database
    if old != "sqlite":
        postgres = request.getfixturevalue("postgres")
        settings = data / "settings.toml"
        new = postgres.make(template=postgres.name_of(old))
        settings.write_text(settings.read_text().replace(old, new))
    return data


@pytest.fixture(scope="module")
def world(server: Server) -> World:
    return new_world(server)


@pytest.fixture
def own(make_server: Callable[..., Server]) -> World:
    """One of this test alone."""
    return new_world(make_server())
