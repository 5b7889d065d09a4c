"""The lane without scripts in a real browser, with JavaScript switched off."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.browser.axe import violations
from tests.browser.chromium import open_browser
from tests.dropbox.server import free_port
from tests.needs import needs
from tests.plain.place import Place

TITLES = {"Start", "Information", "Form", "Error: Form", "Done", "Open", "Error: Open", "Messages",
          "Error: Messages", "Delete", "Error: Delete", "Contact details", "Close", "Error: Close",
          "Closed", "Problem", "Error: Problem"}  # fmt: skip
EXIT = "https://www.bbc.co.uk/weather"
PATHS = ("/plain/", "/plain/limits", "/plain/start", "/plain/open", "/plain/mailbox",
         "/plain/delete", "/plain/withdraw", "/plain/close", "/plain/nothing",
         "/plain/what")  # fmt: skip
WELSH = tuple(each.replace("/plain/", "/plain/cy/") for each in PATHS)


@pytest.fixture(scope="module")
def browser(place: Place) -> Iterator[Browser]:
    """Opened when the place is there: in this thread a loop runs from now on."""
    needs("chromium")
    with sync_playwright() as playwright, open_browser(playwright) as running:
        yield running


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    port = free_port()
    folder = tmp_path_factory.mktemp("place")
    place = Place(folder, port=port, origins=(f"http://127.0.0.1:{port}",))
    yield place
    place.server.stop()


class Reader:
    """Somebody at a browser that asks nobody but us. ``asked``: every address it wanted."""

    def __init__(
        self, browser: Browser, place: Place, *, scripts: bool = False, **how: Any
    ) -> None:
        how.setdefault("viewport", {"width": 320, "height": 640})
        self.context: BrowserContext = browser.new_context(java_script_enabled=scripts, **how)
        self.context.set_default_timeout(120_000)
        self.asked: list[str] = []
        self.place = place
        self.context.route("**/*", self._ask)
        self.page: Page = self.context.new_page()
        self.titles: set[str] = set()

    def _ask(self, route: Route) -> None:
        self.asked.append(route.request.url)
        if route.request.url.startswith(self.place.server.url):
            route.continue_()
        else:
            route.fulfill(status=200, body="elsewhere")

    def go(self, path: str) -> Page:
        self.page.goto(self.place.server.url + path)
        return self.look()

    def press(self, name: str) -> Page:
        self.page.get_by_role("button", name=name, exact=True).click()
        return self.look()

    def look(self) -> Page:
        """What holds for every page: nothing is wider than a phone, and there is a way out."""
        self.titles.add(self.page.title())
        wide = self.page.locator("html").bounding_box()
        viewport = self.page.viewport_size
        assert wide is not None
        assert viewport is not None
        assert wide["width"] <= viewport["width"]
        exit_link = self.page.get_by_role("link", name="Exit this page")
        assert exit_link.is_visible()
        return self.page

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def words(self) -> str:
        return " ".join(self.page.locator("ol.words li").all_inner_texts())

    @property
    def cookies(self) -> set[str]:
        """The names of those it keeps. ``left`` holds nothing, and is gone in a second."""
        return {str(each.get("name")) for each in self.context.cookies()}

    @property
    def others(self) -> set[str]:
        """Addresses that are not of the server."""
        return {each for each in self.asked if not each.startswith(self.place.server.url)}


@pytest.fixture
def reader(browser: Browser, place: Place) -> Iterator[Reader]:
    reader = Reader(browser, place)
    yield reader
    assert reader.titles <= TITLES
    assert reader.others <= {EXIT}
    reader.context.close()


def open_mailbox(reader: Reader, words: str) -> None:
    reader.go("/plain/open").get_by_label("Your seven words").fill(words)
    reader.press("Open")
    assert reader.heading == "Your mailbox"


def test_a_report_goes_round_from_the_first_page_to_a_closed_mailbox(
    reader: Reader, place: Place, tmp_path: Path
) -> None:
    (tmp_path / "rota.txt").write_text("a rota")
    (tmp_path / "scan.bin").write_bytes(bytes(range(256)) * 9000)
    page = reader.go("/plain/")
    page.get_by_role("link", name="Write to us", exact=True).click()
    words = reader.words
    assert len(words.split()) == 7
    reader.press("Send report")
    assert reader.heading == "Write to us"
    assert reader.words == words
    page.get_by_label("What happened?").fill("What I saw\n\non two lines é 👩‍👧")
    page.get_by_label("Using influence").check()
    page.get_by_label("Which force?").select_option("kent")
    page.get_by_label("Who is it about?").fill("A sergeant")
    page.get_by_label("Choose files").set_input_files(
        [tmp_path / "rota.txt", tmp_path / "scan.bin"]
    )
    reader.press("Send report")
    assert reader.heading == "Your report has arrived"
    [report] = place.letters(words)
    assert report.text == "What I saw\n\non two lines é 👩‍👧"
    assert [each.name for each in report.files] == ["rota.txt", "scan.bin"]
    assert place.content(report.files[1]) == bytes(range(256)) * 9000

    place.reply(words, "Thank you.\nHow do you know?", "<b>And</b> when?")
    open_mailbox(reader, words)
    assert "How do you know?" in page.inner_text("main")
    assert "<b>And</b> when?" in page.inner_text("main")
    page.get_by_label("Your message").fill("I saw it")
    reader.press("Send message")
    assert "Your answer has arrived." in page.inner_text("main")
    page.reload()
    assert [each.text for each in place.letters(words)][1:] == ["I saw it"], (
        "a reload sends nothing"
    )

    page.get_by_role("link", name="Delete messages of the team").click()
    reader.look()
    page.get_by_label("Message of").first.check()
    reader.press("Delete for good")
    assert "How do you know?" not in page.inner_text("main")
    page.get_by_role("link", name="Close this mailbox for good").click()
    reader.look()
    page.get_by_label("I want to close it for good").check()
    reader.press("Close the mailbox")
    assert reader.heading == "The mailbox is closed"
    assert reader.cookies <= {"left"}
    assert reader.others == set()


def test_the_whole_of_it_can_be_done_with_the_keyboard_alone(reader: Reader, place: Place) -> None:
    page = reader.go("/plain/start")
    words = reader.words
    keyboard = page.keyboard

    def tab_to(name: str) -> None:
        for _ in range(120):
            keyboard.press("Tab")
            focused = page.locator(":focus")
            if focused.count() and focused.get_attribute("name") == name:
                return
        raise AssertionError(f"{name} cannot be reached")

    def press_button() -> None:
        for _ in range(60):
            keyboard.press("Tab")
            focused = page.locator("button:focus")
            if focused.count():
                keyboard.press("Enter")
                return
        raise AssertionError("there is no way to the button")

    tab_to("text")
    keyboard.type("Written without a mouse")
    tab_to("category")
    keyboard.press("Space")
    press_button()
    page.get_by_role("heading", name="Your report has arrived").wait_for()
    page.goto(f"{place.server.url}/plain/open")
    tab_to("words")
    keyboard.type(words)
    keyboard.press("Enter")
    page.get_by_role("heading", name="Your mailbox").wait_for()
    tab_to("text")
    keyboard.type("An answer")
    press_button()
    page.get_by_text("Your answer has arrived.").wait_for()
    assert [each.text for each in place.letters(words)] == ["Written without a mouse", "An answer"]


def test_an_error_has_the_focus_and_leads_to_its_field(reader: Reader) -> None:
    page = reader.go("/plain/start")
    reader.press("Send report")
    assert page.locator(".error-summary:focus").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#text")
    assert page.locator("#text").get_attribute("aria-describedby") == "text-hint text-error"


# -- back, reload, double click -------------------------------------------------------------------


def test_a_report_sent_again_by_reload_back_or_a_double_click_is_stored_once(
    reader: Reader, place: Place
) -> None:
    page = reader.go("/plain/start")
    words = reader.words
    page.get_by_label("What happened?").fill("Once")
    page.get_by_role("button", name="Send report").dblclick()
    page.locator(".panel").wait_for()
    assert reader.heading in {"Your report has arrived", "Your report had arrived already"}
    said = reader.heading
    page.reload()
    assert reader.heading == said, "a reload sends nothing"
    page.go_back()
    assert reader.words != words, "words that were used are not shown again"
    assert page.get_by_label("What happened?").input_value() == ""
    page.go_forward()
    assert [each.text for each in place.letters(words)] == ["Once"]


def test_an_answer_sent_by_a_double_click_is_stored_once(reader: Reader, place: Place) -> None:
    words = place.report()
    open_mailbox(reader, words)
    reader.page.get_by_label("Your message").fill("Once")
    reader.page.get_by_role("button", name="Send message").dblclick()
    reader.page.get_by_text("has arrived").first.wait_for()
    assert [each.text for each in place.letters(words)][1:] == ["Once"]
    open_mailbox(reader, words)
    assert "Message 2," in reader.page.inner_text("main")


def test_deleting_by_a_double_click_says_that_it_was_done(reader: Reader, place: Place) -> None:
    words = place.report()
    place.reply(words, "A reply")
    open_mailbox(reader, words)
    reader.go("/plain/delete").get_by_label("Message of").check()
    reader.page.get_by_role("button", name="Delete for good").dblclick()
    reader.page.get_by_text("The messages have been deleted.").wait_for()
    reader.page.go_back()
    assert "A reply" not in reader.page.inner_text("main")


def test_an_answer_written_for_too_long_is_sent_by_a_reload_once_logged_in_again(
    reader: Reader, place: Place, tmp_path: Path
) -> None:
    """What the page that says "logged out" tells people to do does work."""
    (tmp_path / "a.txt").write_text("a file")
    words = place.report()
    open_mailbox(reader, words)
    page = reader.page
    page.get_by_label("Your message").fill("Written slowly")
    page.get_by_label("Files, if you have any").set_input_files(tmp_path / "a.txt")
    place.turn_clock(16 * 60)
    reader.press("Send message")
    assert reader.heading == "You have been logged out"
    assert "another tab, then come back to this page and reload it" in page.inner_text("main")
    other = reader.context.new_page()
    other.goto(f"{place.server.url}/plain/open")
    other.get_by_label("Your seven words").fill(words)
    other.get_by_role("button", name="Open").click()
    other.get_by_role("heading", name="Your mailbox").wait_for()
    page.reload()
    assert "Your answer has arrived." in page.inner_text("main")
    answer = place.letters(words)[1]
    assert answer.text == "Written slowly"
    assert [place.content(each) for each in answer.files] == [b"a file"]
    place.turn_clock(0)


# -- leaving --------------------------------------------------------------------------------------


def test_leaving_leads_elsewhere_and_nothing_opens_on_the_way_back(
    reader: Reader, place: Place
) -> None:
    words = place.report()
    place.reply(words, "A reply that nobody else must see")
    open_mailbox(reader, words)
    assert reader.cookies == {"mailbox"}
    reader.page.get_by_role("link", name="Exit this page").click()
    reader.page.wait_for_url(EXIT)
    assert reader.cookies <= {"left"}
    for _ in range(3):
        reader.page.go_back()
        assert "nobody else must see" not in reader.page.content()
        assert words.split()[0] not in reader.page.content()
    reader.page.go_forward()
    assert "nobody else must see" not in reader.page.content()


def test_nothing_is_left_in_the_browser_but_neutral_titles_and_addresses(
    browser: Browser, place: Place
) -> None:
    reader = Reader(browser, place, scripts=True)
    words = place.report()
    place.reply(words, "A reply")
    open_mailbox(reader, words)
    state = reader.context.storage_state(indexed_db=True)
    assert state["origins"] == []
    left = reader.page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, document.cookie, history.state,"
        " (await navigator.serviceWorker?.getRegistrations() ?? []).length]"
    )
    assert left == [0, 0, "", None, 0]
    assert all(each.split("/plain/", 1)[-1] in {"open", "mailbox"} or "/assets/" in each
               for each in reader.asked)  # fmt: skip
    reader.context.close()


# -- languages, and a warning for few --------------------------------------------------------------


@pytest.mark.sampled(1)
@pytest.mark.parametrize("width", [320, 1200])
def test_no_welsh_page_is_a_barrier(browser: Browser, place: Place, width: int) -> None:
    viewport = {"width": width, "height": 800}
    reader = Reader(browser, place, scripts=True, viewport=viewport)
    words = place.report()
    place.reply(words, "Diolch")
    for when in ("nobody", "a mailbox"):
        for path in WELSH:
            reader.page.goto(place.server.url + path)
            assert violations(reader.page) == [], (when, path)
            assert reader.page.evaluate("document.documentElement.scrollWidth") == width, path
            assert reader.page.locator("html").get_attribute("lang") == "cy"
            assert reader.page.get_by_role("link", name="Gadael y dudalen hon").is_visible()
        reader.page.goto(f"{place.server.url}/plain/cy/open")
        reader.page.get_by_label("Eich saith gair").fill(words)
        reader.page.get_by_role("button", name="Agor", exact=True).click()
        reader.page.get_by_role("heading", name="Eich blwch negeseuon").wait_for()
    reader.context.close()


def test_who_says_that_few_people_know_is_warned_without_a_script(reader: Reader) -> None:
    """R5."""
    page = reader.go("/plain/start")
    warning = page.get_by_text("Do five people or fewer know this?")
    assert not warning.is_visible()
    page.get_by_label("Five or fewer").check()
    assert warning.is_visible()
    page.get_by_label("More than twenty").check()
    assert not warning.is_visible()


# -- every page, in every state -------------------------------------------------------------------


@pytest.mark.sampled(2)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1200])
def test_no_page_in_any_state_is_a_barrier(
    browser: Browser, place: Place, scheme: Any, width: int
) -> None:
    """Scripts are on only so that they can look."""
    viewport = {"width": width, "height": 800}
    reader = Reader(browser, place, scripts=True, color_scheme=scheme, viewport=viewport)
    long = "w" * 300

    def check(what: str) -> None:
        reader.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        assert violations(reader.page) == [], what
        assert reader.page.evaluate("document.documentElement.scrollWidth") == width, what

    for path in PATHS:
        reader.go(path)
        check(f"{path} without a mailbox")
    page = reader.go("/plain/start")
    page.get_by_label("What happened?").fill(long)
    page.get_by_label("Yes. The investigators").check()
    upload = {"name": f"{long[:240]}.txt", "mimeType": "text/plain", "buffer": b""}
    reader.press("Send report")
    check("a form that comes back")
    page.get_by_label("No. I want to stay anonymous").check()
    page.get_by_label("Choose files").set_input_files([upload])  # type: ignore[list-item]
    reader.press("Send report")
    check("a file with a long name")
    words = reader.words
    reader.press("Send report")
    check("arrived")
    page.reload()
    check("arrived already")
    place.reply(words, long, "Second\nreply " * 50)
    reader.go("/plain/open").get_by_label("Your seven words").fill(long)
    reader.press("Open")
    check("a wrong word")
    open_mailbox(reader, words)
    for path in PATHS[4:8]:
        reader.go(path)
        check(f"{path} with replies")
    reader.press("Close the mailbox")
    check("close without a tick")
    reader.go("/plain/delete")
    reader.press("Delete for good")
    check("delete without a choice")
    page.get_by_label("All of them").check()
    reader.press("Delete for good")
    check("deleted")
    reader.press("Send message")
    check("an empty answer")
    reader.context.close()
