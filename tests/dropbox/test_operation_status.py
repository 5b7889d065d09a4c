"""``status``: what needs a person, said so that a pager learns nothing else."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sqlalchemy import update

from dropbox.store import ground
from dropbox.store.forms import _version
from dropbox.store.parts import Parts
from dropbox.store.room import Room
from dropbox.store.store import PARTS_NAME
from tests.dropbox.past import fetch, publish, report
from tests.dropbox.rows import in_database
from tests.dropbox.server import ROOT, Server, make_data, run, run_process
from tests.dropbox.team import Team

SCHEMA = json.loads((ROOT / "docs/schemas/server-status.json").read_text())


@pytest.fixture
def data(tmp_path: Path, team: Team, new_database: Callable[[], str]) -> Path:
    return make_data(tmp_path / "data", team, database=new_database())


@pytest.fixture
def set_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def set_to(days: int) -> None:
        monkeypatch.setattr(ground, "utc_now", lambda: datetime.now(UTC) + timedelta(days=days))

    return set_to


def status(data: Path) -> tuple[int, dict[str, Any]]:
    done = run("status", "--data", data, "--json")
    found = json.loads(done.stdout)
    jsonschema.validate(found, SCHEMA)
    assert (done.returncode == 1) == bool(found["attention"])
    assert done.returncode == 0 or done.stderr.startswith(f"error: {found['attention'][0]}\n")
    return done.returncode, found


@pytest.mark.parametrize(
    ("days", "code", "left", "validity"),
    [
        (0, 0, 14, "good"),
        (6, 0, 8, "good"),
        (7, 0, 7, "renew"),
        (14, 0, 0, "renew"),
        (15, 1, -1, "expired"),
        (3650, 1, -3636, "expired"),
        (-1, 0, 15, "good"),
        (-2, 1, 16, "early"),
        (-3650, 1, 3664, "early"),
    ],
)
def test_the_directory_is_warned_of_from_seven_days_on_and_expired_is_said_plainly(
    data: Path, set_day: Callable[[int], None], days: int, code: int, left: int, validity: str
) -> None:
    set_day(days)
    found = status(data)
    assert found[0] == code
    assert found[1]["directory"]["days_left"] == left
    assert found[1]["directory"]["validity"] == validity
    if validity == "expired":
        assert "EXPIRED" in run("status", "--data", data).stdout


def test_a_publisher_who_ends_sooner_ends_the_directory(
    tmp_path: Path, team: Team, set_day: Callable[[int], None]
) -> None:
    last = datetime.now(UTC).date() + timedelta(days=3)
    data = make_data(tmp_path / "data", team, publisher_last=last)
    assert status(data)[1]["directory"]["days_left"] == 3
    set_day(4)
    assert status(data)[1]["directory"]["validity"] == "expired"


def test_how_many_wait_is_never_said_finer_than_none_some_and_many(data: Path, team: Team) -> None:
    assert status(data)[1]["unfetched"] == "0"
    said = []
    for number in range(1, 13):
        report(data, team)
        said.append((number, status(data)[1]))
    assert [found["unfetched"] for _, found in said] == ["1-9"] * 9 + ["10+"] * 3
    assert len({json.dumps(found) for _, found in said}) == 2
    fetch(data)
    assert status(data)[1]["unfetched"] == "0"


def test_a_disk_that_is_nearly_full_is_said_before_reports_are_refused(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for share, code in ((0.5, 0), (0.26, 0), (0.24, 1), (0.0, 1)):
        room = Room(10**9, int(share * 10**9))
        assert room.takes_strangers or code
        monkeypatch.setattr(Room, "of", lambda _, room=room: room)
        found = status(data)
        assert found == (code, {**found[1], "nearly_full": bool(code)})
        assert found[1]["free_percent"] % 5 == 0


@pytest.mark.parametrize(("revision", "form"), [("0001", "older"), ("9999", "newer")])
def test_a_database_of_another_version_is_said_and_not_looked_into(
    data: Path, revision: str, form: str
) -> None:
    in_database(data, lambda each: each.execute(update(_version).values(version_num=revision)))
    code, found = status(data)
    assert (code, found["schema"], found["directory"], found["unfetched"]) == (1, form, None, None)


def test_it_works_while_the_server_runs_and_stops_nobody(
    make_server: Callable[..., Server],
) -> None:
    server = make_server()
    done = run_process("status", "--data", server.data)
    assert (done.returncode, done.stderr) == (0, "")
    assert "good for 14 more days" in done.stdout
    assert server.wire().ask("GET", "/api/directory").status == 200


def test_a_newer_directory_ends_the_alarm(
    data: Path, team: Team, set_day: Callable[[int], None]
) -> None:
    set_day(20)
    assert status(data)[0] == 1
    publish(data, team, issued=datetime.now(UTC).date() + timedelta(days=20))
    assert status(data)[0] == 0


def test_a_place_that_is_no_server_is_one_error(tmp_path: Path) -> None:
    done = run("status", "--data", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")


def test_check_names_parts_that_no_row_names_and_calls_them_no_damage(data: Path) -> None:
    name = Parts(data / PARTS_NAME).write(b"nobody's", datetime.now(UTC).date())
    done = run("check", "--data", data, "--json")
    assert done.returncode == 0
    orphan = f"{name.hex()[:2]}/{name.hex()}"
    assert json.loads(done.stdout)["orphans"] == [orphan]
    assert orphan in run("check", "--data", data).stdout
