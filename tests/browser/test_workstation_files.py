"""Files that were looked at, in a browser: no barrier, nothing asked elsewhere, pictures that load.

The server and the processes of the files are real. The policy is switched off, so that the escaping
has to hold by itself (CHECKS T35, T37).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.apart import apart
from tests.browser.casework import BREAKS_OUT
from tests.browser.test_workstation_barriers import _look
from tests.browser.test_workstation_payloads import FOREIGN, TRAP, _elements
from tests.browser.workstation import Visitor, again, come_in, unlock, watch
from tests.hostile_files import Hostile, all_files
from tests.inbox_ui.sent import send_files
from tests.inbox_ui.served import Served, wait_for
from tests.inbox_ui.test_processes import Office

Axe = Callable[..., list[str]]
CHOSEN = (
    "asks.pdf",
    "photo-and-zip.jpg",
    "template.docx",
    "message.eml",
    "page.txt",
    "outside.zip",
)
HOSTILE: tuple[Hostile, ...] = tuple(each for each in all_files() if each.name in CHOSEN)
FILES = (
    *((each.name, each.data) for each in HOSTILE),
    (BREAKS_OUT, f"Words. {BREAKS_OUT}".encode()),
)
SEEN = "By its bytes it is"


@dataclass(frozen=True)
class Scene:
    """A visitor to a case with the files of ``FILES``."""

    visitor: Visitor
    case: str

    def open(self, number: int, path: str = "") -> Page:
        return self.visitor.open(f"/case/{self.case}/file/reporter/0/{number}{path}")

    def look(self, number: int) -> Page:
        """The page of what was seen, by the buttons that lead there."""
        page = self.open(number)
        page.get_by_role("button", name="Look at it", exact=True).click()
        wait_for(lambda: SEEN in page.inner_text("main") or bool(page.reload() and False))
        return page


@pytest.fixture(scope="module")
def scene(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("office")
    office = apart(lambda: Office(folder))
    with office.serve():
        apart(lambda: send_files(office, FILES))
        with Served(office.folder / "vault", ("--pause", "1"), server=office.url) as served:
            visitor = come_in(browser, served, bypass_csp=True)
            visitor.context.add_init_script(TRAP)
            unlock(visitor.page)
            wait_for(lambda: bool(visitor.cases()))
            yield Scene(visitor, visitor.cases()[0])
            visitor.context.close()


@pytest.mark.parametrize("number", range(1, len(FILES) + 1))
@pytest.mark.sampled(2)
def test_what_was_seen_is_no_barrier_and_runs_and_asks_nothing(
    scene: Scene, axe: Axe, number: int
) -> None:
    seen = watch(scene.visitor.page, scene.visitor.served.origin)
    page = scene.look(number)
    _look(page, axe)
    assert not FOREIGN & (set(_elements(page)) - {"img"})
    assert not page.evaluate("'wasPwned' in window")
    links = page.locator("main a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert [each for each in links if not each.startswith(("/", "#"))] == []
    pictures = page.locator("main img")
    for picture in pictures.all():
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("each => each.naturalWidth") > 0
        assert picture.get_attribute("alt")
    assert [each for each in seen if "favicon" not in each] == []


def test_the_file_and_the_warning_before_it_is_saved_are_no_barrier(scene: Scene, axe: Axe) -> None:
    page = scene.open(1)
    _look(page, axe)
    page.fill("#folder", "/tmp/nowhere-at-all")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Save it there")).to_be_visible()
    expect(page.locator("main")).to_contain_text("/tmp/nowhere-at-all")
    _look(page, axe)


def test_it_is_looked_at_without_scripts_too(browser: Browser, scene: Scene) -> None:
    visitor = again(browser, scene.visitor, java_script_enabled=False)
    page = Scene(visitor, scene.case).look(CHOSEN.index("photo-and-zip.jpg") + 1)
    expect(page.locator("main")).to_contain_text(SEEN)
    visitor.context.close()
