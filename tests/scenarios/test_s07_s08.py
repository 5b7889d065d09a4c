"""S07, screenshots of a group chat by somebody in the group; S08, a report in Welsh."""

import json
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from inbox_ui.work.sanitising import Sign
from tests.browser.reporter import Writer, attach
from tests.browser.workstation import watch
from tests.samples import picture, saved
from tests.scenarios.acts import conclude, press, preview, reply, signs_of
from tests.scenarios.people import CALDER, EWA, HALLIN, NOOR, TOMOS
from tests.scenarios.stage import Reporter, Stage, item

pytestmark = pytest.mark.long

BANTER = (
    "DEMO. There is a chat called Team C Banter, nine members, at Port Calder. They call a man in "
    "custody names for where he is from, and one joked about raping a colleague. My screenshots "
    "have my thumbs up on one of them, which I am ashamed of."
)
ASKS_FOR_MORE = "Thank you. Could you send more screenshots of the chat?"
ASKS_WHAT_IS_KNOWN = (
    "Thank you. Please do not look anything up or collect anything for us. As far as you remember, "
    "roughly when was it? A month is enough."
)
RACIST = "Information suggests that officers of one team use racist terms for people in custody."
JOKE = "Information suggests that somebody made light of sexual violence to a member of staff."


def test_s07_screenshots_are_told_in_words_and_no_more_of_them_are_asked_for(
    pages: Stage, tmp_path: Path
) -> None:
    stage, shots = pages, _screenshots(tmp_path)
    writer = stage.writer()
    warned: list[str] = []

    def choose(page: Page) -> None:
        warned.append(page.locator("[data-step=files]").inner_text())
        attach(*shots)(page)

    words = writer.report(
        BANTER,
        about=lambda page: page.get_by_label("Racist, homophobic").check(),
        forces=lambda page: page.get_by_label("DEMO: Port Calder Police").check(),
        files=choose,
    )
    assert "A screenshot shows whose phone it is." in warned[0]
    assert "Can you describe it instead?" in warned[0]
    assert "Do not copy or photograph anything for us." in warned[0]
    case = Reporter(stage, words).case
    stage.run(NOOR, "sync")
    stage.give(case, TOMOS, EWA)

    seat = stage.page(EWA)
    elsewhere = watch(seat.page, seat.served.origin)
    page = seat.open(f"/case/{case}")
    expect(page.locator(".files li")).to_have_count(3)
    assert page.locator("main").locator("img, picture, object, embed, iframe, video").count() == 0
    page.locator(".files a").first.click()
    expect(page.locator("main")).to_contain_text("A screenshot shows whose phone it is")
    expect(page.locator("main")).to_contain_text("Tell in your own words what it shows")
    page = seat.open(f"/case/{case}")
    expect(preview(page, ASKS_FOR_MORE)).to_contain_text("send more screenshots")
    press(page, "Change it")
    reply(page, ASKS_WHAT_IS_KNOWN)
    stage.run(EWA, "sync")
    inside = writer.enter(words)
    expect(inside.locator("[data-thread]")).to_contain_text("A month is enough.")
    writer.context.close()
    assert elsewhere == []

    first = stage.draft(
        TOMOS,
        case,
        items=[item("The screenshots show “a chat called Team C Banter, nine members”.", "A")],
        pool="5 or fewer",
        recipients=[CALDER.id],
    )
    assert {Sign.COPIED, Sign.FILE, Sign.QUOTE} <= signs_of(first)
    stage.run(TOMOS, "intelligence", "read", case, first.ref, "--all")
    kept = stage.draft(
        TOMOS,
        case,
        ref=first.ref,
        items=[item(RACIST, "A"), item(JOKE, "C")],
        categories=["discrimination"],
        corruption=["other"],
    )
    assert signs_of(kept) == set()
    stage.run(EWA, "sync")
    assert "checklist" in stage.refuse(EWA, "intelligence", "consent", case, kept.ref)
    package = stage.pass_on(case, kept.ref, TOMOS, EWA)
    unit = stage.unit(CALDER)
    told = unit.open(package)
    graded = [(each["information"], each["text"]) for each in told["items"]]
    assert graded == [("A", RACIST), ("C", JOKE)]
    [pdf] = (unit.folder / "reports").rglob("*.pdf")
    with pikepdf.open(pdf) as opened:
        assert not [page for page in opened.pages if page.get_images()]
    assert stage.traces("Team C Banter", "thumbs up", *(each.name for each in shots)) == {}
    stage.take(TOMOS, case, unit.answer(kept.ref, "outcome", "DEMO. Two officers are looked at."))
    conclude(page, seat.served.origin, case, "Referred", "DEMO. With the unit.")
    stage.run(EWA, "sync")
    assert case in stage.queue(EWA, "concluded")


def _screenshots(folder: Path) -> list[Path]:
    """Three, as a telephone names them; nothing is hidden in them."""
    shots = [folder / f"Screenshot_DEMO_{number}.png" for number in range(3)]
    for number, each in enumerate(shots):
        each.write_bytes(saved(picture(size=(40, 60 + number)), "PNG"))
    return shots


# -- S08 ----------------------------------------------------------------------------------------

TEXT = (
    "DEMO. Mae Gwern Ifor yn gwatwar lleferydd cydweithiwr byddar. Mi ddaru o roi fideo ar y we, "
    "efo pawb yn chwerthin. Plîs atebwch yn Gymraeg."
)
ANSWER = "DEMO. Mi welais i o hefo fy llygaid fy hun."
THANKS = "DEMO. Diolch. Rydym wedi ei basio ymlaen yn ein geiriau ein hunain."
MOCKS = (
    "Information suggests that a volunteer of that force mocks how a deaf member of staff speaks."
)


def test_s08_it_is_welsh_for_the_reporter_and_english_for_the_unit(pages: Stage) -> None:
    stage = pages
    writer = stage.writer(prefix="/cy")
    words = _report_in_welsh(writer)
    reporter = Reporter(stage, words)
    case = reporter.case
    stage.run(NOOR, "sync")
    stage.give(case, TOMOS, EWA)

    seat = stage.page(EWA)
    page = seat.open(f"/case/{case}")
    expect(page.locator(".message--reporter").first).to_contain_text("Language: cy")
    expect(page.locator(".message--reporter").first).to_contain_text(TEXT)
    page.get_by_label("Welsh", exact=True).check()
    page.select_option("#template", "how-known")
    press(page, "Put it in")
    asked = page.input_value("#text")
    assert asked.startswith("Sut ydych chi'n gwybod am hyn?")
    expect(preview(page, "Anfonwch ragor o luniau sgrin atom.", "Welsh")).to_be_visible()
    press(page, "Change it")
    assert not preview(page, asked, "Welsh").count()
    expect(page.locator(".message--team p[lang=cy]")).to_have_text(asked)
    press(page, "Send")
    stage.run(EWA, "sync")

    inside = writer.enter(words)
    expect(inside.locator("h1:visible")).to_have_text("Eich blwch negeseuon")
    expect(inside.locator("[data-thread]")).to_contain_text("Sut ydych chi'n gwybod am hyn?")
    inside.locator("[data-go=write]").first.click()
    writer.wait("write")
    inside.locator("[data-step=write] #text").fill(ANSWER)
    writer.press()
    writer.wait("inside")
    stage.run(EWA, "sync")
    assert stage.show(EWA, case)[-1]["text"] == ANSWER

    first = stage.draft(
        TOMOS, case, items=[item("Mae o’n gwatwar a deaf colleague.", "A")], recipients=[HALLIN.id]
    )
    assert Sign.LANGUAGE in signs_of(first)
    kept = stage.draft(
        TOMOS,
        case,
        ref=first.ref,
        items=[item(MOCKS, "A")],
        categories=["discrimination"],
        corruption=["other"],
    )
    assert signs_of(kept) == set()
    package = stage.pass_on(case, kept.ref, TOMOS, EWA)
    told = json.dumps(stage.unit(HALLIN).open(package))
    for each in ("cy", "language", "Welsh", "Cymraeg", "ddaru", "hefo", "Gwern", "llygaid"):
        assert f'"{each}' not in told
        assert f"{each} " not in told
    page = seat.open(f"/case/{case}")
    reply(page, THANKS, "Welsh")
    conclude(page, seat.served.origin, case, "Referred", "DEMO. With the unit.")
    stage.run(EWA, "sync")
    assert case in stage.queue(EWA, "concluded")
    assert reporter.look()[-1] == THANKS
    assert stage.traces("ddaru o roi", ANSWER, THANKS) == {}
    writer.context.close()


def _report_in_welsh(writer: Writer) -> str:
    """All of it on Welsh pages; the seven words."""
    seen: list[tuple[str | None, str]] = []

    def look(page: Page) -> None:
        heading = page.locator("[data-step]:visible h1").first
        seen.append((page.locator("html").get_attribute("lang"), heading.inner_text()))

    def choose_force(page: Page) -> None:
        look(page)
        page.get_by_label("DEMO: Heddlu Hallin").check()

    words = writer.report(
        TEXT,
        forces=choose_force,
        check=look,
        language=lambda page: expect(page.get_by_label("Cymraeg", exact=True)).to_be_checked(),
        **dict.fromkeys(("danger", "who", "more", "files", "track"), look),
    )
    look(writer.page)
    assert {lang for lang, _ in seen} == {"cy"}
    assert [heading for _, heading in seen][-1] == "Mae eich adroddiad wedi cyrraedd"
    return words
