"""Whoever else can help: numbers and bodies from a file that a person has reviewed.

``support.json``, a row for each, with where it was found (``source``) and the day on which somebody
held it against that (``checked``). What nobody has checked is in no page: a wrong number is worse
than none.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from dropbox.site.marking import marked as _

NATIONS: Final = (_("England"), _("Wales"), _("Scotland"), _("Northern Ireland"))
OVERSIGHT: Final = "oversight"


@dataclass(frozen=True, slots=True)
class Body:
    """Somebody who can help. ``phone`` is empty for one that is only named."""

    id: str
    kind: str
    nations: tuple[str, ...]
    names: Mapping[str, str] = field(hash=False)
    phone: str
    source: str
    checked: date | None

    def name_in(self, language: str) -> str:
        """Its name in the language of this code, or in English."""
        return self.names.get(language, self.names["en"])


@dataclass(frozen=True, slots=True)
class Support:
    """All that a page may show."""

    bodies: tuple[Body, ...]

    def of_kind(self, kind: str) -> tuple[Body, ...]:
        """Those of a kind that have a number, in the order of the file."""
        return tuple(each for each in self.bodies if each.kind == kind and each.phone)

    def oversight(self, language: str) -> tuple[tuple[tuple[str, ...], str], ...]:
        """The body that keeps watch over the police in each nation: (nations, name)."""
        watching = (each for each in self.bodies if each.kind == OVERSIGHT)
        return tuple((each.nations, each.name_in(language)) for each in watching)


@cache
def read_support() -> Support:
    """What was checked."""
    return Support(tuple(each for each in read_bodies() if each.checked is not None))


def read_bodies() -> tuple[Body, ...]:
    """Every row, checked or not."""
    text = files("dropbox.site").joinpath("support.json").read_text("utf-8")
    return tuple(_read(row) for row in json.loads(text))


def _read(row: Mapping[str, Any]) -> Body:
    checked = row["checked"]
    day = None if checked is None else date.fromisoformat(checked)
    return Body(**{**row, "nations": tuple(row["nations"]), "checked": day})
