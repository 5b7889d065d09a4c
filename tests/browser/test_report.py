"""A report from a real browser with scripts: sealed there, opened by the team, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import open_browser
from tests.browser.reporter import STEPS, Writer, make_place, writing
from tests.needs import needs
from tests.plain.place import Place


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = make_place(tmp_path_factory.mktemp("place"))
    yield place
    place.stop()


@pytest.fixture(scope="module")
def browser(place: Place) -> Iterator[Browser]:
    """Opened when the place is there: in this thread a loop runs from now on."""
    needs("chromium")
    with sync_playwright() as playwright, open_browser(playwright) as running:
        yield running


@pytest.fixture
def writer(browser: Browser, place: Place) -> Iterator[Writer]:
    with writing(browser, place) as writer:
        yield writer


def test_what_the_browser_seals_the_team_opens(
    writer: Writer, place: Place, tmp_path: Path
) -> None:
    (tmp_path / "rota.txt").write_text("a rota")
    (tmp_path / "scan.bin").write_bytes(bytes(range(256)) * 9000)
    writer.begin()
    walked = writer.walk(
        "check",
        {
            "danger": lambda page: page.get_by_label("No", exact=True).check(),
            "about": lambda page: page.get_by_label("Using influence").check(),
            "forces": lambda page: page.get_by_label("Kent Police").check(),
            "text": lambda page: page.locator("#text").fill("What I saw\n\non two lines é 👩‍👧"),
            "who": lambda page: page.locator("#who").fill("A sergeant"),
            "how-many-know": lambda page: page.get_by_label("Five or fewer").check(),
        },
    )
    assert ("start", *walked) == STEPS
    writer.press()
    writer.wait("sent")
    words = writer.words
    [report] = place.letters(words)
    assert report.text == "What I saw\n\non two lines é 👩‍👧"
    assert report.sealed == "on device"
    assert report.forces == ("kent",)
    assert report.categories == ("influence",)
    assert {each.question: each.answer for each in report.answers} == {
        "danger": "no",
        "who": "A sergeant",
        "how-many-know": "five-or-fewer",
    }
    assert report.contact is None
    assert writer.others() == set()
