"""What cannot be done: wrong words, bad input, servers that are not the team's. Nothing is sent."""

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from dropbox.client.wordlist import word_list
from dropbox.report.words import NO_REPLY_EITHER
from tests.dropbox.server import ROOT
from tests.report.conftest import Place, Ran, refused, run

WordsFile = Callable[[str], Path]
Here = Callable[..., Ran]
SCHEMA = json.loads((ROOT / "docs/schemas/report-check.json").read_text("utf-8"))
CANARY = "zqxj" + secrets.token_hex(16)


# -- words --------------------------------------------------------------------------------------


def test_words_that_open_nothing(place: Place, words_file: WordsFile) -> None:
    words = word_list().generate(secrets.token_bytes).expose()
    for command in (["check"], ["check", "--json"], ["reply", "--text-file", __file__]):
        refused(
            place.run(*command, "--passphrase-file", words_file(words)),
            1,
            "No mailbox opens with these words. It may have been closed",
        )


def test_other_spellings_of_the_words(place: Place, tmp_path: Path) -> None:
    words = place.send()
    spellings = [
        words.upper().replace(" ", "-\n"),
        f"\ufeff  {words} \r\n",
        "".join(chr(ord(each) + 0xFEE0) if each != " " else each for each in words),
        words.replace("a", "a\u200b"),
    ]
    (path := tmp_path / "words").touch()
    for spelling in spellings:
        path.write_text(spelling, "utf-8")
        assert place.run("check", "--passphrase-file", path).code == 0, spelling


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("abacus abdomen abdominal abide abiding ability", "there are 6"),
        ("abacus " * 8, "there are 8"),
        ("", "there are 0"),
        ("abacus abdomen abdominal abide abiding ability ablazee", "Nearest: ablaze"),
        ("abacus abdomen abdominal abide abiding ability qqqqqqqqq", "qqqqqqqqq"),
    ],
)
def test_a_wrong_word_is_said_and_no_connection_made(
    place: Place, run_here: Here, words_file: WordsFile, words: str, said: str
) -> None:
    before = place.proxy.accepted
    refused(run_here("check", *place.options, "--passphrase-file", words_file(words)), 1, said)
    refused(
        run_here(
            "reply", *place.options, "--text-file", __file__, "--passphrase-file", words_file(words)
        ),
        1,
        said,
    )
    assert place.proxy.accepted == before


def test_a_passphrase_file_that_is_none(place: Place, run_here: Here, tmp_path: Path) -> None:
    refused(run_here("check", *place.options, "--passphrase-file", tmp_path), 1, "passphrase file")
    refused(
        run_here("check", *place.options, "--passphrase-file", tmp_path / "none"),
        1,
        "passphrase file",
    )


def test_without_a_terminal_nobody_is_asked(place: Place) -> None:
    refused(place.run("check", text="abacus"), 1, "--passphrase-file")


# -- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Missing option"),
        (["--server", "http://example.org"], "https"),
        (["--server", "ftp://x"], "https://"),
        (["--server", f"http://{'a' * 56}.onion"], "--proxy"),
        (["--root", "abc"], "fingerprint"),
        (["--proxy", "socks4://127.0.0.1:9050"], "socks5h"),
        (["--wait", "-1"], "--wait"),
        (["--category", "murder"], "--category"),
        (["--force", "../x"], "--force"),
        (["--language", "fr"], "--language"),
        (["--surprise"], "--surprise"),
        (["--passphrase", "x"], "--passphrase"),
    ],
)
def test_wrong_usage(run_here: Here, arguments: list[str], said: str) -> None:
    right = ["--server", "http://127.0.0.1:1", "--root", "a" * 32, "--text-file", "-"]
    refused(run_here("send", *(right if arguments else []), *arguments), 2, said)


def test_a_command_nobody_knows() -> None:
    refused(run("sned"), 2, "sned")


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", "   "])
def test_nothing_to_send(place: Place, run_here: Here, text: str) -> None:
    before = place.proxy.accepted
    refused(run_here("send", *place.options, "--text-file", "-", text=text), 1, "nothing to send")
    refused(run_here("send", *place.options), 1, "nothing to send")
    assert place.proxy.accepted == before


def test_text_that_is_none(place: Place, run_here: Here, tmp_path: Path) -> None:
    before = place.proxy.accepted
    (path := tmp_path / "text").write_bytes(b"\xff\xfe\x00\x01")
    for each in (path, tmp_path, tmp_path / "none"):
        refused(run_here("send", *place.options, "--text-file", each), 1, "cannot be read as text")
    path.write_text("x" * 200_000)
    refused(run_here("send", *place.options, "--text-file", path), 1, "more than the team takes")
    assert place.proxy.accepted == before


def test_text_one_character_too_long(place: Place, tmp_path: Path) -> None:
    (path := tmp_path / "text").write_text("é" * 40_000)
    assert place.run("send", "--text-file", path).code == 0
    path.write_text("é" * 40_001)
    refused(place.run("send", "--text-file", path), 1, "40,001", "40,000")


def test_files_that_cannot_be_sent(place: Place, run_here: Here, tmp_path: Path) -> None:
    before = place.proxy.accepted
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(2**31 + 1)
    for path, said in [
        (tmp_path / "none", "cannot be read"),
        (tmp_path, "not a file"),
        (tmp_path / "pipe", "not a file"),
        (tmp_path / "empty", "is empty"),
        (tmp_path / "huge", "larger"),
    ]:
        refused(
            run_here("send", *place.options, "--text-file", __file__, "--attach", path),
            1,
            said,
            "Nothing was",
        )
    assert place.proxy.accepted == before


def test_too_many_files(place: Place, tmp_path: Path) -> None:
    (path := tmp_path / "a").write_text("a")
    attached = ["--attach", str(path)] * 21
    refused(place.run("send", "--text-file", __file__, *attached), 1, "21 files")


# -- servers that are not the team's ------------------------------------------------------------


def test_another_root(place: Place) -> None:
    words = word_list().generate(secrets.token_bytes).expose()
    ran = run("send", "--server", place.proxy.url, "--root", "a" * 32, "--text-file", __file__)
    refused(ran, 1, "does not belong to the fingerprint")
    assert words not in ran.err


def test_an_origin_the_directory_does_not_name(place: Place) -> None:
    other = place.proxy.url.replace("127.0.0.1", "localhost")
    ran = run("send", "--server", other, "--root", place.root, "--text-file", __file__)
    refused(ran, 1, "does not name this address")


def test_nobody_there(place: Place) -> None:
    ran = run(
        "send",
        "--server",
        "http://127.0.0.1:1",
        "--root",
        place.root,
        "--text-file",
        __file__,
        "--wait",
        "0.2",
    )
    refused(ran, 1, "cannot be reached", "Nothing was sent")


async def test_an_expired_directory(place: Place, words_file: WordsFile) -> None:
    words = place.send()
    team = place.correspondent(words)
    await place.post(team.reply("Hello"))
    file = words_file(words)
    refused(
        place.run("send", "--text-file", __file__, days=30), 1, "not valid today", "Nothing was"
    )
    ran = place.run("check", "--passphrase-file", file, days=30)
    assert ran.code == 0, ran.err
    assert "Hello" in ran.out
    assert "not valid today" in ran.out
    assert NO_REPLY_EITHER in ran.out
    answer = ("reply", "--passphrase-file", file, "--text-file", __file__)
    refused(place.run(*answer, days=30), 1, "not valid today", "Nothing was sent")
    await place.post(team.assign())
    ran = place.run("check", "--passphrase-file", file, days=30)
    assert "not valid today" in ran.out
    assert NO_REPLY_EITHER not in ran.out
    assert place.run(*answer, days=30).code == 0, "a case group has no dates"


def test_a_clock_that_is_behind(place: Place) -> None:
    refused(place.run("send", "--text-file", __file__, days=-3), 1, "not valid today", "date")
