"""A workstation without a network, on the pages: a file is asked for by a bundle, and looked at
once one has brought it. The server, the jail and who carries are real."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox_ui.errors import FileAsked
from inbox_ui.preview import words as said
from inbox_ui.preview.sight import Kind
from inbox_ui.words import explain
from tests import samples
from tests.cheap import INBOX
from tests.inbox_ui.sent import send_files
from tests.inbox_ui.served import NOBODY, PASSPHRASE, Served, wait_for
from tests.inbox_ui.test_processes import Office, _run

ASKED = explain(FileAsked()).error


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(tmp_path_factory.mktemp("office"))
    with office.serve():
        send_files(office, [("photo.jpg", samples.photo())])
        assert office.inbox("sync").returncode == 0
        (office.folder / "vault.carry").mkdir(mode=0o700)
        yield office


@pytest.fixture
def served(office: Office) -> Iterator[Served]:
    with Served(office.folder / "vault", unlocked=True, server=NOBODY) as served:
        served.enter()
        yield served


def _look(served: Served, path: str) -> None:
    served.submit(f"{path}/look", ticket=secrets.token_hex(4))


def _go_round(office: Office, served: Served, number: int) -> None:
    """One bundle out, carried to the server, and the one that comes back."""
    carry = office.folder / "vault.carry"
    out, back = carry / f"out-{number}", carry / f"in-{number}"
    served.post("/bundles/export", goal=str(out), ticket=secrets.token_hex(4))
    wait_for(lambda: "The bundle is written" in served.get("/bundles").main, 60)
    where: list[str | Path] = ["--courier", carry / "pass", "--from", out, "--to", back]
    words = ("--server", office.url, "--passphrase-file", office.passphrase)
    carried = _run(INBOX, "bundle", "carry", *where, *words)
    assert carried.returncode == 0, carried.stderr
    served.post("/bundles/import", other=str(back), ticket=secrets.token_hex(4))
    wait_for(lambda: "The bundle is imported" in served.get("/bundles").main, 60)


def test_a_file_that_no_bundle_brought_is_asked_for_looked_at_and_saved(
    office: Office, served: Served
) -> None:
    path = f"/case/{served.the_case()}/file/reporter/0/1"
    _look(served, path)
    wait_for(lambda: "The server" in served.get(f"{path}/look").main)  # no pass: who could bring it
    assert ASKED not in served.get(f"{path}/look").main

    form = {"pass": str(office.folder / "vault.carry" / "pass"), "new": PASSPHRASE}
    made = served.post("/bundles/courier", again=PASSPHRASE, ticket="pass", **form)
    assert "The courier pass is made" in made.main
    _look(served, path)
    wait_for(lambda: ASKED in served.get(f"{path}/look").main)
    _go_round(office, served, 1)
    for _ in range(2):  # what was brought stays there until it is saved
        _look(served, path)
        wait_for(lambda: said.KINDS[Kind.JPEG] in served.get(f"{path}/look").main)

    folder = office.folder / "saved"
    served.submit(path, folder=str(folder), what="original", ticket="save")
    wait_for((folder / "photo.jpg").exists)
    assert (folder / "photo.jpg").read_bytes() == samples.photo()
