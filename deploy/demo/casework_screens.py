"""Pictures of the pages of casework: a handler's, a second reader's, and a call handler's."""

from playwright.sync_api import Page

from deploy.demo import casework
from deploy.demo.camera import Camera, press

FLAGGED = "DEMO. Thank you. Can you find out who else knows of it, and photograph the list?"
WITH_FILES = "S03"
MARKED = ("S11", "S02")
"""In both of them one force is named."""
TOP = "body"
OBSTACLES = "h3:has-text('What stands in its way')"
SPOKEN = (
    "DEMO. A sergeant tells a bar before she comes. I am Imogen, I mean, I would rather not say."
)
SLIPPED = "Imogen"


def handler(page: Page, camera: Camera, origin: str, case: dict[str, str]) -> None:
    """Who has cases: a risk to life, an assessment, a flagged reply, what was found, a report."""
    for queue in ("risk", "drafts"):
        page.goto(f"{origin}/queue/{queue}/1")
        camera.take(f"queue-{queue}")
    for name, path in (("case", ""), ("risk", "/risk")):
        page.goto(f"{origin}/case/{case[casework.ESCALATED]}{path}")
        camera.take_apart(name, TOP)
    page.goto(f"{origin}/case/{case['S03']}/assess")
    camera.take_apart("assess", TOP)
    page.goto(f"{origin}/case/{case['S03']}")
    page.fill("#text", FLAGGED)
    press(page, "Preview")
    page.locator(".alarms").wait_for()
    camera.take_apart("guard")
    page.goto(f"{origin}/search")
    page.fill("#words", "lantern")
    press(page, "Search")
    page.locator(".found").wait_for()
    camera.take_apart("search")
    for name in MARKED:
        page.goto(f"{origin}/case/{case[name]}/marks")
        page.fill("#said", "Wessendale")
        page.select_option("#kind", label="Unit or rank")
        press(page, "Mark")
        page.get_by_role("button", name="Correct what is ticked").wait_for()
    page.locator("input[name=take]").first.check()
    camera.take_apart("marks")
    press(page, "Mark what is ticked")
    page.locator(":text('Nothing is suggested')").wait_for()
    page.goto(f"{origin}/case/{case[MARKED[-1]]}/links")
    camera.take_apart("links")
    page.goto(f"{origin}/case/{case[casework.SANITISED.scenario]}/reports")
    page.locator("input[name=folder]").fill("/media/DEMO-stick/packages")
    camera.take_apart("reports", OBSTACLES)
    page.get_by_role("link", name="Change it").first.click()
    page.get_by_role("button", name="Keep this version").wait_for()
    camera.take_apart("report", TOP)


def seen_and_counted(page: Page, camera: Camera, origin: str, case: dict[str, str]) -> None:
    """A file that is looked at, the figures, what is given to others, and what is due to go."""
    page.goto(f"{origin}/case/{case[WITH_FILES]}")
    page.get_by_role("link", name="Look or save").nth(1).click()  # the pages, not the table
    page.locator("input[name=folder]").fill("/media/DEMO-encrypted/files")
    camera.take("file")
    press(page, "Look at it")
    page.locator("img").first.wait_for()
    camera.take_apart("file-seen")
    seen = page.url
    for path in ("figures", "figures/oversight", "retention", "subject-access"):
        page.goto(f"{origin}/{path}")
        camera.take_apart(path.replace("/", "-"))
    page.goto(seen)
    black_out(page, camera)


def black_out(page: Page, camera: Camera) -> None:
    """Parts of a page that is looked at: the names are black, and one corner is chosen."""
    page.get_by_role("link", name="Black out parts").first.click()
    for edge, place in (("left", "32%"), ("top", "13%"), ("right", "43%"), ("bottom", "81%")):
        page.fill(f"#{edge}", place)
    press(page, "Black it out")
    page.get_by_role("button", name="Start again").wait_for()
    page.locator("input[type=image]").click(position={"x": 40, "y": 30})
    page.get_by_role("button", name="Forget this corner").wait_for()
    page.locator("input[name=folder]").fill("/media/DEMO-encrypted/files")
    camera.take_apart("file-redacted")


def second_reader(page: Page, camera: Camera, origin: str, case: dict[str, str]) -> None:
    """Who reads a question before it goes out, of a case that they have assessed."""
    page.goto(f"{origin}/case/{case[casework.DRAFTED]}")
    camera.take("case", ".message--note")
    page.get_by_role("link", name="A draft by").first.click()
    page.get_by_role("button", name="Approve these words").wait_for()
    camera.take_apart("draft")


def call_handler(page: Page, camera: Camera, origin: str) -> None:
    """Who takes a call: a name slips out, and is forgotten; the words are read out."""
    page.goto(f"{origin}/phone")
    camera.take("before")
    press(page, "A new report")
    page.fill("#text", SPOKEN)
    page.fill("#slipped", SLIPPED)
    camera.take_apart("report", TOP)
    press(page, "Forget that")
    page.get_by_role("status").filter(has_text="It stood in").wait_for()
    camera.take("forgotten", TOP)
    press(page, "Send the report")
    page.get_by_role("heading", name="The seven words").wait_for()
    camera.take_apart("words")
    press(page, "They are written down")
    page.fill("#word-1", "window")
    press(page, "Compare")
    camera.take("compared")
    press(page, "End the call")
