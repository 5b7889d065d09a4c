"""Leaving at once: from every page, with nothing left behind (R2, T23, T24, T26)."""

import http.client
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from dropbox.site.pages import PAGES
from tests.browser.pages import Answer, Pages
from tests.browser.reporter import Writer, writing
from tests.plain.place import Place

TITLES = {"Start", "Form", "Information", "Messages"}


@pytest.fixture(scope="module")
def elsewhere(browser: Browser) -> Iterator[Pages]:
    """The unrelated site that leaving leads to, on this machine."""
    with Pages({"/": Answer("text/html", b"<title>Weather</title><h1>Weather</h1>")}) as pages:
        yield pages


@pytest.fixture
def writer(browser: Browser, place: Place, elsewhere: Pages) -> Iterator[Writer]:
    with writing(browser, place) as writer:
        writer.context.route("**/plain/leave", lead_to(elsewhere))
        yield writer


def lead_to(elsewhere: Pages) -> Callable[[Route], None]:
    """The server's own answer, with another goal."""

    def lead(route: Route) -> None:
        answer = route.fetch(max_redirects=0)
        headers = {**answer.headers, "location": f"{elsewhere.origin}/"}
        route.fulfill(status=answer.status, headers=headers, body="")

    return lead


def wait_elsewhere(page: Page) -> None:
    page.get_by_role("heading", name="Weather").wait_for()


def press_shift(page: Page, times: int = 3) -> None:
    for _ in range(times):
        page.keyboard.press("Shift")


def ask(place: Place, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(place.server.url).port)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    return answer


@pytest.mark.parametrize("path", [each.path for each in PAGES])
def test_shift_three_times_leaves_every_page(writer: Writer, path: str) -> None:
    page = writer.go(path)
    assert page.title() in TITLES
    press_shift(page)
    wait_elsewhere(page)
    page.go_back()
    assert page.url != f"{writer.place.server.url}{path}", "the page was replaced in the history"


def test_what_was_typed_is_gone_and_back_shows_nothing(writer: Writer) -> None:
    page = writer.page
    writer.begin()
    writer.walk("who", {"text": lambda page: page.locator("#text").fill("What nobody must see")})
    page.get_by_role("link", name="Exit this page").click()
    wait_elsewhere(page)
    for _ in range(3):
        page.go_back()
        assert "What nobody must see" not in page.content()
        if page.url.endswith("/report"):
            assert page.locator("#text").input_value() == ""
            assert writer.step == "start"
    state = writer.context.storage_state(indexed_db=True)
    assert state["origins"] == []


def test_capital_letters_do_not_lead_away(writer: Writer) -> None:
    writer.begin()
    writer.walk("text")
    page = writer.page
    page.locator("#text").focus()
    for letter in "ABC":
        page.keyboard.press(f"Shift+{letter}")
    press_shift(page, 2)
    assert page.locator("#text").input_value() == "ABC"
    assert writer.step == "text"


@pytest.mark.parametrize("way", ["exit", "shift", "log out"])
def test_leaving_the_mailbox_ends_its_session(writer: Writer, place: Place, way: str) -> None:
    words = place.report()
    place.reply(words, "A reply that nobody else must see")
    page = writer.enter(words)
    [token] = {
        request.headers["dropbox-session"]
        for request, _ in writer.asked
        if "dropbox-session" in request.headers
    }
    session = {"Dropbox-Session": token}
    assert ask(place, "GET", "/api/mailbox/0", **session).status == 200, "the control"
    with page.expect_request("**/api/session"):
        if way == "exit":
            page.get_by_role("link", name="Exit this page").click()
        elif way == "shift":
            press_shift(page)
        else:
            page.get_by_role("link", name="Log out").click()
    if way == "log out":
        writer.wait("door")
    else:
        wait_elsewhere(page)
    page.wait_for_timeout(300)
    assert ask(place, "GET", "/api/mailbox/0", **session).status == 401
    for _ in range(3):
        assert "nobody else must see" not in page.content()
        page.go_back()


def test_the_way_out_has_the_browser_forget_everything(place: Place) -> None:
    answer = ask(place, "GET", "/plain/leave")
    assert answer.status == 303
    assert answer.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert answer.headers["Location"] == "https://www.bbc.co.uk/weather"


def test_no_referrer_goes_with_her(writer: Writer, elsewhere: Pages) -> None:
    """T20."""
    page = writer.go("/report")
    press_shift(page)
    wait_elsewhere(page)
    [gone] = [request for request, _ in writer.asked if request.url.startswith(elsewhere.origin)]
    assert "referer" not in gone.headers
    assert page.evaluate("document.referrer") == ""
