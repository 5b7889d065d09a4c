"""Parts of a picture are blacked out in a browser: by mouse, by keys alone, without scripts.

The server and the process of the file are real.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.apart import apart
from tests.browser.test_workstation_barriers import _look
from tests.browser.workstation import Visitor, again, come_in, unlock, watch
from tests.inbox_ui.sent import send_files
from tests.inbox_ui.served import Served, wait_for
from tests.inbox_ui.test_processes import Office

Axe = Callable[..., list[str]]
SEEN = "By its bytes it is"
SIZE = (720, 1600)
"""Of a telephone's screen, as it is shown here at first: at a half."""
COLOUR = (40, 90, 160)


@dataclass(frozen=True)
class Scene:
    """A visitor to a case with one screenshot."""

    visitor: Visitor
    case: str

    def open(self) -> Page:
        """The page on which parts are blacked out, by the buttons that lead there."""
        page = self.visitor.open(f"/case/{self.case}/file/reporter/0/1")
        page.get_by_role("button", name="Look at it", exact=True).click()
        wait_for(lambda: SEEN in page.inner_text("main") or bool(page.reload() and False))
        page.get_by_role("link", name="Black out parts").click()
        expect(page.locator("h1")).to_have_text("Black out parts")
        return page


@pytest.fixture(scope="module")
def scene(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("office")
    office = apart(lambda: Office(folder))
    out = io.BytesIO()
    Image.new("RGB", SIZE, COLOUR).save(out, "PNG")
    with office.serve():
        apart(lambda: send_files(office, [("screen.png", out.getvalue())]))
        with Served(office.folder / "vault", ("--pause", "1"), server=office.url) as served:
            visitor = come_in(browser, served)
            unlock(visitor.page)
            wait_for(lambda: bool(visitor.cases()))
            yield Scene(visitor, visitor.cases()[0])
            visitor.context.close()


def _click(page: Page, x: int, y: int) -> None:
    """At a place of the picture as it is shown, with the mouse."""
    picture = page.locator("input[type=image]")
    picture.scroll_into_view_if_needed()
    with page.expect_navigation():
        picture.click(position={"x": x, "y": y})


def _go_to(page: Page, selector: str) -> None:
    """By the Tab key alone."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(selector)


def _press(page: Page, selector: str) -> None:
    _go_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _type_edges(page: Page, edges: tuple[str, ...]) -> None:
    for name, value in zip(("left", "top", "right", "bottom"), edges, strict=True):
        _go_to(page, f"#{name}")
        page.keyboard.type(value)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _save(page: Page, folder: Path) -> Image.Image:
    page.fill("#folder", str(folder))
    page.get_by_role("button", name="Save the redacted copy").click()
    expect(page.locator("h1")).to_have_text("Save a redacted copy?")
    page.get_by_role("button", name="Save it there").click()
    copy = folder / "redacted-1.png"
    wait_for(copy.exists)
    with Image.open(copy) as read:
        return read.copy()


def _with_black(*boxes: tuple[int, int, int, int]) -> bytes:
    picture = Image.new("RGB", SIZE, COLOUR)
    for box in boxes:
        picture.paste("black", box)
    return picture.tobytes()


@pytest.mark.parametrize("scripts", [True, False])
def test_parts_are_chosen_with_the_mouse_and_gone_from_the_copy(
    browser: Browser, scene: Scene, tmp_path: Path, scripts: bool
) -> None:
    visitor = again(browser, scene.visitor, java_script_enabled=scripts)
    page = Scene(visitor, scene.case).open()
    seen = watch(page, visitor.served.origin)
    _click(page, 10, 20)
    expect(page.get_by_role("status").filter(has_text="One corner is chosen")).to_be_visible()
    _click(page, 109, 39)
    expect(page.locator("ol")).to_contain_text("From 20 to 220 across, and from 40 to 80 down.")
    _click(page, 359, 799)
    _click(page, 350, 790)
    page.get_by_role("button", name="Show at 100%").click()
    _click(page, 500, 700)
    _click(page, 400, 600)
    page.get_by_role("button", name="Take it away (part 2)").click()
    boxes = (20, 40, 220, 80), (400, 600, 501, 701)
    assert _save(page, tmp_path / "to").tobytes() == _with_black(*boxes)
    assert [each for each in seen if "favicon" not in each] == []
    visitor.context.close()


def test_parts_are_chosen_with_keys_alone_without_scripts(
    browser: Browser, scene: Scene, tmp_path: Path
) -> None:
    visitor = again(browser, scene.visitor, java_script_enabled=False)
    page = Scene(visitor, scene.case).open()
    _type_edges(page, ("0", "0", "100%", "5%"))
    expect(page.get_by_role("status").filter(has_text="Black parts: 1.")).to_be_visible()
    _type_edges(page, ("9", "9", "9", "9"))
    expect(page.locator(".error-summary")).to_contain_text("There is nothing in that part")
    assert page.input_value("#right") == "9"
    page.keyboard.press("Tab")  # from the summary, which has the focus
    page.keyboard.press("Enter")
    expect(page.locator("#left")).to_be_focused()
    page = visitor.open(_path(scene))
    _type_edges(page, ("100", "200", "300", "400"))
    _press(page, 'form:has([value=uncover]):has([name=number][value="0"]) button')
    expect(page.get_by_role("status").filter(has_text="Black parts: 1.")).to_be_visible()
    _press(page, "form:has([value=keep]) button")
    boxes = (0, 0, 720, 200), (0, 400, 720, 1600), (0, 200, 100, 400), (300, 200, 720, 400)
    assert _save(page, tmp_path / "to").tobytes() == _with_black(*boxes)
    visitor.context.close()


def test_the_page_in_each_state_is_no_barrier(scene: Scene, axe: Axe) -> None:
    page = scene.open()
    _look(page, axe)
    _click(page, 30, 30)
    _look(page, axe)
    page.fill("#left", "x")
    page.get_by_role("button", name="Black it out").click()
    expect(page.locator(".error-summary")).to_be_visible()
    _look(page, axe)
    page = scene.visitor.open(_path(scene))
    _click(page, 60, 60)
    _look(page, axe)
    page.fill("#folder", "/tmp/nowhere-at-all")
    page.get_by_role("button", name="Save the redacted copy").click()
    expect(page.locator("h1")).to_have_text("Save a redacted copy?")
    expect(page.locator("main img")).to_have_js_property("complete", True)
    _look(page, axe)


def test_on_a_narrow_screen_the_picture_moves_within_its_frame(scene: Scene) -> None:
    """Nothing else goes beyond 320 pixels; keys move the picture; a click counts from its edge."""
    page = scene.open()
    page.set_viewport_size({"width": 320, "height": 640})
    page.get_by_role("button", name="Show at 100%").click()
    page.wait_for_function("document.documentElement.scrollWidth <= 320")  # once it is laid out
    frame = page.get_by_role("region", name="The picture")
    frame.focus()
    page.keyboard.press("ArrowRight")
    wait_for(lambda: bool(frame.evaluate("each => each.scrollLeft") > 0))
    _click(page, 600, 1000)
    _click(page, 619, 1009)
    expect(page.locator("ol")).to_contain_text(
        "From 600 to 620 across, and from 1000 to 1010 down."
    )
    page.set_viewport_size({"width": 1200, "height": 900})


def _path(scene: Scene) -> str:
    return f"/case/{scene.case}/file/reporter/0/1/redact/0"
