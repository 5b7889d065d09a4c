"""Files up and down, several at once in parts of 1 MiB: how fast, and in how much memory.

The parts are random bytes in place of sealed ones, and all the same: the server looks at none of
them, it hashes, writes and syncs each. Up goes against aiohttp that writes and syncs the same
parts; down is what an analyst does after a report has named the files.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from pathlib import Path

from bench import load
from bench.budgets import DOWN, DOWN_MEMORY, UP, UP_BARE, UP_MEMORY, UP_RATIO, Result
from bench.crowd import log_in
from bench.databases import IN_FILES, Databases
from bench.load import Request
from bench.rounds import compare
from bench.scale import Scale
from bench.servers import Server, bare, dropbox, make_data, watch_memory, write_key
from bench.team import TEXT, Team, report
from crypto.constants import MIB, SEALED_PART_OVERHEAD
from crypto.files import FileManifest, NewFile, file_hash, padded_size, part_count, part_hash
from crypto.keys import MailboxSecret
from crypto.reporter import Draft
from dropbox.client.submission import pack_submission
from dropbox.wire import FileStart


def measure(scale: Scale, folder: Path, databases: Databases = IN_FILES) -> list[Result]:
    """Rates up and down in MiB/s, the ratio up, and the memory of each transfer."""
    team = Team.found()
    data = make_data(folder / "transfers", team, databases)
    kept = folder / "kept"
    kept.mkdir()
    with dropbox(data, write_key(folder)) as server, bare(kept) as other:
        senders = Senders(team, server, scale)
        grown = []

        def ours(number: int) -> float:
            requests = senders.start()
            with watch_memory(server) as memory:
                run = load.run(server.port, requests, scale.transfers).expect(204)
            if number:  # what the first round grew by is not of the transfers
                grown.append((max(memory) - memory[0]) / scale.transfers)
            return run.rate

        def theirs(_: int) -> float:
            requests = [Request.make("PUT", "/", senders.part) for _ in range(senders.parts)]
            rate = load.run(other.port, requests, scale.transfers).expect(204).rate
            for each in kept.iterdir():
                each.unlink()
            return rate

        up = compare(ours, theirs, scale.rounds)
        down, down_grown = _fetch(team, server, senders.report(), scale.transfers)
    return [
        Result(UP, up.ours),
        Result(UP_BARE, up.other),
        Result(UP_RATIO, up.ratio),
        Result(UP_MEMORY, max(grown)),
        Result(DOWN, down),
        Result(DOWN_MEMORY, down_grown),
    ]


class Senders:
    """Reporters with a file each. In each round the file is taken back and another one sent."""

    def __init__(self, team: Team, server: Server, scale: Scale) -> None:
        self._team = team
        self._port = server.port
        self._at_once = scale.transfers
        self._size = scale.file_bytes
        self._each = part_count(scale.file_bytes)
        self._secrets = [MailboxSecret.generate(secrets.token_bytes) for _ in range(self._at_once)]
        self._files: list[NewFile] = []
        self.part = secrets.token_bytes(MIB + SEALED_PART_OVERHEAD)
        self.parts = self._each * self._at_once

    def start(self) -> list[Request]:
        """Start new files: the requests for all their parts, the first of every file first."""
        tokens = self._log_in()
        old = [
            Request.make("DELETE", _path(file.id), session=token)
            for file, token in zip(self._files, tokens, strict=False)
        ]
        load.run(self._port, old, self._at_once).expect(204)
        self._files = [NewFile.generate(secrets.token_bytes) for _ in self._secrets]
        pairs = list(zip(self._files, tokens, strict=True))
        begun = [
            Request.make("POST", "/api/files", FileStart(file.id, self._each).to_bytes(), token)
            for file, token in pairs
        ]
        load.run(self._port, begun, self._at_once).expect(204)
        return [
            Request.make("PUT", f"{_path(file.id)}/{index}", self.part, token)
            for index in range(self._each)
            for file, token in pairs
        ]

    def report(self) -> list[str]:
        """Send the reports that name the files; the paths of all parts, the first ones first."""
        digest = file_hash([part_hash(self.part)] * self._each)
        sent = []
        for secret, file, token in zip(self._secrets, self._files, self._log_in(), strict=True):
            padded, key = padded_size(self._size), file.key.expose()
            manifest = FileManifest("f", "text/plain", self._size, padded, file.id, key, digest)
            outgoing = report(self._team.directory, secret, Draft(TEXT, files=(manifest,)))
            body = pack_submission((outgoing,))
            sent.append(Request.make("POST", "/api/envelopes", body, token))
        load.run(self._port, sent, self._at_once).expect(200)
        return [f"{_path(file.id)}/{index}" for index in range(self._each) for file in self._files]

    def _log_in(self) -> list[str]:
        callers = [self._team.reporter_caller(each) for each in self._secrets]
        return log_in(self._port, callers, self._at_once)


def _fetch(team: Team, server: Server, paths: Sequence[str], at_once: int) -> tuple[float, float]:
    """All parts by an analyst: the rate, and MiB of memory for each transfer."""
    [token] = log_in(server.port, [team.analyst_caller()], 1)
    requests = [Request.make("GET", path, session=token) for path in paths]
    load.run(server.port, requests[:at_once], at_once).expect(200)
    with watch_memory(server) as memory:
        run = load.run(server.port, requests, at_once).expect(200)
    assert all(answer.length > MIB for answer in run.answers)
    return run.rate, (max(memory) - memory[0]) / at_once


def _path(file: bytes) -> str:
    return f"/api/files/{urlsafe_b64encode(file).rstrip(b'=').decode('ascii')}"
