"""Pages from templates: what is not marked up by a template of ours is text."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dropbox.client.terminal import visible, visible_line
from dropbox.site.languages import ENGLISH, Language

TEMPLATES: Final = Path(__file__).parent / "templates"
"""``layout.html``, which every page extends, and ``components.html``, which every page imports."""


def make_environment(*folders: Path, language: Language = ENGLISH) -> Environment:
    """An environment that finds templates in ``folders``, in that order, and then in ours.

    Everything is escaped, in whatever file it stands, and a name that was not given raises
    ``jinja2.UndefinedError`` instead of leaving a hole in the page. A text of somebody else goes
    through the filter ``visible`` (line ends stay) or ``visible_line`` (one line), which write out
    what would be hidden or turn the line round.

    What a template marks (``{% trans %}``, ``_("…")``) is said in ``language``, of which
    ``language`` in a template knows more; a date goes through ``day``, a number through ``number``.
    Our own sentences may hold elements, so a translation is markup as a template is.
    """
    environment = Environment(
        loader=FileSystemLoader([*folders, TEMPLATES]),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.policies["ext.i18n.trimmed"] = True
    said = language.translations
    # Made by the extension, which has no types.
    environment.install_gettext_callables(said.gettext, said.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["language"] = language
    environment.filters["visible"] = visible
    environment.filters["visible_line"] = visible_line
    environment.filters["day"] = language.day
    environment.filters["number"] = language.number
    return environment
