"""Who else there is to ring, or to send to, from files that a person has to review."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from dropbox.site.forces import Force, read_forces
from dropbox.site.support import OVERSIGHT, read_bodies


@dataclass(frozen=True)
class Alternate:
    """Somebody else. ``confirm``: nobody has held it against a source yet."""

    id: str
    name: str
    confirm: bool


def neighbours(force: str) -> tuple[str, ...]:
    """The ids of the forces whose area borders on that of ``force``."""
    return tuple(_read("neighbours.json")["neighbours"].get(force, ()))


def calls() -> tuple[Alternate, ...]:
    """Who can be rung about any force."""
    data = _read("alternates.json")
    return tuple(_alternate(row, data) for row in data["calls"])


def bodies(force: Force | None) -> tuple[Alternate, ...]:
    """Who can be given what a force must not see: first the body that keeps watch over it. Without
    ``force``, or for one that nobody is known to watch, all of those bodies."""
    watching = force.oversight if force is not None else ()
    found = [
        Alternate(each.id, each.name_in("en"), each.checked is None)
        for each in read_bodies()
        if each.kind == OVERSIGHT and (not watching or each.id in watching)
    ]
    data = _read("alternates.json")
    mine = force.id if force is not None else ""
    others = (_alternate(row, data) for row in data["bodies"] if mine not in row["unless"])
    return (*found, *others)


def find_force(identifier: str) -> Force | None:
    """The force with this id, if this version knows it."""
    return next((each for each in read_forces() if each.id == identifier), None)


def _alternate(row: dict[str, Any], data: dict[str, Any]) -> Alternate:
    return Alternate(row["id"], row["name"], data["checked"] is None)


@cache
def _read(name: str) -> Any:
    return json.loads(files("inbox_ui.work").joinpath(name).read_text("utf-8"))
