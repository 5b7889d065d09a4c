"""The workstation in a real browser: an analyst's day, by mouse, by keyboard, without scripts."""

import json
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.apart import apart
from tests.browser.pages import Answer, Pages
from tests.browser.workstation import come_in, unlock, watch
from tests.inbox_ui.served import PASSPHRASE, Served, wait_for
from tests.inbox_ui.test_processes import Office

SECONDS = 60_000


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    office = apart(lambda: Office(folder))
    with office.serve():
        yield office


@pytest.fixture
def served(office: Office) -> Iterator[Served]:
    vault, options = office.folder / "vault", ("--pause", "1")
    with Served(vault, options, server=office.url) as served:
        yield served


def _send(office: Office, text: str) -> None:
    sent = office.report("send", "--text-file", office.write("text", text), "--category", "other")
    assert sent.returncode == 0, sent.stderr
    office.write("words", sent.stdout)


def _answer(office: Office, text: str) -> None:
    file, words = office.write("answer", text), office.folder / "words"
    done = office.report("reply", "--passphrase-file", words, "--text-file", file)
    assert done.returncode == 0, done.stderr


def _replies(office: Office) -> list[str]:
    done = office.report("check", "--passphrase-file", office.folder / "words", "--json")
    return [each["text"] for each in json.loads(done.stdout)["messages"] if each["kind"] == "reply"]


def test_a_day_by_mouse_with_news_that_come_while_something_is_typed(
    browser: Browser, office: Office, served: Served
) -> None:
    visitor = come_in(browser, served)
    page, seen = visitor.page, watch(visitor.page, served.origin)
    assert served.key not in page.url
    unlock(page, "not the passphrase")
    expect(page.locator("#passphrase-error")).to_be_visible()
    unlock(page)
    expect(page).to_have_title("Inbox")
    seen.clear()  # the 403 of the wrong passphrase
    _send(office, "A report by mouse.")
    row = page.locator("[data-row]").first
    expect(row).to_be_visible(timeout=SECONDS)  # came by itself
    row.click()
    expect(page.locator("main")).to_contain_text("A report by mouse.")

    page.fill("#text", "Half a sentence that")
    page.fill("#note", "and half a note")
    page.evaluate("window.theSamePage = true")
    _answer(office, "And another thing.")
    expect(page.locator(".message")).to_have_count(2, timeout=SECONDS)
    expect(page.locator("#news")).to_have_text("1 new message.")
    assert page.evaluate("window.theSamePage")  # no reload
    assert page.input_value("#text") == "Half a sentence that"
    assert page.input_value("#note") == "and half a note"

    page.fill("#note", "")
    page.fill("#text", "Thank you.\n\nWhat did you see?")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator("h1")).to_have_text("This is what the reporter will see")
    expect(page.locator("main")).to_contain_text("1 message from the reporter came in")
    page.get_by_role("button", name="Change it", exact=True).click()
    assert page.input_value("#text") == "Thank you.\n\nWhat did you see?"
    page.get_by_role("button", name="Preview", exact=True).click()
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.locator(".message--team")).to_contain_text("What did you see?")
    wait_for(lambda: _replies(office) == ["Thank you.\n\nWhat did you see?"])
    page.fill("#note", "Not to Calder.")
    page.get_by_role("button", name="Keep note", exact=True).click()
    expect(page.locator(".message--note")).to_contain_text("Not to Calder.")
    page.get_by_role("button", name="Acknowledge 1 unread", exact=True).click()
    expect(page.locator("text=Acknowledge 1 unread")).to_have_count(0)
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.locator("h1")).to_have_text("Locked")
    page.go_back()
    assert "A report by mouse." not in page.content()
    assert [each for each in seen if "403" not in each] == []
    visitor.context.close()


def test_a_day_by_keyboard_alone(browser: Browser, office: Office, served: Served) -> None:
    _send(office, "A report by keyboard.")
    visitor = come_in(browser, served)
    page, press = visitor.page, visitor.page.keyboard.press
    expect(page.locator("#passphrase")).to_be_focused()
    page.keyboard.type(PASSPHRASE)
    press("Enter")
    expect(page.locator("[data-row]").first).to_be_visible(timeout=SECONDS)
    page.wait_for_load_state()
    press("/")
    expect(page.locator("#wanted")).to_be_focused()
    page.keyboard.type("something else j")  # letters are letters in a field
    assert page.input_value("#wanted") == "something else j"
    press("Backspace")
    press("Enter")
    expect(page.locator("caption")).to_contain_text("something else")
    page.wait_for_load_state()
    press("j")
    expect(page.locator("[data-row]").first).to_be_focused()
    press("j")
    press("k")
    press("Enter")
    expect(page.locator("h1")).to_contain_text("Case")
    page.wait_for_load_state()
    press("j")
    expect(page.locator(".thread > li").first).to_be_focused()
    press("r")
    page.keyboard.type("Typed by keyboard.")
    for _ in range(2):
        press("Tab")
    press("Enter")
    expect(page.locator("h1")).to_have_text("This is what the reporter will see")
    page.wait_for_load_state()
    _tab_to(page, "Send")
    press("Enter")
    expect(page.locator(".message--team")).to_contain_text("Typed by keyboard.")
    page.wait_for_load_state()
    press("n")
    page.keyboard.type("A note by keyboard.")
    press("Tab")
    press("Enter")
    expect(page.locator(".message--note")).to_contain_text("A note by keyboard.")
    page.wait_for_load_state()
    press("i")
    expect(page).to_have_title("Inbox")
    page.wait_for_load_state()
    press("?")
    expect(page.locator("h1")).to_have_text("Keyboard")
    page.wait_for_load_state()
    press("L")
    expect(page.locator("h1")).to_have_text("Locked")
    page.wait_for_load_state()
    visitor.context.close()


def _tab_to(page: Page, name: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(name)


def test_single_keys_can_be_switched_off(browser: Browser, served: Served) -> None:
    visitor = come_in(browser, served)
    unlock(visitor.page)
    page = visitor.open("/keys")
    page.check("#keys-2")
    page.click("main button")
    page.keyboard.press("i")
    page.keyboard.press("L")
    page.wait_for_timeout(300)
    expect(page.locator("h1")).to_have_text("Keyboard")
    visitor.context.close()


def test_a_day_without_scripts(browser: Browser, office: Office, served: Served) -> None:
    _send(office, "A report without scripts.")
    visitor = come_in(browser, served, java_script_enabled=False)
    page = visitor.page
    unlock(page)
    page.get_by_role("button", name="Fetch now", exact=True).click()
    page.locator("[data-row]").first.click()
    expect(page.locator("main")).to_contain_text("A report without scripts.")
    page.fill("#text", "Answered without scripts.")
    page.check("#language-2")
    page.get_by_role("button", name="Preview", exact=True).click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".message--team")).to_contain_text("Answered without scripts.")
    page.fill("#note", "Noted without scripts.")
    page.get_by_role("button", name="Keep note", exact=True).click()
    expect(page.locator(".message--note")).to_contain_text("Noted without scripts.")
    wait_for(lambda: _replies(office) == ["Answered without scripts."])
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.locator("h1")).to_have_text("Locked")
    visitor.context.close()


def test_the_page_locks_by_itself_and_takes_everything_with_it(
    browser: Browser, office: Office
) -> None:
    options = ("--lock-after", "6")
    with Served(office.folder / "vault", options, server=office.url) as served:
        visitor = come_in(browser, served)
        unlock(visitor.page)
        visitor.page.locator("body").press("Shift")
        expect(visitor.page.locator("#news")).to_contain_text(
            "locks within a minute", timeout=SECONDS
        )
        expect(visitor.page.locator("h1")).to_have_text("Locked", timeout=SECONDS)
        visitor.context.close()


def test_leaving_with_something_typed_is_asked_about(browser: Browser, served: Served) -> None:
    visitor = come_in(browser, served)
    unlock(visitor.page)
    page = visitor.open(f"/case/{visitor.cases()[0]}")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("#text").press_sequentially("not sent yet")
    page.click("text=Team and backup", no_wait_after=True)
    wait_for(lambda: asked == ["beforeunload"])
    assert page.input_value("#text") == "not sent yet"
    visitor.context.close()


# -- pages elsewhere ----------------------------------------------------------------------------


def test_a_page_elsewhere_can_neither_change_nor_read_anything(
    browser: Browser, served: Served
) -> None:
    visitor = come_in(browser, served)
    unlock(visitor.page)
    name = visitor.cases()[0]
    target = f"{served.origin}/case/{name}/note"
    attack = f"""<!doctype html><title>x</title>
      <img src="{served.origin}/case/{name}" id="image">
      <iframe src="{served.origin}/" id="frame"></iframe>
      <form method="post" action="{target}"><input name="note" value="PLANTED"></form>
      <script src="/attack.js"></script>"""
    script = f"""
      window.read = fetch("{served.origin}/", {{credentials: "include"}})
        .then((answer) => answer.text(), () => "refused");
      window.wrote = fetch("{target}", {{method: "POST", credentials: "include", mode: "no-cors",
        body: new URLSearchParams({{note: "PLANTED", ticket: "x"}})}}).catch(() => "refused");
    """
    answers = {
        "/": Answer("text/html", attack.encode()),
        "/attack.js": Answer("text/javascript", script.encode()),
    }
    with (
        Pages(answers) as elsewhere,
        browser.new_context(
            storage_state=visitor.context.storage_state(), bypass_csp=True
        ) as context,
    ):
        page = context.new_page()
        page.goto(elsewhere.origin)
        assert page.evaluate("window.read") == "refused"
        page.evaluate("window.wrote")
        assert page.evaluate("document.querySelector('#image').naturalWidth") == 0
        page.evaluate("document.forms[0].submit()")
        page.wait_for_url(target)
        assert "came from another page" in page.content()
    visitor.open(f"/case/{name}")
    assert "PLANTED" not in visitor.page.content()
    visitor.context.close()


def test_a_name_made_to_lead_here_shows_nothing(browser: Browser, served: Served) -> None:
    """DNS rebinding, in a browser of its own that takes evil.test for this machine."""
    rules = "--host-resolver-rules=MAP evil.test 127.0.0.1"
    with browser.browser_type.launch(
        executable_path=shutil.which("chromium"),
        args=[rules, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
    ) as running:
        page = running.new_page()
        for host in ("evil.test", "localhost"):
            answer = page.goto(f"http://{host}:{served.port}{served.key}")
            assert answer is not None
            assert answer.status == 421
            assert "<form" not in page.content()
        answer = page.goto(served.address)
        assert answer is not None
        assert page.locator("#passphrase").is_visible()  # the key was not used up
