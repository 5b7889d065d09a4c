"""``dropbox-report`` as its user has it: processes, a real server, exit codes, two streams."""

import json
import os
import re
import secrets
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from crypto.documents import Link, Message, Report
from crypto.envelope import Chain
from dropbox.client.source import Source
from dropbox.client.upload import upload
from dropbox.client.wordlist import word_list
from tests.dropbox.server import ROOT
from tests.dropbox.team import today
from tests.report.conftest import PROGRAM, Place

WordsFile = Callable[[str], Path]
SCHEMA = json.loads((ROOT / "docs/schemas/report-check.json").read_text("utf-8"))
CANARY = "zqxj" + secrets.token_hex(16)


async def test_a_report_its_answer_and_another_message(
    place: Place, tmp_path: Path, words_file: WordsFile
) -> None:
    (attached := tmp_path / "rota (2).txt").write_bytes(b"r" * 1_500_000)
    about = ["--category=partner", "--category=advantage", "--force=west-mercia", "--language=cy"]
    text = "It happens on Tuesdays.\r\n\n"
    ran = place.run("send", "--text-file", "-", "--attach", attached, *about, text=text)
    assert ran.code == 0, ran.err
    assert re.fullmatch(r"[a-z]+( [a-z]+){6}\n", ran.out), "the seven words alone"
    words = ran.out.strip()
    assert word_list().read(words)
    assert words not in ran.err
    assert "90 days" in ran.err

    case = await place.case(words)
    [entry] = case.of(Chain.REPORTER)
    report = entry.payload
    assert isinstance(report, Report)
    assert report.text == "It happens on Tuesdays."
    assert report.language == "cy"
    assert [each.value for each in report.categories] == ["advantage", "partner"]
    assert report.forces == ("west-mercia",)
    assert [(file.name, file.size) for file in report.files] == [("rota (2).txt", 1_500_000)]

    file = words_file(words)
    ran = place.run("check", "--passphrase-file", file)
    assert ran.code == 0, ran.err
    assert "The team has not written yet" in ran.out

    team = place.correspondent(words)
    await place.post(
        team.receipt(Link(0, entry.id)), team.reply("Which Tuesday?", ack=Link(0, entry.id))
    )
    ran = place.run("check", "--passphrase-file", file)
    assert ran.code == 0, ran.err
    assert "Which Tuesday?" in ran.out
    assert "after reading your message 1" in ran.out

    ran = place.run("reply", "--passphrase-file", file, "--text-file", "-", text="The first.")
    assert ran.code == 0, ran.err
    assert "has your message" in ran.out
    case = await place.case(words)
    assert [type(entry.payload) for entry in case.of(Chain.REPORTER)] == [Report, Message]
    second = case.of(Chain.REPORTER)[1].payload
    assert isinstance(second, Message)
    assert second.seen is not None
    assert second.seen.seq == 1


async def test_check_as_json(place: Place, words_file: WordsFile) -> None:
    words = place.send()
    team = place.correspondent(words)
    service = place.analyst_service()
    await place.post(
        team.receipt(), team.reply("Hel\u202elo \x1b[2J"), team.assign(), team.closing()
    )
    await service.close()
    ran = place.run("check", "--json", "--passphrase-file", words_file(words))
    assert ran.code == 0, ran.err
    assert ran.out.isascii()
    found = json.loads(ran.out)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(found, SCHEMA, format_checker=jsonschema.FormatChecker())
    assert [each["kind"] for each in found["messages"]] == [
        "receipt",
        "reply",
        "handover",
        "closing",
    ]
    assert found["messages"][1]["text"] == "Hel\u202elo \x1b[2J"
    assert found["whole"] is True
    assert found["own_days"] == [str(today())]


async def test_what_the_team_writes_cannot_move_the_cursor(
    place: Place, words_file: WordsFile
) -> None:
    words = place.send()
    await place.post(place.correspondent(words).reply("a\x1b[2Jb\u202ec\u200bd\re"))
    ran = place.run("check", "--passphrase-file", words_file(words))
    assert "a<U+001B>[2Jb<U+202E>c<U+200B>d<U+000D>e" in ran.out
    assert "\x1b" not in ran.out


async def test_files_of_the_team_are_saved(
    place: Place, tmp_path: Path, words_file: WordsFile
) -> None:
    words = place.send()
    data = secrets.token_bytes(2_500_000)
    (hostile := tmp_path / "a\x1b[2J\n.txt").write_bytes(data)
    service = place.analyst_service()
    with Source(hostile) as source:
        manifest = await upload(service, source, secrets.token_bytes)
    await place.post(place.correspondent(words).reply("See this.", (manifest,)))
    await service.close()
    folder = tmp_path / "saved"
    file = words_file(words)
    ran = place.run("check", "--passphrase-file", file, "--save-files", folder)
    assert ran.code == 0, ran.err
    [path] = folder.iterdir()
    assert path.read_bytes() == data
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert str(path) in ran.out
    assert "\x1b" not in ran.out + ran.err
    ran = place.run("check", "--json", "--passphrase-file", file, "--save-files", folder)
    [message] = json.loads(ran.out)["messages"]
    assert message["files"][0]["saved"] == str(folder / f"{path.stem} (2).txt")


def held(place: Place) -> set[Path]:
    return {each for each in (place.data / "parts").rglob("*") if each.is_file()}


async def test_a_damaged_file_of_the_team_is_named_and_not_kept(
    place: Place, tmp_path: Path, words_file: WordsFile
) -> None:
    words, before = place.send(), held(place)
    (tmp_path / "a.txt").write_bytes(b"a" * 100)
    service = place.analyst_service()
    with Source(tmp_path / "a.txt") as source:
        manifest = await upload(service, source, secrets.token_bytes)
    await place.post(place.correspondent(words).reply("See this.", (manifest,)))
    await service.close()
    [part] = held(place) - before
    part.write_bytes(secrets.token_bytes(part.stat().st_size))
    (folder := tmp_path / "saved").mkdir()
    file = words_file(words)
    ran = place.run("check", "--passphrase-file", file, "--save-files", folder, "--wait", "0")
    assert ran.code == 1
    assert "See this." in ran.out
    assert "Not every file" in ran.error
    assert list(folder.iterdir()) == []


# -- nothing is left behind ---------------------------------------------------------------------


def test_nothing_is_written_to_the_disk(
    place: Place, tmp_path: Path, words_file: WordsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home := tmp_path / "home").mkdir()
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(home))
    words = place.send(CANARY)
    assert place.run("check", "--passphrase-file", words_file(words)).code == 0
    assert list(home.iterdir()) == []


def test_the_words_survive_a_closed_stdout(place: Place) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*PROGRAM, "send", *place.options, "--text-file", "-"],
        input=b"hello",
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    lines = done.stderr.decode().splitlines()
    assert any(re.fullmatch(r"[a-z]+( [a-z]+){6}", line) for line in lines)
    assert b"Traceback" not in done.stderr


def test_nothing_of_the_text_or_the_words_is_said_on_stderr(place: Place) -> None:
    ran = place.run("send", "--text-file", "-", text=CANARY)
    assert CANARY not in ran.out + ran.err
    assert ran.out.strip() not in ran.err


def test_text_and_words_never_cross_the_wire(place: Place, words_file: WordsFile) -> None:
    words = place.send(CANARY)
    place.run("check", "--passphrase-file", words_file(words))
    assert place.proxy.carried["up"] > 16_384
    seen = bytes(place.proxy.seen)
    assert CANARY.encode() not in seen
    assert words.encode() not in seen
