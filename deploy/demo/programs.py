"""The three commands as processes, the way a person or a script would call them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.demo.corpus import Scenario

_BIN = Path(sys.executable).parent
_SECONDS = 120


class Failed(Exception):
    """A command did not do what it should; the message is what it said."""


class Programs:
    """One team, one server and its reporters, in one folder."""

    def __init__(self, folder: Path, origin: str, passphrase: str) -> None:
        self._folder = folder
        self._origin = origin
        self._root = ""
        self._passphrase = self._write("passphrase", passphrase)

    # -- the team and its server ----------------------------------------------------------------

    def init_team(self, name: str) -> str:
        """Make the team; its root's fingerprint."""
        made = self._inbox_json("init", "--team", name, "--origin", self._origin)
        self._root = made["root"]
        self._directory = made["directory"]
        return self._root

    def init_server(self) -> None:
        """Make the server's folder from the team's directory."""
        run(
            "dropbox-server",
            "init",
            *("--data", str(self._folder / "server")),
            *("--directory", self._directory),
            *("--origin", self._origin),
        )

    @contextmanager
    def serve(self) -> Iterator[str]:
        """A running server: its address. It is asked to end, and has ended, afterwards."""
        port = self._origin.rpartition(":")[2]
        data = str(self._folder / "server")
        with running("dropbox-server", "serve", "--data", data, "--port", port) as address:
            yield address

    # -- the workstation ------------------------------------------------------------------------

    def inbox(self, command: str, *arguments: str) -> str:
        """What a command of the workstation prints."""
        vault = ("--vault", str(self._folder / "vault"))
        unlock = ("--passphrase-file", str(self._passphrase), "--server", self._origin)
        return run("dropbox-inbox", command, *arguments, *vault, *unlock)

    @contextmanager
    def serve_inbox(self, port: int) -> Iterator[str]:
        """The workstation's pages: their address, which holds a key that is good once."""
        vault = str(self._folder / "vault")
        with running("dropbox-inbox", "serve", "--vault", vault, "--port", str(port)) as address:
            yield address

    def inbox_text(self, command: str, case: str, text: str) -> str:
        """The same, for a command that takes a text."""
        return self.inbox(command, case, "--text-file", str(self._write("text", text)))

    def find_case(self, text: str) -> str:
        """The name of the case whose report says ``text``."""
        for row in self._inbox_json("list"):
            shown = self._inbox_json("show", row["case"])
            if any(message["text"] == text for message in shown["messages"]):
                return str(row["case"])
        raise Failed("the report is not in the list")

    def _inbox_json(self, command: str, *arguments: str):  # type: ignore[no-untyped-def]
        return json.loads(self.inbox(command, *arguments, "--json"))

    # -- the reporters --------------------------------------------------------------------------

    def send(self, scenario: Scenario) -> str:
        """Send a report; the seven words."""
        attached = []
        for attachment in scenario.attachments:
            path = self._folder / attachment.name
            path.write_bytes(attachment.content)
            attached += ["--attach", str(path)]
        forces = [argument for force in scenario.forces for argument in ("--force", force)]
        return self._report(
            "send",
            *("--text-file", str(self._write("text", scenario.text))),
            *("--category", scenario.category, "--language", scenario.language),
            *forces,
            *attached,
        ).strip()

    def check(self, words: str) -> str:
        """What a reporter sees in the mailbox."""
        return self._report("check", "--passphrase-file", str(self._write("words", words)))

    def reply(self, words: str, text: str) -> None:
        """Answer the team."""
        self._report(
            "reply",
            *("--passphrase-file", str(self._write("words", words))),
            *("--text-file", str(self._write("text", text))),
        )

    def _report(self, command: str, *arguments: str) -> str:
        where = ("--server", self._origin, "--root", self._root)
        return run("dropbox-report", command, *where, *arguments)

    def _write(self, name: str, text: str) -> Path:
        path = self._folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return path


@contextmanager
def running(program: str, *arguments: str) -> Iterator[str]:
    """A program that serves: the address it is ready at. Afterwards it has ended."""
    with subprocess.Popen(
        [_BIN / program, *arguments], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            if not ready.startswith("ready "):
                raise Failed(f"{program} did not start")
            yield ready.removeprefix("ready ").strip()
        finally:
            process.terminate()


def run(program: str, *arguments: str) -> str:
    """What ``program`` prints on stdout. Raises ``Failed`` with what it says on stderr."""
    done = subprocess.run(
        [_BIN / program, *arguments],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise Failed(f"{program} {arguments[0]}: {done.stderr.strip()}")
    return done.stdout
