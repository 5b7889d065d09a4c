"""Programs without the second that a Python takes to import what they need.

For each of the three programs a process of its own, its nursery, has imported everything, and forks
it each time it is started: from a memory in which nothing of a test has ever been. ``Nursling`` is
a process that was started so, as much of ``subprocess.Popen`` as the tests use, and :func:`run` is
``subprocess.run``. When the tests are gone, so are the nurseries with all of their children.

A program is what ``python -c`` is given: ``[sys.executable, "-c", source, *arguments]`` does the
same, and some tests see to it that it does (tests/test_round_trip.py, ``tests/report``).
"""

import atexit
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

ROOT = Path(__file__).parents[1]
_LONGEST: Final = 1 << 18
"""Bytes of a question: arguments and an environment."""
_POLL_SECONDS: Final = 0.005


class Nursling:
    """A process that a nursery has started. ``stdout`` is what it says, where that is a pipe."""

    def __init__(self, nursery: "Nursery", pid: int, stdout: IO[str] | None = None) -> None:
        self._nursery = nursery
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None

    def __enter__(self) -> "Nursling":
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for its end, and close its pipe."""
        self.communicate()

    def poll(self) -> int | None:
        """The exit code (negative: the signal) once it has ended."""
        if self.returncode is None:
            self.returncode = self._nursery.ask({"poll": self.pid})
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code; raises ``subprocess.TimeoutExpired``."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired([str(self.pid)], timeout or 0)
            self._await_end(_POLL_SECONDS)
        return code

    def _await_end(self, seconds: float) -> None:
        end = os.pidfd_open(self.pid)  # nobody has its number before it was asked for its code
        try:
            ended = select.poll()
            ended.register(end, select.POLLIN)
            ended.poll(seconds * 1000)
        finally:
            os.close(end)

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """What was left to be read of ``stdout``, once it has ended; raises as ``wait`` does."""
        self.wait(timeout)
        if self.stdout is None:
            return "", None
        with self.stdout:
            return self.stdout.read(), None

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


@dataclass
class Nursery:
    """``preloaded``: whatever its program imports on its way."""

    preloaded: Sequence[str]
    _line: socket.socket | None = None
    _lock: Any = field(default_factory=threading.Lock)

    def start(
        self,
        source: str,
        arguments: Sequence[str],
        streams: Sequence[int],
        environment: Mapping[str, str] | None = None,
    ) -> int:
        """The id of a process that does ``python -c source arguments``, in a session of its own.

        ``streams`` are its stdin, stdout and stderr; ``environment`` is what it has besides ours.
        """
        question = {
            "source": source,
            "arguments": list(arguments),
            "environment": {**os.environ, **(environment or {})},
        }
        return int(self.ask(question, streams))

    def ask(self, question: dict[str, Any], streams: Sequence[int] = ()) -> Any:
        """Its answer."""
        with self._lock:
            line = self._line = self._line or self._begin()
            socket.send_fds(line, [json.dumps(question).encode()], streams)
            return json.loads(line.recv(_LONGEST))

    def _begin(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.nursery", str(theirs.fileno()), *self.preloaded],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # no terminal, whatever ours is
                pass_fds=[theirs.fileno()],
                cwd=ROOT,
                start_new_session=True,  # Ctrl-C is for the tests, which then end
            )

        def end() -> None:
            ours.close()
            process.wait()

        atexit.register(end)
        return ours


SERVER = Nursery(
    (
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
)
REPORT = Nursery(("dropbox.report.cli", "dropbox.report.commands", "dropbox.report.running"))
LATER = Nursery(
    (
        "aiohttp",
        "aiohttp_socks",
        "babel",
        "brotli",
        "click",
        "cryptography",
        "jinja2",
        "nacl.bindings",
    )
)
"""For a program of which something is changed before its modules are imported."""
INBOX = Nursery(
    (
        "tests.cheap",
        "inbox_ui.cli",
        "inbox_ui.pages.serving",
        "sqlalchemy.dialects.sqlite.pysqlite",
    )
)


def start(
    nursery: Nursery,
    command: Sequence[str],
    stderr: Path,
    environment: Mapping[str, str] | None = None,
    stdout: Path | None = None,
) -> Nursling:
    """A command, ``[python, "-c", source, *arguments]``, with nothing to read. What it says is
    added to the files; without ``stdout`` it is a pipe."""
    source, arguments = command[2], command[3:]
    with Path(os.devnull).open("rb") as nothing, stderr.open("ab") as err:
        if stdout is not None:
            with stdout.open("ab") as out:
                streams = (nothing.fileno(), out.fileno(), err.fileno())
                return Nursling(nursery, nursery.start(source, arguments, streams, environment))
        ours, theirs = os.pipe()
        try:
            streams = (nothing.fileno(), theirs, err.fileno())
            pid = nursery.start(source, arguments, streams, environment)
        finally:
            os.close(theirs)
        return Nursling(nursery, pid, os.fdopen(ours))


def run(
    nursery: Nursery, command: Sequence[str], stdin: bytes = b"", timeout: float = 180.0
) -> subprocess.CompletedProcess[str]:
    """A command to its end. Raises ``subprocess.TimeoutExpired``, after it was killed."""
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        given.write(stdin)
        given.seek(0)
        streams = (given.fileno(), out.fileno(), err.fileno())
        started = Nursling(nursery, nursery.start(command[2], command[3:], streams))
        try:
            code = started.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            raise
        out.seek(0)
        err.seek(0)
        said = (each.read().decode() for each in (out, err))
        return subprocess.CompletedProcess(command, code, *said)


# -- in the nursery -------------------------------------------------------------------------------


def main() -> None:
    """Answer until nobody asks any more."""
    line = socket.socket(fileno=int(sys.argv[1]))
    for each in sys.argv[2:]:
        importlib.import_module(each)
    gc.collect()
    gc.freeze()

    children: set[int] = set()
    while True:
        question, streams, _, _ = socket.recv_fds(line, _LONGEST, 3)
        if not question:
            break
        asked = json.loads(question)
        if "poll" in asked:
            answer = _poll(asked["poll"])
            if answer is not None:
                children.discard(asked["poll"])
        else:
            answer = os.fork()
            if answer == 0:
                _become(asked, streams)
            children.add(answer)
        for each in streams:
            os.close(each)
        line.send(json.dumps(answer).encode())
    for child in children:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)


def _poll(child: int) -> int | None:
    pid, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if pid else None


def _become(asked: dict[str, Any], streams: Sequence[int]) -> None:
    """In the child: become the program; never returns."""
    code: Any = 1
    try:
        os.setsid()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.closerange(3, 64)
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.stdin, sys.stdout, sys.stderr = _opened(0, "r"), _opened(1, "w"), _opened(2, "w")
        sys.argv = ["-c", *asked["arguments"]]
        try:
            exec(asked["source"], {"__name__": "__main__"})
            code = 0
        except SystemExit as end:
            code = end.code
        except BaseException:  # noqa: BLE001 - as Python does, and for those who look for it
            traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))


def _opened(number: int, mode: str) -> IO[str]:
    """A stream as Python opens it at its start: the one that was there knows of another file."""
    is_error = number == 2
    errors = "backslashreplace" if is_error else "strict"
    return open(number, mode, 1 if is_error else -1, "utf-8", errors, closefd=False)


if __name__ == "__main__":
    main()
