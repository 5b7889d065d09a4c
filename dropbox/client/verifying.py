"""Holds a served site against what its team signed (docs/protocol.md §6, T27, P27).

(1) the directory, against the root that a person compared; (2) the manifest, against the hash in
the directory; (3) every file in it and its headers, asked for again and again as different
visitors, in another order each time; (4) what those files refer to.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from hashlib import sha256
from typing import Final

from crypto.directory import NO_SITE, Directory
from crypto.errors import ProtocolError
from dropbox.client.directory import fetch
from dropbox.client.errors import AnswerTooLong, Nonsense, Redirected
from dropbox.client.http import HttpTransport
from dropbox.client.references import has_inline, undeclared_of_page, undeclared_of_script
from dropbox.client.retry import Patience, Tell, patiently
from dropbox.client.service import Service
from dropbox.client.together import together
from dropbox.client.transport import Loaded
from dropbox.client.visitors import VISITORS, Visitor, Want, wants_of
from dropbox.site.builder import HTML, content_type
from dropbox.site.manifest import PATH, Manifest, site_hash
from dropbox.site.packing import IDENTITY, NotPacked, unpack
from dropbox.site.policy import FIXED_HEADERS

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a file, packed or not, that are read at most."""
_AT_ONCE: Final = 8
_OK: Final = 200
_SCRIPT: Final = "text/javascript; charset=utf-8"
_REQUIRED: Final = {
    name.lower(): value
    for name, value in FIXED_HEADERS.items()
    if name != "Content-Security-Policy"  # a page has its own
}
_CARRYING: Final = frozenset(
    {
        "connection", "content-encoding", "content-length", "content-security-policy",
        "content-type", "date", "keep-alive", "server", "strict-transport-security",
        "transfer-encoding", "vary",
    }
)  # fmt: skip
"""Headers of how a file is carried, and those that are compared by themselves. There is no other:
an unknown one may bring a cookie, a script, a number to know a browser by, or a way elsewhere."""


class NoSite(Exception):
    """The team's directory names no site: there is nothing that could be compared."""


class Problem(StrEnum):
    """What is wrong with a path."""

    CHANGED = "changed"
    MISSING = "missing"
    REDIRECTED = "redirected"
    ENCODING = "encoding"
    POLICY = "policy"
    HEADER = "header"
    TYPE = "type"
    UNDECLARED = "undeclared"
    INLINE = "inline"


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """Something that is not as it was signed. ``visitor``: the name of who was shown it; empty for
    what the signed file itself is."""

    path: str
    problem: Problem
    visitor: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was compared. ``requests``: how many files were asked for in all."""

    directory: Directory
    files: int
    requests: int
    differences: tuple[Difference, ...]

    @property
    def as_signed(self) -> bool:
        """Whether everything was as it was signed, for every visitor."""
        return not self.differences


Progress = Callable[[int, int], None]
"""Told how many requests of how many are done."""


class _Comparison:
    """What has been seen of the files of one manifest."""

    def __init__(self, manifest: Manifest) -> None:
        own = sha256(manifest.to_bytes()).digest()
        self.expected: Final = {**manifest.hashes, PATH: own}
        self.found: Final[set[Difference]] = set()
        self._manifest: Final = manifest
        self._bodies: Final[dict[str, bytes]] = {}

    def compare(self, path: str, visitor: Visitor, loaded: Loaded) -> None:
        """Hold one answer against the manifest. (3)"""
        for problem in self._problems(path, visitor, loaded):
            self.note(path, problem, visitor)

    def note(self, path: str, problem: Problem, visitor: Visitor) -> None:
        """Remember a difference."""
        self.found.add(Difference(path, problem, visitor.name))

    def _problems(self, path: str, visitor: Visitor, loaded: Loaded) -> Iterator[Problem]:
        if loaded.status != _OK:
            yield Problem.MISSING
            return
        if loaded.all("content-security-policy") != [self._manifest.default_csp]:
            yield Problem.POLICY
        if not _has_right_headers(loaded):
            yield Problem.HEADER
        if loaded.all("content-type") != [_type_of(path)]:
            yield Problem.TYPE
        encodings = loaded.all("content-encoding") or [IDENTITY]
        if len(encodings) != 1 or encodings[0] not in visitor.encodings:
            yield Problem.ENCODING
            return
        try:
            body = unpack(loaded.body, encodings[0], LARGEST)
        except NotPacked:
            yield Problem.ENCODING
            return
        if sha256(body).digest() != self.expected[path]:
            yield Problem.CHANGED
        else:
            self._bodies[path] = body

    def look_into(self) -> None:
        """What the signed files themselves refer to. (4)"""
        for path, body in self._bodies.items():
            text, kind = body.decode("utf-8", "replace"), _type_of(path)
            undeclared: Iterator[str] = iter(())
            if kind == HTML:
                undeclared = undeclared_of_page(text, self.expected)
                if has_inline(text):
                    self.found.add(Difference(path, Problem.INLINE, ""))
            elif kind == _SCRIPT:
                undeclared = undeclared_of_script(path, text, self.expected)
            if any(True for _ in undeclared):
                self.found.add(Difference(path, Problem.UNDECLARED, ""))


@dataclass(frozen=True)
class Verifier:
    """Asks one server. ``root`` is the pinned fingerprint (20 bytes) or id (32).

    ``service`` is for the directory alone: a page is never asked for on a connection that one of
    our programs had kept open, and no browser would. ``pages`` has a transport for the name of
    each visitor: on one connection, or one circuit of Tor, they would be one.
    """

    service: Service
    pages: Mapping[str, HttpTransport]
    origin: str
    root: bytes
    patience: Patience
    tell: Tell

    async def verify(self, rounds: int, pause: float, progress: Progress) -> Verdict:
        """Everything compared in so many ``rounds``, with ``pause`` seconds between two.

        Raises ``NoSite``, what ``directory.fetch`` raises, and ``ClientError`` where no answer
        comes.
        """
        directory = (await fetch(self.service, self.root, self.origin)).directory  # (1)
        if directory.site == NO_SITE:
            raise NoSite
        manifest = await self._fetch_manifest(directory)  # (2)
        if manifest is None:
            wrong = Difference(PATH, Problem.CHANGED, VISITORS[-1].name)
            return Verdict(directory, 0, 1, (wrong,))
        comparison = _Comparison(manifest)
        visits = [
            (path, visitor, want)
            for path in comparison.expected
            for visitor in VISITORS
            for want in wants_of(_type_of(path))
        ]
        total = rounds * len(visits)
        for number in range(rounds):
            if number:
                await asyncio.sleep(pause)
            secrets.SystemRandom().shuffle(visits)
            before = number * len(visits)
            await self._ask_all(comparison, visits, partial(_tell, progress, before, total))
        comparison.look_into()
        found = tuple(sorted(comparison.found))
        return Verdict(directory, len(comparison.expected), total, found)

    async def _fetch_manifest(self, directory: Directory) -> Manifest | None:
        """The manifest that the directory signs; ``None`` where the server gives another."""
        try:
            loaded = await self._load(PATH, VISITORS[-1], Want.DATA)
            if site_hash(loaded.body) != directory.site:
                return None
            return Manifest.from_bytes(loaded.body)
        except (Nonsense, ProtocolError):
            return None

    async def _ask_all(
        self,
        comparison: _Comparison,
        visits: Sequence[tuple[str, Visitor, Want]],
        progress: Callable[[int], None],
    ) -> None:
        """Ask for each file as each visitor, some at once. One that fails ends them all."""
        waiting = iter(visits)
        done = 0

        async def ask() -> None:
            nonlocal done
            for path, visitor, want in waiting:
                try:
                    comparison.compare(path, visitor, await self._load(path, visitor, want))
                except Redirected:
                    comparison.note(path, Problem.REDIRECTED, visitor)
                except AnswerTooLong:
                    comparison.note(path, Problem.CHANGED, visitor)
                except Nonsense:
                    comparison.note(path, Problem.MISSING, visitor)
                done += 1
                progress(done)

        await together([ask() for _ in range(_AT_ONCE)])

    async def _load(self, path: str, visitor: Visitor, want: Want) -> Loaded:
        pages, headers = self.pages[visitor.name], visitor.headers(want, self.origin)
        return await patiently(lambda: pages.load(path, headers, LARGEST), self.patience, self.tell)


def _has_right_headers(loaded: Loaded) -> bool:
    """Whether each fixed header is there once, with its value, and none that no file has."""
    is_whole = all(loaded.all(name) == [value] for name, value in _REQUIRED.items())
    return is_whole and all(name in _REQUIRED or name in _CARRYING for name, _ in loaded.headers)


def _tell(progress: Progress, before: int, total: int, done: int) -> None:
    progress(before + done, total)


def _type_of(path: str) -> str:
    """What a file is served as; nothing for one with an ending that no site has."""
    try:
        return content_type(path)
    except KeyError:
        return ""
