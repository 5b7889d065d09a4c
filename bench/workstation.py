"""How long an analyst's browser waits for the workstation's list of cases.

``dropbox-inbox serve`` as a process over an archive of many cases, all of them seen before and
unlocked; the time runs from the request to the last byte of the page, on a connection of its own.
The server is away, as it may be, so the courier tries and fails meanwhile.
"""

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import urlsplit

from bench.budgets import WORKSTATION, WORKSTATION_SIZE, Result
from bench.corpus import PASSPHRASE, seen_archive
from bench.scale import Scale
from bench.servers import ROOT

PAGES: Final = ("/queue/all/1", "/queue/new/1", "/queue/all/50")
"""The first page of two lists, and one far behind."""
_NOBODY: Final = "http://127.0.0.1:9"
_ASKED: Final = 20


@dataclass(frozen=True)
class Visitor:
    """A browser that has come in."""

    port: int
    cookie: str = ""

    def get(self, path: str) -> tuple[float, bytes, str]:
        """Milliseconds, the page, and the cookie it brought."""
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers={"Cookie": self.cookie} if self.cookie else {})
            answer = connection.getresponse()
            page = answer.read()
        finally:
            connection.close()
        milliseconds = (time.perf_counter() - began) * 1000
        return milliseconds, page, (answer.getheader("Set-Cookie") or "").partition(";")[0]


def measure(scale: Scale, folder: Path) -> list[Result]:
    """The median of the slowest page, in milliseconds."""
    path = seen_archive(scale.workstation).path
    with serving(path, folder) as visitor:
        for page in PAGES:
            visitor.get(page)
        slowest = max(median(_ask(visitor, page) for _ in range(_ASKED)) for page in PAGES)
    return [Result(WORKSTATION_SIZE, scale.workstation), Result(WORKSTATION, slowest)]


def _ask(visitor: Visitor, path: str) -> float:
    milliseconds, page, _ = visitor.get(path)
    assert b"data-row" in page
    return milliseconds


@contextmanager
def serving(vault: Path, folder: Path) -> Iterator[Visitor]:
    """A browser that has come in to the unlocked pages of ``vault``."""
    file = folder / "passphrase"
    file.write_bytes(PASSPHRASE.expose())
    command = [sys.executable, "-c", "from inbox_ui.cli import main; main()", "serve"]
    where = ["--vault", str(vault), "--port", "0", "--server", _NOBODY]
    with subprocess.Popen(
        [*command, *where, "--passphrase-file", str(file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            address = urlsplit(process.stdout.readline().split()[1])
            assert address.port is not None
            _, _, cookie = Visitor(address.port).get(address.path)
            yield Visitor(address.port, cookie)
        finally:
            process.terminate()
