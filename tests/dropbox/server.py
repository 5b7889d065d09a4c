"""A real server: a data directory made by the real command, and the processes that serve it."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from dropbox.cli import main
from dropbox.settings import FILE_NAME
from tests.dropbox.team import ORIGIN, Team
from tests.dropbox.wiretap import Wire
from tests.nursery import SERVER, start

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from dropbox.cli import main; main()"]
CLOCKED = [
    sys.executable,
    "-c",
    "import runpy; runpy.run_module('tests.dropbox.timeshift', run_name='__main__')",
]
"""The same with a clock that tests can turn, in a file that is the first argument."""
START_SECONDS = 60.0


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """``dropbox-server`` to its end: ``serve`` as a process, the others in this one."""
    if "serve" in arguments:
        return run_process(*arguments)
    out, err = io.StringIO(), io.StringIO()
    code: int | str | None = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(each) for each in arguments])
        except SystemExit as end:
            code = end.code
    assert code is None or isinstance(code, int)
    return subprocess.CompletedProcess(arguments, code or 0, out.getvalue(), err.getvalue())


def run_process(*arguments: str | Path, timeout: float = 180.0) -> subprocess.CompletedProcess[str]:
    """``dropbox-server`` as a process of its own, to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=ROOT,
        check=False,
    )


def make_data(data: Path, team: Team, *, database: str = "sqlite", **directory: object) -> Path:
    """``init``: a data directory with this team's next directory.

    Its server asks nobody for a proof of work, see :func:`ask_work`: how soon it would, and of
    whom, depends on how fast this machine is.
    """
    file = data.parent / f"{data.name}.directory"
    file.write_bytes(team.directory(**directory))  # type: ignore[arg-type]
    origins = [each for origin in team.origins for each in ("--origin", origin)]
    where = ("--data", data, "--database", database)
    done = run("init", *where, "--directory", file, *origins)
    assert done.returncode == 0, done.stderr
    _set_work(data, "most_work = 0")
    return data


def ask_work(data: Path, least: object = 0) -> None:
    """As an operator has it, who asks strangers for ``least`` bits at any time."""
    _set_work(data, f"least_work = {least}")


def _set_work(data: Path, line: str) -> None:
    settings = data / FILE_NAME
    ours = ("least_work", "most_work")
    kept = [each for each in settings.read_text().splitlines() if not each.startswith(ours)]
    settings.write_text("\n".join([*kept, line, ""]))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process(Protocol):
    """As much of ``subprocess.Popen`` as the tests use."""

    pid: int
    returncode: Any

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int, /) -> None: ...
    def kill(self) -> None: ...


_KILLED_WITH_US = "import ctypes; ctypes.CDLL(None).prctl(1, 9); "


def _start(
    arguments: Sequence[str], stdout: Path, stderr: Path, environment: dict[str, str]
) -> Process:
    python, option, program = COMMAND
    with stdout.open("ab") as out, stderr.open("ab") as err:
        return subprocess.Popen(
            [python, option, _KILLED_WITH_US + program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={**os.environ, **environment},
            cwd=ROOT,
            start_new_session=True,
        )


@dataclass
class Server:
    """A running ``dropbox-server serve``; a context manager that leaves nothing behind.

    ``clock`` is a file that holds a number of seconds, by which the server's clock is ahead.
    """

    data: Path
    team: Team
    workers: int = 1
    options: Sequence[str] = ()
    environment: dict[str, str] = field(default_factory=dict)
    clock: Path | None = None
    port: int = 0

    def __enter__(self) -> "Server":
        self.stderr = self.data.parent / f"{self.data.name}.stderr"
        self.stdout = self.data.parent / f"{self.data.name}.stdout"
        arguments = ["serve", "--data", str(self.data), "--port", str(self.port)]
        arguments += ["--workers", str(self.workers), *self.options]
        with self.stderr.open("ab"), self.stdout.open("ab") as out:
            offset = out.tell()
        where = (self.stdout, self.stderr)
        if "LD_PRELOAD" in self.environment:  # works in a process of its own alone
            self.process: Process = _start(arguments, *where, self.environment)
        else:
            program = COMMAND if self.clock is None else [*CLOCKED, str(self.clock)]
            self.process = start(
                SERVER, [*program, *arguments], self.stderr, self.environment, self.stdout
            )
        self.url = self._await_ready(offset)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _await_ready(self, offset: int) -> str:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            said = self.stdout.read_bytes()[offset:].decode()
            if said.endswith("\n"):
                assert said.startswith("ready "), said
                return said.split()[1]
            time.sleep(0.01)
        self.stop()
        raise AssertionError(f"not ready: {self.stderr.read_text()}")

    @property
    def workers_now(self) -> list[int]:
        """The process ids of the workers."""
        return [each for each, name in self.children_now.items() if name == "dropbox-worker"]

    @property
    def children_now(self) -> dict[int, str]:
        """The names of all children of the supervisor, by their process ids."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = {}
        for each in children.read_text().split():
            with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
                found[int(each)] = Path(f"/proc/{each}/comm").read_text().strip()
        return found

    def stop(self, how: int = signal.SIGTERM) -> int:
        """End it and wait for the end of its last process; gives the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            code = self.process.wait(120)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise
        deadline = time.monotonic() + 60
        while self.alive() and time.monotonic() < deadline:
            time.sleep(0.005)
        assert not self.alive()
        return code

    def alive(self) -> bool:
        """Whether any process of its group is left."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def wire(self, keep: bool = True) -> Wire:
        return Wire(self.url, keep)


__all__ = ["ORIGIN", "Server", "free_port", "make_data", "run"]
