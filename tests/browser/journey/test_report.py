"""A report from a real browser with scripts: sealed there, opened by the team, and nothing else."""

import re
import secrets
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from crypto.contact import open_contact, open_half
from dropbox.client.metadata.inspecting import inspect
from tests.browser.axe import violations
from tests.browser.reporter import STEPS, Writer, attach, writing
from tests.plain.place import Place
from tests.processes import spellings
from tests.samples import overtime, photo

BOTH = pytest.mark.parametrize("prefix", ["", "/cy"])
NO_WORKERS = "delete globalThis.Worker;"
REPORT = """
async ([root, text]) => {
  const { Desk } = await import("/assets/js/client/desk.js");
  const desk = new Desk(() => undefined);
  await desk.load();
  await desk.arrive({ origin: location.origin, root });
  const draft = { text, language: "cy", categories: [], forces: [], answers: [], contact: "" };
  await desk.report(draft, []);
  return (await desk.words()).join(" ");
}
"""
"""What the page does, without its pages: for what is asked of many reports."""


def root_of(place: Place) -> str:
    return place.team.root.keys.card.fingerprint


def send_at_once(writer: Writer, text: str) -> str:
    """A report by the scripts of the page: its seven words."""
    writer.go("/report")
    words: str = writer.page.evaluate(REPORT, [root_of(writer.place), text])
    return words


def test_what_the_browser_seals_the_team_opens(
    writer: Writer, place: Place, tmp_path: Path
) -> None:
    (tmp_path / "rota.txt").write_text("a rota")
    (tmp_path / "scan.bin").write_bytes(bytes(range(256)) * 9000)
    writer.begin()
    walked = writer.walk(
        "check",
        {
            "danger": lambda page: page.get_by_label("No", exact=True).check(),
            "about": lambda page: page.get_by_label("Using influence").check(),
            "forces": lambda page: page.get_by_label("Kent Police").check(),
            "text": lambda page: page.locator("#text").fill("What I saw\n\non two lines é 👩‍👧"),
            "who": lambda page: page.locator("#who").fill("A sergeant"),
            "how-many-know": lambda page: page.get_by_label("Five or fewer").check(),
            "files": attach(tmp_path / "rota.txt", tmp_path / "scan.bin"),
        },
    )
    assert ("start", *walked) == STEPS
    writer.press()
    writer.wait("sent")
    words = writer.words
    [report] = place.letters(words)
    assert report.text == "What I saw\n\non two lines é 👩‍👧"
    assert report.sealed == "on device"
    assert report.forces == ("kent",)
    assert report.categories == ("influence",)
    assert {each.question: each.answer for each in report.answers} == {
        "danger": "no",
        "who": "A sergeant",
        "how-many-know": "five-or-fewer",
    }
    assert report.contact is None
    assert [each.name for each in report.files] == ["rota.txt", "scan.bin"]
    assert place.content(report.files[1]) == bytes(range(256)) * 9000
    assert writer.others() == set()


# -- the wire -------------------------------------------------------------------------------------


def test_one_letter_and_twelve_thousand_bytes_have_one_size_on_the_wire(
    writer: Writer, place: Place
) -> None:
    texts = ["x", "a" * 12_000, "ŵ" * 6_000, "👮" * 3_000]
    for text in texts:
        words = send_at_once(writer, text)
        assert [each.text for each in place.letters(words)] == [text]
    sizes = [len(body) for request, body in writer.asked if request.url.endswith("/api/envelopes")]
    assert len(sizes) == len(texts)
    assert len(set(sizes)) == 1
    patterns = "\n".join(writer.calls()).split("GET /api/directory\nGET /api/directory")
    assert len({each.strip() for each in patterns if each.strip()}) == 1, "and one order"


def test_eight_thousand_letters_of_welsh_arrive(writer: Writer, place: Place) -> None:
    words = send_at_once(writer, "ŷ" * 8_000)
    assert [each.text for each in place.letters(words)] == ["ŷ" * 8_000]


def test_nothing_that_was_written_crosses_the_wire_and_contact_is_sealed_apart(
    writer: Writer, place: Place, tmp_path: Path
) -> None:
    canaries = {name: f"canary{secrets.token_hex(8)}" for name in
                ("text", "who", "contact", "name", "file")}  # fmt: skip
    attached = tmp_path / f"{canaries['name']}.txt"
    attached.write_text(canaries["file"])

    def confide(page: Page) -> None:
        page.get_by_label("Your name, and how").fill(canaries["contact"])
        page.get_by_label("I know that the police").check()

    words = writer.report(
        canaries["text"],
        who=lambda page: page.locator("#who").fill(canaries["who"]),
        files=attach(attached),
        track=lambda page: page.locator("#track-2").check(),
        contact=confide,
    )
    sent = [
        request.url.encode() + body + str(request.headers).encode()
        for request, body in writer.asked
    ]
    forms = [form for each in (*canaries.values(), words) for form in spellings(each)]
    assert not [form for form in forms if any(form in each for each in sent)]
    assert writer.others() == set()
    assert all("?" not in request.url for request, _ in writer.asked)
    [report] = place.letters(words)
    assert place.content(report.files[0]) == canaries["file"].encode()
    assert report.contact is not None
    address = place.secret(words).keys.card.id
    half = open_half(report.contact, address, place.team.contact.keys)
    assert open_contact(report.contact, half, address) == canaries["contact"]


def test_the_browser_keeps_nothing(writer: Writer) -> None:
    writer.report("Something")
    state = writer.context.storage_state(indexed_db=True)
    assert (state["origins"], state["cookies"]) == ([], [])
    left = writer.page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, history.state,"
        " (await caches.keys()).length,"
        " (await navigator.serviceWorker?.getRegistrations() ?? []).length]"
    )
    assert left == [0, 0, None, 0, 0]
    assert writer.page.title() == "Form"
    assert writer.page.url == f"{writer.place.server.url}/report"


# -- steps ----------------------------------------------------------------------------------------


def test_back_is_one_step_back_and_loses_nothing(writer: Writer) -> None:
    page = writer.page
    writer.begin()
    writer.walk("who", {"text": lambda page: page.locator("#text").fill("Kept")})
    length = page.evaluate("history.length")
    assert page.evaluate("history.state") is None
    page.go_back()
    writer.wait("text")
    assert page.locator("#text").input_value() == "Kept"
    page.get_by_role("link", name="Back").click()
    writer.wait("forces")
    assert page.evaluate("document.activeElement.tagName") == "H1", "where a screen reader goes on"
    writer.walk("how-known")
    assert page.locator("#text").input_value() == "Kept"
    assert page.evaluate("history.length") == length, "however many steps there are"
    assert page.url.endswith("/report")


def test_what_is_missing_is_said_with_a_way_to_it(writer: Writer) -> None:
    page = writer.page
    writer.begin()
    writer.walk("check")
    writer.press()
    summary = page.locator(".error-summary")
    summary.wait_for()
    assert summary.evaluate("each => each.contains(document.activeElement)")
    assert page.title().startswith("Error:")
    assert "/api/envelopes" not in " ".join(writer.calls())


def test_the_check_names_what_could_point_to_the_writer_and_leads_back(writer: Writer) -> None:
    page = writer.page
    writer.begin()
    writer.walk(
        "check",
        {
            "text": lambda page: page.locator("#text").fill("I am a sergeant. It was at 21:47."),
            "how-many-know": lambda page: page.locator("#how-many-know").check(),
        },
    )
    found = page.locator("[data-found]").inner_text()
    assert "I am a sergeant" in found
    assert "21:47" in found
    assert "five people or fewer" in found
    page.locator("dd", has_text="21:47").get_by_role("link", name="Change").click()
    writer.wait("text")
    page.locator("#text").fill("A sergeant sold it in the evening.")
    writer.press()
    writer.wait("check")
    assert "21:47" not in page.locator("[data-step=check]").inner_text()


def test_the_words_can_be_hidden_and_practised(writer: Writer) -> None:
    words = writer.report("Something")
    page = writer.page
    page.get_by_role("button", name="Hide the words").click()
    assert not page.locator("#the-words").is_visible()
    page.locator("#practice").fill(words.upper().replace(" ", "-"))
    asked = len(writer.asked)
    page.get_by_role("button", name="Check my words").click()
    page.get_by_text("That is right").wait_for()
    page.locator("#practice").fill(words.replace(words.split()[0], "notaword", 1))
    page.get_by_role("button", name="Check my words").click()
    page.locator(".error-summary").wait_for()
    assert len(writer.asked) == asked, "nothing is sent"


def test_it_can_be_done_with_the_keyboard_alone(writer: Writer, place: Place) -> None:
    page = writer.page
    writer.go("/report")

    def tab_to(selector: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.locator(f"[data-step]:visible {selector}:focus").count():
                return
        raise AssertionError(f"{selector} cannot be reached in {writer.step}")

    for step in STEPS:
        writer.wait(step)
        if step == "text":
            tab_to("#text")
            page.keyboard.type("Written without a mouse")
        tab_to("button[type=submit]")
        page.keyboard.press("Enter")
    writer.wait("sent")
    assert [each.text for each in place.letters(writer.words)] == ["Written without a mouse"]


@pytest.mark.sampled(1)
@BOTH
def test_no_step_has_a_barrier(browser: Browser, place: Place, prefix: str) -> None:
    found: dict[str, list[str]] = {}

    def look(page: Page) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        if problems := violations(page):
            found[writer.step] = problems

    def choose(page: Page) -> None:
        page.locator(f"[data-step={writer.step}] input").first.check()
        look(page)

    def confide(page: Page) -> None:
        writer.press()
        page.locator(".error-summary").wait_for()
        look(page)
        page.locator("#contact").fill("On Tuesdays")
        page.locator("#sure").check()

    def track(page: Page) -> None:
        page.locator("#track-2").check()
        look(page)

    with writing(browser, place, prefix=prefix, viewport={"width": 320, "height": 640}) as writer:
        look(writer.go("/report"))
        writer.press()
        writer.wait("danger")
        fill: dict[str, Any] = dict.fromkeys(STEPS, look)
        fill |= {"danger": choose, "how-many-know": choose, "track": track, "contact": confide}
        fill["text"] = lambda page: page.locator("#text").fill("I am a sergeant, at 21:47 he came")
        writer.walk("check", fill)
        look(writer.page)
        writer.press()
        writer.wait("sent")
        look(writer.page)
        assert writer.page.evaluate("document.documentElement.lang") == prefix[1:] or "en"
        assert [each.language for each in place.letters(writer.words)] == [prefix[1:] or "en"]
    assert found == {}


# -- files ----------------------------------------------------------------------------------------


def test_of_twenty_files_one_that_cannot_be_read_is_named_and_the_others_arrive(
    writer: Writer, place: Place, tmp_path: Path
) -> None:
    files = [tmp_path / f"{number:02}.txt" for number in range(20)]
    for each in files:
        each.write_text(f"file {each.name}")
    page = writer.page
    writer.begin()
    writer.walk(
        "check",
        {
            "text": lambda page: page.locator("#text").fill("With files"),
            "files": attach(*files),
        },
    )
    files[7].unlink()
    writer.press()
    writer.wait("unsent")
    assert "07.txt" in page.locator("[data-step=unsent]").inner_text()
    page.go_back()
    writer.wait("check")
    page.locator("dd", has_text="08.txt").get_by_role("link", name="Change").click()
    writer.wait("files")
    page.get_by_role("button", name=re.compile("07.txt")).click()
    writer.press()
    writer.wait("check")
    writer.press()
    writer.wait("sent")
    [report] = place.letters(writer.words)
    assert [each.name for each in report.files] == [
        each.name for each in files if each is not files[7]
    ]
    assert place.content(report.files[7]) == b"file 08.txt"


def test_sending_can_be_stopped_and_what_was_sent_is_taken_back(
    writer: Writer, place: Place, tmp_path: Path
) -> None:
    (tmp_path / "a.bin").write_bytes(secrets.token_bytes(5_000_000))
    page = writer.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.url.endswith("/3"):
            held.append(route)
        else:
            route.continue_()

    writer.context.route("**/api/files/*/*", hold)
    writer.begin()
    writer.walk(
        "check",
        {
            "text": lambda page: page.locator("#text").fill("With a file"),
            "files": attach(tmp_path / "a.bin"),
        },
    )
    writer.press()
    page.locator("progress").wait_for()
    page.get_by_role("button", name="Stop sending").click()
    writer.wait("unsent")
    page.get_by_role("heading", name="You stopped it").wait_for()
    calls = writer.calls()
    assert calls[-1].startswith("DELETE /api/files/")
    assert "POST /api/envelopes" not in calls
    writer.context.unroute("**/api/files/*/*")
    writer.press()
    writer.wait("sent")
    [report] = place.letters(writer.words)
    assert place.content(report.files[0]) == (tmp_path / "a.bin").read_bytes()


def test_what_files_hide_is_said_and_decided_before_they_are_sent(
    writer: Writer, place: Place, tmp_path: Path
) -> None:
    """S03: a photograph goes without its place, and a table is described instead."""
    photograph, table = tmp_path / "IMG_2231.jpg", tmp_path / "overtime_Q3.xlsx"
    photograph.write_bytes(photo())
    table.write_bytes(overtime())
    page = writer.page
    writer.begin()
    writer.walk("files", {"text": lambda page: page.locator("#text").fill("With what I have")})
    page.locator("#files").set_input_files([photograph, table])
    first, second = (page.locator("[data-chosen] > li").nth(each) for each in range(2))
    second.get_by_text("A hidden sheet").wait_for()
    assert "Where it was made" in first.inner_text()
    assert "J.Penhallow" in second.inner_text()
    assert violations(page) == []
    writer.press()
    page.locator(".error-summary").wait_for()
    assert "IMG_2231.jpg" in page.locator(".error-summary").inner_text()
    first.get_by_label("Send it without what it hides").check()
    assert second.get_by_label("Send it without what it hides").count() == 0
    second.get_by_label("Do not send it").check()
    writer.walk("check")
    assert "overtime_Q3.xlsx" not in page.locator("[data-answers]").inner_text()
    writer.press()
    writer.wait("sent")
    [report] = place.letters(writer.words)
    assert [each.name for each in report.files] == ["IMG_2231.jpg"]
    sent = place.content(report.files[0])
    assert inspect(BytesIO(photo())).findings
    assert not inspect(BytesIO(sent)).findings


def test_one_back_does_not_lose_the_words(writer: Writer) -> None:
    writer.report("DEMO. Somebody took money.")
    words = writer.words
    writer.page.go_back()
    writer.page.wait_for_timeout(300)
    assert writer.step == "sent"
    assert writer.words == words


def test_the_link_past_the_header_is_no_step_back(writer: Writer) -> None:
    writer.begin()
    writer.walk("text")
    address = writer.page.url
    writer.page.locator(".skip-link").focus()
    writer.page.keyboard.press("Enter")
    writer.page.wait_for_timeout(300)
    assert (writer.step, writer.page.url) == ("text", address)
    assert writer.page.evaluate("document.activeElement.id") == "main"


def test_nothing_that_was_chosen_stays_in_the_page_that_shows_the_words(writer: Writer) -> None:
    check = {"about": lambda page: page.locator("input[type=checkbox]:visible").first.check()}
    writer.report("DEMO. Somebody took money.", **check)
    left = "[...document.querySelectorAll('input:checked')].map(each => each.name)"
    assert set(writer.page.evaluate(left)) <= {"danger"}


def test_no_translator_is_sent_what_is_written(writer: Writer) -> None:
    """Nor are the seven words shown in another language, in which they open nothing."""
    for path in ("/report", "/mailbox", "/cy/report", "/plain/start", "/plain/open"):
        page = writer.go(path)
        assert page.locator("html").get_attribute("translate") == "no"
