"""``status``: what an operator has to know, and nothing that says when somebody wrote.

Fit for a pager, whose messages pass through others' hands: how many reports wait is 0, 1–9 or 10+,
and free space is a step of five per cent, so that two looks do not show one report between them.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, func, select

from crypto.directory import Directory
from crypto.envelope import Chain
from crypto.errors import Expired
from dropbox.store.forms import Form, form_of
from dropbox.store.ground import Shelf
from dropbox.store.room import Room
from dropbox.store.schema import cursors, envelopes
from dropbox.words import (
    DIRECTORY_EARLY,
    DIRECTORY_EXPIRED,
    DISK_NEARLY_FULL,
    FORMS,
    PARTS_UNUSABLE,
    SCHEMA_CURRENT,
    VALIDITIES,
    Trouble,
    free,
    unfetched,
)

WARNING_DAYS: Final = 7
"""A directory is good for 14 days, and a workstation renews it when fewer than seven are left."""
MANY: Final = 10
_STEP: Final = 5
_EARLY: Final = 4 / 5
"""Said while a fifth more is free than what is kept for mailboxes that are there."""


class Validity(StrEnum):
    """Whether a directory can be sealed to today."""

    GOOD = "good"
    RENEW = "renew"
    """For at most seven days more."""
    EXPIRED = "expired"
    EARLY = "early"
    """It was signed on a day that has not come yet here: the clock is wrong."""


@dataclass(frozen=True, slots=True)
class DirectoryState:
    """The newest directory; ``days_left`` is 0 on its last day and below that once expired."""

    seq: int
    expires: date
    days_left: int
    validity: Validity


@dataclass(frozen=True, slots=True)
class Status:
    """What is printed. ``directory`` and ``unfetched`` are unknown in a schema not our own."""

    schema: Form
    directory: DirectoryState | None
    unfetched: str | None
    free_percent: int
    nearly_full: bool
    parts_usable: bool

    @property
    def troubles(self) -> list[Trouble]:
        """What needs a person now, the worst first."""
        found = []
        if self.schema is not Form.CURRENT:
            found.append(FORMS[self.schema.name])
        if not self.parts_usable:
            found.append(PARTS_UNUSABLE)
        if self.directory is not None and self.directory.validity in _TROUBLES:
            found.append(_TROUBLES[self.directory.validity])
        if self.nearly_full:
            found.append(DISK_NEARLY_FULL)
        return found

    def lines(self) -> list[str]:
        """As people read it."""
        said = [SCHEMA_CURRENT if self.schema is Form.CURRENT else FORMS[self.schema.name].error]
        if self.directory is not None:
            days = max(self.directory.days_left, 0)
            said.append(VALIDITIES[self.directory.validity.value].format(days=days))
        if self.unfetched is not None:
            said.append(unfetched(self.unfetched))
        return [*said, free(self.free_percent)]

    def to_json(self) -> dict[str, object]:
        """docs/schemas/server-status.json."""
        directory = self.directory
        return {
            "schema": self.schema.name.lower(),
            "directory": directory
            and {
                "seq": directory.seq,
                "expires": directory.expires.isoformat(),
                "days_left": directory.days_left,
                "validity": directory.validity.value,
            },
            "unfetched": self.unfetched,
            "free_percent": self.free_percent,
            "nearly_full": self.nearly_full,
            "attention": [trouble.error for trouble in self.troubles],
        }


_TROUBLES: Final = {Validity.EXPIRED: DIRECTORY_EXPIRED, Validity.EARLY: DIRECTORY_EARLY}


def look(connection: Connection, room: Room, today: date, *, parts_usable: bool) -> Status:
    """The state of a server, which may be running. Raises ``DBAPIError``, ``ProtocolError``."""
    free = 100 * room.free // max(room.size, 1) // _STEP * _STEP
    full = not Room(room.size, int(room.free * _EARLY)).takes_strangers
    form = form_of(connection)
    if form is not Form.CURRENT:
        return Status(form, None, None, free, full, parts_usable)
    directory = state_of(Shelf().newest(connection).directory, today)
    return Status(form, directory, count_unfetched(connection), free, full, parts_usable)


def state_of(directory: Directory, today: date) -> DirectoryState:
    """How long the directory is good: until it or its publisher's certificate ends."""
    days = (directory.last_day - today).days
    validity = Validity.RENEW if days <= WARNING_DAYS else Validity.GOOD
    try:
        directory.check_day(today)
    except Expired:
        validity = Validity.EXPIRED if days < 0 else Validity.EARLY
    return DirectoryState(directory.seq, directory.last_day, days, validity)


def count_unfetched(connection: Connection) -> str:
    """How many ``reporter`` envelopes no workstation has fetched: ``0``, ``1-9`` or ``10+``."""
    fetched = select(func.coalesce(func.max(cursors.c.position), 0)).scalar_subquery()
    waiting = (
        select(envelopes.c.position)
        .where(envelopes.c.position > fetched, envelopes.c.chain == Chain.REPORTER.value)
        .limit(MANY)
    )
    count = len(connection.scalars(waiting).all())
    if count == 0:
        return "0"
    return f"1-{MANY - 1}" if count < MANY else f"{MANY}+"
