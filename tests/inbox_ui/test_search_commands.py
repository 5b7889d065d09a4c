"""``dropbox-inbox search``: what it prints, for people and for programs."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from inbox_ui import words
from tests.inbox_ui.conftest import Desk, Writer
from tests.inbox_ui.test_commands import Ran, run

__all__ = ["run"]

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "inbox-search.json"
TEXT = "The lantern\x1b[2J and \u202ethe money.\nA second line."


@pytest.fixture
def office(desk: Desk, reporter: Callable[[], Writer]) -> Desk:
    reporter().write(TEXT)
    desk.sync()
    return desk


def test_it_prints_where_each_stands_and_what_was_found(
    office: Desk, run: Callable[..., Ran]
) -> None:
    name = office.only().name
    done = run("search", "lantern", "mon*", "--offline")
    assert done.code == 0
    assert done.out.splitlines() == [
        "1 found, page 1 of 1.",
        "",
        f"{name}  reporter 0  2026-11-23  Report",
        "    The [lantern] [2J and the [money]. A second line.",
    ]


def test_it_tells_programs_the_same(office: Desk, run: Callable[..., Ran]) -> None:
    done = run("search", '"second line"', "--offline", "--json")
    found = json.loads(done.out)
    jsonschema.validate(found, json.loads(SCHEMA.read_text("utf-8")))
    assert (found["count"], found["more"], found["cases"]) == (1, False, 1)
    [result] = found["found"]
    assert {"text": "second line", "found": True} in result["excerpt"]
    assert done.out.isascii()


@pytest.mark.parametrize(
    ("typed", "said"), [("…", words.NO_TERMS), ("nowhere", words.FOUND_NOTHING.format(cases=1))]
)
def test_nothing_found_is_said_and_no_failure(
    office: Desk, run: Callable[..., Ran], typed: str, said: str
) -> None:
    done = run("search", typed, "--offline")
    assert (done.code, done.out.strip()) == (0, said)
    empty = run("search", typed, "--offline", "--json")
    jsonschema.validate(json.loads(empty.out), json.loads(SCHEMA.read_text("utf-8")))


def test_words_from_a_pipe_are_in_no_argument(
    office: Desk, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("lantern\n"))
    assert "[lantern]" in run("search", "-", "--offline").out


def test_a_search_needs_words_and_a_page_from_one_on(office: Desk, run: Callable[..., Ran]) -> None:
    assert run("search", "--offline").code == 2
    assert run("search", "x", "--page", "0").code == 2
    assert run("search", "lantern", "--page", "99", "--offline").code == 0
