"""Pictures of every page, at the width of a phone and of a desk, from the running programs.

``python -m deploy.demo.screens FOLDER``. One reporter goes through the pages that seal in the
browser, another through those without scripts, and the team through the workstations', with the
invented reports of the demo. ``--team`` takes those of the workstations alone, some of them in the
dark and on the narrowest screen too.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from deploy.demo import casework_screens as casework
from deploy.demo.__main__ import FIRST_PORT, PORTS, begin
from deploy.demo.attached import photo
from deploy.demo.camera import Camera, browser, enter, open_page, press, unlock
from deploy.demo.corpus import SCENARIOS
from deploy.demo.ports import free_row
from deploy.demo.service import Service
from deploy.demo.staff import CALLS, HANDLER_A, HANDLER_B, NEITHER, SUPERVISOR
from deploy.demo.team import PASSPHRASE, Team


def main() -> int:
    """Take them all; the folder's earlier pictures go."""
    folder, alone = Path(sys.argv[1]), "--team" in sys.argv[2:]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="dropbox-screens-") as name:
        place, ports = Path(name), free_row(FIRST_PORT, PORTS)
        address = f"http://127.0.0.1:{ports[0]}"
        team = Team(place, address)
        service = Service(place, address, team.root, team.directory)
        with service.serve():
            words = begin(team, service)
            case = {each: service.case_of(mailbox) for each, mailbox in words.items()}
            with team.serve(ports[1:]) as pages, browser() as chromium:
                if not alone:
                    reporter(chromium, folder, address, words["S01"], place)
                    without_scripts(chromium, folder, address, words["S11"], place)
                handler(chromium, folder, pages[HANDLER_A], case, apart=alone)
                supervisor(chromium, folder, pages[SUPERVISOR], case, apart=alone)
                neither(chromium, folder, pages[NEITHER], case, apart=alone)
                page, origin = enter(chromium, pages[HANDLER_B])
                second = Camera(folder, "second-reader", page, apart=alone)
                casework.second_reader(page, second, origin, case)
                page, origin = enter(chromium, pages[CALLS])
                casework.call_handler(page, Camera(folder, "phone", page, apart=alone), origin)
    return 0


def reporter(chromium: Browser, folder: Path, address: str, words: str, place: Path) -> None:
    """Somebody with scripts: step by step to the seven words, then a mailbox with an answer."""
    page = open_page(chromium)
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
        (path := place / "DEMO-photo.jpg").write_bytes(photo())
        page.set_input_files("input[type=file]", path)
        page.get_by_label("Send it without what it hides").check()


def without_scripts(chromium: Browser, folder: Path, address: str, words: str, place: Path) -> None:
    """Somebody without scripts: reports, comes back, answers, closes."""
    page = open_page(chromium, scripts=False)
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


def handler(
    chromium: Browser, folder: Path, pages: str, case: dict[str, str], *, apart: bool
) -> None:
    """Who has cases: unlocks, looks, previews a reply, exports a log, locks."""
    page = open_page(chromium)
    camera = Camera(folder, "analyst", page, apart=apart)
    origin = pages.partition("/key/")[0]
    page.goto(origin)
    camera.take("without-the-key")
    page.goto(pages)
    camera.take("unlock")
    page.fill("#passphrase", "not the passphrase of this vault")
    press(page, "Unlock")
    page.wait_for_selector(".error-message")
    camera.take("unlock-wrong")
    unlock(page)
    camera.take("inbox")
    for name in ("S02", "S03", "S01"):
        page.goto(f"{origin}/case/{case[name]}")
        camera.take_apart(f"case-{name.lower()}")
    page.fill("#text", "DEMO. Thank you. Did you see that yourself?")
    press(page, "Preview")
    camera.take("reply-preview")
    for path in ("queue/mine/1", "queue/concluded/1", "queue/hold/1", "queue/wrong/1"):
        page.goto(f"{origin}/{path}")
        camera.take(path.partition("/1")[0].replace("/", "-"))
    page.goto(f"{origin}/case/{case['S06']}/history")
    camera.take_apart("log")
    page.goto(f"{origin}/case/{case['S06']}/export")
    press(page, "Export")
    camera.take_apart("log-exported")
    page.goto(f"{origin}/case/{case['S04']}/do/conclude")
    camera.take_apart("conclude")
    for path in ("team", "keys"):
        page.goto(f"{origin}/{path}")
        camera.take(path)
    casework.handler(page, Camera(folder, "casework", page, apart=apart), origin, case)
    casework.seen_and_counted(page, Camera(folder, "seen", page, apart=apart), origin, case)
    press(page, "Lock")
    camera.take("locked")


def supervisor(
    chromium: Browser, folder: Path, pages: str, case: dict[str, str], *, apart: bool
) -> None:
    """Who gives cases away, signs who is of the team, and lets reports go or not."""
    page, origin = enter(chromium, pages)
    camera = Camera(folder, "supervisor", page, apart=apart)
    page.goto(f"{origin}/people")
    camera.take_apart("people")
    page.get_by_role("link", name="DEMO Ewa Lindqvist").click()
    camera.take_apart("member")
    page.goto(f"{origin}/people/add")
    camera.take_apart("add")
    page.fill("#other", "/nowhere/at.all")
    press(page, "Go on")
    camera.take_apart("add-wrong")
    page.goto(f"{origin}/case/{case['S02']}/do/assign")
    camera.take_apart("assign")
    page.get_by_label("DEMO Ewa Lindqvist").check()
    page.get_by_label("DEMO Noor Ashby").check()
    press(page, "Go on")
    camera.take_apart("assign-what-follows")
    page.goto(f"{origin}/bundles")
    camera.take_apart("bundles-without-a-pass")
    page.fill("#new", PASSPHRASE)
    page.fill("#again", PASSPHRASE)
    press(page, "Make the pass")
    page.goto(f"{origin}/bundles")
    press(page, "Export")
    page.get_by_text("The bundle is written").wait_for()
    camera.take_apart("bundle-written")
    page.goto(f"{origin}/audit")
    press(page, "Verify everything now")
    page.locator("#found-title").wait_for()
    camera.take_apart("audit")
    page.goto(f"{origin}/case/{case['S10']}/reports")
    camera.take_apart("report-blocked", casework.OBSTACLES)


def neither(
    chromium: Browser, folder: Path, pages: str, case: dict[str, str], *, apart: bool
) -> None:
    """Who has no case: the same case, without its words."""
    page, origin = enter(chromium, pages)
    camera = Camera(folder, "neither", page, apart=apart)
    camera.take_apart("inbox")
    page.goto(f"{origin}/queue/held/1")
    camera.take("queue-held")
    page.goto(f"{origin}/case/{case['S01']}")
    camera.take_apart("case-s01")
    page.goto(f"{origin}/interests")
    camera.take_apart("interests")


if __name__ == "__main__":
    sys.exit(main())
