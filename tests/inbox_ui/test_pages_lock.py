"""The lock of the workstation's pages: when it falls, what it leaves, and what survives it."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiohttp import web

from crypto.reporter import Draft
from inbox_ui.folder import Folder
from inbox_ui.options import Place
from inbox_ui.pages import words
from inbox_ui.pages.app import make_app
from inbox_ui.pages.connection import Connection
from inbox_ui.pages.door import Door
from inbox_ui.pages.sitting import Plan, Sitting
from tests import nursery
from tests.cheap import INBOX
from tests.inbox_ui.served import PASSPHRASE, ROOT, Served, Shop, wait_for
from tests.needs import needs_root
from tests.processes import found_in_memory

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
            sent = served.submit(f"/case/{case}/{path}", **form)
            assert (sent.status, sent.body) == (303, "")
            got = served.get(sent.location)
            assert got.status == 403
            assert "a long &lt;answer&gt;" in got.main
            assert "a long" not in served.get(sent.location).body  # it is shown once
        served.unlock()
        assert "a long" not in served.get(f"/case/{case}").body


def test_the_passphrase_of_a_file_is_never_in_the_process_that_stays(shop: Shop) -> None:
    needs_root()
    with Served(shop.vault, unlocked=True) as served:
        key = served.key.removeprefix("/key/")
        assert found_in_memory(served.family[:1], [key]) == {key}  # it is looked into
        assert found_in_memory(served.family[:1], [PASSPHRASE]) == set()


def test_no_process_leaves_a_core_or_can_be_read_by_others_of_this_user(shop: Shop) -> None:
    with Served(shop.vault) as served:
        for process in served.family:
            limits = Path(f"/proc/{process}/limits").read_text()
            assert re.search(r"^Max core file size\s+0\s+0\s", limits, re.MULTILINE)
            if os.geteuid() != 0:  # to root it looks the same either way
                assert Path(f"/proc/{process}/mem").stat().st_uid == 0


def test_what_makes_the_process_that_stays_readable_is_taken_away_before_it_does_anything() -> None:
    look = (
        "import ctypes; from pathlib import Path; from inbox_ui.folder import Folder\n"
        "from inbox_ui.errors import InboxError; from inbox_ui.options import Place\n"
        "from inbox_ui.pages.serving import serve; from inbox_ui.pages.sitting import Plan\n"
        "try: serve(Plan(Place(Folder(Path('/nowhere')), None, None, None), 1, 1), 0)\n"
        "except InboxError: print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"  # PR_GET_DUMPABLE
    )
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == "0\n"


@pytest.mark.parametrize(
    ("target", "status", "location"),
    [
        ("//evil.test/x", b"404", None),
        ("//evil.test/case/aaaaaaaa", b"404", None),
        ("/\\evil.test", b"404", None),
        ("/%2f%2fevil.test/", b"404", None),
        ("/nothing", b"404", None),
        ("/case/aaaaaaaa?x=//evil.test", b"307", b"/case/aaaaaaaa"),
        ("/case/%61aaaaaaa", b"307", b"/case/aaaaaaaa"),
        ("/", b"307", b"/"),
    ],
)
async def test_while_it_locks_a_request_is_sent_on_to_a_path_of_ours_and_nowhere_else(
    target: str, status: bytes, location: bytes | None
) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    door = Door(listener.getsockname()[1])
    sitting = Sitting(Plan(Place(Folder(Path("/nowhere")), None, None, None), 1, 1), door)
    runner = web.AppRunner(make_app(sitting, {}))
    await runner.setup()
    connect = lambda: Connection(runner.server)  # type: ignore[arg-type]  # noqa: E731
    async with await asyncio.get_running_loop().create_server(connect, sock=listener):
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        sitting.lock()
        cookie = f"{door.cookie_name}={door.cookie}"
        writer.write(f"GET {target} HTTP/1.1\r\nHost: {door.host}\r\n".encode())
        writer.write(f"Cookie: {cookie}\r\nConnection: close\r\n\r\n".encode())
        head, _, _ = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
    await runner.cleanup()
    assert head.split(b" ")[1] == status
    found = re.search(rb"\r\nLocation: ([^\r]*)", head)
    assert (found and found[1]) == location


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

        def is_locked() -> bool:
            try:
                return served.get("/").status == 403
            except ConnectionError:
                return False  # it was taken by the one that is dying

        wait_for(is_locked)
        assert served.unlock().status == 303


def test_processes_that_end_at_once_again_and_again_end_the_whole(shop: Shop) -> None:
    """What fails for ever is not started for ever."""
    with Served(shop.vault) as served:

        def is_over() -> bool:
            with contextlib.suppress(OSError):  # the last of them has gone with its parent
                for child in served.family[1:]:
                    os.kill(child, signal.SIGKILL)
            return served.process.poll() is not None

        wait_for(is_over)
        assert served.process.returncode == 1
        said = served.stderr.read_text()
        assert said.startswith("error: ")
        assert "three times in a row" in said


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_no_process_is_left_however_it_ends(shop: Shop, how: int) -> None:
    with Served(shop.vault) as served:
        served.unlock()
        served.process.send_signal(how)
        code = served.process.wait(60)
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
    command = [*INBOX, "serve", "--vault", str(vault), *port, *arguments]
    return nursery.run(nursery.INBOX, command)
