"""One workstation of the demo: a vault in a folder of its own, and its commands."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.demo.casework import Reported
from deploy.demo.programs import run
from deploy.demo.staff import SUPERVISOR, Person


class Workstation:
    """The vault of ``person`` in ``folder``. ``passphrase`` is a file that holds it."""

    def __init__(self, person: Person, folder: Path, origin: str, passphrase: Path) -> None:
        self.person = person
        self.vault = folder / person.key
        self._root_file = folder / f"{SUPERVISOR.key}.root"
        self._origin = origin
        self._passphrase = passphrase

    def do(
        self, command: str, *arguments: str, text: str = "", files: Mapping[str, str] | None = None
    ) -> str:
        """What a command prints. ``text`` is what it takes as its text, and ``files`` what else it
        takes from files, by their options."""
        texts = ["--text-file", "-"] if text else []
        with tempfile.TemporaryDirectory(dir=self.vault.parent) as place:
            for option, content in (files or {}).items():
                path = Path(place) / option
                path.write_text(content, "utf-8")
                texts += [option, str(path)]
            called = (*command.split(), *arguments, *texts, *self._open())
            return run("dropbox-inbox", *called, text=text)

    def begin_team(self, name: str) -> tuple[str, Path]:
        """Make the team: its root's fingerprint, and the signed directory."""
        named = ("--team", name, "--label", self.person.label)
        made = json.loads(self.do("init", *named, "--origin", self._origin, "--json"))
        return str(made["root"]), Path(made["directory"])

    def ask_to_join(self, root: str, directory: Path) -> None:
        """Make a vault, and have the root holder admit it by the fingerprint that was read out."""
        pinned = ("--team-directory", str(directory), "--root", root)
        asked = json.loads(self.do("join", *pinned, "--label", self.person.label, "--json"))
        given = [argument for each in self.person.duties for argument in ("--duty", each)]
        run(
            *("dropbox-inbox", "admit", asked["request"], "--fingerprint", asked["fingerprint"]),
            *("--root-file", str(self._root_file)),
            *("--root-passphrase-file", str(self._passphrase), "--out", str(self.admission)),
            *given,
            "--intake" if self.person.intake else "--no-intake",
        )

    @property
    def admission(self) -> Path:
        """The root holder's answer to this workstation."""
        return self.vault.with_name(f"{self.person.key}.admission")

    def finish_joining(self) -> None:
        """Take the root's certificate in, and make the key to receive others with."""
        self.do("join", "--admission", str(self.admission))
        self.do("sync")

    def report(self, case: str, reported: Reported) -> str:
        """Fill in the form of an intelligence report, and keep it; its reference."""
        form = self.vault.with_name(f"{self.person.key}.form")
        self.do("intelligence form", case, "--out", str(form))
        draft = json.loads(form.read_text("utf-8"))
        filled = filled_in(draft["report"], reported)
        form.write_text(json.dumps({**draft, "report": filled, "pool": "5 or fewer"}), "utf-8")
        self.do("intelligence keep", case, str(form), "--offline")
        form.unlink()
        return str(filled["ref"])

    @property
    def list_of_units(self) -> Path:
        """The signed list of units, once this workstation has made or taken one."""
        return self.vault / "recipients.signed"

    def serving(self, port: int) -> tuple[str, ...]:
        """The command that serves this workstation's pages, with what it is called with."""
        where = ("--vault", str(self.vault), "--port", str(port))
        return "dropbox-inbox", "serve", *where

    def _open(self) -> tuple[str, ...]:
        opens = ("--passphrase-file", str(self._passphrase), "--server", self._origin)
        return ("--vault", str(self.vault), *opens)


def filled_in(blank: dict[str, Any], reported: Reported) -> dict[str, Any]:
    """The form of a report as its author fills it in. What is preset stays."""
    [item] = blank["items"]
    return {
        **blank,
        "items": [{**item, "text": text, "information": known} for text, known in reported.items],
        "subjects": [reported.subject],
        "categories": list(reported.categories),
        "corruption": list(reported.corruption),
        "present": {**blank["present"], "who": True, "what": True, "why": True},
        "checks": "DEMO. None made.",
        "risk_source": reported.risk,
        "risk_others": "DEMO. None known.",
        "recipients": [reported.to.key],
    }
