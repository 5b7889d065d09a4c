"""Every route there is: method, path, who may ask, the largest body, what does it.

A test compares this list with the router. What is not here is answered 404, whatever the method.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from dropbox.api import directories, files, mailboxes, papers, purges, sessions, team, work
from dropbox.api.answers import Answer
from dropbox.api.call import Call
from dropbox.api.gate import Entry
from dropbox.limits import Lane
from dropbox.wire import (
    LARGEST_DIRECTORY,
    LARGEST_MARKS,
    LARGEST_PART,
    LARGEST_SMALL,
    LARGEST_SUBMISSION,
    LARGEST_WRAPS,
    Role,
)

ANYONE: Final[frozenset[Role]] = frozenset()
ANY_SESSION: Final = frozenset(Role)
MAILBOX: Final = frozenset({Role.MAILBOX})
ANALYST: Final = frozenset({Role.ANALYST})
PUBLISHER: Final = frozenset({Role.PUBLISHER})
WRITERS: Final = MAILBOX | ANALYST
TEAM: Final = ANALYST | PUBLISHER

_MAILBOX: Final = "{mailbox:[A-Za-z0-9_-]{43}}"
_FILE: Final = "{file:[A-Za-z0-9_-]{43}}"
_MARK: Final = "{mark:[A-Za-z0-9_-]{22}}"
_PART: Final = "{part:0|[1-9][0-9]{0,5}}"
_NUMBER: Final = "0|[1-9][0-9]{0,14}"
"""At most 15 digits: below 2⁵³ in any case."""


@dataclass(frozen=True, slots=True)
class Route:
    """One route. ``callers`` empty: anyone; ``limit`` in bytes; ``first`` runs before the body, and
    says how the request came in. ``lane`` is of whoever is not known."""

    method: str
    path: str
    callers: frozenset[Role]
    limit: int
    handler: Callable[[Call], Awaitable[Answer]]
    first: Callable[[Call], Awaitable[Entry]] | None = None
    lane: Lane = Lane.STRANGER


ROUTES: Final = (
    Route("GET", "/api/directory", ANYONE, 0, directories.get_directory, lane=Lane.ENTRY),
    Route("POST", "/api/directory", PUBLISHER, LARGEST_DIRECTORY, directories.put_directory),
    Route("POST", "/api/challenge", ANYONE, 0, sessions.make_challenge, lane=Lane.ENTRY),
    Route("POST", "/api/session", ANYONE, LARGEST_SMALL, sessions.log_in, lane=Lane.ENTRY),
    Route("DELETE", "/api/session", ANY_SESSION, 0, sessions.log_out),
    Route("POST", "/api/work", ANY_SESSION, LARGEST_SMALL, work.give_work),
    Route(
        "POST", "/api/envelopes", WRITERS, LARGEST_SUBMISSION, mailboxes.submit,
        first=mailboxes.enter,
    ),
    Route(
        "POST", "/api/closing", MAILBOX, LARGEST_SUBMISSION, mailboxes.close,
        first=mailboxes.enter,
    ),
    Route("POST", "/api/deletions", MAILBOX, LARGEST_SMALL, mailboxes.delete),
    Route("GET", f"/api/mailbox/{{from:{_NUMBER}}}", MAILBOX, 0, mailboxes.get_mailbox),
    Route("GET", f"/api/feed/{{after:{_NUMBER}}}", ANALYST, 0, team.get_feed),
    Route("GET", f"/api/case/{_MAILBOX}/{{after:{_NUMBER}}}", ANALYST, 0, team.get_case),
    Route("POST", "/api/assignments", ANALYST, LARGEST_SUBMISSION, team.assign),
    Route("POST", "/api/wraps", ANALYST, LARGEST_WRAPS, team.rewrap),
    Route("POST", "/api/unwrapping", ANALYST, LARGEST_SMALL, team.unwrap),
    Route("POST", "/api/purging", ANALYST, LARGEST_SMALL, team.purge),
    Route("GET", "/api/roster", TEAM, 0, papers.get_roster),
    Route("POST", "/api/roster", PUBLISHER, LARGEST_DIRECTORY, papers.put_roster),
    Route("GET", "/api/receiving", ANALYST, 0, papers.get_receiving),
    Route("POST", "/api/receiving", ANALYST, LARGEST_SMALL, papers.tell_receiving),
    Route("GET", "/api/grants", ANALYST, 0, papers.get_grants),
    Route("POST", "/api/grants", ANALYST, LARGEST_WRAPS, papers.give_grants),
    Route("POST", "/api/grants/opened", ANALYST, LARGEST_SMALL, papers.open_grants),
    Route("GET", f"/api/erased/{{from:{_NUMBER}}}", ANALYST, 0, papers.get_erased),
    Route("POST", "/api/erased", ANALYST, LARGEST_SMALL, papers.tell_erased),
    Route("GET", "/api/purged", ANALYST, 0, purges.get_digest),
    Route("GET", f"/api/purged/{_MARK}", ANALYST, 0, purges.get_marks),
    Route("POST", "/api/purged", ANALYST, LARGEST_MARKS, purges.tell_marks),
    Route("POST", "/api/files", WRITERS, LARGEST_SMALL, files.start_file, first=files.enter),
    Route("GET", f"/api/files/{_FILE}", WRITERS, 0, files.get_state),
    Route("DELETE", f"/api/files/{_FILE}", WRITERS, 0, files.drop_file),
    Route("GET", f"/api/files/{_FILE}/{_PART}", WRITERS, 0, files.get_part),
    Route(
        "PUT", f"/api/files/{_FILE}/{_PART}", WRITERS, LARGEST_PART, files.put_part,
        first=files.check_part,
    ),
)  # fmt: skip
