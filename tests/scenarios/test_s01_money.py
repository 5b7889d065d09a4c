"""S01, information for money: somebody of a small pool, asked twice, weeks apart."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from tests.scenarios.people import EWA, NOOR, NORTHMARCH, TOMOS
from tests.scenarios.stage import Reporter, Stage, item, runs_of, subject

ACCOUNT = (
    "DEMO. DC Rowan Tait of the Northmarch intelligence unit prints vehicle checks that nobody "
    "asked for, and a man called Vee pays him for them at Ashlock services. Only me and three "
    "others are on that rota."
)
ENVELOPE = "DEMO. I saw an envelope change hands twice, by the coffee machine."
SHIFT = "DEMO. Yes it goes on. The last time was 14 November at 05:40, when I opened the office."
TASKING = "Thank you. Can you find out when they meet next, and photograph the printouts?"
QUESTION = (
    "Thank you. Please do not look anything up. From what you already know: how do you know "
    "about the money?"
)
STILL = "As far as you know already, is this still going on? A month or a season is enough."
FEEDBACK = (
    "Thank you for your patience. What you told us was passed on in our words. "
    "Those who have it say that they are acting on it."
)
SAID = (ACCOUNT, ENVELOPE, SHIFT)


def _report(pages: Stage) -> Reporter:
    """In a browser, with scripts; she is warned twice that few people know this."""
    writer = pages.writer()

    def few(page: Page) -> None:
        page.check('[value="five-or-fewer"]')
        warned = page.get_by_text("somebody may guess that it was you")
        expect(warned.first).to_be_visible()

    writer.begin()
    fill: dict[str, Callable[[Page], None]] = {
        "about": lambda page: page.check('[value="influence"]'),
        "forces": lambda page: page.check('[value="demo-northmarch"]'),
        "text": lambda page: page.fill("#text", ACCOUNT),
        "how-many-know": few,
    }
    writer.walk("check", fill)
    found = writer.page.locator("[data-found]")
    expect(found).to_contain_text("five people or fewer know this")
    writer.press()
    writer.wait("sent")
    reporter = Reporter(pages, writer.words)
    writer.context.close()
    return reporter


def _ask_first(pages: Stage, case: str) -> None:
    """Tomos begins with what would make her an agent, is told, and asks something else."""
    visitor = pages.page(TOMOS)
    page = visitor.open(f"/case/{case}")
    expect(page.locator("main")).to_contain_text("five or fewer know this")
    page.fill("#text", TASKING)
    page.get_by_role("button", name="Preview", exact=True).click()
    flagged = page.get_by_role("region", name="Read this again before it goes out")
    for words in ("find out", "photograph"):
        expect(flagged).to_contain_text(words)
    page.get_by_role("button", name="Change it", exact=True).click()
    page.fill("#text", QUESTION)
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator("h1")).to_have_text("This is what the reporter will see")
    expect(page.locator(".alarms")).to_have_count(0)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".message--team").last).to_contain_text("how do you know")


def _assess(pages: Stage, case: str) -> None:
    page = pages.page(TOMOS).open(f"/case/{case}/assess")
    expect(page.get_by_label("Disclosure of information")).to_be_visible()
    pages.run(TOMOS, "assess", case, "--stage", "assessing", "--category", "disclosure")
    pages.run(TOMOS, "assess", case, "--scope", "inside")


MONEY = "Information suggests that Rowan Tait takes money for results of vehicle checks."
PAYER = "A person known as Vee may be paying for them."


def _write(stage: Stage, case: str) -> str:
    """The first version has words of hers and the day of one shift; the second has neither."""
    common: dict[str, Any] = {
        "pool": "more than 5",  # a slip: what the reporter said holds
        "subjects": [subject("Rowan Tait", number="DC", team="Intelligence unit")],
        "categories": ["influence"],
        "corruption": ["disclosure"],
        "recipients": [NORTHMARCH.id],
        "checks": "None: a check would be seen.",
        "risk_source": "The number of people who may know is small.",
    }
    first = stage.draft(
        TOMOS,
        case,
        items=[item("The source saw an envelope change hands twice on 14 November at 05:40.", "A")],
        **common,
    )
    for sign in ("Copied from the reporter", "An exact time", "A date or day"):
        assert sign in first.signs
    said = stage.run(TOMOS, "intelligence", "show", case).out
    assert "Words of the reporter are still in it." in said
    kept = stage.draft(
        TOMOS,
        case,
        ref=first.ref,
        items=[item(f"{MONEY} This went on in the autumn.", "A"), item(PAYER, "D")],
    )
    assert kept.signs == ""
    return kept.ref


def _let_go(stage: Stage, case: str, ref: str) -> Path:
    """It takes a second reader, for few people know; and a second person, who is not the author."""
    stage.run(TOMOS, "intelligence", "read", case, ref, "--all")
    stage.sync(EWA)
    assert "A second person has to go through" in stage.refuse(
        EWA, "intelligence", "consent", case, ref
    )
    assert "error" in stage.refuse(TOMOS, "intelligence", "consent", case, ref)
    stage.run(EWA, "intelligence", "read", case, ref, "--all")
    assert "error" in stage.refuse(
        TOMOS, "intelligence", "send", case, ref, "--into", stage.folder / "packages"
    )
    stage.run(EWA, "intelligence", "consent", case, ref)
    [package] = stage.send(TOMOS, case, ref)
    return package


def _check_package(stage: Stage, package: Path) -> str:
    """What the unit has: two items, graded apart, and none of her words."""
    unit = stage.unit(NORTHMARCH)
    report = unit.open(package)
    assert report["source"] == "2"
    assert [each["information"] for each in report["items"]] == ["A", "D"]
    assert report["corruption"] == ["disclosure"]
    assert not {"reporter", "author", "contact", "language"} & set(report)
    assert "14 November" not in json.dumps(report)
    with pikepdf.open(unit.folder / "reports" / f"{report['ref']}.pdf") as pdf:
        printed = " ".join(text_of(page) for page in pdf.pages)
    assert "Rowan Tait takes money" in printed  # the control: it can be read
    for run in runs_of(*SAID):
        assert run not in _plain(printed)
        assert run not in _plain(json.dumps(report))
    return str(report["ref"])


def text_of(page: pikepdf.Page) -> str:
    """The strings that a page of ours shows, in their order."""
    shown = (each for each in pikepdf.parse_content_stream(page) if str(each.operator) == "Tj")
    return " ".join(str(each.operands[0]) for each in shown)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


@pytest.mark.slow
def test_from_a_report_of_a_small_pool_to_what_came_of_it(pages: Stage) -> None:
    reporter = _report(pages)
    case = reporter.case
    pages.run(NOOR, "sync")
    pages.give(case, TOMOS, EWA)
    assert pages.show(TOMOS, case)[0]["text"] == ACCOUNT
    _ask_first(pages, case)
    _assess(pages, case)
    pages.leave()
    pages.sync(TOMOS)
    assert reporter.look() == [QUESTION]
    reporter.answer(ENVELOPE)
    pages.go(days=16)
    pages.run(TOMOS, "reply", case, text=STILL)
    assert reporter.look() == [QUESTION, STILL]
    reporter.answer(SHIFT)

    ref = _write(pages, case)
    package = _let_go(pages, case, ref)
    assert _check_package(pages, package) == ref
    unit = pages.unit(NORTHMARCH)
    assert "has it" in pages.take(TOMOS, case, unit.answer(ref))
    outcome = unit.answer(ref, "outcome", "DEMO. An audit of his checks has begun.")
    assert "An audit of his checks" in pages.take(TOMOS, case, outcome)
    reports = pages.page(TOMOS).open(f"/case/{case}/reports")
    assert "An audit of his checks" in reports.locator("main").inner_text()
    pages.leave()

    pages.run(TOMOS, "reply", case, text=FEEDBACK)
    pages.run(TOMOS, "assess", case, "--stage", "addressing", "--told")
    pages.run(TOMOS, "conclude", case, "--reason", "referred", "--yes", text="DEMO. Passed on.")
    assert case in pages.queue(TOMOS, "concluded")
    assert reporter.look()[-1] == FEEDBACK
    assert pages.traces(*SAID, *runs_of(*SAID), reporter.words, QUESTION, FEEDBACK) == {}
