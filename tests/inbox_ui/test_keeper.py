"""The vault is changed while several have it open: nobody loses what another has put there."""

import secrets
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.keys import GroupSecret
from inbox_ui.errors import DamagedFile, NoSpace, WrongPassphrase
from inbox_ui.keeper import Keeper
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.sealed import Kind, seal_file
from inbox_ui.station import Station
from inbox_ui.vault import (
    CaseSecret,
    IntakeSecret,
    ReceivingHeld,
    Vault,
    _FirstVault,
    open_vault,
    read_vault,
    write_vault,
)
from tests.dropbox.server import ROOT
from tests.inbox_ui.conftest import PASSPHRASE, Desk, Writer

OTHER = VaultPassphrase("another twenty characters")
BOX, BEN = bytes(32), bytes([1]) * 32


def _keeper(desk: Desk) -> Keeper:
    return Keeper(desk.folder, PASSPHRASE, secrets.token_bytes)


def _case(mailbox: bytes, number: int) -> CaseSecret:
    return CaseSecret(mailbox, number, secrets.token_bytes(32))


def test_a_vault_of_the_first_version_is_still_read(desk: Desk) -> None:
    now = desk.station.vault
    for contact in (now.contact[0], None):
        first = _FirstVault(
            now.service, now.analyst, now.certificate, now.publisher, now.intake, contact
        )
        data = seal_file(Kind.VAULT, PASSPHRASE, first.to_bytes(), secrets.token_bytes)
        held = () if contact is None else now.contact
        assert open_vault(data, PASSPHRASE, "vault") == replace(now, contact=held)


def test_what_is_a_vault_of_no_version_is_damaged() -> None:
    for content in (b"{}", b"", b'{"service":null}'):
        data = seal_file(Kind.VAULT, PASSPHRASE, content, secrets.token_bytes)
        with pytest.raises(DamagedFile):
            open_vault(data, PASSPHRASE, "vault")


def test_secrets_are_kept_in_their_order_and_once(desk: Desk) -> None:
    vault, first = desk.station.vault, _case(BEN, 1)
    beside = _case(BEN, 1)
    for each in (first, _case(BEN, 2), _case(BOX, 1), beside, first, beside):
        vault = vault.with_case(each)
    places = [(each.mailbox, each.number) for each in vault.cases]
    assert places == [(BOX, 1), (BEN, 1), (BEN, 1), (BEN, 2)]
    assert {first, beside} < set(vault.cases), "a secret that is held is never written over"
    assert Vault.from_bytes(vault.to_bytes()) == vault
    assert vault.without_case(BEN).cases == vault.cases[:1]
    newest = vault.case_group(BEN)
    assert newest is not None
    assert newest.expose() == vault.cases[-1].secret


def test_the_last_but_one_receiving_key_is_gone(desk: Desk) -> None:
    vault = desk.station.vault
    for number in (1, 2, 3):
        vault = vault.with_receiving(ReceivingHeld(number, number, secrets.token_bytes(32)))
    assert [each.number for each in vault.receiving] == [2, 3]


def test_each_group_that_is_held_opens_and_no_pending_one(desk: Desk) -> None:
    case, pending = _case(BOX, 1), IntakeSecret(2, secrets.token_bytes(32))
    vault = replace(desk.station.vault.with_case(case), pending=pending)
    assert GroupSecret(case.secret) in vault.groups.values()
    assert GroupSecret(pending.secret) not in vault.groups.values()
    assert len(vault.groups) == 3
    assert vault.without_intake(next(iter(vault.intake_groups))).intake == ()


# -- several at once ----------------------------------------------------------------------------


def test_a_change_is_made_to_what_another_has_written(desk: Desk) -> None:
    one, two = _keeper(desk), _keeper(desk)
    first, second = _case(BOX, 1), _case(BEN, 1)
    one.update(lambda vault: vault.with_case(first))
    assert two.update(lambda vault: vault.with_case(second)).cases == (first, second)
    assert one.follow().cases == (first, second)
    assert read_vault(desk.folder.vault, PASSPHRASE).cases == (first, second)


_WRITING = """
import sys
from pathlib import Path
import secrets
import tests.cheap
from inbox_ui.folder import Folder
from inbox_ui.keeper import Keeper
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.vault import CaseSecret
passphrase = VaultPassphrase("five invented words for nobody")
keeper = Keeper(Folder(Path(sys.argv[1])), passphrase, secrets.token_bytes)
for number in range(1, 11):
    box = bytes([int(sys.argv[2])]) * 32
    keeper.update(lambda vault: vault.with_case(CaseSecret(box, number, secrets.token_bytes(32))))
"""


def test_processes_and_threads_that_write_at_once_lose_nothing(desk: Desk) -> None:
    keeper = _keeper(desk)
    commands = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITING, str(desk.folder.path), str(which)], cwd=ROOT
        )
        for which in (1, 2)
    ]

    def write(which: int) -> None:
        for number in range(1, 11):
            case = _case(bytes([which]) * 32, number)
            keeper.update(lambda vault, case=case: vault.with_case(case))  # type: ignore[misc]

    threads = [threading.Thread(target=write, args=(which,)) for which in (3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [command.wait(60) for command in commands] == [0, 0]
    found = [(each.mailbox[0], each.number) for each in keeper.follow().cases]
    assert found == [(which, number) for which in (1, 2, 3, 4) for number in range(1, 11)]


def test_every_change_is_under_a_fresh_key_and_none_where_nothing_changed(desk: Desk) -> None:
    keeper, seen = _keeper(desk), {desk.folder.vault.read_bytes()[:88]}
    for case in (_case(BOX, 1), _case(BOX, 2)):
        keeper.update(lambda vault, case=case: vault.with_case(case))  # type: ignore[misc]
        seen.add(desk.folder.vault.read_bytes()[:88])
    assert len(seen) == 3
    before = desk.folder.vault.read_bytes()
    keeper.update(lambda vault: vault)
    assert desk.folder.vault.read_bytes() == before


def test_a_passphrase_that_was_changed_meanwhile_stops_writing_and_loses_nothing(
    desk: Desk,
) -> None:
    keeper = _keeper(desk)
    write_vault(desk.folder.vault, keeper.vault, OTHER, secrets.token_bytes)
    with pytest.raises(WrongPassphrase):
        keeper.update(lambda vault: vault.with_case(_case(BOX, 1)))
    assert keeper.follow().cases == ()
    assert read_vault(desk.folder.vault, OTHER) == keeper.vault


def test_a_full_disk_leaves_the_vault_and_what_is_known_of_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper, before = _keeper(desk), desk.folder.vault.read_bytes()

    def full(*_: object) -> None:
        raise NoSpace(desk.folder.vault)

    monkeypatch.setattr("inbox_ui.keeper.write_vault", full)
    with pytest.raises(NoSpace):
        keeper.update(lambda vault: vault.with_case(_case(BOX, 1)))
    assert keeper.vault.cases == ()
    assert desk.folder.vault.read_bytes() == before


# -- a station ----------------------------------------------------------------------------------


def test_an_analyst_without_an_intake_group_sees_that_cases_exist_and_no_word(desk: Desk) -> None:
    Writer(desk.server).write("Only those on intake duty read this.")
    desk.station.keep(lambda vault: replace(vault, intake=()))
    desk.sync()
    assert desk.texts() == [""]
    desk.close()
    assert len(desk.cases()) == 1, "nothing of the fold was kept that would be missed"


def test_what_a_command_puts_into_the_vault_opens_in_a_station_beside_it(desk: Desk) -> None:
    intake = desk.station.vault.intake
    Writer(desk.server).write("Granted.")
    desk.station.keep(lambda vault: replace(vault, intake=()))
    desk.sync()
    assert desk.texts() == [""]
    with Station.open(desk.folder, PASSPHRASE, secrets.token_bytes, desk.clock) as command:
        command.keep(lambda vault: vault.with_intake(intake[0]))
    assert desk.cases()[0].unread == 1
    assert desk.texts() == ["Granted."]


def test_the_keeper_shows_no_secret(desk: Desk, tmp_path: Path) -> None:
    shown = repr(_keeper(desk)) + repr(desk.station.vault) + repr(_case(BOX, 1))
    assert shown == "<Keeper><Vault><CaseSecret>"
    assert not list(tmp_path.glob("**/.*.new"))
