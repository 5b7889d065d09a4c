"""The twin of ``crypto/`` in a real browser: every shared vector, under the site's own policy.

In a module worker and in a page; compiled, and with WebAssembly refused, by the policy and by a
browser that has none.
"""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from dropbox.site.policy import POLICY
from tests.browser import twin
from tests.browser.apart import apart
from tests.browser.chromium import open_browser
from tests.browser.pages import Pages
from tests.needs import needs
from tests.vectors.case import FOLDER

COUNTS = {
    path.stem: len(json.loads(path.read_text("utf-8"))["cases"]) for path in FOLDER.glob("*.json")
}
RUN = "names => import('/tests/static/page.js').then((page) => page.{}(names))"
IN_PAGE, IN_WORKER = RUN.format("runVectors"), RUN.format("runInWorker")
TEAM_ONLY = {
    "case-chains",
    "erasures",
    "grants",
    "receiving",
    "rosters",
    "team-documents",
}
"""As in tests/static/vectors.js, where node asserts that no other file is left out."""
NAMES = sorted(COUNTS.keys() - TEAM_ONLY)
HEAVY = ("files", "mailboxes", "team-chains")
"""A minute and more in plain JavaScript: megabytes, Argon2id, hundreds of envelopes."""
REFUSED = POLICY.replace(" 'wasm-unsafe-eval'", "")
COMPILED = "/static/js/vendor/libsodium.wasm"
PLAIN = "/static/js/vendor/libsodium-plain.mjs"


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with Pages(twin.answers(), POLICY) as running:
        yield running


@pytest.fixture(scope="module")
def refusing() -> Iterator[Pages]:
    assert REFUSED != POLICY
    with Pages(twin.answers(), REFUSED) as running:
        yield running


def _check(page: Page, pages: Pages, where: str, names: list[str], *, compiled: bool) -> None:
    pages.asked.clear()
    page.goto(pages.origin)
    found = page.evaluate(where, names)
    assert found["wrong"] == []
    assert found["run"] == {name: COUNTS[name] for name in names}
    assert found["compiled"] is compiled
    assert pages.asked.count(COMPILED) == compiled
    assert pages.asked.count(PLAIN) == (not compiled)  # only one of the two is ever fetched


@pytest.mark.slow
@pytest.mark.parametrize("where", [IN_PAGE, IN_WORKER], ids=["page", "worker"])
def test_every_vector_holds_with_webassembly(browser: Browser, pages: Pages, where: str) -> None:
    with browser.new_context() as context:
        _check(context.new_page(), pages, where, NAMES, compiled=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "names"),
    [(IN_PAGE, [name for name in NAMES if name not in HEAVY]), (IN_WORKER, ["mailboxes"])],
    ids=["page", "worker"],
)
def test_the_vectors_hold_where_the_policy_refuses_webassembly(
    browser: Browser, refusing: Pages, where: str, names: list[str]
) -> None:
    with browser.new_context() as context:
        _check(context.new_page(), refusing, where, names, compiled=False)


@pytest.mark.slow
def test_the_vectors_hold_in_a_browser_without_webassembly(pages: Pages) -> None:
    """And without compiled JavaScript, as Tor Browser is at "Safer"."""
    needs("chromium")

    def run() -> None:
        with (
            sync_playwright() as playwright,
            open_browser(playwright, "--js-flags=--jitless") as bare,
        ):
            page = bare.new_page()
            page.goto(pages.origin)
            assert page.evaluate("typeof WebAssembly") == "undefined"
            _check(page, pages, IN_WORKER, ["keys", "wraps"], compiled=False)

    apart(run)
