"""A team that somebody joins: the founder's desk, a newcomer's folder, the root's machine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from inbox_ui.folder import Folder
from tests.inbox_ui.conftest import Clock, Desk
from tests.inbox_ui.test_commands import Ran


@dataclass
class Office:
    """Runs commands as three people would, each at an own machine; files are carried between."""

    run: Callable[..., Ran]
    desk: Desk
    folder: Path
    clock: Clock
    _desks: list[Desk] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root_file = self.desk.folder.default_root
        self.passphrase = self.folder / "passphrase"
        self.directory = self.desk.folder.directory
        self.fingerprint = self.desk.station.seen.directory.root_card.fingerprint

    def at(self, name: str) -> tuple[str | Path, ...]:
        return ("--vault", self.folder / name, "--passphrase-file", self.passphrase)

    def join(self, name: str = "new", *more: str | Path) -> Ran:
        """A new workstation asks to be admitted."""
        where = ("--team-directory", self.directory, "--root", self.fingerprint)
        server = ("--server", self.desk.server.origin)
        return self.run("join", *where, *server, *self.at(name), *more, place=False)

    def read_out(self, asked: Ran) -> str:
        """What is read out over the telephone."""
        return asked.out.removeprefix("Fingerprint: ").strip()

    def admit(self, fingerprint: str, name: str = "new", *more: str | Path) -> Ran:
        """The root holder answers."""
        root = ("--root-file", self.root_file, "--root-passphrase-file", self.passphrase)
        request = self.folder / f"{name}.request"
        return self.run("admit", request, "--fingerprint", fingerprint, *root, *more, place=False)

    def admission(self, name: str = "new") -> Path:
        return self.folder / f"{name}.request.admission"

    def finish(self, name: str = "new") -> Ran:
        return self.run("join", "--admission", self.admission(name), *self.at(name), place=False)

    def bring(self, name: str = "new", *more: str | Path, label: str = "Second") -> Desk:
        """All of it: somebody joins, is added to the roster and can work."""
        asked = self.join(name)
        assert asked.code == 0, asked.err
        answered = self.admit(self.read_out(asked), name, "--label", label, *more)
        assert answered.code == 0, answered.err
        added = self.run("roster", "add", self.admission(name), "--yes")
        assert added.code == 0, added.err
        assert self.finish(name).code == 0
        return self.newcomer(name)

    def newcomer(self, name: str = "new") -> Desk:
        desk = Desk(Folder(self.folder / name), self.desk.server, self.clock)
        self._desks.append(desk)
        return desk

    def close(self) -> None:
        for desk in self._desks:
            desk.close()
