"""``make demo``: what a newcomer runs first has to work."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request

import pytest

from deploy.demo.corpus import SCENARIOS

ROOT = Path(__file__).parents[2]
DEMO = pytest.param("deploy.demo", marks=pytest.mark.long, id="its programs")
QUICK = pytest.param("tests.deploy.quick_demo", id="forked")
"""The same demo, without the second that each of its many commands takes to be imported."""


STAFF = ("Supervisor", "Handler A", "Handler B", "Neither", "Call handler")
WORDS = "I saw an envelope change hands twice."
"""Of the answer in S01, which Handler A has, and the Supervisor as the second reader."""
NEAR = "Nearly the same text"
"""What a case says of near copies."""
FILLED = ("risk", "new", "mine", "drafts", "asked", "theirs", "force", "held", "concluded", "hold")
"""The lists in which Handler A finds a case. Nothing of today is late, damaged, or to be purged."""
Ask = Callable[[str], str]
WAYS = re.compile(r"^   S\d\d[bc]?  .*\((?:command line|page without scripts), ", re.MULTILINE)


def page_at(said: str, name: str) -> str:
    """The page at the address that is printed behind a name, in a browser of its own."""
    found = re.search(rf"{name}: +(\S+)", said)
    assert found, said
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    try:
        with browser.open(found[1]) as page:
            return str(page.read().decode())
    except HTTPError as locked:  # a page too
        with locked:
            return str(locked.read().decode())


def case_of(said: str) -> str:
    """The name of the case that a stranger is told to open."""
    found = re.search(r"Open case ([a-z2-7]{8}) ", said)
    assert found, said
    return found[1]


def case_called(said: str, name: str) -> str:
    """What workstations call the case of a scenario that was given away."""
    found = re.search(rf"^   {name}  is case ([a-z2-7]{{8}}), given", said, re.MULTILINE)
    assert found, said
    return found[1]


def whole_case(said: str, ask: Ask) -> str:
    """That case as it is shown to whoever asks, once everything was fetched."""
    path, deadline = f"/case/{case_of(said)}", time.monotonic() + 120
    while not (page := ask(path)):
        assert time.monotonic() < deadline, "the case never came"
        time.sleep(0.5)
    return page


def come_in(said: str, role: str) -> Ask:
    """Unlock the workstation of ``role``, and fetch: what gives a page of it by its path."""
    address, words = (
        re.search(rf"{each}: +(.+)", said) for each in (role, "Everybody's passphrase")
    )
    assert address, said
    assert words, said
    origin = address[1].partition("/key/")[0]
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    ours = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}

    def ask(path: str, **form: str) -> str:
        data = urlencode(form).encode() if form else None
        with suppress(HTTPError), browser.open(Request(origin + path, data, ours)) as page:
            return str(page.read().decode())
        return ""

    ask(address[1].removeprefix(origin))
    ask("/unlock", passphrase=words[1], back="/")
    ask("/fetch", back="/")
    return ask


def is_there(group: int) -> bool:
    """Whether a process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("module", [QUICK, DEMO])
def test_the_demo_shows_everything_serves_both_sides_and_leaves_nothing(
    tmp_path: Path, module: str
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        said = ""
        while "Press Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        assert re.search(r"\d+ looked for, 0 found", said), said
        assert len(WAYS.findall(said)) == len(SCENARIOS) == 15
        assert "Here you can write to us" in page_at(said, "Somebody who reports")
        asks = {each: come_in(said, each) for each in STAFF}
        opened = {each: whole_case(said, asks[each]) for each in STAFF}
        assert {each for each in STAFF if WORDS in opened[each]} == {"Handler A", "Supervisor"}
        assert "neither words nor keys are here" in opened["Neither"]
        lists = {each: asks["Handler A"](f"/queue/{each}/1") for each in FILLED}
        assert [each for each, page in lists.items() if '<a href="/case/' not in page] == []
        near = case_called(said, "S12")
        assert NEAR in asks["Supervisor"](f"/case/{near}")
        assert "A new report" in asks["Call handler"]("/phone")
        assert all("S01" in said and case_of(said) in opened[each] for each in STAFF)
        assert list(tmp_path.iterdir()) != []
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert list(tmp_path.iterdir()) == []
        deadline = time.monotonic() + 60
        while is_there(process.pid):
            assert time.monotonic() < deadline, "a process is left"
            time.sleep(0.1)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        if process.stdout is not None:
            process.stdout.close()
        process.wait()
