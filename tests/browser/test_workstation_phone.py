"""A caller in a real browser: one who gives a name by accident, and rings again with the words.

With scripts and without, from the keyboard; nothing is left in the browser's profile.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.apart import apart
from tests.browser.chromium import open_profile
from tests.browser.pages import Answer, Pages
from tests.browser.test_workstation_barriers import _look
from tests.browser.test_workstation_traces import FORM, _use_another_program, _written
from tests.browser.workstation import come_in, unlock
from tests.inbox_ui.served import Served, wait_for
from tests.inbox_ui.test_processes import Office
from tests.needs import needs
from tests.processes import found_in_folder

SECONDS = 60_000
SAID = "CANARYWORDS of the caller: Sgt Crane warns the Blue Lantern before visits."
NAME = "Imogen Canaryslip"
ASKED = "CANARYREPLY: how do you know?"
ANSWER = "CANARYANSWER: I was there."
CONTROL = "CANARYCONTROLcanBeFound"
Axe = Callable[..., list[str]]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "office"
    folder.mkdir()
    office = apart(lambda: Office(folder))
    with office.serve():
        yield office


@pytest.fixture
def served(office: Office) -> Iterator[Served]:
    with Served(office.folder / "vault", ("--pause", "1"), server=office.url) as served:
        yield served


def _press(page: Page, name: str) -> None:
    """From the keyboard alone."""
    button = page.get_by_role("button", name=name, exact=True).first
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _report(page: Page, look: Callable[[Page], None]) -> list[str]:
    """The first call; its seven words."""
    page.get_by_role("link", name="Take a call").click()
    _press(page, "A new report")
    page.fill("#text", f"{SAID} I am {NAME}.")
    page.fill("#told", f"{NAME}'s sister")
    page.locator("#category").check()
    page.fill("#slipped", NAME)
    page.locator("#slipped").press("Enter")
    expect(page.get_by_role("status").filter(has_text="It stood in 2 places")).to_be_visible()
    assert NAME not in page.content()
    assert page.input_value("#text") == f"{SAID} I am."
    look(page)
    _press(page, "Send the report")
    expect(page.get_by_role("heading", name="The seven words")).to_be_visible(timeout=SECONDS)
    seven = page.locator("main tbody strong:not(.tag)").all_inner_texts()
    assert len(seven) == 7
    look(page)
    _press(page, "They are written down")
    for at, word in enumerate(seven, 1):
        page.fill(f"#word-{at}", word if at != 5 else "window")
    _press(page, "Compare")
    assert page.locator("main tbody strong:not(.tag)").all_inner_texts() == [seven[4]]
    look(page)
    page.fill("#word-5", seven[4])
    _press(page, "Compare")
    expect(page.get_by_role("heading", name="All seven are right")).to_be_visible()
    _press(page, "End the call")
    return seven


def _ring_again(page: Page, seven: list[str], look: Callable[[Page], None]) -> None:
    _press(page, "The caller has seven words")
    page.fill("#words", " ".join(seven))
    _press(page, "Open the mailbox")
    expect(page.locator(".message--team").first).to_contain_text(ASKED, timeout=SECONDS)
    assert "Blue Lantern" not in page.content()
    look(page)
    page.fill("#text", ANSWER)
    _press(page, "Send the answer")
    expect(page.get_by_role("status").filter(has_text="The answer has arrived")).to_be_visible()
    _press(page, "End the call")
    expect(page.get_by_role("button", name="A new report")).to_be_visible()
    assert not re.search(rf"\b{seven[0]}\b.*\b{seven[1]}\b", page.content(), re.S)


def _reply(office: Office) -> str:
    assert office.inbox("sync").returncode == 0
    [case] = office.json("list", schema="inbox-list.json")
    text = office.write("reply", ASKED)
    assert office.inbox("reply", case["case"], "--text-file", text).returncode == 0
    return str(case["case"])


def _check(office: Office, case: str) -> None:
    """What came to the analyst."""
    assert office.inbox("sync").returncode == 0
    said = office.json("show", case, "--offline", schema="inbox-show.json")["messages"]
    assert said[0]["text"] == f"{SAID} I am."
    assert {each["answer"] for each in said[0]["answers"]} == {"'s sister"}
    assert [each["text"] for each in said if each["kind"] == "message"] == [ANSWER]


def test_a_caller_is_served_in_any_colours_and_widths_and_nothing_is_left_in_the_profile(
    tmp_path: Path, office: Office, served: Served, axe: Axe
) -> None:
    needs("chromium")
    profile = tmp_path / "profile"
    answers = {"/": Answer("text/html", FORM), "/taken": Answer("text/html", b"<p>Thank you.")}
    with Pages(answers) as elsewhere, sync_playwright() as playwright:
        context = open_profile(playwright, profile)
        page = context.new_page()
        page.goto(served.address)
        unlock(page)

        def look(page: Page) -> None:
            _look(page, axe)

        seven = _report(page, look)
        case = _reply(office)
        _ring_again(page, seven, look)
        _use_another_program(context.new_page(), elsewhere.origin)
        wait_for(lambda: CONTROL in _written(profile, [CONTROL]), 30)
        context.close()
    _check(office, case)
    pairs = [sign.join(seven[at : at + 2]) for at in range(6) for sign in " +"]
    typed = [*pairs, "CANARYWORDS", NAME, NAME.replace(" ", "+"), "CANARYREPLY", "CANARYANSWER"]
    assert found_in_folder(profile, [CONTROL, *typed]) == {CONTROL}
    assert found_in_folder(office.folder / "vault", typed) == set()


def test_a_caller_is_served_without_scripts(
    browser: Browser, office: Office, served: Served
) -> None:
    visitor = come_in(browser, served, java_script_enabled=False)
    unlock(visitor.page)
    seven = _report(visitor.page, lambda _: None)
    case = _reply(office)
    _ring_again(visitor.page, seven, lambda _: None)
    _check(office, case)
    visitor.context.close()
