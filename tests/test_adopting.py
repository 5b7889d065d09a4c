"""docs/adopting/: each fact about the program in it is the program's."""

import re
from pathlib import Path

import pytest

from inbox_ui.folder import Folder
from tests.adopting import FOLDER, GENERATED, names_in, renew

ROOT = Path(__file__).parents[1]
PAGES = sorted(FOLDER.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_generated_is_as_the_program_is(page: Path) -> None:
    text = page.read_text("utf-8")
    assert list(names_in(text))
    assert renew(text) == text, "run: make documents"


def test_every_table_that_can_be_made_is_in_a_document() -> None:
    used = {name for page in PAGES for name in names_in(page.read_text("utf-8"))}
    assert used == set(GENERATED)


def test_every_file_that_a_workstation_has_is_named() -> None:
    """Each place that the folder knows, and the answers and tables that go beside it."""
    text = GENERATED["workstation-files"]()
    folder = Folder(Path("DIR"))
    places = [each for each, what in vars(Folder).items() if isinstance(what, property)]
    named = [getattr(folder, each) for each in places]
    paths = [each for each in named if isinstance(each, Path)]
    assert len(paths) > 10
    for path in paths:
        assert f"`{path.name}`" in text or f"`{path.name}/`" in text, path


def test_a_document_that_says_something_else_is_found() -> None:
    """The days of a mailbox, said otherwise."""
    text = (FOLDER / "dpia.md").read_text("utf-8")
    assert renew(text.replace("nobody uses | 90 |", "nobody uses | 91 |")) == text
    assert "nobody uses | 90 |" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_and_page_that_is_named_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    for named in re.findall(r"`(tests/[a-z_/.]+)`", text):
        assert (ROOT / named).exists(), named
    for named in re.findall(r"\]\((\.\./[a-z-]+\.md)\)", text):
        assert (FOLDER / named).exists(), named


def test_each_requirement_is_answered_once_and_shown_or_excepted() -> None:
    text = (FOLDER / "asvs.md").read_text("utf-8")
    rows = re.findall(
        r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE
    )
    numbers = [tuple(map(int, number.split("."))) for number, *_ in rows]
    assert numbers == sorted(set(numbers))
    assert {chapter for chapter, *_ in numbers} == set(range(1, 17)) - {10}
    for number, _, met, shown in rows:
        assert met in ("yes", "no", "**exception**", "**in part**"), number
        assert shown.strip(), number
