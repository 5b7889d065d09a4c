"""A reporter's text never becomes markup, a link or a request (CHECKS T22, T36, T37).

The policy is switched off here, so that the escaping has to hold by itself.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.apart import apart
from tests.browser.workstation import Visitor, come_in, make_hostile_shop, unlock, watch
from tests.inbox_ui.served import Served
from tests.payloads import PAYLOADS

FOREIGN = {"img", "iframe", "svg", "math", "object", "embed", "video", "audio", "base", "style"}
TRAP = "window.pwned = () => { window.wasPwned = true; };"


@pytest.fixture(scope="module")
def visitor(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    folder = tmp_path_factory.mktemp("hostile")
    shop = apart(lambda: make_hostile_shop(folder))
    with Served(shop.vault) as served:
        visitor = come_in(browser, served, bypass_csp=True)
        visitor.context.add_init_script(TRAP)
        unlock(visitor.page)
        yield visitor
        visitor.context.close()


def _elements(page: Page) -> dict[str, int]:
    return page.evaluate(  # type: ignore[no-any-return]
        """() => {
            const counted = {};
            for (const each of document.querySelectorAll("*"))
                counted[each.localName] = (counted[each.localName] ?? 0) + 1;
            return counted;
        }"""
    )


def test_the_trap_would_catch_them(browser: Browser) -> None:
    with browser.new_context(bypass_csp=True) as context:
        context.add_init_script(TRAP)
        page = context.new_page()
        seen = watch(page, "http://127.0.0.1")
        page.goto("about:blank")
        some = "".join(each for each in PAYLOADS if "location" not in each)
        page.set_content(some, wait_until="commit")
        page.wait_for_timeout(500)
        assert page.evaluate("window.wasPwned")
        assert any(each.startswith("dialog") for each in seen)
        assert any("probe.invalid" in each for each in seen)


OURS = (
    "history", "assess", "questions", "marks", "links", "reports", "do/assign", "do/conclude",
    "do/hold",
)  # fmt: skip
"""Where a case's page leads."""


def test_no_payload_runs_asks_or_leaves_an_element(visitor: Visitor) -> None:
    seen = watch(visitor.page, visitor.served.origin)
    shown = ""
    names = visitor.cases()
    counts = []
    for name in names:
        page = visitor.open(f"/case/{name}")
        assert page.title() == f"Case {name}", page.locator("main").inner_text()
        page.mouse.move(600, 400)
        for _ in range(10):
            page.keyboard.press("Tab")
        assert page.evaluate("document.querySelectorAll('.visible-text *').length") == 0
        links = page.locator("main a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        ours = {"/", *(f"/case/{name}/{each}" for each in OURS)}
        assert {each for each in links if not each.startswith(f"/case/{name}/file/")} <= ours
        counts.append(_elements(page))
        assert not page.evaluate("'wasPwned' in window")
        shown += page.locator("main").inner_text()
    assert not FOREIGN & {each for count in counts for each in count}
    [most] = {tuple(sorted(each.items())) for each in counts if each["dd"] == 20}
    assert dict(most)["script"] == 1
    assert all(each.replace("\t", "<U+0009>") in shown for each in PAYLOADS)
    assert [each for each in seen if "favicon" not in each] == []


def test_no_file_name_or_kind_runs_or_asks(visitor: Visitor) -> None:
    seen = watch(visitor.page, visitor.served.origin)
    counts = set()
    for name in visitor.cases()[:3]:
        for number in range(1, 9):
            page = visitor.open(f"/case/{name}/file/reporter/0/{number}")
            counts.add(tuple(sorted(_elements(page).items())))
            assert not page.evaluate("'wasPwned' in window")
    assert len(counts) == 1
    assert [each for each in seen if "favicon" not in each] == []


def test_what_the_analyst_writes_is_text_too(visitor: Visitor) -> None:
    seen = watch(visitor.page, visitor.served.origin)
    name = visitor.cases()[0]
    for payload in PAYLOADS[::12]:
        page = visitor.open(f"/case/{name}")
        page.fill("#text", payload)
        page.get_by_role("button", name="Preview", exact=True).click()
        assert payload.replace("\t", "<U+0009>") in page.locator("main .message").inner_text()
        page.get_by_role("button", name="Change it", exact=True).click()
        assert page.input_value("#text") == payload
        assert not page.evaluate("'wasPwned' in window")
    visitor.open("/").fill("#wanted", '"><img src=x onerror=pwned()>')
    visitor.page.get_by_role("button", name="Filter", exact=True).click()
    assert visitor.page.locator("img").count() == 0
    assert not visitor.page.evaluate("'wasPwned' in window")
    assert [each for each in seen if "favicon" not in each] == []
