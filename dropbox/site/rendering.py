"""Pages from templates: what is not marked up by a template of ours is text."""

from datetime import date
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dropbox.client.terminal import visible, visible_line

TEMPLATES: Final = Path(__file__).parent / "templates"
"""``layout.html``, which every page extends, and ``components.html``, which every page imports."""


def make_environment(*folders: Path) -> Environment:
    """An environment that finds templates in ``folders``, in that order, and then in ours.

    Everything is escaped, in whatever file it stands, and a name that was not given raises
    ``jinja2.UndefinedError`` instead of leaving a hole in the page. A text of somebody else goes
    through the filter ``visible`` (line ends stay) or ``visible_line`` (one line), which write out
    what would be hidden or turn the line round; a date goes through ``day``.
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
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    environment.filters["visible"] = visible
    environment.filters["visible_line"] = visible_line
    environment.filters["day"] = write_day
    return environment


def write_day(day: date) -> str:
    """A day as people write it: 25 November 2026."""
    return f"{day.day} {day:%B %Y}"
