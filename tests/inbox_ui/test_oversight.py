"""What leaves the team: whole months, once, suppressed, and in no cell a formula."""

import csv
import io
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_ui.accounts import oversight
from inbox_ui.accounts.figures import Account, Axis, months_between
from inbox_ui.accounts.oversight import Paper, publish, read_papers, sheet_of
from inbox_ui.accounts.spreadsheet import defuse, to_csv
from inbox_ui.errors import BadPeriod, BadSettings, Overlapping
from inbox_ui.work.story import Story

TODAY = date(2026, 11, 23)
STARTS = [
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\0",
    "|",
    "%",
    "＝",
    "＋",
    "－",
    "＠",
    "﹦",
    "⁼",
    "﹢",
    "₊",
]
BREAKS = ["\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\u2028", "\u2029"]
LOOKED_THROUGH = [
    *BREAKS, "\x01", "\x1b", "\x7f", "\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066",
    "\u2069", "\u2003", "\u3000", "\ufe0f", " \u202e\x0b\"",
]  # fmt: skip
"""What some program leaves out, or takes for the end of a line."""
FORMULAS = [
    *(f"{start}1+1" for start in STARTS),
    *(f"{before}=1+1" for before in ('"', "'", " ", "\u00a0", "\ufeff", "\u200b", "\n", "a\n")),
    *(f"{before}=1+1" for before in LOOKED_THROUGH),
    *(f"a{before}@SUM(A1)" for before in BREAKS),
    *(f"{each}1+1" for each in ("\u2212", "\u207b", "\u208b", "\ufe63")),
    "a\r=HYPERLINK(0)", "a\r\n@SUM(A1)", '"\n=1', "=cmd|' /C calc'!A0", '=WEBSERVICE("//x")',
]  # fmt: skip
PLAIN = [
    "", "Kent", "a=b", "several of these", 'say "yes"', "a,b;c", "line\nline", "½ of 4",
    "\u202bArabic\u202c", "a\u2028b", "a \u2212 b",
]  # fmt: skip


def _account(day: date, force: str = "kent") -> Account:
    story = Story(day, False, 1, None, None, None, False)
    return Account(story, ("other",), (force,) if force else (), "open")


def _many(month: int, count: int, force: str = "kent") -> list[Account]:
    return [_account(date(2026, month, 1 + each % 28), force) for each in range(count)]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "published.json"


def _counts(paper: Paper, axis: Axis) -> dict[str, int | None]:
    [table] = [each for each in paper.tables if each.axis is axis]
    return {row.kind: row.count for row in table.rows}


# -- months ---------------------------------------------------------------------------------------


def test_nothing_is_said_of_fewer_than_five_reports(kept: Path) -> None:
    paper = publish(kept, _many(3, 4), "2026-03", "2026-03", TODAY)
    assert (paper.count, paper.tables) == (None, ())
    assert all(not str(cell).isdecimal() for row in sheet_of(paper) for cell in row)


def test_a_force_of_which_there_are_a_few_is_not_told_from_one_of_which_there_is_none(
    kept: Path,
) -> None:
    accounts = [*_many(3, 30), *_many(3, 4, "essex"), *_many(3, 6, "norfolk"), *_many(3, 9, "")]
    paper = publish(kept, accounts, "2026-03", "2026-04", TODAY)
    forces = _counts(paper, Axis.FORCE)
    assert (forces["kent"], forces["norfolk"]) == (30, 6)
    [table] = [each for each in paper.tables if each.axis is Axis.FORCE]
    rows = {row.kind: (row.count, row.few) for row in table.rows}
    assert rows["essex"] == rows["suffolk"] == (None, True)


def test_what_was_given_is_given_again_as_it_was(kept: Path) -> None:
    first = publish(kept, _many(3, 20), "2026-03", "2026-04", TODAY)
    assert publish(kept, _many(3, 21), "2026-03", "2026-04", TODAY) == first
    assert read_papers(kept).papers == (first,)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-01", "2026-03"),
        ("2026-04", "2026-12"),
        ("2026-03", "2026-03"),
        ("2025-01", "2026-10"),
    ],
)
def test_no_two_papers_can_be_taken_from_each_other(kept: Path, first: str, last: str) -> None:
    publish(kept, _many(3, 20), "2026-03", "2026-04", TODAY)
    with pytest.raises(Overlapping):
        publish(kept, _many(3, 20), first, last, date(2027, 6, 1))
    assert len(read_papers(kept).papers) == 1
    publish(kept, _many(3, 20), "2026-05", "2026-05", TODAY)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-11", "2026-11"), ("2026-10", "2026-11"), ("2026-05", "2026-04"),
        ("2026-13", "2026-13"),
        ("2026-1", "2026-02"), ("2026-01-01", "2026-02"), ("", ""), ("2020-01", "2026-01"),
        ("=1", "2026-02"),
    ],
)  # fmt: skip
def test_months_that_are_not_over_or_are_none_are_refused(
    kept: Path, first: str, last: str
) -> None:
    with pytest.raises(BadPeriod):
        publish(kept, _many(3, 20), first, last, TODAY)
    assert not kept.exists()


def test_papers_that_somebody_changed_are_not_believed(kept: Path) -> None:
    publish(kept, _many(3, 20), "2026-03", "2026-04", TODAY)
    kept.write_bytes(kept.read_bytes().replace(b'"few":true', b'"few":null', 1))
    with pytest.raises(BadSettings):
        publish(kept, _many(3, 20), "2026-03", "2026-04", TODAY)


def test_a_paper_has_no_day_no_case_and_nobody_in_it(kept: Path) -> None:
    publish(kept, _many(3, 30), "2026-03", "2026-04", TODAY)
    text = kept.read_text()
    assert "2026-03-" not in text
    assert str(TODAY) not in text
    assert kept.stat().st_mode & 0o777 == 0o600
    assert months_between("2026-11", "2027-02") == ("2026-11", "2026-12", "2027-01", "2027-02")


# -- cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("formula", FORMULAS)
def test_what_a_spreadsheet_would_reckon_is_text(formula: str) -> None:
    for line in re.split("|".join(BREAKS), defuse(formula)):
        bare = line.lstrip(' "\u00a0\ufeff\u200b' + "".join(LOOKED_THROUGH))
        assert bare[:1] not in (*STARTS[:9], "\u2212"), line
    assert "'" in defuse(formula)
    assert "\0" not in defuse(formula)


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert defuse(text) == text


@given(st.lists(st.lists(st.text() | st.integers(0, 999), min_size=1, max_size=4), max_size=4))
def test_a_reader_of_the_standard_finds_the_same_cells(rows: list[list[str | int]]) -> None:
    text = to_csv(rows).decode()
    found = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert found == [[each if isinstance(each, str) else str(each) for each in map(_cell, row)]
                     for row in rows]  # fmt: skip
    assert text.count("\r\n") == len(rows)


def _cell(value: str | int) -> str | int:
    return defuse(value) if isinstance(value, str) else value


@pytest.mark.long
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
def test_libreoffice_reckons_nothing(tmp_path: Path) -> None:
    """As a flat document, in which every formula is an attribute of its cell."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(to_csv([FORMULAS, *([each] for each in FORMULAS)]))
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", "fods", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(sheet)], check=True, timeout=180, capture_output=True)
    made = (tmp_path / "sheet.fods").read_text()
    assert "table:formula" not in made
    assert "<table:table-cell" in made


def test_the_sheet_of_a_paper_has_three_columns_and_a_head(kept: Path) -> None:
    paper = publish(kept, _many(3, 30), "2026-03", "2026-04", TODAY)
    rows = list(sheet_of(paper))
    assert {len(row) for row in rows} == {3}
    assert rows[1] == ("All reports", "March 2026 to April 2026", 30)
    assert oversight.MOST_MONTHS == 36
