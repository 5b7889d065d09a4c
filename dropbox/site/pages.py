"""The static pages: which there are, and what each says in the name of a service.

A page is the same for everybody who asks for it: it holds no date, no host and nothing random.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment

from dropbox.site.rendering import make_environment

LEAVE: Final = "/plain/leave"
LANGUAGES: Final = ("en",)
"""The languages of the pages; the first is at ``/``, each other one under ``/<language>/``."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page. ``path`` is that of the first language; ``script`` is a path, or empty."""

    path: str
    template: str
    script: str


@dataclass(frozen=True, slots=True)
class Service:
    """What a page says of the service. ``fingerprint`` is the root's, as people compare it."""

    name: str
    fingerprint: str
    origins: tuple[str, ...]
    demo: bool


PAGES: Final[tuple[Page, ...]] = (Page("/", "first.html", ""),)


def render(page: Page, language: str, service: Service) -> str:
    """The page in one of :data:`LANGUAGES`."""
    template = _environment().get_template(f"pages/{page.template}")
    return template.render(
        lang=language,
        name=service.name,
        leave=LEAVE,
        script=page.script or None,
        service=service,
        page=page,
    )


@cache
def _environment() -> Environment:
    return make_environment()
