"""Servers without the second that a Python takes to import what they need.

A process of its own has imported everything, and forks each server: from a memory in which nothing
of a test has ever been. ``Nursling`` is a server's process, as much of ``subprocess.Popen`` as the
tests use. When the tests are gone, so is the nursery with all of its children.
"""

import atexit
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PRELOADED = (
    "dropbox.cli",
    "dropbox.processes.serving",
    "dropbox.store.forms",
    "dropbox.store.postgresql",
    "dropbox.store.sqlite",
    "asyncpg",
    "aiosqlite",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
)
"""Whatever a server imports on its way to ``ready``."""
_POLL_SECONDS = 0.005


class Nursling:
    """A process that the nursery has started."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code (negative: the signal) once it has ended."""
        if self.returncode is None:
            self.returncode = _ask({"poll": self.pid})
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code; raises ``subprocess.TimeoutExpired``."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(["dropbox-server"], timeout or 0)
            time.sleep(_POLL_SECONDS)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


def start(
    arguments: Sequence[str],
    stdout: Path,
    stderr: Path,
    environment: Mapping[str, str],
    clock: Path | None = None,
) -> Nursling:
    """``dropbox-server`` with these arguments; with ``clock`` as tests.dropbox.timeshift has it."""
    return Nursling(
        _ask(
            {
                "arguments": list(arguments),
                "stdout": str(stdout),
                "stderr": str(stderr),
                "environment": {**os.environ, **environment},
                "clock": None if clock is None else str(clock),
            }
        )
    )


_lock = threading.Lock()
_nursery: subprocess.Popen[str] | None = None


def _ask(question: dict[str, Any]) -> Any:
    global _nursery  # noqa: PLW0603 - one for all tests of this process
    with _lock:
        if _nursery is None:
            _nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.dropbox.nursery"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                start_new_session=True,  # Ctrl-C is for the tests, which then end
            )
            atexit.register(_end)
        assert _nursery.stdin is not None
        assert _nursery.stdout is not None
        _nursery.stdin.write(json.dumps(question) + "\n")
        _nursery.stdin.flush()
        return json.loads(_nursery.stdout.readline())


def _end() -> None:
    assert _nursery is not None
    _nursery.communicate()


# -- in the nursery -------------------------------------------------------------------------------


def main() -> None:
    """Answer until nobody asks any more."""
    for each in PRELOADED:
        importlib.import_module(each)

    children: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if "poll" in asked:
            answer = _poll(asked["poll"])
            if answer is not None:
                children.discard(asked["poll"])
        else:
            answer = os.fork()
            if answer == 0:
                _serve(asked)
            children.add(answer)
        print(json.dumps(answer), flush=True)
    for each in children:
        with suppress(ProcessLookupError):
            os.killpg(each, signal.SIGKILL)


def _poll(child: int) -> int | None:
    pid, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if pid else None


def _serve(asked: dict[str, Any]) -> None:
    """In the child: become the server; never returns."""
    code: Any = 1
    try:
        os.setsid()
        for number, path, how in (
            (0, os.devnull, os.O_RDONLY),
            (1, asked["stdout"], os.O_WRONLY | os.O_APPEND | os.O_CREAT),
            (2, asked["stderr"], os.O_WRONLY | os.O_APPEND | os.O_CREAT),
        ):
            os.dup2(os.open(path, how, 0o600), number)
        os.closerange(3, 64)
        os.environ.clear()
        os.environ.update(asked["environment"])
        module = "dropbox.cli" if asked["clock"] is None else "tests.dropbox.timeshift"
        sys.argv = [module, *([asked["clock"]] if asked["clock"] else []), *asked["arguments"]]
        try:
            if asked["clock"] is None:
                from dropbox.cli import main

                main()
            else:
                runpy.run_module(module, run_name="__main__")
            code = 0
        except SystemExit as end:
            code = end.code
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    main()
