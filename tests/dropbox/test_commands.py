"""``dropbox-server`` as a command: what it makes, finds and refuses, and its exit codes."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, update

from crypto.directory import NO_PREVIOUS
from crypto.keys import fingerprint
from dropbox.operation import commands as operation
from dropbox.store.parts import Parts as PartFiles
from dropbox.store.schema import directories, envelopes, files, mailboxes, parts, wraps
from tests.dropbox.rows import flip, in_database
from tests.dropbox.server import ORIGIN, ROOT, Server, make_data, run, run_process
from tests.dropbox.team import Team, today
from tests.dropbox.wiretap import publisher, reporter, seal


def refused(done: CompletedProcess[str]) -> bool:
    """Exit 1, one line ``error:``, one line ``hint:``, and nothing else."""
    lines = done.stderr.splitlines()
    return (
        done.returncode == 1
        and len(lines) == 2
        and lines[0].startswith("error: ")
        and lines[1].startswith("hint: ")
    )


@pytest.fixture
def directory(tmp_path: Path, team: Team) -> Path:
    file = tmp_path / "directory.signed"
    file.write_bytes(team.directory())
    return file


# -- init -----------------------------------------------------------------------------------------


def test_init_makes_a_private_directory_and_says_where(
    tmp_path: Path, team: Team, directory: Path
) -> None:
    data = tmp_path / "deep" / "data"
    done = run_process(
        "init", "--data", data, "--directory", directory, "--origin", ORIGIN, "--json"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "data": str(data),
        "root": fingerprint(team.service),
        "origins": [ORIGIN],
    }
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / "settings.toml").stat().st_mode & 0o777 == 0o600
    assert refused(run("init", "--data", data, "--directory", directory, "--origin", ORIGIN))
    assert run_process("check", "--data", data).returncode == 0
    assert refused(run_process("check", "--data", tmp_path))


def test_init_refuses_an_origin_that_the_directory_does_not_name(
    tmp_path: Path, directory: Path
) -> None:
    for origin in ("http://elsewhere.example", ORIGIN + "/", "", "x", ORIGIN.upper()):
        done = run(
            "init", "--data", tmp_path / "data", "--directory", directory, "--origin", origin
        )
        assert refused(done), done
        assert not (tmp_path / "data").exists()


def test_init_refuses_a_directory_that_was_touched(tmp_path: Path, directory: Path) -> None:
    good = directory.read_bytes()
    for bad in (b"", b"x", good[:-1], good + b" ", bytes([good[0] ^ 1]) + good[1:]):
        directory.write_bytes(bad)
        done = run(
            "init", "--data", tmp_path / "data", "--directory", directory, "--origin", ORIGIN
        )
        assert refused(done), done
    missing = run(
        "init", "--data", tmp_path / "data", "--directory", tmp_path / "no", "--origin", ORIGIN
    )
    assert refused(missing)
    assert not (tmp_path / "data").exists()


def test_an_init_that_fails_leaves_no_folder_that_it_made(tmp_path: Path, directory: Path) -> None:
    away = ("--database", f"postgresql:///none?host={tmp_path}")
    more = ("--directory", directory, "--origin", ORIGIN, *away)
    before = set(tmp_path.iterdir())
    assert refused(run("init", "--data", tmp_path / "deep" / "data", *more))
    assert set(tmp_path.iterdir()) == before
    (tmp_path / "mine").mkdir()
    assert refused(run("init", "--data", tmp_path / "mine", *more))
    assert list((tmp_path / "mine").iterdir()) == []


def test_wrong_usage_ends_with_2(tmp_path: Path) -> None:
    for arguments in (
        ["nonsense"],
        ["init"],
        ["serve"],
        ["serve", "--data", tmp_path, "--port", "70000"],
        ["serve", "--data", tmp_path, "--workers", "0"],
        ["check", "--data", tmp_path, "--colour"],
        ["publish", "--data", tmp_path],
    ):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["error", "hint"]
    assert run("--help").returncode == 0


# -- settings -------------------------------------------------------------------------------------


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: (data / "settings.toml").unlink(),
        lambda data: (data / "settings.toml").write_text("origins = ["),
        lambda data: (data / "settings.toml").write_bytes(b"\xff"),
        lambda data: append(data / "settings.toml", "colour = 1\n"),
        lambda data: (data / "settings.toml").write_text('service = "00"\norigins = ["x"]\n'),
        lambda data: (data / "settings.toml").write_text(f'service = "{"0" * 64}"\norigins = []\n'),
        lambda data: (data / "settings.toml").chmod(0o644),
        lambda data: data.chmod(0o755),
        lambda data: (data / "dropbox.db").unlink(),
        lambda data: (data / "dropbox.db").write_bytes(b""),
        lambda data: (data / "dropbox.db").write_bytes(secrets.token_bytes(9000)),
    ],
)
def test_bad_settings_are_refused_before_a_socket_opens(
    tmp_path: Path, team: Team, spoil: Callable[[Path], object]
) -> None:
    data = make_data(tmp_path / "data", team)
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        spoil(data)
        done = run("serve", "--data", data, "--port", str(port))
    assert refused(done), done
    assert "listened" not in done.stderr


def test_every_command_refuses_what_is_no_server(tmp_path: Path, directory: Path) -> None:
    for arguments in (["serve"], ["check"], ["publish", directory]):
        assert refused(run(*arguments, "--data", tmp_path / "nothing"))
        assert refused(run(*arguments, "--data", directory))


# -- serve ----------------------------------------------------------------------------------------


def test_a_taken_port_is_refused(tmp_path: Path, team: Team) -> None:
    data = make_data(tmp_path / "data", team)
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        done = run("serve", "--data", data, "--port", str(taken.getsockname()[1]))
    assert refused(done)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_runtime_key_of_another_length_is_refused(tmp_path: Path, team: Team, size: int) -> None:
    data = make_data(tmp_path / "data", team)
    key = tmp_path / "key"
    key.write_bytes(bytes(size))
    key.chmod(0o600)
    assert refused(run("serve", "--data", data, "--port", "0", "--runtime-key", key))


def test_a_runtime_key_that_others_read_or_that_lies_with_the_data_is_refused(
    tmp_path: Path, team: Team
) -> None:
    data = make_data(tmp_path / "data", team)
    for key, mode in ((tmp_path / "key", 0o644), (data / "key", 0o600), (tmp_path / "no", None)):
        if mode is not None:
            key.write_bytes(secrets.token_bytes(32))
            key.chmod(mode)
        assert refused(run("serve", "--data", data, "--port", "0", "--runtime-key", key))


def test_one_runtime_key_makes_several_servers_one(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    key = tmp_path / "runtime.key"
    key.write_bytes(secrets.token_bytes(32))
    key.chmod(0o600)
    one = make_server(options=["--runtime-key", str(key)])
    two = make_server(one.team, data=one.data, options=["--runtime-key", str(key)])
    person = reporter(one.wire(), one.team).log_in()
    there = replace(person, wire=two.wire())
    assert there.submit(seal(there.address, (one.team.intake.keys.card.id,))).status == 200
    assert len(person.ask("GET", "/api/mailbox/0").page()[0].entries) == 1
    assert person.ask("DELETE", "/api/session").status == 204
    assert there.ask("GET", "/api/mailbox/0").status == 401


def test_a_unix_socket_is_served_and_taken_away_again(tmp_path: Path, team: Team) -> None:
    data = make_data(tmp_path / "data", team)
    path = tmp_path / "socket"
    with Server(data, team, options=["--unix", str(path)]) as server:
        assert server.url == f"unix:{path}"
        assert path.stat().st_mode & 0o007 == 0
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as client:
            client.connect(str(path))
            client.sendall(b"GET /api/directory HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 200 OK")
    assert not path.exists()


def test_ctrl_c_ends_like_sigterm(make_server: Callable[..., Server]) -> None:
    assert make_server(workers=2).stop(signal.SIGINT) == 0


# -- publish --------------------------------------------------------------------------------------


def test_a_newer_directory_is_taken_by_hand_while_the_server_runs(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    server = make_server()
    newer = tmp_path / "newer"
    newer.write_bytes(server.team.directory())
    assert run("publish", "--data", server.data, newer).returncode == 0
    assert server.wire().ask("GET", "/api/directory").body == newer.read_bytes()
    assert run("publish", "--data", server.data, newer).returncode == 0  # once more: the same


def test_directories_that_do_not_follow_are_refused_by_hand_and_over_http(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    team = Team()
    server = make_server(team)
    hand = publisher(server.wire(), team).log_in()
    foreign = Team().directory()
    other_origins = replace(team, origins=("http://elsewhere.example",)).directory()
    forked = replace(team, previous=NO_PREVIOUS).directory()
    older = replace(team, seq=0, previous=NO_PREVIOUS).directory(days=3)
    forged = replace(team, publisher=Team().publisher).directory()
    touched = bytearray(replace(team).directory())
    touched[5] ^= 1
    file = tmp_path / "file"
    before = server.wire().ask("GET", "/api/directory").body
    for bad in (foreign, other_origins, forked, older, bytes(touched), forged[:64] + before[64:]):
        file.write_bytes(bad)
        assert refused(run("publish", "--data", server.data, file))
        assert hand.ask("POST", "/api/directory", bad).status in {400, 403, 412}
    assert server.wire().ask("GET", "/api/directory").body == before
    second, third = team.directory(), team.directory()
    assert hand.ask("POST", "/api/directory", third).status == 412  # one is missing
    file.write_bytes(third)
    assert run("publish", "--data", server.data, file).returncode == 0
    file.write_bytes(second)
    assert refused(run("publish", "--data", server.data, file))


def test_a_directory_of_a_publisher_whose_clock_is_days_ahead_is_refused(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    """No reporter's machine would take it, and nobody could write until its day came."""
    team = Team()
    server = make_server(team)
    hand, file = publisher(server.wire(), team).log_in(), tmp_path / "file"
    for days, status in ((2, 425), (1, 204)):
        ahead = replace(team).directory(today() + timedelta(days=days))
        file.write_bytes(ahead)
        if status != 204:
            assert refused(run("publish", "--data", server.data, file))
        assert hand.ask("POST", "/api/directory", ahead).status == status


def test_a_new_directory_counts_for_every_worker_at_once(
    make_server: Callable[..., Server],
) -> None:
    server = make_server(workers=2)
    team = server.team
    old = team.intake
    team.intake = Team().intake
    assert (
        publisher(server.wire(), team)
        .log_in()
        .ask("POST", "/api/directory", team.directory())
        .status
        == 204
    )
    for _ in range(4):
        person = reporter(server.wire(keep=False), team).log_in()
        assert person.submit(seal(person.address, (old.keys.card.id,))).status == 409
        assert person.submit(seal(person.address, (team.intake.keys.card.id,))).status == 200


# -- check ----------------------------------------------------------------------------------------


def test_check_finds_nothing_in_a_sound_server(filled: Path) -> None:
    done = run("check", "--data", filled, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["damaged"] == []
    assert (found["checked"]["envelopes"], found["checked"]["parts"]) == (6, 4)


def exchange(column: str) -> Callable[[Connection], None]:
    """Exchange a value of the first two envelopes."""

    def work(connection: Connection) -> None:
        ask = select(envelopes.c[column]).order_by(envelopes.c.position).limit(2)
        for number, value in zip((2, 1), connection.scalars(ask).all(), strict=True):
            row = update(envelopes).where(envelopes.c.position == number)
            connection.execute(row.values({column: value}))

    return work


def run_one(statement: Any) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        assert connection.execute(statement).rowcount >= 1

    return work


SECOND = envelopes.c.position == 2
THIRD = envelopes.c.position == 3
FIRST_PART = (parts.c.file == 1) & (parts.c.part == 0)


@pytest.mark.parametrize(
    ("damage", "kind", "number"),
    [
        (flip(envelopes, "body", THIRD, 9000), "envelope", "3"),
        (flip(envelopes, "header", THIRD, 60), "envelope", "3"),
        (flip(envelopes, "id", THIRD, 5), "envelope", "3"),
        (flip(envelopes, "body_hash", THIRD, 5), "envelope", "3"),
        (flip(mailboxes, "address", mailboxes.c.id == 2, 5), "envelope", "3"),
        (flip(mailboxes, "use", mailboxes.c.id == 2, 5), "mailbox", "2"),
        (flip(files, "hash", files.c.id == 1, 5), "file", "1"),
        (flip(parts, "hash", FIRST_PART, 5), "file", "1"),
        (flip(parts, "name", FIRST_PART, 5), "file", "1"),
        (flip(wraps, "wrap", wraps.c.envelope == 3, 5), "envelope", "3"),
        (flip(wraps, "recipient", wraps.c.envelope == 3, 5), "envelope", "3"),
        (flip(wraps, "hash", wraps.c.envelope == 3, 5), "envelope", "3"),
        (run_one(update(wraps).where(wraps.c.envelope == 2).values(slot=1)), "envelope", "2"),
        (run_one(update(envelopes).where(THIRD).values(day=date(2020, 1, 2))), "envelope", "3"),
        (run_one(update(envelopes).where(THIRD).values(use=bytes(32))), "envelope", "3"),
        (flip(directories, "signed", directories.c.seq == 1, 900), "directory", "1"),
        (exchange("body"), "envelope", "1"),
        (exchange("header"), "envelope", "1"),
        (
            run_one(update(envelopes).where(envelopes.c.position == 2).values(seq=7)),
            "envelope",
            "2",
        ),
        (
            run_one(
                update(envelopes)
                .where(envelopes.c.mailbox == 1)
                .values(mailbox=2, seq=envelopes.c.seq + 2)
            ),
            "envelope",
            "1",
        ),
        (run_one(delete(wraps).where(wraps.c.envelope == 1)), "envelope", "1"),
        (run_one(update(wraps).where(wraps.c.envelope == 2).values(wrap=b"0")), "envelope", "2"),
        (
            run_one(delete(parts).where((parts.c.file == 1) & (parts.c.part == 1))),
            "file",
            "1",
        ),
        (run_one(delete(envelopes).where(envelopes.c.position == 1)), "envelope", "2"),
        (run_one(delete(mailboxes).where(mailboxes.c.id == 2)), "envelope", "3"),
        (run_one(delete(directories)), "directory", "-"),
    ],
)
@pytest.mark.sampled(12)
def test_check_names_what_was_damaged(
    copied: Path, damage: Callable[[Connection], None], kind: str, number: str
) -> None:
    in_database(copied, damage)
    done = run("check", "--data", copied, "--json")
    assert refused(done), done
    named = {(each["kind"], each["number"]) for each in json.loads(done.stdout)["damaged"]}
    assert (kind, number) in named, named
    assert kind in run("check", "--data", copied).stdout


def test_check_finds_a_flipped_byte_in_a_part_and_one_that_is_gone(copied: Path) -> None:
    data = copied
    parts = sorted(each for each in (data / "parts").rglob("*") if each.is_file())
    sealed = bytearray(parts[0].read_bytes())
    sealed[50] ^= 1
    parts[0].write_bytes(sealed)
    parts[1].unlink()
    done = run("check", "--data", data, "--json")
    assert refused(done)
    wrongs = {each["wrong"].split(" ", 2)[2] for each in json.loads(done.stdout)["damaged"]}
    assert wrongs == {"is damaged", "is missing on the disk"}


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_check_survives_a_database_full_of_holes(copied: Path) -> None:
    data = copied
    with contextlib.closing(sqlite3.connect(data / "dropbox.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = bytearray((data / "dropbox.db").read_bytes())
    for page in range(2 * 4096, len(whole), 4096):
        whole[page : page + 64] = bytes(64)
    (data / "dropbox.db").write_bytes(whole)
    assert refused(run("check", "--data", data))


# -- what cannot be read --------------------------------------------------------------------------


def test_a_damaged_directory_ends_every_command_in_two_lines(
    tmp_path: Path, team: Team, new_database: Callable[[], str]
) -> None:
    data = make_data(tmp_path / "data", team, database=new_database())
    newer = tmp_path / "newer"
    newer.write_bytes(team.directory())
    in_database(data, flip(directories, "signed", directories.c.seq == 1, 900))
    for command in (["status"], ["status", "--json"], ["purge"], ["purge", "--dry-run"]):
        done = run(command[0], "--data", data, *command[1:])
        assert refused(done), done
        assert "directory" in done.stderr
    assert refused(run("publish", "--data", data, newer))
    done = run_process("serve", "--data", data, "--port", "0")
    assert refused(done), done
    assert done.stdout == ""


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_a_value_no_column_can_hold_ends_check_and_backup_in_two_lines(copied: Path) -> None:
    with contextlib.closing(sqlite3.connect(copied / "dropbox.db")) as database:
        database.execute("UPDATE envelopes SET day = '2026-1x-01' WHERE position = 3")
        database.commit()
    for command in (["check"], ["backup", copied.parent / "b"]):
        done = run(command[0], "--data", copied, *command[1:])
        assert refused(done), done
    assert not (copied.parent / "b").exists()


def test_what_nobody_thought_of_is_two_lines_and_quotes_nothing(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("what somebody wrote")

    monkeypatch.setattr(operation, "status", broken)
    done = run("status", "--data", filled)
    assert refused(done), done
    assert "wrote" not in done.stderr


@pytest.mark.parametrize("gone", ["parts", "parts/7f"])
@pytest.mark.parametrize("how", ["missing", "a file"])
def test_without_a_place_for_parts_nothing_is_served_and_status_says_so(
    copied: Path, gone: str, how: str
) -> None:
    shutil.rmtree(copied / gone)
    if how == "a file":
        (copied / gone).touch()
    done = run("status", "--data", copied, "--json")
    assert refused(done), done
    assert "parts" in json.loads(done.stdout)["attention"][0]
    served = run_process("serve", "--data", copied, "--port", "0")
    assert refused(served), served
    assert served.stdout == ""


NOBODY = 65534
USABLE = """
import os, sys
from pathlib import Path
from dropbox.store.parts import Parts
if os.geteuid() == 0:  # whom the kernel lets in everywhere
    os.setuid(int(sys.argv[2]))
sys.exit(0 if Parts(Path(sys.argv[1])).usable() else 9)
"""


def test_a_folder_of_parts_that_may_not_be_written_is_told() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        root = Path(folder) / "parts"
        PartFiles(root).prepare()
        if os.geteuid() == 0:
            for each in (root, *root.iterdir()):
                os.chown(each, NOBODY, NOBODY)

        def code() -> int:
            command = [sys.executable, "-c", USABLE, str(root), str(NOBODY)]
            return subprocess.run(command, check=False, cwd=ROOT).returncode

        assert code() == 0
        (root / "7f").chmod(0o500)
        assert code() == 9
