"""``verify`` at a real server behind one that lies: to all, to some, at times, in one encoding."""

import gzip
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import brotli
import pytest
from jsonschema import validate

from crypto.directory import Directory
from dropbox.client.visitors import VISITORS
from dropbox.site.builder import build_for
from dropbox.site.manifest import PATH, Manifest
from dropbox.site.policy import FIXED_HEADERS
from tests.client.wires import Socks5
from tests.dropbox.server import ROOT, Server, free_port, make_data
from tests.dropbox.team import Team
from tests.report.conftest import Ran, refused, run
from tests.report.lying import Lie, LyingProxy, Said

Here = Callable[..., Ran]
SCHEMA = json.loads((ROOT / "docs/schemas/report-verify.json").read_text())


@dataclass
class Lied:
    """The real server, the one in front, and the team that signed the site."""

    proxy: LyingProxy
    team: Team
    manifest: Manifest

    @property
    def options(self) -> list[str]:
        root = self.team.root.keys.card.fingerprint
        return ["--server", self.proxy.url, "--root", root, "--wait", "5"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lied]:
    folder, port = tmp_path_factory.mktemp("lied"), free_port()
    manifests: list[Manifest] = []

    def sign(directory: Directory) -> bytes:
        site = build_for(directory)
        manifests.append(site.manifest)
        return site.hash

    with LyingProxy(port) as proxy:
        team = Team(origins=(proxy.url, f"http://127.0.0.1:{port}"))
        data = make_data(folder / "data", team, site=sign)
        with Server(data, team, port=port):
            yield Lied(proxy, team, manifests[0])


@pytest.fixture
def verify(place: Lied, run_here: Here) -> Callable[..., Ran]:
    """``verify(lie, …)``: what the command says while the server lies so."""

    def command(lie: Lie, *more: str) -> Ran:
        place.proxy.lie = lie
        return run_here("verify", *place.options, "--rounds", "1", *more)

    return command


def differences(ran: Ran) -> set[tuple[str, str, str | None]]:
    found = json.loads(ran.out)
    validate(found, SCHEMA)
    assert found["as_signed"] == (ran.code == 0)
    return {(each["path"], each["problem"], each["visitor"]) for each in found["differences"]}


def requests(place: Lied) -> int:
    """Of one round: every file as each visitor, a script as a page's and as a worker's."""
    scripts = [each for each in place.manifest.hashes if each.endswith((".js", ".mjs"))]
    return (len(place.manifest.hashes) + 1 + len(scripts)) * len(VISITORS)


def honest(_: Said) -> None:
    """No lie."""


def change(said: Said) -> None:
    """One bit of what would be unpacked, in whatever encoding it goes."""
    encoding = said.header("content-encoding")
    plain = {"gzip": gzip.decompress, "br": brotli.decompress}.get(encoding, bytes)(said.body)
    changed = bytearray(plain)
    changed[len(changed) // 2] ^= 1
    packed = {"gzip": gzip.compress, "br": brotli.compress}.get(encoding, bytes)(bytes(changed))
    said.body = packed


ALL = {visitor.name for visitor in VISITORS}


# -- an honest server ---------------------------------------------------------------------------


def test_an_honest_server_is_as_signed(place: Lied, verify: Callable[..., Ran]) -> None:
    ran = verify(honest, "--json")
    assert (ran.code, differences(ran)) == (0, set())
    found = json.loads(ran.out)
    assert found["files"] == len(place.manifest.hashes) + 1
    assert found["requests"] == requests(place)
    assert found["built_here"] is True


def test_the_command_as_a_process_says_so_in_words(place: Lied) -> None:
    place.proxy.lie = honest
    ran = run("verify", *place.options)
    assert ran.code == 0
    assert "Everything is as the team signed it." in ran.out
    assert f"{2 * requests(place)} times" in ran.out


def test_every_encoding_is_asked_for_by_more_than_one() -> None:
    for encoding in ("br", "gzip", "identity"):
        assert len([each for each in VISITORS if encoding in each.encodings]) >= 2


def test_a_visitor_says_nothing_that_no_browser_says(place: Lied, run_here: Here) -> None:
    asked: list[set[str]] = []

    def note(said: Said) -> None:
        if said.path != "/api/directory":
            asked.append({name.lower() for name in said.asked})

    place.proxy.lie = note
    assert run_here("verify", *place.options, "--rounds", "1").code == 0
    for names in asked:
        assert not [each for each in names if "dropbox" in each or each.startswith("x-")]


@pytest.mark.parametrize("days", [30, -30])
def test_pages_of_a_directory_that_is_not_valid_today_are_not_as_signed(
    place: Lied, days: int
) -> None:
    place.proxy.lie = honest
    ran = run("verify", *place.options, "--rounds", "1", days=days)
    assert ran.code == 1
    assert "as the team signed it" not in ran.out
    assert "DIFFERS" not in ran.out
    assert "directory that is not valid today" in ran.error
    found = json.loads(run("verify", *place.options, "--rounds", "1", "--json", days=days).out)
    assert (found["directory"]["valid"], found["as_signed"]) == (False, False)


# -- a changed byte -----------------------------------------------------------------------------


def test_a_changed_byte_in_any_page_or_script_is_found(
    place: Lied, verify: Callable[..., Ran]
) -> None:
    def lie(said: Said) -> None:
        if said.path in place.manifest.hashes:
            change(said)

    found = differences(verify(lie, "--json"))
    assert found == {(path, "changed", name) for path in place.manifest.hashes for name in ALL}


@pytest.mark.parametrize("path", ["/", "/assets/site.css", "/assets/js/vendor/libsodium-sumo.mjs"])
def test_one_changed_file_is_named_alone(verify: Callable[..., Ran], path: str) -> None:
    ran = verify(lambda said: change(said) if said.path == path else None)
    assert ran.code == 1
    [line] = [each for each in ran.out.splitlines() if each.startswith("DIFFERS")]
    assert f" {path}: it is not the file that was signed" in line
    assert "not the ones that the team signed" in ran.error


TOLD: dict[str, tuple[Callable[[Said], bool], set[str]]] = {
    "by the browser": (
        lambda said: "Android" in said.asked.get("User-Agent", ""), {"Chrome on Android"},
    ),
    "by Tor Browser": (
        lambda said: "rv:140.0" in said.asked.get("User-Agent", "")
        and "Windows" in said.asked["User-Agent"],
        {"Tor Browser"},
    ),
    "by the language": (
        lambda said: said.asked.get("Accept-Language", "").startswith("cy"),
        {"Firefox, in Welsh", "Safari on a phone"},
    ),
    "by a cookie": (
        lambda said: "Cookie" in said.asked, {"Chrome on Android", "Safari on a phone"},
    ),
    "by where they come from": (
        lambda said: said.asked.get("Referer", "").endswith("/report"), ALL - {"a program"},
    ),
    "by what they want it for": (
        lambda said: said.asked.get("Sec-Fetch-Dest") == "style", ALL - {"a program"},
    ),
    "by none of these": (lambda said: "User-Agent" not in said.asked, {"a program"}),
    "only in Brotli": (
        lambda said: said.header("content-encoding") == "br",
        {"Tor Browser", "Chrome on Android", "Safari on a phone"},
    ),
    "only in gzip": (
        lambda said: said.header("content-encoding") == "gzip", {"Firefox, in Welsh"},
    ),
    "only plain": (
        lambda said: not said.header("content-encoding"), {"Edge at work", "a program"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("told", TOLD)
@pytest.mark.sampled(2)
def test_other_bytes_for_some_are_found(verify: Callable[..., Ran], told: str) -> None:
    chosen, names = TOLD[told]
    ran = verify(
        lambda said: change(said) if said.path == "/assets/site.css" and chosen(said) else None,
        "--json",
    )
    assert differences(ran) == {("/assets/site.css", "changed", name) for name in names}


WANTED = [
    ("/", "document", "navigate"),
    ("/assets/js/report.js", "script", "cors"),
    ("/assets/js/client/worker.js", "worker", "same-origin"),
    ("/assets/js/crypto/envelope.js", "worker", "same-origin"),
    ("/assets/site.css", "style", "no-cors"),
    ("/assets/icon.svg", "image", "no-cors"),
    (PATH, "empty", "cors"),
]


@pytest.mark.parametrize(("path", "dest", "mode"), WANTED)
@pytest.mark.sampled(2)
def test_other_bytes_for_a_browser_that_wants_the_file_for_what_it_is_are_found(
    verify: Callable[..., Ran], path: str, dest: str, mode: str
) -> None:
    def lie(said: Said) -> None:
        asked = said.asked.get("Sec-Fetch-Dest"), said.asked.get("Sec-Fetch-Mode")
        is_page = "text/html" in said.asked.get("Accept", "")
        if said.path == path and asked == (dest, mode) and is_page == (dest == "document"):
            change(said)

    found = differences(verify(lie, "--json"))
    assert found == {(path, "changed", name) for name in ALL - {"a program"}}


def test_each_visitor_has_a_circuit_of_its_own(place: Lied) -> None:
    place.proxy.lie = honest
    with Socks5(int(place.proxy.url.rpartition(":")[2])) as socks:
        proxy = ["--proxy", f"socks5h://127.0.0.1:{socks.port}"]
        assert run("verify", *place.options, *proxy, "--rounds", "1").code == 0
    assert len({each.user for each in socks.dialled}) == len(VISITORS) + 1


def test_a_server_that_lies_later_is_found_by_another_round(place: Lied, run_here: Here) -> None:
    asked: list[str] = []

    def lie(said: Said) -> None:
        asked.append(said.path)
        if asked.count("/") > len(VISITORS) and said.path == "/":
            change(said)

    place.proxy.lie = lie
    ran = run_here("verify", *place.options, "--rounds", "2", "--pause", "0.1", "--json")
    assert differences(ran) == {("/", "changed", name) for name in ALL}


def test_a_manifest_that_fits_other_pages_is_not_the_signed_one(
    place: Lied, verify: Callable[..., Ran]
) -> None:
    other = Manifest(place.manifest.default_csp, place.manifest.files[1:]).to_bytes()

    def lie(said: Said) -> None:
        if said.path == PATH:
            said.replace("content-encoding")
            said.body = other

    found = differences(verify(lie, "--json"))
    assert {path for path, _, _ in found} == {PATH}


# -- what comes with the bytes ------------------------------------------------------------------


def weaken(said: Said) -> None:
    policy = said.header("content-security-policy")
    said.replace("content-security-policy", policy.replace("script-src 'self'", "script-src *"))


def add(said: Said, name: str) -> None:
    said.headers.append((name, "x"))


BOMB = gzip.compress(bytes(50_000_000))
BROTLI_BOMB = brotli.compress(bytes(50_000_000), quality=1)


def bomb(said: Said) -> None:
    said.replace("content-encoding", "gzip")
    said.body = BOMB


def brotli_bomb(said: Said) -> None:
    said.replace("content-encoding", "br")
    said.body = BROTLI_BOMB


LIES: dict[str, tuple[Lie, str]] = {
    "a weaker policy": (weaken, "policy"),
    "no policy": (lambda said: said.replace("content-security-policy"), "policy"),
    "a second policy": (
        lambda said: said.headers.append(("Content-Security-Policy", "script-src *")), "policy",
    ),
    "a cookie": (lambda said: said.headers.append(("Set-Cookie", "id=1")), "header"),
    "a link": (
        lambda said: said.headers.append(("Link", "</x.js>; rel=preload; as=script")), "header",
    ),
    "a refresh": (lambda said: said.headers.append(("Refresh", "0; url=/x")), "header"),
    "a number to know a browser by": (
        lambda said: said.headers.append(("ETag", secrets.token_hex(8))), "header",
    ),
    **{
        f"a header that no page has: {name}": (partial(add, name=name), "header")
        for name in ("Alt-Svc", "NEL", "Report-To", "Reporting-Endpoints", "Accept-CH",
                     "Content-Security-Policy-Report-Only", "Clear-Site-Data", "X-New")
    },
    **{
        f"without {name}": (partial(Said.replace, name=name.lower()), "header")
        for name in FIXED_HEADERS if name != "Content-Security-Policy"
    },
    "a weaker fixed header": (
        lambda said: said.replace("referrer-policy", "unsafe-url"), "header",
    ),
    "a fixed header twice": (
        lambda said: said.headers.append(("Referrer-Policy", "unsafe-url")), "header",
    ),
    "another type": (lambda said: said.replace("content-type", "text/plain"), "type"),
    "missing": (lambda said: setattr(said, "status", 404), "missing"),
    "broken": (lambda said: setattr(said, "status", 500), "missing"),
    "redirected": (
        lambda said: (setattr(said, "status", 302), said.replace("location", "/x"))[0],
        "redirected",
    ),
    "an encoding nobody asked for": (
        lambda said: said.replace("content-encoding", "zstd" if "zstd" not in said.asked.get(
            "Accept-Encoding", "") else "compress"), "encoding",
    ),
    "two encodings": (lambda said: said.replace("content-encoding", "gzip, gzip"), "encoding"),
    "not packed": (lambda said: said.replace("content-encoding", "identity"), "changed"),
    "an endless body": (lambda said: setattr(said, "length", -1), "changed"),
    "a huge length": (lambda said: setattr(said, "length", 10**12), "missing"),
    "a bomb": (bomb, "encoding"),
    "a Brotli bomb": (brotli_bomb, "encoding"),
    "nothing": (lambda said: setattr(said, "body", b""), "changed"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
@pytest.mark.sampled(4)
def test_what_comes_with_a_page_is_compared_too(verify: Callable[..., Ran], name: str) -> None:
    lie, problem = LIES[name]
    ran = verify(lambda said: lie(said) if said.path == "/assets/site.css" else None, "--json")
    if ran.out:
        found = differences(ran)
        assert {path for path, _, _ in found} == {"/assets/site.css"}
        assert problem in {each for _, each, _ in found}
    else:  # the connection broke inside an answer, as it does by accident too
        assert name == "a huge length"
    assert ran.code == 1


# -- before anything is compared ----------------------------------------------------------------


def test_another_teams_server_is_not_compared(place: Lied, run_here: Here) -> None:
    place.proxy.lie = honest
    other = Team().root.keys.card.fingerprint
    refused(run_here("verify", "--server", place.proxy.url, "--root", other, "--wait", "0"), 1)


def test_an_address_the_team_does_not_name_is_refused(place: Lied, run_here: Here) -> None:
    place.proxy.lie = honest
    with LyingProxy(int(place.proxy.url.rpartition(":")[2])) as another:
        root = place.team.root.keys.card.fingerprint
        refused(run_here("verify", "--server", another.url, "--root", root, "--wait", "0"), 1)


def test_without_a_signed_site_there_is_nothing_to_compare(run_here: Here, tmp_path: Path) -> None:
    port = free_port()
    team = Team(origins=(f"http://127.0.0.1:{port}",))
    with Server(make_data(tmp_path / "data", team), team, port=port) as server:
        root = team.root.keys.card.fingerprint
        ran = run_here("verify", "--server", server.url, "--root", root, "--wait", "0")
    refused(ran, 1, "has not signed any pages")


def test_nobody_answers(run_here: Here) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    root = Team().root.keys.card.fingerprint
    refused(run_here("verify", "--server", url, "--root", root, "--wait", "0"), 1, "reached")


@pytest.mark.parametrize("more", [("--rounds", "0"), ("--pause", "-1"), ("--rounds", "x")])
def test_wrong_usage(place: Lied, run_here: Here, more: tuple[str, str]) -> None:
    assert run_here("verify", *place.options, *more).code == 2
