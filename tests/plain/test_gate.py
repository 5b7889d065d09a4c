"""A form is taken from a page of ours alone; what is declared is there, with the fixed headers."""

import itertools
from collections.abc import Iterator

import pytest

from dropbox.plain.answers import PAGE, PAGE_HEADERS
from dropbox.plain.routes import ROUTES, Route
from dropbox.site.languages import find_language
from tests.dropbox.team import ORIGIN
from tests.dropbox.troubles import trouble_pages
from tests.plain.browsing import OURS, Browser, Page, head
from tests.plain.place import Place

SITE = "Sec-Fetch-Site"
OTHER = "http://elsewhere.invalid"
POSTS = [route for route in ROUTES if route.method == "POST"]
GETS = [route for route in ROUTES if route.method == "GET"]
SENDERS: dict[str, tuple[list[tuple[str, str]], bool]] = {
    "nothing said": ([], False),
    "same origin": ([(SITE, "same-origin")], True),
    "our origin": ([("Origin", ORIGIN)], True),
    "both": ([*OURS], True),
    "null": ([("Origin", "null")], False),
    "foreign": ([("Origin", OTHER)], False),
    "empty": ([("Origin", "")], False),
    "our host, another port": ([("Origin", "http://127.0.0.1:8701")], False),
    "our host, https": ([("Origin", ORIGIN.replace("http:", "https:"))], False),
    "ours with a slash": ([("Origin", f"{ORIGIN}/")], False),
    "ours in capitals": ([("Origin", ORIGIN.upper())], False),
    "ours as a prefix": ([("Origin", f"{ORIGIN}.elsewhere.invalid")], False),
    "cross-site": ([(SITE, "cross-site")], False),
    "same-site": ([(SITE, "same-site")], False),
    "none": ([(SITE, "none")], False),
    "in capitals": ([(SITE, "Same-Origin")], False),
    "cross-site with our origin": ([("Origin", ORIGIN), (SITE, "cross-site")], False),
    "none with our origin": ([("Origin", ORIGIN), (SITE, "none")], False),
    "same-origin with a foreign origin": ([("Origin", OTHER), (SITE, "same-origin")], False),
    "same-origin with null": ([("Origin", "null"), (SITE, "same-origin")], False),
    "two origins": ([("Origin", ORIGIN), ("Origin", OTHER)], False),
    "two origins, ours last": ([("Origin", OTHER), ("Origin", ORIGIN)], False),
    "two origins in one": ([("Origin", f"{ORIGIN} {OTHER}")], False),
    "two sites": ([(SITE, "same-origin"), (SITE, "cross-site")], False),
    "two sites in one": ([(SITE, "same-origin, cross-site")], False),
    "a referrer alone": ([("Referer", f"{ORIGIN}/plain/start")], False),
}


@pytest.fixture(scope="module")
def browser(place: Place) -> Browser:
    """Somebody whose mailbox is open, with a message of the team in it."""
    words = place.report()
    place.reply(words, "Thank you.")
    browser = place.browser()
    assert browser.log_in(words).heading == "Your mailbox"
    return browser


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("path", ["/plain/start", "/plain/open"])
def test_a_form_is_taken_only_from_our_page(place: Place, path: str, sender: str) -> None:
    headers, taken = SENDERS[sender]
    page = place.browser().post(path, [("words", "one two"), ("ticket", "")], headers=headers)
    assert (page.status == 200, page.status == 403) == (taken, not taken)


@pytest.mark.parametrize("route", POSTS, ids=lambda route: route.path)
def test_no_form_does_anything_for_another_site(
    place: Place, browser: Browser, route: Route
) -> None:
    before = browser.get("/plain/mailbox").text
    fields = [("message", "all"), ("shown", "9"), ("sure", "yes"), ("text", "x"), ("place", "1")]
    for headers, taken in SENDERS.values():
        if not taken:
            page = browser.post(route.path, fields, headers=headers)
            said = route.language.say("This did not come from our page")
            assert (page.status, page.heading) == (403, said)
    assert browser.get("/plain/mailbox").text == before


def test_every_path_of_ours_has_one_spelling(place: Place) -> None:
    browser = place.browser()
    for route in ROUTES[1:6]:
        for path in (
            f"{route.path}?", f"{route.path}?x=1", f"{route.path}#x", f"{route.path}//",
            route.path.replace("plain/", "plain//"), route.path.replace("plain/", "plain/./"),
            route.path.replace("plain/", "plain/x/../"), route.path.upper(),
            route.path.replace("plain/", "plain/%2e/"), f"{route.path}%00", f"{route.path};x",
            f"{ORIGIN}{route.path}",
        ):  # fmt: skip
            page = browser.send(head(route.method, path, OURS))
            assert page.status in {400, 404}, (route.method, path)
            assert page.header("Set-Cookie") == ""


def test_only_what_is_declared_is_there(place: Place) -> None:
    browser = place.browser()
    paths = sorted({route.path for route in ROUTES} | {"/plain/nothing", "/plain/mailbox/x"})
    methods = itertools.cycle(("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "FOO"))
    declared = {(route.method, route.path) for route in ROUTES}
    others = [("POST", path) for path in paths if ("POST", path) not in declared]
    others += [("GET", path) for path in paths if ("GET", path) not in declared]
    for method, path in [*others, *zip(methods, paths, strict=False)]:
        page = browser.send(head(method, path, OURS))
        assert page.status in {400, 404}, (method, path)
        assert page.body in trouble_pages() or page.header("Content-Type") == "application/json"


def answers(browser: Browser) -> Iterator[tuple[str, Page]]:
    """Every route, as it answers somebody with and without a mailbox, and what it refuses."""
    nobody = Browser(browser.url)
    for route in ROUTES:
        if route.method == "GET" and route.path != "/plain/leave":
            yield route.path, browser.get(route.path, follow=False)
            yield f"HEAD {route.path}", browser.get(route.path, method="HEAD", follow=False)
        if route.method == "GET":
            yield f"nobody {route.path}", nobody.get(route.path, follow=False)
        else:
            yield f"empty {route.path}", nobody.post(route.path, follow=False)
            yield f"foreign {route.path}", browser.post(route.path, headers=(), follow=False)
            yield f"no form {route.path}", browser.send(head("POST", route.path, OURS))
            yield f"huge {route.path}", browser.send(head("POST", route.path, OURS, 10**11))
    yield "broken", browser.send(b"POST /plain/start\r\n\r\n")
    yield "not HTTP", browser.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    yield "done", browser.post("/plain/delete", [("message", "1")], follow=False)


def test_every_answer_has_the_headers_of_a_page_and_no_other(browser: Browser) -> None:
    statuses = set()
    for what, page in answers(browser):
        names = [name for name, _ in page.headers]
        for name, value in PAGE_HEADERS.items():
            assert page.all_headers(name) == [value], (what, name)
        allowed = {"Content-Type", "Content-Length", "Connection", "Set-Cookie", "Location"}
        if what.endswith("/plain/leave"):
            allowed.add("Clear-Site-Data")
        assert set(names) <= {*PAGE_HEADERS, *allowed}, what
        assert page.all_headers("Content-Type") == [PAGE], what
        assert page.all_headers("Connection") in (["close"], []), what
        assert page.status, what
        statuses.add(page.status)
        if what.startswith("HEAD"):
            assert page.body == b"", what
            assert page.header("Content-Length") != "0", what
    assert statuses == {200, 303, 400, 401, 403, 413}


def test_a_head_is_answered_as_a_get_without_its_page(browser: Browser) -> None:
    for path in ("/plain/", "/plain/limits", "/plain/open", "/plain/close"):
        asked, got = browser.get(path, method="HEAD"), browser.get(path)
        assert asked.status == got.status == 200
        assert asked.header("Content-Length") == str(len(got.body))


def test_no_page_has_a_script_a_foreign_address_or_a_telling_title(browser: Browser) -> None:
    titles = set()
    for route in GETS:
        if route.path == "/plain/leave":
            continue
        page = browser.get(route.path)
        titles.add(page.title)
        tags = {tag for tag, _ in page.elements}
        assert not tags & {"script", "img", "iframe", "object", "embed", "style", "base", "video"}
        for tag, attributes in page.elements:
            assert not {"style", "srcset"} & set(attributes)
            assert not any(name.startswith("on") for name in attributes)
            where = attributes.get("href", attributes.get("action", "/"))
            outside = tag == "a" and where == "https://www.torproject.org/"
            static = where in {"/", "/verify", "/cy/verify"}
            assert where.startswith(("/plain/", "/assets/", "#")) or static or outside
            if outside:
                assert set(attributes["rel"].split()) == {"noreferrer", "noopener"}
            if tag in {"textarea", "form"} or attributes.get("type") == "text":
                assert attributes.get("autocomplete", "off") == "off"
        exits = [a for tag, a in page.elements if tag == "a" and a.get("class") == "exit"]
        assert [each["href"] for each in exits] == ["/plain/leave"]
    quiet = {"Start", "Information", "Form", "Open", "Messages", "Delete", "Close",
             "Contact details"}  # fmt: skip
    assert titles <= quiet | {find_language("cy").say(each) for each in quiet}


def test_what_is_refused_is_said_in_fixed_words(place: Place) -> None:
    """T28: nothing of a malformed request, no version and no path comes back."""
    browser = place.browser()
    kinds = ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=",
             "multipart/form-data; boundary=" + "x" * 71, "multipart/form-data; boundary=a;b=c",
             "multipart/mixed; boundary=a", "multipart/form-data; boundary=a\x01"]  # fmt: skip
    bodies = [b"", b"--a", b"--a\r\n\r\n", b"--a\r\n\r\nprobe\r\n--a--\r\n",
              b"--a\r\nContent-Disposition: form-data\r\n\r\nprobe\r\n--a--\r\n",
              b"--a\r\nContent-Disposition: form-data; name*=x'y'%ff\r\n\r\nprobe\r\n--a--\r\n",
              b"--a\r\nContent-Disposition: form-data; name=x; filename*0=a'b\r\n\r\nprobe"
              b"\r\n--a--\r\n",
              b"--a\r\nprobe\r\n\r\n\r\n--a--\r\n", b"--a\r\n" + b"x: y\r\n" * 200 + b"\r\n",
              b"--a\r\nx: " + b"y" * 9000 + b"\r\n\r\n\r\n--a--\r\n",
              b"--a\r\nContent-Disposition: form-data; name=_charset_\r\n\r\nprobe" + b"x" * 40 +
              b"\r\n--a--\r\n",
              b"--a\r\nContent-Disposition: form-data; name=_charset_\r\n\r\n\xff\r\n--a--\r\n",
              b"".join(b"--a\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n"
                       for _ in range(101)) + b"--a--\r\n"]  # fmt: skip
    pairs = [(kind, bodies[3]) for kind in kinds]
    pairs += [("multipart/form-data; boundary=a", body) for body in bodies]
    for kind, body in pairs:
        headers = [*OURS, ("Content-Type", kind)]
        request = head("POST", "/plain/start", headers, len(body)) + body
        page = browser.send(request)
        assert page.status == 400, (kind, body[:60])
        assert page.body in trouble_pages()


@pytest.mark.parametrize("path", [route.path for route in POSTS])
def test_a_compressed_form_is_not_taken(browser: Browser, path: str) -> None:
    headers = [*OURS, ("Content-Encoding", "gzip")]
    assert browser.post(path, [("x", "y")], headers=headers).status == 415


def test_a_length_that_can_be_read_in_two_ways_is_not_taken(place: Place) -> None:
    for length in ("+1", "-1", "1_0", "0x10", "1 2", "", "9" * 30):
        lines = f"POST /plain/start HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\nx"
        assert place.browser().send(lines.encode()).status == 400
    two = "POST /plain/start HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"
    assert place.browser().send(two.encode()).status == 400


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("secure"), origins=("https://report.example",))
    yield place
    place.server.stop()


def test_with_https_the_cookie_is_one_that_nobody_else_can_set(secure: Place) -> None:
    browser = secure.browser()
    fields = [("words", " ".join(["abacus"] * 7))]
    assert browser.post("/plain/open", fields).status == 404
    cookie = browser.said_of_cookies[0]
    name, _, rest = cookie.partition("=")
    assert name == "__Secure-mailbox"
    assert rest.split("; ")[1:] == ["HttpOnly", "SameSite=Strict", "Path=/plain/", "Secure"]
    browser.cookies = {"mailbox": browser.cookies["__Secure-mailbox"]}
    assert browser.get("/plain/mailbox").status == 401, "the name is what protects it"
    assert browser.post("/plain/open", fields, headers=OURS).status == 403, (
        "the origin of another server"
    )
