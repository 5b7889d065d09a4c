"""A file leaves the seal by a command: only after somebody was told what that means."""

import asyncio
import html
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import inbox_ui
from crypto.casefile import case_name
from crypto.reporter import Draft
from dropbox.client.retry import NO_PATIENCE
from dropbox.client.service import Caller, Service
from dropbox.client.source import Source
from dropbox.client.upload import upload
from inbox_ui import words
from tests import samples
from tests.inbox_ui import test_commands
from tests.inbox_ui.conftest import ORIGIN, TODAY, Desk, Writer

Run = Callable[..., test_commands.Ran]
run = test_commands.run
MAKER = b"Invented"
"""What the photograph says of the telephone that made it."""


@pytest.fixture
def sent(desk: Desk, tmp_path: Path) -> Callable[[bytes, str], str]:
    def send(content: bytes, name: str) -> str:
        """The case of a report with one file."""
        writer = Writer(desk.server)
        (tmp_path / "source").write_bytes(content)
        caller = Caller(writer.secret.keys, desk.server.service)
        service = Service(desk.server.transport(), ORIGIN, caller, patience=NO_PATIENCE)

        async def put() -> None:
            with Source(tmp_path / "source") as source:
                manifest = await upload(service, source, secrets.token_bytes)
            named = replace(manifest, name=name)
            desk.server.put(writer.core.report(Draft("See it.", files=(named,)), TODAY))

        asyncio.run(put())
        desk.sync()
        return case_name(writer.address)

    return send


def test_nothing_is_saved_before_somebody_was_told_what_it_means(
    run: Run, sent: Callable[[bytes, str], str], tmp_path: Path
) -> None:
    place = ("save-file", sent(samples.photo(), "photo.jpg"), "reporter", "0", "1")
    goal = tmp_path / "saved.jpg"
    refused = run(*place, "--out", goal)
    assert (refused.code, goal.exists()) == (1, False)
    assert "not sealed" in refused.err
    assert "encrypted disk" in refused.err
    assert "--yes" in refused.err
    assert run(*place, "--out", goal, "--yes").code == 0
    assert goal.read_bytes() == samples.photo()


def test_a_cleaned_copy_is_saved_without_what_the_file_hides(
    run: Run, sent: Callable[[bytes, str], str], tmp_path: Path
) -> None:
    assert MAKER in samples.photo()
    place = ("save-file", sent(samples.photo(), "../photo.jpg"), "reporter", "0", "1", "--cleaned")
    asked = run(*place, "--out", tmp_path / "copy.jpg")
    assert (asked.code, "can still be an attack" in asked.err) == (1, True)
    for where in (("--out", tmp_path / "copy.jpg"), ("--into", tmp_path / "folder")):
        saved = run(*place, *where, "--yes")
        assert saved.code == 0, saved.err
        copy = Path(saved.out.strip())
        assert copy.is_relative_to(where[1])
        assert copy.read_bytes().startswith(b"\xff\xd8")
        assert MAKER not in copy.read_bytes()
        assert copy.stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_cleaned_is_not_saved_as_it_came(
    run: Run, sent: Callable[[bytes, str], str], tmp_path: Path
) -> None:
    case, goal = sent(b"<html><script>1</script>", "page.html"), tmp_path / "page"
    refused = run("save-file", case, "reporter", "0", "1", "--cleaned", "--out", goal, "--yes")
    assert (refused.code, goal.exists()) == (1, False)
    assert "cleaned copy cannot be made" in refused.err


def test_the_pages_and_the_commands_say_the_same() -> None:
    page = Path(inbox_ui.__file__).parent / "templates" / "keep.html"
    on_page = html.unescape(page.read_text("utf-8"))
    for text in (words.ASK_SAVE, words.SAVE_AS_IT_CAME, words.SAVE_CLEANED):
        plain = text.replace("{minded}", "").replace("Save it to {place}?", "")
        for sentence in re.findall(r"[^.]+\.", plain):
            assert sentence.strip() in on_page, sentence
