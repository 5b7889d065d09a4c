"""What a unit of the list is called to people: its name and its force.

Its id stands beside them only where somebody could take it for another.
"""

from collections import Counter
from collections.abc import Mapping

from dropbox.client.terminal import visible_line
from dropbox.site.forces import force_name
from inbox_ui.work import release_words as words
from inbox_ui.work.naming import plain
from inbox_ui.work.units import Unit, Units


def unit_names(units: Units | None) -> Mapping[str, str]:
    """What each unit of ``units`` is called, by its id: one line in which everything is seen.

    It looks like another where they differ in no more than case, accents and signs, and it may
    where it has letters of another alphabet.
    """
    listed = units.units if units is not None else ()
    names = {each.id: _name(each) for each in listed}
    seen = Counter(map(plain, names.values()))
    return {
        unit: name if seen[plain(name)] == 1 and plain(name).isascii() else _beside(name, unit)
        for unit, name in names.items()
    }


def _name(unit: Unit) -> str:
    force = force_name(unit.force) if unit.force else ""
    if plain(force) in plain(unit.name):
        return visible_line(unit.name)
    return visible_line(words.UNIT_OF.format(name=unit.name, force=force))


def _beside(name: str, unit: str) -> str:
    return words.UNIT_ALIKE.format(name=name, unit=unit)
