"""A workstation and a reporter on both sides of a server in memory.

``desk``       a workstation with its vault in a folder, at a server that follows the rules
``reporter``   a function that makes a reporter at the same server
"""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto.envelope import body_hash
from crypto.keys import MailboxSecret
from crypto.outgoing import Outgoing
from crypto.reporter import Conversation, Draft, Reporter
from dropbox.client.listing import read_listing
from dropbox.client.retry import NO_PATIENCE
from inbox_ui import founding
from inbox_ui.folder import Folder
from inbox_ui.line import Line
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.reading import OpenCase
from inbox_ui.settings import Settings
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.sync import Outcome, Sync
from tests.simulator import Row, Simulator

ORIGIN = "http://127.0.0.1:8700"
TODAY = date(2026, 11, 23)
PASSPHRASE = VaultPassphrase("five invented words for nobody")


def garbage(mailbox: bytes, header: bytes = b"no header at all") -> Row:
    """What a hostile server makes up."""
    body = secrets.token_bytes(20_000)
    return Row(0, mailbox, header, body_hash(body), body, {}, TODAY)


@dataclass
class Clock:
    """A day that a test moves."""

    day: date = TODAY

    def __call__(self) -> date:
        return self.day

    def go(self, days: int) -> None:
        self.day += timedelta(days=days)


@dataclass
class Desk:
    """A workstation at a server in memory."""

    folder: Folder
    server: Simulator
    clock: Clock
    random_bytes: Callable[[int], bytes] = secrets.token_bytes
    _open: list[Station] = field(default_factory=list)

    @property
    def station(self) -> Station:
        if not self._open:
            self._open.append(Station.open(self.folder, PASSPHRASE, self.random_bytes, self.clock))
        return self._open[0]

    def close(self) -> None:
        while self._open:
            self._open.pop().close()

    def sync(self) -> Outcome:
        outcome = self.sync_only()
        self.station.refresh()
        return outcome

    def sync_only(self) -> Outcome:
        line = Line(self.server.transport(), self.server.origin, NO_PATIENCE)
        return asyncio.run(Sync(self.station, line).run())

    def cases(self) -> list[Summary]:
        self.station.refresh()
        return self.station.casebook.cases()

    def only(self) -> Summary:
        [case] = self.cases()
        return case

    def open(self, summary: Summary | None = None) -> OpenCase:
        return self.station.open_case(summary or self.only())

    def texts(self, summary: Summary | None = None) -> list[str]:
        """What is shown of a case, in its order."""
        entries = self.open(summary).file.entries
        return [getattr(each.payload, "text", "") or each.words or "" for each in entries]


@dataclass
class Writer:
    """A reporter who talks to the server's store directly."""

    server: Simulator
    secret: MailboxSecret = field(
        default_factory=lambda: MailboxSecret.generate(secrets.token_bytes)
    )

    @property
    def core(self) -> Reporter:
        return Reporter(self.secret, self.server.directory, secrets.token_bytes)

    @property
    def address(self) -> bytes:
        return self.core.address

    def sealed(self, text: str) -> Outgoing:
        conversation = self.read()
        if conversation.empty:
            return self.core.report(Draft(text), self.server.today)
        return self.core.message(Draft(text), conversation, self.server.today)

    def write(self, text: str) -> None:
        self.server.put(self.sealed(text))

    def read(self) -> Conversation:
        listed = read_listing(self.server._mailbox(self.address, 0).body).entries
        own = [each.stored for each in listed if each.is_own]
        return self.core.read(own, [each.stored for each in listed if not each.is_own])

    def replies(self) -> list[str]:
        items = self.read().items
        return [getattr(item.payload, "text", "") for item in items if item.payload]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_desk(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(name: str = "vault", server: Simulator | None = None) -> Desk:
        """A new team's workstation, or with ``server`` another name for one made before."""
        folder = Folder(tmp_path / name)
        if server is None:
            team = founding.found("Invented Team", [ORIGIN], clock(), secrets.token_bytes)
            founding.settle(
                team, folder, folder.default_root, Settings(ORIGIN, None), PASSPHRASE,
                secrets.token_bytes,
            )  # fmt: skip
            server = Simulator(team.directory, ORIGIN, clock())
        desks.append(Desk(folder, server, clock))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Moments that are made once for all tests of a module (tests/inbox_ui/kept.py)."""
    from tests.inbox_ui.kept import Kept

    return Kept(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


@pytest.fixture
def reporter(desk: Desk) -> Callable[[], Writer]:
    return lambda: Writer(desk.server)
