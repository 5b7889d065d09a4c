"""What a reporter's browser loads: the first page, and the report's page with all of its crypto.

Real Chromium at the real server, with Brotli, nothing in any cache. What is loaded is counted
without headers, and on the wire with them. Pages fetch libsodium only once somebody starts to
write, so what the report's script reaches and was not loaded yet is asked for by the page itself.
Left out is what a browser loads instead of the compiled libsodium (plain JavaScript), and what is
imported where somebody chooses a file.
"""

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from bench.budgets import (
    FIRST_BYTES,
    FIRST_REQUESTS,
    REPORT_BYTES,
    REPORT_REQUESTS,
    REPORT_WIRE,
    Result,
)
from bench.scale import Scale
from bench.servers import dropbox, make_data, write_key
from bench.team import Team
from dropbox.site.builder import build_for

FIRST: Final = "/"
REPORT: Final = "/report"
_INSTEAD: Final = "libsodium-plain"
_NAMED: Final = re.compile(r"""(?<!import\()["'`]([^"'`\s]+\.(?:mjs|js|wasm|txt|json))["'`]""")
_FETCH: Final = "path => fetch(path).then(answer => answer.arrayBuffer()).then(() => true)"
_QUIET: Final = "networkidle"


@dataclass
class Traffic:
    """What a browser has loaded, by path: bytes of files, and with headers on the ``wire``."""

    bytes: dict[str, int] = field(default_factory=dict)
    wire: dict[str, int] = field(default_factory=dict)
    _paths: dict[str, str] = field(default_factory=dict)

    def asked(self, event: dict[str, Any]) -> None:
        """A request is made."""
        self._paths[event["requestId"]] = urlsplit(event["request"]["url"]).path

    def received(self, event: dict[str, Any]) -> None:
        """A piece of its answer's body has come."""
        self._count(self.bytes, event)

    def loaded(self, event: dict[str, Any]) -> None:
        """Its answer has come whole."""
        self._count(self.wire, event)

    def _count(self, counted: dict[str, int], event: dict[str, Any]) -> None:
        path = self._paths.get(event["requestId"])
        if path is not None:
            counted[path] = counted.get(path, 0) + int(event["encodedDataLength"])


def measure(_: Scale, folder: Path) -> list[Result]:
    """Bytes and requests of the two pages."""
    team = Team.found()
    files = build_for(team.directory).files
    with (
        dropbox(make_data(folder / "pages", team), write_key(folder)) as server,
        _browser() as browser,
    ):
        origin = f"http://127.0.0.1:{server.port}"
        first = _load(browser, origin, FIRST, ())
        script = _script_of(files[REPORT].decode())
        report = _load(browser, origin, REPORT, sorted(reached(files, script)))
    return [
        Result(FIRST_BYTES, sum(first.wire.values()) / 1000),
        Result(FIRST_REQUESTS, len(first.wire)),
        Result(REPORT_BYTES, sum(report.bytes.values()) / 1000),
        Result(REPORT_WIRE, sum(report.wire.values()) / 1000),
        Result(REPORT_REQUESTS, len(report.wire)),
    ]


def reached(files: Mapping[str, bytes], script: str) -> set[str]:
    """The files that a script names by a path, and those that they name, and so on; and itself."""
    found: set[str] = set()
    waiting = [script] if script else []
    while waiting:
        path = waiting.pop()
        if path in found or path not in files or _INSTEAD in path:
            continue
        found.add(path)
        if path.endswith("js"):
            named = _NAMED.findall(files[path].decode())
            waiting += [normpath(join(dirname(path), each)) for each in named]
    return found


def _script_of(html: str) -> str:
    found = re.search(r'<script type="module" src="([^"]+)"', html)
    return found[1] if found else ""


@contextmanager
def _browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    with sync_playwright() as playwright:
        # root has no user namespace of its own to put the sandbox into
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def _load(browser: Browser, origin: str, path: str, more: Sequence[str]) -> Traffic:
    """What comes over the wire for a page with its icon, and for ``more`` where it has not come."""
    traffic = Traffic()
    with browser.new_context() as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", traffic.asked)
        session.on("Network.dataReceived", traffic.received)
        session.on("Network.loadingFinished", traffic.loaded)
        session.send("Network.enable")
        page.goto(f"{origin}{path}", wait_until=_QUIET)
        for each in [*_icon(page), *more]:
            if each not in traffic.wire:
                page.evaluate(_FETCH, each)
        page.wait_for_load_state(_QUIET)
        page.wait_for_timeout(500)
    return traffic


def _icon(page: Page) -> list[str]:
    """The icon, which only a browser with a window asks for."""
    links: list[str] = page.eval_on_selector_all(
        "link[rel=icon]", "found => found.map(each => new URL(each.href).pathname)"
    )
    return links
