"""S04 and S05: somebody who was hurt, and somebody who is in danger tonight."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.reporter import Writer
from tests.inbox_ui.served import wait_for
from tests.scenarios.people import EWA, NOOR, NORTHMARCH, TOMOS, WESSENDALE
from tests.scenarios.stage import Reporter, Stage, item, runs_of, subject

pytestmark = pytest.mark.long

Fill = dict[str, Callable[[Page], None]]

# -- S04 ----------------------------------------------------------------------------------------

STATEMENT = (
    "DEMO. PC Dale Hurrell took my statement after our burglary. Since then he has texted me forty "
    "times, and he came round at night off duty. I am not well. Will he know it was me? - Mia"
)
PHONE = "07700 900461"
SCREEN = (360, 640)
SHOWN = {
    "02:14": (8, 4, 60, 24),
    "11 %": (310, 4, 352, 24),
    PHONE: (60, 40, 220, 64),
    "Mia, are you up?": (40, 120, 240, 144),
}
"""What her screenshot shows of her, and where: left, top, right and bottom."""
GRADED = [
    item("Information suggests that Dale Hurrell contacts people whom he has met on duty.", "A"),
    item("Hurrell may also go to their homes.", "A"),
]
PASSED = "DEMO. Thank you. What you told us was passed on in our words. We may hear no more of it."


def test_a_victim_who_alone_can_know_is_not_contacted_and_not_passed_on(
    pages: Stage, tmp_path: Path
) -> None:
    reporter = _report_harm(pages, tmp_path)
    case = reporter.case
    for _ in range(2):
        pages.sync()
    assert reporter.look() == []  # nothing goes to her by itself, no receipt and no reply
    pages.give(case, TOMOS, EWA)
    page = pages.page(TOMOS).open(f"/case/{case}")
    expect(page.locator("main")).to_contain_text("five or fewer know this")
    page = pages.page(TOMOS).open(f"/case/{case}/assess")
    expect(page.get_by_label("Sexual misconduct")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Proposed")
    pages.run(TOMOS, "assess", case, "--stage", "assessing", "--category", "sexual misconduct")
    _answer_kindly(pages, case)
    [shown] = reporter.look()
    assert "not your fault" in shown

    _black_out_screenshot(pages, case, tmp_path)
    _tell_screenshot_anew(pages, case, tmp_path)
    pages.run(TOMOS, "reply", case, text=PASSED)
    pages.run(TOMOS, "assess", case, "--stage", "addressing", "--told")
    pages.run(TOMOS, "conclude", case, "--reason", "referred", "--yes", text="DEMO. Passed on.")
    assert reporter.look()[-1] == PASSED
    assert pages.traces(STATEMENT, *runs_of(STATEMENT), PHONE, "Mia", reporter.words) == {}


def _report_harm(pages: Stage, folder: Path) -> Reporter:
    """She is told that she can stop, and who helps; what her picture hides is left out."""
    writer = pages.writer()
    what = writer.go("/what")
    expect(what.locator("main")).to_contain_text("Protect, free advice")  # what nobody has held
    expect(what.locator("main")).not_to_contain_text("Samaritans")  # against a source is not shown
    picture = folder / "messages.jpg"
    picture.write_bytes(_screenshot())

    def attach(page: Page) -> None:
        expect(page.locator("main")).to_contain_text("A screenshot shows whose phone it is")
        page.set_input_files("#files", picture)
        page.get_by_label("Send it without what it hides").check()

    writer.go("/report")
    expect(writer.page.locator("main")).to_contain_text("You can stop at any time")
    writer.press()
    writer.wait("danger")
    words = _send(
        writer,
        {
            "danger": lambda page: page.check('[value="unknown"]'),
            "about": lambda page: page.check('[value="sexual"]'),
            "forces": lambda page: page.check('[value="demo-northmarch"]'),
            "text": lambda page: page.fill("#text", STATEMENT),
            "how-many-know": lambda page: page.check('[value="five-or-fewer"]'),
            "files": attach,
        },
    )
    writer.context.close()
    return Reporter(pages, words)


def _screenshot() -> bytes:
    """Of a chat, at night and with an empty battery; the phone has left its make and her number."""
    tags = Image.Exif()
    tags[0x010F], tags[0x010E] = "DEMO phone", PHONE
    picture = Image.new("RGB", SCREEN, "grey")
    pen = ImageDraw.Draw(picture)
    for text, (left, top, _, _) in SHOWN.items():
        pen.text((left + 2, top + 2), text, "white")
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=tags)
    return file.getvalue()


def _answer_kindly(pages: Stage, case: str) -> None:
    page = pages.page(TOMOS).open(f"/case/{case}")
    page.select_option("#template", "support")
    page.get_by_role("button", name="Put it in", exact=True).click()
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator(".alarms")).to_have_count(0)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".message--team").last).to_contain_text("not your fault")
    pages.sync(TOMOS)


def _black_out_screenshot(stage: Stage, case: str, folder: Path) -> None:
    """The hour, the battery, her number and her name are gone from a copy, and nothing else is."""
    page = stage.page(TOMOS).open(f"/case/{case}/file/reporter/0/1")
    page.get_by_role("button", name="Look at it", exact=True).click()
    wait_for(lambda: page.locator("main img").count() > 0 or bool(page.reload() and False))
    page.get_by_role("link", name="Black out parts").click()
    expect(page.locator("main")).to_contain_text("The clock, the battery")
    for number, box in enumerate(SHOWN.values()):
        (_point_at if number % 2 else _type_edges)(page, *box)
    page.fill("#folder", str(folder / "by-pages"))
    page.get_by_role("button", name="Save the redacted copy").click()
    page.get_by_role("button", name="Save it there").click()
    copy, saved = folder / "by-pages" / "redacted-1.png", folder / "as-it-came.jpg"
    wait_for(copy.exists)
    stage.run(TOMOS, "save-file", case, "reporter", "0", "1", "--out", saved, "--yes")
    _compare(saved, copy)
    boxes = [part for box in SHOWN.values() for part in ("--box", ",".join(map(str, box)))]
    done = stage.call("redact", saved, *boxes, "--into", folder / "by-command")
    assert done.code == 0, done.err
    again = folder / "by-command" / "redacted-1.png"
    assert again.read_bytes() == copy.read_bytes()
    for each in (copy, saved, again):
        each.unlink()


def _point_at(page: Page, left: int, top: int, right: int, bottom: int) -> None:
    for x, y in ((left, top), (right - 1, bottom - 1)):
        with page.expect_navigation():
            page.locator("input[type=image]").click(position={"x": x, "y": y})


def _type_edges(page: Page, *box: int) -> None:
    for edge, place in zip(("left", "top", "right", "bottom"), box, strict=True):
        page.fill(f"#{edge}", str(place))
    with page.expect_navigation():
        page.press("#bottom", "Enter")


def _compare(saved: Path, copy: Path) -> None:
    """Where something of hers was to be read it is black, and everywhere else it is as it was."""
    with Image.open(saved) as before, Image.open(copy) as after:
        assert (after.format, after.info) == ("PNG", {})
        expected = before.convert("RGB")
        for box in SHOWN.values():
            assert len(expected.crop(box).getcolors(1 << 16) or ()) > 1
            expected.paste("black", box)
        assert after.tobytes() == expected.tobytes()


def _tell_screenshot_anew(stage: Stage, case: str, folder: Path) -> None:
    """The picture stays here: what it shows is told anew, and nothing else is in the package."""
    saved = folder / "saved.jpg"
    stage.run(TOMOS, "save-file", case, "reporter", "0", "1", "--out", saved, "--yes")
    assert PHONE.encode() not in saved.read_bytes()
    kept = stage.draft(
        TOMOS,
        case,
        items=[item("The source says that Mia has 40 messages from 02:14.", "A")],
        subjects=[subject("Dale Hurrell", number="PC", force="DEMO: Northmarch Constabulary")],
        categories=["sexual"],
        corruption=["sexual misconduct"],
        recipients=[NORTHMARCH.id],
        checks="None.",
        risk_source="The subject would know who it is. Do not speak to him before advice is taken.",
    )
    assert "An exact time" in kept.signs
    assert "Speaks of the source" in kept.signs
    kept = stage.draft(TOMOS, case, ref=kept.ref, items=GRADED)
    assert kept.signs == ""
    stage.run(TOMOS, "intelligence", "read", case, kept.ref, "--all")
    stage.sync(EWA)
    assert "A second person has to go" in stage.refuse(
        EWA, "intelligence", "consent", case, kept.ref
    )
    package = stage.pass_on(case, kept.ref, TOMOS, EWA)
    unit = stage.unit(NORTHMARCH)
    report = unit.open(package)
    assert not {"files", "attachments", "images"} & set(report)
    assert {each.suffix for each in (unit.folder / "reports").iterdir()} == {".json", ".pdf"}
    stage.take(TOMOS, case, unit.answer(kept.ref))
    saved.unlink()


# -- S05 ----------------------------------------------------------------------------------------

TONIGHT = (
    "DEMO. My husband is a PC at Wessendale and is authorised firearms. Tonight he said he would "
    "bring it home. He gets in about eleven. He looks at my phone."
)
CALLED = "On-call superintendent, DEMO Port Calder"


def test_in_danger_tonight_is_answered_past_the_force_of_the_husband(pages: Stage) -> None:
    reporter = _report_danger(pages)
    case = reporter.case
    page = _find_in_red(pages, case)
    _ring_another_force(page)
    pages.run(NOOR, "sync")
    pages.give(case, TOMOS, EWA)
    _rate(pages, case)
    _answer_without_harm(pages, case)
    _mailbox_says_nothing(pages, reporter)

    over = "said: DEMO. She is at a safe place; his weapon was taken at work.\n"
    pages.run(TOMOS, "escalate", case, "--over", text=over)
    assert case not in pages.queue(EWA, "risk")
    kept = pages.draft(
        TOMOS,
        case,
        pool="unknown",
        items=[item("An officer who carries a firearm may be a danger to a partner.", "A")],
        subjects=[subject(role="Authorised firearms officer", force="DEMO: Wessendale Police")],
        categories=["partner"],
        corruption=["abuse of authority"],
        recipients=[WESSENDALE.id],
        checks="Another force was told at once.",
        risk_others="A partner. She is safe now.",
    )
    assert kept.signs == ""
    package = pages.pass_on(case, kept.ref, TOMOS, EWA)
    unit = pages.unit(WESSENDALE)
    assert unit.open(package)["categories"] == ["partner"]
    pages.take(TOMOS, case, unit.answer(kept.ref))
    pages.run(TOMOS, "assess", case, "--stage", "addressing", "--told")
    pages.run(TOMOS, "conclude", case, "--reason", "referred", "--yes", text="DEMO. She is safe.")
    assert case in pages.queue(EWA, "concluded")
    assert pages.traces(TONIGHT, *runs_of(TONIGHT), reporter.words) == {}


def _report_danger(pages: Stage) -> Reporter:
    """999 comes first, sending is still possible, and she is gone with one press."""
    writer = pages.writer()

    def warn(page: Page) -> None:
        page.check('[name="danger"][value="yes"]')
        expect(page.get_by_text("Call 999 now.", exact=False).first).to_be_visible()
        expect(page.get_by_text("You can still go on and tell us.")).to_be_visible()

    writer.begin()
    words = _send(
        writer,
        {
            "danger": warn,
            "about": lambda page: page.check('[value="partner"]'),
            "forces": lambda page: page.check('[value="demo-wessendale"]'),
            "text": lambda page: page.fill("#text", TONIGHT),
        },
    )
    expect(writer.page.get_by_text("You said that somebody is in danger").first).to_be_visible()
    writer.page.get_by_role("link", name="Exit this page").click()
    expect(writer.page.locator("body")).to_have_text("elsewhere")
    writer.page.go_back()
    assert "bring it home" not in writer.page.content()
    writer.context.close()
    return Reporter(pages, words)


def _send(writer: Writer, fill: Fill) -> str:
    writer.walk("check", fill)
    writer.press()
    writer.wait("sent")
    return writer.words


def _find_in_red(pages: Stage, case: str) -> Page:
    """It stands first in every list, in red, before anybody has done anything."""
    visitor = pages.page(TOMOS)
    expect(visitor.open("/queue/risk/1").locator("[data-row]").first).to_have_text(case)
    for queue in ("new", "all"):
        rows = visitor.open(f"/queue/{queue}/1").locator("tbody tr")
        expect(rows.first).to_contain_text(case)
        expect(rows.first.locator(".tag--red").first).to_be_visible()
    page = visitor.open(f"/case/{case}")
    expect(page.locator("main")).to_contain_text("The reporter says that somebody is in danger")
    return page


def _ring_another_force(page: Page) -> None:
    page.get_by_role("button", name="Risk to life: escalate").click()
    expect(page.locator("h1")).to_have_text("Risk to life")
    blocked = page.locator(".alarms").first
    expect(blocked).to_contain_text("Do not ring")
    expect(blocked).to_contain_text("the control room of DEMO: Wessendale Police")
    ring = page.locator("ol").first
    expect(ring.locator("li").first).to_contain_text("on-call superintendent")
    expect(ring).to_contain_text("DEMO: Port Calder Police")
    expect(ring).not_to_contain_text("Wessendale")
    for force, said in (("demo-wessendale", "is blocked"), ("demo-calder", "You may ring")):
        page.select_option("#force", force)
        page.get_by_role("button", name="Look", exact=True).click()
        expect(page.locator("main")).to_contain_text(said)
    page.fill("#danger", "DEMO. A firearm, tonight about eleven.")
    page.fill("#called", CALLED)
    page.fill("#when", "21:58")
    page.fill("#said", "DEMO. They send a car of theirs, and take his weapon at work.")
    page.get_by_role("button", name="Write it down", exact=True).click()
    steps = page.locator('[data-live="steps"]')
    for each in (CALLED, "21:58"):
        expect(steps).to_contain_text(each)


def _rate(pages: Stage, case: str) -> None:
    page = pages.page(TOMOS).open(f"/case/{case}/assess")
    for letter in ("threat", "harm", "risk", "vulnerability"):
        page.select_option(f"#{letter}", "high")
        page.fill(f"#{letter}-why", "DEMO. A firearm at home, tonight.")
    page.get_by_role("button", name="Keep the assessment", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Case")
    assert "firearm at home" in pages.run(TOMOS, "assess", case).out


def _answer_without_harm(pages: Stage, case: str) -> None:
    page = pages.page(TOMOS).open(f"/case/{case}")
    page.select_option("#template", "acknowledged")
    page.get_by_role("button", name="Put it in", exact=True).click()
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator("main")).to_contain_text("Somebody the reporter lives with may see this")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".message--team").last).to_contain_text("Thank you for telling us")


def _mailbox_says_nothing(pages: Stage, reporter: Reporter) -> None:
    """He makes her open it: there is nothing of what she wrote, and no name."""
    pages.sync(TOMOS)
    writer = pages.writer()
    page = writer.enter(reporter.words)
    expect(page.locator("[data-thread]")).to_contain_text("Thank you for telling us")
    shown = page.inner_text("body").lower()
    for each in ("husband", "firearm", "wessendale", "superintendent", *runs_of(TONIGHT)):
        assert each not in shown
    writer.context.close()
