"""Texts under labels in one file, for commands: nothing that is said stands on a command line.

    threat: high, he has a gun
    harm: medium, she and her child
      and perhaps the neighbours

A line without one of the labels goes on with the text before it.
"""

from collections.abc import Collection, Mapping

from inbox_ui.errors import BadLabels
from inbox_ui.work.pieces import Level, Rated


def read_labelled(text: str, labels: Collection[str]) -> Mapping[str, str]:
    """The text under each label. Raises ``BadLabels`` where a text stands under none, or twice
    under one."""
    found: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        label, colon, rest = line.partition(":")
        name = label.strip().casefold()
        if colon and name in labels:
            if name in found:
                raise BadLabels
            found[name], last = rest.strip(), name
        elif last:
            found[last] = f"{found[last]}\n{line.strip()}".strip()
        elif line.strip():
            raise BadLabels
    return found


def read_rating(text: str) -> Rated:
    """A level and why, as ``high, he has a gun``. Raises ``BadLabels`` for another level, or where
    a level has no reason."""
    level, _, why = text.partition(",")
    try:
        found = Rated(Level(level.strip().casefold()), why.strip())
    except ValueError:
        raise BadLabels from None
    if found.level is not Level.UNKNOWN and not found.why:
        raise BadLabels
    return found
