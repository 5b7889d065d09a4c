"""The look in a real browser: no barrier, no sideways scrolling, nothing loaded from elsewhere."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import gallery
from tests.browser.axe import violations
from tests.browser.chromium import open_browser
from tests.browser.pages import Pages
from tests.needs import needs

Scheme = Literal["light", "dark"]

LAYOUTS = ("/", "/wide")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    needs("chromium")
    with sync_playwright() as playwright, open_browser(playwright) as running:
        yield running


@pytest.fixture
def pages() -> Iterator[Pages]:
    with Pages(gallery.answers()) as running:
        yield running


def _open(browser: Browser, url: str, width: int = 1200, height: int = 900, **how: Any) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, **how)
    page = context.new_page()
    page.goto(url)
    return page


@pytest.mark.sampled(3)
@pytest.mark.parametrize("path", LAYOUTS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1200])
def test_no_component_is_a_barrier(
    browser: Browser, pages: Pages, path: str, scheme: Scheme, width: int
) -> None:
    page = _open(browser, pages.origin + path, width, color_scheme=scheme)
    assert violations(page) == []


def test_a_barrier_would_be_found(browser: Browser, pages: Pages) -> None:
    page = _open(browser, pages.origin)
    page.evaluate("document.querySelector('#age').labels[0].remove()")
    assert [each.partition(":")[0] for each in violations(page)] == ["label"]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("path", LAYOUTS)
@pytest.mark.parametrize("width", [320, 360, 700, 1200])
def test_nothing_is_wider_than_the_screen(
    browser: Browser, pages: Pages, path: str, width: int
) -> None:
    page = _open(browser, pages.origin + path, width)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_words_of_choices_beside_each_other_are_not_broken(browser: Browser, pages: Pages) -> None:
    page = _open(browser, pages.origin)
    broken = """each => {
        const style = getComputedStyle(each);
        const padding = parseFloat(style.paddingTop) + parseFloat(style.paddingBottom);
        return each.clientHeight - padding > 1.5 * parseFloat(style.lineHeight);
    }"""
    labels = page.locator(".radios--inline label").all()
    assert labels
    assert [each.inner_text() for each in labels if each.evaluate(broken)] == []


def test_the_policy_is_kept_and_only_the_style_sheet_is_asked_for(
    browser: Browser, pages: Pages
) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(pages.origin)
    assert said == []
    assert set(pages.asked) - {"/assets/icon.svg"} == {"/", "/assets/site.css"}
    assert page.evaluate("document.querySelectorAll('script, b').length") == 0


def test_an_error_has_the_focus_when_the_page_opens_without_scripts(
    browser: Browser, pages: Pages
) -> None:
    page = _open(browser, pages.origin, java_script_enabled=False)
    assert page.locator(".error-summary:focus").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("it is the textarea that has the focus now")
    assert page.locator("#account:focus").count() == 1


def test_the_way_out_stays_in_sight(browser: Browser, pages: Pages) -> None:
    page = _open(browser, pages.origin, 320, 568)
    page.evaluate("scrollTo(0, 3000)")
    box = page.locator(".exit").bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] < 568 / 4
    assert box["height"] >= 24  # WCAG 2.2, 2.5.8


def test_what_has_the_focus_is_never_under_the_bar(browser: Browser, pages: Pages) -> None:
    page = _open(browser, pages.origin, 360, 640)
    page.locator("footer a").last.focus()
    hidden = """() => {
        const at = document.activeElement.getBoundingClientRect();
        const bar = document.querySelector('.site-header').getBoundingClientRect();
        return document.activeElement.closest('.site-header, .skip-link') === null &&
            at.bottom <= bar.bottom ? document.activeElement.outerHTML : null;
    }"""
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        assert page.evaluate(hidden) is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_is_seen_on_everything_that_takes_it(
    browser: Browser, pages: Pages, scheme: Scheme
) -> None:
    page = _open(browser, pages.origin, color_scheme=scheme)
    look = """() => {
        const each = document.activeElement;
        const seen = [each, each.nextElementSibling].filter(Boolean).flatMap(
            (one) => [getComputedStyle(one), getComputedStyle(one, '::before')]);
        return [each.outerHTML.slice(0, 90), seen.some((style) =>
            [style.backgroundColor, style.outlineColor, style.boxShadow].some(
                (colour) => colour.includes('rgb(255, 207, 92)')))];
    }"""
    looked = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        what, seen = page.evaluate(look)
        looked.add(what)
        assert seen or what.startswith("<body"), what
    assert len(looked) > 30


@pytest.mark.parametrize("selector", [".button", ".exit", ".message", ".inset-text", ".tag"])
def test_where_colours_are_forced_edges_stay(browser: Browser, pages: Pages, selector: str) -> None:
    page = _open(browser, pages.origin, forced_colors="active")
    edge = """each => {
        const style = getComputedStyle(each);
        return [parseFloat(style.borderLeftWidth), style.borderLeftStyle,
            style.borderLeftColor === getComputedStyle(document.body).backgroundColor];
    }"""
    width, style, invisible = page.locator(selector).first.evaluate(edge)
    assert width >= 1
    assert style in {"solid", "dashed"}
    assert not invisible


def test_the_seven_words_and_the_way_out_are_not_printed(browser: Browser, pages: Pages) -> None:
    page = _open(browser, pages.origin)
    assert page.locator(".words").is_visible()
    page.emulate_media(media="print", color_scheme="dark")
    for selector in (".words", ".exit", ".button", ".skip-link", ".site-footer"):
        assert not page.locator(selector).first.is_visible(), selector
    assert page.locator(".message").first.is_visible()
    # Black on white, also from a dark screen.
    colours = (
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert page.evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
