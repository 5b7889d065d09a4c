"""What a backup brings back that was purged is purged again by a workstation that knows it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from dropbox.settings import load_settings
from dropbox.store.hashes import hash_beside
from dropbox.store.schema import envelopes, mailboxes, parts, purged, wraps
from dropbox.wire import mark_of
from tests import nursery
from tests.dropbox.past import in_store
from tests.dropbox.server import Server, free_port, run
from tests.dropbox.team import Team, today
from tests.needs import needs
from tests.postgres import Postgres

pytestmark = pytest.mark.slow

OLD = 95
PASSPHRASE = "five invented words for nobody\n"
AGAIN = "The server had {} purged mailbox(es) again"


def call(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    where = nursery.INBOX if program == "inbox_ui" else nursery.REPORT
    source = f"from {program}.cli import main; main()"
    done = nursery.run(where, [sys.executable, "-c", source, *map(str, arguments)])
    assert done.returncode == 0, done.stderr
    return done


@dataclass
class House:
    """A team with two workstations, its server, and reporters."""

    folder: Path
    new_database: Callable[[], str]
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.url = f"http://127.0.0.1:{self.port}"
        (self.folder / "passphrase").write_text(PASSPHRASE)
        (self.folder / "text").write_text("An invented report.\n")
        (self.folder / "clock").write_text("0")
        said = self.inbox("init", "--team", "Invented", "--origin", self.url, "--json").stdout
        self.made = json.loads(said)
        self.data = self.folder / "data"
        where = ("--data", self.data, "--origin", self.url, "--database", self.new_database())
        assert run("init", *where, "--directory", self.made["directory"]).returncode == 0

    def serve(self) -> Server:
        """With a clock of its own, which sweeps often."""
        return Server(self.data, Team(), port=self.port, clock=self.folder / "clock")

    def inbox(
        self, command: str, *arguments: str | Path, vault: str = "vault"
    ) -> subprocess.CompletedProcess[str]:
        place = ("--vault", self.folder / vault, "--passphrase-file", self.folder / "passphrase")
        return call("inbox_ui", command, *arguments, *place)

    def sync(self, vault: str = "vault") -> str:
        return self.inbox("sync", vault=vault).stderr

    def second_workstation(self) -> str:
        self.inbox("backup", self.folder / "vault.backup")
        self.inbox("restore", self.folder / "vault.backup", vault="other")
        return "other"

    def report(self) -> tuple[bytes, str]:
        """The address of a new mailbox with a report and a file, and its words."""
        before = self.addresses()
        where = ("--server", self.url, "--root", self.made["root"])
        text = ("--text-file", self.folder / "text", "--attach", self.folder / "text")
        words = call("dropbox.report", "send", *where, *text).stdout
        [address] = self.addresses() - before
        return address, words

    def write_again(self, words: str) -> None:
        (self.folder / "words").write_text(words)
        where = ("--server", self.url, "--root", self.made["root"])
        more = ("--text-file", self.folder / "text", "--passphrase-file", self.folder / "words")
        call("dropbox.report", "reply", *where, *more)

    def addresses(self) -> set[bytes]:
        return set(
            in_store(self.data, lambda each: each.scalars(select(mailboxes.c.address)).all())
        )

    def marks(self) -> set[bytes]:
        return set(in_store(self.data, lambda each: each.scalars(select(purged.c.mark)).all()))

    def age(self, address: bytes, days: int = OLD) -> None:
        """As if everything in the mailbox had been stored so long ago."""
        day = today() - timedelta(days=days)
        theirs = select(mailboxes.c.id).where(mailboxes.c.address == address).scalar_subquery()

        def change(connection):  # type: ignore[no-untyped-def]
            rows = connection.execute(select(envelopes).where(envelopes.c.mailbox == theirs)).all()
            for row in rows:
                beside = hash_beside(row.id, day, row.use, row.deleted)
                place = envelopes.c.position == row.position
                connection.execute(update(envelopes).where(place).values(day=day, beside=beside))

        in_store(self.data, change)

    def needles(self, address: bytes) -> list[bytes]:
        """What of a mailbox could be found in a file."""
        mine = select(mailboxes.c.id).where(mailboxes.c.address == address).scalar_subquery()

        def look(connection):  # type: ignore[no-untyped-def]
            rows = connection.execute(select(envelopes).where(envelopes.c.mailbox == mine)).all()
            places = [row.position for row in rows]
            inside = select(wraps.c.wrap).where(wraps.c.envelope.in_(places))
            found = [address]
            for row in rows:
                body = row.body or b""
                found += [row.id, row.header[-32:]]
                found += [body[at : at + 24] for at in range(0, len(body) - 24, 4000)]
            return found + [wrap[:24] for wrap in connection.scalars(inside)]

        return list(in_store(self.data, look))

    def backup(self) -> None:
        assert run("backup", "--data", self.data, self.folder / "b", "--yes").returncode == 0

    def purge(self) -> None:
        done = run("purge", "--data", self.data)
        assert done.returncode == 0, done.stderr

    def lose_and_restore(self) -> str:
        """The server is lost, and made anew from the backup; what ``restore`` says."""
        shutil.rmtree(self.data)
        where = ("--data", self.data, "--database", self.new_database())
        done = run("restore", *where, self.folder / "b")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def part_rows(self) -> int:
        return len(in_store(self.data, lambda each: each.scalars(select(parts.c.part)).all()))

    def part_files(self) -> int:
        return sum(each.is_file() for each in (self.data / "parts").rglob("*"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres | None]:
    if request.param == "sqlite":
        yield None
        return
    needs("postgresql")
    with Postgres() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, postgres: Postgres | None) -> House:
    return House(tmp_path, postgres.make if postgres else lambda: "sqlite")


def tables_of(postgres: Postgres, house: House) -> Path:
    """The folder of this database alone: the one that was lost lies beside it."""
    name = postgres.name_of(load_settings(house.data).database)
    [oid] = postgres.query(f"SELECT oid FROM pg_database WHERE datname = '{name}'")
    return postgres.pgdata / "base" / oid


def found(folder: Path, needles: list[bytes]) -> int:
    content = b"\0".join(each.read_bytes() for each in folder.rglob("*") if each.is_file())
    return sum(each in content for each in needles)


def is_whole(house: House) -> bool:
    return run("check", "--data", house.data).returncode == 0


def test_what_a_backup_brings_back_is_purged_again_by_who_knows_it_and_by_nobody_else(
    house: House, postgres: Postgres | None, wait_until: Callable[..., None]
) -> None:
    with house.serve():
        (gone, _), (kept, _) = house.report(), house.report()
        house.sync()
        other = house.second_workstation()
        house.age(gone)
        house.backup()
        house.purge()
        assert house.addresses() == {kept}
        assert "purged" not in house.sync()  # learns, and has nothing to tell
    assert "first sync of a workstation" in house.lose_and_restore()
    assert house.addresses() == {gone, kept}
    needles = house.needles(gone)
    tables = tables_of(postgres, house) if postgres else house.data
    with house.serve():
        files = house.part_files()
        assert "purged" not in house.sync(other)  # it has not heard of it
        assert house.addresses() == {gone, kept}
        if postgres:
            postgres.query("CHECKPOINT")
        assert found(tables, needles) >= 5, "the control: what is scanned for is there"
        assert AGAIN.format(1) in house.sync()
        assert house.addresses() == {kept}
        assert house.marks() == {mark_of(gone)}
        wait_until(lambda: house.part_files() < files, 20)
        wait_until(lambda: house.part_rows() < files, 20)
        if postgres is None:
            wait_until(lambda: found(tables, needles) == 0, 20)
        assert "purged" not in house.sync()
        house.sync(other)
    assert is_whole(house)
    if postgres:  # what is left in its files, and for how long, is in decision 0005
        assert run("purge", "--data", house.data, "--rewrite").returncode == 0
        postgres.query("CHECKPOINT")
        assert found(tables, needles) == 0
    assert len(json.loads(house.inbox("list", "--json", "--offline").stdout)) == 2
    house.backup()
    house.lose_and_restore()
    assert house.marks() == {mark_of(gone)}


def test_a_mailbox_that_its_reporter_came_back_to_after_the_restore_stays(house: House) -> None:
    with house.serve():
        gone, words = house.report()
        house.sync()
        house.age(gone)
        house.backup()
        house.purge()
        house.sync()
    house.lose_and_restore()
    with house.serve():
        house.write_again(words)
        assert "purged" not in house.sync()
        assert house.addresses() == {gone}
        assert house.marks() == set()
    [case] = json.loads(house.inbox("list", "--json", "--offline").stdout)
    assert case["unread"] == 2
