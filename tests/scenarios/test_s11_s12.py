"""S11, two reports about a man of two forces; S12, one who fishes, three times, with bad files."""

import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from deploy.demo.corpus import Attachment
from inbox_ui.work.sanitising import Sign
from tests.browser.workstation import watch
from tests.samples import picture, saved
from tests.scenarios.acts import (
    conclude,
    find_scenario,
    press,
    preview,
    reply,
    report_of,
    signs_of,
)
from tests.scenarios.people import CALDER, EWA, NOOR, TOMOS, WESSENDALE
from tests.scenarios.stage import Reporter, Stage, item, subject

pytestmark = pytest.mark.long

LATER = find_scenario("S11b")
SELLS = "Information suggests that an officer at a railway station sells lost property."
SERVED = "Information suggests that a man who left that force may sell what others have lost."


def test_s11_two_reports_are_linked_and_stay_two_and_each_unit_is_told_its_part(
    pages: Stage,
) -> None:
    stage = pages
    one = stage.report(find_scenario("S11"))
    stage.go(days=14)
    other = stage.report(LATER)
    stage.run(NOOR, "sync")
    for each in (one, other):
        stage.give(each.case, TOMOS, EWA)

    seat = stage.page(EWA)
    expect(seat.open(f"/case/{one.case}").locator("main")).to_contain_text("I do not know")
    later = seat.open(f"/case/{other.case}").locator("main")
    expect(later).to_contain_text("More than one force")
    expect(later).to_contain_text("Someone who has left policing")
    for each in (one, other):
        page = seat.open(f"/case/{each.case}/marks")
        row = page.locator("#marks tr", has_text="Greyfen station").first
        row.locator("input[type=checkbox]").check()
        press(page, "Mark what is ticked")
    stage.run(EWA, "sync")
    said = seat.open(f"/case/{other.case}").locator("main")
    expect(said).to_contain_text("“Greyfen station”: named in 1 other case you may read")
    expect(said).not_to_contain_text("Nearly the same text")

    page = seat.open(f"/case/{other.case}/links")
    page.fill("#other", one.case)
    page.fill("#reason", "DEMO. One man, told apart from each other.")
    press(page, "Go on")
    press(page, "Write it into both")
    stage.run(EWA, "sync")
    for this, that in ((one, other), (other, one)):
        linked = seat.open(f"/case/{this.case}/links").locator("section", has_text="Linked by the")
        expect(linked).to_contain_text(f"Case {that.case}")
        expect(linked).to_contain_text("DEMO. One man, told apart from each other.")

    sells = stage.draft(
        TOMOS, one.case, items=[item(SELLS, "B")], categories=["advantage"],
        recipients=[CALDER.id],
    )  # fmt: skip
    assert signs_of(sells) == {Sign.BACKED}  # a person answers: do they know it apart?
    served = stage.draft(
        TOMOS, other.case, items=[item(SERVED, "C")], linked=[sells.ref],
        subjects=[subject("Dean Orrick", role="former PC", force="Wessendale Police")],
        categories=["advantage"], recipients=[WESSENDALE.id],
    )  # fmt: skip
    assert signs_of(served) == set()
    got = {}
    for case, kept, unit, elsewhere in (
        (one.case, sells, CALDER, WESSENDALE),
        (other.case, served, WESSENDALE, CALDER),
    ):
        package = stage.pass_on(case, kept.ref, TOMOS, EWA)
        with pytest.raises(AssertionError, match="error"):
            stage.unit(elsewhere).open(package)
        got[unit] = stage.unit(unit).open(package)
    assert [each["text"] for each in got[CALDER]["items"]] == [SELLS]
    assert [each["text"] for each in got[WESSENDALE]["items"]] == [SERVED]
    assert got[WESSENDALE]["linked"] == [sells.ref]
    assert "Orrick" not in json.dumps(got[CALDER])

    conclude(
        seat.open("/"), seat.served.origin, one.case, "Referred", "DEMO. With the railway's unit."
    )
    stage.run(EWA, "sync")
    assert one.case in stage.queue(EWA, "concluded")
    assert other.case in stage.queue(EWA, "mine")
    stage.run(EWA, "reply", other.case, text="DEMO. Thank you. It was passed on in our words.")
    assert [one.look(), other.look()] == [[], ["DEMO. Thank you. It was passed on in our words."]]
    conclude(
        seat.open("/"), seat.served.origin, other.case, "Referred", "DEMO. With his old force."
    )
    stage.run(EWA, "sync")
    assert {one.case, other.case} <= set(stage.queue(EWA, "concluded"))


# -- S12 ----------------------------------------------------------------------------------------

NUMBER = "07700 900123"
AGENT = "DEMO-Canary-Browser/7"
BEGS = f"DEMO. Please ring me, I beg you. My number is {NUMBER}."
TELLS = "Nobody else has reported PC Marsh, and we have nothing on file about her."
DOUBTED = "Information suggests that an officer takes money. Nothing in it can be checked so far."
WHY = "DEMO. One text from three mailboxes, with no detail, no place and no day."


def _hostile() -> tuple[Attachment, ...]:
    """A macro, a bomb, a script that says that it is two other things, and a QR code's place."""
    macro, bomb = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(macro, "w") as made:
        made.writestr("word/vbaProject.bin", "DEMO: Sub AutoOpen() MsgBox CANARYMACRO")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("zeros", bytes(20_000_000))
    script = b"%PDF-1.7\n<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    return (
        Attachment("invoice.docm", macro.getvalue()),
        Attachment("42.zip", bomb.getvalue()),
        Attachment("polyglot.pdf.svg", script),
        Attachment("qr.png", saved(picture(), "PNG")),
    )


def test_s12_who_fishes_is_told_nothing_and_bad_files_stay_shut(pages: Stage) -> None:
    stage, scenario = pages, replace(find_scenario("S12"), attachments=_hostile())
    first = stage.report(scenario)
    same = (stage.report(replace(scenario, attachments=())), _by_browser(stage, scenario.text))
    first.answer(BEGS)
    stage.run(NOOR, "sync")
    stage.give(first.case, TOMOS, EWA)

    seat = stage.page(TOMOS)
    elsewhere = watch(seat.page, seat.served.origin)
    page = seat.open(f"/case/{first.case}")
    for each in same:
        expect(page.locator("main")).to_contain_text(f"case {each.case}: 100 of 100 parts")
    _look_at_files(page)
    _save(page, stage.folder / "saved", {each.name: each.content for each in scenario.attachments})

    page = seat.open(f"/case/{first.case}")
    flagged = preview(page, TELLS)
    expect(flagged).to_contain_text("Nobody else has reported")
    expect(flagged).to_contain_text("we have nothing on file about her")
    press(page, "Change it")
    page.fill("#text", "")
    page.select_option("#template", "no-confirm")
    press(page, "Put it in")
    never = page.input_value("#text")
    assert "We give everybody the same answer, whatever the truth is." in never
    reply(page, never)
    stage.run(TOMOS, "sync")
    for each in same:
        stage.run(TOMOS, "reply", each.case, text=never)
    assert [each.look() for each in (first, *same)] == [[never]] * 3

    assert elsewhere == []

    _grade_as_false(page, stage, first.case)
    conclude(page, seat.served.origin, first.case, "Not enough to go on", "DEMO. Nothing to check.")
    stage.run(TOMOS, "sync")
    assert first.case in stage.queue(TOMOS, "concluded")
    told = (AGENT, NUMBER, "Lena Marsh", "CANARYMACRO", "invoice.docm", first.words, same[1].words)
    assert stage.traces(*told) == {}
    assert _tells_who(stage.data) == []


def _by_browser(stage: Stage, text: str) -> Reporter:
    """Somebody whose browser says what it is, on the page that seals nothing by itself."""
    assert stage.browser is not None
    with stage.browser.new_context(java_script_enabled=False, user_agent=AGENT) as context:
        page = context.new_page()
        page.goto(f"{stage.origin}/plain/start")
        words = page.locator("ol.words li").all_inner_texts()
        page.fill("#text", text)
        press(page, "Send report")
        expect(page.locator("h1")).to_have_text("Your report has arrived")
    return Reporter(stage, " ".join(words))


def _look_at_files(page: Page) -> None:
    """They are named, and they are looked at or saved, by a page of their own."""
    names = page.locator(".files .visible-text").all_inner_texts()
    assert names == [each.name for each in _hostile()]
    links = page.locator(".files a")
    assert {each.split()[0] for each in links.all_inner_texts()} == {"Look"}
    expect(links).to_have_count(4)
    shown = page.locator("main")
    assert shown.locator("img, picture, object, embed, iframe, video, svg, script").count() == 0
    assert shown.locator("a[href^='http'], a[href^='mailto'], a[download]").count() == 0


def _save(page: Page, folder: Path, files: Mapping[str, bytes]) -> None:
    """Save each of them: it lies there as it came, and nothing of it was opened."""
    back = page.url
    for at in range(len(files)):
        page.locator(".files li", has=page.get_by_role("link")).first.get_by_role("link").click()
        assert "CANARYMACRO" not in page.content()
        page.fill("#folder", str(folder))
        press(page, "Save")
        press(page, "Save it there")
        page.goto(back)
        expect(page.locator(".files .tag", has_text="saved")).to_have_count(at + 1)
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == files
    assert not [each for each in folder.iterdir() if each.stat().st_mode & 0o111]


def _grade_as_false(page: Page, stage: Stage, case: str) -> None:
    """An E is kept with a reason, and not without."""
    seat = stage.page(TOMOS)
    page = seat.open(f"/case/{case}/report")
    assert page.input_value("#text0") == "Information suggests that "
    page.fill("#text0", DOUBTED)
    page.select_option("#information0", "E")
    press(page, "Keep this version")
    expect(page.locator(".error-summary a")).to_have_attribute("href", "#reason0")
    assert page.input_value("#text0") == DOUBTED
    page.fill("#reason0", WHY)
    ref = page.locator("input[name=ref]").input_value()
    press(page, "Keep this version")
    own = report_of(page, ref)
    expect(own).to_contain_text("E: suspected to be false")
    expect(own).to_contain_text(f"Why it is thought to be false: {WHY}")


def _tells_who(data: Path) -> list[Any]:
    """What in the server's tables looks like an address of a network or a time of day."""
    pattern = re.compile(r"\d+\.\d+\.\d+\.\d+|\b\d\d:\d\d|::|Mozilla|Canary")
    with closing(sqlite3.connect(data / "dropbox.db")) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = [
            value
            for (table,) in tables
            for row in database.execute(f"SELECT * FROM {table}")
            for value in row
        ]
    assert len(rows) > 100
    return [each for each in rows if isinstance(each, str) and pattern.search(each)]
