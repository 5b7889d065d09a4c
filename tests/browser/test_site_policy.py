"""The static site's one policy in a real browser: what it allows is needed, what it stops is not.

A worker is given one address through one Trusted Types policy, compiles WebAssembly, and makes
libsodium hash something; strings become neither code nor markup, and no form goes out.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from dropbox.site.assets import read_assets
from dropbox.site.policy import POLICY
from tests.browser.pages import Answer, Pages

HTML = "text/html; charset=utf-8"
JS = "text/javascript; charset=utf-8"
PAGE = b"""<!doctype html><html lang="en"><title>Start</title>
<script type="module" src="/page.js"></script>
<form id="form" method="post" action="/taken"><input name="text" value="what was typed"></form>"""
SCRIPT = b"""
const ours = new URL("/worker.js", location.origin).href;
const types = globalThis.trustedTypes?.createPolicy("worker", {
  createScriptURL: (url) => { if (url !== ours) throw new TypeError("no"); return url; },
});
const refused = (what) => { try { what(); return "done"; } catch (error) { return error.name; } };
globalThis.evaluated = [() => eval("1"), () => new Function("1")()].map(refused);
globalThis.answered = new Promise((done) => {
  const worker = new Worker(types ? types.createScriptURL(ours) : ours, { type: "module" });
  worker.onmessage = (event) => done(event.data);
  worker.onerror = (event) => done(`failed: ${event.message}`);
});
"""
WORKER = b"""
import sodium from "/assets/js/vendor/libsodium-wrappers.mjs";
await sodium.ready;
const refused = (what) => { try { what(); return "done"; } catch (error) { return error.name; } };
postMessage({
  hash: sodium.to_hex(sodium.crypto_generichash(32, "abc")),
  wasm: sodium.libsodium.useBackupModule === undefined && typeof WebAssembly === "object",
  evaluated: refused(() => eval("1")),
});
"""


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    answers = {
        "/": Answer(HTML, PAGE),
        "/page.js": Answer(JS, SCRIPT),
        "/worker.js": Answer(JS, WORKER),
        "/taken": Answer(HTML, b"taken"),
    }
    for asset in read_assets().values():
        answers[asset.path] = Answer(asset.content_type, asset.body)
    with Pages(answers, POLICY) as running:
        yield running


@pytest.fixture
def page(browser: Browser, pages: Pages) -> Iterator[Page]:
    pages.asked.clear()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(pages.origin)
        yield page


def test_a_module_worker_runs_libsodium_and_evaluates_no_text(page: Page) -> None:
    answered = page.evaluate("answered")
    assert answered == {
        # BLAKE2b-256 of "abc"
        "hash": "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319",
        "wasm": True,
        "evaluated": "EvalError",
    }


def test_a_page_evaluates_no_text(page: Page) -> None:
    page.evaluate("answered")  # asked of the page: what a debugger evaluates is let through
    assert page.evaluate("evaluated") == ["EvalError", "EvalError"]


@pytest.mark.parametrize(
    "attempt",
    [
        "document.body.innerHTML = '<b>x</b>'",
        "new Worker('/worker.js', {type: 'module'})",
        "new Worker('/elsewhere.js')",
        "document.createElement('script').src = '/page.js'",
        "document.createElement('script').text = '1'",
        "trustedTypes.createPolicy('another', {createHTML: (html) => html})",
        "trustedTypes.createPolicy('worker', {createHTML: (html) => html})",
    ],
)
def test_a_text_becomes_neither_code_nor_markup(page: Page, attempt: str) -> None:
    page.evaluate("answered")
    tried = f"() => {{ try {{ {attempt}; return ''; }} catch (error) {{ return error.name; }} }}"
    assert page.evaluate(tried) in {"TypeError", "EvalError"}


def test_no_form_of_a_static_page_can_carry_what_was_typed(page: Page, pages: Pages) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate("document.getElementById('form').submit()")
    page.wait_for_timeout(300)
    assert "/taken" not in pages.asked
    assert any("form-action" in each for each in said)


def test_the_policy_never_allows_text_to_be_evaluated() -> None:
    assert "'unsafe-eval'" not in POLICY
    assert "'unsafe-inline'" not in POLICY
    assert "," not in POLICY  # WEBCAT takes one policy
