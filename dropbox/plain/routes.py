"""Every page of the lane without scripts: method, path, what makes it. A test compares."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from dropbox.plain import mailbox, pages, reporting
from dropbox.plain.answers import Page
from dropbox.plain.call import Call

Handler = Callable[[Call], Awaitable[Page]]


@dataclass(frozen=True, slots=True)
class Route:
    """One page, or what one form does."""

    method: str
    path: str
    handler: Handler


ROUTES: Final = (
    Route("GET", "/plain/", pages.show_welcome),
    Route("GET", "/plain/limits", pages.show_limits),
    Route("GET", "/plain/start", reporting.show_form),
    Route("POST", "/plain/start", reporting.take_report),
    Route("GET", "/plain/sent", reporting.show_sent),
    Route("GET", "/plain/open", mailbox.show_door),
    Route("POST", "/plain/open", mailbox.open_mailbox),
    Route("GET", "/plain/mailbox", mailbox.show_mailbox),
    *(Route("GET", f"/plain/mailbox/{done}", mailbox.show_mailbox) for done in mailbox.DONE),
    Route("POST", "/plain/answer", mailbox.take_answer),
    Route("GET", "/plain/delete", mailbox.ask_deletion),
    Route("POST", "/plain/delete", mailbox.delete),
    Route("GET", "/plain/withdraw", mailbox.ask_withdrawal),
    Route("POST", "/plain/withdraw", mailbox.withdraw),
    Route("GET", "/plain/close", mailbox.ask_closing),
    Route("POST", "/plain/close", mailbox.close),
    Route("GET", "/plain/leave", mailbox.leave),
)

BY_REQUEST: Final = {(route.method, route.path): route.handler for route in ROUTES}
