"""What the lane without scripts answers: pages, and cookies."""

import secrets
from dataclasses import dataclass
from typing import Final

from aiohttp import hdrs

from dropbox.api.answers import Answer
from dropbox.site.policy import FIXED_HEADERS

PAGE: Final = "text/html; charset=utf-8"
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""No script, frame or request, and our own images: what got into a page could do nothing."""
PAGE_HEADERS: Final = {**FIXED_HEADERS, "Content-Security-Policy": POLICY}


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie of these pages; ``secure`` where the origin is https.

    Only for ``/plain/``: sent with a style sheet too, it would be read by a process that lives long
    and has the key to it. So it is no ``__Host-`` cookie, which has to be for every path.
    """

    kind: str
    secure: bool

    @property
    def name(self) -> str:
        """Its name."""
        return f"__Secure-{self.kind}" if self.secure else self.kind

    def header(self, value: str, seconds: int | None = None) -> str:
        """The value of ``Set-Cookie``: never for scripts; without ``seconds``, for this session."""
        secure = "; Secure" if self.secure else ""
        age = "" if seconds is None else f"; Max-Age={seconds}"
        return f"{self.name}={value}; HttpOnly; SameSite=Strict; Path=/plain/{secure}{age}"


MAILBOX: Final = "mailbox"
"""Holds the mailbox that was opened."""
NEWS: Final = "news"
"""Holds what the page behind a form shall say, so that the form's own answer is a redirect: what
answers a form stays in a browser's history with all that was typed, on the disk."""
LEFT: Final = "left"
"""Holds nothing. A browser that keeps pages for "Back" in memory lets go of them when a cookie that
was sent for them changes."""


class Page(Answer):
    """A page."""

    def __init__(self, html: str, status: int = 200) -> None:
        super().__init__(status, html.encode(), PAGE)
        self.headers.update(PAGE_HEADERS)

    def keep(self, cookie: Cookie, value: str, seconds: int | None = None) -> None:
        """Send a cookie with it."""
        self.headers.add(hdrs.SET_COOKIE, cookie.header(value, seconds))

    def forget(self, *kinds: str) -> None:
        """Have the browser forget cookies, and the pages that it keeps for "Back"."""
        for kind in kinds:
            for secure in (True, False):
                self.keep(Cookie(kind, secure), "", 0)
        self.keep(Cookie(LEFT, secure=False), secrets.token_hex(8), 1)

    def clear(self) -> None:
        """Have the browser forget what it keeps of this site.

        Not its cache: nothing of ours is in it (``no-store``), and Chromium would look through all
        of it, for seconds, before it lets somebody go who must leave at once. Browsers listen to
        this over https alone (and on the same machine).
        """
        self.headers["Clear-Site-Data"] = '"cookies", "storage"'


def elsewhere(path: str) -> Page:
    """303: the browser asks for ``path`` instead, and a reload does not send anything again."""
    page = Page("", 303)
    page.headers[hdrs.LOCATION] = path
    return page
