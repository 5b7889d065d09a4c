"""The forces a report can be about: data that changes, and never a list in code.

``forces.json``: ``id`` stays for good, the name may change. Those of kind ``demo`` are invented,
and are offered only where the service itself says that it is a demonstration.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

DEMO: Final = "demo"


@dataclass(frozen=True, slots=True)
class Force:
    """A force: its id (a slug), the name people know, its nation, its kind."""

    id: str
    name: str
    nation: str
    kind: str


@cache
def read_forces() -> tuple[Force, ...]:
    """All forces, in the order of the file: by nation, then what is no one force."""
    text = files("dropbox.site").joinpath("forces.json").read_text("utf-8")
    return tuple(Force(**row) for row in json.loads(text))


def offered_forces(*, demo: bool) -> tuple[Force, ...]:
    """Those that a form offers."""
    return tuple(force for force in read_forces() if demo or force.kind != DEMO)


def force_name(identifier: str) -> str:
    """The name of the force with this id; for one that this version does not know, the id."""
    return next((force.name for force in read_forces() if force.id == identifier), identifier)
