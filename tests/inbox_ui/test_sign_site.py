"""What a publisher signs of the site: what this installation builds, after being asked."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.directory import NO_SITE, read_directory
from dropbox.site import builder
from dropbox.site.assets import Asset
from dropbox.site.assets import read_assets as read_installed
from dropbox.site.builder import build_for
from dropbox.site.manifest import Manifest, beside, site_hash
from inbox_ui import publishing, renewal
from inbox_ui.errors import SiteMoved
from inbox_ui.folder import Folder
from inbox_ui.line import Line
from tests.inbox_ui.conftest import Desk
from tests.inbox_ui.test_commands import Ran, run

__all__ = ["run"]
Run = Callable[..., Ran]
NEW = "/assets/js/new.js"


@pytest.fixture
def upgraded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of the workstation that signed the desk's site: with one script more."""
    asset = Asset(NEW, b"export {};", "text/javascript; charset=utf-8")
    monkeypatch.setattr(builder, "read_assets", lambda: {**read_installed(), NEW: asset})


def signed_now(desk: Desk) -> bytes:
    return desk.server.directory.site


def test_a_new_team_signs_the_site_that_its_workstation_builds(desk: Desk) -> None:
    seen = desk.station.seen.directory
    assert seen.site == build_for(seen).hash != NO_SITE
    manifest = desk.folder.manifest.read_bytes()
    assert site_hash(manifest) == seen.site
    assert Manifest.from_bytes(manifest) == build_for(seen).manifest


def test_without_an_upgrade_there_is_nothing_to_sign(run: Run, desk: Desk) -> None:
    before = desk.server.signed
    ran = run("sign-site")
    assert (ran.code, desk.server.signed) == (0, before)
    assert "signed already" in ran.err


@pytest.mark.usefixtures("upgraded")
def test_after_an_upgrade_what_differs_is_named_and_signed_once_somebody_agrees(
    run: Run, desk: Desk
) -> None:
    before = signed_now(desk)
    refused = run("sign-site")
    assert refused.code == 1
    assert "--yes" in refused.err
    assert NEW in refused.err
    assert "/assets/site.css" not in refused.err
    assert signed_now(desk) == before
    assert run("sign-site", "--yes").code == 0
    assert signed_now(desk) == build_for(desk.station.seen.directory).hash != before
    assert site_hash(desk.folder.manifest.read_bytes()) == signed_now(desk)
    assert "signed already" in run("sign-site").err


@pytest.mark.usefixtures("upgraded")
def test_renewing_a_directory_signs_no_new_page(run: Run, desk: Desk) -> None:
    before = signed_now(desk)
    number = desk.station.seen.directory.seq
    assert run("directory").code == 0
    assert desk.station.seen.directory.seq == number + 1
    assert signed_now(desk) == before


def test_pages_with_new_origins_are_signed_with_the_directory_that_names_them(
    run: Run, desk: Desk
) -> None:
    origins = (*desk.station.seen.directory.origins, "https://another.example")
    more = [each for origin in origins for each in ("--origin", origin)]
    assert run("directory", *more).code == 0
    seen = desk.station.seen.directory
    assert seen.origins == tuple(sorted(origins))
    assert seen.site == build_for(seen).hash


@pytest.mark.usefixtures("upgraded")
def test_new_origins_do_not_sign_the_pages_of_an_upgrade(run: Run, desk: Desk) -> None:
    before = signed_now(desk)
    origins = (*desk.station.seen.directory.origins, "https://another.example")
    more = [each for origin in origins for each in ("--origin", origin)]
    assert run("directory", *more).code == 0
    assert signed_now(desk) == before


@pytest.mark.usefixtures("upgraded")
def test_what_was_agreed_to_is_what_is_signed_or_nothing_is(desk: Desk) -> None:
    """Another publisher may have changed the directory since the files were shown."""
    with pytest.raises(SiteMoved):
        publishing.sign_next(desk.station, site=bytes(32))
    assert desk.station.archive.directories.unpublished(desk.station.vault.service) is None


@pytest.mark.usefixtures("upgraded")
def test_a_directory_that_is_carried_has_its_manifest_beside_it(
    run: Run, desk: Desk, tmp_path: Path
) -> None:
    out = tmp_path / "next.signed"
    before = signed_now(desk)
    assert run("sign-site", "--yes", "--out", out).code == 0
    carried = read_directory(out.read_bytes(), desk.station.vault.service)
    assert carried.site == site_hash(beside(out).read_bytes()) != before
    assert NEW in json.loads(beside(out).read_bytes())["files"]


@pytest.mark.usefixtures("upgraded")
def test_without_the_old_manifest_all_files_are_said_to_be_new(run: Run, desk: Desk) -> None:
    for damage in (b"{}", b""):
        desk.folder.manifest.write_bytes(damage)
        assert "is not here" in run("sign-site").err
    desk.folder.manifest.unlink()
    assert "is not here" in run("sign-site").err


def test_who_is_no_publisher_signs_no_site(run: Run, desk: Desk) -> None:
    station = desk.station
    station.keep(lambda vault: replace(vault, publisher=None))
    with pytest.raises(publishing.NotPublisher):
        publishing.sign_next(station, site=build_for(station.seen.directory).hash)


def test_a_backup_holds_the_manifest(run: Run, desk: Desk, tmp_path: Path) -> None:
    backup, goal = tmp_path / "backup", tmp_path / "restored"
    assert run("backup", backup).code == 0
    passphrase = tmp_path / "passphrase"
    where = ("--vault", goal, "--passphrase-file", passphrase)
    assert run("restore", backup, *where, place=False).code == 0
    assert Folder(goal).manifest.read_bytes() == desk.folder.manifest.read_bytes()


@pytest.mark.usefixtures("upgraded")
def test_the_server_has_no_say_in_what_is_signed(desk: Desk) -> None:
    """Signing asks it for nothing but its directory."""
    asked: list[str] = []

    async def sign() -> None:
        line = Line(desk.server.transport(), desk.server.origin)
        async with line.as_publisher(desk.station.vault) as service:
            request = service._transport.request

            async def noted(method: str, path: str, **rest: object) -> object:
                asked.append(f"{method} {path}")
                return await request(method, path, **rest)  # type: ignore[arg-type]

            service._transport.request = noted  # type: ignore[method-assign, assignment]
            site = build_for(desk.station.seen.directory).hash
            await renewal.renew(desk.station, service, site=site)

    asyncio.run(sign())
    assert {each for each in asked if each.startswith("GET")} == {"GET /api/directory"}
