"""The contract of ``dropbox-inbox``: the commands as processes, against a real server."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crypto.directory import Directory
from crypto.signed import split
from dropbox.client.names import safe_name
from tests import nursery as nurseries
from tests.cheap import INBOX
from tests.dropbox.server import ROOT, Server, free_port
from tests.dropbox.server import run as run_server
from tests.dropbox.team import Team

REPORT = [sys.executable, "-c", "from dropbox.report.cli import main; main()"]


def _run(command: list[str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    nursery = nurseries.REPORT if command is REPORT else nurseries.INBOX
    done = nurseries.run(nursery, [*command, *map(str, arguments)])
    assert "Traceback" not in done.stderr, done.stderr
    return done


class Office:
    """A vault made by ``init``, its server, and a reporter at a command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.passphrase = folder / "passphrase"
        self.passphrase.write_text("five invented words for nobody\n")
        self.made = self.inbox("init", "--team", "Tîm Dychmygol", "--origin", self.url, "--json")
        assert self.made.returncode == 0, self.made.stderr
        self.init = json.loads(self.made.stdout)
        where = ("--data", folder / "data", "--origin", self.url)
        assert run_server("init", *where, "--directory", self.init["directory"]).returncode == 0

    def serve(self) -> Server:
        return Server(self.folder / "data", Team(), port=self.port)

    def inbox(
        self, command: str, *arguments: str | Path, vault: str = "vault"
    ) -> subprocess.CompletedProcess[str]:
        place = ("--vault", self.folder / vault, "--passphrase-file", self.passphrase)
        return _run(INBOX, command, *arguments, *place)

    def json(self, command: str, *arguments: str | Path, schema: str) -> Any:
        import jsonschema

        done = self.inbox(command, *arguments, "--json")
        assert done.returncode == 0, done.stderr
        [line] = done.stdout.splitlines()
        assert line.isascii()
        found = json.loads(line)
        rules = json.loads((ROOT / "docs/schemas" / schema).read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(rules)
        jsonschema.validate(found, rules)
        return found

    def report(self, command: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return _run(REPORT, command, "--server", self.url, "--root", self.init["root"], *arguments)

    def write(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.write_text(content, "utf-8")
        return path


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def serving(office: Office) -> Iterator[Office]:
    with office.serve():
        yield office


def test_init_prints_what_the_server_and_the_posters_need(office: Office) -> None:
    import jsonschema

    rules = json.loads((ROOT / "docs/schemas/inbox-init.json").read_text("utf-8"))
    jsonschema.validate(office.init, rules)
    assert Path(office.init["directory"]).is_file()
    assert "backup" in office.made.stderr.splitlines()[-1]
    assert (office.folder / "vault.root").stat().st_mode & 0o777 == 0o600
    again = office.inbox("init", "--team", "T", "--origin", office.url)
    assert again.returncode == 1
    assert again.stderr.startswith("error: ")


def test_a_report_an_answer_and_a_note_from_one_end_to_the_other(serving: Office) -> None:
    office = serving
    text = office.write("text", "Rhywbeth\u202e \x1b[31m a ddigwyddodd.\n")
    attached = office.write("..minutes.txt", "minutes\n")
    sent = office.report("send", "--text-file", text, "--attach", attached, "--category", "partner")
    assert sent.returncode == 0, sent.stderr
    words = office.write("words", sent.stdout)

    [case] = office.json("list", schema="inbox-list.json")
    assert (case["state"], case["unread"], case["whole"]) == ("received", 1, True)
    name = case["case"]

    shown = office.inbox("show", name[:4])
    assert "<U+202E>" in shown.stdout
    assert "\x1b" not in shown.stdout
    [report] = office.json("show", name, "--offline", schema="inbox-show.json")["messages"]
    assert report["kind"] == "report"
    assert report["text"] == text.read_text("utf-8").rstrip()
    assert report["categories"] == ["partner"]
    assert report["files"] == [{"name": "..minutes.txt", "type": "text/plain", "size": 8}]

    place = ("reporter", "0", "1", "--into", office.folder / "got")
    refused = office.inbox("save-file", name, *place)
    assert (refused.returncode, (office.folder / "got").exists()) == (1, False)
    assert "not sealed" in refused.stderr
    saved = office.inbox("save-file", name, *place, "--yes")
    path = Path(saved.stdout.strip())
    assert path == office.folder / "got" / safe_name("..minutes.txt")
    assert path.read_text() == "minutes\n"

    answer = office.write("answer", "Diolch yn fawr.\n")
    replied = office.inbox("reply", name, "--text-file", answer, "--language", "cy")
    assert (replied.returncode, replied.stdout) == (0, ""), replied.stderr
    assert office.inbox("note", name, "--text-file", answer).returncode == 0
    check = office.report("check", "--passphrase-file", words, "--json")
    assert check.returncode == 0, check.stderr
    [message] = json.loads(check.stdout)["messages"]
    assert (message["kind"], message["text"]) == ("reply", "Diolch yn fawr.")
    assert (message["language"], message["ack"]["seq"]) == ("cy", 0)

    messages = office.json("show", name, "--offline", schema="inbox-show.json")["messages"]
    assert [each["kind"] for each in messages] == ["report", "reply", "sent", "note"]


def test_a_server_that_is_away_is_said_and_what_was_written_is_kept(office: Office) -> None:
    [case] = office.json("list", schema="inbox-list.json")  # it goes on without the server
    text = office.write("later", "Delivered later.\n")
    kept = office.inbox("reply", case["case"], "--text-file", text)
    assert kept.returncode == 1
    assert "warning: The server cannot be reached." in kept.stderr
    assert "error: It is not delivered." in kept.stderr
    with office.serve():
        assert "1 delivered" in office.inbox("sync").stderr
        check = office.report("check", "--passphrase-file", office.folder / "words", "--json")
        texts = [each["text"] for each in json.loads(check.stdout)["messages"]]
        assert texts == ["Diolch yn fawr.", "Delivered later."]


def test_the_passphrase_is_changed_and_a_backup_restored(office: Office) -> None:
    backup = office.folder / "backup"
    assert office.inbox("backup", backup).returncode == 0
    new = office.write("new", "a passphrase of another day")
    root = office.folder / "vault.root"
    changed = office.inbox("passphrase", "--new-passphrase-file", new, "--root-file", root)
    assert changed.returncode == 0, changed.stderr
    wrong = office.inbox("list", "--offline")
    assert wrong.returncode == 1
    assert "passphrase" in wrong.stderr
    assert office.inbox("restore", backup, vault="restored").returncode == 0
    restored = office.inbox("list", "--offline", vault="restored")
    assert "answered" in restored.stdout
    office.passphrase.write_text(new.read_text())


def test_watching_goes_on_until_it_is_ended_and_works_beside_other_commands(
    serving: Office,
) -> None:
    place = ["--vault", str(serving.folder / "vault")]
    place += ["--passphrase-file", str(serving.passphrase), "--watch", "1"]
    process = subprocess.Popen(
        [*INBOX, "sync", *place], stderr=subprocess.PIPE, cwd=ROOT, start_new_session=True
    )
    try:
        time.sleep(1.5)
        text = serving.write("second", "Another report.")
        assert serving.report("send", "--text-file", text).returncode == 0
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if len(serving.json("list", "--offline", schema="inbox-list.json")) == 2:
                break
        else:
            raise AssertionError
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        _, said = process.communicate(timeout=180)
    assert process.returncode == 0
    assert b"1 new" in said


def test_the_root_certifies_the_analyst_anew_and_the_server_takes_it(serving: Office) -> None:
    def served() -> Directory:
        signed = (serving.folder / "vault" / "directory.signed").read_bytes()
        return Directory.from_bytes(split(signed)[1])

    before = served()
    done = serving.inbox("directory", "--root-file", serving.folder / "vault.root")
    assert done.returncode == 0, done.stderr
    assert "certified you anew" in done.stderr
    assert served().seq == before.seq + 1
    assert serving.inbox("sync").returncode == 0
    foreign = serving.folder / "foreign.root"
    done = serving.inbox(
        "init", "--team", "T", "--origin", serving.url, "--root-file", foreign, vault="other"
    )
    assert done.returncode == 0, done.stderr
    done = serving.inbox("directory", "--root-file", foreign)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "root of another team" in done.stderr
    assert serving.inbox("sync").returncode == 0
