"""One request of the lane without scripts, and what every such process is given."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from crypto.directory import Directory
from dropbox import limits
from dropbox.client.retry import Patience
from dropbox.client.transport import Transport
from dropbox.client.visit import Visit
from dropbox.plain.answers import MAILBOX, NEWS, Cookie, Page, elsewhere
from dropbox.plain.origin import is_secure
from dropbox.plain.rendering import Pages, render, trouble_page
from dropbox.plain.seals import NotOurs, Seals, Sitting
from dropbox.plain.words import Trouble
from dropbox.site.builder import service_of
from dropbox.site.languages import Language, read_languages
from dropbox.site.pages import plain_address

PATIENCE: Final = Patience((0.5, 1, 2))
"""The worker is on the same machine: what does not work soon does not work."""


class LoggedOut(Exception):
    """There is no cookie, or it does not open: too old, or of another start of the server."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What every process of this lane is given. ``service`` is the root's card id, 32 bytes."""

    service: bytes
    origins: tuple[str, ...]
    exit_url: str
    seals: Seals
    clock: Callable[[], datetime]
    pages: Pages


@dataclass(slots=True)
class Call:
    """A request, and the visit that plays the reporter for it."""

    plan: Plan
    request: web.BaseRequest
    language: Language
    visit: Visit = field(repr=False)

    @classmethod
    def of(
        cls, plan: Plan, request: web.BaseRequest, language: Language, transport: Transport
    ) -> "Call":
        """A call that has not begun anything."""
        visit = Visit(
            transport,
            plan.origins[0],
            plan.service,
            random_bytes=secrets.token_bytes,
            today=lambda: plan.clock().date(),
            patience=PATIENCE,
        )
        return cls(plan, request, language, visit)

    @property
    def now(self) -> int:
        """Unix seconds."""
        return int(self.plan.clock().timestamp())

    # -- cookies --------------------------------------------------------------------------------

    def sitting(self) -> tuple[Cookie, Sitting]:
        """The mailbox that the browser has open. Raises ``LoggedOut``."""
        cookie, value = self._cookie(MAILBOX)
        try:
            return cookie, self.plan.seals.open_cookie(value, self.now)
        except NotOurs:
            raise LoggedOut from None

    def keep(self, page: Page, sitting: Sitting, cookie: Cookie | None = None) -> Page:
        """Have the browser keep the mailbox for another 15 minutes."""
        chosen = cookie or Cookie(MAILBOX, is_secure(self.request, self.plan.origins))
        page.keep(chosen, self.plan.seals.seal_cookie(sitting, self.now))
        return page

    def go(self, name: str) -> Page:
        """To another page of the lane, in the same language."""
        return elsewhere(plain_address(name, self.language))

    def send_on(self, name: str, kind: str, text: str = "") -> Page:
        """To another page of the lane, which shall say something of this kind."""
        page = self.go(name)
        cookie = Cookie(NEWS, is_secure(self.request, self.plan.origins))
        sealed = self.plan.seals.seal_news(f"{kind}\n{text}", self.now)
        page.keep(cookie, sealed, limits.NEWS_SECONDS)
        return page

    def news(self, *kinds: str) -> tuple[str, str] | None:
        """What a page was told to say, if it is of one of these kinds: the kind and the text."""
        try:
            told = self.plan.seals.open_news(self._cookie(NEWS)[1], self.now)
        except (LoggedOut, NotOurs):
            return None
        kind, _, text = told.partition("\n")
        return (kind, text) if kind in kinds else None

    def _cookie(self, kind: str) -> tuple[Cookie, str]:
        """The first that can be ours. Where every origin is https, anybody can have set the other.

        Raises ``LoggedOut`` where there is none.
        """
        only_secure = all(each.startswith("https:") for each in self.plan.origins)
        for secure in (True,) if only_secure else (True, False):
            cookie = Cookie(kind, secure)
            value = self.request.cookies.get(cookie.name)
            if value is not None:
                return cookie, value
        raise LoggedOut

    # -- pages ----------------------------------------------------------------------------------

    def page(self, template: str, directory: Directory, status: int = 200, **values: Any) -> Page:
        """A page in the name of the team."""
        html = render(
            self.plan.pages,
            self.language,
            template,
            name=directory.name,
            service=service_of(directory),
            expired=self.visit.expired,
            others=self._others,
            **values,
        )
        return Page(html, status)

    @property
    def _others(self) -> list[tuple[str, str, str]]:
        """The same page in other languages.

        Not behind a form, as what was typed would be lost; nor of the form with the seven words,
        which has others each time it is shown.
        """
        here = plain_address("", self.language)
        name = self.request.path.removeprefix(here)
        if self.request.method == "POST" or name == "start":
            return []
        return [
            (each.code, each.name, plain_address(name, each))
            for each in read_languages()
            if each is not self.language
        ]

    def trouble(self, trouble: Trouble, status: int = 200) -> Page:
        """A page that says what is wrong."""
        return trouble_page(self.plan.pages, trouble, status, self.language)
