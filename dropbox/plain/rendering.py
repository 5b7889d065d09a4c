"""The templates of the lane without scripts in every language, loaded before any fork."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment

from dropbox.plain.answers import Page
from dropbox.plain.words import BUSY, Trouble
from dropbox.site.languages import ENGLISH, Language, read_languages
from dropbox.site.pages import LEAVE, address, plain_address
from dropbox.site.rendering import make_environment
from dropbox.site.support import read_support

_TEMPLATES: Final = Path(__file__).parent / "templates"
Pages = Mapping[str, Environment]
"""The templates, by the code of the language that they speak."""
_OWN: Final = {"/": "", "/before": "", "/report": "start", "/mailbox": "open", "/what": "what",
               "/limits": "limits"}  # fmt: skip
"""Pages that this lane has for those with scripts. All others need none."""


def load_pages() -> Pages:
    """The templates in every language, all parsed: before a process is forked, and once."""
    pages = {}
    for language in read_languages():
        pages[language.code] = make_environment(_TEMPLATES, language=language)
        for name in pages[language.code].list_templates():
            pages[language.code].get_template(name)
        language.day(date.min)  # names of months come from files, when first asked for
        language.number(0)
    read_support()
    return pages


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


def busy_page(pages: Pages) -> Page:
    """What somebody is told whose request nobody has read: so in every language."""
    others = [each for each in read_languages() if each is not ENGLISH]
    html = render(pages, ENGLISH, "trouble.html", name="", trouble=BUSY, also=others)
    return Page(html, 503)


def language_of(path: str) -> Language:
    """The language of a path of this lane, as it stands in a request; English for any other."""
    for each in read_languages():
        if each is not ENGLISH and path.startswith(plain_address("", each)):
            return each
    return ENGLISH
