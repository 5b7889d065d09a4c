"""What the workstation's pages leave: in the browser's profile on the disk, and on a screen whose
workstation has locked or ended."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.apart import apart
from tests.browser.chromium import open_profile
from tests.browser.pages import Answer, Pages
from tests.browser.workstation import Visitor, again, come_in, make_shop, unlock
from tests.inbox_ui.served import PASSPHRASE, Served, Shop, wait_for
from tests.needs import needs
from tests.processes import found_in_folder

SECONDS = 60_000
FORM = b"""<!doctype html><title>x</title><form method="post" action="/taken">
  <textarea name="text" autocomplete="off"></textarea><button>Send</button></form>"""
REPLY, TOO_LONG, NOTE, LOCKED, WRONG = (
    f"CANARY{each}leavesNoTrace" for each in ("REPLY", "TOOLONG", "NOTE", "LOCKED", "WRONGWORDS")
)
CONTROL = "CANARYCONTROLcanBeFound"
WORDS = PASSPHRASE.replace(" ", "+")  # as a form sends it


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("shop")
    return apart(lambda: make_shop(folder))


@pytest.fixture
def served(shop: Shop) -> Iterator[Served]:
    with Served(shop.vault) as served:
        yield served


# -- on the disk; before the module's browser is there, which needs Playwright for itself ---------


def _press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def _work(page: Page, served: Served) -> None:
    """Everything in which words are typed, and what goes wrong with it."""
    page.goto(served.address)
    unlock(page, WRONG)
    expect(page.locator("#passphrase-error")).to_be_visible()
    unlock(page)
    page.goto(f"{served.origin}/queue/all/1")
    page.locator("[data-row]").first.click()
    page.fill("#text", TOO_LONG + "x" * 40_000)
    _press(page, "Preview")
    expect(page.locator("#text-error")).to_be_visible()
    page.fill("#text", REPLY)
    _press(page, "Preview")
    expect(page.locator("main .message")).to_contain_text(REPLY)
    _press(page, "Change it")
    assert page.input_value("#text") == REPLY
    page.reload()
    assert page.input_value("#text") == REPLY
    _press(page, "Preview")
    _press(page, "Send")
    expect(page.locator(".message--team").last).to_contain_text(REPLY)
    page.fill("#note", NOTE)
    _press(page, "Keep note")
    expect(page.locator(".message--note").last).to_contain_text(NOTE)


def _write_while_it_locks(page: Page) -> None:
    other = page.context.new_page()
    page.route("**/now", lambda _: None)  # never answered: it does not notice
    page.reload()
    page.fill("#text", LOCKED)
    other.goto(page.url)
    _press(other, "Lock")
    _press(page, "Preview")
    assert page.input_value("#kept") == LOCKED


def _use_another_program(page: Page, origin: str) -> None:
    page.goto(origin)
    page.fill("textarea", CONTROL)
    with page.expect_navigation():
        page.click("button")


def _written(profile: Path, needles: list[str]) -> set[str]:
    """What a running browser has written; nothing where a file goes while it is looked for."""
    try:
        return found_in_folder(profile, needles)
    except FileNotFoundError:
        return set()


def test_nothing_that_was_typed_is_in_the_profile_of_the_browser(
    tmp_path: Path, served: Served
) -> None:
    """Chromium keeps the history of its tabs on the disk, with the forms that pages answered."""
    needs("chromium")
    typed, profile = [REPLY, TOO_LONG, NOTE, LOCKED, WRONG, PASSPHRASE, WORDS], tmp_path / "profile"
    answers = {"/": Answer("text/html", FORM), "/taken": Answer("text/html", b"<p>Thank you.")}
    with Pages(answers) as elsewhere, sync_playwright() as playwright:
        context = open_profile(playwright, profile)
        page = context.new_page()
        _work(page, served)
        _write_while_it_locks(page)
        _use_another_program(context.new_page(), elsewhere.origin)
        wait_for(lambda: CONTROL in _written(profile, [CONTROL]), 30)
        context.close()
    assert found_in_folder(profile, [CONTROL, *typed]) == {CONTROL}


# -- on the screen -----------------------------------------------------------------------------


def _open_case(browser: Browser, served: Served) -> Visitor:
    visitor = come_in(browser, served)
    unlock(visitor.page)
    visitor.open(f"/case/{visitor.case_with('change hands twice')}")
    return visitor


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_when_the_workstation_has_ended_nothing_of_a_case_stays_on_the_screen(
    browser: Browser, served: Served, how: signal.Signals
) -> None:
    visitor = _open_case(browser, served)
    page, case = visitor.page, visitor.page.url
    page.fill("#text", "Half a sentence that is to be copied.")
    preview = visitor.context.new_page()
    preview.goto(case)
    preview.fill("#text", "A reply that was shown.")
    _press(preview, "Preview")
    served.process.send_signal(how)
    for each in (page, preview):
        each.bring_to_front()
        expect(each.locator("#news")).to_contain_text("has ended", timeout=SECONDS)
        expect(each.locator("#line")).to_have_text("The workstation has ended.")
        assert "change hands twice" not in each.content()
        assert "A reply that was shown." not in each.locator("main").inner_text()
    assert page.input_value("#text") == "Half a sentence that is to be copied."
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    assert page.locator("button:enabled").count() == 0
    page.evaluate("document.forms[document.forms.length - 1].requestSubmit()")
    page.keyboard.press("Shift")
    page.wait_for_timeout(500)
    assert sent == []  # not to whoever listens at this port next
    visitor.context.close()


def test_a_page_whose_form_led_nowhere_is_cleared_by_the_lock_too(
    browser: Browser, served: Served
) -> None:
    visitor = _open_case(browser, served)
    page, other = visitor.page, again(browser, visitor)
    page.route("**/preview", lambda route: route.fulfill(status=204))
    page.fill("#text", "It stays where it is.")
    page.get_by_role("button", name="Preview", exact=True).click(no_wait_after=True)
    _press(other.open("/"), "Lock")
    expect(page.locator("h1")).to_have_text("Locked", timeout=SECONDS)
    visitor.context.close()
    other.context.close()
