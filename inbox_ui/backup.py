"""A backup: one file that holds the archive, the sealed vault and the settings.

It is a copy of the archive (SQLite) with one more table. All in it is as sealed as it was; it opens
with the passphrase the vault had that day. The root's secret is not in it.
"""

import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import quote

from inbox_ui import durable
from inbox_ui.archive import Archive
from inbox_ui.errors import DamagedArchive, NotABackup
from inbox_ui.folder import FOLDER_MODE, Folder
from inbox_ui.founding import check_free, remove_unfinished
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.vault import open_vault

_TABLE: Final = "CREATE TABLE kept (name TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT"
_VAULT: Final = "vault"
_SETTINGS: Final = "settings.json"
_DIRECTORY: Final = "directory.signed"
_RECIPIENTS: Final = "recipients.signed"
_PUBLISHED: Final = "published.json"
_MANIFEST: Final = "directory.signed.manifest.json"


def back_up(folder: Folder, archive: Archive, goal: Path, *, replace: bool = False) -> None:
    """Write a backup to ``goal``, mode 0600. The vault's lock must be held.

    Raises ``AlreadyThere`` unless it may ``replace`` a file, ``CannotWrite``, ``NoSpace`` or
    ``DamagedArchive``; then nothing is left of it.
    """
    new = durable.beside(goal)
    durable.new_file(new)
    try:
        archive.copy_to(new)
        with durable.telling(goal):
            kept = {
                path.name: path.read_bytes()
                for path in (
                    folder.vault,
                    folder.settings,
                    folder.recipients,
                    folder.published,
                    folder.directory,
                    folder.manifest,
                )
                if path.exists()
            }
            _add(new, kept)
            durable.sync_file(new)
            if replace:
                new.replace(goal)
            else:
                os.link(new, goal)
            durable.sync_folder(goal.parent)
    finally:
        new.unlink(missing_ok=True)


def remember_day(folder: Folder, day: date) -> None:
    """Note that a backup was made on ``day``. Raises ``CannotWrite`` or ``NoSpace``."""
    durable.replace(folder.backed_up, f"{day}\n".encode())


def last_day(folder: Folder) -> date | None:
    """The day of the newest backup made here; ``None`` where none is known of."""
    try:
        return date.fromisoformat(folder.backed_up.read_text("ascii").strip())
    except (OSError, ValueError):
        return None


def restore(backup: Path, folder: Folder, passphrase: VaultPassphrase) -> None:
    """Make ``folder`` from a backup. Nothing is made unless the vault opens and the file is whole.

    Raises ``NotABackup``, ``WrongPassphrase``, ``DamagedFile``, ``DamagedArchive``,
    ``AlreadyThere``, ``CannotWrite`` or ``NoSpace``.
    """
    check_free(folder)
    kept = _read(backup)
    open_vault(kept[_VAULT], passphrase, str(backup))
    unfinished = Folder(durable.beside(folder.path))
    with durable.telling(folder.path):
        unfinished.path.mkdir(mode=FOLDER_MODE)
    try:
        durable.create(unfinished.vault, kept[_VAULT])
        for name, path in (
            (_SETTINGS, unfinished.settings),
            (_RECIPIENTS, unfinished.recipients),
            (_PUBLISHED, unfinished.published),
            (_DIRECTORY, unfinished.directory),
            (_MANIFEST, unfinished.manifest),
        ):
            if name in kept:
                durable.create(path, kept[name])
        _copy_archive(backup, unfinished.archive)
        with durable.telling(folder.path):
            unfinished.path.rename(folder.path)
            durable.sync_folder(folder.path.parent)
    except BaseException:
        remove_unfinished(unfinished.path)
        raise


def _add(path: Path, kept: dict[str, bytes]) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(_TABLE)
            connection.executemany("INSERT INTO kept VALUES (?, ?)", list(kept.items()))
    except sqlite3.Error:
        raise DamagedArchive(path) from None


def _read(backup: Path) -> dict[str, bytes]:
    """What lies beside the archive in a backup."""
    if not backup.is_file():
        raise NotABackup(backup)
    try:
        with closing(_look_into(backup)) as connection:
            kept = dict(connection.execute("SELECT name, data FROM kept"))
    except sqlite3.OperationalError:
        raise NotABackup(backup) from None
    except sqlite3.Error:
        raise DamagedArchive(backup) from None
    if _VAULT not in kept:
        raise NotABackup(backup)
    return kept


def _look_into(backup: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(backup))}?mode=ro&immutable=1", uri=True)


def _copy_archive(backup: Path, goal: Path) -> None:
    """Every row and every page of them is read for this; indexes are made anew."""
    durable.new_file(goal)
    try:
        with closing(_look_into(backup)) as source:
            source.execute("VACUUM INTO ?", (str(goal),))
        with closing(sqlite3.connect(goal)) as copy, copy:
            copy.execute("DROP TABLE kept")
    except sqlite3.Error:
        raise DamagedArchive(backup) from None
    Archive(goal).close()
    durable.sync_file(goal)
