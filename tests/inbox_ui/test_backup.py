"""A backup opens elsewhere to the same cases, holds nothing in the clear, is whole or refused."""

import secrets
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from inbox_ui import backup as backups
from inbox_ui import casework, shown
from inbox_ui.errors import (
    AlreadyThere,
    DamagedArchive,
    InboxError,
    NoSpace,
    NotABackup,
    WrongPassphrase,
)
from inbox_ui.folder import Folder
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.vault import read_root
from tests.inbox_ui.conftest import PASSPHRASE, Desk, Writer

New = Callable[[], Writer]


@pytest.fixture
def backup(desk: Desk, reporter: New, tmp_path: Path) -> Path:
    """A backup of a workstation with a report, a reply on its way and a note."""
    reporter().write("One.")
    desk.sync()
    casework.note(desk.station, desk.only(), "Noted.")
    desk.sync()
    casework.reply(desk.station, desk.only(), "Soon.", "en", desk.open().file.newest_read)
    desk.cases()
    backups.back_up(desk.folder, desk.station.archive, tmp_path / "backup")
    return tmp_path / "backup"


def _view(desk: Desk) -> tuple[str, str]:
    cases = desk.cases()
    case = shown.case_json(cases[0], desk.open(cases[0]))
    return shown.list_json(cases, desk.station.waiting()), case


def test_restored_elsewhere_it_shows_the_same_and_goes_on(
    desk: Desk, backup: Path, make_desk: Callable[..., Desk]
) -> None:
    other = make_desk("restored", desk.server)
    backups.restore(backup, other.folder, PASSPHRASE)
    assert _view(other) == _view(desk)
    assert {each.name for each in other.folder.path.iterdir()} >= {"vault", "archive"}
    assert other.folder.settings.read_bytes() == desk.folder.settings.read_bytes()
    for path in (other.folder.path, *other.folder.path.iterdir()):
        assert path.stat().st_mode & 0o077 == 0
    other.sync()
    desk.sync()
    assert _view(other) == _view(desk)
    with closing(sqlite3.connect(other.folder.archive)) as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name='kept'").fetchall()


def test_it_holds_neither_words_nor_the_roots_secret(desk: Desk, backup: Path) -> None:
    data = backup.read_bytes()
    assert backup.stat().st_mode & 0o777 == 0o600
    assert read_root(desk.folder.default_root, PASSPHRASE).expose() not in data
    vault = desk.station.vault
    for secret in (b"One.", b"Noted.", b"Soon.", vault.analyst, vault.intake[0].secret):
        assert secret not in data
    assert [each.name for each in backup.parent.glob(".*")] == []


def test_another_passphrase_makes_nothing(desk: Desk, backup: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongPassphrase):
        backups.restore(
            backup, Folder(tmp_path / "new"), VaultPassphrase("not the passphrase of that day")
        )
    assert not (tmp_path / "new").exists()


def test_a_backup_whose_pages_have_changed_is_refused(backup: Path, tmp_path: Path) -> None:
    data = backup.read_bytes()
    refused = 0
    for place in range(100, len(data), len(data) // 40):
        spoiled = bytearray(data)
        spoiled[place : place + 3000] = secrets.token_bytes(len(spoiled[place : place + 3000]))
        (tmp_path / "spoiled").write_bytes(spoiled)
        try:
            backups.restore(tmp_path / "spoiled", Folder(tmp_path / "new"), PASSPHRASE)
        except InboxError:
            refused += 1
            assert not (tmp_path / "new").exists()
        else:  # only sealed bytes were hit: each names itself when it is opened
            shutil.rmtree(tmp_path / "new")
    assert refused > 5


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00", b"anything" * 5000])
def test_what_is_no_backup_is_said_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises((NotABackup, DamagedArchive)):
        backups.restore(tmp_path / "file", Folder(tmp_path / "new"), PASSPHRASE)
    with pytest.raises(NotABackup):
        backups.restore(tmp_path / "missing", Folder(tmp_path / "new"), PASSPHRASE)
    assert not (tmp_path / "new").exists()


def test_nothing_is_written_over(desk: Desk, backup: Path) -> None:
    with pytest.raises(AlreadyThere):
        backups.restore(backup, desk.folder, PASSPHRASE)
    before = backup.read_bytes()
    with pytest.raises(AlreadyThere):
        backups.back_up(desk.folder, desk.station.archive, backup)
    assert backup.read_bytes() == before
    backups.back_up(desk.folder, desk.station.archive, backup, replace=True)


def test_a_full_disk_leaves_the_old_backup(
    desk: Desk, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = backup.read_bytes()

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("inbox_ui.durable.sync_file", full)
    with pytest.raises(NoSpace):
        backups.back_up(desk.folder, desk.station.archive, backup, replace=True)
    assert backup.read_bytes() == before
    assert [each.name for each in backup.parent.glob(".*")] == []
