"""What a signed page or script may refer to."""

import pytest

from dropbox.client.references import has_inline, undeclared_of_page, undeclared_of_script

DECLARED = {"/", "/report", "/assets/site.css", "/assets/js/report.js", "/assets/js/a/b.js"}


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ('<script type="module" src="/assets/js/report.js"></script>', []),
        ('<script src="/assets/js/other.js"></script>', ["/assets/js/other.js"]),
        ('<SCRIPT SRC="https://x.example/a.js"></SCRIPT>', ["https://x.example/a.js"]),
        ('<script src="//x.example/a.js"></script>', ["//x.example/a.js"]),
        ('<link rel="stylesheet" href="/assets/site.css">', []),
        ('<link rel="modulepreload" href="/x.js">', ["/x.js"]),
        ('<img src="data:image/png;base64,x">', ["data:image/png;base64,x"]),
        ('<iframe src="/report"></iframe>', []),
        ('<a href="/report">x</a><a href="#main">x</a><a href="/plain/open">x</a>', []),
        ('<a href="https://www.torproject.org/">x</a>', []),
        ('<a href="http://x.example/">x</a>', ["http://x.example/"]),
        ('<a href="javascript:alert(1)">x</a>', ["javascript:alert(1)"]),
        ('<a href="/report?who=me">x</a>', ["/report?who=me"]),
        ('<a href="/secret">x</a>', ["/secret"]),
        ('<form action="/taken"></form>', ["/taken"]),
        ('<object data="/x.swf"></object>', ["/x.swf"]),
    ],
)
def test_a_page_refers_to_what_is_declared(html: str, named: list[str]) -> None:
    assert list(undeclared_of_page(html, DECLARED)) == named


@pytest.mark.parametrize(
    ("html", "inline"),
    [
        ("<p>on the way</p>", False),
        ('<script src="/assets/js/report.js"></script>', False),
        ('<script type="application/json">{"a":1}</script>', False),
        ("<script>alert(1)</script>", True),
        ("<p onclick=x>", True),
        ("<svg/onload=alert(1)>", True),
        ('<p style="x">', True),
        ("<style>p{}</style>", True),
        ('<base href="/x">', True),
        ('<meta http-equiv="refresh" content="0">', True),
        ('<meta name="robots" content="noindex">', False),
    ],
)
def test_what_is_inline_is_seen(html: str, inline: bool) -> None:
    assert has_inline(html) == inline


@pytest.mark.parametrize(
    ("script", "named"),
    [
        ('import { a } from "./a/b.js";', []),
        ('import{a}from"./other.js";', ["./other.js"]),
        ('import "./a/../a/b.js"; import("../js/report.js")', []),
        ("new Worker(new URL('./worker.js', import.meta.url))", ["./worker.js"]),
        ('import x from "/assets/js/x.js"', ["/assets/js/x.js"]),
        ('// read from "the page" and import("node:crypto")', []),
        ('export * from "../../../etc/x.js"', ["../../../etc/x.js"]),
    ],
)
def test_a_script_imports_what_is_declared(script: str, named: list[str]) -> None:
    assert list(undeclared_of_script("/assets/js/c.js", script, DECLARED)) == named
