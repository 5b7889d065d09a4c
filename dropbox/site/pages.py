"""The pages that are the same for everybody: which there are, and what makes them.

English stands at its path, every other language under its code: ``/report`` and ``/cy/report``. No
page has a date, a host or anything random in it: two machines make the same bytes of it.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment

from dropbox.site.forces import offered_forces
from dropbox.site.languages import ENGLISH, Language, find_language, read_languages
from dropbox.site.questions import ABOUT, CATEGORIES, DANGER, QUESTIONS, TRACKS
from dropbox.site.rendering import make_environment
from dropbox.site.support import read_support

LEAVE: Final = "/plain/leave"
"""Where "Exit this page" goes: the server knows to which site from there."""
SCRIPT: Final = "/assets/js/leave.js"
"""What a page runs that does nothing else by scripts: leaving at once."""
LANGUAGES: Final = tuple(each.code for each in read_languages())
"""The codes of the languages of the pages; the first stands at ``/``."""
PLAIN: Final = "/plain/"
"""What the paths of the lane without scripts begin with."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its path in English, its template in ``templates/pages``, its script."""

    path: str
    template: str
    script: str


@dataclass(frozen=True, slots=True)
class Service:
    """What pages say of the service that they are of. ``fingerprint``: the root's, as printed."""

    name: str
    fingerprint: str
    origins: tuple[str, ...]
    demo: bool

    @property
    def onion(self) -> str:
        """Its address in Tor Browser, or ``""``."""
        return next((each for each in self.origins if each.endswith(".onion")), "")


START: Final = Page("/", "start.html", SCRIPT)
PAGES: Final = (
    START,
    Page("/what", "what.html", SCRIPT),
    Page("/before", "before.html", SCRIPT),
    Page("/report", "report.html", "/assets/js/report.js"),
    Page("/mailbox", "mailbox.html", "/assets/js/mailbox.js"),
    Page("/limits", "limits.html", SCRIPT),
    Page("/verify", "verify.html", SCRIPT),
)


def address(path: str, language: Language) -> str:
    """Where the page at ``path`` in English is in ``language``: ``/report``, ``/cy/report``."""
    return path if language is ENGLISH else f"/{language.code}{path}"


def plain_address(name: str, language: Language) -> str:
    """Where a page of the lane without scripts is: ``/plain/start``, ``/plain/cy/start``."""
    return f"{PLAIN}{name}" if language is ENGLISH else f"{PLAIN}{language.code}/{name}"


def render(page: Page, language: str, service: Service) -> str:
    """The HTML of a page in the language of this code."""
    spoken = find_language(language)
    return (
        _environment(spoken.code)
        .get_template(f"pages/{page.template}")
        .render(
            lang=spoken.code,
            others=[
                (each.code, each.name, address(page.path, each))
                for each in read_languages()
                if each is not spoken
            ],
            # Somebody may look over a shoulder: the first page has no name on it.
            name="" if page is START else service.name,
            leave=LEAVE,
            script=page.script or None,
            service=service,
            onion=service.onion,
            at=lambda path: address(path, spoken),
            plain=lambda name: plain_address(name, spoken),
            support=read_support(),
            danger=DANGER,
            about=ABOUT,
            questions={each.name: each for each in QUESTIONS},
            categories=CATEGORIES,
            tracks=TRACKS,
            forces=offered_forces(demo=service.demo),
            languages=[(each.code, each.name) for each in read_languages()],
        )
    )


@cache
def _environment(code: str) -> Environment:
    return make_environment(language=find_language(code))
