"""A real server shows the signed site, to everybody alike, and goes on with it after an upgrade."""

import http.client
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crypto.directory import NO_SITE, Directory, read_directory
from dropbox.site.assets import Asset, read_assets
from dropbox.site.builder import Site, build, build_for, content_type, service_of
from dropbox.site.manifest import PATH, Manifest, beside, site_hash
from dropbox.site.packing import unpack
from dropbox.site.policy import FIXED_HEADERS, POLICY
from dropbox.site.storage import PackedSite, SiteFolder
from tests.dropbox.server import Server, make_data, run
from tests.dropbox.team import Team
from tests.dropbox.wiretap import publisher

OLD = "/assets/js/old.js"


def signed_site(directory: Directory) -> bytes:
    return build_for(directory).hash


def other_site(directory: Directory) -> Site:
    """What another version would build: with one script more."""
    asset = Asset(OLD, b"export {};", "text/javascript; charset=utf-8")
    return build(service_of(directory), {**read_assets(), OLD: asset})


@dataclass(frozen=True)
class Got:
    status: int
    headers: Mapping[str, str]
    body: bytes


def get(server: Server, path: str, method: str = "GET", **headers: str) -> Got:
    """One request on a connection of its own, as a browser's."""
    where = urlsplit(server.url)
    connection = http.client.HTTPConnection("127.0.0.1", where.port, timeout=60)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    got = Got(answer.status, dict(answer.getheaders()), answer.read())
    connection.close()
    return got


@pytest.fixture(scope="module")
def sited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a server whose directory signs what this installation builds."""
    folder = tmp_path_factory.mktemp("sited") / "data"
    return make_data(folder, Team(), site=signed_site)


@pytest.fixture(scope="module")
def shown(sited: Path) -> Iterator[Server]:
    with Server(sited, Team()) as server:
        yield server


@pytest.fixture(scope="module")
def manifest(shown: Server) -> Manifest:
    return Manifest.from_bytes(get(shown, PATH).body)


# -- to everybody alike -------------------------------------------------------------------------


def test_every_file_is_shown_to_the_byte_and_compressed_in_the_one_way(
    shown: Server, manifest: Manifest
) -> None:
    for path in (*manifest.hashes, PATH):
        plain = get(shown, path)
        assert (plain.status, plain.headers["Content-Type"]) == (200, content_type(path))
        assert "Content-Encoding" not in plain.headers
        for encoding in ("br", "gzip"):
            packed = get(shown, path, Accept_Encoding=f"{encoding}, x;q=0.5")
            if "Content-Encoding" in packed.headers:
                assert packed.headers["Content-Encoding"] == encoding
                assert len(packed.body) < len(plain.body)
            sent = packed.headers.get("Content-Encoding", "identity")
            assert unpack(packed.body, sent, len(plain.body)) == plain.body
        assert (
            get(shown, path, Accept_Encoding="gzip, br").headers.get("Content-Encoding", "br")
            == "br"
        )
    shown_files = {path: get(shown, path).body for path in manifest.hashes}
    assert manifest.differing(shown_files) == []


VISITORS = [
    {
        "User_Agent": f"Mozilla/5.0 (visitor {number})",
        "Accept_Language": ("cy", "en-GB, en;q=0.5", "*", "xx")[number % 4],
        "Cookie": ("", "mailbox=x", "news=1; __Secure-mailbox=2")[number % 3],
        "Accept_Encoding": ("identity", "gzip", "br", "gzip, deflate, br, zstd")[number % 4],
        "Referer": ("", "https://police.example/")[number % 2],
        "Sec_Fetch_Site": ("none", "cross-site")[number % 2],
    }
    for number in range(50)
]


def test_fifty_visitors_are_given_the_same_bytes(shown: Server, manifest: Manifest) -> None:
    """P27: user agents, languages, cookies, encodings, one after another."""
    for path in manifest.hashes:
        seen = set()
        for visitor in VISITORS if content_type(path).startswith("text/html") else VISITORS[:8]:
            got = get(shown, path, **visitor)
            encoding = got.headers.get("Content-Encoding", "identity")
            body = unpack(got.body, encoding, 10_000_000)
            headers = {
                name: value
                for name, value in got.headers.items()
                if name not in {"Content-Length", "Content-Encoding"}
            }
            seen.add((got.status, body, json.dumps(headers)))
        assert len(seen) == 1, path


def test_every_file_of_the_site_has_the_same_headers(shown: Server, manifest: Manifest) -> None:
    expected = {
        **FIXED_HEADERS,
        "Content-Security-Policy": POLICY,
        "Vary": "Accept-Encoding",
        "Connection": "close",
    }
    for path in (*manifest.hashes, PATH):
        for method in ("GET", "HEAD"):
            headers = dict(get(shown, path, method).headers)
            assert headers.pop("Content-Type") == content_type(path)
            headers.pop("Content-Length")
            assert headers == expected, (method, path)
    assert manifest.default_csp == POLICY
    assert expected["Cache-Control"] == "no-store"


def test_a_head_is_the_get_without_its_body(shown: Server, manifest: Manifest) -> None:
    for path in manifest.hashes:
        for encoding in ("identity", "br", "gzip"):
            head = get(shown, path, "HEAD", Accept_Encoding=encoding)
            full = get(shown, path, Accept_Encoding=encoding)
            assert (head.status, head.body) == (200, b"")
            assert head.headers == full.headers


TRAVERSAL = [
    "/assets", "/assets/", "/assets/..", "/assets/../settings.toml", "/../settings.toml",
    "/assets/%2e%2e/settings.toml", "/assets/..%2fsettings.toml", "/%2e%2e/%2e%2e/etc/passwd",
    "/assets//site.css", "//assets/site.css", "/assets/./site.css", "/assets/site.css/",
    "/assets/site.css%00", "/assets/site.css.br", "/assets/site.css.gz", "/index.html",
    "/assets/SITE.css", "/Assets/site.css", "/site/manifest.json", "/manifest.json/",
    "/assets/workstation.js", "/assets/site.css?x=1", "/?x", "/.well-known/x", "/favicon.ico",
    "/settings.toml", "/etc/passwd", "/assets/\\..\\settings.toml", "/database.sqlite",
]  # fmt: skip


@pytest.mark.parametrize("path", TRAVERSAL)
def test_what_is_not_in_the_manifest_is_not_there(shown: Server, path: str) -> None:
    """T29: 404 for all of it, and never 403."""
    for method in ("GET", "HEAD"):
        assert get(shown, path, method).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_a_page_is_only_read(shown: Server, method: str) -> None:
    assert get(shown, "/", method, Content_Length="0").status in {404, 405, 400, 303}


# -- what is signed, and nothing else -----------------------------------------------------------


def test_init_writes_the_files_with_their_copies(sited: Path, manifest: Manifest) -> None:
    [folder] = (sited / "site").iterdir()
    assert folder.name == site_hash((folder / "manifest.json").read_bytes()).hex()
    there = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}
    assert {"index.html", "index.html.br", "assets/site.css", "assets/site.css.gz"} <= there
    assert len([each for each in there if not each.endswith((".br", ".gz"))]) == (
        len(manifest.hashes) + 1
    )


def test_a_directory_that_signs_other_pages_makes_no_server(tmp_path: Path) -> None:
    team = Team()
    file = tmp_path / "directory"
    sites: list[Site] = []

    def sign(directory: Directory) -> bytes:
        sites.append(other_site(directory))
        return sites[-1].hash

    file.write_bytes(team.directory(site=sign))
    init = ("init", "--data", tmp_path / "data", "--directory", file, "--origin", team.origins[0])
    done = run(*init)
    assert done.returncode == 1
    assert "other pages" in done.stderr
    assert not (tmp_path / "data").exists()
    beside(file).write_bytes(sites[0].manifest.to_bytes())
    assert OLD in run(*init).stderr.splitlines()[0]


@dataclass
class Upgraded:
    """A server whose site was signed and written by another version than this one."""

    data: Path
    team: Team
    old: Site

    def publish(self, **directory: object) -> None:
        file = self.data.parent / "next"
        file.write_bytes(self.team.directory(**directory))  # type: ignore[arg-type]
        done = run("publish", "--data", self.data, file)
        assert done.returncode == 0, done.stderr
        self.said = done.stderr


@pytest.fixture
def upgraded(tmp_path: Path) -> Upgraded:
    team = Team()
    data = make_data(tmp_path / "data", team)
    sites: list[Site] = []

    def sign(directory: Directory) -> bytes:
        sites.append(other_site(directory))
        SiteFolder(data).write(PackedSite.of(sites[-1]))
        return sites[-1].hash

    found = Upgraded(data, team, None)  # type: ignore[arg-type]
    found.publish(site=sign)
    assert "warning" not in found.said
    found.old = sites[0]
    return found


def test_after_an_upgrade_the_signed_site_stays_until_the_new_one_is_signed(
    upgraded: Upgraded, wait_until: Callable[..., None]
) -> None:
    with Server(upgraded.data, upgraded.team, workers=2) as server:
        assert get(server, OLD).status == 200
        assert get(server, PATH).body == upgraded.old.manifest.to_bytes()
        assert f"first at {OLD}" in server.stderr.read_text()
        upgraded.publish(site=signed_site)  # by hand, while it runs
        wait_until(lambda: all(get(server, OLD).status == 404 for _ in range(12)), 30)
        assert get(server, PATH).body != upgraded.old.manifest.to_bytes()
        assert get(server, "/").status == 200
        wait_until(lambda: len([*(upgraded.data / "site").iterdir()]) == 1, 30)


def test_a_directory_that_comes_over_http_brings_its_site_to_every_worker(
    upgraded: Upgraded, wait_until: Callable[..., None]
) -> None:
    with Server(upgraded.data, upgraded.team, workers=2) as server:
        person = publisher(server.wire(), upgraded.team).log_in()
        body = upgraded.team.directory(site=signed_site)
        assert person.ask("POST", "/api/directory", body).status == 204
        wait_until(lambda: all(get(server, OLD).status == 404 for _ in range(12)), 30)
        new = get(server, PATH).body
    with Server(upgraded.data, upgraded.team) as server:  # it was kept
        assert get(server, PATH).body == new


def test_pages_that_this_version_cannot_build_leave_the_ones_before(
    upgraded: Upgraded, wait_until: Callable[..., None]
) -> None:
    """The workstation was upgraded first."""
    with Server(upgraded.data, upgraded.team) as server:
        upgraded.publish(site=lambda _: bytes(range(32)))
        assert "warning" in upgraded.said
        wait_until(lambda: "install the workstation's version" in server.stderr.read_text(), 30)
        assert get(server, PATH).body == upgraded.old.manifest.to_bytes()
    with Server(upgraded.data, upgraded.team) as server:  # and so after a restart
        assert get(server, PATH).body == upgraded.old.manifest.to_bytes()


def test_a_first_site_is_shown_without_a_restart(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    team = Team()
    data = make_data(tmp_path / "data", team)
    with Server(data, team) as server:
        got = get(server, "/")
        assert (got.status, got.headers["Location"]) == (303, "/plain/")
        assert get(server, "/assets/site.css").status == 200
        assert get(server, PATH).status == 404
        file = tmp_path / "next"
        file.write_bytes(team.directory(site=signed_site))
        assert run("publish", "--data", data, file).returncode == 0
        wait_until(lambda: get(server, "/").status == 200, 30)


# -- a disk that changed ------------------------------------------------------------------------


@pytest.fixture
def copied(sited: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sited, tmp_path / "data")


def test_a_site_that_no_directory_named_is_damage_and_never_shown(upgraded: Upgraded) -> None:
    """Its files fit its own hash; it lies there as the last, and the signed one is gone."""
    document = read_directory(upgraded.team.directory(), upgraded.team.service)
    asset = Asset("/assets/js/planted.js", b"export {};", "text/javascript; charset=utf-8")
    planted = build(service_of(document), {**read_assets(), asset.path: asset})
    SiteFolder(upgraded.data).write(PackedSite.of(planted))
    checked = run("check", "--data", upgraded.data)
    assert checked.returncode == 1
    assert f"{planted.hash.hex()[:8]}: no directory ever named it" in checked.stdout
    shutil.rmtree(upgraded.data / "site" / upgraded.old.hash.hex())
    with Server(upgraded.data, upgraded.team) as server:
        assert get(server, asset.path).status == 404
        assert get(server, "/").status == 303


FILES = ["index.html", "assets/site.css", "assets/site.css.br", "index.html.gz", "manifest.json"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.sampled(2)
def test_a_changed_byte_on_the_disk_is_named_and_never_shown(
    copied: Path, manifest: Manifest, name: str
) -> None:
    [folder] = (copied / "site").iterdir()
    file = folder / name
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 2] ^= 1
    file.write_bytes(changed)
    checked = run("check", "--data", copied)
    assert checked.returncode == 1
    assert "not the file that was signed" in checked.stdout
    with Server(copied, Team()) as server:  # it builds the signed one anew
        for path in ("/", "/assets/site.css"):
            body = get(server, path).body
            assert manifest.differing({path: body}) == [
                each for each in manifest.hashes if each != path
            ]
    assert run("check", "--data", copied).returncode == 0


def test_a_damaged_site_that_cannot_be_built_is_not_shown_at_all(upgraded: Upgraded) -> None:
    [folder] = (upgraded.data / "site").iterdir()
    (folder / "assets/site.css").write_bytes(b"x")
    with Server(upgraded.data, upgraded.team) as server:
        got = get(server, "/")
        assert (got.status, got.headers["Location"]) == (303, "/plain/")
        assert get(server, OLD).status == 404


def test_a_link_out_of_the_folder_is_not_followed(copied: Path, tmp_path: Path) -> None:
    [folder] = (copied / "site").iterdir()
    elsewhere = tmp_path / "elsewhere"
    (folder / "index.html").rename(elsewhere)
    (folder / "index.html").symlink_to(elsewhere)
    assert run("check", "--data", copied).returncode == 1


def test_a_restored_server_builds_its_site_again(sited: Path, tmp_path: Path) -> None:
    backup, data = tmp_path / "backup", tmp_path / "restored"
    assert run("backup", "--data", sited, backup).returncode == 0
    assert run("restore", "--data", data, backup).returncode == 0
    assert not (data / "site").exists()
    with Server(data, Team()) as server:
        assert get(server, "/").status == 200


def test_no_site_is_the_hash_of_no_file() -> None:
    assert site_hash(b"") != NO_SITE
