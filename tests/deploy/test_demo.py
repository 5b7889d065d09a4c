"""``make demo``: what a newcomer runs first has to work."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError

import pytest

ROOT = Path(__file__).parents[2]
DEMO = [sys.executable, "-m", "deploy.demo"]


WAYS = re.compile(r"^   S\d\d  .*\((?:command line|page without scripts), ", re.MULTILINE)


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


def is_there(group: int) -> bool:
    """Whether a process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
def test_the_demo_shows_everything_serves_both_sides_and_leaves_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        DEMO,
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
        assert len(WAYS.findall(said)) == 12
        assert "Here you can write to us" in page_at(said, "Somebody who reports")
        assert "Passphrase" in page_at(said, "The team's analyst")
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
