"""An analyst's work on the pages, at the level of HTTP, with a real server and real commands."""

import html
import json
import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crypto.reporter import Draft
from dropbox.client.names import safe_name
from inbox_ui.folder import Folder
from inbox_ui.options import today
from inbox_ui.pages.queues import ON_A_PAGE
from tests.inbox_ui.conftest import garbage
from tests.inbox_ui.sent import send_files
from tests.inbox_ui.served import Got, Served, Shop, fetched, wait_for
from tests.inbox_ui.test_processes import Office
from tests.payloads import FILE_NAMES, HIDDEN, PAYLOADS


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(tmp_path_factory.mktemp("office"))
    with office.serve():
        text = office.write("text", "What the report says.\nIts second line.\n")
        sent = office.report("send", "--text-file", text, "--category", "partner")
        assert sent.returncode == 0, sent.stderr
        office.write("words", sent.stdout)
        yield office


@pytest.fixture(scope="module")
def served(office: Office) -> Iterator[Served]:
    def shows(served: Served) -> bool:
        return "What the report says." in _case(served).body

    with fetched(office.folder / "vault", office.url, shows) as served:
        yield served


def _case(served: Served) -> Got:
    name = re.search(r'href="/case/([a-z2-7]+)"', served.get("/queue/all/1").body)
    return served.get(f"/case/{name[1]}") if name else served.get("/")


def _check(office: Office) -> list[dict[str, object]]:
    done = office.report("check", "--passphrase-file", office.folder / "words", "--json")
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout)["messages"])


def _answer(office: Office, text: str) -> None:
    words, file = office.folder / "words", office.write("answer", text)
    done = office.report("reply", "--passphrase-file", words, "--text-file", file)
    assert done.returncode == 0, done.stderr


# -- the round trip -----------------------------------------------------------------------------


def test_a_reply_is_shown_first_then_sent_once_however_often_it_is_clicked(
    office: Office, served: Served
) -> None:
    name, page = served.the_case(), _case(served)
    form = {"text": "Thank you.\r\nDo you know more?", "language": "en", "read": page.field("read")}
    preview = served.post(f"/case/{name}/preview", **form)
    assert (preview.status, "Thank you.\nDo you know more?" in preview.main) == (200, True)
    assert _check(office) == []  # nothing has gone out
    changed = served.post(f"/case/{name}/change", **form)
    assert "Thank you.\nDo you know more?</textarea>" in changed.main
    form |= {"known": preview.field("known"), "ticket": preview.field("ticket")}
    for _ in range(3):
        assert served.post(f"/case/{name}/reply", **form).location == f"/case/{name}"
    wait_for(lambda: bool(_check(office)))
    wait_for(lambda: "not delivered yet" not in _case(served).main)
    for _ in range(2):
        served.post(f"/case/{name}/reply", **form)
    [message] = _check(office)
    assert message["text"] == "Thank you.\nDo you know more?"
    assert message["ack"]["seq"] == 0  # type: ignore[index]
    assert "1 unread" not in _case(served).main


def test_what_came_while_somebody_wrote_is_said_before_anything_is_sent(
    office: Office, served: Served
) -> None:
    name, read = served.the_case(), _case(served).field("read")
    form = {"text": "A second reply.", "language": "cy", "read": read}
    known = served.post(f"/case/{name}/preview", **form).field("known")
    _answer(office, "More of the story.")
    wait_for(lambda: "More of the story." in _case(served).body)
    form |= {"known": known, "ticket": "second"}
    held = served.post(f"/case/{name}/reply", **form)
    assert (held.status, "Nothing is sent yet" in held.main) == (200, True)
    assert len(_check(office)) == 1
    form["known"] = held.field("known")
    assert served.post(f"/case/{name}/reply", **form).status == 303
    wait_for(lambda: len(_check(office)) == 2)
    assert _check(office)[-1]["ack"]["seq"] == 0  # type: ignore[index] - what was shown, no more
    assert "1 unread" in _case(served).main


def test_acknowledging_names_what_the_page_showed(office: Office, served: Served) -> None:
    name, page = served.the_case(), _case(served)
    form = re.search(r'/acknowledge">(.*?)</form>', page.main, re.DOTALL)
    assert form
    fields = dict(re.findall(r'name="([a-z]+)" value="([^"]*)"', form[1]))
    _answer(office, "Not shown on that page.")
    wait_for(lambda: "Not shown on that page." in _case(served).body)
    for _ in range(2):
        assert served.post(f"/case/{name}/acknowledge", **fields).status == 303
    wait_for(lambda: any(each["kind"] == "receipt" for each in _check(office)))
    receipts = [each for each in _check(office) if each["kind"] == "receipt"]
    assert [each["ack"]["seq"] for each in receipts] == [1]  # type: ignore[index]
    assert "1 unread" in _case(served).main
    assert "The reporter has seen this." in _case(served).main


def test_a_note_stays_inside(office: Office, served: Served) -> None:
    name = served.the_case()
    for _ in range(2):
        assert served.post(f"/case/{name}/note", note="Rang nobody.", ticket="n1").status == 303
    assert served.post(f"/case/{name}/note", note=" \r\n ", ticket="n2").status == 400
    wait_for(lambda: "not delivered yet" not in _case(served).main)
    assert _case(served).main.count("Rang nobody.") == 1
    assert "Rang nobody." not in json.dumps(_check(office))


def test_commands_go_on_working_beside_the_pages(office: Office, served: Served) -> None:
    name = served.the_case()
    text = office.write("note", "From the command line.")
    assert office.inbox("note", name, "--text-file", text).returncode == 0
    wait_for(lambda: "From the command line." in _case(served).main)
    [case] = json.loads(office.inbox("list", "--offline", "--json").stdout)
    assert case["case"] == name


def test_a_text_that_is_too_long_comes_back_whole(served: Served) -> None:
    name, read = served.the_case(), _case(served).field("read")
    most = "é" * 40_000
    got = served.post(f"/case/{name}/preview", text=most, read=read)
    assert (got.status, got.main.count(most)) == (200, 2)
    got = served.post(f"/case/{name}/preview", text=most + "é", read=read)
    assert (got.status, f"{most}é</textarea>" in got.main) == (400, True)
    assert "40,001" in got.main
    got = served.post(f"/case/{name}/note", note=most + "é", ticket="n3")
    assert (got.status, f"{most}é</textarea>" in got.main) == (400, True)


def test_no_form_is_answered_with_a_page_so_that_the_browser_keeps_none_of_it(
    served: Served,
) -> None:
    """Browsers write the body of a form that is answered with a page to the disk."""
    name, read = served.the_case(), _case(served).field("read")
    known = int(read) + 1
    fields = {"text": "x", "note": "x", "read": read, "known": 0, "ticket": "", "language": "en"}
    for path, changed in (
        ("preview", {}), ("preview", {"text": ""}), ("preview", {"text": "x" * 40_001}),
        ("change", {}), ("reply", {"text": ""}), ("reply", {"known": ""}), ("note", {"note": " "}),
        ("note", {"note": "x" * 40_001}), ("acknowledge", {"read": known}),
        ("file/reporter/9/9", {}), ("file/reporter/0/1", {"folder": "relative"}),
    ):  # fmt: skip
        for case in (name, "aaaaaaaa"):
            got = served.submit(f"/case/{case}/{path}", **(fields | changed))
            assert (got.status, got.body) == (303, ""), path
    for path in ("/unlock", "/fetch", "/find", "/keys", "/team/renew", "/team/backup"):
        assert (got := served.submit(path, goal="relative", wanted="x")).status == 303, path
        assert got.body == ""
    served.post("/find", wanted="", back="/")
    for length in (1_100_000, 0):
        got = served.submit(f"/case/{name}/note", **dict.fromkeys("abcdefghijklmnopqrstuvw", ""))
        assert got.status == 303
        got = served.submit(f"/case/{name}/note", note="x" * length)
        assert got.status == 303
    assert "not kept any longer" in served.get("/answer/none").main


def test_going_back_to_a_preview_that_was_sent_sends_nothing_more(
    office: Office, served: Served
) -> None:
    before, name = len(_check(office)), served.the_case()
    text = {"text": "Sent once, whoever goes back.", "language": "en"}
    shown = served.submit(f"/case/{name}/preview", **text, read=_case(served).field("read"))
    for _ in range(3):
        page = served.get(shown.location)
        form = text | {each: page.field(each) for each in ("read", "known", "ticket")}
        served.post(f"/case/{name}/reply", **form)
    wait_for(lambda: len(_check(office)) == before + 1)


def test_no_field_has_its_words_checked_by_somebody_else(served: Served) -> None:
    """A browser's "enhanced" spelling check sends what is typed to a third party."""
    name = served.the_case()
    read = _case(served).field("read")
    preview = served.post(f"/case/{name}/preview", text="Thank you.", read=read)
    pages = [served.get(path) for path in ("/", "/team", f"/case/{name}")]
    for page in [*pages, preview]:
        fields = re.findall(r"<(?:textarea|input)\b[^>]*>", page.body)
        typed = [each for each in fields if not re.search(r'type="(hidden|radio)"', each)]
        assert typed or page.body.count("<form") <= 2
        assert all('spellcheck="false"' in each for each in typed)
        assert all('autocomplete="off"' in each for each in typed)


# -- files --------------------------------------------------------------------------------------


def test_files_are_saved_inside_the_folder_under_safe_names_and_replace_nothing(
    office: Office, served: Served
) -> None:
    send_files(office, [(name, b"content") for name in FILE_NAMES])
    wait_for(lambda: served.get("/queue/all/1").body.count("data-row") == 2)
    names = set(re.findall(r'href="/case/([a-z2-7]+)"', served.get("/queue/all/1").body))
    [name] = [each for each in names if "Files." in served.get(f"/case/{each}").body]
    folder = office.folder / "got"
    folder.mkdir()
    (folder / "passwd").write_text("mine")
    before = {each for each in office.folder.rglob("*") if each.is_file()}
    for number in range(1, len(FILE_NAMES) + 1):
        path = f"/case/{name}/file/reporter/0/{number}"
        page = served.get(path)
        assert page.status == 200
        assert "<img src=x>" not in page.body
        for _ in range(2):
            form = {"folder": str(folder), "ticket": page.field("ticket")}
            assert served.post(path, **form).status == 303
    wait_for(lambda: len(list(folder.iterdir())) == len(FILE_NAMES) + 1, 60)
    wait_for(lambda: 'tag--amber">saving' not in served.get(f"/case/{name}").body)
    after = {each for each in office.folder.rglob("*") if each.is_file() and "-" not in each.suffix}
    assert {each.parent for each in after - before} <= {folder, office.folder / "vault"}
    assert (folder / "passwd").read_text() == "mine"
    saved = [each for each in folder.iterdir() if each.name != "passwd"]
    assert all(each.read_bytes() == b"content" for each in saved)
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in saved)
    assert all(each.name.isascii() for each in saved)
    shown = html.unescape(served.get(f"/case/{name}").main)
    assert str(folder / safe_name(FILE_NAMES[0])) in shown
    assert "\u202e" not in shown


def test_a_folder_that_is_no_whole_path_or_cannot_be_made_is_refused(served: Served) -> None:
    names = set(re.findall(r'href="/case/([a-z2-7]+)"', served.get("/queue/all/1").body))
    [name] = [each for each in names if "Files." in served.get(f"/case/{each}").body]
    path = f"/case/{name}/file/reporter/0/1"
    for folder in ("relative", "", "../x", "~/x", "/x\ny"):
        assert served.post(path, folder=folder, ticket=secrets.token_hex(4)).status == 400
    served.post(path, folder="/proc/nothing", ticket="p")
    wait_for(lambda: "cannot be written" in served.get(f"/case/{name}").main)
    for missing in ("/file/reporter/0/99", "/file/team/0/1", "/file/reporter/9/1"):
        assert served.get(f"/case/{name}{missing}").status == 404


# -- the team's page ----------------------------------------------------------------------------


def test_the_team_page_shows_what_is_compared_and_renews(office: Office, served: Served) -> None:
    page = served.get("/team")
    root = "".join(re.findall(r"<span>([a-z2-7]{4})</span>", page.main)[:8])
    assert root == office.init["root"]
    assert office.url in page.main
    assert served.post("/team/renew").location == "/team"
    assert office.inbox("sync").returncode == 0


def test_a_backup_is_asked_for_made_and_never_replaces_a_file(
    office: Office, served: Served
) -> None:
    assert "There is no backup" in served.get("/").main
    goal = office.folder / "made.backup"
    assert "Backup made" in served.post("/team/backup", goal=str(goal)).main
    before = goal.read_bytes()
    assert "There is no backup" not in served.get("/").main
    assert str(today()) in served.get("/team").main
    for wrong in (str(goal), "relative", "/proc/nothing/x", str(office.folder)):
        assert served.post("/team/backup", goal=wrong).status == 400
    assert goal.read_bytes() == before
    assert office.inbox("restore", goal, vault="again").returncode == 0


def test_a_busy_vault_is_a_sentence(office: Office, served: Served) -> None:
    with Folder(office.folder / "vault").locked():
        got = served.post("/team/backup", goal=str(office.folder / "busy.backup"))
    assert (got.status, "Another process is working" in got.main) == (400, True)
    with closing(sqlite3.connect(office.folder / "vault" / "archive")) as other:
        other.execute("BEGIN IMMEDIATE")
        got = served.post(f"/case/{served_case(served)}/note", note="While busy.", ticket="busy")
        assert got.status == 503
        assert "Another process is working" in got.main
        assert served.get("/").status == 200  # reading goes on
    assert "While busy." not in served.get(f"/case/{served_case(served)}").main
    served.post(f"/case/{served_case(served)}/note", note="While busy.", ticket="busy")  # again
    assert "While busy." in served.get(f"/case/{served_case(served)}").main


def served_case(served: Served) -> str:
    found = re.findall(r'href="/case/([a-z2-7]+)"', served.get("/queue/all/1").body)
    return next(
        each for each in found if "What the report says." in served.get(f"/case/{each}").body
    )


# -- a server that is away ----------------------------------------------------------------------


def test_a_server_that_is_away_is_said_and_what_is_written_is_delivered_later(
    tmp_path: Path,
) -> None:
    office = Office(tmp_path)
    with office.serve():
        text = office.write("text", "One.")
        office.write("words", office.report("send", "--text-file", text).stdout)
        assert office.inbox("sync").returncode == 0
    vault, options = office.folder / "vault", ("--pause", "1")
    with Served(vault, options, unlocked=True, server=office.url) as served:
        served.enter()
        wait_for(lambda: "The server is away." in served.get("/").body)
        name = served.the_case()
        form = {"text": "Later.", "read": 0, "known": 0, "ticket": "t", "language": "en"}
        assert served.post(f"/case/{name}/reply", **form).status == 303
        assert "not delivered yet" in served.get(f"/case/{name}").main
        assert json.loads(served.get("/now").body)["outbox"] == 1
        with office.serve():
            assert served.post("/fetch", back=f"/case/{name}").location == f"/case/{name}"
            wait_for(lambda: json.loads(served.get("/now").body)["outbox"] == 0)
            wait_for(lambda: "Fetched just now." in served.get("/").body)
            assert [each["text"] for each in _check(office)] == ["Later."]


# -- text of others -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One case for every payload, one with everything hidden, one of 40,000 characters."""
    shop = Shop(tmp_path_factory.mktemp("hostile"))
    for payload in PAYLOADS:
        shop.report(Draft(payload))
    hidden = shop.report(Draft("".join(f"a{each}b " for each in HIDDEN)))
    shop.report(Draft("<b>" * 13_333 + "x"))
    for bad in (b"no header at all", b"", b"<script>" * 20):
        shop.server.add(garbage(hidden.address, bad))
    with Served(shop.close().vault, unlocked=True) as served:
        served.enter()
        wait_for(lambda: "The server is away" in served.get("/").body)  # from now on all are alike
        yield served


def _all_cases(served: Served) -> list[str]:
    pages = [served.get(f"/queue/all/{page}").body for page in (1, 2, 3)]
    return [name for page in pages for name in re.findall(r'href="/case/([a-z2-7]+)"', page)]


def test_no_text_of_a_reporter_becomes_markup(hostile: Served) -> None:
    plain = None
    texts = set()
    for name in _all_cases(hostile):
        page = hostile.get(f"/case/{name}")
        assert page.status == 200
        [text] = re.findall(r'<p class="visible-text">([^<]*)</p>', page.main)
        texts.add(html.unescape(text))
        if 'class="alarms"' in page.main:
            continue
        bones = re.sub(
            r">[^<]*<",
            "><",
            re.sub(r'(value|href|action)="[^"]*"', r"\1", page.body.replace(name, "")),
        )
        plain = plain or bones
        assert bones == plain  # every page has the same elements and attributes
    assert {each.replace("\t", "<U+0009>") for each in PAYLOADS} <= texts


def test_what_hides_is_shown(hostile: Served) -> None:
    [page] = [
        page
        for name in _all_cases(hostile)
        if "U+202E" in (page := hostile.get(f"/case/{name}")).body
    ]
    shown = html.unescape(page.main)
    for each in HIDDEN:
        assert each not in shown
        assert f"a<U+{ord(each):04X}>b" in shown
    assert "What is wrong here" in page.main
    assert "It is no envelope" in page.main


def test_lists_have_pages_counts_and_a_filter_that_leaves_no_address(hostile: Served) -> None:
    every = _all_cases(hostile)
    assert len(set(every)) == len(PAYLOADS) + 2
    assert hostile.get("/queue/all/1").body.count("data-row") == ON_A_PAGE
    assert hostile.get("/queue/wrong/1").body.count("data-row") == 1
    assert hostile.get("/queue/theirs/1").main.count("No case waits") == 1
    last = hostile.get("/queue/all/999999")
    assert (last.status, last.body.count("data-row")) == (200, len(every) - 2 * ON_A_PAGE)
    got = hostile.post("/find", wanted=every[5], back="/queue/all/1")
    assert got.location == "/queue/all/1"
    assert hostile.get("/queue/all/1").body.count("data-row") == 1
    hostile.post("/find", wanted="<script>alert(1)</script>", back="/queue/all/1")
    page = hostile.get("/queue/all/1")
    assert "<script>alert" not in page.body
    assert "No case here has" in page.main
    hostile.post("/find", wanted="", back="/queue/all/1")
    for missing in ("/queue/none/1", "/queue/all/x", "/case/aaaaaaaa", "/case/a", "/nothing"):
        assert hostile.get(missing).status == 404
