"""Looking into what a reporter sent: for the analyst alone, without a vault, and shut in."""

import subprocess
import sys
from pathlib import Path

import pytest

from inbox_ui import words
from inbox_ui.preview.limits import MIB
from inbox_ui.preview.sight import Failure, Listed, Note
from inbox_ui.preview.words import FAILURES, NAMES, NOT_SEARCHED, NOTES
from tests import samples
from tests.cheap import INBOX
from tests.hostile_files import all_files
from tests.inbox_ui.test_preview_jail import DENYING
from tests.inbox_ui.test_processes import _run


def test_what_a_file_says_is_listed_and_what_no_program_sees_is_said(tmp_path: Path) -> None:
    sheet = tmp_path / "overtime.xlsx"
    sheet.write_bytes(samples.overtime())
    done = _run(INBOX, "inspect", sheet)
    assert done.returncode == 0, done.stderr
    assert words.FILE_SAYS.format(name="overtime.xlsx") in done.stdout
    assert "  - A hidden sheet: staff numbers" in done.stdout
    assert words.NO_PROGRAM_SEES in done.stdout


def test_a_hostile_name_and_value_are_shown_and_do_nothing(tmp_path: Path) -> None:
    mail = tmp_path / "\x1b[31m\u202egpj.exe"
    mail.write_bytes(samples.MAIL.replace(b"Chief", "\u202echief".encode()))
    done = _run(INBOX, "inspect", mail)
    assert done.returncode == 0, done.stderr
    assert not {"\x1b", "\u202e"} & set(done.stdout)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"words", words.FILE_SAYS_NOTHING), (b"\x00\x01\x02", words.FILE_UNKNOWN)],
)
def test_where_nothing_is_found_it_is_not_said_to_be_clean(
    tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "file").write_bytes(content)
    done = _run(INBOX, "inspect", tmp_path / "file")
    assert done.stdout.splitlines() == [said.format(name="file"), words.NO_PROGRAM_SEES]


def test_what_could_not_be_searched_is_not_said_to_hide_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xff\xd8\xff\xda\0\x02" + bytes(60 * MIB))
    done = subprocess.run(
        ["/bin/sh", "-c", f'ulimit -v {150 * 1024}; exec "$@"', "sh",
         *INBOX, "inspect", str(tmp_path / "file")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    assert NOT_SEARCHED in done.stderr
    assert NOTES[Note.NO_MEMORY] in done.stderr


def test_what_a_document_does_without_being_asked_is_listed(tmp_path: Path) -> None:
    opens = next(each for each in all_files() if each.name == "opens-program.pdf")
    (tmp_path / "file").write_bytes(opens.data)
    done = _run(INBOX, "inspect", tmp_path / "file")
    assert done.returncode == 0, done.stderr
    assert f"{NAMES[Listed.ACTION]}: Launch cmd.exe" in done.stdout
    assert NOTES[Note.LEADS_OUT] in done.stdout


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert _run(INBOX, "inspect", tmp_path / "none").returncode == 2


def test_where_a_file_cannot_be_shut_in_it_is_not_looked_into(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(samples.MAIL)
    inspecting = (*INBOX, "inspect", str(tmp_path / "file"))
    done = subprocess.run(
        [sys.executable, "-c", DENYING, *inspecting], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert FAILURES[Failure.NO_JAIL] in done.stderr
