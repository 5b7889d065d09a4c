"""What is built and served: ours, the same each time, and nothing of anybody else's name."""

import re
import subprocess
from base64 import b64decode
from pathlib import Path

import pytest

from dropbox.site.assets import PLACES, Asset, NotBuilt, read_assets, reporters_assets
from tests.browser import gallery

STATIC = Path(__file__).resolve().parents[2] / "static"
BUDGET = 12_000  # bytes, compressed: a first page is to load in a few seconds over Tor


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build made now, from the sources as they are."""
    return _build(tmp_path_factory.mktemp("built"))


def _build(folder: Path) -> Path:
    command = ("sh", "static/node.sh", "node", "static/build.mjs", str(folder))
    subprocess.run(command, cwd=STATIC.parent, check=True, capture_output=True)
    return folder


def _files(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*.*")}


def test_two_builds_are_the_same_to_the_byte(built: Path, tmp_path: Path) -> None:
    assert _files(_build(tmp_path)) == _files(built)


def test_what_is_served_is_the_build_of_these_sources(built: Path) -> None:
    fresh = {f"/{name}": body for name, body in _files(built).items()}
    assert {each.path: each.body for each in read_assets().values()} == fresh


def test_the_style_sheet_stays_small() -> None:
    command = ("gzip", "-9", "-c")
    body = read_assets()["/assets/site.css"].body
    packed = subprocess.run(command, input=body, check=True, capture_output=True).stdout
    assert len(packed) < BUDGET


# Of the package we take how fields behave, and nothing by which a public service is known.
FOREIGN = re.compile(
    r"gov\.?uk|crown|crest|@font-face|\bgds\b|transport|https?:|//[a-z]", re.IGNORECASE
)


@pytest.mark.parametrize(
    "text", ["GOV.UK", "govuk-link", "Crown", "url(//x.invalid)", "@font-face"]
)
def test_a_foreign_name_or_address_would_be_found(text: str) -> None:
    assert FOREIGN.search(text)


def test_nothing_served_has_a_foreign_name_font_or_address() -> None:
    # The gallery's own words hold an address on purpose.
    served = {"/": gallery.render(hostile="")} | {
        path: each.body.decode() for path, each in read_assets().items() if path.endswith(".css")
    }
    assert {path: FOREIGN.findall(text) for path, text in served.items()} == {
        "/": [],
        "/assets/site.css": [],
    }


def test_a_style_sheet_loads_nothing() -> None:
    css = read_assets()["/assets/site.css"].body.decode()
    assert not re.search(r"url\(|@import|/\*", css)


def test_a_missing_build_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt) as caught:
        read_assets(tmp_path)
    assert (str(caught.value), caught.value.hint) == (NotBuilt.sentence, "make setup")


def test_only_styles_icons_and_scripts_are_served_from_every_folder(tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    (assets / "js/vendor").mkdir(parents=True)
    for name in (
        "site.css",
        "js/vendor/a.mjs",
        "site.css.map",
        "js/notes.md",
        ".site.css",
        "a.svg",
    ):
        (assets / name).write_text(name)
    assert read_assets(tmp_path) == {
        path: Asset(path, path.removeprefix("/assets/").encode(), content_type)
        for path, content_type in (
            ("/assets/a.svg", "image/svg+xml"),
            ("/assets/js/vendor/a.mjs", "text/javascript; charset=utf-8"),
            ("/assets/site.css", "text/css; charset=utf-8"),
        )
    }


def test_a_reporters_browser_is_not_given_the_workstations_scripts() -> None:
    assets = read_assets()
    assert any(path.startswith("/assets/workstation") for path in assets)
    assert set(reporters_assets(assets)) == {each for each in assets if "workstation" not in each}


def _packaged(name: str, build: str, file: str) -> bytes:
    return (STATIC / "node_modules" / name / "dist" / build / file).read_bytes()


def test_libsodiums_functions_are_those_of_its_package_and_name_its_core_by_a_path() -> None:
    vendor = "/assets/js/vendor/"
    wrappers = _packaged("libsodium-wrappers-sumo", "modules-sumo-esm", "libsodium-wrappers.mjs")
    assets = read_assets()
    served = assets[f"{vendor}libsodium-wrappers.mjs"].body
    assert served.replace(b'from"./libsodium-sumo.mjs"', b'from"libsodium-sumo"') == wrappers
    assert served != wrappers


def test_compiled_libsodium_is_what_its_package_has_as_text() -> None:
    """All of the package's script is served but the text, which is the file beside it."""
    vendor = "/assets/js/vendor/"
    core = _packaged("libsodium-sumo", "modules-sumo-esm", "libsodium-sumo.mjs")
    assets = read_assets()
    first, second, served = assets[f"{vendor}libsodium-sumo.mjs"].body.split(b"\n", 2)
    assert b"libsodium.wasm" in first
    assert second.startswith(b"const binary = ")
    before, after = served.split(b"=binary")
    assert core.startswith(before)
    assert core.endswith(after)
    text = core[len(before) : len(core) - len(after)].rpartition(b'("')[2].removesuffix(b'")')
    assert b64decode(text, validate=True) == assets[f"{vendor}libsodium.wasm"].body


def test_plain_libsodium_is_what_its_package_has_for_pages() -> None:
    served = read_assets()["/assets/js/vendor/libsodium-plain.mjs"].body
    core = _packaged("libsodium-sumo", "modules-sumo", "libsodium-sumo.js")
    wrappers = _packaged("libsodium-wrappers-sumo", "modules-sumo", "libsodium-wrappers.js")
    assert core in served
    assert wrappers in served
    assert len(served) - len(core) - len(wrappers) < 200


def test_an_editable_install_reads_the_build_in_place() -> None:
    assert PLACES[1] == STATIC / "dist"


def test_the_lock_of_the_build_names_no_host() -> None:
    lock = (STATIC / "package-lock.json").read_text()
    assert "://" not in lock
    assert lock.count('"integrity": "sha512-') == lock.count('"node_modules/')
