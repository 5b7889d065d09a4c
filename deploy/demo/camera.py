"""The browser that takes the pictures, and what every workstation's page has."""

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from deploy.demo.team import PASSPHRASE

WIDTHS = {"phone": (390, 780), "desk": (1280, 860)}
NARROWEST = 320
PATIENCE = 300_000
"""Milliseconds."""


class Camera:
    """Takes each picture twice, and numbers them in the order of the journey."""

    def __init__(self, folder: Path, prefix: str, page: Page, *, apart: bool = False) -> None:
        self._folder = folder
        self._prefix = prefix
        self._page = page
        self._apart = apart
        self._number = 0

    def take(self, name: str, at: str = "") -> None:
        """The page as it is now; of a long one what a window shows of it, from ``at`` on."""
        self._number += 1
        for width, (wide, high) in WIDTHS.items():
            self._page.set_viewport_size({"width": wide, "height": high})
            path = self._folder / f"{self._prefix}-{self._number:02}-{name}-{width}.png"
            self._save(path, at)

    def take_apart(self, name: str, at: str = "") -> None:
        """As ``take``; to be looked at, all of it in the dark and on the narrowest screen too."""
        self.take(name, at)
        if not self._apart:
            return
        self._page.set_viewport_size({"width": NARROWEST, "height": 780})
        self._save(self._folder / f"{self._prefix}-{self._number:02}-{name}-narrow.png")
        self._page.emulate_media(color_scheme="dark")
        self._page.set_viewport_size({"width": WIDTHS["desk"][0], "height": WIDTHS["desk"][1]})
        self._save(self._folder / f"{self._prefix}-{self._number:02}-{name}-dark.png")
        self._page.emulate_media(color_scheme="light")

    def _save(self, path: Path, at: str = "") -> None:
        if at:
            self._page.locator(at).first.evaluate("each => each.scrollIntoView()")
        taken = self._page.screenshot(full_page=not at, animations="disabled")
        # 64 colours are as many as a page of ours has, in a third of the bytes.
        Image.open(io.BytesIO(taken)).convert("RGB").quantize(64).save(path, optimize=True)


@contextmanager
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        path = shutil.which("chromium")
        with driver.chromium.launch(executable_path=path, args=options) as chromium:
            yield chromium


def open_page(chromium: Browser, *, scripts: bool = True) -> Page:
    """A page in a browser of its own, which waits for a machine that has much else to do."""
    page = chromium.new_context(java_script_enabled=scripts).new_page()
    page.set_default_timeout(PATIENCE)
    return page


def enter(chromium: Browser, pages: str) -> tuple[Page, str]:
    """Somebody's workstation in a browser of its own, unlocked and fetched; and its origin."""
    page = open_page(chromium)
    page.goto(pages)
    unlock(page)
    return page, pages.partition("/key/")[0]


def unlock(page: Page) -> None:
    """Unlock, and fetch."""
    page.fill("#passphrase", PASSPHRASE)
    press(page, "Unlock")
    page.wait_for_selector("main h1")
    press(page, "Fetch now")
    page.wait_for_selector("main h1")


def press(page: Page, name: str) -> None:
    """Press the button of this name."""
    page.get_by_role("button", name=name, exact=True).click()
