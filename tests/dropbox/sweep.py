"""A report with a file, sent while something fails on the disk; and what has to hold afterwards.

(1) what was promised is there, each report once, each of its files whole; (2) whoever tries again
until there is an answer gets one; (3) ``dropbox-server check`` finds nothing damaged.
"""

import secrets
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException

from crypto.envelope import body_hash
from dropbox import wire
from dropbox.settings import load_settings
from dropbox.store.locations import SQLITE
from tests.dropbox.faults import Call, Faults
from tests.dropbox.server import Server, run
from tests.dropbox.wiretap import Person, Sealed, analyst, claim, path_id, reporter, seal

_PATIENCE = 60.0
_BROKEN = (OSError, HTTPException, AssertionError)
"""What a client sees of a request that was not done, as tests/dropbox/wiretap.py tells it."""


@dataclass
class Sending:
    """A reporter with one report and its file, and how far the server has let her come."""

    person: Person
    parts: tuple[bytes, ...] = field(
        default_factory=lambda: (secrets.token_bytes(9000), secrets.token_bytes(70))
    )
    file: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    report: Sealed | None = None
    has_receipt: bool = False

    def send(self) -> None:
        """Send what the server does not say it holds. Raises one of ``_BROKEN`` at a failure."""
        person, path = self.person, f"/api/files/{path_id(self.file)}"
        if not person.token:
            person.log_in()
        self._ask("POST", "/api/files", wire.FileStart(self.file, len(self.parts)).to_bytes())
        held = person.ask("GET", path).read(wire.FileState).held
        for number, part in enumerate(self.parts):
            if number not in held:
                self._ask("PUT", f"{path}/{number}", part)
        if self.report is None:
            intake = (person.team.intake.keys.card.id,)
            claims = (claim(self.file, self.parts),)
            self.report = seal(person.address, intake, files=claims)
        reply = person.submit(self.report)
        assert reply.status == 200, reply
        self.has_receipt = True

    def send_until_answered(self) -> None:
        """As a client does that is told to come again."""
        deadline = time.monotonic() + _PATIENCE
        while not self.has_receipt:
            try:
                self.send()
            except _BROKEN:
                assert time.monotonic() < deadline, "it does not recover"
                self.person.token = ""
                time.sleep(0.02)

    def _ask(self, method: str, path: str, body: bytes) -> None:
        reply = self.person.ask(method, path, body)
        assert reply.status == 204, reply


@dataclass
class Sweep:
    """One server whose disk fails now here, now there."""

    server: Server
    faults: Faults
    promised: list[Sending] = field(default_factory=list)
    hits: int = 0

    @property
    def is_sqlite(self) -> bool:
        """Whether the server's processes write the database themselves."""
        return load_settings(self.server.data).database == SQLITE

    def try_at(self, call: Call, number: int, error: int) -> bool:
        """Send a report while the ``number``-th call fails; ``False``: there is no such call."""
        sending = Sending(reporter(self.server.wire(), self.server.team))
        self.faults.arm(call, number, error)
        with suppress(*_BROKEN):
            sending.send()
        fired = self.faults.disarm()
        self.hits += fired
        if not sending.has_receipt:
            sending.send_until_answered()  # (2)
        self.promised.append(sending)
        return fired

    def check(self, server: Server | None = None) -> None:
        """(1) and (3), at the server or one that has taken its place."""
        server = server or self.server
        reader = analyst(server.wire(), server.team).log_in()
        found: Counter[bytes] = Counter()
        for entry in _feed(reader):
            found[entry.body_hash] += 1
            for each in entry.files:
                for number in range(each.parts):
                    part = reader.ask("GET", f"/api/files/{path_id(each.file)}/{number}")
                    assert part.status == 200, "a file is not whole"
        assert set(found.values()) <= {1}, "a report is there twice"
        assert len(found) == len(self.promised), "a report is there that nobody sent"
        for sending in self.promised:
            assert sending.report is not None
            assert found[body_hash(sending.report.envelope.body)] == 1, "a receipt is worth nothing"
            for number, part in enumerate(sending.parts):
                there = reader.ask("GET", f"/api/files/{path_id(sending.file)}/{number}")
                assert there.body == part, "a file is not what was sent"
        done = run("check", "--data", server.data)
        assert done.returncode == 0, done.stdout


def _feed(reader: Person) -> list[wire.Entry]:
    found: list[wire.Entry] = []
    more = True
    while more:
        after = found[-1].position if found else 0
        page, _ = reader.ask("GET", f"/api/feed/{after}").page()
        found += page.entries
        more = page.more
    return found
