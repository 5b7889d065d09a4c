"""Visitors that a site is asked as: what browsers say of themselves, and how they want a file.

A server that lies to some lies by what it is told. These are the headers of common browsers, with
and without a cookie, in both languages of the site: as they come to a page, and then, from that
page, to its scripts, its style and whatever else the file at a path is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Final


class Want(Enum):
    """What a browser wants a file for: ``Sec-Fetch-Dest``, ``Sec-Fetch-Mode``, ``Accept``."""

    PAGE = (
        "document",
        "navigate",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    )
    SCRIPT = ("script", "cors", "*/*")
    WORKER = ("worker", "same-origin", "*/*")
    STYLE = ("style", "no-cors", "text/css,*/*;q=0.1")
    IMAGE = ("image", "no-cors", "image/avif,image/webp,image/svg+xml,image/*;q=0.8,*/*;q=0.5")
    DATA = ("empty", "cors", "*/*")


_WANTS: Final = {
    "text/html": (Want.PAGE,),
    "text/javascript": (Want.SCRIPT, Want.WORKER),
    "text/css": (Want.STYLE,),
    "image/svg+xml": (Want.IMAGE,),
}
_FROM: Final = "/report"
"""The page that a file is asked for from; it loads more than any other."""


def wants_of(content_type: str) -> tuple[Want, ...]:
    """What a file of this type is asked for as: a script also as a module of the worker."""
    return _WANTS.get(content_type.partition(";")[0], (Want.DATA,))


@dataclass(frozen=True, slots=True)
class Visitor:
    """One of them. ``name`` is for people. ``said`` is sent with everything, ``came`` with pages:
    how they were come to."""

    name: str
    said: Mapping[str, str] = field(repr=False)
    came: Mapping[str, str] = field(repr=False)

    @property
    def encodings(self) -> frozenset[str]:
        """What an answer may be encoded as."""
        asked = self.said.get("Accept-Encoding", "")
        return frozenset({"identity", *(each.strip() for each in asked.split(","))})

    def headers(self, want: Want, origin: str) -> Mapping[str, str]:
        """All that is sent besides ``Host`` to ask ``origin`` for a file."""
        if not self.came:  # no browser
            return self.said
        dest, mode, accept = want.value
        came = self.came
        if want is not Want.PAGE:
            came = {"Sec-Fetch-Site": "same-origin", "Referer": f"{origin}{_FROM}"}
        elif came["Sec-Fetch-Site"] == "same-origin":
            came = {**came, "Referer": f"{origin}/"}
        fetch = {"Accept": accept, "Sec-Fetch-Dest": dest, "Sec-Fetch-Mode": mode}
        return {**self.said, **fetch, **came}


def _browser(
    name: str, agent: str, encodings: str, site: str, referer: str = "", **more: str
) -> Visitor:
    said = {
        "User-Agent": f"Mozilla/5.0 {agent}",
        **({"Accept-Encoding": encodings} if encodings else {}),
        **{each.replace("_", "-"): value for each, value in more.items()},
    }
    came = {
        "Sec-Fetch-Site": site,
        "Sec-Fetch-User": "?1",
        "Upgrade-Insecure-Requests": "1",
        **({"Referer": referer} if referer else {}),
    }
    return Visitor(name, MappingProxyType(said), MappingProxyType(came))


_GECKO: Final = "Gecko/20100101 Firefox/140.0"
_BLINK: Final = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
_WEBKIT: Final = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0"
_ALL: Final = "gzip, deflate, br, zstd"

VISITORS: Final = (
    _browser(
        "Tor Browser", f"(Windows NT 10.0; Win64; x64; rv:140.0) {_GECKO}", _ALL, "none",
        Accept_Language="en-US,en;q=0.5",
    ),
    _browser(
        "Firefox, in Welsh", f"(X11; Linux x86_64; rv:140.0) {_GECKO}", "gzip", "cross-site",
        referer="https://www.police.uk/", Accept_Language="cy,en-GB;q=0.5",
    ),
    _browser(
        "Chrome on Android", f"(Linux; Android 10; K) {_BLINK} Mobile Safari/537.36", "br",
        "same-origin", Accept_Language="en-GB,en;q=0.9", Cookie="mailbox=c2VhbGVk; news=1",
    ),
    _browser(
        "Edge at work", f"(Windows NT 10.0; Win64; x64) {_BLINK} Edg/142.0.0.0", "",
        "same-origin", Accept_Language="en-GB",
    ),
    _browser(
        "Safari on a phone",
        f"(iPhone; CPU iPhone OS 26_0 like Mac OS X) {_WEBKIT} Safari/604.1",
        "gzip, deflate, br", "none",
        Accept_Language="cy-GB", Cookie="__Secure-mailbox=c2VhbGVk",
    ),
    Visitor(
        "a program",
        MappingProxyType({"Accept": "*/*", "Accept-Encoding": "identity"}),
        MappingProxyType({}),
    ),
)  # fmt: skip
"""Each encoding is asked for by at least two."""
