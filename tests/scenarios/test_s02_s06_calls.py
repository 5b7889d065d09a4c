"""S02 and S06, by telephone: a name that slipped out, and one that was given and taken back."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.scenarios.people import CASS, EWA, NOOR, STAFF, TOMOS, WESSENDALE
from tests.scenarios.stage import Reporter, Stage, item, runs_of, subject
from tests.scenarios.telephone import Telephone


@pytest.fixture
def telephone(pages: Stage) -> Iterator[Telephone]:
    """With the test, the program ends that may still hold a call."""
    yield Telephone(pages)
    pages.leave()


# -- S02 ----------------------------------------------------------------------------------------

TOLD = (
    "DEMO. Sgt Imelda Crane does licensing for Wessendale. The Blue Lantern always knows when a "
    "visit is coming. She drinks there for nothing, and they paid for a week in Faro."
)
SLIPPED = "Ottoline Slipwright"
HOW = "DEMO. How do you know about the holiday? You do not have to say who told you."
HEARD = "DEMO. The barman said it to all of us, one night after closing."
FEEDBACK = "DEMO. Thank you. What you told us was passed on in our own words, and is being used."


def test_influence_for_favours_by_a_caller_whose_name_slipped_out(
    pages: Stage, telephone: Telephone
) -> None:
    reporter = _first_call(telephone)
    case = reporter.case
    pages.run(NOOR, "sync")
    pages.give(case, TOMOS, EWA)
    [report] = pages.show(TOMOS, case)[:1]
    assert report["text"] == f"{TOLD} I am, and I clean there."
    for each in STAFF:
        assert SLIPPED not in json.dumps(pages.show(each, case) if each is not CASS else "")
    pages.run(TOMOS, "reply", case, text=HOW)

    assert HOW in telephone.ring_again(reporter.words)
    assert "Blue Lantern" not in telephone.page.content()
    telephone.answer(HEARD)
    telephone.hang_up()
    assert pages.show(TOMOS, case)[-1]["text"] == HEARD

    _pass_on(
        pages,
        case,
        [
            item("Information suggests that Imelda Crane gives notice of licensing visits.", "A"),
            item("Crane may have been given a trip abroad by a licensee.", "C"),
        ],
        subjects=[subject("Imelda Crane", number="Sgt", role="Licensing", team="Licensing")],
        categories=["influence"],
        corruption=["disclosure", "inappropriate association"],
        risk_source="Those who work at the bar may guess.",
    )
    pages.run(TOMOS, "reply", case, text=FEEDBACK)
    pages.run(TOMOS, "assess", case, "--stage", "addressing", "--scope", "inside", "--told")
    pages.run(TOMOS, "conclude", case, "--reason", "referred", "--yes", text="DEMO. Passed on.")
    assert FEEDBACK in telephone.ring_again(reporter.words)
    telephone.hang_up()
    said = (TOLD, HEARD)
    assert pages.traces(SLIPPED, *said, *runs_of(*said), reporter.words, FEEDBACK) == {}


def _first_call(telephone: Telephone) -> Reporter:
    telephone.begin({"text": f"{TOLD} I am {SLIPPED}, and I clean there.", "told": SLIPPED})
    page = telephone.page
    assert page.locator("input[type=tel], [name=number], [name=caller], [name=name]").count() == 0
    page.locator('[name="category"][value="influence"]').check()
    page.select_option("#force", "demo-wessendale")
    page.fill("#slipped", SLIPPED)
    telephone.press("Forget that")
    expect(page.get_by_role("status").filter(has_text="It stood in 2 places")).to_be_visible()
    assert SLIPPED not in page.content()
    return telephone.send()


def _pass_on(stage: Stage, case: str, items: list[dict[str, str]], **said: Any) -> None:
    """Two people let it go; the unit has it, and says what came of it."""
    kept = stage.draft(
        TOMOS,
        case,
        pool="unknown",
        items=items,
        recipients=[WESSENDALE.id],
        checks="None.",
        **said,
    )
    assert kept.signs == ""
    package = stage.pass_on(case, kept.ref, TOMOS, EWA)
    unit = stage.unit(WESSENDALE)
    report = unit.open(package)
    assert [each["text"] for each in report["items"]] == [each["text"] for each in items]
    stage.take(TOMOS, case, unit.answer(kept.ref))
    stage.take(TOMOS, case, unit.answer(kept.ref, "outcome", "DEMO. It is being looked into."))


# -- S06 ----------------------------------------------------------------------------------------

ACCOUNT = (
    "DEMO. My sister is married to a community support officer at Wessendale. He controls her "
    "money, follows where her car goes, and says his friends at work will see to it if she "
    "leaves. Their child is seven."
)
NAME = "Verity Ashgrove-Canary"
CONTACT = (
    f"DEMO. {NAME}, 020 7946 0123. Tuesdays ten to twelve only. Say: you are from the library."
)
LOOK_AGAIN = "DEMO. Thank you. A person has read this. You can take your name back at any time."


@pytest.mark.long
def test_coercive_control_by_a_caller_who_takes_her_name_back(
    pages: Stage, telephone: Telephone
) -> None:
    reporter = _confidential_call(telephone)
    case = reporter.case
    pages.run(NOOR, "sync")
    pages.give(case, TOMOS, EWA)
    _nobody_has_her_name(pages, case)
    _refer_child(pages, case)
    pages.run(TOMOS, "reply", case, text=LOOK_AGAIN)
    pages.run(TOMOS, "contact", case, "--request", text="DEMO. To plan a safe first contact.")
    _nobody_has_her_name(pages, case)  # one person's word is not enough

    pages.go(days=21)
    assert LOOK_AGAIN in telephone.ring_again(reporter.words)
    telephone.take_name_back()
    telephone.hang_up()
    # A custodian sees nothing of a case but that somebody asked. Her half opens nothing any more.
    pages.run(NOOR, "contact", case, "--release", text="DEMO. Agreed.")
    _nobody_has_her_name(pages, case)
    again = pages.refuse(TOMOS, "contact", case, "--request", text="DEMO. Please.")
    assert "error" in again

    _pass_on(
        pages,
        case,
        [
            item("Information suggests that an officer of this force controls a partner.", "C"),
            item("A young child lives in the household.", "C"),
        ],
        subjects=[subject(role="Community support officer", force="DEMO: Wessendale Police")],
        categories=["partner"],
        corruption=["abuse of authority"],
        risk_others="A partner and a child. Social care has been told.",
    )
    pages.run(TOMOS, "reply", case, text=FEEDBACK)
    pages.run(TOMOS, "assess", case, "--stage", "addressing", "--told")
    pages.run(TOMOS, "conclude", case, "--reason", "referred", "--yes", text="DEMO. Passed on.")
    assert FEEDBACK in telephone.ring_again(reporter.words)
    telephone.hang_up()
    assert pages.traces(NAME, CONTACT, ACCOUNT, *runs_of(ACCOUNT, CONTACT), reporter.words) == {}


def _confidential_call(telephone: Telephone) -> Reporter:
    """Her name is taken only on the track for it, and only after a second question."""
    telephone.begin({"text": ACCOUNT, "harmed": "My sister and her child."})
    page = telephone.page
    page.locator('[name="category"][value="partner"]').check()
    page.select_option("#force", "demo-wessendale")
    assert page.locator("#contact").count() == 0
    page.locator('[name="track"][value="confidential"]').check()
    telephone.press("Keep what stands here")
    page.fill("#contact", CONTACT)
    telephone.ask("Send the report")
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("#sure-error")).to_be_visible()
    page.locator('[name="sure"]').check()
    return telephone.send()


def _nobody_has_her_name(stage: Stage, case: str) -> None:
    for each in (NOOR, TOMOS, EWA):
        assert NAME not in json.dumps(stage.show(each, case))
        assert "error" in stage.refuse(each, "contact", case, "--show")


def _refer_child(stage: Stage, case: str) -> None:
    page = stage.page(TOMOS).open(f"/case/{case}/risk")
    expect(page.locator("main")).to_contain_text("Is a child at risk")
    expect(page.locator(".alarms").first).to_contain_text("Wessendale Police")
    page.fill("#danger", "DEMO. A child of seven lives there.")
    page.fill("#called", "Children's social care of the council, DEMO")
    page.fill("#when", "14:10")
    page.fill("#said", "DEMO. They have it, and go round without the police.")
    page.get_by_role("button", name="Write it down", exact=True).click()
    expect(page.locator(".thread")).to_contain_text("Children's social care")
    thrive = "vulnerability: high, a child lives there\nharm: medium, controls her money\n"
    file = stage.write("thrive", thrive)
    stage.run(TOMOS, "assess", case, "--stage", "assessing", "--thrive-file", file)
    shown = stage.run(TOMOS, "assess", case).out
    assert "a child lives there" in shown
    over = "said: DEMO. Social care has seen her; no danger now.\n"
    stage.run(TOMOS, "escalate", case, "--over", text=over)
    assert case not in stage.queue(TOMOS, "risk")
