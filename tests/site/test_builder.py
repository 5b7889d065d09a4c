"""The static site is one and the same, wherever and whenever it is built."""

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from crypto.directory import read_directory
from dropbox.site.assets import CONTENT_TYPES, read_assets
from dropbox.site.builder import Site, build, build_for, content_type, service_of
from dropbox.site.languages import read_languages
from dropbox.site.manifest import PATH, Manifest
from dropbox.site.pages import PAGES, Service
from tests.dropbox.team import Team

ROOT = Path(__file__).resolve().parents[2]
SERVICE = Service("An invented team", "A" * 32, ("https://drop.example", "http://x.onion"), False)
PROGRAM = """
import json, sys
from hashlib import sha256
from dropbox.site.assets import read_assets
from dropbox.site.builder import build
from dropbox.site.pages import Service
service = Service("An invented team", "A" * 32, ("https://drop.example", "http://x.onion"), False)
site = build(service, read_assets())
print(json.dumps({path: sha256(body).hexdigest() for path, body in site.served.items()}))
"""


@pytest.fixture(scope="module")
def site() -> Site:
    return build(SERVICE, read_assets())


def _build_in(folder: Path, **environment: str) -> dict[str, str]:
    """The hashes of a site that an installation of its own builds, in a process of its own."""
    for package in ("crypto", "dropbox"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copytree(ROOT / "static/dist", folder / "static/dist")
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{PROGRAM}"],
        env={**os.environ, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_two_builds_on_two_folders_are_equal_to_the_byte(tmp_path: Path) -> None:
    one = _build_in(tmp_path / "one", PYTHONHASHSEED="1", TZ="Pacific/Kiritimati", LANG="C")
    other = _build_in(tmp_path / "a/b/other", PYTHONHASHSEED="77", TZ="UTC", LC_ALL="C.UTF-8")
    assert one == other
    assert len(one) == len({*one})


def test_the_order_in_which_a_disk_lists_files_is_not_in_the_site(site: Site) -> None:
    backwards = dict(reversed(read_assets().items()))
    assert build(SERVICE, backwards).manifest.to_bytes() == site.manifest.to_bytes()


def test_renewing_a_directory_leaves_the_site_as_it_is() -> None:
    team = Team()
    first, second = (read_directory(team.directory(), team.service) for _ in range(2))
    assert first != second
    assert service_of(first) == service_of(second)
    assert build_for(first).hash == build_for(second).hash


def test_another_name_root_or_origin_is_another_site(site: Site) -> None:
    for other in (
        Service("Another team", SERVICE.fingerprint, SERVICE.origins, False),
        Service(SERVICE.name, "B" * 32, SERVICE.origins, False),
    ):
        assert build(other, read_assets()).hash != site.hash


def test_every_page_is_there_in_every_language_and_all_else_is_an_asset(site: Site) -> None:
    pages = {path for path in site.files if not path.startswith("/assets/")}
    assert len(pages) == len(PAGES) * len(read_languages())
    assert {content_type(each) for each in pages} == {"text/html; charset=utf-8"}
    assert "/" in pages
    assert PATH not in site.files


def test_the_workstations_scripts_are_not_in_the_site(site: Site) -> None:
    assert not [path for path in site.files if "workstation" in path]


def test_every_path_is_one_that_the_server_takes_and_has_a_known_kind(site: Site) -> None:
    for path in site.files:
        assert re.fullmatch(r"[A-Za-z0-9_/-]+(\.[a-z]+)?", path)
        assert content_type(path) in {*CONTENT_TYPES.values(), "text/html; charset=utf-8"}


class _Loaded(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.named: list[str] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        loads = {"script": "src", "link": "href", "img": "src"}.get(tag)
        if loads:
            self.named.append(given.get(loads) or "")
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        self.inline += [tag] if tag == "style" else []


def test_a_page_loads_only_what_is_in_the_manifest_and_nothing_is_inline(site: Site) -> None:
    for path, body in site.files.items():
        if content_type(path).startswith("text/html"):
            page = _Loaded(body.decode())
            assert set(page.named) <= set(site.files), path
            assert page.inline == [], path


def test_no_page_names_a_host_of_the_service_or_a_day(site: Site) -> None:
    from datetime import UTC, datetime

    today = datetime.now(UTC).date()
    for path, body in site.files.items():
        if content_type(path).startswith("text/html"):
            text = body.decode()
            assert "127.0.0.1" not in text
            assert str(today) not in text
            assert f"{today.day} {today:%B %Y}" not in text


def test_the_manifest_names_every_file_and_is_read_back(site: Site) -> None:
    read = Manifest.from_bytes(site.served[PATH])
    assert read == site.manifest
    assert set(read.hashes) == set(site.files)
    assert read.differing(site.files) == []
