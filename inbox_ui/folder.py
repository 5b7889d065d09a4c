"""Where a workstation's things lie, who may read them, and who writes.

DIR/                  0700
    vault             secrets, sealed under the passphrase
    archive           envelopes as they came, sealed (SQLite)
    settings.json     the server's address
    asking.json       what has to be before a reply goes out, if the team has set it
    retention.json    how many days a concluded case is kept, if the team has set it
    recipients.signed the list of units that reports are released to
    published.json    the figures that were given away
    directory.signed  the newest directory of our own making, for ``dropbox-server init``
    directory.signed.manifest.json  what the site is that it signs
    backed-up         the day of the newest backup
    index/            what can be searched, sealed; in no backup, and made anew where it is missing
    lock              held by whoever changes the vault
DIR.files             what analysts saved out of cases: no longer sealed
DIR.carry             what is carried by hand: requests, admissions, bundles, exported logs,
                      tables of figures, and answers to who asks what is held about them
DIR.root              the root's secret, sealed; to be taken off the machine
"""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dropbox.site.manifest import beside
from inbox_ui.durable import sweep, telling
from inbox_ui.errors import Busy, NoVault, OpenToOthers

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
_PAUSE: Final = 0.05


@dataclass(frozen=True)
class Folder:
    """A vault's folder."""

    path: Path

    @property
    def vault(self) -> Path:
        """The sealed secrets."""
        return self.path / "vault"

    @property
    def archive(self) -> Path:
        """The database of sealed envelopes."""
        return self.path / "archive"

    @property
    def settings(self) -> Path:
        """What ``init`` remembers."""
        return self.path / "settings.json"

    @property
    def retention(self) -> Path:
        """How long concluded cases are kept."""
        return self.path / "retention.json"

    @property
    def asking(self) -> Path:
        """The policy for what is written to reporters."""
        return self.path / "asking.json"

    @property
    def recipients(self) -> Path:
        """The signed list of units."""
        return self.path / "recipients.signed"

    @property
    def published(self) -> Path:
        """The figures that were given away, as they were."""
        return self.path / "published.json"

    @property
    def directory(self) -> Path:
        """The newest signed directory of our own making."""
        return self.path / "directory.signed"

    @property
    def manifest(self) -> Path:
        """The manifest of the site that the newest directory of our own making signs."""
        return beside(self.directory)

    @property
    def backed_up(self) -> Path:
        """The day of the newest backup."""
        return self.path / "backed-up"

    @property
    def index(self) -> Path:
        """The sealed parts of the search's index."""
        return self.path / "index"

    @property
    def default_root(self) -> Path:
        """Where ``init`` puts the root's secret unless it is told another place."""
        return self.path.with_name(f"{self.path.name}.root")

    @property
    def default_files(self) -> Path:
        """Where the pages save reporters' files unless they are told another place."""
        return self.path.with_name(f"{self.path.name}.files")

    @property
    def default_carried(self) -> Path:
        """Where the pages put what is carried by hand, and look for what came so."""
        return self.path.with_name(f"{self.path.name}.carry")

    def check(self) -> None:
        """Raise ``NoVault`` if there is none, ``OpenToOthers`` if others may look into it."""
        if not self.vault.is_file():
            raise NoVault(self.path)
        check_mode(self.path, FOLDER_MODE)
        for each in (self.vault, self.archive, self.settings):
            if each.exists():
                check_mode(each, FILE_MODE)

    @contextmanager
    def locked(self, patience: float = 3.0) -> Iterator[None]:
        """Hold the lock of whoever changes the vault. Raises ``Busy`` after ``patience`` seconds.

        The system lets go of it when the process ends, however it ends.
        """
        lock = self.path / "lock"
        with telling(lock):
            handle = os.open(lock, os.O_RDWR | os.O_CREAT, FILE_MODE)
        try:
            self._take(handle, time.monotonic() + patience)
            sweep(self.vault)
            yield
        finally:
            os.close(handle)

    def _take(self, handle: int, until: float) -> None:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise Busy(self.path) from None
            time.sleep(_PAUSE)


def check_mode(path: Path, wanted: int) -> None:
    """Raise ``OpenToOthers`` if anybody but its owner may do anything with ``path``."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise OpenToOthers(path, wanted)
