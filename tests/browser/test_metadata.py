"""Looking files through where it is done: in a real browser, under the policy of our pages."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.pages import Answer, Pages
from tests.dropbox.server import ROOT
from tests.samples import Sample, samples

SCRIPTS = ROOT / "static/js/metadata"
PICTURES = [each for each in samples() if each.kind in {"jpeg", "png", "webp"}]
# Chromium reads no 16-bit grey beyond 8 bits and turns inks into colours; both sides alike.
LOOK = """async (encoded) => {
    const { inspect, strip } = await import("/assets/js/metadata/metadata.js");
    const bytes = Uint8Array.from(atob(encoded), (each) => each.charCodeAt(0));
    const pixels = async (blob) => {
        const image = await createImageBitmap(blob);
        const canvas = new OffscreenCanvas(image.width, image.height);
        const drawing = canvas.getContext("2d");
        drawing.drawImage(image, 0, 0);
        const { data } = drawing.getImageData(0, 0, image.width, image.height);
        return [image.width, image.height, ...data].join(" ");
    };
    const file = new Blob([bytes]);
    const { kind, findings } = await inspect(file, "x");
    const stripped = await strip(file);
    const same = stripped && (await pixels(file)) === (await pixels(stripped));
    return { kind, same, found: [...new Set(findings.map((each) => each.kind))].sort() };
}"""


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    answers = {
        f"/assets/js/metadata/{each.name}": Answer("text/javascript", each.read_bytes())
        for each in SCRIPTS.glob("*.js")
    }
    with Pages({"/": Answer("text/html", b"<!doctype html><title>Form</title>")} | answers) as all_:
        yield all_


@pytest.fixture(scope="module")
def page(browser: Browser, pages: Pages) -> Iterator[Page]:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(pages.origin)
        yield page


def look(page: Page, content: bytes) -> Any:
    return page.evaluate(LOOK, base64.b64encode(content).decode())


@pytest.mark.parametrize("sample", samples(), ids=lambda each: each.name)
def test_a_browser_finds_the_same_and_keeps_the_pixels(page: Page, sample: Sample) -> None:
    seen = look(page, sample.content)
    assert seen["kind"] == sample.kind
    assert seen["found"] == sorted(sample.findings)
    assert seen["same"] is (True if sample in PICTURES else None)


def test_a_changed_pixel_would_be_seen(page: Page) -> None:
    """The comparison is of what a browser draws: it has to see one other picture among them."""
    different = """async ([one, other]) => {
        const drawn = await Promise.all([one, other].map(async (encoded) => {
            const bytes = Uint8Array.from(atob(encoded), (each) => each.charCodeAt(0));
            const image = await createImageBitmap(new Blob([bytes]));
            const drawing = new OffscreenCanvas(40, 24).getContext("2d");
            drawing.drawImage(image, 0, 0);
            return drawing.getImageData(0, 0, 40, 24).data.join(" ");
        }));
        return drawn[0] !== drawn[1];
    }"""
    by_name = {each.name: each.content for each in samples()}
    pair = [base64.b64encode(by_name[name]).decode() for name in ("plain.png", "palette.png")]
    assert page.evaluate(different, pair)


def test_nothing_is_asked_of_the_server_that_tells_of_the_file(pages: Pages, page: Page) -> None:
    """Every module is fetched at once, whatever kind the file is of."""
    look(page, b"text")
    asked = [each for each in pages.asked if each.endswith(".js")]
    assert sorted(asked) == sorted(f"/assets/js/metadata/{each.name}" for each in SCRIPTS.iterdir())
