"""The vault: what opens it, what does not, and what is said of the difference."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crypto.constants import VAULT_ARGON2_MEMORY, VAULT_ARGON2_OPERATIONS
from crypto.keys import RootSecret
from inbox_ui import durable, founding, sealed
from inbox_ui.errors import (
    AlreadyThere,
    Busy,
    CannotWrite,
    DamagedFile,
    NotThisKind,
    NoVault,
    OpenToOthers,
    WeakPassphrase,
    WrongPassphrase,
)
from inbox_ui.folder import Folder
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.sealed import Kind, open_file, seal_file
from inbox_ui.settings import Settings
from inbox_ui.station import Station
from inbox_ui.vault import read_root, read_vault, write_root, write_vault
from tests.dropbox.server import ROOT
from tests.inbox_ui.conftest import ORIGIN, PASSPHRASE, TODAY, Desk

OTHER = VaultPassphrase("another twenty characters")


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        ("a" * 20, True),
        ("a" * 19, False),
        ("one two three four five", True),
        ("a b c d e", True),
        ("a b c d", False),
        ("", False),
    ],
)
def test_length_is_the_only_rule_for_a_passphrase(text: str, enough: bool) -> None:
    passphrase = VaultPassphrase(text)
    if enough:
        passphrase.check_strength()
    else:
        with pytest.raises(WeakPassphrase):
            passphrase.check_strength()


def test_a_passphrase_shows_nothing_and_is_the_same_on_every_keyboard() -> None:
    assert "secret" not in repr(VaultPassphrase("secret secret secret secret"))
    assert VaultPassphrase("café") == VaultPassphrase("cafe\u0301")


def test_a_passphrase_is_stretched_at_the_cost_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    def stretch(password: bytes, salt: bytes, operations: int, memory: int) -> bytes:
        asked.append((operations, memory))
        return bytes(32)

    monkeypatch.setattr(sealed, "argon2id", stretch)
    seal_file(Kind.VAULT, PASSPHRASE, b"x", secrets.token_bytes)
    assert asked == [(sealed.VAULT_ARGON2_OPERATIONS, sealed.VAULT_ARGON2_MEMORY)]


def test_the_program_sets_the_full_cost() -> None:
    """In a process of its own: in this one it is cheap."""
    names = "sealed.VAULT_ARGON2_OPERATIONS, sealed.VAULT_ARGON2_MEMORY"
    program = f"from inbox_ui import sealed; print({names})"
    said = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT).split()
    assert list(map(int, said)) == [VAULT_ARGON2_OPERATIONS, VAULT_ARGON2_MEMORY]
    assert (VAULT_ARGON2_OPERATIONS, VAULT_ARGON2_MEMORY) == (4, 256 * 2**20)


def test_a_wrong_passphrase_is_told_from_a_damaged_file(desk: Desk) -> None:
    with pytest.raises(WrongPassphrase):
        read_vault(desk.folder.vault, OTHER)
    data = desk.folder.vault.read_bytes()
    regions = {"salt": 20, "commitment": 40, "nonce": 70, "sealed": 300, "end": len(data) - 40,
               "checksum": len(data) - 1}  # fmt: skip
    for place in regions.values():
        spoiled = bytearray(data)
        spoiled[place] ^= 1
        desk.folder.vault.write_bytes(spoiled)
        with pytest.raises(DamagedFile):
            read_vault(desk.folder.vault, PASSPHRASE)
    desk.folder.vault.write_bytes(b"X" + data[1:])
    with pytest.raises(NotThisKind):
        read_vault(desk.folder.vault, PASSPHRASE)
    for length in (0, 15, 16, 100, len(data) - 1):
        desk.folder.vault.write_bytes(data[:length])
        with pytest.raises((DamagedFile, NotThisKind)):
            read_vault(desk.folder.vault, PASSPHRASE)


def test_a_file_changed_on_purpose_never_opens_to_something_else(desk: Desk) -> None:
    """With the checksum made right: every region is covered by commitment or seal."""
    data = desk.folder.vault.read_bytes()
    for place in (20, 40, 70, 200, len(data) - 40):
        spoiled = bytearray(data[:-32])
        spoiled[place] ^= 1
        made_right = bytes(spoiled) + sealed._checksum(bytes(spoiled))
        with pytest.raises((WrongPassphrase, DamagedFile)):
            open_file(Kind.VAULT, PASSPHRASE, made_right, "vault")


def test_a_root_file_is_not_taken_for_a_vault(desk: Desk) -> None:
    root = desk.folder.default_root
    assert isinstance(read_root(root, PASSPHRASE), RootSecret)
    desk.folder.vault.write_bytes(root.read_bytes())
    with pytest.raises(NotThisKind):
        read_vault(desk.folder.vault, PASSPHRASE)
    swapped = Kind.VAULT.value + root.read_bytes()[16:-32]
    desk.folder.vault.write_bytes(swapped + sealed._checksum(swapped))
    with pytest.raises(DamagedFile):
        read_vault(desk.folder.vault, PASSPHRASE)


def test_the_roots_secret_is_in_its_own_file_and_nowhere_else(desk: Desk) -> None:
    root = read_root(desk.folder.default_root, PASSPHRASE)
    vault = read_vault(desk.folder.vault, PASSPHRASE)
    assert root.keys.card.id == vault.service
    assert root.expose() not in vault.to_bytes()


def test_sealing_twice_shares_neither_salt_nor_nonce() -> None:
    files = [seal_file(Kind.VAULT, PASSPHRASE, b"the same", secrets.token_bytes) for _ in "ab"]
    assert files[0][16:32] != files[1][16:32]
    assert files[0][64:88] != files[1][64:88]


def test_a_vaults_size_says_little_of_what_it_holds(desk: Desk, tmp_path: Path) -> None:
    from dataclasses import replace

    vault = desk.station.vault
    more = replace(vault, intake=vault.intake * 20)
    sizes = set()
    for each in (vault, more):
        write_vault(tmp_path / "one", each, PASSPHRASE, secrets.token_bytes)
        sizes.add((tmp_path / "one").stat().st_size)
    assert len(sizes) == 1


# -- permissions --------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "mode"), [(".", 0o755), ("vault", 0o644), ("archive", 0o640),
                                            ("settings.json", 0o604)])  # fmt: skip
def test_what_others_may_read_is_refused(desk: Desk, name: str, mode: int) -> None:
    (desk.folder.path / name).chmod(mode)
    with pytest.raises(OpenToOthers) as error:
        Station.open(desk.folder, PASSPHRASE, secrets.token_bytes, desk.clock)
    assert error.value.wanted == (0o700 if name == "." else 0o600)


def test_a_root_file_others_may_read_is_refused(desk: Desk) -> None:
    desk.folder.default_root.chmod(0o644)
    with pytest.raises(OpenToOthers):
        read_root(desk.folder.default_root, PASSPHRASE)


def test_everything_is_made_for_the_owner_alone(desk: Desk) -> None:
    _ = desk.station
    assert desk.folder.path.stat().st_mode & 0o777 == 0o700
    for path in (*desk.folder.path.iterdir(), desk.folder.default_root):
        assert path.stat().st_mode & 0o777 == 0o600, path


# -- writing ------------------------------------------------------------------------------------


def test_nothing_is_made_over_something_that_is_there(desk: Desk, tmp_path: Path) -> None:
    team = founding.found("Another", [ORIGIN], TODAY, secrets.token_bytes)
    settings = Settings(ORIGIN, None)
    for folder, root in ((desk.folder, tmp_path / "new.root"),
                         (Folder(tmp_path / "new"), desk.folder.default_root)):  # fmt: skip
        with pytest.raises(AlreadyThere):
            founding.settle(team, folder, root, settings, PASSPHRASE, secrets.token_bytes)
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "new.root").exists()
    assert read_vault(desk.folder.vault, PASSPHRASE).service != team.vault.service


def test_a_founding_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise CannotWrite("root")

    monkeypatch.setattr(founding, "write_root", fail)
    team = founding.found("A Team", [ORIGIN], TODAY, secrets.token_bytes)
    with pytest.raises(CannotWrite):
        founding.settle(
            team, Folder(tmp_path / "vault"), tmp_path / "root", Settings(None, None), PASSPHRASE,
            secrets.token_bytes,
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_old_vault(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = desk.station.vault
    before = desk.folder.vault.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotWrite):
        write_vault(desk.folder.vault, vault, OTHER, secrets.token_bytes)
    assert desk.folder.vault.read_bytes() == before
    assert not list(desk.folder.path.glob(".*"))


_CHANGING = """
import secrets, sys, time
from pathlib import Path
import tests.cheap
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.vault import read_vault, write_vault
path = Path(sys.argv[1])
one = VaultPassphrase("five invented words for nobody")
two = VaultPassphrase("another twenty characters")
vault = read_vault(path, one)
print("ready", flush=True)
while True:
    for each in (two, one):
        write_vault(path, vault, each, secrets.token_bytes)
"""


def test_killed_while_the_passphrase_changes_the_old_or_the_new_opens(desk: Desk) -> None:
    expected = read_vault(desk.folder.vault, PASSPHRASE)
    for turn in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", _CHANGING, str(desk.folder.vault)],
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.003 * turn)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
        process.stdout.close()
        opened = []
        for each in (PASSPHRASE, OTHER):
            try:
                opened.append(read_vault(desk.folder.vault, each))
            except WrongPassphrase:
                continue
        assert opened == [expected]
        write_vault(desk.folder.vault, expected, PASSPHRASE, secrets.token_bytes)


def test_what_a_killed_writer_left_goes_before_the_vault_changes_again(desk: Desk) -> None:
    """It may hold keys that have been erased since, under the same passphrase."""
    left = desk.folder.path / ".vault.0badc0de.new"
    shutil.copy(desk.folder.vault, left)
    desk.station.keep(lambda vault: vault)
    assert not left.exists()


# -- two at once --------------------------------------------------------------------------------


def test_a_second_writer_waits_and_then_says_that_the_vault_is_busy(desk: Desk) -> None:
    with desk.folder.locked(), pytest.raises(Busy), desk.folder.locked(patience=0.2):
        raise AssertionError
    with desk.folder.locked(patience=0):
        pass


def test_the_lock_goes_with_its_process(desk: Desk) -> None:
    code = (
        "import sys, time; from pathlib import Path; from inbox_ui.folder import Folder\n"
        "with Folder(Path(sys.argv[1])).locked():\n print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(desk.folder.path)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    with pytest.raises(Busy), desk.folder.locked(patience=0):
        raise AssertionError
    process.kill()
    process.wait(60)
    process.stdout.close()
    with desk.folder.locked(patience=1):
        pass


def test_no_vault_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NoVault):
        Station.open(Folder(tmp_path / "nothing"), PASSPHRASE, secrets.token_bytes, lambda: TODAY)


def test_a_file_that_is_created_takes_nobodys_place(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    with pytest.raises(AlreadyThere):
        durable.create(tmp_path / "there", b"theirs")
    with pytest.raises(AlreadyThere):
        write_root(
            tmp_path / "there", RootSecret.generate(secrets.token_bytes), PASSPHRASE,
            secrets.token_bytes,
        )  # fmt: skip
    assert (tmp_path / "there").read_text() == "mine"
    assert [each.name for each in tmp_path.iterdir()] == ["there"]
