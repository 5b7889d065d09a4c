"""Filters that are kept: a list and the words looked for in it, under a name, in the vault."""

from dataclasses import replace

from inbox_ui.errors import BadFilter
from inbox_ui.vault import FILTER_NAME, MOST_FILTERS, SavedFilter, Vault


def keep(vault: Vault, name: str, queue: str, wanted: str) -> Vault:
    """The vault with one more filter; one of the same name goes for it.

    Raises ``BadFilter`` for a name that is empty or too long, or where too many are kept.
    """
    tidy = " ".join(name.split())
    if not 0 < len(tidy) <= FILTER_NAME or not tidy.isprintable():
        raise BadFilter(tidy)
    kept = [each for each in vault.filters if each.name != tidy]
    if len(kept) >= MOST_FILTERS:
        raise BadFilter(tidy)
    found = [*kept, SavedFilter(tidy, queue, " ".join(wanted.split())[:200])]
    return replace(vault, filters=tuple(sorted(found, key=lambda each: each.name.casefold())))


def drop(vault: Vault, name: str) -> Vault:
    """The vault without a filter. Raises ``BadFilter`` where there is none of this name."""
    gone = find(vault, name)
    return replace(vault, filters=tuple(each for each in vault.filters if each != gone))


def find(vault: Vault, name: str) -> SavedFilter:
    """The filter of this name. Raises ``BadFilter``."""
    tidy = " ".join(name.split())
    found = next((each for each in vault.filters if each.name == tidy), None)
    if found is None:
        raise BadFilter(tidy)
    return found
