"""S03, position for personal advantage: three files that say who sent them."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import samples
from tests.scenarios.people import CALDER, EWA, NOOR, TOMOS
from tests.scenarios.stage import Reporter, Stage, item, runs_of, subject

pytestmark = pytest.mark.long

ACCOUNT = (
    "DEMO. Insp Colm Adair at Port Calder books overtime for days on which he teaches at his own "
    "driving school. I should not have this sheet. Tell me if it shows where it came from."
)
ANSWER = "DEMO. Thank you. Your files stay with us. What they show we tell in our own words."
BETRAYS = ("J.Penhallow", "J. Penhallow", "R. Quill", "copier 0815", "staff numbers", "SN-0042")
NAMES = ("overtime_Q3.xlsx", "scan.pdf", "IMG_2231.jpg")
SHEET, SCAN, PHOTO = NAMES


def test_files_are_told_anew_and_what_they_betray_is_for_the_analyst_alone(
    pages: Stage, tmp_path: Path
) -> None:
    sent = tmp_path / "hers"
    sent.mkdir()
    for name, content in zip(
        NAMES, (samples.overtime(), samples.pdf(samples._fill_info), samples.photo()), strict=True
    ):
        (sent / name).write_bytes(content)
    reporter = _report(pages, [sent / name for name in NAMES])
    case = reporter.case
    pages.run(NOOR, "sync")
    pages.give(case, TOMOS, EWA)
    files = pages.show(TOMOS, case)[0]["files"]
    assert [each["name"] for each in files] == list(NAMES)

    saved = tmp_path / "saved"
    _save_on_the_page(pages, case, saved)
    _look_into(pages, saved)
    _pass_on(pages, case)
    pages.run(TOMOS, "reply", case, text=ANSWER)
    pages.run(TOMOS, "assess", case, "--stage", "addressing", "--category", "theft and fraud")
    pages.run(TOMOS, "assess", case, "--told")
    pages.run(TOMOS, "conclude", case, "--reason", "referred", "--yes", text="DEMO. Passed on.")
    assert reporter.look() == [ANSWER]
    log = tmp_path / "log"
    pages.run(TOMOS, "export", case, "--out", log)
    exported = log.read_bytes()
    for each in (*BETRAYS, *NAMES, "Adair"):
        assert each.encode() not in exported
    left = pages.traces(ACCOUNT, *runs_of(ACCOUNT), *BETRAYS, *NAMES, reporter.words)
    assert left == {}


def _report(pages: Stage, files: list[Path]) -> Reporter:
    """She is asked who else has this copy, shown what her files hide, and sends them all."""
    writer = pages.writer()

    def attach(page: Page) -> None:
        main = page.locator("main")
        expect(main).to_contain_text("Was it sent to you alone? Copies can be marked")
        expect(main).to_contain_text("We never pass on the file itself")
        page.locator("#files").set_input_files(files)
        shown = page.locator("[data-chosen]")
        for each in ("J.Penhallow", "A hidden sheet", "copier 0815", "SN-0042"):
            expect(shown).to_contain_text(each)
        for choice in page.locator("[data-choice]:visible").all():
            choice.locator("input[value=keep]").check()

    words = writer.report(
        ACCOUNT,
        about=lambda page: page.check('[value="advantage"]'),
        forces=lambda page: page.check('[value="demo-calder"]'),
        files=attach,
    )
    writer.context.close()
    return Reporter(pages, words)


def _save_on_the_page(pages: Stage, case: str, folder: Path) -> None:
    visitor = pages.page(TOMOS)
    for number in range(1, len(NAMES) + 1):
        page = visitor.open(f"/case/{case}/file/reporter/0/{number}")
        expect(page.locator("main")).to_contain_text("dropbox-inbox inspect FILE")
        page.fill("#folder", str(folder))
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("button", name="Save it there", exact=True).click()
    expect(visitor.page.locator(".files .tag--green")).to_have_count(len(NAMES))


def _look_into(stage: Stage, folder: Path) -> None:
    """Each file in a process without a vault: what it says, and what no program sees."""
    said = {name: stage.call("inspect", folder / name).out for name in NAMES}
    for name, holds in (
        (SHEET, ("J.Penhallow", "R. Quill", "A hidden sheet: staff numbers")),
        (SCAN, ("J. Penhallow", "copier 0815")),
        (PHOTO, ("Where it was made", "SN-0042")),
    ):
        for each in holds:
            assert each in said[name], (name, each)
        assert "Who was given this version?" in said[name]


def _pass_on(stage: Stage, case: str) -> None:
    kept = stage.draft(
        TOMOS,
        case,
        pool="unknown",
        items=[
            item("Records suggest overtime by Colm Adair on weekends in the summer.", "A"),
            item("Adair is said to run a driving school on the same days.", "C"),
        ],
        subjects=[subject("Colm Adair", number="Insp", force="DEMO: Port Calder Police")],
        categories=["advantage"],
        corruption=["theft and fraud"],
        recipients=[CALDER.id],
        checks="None.",
        risk_source="Few may have had this version of the record.",
    )
    assert kept.signs == ""
    package = stage.pass_on(case, kept.ref, TOMOS, EWA)
    unit = stage.unit(CALDER)
    report = unit.open(package)
    told = json.dumps(report)
    for each in (*BETRAYS, *NAMES):
        assert each not in told
    assert {each.suffix for each in (unit.folder / "reports").iterdir()} == {".json", ".pdf"}
    stage.take(TOMOS, case, unit.answer(kept.ref))
    asked = unit.answer(kept.ref, "question", "DEMO. May we have the sheet itself?")
    assert "May we have the sheet" in stage.take(TOMOS, case, asked)
    refused = stage.refuse(TOMOS, "reply", case, text="DEMO. May we have the sheet itself?")
    assert "error" in refused  # a unit's question is not put to a reporter as it stands
