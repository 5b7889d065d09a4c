"""A reporter's way through the pages with scripts, against a running server.

``place``    a server and its team, for the length of a test module
``browser``  Chromium, opened when the place is there: in this thread a loop runs from then on
``writer``   somebody at that browser, with a context of her own
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import open_browser
from tests.browser.reporter import Writer, make_place, writing
from tests.needs import needs
from tests.plain.place import Place


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = make_place(tmp_path_factory.mktemp("place"))
    yield place
    place.stop()


@pytest.fixture(scope="module")
def browser(place: Place) -> Iterator[Browser]:
    needs("chromium")
    with sync_playwright() as playwright, open_browser(playwright) as running:
        yield running


@pytest.fixture
def writer(browser: Browser, place: Place) -> Iterator[Writer]:
    with writing(browser, place) as writer:
        yield writer
