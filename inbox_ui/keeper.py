"""Changing the vault while it is open (docs/decisions/0009).

Several processes have one vault open: the pages, and commands beside them. Each change is made to
what the file holds at that moment, under the lock, and the file is written anew under a fresh key:
so none loses a secret that another has put there. For that the passphrase stays in memory as long
as the vault is open.
"""

import threading
from collections.abc import Callable
from typing import Final

from crypto.primitives import RandomBytes
from inbox_ui.errors import InboxError
from inbox_ui.folder import Folder
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.vault import Vault, open_vault, read_bytes, write_vault

_PATIENCE: Final = 20.0
"""Seconds: another process holds the lock for as long as two passphrases take."""

Change = Callable[[Vault], Vault]


class Keeper:
    """The vault of ``folder``, open. One for all the threads of a process."""

    def __init__(
        self, folder: Folder, passphrase: VaultPassphrase, random_bytes: RandomBytes
    ) -> None:
        """Open it. Takes about a second. Raises as ``read_vault``."""
        self.folder: Final = folder
        self._passphrase: Final = passphrase
        self._random_bytes: Final = random_bytes
        self._lock: Final = threading.RLock()
        self._data = read_bytes(folder.vault)
        self._vault = open_vault(self._data, passphrase, str(folder.vault))

    def __repr__(self) -> str:
        return "<Keeper>"

    @property
    def vault(self) -> Vault:
        """The vault as it was last read or written here."""
        return self._vault

    def follow(self) -> Vault:
        """The vault as the file has it: what another process has put there is known from then on.

        Where that cannot be read, with another passphrase or for damage, what was known stays:
        nothing can be written over it, and nothing is lost.
        """
        with self._lock:
            try:
                self._read()
            except InboxError:
                return self._vault
            return self._vault

    def update(self, change: Change) -> Vault:
        """Write what ``change`` makes of the vault in the file, and give it.

        It is on the disk before this returns, under a fresh key; nothing is written where nothing
        changed. ``change`` is made to what the file holds, which may be more than was known here.
        Raises ``Busy``, ``CannotWrite``, ``NoSpace``, or as ``read_vault`` (``WrongPassphrase``
        where the passphrase was changed meanwhile); then the file is as it was.
        """
        with self._lock, self.folder.locked(_PATIENCE):
            self._read()
            changed = change(self._vault)
            if changed != self._vault:
                write_vault(self.folder.vault, changed, self._passphrase, self._random_bytes)
                self._data, self._vault = read_bytes(self.folder.vault), changed
            return self._vault

    def _read(self) -> None:
        data = read_bytes(self.folder.vault)
        if data != self._data:
            self._vault = open_vault(data, self._passphrase, str(self.folder.vault))
            self._data = data
