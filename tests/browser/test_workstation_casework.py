"""Casework in a browser: no barrier, by the keyboard, with and without scripts, and hostile words.

Everything that others wrote here would be markup if it could: a reporter's report, a force's
question, a unit's name and answer, a colleague's name, draft and intelligence report. The policy
is switched off, so that the escaping has to hold by itself (CHECKS T22, T36).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from inbox_ui.work.intelligence import Tick
from tests.browser.apart import apart
from tests.browser.casework import ASKED, BREAKS_OUT, TWICE, Casework, make_casework
from tests.browser.test_workstation_barriers import _look
from tests.browser.test_workstation_payloads import FOREIGN, TRAP, _elements
from tests.browser.workstation import Visitor, again, come_in, unlock, watch
from tests.inbox_ui.served import Served

Axe = Callable[..., list[str]]
HELD = 'li:has-text("waits for a second reader")'


@dataclass(frozen=True)
class Scene:
    """A visitor, and what there is to visit."""

    visitor: Visitor
    work: Casework

    def open(self, path: str = "") -> Page:
        """A page of the case."""
        return self.visitor.open(f"/case/{self.work.case}{path}")

    def of_the_file(self, path: str) -> None:
        """A page of the case that is nothing but a file."""
        page = self.visitor.open(f"/case/{self.work.file_alone}{path}")
        expect(page.locator("h1")).to_be_visible()
        assert page.locator(".alarms").count() == 0

    def press(self, name: str) -> None:
        self.visitor.page.get_by_role("button", name=name, exact=True).first.click()

    def preview(self, text: str) -> None:
        self.open().fill("#text", text)
        self.press("Preview")

    def draft(self, author: str) -> Page:
        """A draft that is by ``author``."""
        link = self.open().locator(f"{HELD} a", has_text=author).first
        link.click()
        return self.visitor.page


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Casework:
    folder = tmp_path_factory.mktemp("casework")
    return apart(lambda: make_casework(folder))


@pytest.fixture(scope="module")
def scene(browser: Browser, work: Casework) -> Iterator[Scene]:
    with Served(work.shop.vault) as served:
        visitor = come_in(browser, served, bypass_csp=True)
        visitor.context.add_init_script(TRAP)
        visitor.page.on("dialog", lambda dialog: dialog.accept())
        unlock(visitor.page)
        yield Scene(visitor, work)
        visitor.context.close()


# -- where there may be barriers ------------------------------------------------------------------


def _no_wording(scene: Scene) -> None:
    scene.open()
    scene.press("Put it in")


def _no_reason(scene: Scene) -> None:
    scene.preview("Please find out who " + "w" * 200)
    scene.press("Give it to a second reader")
    scene.visitor.page.locator("#why-error").wait_for()


def _no_remark(scene: Scene) -> None:
    scene.draft(BREAKS_OUT[:8])
    scene.press("Send it back")
    scene.visitor.page.locator("#remark-error").wait_for()


def _change_a_draft(scene: Scene) -> None:
    scene.draft(BREAKS_OUT[:8]).get_by_role("link", name="Change it").click()


def _bad_question(scene: Scene) -> None:
    scene.open("/questions").fill("#question", "w" * 200)
    scene.press("Enter it")


def _bad_outcome(scene: Scene) -> None:
    scene.open("/questions")
    scene.press("Mark it")


def _no_reason_to_decline(scene: Scene) -> None:
    page = scene.open("/questions")
    page.locator("select[name=outcome]").first.select_option("declined")
    scene.press("Mark it")
    page.locator("[id^=remark-][id$=-error]").wait_for()


def _bad_report(scene: Scene) -> None:
    page = scene.open("/report")
    page.fill("#text0", "w" * 200)
    page.select_option("#information0", "E")
    scene.press("Keep this version")
    page.locator(".error-message").first.wait_for()


def _bad_folder(scene: Scene) -> None:
    page = scene.open("/reports")
    page.fill(f"#{scene.work.ready}-folder", "relative")
    page.locator('form[action$="/send"] button').click()
    page.locator(".error-summary").wait_for()


def _away(scene: Scene) -> None:
    scene.open("/reports").locator('form[action$="/send"] button').click()
    scene.visitor.page.get_by_text("Nothing was sent.").first.wait_for()


def _bad_answer(scene: Scene) -> None:
    scene.open("/reports").fill("#answer", "relative")
    scene.press("Take it in")


def _marked(scene: Scene) -> None:
    page = scene.open("/marks")
    for box in page.locator("#marks input[type=checkbox]").all():
        box.check()
    if page.locator("#marks table").count():
        scene.press("Mark what is ticked")
        page.locator("#marks .empty").wait_for()


def _found(scene: Scene) -> None:
    scene.visitor.open("/search").fill("#words", "pwned")
    scene.visitor.page.locator(".found mark").first.wait_for()


STATES: dict[str, Callable[[Scene], object]] = {
    "case": lambda scene: scene.open(),
    "no wording": _no_wording,
    "flagged": lambda scene: scene.preview("Can you find out? We already have other reports."),
    "flagged, no reason": _no_reason,
    "a force's own words": lambda scene: scene.preview(f"0: {ASKED}"),
    "draft of a colleague": lambda scene: scene.draft(BREAKS_OUT[:8]),
    "sent back without a remark": _no_remark,
    "draft of one's own": lambda scene: scene.draft("first analyst"),
    "draft that is changed": _change_a_draft,
    "questions": lambda scene: scene.open("/questions"),
    "bad question": _bad_question,
    "bad outcome": _bad_outcome,
    "declined without a reason": _no_reason_to_decline,
    "reports": lambda scene: scene.open("/reports"),
    "new report": lambda scene: scene.open("/report"),
    "bad report": _bad_report,
    "report": lambda scene: scene.open(f"/report/{scene.work.ready}"),
    "withdrawing": lambda scene: scene.open(f"/report/{scene.work.ready}/withdraw"),
    "bad folder": _bad_folder,
    "server away": _away,
    "bad answer": _bad_answer,
    "assess": lambda scene: scene.open("/assess"),
    "marks": lambda scene: scene.open("/marks"),
    "marked": _marked,
    "links": lambda scene: scene.open("/links"),
    "found": _found,
    "a file alone": lambda scene: scene.of_the_file(""),
    "marks of a file alone": lambda scene: scene.of_the_file("/marks"),
    "other cases of a file alone": lambda scene: scene.of_the_file("/links"),
    "log": lambda scene: scene.open("/history"),
    "drafts to be read": lambda scene: scene.visitor.open("/queue/drafts/1"),
    "a force waits": lambda scene: scene.visitor.open("/queue/asked/1"),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.sampled(5)
def test_no_barrier_in_any_colours_and_widths(scene: Scene, axe: Axe, state: str) -> None:
    page = scene.visitor.page
    page.set_viewport_size({"width": 1200, "height": 900})
    STATES[state](scene)
    _look(page, axe)


def test_no_words_of_others_run_ask_or_leave_an_element(scene: Scene) -> None:
    page = scene.visitor.page
    seen, shown = watch(page, scene.visitor.served.origin), ""
    for state, visit in STATES.items():
        visit(scene)
        page.mouse.move(600, 400)
        for _ in range(10):
            page.keyboard.press("Tab")
        assert not FOREIGN & set(_elements(page)), state
        assert page.evaluate("document.querySelectorAll('.visible-text :not(mark)').length") == 0
        links = page.locator("main a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert [each for each in links if not each.startswith(("/", "#"))] == [], state
        assert not page.evaluate("'wasPwned' in window"), state
        shown += page.locator("main").inner_text()
    assert shown.count(BREAKS_OUT) > len(STATES)
    known = ("favicon", "400 (Bad Request)", "503 (Service Unavailable)")
    assert [each for each in seen if not any(part in each for part in known)] == []


# -- by the keyboard ------------------------------------------------------------------------------


def _tab_to(page: Page, selector: str) -> None:
    """With the key of every browser, which needs no script."""
    for _ in range(300):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(selector)


def _enter(page: Page, selector: str) -> None:
    _tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("scripts", [True, False])
def test_everything_is_done_by_the_keyboard_with_and_without_scripts(
    browser: Browser, scene: Scene, axe: Axe, scripts: bool
) -> None:
    """Each once; what is used up is there ``TWICE``. The pages are the same without scripts, where
    nothing can look for barriers."""

    def look() -> None:
        assert not scripts or axe(page) == []

    work, ref = scene.work, scene.work.reports[int(scripts)]
    assert len(work.reports) == TWICE
    visitor = again(browser, scene.visitor, java_script_enabled=scripts)
    page = visitor.open(f"/case/{work.case}")
    home = page.url

    # a reply that the guard flags becomes a draft, for somebody else to read
    drafts = page.locator(HELD).count()
    _tab_to(page, "#text")
    page.keyboard.type(f"Please find out who was there, {scripts}.")
    _enter(page, "main button")
    expect(page.get_by_role("heading", name="Read this again before it goes out")).to_be_visible()
    look()
    _tab_to(page, "#why")
    page.keyboard.type("Advice was taken.")
    _enter(page, "main button:not([formaction])")
    expect(page.locator(HELD)).to_have_count(drafts + 1)

    # a colleague's draft is approved
    link = page.locator(f"{HELD} a", has_text=BREAKS_OUT[:8]).first.get_attribute("href")
    _enter(page, f'[href="{link}"]')
    look()
    _enter(page, 'form[action$="/approve"] button:not([formaction])')
    expect(page.get_by_role("button", name="Send it to the reporter")).to_be_visible()

    # a force's question is declined, with a reason
    page.goto(home)
    _enter(page, '[href$="/questions"]')
    declined = page.locator(".message__day", has_text="declined")
    before, ended = declined.count(), page.locator(".message__day:has-text('declined')")
    open_ = page.locator("section.message").filter(has_not=ended).locator("select").first
    _tab_to(page, f"#{open_.get_attribute('id')}")
    page.keyboard.type("Decl")
    page.keyboard.press("Tab")
    page.keyboard.type("It points to somebody.")
    _enter(page, "button")
    expect(declined).to_have_count(before + 1)
    look()
    expect(page.locator("main")).to_contain_text("It points to somebody.")

    # a report is read with the list, agreed to, and withdrawn again
    page.goto(home)
    _enter(page, '[href$="/reports"]')
    for tick in Tick:
        _tab_to(page, f"#{ref}-{tick}")
        page.keyboard.press("Space")
    _enter(page, f'form[action$="{ref}/read"] button')
    expect(page.locator(f"#{ref}-relation")).to_be_checked()
    _enter(page, f'form[action$="{ref}/consent"] button')
    section = page.locator("section", has=page.locator(f'[href$="{ref}/withdraw"]'))
    expect(section).not_to_contain_text("A second person has to agree.")
    _enter(page, f'[href$="{ref}/withdraw"]')
    look()
    _tab_to(page, "#remark")
    page.keyboard.type("Advice is awaited.")
    _enter(page, "main button")
    expect(section).to_contain_text("withdrawn")
    look()

    # a report is written anew
    readings = page.locator('form[action$="/read"]')
    before = readings.count()
    _enter(page, f'[href="/case/{work.case}/report"]')
    _tab_to(page, "#text0")
    page.keyboard.type("Information suggests that money is taken.")
    _enter(page, "main button")
    expect(readings).to_have_count(before + 1)
    visitor.context.close()


def _keys_of_the_help(page: Page) -> set[str]:
    return set(page.locator("td kbd").all_inner_texts())


def test_every_key_of_the_help_does_what_it_says_and_types_in_a_field(scene: Scene) -> None:
    page, press = scene.visitor.page, scene.visitor.page.keyboard.press
    case = f"/case/{scene.work.case}"
    focused: dict[str, tuple[str, str]] = {
        "j": ("/queue/all/1", "[data-row]"),
        "k": ("/queue/all/1", "[data-row]"),
        "↓": ("/queue/all/1", "[data-row]"),
        "↑": ("/queue/all/1", "[data-row]"),
        "/": ("/queue/all/1", "#wanted"),
        "r": (case, "#text"),
        "n": (case, "#note"),
        "a": (case, 'form[action$="/acknowledge"] button'),
        "e": (case, 'form[action$="/escalate"] button'),
    }
    shown = {"s": "Search", "i": "Inbox", "t": "Assess this case", "?": "Keyboard"}
    names = {"↓": "ArrowDown", "↑": "ArrowUp"}
    helped = _keys_of_the_help(scene.visitor.open("/keys"))
    assert helped == {*focused, *shown, "Enter", "Esc", "Shift", "L"}
    for key, (path, where) in focused.items():
        scene.visitor.open(path)
        press(names.get(key, key))
        assert page.evaluate("where => document.activeElement.matches(where)", where), key
    for key, title in shown.items():
        page = scene.open()
        press(key)
        expect(page.locator("h1")).to_have_text(title)
    scene.visitor.open("/queue/all/1")
    press("j")
    with page.expect_navigation():
        press("Enter")
    expect(page.locator("h1")).to_contain_text("Case")

    single = "".join(sorted((helped | {"L"}) - set(names) - {"Enter", "Esc", "Shift"}))
    for path, field in ((case, "#text"), (case, "#note"), ("/queue/all/1", "#wanted")):
        scene.visitor.open(path).focus(field)
        page.keyboard.type(single)
        press("ArrowUp")
        assert page.evaluate("field => document.activeElement.matches(field)", field)
        assert (page.input_value(field), page.url.endswith(path)) == (single, True)
        page.fill(field, "")
    press("Escape")
    press("L")
    expect(page.locator("h1")).to_have_text("Locked")
    unlock(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_who_only_takes_calls_is_at_the_telephone_once_it_is_unlocked(
    browser: Browser, work: Casework, scripts: bool
) -> None:
    with Served(work.aide) as served:
        visitor = come_in(browser, served, java_script_enabled=scripts)
        unlock(visitor.page)
        expect(visitor.page).to_have_title("Take a call")
        assert visitor.page.url == f"{served.origin}/phone"
        visitor.page.get_by_role("button", name="Lock", exact=True).click()
        expect(visitor.page.locator("h1")).to_have_text("Locked")
        visitor.open("/")
        unlock(visitor.page)
        expect(visitor.page.get_by_role("button", name="A new report")).to_be_visible()
        visitor.context.close()
