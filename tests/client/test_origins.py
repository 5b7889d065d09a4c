"""Which servers may be spoken to, and how their address is written."""

import pytest

from dropbox.client.errors import BadAddress, BadProxy
from dropbox.client.http import Proxy, read_proxy
from dropbox.client.origins import read_origin

ONION = "http://abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwx.onion"


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://example.org", "https://example.org"),
        ("HTTPS://Example.ORG:443/", "https://example.org"),
        (" https://example.org:8443 ", "https://example.org:8443"),
        ("http://127.0.0.1:8700", "http://127.0.0.1:8700"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:8700", "http://[::1]:8700"),
    ],
)
def test_written_as_a_browser_writes_it(address: str, origin: str) -> None:
    assert str(read_origin(address)) == origin


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "http://example.org",
        "http://10.0.0.1",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://2130706433",
        "https://1.2.3",
        "ftp://example.org",
        "file:///etc/passwd",
        "https://user@example.org",
        "https://user:word@example.org",
        "https://example.org/path",
        "https://example.org?q",
        "https://example.org#f",
        "https://exam ple.org",
        "https://exámple.org",
        "https://example.org:99999",
        "https://example.org:x",
        "https://-a.org",
        "https://",
        "https://[::1",
        "https://a\r\nHost: b",
    ],
)
def test_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        read_origin(address)


def test_an_onion_name_needs_a_proxy() -> None:
    with pytest.raises(BadAddress):
        read_origin(ONION)
    assert str(read_origin(ONION, through_proxy=True)) == ONION


def test_plain_http_needs_more_than_a_proxy() -> None:
    with pytest.raises(BadAddress):
        read_origin("http://example.org", through_proxy=True)


def test_a_proxy_resolves_names_itself() -> None:
    for scheme in ("socks5h", "socks5"):  # that it does: tests/client/test_http.py
        assert read_proxy(f"{scheme}://127.0.0.1:9050") == Proxy("127.0.0.1", 9050)


@pytest.mark.parametrize(
    "address",
    [
        "socks4://127.0.0.1:9050",
        "http://127.0.0.1:8080",
        "127.0.0.1:9050",
        "socks5h://a",
        "socks5h://u@a:1",
        "socks5h://a:1/x",
        "socks5h://a:x",
    ],
)
def test_a_proxy_that_would_leak_names_is_refused(address: str) -> None:
    with pytest.raises(BadProxy):
        read_proxy(address)
