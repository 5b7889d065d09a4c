"""Where goes what this service is not for, and what the reporter is told of it.

``signposts.json``, a row for each, with where it was found (``source``), when, and the day on which
somebody held the row against that (``checked``). Until then it is shown as one to be confirmed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Signpost:
    """``messages`` are by language: kind, no promise, and a way back to us."""

    id: str
    what: str
    where: str
    source: str
    confirm: bool
    messages: Mapping[str, str] = field(hash=False)


@cache
def read_signposts() -> tuple[Signpost, ...]:
    """Every row, in the order of the file."""
    text = files("inbox_ui.work").joinpath("signposts.json").read_text("utf-8")
    return tuple(_read(row) for row in json.loads(text))


def find_signpost(identifier: str) -> Signpost | None:
    """The row with this id."""
    return next((each for each in read_signposts() if each.id == identifier), None)


def _read(row: Mapping[str, Any]) -> Signpost:
    return Signpost(
        row["id"], row["what"], row["where"], row["source"], row["checked"] is None, row["messages"]
    )
