"""``--database``: which URLs are taken, what is remembered of them, and where a password may be."""

from pathlib import Path

import pytest

from dropbox.settings import load_settings
from dropbox.store.locations import (
    NoLocation,
    PasswordInUrl,
    PostgresqlServer,
    SqliteFile,
    read_location,
)
from tests.dropbox.server import ORIGIN, make_data, run
from tests.dropbox.team import Team
from tests.needs import needs
from tests.postgres import Postgres

DATA = Path("/data")
SECRET = "CANARY-of-a-password"


@pytest.mark.parametrize(
    ("url", "remembered"),
    [
        ("postgresql:///db?host=/run/pg", "postgresql:///db?host=/run/pg"),
        ("postgresql+asyncpg://u@/db?host=/run/pg", "postgresql://u@/db?host=/run/pg"),
        ("postgresql://u@127.0.0.1/db", "postgresql://u@127.0.0.1/db"),
        ("postgresql://u@[::1]:5433/db", "postgresql://u@[::1]:5433/db"),
        ("postgresql://u@localhost:1/db", "postgresql://u@localhost:1/db"),
        # elsewhere than on this machine: nobody on the way may read or answer
        ("postgresql://u@db.example/n", "postgresql://u@db.example/n?sslmode=verify-full"),
        (
            "postgresql://u@db.example/n?sslrootcert=/etc/ca.pem",
            "postgresql://u@db.example/n?sslrootcert=/etc/ca.pem&sslmode=verify-full",
        ),
        (
            "postgresql://u@10.0.0.2/n?sslmode=disable",  # said on purpose
            "postgresql://u@10.0.0.2/n?sslmode=disable",
        ),
    ],
)
def test_a_server_is_remembered_in_one_spelling(url: str, remembered: str) -> None:
    location = read_location(url, DATA)
    assert isinstance(location, PostgresqlServer)
    assert location.url == remembered
    assert read_location(remembered, DATA) == location


@pytest.mark.parametrize(
    "url", ["sqlite", "sqlite:///data/dropbox.db", "sqlite+aiosqlite:///data/dropbox.db"]
)
def test_sqlite_is_the_file_in_the_data_directory(url: str) -> None:
    assert read_location(url, DATA) == SqliteFile(DATA / "dropbox.db", "sqlite")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sqlite:///elsewhere.db",
        "sqlite://",
        "mysql://u@localhost/db",
        "postgres://u@localhost/db",
        "postgresql+psycopg2://u@localhost/db",
        "postgresql://u@localhost",
        "postgresql://u@localhost/",
        "postgresql://u@localhost/a/b",
        "postgresql:///db",
        "postgresql://u@localhost:x/db",
        "postgresql://u@localhost:99999/db",
        "postgresql://u@localhost/db#x",
        "postgresql://u@localhost/db?host=/run/pg",
        "postgresql:///db?host=elsewhere.example",
        "postgresql://u@localhost/db?options=-csynchronous_commit%3Doff",
        "postgresql://u@localhost/db?sslmode=disable&sslmode=require",
        "postgresql://u@localhost/db?x",
        "host=localhost dbname=db",
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    with pytest.raises(NoLocation):
        read_location(url, DATA)


@pytest.fixture(scope="module")
def made_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_data(tmp_path_factory.mktemp("made") / "data", Team())


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@localhost/db",
        f"postgresql://:{SECRET}@localhost/db",
        "postgresql://u:@localhost/db",
        f"postgresql://u@localhost/db?password={SECRET}",
        "postgresql://u@localhost/db?passfile=/x",
    ],
)
def test_a_password_in_a_url_is_refused_by_every_command_and_not_repeated(
    tmp_path: Path, made_data: Path, url: str
) -> None:
    with pytest.raises(PasswordInUrl):
        read_location(url, DATA)
    data, file = made_data, made_data.with_name("data.directory")
    made = ("--directory", file, "--origin", ORIGIN)
    for command in (
        ("init", "--data", tmp_path / "new", *made),
        ("serve", "--data", data, "--port", "0"),
        ("check", "--data", data),
        ("upgrade", "--data", data),
        ("publish", "--data", data, file),
    ):
        done = run(*command, "--database", url)
        assert (done.returncode, done.stdout) == (1, ""), command
        assert "--database-password-file" in done.stderr
        assert SECRET not in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_repr_does_not_show_the_password(tmp_path: Path) -> None:
    location = read_location("postgresql://u@localhost/db", DATA, SECRET)
    assert SECRET not in repr(location)


@pytest.mark.postgresql
def test_a_password_comes_from_a_file_or_the_settings_and_is_shown_nowhere(tmp_path: Path) -> None:
    needs("postgresql")
    team = Team()
    directory, password = tmp_path / "directory", tmp_path / "password"
    directory.write_bytes(team.directory())
    with Postgres() as postgres:
        postgres.query(f"CREATE ROLE keeper LOGIN PASSWORD '{SECRET}'")
        database = postgres.name_of(postgres.make())
        postgres.query(f"ALTER DATABASE {database} OWNER TO keeper")
        rules = "local all owner trust\nlocal all all scram-sha-256\n"
        (postgres.pgdata / "pg_hba.conf").write_text(rules)
        postgres.query("SELECT pg_reload_conf()")
        url = f"postgresql://keeper@/{database}?host={postgres.folder}"
        data = tmp_path / "data"
        init = ("init", "--data", data, "--directory", directory, "--origin", ORIGIN)
        given = ("--database", url, "--database-password-file", password)

        def refused(*more: str | Path) -> str:
            done = run(*init, "--database", url, *more)
            assert (done.returncode, done.stdout) == (1, ""), done
            assert not data.exists() or not list(data.iterdir())
            return done.stderr

        assert "cannot be reached" in refused()
        assert "password" in refused(*given[2:])  # there is no such file
        for text, mode in ((SECRET, 0o644), ("", 0o600), (f"{SECRET}\nmore", 0o600)):
            password.write_text(text)
            password.chmod(mode)
            assert "chmod 600" in refused(*given[2:])
        password.write_text("another")
        assert "cannot be reached" in refused(*given[2:])
        password.write_text(f"{SECRET}\n")
        assert run(*init, *given).returncode == 0
        settings = data / "settings.toml"
        assert SECRET not in settings.read_text()
        assert settings.stat().st_mode & 0o777 == 0o600
        assert run("check", "--data", data).returncode == 0
        assert SECRET not in repr(load_settings(data))

        written = [
            line for line in settings.read_text().splitlines() if "password_file" not in line
        ]
        settings.write_text("\n".join([*written, f'database_password = "{SECRET}"', ""]))
        assert run("check", "--data", data).returncode == 0
        assert SECRET not in repr(load_settings(data))
        assert run(*init[:2], tmp_path / "two", *init[3:], *given).returncode == 1  # not empty
