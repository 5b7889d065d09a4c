"""Every page of the lane without scripts: method, path, what makes it. A test compares."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from dropbox.plain import mailbox, pages, reporting
from dropbox.plain.answers import Page
from dropbox.plain.call import Call
from dropbox.site.languages import ENGLISH, Language, read_languages
from dropbox.site.pages import LEAVE, plain_address

Handler = Callable[[Call], Awaitable[Page]]


@dataclass(frozen=True, slots=True)
class Route:
    """One page in one language, or what one form does."""

    method: str
    path: str
    handler: Handler
    language: Language


_PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", "", pages.show_welcome),
    ("GET", "what", pages.show_what),
    ("GET", "limits", pages.show_limits),
    ("GET", "start", reporting.show_form),
    ("POST", "start", reporting.take_report),
    ("GET", "sent", reporting.show_sent),
    ("GET", "open", mailbox.show_door),
    ("POST", "open", mailbox.open_mailbox),
    ("GET", "mailbox", mailbox.show_mailbox),
    *(("GET", f"mailbox/{done}", mailbox.show_mailbox) for done in mailbox.DONE),
    ("POST", "answer", mailbox.take_answer),
    ("GET", "delete", mailbox.ask_deletion),
    ("POST", "delete", mailbox.delete),
    ("GET", "withdraw", mailbox.ask_withdrawal),
    ("POST", "withdraw", mailbox.withdraw),
    ("GET", "close", mailbox.ask_closing),
    ("POST", "close", mailbox.close),
)
"""Behind ``/plain/``, and in other languages behind ``/plain/cy/``."""

ROUTES: Final = (
    *(
        Route(method, plain_address(name, language), handler, language)
        for language in read_languages()
        for method, name, handler in _PAGES
    ),
    Route("GET", LEAVE, mailbox.leave, ENGLISH),
)

BY_REQUEST: Final = {(route.method, route.path): route for route in ROUTES}
