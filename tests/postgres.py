"""A real PostgreSQL for the tests: started once, on a unix socket, a new database for each server.

``initdb`` refuses root, so root becomes somebody else for it. The server dies with the tests,
however they end: a small process in between waits for the end of a pipe that only they hold.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

START_SECONDS = 60.0
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "min_wal_size": "32MB",
    "logging_collector": "off",
}
_KEEPER = """
import shutil, signal, subprocess, sys
user, group, folder, log, *command = sys.argv[1:]
how = {"user": int(user), "group": int(group), "extra_groups": []} if user else {}
with open(log, "ab") as file:
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, **how)
print(server.pid, flush=True)
said = sys.stdin.read()
server.send_signal(signal.SIGQUIT)
server.wait()
if said != "stopped":  # whoever began this is gone
    shutil.rmtree(folder, ignore_errors=True)
"""


@cache
def binaries() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, the newest there is."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(folders, key=lambda each: int(each.parts[-3]), default=None)
    return newest.parent if newest else None


def user() -> dict[str, int]:
    """As whom PostgreSQL runs: nobody else than us, unless we are root."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        entry = pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid}


@dataclass
class Postgres:
    """A server, and everything of it; a context manager that leaves nothing behind.

    It is in a folder of its own, in ``root`` or where temporary files are; ``data`` and ``wal`` can
    be elsewhere. ``settings`` go before ours.
    """

    settings: dict[str, str] = field(default_factory=dict)
    data: Path | None = None
    wal: Path | None = None
    root: Path | None = None

    def __enter__(self) -> "Postgres":
        self.folder = Path(
            tempfile.mkdtemp(prefix="pg-", dir=self.root)
        )  # a short path: a socket's is ≤ 107 bytes
        self.log = self.folder / "log"
        self.pgdata = self.data or self.folder / "data"
        self._give(self.folder)
        options = ["-D", str(self.pgdata), "-U", "owner", "-E", "UTF8", "--locale=C", "-A", "trust"]
        if self.wal is not None:
            options += ["-X", str(self.wal)]
        self._run("initdb", *options, "--no-sync", "--no-instructions", "--data-checksums")
        lines = [f"{name} = '{value}'" for name, value in {**SETTINGS, **self.settings}.items()]
        with (self.pgdata / "postgresql.conf").open("a") as file:
            file.write("\n".join([*lines, f"unix_socket_directories = '{self.folder}'", ""]))
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _give(self, path: Path) -> None:
        path.chmod(0o700)
        if user():
            os.chown(path, user()["user"], user()["group"])

    def _run(self, tool: str, *arguments: str, check: bool = True) -> str:
        folder = binaries()
        assert folder is not None
        done = subprocess.run(
            [folder / tool, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            **user(),  # type: ignore[call-overload]
        )
        assert done.returncode == 0 or not check, done.stderr
        return str(done.stdout)

    # -- running --------------------------------------------------------------------------------

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        folder = binaries()
        assert folder is not None
        self.keeper = subprocess.Popen(
            [
                *(sys.executable, "-c", _KEEPER),
                *(str(user().get("user", "")), str(user().get("group", ""))),
                *(self.folder, self.log),
                *(folder / "postgres", "-D", self.pgdata),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            cwd="/",
        )
        assert self.keeper.stdout is not None
        self.pid = int(self.keeper.stdout.readline())
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether it takes connections."""
        folder = binaries()
        assert folder is not None
        command = [folder / "pg_isready", "-q", "-h", str(self.folder), "-d", "postgres"]
        return subprocess.run(command, check=False).returncode == 0

    def stop(self, how: str = "fast") -> None:
        """``pg_ctl stop -m how``: ``fast``, or ``immediate``, which is a crash."""
        number = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[how]
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
        assert self.keeper.stdin is not None
        assert self.keeper.stdout is not None
        deadline = time.monotonic() + START_SECONDS
        while _running(self.pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.keeper.stdin.write("stopped")
        self.keeper.stdin.close()
        self.keeper.wait(START_SECONDS)
        self.keeper.stdout.close()

    def backends(self) -> list[int]:
        """The processes that answer our programs."""
        rows = self.query(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'sealed-dropbox'"
        )
        return [int(each) for each in rows]

    # -- databases ------------------------------------------------------------------------------

    def query(self, statement: str, database: str = "postgres") -> list[str]:
        """The rows of a statement, each as text."""
        options = ["-h", str(self.folder), "-U", "owner", "-d", database, "-X", "-q", "-A", "-t"]
        return self._run("psql", *options, "-v", "ON_ERROR_STOP=1", "-c", statement).splitlines()

    def url(self, database: str) -> str:
        """What ``--database`` is given."""
        return f"postgresql://owner@/{database}?host={self.folder}"

    def make(self, template: str | None = None) -> str:
        """The URL of a new, empty database; with ``template`` of a copy."""
        name = f"dropbox_{secrets.token_hex(6)}"
        more = f" TEMPLATE {template}" if template else ""
        self.query(f"CREATE DATABASE {name}{more}")
        return self.url(name)

    def name_of(self, url: str) -> str:
        """The name of the database of a URL of ours."""
        return url.partition("@/")[2].partition("?")[0]


def _running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
