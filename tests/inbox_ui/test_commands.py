"""The commands in this process, at a server in memory: usage, refusals, words, hostile text."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

import click
import pytest

import crypto.errors
from crypto.chains import Fault as ChainFault
from crypto.errors import ProtocolError
from crypto.opening import State as EntryState
from dropbox.client import errors as client_errors
from dropbox.client.errors import BadFile, ClientError
from dropbox.client.retry import NO_PATIENCE
from inbox_ui import errors, line, options, running, words
from inbox_ui.cli import inbox
from inbox_ui.errors import InboxError
from inbox_ui.summary import State
from tests.inbox_ui.conftest import Desk, Writer, garbage

New = Callable[[], Writer]


class Ran:
    """What a command did."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """``run("list", "--offline")`` with the desk's vault and passphrase."""
    file = tmp_path / "passphrase"
    file.write_text("five invented words for nobody\n")
    monkeypatch.setattr(options, "HttpTransport", lambda *_: desk.server.transport())
    monkeypatch.setattr(options, "today", desk.clock)
    monkeypatch.setattr(line.Line.__init__, "__defaults__", (NO_PATIENCE, lambda _: None))
    monkeypatch.setattr(running, "_protect", lambda: None)

    def command(*arguments: str | Path, place: bool = True, vault: Desk = desk) -> Ran:
        vault.close()
        where = ("--vault", vault.folder.path, "--passphrase-file", file) if place else ()
        capsys.readouterr()
        code = running.run_command(inbox, [*map(str, (*arguments, *where))], "dropbox-inbox")
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Ran(code, said.out, said.err)

    return command


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text"
    path.write_text("Thank you.\r\n\n")
    return path


# -- usage and refusals -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["list"],
        ["show", "--vault", "v"],
        ["reply", "abcd", "--vault", "v"],
        ["init", "--vault", "v", "--team", "T"],
        ["init", "--vault", "v", "--team", "T", "--origin", "ftp://x"],
        ["init", "--vault", "v", "--team", "T", "--origin", "https://x", "--server", "https://y"],
        ["init", "--vault", "v", "--team", "T", "--origin", "http://example.org"],
        ["list", "--vault", "v", "--server", "http://example.org"],
        ["list", "--vault", "v", "--proxy", "http://127.0.0.1"],
        ["list", "--vault", "v", "--passphrase", "in clear"],
        ["sync", "--vault", "v", "--watch", "0"],
        ["save-file", "abcd", "reporter", "0", "0", "--vault", "v", "--out", "x"],
        ["save-file", "abcd", "case", "0", "1", "--vault", "v", "--out", "x"],
        ["save-file", "abcd", "reporter", "0", "1", "--vault", "v"],
        ["passphrase", "--vault", "v", "--passphrase-file", "x"],
    ],
)
def test_wrong_usage_is_2_and_two_lines(run: Callable[..., Ran], arguments: list[str]) -> None:
    ran = run(*arguments, place=False)
    assert (ran.code, ran.out) == (2, "")
    error, hint = ran.err.splitlines()
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")


ROOT = {"admit", "root split", "root rehearse", "root join-shares", "root remove"}
"""The root holder's commands: the root's machine has no vault and no network."""
UNIT = {f"recipient {each}" for each in ("init", "card", "open", "answer")}
"""A receiving unit's: its own folder in the place of a vault, and no network."""
PRINTED = {"signposts", "templates"}
"""What comes with the program, and is the same for everybody."""
WITHOUT_A_VAULT = {*ROOT, *UNIT, *PRINTED, "inspect", "redact", "verify-export", "figures audit"}
"""Those, and what somebody outside the team does."""
COURIER = "bundle carry"
"""Talks to a server on a machine that has no vault."""


def every_command() -> dict[str, click.Command]:
    """By the name a person types: ``list``, ``root split``."""
    found = {}
    for name, command in inbox.commands.items():
        if isinstance(command, click.Group):
            found.update({f"{name} {each}": sub for each, sub in command.commands.items()})
        else:
            found[name] = command
    return found


def test_each_command_takes_vault_server_and_passphrase_file() -> None:
    for name, command in every_command().items():
        names = {option for each in command.params for option in each.opts}
        if name in WITHOUT_A_VAULT:
            assert not {"--vault", "--server"} & names, name
            continue
        if name == COURIER:
            assert "--vault" not in names
            continue
        assert {"--vault", "--server", "--passphrase-file"} <= names, command.name
        assert not {"--passphrase", "-p"} & names


def test_every_command_says_what_it_does() -> None:
    for command in every_command().values():
        assert command.help
        for each in command.params:
            assert isinstance(each, click.Argument) or each.help  # type: ignore[attr-defined]


def test_a_weak_passphrase_and_an_unreadable_file_are_refused(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    weak = tmp_path / "weak"
    weak.write_text("short\n")
    new = ("--team", "T", "--origin", "http://127.0.0.1:1", "--vault", tmp_path / "new")
    for file in (weak, tmp_path / "missing", tmp_path):
        ran = run("init", *new, "--passphrase-file", file, place=False)
        assert ran.code == 1
        assert not (tmp_path / "new").exists()
        assert "short" not in ran.err.replace("too short", "")


def test_nothing_is_asked_where_nobody_can_be(run: Callable[..., Ran], tmp_path: Path) -> None:
    goal = tmp_path / "goal"
    assert run("backup", goal).code == 0
    before = goal.read_bytes()
    ran = run("backup", goal)
    assert (ran.code, goal.read_bytes()) == (1, before)
    assert "--yes" in ran.err
    assert run("backup", goal, "--yes").code == 0


def test_permissions_are_refused_with_what_mends_them(run: Callable[..., Ran], desk: Desk) -> None:
    desk.folder.vault.chmod(0o644)
    ran = run("list", "--offline")
    assert ran.code == 1
    assert f"hint: chmod 600 '{desk.folder.vault}'" in ran.err


def test_unknown_settings_are_refused(run: Callable[..., Ran], desk: Desk) -> None:
    desk.folder.settings.write_text('{"server":null,"proxy":null,"more":1}')
    ran = run("sync")
    assert ran.code == 1
    assert "settings" in ran.err


# -- the server ---------------------------------------------------------------------------------


def test_a_rolled_back_directory_ends_a_command_and_the_archive_stays_readable(
    run: Callable[..., Ran], desk: Desk, reporter: New
) -> None:
    reporter().write("One.")
    old = desk.server.signed
    assert run("directory").code == 0
    assert run("list").code == 0
    desk.server.signed = old
    ran = run("list")
    assert (ran.code, ran.out) == (1, "")
    assert "older directory" in ran.err
    assert "received" in run("list", "--offline").out
    assert run("directory").code == 0  # gives the server what it lacks
    assert desk.server.directory.seq == 3
    assert run("list").code == 0


def test_a_directory_for_the_stick_is_published_by_hand_or_by_the_next_sync(
    run: Callable[..., Ran], desk: Desk, tmp_path: Path
) -> None:
    out = tmp_path / "next.signed"
    assert run("directory", "--origin", desk.server.origin, "--out", out).code == 0
    assert desk.server.directory.seq == 1
    assert run("sync").code == 0
    assert desk.server.signed == out.read_bytes() == desk.folder.directory.read_bytes()


def test_origins_are_changed_by_a_new_directory(run: Callable[..., Ran], desk: Desk) -> None:
    more = ("--origin", desk.server.origin, "--origin", "HTTPS://Example.org/")
    assert run("directory", *more).code == 0
    assert desk.server.directory.origins == (desk.server.origin, "https://example.org")
    assert run("directory").code == 0
    assert desk.server.directory.origins == (desk.server.origin, "https://example.org")


def test_writing_while_the_server_is_away(
    run: Callable[..., Ran], desk: Desk, reporter: New, text: Path
) -> None:
    ann = reporter()
    ann.write("One.")
    assert run("sync").code == 0
    name = desk.only().name
    desk.server.down = True
    assert run("reply", name, "--text-file", text).code == 1
    assert run("acknowledge", name, "--offline").code == 0
    assert run("note", name, "--text-file", text, "--offline").code == 0
    shown = run("show", name, "--offline")
    assert words.WAITS in shown.out
    desk.server.down = False
    assert run("sync").code == 0
    assert ann.replies() == ["Thank you."]  # the reply acknowledges: no receipt is needed


def test_what_came_while_an_analyst_wrote_is_said(
    run: Callable[..., Ran], desk: Desk, reporter: New, text: Path
) -> None:
    ann = reporter()
    ann.write("One.")
    assert run("sync").code == 0
    ann.write("Two.")
    ran = run("reply", desk.only().name, "--text-file", text)
    assert ran.code == 0
    assert "1 new from the reporter" in ran.err
    assert desk.only().unread == 1


def test_acknowledging_is_an_explicit_act(
    run: Callable[..., Ran], desk: Desk, reporter: New
) -> None:
    ann = reporter()
    ann.write("One.")
    for command in (["sync"], ["list"], ["show", "--"], ["note", "--"]):
        name = desk.only().name if desk.cases() else ""
        if command[0] in {"sync", "list"}:
            run(command[0])
        elif command[0] == "show":
            run("show", name)
    assert ann.read().items == ()
    assert run("acknowledge", desk.only().name).code == 0
    assert [item.payload.kind for item in ann.read().items if item.payload] == ["receipt"]
    again = run("acknowledge", desk.only().name)
    assert (again.code, len(ann.read().items)) == (0, 1)
    assert words.NOTHING_NEW in again.err


# -- text of others -----------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\u202e", "\u200b", "\u2066", "\r", "\x07", "\x9b"])
def test_reporters_text_cannot_steer_a_terminal(
    run: Callable[..., Ran], desk: Desk, reporter: New, hostile: str
) -> None:
    reporter().write(f"before{hostile}after")
    ran = run("list")
    out = run("show", desk.only().name, "--offline").out
    assert hostile not in ran.out + out
    assert "<U+" in out
    found = run("show", desk.only().name, "--offline", "--json").out
    assert found.isascii()
    assert json.loads(found)["messages"][0]["text"] == f"before{hostile}after"


def test_what_is_wrong_is_listed_under_its_case(
    run: Callable[..., Ran], desk: Desk, reporter: New
) -> None:
    reporter().write("One.")
    desk.server.add(garbage(secrets.token_bytes(32)))
    out = run("list").out
    assert words.ALARMS[ChainFault.UNREADABLE] in out
    found = json.loads(run("list", "--offline", "--json").out)
    assert sorted(each["whole"] for each in found) == [False, True]


def test_nobody_at_the_other_end_of_the_pipe_is_no_crash(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: str) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("inbox_ui.console.print_result", gone)
    monkeypatch.setattr(running, "_leave_pipe", lambda: 1)
    assert run("list", "--offline").code == 1


def test_a_bug_is_two_lines_and_shows_nothing(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("CANARY")

    monkeypatch.setattr("inbox_ui.shown.list_text", fail)
    ran = run("list", "--offline")
    assert ran.code == 1
    assert "CANARY" not in ran.err
    assert words.BUG.error in ran.err


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe", b"a\x00b", b"x" * 200_000])
def test_what_is_no_text_is_refused(
    run: Callable[..., Ran], desk: Desk, reporter: New, tmp_path: Path, content: bytes
) -> None:
    reporter().write("One.")
    desk.sync()
    (tmp_path / "bad").write_bytes(content)
    name = desk.only().name
    ran = run("reply", name, "--text-file", tmp_path / "bad")
    assert ran.code == 1
    assert desk.station.archive.outbox.items() == ()


# -- every error has its words ------------------------------------------------------------------


def _leaves(kind: type[Exception]) -> list[type[Exception]]:
    below = [leaf for each in kind.__subclasses__() for leaf in _leaves(each)]
    return below or [kind]


def test_every_error_of_ours_has_its_own_sentence() -> None:
    for leaf in _leaves(InboxError):
        if leaf.__module__ == errors.__name__:
            assert leaf in words._SENTENCES, leaf


def test_every_error_of_the_client_library_is_explained() -> None:
    for leaf in _leaves(ClientError):
        if leaf.__module__ == client_errors.__name__ and not issubclass(leaf, BadFile):
            assert leaf in {client_errors.Refused, client_errors.Unknown} or any(
                kind in words._SENTENCES for kind in leaf.__mro__
            ), leaf


def test_every_reason_for_a_quarantine_has_its_sentence() -> None:
    users = {crypto.errors.UserError, crypto.errors.Unfit}
    for leaf in _leaves(ProtocolError):
        if leaf.__module__ != crypto.errors.__name__ or any(issubclass(leaf, u) for u in users):
            continue
        if leaf.__name__ in {"UnsignedKeyAsked", "FilesDiffer", "Contested", "WrongProof"}:
            continue  # never about an envelope of a case
        assert leaf.__name__ in words.PROBLEMS, leaf
    for fault in ChainFault:
        assert fault in words.ALARMS, fault
    assert set(words.STATES) == set(State)
    assert set(words.GONE) == set(EntryState) - {EntryState.SHOWN}
