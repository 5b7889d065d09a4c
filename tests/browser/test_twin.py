"""The twin of ``crypto/`` in a real browser: every shared vector, under the site's own policy.

In a module worker and in a page; compiled, and with WebAssembly refused, by the policy and by a
browser that has none.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from dropbox.site.policy import POLICY
from tests.browser import twin
from tests.browser.pages import Pages
from tests.vectors.case import FOLDER

COUNTS = {
    path.stem: len(json.loads(path.read_text("utf-8"))["cases"]) for path in FOLDER.glob("*.json")
}
IN_PAGE = "import('/tests/static/page.js').then((page) => page.runVectors())"
IN_WORKER = "import('/tests/static/page.js').then((page) => page.runInWorker())"
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


def _run(page: Page, pages: Pages, what: str) -> Any:
    page.goto(pages.origin)
    return page.evaluate(what)


def _check(found: Any, compiled: bool) -> None:
    assert found["wrong"] == []
    assert found["run"] == COUNTS
    assert found["compiled"] is compiled


@pytest.mark.parametrize("where", [IN_PAGE, IN_WORKER], ids=["page", "worker"])
def test_every_vector_holds_with_webassembly(browser: Browser, pages: Pages, where: str) -> None:
    pages.asked.clear()
    with browser.new_context() as context:
        _check(_run(context.new_page(), pages, where), compiled=True)
    assert PLAIN not in pages.asked
    assert pages.asked.count(COMPILED) == 1


@pytest.mark.slow
@pytest.mark.parametrize("where", [IN_PAGE, IN_WORKER], ids=["page", "worker"])
def test_every_vector_holds_where_the_policy_refuses_webassembly(
    browser: Browser, refusing: Pages, where: str
) -> None:
    refusing.asked.clear()
    with browser.new_context() as context:
        _check(_run(context.new_page(), refusing, where), compiled=False)
    assert COMPILED not in refusing.asked
    assert refusing.asked.count(PLAIN) == 1
