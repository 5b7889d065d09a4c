"""A running ``dropbox-inbox serve``, and a client that can send what no browser would."""

import http.client
import os
import re
import secrets
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from crypto.reporter import Draft
from inbox_ui import founding
from inbox_ui.folder import Folder
from inbox_ui.options import today
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.settings import Settings
from tests import nursery
from tests.cheap import INBOX
from tests.inbox_ui.conftest import Clock, Desk, Writer
from tests.simulator import Simulator

ROOT = Path(__file__).parents[2]
PASSPHRASE = "five invented words for nobody"
NOBODY = "http://127.0.0.1:9"
"""A server that is away: nothing listens at this port."""
Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Got:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def main(self) -> str:
        return self.body[self.body.find("<main") : self.body.find("</main>")]

    @property
    def location(self) -> str:
        return self.headers.get("location", "")

    def field(self, name: str) -> str:
        """The value of the first hidden field of this name."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.body)
        assert found, name
        return found[1]


@dataclass
class Served:
    """The process; a context manager that leaves nothing behind."""

    vault: Path
    options: Sequence[str] = ()
    unlocked: bool = False
    server: str = NOBODY
    cookie: str = field(default="", init=False)

    def __enter__(self) -> "Served":
        arguments = ["serve", "--vault", str(self.vault), "--port", "0", "--server", self.server]
        if self.unlocked:
            file = self.vault.parent / "served.passphrase"
            file.write_text(PASSPHRASE + "\n")
            arguments += ["--passphrase-file", str(file)]
        self.stderr = self.vault.parent / "served.stderr"
        self.stderr.unlink(missing_ok=True)
        self.process = nursery.start(
            nursery.INBOX, [*INBOX, *arguments, *self.options], self.stderr
        )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert said.startswith("ready http://127.0.0.1:"), said + self.stderr.read_text()
        self.address = said.split()[1]
        self.port = int(urlsplit(self.address).port or 0)
        self.origin = f"http://127.0.0.1:{self.port}"
        self.key = urlsplit(self.address).path
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.communicate(timeout=180)
        finally:
            if self.alive():
                os.killpg(self.process.pid, signal.SIGKILL)

    def alive(self) -> bool:
        """Whether any process of its group is left."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    @property
    def family(self) -> list[int]:
        """The process that holds the socket, and the one that serves."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid, *map(int, children.read_text().split())]

    # -- asking ---------------------------------------------------------------------------------

    def own(self, cookie: bool = True) -> Headers:
        """What our own page's form sends."""
        return (
            ("Host", f"127.0.0.1:{self.port}"),
            ("Origin", self.origin),
            ("Sec-Fetch-Site", "same-origin"),
            *((("Cookie", self.cookie),) if cookie and self.cookie else ()),
        )

    def send(
        self, method: str, target: str, headers: Headers, body: bytes = b"", kind: str = ""
    ) -> Got:
        """One request exactly as it is given, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if method != "GET":
            connection.putheader("Content-Type", kind or "application/x-www-form-urlencoded")
            connection.putheader("Content-Length", str(len(body)))
        try:
            connection.endheaders(body or None)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Got(answer.status, names, answer.read().decode())
        finally:
            connection.close()

    def get(self, path: str) -> Got:
        return self.send("GET", path, self.own())

    def post(self, path: str, **form: str | int | Sequence[str]) -> Got:
        """What a browser shows in the end, if the answer waits at an address of its own."""
        return self.follow(self.submit(path, **form))

    def follow(self, got: Got) -> Got:
        return self.get(got.location) if got.location.startswith("/answer/") else got

    def submit(self, path: str, **form: str | int | Sequence[str]) -> Got:
        return self.send("POST", path, self.own(), urlencode(form, doseq=True).encode())

    def enter(self) -> Got:
        """Exchange the key for the cookie."""
        got = self.get(self.key)
        self.cookie = got.headers["set-cookie"].split(";")[0]
        return got

    def unlock(self, passphrase: str = PASSPHRASE) -> Got:
        """Come in, if that has not been done, and unlock."""
        if not self.cookie:
            self.enter()
        return self.post("/unlock", passphrase=passphrase, back="/")

    def the_case(self) -> str:
        """The name of the only case."""
        [name] = set(re.findall(r'href="/case/([a-z2-7]+)"', self.get("/queue/all/1").body))
        return name


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


@contextmanager
def fetched(
    vault: Path, server: str, shows: Callable[["Served"], bool] | None = None
) -> Iterator[Served]:
    """A workstation that is unlocked and syncs each second, once what is there ``shows``."""
    with Served(vault, ("--pause", "1"), unlocked=True, server=server) as served:
        served.enter()
        wait_for(lambda: (shows or _has_a_case)(served))
        yield served


def _has_a_case(served: Served) -> bool:
    return "data-row" in served.get("/queue/all/1").body


# -- an archive to serve ------------------------------------------------------------------------


@dataclass
class Shop:
    """A workstation whose archive is filled from a server in memory, and then served."""

    folder: Path
    day: date = field(default_factory=today)

    def __post_init__(self) -> None:
        team = founding.found("Invented Team", [NOBODY], self.day, secrets.token_bytes)
        vault = Folder(self.folder / "vault")
        founding.settle(
            team, vault, vault.default_root, Settings(NOBODY, None), VaultPassphrase(PASSPHRASE),
            secrets.token_bytes,
        )  # fmt: skip
        self.server = Simulator(team.directory, NOBODY, self.day)
        self.desk = Desk(vault, self.server, Clock(self.day))

    @property
    def vault(self) -> Path:
        return self.desk.folder.path

    def report(self, draft: Draft) -> Writer:
        """A new reporter's report, as it is given."""
        writer = Writer(self.server)
        self.server.put(writer.core.report(draft, self.day))
        return writer

    def close(self) -> "Shop":
        """Fetch everything, and let go of the archive."""
        self.desk.sync()
        self.desk.close()
        return self
