"""``dropbox-inbox search``: what it prints, for people and for programs."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from inbox_ui import words
from inbox_ui.work import linking
from inbox_ui.work.pieces import REMARK
from tests.inbox_ui.conftest import Desk, Writer
from tests.inbox_ui.test_commands import Ran, run, text

__all__ = ["run", "text"]

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


# -- linking ------------------------------------------------------------------------------------


def _linked(desk: Desk, name: str) -> list[tuple[str, str]]:
    desk.station.refresh()
    case = desk.open(desk.station.case(name))
    found = linking.linked(desk.station, case)
    return [(each.other.name, each.reason) for each in found if each.other is not None]


def test_two_cases_are_linked_and_the_server_has_both_sides(
    office: Desk, reporter: Callable[[], Writer], run: Callable[..., Ran], text: Path
) -> None:
    reporter().write("The other report.")
    office.sync()
    one, other = (each.name for each in office.cases())
    done = run("link", one, other, "--text-file", text)
    assert (done.code, done.out) == (0, "")
    assert _linked(office, one) == [(other, "Thank you.")]
    assert _linked(office, other) == [(one, "Thank you.")]
    assert not office.station.archive.outbox.items()
    again = run("link", one, other, "--text-file", text, "--offline")
    assert again.code == 1
    assert run("link", one, other, "--end", "--text-file", text, "--offline").code == 0
    assert _linked(office, one) == _linked(office, other) == []


def test_a_case_that_may_not_be_read_is_linked_as_little_as_one_that_is_not_there(
    office: Desk, reporter: Callable[[], Writer], run: Callable[..., Ran], text: Path
) -> None:
    [one] = (each.name for each in office.cases())
    reporter().write("The counter-corruption unit loses what it gets.")
    office.sync()
    [other] = {each.name for each in office.cases()} - {one}
    assert run("interests", "--declare", "counter-corruption unit").code == 0
    for pair in ((one, other), (other, one), (one, one), (one, "nowhere2")):
        assert run("link", *pair, "--text-file", text, "--offline").code == 1
    assert not office.station.archive.outbox.items()


def test_a_reason_for_a_link_is_said_and_not_too_long(
    office: Desk, run: Callable[..., Ran], tmp_path: Path
) -> None:
    name = office.only().name
    assert run("link", name, name, "--offline").code == 2
    (long := tmp_path / "long").write_text("x" * (REMARK + 1))
    said = run("link", name, name, "--text-file", long, "--offline")
    assert said.code == 1
    assert str(long) in said.err
