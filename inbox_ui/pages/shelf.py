"""What a form is answered with, until the browser comes for it.

A browser keeps the body of a form that is answered with a page: with its history, in its profile,
on the disk. So no form of ours is. The page waits here, in memory alone, and the browser is sent to
an address at which it is shown.
"""

import asyncio
from collections import OrderedDict
from typing import Final

from inbox_ui.pages.answers import Page

_MOST: Final = 20
_PATIENCE: Final = 60.0
"""Seconds that a page waits which is to be shown once."""


class Shelf:
    """The pages that wait, at most 20; the oldest goes first."""

    def __init__(self) -> None:
        self._pages: Final[OrderedDict[str, tuple[Page, bool]]] = OrderedDict()

    def put(self, page: Page, once: bool) -> str:
        """Keep ``page``; the path at which it is. One that is shown ``once`` is gone after that,
        and after a minute; others stay, for Back and Reload lead there."""
        self._pages[page.ticket] = page, once
        if len(self._pages) > _MOST:
            self._pages.popitem(last=False)
        if once:
            loop = asyncio.get_running_loop()
            loop.call_later(_PATIENCE, self._pages.pop, page.ticket, None)
        return f"/answer/{page.ticket}"

    def take(self, ticket: str) -> Page | None:
        """The page, if it is there."""
        page, once = self._pages.get(ticket, (None, False))
        if once:
            del self._pages[ticket]
        return page
