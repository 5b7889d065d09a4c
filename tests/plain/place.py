"""A server that people without scripts write to, and the team that opens what they wrote."""

import asyncio
import secrets
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from crypto.analyst import Analyst, CaseFile
from crypto.chains import Stored
from crypto.directory import Directory, read_directory
from crypto.documents import Message, Report
from crypto.envelope import Chain
from crypto.files import FileManifest, PartReader
from crypto.keys import MailboxSecret
from crypto.passphrase import mailbox_secret
from dropbox.client.http import HttpTransport
from dropbox.client.listing import Listed
from dropbox.client.origins import read_origin
from dropbox.client.service import Caller, Service
from dropbox.client.source import Source
from dropbox.client.upload import upload
from dropbox.client.wordlist import word_list
from dropbox.site.builder import build_for
from tests.client.team import Correspondent, Written, store
from tests.dropbox.server import Server, make_data
from tests.dropbox.team import Team
from tests.plain.browsing import Browser, Page

R = TypeVar("R")


def signed_site(directory: Directory) -> bytes:
    """The hash of the static site that this installation builds for a directory."""
    return build_for(directory).hash


class Place:
    """A running server whose clock and limits a test can set; ``again`` starts it anew."""

    def __init__(
        self,
        folder: Path,
        *,
        limits: str = "",
        origins: tuple[str, ...] = (),
        database: str = "sqlite",
        port: int = 0,
        workers: int = 1,
        site: bool = False,
    ) -> None:
        """``site``: the team has signed the static site, so the server shows it."""
        self.folder = folder
        self.team = Team(origins=origins) if origins else Team()
        signed = {"site": signed_site} if site else {}
        self.data = make_data(folder / "data", self.team, database=database, **signed)
        self.clock = folder / "clock"
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self._how = {"port": port, "workers": workers}
        self._environment = {"LIMITS": limits, "TMPDIR": str(self.temporary)}
        self.turn_clock(0)
        self.again()

    def again(self) -> None:
        """Start the server, as another process than before."""
        how: dict[str, Any] = {**self._how, "environment": self._environment}
        self.server = Server(self.data, self.team, clock=self.clock, **how)
        self.server.__enter__()

    def stop(self) -> None:
        """End the server that runs now."""
        self.server.stop()

    def turn_clock(self, seconds: float) -> None:
        """How far the server's clock is ahead."""
        self.clock.write_text(str(seconds))

    # -- people ---------------------------------------------------------------------------------

    def browser(self) -> Browser:
        return Browser(self.server.url, origin=self.team.origins[0])

    def report(self, text: str = "Something is wrong.", **more: Any) -> str:
        """A report that arrives: its seven words."""
        page = self.browser().get("/plain/start")
        assert page.form.send(text=text, **more).heading == "Your report has arrived"
        return page.words

    def mailbox(self, words: str) -> Page:
        """The mailbox of these words, in a browser of its own."""
        return self.browser().log_in(words)

    # -- the team -------------------------------------------------------------------------------

    def secret(self, words: str) -> MailboxSecret:
        return mailbox_secret(word_list().read(words), self.team.service)

    def correspondent(self, words: str) -> Correspondent:
        return Correspondent(self.team, self.secret(words).keys.card)  # type: ignore[arg-type]

    def post(self, *written: Written) -> None:
        """Store what the team wrote."""
        self._as_analyst(lambda service: store(service, self.team, *written))  # type: ignore[arg-type]

    def reply(self, words: str, *texts: str) -> Correspondent:
        """The team answers the mailbox of these words."""
        team = self.correspondent(words)
        self.post(*(team.reply(text) for text in texts))
        return team

    def reply_with_file(self, words: str, text: str, name: str, content: bytes) -> None:
        """The team answers with a file of this name."""
        path = self.folder / "attached"
        path.write_bytes(content)
        team = self.correspondent(words)

        async def submit(service: Service) -> None:
            with Source(path) as source:
                manifest = await upload(service, source, secrets.token_bytes)
            await service.submit((team.reply(text, (replace(manifest, name=name),)),))

        self._as_analyst(submit)

    def feed(self) -> list[Listed]:
        """Everything that is stored, as the team is given it."""

        async def fetch(service: Service) -> list[Listed]:
            return [entry async for page in service.feed(0) for entry in page.entries]

        return self._as_analyst(fetch)

    def case(self, words: str) -> CaseFile:
        """The mailbox of these words, opened by the analyst."""
        directory = read_directory(self._as_analyst(lambda each: each.directory()), self._root)
        keys = self.team.analyst.keys
        signs = {keys.card.id: keys.card.sign}
        analyst = Analyst(
            self.team.analyst, directory, [self.team.intake], signs, secrets.token_bytes
        )
        mailbox = self.secret(words).keys.card.id
        chains: dict[Chain, list[Stored]] = {}
        for entry in self.feed():
            if entry.mailbox == mailbox:
                chains.setdefault(Chain(entry.header[1]), []).append(entry.stored)
        return analyst.read(mailbox, chains)

    def letters(self, words: str) -> list[Report | Message]:
        """What the analyst reads of what she wrote."""
        found = [entry.payload for entry in self.case(words).of(Chain.REPORTER)]
        assert all(isinstance(each, Report | Message) for each in found), found
        return found  # type: ignore[return-value]

    def content(self, manifest: FileManifest) -> bytes:
        """The bytes of a file that she sent."""

        async def fetch(service: Service) -> bytes:
            reader = PartReader(manifest)
            parts = range(manifest.parts)
            opened = [reader.open(await service.part(manifest.id, each)) for each in parts]
            reader.finish()
            return b"".join(opened)

        return self._as_analyst(fetch)

    @property
    def _root(self) -> bytes:
        return self.team.service

    def _as_analyst(self, work: Callable[[Service], Coroutine[Any, Any, R]]) -> R:
        async def run() -> R:
            certificate = self.team.certificate(self.team.analyst)
            caller = Caller(self.team.analyst.keys, self.team.service, certificate)
            transport = HttpTransport(read_origin(self.server.url))
            service = Service(transport, self.team.origins[0], caller)
            try:
                return await work(service)
            finally:
                await service.close()

        with ThreadPoolExecutor(1) as thread:  # Playwright has a loop running in ours
            return thread.submit(lambda: asyncio.run(run())).result()


def together(*works: Callable[[], R]) -> list[R]:
    """What each of these gives, done at the same time."""
    results: dict[int, R] = {}
    start = threading.Barrier(len(works))

    def do(number: int) -> None:
        start.wait()
        results[number] = works[number]()

    threads = [threading.Thread(target=do, args=(each,)) for each in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[each] for each in range(len(works))]
