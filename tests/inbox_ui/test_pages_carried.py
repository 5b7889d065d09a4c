"""What is carried by hand, on the pages: joining, exported logs, bundles. All of it is real."""

import asyncio
import html
import re
import secrets
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox_ui.cli import inbox
from tests.cheap import INBOX
from tests.inbox_ui.served import PASSPHRASE, Got, Served, wait_for
from tests.inbox_ui.test_pages_team import _report
from tests.inbox_ui.test_processes import Office, _run
from tests.inbox_ui.test_team_processes import holder

LABEL = "<i>Third</i>"
"""A label that would be markup."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(tmp_path_factory.mktemp("office"))
    with office.serve():
        assert office.inbox("sync").returncode == 0
        asyncio.run(_report(office))
        yield office


@pytest.fixture(scope="module")
def served(office: Office) -> Iterator[Served]:
    options = ("--pause", "1")
    with Served(office.folder / "vault", options, unlocked=True, server=office.url) as served:
        served.enter()
        wait_for(lambda: "data-row" in served.get("/queue/all/1").body, 60)
        yield served


@pytest.fixture(scope="module")
def carry(office: Office) -> Path:
    """Where carried files lie."""
    folder = office.folder / "vault.carry"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _ask(office: Office, vault: str, carry: Path) -> tuple[Path, str]:
    """The request of a new workstation, and its fingerprint as it would be read out."""
    where = ("--team-directory", office.init["directory"], "--root", office.init["root"])
    paper = carry / f"{vault}.request"
    asked = office.inbox(
        "join", *where, "--server", office.url, "--label", LABEL, "--out", paper, vault=vault
    )
    assert asked.returncode == 0, asked.stderr
    return paper, asked.stdout.removeprefix("Fingerprint: ").strip()


@pytest.fixture(scope="module")
def asked(office: Office, carry: Path) -> tuple[Path, str]:
    return _ask(office, "third", carry)


def _form(asked: tuple[Path, str], **more: str | list[str]) -> dict[str, str | list[str]]:
    paper, read_out = asked
    return {
        "paper": str(paper), "read_out": read_out, "label": LABEL, "duties": ["analyst"], **more
    }  # fmt: skip


def _labels(served: Served) -> list[str]:
    found = re.findall(r"data-row>([^<]*)<", served.get("/people").main)
    return [html.unescape(each) for each in found]


# -- somebody joins -----------------------------------------------------------------------------


def test_a_request_lies_there_to_be_chosen_and_anything_else_is_refused(
    served: Served, asked: tuple[Path, str], carry: Path
) -> None:
    paper, _ = asked
    page = served.get("/people/add")
    assert f'value="{paper}"' in page.main
    (carry / "nonsense").write_bytes(b"nonsense")
    altered = carry / "altered.request"
    data = bytearray(paper.read_bytes())
    data[-1] ^= 1
    altered.write_bytes(data)
    for form, said in (
        ({}, "Choose a file"),
        ({"other": "relative"}, "Give a whole path"),
        ({"file": str(carry / "nonsense")}, "is something else"),
        ({"file": str(carry / "missing")}, "is something else"),
        ({"file": str(altered)}, "was altered on the way"),
        ({"file": str(paper), "other": str(altered)}, "was altered on the way"),
    ):
        got = served.post("/people/add", **form)
        assert (got.status, said in got.main) == (400, True), form
    got = served.post("/people/add", file=str(paper))
    assert LABEL not in got.body
    assert LABEL in html.unescape(got.main)
    assert asked[1].replace(" ", "") not in got.body.replace(" ", "")  # it is to be heard, not read


def test_one_wrong_character_of_what_was_read_out_stops_it_at_every_step(
    served: Served, asked: tuple[Path, str], carry: Path
) -> None:
    read_out = asked[1]
    wrong = ("b" if read_out[0] != "b" else "c") + read_out[1:]
    for typed, said in (
        ("", "not a whole"),
        (read_out[:-1], "not a whole"),
        (wrong, "is not that"),
    ):
        form = _form((asked[0], typed), root=PASSPHRASE, ticket=secrets.token_hex(4))
        got = served.post("/people/add/compare", **form)
        assert (got.status, said in got.main) == (400, True), typed
        assert served.post("/people/add/certify", **form).status >= 400
    assert not list(carry.glob("*.admission"))
    for more, said in (
        ({"label": ""}, "1 to 60"),
        ({"label": "x" * 61}, "1 to 60"),
        ({"duties": []}, "at least one"),
        ({"duties": ["calls"], "intake": "yes"}, "Only an analyst"),
    ):
        got = served.post("/people/add/compare", **{**_form(asked), **more})
        assert (got.status, said in got.main) == (400, True), more


def test_without_the_root_here_the_page_says_the_whole_command(
    office: Office, served: Served, asked: tuple[Path, str], carry: Path
) -> None:
    root, away = office.folder / "vault.root", office.folder / "taken-away"
    root.rename(away)
    try:
        got = served.post("/people/add/compare", **_form(asked, intake="yes"))
        refused = _form(asked, root=PASSPHRASE, ticket=secrets.token_hex(4))
        assert (
            "The root is not on this machine" in served.post("/people/add/certify", **refused).main
        )
    finally:
        away.rename(root)
    assert 'name="root"' not in got.main
    said = re.search(r'<code class="command"[^>]*>([^<]*)</code>', got.main)
    assert said is not None
    program, command, *arguments = shlex.split(html.unescape(said[1]))
    assert (program, command) == ("dropbox-inbox", "admit")
    parsed = inbox.commands["admit"].make_context("admit", arguments).params
    assert parsed["request"] == asked[0]
    assert (parsed["label"], parsed["intake"], parsed["duties"]) == (LABEL, True, ("analyst",))
    assert parsed["out"] == carry / "third.request.admission"
    assert not parsed["out"].exists()


def test_the_root_here_admits_once_and_the_roster_is_in_force(
    office: Office, served: Served, asked: tuple[Path, str], carry: Path
) -> None:
    shown = served.post("/people/add/compare", **_form(asked))
    assert "The request is of who read this out" in shown.main
    ticket = shown.field("ticket")
    for typed, said in (("", "Type the passphrase"), ("wrong words of nobody", "does not open")):
        got = served.post("/people/add/certify", **_form(asked, root=typed, ticket=ticket))
        assert (got.status, said in got.main) == (400, True), typed
        assert "wrong words of nobody" not in got.body
    assert LABEL not in _labels(served)
    got = served.post("/people/add/certify", **_form(asked, root=PASSPHRASE, ticket=ticket))
    assert (got.status, "It is in force." in got.main) == (200, True), got.main
    again = served.post("/people/add/certify", **_form(asked, root=PASSPHRASE, ticket=ticket))
    assert again.location == "/people"
    assert _labels(served).count(LABEL) == 1
    paper = carry / "third.request.admission"
    assert PASSPHRASE.encode() not in paper.read_bytes()
    assert office.inbox("join", "--admission", paper, vault="third").returncode == 0
    assert office.inbox("sync", vault="third").returncode == 0


def test_an_admission_from_elsewhere_is_shown_and_taken_in_and_a_strangers_is_not(
    office: Office, served: Served, carry: Path
) -> None:
    request, read_out = _ask(office, "fourth", carry)
    paper = carry / "fourth.admission"
    terms = ("--label", "Fourth", "--duty", "auditor", "--out", paper)
    assert holder(office, "admit", request, "--fingerprint", read_out, *terms).returncode == 0
    altered = carry / "altered.admission"
    altered.write_bytes(paper.read_bytes()[:-1] + b"?")
    assert served.post("/people/add", other=str(altered)).status == 400
    assert served.post("/people/add/take", paper=str(altered), ticket="x").status >= 400
    shown = served.post("/people/add", other=str(paper))
    assert "auditor" in shown.main
    for _ in range(2):
        done = served.post("/people/add/take", paper=str(paper), ticket=shown.field("ticket"))
        assert done.location == "/people"
    assert _labels(served).count("Fourth") == 1


def test_who_is_no_publisher_is_told_so_and_changes_nothing(office: Office, carry: Path) -> None:
    paper = carry / "fourth.admission"
    with Served(office.folder / "third", unlocked=True, server=office.url) as third:
        third.enter()
        assert "You are none" in third.get("/people/add").main
        shown = third.post("/people/add", other=str(paper))
        assert "/people/add/take" not in shown.main
        got = third.post("/people/add/take", paper=str(paper), ticket="x")
        assert (got.status, "Only a publisher signs this." in got.main) == (400, True)


# -- a log for others ---------------------------------------------------------------------------


def test_an_export_is_written_once_and_one_command_verifies_it(
    office: Office, served: Served
) -> None:
    case = served.the_case()
    path = f"/case/{case}/export"
    assert f'href="{path}"' in served.get(f"/case/{case}/history").main
    goal = re.search(r'name="goal" type="text" value="([^"]*)"', served.get(path).main)[1]  # type: ignore[index]
    assert served.post(path, goal="relative").status == 400
    got = served.post(path, goal=goal)
    assert (got.status, "The log is written" in got.main) == (200, True), got.main
    assert "What the report says." not in Path(goal).read_text("utf-8", "replace")
    said = re.search(r'<code class="command"[^>]*>([^<]*)</code>', got.main)
    assert said is not None
    _, command, name, *rest = shlex.split(html.unescape(said[1]))
    assert name == Path(goal).name
    checked = _run(INBOX, command, goal, *rest)
    assert checked.returncode == 0, checked.stderr
    before = Path(goal).read_bytes()
    assert "is there already" in html.unescape(served.post(path, goal=goal).main)
    assert Path(goal).read_bytes() == before


# -- bundles ------------------------------------------------------------------------------------


def _pass(served: Served, goal: Path, **more: str) -> Got:
    form = {"pass": str(goal), "new": PASSPHRASE, "again": PASSPHRASE, **more}
    return served.post("/bundles/courier", ticket=secrets.token_hex(4), **form)


def _errand(served: Served, said: str) -> bool:
    return said in html.unescape(served.get("/bundles").main)


def test_a_round_by_bundles_and_everything_that_is_wrong_with_one(
    office: Office, served: Served, carry: Path
) -> None:
    assert "/bundles/export" not in served.get("/bundles").main  # no pass, nothing to carry
    for more, said in (
        ({"new": "short", "again": "short"}, "too short"),
        ({"again": PASSPHRASE + "s"}, "not the same"),
        ({"pass": "relative"}, "Give a whole path"),
    ):
        got = _pass(served, carry / "pass", **more)
        assert (got.status, said in got.main) == (400, True), more
        assert PASSPHRASE not in got.body
    assert not (carry / "pass").exists()
    assert "The courier pass is made" in _pass(served, carry / "pass").main
    assert "may be lost" in _pass(served, carry / "other").main  # asked before another is made
    assert not (carry / "other").exists()

    out, back = carry / "out-1", carry / "in-1"
    served.post("/bundles/export", goal=str(out), ticket="out")
    wait_for(lambda: _errand(served, "The bundle is written"), 60)
    assert "is there already" in html.unescape(
        served.post("/bundles/export", goal=str(out), ticket="out2").main
    )
    served.post("/bundles/import", file=str(out), ticket="wrong-way")
    wait_for(lambda: _errand(served, "It was not carried yet."), 60)
    where = ("--courier", carry / "pass", "--from", out, "--to", back)
    carried = _run(INBOX, "bundle", "carry", *where, "--passphrase-file", office.passphrase)
    assert carried.returncode == 0, carried.stderr
    cut = carry / "cut"
    cut.write_bytes(back.read_bytes()[:-1])
    for number, (source, said) in enumerate((
        (cut, "was cut or changed"), (back, "The bundle is imported"), (back, "imported before"),
    )):  # fmt: skip
        served.post("/bundles/import", other=str(source), ticket=f"in-{number}")
        wait_for(lambda said=said: _errand(served, said), 60)  # type: ignore[misc]
    assert served.get("/").status == 200
