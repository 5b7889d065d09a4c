"""The lock of the workstation's pages: when it falls, what it leaves, and what survives it."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from crypto.reporter import Draft
from inbox_ui.pages import words
from tests.inbox_ui.served import INBOX, PASSPHRASE, ROOT, Served, Shop, wait_for
from tests.needs import needs_root
from tests.processes import found_in_memory

pytestmark = pytest.mark.usefixtures("full_cost")

CANARY = "CANARY-of-the-report"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shop.report(Draft(f"{CANARY} is what the report says."))
    return shop.close()


def test_before_the_passphrase_nothing_is_shown_or_done(shop: Shop) -> None:
    with Served(shop.vault) as served:
        served.enter()
        for path in ("/", "/queue/all/1", "/team", "/case/aaaaaaaa", "/now"):
            got = served.get(path)
            assert (got.status, "<h1>Locked</h1>" in got.body) == (403, True)
        for path in ("/case/aaaaaaaa/note", "/team/backup", "/fetch", "/find", "/here"):
            assert served.post(path, note="x", goal="/tmp/x").status == 403


def test_a_wrong_passphrase_opens_nothing_and_says_so(shop: Shop) -> None:
    with Served(shop.vault) as served:
        served.enter()
        assert served.post("/unlock", passphrase="", back="/").status == 400
        for wrong in ("wrong", PASSPHRASE + "x", "\x00", "é" * 100):
            got = served.post("/unlock", passphrase=wrong, back="/")
            assert (got.status, words.WRONG_WORDS in got.body) == (403, True)
            assert wrong not in got.main.replace(words.WRONG_WORDS, "") or wrong == "\x00"
        assert served.get("/").status == 403
        assert served.unlock().status == 303
        assert served.get("/").status == 200


def test_unlocking_leads_to_a_page_of_ours_and_nowhere_else(shop: Shop) -> None:
    with Served(shop.vault) as served:
        served.enter()
        for back in (
            "//evil.test",
            "https://evil.test/",
            "/\\evil.test",
            "javascript:",
            "/key/x",
            "",
        ):
            assert served.post("/unlock", passphrase=PASSPHRASE, back=back).location == "/"
            assert served.post("/find", wanted="x", back=back).location == "/"
        assert served.post("/unlock", passphrase=PASSPHRASE, back="/team").location == "/team"


def test_locking_ends_the_process_and_the_same_browser_is_asked_again(shop: Shop) -> None:
    with Served(shop.vault) as served:
        served.unlock()
        case = served.the_case()
        _, before = served.family
        got = served.post("/lock")
        assert (got.status, got.location) == (303, "/")
        wait_for(lambda: not Path(f"/proc/{before}").exists())
        page = served.get(f"/case/{case}")
        assert page.status == 403
        assert served.family[1] != before
        assert CANARY not in page.body
        back = page.field("back")
        assert served.post("/unlock", passphrase=PASSPHRASE, back=back).location == back
        assert CANARY in served.get(back).body


def test_a_lock_leaves_nothing_of_the_vault_in_any_memory(shop: Shop) -> None:
    needs_root()
    with Served(shop.vault) as served:
        served.unlock()
        assert CANARY in served.get(f"/case/{served.the_case()}").body
        assert found_in_memory(served.family, [CANARY]) == {CANARY}  # it could be found
        assert found_in_memory(served.family[:1], [CANARY, PASSPHRASE]) == set()
        served.post("/lock")
        assert served.get("/").status == 403
        assert len(served.family) == 2
        assert found_in_memory(served.family, [CANARY, PASSPHRASE]) == set()


def test_it_locks_by_itself_when_nobody_is_there(shop: Shop) -> None:
    with Served(shop.vault, options=("--lock-after", "3")) as served:
        served.unlock()
        for _ in range(4):  # the script's asking is nobody
            time.sleep(1)
            status = served.get("/now").status
        assert status == 403
        assert served.get("/").status == 403


def test_whoever_types_is_there(shop: Shop) -> None:
    with Served(shop.vault, options=("--lock-after", "3")) as served:
        served.unlock()
        for _ in range(5):
            time.sleep(1)
            assert served.post("/here").status == 200
        assert served.get("/now").status == 200


def test_what_was_typed_when_it_locked_is_shown_to_be_copied_and_not_sent(shop: Shop) -> None:
    with Served(shop.vault) as served:
        served.unlock()
        case = served.the_case()
        served.post("/lock")
        for path, name in (("preview", "text"), ("reply", "text"), ("note", "note")):
            form = {name: "a long <answer>", "ticket": "t", "read": 0}
            got = served.post(f"/case/{case}/{path}", **form)
            assert got.status == 403
            assert "a long &lt;answer&gt;" in got.main
        served.unlock()
        assert "a long" not in served.get(f"/case/{case}").body


def test_a_passphrase_file_opens_it_at_once_and_after_a_lock_it_is_typed(shop: Shop) -> None:
    with Served(shop.vault, unlocked=True) as served:
        served.enter()
        assert served.get("/").status == 200
        served.post("/lock")
        assert served.get("/").status == 403


def test_a_killed_process_is_followed_by_one_that_is_locked(shop: Shop) -> None:
    with Served(shop.vault) as served:
        served.unlock()
        os.kill(served.family[1], signal.SIGKILL)
        wait_for(lambda: served.get("/").status == 403)
        assert served.unlock().status == 303


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_no_process_is_left_however_it_ends(shop: Shop, how: int) -> None:
    with Served(shop.vault) as served:
        served.unlock()
        served.process.send_signal(how)
        code = served.process.wait(15)
        wait_for(lambda: not served.alive())
        assert code == (0 if how != signal.SIGKILL else -signal.SIGKILL)
        assert served.stderr.read_bytes() == b""


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda vault, file: file.write_text("not the right passphrase\n"), "does not open"),
        (lambda vault, file: file.unlink(), "cannot be read"),
        (lambda vault, file: (vault / "vault").chmod(0o644), "Others on this machine"),
        (lambda vault, file: (vault / "vault").unlink(), "no vault"),
    ],
)
def test_what_cannot_be_served_is_said_before_anything_is(
    shop: Shop, tmp_path: Path, spoil: object, said: str
) -> None:
    vault, file = tmp_path / "vault", tmp_path / "passphrase"
    shutil.copytree(shop.vault, vault)
    file.write_text(PASSPHRASE)
    spoil(vault, file)  # type: ignore[operator]
    done = _serve(vault, "--passphrase-file", str(file))
    assert (done.returncode, done.stdout) == (1, "")
    error, hint = done.stderr.splitlines()
    assert error.startswith("error: ")
    assert said in error
    assert hint.startswith("hint: ")


def test_a_port_that_is_taken_is_said(shop: Shop) -> None:
    with Served(shop.vault) as served:
        done = _serve(shop.vault, "--port", str(served.port))
        assert (done.returncode, done.stdout) == (1, "")
        assert re.match(r"error: .*another program is there\.\nhint: .*--port", done.stderr)


def _serve(vault: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    port = () if "--port" in arguments else ("--port", "0")
    return subprocess.run(
        [*INBOX, "serve", "--vault", str(vault), *port, *arguments],
        capture_output=True, text=True, timeout=30, cwd=ROOT, check=False,
    )  # fmt: skip
