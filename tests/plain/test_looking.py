"""Who reads a connection, by its first bytes: a worker never reads what a person typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.plain.routes import ROUTES, Route
from dropbox.processes.looking import LONGEST, Way, choose

TABLE: list[tuple[bytes, Way | None]] = [
    # not enough to tell
    *((b"GET /plain/"[:length], None) for length in range(11)),
    *((b"HEAD /plain/"[:length], None) for length in range(12)),
    *((b"POST /api/"[:length], None) for length in range(10)),
    *((b"PUT /api/"[:length], None) for length in range(9)),
    (b"DELETE /api", None),
    # our programs, and what is the same for everybody
    (b"GET /api/", Way.WORKER),
    (b"HEAD /api/", Way.WORKER),
    (b"POST /api/", Way.WORKER),
    (b"PUT /api/", Way.WORKER),
    (b"DELETE /api/", Way.WORKER),
    (b"GET / HTTP/1", Way.WORKER),
    (b"GET /assets/", Way.WORKER),
    (b"HEAD /assets", Way.WORKER),
    (b"GET /plain H", Way.WORKER),  # there is no such page
    (b"GET /Plain/s", Way.WORKER),
    (b"GET //plain/", Way.WORKER),
    (b"GET /%70lain", Way.WORKER),
    (b"GET /plain?x", Way.WORKER),
    (b"GET /\r\n", Way.WORKER),  # HTTP/0.9
    # a page without scripts
    (b"GET /plain/", Way.READING),
    (b"GET /plain/s", Way.READING),
    (b"GET /plain/\r", Way.READING),
    (b"HEAD /plain/", Way.READING),
    # everything else
    (b"POST /plain/", Way.WRITING),
    (b"POST /plain", Way.WRITING),
    (b"POST /", None),
    (b"POST /x", Way.WRITING),
    (b"POST / HTTP/", Way.WRITING),
    (b"POST //api/", Way.WRITING),
    (b"POST  /api/", Way.WRITING),
    (b"POST\t/api/", Way.WRITING),
    (b"post /api/", Way.WRITING),
    (b"get /plain/", Way.WRITING),
    (b"GET  /plain/", Way.WRITING),
    (b"\r\nGET /plai", Way.WRITING),
    (b"\r\nPOST /api/", Way.WRITING),
    (b"\n", Way.WRITING),
    (b" GET / HTTP/", Way.WRITING),
    (b"GET http://h/", Way.WRITING),
    (b"POST http://h", Way.WRITING),
    (b"GET *", Way.WRITING),
    (b"PATCH /api/", Way.WRITING),
    (b"OPTIONS /api", Way.WRITING),
    (b"CONNECT a:80", Way.WRITING),
    (b"TRACE / HTTP", Way.WRITING),
    (b"PRI * HTTP/2", Way.WRITING),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", Way.WRITING),  # TLS
    (b"\x05\x01\x00", Way.WRITING),  # SOCKS
    (b"\x00", Way.WRITING),
    (b"Dear team, I", Way.WRITING),
]


@pytest.mark.parametrize(("begin", "way"), TABLE, ids=lambda each: repr(each)[:30])
def test_the_first_bytes_decide(begin: bytes, way: Way | None) -> None:
    assert choose(begin[:LONGEST]) is way


def test_no_further_is_looked_than_what_decides() -> None:
    assert LONGEST == len(b"HEAD /plain/") == len(b"DELETE /api/")


METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get", ""])
PATHS = st.sampled_from(sorted({route.path for route in ROUTES})) | st.lists(
    st.sampled_from(["/", "plain", "api", ".", "..", "%2f", "%70lain", "//", "http://h", "x", "?"])
).map("".join)
REQUESTS = st.builds(
    lambda before, method, between, path, ending: before + method + between + path + ending,
    st.sampled_from(["", "\r\n", "\n", " "]),
    METHODS,
    st.sampled_from([" ", "  ", "\t"]),
    PATHS,
    st.sampled_from([" HTTP/1.1\r\nHost: h\r\n\r\n", " HTTP/1.0\r\n\r\n", "\r\n", ""]),
).map(str.encode)


def read_request(request: bytes) -> tuple[str, str] | None:
    """Method and path, as a lenient reader of HTTP takes them."""
    words = request.lstrip(b"\r\n ").split(None, 2)
    return (words[0].decode(), words[1].decode()) if len(words) > 1 else None


@given(REQUESTS)
def test_a_worker_is_given_no_form_and_no_page_without_scripts(request: bytes) -> None:
    read = read_request(request)
    if choose(request[:LONGEST]) is Way.WORKER:
        assert read is not None
        method, path = read
        assert path.startswith("/")
        assert not path.startswith("/plain/")
        assert method in {"GET", "HEAD"} or path.startswith("/api/")


@given(REQUESTS | st.binary(max_size=2 * LONGEST))
def test_what_is_decided_stays_decided(request: bytes) -> None:
    decided = choose(request[:LONGEST])
    for length in range(min(len(request), LONGEST) + 1):
        assert choose(request[:length]) in {None, decided}


@given(st.binary(min_size=LONGEST, max_size=LONGEST) | REQUESTS.filter(lambda r: len(r) >= LONGEST))
def test_enough_bytes_always_decide(request: bytes) -> None:
    assert choose(request[:LONGEST]) is not None


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_declared_page_goes_where_it_is_served(route: Route) -> None:
    begin = f"{route.method} {route.path} HTTP/1.1".encode()[:LONGEST]
    assert choose(begin) is (Way.READING if route.method == "GET" else Way.WRITING)
