"""A real browser for the tests of pages.

``browser``               Chromium, for the length of a test module: while it runs, Playwright's
                          loop occupies the thread, and no test may run its own (see ``apart``)
``page_without_scripts``  a new page in which no script runs
``axe``                   ``axe(page)`` lists the barriers that axe-core finds
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.axe import violations
from tests.browser.chromium import open_browser
from tests.needs import needs

expect.set_options(timeout=60_000)  # of a slow machine; Playwright's own is five seconds


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    needs("chromium")
    with sync_playwright() as playwright, open_browser(playwright) as running:
        yield running


@pytest.fixture
def page_without_scripts(browser: Browser) -> Iterator[Page]:
    with browser.new_context(java_script_enabled=False) as context:
        yield context.new_page()


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    return violations
