"""What a request has to be before anybody looks at what it asks (CHECKS T42 to T44, T78).

In this order:

(0) its connection is of a program of this user (:mod:`inbox_ui.pages.connection`)
(1) its ``Host`` is ours, once, and its target a path: a name that was made to lead here is not
(2) no page elsewhere is behind it: ``Sec-Fetch-Site`` is ``same-origin`` or ``none``, if it is said
(3) one that changes anything was sent by a page of ours: ``Origin`` and ``Sec-Fetch-Site`` say so
(4) it brings the cookie, unless the route is for anyone
(5) the vault is unlocked, unless the route is for whoever is to unlock it

(0) is not answered at all, (1) with 421, the others with 403, each with its one sentence.
"""

from enum import Enum, auto
from typing import Final

from aiohttp import web

from inbox_ui.pages.door import Door
from inbox_ui.pages.words import FROM_ELSEWHERE, NO_COOKIE, WRONG_HOST


class Access(Enum):
    """Whom a route is for."""

    ANYONE = auto()
    """Who knows the address: to come in, and for the style sheet."""
    BROWSER = auto()
    """Who has the cookie."""
    ANALYST = auto()
    """Who has the cookie, while the vault is unlocked."""


class Kept(Exception):
    """A request that is kept out: ``status``, and the fixed ``sentence`` that says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status: Final = status
        self.sentence: Final = sentence


class NoCookie(Kept):
    """(4) does not hold."""

    def __init__(self) -> None:
        super().__init__(_FORBIDDEN, NO_COOKIE)


_MISDIRECTED: Final = 421
_FORBIDDEN: Final = 403
_NOT_FROM_ELSEWHERE: Final = frozenset({"same-origin", "none"})


def check(request: web.Request, door: Door, access: Access) -> None:
    """Raise ``Kept`` unless (1) to (4) hold. Whether the vault is unlocked is asked by its user."""
    headers = request.headers
    if headers.getall("Host", []) != [door.host] or not request.raw_path.startswith("/"):
        raise Kept(_MISDIRECTED, WRONG_HOST)  # (1)
    sites = headers.getall("Sec-Fetch-Site", [])
    if not _NOT_FROM_ELSEWHERE.issuperset(sites):
        raise Kept(_FORBIDDEN, FROM_ELSEWHERE)  # (2)
    if request.method != "GET" and (
        headers.getall("Origin", []) != [door.origin] or sites != ["same-origin"]
    ):
        raise Kept(_FORBIDDEN, FROM_ELSEWHERE)  # (3)
    if access is not Access.ANYONE and not door.knows(request.cookies.get(door.cookie_name, "")):
        raise NoCookie  # (4)
