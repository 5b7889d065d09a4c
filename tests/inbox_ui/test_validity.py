"""What runs out: the directory after 14 days, certificates after a year; said, and renewed."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from crypto.certificates import PUBLISHER_DAYS
from crypto.directory import read_directory
from crypto.keys import RootSecret
from dropbox.client.retry import NO_PATIENCE
from inbox_ui import founding, line, options, publishing, running
from inbox_ui.cli import inbox
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.vault import read_root, reseal_root, write_root, write_vault
from tests.inbox_ui.conftest import PASSPHRASE, Clock, Desk, Writer

New = Callable[[], Writer]
Said = tuple[int, str]
Run = Callable[..., Said]
OTHER = VaultPassphrase("five other words for root")


@pytest.fixture
def run(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """``run("sync")`` with the desk's vault, server and clock: exit status, and stderr."""
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE.expose().decode())
    monkeypatch.setattr(options, "HttpTransport", lambda *_: desk.server.transport())
    monkeypatch.setattr(options, "today", desk.clock)
    monkeypatch.setattr(line.Line.__init__, "__defaults__", (NO_PATIENCE, lambda _: None))
    monkeypatch.setattr(running, "_protect", lambda: None)

    def command(*arguments: str | Path) -> Said:
        desk.close()
        capsys.readouterr()
        where = ("--vault", desk.folder.path, "--passphrase-file", file)
        code = running.run_command(inbox, [*map(str, (*arguments, *where))], "dropbox-inbox")
        return code, capsys.readouterr().err

    return command


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text"
    path.write_text("Thank you.")
    return path


def give_up(desk: Desk, what: str) -> None:
    """Take one of the certificates out of the vault."""
    vault = desk.station.vault
    desk.close()
    changed = founding.replace(vault, **{what: None})  # type: ignore[arg-type]
    write_vault(desk.folder.vault, changed, PASSPHRASE, secrets.token_bytes)


# -- it is said -----------------------------------------------------------------------------------


def test_while_all_is_valid_nothing_is_said_of_it(run: Run, desk: Desk) -> None:
    assert run("sync") == (0, "0 new, 0 delivered.\n")
    assert run("list") == (0, "")


def test_every_command_that_fetches_says_that_the_directory_has_ended(
    run: Run, desk: Desk, reporter: New, clock: Clock, text: Path
) -> None:
    reporter().write("One.")
    run("sync")
    name = desk.only().name
    give_up(desk, "publisher")
    clock.go(20)
    for arguments in (
        ["sync"],
        ["list"],
        ["list", "--offline"],
        ["show", name],
        ["reply", name, "--text-file", text],
    ):
        code, said = run(*arguments)
        assert code == 0, said
        assert said.count("The directory ended on 2026-12-07.") == 1, said
        assert "Somebody who may sign directories" in said


def test_a_directory_that_ends_soon_is_said_where_a_sync_does_not_renew_it(
    run: Run, desk: Desk, clock: Clock
) -> None:
    give_up(desk, "publisher")
    clock.go(7)
    assert run("list") == (0, "")
    clock.go(1)
    assert "The directory ends on 2026-12-07." in run("list")[1]


def test_a_publisher_who_works_offline_is_told_to_sync(run: Run, desk: Desk, clock: Clock) -> None:
    clock.go(20)
    desk.server.today = clock()
    assert "sync renews it" in run("list", "--offline")[1]
    assert "The directory was renewed." in run("sync")[1]
    assert run("list", "--offline") == (0, "")


def test_certificates_that_have_ended_are_said_and_the_root_is_named(
    run: Run, clock: Clock
) -> None:
    clock.go(PUBLISHER_DAYS - 20)
    code, said = run("sync")
    assert code == 0
    assert "Your certificate ends on" in said
    clock.go(30)
    code, said = run("list", "--offline")
    assert code == 0
    for sentence in ("Your certificate ended on", "Your right to sign directories ended on"):
        assert sentence in said
    assert "The roster ended on" in said
    assert said.count("dropbox-inbox directory --root-file FILE") == 4


def test_a_machine_that_lives_in_the_past_is_told(run: Run, clock: Clock) -> None:
    clock.go(-400)
    assert "Check this machine's date." in run("list", "--offline")[1]


# -- no more days are promised than there are ------------------------------------------------------


def test_a_directory_lasts_no_longer_than_its_publisher(
    run: Run, desk: Desk, clock: Clock, tmp_path: Path
) -> None:
    clock.go(PUBLISHER_DAYS - 5)
    desk.server.today = clock()
    last = clock() + timedelta(days=5)
    code, said = run("directory")
    assert (code, desk.server.directory.expires) == (0, last)
    assert f"valid until {last}" in said
    code, said = run("directory", "--out", tmp_path / "next")
    assert f"valid until {last}" in said
    written = read_directory((tmp_path / "next").read_bytes(), desk.server.directory.service)
    assert written.expires == last


def test_in_a_publishers_last_days_it_is_not_signed_anew_at_every_sync(
    desk: Desk, clock: Clock
) -> None:
    clock.go(PUBLISHER_DAYS - 5)
    desk.server.today = clock()
    assert desk.sync().renewed
    clock.go(1)
    desk.server.today = clock()
    assert not desk.sync().renewed


def test_another_publishers_certificate_that_ends_makes_a_renewal_due(
    desk: Desk, clock: Clock
) -> None:
    """The directory itself would be good for two weeks; whoever signed it is not."""
    clock.go(PUBLISHER_DAYS - 5)
    directory = desk.station.seen.directory
    root = read_root(desk.folder.default_root, PASSPHRASE)
    fresh = founding.certify_anew(desk.station.vault, root, clock(), "")
    lasting = founding.replace(directory, issued=clock(), expires=clock() + timedelta(days=14))
    assert lasting.last_day == clock() + timedelta(days=5)
    assert publishing.is_due(fresh, lasting, clock())
    assert not publishing.is_due(desk.station.vault, lasting, clock())


# -- the root renews -------------------------------------------------------------------------------


def test_the_root_certifies_anew_after_everything_has_ended(
    run: Run, desk: Desk, reporter: New, clock: Clock
) -> None:
    reporter().write("One.")
    clock.go(500)
    desk.server.today = clock()
    code, said = run("directory")
    assert code == 1
    assert "dropbox-inbox directory --root-file FILE" in said
    code, said = run("directory", "--root-file", desk.folder.default_root)
    assert code == 0, said
    assert f"until {clock() + timedelta(days=PUBLISHER_DAYS)}" in said
    assert desk.server.directory.expires == clock() + timedelta(days=14)
    desk.server.directory.check_day(clock())
    code, said = run("sync")  # it also ends the old epoch
    assert (code, said.splitlines()[-1]) == (0, "1 new, 0 delivered.")
    assert "warning" not in said


def test_it_makes_a_publisher_of_an_analyst_who_was_none(run: Run, desk: Desk) -> None:
    give_up(desk, "publisher")
    assert run("directory")[0] == 1
    assert run("directory", "--root-file", desk.folder.default_root)[0] == 0
    assert run("directory")[0] == 0


def test_the_root_of_another_team_changes_nothing(run: Run, desk: Desk, tmp_path: Path) -> None:
    other, before = tmp_path / "other.root", desk.folder.vault.read_bytes()
    write_root(other, RootSecret.generate(secrets.token_bytes), PASSPHRASE, secrets.token_bytes)
    code, said = run("directory", "--root-file", other)
    assert code == 1
    assert "root of another team" in said
    for wrong in (tmp_path / "missing", desk.folder.vault, tmp_path):
        assert run("directory", "--root-file", wrong)[0] == 1
    assert desk.folder.vault.read_bytes() == before
    assert desk.server.directory.seq == 1


def test_a_root_under_another_passphrase_opens_with_that(
    run: Run, desk: Desk, tmp_path: Path
) -> None:
    path = desk.folder.default_root
    reseal_root(path, read_root(path, PASSPHRASE), OTHER, secrets.token_bytes)
    code, said = run("directory", "--root-file", path)
    assert code == 1
    assert "passphrase does not open" in said
    file = tmp_path / "root's"
    file.write_text("five other words for root\n")
    assert run("directory", "--root-passphrase-file", file)[0] == 2
    assert run("directory", "--root-file", path, "--root-passphrase-file", file)[0] == 0
