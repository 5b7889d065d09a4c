"""S09, a complaint with something in it; S10, a report about the unit that would receive it.

The tests of S10 are one story and are run in their order.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from inbox_ui.work import release_words as words
from tests.scenarios.acts import conclude, find_scenario, press, read_through, reply, report_of
from tests.scenarios.people import EWA, NOOR, NORTHMARCH, SAM, TOMOS, WATCHDOG, WESSENDALE
from tests.scenarios.stage import Reporter, Stage, item, subject

pytestmark = pytest.mark.long

BLOCKED = (
    f"{NORTHMARCH.name} (DEMO: Northmarch Constabulary) must not have it: the reporter asked that "
    f"they do not see it; it names such a unit; somebody who is named works there. "
    f"{words.RECOGNISES} Instead: {WATCHDOG.name}."
)
VERSION = (
    "Tomos Reed recorded casework: intelligence",
    "Tomos Reed recorded casework: reading",
    "Ewa Lindqvist recorded casework: reading",
    "Ewa Lindqvist recorded casework: consent",
)
TEXT = "Information suggests that an officer hides what is written about a relative of hers."


def test_s09_a_complaint_is_shown_the_way_and_what_is_serious_in_it_is_kept(pages: Stage) -> None:
    stage = pages
    assert stage.browser is not None
    with stage.browser.new_context(java_script_enabled=False) as context:
        before = context.new_page()
        before.goto(f"{stage.origin}/what")
        said = before.locator("main").inner_text()
    assert "Use the complaints form of that police force." in said
    assert "is not a complaint by law, and does not give you the rights that go with one" in said
    assert "Are you not sure where it belongs? Write to us all the same." in said
    reporter = stage.report(find_scenario("S09"))
    case = reporter.case
    stage.run(NOOR, "sync")
    stage.give(case, TOMOS, EWA)

    seat = stage.page(EWA)
    page = seat.open(f"/case/{case}/assess")
    page.get_by_label("Part of it", exact=True).check()
    page.fill("#remark", "DEMO. The last line is about a favour.")
    press(page, "Keep the assessment")
    page = seat.open(f"/case/{case}/assess")
    press(page, re.compile("^English ?: Rudeness"))
    kind = page.input_value("#text")
    assert "we are sorry that this happened to you" in kind
    assert "is not a formal complaint" in kind
    assert "If there is more to it that you think is serious, write to us here." in kind
    reply(page, kind)
    stage.run(EWA, "sync")
    assert reporter.look() == [kind]

    kept = stage.draft(
        TOMOS, case,
        items=[item("Information suggests that an officer let a friend off a matter.", "D")],
        categories=["advantage"], corruption=["abuse of authority"],
        recipients=[WESSENDALE.id],
    )  # fmt: skip
    package = stage.pass_on(case, kept.ref, TOMOS, EWA)
    told = json.dumps(stage.unit(WESSENDALE).open(package))
    assert "let a friend off" in told
    assert not [each for each in ("rude", "101", "apolog", "golf") if each in told]

    conclude(
        page, seat.served.origin, case, "Out of scope", "DEMO. The complaint is for the force."
    )
    stage.run(EWA, "sync")
    assert case in stage.queue(EWA, "concluded")
    expect(page.locator("main")).to_contain_text("out of scope")
    expect(page.locator("main")).to_contain_text("Part of it is for this service.")
    assert reporter.look() == [kind]
    assert stage.traces("play golf", "apolog") == {}


@dataclass
class Scene:
    """The report, and the intelligence report that is made of it."""

    stage: Stage
    reporter: Reporter
    ref: str = ""
    package: Path | None = None

    @property
    def case(self) -> str:
        return self.reporter.case


@pytest.fixture(scope="module")
def scene(pages: Stage) -> Scene:
    reporter = pages.report(find_scenario("S10"))
    pages.sync(NOOR, TOMOS, SAM)
    return Scene(pages, reporter)


def test_s10_who_declared_an_interest_sees_neither_the_case_nor_a_word_of_it(scene: Scene) -> None:
    stage, case = scene.stage, scene.case
    for person, there in ((TOMOS, True), (SAM, False)):
        seat = stage.page(person)
        assert (case in seat.cases()) is there
        page = seat.open("/search")
        page.fill("#words", "Lomond counter")
        page.get_by_role("button", name="Search", exact=True).click()
        expect(page.locator("[data-live=count]")).to_be_visible()
        assert (case in page.locator("main").inner_text()) is there
        heading = seat.open(f"/case/{case}").locator("h1")
        expect(heading).to_have_text(f"Case {case}" if there else "It did not work")
    hidden = stage.page(SAM).open("/").locator("main")
    expect(hidden).to_contain_text("hidden because of an interest you declared")
    assert "declared" in stage.refuse(SAM, "show", case)
    assert "declared" in stage.refuse(SAM, "assign", case, SAM.label, text="DEMO. Mine.")


def test_s10_the_unit_it_is_about_is_blocked_and_another_body_is_offered(scene: Scene) -> None:
    stage, case = scene.stage, scene.case
    stage.give(case, TOMOS, EWA)
    kept = stage.draft(
        TOMOS, case,
        items=[item(TEXT)],
        subjects=[subject("Petra Lomond", number="DS", force="Northmarch Constabulary")],
        recipients=[NORTHMARCH.id],
        pool="5 or fewer",
    )  # fmt: skip
    scene.ref = kept.ref
    stage.agree(case, kept.ref, TOMOS, EWA)
    page = stage.page(TOMOS).open(f"/case/{case}/reports")
    own = report_of(page, kept.ref)
    expect(own).to_contain_text(BLOCKED)
    expect(own.get_by_role("button", name="Seal it for its units")).to_have_count(0)
    out = stage.folder / "blocked"
    said = stage.refuse(TOMOS, "intelligence", "send", case, kept.ref, "--into", out)
    assert BLOCKED in said
    assert not out.exists()


def test_s10_two_people_let_it_go_to_the_body_that_stands_in(scene: Scene) -> None:
    stage, case, ref = scene.stage, scene.case, scene.ref
    author, second = stage.page(TOMOS), stage.page(EWA)
    page = author.open(f"/case/{case}/report/{ref}")
    units = page.get_by_role("group", name="To", exact=True)
    units.get_by_label(NORTHMARCH.name).uncheck()
    units.get_by_label(WATCHDOG.name).check()
    press(page, "Keep this version")
    read_through(page, ref)
    own = report_of(page, ref)
    expect(own).to_contain_text("A second person has to agree.")
    expect(own).not_to_contain_text("must not have it")
    expect(own.get_by_role("button", name="Agree that it goes")).to_have_count(0)
    stage.run(TOMOS, "sync")
    stage.run(EWA, "sync")

    other = second.open(f"/case/{case}/reports")
    read_through(other, ref)
    press(other, "Agree that it goes", report_of(other, ref))
    expect(report_of(other, ref)).to_contain_text("You agreed to it, so somebody else has to send")
    expect(other.get_by_role("button", name="Seal it for its units")).to_have_count(0)
    stage.run(EWA, "sync")
    stage.run(TOMOS, "sync")

    page = author.open(f"/case/{case}/reports")
    out = stage.folder / "s10"
    page.fill(f"#{ref}-folder", str(out))
    press(page, "Seal it for its units", report_of(page, ref))
    expect(report_of(page, ref)).to_contain_text(f"sealed for {WATCHDOG.name}")
    [scene.package] = out.iterdir()
    report = stage.unit(WATCHDOG).open(scene.package)
    assert [each["text"] for each in report["items"]] == [TEXT]
    assert report["recipients"] == [WATCHDOG.id]
    blocked = stage.unit(NORTHMARCH)
    with pytest.raises(AssertionError, match="error"):
        blocked.open(scene.package)


def test_s10_the_log_says_who_of_the_team_did_what_and_the_case_is_concluded(scene: Scene) -> None:
    stage, case = scene.stage, scene.case
    answer = stage.unit(WATCHDOG).answer(scene.ref, "outcome", "DEMO. It is being looked into.")
    stage.take(TOMOS, case, answer)
    page = stage.page(TOMOS).open(f"/case/{case}")
    conclude(page, stage.page(TOMOS).served.origin, case, "Referred", "DEMO. With the body.")
    stage.run(TOMOS, "sync")
    assert case in stage.queue(TOMOS, "concluded")
    stage.run(EWA, "sync")
    lines = stage.page(EWA).open(f"/case/{case}/history").locator("tbody tr")
    said = [
        each.removeprefix("DEMO ") for each in lines.locator("td:nth-child(2)").all_inner_texts()
    ]
    assert said == [
        said[0],
        *VERSION,
        *VERSION,
        "Tomos Reed recorded casework: release",
        "Tomos Reed recorded casework: answer",
        said[-1],
    ]
    assert said[0].startswith("Noor Ashby gave the case to ")
    assert said[-1].startswith("Tomos Reed concluded it: referred.")
    stage.run(TOMOS, "audit")
