"""``backup`` and ``restore``: all of it or nothing, as it was, and no secret (T86, T87, R09)."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, select, update

from crypto.envelope import Chain
from crypto.roster import Roster
from crypto.signed import split
from dropbox import wire
from dropbox.operation.backup import KEPT, LEFT_OUT
from dropbox.operation.place import lock
from dropbox.operation.restore import UNFINISHED
from dropbox.operation.tape import Head, PartBytes, Row, Shape, Value
from dropbox.settings import FILE_NAME, Impossible
from dropbox.store import ground
from dropbox.store.jobs import Caller, Delete, Job, Sweep
from dropbox.store.parts import Parts
from dropbox.store.schema import (
    cursors,
    directories,
    ended,
    envelopes,
    files,
    mailboxes,
    metadata,
    parts,
    wraps,
)
from dropbox.store.store import PARTS_NAME
from dropbox.store.teamwork import (
    GiveGrants,
    Given,
    PublishRoster,
    TellErased,
    TellReceiving,
    Unwrap,
)
from dropbox.wire import Role
from tests.dropbox.past import assigned, contents, fetch, in_store, put_file, report, submitted
from tests.dropbox.past import do as do_jobs
from tests.dropbox.rows import flip, in_database
from tests.dropbox.server import COMMAND, ROOT, Server, make_data, run, run_process
from tests.dropbox.tapes import Item, head_of, items, rewrite
from tests.dropbox.team import Papers, Team, today
from tests.dropbox.test_commands import refused, run_one
from tests.dropbox.test_durability import Crowd, check_promises
from tests.dropbox.wiretap import Person, analyst, handing, reporter, seal

Databases = Callable[[], str]


@pytest.fixture(scope="module")
def team() -> Team:
    return Team()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, new_database: Databases, team: Team) -> Path:
    """A server's data with one of every kind of row, none of it changed by any test."""
    data = make_data(tmp_path_factory.mktemp("filled") / "data", team, database=new_database())
    for number in range(3):
        last = report(data, team, files=number)
    address = last.envelope.header.mailbox
    after = seal(address, last.recipients, after=last)
    do_jobs(data, [submitted(address, after)])
    me = team.analyst.keys.card.id
    first = handing(address, [me, secrets.token_bytes(32)], *last.recipients)
    do_jobs(data, [assigned(me, first)])
    pair = (first.handover, first.assigned)
    do_jobs(data, [assigned(me, handing(address, [me], bytes(32), pair))])
    do_jobs(data, team_jobs(team, address))
    fetch(data)
    put_file(data, secrets.token_bytes(32), b"not named by any envelope")
    return data


def team_jobs(team: Team, case: bytes) -> list[Job[Any]]:
    """A roster with one analyst, all of her papers, and that she has unwrapped her case."""
    papers, signed = Papers.of(team.analyst, team.service), team.roster(team.member(team.analyst))
    me, boss = (
        Caller(secret.keys.card.id, role, secrets.token_bytes(32))
        for secret, role in ((team.analyst, Role.ANALYST), (team.publisher, Role.PUBLISHER))
    )
    group = papers.group.keys.card.id
    return [
        PublishRoster(boss, signed, Roster.from_bytes(split(signed)[1])),
        Unwrap(me, case, bytes(32)),
        TellReceiving(me, 1, papers.receiving),
        GiveGrants(me, (Given(me.address, group, None, papers.grant),)),
        TellErased(me, group, papers.erased),
    ]


@pytest.fixture(scope="module")
def backup(filled: Path) -> Path:
    path = filled.parent / "the.backup"
    done = run("backup", "--data", filled, path)
    assert done.returncode == 0, done.stderr
    return path


def restored(backup: Path, data: Path, database: str = "sqlite") -> Path:
    done = run("restore", "--data", data, "--database", database, backup)
    assert done.returncode == 0, done.stderr
    return data


def is_no_server(data: Path) -> bool:
    """Whether ``serve`` takes nothing of what is there."""
    return refused(run("serve", "--data", data)) and not (data / FILE_NAME).exists()


# -- as it was ------------------------------------------------------------------------------------


@pytest.mark.statements
def test_a_restored_server_holds_what_the_other_held(
    backup: Path, filled: Path, tmp_path: Path, new_database: Databases
) -> None:
    done = run("restore", "--data", tmp_path / "deep/data", "--database", new_database(), backup)
    assert done.returncode == 0, done.stderr
    assert "purged" in done.stdout
    data = tmp_path / "deep/data"
    old, new = contents(filled), contents(data)
    old["files"] = [row for row in old["files"] if row[5] is not None]  # named by an envelope
    named = {row[0] for row in old["files"]}
    old["parts"] = [row for row in old["parts"] if row[0] in named]
    assert new == old
    assert {name for name, rows in old.items() if rows} == set(KEPT) - {"purged"}
    checked = json.loads(run("check", "--data", data, "--json").stdout)
    assert checked["damaged"] == checked["orphans"] == []
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_a_backup_of_a_restored_server_is_the_same_backup(
    backup: Path, tmp_path: Path, new_database: Databases
) -> None:
    data = restored(backup, tmp_path / "data", new_database())
    run("backup", "--data", data, tmp_path / "again.backup")

    def comparable(path: Path) -> list[Item]:
        names = [shape.table for shape in head_of(path).tables]
        return [
            Row(each.table, each.values[:-1])
            if isinstance(each, Row) and names[each.table] == "parts"
            else each
            for each in items(path)[1:]
        ]

    assert comparable(tmp_path / "again.backup") == comparable(backup)


@pytest.mark.statements
def test_a_backup_made_on_one_database_is_restored_into_the_other(
    backup: Path, filled: Path, tmp_path: Path, postgres: object
) -> None:
    """SQLite's into PostgreSQL, PostgreSQL's into SQLite, and back again."""
    make: Databases = postgres.make  # type: ignore[attr-defined]
    there = restored(backup, tmp_path / "one", make())
    assert run("backup", "--data", there, tmp_path / "second.backup").returncode == 0
    here = restored(tmp_path / "second.backup", tmp_path / "two")
    assert contents(here) == contents(there)
    assert run("check", "--data", here).returncode == 0


def test_a_mailbox_is_read_and_written_where_it_was_restored(
    make_server: Callable[..., Server], tmp_path: Path, new_database: Databases
) -> None:
    server = make_server()
    intake = (server.team.intake.keys.card.id,)
    person = reporter(server.wire(), server.team).log_in()
    first = seal(person.address, intake, files=(person.send_file(bytes(100)),))
    assert person.submit(first).status == 200
    insider = analyst(server.wire(), server.team).log_in()
    file = insider.send_file(bytes(300))
    recipients = (person.address, secrets.token_bytes(32))
    reply = seal(person.address, recipients, Chain.TEAM, files=(file,))
    assert insider.submit(reply).status == 200
    page = person.ask("GET", "/api/mailbox/0").body
    feed = insider.ask("GET", "/api/feed/0").body
    done = run_process("backup", "--data", server.data, tmp_path / "b")
    assert done.returncode == 0, done.stderr
    server.stop()
    data = restored(tmp_path / "b", tmp_path / "new", new_database())
    with Server(data, server.team) as again:
        person = Person(again.wire(), server.team, person.secret).log_in()
        insider = analyst(again.wire(), server.team).log_in()
        assert person.ask("GET", "/api/mailbox/0").body == page
        assert insider.ask("GET", "/api/feed/0").body == feed
        part = f"/api/files/{path_of(file.file)}/0"
        assert person.ask("GET", part).body == bytes(300)
        assert person.submit(first).status == 200  # as the first time
        assert person.submit(seal(person.address, intake, after=first)).status == 200


def path_of(file: bytes) -> str:
    from tests.dropbox.wiretap import path_id

    return path_id(file)


@pytest.mark.statements
def test_positions_go_on_where_no_server_before_can_have_been(
    backup: Path,
    tmp_path: Path,
    new_database: Databases,
    team: Team,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A workstation asks for what is behind the last position it saw: nothing new may be below.

    Not even where the same backup was restored before, and that server was lost too.
    """

    def newest(data: Path) -> int:
        return in_store(data, lambda each: max(each.scalars(select(envelopes.c.position)).all()))

    seen = newest(restored(backup, tmp_path / "old"))
    for number in range(2):
        later = datetime.now(UTC) + timedelta(seconds=number)
        monkeypatch.setattr(ground, "utc_now", lambda later=later: later)
        data = restored(backup, tmp_path / f"data-{number}", new_database())
        for _ in range(3):
            report(data, team)
        assert newest(data) > seen + 1000
        assert newest(data) < 10**15
        seen = newest(data)


def test_everything_counts_as_unfetched_after_a_restore(
    backup: Path, filled: Path, tmp_path: Path, new_database: Databases
) -> None:
    assert '"unfetched": "0"' in run("status", "--data", filled, "--json").stdout
    data = restored(backup, tmp_path / "data", new_database())
    assert '"unfetched": "1-9"' in run("status", "--data", data, "--json").stdout


# -- what is in it --------------------------------------------------------------------------------


def test_every_table_is_kept_or_left_out_on_purpose() -> None:
    assert set(metadata.tables) == set(KEPT) | set(LEFT_OUT)
    assert not set(KEPT) & set(LEFT_OUT)


@pytest.mark.statements
def test_a_backup_holds_no_session_no_secret_and_names_no_analyst(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    """T86. What is looked for is found in the database first, so that it could have been found."""
    key = tmp_path / "key"
    key.write_bytes(secrets.token_bytes(32))
    key.chmod(0o600)
    server = make_server(options=["--runtime-key", str(key)])
    person = reporter(server.wire(), server.team).log_in()
    report_ = seal(person.address, (server.team.intake.keys.card.id,))
    assert person.submit(report_).status == 200
    unfinished = person.send_file(b"half a thought" * 20)
    insider = analyst(server.wire(), server.team).log_in()
    for after in (0, 1):
        assert insider.ask("GET", f"/api/feed/{after}").status == 200
    assert person.ask("DELETE", "/api/session").status == 204
    hidden = [
        *in_store(server.data, lambda each: each.scalars(select(cursors.c.analyst)).all()),
        *in_store(server.data, lambda each: each.scalars(select(ended.c.session)).all()),
    ]
    assert hidden[0] == insider.address
    assert len(hidden) == 2
    done = run_process("backup", "--data", server.data, tmp_path / "b")
    assert done.returncode == 0, done.stderr
    content = (tmp_path / "b").read_bytes()
    assert person.address in content
    assert report_.id in content
    for each in (*hidden, key.read_bytes(), unfinished.file, b"half a thought"):
        assert each not in content
    for token in (person.token, insider.token):
        assert token.encode() not in content
        assert token.rpartition(".")[0].encode() not in content


def test_it_is_private_whatever_the_umask(filled: Path, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        assert run("backup", "--data", filled, tmp_path / "b").returncode == 0
    finally:
        os.umask(old)
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


# -- while others are at work ---------------------------------------------------------------------


@pytest.mark.statements
def test_a_backup_taken_under_load_holds_every_receipt_given_before_it_began(
    make_server: Callable[..., Server], tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    server = make_server(workers=2)
    with Crowd(server) as crowd:
        for number in range(3):
            got = len(crowd.receipts)
            wait_until(lambda got=got: len(crowd.receipts) > got + 20, 30)
            before = list(crowd.receipts)
            done = run_process("backup", "--data", server.data, tmp_path / f"{number}.backup")
            assert done.returncode == 0, done.stderr
        assert len(crowd.receipts) > len(before)
    check_promises(server, crowd)
    data = restored(tmp_path / "2.backup", tmp_path / "data")
    ids = {row[4] for row in contents(data)["envelopes"]}
    assert {each.id for each in before} <= ids
    with Server(data, server.team) as again:
        check_promises(again, Crowd(again, receipts=before))


@pytest.mark.parametrize("command", ["check", "backup"])
def test_what_is_deleted_meanwhile_is_no_damage(
    tmp_path: Path, new_database: Databases, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Its bytes go while the command still sees its rows: here, as it reads the first part."""
    team = Team()
    data = make_data(tmp_path / "data", team, database=new_database())
    first = report(data, team)
    address, analyst_ = first.envelope.header.mailbox, secrets.token_bytes(32)
    file = put_file(data, analyst_, b"of the team's" * 10)
    reply = seal(address, (address, *first.recipients), Chain.TEAM, files=(file,))
    do_jobs(data, [submitted(analyst_, reply, wire.Role.ANALYST)])
    read: Any = Parts.read
    deleted: list[Any] = []

    def delete_it() -> None:
        owner = Caller(address, wire.Role.MAILBOX, secrets.token_bytes(32))
        wish = wire.Deletion(0, reply.id, secrets.token_bytes(64))
        do_jobs(data, [Delete(owner, (wish,))])
        deleted.extend(do_jobs(data, [Sweep()]))

    def late(parts: Parts, name: bytes) -> bytes:
        if not deleted:
            other = threading.Thread(target=delete_it)  # this one has a loop of its own
            other.start()
            other.join()
            parts.remove(deleted[0])
        return read(parts, name)

    monkeypatch.setattr(Parts, "read", late)
    done = run(command, "--data", data, *([tmp_path / "b"] if command == "backup" else []))
    assert deleted
    assert done.returncode == 0, done


def test_two_commands_that_would_meet_do_not(backup: Path, filled: Path, tmp_path: Path) -> None:
    with lock(filled / FILE_NAME):
        for command in (["backup", tmp_path / "b"], ["purge"], ["check"]):
            done = run(command[0], "--data", filled, *command[1:])
            assert refused(done), done
            assert "Another command" in done.stderr
    (tmp_path / "data").mkdir()
    with lock(tmp_path / "data" / UNFINISHED):
        assert "Another command" in run("restore", "--data", tmp_path / "data", backup).stderr
    with pytest.raises(Impossible), lock(backup), lock(backup):
        pass


# -- what is refused ------------------------------------------------------------------------------


def test_a_file_that_is_there_is_not_replaced_without_yes(filled: Path, tmp_path: Path) -> None:
    goal = tmp_path / "b"
    goal.write_bytes(b"mine")
    assert refused(run("backup", "--data", filled, goal))
    assert goal.read_bytes() == b"mine"
    assert run("backup", "--data", filled, "--yes", goal).returncode == 0
    assert head_of(goal).form == 1


def test_a_backup_that_cannot_be_written_leaves_nothing(filled: Path, tmp_path: Path) -> None:
    assert refused(run("backup", "--data", filled, tmp_path / "no/b"))
    (tmp_path / "folder").mkdir()
    assert refused(run("backup", "--data", filled, "--yes", tmp_path / "folder"))
    limited = f"ulimit -f 40; exec {' '.join(map(repr, COMMAND))} "
    goal = tmp_path / "b"
    done = subprocess.run(
        ["bash", "-c", f"{limited} backup --data {filled} {goal}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert refused_at_end(done), done
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def refused_at_end(done: "subprocess.CompletedProcess[str]") -> bool:
    """As :func:`refused`, behind the lines that say how far it is."""
    last = done.stderr.splitlines()[-2:]
    return done.returncode == 1 and last[0][:7] == "error: " and last[1][:6] == "hint: "


def damaged(data: Path, how: str) -> None:
    if how == "body":
        number = in_store(data, lambda each: each.scalar(select(envelopes.c.position).limit(1)))
        in_database(data, flip(envelopes, "body", envelopes.c.position == number, 5000))
        return
    [path, *_] = [each for each in (data / PARTS_NAME).rglob("*") if each.is_file()]
    if how == "part":
        path.write_bytes(bytes(10))
    else:
        path.unlink()


@pytest.mark.statements
@pytest.mark.parametrize("how", ["body", "part", "part is missing"])
def test_what_does_not_match_its_hash_gets_into_no_backup(
    backup: Path, tmp_path: Path, how: str, new_database: Databases
) -> None:
    data = restored(backup, tmp_path / "data", new_database())
    damaged(data, how)
    done = run("backup", "--data", data, tmp_path / "b")
    assert refused_at_end(done), done
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


FIRST = envelopes.c.position == 1
NEWEST = directories.c.seq == select(func.max(directories.c.seq)).scalar_subquery()
LONGER_PART = update(parts).where(parts.c.file == 1, parts.c.part == 0).values(size=901)
LONG_AGO = date(2020, 1, 2)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(flip(envelopes, "header", FIRST, 70), id="header"),
        pytest.param(flip(envelopes, "id", FIRST, 3), id="id"),
        pytest.param(flip(wraps, "wrap", wraps.c.envelope == 1, 700), id="wrap"),
        pytest.param(flip(wraps, "recipient", wraps.c.envelope == 1, 7), id="recipient"),
        pytest.param(flip(mailboxes, "address", mailboxes.c.id == 1, 7), id="address"),
        pytest.param(flip(files, "hash", files.c.id == 1, 7), id="file"),
        pytest.param(flip(directories, "signed", NEWEST, 500), id="directory"),
        pytest.param(flip(directories, "hash", NEWEST, 5), id="directory's hash"),
        pytest.param(run_one(LONGER_PART), id="size"),
        pytest.param(run_one(update(envelopes).where(FIRST).values(day=LONG_AGO)), id="day"),
        pytest.param(run_one(update(envelopes).where(FIRST).values(use=bytes(32))), id="use"),
        pytest.param(run_one(delete(wraps).where(wraps.c.envelope == 1)), id="no wrap"),
    ],
)
@pytest.mark.sampled(6)
def test_a_server_that_could_not_be_restored_is_not_backed_up(
    backup: Path,
    tmp_path: Path,
    damage: Callable[[Connection], object],
    new_database: Databases,
) -> None:
    data = restored(backup, tmp_path / "data", new_database())
    in_database(data, damage)
    done = run("backup", "--data", data, tmp_path / "b")
    assert refused_at_end(done), done
    assert "damaged" in done.stderr
    assert run("check", "--data", data).returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_restore_onto_a_server_is_refused_running_or_not(
    make_server: Callable[..., Server], backup: Path, tmp_path: Path
) -> None:
    server = make_server()
    before = contents(server.data)
    assert refused(run("restore", "--data", server.data, backup))
    database = (server.data / FILE_NAME).read_text()
    if "postgresql" in database:
        url = database.split('database = "')[1].split('"')[0]
        done = run("restore", "--data", tmp_path / "other", "--database", url, backup)
        assert refused_at_end(done), done
        assert not (tmp_path / "other").exists()
    person = reporter(server.wire(), server.team).log_in()
    assert person.ask("GET", "/api/mailbox/0").status == 200
    server.stop()
    assert refused(run("restore", "--data", server.data, backup))
    assert contents(server.data) == before
    (tmp_path / "full").mkdir()
    (tmp_path / "full/something").touch()
    assert refused(run("restore", "--data", tmp_path / "full", backup))
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["something"]


def test_a_backup_of_a_newer_version_is_refused(
    backup: Path, tmp_path: Path, new_database: Databases
) -> None:
    newer = rewrite(
        backup,
        lambda all_: [
            replace(each, revision="9999") if isinstance(each, Head) else each for each in all_
        ],
    )
    done = run("restore", "--data", tmp_path / "data", "--database", new_database(), newer)
    assert refused(done)
    assert "newer version" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.statements
def test_a_backup_of_an_older_version_is_brought_to_this_one(
    backup: Path, filled: Path, tmp_path: Path, new_database: Databases
) -> None:
    """The first form had no marks of purged mailboxes, no month of use, none that is closed, no
    hash of a wrap or of what stands beside an id, and no team."""
    new = {"purged", "rosters", "receiving", "erased", "handlers", "departures", "removals"}
    newer = {"mailboxes": {"used", "closed"}, "envelopes": {"beside"}, "wraps": {"hash"}}

    def is_first(shape: Shape, column: str) -> bool:
        return column not in newer.get(shape.table, set())

    def first_form(all_: list[Item]) -> Iterator[Item]:
        head = all_[0]
        assert isinstance(head, Head)
        kept_tables_ = [shape.table for shape in head.tables if shape.table not in new]
        shapes = [
            replace(shape, columns=tuple(each for each in shape.columns if is_first(shape, each)))
            for shape in head.tables
            if shape.table in kept_tables_
        ]
        yield replace(head, revision="0001", tables=tuple(shapes))
        for item in all_[1:]:
            if not isinstance(item, Row):
                yield item
                continue
            shape = head.tables[item.table]
            if shape.table in new:
                continue
            kept = [
                value
                for name, value in zip(shape.columns, item.values, strict=True)
                if is_first(shape, name)
            ]
            yield Row(kept_tables_.index(shape.table), tuple(kept))

    data = restored(rewrite(backup, first_form), tmp_path / "data", new_database())
    for name in ("envelopes", "wraps"):
        assert contents(data)[name] == contents(filled)[name]
    assert run("status", "--data", data).returncode == 0


def test_a_byte_that_was_changed_anywhere_is_found(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    places = {0, 5, 30, len(whole) // 2, len(whole) - 33, len(whole) - 1}
    places |= {secrets.randbelow(len(whole)) for _ in range(20)}
    broken = [whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :] for place in places]
    for content in (*broken, whole[:-1], whole + b"\n", whole[: len(whole) // 2], b""):
        (tmp_path / "b").write_bytes(content)
        assert refused(run("restore", "--data", tmp_path / "data", tmp_path / "b"))
        assert not (tmp_path / "data").exists()


def rows_of(all_: list[Item], table: str) -> tuple[int, Shape, list[int]]:
    """The table's number and shape, and where its rows are."""
    head = all_[0]
    assert isinstance(head, Head)
    number = [shape.table for shape in head.tables].index(table)
    rows = [at for at, each in enumerate(all_) if isinstance(each, Row) and each.table == number]
    return number, head.tables[number], rows


def change_row(table: str, column: str, value: Value) -> Callable[..., list[Item]]:
    """The last row of the table with another value."""

    def change(all_: list[Item]) -> list[Item]:
        number, shape, rows = rows_of(all_, table)
        row = all_[rows[-1]]
        assert isinstance(row, Row)
        values = list(row.values)
        values[shape.columns.index(column)] = value
        return [*all_[: rows[-1]], Row(number, tuple(values)), *all_[rows[-1] + 1 :]]

    return change


def drop_row(table: str) -> Callable[..., list[Item]]:
    """Without the first row of the table."""

    def change(all_: list[Item]) -> list[Item]:
        gone = rows_of(all_, table)[2][0]
        return [each for at, each in enumerate(all_) if at != gone]

    return change


def drop_parts(all_: list[Item]) -> list[Item]:
    return [each for each in all_ if not isinstance(each, PartBytes)]


def other_columns(all_: list[Item]) -> list[Item]:
    head = all_[0]
    assert isinstance(head, Head)
    shapes = [
        replace(shape, columns=tuple(reversed(shape.columns))) if number == 1 else shape
        for number, shape in enumerate(head.tables)
    ]
    return [replace(head, tables=(shapes[1], shapes[0], *shapes[2:])), *all_[1:]]


@pytest.mark.parametrize(
    "change",
    [
        change_row("envelopes", "body", bytes(16424)),
        change_row("envelopes", "id", bytes(32)),
        change_row("envelopes", "mailbox", 1),
        change_row("envelopes", "mailbox", 999),
        change_row("envelopes", "seq", 5),
        change_row("envelopes", "day", None),
        change_row("mailboxes", "address", bytes(32)),
        change_row("mailboxes", "use", bytes(32)),
        change_row("wraps", "wrap", b"short"),
        change_row("parts", "hash", bytes(32)),
        change_row("directories", "signed", b"nothing"),
        drop_row("envelopes"),
        drop_row("wraps"),
        drop_row("mailboxes"),
        drop_row("directories"),
        drop_parts,
        other_columns,
        lambda all_: [*all_, PartBytes(today(), b"x")],
        lambda all_: [*all_, Row(200, ())],
    ],
)
@pytest.mark.sampled(8)
def test_a_backup_whose_hash_is_right_and_whose_rows_are_not_is_refused(
    backup: Path, tmp_path: Path, new_database: Databases, change: Callable[..., list[Item]]
) -> None:
    """The hash finds accidents alone; a row is held against what it says of itself."""
    database = new_database()
    changed = rewrite(backup, change)
    done = run("restore", "--data", tmp_path / "data", "--database", database, changed)
    assert refused_at_end(done), done
    assert not (tmp_path / "data").exists()
    restored(backup, tmp_path / "data", database)  # nothing is in the way, there or here


def test_something_else_is_no_backup(tmp_path: Path, filled: Path) -> None:
    for file in (tmp_path, tmp_path / "none", Path("/dev/null"), filled / FILE_NAME):
        done = run("restore", "--data", tmp_path / "data", file)
        assert refused(done), done
    assert not (tmp_path / "data").exists()


# -- kill -9 --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, new_database: Databases, team: Team) -> Path:
    """A server with enough in it that a command can be met in the middle."""
    data = make_data(tmp_path_factory.mktemp("large") / "data", team, database=new_database())
    jobs = []
    for _ in range(600):
        address = secrets.token_bytes(32)
        jobs.append(submitted(address, seal(address, (team.intake.keys.card.id,))))
    do_jobs(data, jobs)
    report(data, team, files=3)
    return data


def killed(seconds: float, *arguments: str | Path) -> bool:
    """Whether the command still ran when it was killed, ``seconds`` after it began to work."""
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stderr is not None
    process.stderr.readline()  # the first line of progress
    time.sleep(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.stderr.close()
    return process.wait() == -signal.SIGKILL


def test_a_backup_that_is_killed_leaves_no_file_and_the_next_one_is_whole(
    large: Path, tmp_path: Path
) -> None:
    goal = tmp_path / "b"
    caught = [killed(number * 0.02, "backup", "--data", large, goal) for number in range(5)]
    assert any(caught)
    if goal.exists():
        goal.unlink()
    assert {path.name for path in tmp_path.iterdir()} <= {".b.unfinished"}
    assert run_process("backup", "--data", large, goal).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    assert contents(restored(goal, tmp_path / "data")) == contents(large)


@pytest.mark.statements
def test_a_restore_that_is_killed_is_no_server_and_can_be_done_again(
    large: Path, tmp_path: Path, new_database: Databases
) -> None:
    goal = tmp_path / "b"
    assert run_process("backup", "--data", large, goal).returncode == 0
    caught = 0
    for number in range(5):
        data, database = tmp_path / f"data-{number}", new_database()
        where = ("--data", data, "--database", database)
        killed(number * 0.05, "restore", *where, goal)
        if (data / FILE_NAME).exists():  # written last: it was done
            continue
        caught += 1
        assert is_no_server(data)
        deadline = time.monotonic() + 60
        while (done := run("restore", *where, goal)).returncode and time.monotonic() < deadline:
            time.sleep(0.1)  # PostgreSQL takes a moment to see that we are gone
        assert done.returncode == 0, done.stderr
        assert not (data / UNFINISHED).exists()
        assert run("check", "--data", data).returncode == 0
        if caught == 2:
            break
    assert caught
