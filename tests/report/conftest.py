"""``dropbox-report`` as a process, a real server behind a proxy that can cut, and its team."""

import io
import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crypto.analyst import Analyst, CaseFile
from crypto.chains import Stored
from crypto.directory import read_directory
from crypto.envelope import Chain
from crypto.passphrase import mailbox_secret
from dropbox.client.http import HttpTransport
from dropbox.client.listing import Listed
from dropbox.client.origins import read_origin
from dropbox.client.service import Caller, Service
from dropbox.client.wordlist import word_list
from dropbox.report import running
from dropbox.report.commands import report
from tests import nursery
from tests.client.team import Correspondent, Written, store
from tests.client.wires import CuttingProxy
from tests.dropbox.server import Server, free_port, make_data
from tests.dropbox.team import Team

ONION = f"http://{'a' * 56}.onion"
PROGRAM = [sys.executable, "-c", "from dropbox.report.cli import main; main()"]
LATER = [
    sys.executable,
    "-c",
    "import sys; from datetime import timedelta; from dropbox.report import places;"
    "now = places.today; days = timedelta(days=int(sys.argv.pop(1)));"
    "places.today = lambda: now() + days; from dropbox.report.cli import main; main()",
]
"""The same program on another day: its first argument is a number of days from now."""


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        [line] = [line for line in self.err.splitlines() if line.startswith("error: ")]
        return line.removeprefix("error: ")

    @property
    def hint(self) -> str:
        [line] = [line for line in self.err.splitlines() if line.startswith("hint: ")]
        return line.removeprefix("hint: ")


def run(*arguments: str | Path, text: str | None = None, days: int = 0) -> Ran:
    """The command as it is, to its end, without a terminal."""
    program = [*LATER, str(days)] if days else PROGRAM
    where = nursery.LATER if days else nursery.REPORT
    done = nursery.run(where, [*program, *map(str, arguments)], (text or "").encode())
    ran = Ran(done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in ran.err + ran.out, ran.err
    return ran


class Place:
    """A server, a proxy in front of it that both are reached by, and the team behind it."""

    def __init__(self, folder: Path, proxy: CuttingProxy, port: int) -> None:
        self.folder = folder
        self.proxy = proxy
        self.port = port
        self.team = Team(origins=(f"http://127.0.0.1:{port}", proxy.url, ONION))
        self.data = make_data(folder / "data", self.team)
        self.server = self.start()

    def start(self) -> Server:
        self.server = Server(self.data, self.team, port=self.port)
        return self.server.__enter__()

    @property
    def root(self) -> str:
        return self.team.root.keys.card.fingerprint

    @property
    def options(self) -> list[str]:
        return ["--server", self.proxy.url, "--root", self.root, "--wait", "5"]

    def run(self, command: str, *more: str | Path, text: str | None = None, days: int = 0) -> Ran:
        return run(command, *self.options, *more, text=text, days=days)

    def send(self, text: str = "Something is wrong.", *more: str | Path) -> str:
        """A report that arrives: its seven words."""
        ran = self.run("send", "--text-file", "-", *more, text=text)
        assert ran.code == 0, ran.err
        return ran.out.strip()

    # -- the team -------------------------------------------------------------------------------

    def correspondent(self, words: str) -> Correspondent:
        secret = mailbox_secret(word_list().read(words), self.team.service)
        return Correspondent(self.team, secret.keys.card)  # type: ignore[arg-type]

    def analyst_service(self) -> Service:
        certificate = self.team.certificate(self.team.analyst)
        caller = Caller(self.team.analyst.keys, self.team.service, certificate)
        return Service(HttpTransport(read_origin(self.server.url)), self.server.url, caller)

    async def post(self, *written: Written) -> None:
        """Store what the team wrote."""
        service = self.analyst_service()
        try:
            await store(service, self.team, *written)  # type: ignore[arg-type]
        finally:
            await service.close()

    async def feed(self) -> list[Listed]:
        """Everything that is stored, as the team is given it."""
        service = self.analyst_service()
        entries = [entry async for page in service.feed(0) for entry in page.entries]
        await service.close()
        return entries

    async def case(self, words: str) -> CaseFile:
        """The mailbox of these words, opened by the analyst."""
        directory = read_directory(await self._directory(), self.team.service)
        analyst = Analyst(
            self.team.analyst,
            directory,
            [self.team.intake],
            {self.team.analyst.keys.card.id: self.team.analyst.keys.card.sign},
            secrets.token_bytes,
        )
        mailbox = self.correspondent(words).card.id
        chains: dict[Chain, list[Stored]] = {}
        for entry in await self.feed():
            if entry.mailbox == mailbox:
                chains.setdefault(Chain(entry.header[1]), []).append(entry.stored)
        return analyst.read(mailbox, chains)

    async def _directory(self) -> bytes:
        service = self.analyst_service()
        signed = await service.directory()
        await service.close()
        return signed


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with CuttingProxy(port := free_port()) as proxy:
        place = Place(tmp_path_factory.mktemp("place"), proxy, port)
        yield place
        place.server.stop()


@pytest.fixture
def place(shared: Place) -> Place:
    """A running server; others may have left reports in it."""
    shared.proxy.again()
    return shared


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Place]:
    """A server nobody else uses, which a test may stop."""
    with CuttingProxy(port := free_port()) as proxy:
        place = Place(tmp_path, proxy, port)
        yield place
        place.server.stop()


class Typed(io.TextIOWrapper):
    """A stdin that is no terminal."""

    def __init__(self, text: str) -> None:
        super().__init__(io.BytesIO(text.encode()))


@pytest.fixture
def run_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """The command inside the test's process: for the many that end before any connection."""
    monkeypatch.setattr(running, "_protect", lambda: None)  # it is for a whole process

    def run(*arguments: str | Path, text: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", Typed(text))
        code = running.run_command(report, [*map(str, arguments)], "dropbox-report")
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


def refused(ran: Ran, code: int, *said: str) -> None:
    """One ``error:`` line, one ``hint:`` line, nothing on stdout."""
    assert ran.code == code, ran.err
    assert ran.out == ""
    for each in said:
        assert each in f"{ran.error}\n{ran.hint}"
    assert ran.hint


@pytest.fixture
def words_file(tmp_path: Path) -> Callable[[str], Path]:
    def write(words: str) -> Path:
        path = tmp_path / "words"
        path.write_text(words + "\n")
        return path

    return write
