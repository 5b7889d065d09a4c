"""A browser without scripts, that can also send what no browser would.

It keeps cookies as one does, says where a form comes from as one does, and fills in the form that
it was shown: ``browser.get("/plain/start").form.send(text="…")``.
"""

import re
import secrets
import socket
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from tests.dropbox.team import ORIGIN

TIMEOUT = 60.0
Fields = Sequence[tuple[str, str | bytes]]


def ours(origin: str) -> tuple[tuple[str, str], ...]:
    """What a browser says of a form on a page of this origin."""
    return (("Origin", origin), ("Sec-Fetch-Site", "same-origin"))


OURS = ours(ORIGIN)


@dataclass(frozen=True)
class File:
    """A file that was chosen. ``name`` may be bytes that are no text."""

    name: str | bytes
    content: bytes


def multipart(fields: Fields, files: Iterable[File] = (), boundary: str = "") -> tuple[str, bytes]:
    """The content type and the bytes of a form, as browsers write them."""
    boundary = boundary or f"----boundary{secrets.token_hex(8)}"
    mark = f"--{boundary}\r\n".encode()
    parts = [
        mark + f'Content-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + _bytes(value)
        for name, value in fields
    ]
    for file in files:
        name = _bytes(file.name)
        for raw, escaped in ((b"\n", b"%0A"), (b"\r", b"%0D"), (b'"', b"%22")):
            name = name.replace(raw, escaped)
        head = b'Content-Disposition: form-data; name="files"; filename="' + name + b'"'
        kind = b"Content-Type: application/octet-stream"
        parts.append(mark + head + b"\r\n" + kind + b"\r\n\r\n" + file.content)
    body = b"".join(part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _is_whole(said: bytes) -> bool:
    lines, end, body = said.partition(b"\r\n\r\n")
    length = re.search(rb"\r\nContent-Length: ([0-9]+)", lines)
    return bool(end) and length is not None and len(body) >= int(length[1])


def head(
    method: str, path: str, headers: Iterable[tuple[str, str]] = (), length: int | None = None
) -> bytes:
    """The head of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode()


def form_request(
    path: str,
    fields: Fields,
    files: Iterable[File] = (),
    headers: Iterable[tuple[str, str]] = OURS,
) -> bytes:
    """A whole request that sends a form."""
    kind, body = multipart(fields, files)
    return head("POST", path, [*headers, ("Content-Type", kind)], len(body)) + body


class _Reader(HTMLParser):
    """What of a page a test asks for."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.action = ""
        self.fields: list[tuple[str, str]] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self.said: list[str] = []
        self._open: list[str] = []
        self._select = ""
        self._area: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value if value is not None else "" for name, value in attributes}
        self.elements.append((tag, found))
        name, kind = found.get("name", ""), found.get("type", "")
        if tag == "form":
            self.action = found.get("action", "")
        elif tag == "input" and (kind not in {"radio", "checkbox", "file"} or "checked" in found):
            self.fields.append((name, found.get("value", "")))
        elif tag == "textarea":
            self._area = (name, [])
        elif tag == "select":
            self._select = name
            self.fields.append((name, ""))
        elif tag == "option" and "selected" in found:
            self.fields[-1] = (self._select, found.get("value", ""))
        if tag == "li" or (tag == "ol" and found.get("class")) or found.get("class"):
            self._open.append(f"{tag}.{found.get('class', '')}")
        else:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            name, parts = self._area
            text = "".join(parts)
            self.fields.append((name, text.removeprefix("\n").replace("\n", "\r\n")))
            self._area = None
        while self._open:
            if self._open.pop().partition(".")[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)
        self.said.append(data)
        for each in set(self._open):
            self.texts.setdefault(each, []).append(data)


@dataclass
class Page:
    """What came back. ``browser`` is where it is shown."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    browser: "Browser" = field(repr=False)

    def header(self, name: str) -> str:
        return ", ".join(self.all_headers(name))

    def all_headers(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def text(self) -> str:
        """What is read on it, with single spaces."""
        return " ".join(" ".join(self._read.said).split())

    @property
    def title(self) -> str:
        return "".join(self._read.texts.get("title", []))

    @property
    def heading(self) -> str:
        return "".join(next((v for k, v in self._read.texts.items() if k[:2] == "h1"), []))

    @property
    def words(self) -> str:
        """The seven words that it shows, with one space between."""
        return " ".join("".join(self._read.texts.get("ol.words", [])).split())

    @property
    def problems(self) -> list[str]:
        """The sentences of the error summary."""
        said = "".join(self._read.texts.get("ul.error-summary__list", []))
        return [each.strip() for each in said.splitlines() if each.strip()]

    @property
    def elements(self) -> list[tuple[str, dict[str, str]]]:
        return self._read.elements

    @property
    def form(self) -> "Form":
        return Form(self.browser, self._read.action, list(self._read.fields))

    @property
    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.body.decode())
        reader.close()
        return reader


@dataclass
class Form:
    """The form on a page, with what stands in it."""

    browser: "Browser" = field(repr=False)
    action: str
    fields: list[tuple[str, str]]

    def __getitem__(self, name: str) -> str:
        [value] = [value for key, value in self.fields if key == name]
        return value

    def filled(self, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Its fields once ``values`` are typed and chosen; a list is several choices."""
        kept = [each for each in self.fields if each[0] not in values]
        for name, value in values.items():
            chosen = value if isinstance(value, list | tuple) else [value]
            kept += [(name, each) for each in chosen]
        return kept

    def send(self, files: Iterable[File] = (), **values: Any) -> Page:
        """Send it. A name with a hyphen is written with an underscore."""
        named = {name.replace("_", "-"): value for name, value in values.items()}
        return self.browser.post(self.action, self.filled(named), files)


@dataclass
class Browser:
    """One person's browser, at the server with this URL."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict, repr=False)
    said_of_cookies: list[str] = field(default_factory=list, repr=False)
    origin: str = ORIGIN

    def get(self, path: str, *, follow: bool = True, method: str = "GET") -> Page:
        return self.send(head(method, path, self._cookie()), follow=follow)

    def post(
        self,
        path: str,
        fields: Fields = (),
        files: Iterable[File] = (),
        *,
        headers: Iterable[tuple[str, str]] | None = None,
        follow: bool = True,
    ) -> Page:
        """Send a form, from a page of ours unless ``headers`` say something else."""
        said = ours(self.origin) if headers is None else headers
        request = form_request(path, fields, files, [*said, *self._cookie()])
        return self.send(request, follow=follow)

    def send(self, request: bytes, *, follow: bool = True) -> Page:
        """These bytes on a connection of their own; the whole answer."""
        with self.connect() as connection:
            with suppress(ConnectionError):  # it may be refused before it is all sent
                connection.sendall(request)
            return self.read(connection, follow=follow)

    def connect(self) -> socket.socket:
        where = urlsplit(self.url)
        return socket.create_connection((where.hostname or "", where.port or 80), TIMEOUT)

    def read(self, connection: socket.socket, *, follow: bool = True) -> Page:
        """The answer on a connection, as long as it says it is; where it leads, if anywhere."""
        said = b""
        with suppress(ConnectionError):
            while not _is_whole(said) and (more := connection.recv(65536)):
                said += more
        page = self._take(said)
        where = page.header("Location")
        return self.get(where) if follow and page.status == 303 and where[:1] == "/" else page

    def log_in(self, words: str) -> Page:
        """The mailbox of these words."""
        return self.get("/plain/open").form.send(words=words)

    def _take(self, said: bytes) -> Page:
        lines, _, body = said.partition(b"\r\n\r\n")
        first, *rest = lines.decode("latin-1").split("\r\n")
        status = int(first.split()[1]) if first.startswith("HTTP/") else 0
        headers = [(name, value) for name, _, value in (each.partition(": ") for each in rest)]
        for name, value in headers:
            if name == "Set-Cookie":
                self._remember(value)
        return Page(status, headers, body, self)

    def _remember(self, cookie: str) -> None:
        self.said_of_cookies.append(cookie)
        pair, *attributes = cookie.split("; ")
        name, _, value = pair.partition("=")
        if "Max-Age=0" in attributes:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def _cookie(self) -> list[tuple[str, str]]:
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return [("Cookie", pairs)] if pairs else []
