"""The parts of the index between two sessions: a sealed file for each, and nothing else on a disk.

    DIR/index/SHELF = n(24) ‖ XChaCha20-Poly1305(KDF(home secret, 6, "dbx1arch"), n,
                                AD = home(32) ‖ shelf(8) ‖ basis(32), SQLite image)

``home`` is that of a snapshot (``snapshot``): a key that goes with its epoch. ``basis`` is the team
and the form of the index. A file that does not open is not there: its cases are read anew.

No backup holds them, and no file of SQLite's is ever written: an image goes from memory through the
seal to the disk. What is purged goes from here before it goes from the archive (:func:`forget`);
and no process puts back what another has purged meanwhile, for both look at the archive under the
vault's lock.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

from crypto.constants import ID, NONCE, Context
from crypto.errors import DoesNotOpen
from crypto.primitives import RandomBytes, aead_open, aead_seal, derive
from inbox_ui import durable
from inbox_ui.errors import Busy, CannotWrite
from inbox_ui.folder import FOLDER_MODE, Folder
from inbox_ui.schema import SHELF
from inbox_ui.snapshot import Home

_FORM: Final = b"index 2"
"""Goes up whenever the index would hold something else for the same cases."""
_ARCHIVE_KEY: Final = 6


class Images:
    """Those of one home in one vault's folder."""

    def __init__(
        self, folder: Folder, home: Home, service: bytes, random_bytes: RandomBytes
    ) -> None:
        self.home: Final = home.id
        self._folder: Final = folder
        self._key: Final = derive(home.secret, _ARCHIVE_KEY, Context.ARCHIVE)
        self._basis: Final = blake2b(_FORM + service, digest_size=32).digest()
        self._random_bytes: Final = random_bytes

    def load(self) -> Iterator[tuple[int, bytes]]:
        """Every part that opens, with its number."""
        for path in _files(self._folder):
            shelf = int(path.name)
            try:
                sealed = path.read_bytes()
                image = aead_open(self._key, sealed[:NONCE], sealed[NONCE:], self._name(shelf))
            except (OSError, DoesNotOpen):
                continue  # of another home or form, damaged, or gone: its cases are read anew
            yield shelf, image

    def keep(
        self, shelf: int, cases: Collection[int], image: bytes, there: Callable[[], Collection[int]]
    ) -> bool:
        """Put a part in the place of its last image; whether that was done.

        ``cases`` are the mailboxes in it, ``there`` those of the archive that are not leaving:
        where one has gone meanwhile, nothing is written. Where it cannot be written, as on a full
        disk, the last image goes too: it may have what is to be gone.
        """
        if self.home == bytes(ID):
            return False  # a key that no other start has
        nonce, path = self._random_bytes(NONCE), _path(self._folder, shelf)
        sealed = nonce + aead_seal(self._key, nonce, image, self._name(shelf))
        try:
            with self._folder.locked():
                if not set(cases) <= set(there()):
                    return False
                try:
                    self._folder.index.mkdir(mode=FOLDER_MODE, exist_ok=True)
                    durable.replace(path, sealed)
                except (CannotWrite, OSError):
                    with suppress(OSError):
                        path.unlink()
                    return False
        except (Busy, CannotWrite):
            return False
        return True

    def _name(self, shelf: int) -> bytes:
        return self.home + shelf.to_bytes(8, "little") + self._basis


def forget(folder: Folder, mailbox: int) -> None:
    """Delete the part with this mailbox, for a case that is leaving.

    Raises ``Busy`` or ``CannotWrite``; then the case has not gone from here.
    """
    path = _path(folder, mailbox // SHELF)
    with folder.locked():
        if path.exists():
            durable.remove(path)


def sweep(folder: Folder, kept: Collection[int]) -> None:
    """Delete the parts of which nothing is left. Where one cannot be, it is left for next time."""
    if all(int(path.name) in kept for path in _files(folder)):
        return
    try:
        with folder.locked():
            for path in _files(folder):
                if int(path.name) not in kept:
                    durable.remove(path)
    except (Busy, CannotWrite):
        return


def _path(folder: Folder, shelf: int) -> Path:
    return folder.index / f"{shelf:06}"


def _files(folder: Folder) -> list[Path]:
    if not folder.index.is_dir():
        return []
    return sorted(each for each in folder.index.iterdir() if each.name.isdecimal())
