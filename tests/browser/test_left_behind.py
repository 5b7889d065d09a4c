"""What a reporter's browser keeps after she has left: in memory for "Back", and on its disk.

Playwright switches the memory for "Back" off; here it is on, as people have it.
"""

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, sync_playwright

from tests.browser.pages import Answer, Pages
from tests.browser.reporter import make_place
from tests.needs import needs
from tests.plain.place import Place
from tests.processes import found_in_folder

WRITTEN_SECONDS = 6.0
"""Chromium writes its session now and then, not at once."""

KEPT_TRIES = 5


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = make_place(tmp_path_factory.mktemp("place"))
    yield place
    place.server.stop()


@contextmanager
def browsing(profile: Path, elsewhere: str, *, scripts: bool = False) -> Iterator[BrowserContext]:
    """A browser with a profile of its own, in which leaving leads to a page of this machine."""
    needs("chromium")

    def leave(route: Route) -> None:
        answer = route.fetch(max_redirects=0)
        route.fulfill(status=303, headers={**answer.headers, "location": elsewhere}, body="")

    with (
        sync_playwright() as playwright,
        playwright.chromium.launch_persistent_context(
            profile,
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
            ignore_default_args=["--disable-back-forward-cache"],
            java_script_enabled=scripts,
        ) as context,
    ):
        context.route("**/plain/leave", leave)
        yield context


def shown(page: Page) -> tuple[str, str]:
    """The words and the text on the form."""
    return page.inner_text("ol.words"), page.input_value("#text")


def kept_for_back(page: Page, start: str, elsewhere: str) -> tuple[str, str]:
    """The control: what the browser shows again after "Back" from another page.

    A browser that is short of time or memory may drop a page, so it is given a few tries.
    """
    for _ in range(KEPT_TRIES):
        page.goto(start)
        page.fill("#text", "what I saw")
        before = shown(page)
        page.goto(elsewhere)
        page.go_back(wait_until="commit")
        page.wait_for_selector("ol.words")
        if shown(page) == before:
            return before
    pytest.fail("the control: this browser keeps no page for Back")


def test_back_after_leaving_shows_neither_the_words_nor_what_was_typed(
    place: Place, tmp_path: Path
) -> None:
    with (
        Pages({"/": Answer("text/html", b"<title>Weather</title><h1>Weather</h1>")}) as elsewhere,
        browsing(tmp_path / "profile", f"{elsewhere.origin}/") as context,
    ):
        page = context.new_page()
        start = f"{place.server.url}/plain/start"
        before = kept_for_back(page, start, elsewhere.origin)
        page.get_by_role("link", name="Exit this page").click()
        assert page.inner_text("h1") == "Weather"
        page.go_back(wait_until="commit")
        page.wait_for_selector("ol.words")
        words, text = shown(page)
        assert (words != before[0], text) == (True, "")


def test_a_form_that_was_taken_leaves_nothing_on_the_disk(place: Place, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    report, word, shown_again = (f"canary{secrets.token_hex(8)}" for _ in range(3))
    with browsing(profile, "about:blank") as context:
        page = context.new_page()
        page.goto(f"{place.server.url}/plain/start")
        page.fill("#text", report)
        page.get_by_role("button", name="Send report").click()
        assert page.inner_text("h1") == "Your report has arrived"
        time.sleep(WRITTEN_SECONDS)
        page.goto(f"{place.server.url}/plain/open")
        page.fill("#words", f"{word}xyz not the words of anybody here")
        page.get_by_role("button", name="Open", exact=True).click()
        assert page.inner_text("h2") == "There is a problem"
        time.sleep(WRITTEN_SECONDS)
        page.goto(f"{place.server.url}/plain/start")
        page.fill("#text", shown_again)
        page.check("#track-2")
        page.get_by_role("button", name="Send report").click()
        assert page.inner_text("h2").startswith("There is a problem")
        time.sleep(WRITTEN_SECONDS)
    found = found_in_folder(profile, [report, word, shown_again])
    assert found == {shown_again}, "the control: a form that is shown again stays in the history"


def test_with_scripts_nothing_that_was_typed_is_kept_for_back_or_on_the_disk(
    place: Place, tmp_path: Path
) -> None:
    """The control that this browser keeps pages for Back is in the first test."""
    canary = f"canary{secrets.token_hex(8)}"
    with (
        Pages({"/": Answer("text/html", b"<title>Weather</title><h1>Weather</h1>")}) as elsewhere,
        browsing(tmp_path / "profile", f"{elsewhere.origin}/", scripts=True) as context,
    ):
        page = context.new_page()
        page.goto(f"{place.server.url}/report")
        page.get_by_role("button", name="Start").click()
        for step in ("danger", "about", "forces"):
            page.locator(f"[data-step={step}] button[type=submit]").click()
        page.locator("#text").fill(canary)
        time.sleep(WRITTEN_SECONDS)
        page.goto(elsewhere.origin)
        page.go_back()
        page.locator("[data-step=start]").wait_for()
        assert page.locator("#text").input_value() == ""
        for _ in range(3):
            page.keyboard.press("Shift")
        page.get_by_role("heading", name="Weather").wait_for()
        page.go_back(wait_until="commit")
        assert canary not in page.content()
    assert found_in_folder(tmp_path / "profile", [canary]) == set()
