"""``make soak``: the server is killed again and again while reporters write to it.

In each round reporters of the real client library send reports, some with a file, while workers and
the supervisor get SIGKILL at random moments. Then:

(1) every report that has a receipt is in the analyst's feed;
(2) no report is there twice, and no mailbox has more than the one that was sent;
(3) ``dropbox-server check`` finds nothing damaged.

``ROUNDS`` in the environment says how many (25: about five minutes), ``SECONDS`` how long each is.
"""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from bench.servers import BIN, dropbox_command, make_data, workspace
from bench.team import DRAFT, ORIGIN, TEXT, Team, report
from crypto.constants import MIB
from crypto.envelope import envelope_id
from crypto.keys import MailboxSecret
from crypto.reporter import Draft
from dropbox.client.errors import ClientError
from dropbox.client.http import HttpTransport
from dropbox.client.origins import Origin
from dropbox.client.retry import Patience
from dropbox.client.service import Caller, Service
from dropbox.client.source import Source
from dropbox.client.upload import upload

WORKERS: Final = 2
REPORTERS: Final = 8
FILE_BYTES: Final = MIB + MIB // 2
ONE_IN: Final = 12
"""One report of so many has a file; one death of four is the supervisor's."""
_PATIENCE: Final = Patience((0.1,) * 100)
_STARTS: Final = 50


class Broken(Exception):
    """An invariant does not hold; the message says which."""


class Victim:
    """The server, started again on the same port whenever it was killed."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = _free_port()
        self.killed: Counter[str] = Counter()
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it. A port may still be held by a worker that is on its way out."""
        for _ in range(_STARTS):
            command = dropbox_command(self.data, self.port, WORKERS)
            self._process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            assert self._process.stdout is not None
            if self._process.stdout.readline().startswith("ready "):
                return
            self._end(signal.SIGKILL)
        raise Broken("the server does not start again")

    def kill(self) -> None:
        """SIGKILL to a worker or, one time in four, to the supervisor; then it is started again."""
        assert self._process is not None
        workers = psutil.Process(self._process.pid).children()
        if workers and secrets.randbelow(4):
            self.killed["workers"] += 1
            workers[secrets.randbelow(len(workers))].kill()
            return
        self.killed["supervisors"] += 1
        self._end(signal.SIGKILL)
        _, alive = psutil.wait_procs(workers, timeout=5)
        if alive:
            raise Broken("a worker outlives its supervisor")
        self.start()

    def stop(self) -> None:
        """SIGTERM, and wait."""
        self._end(signal.SIGTERM)

    def check(self) -> None:
        """``dropbox-server check``. Raises ``Broken``."""
        command = [str(BIN / "dropbox-server"), "check", "--data", str(self.data)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Broken(done.stdout + done.stderr)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            with self._process:  # waits, and closes the pipe
                self._process.send_signal(how)
            self._process = None


@dataclass
class Ledger:
    """What reporters were promised, and what the feed shows."""

    receipts: set[bytes] = field(default_factory=set)
    unsure: int = 0
    seen: Counter[bytes] = field(default_factory=Counter)
    mailboxes: Counter[bytes] = field(default_factory=Counter)
    position: int = 0

    def hold(self) -> None:
        """Raise ``Broken`` unless (1) and (2)."""
        lost = self.receipts - set(self.seen)
        if lost:
            raise Broken(f"{len(lost)} reports with a receipt are not there")
        twice = [each for each, count in (self.seen + self.mailboxes).items() if count > 1]
        if twice:
            raise Broken(f"{len(twice)} reports are there more than once")


class Soak:
    """One team, one server, and what has been promised so far."""

    def __init__(self, folder: Path, team: Team) -> None:
        self.team = team
        self.victim = Victim(make_data(folder / "data", team))
        self.ledger = Ledger()
        self._file = folder / "invented.bin"
        self._file.write_bytes(secrets.token_bytes(FILE_BYTES))

    async def round(self, seconds: float) -> None:
        """Load and death for ``seconds``, then all invariants."""
        await asyncio.to_thread(self.victim.start)
        try:
            stop = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                for _ in range(REPORTERS):
                    group.create_task(self._write(stop.is_set))
                group.create_task(self._kill(seconds, stop))
            await self._read_feed()
        finally:
            await asyncio.to_thread(self.victim.stop)
        self.ledger.hold()  # (1) (2)
        await asyncio.to_thread(self.victim.check)  # (3)

    async def _kill(self, seconds: float, stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end:
            await asyncio.sleep(0.2 + secrets.randbelow(1000) / 1000)
            await asyncio.to_thread(self.victim.kill)
        stop.set()

    async def _write(self, stopped: Callable[[], bool]) -> None:
        while not stopped():
            secret = MailboxSecret.generate(secrets.token_bytes)
            transport, service = self._connect(self.team.reporter_caller(secret))
            try:
                await self._send(service, secret)
            except ClientError:
                self.ledger.unsure += 1
            finally:
                await transport.close()

    async def _send(self, service: Service, secret: MailboxSecret) -> None:
        draft = DRAFT
        if secrets.randbelow(ONE_IN) == 0:
            with Source(self._file) as source:
                manifest = await upload(service, source, secrets.token_bytes)
            draft = Draft(TEXT, files=(manifest,))
        outgoing = report(self.team.directory, secret, draft)
        await service.submit((outgoing,))
        self.ledger.receipts.add(outgoing.envelope.id)

    async def _read_feed(self) -> None:
        transport, service = self._connect(self.team.analyst_caller())
        try:
            async for listing in service.feed(self.ledger.position):
                for entry in listing.entries:
                    self.ledger.seen[envelope_id(entry.header, entry.body_hash)] += 1
                    self.ledger.mailboxes[entry.mailbox] += 1
                    self.ledger.position = entry.position
        finally:
            await transport.close()

    def _connect(self, caller: Caller) -> tuple[HttpTransport, Service]:
        transport = HttpTransport(Origin("http", "127.0.0.1", self.victim.port))
        return transport, Service(transport, ORIGIN, caller, patience=_PATIENCE)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


async def soak(rounds: int, seconds: float, folder: Path) -> None:
    """All rounds. Raises ``Broken``."""
    soaked = Soak(folder, Team.found())
    for number in range(1, rounds + 1):
        await soaked.round(seconds)
        ledger, killed = soaked.ledger, soaked.victim.killed
        print(
            f"round {number} of {rounds}: {len(ledger.receipts)} receipts, all kept; "
            f"{ledger.unsure} without an answer; killed {killed['workers']} workers, "
            f"{killed['supervisors']} supervisors; nothing damaged",
            flush=True,
        )


def main() -> int:
    """Run as the environment asks."""
    rounds = int(os.environ.get("ROUNDS", "25"))
    seconds = float(os.environ.get("SECONDS", "10"))
    code = 0
    try:
        with workspace() as folder:
            asyncio.run(soak(rounds, seconds, folder))
    except* Broken as broken:
        print(*(f"error: {each}" for each in broken.exceptions), sep="\n", file=sys.stderr)
        code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
