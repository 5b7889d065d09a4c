"""The servers that are measured, as processes of their own, on free ports of loopback."""

import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from bench.databases import IN_FILES, Databases
from bench.team import ORIGIN, Team
from crypto.constants import MIB
from dropbox.api.tokens import RUNTIME_KEY
from dropbox.settings import FILE_NAME

ROOT: Final = Path(__file__).resolve().parent.parent
BUILD: Final = ROOT / "build" / "bench"
"""On the disk of the working tree: a temporary folder may be in memory, where a sync costs
nothing."""
BIN: Final = Path(sys.executable).parent
_BETWEEN_SAMPLES: Final = 0.02


@contextmanager
def workspace() -> Iterator[Path]:
    """A folder that is removed with everything in it."""
    BUILD.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=BUILD))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_key(folder: Path) -> Path:
    """A runtime key's file: sessions are then good at every server that is given it."""
    path = folder / "runtime-key"
    path.touch(0o600)
    path.write_bytes(secrets.token_bytes(RUNTIME_KEY))
    return path


def make_data(folder: Path, team: Team, databases: Databases = IN_FILES) -> Path:
    """The data directory of a new server, made by its own command."""
    directory = folder.with_name(f"{folder.name}.directory")
    directory.write_bytes(team.signed)
    where = ("--data", str(folder), "--directory", str(directory))
    subprocess.run(
        [BIN / "dropbox-server", "init", *where, "--origin", ORIGIN, "--database", databases.new()],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return folder


def ask_no_work(data: Path) -> Path:
    """Switch off the proof of work that new mailboxes owe once they come in numbers."""
    with (data / FILE_NAME).open("a", encoding="utf-8") as file:
        file.write("most_work = 0\n")
    return data


def ask_work(data: Path, bits: int) -> Path:
    """Ask every new mailbox for a proof of work, flood or not."""
    with (data / FILE_NAME).open("a", encoding="utf-8") as file:
        file.write(f"least_work = {bits}\n")
    return data


@dataclass(frozen=True)
class Server:
    """A running server."""

    process: subprocess.Popen[str]
    port: int

    def memory(self) -> float:
        """MiB that its processes have in memory."""
        parent = psutil.Process(self.process.pid)
        family = [parent, *parent.children(recursive=True)]
        return sum(each.memory_info().rss for each in family) / MIB


def dropbox_command(data: Path, port: int, workers: int) -> list[str]:
    """The command that serves ``data``."""
    options = ("--data", str(data), "--port", str(port), "--workers", str(workers))
    return [str(BIN / "dropbox-server"), "serve", *options]


@contextmanager
def dropbox(data: Path, key: Path, workers: int = 1) -> Iterator[Server]:
    """The real server over ``data``."""
    with _running([*dropbox_command(data, 0, workers), "--runtime-key", str(key)]) as server:
        yield server


@contextmanager
def bare(folder: Path) -> Iterator[Server]:
    """aiohttp alone; ``PUT`` writes into ``folder``."""
    with _running([sys.executable, "-m", "bench.bare", str(folder)]) as server:
        yield server


@contextmanager
def _running(command: Sequence[str]) -> Iterator[Server]:
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            ready = process.stdout.readline()
            if not ready.startswith("ready "):
                raise RuntimeError(process.stderr.read())
            yield Server(process, int(ready.strip().rpartition(":")[2]))
        finally:
            process.terminate()


@contextmanager
def watch_memory(server: Server) -> Iterator[list[float]]:
    """Samples of a server's memory, taken while the block runs. The first is from before."""
    samples = [server.memory()]
    stop = threading.Event()

    def sample() -> None:
        while not stop.wait(_BETWEEN_SAMPLES):
            samples.append(server.memory())

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    try:
        yield samples
    finally:
        stop.set()
        sampler.join()
