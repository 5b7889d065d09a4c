"""Who may speak to the workstation's pages: another host, another page, another process may not.

Everything is sent to a real ``dropbox-inbox serve`` (CHECKS T17, T18, T28, T42 to T46, T78).
"""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from aiohttp import web

from crypto.reporter import Draft
from inbox_ui.folder import Folder
from inbox_ui.options import Place
from inbox_ui.pages import words
from inbox_ui.pages.app import make_app
from inbox_ui.pages.door import Door
from inbox_ui.pages.gate import Access
from inbox_ui.pages.headers import HEADERS
from inbox_ui.pages.peer import is_ours
from inbox_ui.pages.routes import ROUTES
from inbox_ui.pages.sitting import Plan, Sitting
from tests.inbox_ui.served import Served, Shop, wait_for
from tests.needs import needs_root

NOBODY = 65534
CHANGING = sorted({route.path for route in ROUTES if route.method == "POST"})


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shop.report(Draft("CANARY is what the report says."))
    return shop.close()


@pytest.fixture(scope="module")
def served(shop: Shop) -> Iterator[Served]:
    """Unlocked, and with the cookie."""
    with Served(shop.vault, unlocked=True) as served:
        served.enter()
        yield served


@pytest.fixture(scope="module")
def case(served: Served) -> str:
    return served.the_case()


def example(path: str, case: str) -> str:
    """A path that the route takes."""
    for name, value in {
        "key": "x", "asset": "site.css", "queue": "all", "page": "1", "case": case,
        "chain": "reporter", "seq": "0", "number": "1", "ticket": "x",
        "act": "assign", "member": "a" * 32, "change": "suspend",
        "draft": "a" * 32, "step": "approve", "question": "a" * 26,
        "ref": "IR-AAAAAAAAAA", "first": "2026-01", "last": "2026-02", "said": "agreed",
        "picture": "1", "of": "unit",
    }.items():  # fmt: skip
        path = re.sub(rf"{{{name}:(?:[^{{}}]|{{[^}}]*}})*}}", value, path)
    assert not {"{", "}"} & set(path), path
    return path


# -- (0) another user of this machine -----------------------------------------------------------


def _run_as(user: int, served: Served, script: str, request: bytes) -> bytes:
    """What ``script`` of bash writes, in a process of ``user``, with the port as its ``$1``."""
    done = subprocess.run(
        ["bash", "-c", script, "bash", str(served.port)],
        input=request, capture_output=True, user=user, group=user, extra_groups=[], cwd="/",
        timeout=180, check=False,
    )  # fmt: skip
    return done.stdout


def _request(served: Served, method: str, path: str, body: bytes = b"") -> bytes:
    """All that the analyst's browser would send, the cookie as well."""
    kind = ("Content-Type", "application/x-www-form-urlencoded")
    headers = [*served.own(), kind, ("Content-Length", str(len(body))), ("Connection", "close")]
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode() + body


ASK = 'exec 3<>"/dev/tcp/127.0.0.1/$1" && cat >&3 && echo sent && cat <&3'
ASK_AND_GO = 'exec 3<>"/dev/tcp/127.0.0.1/$1" && cat >&3 && exec 3>&- && echo sent'


def test_another_user_with_the_cookie_and_every_header_is_not_answered(
    served: Served, case: str
) -> None:
    needs_root()
    for path in (f"/case/{case}", "/", "/assets/site.css", served.key):
        assert _run_as(NOBODY, served, ASK, _request(served, "GET", path)) in (b"", b"sent\n")
    asked = _request(served, "GET", f"/case/{case}")
    assert b"CANARY" in _run_as(os.geteuid(), served, ASK, asked)  # it would be answered


def test_another_user_who_sends_and_is_gone_changes_nothing(served: Served, case: str) -> None:
    """A socket that was closed shows root's number in the kernel's table, and we may be root."""
    needs_root()
    note = b"note=PLANTED&ticket=planted&read=0"
    request = _request(served, "POST", f"/case/{case}/note", note)
    _, child = served.family
    os.kill(child, signal.SIGSTOP)
    try:
        sent = _run_as(NOBODY, served, ASK_AND_GO, request)
    finally:
        os.kill(child, signal.SIGCONT)
    assert sent == b"sent\n"
    for _ in range(3):
        assert "PLANTED" not in served.get(f"/case/{case}").body


def test_a_socket_is_ours_only_while_it_is_there_and_connected_to_us() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as other,
    ):
        here, peer = listener.accept()
        with here:
            own = here.getsockname()
            assert is_ours(peer, own)
            assert not is_ours(peer, (own[0], own[1] ^ 1))
            assert not is_ours((peer[0], peer[1] ^ 1), own)
            other.close()
            assert not is_ours(peer, own)


def test_a_socket_of_ipv6_that_is_connected_to_us_is_ours_too() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.socket(socket.AF_INET6) as other,
    ):
        other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        other.connect(("::ffff:127.0.0.1", listener.getsockname()[1]))
        here, peer = listener.accept()
        with here:
            assert is_ours(peer, here.getsockname())


# -- (1) the host -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "evil.test", "127.0.0.1.nip.io:{port}", "localhost:{port}", "localhost.:{port}",
        "[::1]:{port}", "0.0.0.0:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:{port}.",
        "127.0.0.2:{port}", "127.1:{port}", "2130706433:{port}", "0x7f000001:{port}",
        "127.0.0.1:{port}@evil.test", "evil.test:{port}", " 127.0.0.1:{port} x", "",
    ],
)  # fmt: skip
def test_a_name_that_was_made_to_lead_here_is_misdirected(served: Served, host: str) -> None:
    own = dict(served.own())
    own["Host"] = host.format(port=served.port)
    for method in ("GET", "POST"):
        got = served.send(method, "/", list(own.items()))
        assert got.status in (400, 421), got.status
        assert "CANARY" not in got.body
        assert got.status == 400 or words.WRONG_HOST in got.body


def test_a_missing_and_a_second_host_and_an_absolute_target_are_misdirected(
    served: Served,
) -> None:
    host, *rest = served.own()
    for headers in (rest, [host, host, *rest], [host, ("Host", "evil.test"), *rest]):
        assert served.send("GET", "/", headers).status in (400, 421)
    for target in (f"{served.origin}/", "http://evil.test/", "//evil.test/", "*"):
        assert served.send("GET", target, served.own()).status in (400, 403, 404, 421)


def test_forwarding_headers_change_nothing(served: Served) -> None:
    more = [("X-Forwarded-Host", "evil.test"), ("X-Forwarded-For", "6.6.6.6"), ("Forwarded", "x")]
    got = served.send("GET", "/", [*served.own(), *more])
    assert got.status == 200
    assert "evil.test" not in got.body


def test_only_loopback_is_listened_on(served: Served) -> None:
    listening = [
        each.laddr
        for process in served.family
        for each in psutil.Process(process).net_connections()
        if each.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert {(address.ip, address.port) for address in listening} == {("127.0.0.1", served.port)}


# -- (2) and (3) another page -------------------------------------------------------------------


@pytest.mark.sampled(160)
@pytest.mark.parametrize("path", CHANGING)
@pytest.mark.parametrize(
    ("origin", "site"),
    [
        (None, None), (None, "same-origin"), ("own", None), ("null", "same-origin"),
        ("null", "cross-site"), ("http://evil.test", "cross-site"), ("own", "cross-site"),
        ("own", "same-site"), ("own", "none"), ("http://127.0.0.1:1", "same-site"),
        ("http://localhost", "same-origin"), ("https", "same-origin"), ("own twice", "same-origin"),
        ("own", "same-origin, same-origin"), ("", "same-origin"),
    ],
)  # fmt: skip
def test_no_other_page_can_change_anything(
    served: Served, case: str, path: str, origin: str | None, site: str | None
) -> None:
    host, *_, cookie = served.own()
    headers = [host, cookie]
    if origin is not None:
        value = {"own": served.origin, "https": served.origin.replace("http", "https")}
        origins = [served.origin] * 2 if origin == "own twice" else [value.get(origin, origin)]
        headers += [("Origin", each) for each in origins]
    if site is not None:
        headers.append(("Sec-Fetch-Site", site))
    got = served.send("POST", example(path, case), headers, b"text=x&note=x&ticket=t&read=0")
    assert (got.status, words.FROM_ELSEWHERE in got.body) == (403, True)


def test_nothing_was_changed_by_all_of_that(served: Served, case: str) -> None:
    page = served.get(f"/case/{case}")
    assert (page.status, page.main.count('<li class="message')) == (200, 1)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "evil", ""])
def test_no_other_page_can_show_or_follow_one_of_ours(served: Served, case: str, site: str) -> None:
    host, *_, cookie = served.own()
    for path in ("/", f"/case/{case}", "/now", "/assets/site.css"):
        got = served.send("GET", path, [host, cookie, ("Sec-Fetch-Site", site)])
        assert got.status == 403
        assert "CANARY" not in got.body


def test_a_form_of_another_kind_is_refused(served: Served, case: str) -> None:
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/json"):
        got = served.send("POST", f"/case/{case}/note", served.own(), b"note=x", kind)
        assert served.follow(got).status == 415
    coded = [*served.own(), ("Content-Encoding", "gzip")]
    got = served.send("POST", f"/case/{case}/note", coded, b"x")
    assert served.follow(got).status == 415
    assert served.post(f"/case/{case}/note", **{str(n): "x" for n in range(30)}).status == 400
    bad = served.send("POST", f"/case/{case}/note", served.own(), b"note=%ff%fe")
    assert served.follow(bad).status == 400
    assert served.post(f"/case/{case}/note", note="x" * 1_100_000).status == 413


# -- (4) the cookie, and the key it is exchanged for --------------------------------------------


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_without_the_cookie_nothing_is_shown_and_the_way_in_is_said(
    served: Served, case: str, route: object
) -> None:
    assert route in ROUTES
    method, path, access = route.method, route.path, route.access  # type: ignore[attr-defined]
    for cookie in ("", f"workstation-{served.port}=", "workstation=x", "x" * 2000):
        headers = [*served.own(cookie=False), *([("Cookie", cookie)] if cookie else [])]
        got = served.send(method, example(path, case), headers)
        assert "CANARY" not in got.body
        if access is not Access.ANYONE and method == "POST":
            assert (got.status, got.location, got.body) == (303, "/", "")
            got = served.send("GET", "/", headers[:3])
        if access is not Access.ANYONE:
            assert (got.status, words.NO_COOKIE in got.body) == (403, True)


def test_the_key_is_exchanged_once_and_is_not_left_in_the_history(shop: Shop) -> None:
    with Served(shop.vault) as served:
        for wrong in ("/key/x", served.key + "x", served.key[:-1]):
            assert served.send("GET", wrong, served.own()).status == 403
        for method in ("HEAD", "POST", "OPTIONS"):
            got = served.send(method, served.key, served.own())
            assert "set-cookie" not in got.headers, method
        got = served.enter()
        assert (got.status, got.location) == (303, "/")
        name, _, settings = got.headers["set-cookie"].partition("=")
        assert name == f"workstation-{served.port}"
        value, *rest = settings.split("; ")
        assert len(value) >= 43
        assert set(rest) == {"HttpOnly", "SameSite=Strict", "Path=/"}
        again = served.send("GET", served.key, served.own(cookie=False))
        assert again.status == 403
        assert "set-cookie" not in again.headers
        assert "used before" in again.body
        assert served.get("/").status == 403  # the cookie alone opens nothing


def test_the_key_and_the_cookie_of_one_start_are_nothing_to_the_next(shop: Shop) -> None:
    with Served(shop.vault) as first:
        first.enter()
    with Served(shop.vault, unlocked=True) as second:
        second.cookie = first.cookie.replace(str(first.port), str(second.port))
        assert second.get("/").status == 403
        assert second.send("GET", first.key, second.own(cookie=False)).status == 403


# -- GET has no effects -------------------------------------------------------------------------


def test_getting_every_page_changes_nothing(served: Served, shop: Shop, case: str) -> None:
    def state() -> dict[str, bytes]:
        files = (each for each in sorted(shop.vault.rglob("*")) if each.is_file())
        return {str(each): each.read_bytes() for each in files if each.suffix not in (".shm",)}

    served.get("/")
    time.sleep(1.0)  # the courier has tried once
    wait_for((shop.vault / "index" / "000000").exists)  # the search has read all there is
    before = state()
    for route in ROUTES:
        for _ in range(2):
            if route.method == "GET" and not route.path.startswith("/key"):
                assert served.get(example(route.path, case)).status in (200, 400, 404)
            if route.method == "POST":
                assert served.get(example(route.path, case)).status in (200, 400, 404, 405)
    after = state()
    assert {k: v for k, v in before.items() if not k.endswith("-shm")} == {
        k: v for k, v in after.items() if not k.endswith("-shm")
    }
    assert "unread" in served.get(f"/case/{case}").main


# -- every answer -------------------------------------------------------------------------------


async def test_the_list_of_routes_is_what_the_router_has() -> None:
    place = Place(Folder(Path("/nowhere")), None, None, None)
    app = make_app(Sitting(Plan(place, 1, 1), Door(1)), {})
    routed = {
        (route.method, route.resource.canonical if route.resource else "")
        for route in app.router.routes()
        if isinstance(route, web.AbstractRoute)
    }
    listed = {
        (route.method, re.sub(r"{([a-z]+):(?:[^{}]|{[^}]*})*}", r"{\1}", route.path))
        for route in ROUTES
    }
    assert routed == listed
    assert len(routed) == len(ROUTES)


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.sampled(3)
def test_every_answer_carries_the_headers_whatever_its_status(
    served: Served, case: str, method: str
) -> None:
    seen = set()
    paths = [example(route.path, case) for route in ROUTES if route.path != "/lock"]
    for path in [*paths, "/nothing", "/favicon.ico", "/assets/none.css", "/case/aaaaaaaa"]:
        for headers in (served.own(), served.own(cookie=False), [("Host", "evil.test")]):
            got = served.send(method, path, headers)
            seen.add(got.status)
            for name, value in HEADERS.items():
                assert got.headers.get(name.lower()) == value, (path, got.status, name)
            assert not {"server", "date", "x-powered-by"} & set(got.headers)
    assert seen & {403, 421}


def test_the_policy_allows_our_own_files_and_nothing_else() -> None:
    policy = dict(each.split(" ", 1) for each in HEADERS["Content-Security-Policy"].split("; "))
    assert policy.pop("default-src") == "'none'"
    assert policy.pop("base-uri") == policy.pop("frame-ancestors") == "'none'"
    assert policy.pop("require-trusted-types-for") == "'script'"
    assert policy.pop("trusted-types") == "'none'"
    assert set(policy.values()) == {"'self'"}
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(
    "request_",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: CANARY\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nBad Header: CANARY\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: CANARY\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nExpect: CANARY\r\n\r\n",
        b"GET /" + b"CANARY" * 4000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"A%d: CANARY\r\n" % n for n in range(5000)) + b"\r\n",
    ],
)
def test_a_broken_request_is_not_quoted_and_names_no_library(
    served: Served, request_: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall(request_)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
            if b"\r\n\r\n" in answer:
                break
    assert b"CANARY" not in answer
    assert b"aiohttp" not in answer.lower()
    assert b"Content-Security-Policy" in answer
    assert answer.split(b" ", 2)[1].startswith(b"4")


def test_nothing_was_logged_by_all_of_that(served: Served) -> None:
    assert served.stderr.read_bytes() == b""
