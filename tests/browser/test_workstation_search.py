"""The search in a browser: while somebody types, by the keyboard, and with hostile texts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.apart import apart
from tests.browser.workstation import (
    Visitor,
    again,
    come_in,
    make_hostile_shop,
    make_shop,
    unlock,
    watch,
)
from tests.inbox_ui.served import Served


@pytest.fixture(scope="module")
def visitor(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    folder = tmp_path_factory.mktemp("shop")
    shop = apart(lambda: make_shop(folder))
    with Served(shop.vault) as served:
        visitor = come_in(browser, served)
        unlock(visitor.page)
        yield visitor
        visitor.context.close()


def test_it_finds_while_somebody_types_and_loads_no_page(visitor: Visitor) -> None:
    page = visitor.open("/people")
    page.keyboard.press("/")
    expect(page.locator("#words")).to_be_focused()
    page.evaluate("window.stayed = true")
    page.keyboard.type("greyfen inv")
    expect(page.locator(".found")).to_have_count(0)  # not the beginning of a word
    page.keyboard.type("ented")
    expect(page.locator(".found > li")).to_have_count(4)
    expect(page.locator(".found mark").first).to_have_text("Invented")
    expect(page.locator("[data-live=count]")).to_contain_text("4 were found")
    expect(page.locator("#words")).to_be_focused()
    assert page.input_value("#words") == "greyfen invented"
    assert page.evaluate("window.stayed")
    assert page.url.endswith("/search")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Case")
    assert page.url.endswith("#reporter-0")


def test_without_scripts_the_form_finds_the_same(browser: Browser, visitor: Visitor) -> None:
    plain = again(browser, visitor, java_script_enabled=False)
    page = plain.open("/search")
    page.fill("#words", "greyfen invented")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator(".found > li")).to_have_count(4)
    plain.context.close()


def test_hostile_texts_do_nothing_in_what_was_found_and_marked(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    shop = apart(lambda: make_hostile_shop(folder))
    with Served(shop.vault) as served:
        visitor = come_in(browser, served)
        unlock(visitor.page)
        seen = watch(visitor.page, served.origin)
        for typed in ("script", "onerror", "alert*", "javascript", '"><script>x'):
            page = visitor.open("/search")
            page.fill("#words", typed)
            page.keyboard.press("Enter")
            page.wait_for_load_state("networkidle")
        page.fill("#words", "script")
        expect(page.locator(".found > li").first).to_be_visible()
        for name in visitor.cases()[:3]:
            visitor.open(f"/case/{name}/marks")
            visitor.open(f"/case/{name}/links")
        assert seen == []
        visitor.context.close()
