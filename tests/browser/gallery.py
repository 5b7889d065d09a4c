"""Every component on one page, for the eye.

``python -m tests.browser.gallery FOLDER`` writes pictures of it: phone and desktop, light and dark.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from dropbox.site.assets import read_assets
from dropbox.site.rendering import make_environment
from tests.browser.chromium import open_browser
from tests.browser.pages import Answer, Pages

HOSTILE = (
    "</textarea><script>alert(1)</script>'\" & <b>\u202egnp.exe\u200b http://a.invalid/x\n"
    + "w" * 90
)
WIDTHS = (320, 360, 1200)
SCHEMES = ("light", "dark")


def render(wide: bool = False, leave: str | None = "/plain/leave", hostile: str = HOSTILE) -> str:
    """The gallery as HTML; ``wide`` in the workstation's layout."""
    template = make_environment(Path(__file__).parent).get_template("gallery.html")
    return template.render(
        lang="en",
        name="Report police corruption",
        leave=leave,
        script=None,
        wide=wide,
        hostile=hostile,
    )


def answers() -> dict[str, Answer]:
    """What a server of the gallery answers, by path."""
    html = "text/html; charset=utf-8"
    found = {
        "/": Answer(html, render().encode()),
        "/wide": Answer(html, render(wide=True, leave=None).encode()),
    }
    for asset in read_assets().values():
        found[asset.path] = Answer(asset.content_type, asset.body)
    return found


def take_pictures(browser: Browser, origin: str, folder: Path) -> None:
    """Write one picture per layout, width and colour scheme into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, name in (("/", "reporter"), ("/wide", "analyst")):
        for width in WIDTHS:
            for scheme in SCHEMES:
                page = browser.new_page(
                    viewport={"width": width, "height": 900}, color_scheme=scheme
                )
                page.goto(origin + path)
                page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
                page.close()


if __name__ == "__main__":
    with sync_playwright() as driver, open_browser(driver) as chromium, Pages(answers()) as served:
        take_pictures(chromium, served.origin, Path(sys.argv[1]))
