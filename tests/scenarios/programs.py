"""The commands as processes, without the seconds that a Python takes to import them.

Each is forked from a process that has imported all of them (:mod:`tests.scenarios.shifted`), and
in whose memory nothing of a test has ever been.
"""

import multiprocessing
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SECONDS = 300.0
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.scenarios.shifted"])


@dataclass(frozen=True)
class Ran:
    """What became of a command."""

    code: int
    out: str
    err: str


def run(program: str, *arguments: str | Path, clock: Path, text: str = "") -> Ran:
    """``program`` to its end; ``text`` is piped into it."""
    with tempfile.TemporaryDirectory() as name:
        streams = _streams(Path(name), text)
        process = _begin(program, list(map(str, arguments)), clock, streams)
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            raise AssertionError(f"{program} {arguments[0]} does not end")
        out, err = ((streams / each).read_text("utf-8") for each in ("out", "err"))
    assert "Traceback" not in err, err
    return Ran(process.exitcode, out, err)


@dataclass
class Serving:
    """A running ``dropbox-inbox serve``. ``folder`` has what it prints."""

    folder: Path
    arguments: Sequence[str | Path]
    clock: Path
    address: str = field(default="", init=False)

    def start(self) -> "Serving":
        streams = _streams(self.folder)
        arguments = ["serve", "--port", "0", *map(str, self.arguments)]
        self._process = _begin("dropbox-inbox", arguments, self.clock, streams)
        deadline = time.monotonic() + SECONDS
        while not (said := (streams / "out").read_text()).endswith("\n"):
            assert self._process.is_alive(), (streams / "err").read_text()
            assert time.monotonic() < deadline, "it does not start"
            time.sleep(0.05)
        self.address = said.split()[1]
        return self

    @property
    def origin(self) -> str:
        return f"http://{urlsplit(self.address).netloc}"

    def stop(self) -> None:
        self._process.terminate()
        self._process.join(SECONDS)
        if self._process.exitcode is None:
            self._process.kill()
            raise AssertionError("serve does not end")


def _streams(folder: Path, text: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    for name in ("out", "err"):
        (folder / name).touch()
    (folder / "in").write_text(text, "utf-8")
    return folder


def _begin(program: str, arguments: list[str], clock: Path, streams: Path) -> Any:
    process = _FORKS.Process(target=_play, args=(program, arguments, clock, streams))
    process.start()
    return process


def _play(program: str, arguments: list[str], clock: Path, streams: Path) -> None:
    from tests.scenarios import shifted

    shifted.play(program, arguments, clock, streams)
