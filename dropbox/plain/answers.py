"""What the lane without scripts answers: pages, and one cookie."""

from dataclasses import dataclass
from typing import Final

from aiohttp import hdrs

from dropbox.api.answers import FIXED_HEADERS, Answer

PAGE: Final = "text/html; charset=utf-8"
POLICY: Final = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""No script, image, frame or request at all: a text that got into a page could do nothing."""
PAGE_HEADERS: Final = {**FIXED_HEADERS, "Content-Security-Policy": POLICY}


@dataclass(frozen=True, slots=True)
class Cookie:
    """The one cookie. Where the origin is https, its name says that nobody else can have set it."""

    secure: bool

    @property
    def name(self) -> str:
        """Its name."""
        return "__Host-mailbox" if self.secure else "mailbox"

    def header(self, value: str) -> str:
        """The value of ``Set-Cookie``: for this session of the browser, never for scripts."""
        ending = "; Path=/; Secure" if self.secure else "; Path=/plain/"
        return f"{self.name}={value}; HttpOnly; SameSite=Strict{ending}"

    def removal(self) -> str:
        """The value of ``Set-Cookie`` that makes a browser forget it."""
        return f"{self.header('')}; Max-Age=0"


class Page(Answer):
    """A page."""

    def __init__(self, html: str, status: int = 200) -> None:
        super().__init__(status, html.encode(), PAGE)
        self.headers.update(PAGE_HEADERS)

    def keep(self, cookie: Cookie, value: str) -> None:
        """Send the cookie with it."""
        self.headers.add(hdrs.SET_COOKIE, cookie.header(value))

    def forget(self) -> None:
        """Have the browser forget the cookie, whichever it has."""
        for secure in (True, False):
            self.headers.add(hdrs.SET_COOKIE, Cookie(secure).removal())


def elsewhere(path: str) -> Page:
    """303: the browser asks for ``path`` instead, and a reload does not send anything again."""
    page = Page("", 303)
    page.headers[hdrs.LOCATION] = path
    return page
