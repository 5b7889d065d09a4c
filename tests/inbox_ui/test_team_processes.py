"""Somebody joins, is suspended and removed: the commands as processes, against a real server."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cheap import INBOX
from tests.inbox_ui.test_processes import Office, _run


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("team"))
    with made.serve():
        yield made


def holder(office: Office, *arguments: str | Path) -> Any:
    """The root holder's machine: no vault, no server."""
    root = ("--root-file", office.folder / "vault.root")
    return _run(INBOX, *arguments, *root, "--root-passphrase-file", office.passphrase)


def labels(office: Office, vault: str) -> list[str]:
    done = office.inbox("roster", "--json", vault=vault)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    schema = Path(__file__).parents[2] / "docs/schemas/inbox-roster.json"
    jsonschema.validate(found, json.loads(schema.read_text("utf-8")))
    return [each["label"] for each in found["members"]]


def test_from_the_first_analyst_to_a_team_and_back(office: Office) -> None:
    first = office.inbox("sync")
    assert (first.returncode, "warning" in first.stderr) == (0, False), first.stderr
    where = ("--team-directory", office.init["directory"], "--root", office.init["root"])
    asked = office.inbox("join", *where, "--server", office.url, vault="second")
    assert asked.returncode == 0, asked.stderr
    read_out = asked.stdout.removeprefix("Fingerprint: ").strip()
    request, paper = office.folder / "second.request", office.folder / "paper"
    wrong = ("b" if read_out[0] != "b" else "c") + read_out[1:]
    for typed, code in ((wrong, 1), (read_out, 0)):
        done = holder(
            office, "admit", request, "--fingerprint", typed, "--label", "Second", "--out", paper
        )
        assert done.returncode == code, done.stderr
        assert paper.exists() == (code == 0)
    added = office.inbox("roster", "add", paper, "--yes")
    assert added.returncode == 0, added.stderr
    assert office.inbox("join", "--admission", paper, vault="second").returncode == 0
    came = office.inbox("sync", vault="second")
    assert came.returncode == 0, came.stderr
    assert labels(office, "second") == labels(office, "vault") == ["Second", "first analyst"]

    assert office.inbox("suspend", "Second").returncode == 0
    refused = office.inbox("sync", vault="second")
    assert refused.returncode == 1
    assert "does not take this analyst" in refused.stderr
    gone = office.inbox("remove", "Second", "--lost", "--yes")
    assert gone.returncode == 0, gone.stderr
    assert labels(office, "vault") == ["first analyst"]
    assert office.inbox("roster", "add", paper, "--yes").returncode == 1
