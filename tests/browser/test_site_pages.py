"""The pages that are the same for everybody, in a real browser and both languages: no barrier, no
sideways scrolling, nothing loaded from elsewhere, a way out, and the way back in the other."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request

from dropbox.site.assets import read_assets
from dropbox.site.languages import read_languages
from dropbox.site.pages import PAGES, Service, address, render
from tests.browser.axe import violations
from tests.browser.pages import Answer, Pages

SERVICE = Service("DEMO Team", "0123456789abcdef" * 2, ("https://report.example",), True)
HTML = "text/html; charset=utf-8"
PATHS = [(page.path, each.code) for page in PAGES for each in read_languages()]


@pytest.fixture(scope="module")
def site() -> Iterator[Pages]:
    answers = {
        address(page.path, language): Answer(HTML, render(page, language.code, SERVICE).encode())
        for page in PAGES
        for language in read_languages()
    }
    answers |= {path: Answer(each.content_type, each.body) for path, each in read_assets().items()}
    with Pages(answers) as pages:
        yield pages


@pytest.fixture(scope="module", params=[320, 1200])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    with browser.new_context(viewport={"width": request.param, "height": 800}) as context:
        yield context.new_page()


@pytest.mark.parametrize(("path", "code"), PATHS)
@pytest.mark.sampled(10)
def test_no_page_is_a_barrier_or_asks_anybody_else(
    site: Pages, page: Page, path: str, code: str
) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    language = next(each for each in read_languages() if each.code == code)
    page.on("request", note)
    page.goto(site.origin + address(path, language))
    page.remove_listener("request", note)
    assert all(each.startswith(site.origin) for each in asked)
    assert violations(page) == []
    width = (page.viewport_size or {})["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("html").get_attribute("lang") == code
    assert page.locator("a.exit").is_visible()


def test_from_the_first_page_one_gets_everywhere_and_into_the_other_language(
    site: Pages, page: Page
) -> None:
    page.goto(f"{site.origin}/")
    page.get_by_role("link", name="Cymraeg").click()
    assert page.url == f"{site.origin}/cy/"
    page.get_by_role("link", name="Dechrau", exact=True).click()
    assert page.url == f"{site.origin}/cy/before"
    page.get_by_role("link", name="English").click()
    assert page.url == f"{site.origin}/before"
    page.get_by_role("link", name="Go on").click()
    assert page.url == f"{site.origin}/report"
    page.goto(f"{site.origin}/")
    for name, path in (("What is this?", "/what"), ("Is it safe?", "/limits"),
                       ("Is it real?", "/verify")):  # fmt: skip
        page.get_by_role("link", name=name).click()
        assert page.url == site.origin + path
        page.go_back()


def test_the_first_page_and_all_it_loads_is_small_before_it_is_compressed(
    site: Pages, page: Page
) -> None:
    site.asked.clear()
    page.goto(f"{site.origin}/")
    assert len(set(site.asked)) <= 4
    assert set(site.asked) <= {
        "/",
        "/assets/site.css",
        "/assets/icon.svg",
        "/assets/js/leave.js",
    }
