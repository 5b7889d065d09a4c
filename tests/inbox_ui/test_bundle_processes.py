"""A station without a network, as processes: it is given no server, and none is remembered.

The commands, the files and the server are the real ones. What is carried lies on a "stick".
"""

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cheap import INBOX
from tests.inbox_ui.test_processes import Office, _run


class Apart(Office):
    """An office whose vault forgets its server once it was founded."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.stick = folder / "stick"
        self.stick.mkdir()
        self.own = self.write("own", "another five words for a stick\n")
        done = self.station(
            "courier", "--out", self.stick / "pass", "--courier-passphrase-file", self.own
        )
        assert done.returncode == 0, done.stderr
        settings = folder / "vault" / "settings.json"
        settings.write_text('{"server":null,"proxy":null}\n')

    def station(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        place = ("--vault", self.folder / "vault", "--passphrase-file", self.passphrase)
        return _run(INBOX, "bundle", *arguments, *place)

    def carry(self, source: str, goal: str) -> subprocess.CompletedProcess[str]:
        return _run(
            INBOX, "bundle", "carry", "--courier", self.stick / "pass",
            "--from", self.stick / source, "--to", self.stick / goal,
            "--passphrase-file", self.own, "--yes",
        )  # fmt: skip

    def go(self, name: str) -> str:
        """Once round; what the workstation says in the end."""
        done = self.station("export", "--out", self.stick / f"{name}.out")
        assert done.returncode == 0, done.stderr
        done = self.carry(f"{name}.out", f"{name}.in")
        assert done.returncode == 0, done.stderr
        done = self.station("import", self.stick / f"{name}.in")
        assert done.returncode == 0, done.stderr
        return done.stderr


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Apart:
    return Apart(tmp_path_factory.mktemp("apart"))


@pytest.fixture
def serving(apart: Apart) -> Iterator[Apart]:
    with apart.serve():
        yield apart


def test_the_station_has_no_way_to_a_server(apart: Apart) -> None:
    done = apart.inbox("sync")
    assert done.returncode == 1
    assert "No server is known" in done.stderr


def test_reports_files_and_answers_are_carried_both_ways(serving: Apart) -> None:
    text = serving.write("text", "What happened at the station.\n")
    attached = serving.write("minutes.txt", "minutes\n" * 200_000)  # two parts
    sent = serving.report("send", "--text-file", text, "--attach", attached)
    assert sent.returncode == 0, sent.stderr
    serving.write("words", sent.stdout)

    assert "1 new, 0 delivered." in serving.go("first")
    with closing(sqlite3.connect(serving.folder / "data" / "dropbox.db")) as database:
        [fetched] = database.execute("SELECT count(*) FROM cursors").fetchone()
    assert fetched == 0, "a courier does not say that anything is safe in the archive"
    [case] = serving.json("list", "--offline", schema="inbox-list.json")
    name = case["case"]
    [report] = serving.json("show", name, "--offline", schema="inbox-show.json")["messages"]
    assert report["text"] == "What happened at the station."

    unasked = (name, "reporter", "0", "1", "--into", serving.folder / "got")
    refused = serving.station("file", *unasked)
    assert (refused.returncode, "not sealed" in refused.stderr) == (1, True)
    place = (*unasked, "--yes")
    asked = serving.station("file", *place)
    assert (asked.returncode, asked.stdout) == (0, "")
    assert "next bundle asks for it" in asked.stderr
    answer = serving.write("answer", "Diolch yn fawr.\n")
    replied = serving.inbox("reply", name, "--text-file", answer, "--offline")
    assert replied.returncode == 0, replied.stderr

    assert "2 new, 1 delivered." in serving.go("second")
    cleaned = serving.station("file", *place, "--cleaned")
    assert cleaned.returncode == 1
    assert "cleaned copy cannot be made" in cleaned.stderr
    assert not list((serving.folder / "got").iterdir())
    saved = serving.station("file", *place)
    assert saved.returncode == 0, saved.stderr
    assert Path(saved.stdout.strip()).read_bytes() == attached.read_bytes()
    check = serving.report("check", "--passphrase-file", serving.folder / "words", "--json")
    [message] = json.loads(check.stdout)["messages"]
    assert (message["kind"], message["text"]) == ("reply", "Diolch yn fawr.")


def test_a_bundle_that_was_imported_or_carried_before_does_no_harm(serving: Apart) -> None:
    again = serving.station("import", serving.stick / "second.in")
    assert again.returncode == 0
    assert "imported before" in again.stderr
    assert "0 new, 0 delivered." in again.stderr
    older = serving.station("import", serving.stick / "first.in")
    assert older.returncode == 1
    assert "older than what was imported" in older.stderr
    assert serving.carry("second.out", "copy.in").returncode == 0
    check = serving.report("check", "--passphrase-file", serving.folder / "words", "--json")
    assert len(json.loads(check.stdout)["messages"]) == 1


def test_what_is_wrong_with_a_bundle_is_said_in_two_lines(apart: Apart) -> None:
    data = (apart.stick / "second.in").read_bytes()
    for name, content, said in (
        ("cut", data[:-1], "was cut or changed"),
        ("changed", data[:5000] + bytes([data[5000] ^ 1]) + data[5001:], "was cut or changed"),
        ("short", data[:40], "was cut or changed"),
        ("text", b"no bundle", "is not a bundle"),
        ("outward", (apart.stick / "second.out").read_bytes(), "goes out"),
        ("foreign", data[:20] + bytes(1200) + data[1220:], "not for us"),
    ):
        (apart.stick / name).write_bytes(content)
        done = apart.station("import", apart.stick / name)
        assert done.returncode == 1
        error, hint = done.stderr.splitlines()
        assert error.startswith("error: ")
        assert hint.startswith("hint: ")
        assert said in error, error


def test_a_courier_without_a_server_writes_nothing(apart: Apart) -> None:
    done = apart.station("export", "--out", apart.stick / "lost.out")
    assert done.returncode == 0, done.stderr
    done = apart.carry("lost.out", "lost.in")
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr
    assert not (apart.stick / "lost.in").exists()
    assert not list(apart.stick.glob(".*"))


def test_a_courier_pass_opens_no_vault_and_no_vault_is_a_pass(apart: Apart) -> None:
    done = _run(
        INBOX, "bundle", "carry", "--courier", apart.folder / "vault" / "vault",
        "--from", apart.stick / "first.out", "--to", apart.stick / "x",
        "--passphrase-file", apart.passphrase,
    )  # fmt: skip
    assert done.returncode == 1
    assert "not a file of this kind" in done.stderr


def test_nothing_of_a_bundle_or_pass_stands_in_the_clear(apart: Apart) -> None:
    """Version and size, and no name of anybody; every two bundles differ from the start."""
    first = (apart.stick / "first.in").read_bytes()
    second = (apart.stick / "second.in").read_bytes()
    assert first[:16] == second[:16] == b"dbx1 bundle 1  \n"
    same = sum(one == other for one, other in zip(first[16:5000], second[16:5000], strict=True))
    assert same < 100  # of 5,000 random bytes, about 20 are alike
    for path in apart.stick.iterdir():
        data = path.read_bytes()
        for word in (b"/api/", b"analyst", apart.url.encode(), apart.init["root"].encode()):
            assert word not in data, (path.name, word)
    assert (apart.stick / "pass").stat().st_mode & 0o777 == 0o600
    assert (apart.stick / "first.in").stat().st_mode & 0o777 == 0o600
