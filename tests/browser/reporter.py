"""Somebody who writes a report in a real browser, with scripts, at a real server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

from tests.dropbox.server import free_port
from tests.plain.place import Place

STEPS = (
    "start", "danger", "about", "forces", "text", "who", "how-known", "how-many-know", "more",
    "must-not-know", "files", "track", "language", "check",
)  # fmt: skip
"""The steps that everybody comes through."""


def make_place(folder: Path, **how: Any) -> Place:
    """A server at its own origin, with the signed site."""
    port = free_port()
    return Place(folder, port=port, origins=(f"http://127.0.0.1:{port}",), site=True, **how)


class Writer:
    """A person and her browser. ``asked``: every request it made, with the body."""

    def __init__(
        self, browser: Browser, place: Place, *, prefix: str = "", script: str = "", **how: Any
    ) -> None:
        """``script`` runs first in every page; ``how`` as for a context of Playwright's."""
        how.setdefault("viewport", {"width": 390, "height": 800})
        self.place = place
        self.prefix = prefix
        self.context: BrowserContext = browser.new_context(**how)
        self.context.set_default_timeout(120_000)
        if script:
            self.context.add_init_script(script)
        self.asked: list[tuple[Request, bytes]] = []
        self.errors: list[str] = []
        self.context.route(lambda url: not url.startswith(("http://127.0.0.1:", "blob:")), _answer)
        self.context.on("request", self._note)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._hear)

    def _note(self, request: Request) -> None:
        self.asked.append((request, request.post_data_buffer or b""))

    def _hear(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    # -- going about ----------------------------------------------------------------------------

    def go(self, path: str) -> Page:
        self.page.goto(f"{self.place.server.url}{self.prefix}{path}")
        return self.page

    @property
    def step(self) -> str:
        """The step that is shown."""
        return self.page.locator("[data-step]:visible").get_attribute("data-step") or ""

    def wait(self, step: str) -> None:
        """Until this step is shown."""
        self.page.locator(f'[data-step="{step}"]').wait_for()

    def press(self) -> None:
        """The button of the step that is shown."""
        self.page.locator("[data-step]:visible form button[type=submit]").first.click()

    def begin(self) -> None:
        """From the page to the first question."""
        self.go("/report")
        self.press()
        self.wait("danger")

    def walk(self, until: str, fill: dict[str, Callable[[Page], None]] | None = None) -> list[str]:
        """From the step that is shown to ``until``, filling steps on the way."""
        walked = []
        for _ in range(30):
            step = self.step
            walked.append(step)
            if step == until:
                return walked
            if fill and step in fill:
                fill[step](self.page)
            self.press()
            self.page.wait_for_function(
                "before => document.querySelector('[data-step]:not([hidden])')?.dataset.step"
                " !== before || document.querySelector('.error-summary')",
                arg=step,
            )
            assert not self.page.locator(".error-summary").count(), self.page.inner_text("main")
        raise AssertionError(f"{until} was never reached: {walked}")

    def report(self, text: str, **fill: Callable[[Page], None]) -> str:
        """A report from the first step to the words."""
        self.begin()
        write = {"text": lambda page: page.locator("#text").fill(text)}
        self.walk("check", {**write, **fill})
        self.press()
        self.wait("sent")
        return self.words

    def enter(self, words: str) -> Page:
        """Her mailbox, opened."""
        self.go("/mailbox").locator("#words").fill(words)
        self.press()
        self.wait("inside")
        return self.page

    @property
    def words(self) -> str:
        return " ".join(self.page.locator("#the-words li").all_inner_texts())

    # -- what went over the wire ----------------------------------------------------------------

    def calls(self) -> list[str]:
        """What was asked of the server's interface, in order: method and path."""
        return [
            f"{request.method} {request.url.removeprefix(self.place.server.url)}"
            for request, _ in self.asked
            if "/api/" in request.url
        ]

    def others(self) -> set[str]:
        """Addresses that are not of the server."""
        return {
            request.url
            for request, _ in self.asked
            if not request.url.startswith((self.place.server.url, "blob:"))
        }


def _answer(route: Route) -> None:
    """Nobody outside of this machine is asked anything."""
    route.fulfill(status=200, body="elsewhere")


def attach(*paths: Path) -> Callable[[Page], None]:
    """Choose these files, and send each as it is."""

    def choose(page: Page) -> None:
        page.locator("#files").set_input_files(paths)
        page.locator("[data-chosen] > li").nth(len(paths) - 1).wait_for()
        page.locator("[data-looking]").wait_for(state="hidden")
        for each in page.locator("[data-choice]:visible").all():
            each.locator("input[value=keep]").check()

    return choose


@contextmanager
def writing(browser: Browser, place: Place, **how: Any) -> Iterator[Writer]:
    writer = Writer(browser, place, **how)
    try:
        yield writer
        assert not writer.errors, writer.errors
    finally:
        writer.context.close()
