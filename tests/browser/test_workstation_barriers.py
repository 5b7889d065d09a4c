"""No barrier on any page and in any state of the workstation; nothing wider than the screen."""

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.apart import apart
from tests.browser.workstation import Visitor, again, come_in, make_request, make_shop, unlock
from tests.inbox_ui.served import PASSPHRASE, Served

Axe = Callable[..., list[str]]
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def visitor(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    folder = tmp_path_factory.mktemp("shop")
    shop = apart(lambda: make_shop(folder))
    with Served(shop.vault) as served:
        visitor = come_in(browser, served)
        unlock(visitor.page)
        yield visitor
        visitor.context.close()


def _inbox(visitor: Visitor) -> None:
    visitor.open("/")


def _nothing_found(visitor: Visitor) -> None:
    visitor.open("/").fill("#wanted", "zzzz")
    visitor.page.get_by_role("button", name="Filter", exact=True).click()


def _no_filter(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Clear", exact=True).click()


def _answers_and_file(visitor: Visitor) -> None:
    visitor.open(f"/case/{visitor.case_with('He looks at my phone')}")


def _conversation(visitor: Visitor) -> None:
    visitor.open(f"/case/{visitor.case_with('change hands twice')}")


def _alarm(visitor: Visitor) -> None:
    visitor.open(f"/case/{visitor.case_with('What is wrong here')}")


def _empty_reply(visitor: Visitor) -> None:
    _conversation(visitor)
    visitor.page.get_by_role("button", name="Preview", exact=True).click()


def _empty_note(visitor: Visitor) -> None:
    _conversation(visitor)
    visitor.page.get_by_role("button", name="Keep note", exact=True).click()


def _preview(visitor: Visitor) -> None:
    _conversation(visitor)
    visitor.page.fill("#text", "w" * 200 + "\n\nThank you.")
    visitor.page.get_by_role("button", name="Preview", exact=True).click()


def _file(visitor: Visitor) -> None:
    _answers_and_file(visitor)
    visitor.page.locator(".files a").first.click()


def _bad_folder(visitor: Visitor) -> None:
    _file(visitor)
    visitor.page.fill("#folder", "relative")
    visitor.page.get_by_role("button", name="Save", exact=True).click()
    visitor.page.locator(".error-summary").wait_for()


def _failed_save(visitor: Visitor) -> None:
    _file(visitor)
    visitor.page.fill("#folder", "/proc/nothing")
    visitor.page.get_by_role("button", name="Save", exact=True).click()
    visitor.page.get_by_role("button", name="Save it there").click()
    visitor.page.locator(".files .error-message").wait_for()


def _bad_backup(visitor: Visitor) -> None:
    visitor.open("/team").fill("#goal", "relative")
    visitor.page.get_by_role("button", name="Make a backup", exact=True).click()


def _backup_made(visitor: Visitor) -> None:
    page = visitor.open("/team")
    page.fill(
        "#goal", page.input_value("#goal") + str(id(page)) + page.evaluate("String(Date.now())")
    )
    page.get_by_role("button", name="Make a backup", exact=True).click()


def _act(visitor: Visitor, act: str) -> None:
    name = visitor.case_with("change hands twice")
    visitor.open(f"/case/{name}/do/{act}")


def _casework(visitor: Visitor, what: str) -> None:
    name = visitor.case_with("change hands twice")
    visitor.open(f"/case/{name}/{what}")


def _no_reason(visitor: Visitor) -> None:
    _casework(visitor, "assess")
    visitor.page.select_option("#threat", "high")
    visitor.page.get_by_role("button", name="Keep the assessment", exact=True).click()


def _escalated(visitor: Visitor) -> None:
    name = visitor.case_with("change hands twice")
    visitor.open(f"/case/{name}").locator('[data-key="e"]').click()
    visitor.page.get_by_role("button", name="Write it down", exact=True).click()


def _go_on(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Go on", exact=True).click()


def _empty_act(visitor: Visitor) -> None:
    _act(visitor, "conclude")
    _go_on(visitor)


def _assign_ahead(visitor: Visitor) -> None:
    _act(visitor, "assign")
    visitor.page.check("#handlers")
    visitor.page.fill("#why", "w" * 200)
    _go_on(visitor)


def _conclude_ahead(visitor: Visitor) -> None:
    _act(visitor, "conclude")
    visitor.page.check("#reason")
    visitor.page.fill("#why", "Done.")
    _go_on(visitor)


def _log(visitor: Visitor) -> None:
    visitor.open(f"/case/{visitor.case_with('change hands twice')}/history")


def _member(visitor: Visitor) -> None:
    visitor.open("/people").locator("[data-row]").first.click()


def _duties_ahead(visitor: Visitor) -> None:
    _member(visitor)
    visitor.page.get_by_role("button", name="Go on", exact=True).click()


def _audit(visitor: Visitor) -> None:
    visitor.open("/audit").get_by_role("button", name="Verify everything now").click()
    visitor.page.locator("#found-title").wait_for()


def _bad_interest(visitor: Visitor) -> None:
    visitor.open("/interests").fill("#what", "x")
    visitor.page.get_by_role("button", name="Declare", exact=True).click()


def _declared(visitor: Visitor) -> None:
    visitor.open("/interests").fill("#what", "nothing that stands in any case")
    visitor.page.get_by_role("button", name="Declare", exact=True).click()


def _press(visitor: Visitor, name: str) -> None:
    visitor.page.get_by_role("button", name=name, exact=True).click()


def _no_paper(visitor: Visitor) -> None:
    visitor.open("/people/add")
    _go_on(visitor)


def _asked(visitor: Visitor) -> str:
    """Somebody's request is chosen; the fingerprint they read out."""
    paper, read_out = make_request(visitor.served.vault)
    visitor.open("/people/add").fill("#other", str(paper))
    _go_on(visitor)
    return read_out


def _misheard(visitor: Visitor) -> None:
    read_out = _asked(visitor)
    visitor.page.fill("#read_out", read_out[:-1] + ("b" if read_out[-1] != "b" else "c"))
    _press(visitor, "Compare")


def _compared(visitor: Visitor) -> None:
    visitor.page.fill("#read_out", _asked(visitor))
    visitor.page.get_by_label("Publisher").check()
    _press(visitor, "Compare")


def _compared_elsewhere(visitor: Visitor) -> None:
    root = visitor.served.vault.with_name("vault.root")
    away = root.rename(root.with_name("away"))
    try:
        _compared(visitor)
        visitor.page.locator(".command").wait_for()
    finally:
        away.rename(root)


def _bad_pass(visitor: Visitor) -> None:
    visitor.open("/bundles").fill("#new", "short")
    _press(visitor, "Make the pass")


def _pass_made(visitor: Visitor) -> None:
    page = visitor.open("/bundles")
    page.fill("#new", PASSPHRASE)
    page.fill("#again", PASSPHRASE)
    if page.locator("#sure").count():
        page.check("#sure")
    _press(visitor, "Make the pass")
    page.locator("#made-title").wait_for()


def _bundle_written(visitor: Visitor) -> None:
    _pass_made(visitor)
    visitor.open("/bundles")
    _press(visitor, "Export")
    visitor.page.get_by_text("The bundle is written").wait_for()


def _bundle_refused(visitor: Visitor) -> None:
    _bundle_written(visitor)
    visitor.open("/bundles").locator("#file").check()
    _press(visitor, "Import")
    visitor.page.get_by_text("Nothing was imported.").wait_for()


def _exported(visitor: Visitor) -> None:
    visitor.open(f"/case/{visitor.case_with('change hands twice')}/export")
    _press(visitor, "Export")
    visitor.page.locator("#banner-title").wait_for()


def _found(visitor: Visitor) -> None:
    visitor.open("/search").fill("#words", "invented gre*")
    visitor.page.locator(".found mark").first.wait_for()


def _nothing_searched(visitor: Visitor) -> None:
    visitor.open("/search").fill("#words", "zzzz")
    visitor.page.get_by_text("Try fewer words").wait_for()


def _marks(visitor: Visitor) -> None:
    visitor.open(f"/case/{visitor.case_with('Invented report 1.')}/marks")


def _marked(visitor: Visitor) -> None:
    for number in (1, 2):
        page = visitor.open(f"/case/{visitor.case_with(f'Invented report {number}.')}/marks")
        for box in page.locator("#marks input[type=checkbox]").all():
            box.check()
        if page.locator("#marks table").count():
            page.get_by_role("button", name="Mark what is ticked", exact=True).click()
            page.locator("#marks .empty").wait_for()


def _bad_mark(visitor: Visitor) -> None:
    _marks(visitor)
    visitor.page.fill("#said", "not in it")
    visitor.page.get_by_role("button", name="Mark", exact=True).click()


def _links(visitor: Visitor) -> None:
    _marked(visitor)
    page = visitor.page
    page.goto(page.url.replace("/marks", "/links"))
    page.get_by_text("named in 1 other case").first.wait_for()


def _bonds(visitor: Visitor) -> None:
    _links(visitor)
    visitor.page.goto(visitor.page.url.replace("/links", ""))


def _empty_link(visitor: Visitor) -> None:
    _links(visitor)
    visitor.page.fill("#other", "zzzz")
    visitor.page.fill("#reason", "w" * 200)
    _go_on(visitor)


def _link_ahead(visitor: Visitor) -> None:
    other = visitor.case_with("Invented report 3.")
    _links(visitor)
    visitor.page.fill("#other", other)
    visitor.page.fill("#reason", "w" * 200)
    _go_on(visitor)
    visitor.page.get_by_text("Nothing is written yet.").wait_for()


def _call(visitor: Visitor, button: str = "A new report") -> Page:
    """A call that has just begun."""
    page = visitor.open("/phone")
    if page.locator("#end-title").count():
        if page.locator("#sure-end").count():
            page.check("#sure-end")
        _press(visitor, "End the call")
    _press(visitor, button)
    return page


def _call_with_errors(visitor: Visitor) -> None:
    page = _call(visitor)
    page.locator("#how-many-know").check()
    page.locator("#track-2").check()
    page.get_by_role("button", name="Send the report", exact=True).click()
    page.locator("#read-out-error").wait_for()


def _call_that_forgets(visitor: Visitor) -> None:
    page = _call(visitor)
    page.fill("#text", "w" * 200)
    page.fill("#slipped", "zzzz")
    page.get_by_role("button", name="Forget that", exact=True).click()
    page.locator("#slipped-error").wait_for()


def _caller_with_wrong_words(visitor: Visitor) -> None:
    page = _call(visitor, "The caller has seven words")
    page.fill("#words", "w" * 80)
    _press(visitor, "Open the mailbox")
    page.locator("#words-error").wait_for()


def _named(visitor: Visitor) -> None:
    visitor.open("/subject-access").fill("#name", "Rowan Tait")
    _press(visitor, "Look")
    visitor.page.locator(".found li").first.wait_for()


def _figures_as_tables(visitor: Visitor) -> None:
    page = visitor.open("/figures")
    for summary in page.locator("details summary").all():
        summary.click()


def _bad_months(visitor: Visitor) -> None:
    visitor.open("/figures/oversight").fill("#last", "w" * 80)
    _press(visitor, "Make the paper")
    visitor.page.locator("#first-error").wait_for()


def _paper(visitor: Visitor) -> None:
    page = visitor.open("/figures/oversight")
    page.fill("#first", "2025-01")
    page.fill("#last", "2025-02")
    _press(visitor, "Make the paper")
    page.get_by_role("heading", name="Reports, January 2025 to February 2025").wait_for()


STATES: dict[str, Callable[[Visitor], object]] = {
    "inbox": _inbox,
    "nothing found": _nothing_found,
    "no filter": _no_filter,
    "empty list": lambda visitor: visitor.open("/queue/theirs/1"),
    "quarantine": lambda visitor: visitor.open("/queue/wrong/1"),
    "answers and a file": _answers_and_file,
    "conversation": _conversation,
    "alarm": _alarm,
    "empty reply": _empty_reply,
    "empty note": _empty_note,
    "preview": _preview,
    "file": _file,
    "bad folder": _bad_folder,
    "failed save": _failed_save,
    "team": lambda visitor: visitor.open("/team"),
    "bad backup": _bad_backup,
    "backup made": _backup_made,
    "assign": lambda visitor: _act(visitor, "assign"),
    "hold": lambda visitor: _act(visitor, "hold"),
    "empty act": _empty_act,
    "assign, what follows": _assign_ahead,
    "conclude, what follows": _conclude_ahead,
    "call": _call,
    "call with errors": _call_with_errors,
    "call that forgets": _call_that_forgets,
    "caller with wrong words": _caller_with_wrong_words,
    "assess": lambda visitor: _casework(visitor, "assess"),
    "assess without a reason": _no_reason,
    "risk": lambda visitor: _casework(visitor, "risk"),
    "escalated": _escalated,
    "a risk in the list": lambda visitor: visitor.open("/queue/risk/1"),
    "late": lambda visitor: visitor.open("/queue/overdue/1"),
    "log": _log,
    "due": lambda visitor: visitor.open("/queue/due/1"),
    "people": lambda visitor: visitor.open("/people"),
    "member": _member,
    "duties, what follows": _duties_ahead,
    "add": lambda visitor: visitor.open("/people/add"),
    "no paper": _no_paper,
    "somebody asks": _asked,
    "misheard": _misheard,
    "admit, what follows": _compared,
    "admit elsewhere": _compared_elsewhere,
    "bundles": lambda visitor: visitor.open("/bundles"),
    "bad pass": _bad_pass,
    "pass made": _pass_made,
    "bundle written": _bundle_written,
    "bundle refused": _bundle_refused,
    "log exported": _exported,
    "before an audit": lambda visitor: visitor.open("/audit"),
    "audit": _audit,
    "subject access": lambda visitor: visitor.open("/subject-access"),
    "named somewhere": _named,
    "retention": lambda visitor: visitor.open("/retention"),
    "reports that may go": lambda visitor: visitor.open("/ready"),
    "figures": lambda visitor: visitor.open("/figures"),
    "figures as tables": _figures_as_tables,
    "papers": lambda visitor: visitor.open("/figures/oversight"),
    "bad months": _bad_months,
    "paper": _paper,
    "bad interest": _bad_interest,
    "declared": _declared,
    "before a search": lambda visitor: visitor.open("/search"),
    "found": _found,
    "nothing searched": _nothing_searched,
    "marks": _marks,
    "bad mark": _bad_mark,
    "marked": _marked,
    "links": _links,
    "what a case shares": _bonds,
    "empty link": _empty_link,
    "link, what follows": _link_ahead,
    "keys": lambda visitor: visitor.open("/keys"),
    "no such case": lambda visitor: visitor.open("/case/aaaaaaaa"),
    "no such page": lambda visitor: visitor.open("/nothing"),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.sampled(9)
def test_no_barrier_in_any_colours_and_widths(visitor: Visitor, axe: Axe, state: str) -> None:
    page = visitor.page
    page.on("dialog", lambda dialog: dialog.accept())
    page.set_viewport_size({"width": 1200, "height": 900})
    STATES[state](visitor)
    _look(page, axe)


def test_no_barrier_before_it_is_unlocked(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, axe: Axe
) -> None:
    folder = tmp_path_factory.mktemp("locked")
    shop = apart(lambda: make_shop(folder))
    with Served(shop.vault) as served:
        outside = browser.new_page()
        outside.goto(served.origin)
        _look(outside, axe)
        outside.close()
        visitor = come_in(browser, served)
        _look(visitor.page, axe)
        unlock(visitor.page, "wrong")
        _look(visitor.page, axe)
        unlock(visitor.page, PASSPHRASE)
        other = again(browser, visitor)
        other.page.route("**/now", lambda _: None)  # never answered: it does not notice
        other.open(f"/case/{other.cases()[0]}").fill("#text", "typed before it locked")
        visitor.page.get_by_role("button", name="Lock", exact=True).click()
        other.page.get_by_role("button", name="Preview", exact=True).click()
        assert other.page.input_value("#kept") == "typed before it locked"
        _look(other.page, axe)
        visitor.context.close()
        other.context.close()


def _look(page: Page, axe: Axe) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (360, 1200):
            page.set_viewport_size({"width": width, "height": 900})
            rules = ("color-contrast",) if scheme == "dark" else ()  # all that colours change
            assert axe(page, *rules) == [], (scheme, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
