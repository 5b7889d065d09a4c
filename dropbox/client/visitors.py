"""Visitors that a site is asked as: what browsers say of themselves, and how they want a file.

A server that lies to some lies by what it is told. These are the headers of common browsers, as
they come to a page that was typed in, with and without a cookie, in both languages of the site.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Visitor:
    """One of them. ``name`` is for people; ``headers`` is all that is sent besides ``Host``."""

    name: str
    headers: Mapping[str, str] = field(repr=False)

    @property
    def encodings(self) -> frozenset[str]:
        """What an answer may be encoded as."""
        asked = self.headers.get("Accept-Encoding", "")
        return frozenset({"identity", *(each.strip() for each in asked.split(","))})


def _visitor(name: str, agent: str, encodings: str, **more: str) -> Visitor:
    headers = {
        **({"User-Agent": agent} if agent else {}),
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        **({"Accept-Encoding": encodings} if encodings else {}),
        **{each.replace("_", "-"): value for each, value in more.items()},
    }
    return Visitor(name, MappingProxyType(headers))


_MOZILLA: Final = "Mozilla/5.0 "
_GECKO: Final = "Gecko/20100101 Firefox/140.0"
_BLINK: Final = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
_WEBKIT: Final = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0"
_ALL: Final = "gzip, deflate, br, zstd"
_TYPED: Final = {"Sec_Fetch_Dest": "document", "Sec_Fetch_Mode": "navigate"}

VISITORS: Final = (
    _visitor(
        "Tor Browser", f"{_MOZILLA}(Windows NT 10.0; Win64; x64; rv:140.0) {_GECKO}", _ALL,
        Accept_Language="en-US,en;q=0.5", Sec_Fetch_Site="none", **_TYPED,
    ),
    _visitor(
        "Firefox, in Welsh", f"{_MOZILLA}(X11; Linux x86_64; rv:140.0) {_GECKO}", "gzip",
        Accept_Language="cy,en-GB;q=0.5", Sec_Fetch_Site="cross-site", **_TYPED,
        Referer="https://www.police.uk/",
    ),
    _visitor(
        "Chrome on Android", f"{_MOZILLA}(Linux; Android 10; K) {_BLINK} Mobile Safari/537.36",
        "br", Accept_Language="en-GB,en;q=0.9", Cookie="mailbox=c2VhbGVk; news=1",
    ),
    _visitor(
        "Edge at work", f"{_MOZILLA}(Windows NT 10.0; Win64; x64) {_BLINK} Edg/142.0.0.0", "",
        Accept_Language="en-GB", Sec_Fetch_Site="same-origin", **_TYPED,
    ),
    _visitor(
        "Safari on a phone",
        f"{_MOZILLA}(iPhone; CPU iPhone OS 26_0 like Mac OS X) {_WEBKIT} Safari/604.1",
        "gzip, deflate, br", Accept_Language="cy-GB", Cookie="__Secure-mailbox=c2VhbGVk",
    ),
    _visitor("a program", "", "identity"),
)  # fmt: skip
"""Each encoding is asked for by at least two."""
