"""The mailbox in a real browser with scripts: opened there, answered, emptied, closed."""

import json
import secrets
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from crypto.documents import Closed, ContactWithdrawn, Message
from crypto.envelope import Chain
from crypto.opening import State
from tests.browser.axe import violations
from tests.browser.reporter import Writer, writing
from tests.payloads import PAYLOADS
from tests.plain.place import Place

SPELLINGS = Path(__file__).resolve().parents[2] / "vectors/spellings.json"
READ = """
async ([root, cases]) => {
  const { Desk } = await import("/assets/js/client/desk.js");
  const desk = new Desk(() => undefined);
  await desk.load();
  const said = [];
  for (const typed of cases) {
    try {
      await desk.checkWords(typed);
      said.push("ok");
    } catch (error) {
      said.push(error.trouble.code);
    }
  }
  return said;
}
"""


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()


def test_a_conversation_goes_round_until_the_mailbox_is_closed(
    writer: Writer, place: Place, tmp_path: Path
) -> None:
    words = place.report("What I saw")
    place.reply(words, "Thank you.\nHow do you know?", "<b>And</b> when?")
    page = writer.enter(words)
    assert "How do you know?" in page.inner_text("[data-thread]")
    assert "<b>And</b> when?" in page.inner_text("[data-thread]")
    assert "What I saw" not in page.content(), "no copy of what she sent"
    text = page.locator("[data-thread] .visible-text").first
    assert (text.get_attribute("lang"), text.get_attribute("dir")) == ("en", "auto")

    (tmp_path / "a.bin").write_bytes(secrets.token_bytes(2_500_000))
    go(page, "Write to us")
    page.locator("#text").fill("I saw it")
    page.locator("#files").set_input_files(tmp_path / "a.bin")
    page.locator("[data-chosen] input[value=keep]").check()
    writer.press()
    page.get_by_text("Your message has arrived.").wait_for()
    answer = place.letters(words)[1]
    assert isinstance(answer, Message)
    assert answer.text == "I saw it"
    assert place.content(answer.files[0]) == (tmp_path / "a.bin").read_bytes()
    assert "2 messages" in page.inner_text("[data-step=inside]")

    go(page, "Delete messages from us")
    writer.press()
    page.locator(".error-summary").wait_for()
    page.locator("#message-1").check()
    writer.press()
    page.get_by_text("The messages have been deleted.").wait_for()
    assert "How do you know?" not in page.inner_text("[data-thread]")
    assert "when?" in page.inner_text("[data-thread]")
    states = [entry.state for entry in place.case(words).of(Chain.TEAM)]
    assert states == [State.DELETED, State.SHOWN]

    go(page, "Take back contact details that you gave us")
    writer.press()
    page.get_by_text("We are told not to use your contact details.").wait_for()

    go(page, "Close this mailbox for good")
    writer.press()
    page.locator(".error-summary").wait_for()
    page.locator("#sure").check()
    writer.press()
    writer.wait("close-again")
    writer.press()
    writer.wait("closed")
    kinds = [type(entry.payload) for entry in place.case(words).of(Chain.REPORTER)]
    assert kinds[2:] == [ContactWithdrawn, Closed]
    writer.go("/mailbox").locator("#words").fill(words)
    writer.press()
    page.get_by_role("heading", name="No mailbox opens with these words").wait_for()
    assert writer.others() == set()


def test_a_file_of_the_team_is_saved_whole(browser: Browser, place: Place, tmp_path: Path) -> None:
    words = place.report()
    content = secrets.token_bytes(2_200_000)
    place.reply_with_file(words, "A form", "../../form\u202egnp.exe", content)
    with writing(browser, place, accept_downloads=True) as writer:
        page = writer.enter(words)
        with page.expect_download() as coming:
            page.locator("[data-save]").click()
        saved = tmp_path / "saved"
        coming.value.save_as(saved)
        assert saved.read_bytes() == content
        assert coming.value.suggested_filename == "form_gnp.exe"


def test_thirty_spellings_of_the_words_are_read_and_nothing_is_sent(writer: Writer) -> None:
    cases = json.loads(SPELLINGS.read_text("utf-8"))["cases"]
    assert len(cases) >= 30
    page = writer.go("/mailbox")
    typed = [each["in"]["typed"] for each in cases]
    said = page.evaluate(READ, ["", typed])
    expected = [each["expect"] for each in cases]
    assert [each == "ok" for each in said] == [each == "ok" for each in expected]
    assert writer.calls() == []


def test_a_wrong_word_is_named_with_the_nearest_and_nothing_is_sent(
    writer: Writer, place: Place
) -> None:
    words = place.report()
    first, *rest = words.split()
    page = writer.go("/mailbox")
    page.locator("#words").fill(" ".join([f"{first}q", *rest]))
    writer.press()
    page.locator(".error-summary").wait_for()
    assert first in page.locator("#words-error").inner_text()
    page.locator("#words").fill(" ".join(rest))
    writer.press()
    page.get_by_text("you typed 6").first.wait_for()
    assert writer.calls() == []
    page.locator("#words").evaluate("(field, text) => { field.value = text }", words.upper())
    writer.press()
    writer.wait("inside")


def test_the_same_is_asked_of_the_server_whatever_opens(browser: Browser, place: Place) -> None:
    """P22."""
    asked = []
    for hostile in (False, True):
        words = place.report()
        team = place.correspondent(words)
        outgoing = team.reply("A reply")
        if hostile:
            recipient, wrap = outgoing.wraps[0]
            outgoing = replace(outgoing, wraps=((recipient, wrap[::-1]), *outgoing.wraps[1:]))
        place.post(outgoing)
        with writing(browser, place) as writer:
            page = writer.enter(words)
            assert page.locator(".message--wrong").count() == hostile
            assert page.locator("[data-alarms]").is_visible() == hostile
            asked.append(writer.calls())
    assert asked[0] == asked[1]


@pytest.mark.parametrize("prefix", ["", "/cy"])
def test_no_step_has_a_barrier(browser: Browser, place: Place, prefix: str) -> None:
    words = place.report()
    place.reply(words, "A reply", "Another")
    found: dict[str, list[str]] = {}

    def look() -> None:
        if problems := violations(writer.page):
            found[writer.step] = problems
        assert writer.page.evaluate("document.documentElement.scrollWidth") <= 320

    with writing(browser, place, prefix=prefix, viewport={"width": 320, "height": 640}) as writer:
        page = writer.go("/mailbox")
        look()
        writer.press()
        page.locator(".error-summary").wait_for()
        look()
        page.locator("#words").fill(words)
        writer.press()
        writer.wait("inside")
        look()
        for step in ("write", "delete", "withdraw", "close"):
            page.locator(f'[data-go="{step}"]').click()
            writer.wait(step)
            look()
            page.go_back()
            writer.wait("inside")
    assert found == {}


@pytest.mark.slow
def test_no_text_of_the_team_becomes_markup(writer: Writer, place: Place) -> None:
    """T36: what the team's side sends is hostile too, for whoever has broken into it."""
    words = place.report()
    place.reply(words, *PAYLOADS[:40])
    page = writer.enter(words)
    shown = page.locator("[data-thread] .visible-text")
    assert shown.count() == len(PAYLOADS[:40])
    assert page.locator("[data-thread] .visible-text > *").count() == 0
    assert page.evaluate("globalThis.xss") is None
    assert writer.others() == set()
