"""The forces a report can be about: data that changes, and never a list in code.

``forces.json``, a row for each: ``id`` stays for good, names may change. A force that ends gets
its last day (``valid_to``) and ``successors``, and stays in the file: reports name it. Those of
kind ``demo`` are invented, and are offered only where the service says that it is a demonstration.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

DEMO: Final = "demo"


@dataclass(frozen=True, slots=True)
class Force:
    """A force, or what stands for none in particular (kind ``virtual``)."""

    id: str
    """A slug."""
    names: Mapping[str, str] = field(hash=False)
    """By language; English is always there."""
    aliases: tuple[str, ...]
    """What people also search for: former names, short names, towns."""
    nation: str
    kind: str
    oversight: tuple[str, ...]
    """The bodies that keep watch over it: ids in ``support.json``."""
    scope: str
    """``in``; ``triage`` or ``confirm`` where the team first has to see whether it is for them."""
    valid_from: date | None
    """Its first day; ``None``: before anything that is reported."""
    valid_to: date | None
    """Its last day; ``None``: it has none yet."""
    successors: tuple[str, ...]
    """Ids of those that took over."""

    @property
    def name(self) -> str:
        """In English."""
        return self.names["en"]

    def name_in(self, language: str) -> str:
        """In the language of this code, or in English where it has no name in it."""
        return self.names.get(language, self.name)

    def is_there(self, day: date) -> bool:
        """Whether it exists on ``day``."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


@cache
def read_forces() -> tuple[Force, ...]:
    """All forces, in the order of the file: by name, then what is no one force."""
    text = files("dropbox.site").joinpath("forces.json").read_text("utf-8")
    return tuple(read_force(row) for row in json.loads(text))


def read_force(row: Mapping[str, Any]) -> Force:
    """A force from its row. Raises ``KeyError``, ``TypeError`` or ``ValueError``: a wrong file."""
    return Force(
        **{
            **row,
            "names": MappingProxyType({"en": row["names"]["en"], **row["names"]}),
            "aliases": tuple(row["aliases"]),
            "oversight": tuple(row["oversight"]),
            "valid_from": _day(row["valid_from"]),
            "valid_to": _day(row["valid_to"]),
            "successors": tuple(row["successors"]),
        }
    )


def offered_forces(day: date | None = None, *, demo: bool) -> tuple[Force, ...]:
    """Those that a form offers: with ``day``, that exist on it; without, all there ever were.

    A page that is the same on every day offers all: what happened may have happened before a force
    ended, and the reader knows when.
    """
    return tuple(
        force
        for force in read_forces()
        if (demo or force.kind != DEMO) and (day is None or force.is_there(day))
    )


def force_name(identifier: str) -> str:
    """The name of the force with this id; for one that this version does not know, the id."""
    return next((force.name for force in read_forces() if force.id == identifier), identifier)


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
