"""The server of the demo, and those who report to it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crypto.casefile import case_name
from crypto.directory import Directory
from crypto.passphrase import Passphrase, mailbox_secret
from crypto.signed import split
from deploy.demo.corpus import Lane, Scenario
from deploy.demo.forms import send_form
from deploy.demo.programs import run, running


class Service:
    """One server in ``folder``, at ``origin``, for the team whose ``directory`` is signed."""

    def __init__(self, folder: Path, origin: str, root: str, directory: Path) -> None:
        self._folder = folder
        self._origin = origin
        self._root = root
        self._team = Directory.from_bytes(split(directory.read_bytes())[1]).service
        data = ("--data", str(self.data))
        run(
            *("dropbox-server", "init", *data),
            *("--directory", str(directory), "--origin", origin),
        )

    @property
    def data(self) -> Path:
        """What lies on the server's disk."""
        return self._folder / "server"

    @contextmanager
    def serve(self) -> Iterator[None]:
        """A running server. It is asked to end, and has ended, afterwards."""
        port = self._origin.rpartition(":")[2]
        with running(
            ("dropbox-server", "serve", "--data", str(self.data), "--port", port),
        ):
            yield

    def case_of(self, words: str) -> str:
        """What the team's workstations call the case of the mailbox with these seven words."""
        secret = mailbox_secret(Passphrase(tuple(words.split())), self._team)
        return case_name(secret.keys.card.id)

    # -- the reporters --------------------------------------------------------------------------

    def send(self, scenario: Scenario) -> str:
        """Send a report in its way; the seven words."""
        if scenario.lane is Lane.PLAIN:
            return send_form(self._origin, scenario)
        with tempfile.TemporaryDirectory(dir=self._folder) as place:
            attached = ["--keep-metadata"] if scenario.attachments else []  # to be found
            for attachment in scenario.attachments:
                path = Path(place) / attachment.name
                path.write_bytes(attachment.content)
                attached += ["--attach", str(path)]
            forces = [argument for force in scenario.forces for argument in ("--force", force)]
            about = ("--category", scenario.category, "--language", scenario.language)
            sent = self._report(
                "send", "--text-file", "-", *about, *forces, *attached, text=scenario.text
            )
        return sent.strip()

    def check(self, words: str) -> str:
        """What a reporter sees in the mailbox."""
        with self._kept(words) as path:
            return self._report("check", "--passphrase-file", str(path))

    def reply(self, words: str, text: str) -> None:
        """Answer the team."""
        with self._kept(words) as path:
            known = ("--passphrase-file", str(path))
            self._report("reply", *known, "--text-file", "-", text=text)

    def _report(self, command: str, *arguments: str, text: str = "") -> str:
        where = ("--server", self._origin, "--root", self._root)
        return run("dropbox-report", command, *where, *arguments, text=text)

    @contextmanager
    def _kept(self, words: str) -> Iterator[Path]:
        """The words in a file that only we can read, for as long as they are needed."""
        with tempfile.NamedTemporaryFile("w", dir=self._folder) as file:
            file.write(words)
            file.flush()
            yield Path(file.name)
