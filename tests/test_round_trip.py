"""The whole way of a report and its answer, by the three commands as processes."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dropbox.settings import load_settings
from tests import nursery
from tests.dropbox.server import Server, free_port, run
from tests.dropbox.team import Team
from tests.needs import needs
from tests.postgres import Postgres
from tests.processes import found_in_folder, found_in_memory

MIB = 1024 * 1024
PASSPHRASE = "an invented passphrase that is long enough"


class House:
    """A team, its server and a reporter, in one folder; ``call`` or ``forked`` runs commands."""

    def __init__(self, folder: Path, database: str, call: Callable[..., str]) -> None:
        self.folder = folder
        self._call = call
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.words_file = folder / "words"
        (folder / "passphrase").write_text(PASSPHRASE)
        made = json.loads(
            self.inbox("init", "--team", "DEMO team", "--origin", self.origin, "--json")
        )
        self.root = made["root"]
        self.data = folder / "data"
        done = run(
            *("init", "--data", self.data, "--directory", made["directory"]),
            *("--origin", self.origin, "--database", database),
        )
        assert done.returncode == 0, done.stderr

    def inbox(self, command: str, *arguments: str) -> str:
        return self._call(
            "inbox_ui.cli",
            command,
            *arguments,
            *("--vault", str(self.folder / "vault"), "--server", self.origin),
            *("--passphrase-file", str(self.folder / "passphrase")),
        )

    def report(self, command: str, *arguments: str) -> str:
        where = ("--server", self.origin, "--root", self.root)
        return self._call("dropbox.report.cli", command, *where, *arguments)

    def write(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)


def call(module: str, *arguments: str) -> str:
    """A command as people run it, at what its vault costs them."""
    done = subprocess.run(
        [sys.executable, "-c", f"from {module} import main; main()", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def forked(module: str, *arguments: str) -> str:
    """The same, with cheap vaults and by a nursery."""
    where = nursery.INBOX if module.startswith("inbox_ui") else nursery.REPORT
    command = [sys.executable, "-c", f"from {module} import main; main()", *arguments]
    done = nursery.run(where, command)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres | None]:
    """A server of its own that logs every statement with its parameters; or none, for SQLite."""
    if request.param == "sqlite":
        yield None
        return
    needs("postgresql")
    with Postgres({"log_statement": "all", "log_parameter_max_length": "-1"}) as running:
        yield running


def test_report_with_a_file_is_sent_read_answered_and_read_back_without_a_trace(
    tmp_path: Path, postgres: Postgres | None
) -> None:
    house = House(tmp_path, *((postgres.make(), forked) if postgres else ("sqlite", call)))
    text, name, question, answer = (f"CANARY {secrets.token_hex(16)}" for _ in range(4))
    content = secrets.token_bytes(2 * MIB)
    with Server(house.data, Team(), port=house.port) as server:
        words = house.report(
            "send",
            *("--text-file", house.write("text", text)),
            *("--attach", house.write(f"{name}.bin", content)),
            *("--category", "influence", "--force", "demo-northmarch"),
        ).strip()
        assert len(words.split()) == 7

        (case,) = json.loads(house.inbox("list", "--json"))
        shown = json.loads(house.inbox("show", case["case"], "--json"))
        (report,) = shown["messages"]
        assert (report["kind"], report["text"]) == ("report", text)
        assert [file["name"] for file in report["files"]] == [f"{name}.bin"]
        saved = tmp_path / "saved.bin"
        house.inbox("save-file", case["case"], "reporter", "0", "1", "--out", str(saved), "--yes")
        assert saved.read_bytes() == content

        house.inbox("reply", case["case"], "--text-file", house.write("question", question))
        words_file = house.write("words", words)
        read = json.loads(house.report("check", "--json", "--passphrase-file", words_file))
        assert [m["text"] for m in read["messages"] if m["kind"] == "reply"] == [question]

        house.report(
            "reply", *("--passphrase-file", words_file, "--text-file", house.write("a", answer))
        )
        shown = json.loads(house.inbox("show", case["case"], "--json"))
        assert answer in [message["text"] for message in shown["messages"]]

        said = [text, name, question, answer, words, content[MIB : MIB + 40].hex(), PASSPHRASE]
        assert found_in_folder(tmp_path, [text]) == {text}  # the control: her own copy
        assert found_in_folder(house.data, said) == set()
        assert found_in_folder(tmp_path / "vault", said) == set()
        processes = [server.process.pid, *server.workers_now]
        if os.geteuid() != 0:
            pytest.skip("reading another process's memory needs root")
        assert found_in_memory(processes, ["dropbox"]) == {"dropbox"}  # the control
        assert found_in_memory(processes, said) == set()
    assert found_in_folder(house.data, said) == set()
    if postgres:  # its tables, its write-ahead log and the log of its statements (T06)
        postgres.query("CHECKPOINT")
        assert found_in_folder(postgres.folder, said) == set()
        name = postgres.name_of(load_settings(house.data).database)
        stored = "SELECT encode(body_hash, 'hex') FROM envelopes"
        for each in postgres.query(stored, name):  # the control
            assert each in postgres.log.read_text()
    logged = server.stderr.read_text() + server.stdout.read_text()
    assert not any(each in logged for each in said)
