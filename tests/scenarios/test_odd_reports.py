"""Reports that no form was made for: an analyst sees each of them whole, and nothing happens."""

import re

import pytest
from playwright.sync_api import expect

from deploy.demo.corpus import Attachment, Lane, Scenario
from tests.browser.workstation import watch
from tests.scenarios.people import TOMOS
from tests.scenarios.stage import Stage

pytestmark = pytest.mark.long

LONGEST = 40_000
HIDING = ("\u202e", "\u2066", "\u200f", "\u200d", "\u2028", "\x1b", "\x07")
MAIL = """DEMO
Received: from mail.northmarch.example (192.0.2.7) by mx.example with ESMTP; Tue, 3 Nov 2026
From: "Rowan Tait" <rowan.tait@northmarch.example>
To: <everybody@northmarch.example>
Subject: =?utf-8?q?Vee?= http://northmarch.example/rota?who=me
Content-Type: text/html; charset=utf-8

<html><body onload="alert(1)"><img src="http://192.0.2.7/seen.png"><a href="javascript:x">Vee</a>
<script>document.title = "gone"</script></body></html>
> --
> tel:+442079460123"""
RIGHT_TO_LEFT = (
    "DEMO. \u202egnp.exe\u202c \u2066שלום\u2069 مرحبا \u200fבדיקה 👩\u200d👧\u200d👦 ❤\ufe0f "
    "a\u0301\u0302\u0303 \u2028 "
)


def _as_sent(text: str) -> str:
    """Line ends and blanks at the end are those of a form."""
    return text.replace("\r\n", "\n").rstrip()


def _odd(name: str, text: str, lane: Lane = Lane.COMMAND, *files: Attachment) -> Scenario:
    return Scenario(name, name, "other", (), _as_sent(text), attachments=files, lane=lane)


ODD = (
    _odd("one letter", "x", Lane.PLAIN),
    _odd("forty thousand", "DEMO BEGINS " + "wordy " * 6_660 + "ENDS DEMO"),
    _odd("emoji and right to left", RIGHT_TO_LEFT + "😀🏴" * 14_000 + "END"),
    _odd("a pasted mail", MAIL, Lane.PLAIN),
    _odd("only a file", "", Lane.COMMAND, Attachment("DEMO_statement.pdf", b"%PDF-1.7 DEMO")),
)


@pytest.mark.parametrize("odd", ODD, ids=lambda each: each.name)
def test_an_odd_report_is_shown_whole_and_safe(pages: Stage, odd: Scenario) -> None:
    assert len(odd.text) <= LONGEST
    reporter = pages.report(odd)
    pages.run(TOMOS, "sync")
    seat = pages.page(TOMOS)
    seen = watch(seat.page, seat.served.origin)
    page = seat.open(f"/case/{reporter.case}")
    message = page.locator(".message--reporter")
    expect(message).to_have_count(1)
    shown = message.locator("p.visible-text")
    if odd.text:
        text = shown.text_content() or ""
        assert not [each for each in HIDING if each in text]
        assert re.sub(r"<U\+([0-9A-F]+)>", lambda found: chr(int(found[1], 16)), text) == odd.text
    else:
        expect(shown).to_have_count(0)
        expect(message).to_contain_text("There are no words, only files.")
        expect(message.locator(".files .visible-text")).to_have_text("DEMO_statement.pdf")
        expect(message.locator(".files a")).to_contain_text("Look or save")
    assert message.locator("img, a[href*=':'], script, iframe").count() == 0
    assert page.title().startswith(f"Case {reporter.case}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen == []

    printed = pages.run(TOMOS, "show", reporter.case, "--offline").out
    assert not [each for each in HIDING if each in printed]
    [told] = pages.show(TOMOS, reporter.case)
    assert told["text"] == odd.text
    pages.run(TOMOS, "acknowledge", reporter.case)
    assert reporter.case not in pages.queue(TOMOS, "new")
