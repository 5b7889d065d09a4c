"""What a handler gives back, and a handler that says no."""

import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from inbox_ui.words import Explained

_TICKET: Final = 16


@dataclass(frozen=True)
class Page:
    """A template of ours, filled with ``view``: a frozen document of the handler's.

    ``ticket`` makes each of its forms act once, however often the page is shown. ``fresh`` is
    whether the view was made for this answer; if not, more may have come since.
    """

    template: str
    view: Any = field(repr=False)
    status: int = 200
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(_TICKET), repr=False)
    fresh: bool = True


@dataclass(frozen=True)
class Goto:
    """A 303 to a path of ours."""

    path: str
    cookie: bool = False
    """Whether it brings the cookie."""


@dataclass(frozen=True)
class Data:
    """Bytes as they are."""

    body: bytes = field(repr=False)
    content_type: str


Answer = Page | Goto | Data


class Failed(Exception):
    """What was asked could not be done: ``status`` and what to say about it."""

    def __init__(self, status: int, explained: Explained) -> None:
        super().__init__(explained.error)
        self.status: Final = status
        self.explained: Final = explained
