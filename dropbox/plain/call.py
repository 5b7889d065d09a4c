"""One request of the lane without scripts, and what every such process is given."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment

from crypto.directory import Directory
from dropbox import limits
from dropbox.client.retry import Patience
from dropbox.client.transport import Transport
from dropbox.client.visit import Visit
from dropbox.plain.answers import MAILBOX, NEWS, Cookie, Page, elsewhere
from dropbox.plain.origin import is_secure
from dropbox.plain.seals import NotOurs, Seals, Sitting
from dropbox.plain.words import Trouble
from dropbox.site.languages import ENGLISH, Language, read_languages
from dropbox.site.pages import LEAVE, Service, address, plain_address
from dropbox.site.rendering import make_environment
from dropbox.site.support import read_support

PATIENCE: Final = Patience((0.5, 1, 2))
"""The worker is on the same machine: what does not work soon does not work."""
_TEMPLATES: Final = Path(__file__).parent / "templates"
Pages = Mapping[str, Environment]
"""The templates, by the code of the language that they speak."""


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


def load_pages() -> Pages:
    """The templates in every language, all parsed: before a process is forked, and once."""
    pages = {}
    for language in read_languages():
        environment = make_environment(_TEMPLATES, language=language)
        for name in environment.list_templates():
            environment.get_template(name)
        pages[language.code] = environment
    return pages


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
        card, origins = directory.root_card, self.plan.origins
        service = Service(directory.name, card.fingerprint, origins, is_demo(directory))
        html = render(
            self.plan.pages,
            self.language,
            template,
            name=directory.name,
            service=service,
            expired=self.visit.expired,
            others=self._others,
            **values,
        )
        return Page(html, status)

    @property
    def _others(self) -> list[tuple[str, str, str]]:
        """The same page in other languages. Not behind a form: what was typed would be lost."""
        if self.request.method == "POST":
            return []
        here = plain_address("", self.language)
        name = self.request.path.removeprefix(here)
        return [
            (each.code, each.name, plain_address(name, each))
            for each in read_languages()
            if each is not self.language
        ]

    def trouble(self, trouble: Trouble, status: int = 200) -> Page:
        """A page that says what is wrong."""
        return trouble_page(self.plan.pages, trouble, status, self.language)


def is_demo(directory: Directory) -> bool:
    """Whether the service says of itself that it is a demonstration."""
    return directory.name.startswith("DEMO")


_OWN: Final = {"/": "", "/before": "", "/report": "start", "/mailbox": "open", "/what": "what",
               "/limits": "limits"}  # fmt: skip
"""Pages that this lane has for those with scripts. All others need none."""


def render(pages: Pages, language: Language, template: str, **values: Any) -> str:
    """A template with its values, in a language."""

    def at(path: str) -> str:
        known = path in _OWN
        return plain_address(_OWN[path], language) if known else address(path, language)

    return (
        pages[language.code]
        .get_template(template)
        .render(
            lang=language.code,
            leave=LEAVE,
            script=None,
            lane=plain_address("", language),
            at=at,
            support=read_support(),
            **values,
        )
    )


def trouble_page(pages: Pages, trouble: Trouble, status: int, language: Language = ENGLISH) -> Page:
    """A page that says what is wrong, and needs nothing else to do so."""
    return Page(render(pages, language, "trouble.html", name="", trouble=trouble), status)


def language_of(path: str) -> Language:
    """The language of a path of this lane, as it stands in a request; English for any other."""
    for each in read_languages():
        if each is not ENGLISH and path.startswith(plain_address("", each)):
            return each
    return ENGLISH
