"""What the pages and scripts of a site refer to: nothing that the manifest leaves out.

The policy of the pages stops what is inline and what comes from elsewhere. Here the same is seen
before any browser is.
"""

import re
from collections.abc import Container, Iterator
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from typing import Final
from urllib.parse import urlsplit

LANE: Final = "/plain/"
"""The lane without scripts: its pages are made for one person, and are in no manifest."""
_LOADING: Final = {
    "script": "src", "link": "href", "img": "src", "iframe": "src", "embed": "src",
    "object": "data", "source": "src", "audio": "src", "video": "src", "input": "src",
}  # fmt: skip
_LEADING: Final = {"a": "href", "form": "action", "area": "href", "button": "formaction"}
_IMPORTED: Final = re.compile(
    r"""(?:\bfrom|\bimport|\bnew\s+URL)\s*\(?\s*["']((?:\.{0,2}/)[^"'\\\s]*)["']"""
)


class _Page(HTMLParser):
    """Collects what a page loads, where it leads, and what is inline in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.loaded: list[str] = []
        self.led: list[str] = []
        self.inline = False
        self._in_script = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag in _LOADING and _LOADING[tag] in given:
            self.loaded.append(given[_LOADING[tag]])
        if tag in _LEADING and _LEADING[tag] in given:
            self.led.append(given[_LEADING[tag]])
        own = tag in {"style", "base"} or (tag == "meta" and "http-equiv" in given)
        self.inline |= own or any(name == "style" or name[:2] == "on" for name in given)
        self._in_script = tag == "script" and given.get("type") != "application/json"

    def handle_endtag(self, tag: str) -> None:
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        self.inline |= self._in_script and bool(data.strip())


def undeclared_of_page(html: str, declared: Container[str]) -> Iterator[str]:
    """What a page loads or leads to on the same server that is not in ``declared``, and what it
    loads from elsewhere."""
    page = _Page(html)
    for each in page.loaded:
        if each not in declared:
            yield each
    for each in page.led:
        target = urlsplit(each)
        if target.scheme == "https" or (not target.path and target.fragment):
            continue
        if target.scheme or target.netloc or target.query or not _is_known(target.path, declared):
            yield each


def has_inline(html: str) -> bool:
    """Whether a page has a script, a style or a handler of its own in it."""
    return _Page(html).inline


def undeclared_of_script(path: str, script: str, declared: Container[str]) -> Iterator[str]:
    """What a script at ``path`` imports by a path that is not in ``declared``."""
    for each in _IMPORTED.findall(script):
        target = normpath(join(dirname(path), each))
        if not _is_known(target, declared):
            yield each


def _is_known(path: str, declared: Container[str]) -> bool:
    return path in declared or path.startswith((LANE, "/api/"))
