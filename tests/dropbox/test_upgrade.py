"""Databases of other versions: refused by name, upgraded whole or not at all (R10)."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData, column, delete, func, insert, select, table, update

from dropbox.operation.upgrade import BACKUP_NAME
from dropbox.settings import load_settings
from dropbox.store import making
from dropbox.store.forms import Form, form_of
from dropbox.store.locations import opened
from dropbox.store.migrations import known_revisions, migrate
from dropbox.store.schema import REVISION, metadata
from tests.dropbox.rows import flip, in_database
from tests.dropbox.server import ORIGIN, ROOT, Server, make_data, run
from tests.dropbox.team import Team
from tests.dropbox.wiretap import reporter, seal

FIRST = "0001"
OLDER = ("0001", "0002", "0003", "0004")
Rows = dict[str, list[dict[str, object]]]


def rows_of(connection: Connection) -> Rows:
    """Everything there is, of the tables and columns of the first form."""
    found = MetaData()
    found.reflect(connection)
    return {
        each.name: [
            dict(row)
            for row in connection.execute(select(each).order_by(*each.primary_key)).mappings()
        ]
        for each in found.sorted_tables
        if each.name != "alembic_version"
    }


def fill(rows: Rows) -> Callable[[Connection], None]:
    """Put rows into a database that may have fewer columns."""

    def work(connection: Connection) -> None:
        found = MetaData()
        found.reflect(connection)
        for each in found.sorted_tables:
            names = each.columns.keys()
            kept = [{name: row[name] for name in names} for row in rows.get(each.name, [])]
            if kept and each.name != "directories":
                connection.execute(insert(each), kept)
        if connection.dialect.name == "postgresql":
            for name, key in (("mailboxes", "id"), ("envelopes", "position"), ("files", "id")):
                highest = select(func.max(found.tables[name].c[key])).scalar_subquery()
                connection.execute(
                    select(func.setval(func.pg_get_serial_sequence(name, key), highest))
                )

    return work


@pytest.fixture(params=OLDER)
def older(
    request: pytest.FixtureRequest,
    filled: Path,
    tmp_path: Path,
    new_database: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """The filled server as an older version would have left it."""
    rows = in_database(filled, rows_of)
    data = tmp_path / "older"
    where = ("--data", data, "--database", new_database())
    directory = filled.with_name(f"{filled.name}.directory")
    with monkeypatch.context() as patched:
        patched.setattr(making, "migrate", lambda connection: migrate(connection, request.param))
        done = run("init", *where, "--directory", directory, "--origin", ORIGIN)
    assert done.returncode == 0, done.stderr
    in_database(data, fill(rows))
    shutil.copytree(filled / "parts", data / "parts", dirs_exist_ok=True)
    return data


def test_no_step_is_left_out() -> None:
    assert {*OLDER, REVISION} == known_revisions()


def form(data: Path) -> Form:
    with opened(load_settings(data).locate()) as database:
        return database.read(form_of)


def set_version(data: Path, *versions: str) -> None:
    version = table("alembic_version", column("version_num"))

    def work(connection: Connection) -> None:
        connection.execute(delete(version))
        for each in versions:
            connection.execute(insert(version).values(version_num=each))

    in_database(data, work)


def refused(data: Path, *commands: str) -> str:
    """The one answer of these commands, which is a refusal."""
    said = set()
    for command in commands:
        more = ("--port", "0") if command == "serve" else ()
        done = run(command, "--data", data, *more)
        assert (done.returncode, done.stdout) == (1, ""), (command, done)
        said.add(done.stderr)
    (one,) = said
    return one


@pytest.mark.sampled(4)
def test_an_older_database_is_refused_by_name_and_upgraded(older: Path, filled: Path) -> None:
    assert form(older) is Form.OLDER
    assert "dropbox-server upgrade" in refused(older, "serve", "check")
    done = run("upgrade", "--data", older)
    assert done.returncode == 0, done.stderr
    assert form(older) is Form.CURRENT
    assert run("check", "--data", older).returncode == 0
    before, after = in_database(filled, rows_of), in_database(older, rows_of)
    for name in ("envelopes", "wraps", "files", "parts", "directories"):
        assert after[name] == before[name], name
    backup = older / BACKUP_NAME
    assert backup.stat().st_mode & 0o777 == 0o600
    again = run("upgrade", "--data", older)
    assert (again.returncode, "nothing to do" in again.stdout) == (0, True)


@pytest.mark.statements
@pytest.mark.parametrize("older", ["0003"], indirect=True)
def test_what_is_damaged_after_an_upgrade_is_found(older: Path) -> None:
    """Of a database that had no hashes of wraps: those that were there have them now."""
    assert run("upgrade", "--data", older).returncode == 0
    wraps = metadata.tables["wraps"]
    in_database(older, flip(wraps, "wrap", wraps.c.envelope == 2, 4))
    assert run("check", "--data", older).returncode == 1


@pytest.mark.statements
@pytest.mark.parametrize("older", ["0004"], indirect=True)
def test_a_mailbox_that_was_closed_before_says_again_which_group_has_it(older: Path) -> None:
    """As the version before left one: emptied of the team's words, and of its group."""
    mailboxes, envelopes, wraps = (
        metadata.tables[name] for name in ("mailboxes", "envelopes", "wraps")
    )
    assigned = select(envelopes.c.mailbox, envelopes.c.position, envelopes.c.use).where(
        envelopes.c.use.is_not(None)
    )

    def close(connection: Connection) -> tuple[int, bytes]:
        number, position, use = connection.execute(assigned).one()
        connection.execute(delete(wraps).where(wraps.c.envelope == position))
        emptied = update(envelopes).where(envelopes.c.position == position)
        connection.execute(emptied.values(body=None))
        row = update(mailboxes).where(mailboxes.c.id == number)
        connection.execute(row.values(closed=0, use=None))
        return number, use

    number, use = in_database(older, close)
    done = run("upgrade", "--data", older)
    assert done.returncode == 0, done.stderr
    found = select(mailboxes.c.use).where(mailboxes.c.id == number)
    assert in_database(older, lambda each: each.scalar(found)) == use
    assert run("check", "--data", older).returncode == 0


@pytest.mark.sampled(4)
@pytest.mark.statements
def test_an_upgraded_server_goes_on_where_it_was(
    older: Path, filled: Path, new_database: Callable[[], str], tmp_path: Path
) -> None:
    goal = tmp_path / "before"
    assert run("upgrade", "--data", older, "--backup", goal).returncode == 0
    with Server(older, Team()) as server:
        signed = server.wire().ask("GET", "/api/directory").body
        assert signed == filled.with_name(f"{filled.name}.directory").read_bytes()
    restored = tmp_path / "restored"
    done = run("restore", "--data", restored, "--database", new_database(), goal)
    assert done.returncode == 0, done.stderr
    assert form(restored) is Form.CURRENT
    assert run("check", "--data", restored).returncode == 0


@pytest.mark.parametrize("versions", [("9999",), ("x",)])
def test_a_newer_database_is_refused_and_not_touched(
    copied: Path, versions: tuple[str, ...]
) -> None:
    set_version(copied, *versions)
    before = in_database(copied, rows_of)
    assert "newer version" in refused(copied, "serve", "check", "upgrade")
    assert in_database(copied, rows_of) == before
    assert not (copied / BACKUP_NAME).exists()


@pytest.mark.parametrize("versions", [(), (FIRST, REVISION)])
def test_a_database_whose_version_cannot_be_told_is_refused(
    copied: Path, versions: tuple[str, ...]
) -> None:
    set_version(copied, *versions)
    assert "no server's data" in refused(copied, "serve", "check", "upgrade")


CUT = """
import os, sys
from dropbox import cli
from dropbox.operation import upgrade
{patch}
cli.main(["upgrade", "--data", sys.argv[1]])
"""


@pytest.mark.statements
@pytest.mark.parametrize(
    "patch",
    [
        "upgrade.migrate = lambda connection: os._exit(9)",
        "upgrade.check = lambda *_: os._exit(9)",
        "upgrade.count = lambda *_: os._exit(9)",
    ],
    ids=["before the first step", "after the last", "after the check"],
)
@pytest.mark.sampled(4)
def test_an_upgrade_killed_on_its_way_changes_nothing_and_can_be_done_again(
    older: Path, patch: str
) -> None:
    before = in_database(older, rows_of)
    command = [sys.executable, "-c", CUT.format(patch=patch), str(older)]
    assert subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode == 9
    assert form(older) is Form.OLDER
    assert in_database(older, rows_of) == before
    assert "upgrade" in refused(older, "serve")
    assert run("upgrade", "--data", older).returncode == 0
    assert form(older) is Form.CURRENT


def test_a_damaged_server_is_not_upgraded(older: Path) -> None:
    envelopes = metadata.tables["envelopes"]
    in_database(older, flip(envelopes, "id", envelopes.c.position == 2, 4))
    done = run("upgrade", "--data", older)
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert form(older) is Form.OLDER


def test_a_server_whose_database_was_upgraded_under_it_ends_without_writing(
    tmp_path: Path, new_database: Callable[[], str], wait_until: Callable[..., None]
) -> None:
    team = Team()
    data = make_data(tmp_path / "data", team, database=new_database())
    with Server(data, team) as server:
        person = reporter(server.wire(), team).log_in()
        set_version(data, "9999")
        try:
            status = person.submit(seal(person.address, (team.intake.keys.card.id,))).status
        except OSError:
            status = 0
        assert status in {0, 500}
        wait_until(lambda: server.process.poll() is not None, 30)
        assert server.process.returncode == 1
    assert in_database(data, rows_of)["envelopes"] == []
