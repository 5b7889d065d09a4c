"""A unit of the demo that reports go to: a key in a file of its own, neither vault nor server."""

from pathlib import Path

from deploy.demo.casework import Receiver
from deploy.demo.programs import run


class Unit:
    """What ``receiver`` has in ``folder``. ``passphrase`` is a file that holds it."""

    def __init__(self, receiver: Receiver, folder: Path, passphrase: Path) -> None:
        self.receiver = receiver
        self.card = folder / f"{receiver.key}.card"
        self._folder = folder / receiver.key
        self._key = folder / f"{receiver.key}.unit"
        self._passphrase = passphrase

    def begin(self, root: str, directory: Path) -> str:
        """Make the key and the card; the fingerprint to read out."""
        pinned = ("--team-directory", str(directory), "--root", root)
        return self._do("init", *pinned, "--name", self.receiver.name, "--out", str(self.card))

    def read(self, package: Path) -> None:
        """Open a package. Its report lies in the unit's folder then."""
        self._do("open", str(package), "--into", str(self._folder))

    def answer(self, ref: str, says: str, text: str = "") -> Path:
        """Where an answer to the team lies."""
        texts = ("--text-file", "-") if text else ()
        out = self._folder / f"{ref}.{says}"
        self._do("answer", ref, "--says", says, "--out", str(out), *texts, text=text)
        return out

    def _do(self, command: str, *arguments: str, text: str = "") -> str:
        opens = ("--unit", str(self._key), "--passphrase-file", str(self._passphrase))
        return run("dropbox-inbox", "recipient", command, *arguments, *opens, text=text).strip()
