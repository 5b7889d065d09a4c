"""The root as shares on paper: split, rehearsed, joined again; too few, wrong and mixed ones."""

import os
import pty
import re
import secrets
import select
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest

from crypto.keys import RootSecret
from inbox_ui.errors import NotAShare, NotTheRoot, SameShare, SharesDiffer, TooFewShares
from inbox_ui.shares import RootShare, join_shares, read_share, split_root
from inbox_ui.vault import read_root
from tests.cheap import INBOX
from tests.inbox_ui.conftest import PASSPHRASE, Desk
from tests.inbox_ui.test_commands import Ran, run

__all__ = ["run"]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def root() -> RootSecret:
    return RootSecret.generate(secrets.token_bytes)


@pytest.fixture(scope="module")
def shares(root: RootSecret) -> tuple[RootShare, ...]:
    return split_root(root, 3, 5)


def pinned(root: RootSecret) -> bytes:
    return root.keys.card.id[:20]


# -- the shares themselves ----------------------------------------------------------------------


def test_any_three_of_five_give_the_root(root: RootSecret, shares: tuple[RootShare, ...]) -> None:
    assert [each.number for each in shares] == [1, 2, 3, 4, 5]
    for some in combinations(shares, 3):
        assert join_shares(some[::-1], pinned(root)) == root
    assert join_shares(shares, pinned(root)) == root


def test_too_few_say_nothing(root: RootSecret, shares: tuple[RootShare, ...]) -> None:
    for count in (0, 1, 2):
        with pytest.raises(TooFewShares):
            join_shares(shares[:count], pinned(root))


def test_one_share_twice_is_no_second_one(root: RootSecret, shares: tuple[RootShare, ...]) -> None:
    with pytest.raises(SameShare):
        join_shares([*shares[:2], shares[0]], pinned(root))


def test_a_word_that_is_on_no_list_is_named_by_its_place(shares: tuple[RootShare, ...]) -> None:
    for place in range(33):
        typed = shares[0].words.split()
        typed[place] = "canary"
        with pytest.raises(NotAShare) as caught:
            read_share(" ".join(typed), "Share 1")
        assert caught.value.wrong == (place + 1,)
        assert "canary" not in str(caught.value)


def test_a_wrong_word_of_the_list_is_found_wherever_it_stands(
    shares: tuple[RootShare, ...],
) -> None:
    other = shares[1].words.split()
    for place in range(33):
        typed = shares[0].words.split()
        typed[place] = next(word for word in other if word != typed[place])
        with pytest.raises(NotAShare) as caught:
            read_share(" ".join(typed), "Share 1")
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__


@pytest.mark.parametrize("typed", ["", "academic", "academic " * 20, "academic " * 33, "a" * 4000])
def test_what_is_no_share_is_refused(typed: str) -> None:
    with pytest.raises(NotAShare):
        read_share(typed, "Share 1")


def test_two_words_changed_round_are_found(shares: tuple[RootShare, ...]) -> None:
    typed = shares[0].words.split()
    place = next(at for at in range(10, 20) if typed[at] != typed[at + 1])
    typed[place], typed[place + 1] = typed[place + 1], typed[place]
    with pytest.raises(NotAShare):
        read_share(" ".join(typed), "Share 1")


def test_shares_of_two_splits_or_two_roots_do_not_go_together(
    root: RootSecret, shares: tuple[RootShare, ...]
) -> None:
    again = split_root(root, 3, 5)
    other = split_root(RootSecret.generate(secrets.token_bytes), 3, 5)
    for mixed in ((*shares[:2], again[2]), (*shares[:2], other[2]), (*shares[:3], again[4])):
        with pytest.raises(SharesDiffer):
            join_shares(mixed, pinned(root))
    with pytest.raises(NotTheRoot):
        join_shares(other, pinned(root))


def test_a_made_up_share_that_passes_its_own_check_does_not_join(
    root: RootSecret, shares: tuple[RootShare, ...]
) -> None:
    from dataclasses import replace

    from shamir_mnemonic import Share

    whole = Share.from_mnemonic(shares[2].words)
    forged = replace(whole, value=secrets.token_bytes(32))
    share = read_share(forged.mnemonic(), "Share 3")
    for mixed in ((*shares[:2], share), (*shares[:2], shares[3], share)):
        with pytest.raises(SharesDiffer):
            join_shares(mixed, pinned(root))


def test_a_share_shows_no_word(shares: tuple[RootShare, ...]) -> None:
    assert not set(repr(shares[0]).replace("'", " ").split()) & set(shares[0].words.split())


# -- the commands -------------------------------------------------------------------------------


@pytest.fixture
def papers(run: Callable[..., Ran], desk: Desk, tmp_path: Path) -> list[Path]:
    """Three of five shares, in files."""
    ran = run(
        "root", "split", "--root-file", desk.folder.default_root, "--root-passphrase-file",
        tmp_path / "passphrase", "--shares", "5", "--needed", "3", "--into", tmp_path / "papers",
        place=False,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    found = sorted((tmp_path / "papers").iterdir())
    assert len(found) == 5
    for each in found:
        assert each.stat().st_mode & 0o777 == 0o600
        assert " ".join(each.read_text().split()[:2]) not in ran.out + ran.err
    return found


def given(papers: list[Path]) -> list[str | Path]:
    return [each for paper in papers for each in ("--root-share", paper)]


def fingerprint(desk: Desk) -> str:
    return desk.station.seen.directory.root_card.fingerprint


def test_a_rehearsal_proves_the_shares_and_writes_nothing(
    run: Callable[..., Ran], desk: Desk, tmp_path: Path, papers: list[Path]
) -> None:
    before = {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
    for some in (papers[:3], papers[2:], papers):
        ran = run("root", "rehearse", "--root", fingerprint(desk), *given(some), place=False)
        assert ran.code == 0, ran.err
        assert fingerprint(desk) in ran.out
    few = run("root", "rehearse", "--root", fingerprint(desk), *given(papers[:2]), place=False)
    assert (few.code, few.out) == (1, "")
    assert "2 of 3" in few.err
    elsewhere = run("root", "rehearse", "--root", "a" * 32, *given(papers[:3]), place=False)
    assert (elsewhere.code, elsewhere.out) == (1, "")
    assert "another team" in elsewhere.err
    desk.close()
    after = {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
    assert {each for each in before if before[each] != after[each]} == set()


def test_a_rehearsal_names_a_faulty_paper_and_shows_no_word_of_it(
    run: Callable[..., Ran], desk: Desk, papers: list[Path]
) -> None:
    typed = papers[0].read_text().split()
    papers[0].write_text(" ".join([*typed[:6], "canary", *typed[7:]]))
    ran = run("root", "rehearse", "--root", fingerprint(desk), *given(papers[:3]), place=False)
    assert ran.code == 1
    assert str(papers[0]) in ran.err
    assert ": 7." in ran.err
    assert "canary" not in ran.err
    papers[0].write_bytes(b"\xff" * 100)
    ran = run("root", "rehearse", "--root", fingerprint(desk), *given(papers[:3]), place=False)
    assert ran.code == 1
    assert "no share" in ran.err


def test_the_roots_file_is_made_again(
    run: Callable[..., Ran], desk: Desk, tmp_path: Path, papers: list[Path]
) -> None:
    out = tmp_path / "again.root"
    ran = run(
        "root", "join-shares", "--root", fingerprint(desk), *given(papers[1:4]), "--out", out,
        "--new-passphrase-file", tmp_path / "passphrase", place=False,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert read_root(out, PASSPHRASE) == read_root(desk.folder.default_root, PASSPHRASE)
    again = run(
        "root", "join-shares", "--root", fingerprint(desk), *given(papers[1:4]), "--out", out,
        "--new-passphrase-file", tmp_path / "passphrase", place=False,
    )  # fmt: skip
    assert again.code == 1


def test_the_roots_file_goes_only_after_a_rehearsal_and_a_yes(
    run: Callable[..., Ran], desk: Desk, tmp_path: Path, papers: list[Path]
) -> None:
    path = desk.folder.default_root
    where = ("--root-file", path, "--root-passphrase-file", tmp_path / "passphrase")
    for more in (given(papers[:2]), [*given(papers[:2]), "--yes"], given(papers[:3])):
        assert run("root", "remove", *where, *more, place=False).code == 1
        assert path.exists()
    other = split_root(RootSecret.generate(secrets.token_bytes), 2, 2)
    foreign = [tmp_path / "one", tmp_path / "two"]
    for paper, share in zip(foreign, other, strict=True):
        paper.write_text(share.words)
    ran = run("root", "remove", *where, *given(foreign), "--yes", place=False)
    assert (ran.code, path.exists()) == (1, True)
    assert run("root", "remove", *where, *given(papers[:3]), "--yes", place=False).code == 0
    assert not path.exists()


def test_shares_do_for_the_root_when_the_analyst_is_certified_anew(
    run: Callable[..., Ran], desk: Desk, papers: list[Path]
) -> None:
    desk.folder.default_root.unlink()
    before = desk.station.vault.certificate
    desk.clock.go(20)
    desk.server.today = desk.clock()
    ran = run("directory", *given(papers[:3]))
    assert ran.code == 0, ran.err
    assert desk.station.vault.certificate != before
    assert run("directory", *given(papers[:2])).code == 1
    both = run("directory", "--root-file", desk.folder.default_root, *given(papers[:3]))
    assert both.code == 2


def test_shares_of_another_root_certify_nobody(
    run: Callable[..., Ran], desk: Desk, tmp_path: Path
) -> None:
    foreign = [tmp_path / "one", tmp_path / "two"]
    other = split_root(RootSecret.generate(secrets.token_bytes), 2, 2)
    for paper, share in zip(foreign, other, strict=True):
        paper.write_text(share.words)
    before = desk.folder.vault.read_bytes()
    ran = run("directory", *given(foreign))
    assert ran.code == 1
    assert "another team" in ran.err
    assert desk.folder.vault.read_bytes() == before


def test_no_share_goes_into_a_pipe(run: Callable[..., Ran], desk: Desk, tmp_path: Path) -> None:
    where = ("--root-file", desk.folder.default_root, "--root-passphrase-file",
             tmp_path / "passphrase")  # fmt: skip
    ran = run("root", "split", *where, "--shares", "3", "--needed", "2", place=False)
    assert (ran.code, ran.out) == (1, "")
    assert "terminal" in ran.err
    folder = ("--into", tmp_path / "papers")
    assert (
        run("root", "split", *where, "--shares", "2", "--needed", "3", *folder, place=False).code
        == 2
    )
    assert (
        run("root", "split", *where, "--shares", "3", "--needed", "1", *folder, place=False).code
        == 2
    )
    assert (
        run("root", "split", *where, "--shares", "17", "--needed", "2", *folder, place=False).code
        == 2
    )
    assert not (tmp_path / "papers").exists()


# -- at a terminal ------------------------------------------------------------------------------


class Terminal:
    """``dropbox-inbox`` as a process of its own, with a person at its terminal."""

    def __init__(self, *arguments: str | Path) -> None:
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.execv(sys.executable, [*INBOX, *map(str, arguments)])
        self.seen = ""

    def until(self, wanted: str, seconds: float = 30.0) -> str:
        """What came up to and with ``wanted``."""
        deadline = time.monotonic() + seconds
        while wanted not in self.seen:
            assert time.monotonic() < deadline, self.seen
            if select.select([self.handle], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self.handle, 65536).decode()
                except OSError:
                    break
        assert wanted in self.seen, self.seen
        before, _, self.seen = self.seen.partition(wanted)
        return before + wanted

    def type(self, text: str) -> None:
        os.write(self.handle, text.encode() + b"\n")

    def end(self) -> int:
        while True:
            try:
                if not os.read(self.handle, 65536):
                    break
            except OSError:
                break
        os.close(self.handle)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_at_a_terminal_shares_are_shown_one_by_one_and_typed_without_an_echo(
    tmp_path: Path,
) -> None:
    from inbox_ui.vault import write_root

    secret = RootSecret.generate(secrets.token_bytes)
    file, passphrase = tmp_path / "a.root", tmp_path / "passphrase"
    write_root(file, secret, PASSPHRASE, secrets.token_bytes)
    passphrase.write_text("five invented words for nobody\n")
    where = ("--root-file", file, "--root-passphrase-file", passphrase)
    screen = Terminal("root", "split", *where, "--shares", "3", "--needed", "2")
    found = []
    for number in (1, 2, 3):
        shown = screen.until("clears the screen: ")
        assert f"Share {number} of 3" in shown
        found.append(" ".join(re.findall(r"\d+ ([a-z]+)", shown.split("give the root.")[1])))
        screen.type("")
    assert screen.end() == 0
    assert join_shares([read_share(each, "") for each in found[1:]], pinned(secret)) == secret

    fingerprint = secret.keys.card.fingerprint
    typing = Terminal("root", "rehearse", "--root", fingerprint)
    typing.until("Share 1")
    typing.until("ends): ")
    typing.type(found[0].replace(found[0].split()[6], "canary", 1))
    said = typing.until("ends): ")
    assert "counted from 1: 7" in said
    typing.type(found[0])
    said += typing.until("ends): ")
    typing.type(found[2])
    said += typing.until("Nothing was written.")
    assert fingerprint in said
    assert typing.end() == 0
    assert "canary" not in said
    assert " ".join(found[0].split()[:2]) not in said
    assert " ".join(found[2].split()[-2:]) not in said


def test_where_there_is_no_terminal_no_share_is_asked_for() -> None:
    done = subprocess.run(
        [*INBOX, "root", "rehearse", "--root", "a" * 32],
        capture_output=True, text=True, timeout=180, cwd=ROOT, check=False, start_new_session=True,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 1
    assert "terminal" in done.stderr
