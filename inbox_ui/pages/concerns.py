"""Declared interests: what the analyst has nothing to do with. They stay in this vault."""

from collections.abc import Callable
from dataclasses import dataclass, field

from inbox_ui import interests
from inbox_ui.errors import BadInterest
from inbox_ui.pages import words
from inbox_ui.pages.answers import Answer, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.station import Station
from inbox_ui.vault import Vault


@dataclass(frozen=True)
class Interests:
    """What is declared, how many cases it hides, and what was typed, with what is wrong with it."""

    declared: tuple[str, ...]
    hidden: int
    typed: str = field(default="", repr=False)
    error: str = ""


async def show_interests(call: Call) -> Answer:
    """What is declared."""
    return await _page(call, "", "")


async def declare(call: Call) -> Answer:
    """One more."""
    return await _change(call, interests.declare, "what")


async def withdraw(call: Call) -> Answer:
    """One less."""
    return await _change(call, interests.withdraw, "gone")


async def _change(call: Call, change: Callable[[Vault, str], Vault], name: str) -> Answer:
    what = call.form.line(name)

    def act(station: Station) -> None:
        station.keep(lambda vault: change(vault, what))

    try:
        await call.write_once(act)
    except BadInterest:
        return await _page(call, what, words.BAD_INTEREST)
    return Goto("/interests")


async def _page(call: Call, typed: str, error: str) -> Page:
    def look(station: Station) -> Interests:
        hidden = station.casebook.count_hidden()
        return Interests(station.vault.interests, hidden, typed, error)

    return Page("interests.html", await call.at_desk(look), 400 if error else 200)
