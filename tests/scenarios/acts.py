"""What people do on the workstation's pages again and again, each act as a person would do it."""

import re

from playwright.sync_api import Locator, Page, expect

from deploy.demo.corpus import SCENARIOS, Scenario
from inbox_ui.work.release_words import SIGNS
from inbox_ui.work.sanitising import Sign
from tests.scenarios.stage import Kept


def find_scenario(name: str) -> Scenario:
    """The invented report of this name, as its reporter sends it."""
    return next(each for each in SCENARIOS if each.name == name)


def signs_of(kept: Kept) -> set[Sign]:
    """What the program said it had found in a version."""
    return {sign for sign, said in SIGNS.items() if said in kept.signs}


def press(page: Page, name: str | re.Pattern[str], within: Locator | None = None) -> None:
    """A button that leads to another page."""
    button = (within or page.locator("main")).get_by_role("button", name=name, exact=True).first
    with page.expect_navigation():
        button.click()


def preview(page: Page, text: str, language: str = "English") -> Locator:
    """Write a reply on a case's page; the part that says what to read again, if there is one."""
    page.fill("#text", text)
    page.get_by_label(language, exact=True).check()
    press(page, "Preview")
    return page.locator("main .alarms")


def reply(page: Page, text: str, language: str = "English") -> None:
    """Write to the reporter what nothing speaks against."""
    assert not preview(page, text, language).count(), page.locator("main").inner_text()
    press(page, "Send")
    expect(page.locator(".message--team").last).to_be_visible()


def report_of(page: Page, ref: str) -> Locator:
    """The part of the page of reports that is about one of them."""
    return page.locator("section", has=page.locator(f"h2#{ref}"))


def read_through(page: Page, ref: str) -> None:
    """Tick the whole checklist of a report."""
    own = report_of(page, ref)
    for box in own.locator("input[name=ticks]").all():
        box.check()
    press(page, "I have looked for these", own)


def conclude(page: Page, origin: str, case: str, reason: str, why: str) -> None:
    """End a case: reason, what follows, and done."""
    page.goto(f"{origin}/case/{case}/do/conclude")
    page.get_by_label(re.compile(f"^{reason}")).check()
    page.fill("#why", why)
    press(page, "Go on")
    heading = page.locator("h1")
    for _ in range(3):  # it is shown again where a sync brought something meanwhile
        expect(heading).to_have_text("What follows")
        with page.expect_navigation():
            press(page, "Conclude")
        if heading.inner_text() != "What follows":
            break
    expect(heading).to_contain_text(case)
