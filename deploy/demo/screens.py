"""Pictures of every page, at the width of a phone and of a desk, from the running programs.

``python -m deploy.demo.screens FOLDER``. One reporter goes through the pages that seal in the
browser, another through those without scripts, and an analyst through the workstation's, with the
invented reports of the demo.
"""

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from deploy.demo.__main__ import ANALYST_WORDS, FIRST_PORT, TEAM, answer, send_all
from deploy.demo.corpus import SCENARIOS
from deploy.demo.ports import free_pair
from deploy.demo.programs import Programs

WIDTHS = {"phone": (390, 780), "desk": (1280, 860)}


class Camera:
    """Takes each picture twice, and numbers them in the order of the journey."""

    def __init__(self, folder: Path, prefix: str, page: Page) -> None:
        self._folder = folder
        self._prefix = prefix
        self._page = page
        self._number = 0

    def take(self, name: str) -> None:
        """The page as it is now."""
        self._number += 1
        for width, (wide, high) in WIDTHS.items():
            self._page.set_viewport_size({"width": wide, "height": high})
            path = self._folder / f"{self._prefix}-{self._number:02}-{name}-{width}.png"
            taken = self._page.screenshot(full_page=True, animations="disabled")
            # 64 colours are as many as a page of ours has, in a third of the bytes.
            Image.open(io.BytesIO(taken)).convert("RGB").quantize(64).save(path, optimize=True)


def main() -> int:
    """Take them all; the folder's earlier pictures go."""
    folder = Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="dropbox-screens-") as place:
        port, other = free_pair(FIRST_PORT)
        programs = Programs(Path(place), f"http://127.0.0.1:{port}", ANALYST_WORDS)
        programs.init_team(TEAM)
        programs.init_server()
        with programs.serve() as address:
            words = send_all(programs, address)
            answer(programs, words)
            with programs.serve_inbox(other) as workstation, browser() as chromium:
                reporter(chromium, folder, address, words["S01"], Path(place))
                without_scripts(chromium, folder, address, words["S11"], Path(place))
                analyst(chromium, folder, workstation, programs)
    return 0


@contextmanager
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        path = shutil.which("chromium")
        with driver.chromium.launch(executable_path=path, args=options) as chromium:
            yield chromium


def reporter(chromium: Browser, folder: Path, address: str, words: str, place: Path) -> None:
    """Somebody with scripts: step by step to the seven words, then a mailbox with an answer."""
    page = chromium.new_context().new_page()
    camera = Camera(folder, "reporter", page)
    for path, name in (("/", "first-page"), ("/cy/", "first-page-in-welsh"), ("/what", "what")):
        page.goto(f"{address}{path}")
        camera.take(name)
    for path in ("/before", "/limits", "/verify"):
        page.goto(f"{address}{path}")
        camera.take(path.strip("/"))
    page.goto(f"{address}/report")
    while (step := shown(page)) != "sent":
        fill(page, step, place)
        camera.take(f"report-{step}")
        page.locator("[data-step]:visible form button[type=submit]").first.click()
        page.wait_for_function(OTHER_STEP, arg=[step, "sending"])
    camera.take("report-sent")
    page.goto(f"{address}/mailbox")
    camera.take("mailbox-words")
    page.fill("#words", words)
    page.locator("[data-step]:visible form button[type=submit]").first.click()
    page.locator('[data-step="inside"]').wait_for()
    camera.take("mailbox")


OTHER_STEP = (
    "steps => !steps.includes(document.querySelector('[data-step]:not([hidden])').dataset.step)"
)


def shown(page: Page) -> str:
    """The step that is shown."""
    return page.locator("[data-step]:visible").get_attribute("data-step") or ""


def fill(page: Page, step: str, place: Path) -> None:
    """What the invented reporter answers at this step."""
    scenario = SCENARIOS[0]
    if step == "about":
        page.check(f'[value="{scenario.category}"]')
    elif step == "forces":
        page.check(f'[value="{scenario.forces[0]}"]')
    elif step == "text":
        page.fill("#text", scenario.text)
    elif step == "how-many-know":
        page.check('[value="five-or-fewer"]')
    elif step == "files":
        (photo := place / "DEMO-photo.jpg").write_bytes(invented_photo())
        page.set_input_files("input[type=file]", photo)
        page.get_by_label("Send it without what it hides").check()


def invented_photo() -> bytes:
    """A grey picture that says which camera took it, and when."""
    tags = Image.Exif()
    tags[0x0110], tags[0x0132] = "DEMO camera", "2026:03:04 02:14:00"
    file = io.BytesIO()
    Image.new("RGB", (320, 200), "grey").save(file, "JPEG", exif=tags)
    return file.getvalue()


def without_scripts(chromium: Browser, folder: Path, address: str, words: str, place: Path) -> None:
    """Somebody without scripts: reports, comes back, answers, closes."""
    page = chromium.new_context(java_script_enabled=False).new_page()
    camera = Camera(folder, "plain", page)
    page.goto(f"{address}/plain/")
    camera.take("first-page")
    page.goto(f"{address}/plain/limits")
    camera.take("what-we-can-protect")
    page.goto(f"{address}/plain/start")
    camera.take("form")
    page.check("#track-2")
    press(page, "Send report")
    camera.take("form-with-problems")
    page.check("#track")
    page.fill("#text", SCENARIOS[0].text)
    (note := place / "DEMO-note.txt").write_text("DEMO")
    page.set_input_files("#files", note)
    press(page, "Send report")
    camera.take("sent")
    page.goto(f"{address}/plain/open")
    camera.take("open")
    page.fill("#words", "one two three four five six seven")
    press(page, "Open")
    camera.take("open-with-a-wrong-word")
    page.fill("#words", words)
    press(page, "Open")
    camera.take("mailbox")
    page.fill("#text", "DEMO. He limps a little.")
    press(page, "Send message")
    camera.take("mailbox-answered")
    for path in ("delete", "withdraw", "close"):
        page.goto(f"{address}/plain/{path}")
        camera.take(path)
    page.check("#sure")
    press(page, "Close the mailbox")
    camera.take("closed")
    page.goto(f"{address}/plain/mailbox")
    camera.take("logged-out")


def analyst(chromium: Browser, folder: Path, workstation: str, programs: Programs) -> None:
    """An analyst: unlocks, looks, previews a reply, locks."""
    page = chromium.new_context().new_page()
    camera = Camera(folder, "analyst", page)
    origin = workstation.partition("/key/")[0]
    page.goto(origin)
    camera.take("without-the-key")
    page.goto(workstation)
    camera.take("unlock")
    page.fill("#passphrase", "not the passphrase of this vault")
    press(page, "Unlock")
    page.wait_for_selector(".error-message")
    camera.take("unlock-wrong")
    page.fill("#passphrase", ANALYST_WORDS)
    press(page, "Unlock")
    page.wait_for_selector("table.queue")
    camera.take("inbox")
    for name in ("S02", "S03", "S01"):
        scenario = next(each for each in SCENARIOS if each.name == name)
        page.goto(f"{origin}/case/{programs.find_case(scenario.text)}")
        camera.take(f"case-{name.lower()}")
    page.fill("#text", "DEMO. Thank you. Did you see that yourself?")
    press(page, "Preview")
    camera.take("reply-preview")
    for path in ("queue/all/1", "queue/wrong/1", "team", "keys"):
        page.goto(f"{origin}/{path}")
        camera.take(path.partition("/1")[0].replace("/", "-"))
    press(page, "Lock")
    camera.take("locked")


def press(page: Page, name: str) -> None:
    """Press the button of this name."""
    page.get_by_role("button", name=name, exact=True).click()


if __name__ == "__main__":
    sys.exit(main())
