"""How long a mailbox is kept, and what is left of one that was purged.

A mailbox is due when nothing was stored in it, and its owner has not read it, for as many days as
the newest directory says (``limits.days_unused``). What the server can honestly know of that:

- the day of each envelope, which is on its row anyway. A clock that was wrong is held against the
  commit order: an envelope is never older than one that was stored before it;
- the month in which the owner last read it, written once a month, and only where no envelope of
  that month is there to say the same. So a mailbox that is read lives up to 30 days longer.

Why it is so, and what it shows to whom, is in docs/decisions/0005-retention.md.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    delete,
    func,
    not_,
    or_,
    select,
    true,
    update,
)

from crypto.envelope import Chain
from dropbox.store.ground import Ground
from dropbox.store.jobs import NoteUse, PurgeAgain
from dropbox.store.listings import Listing
from dropbox.store.marks import add_marks, find_marked
from dropbox.store.schema import (
    cursors,
    departures,
    envelopes,
    files,
    grants,
    handlers,
    mailboxes,
    parts,
    removals,
    wraps,
)
from dropbox.wire import mark_of

DETACHED: Final = 0
"""``files.expires`` of a file whose envelope is gone: long past, whatever the clock says."""

_ADDRESSES = select(mailboxes.c.address)
_NAMES = select(parts.c.name)
_FETCHED = select(func.coalesce(func.max(cursors.c.position), 0)).scalar_subquery()
_HANDLED = (
    select(func.coalesce(func.max(cursors.c.handled), 0))
    .join(handlers, handlers.c.analyst == cursors.c.analyst)
    .where(handlers.c.mailbox == envelopes.c.mailbox)
    .correlate(envelopes)
    .scalar_subquery()
)
"""How far a handler of the mailbox has fetched."""


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


# -- while serving ------------------------------------------------------------------------------


def is_use_unnoted(listing: Listing, today: date) -> bool:
    """Whether that a mailbox is read today is nowhere to be seen yet, to the month.

    Never for an address without a mailbox.
    """
    month = month_of(today)
    if not listing.entries or listing.used == month:
        return False
    return max(each.day for each in listing.entries) < month


def note_use(connection: Connection, ground: Ground, job: NoteUse) -> None:
    """Write the month, where the mailbox is still there."""
    row = update(mailboxes).where(mailboxes.c.address == job.caller.address)
    connection.execute(row.values(used=month_of(ground.today)))


# -- while purging ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Retention:
    """What is due on a day: nothing stored since ``oldest``, and not read since its month.

    ``boundary`` is the first position that was stored since then. Everything below it is older,
    whatever day a wrong clock gave it; where there is none, the days have to say it alone.
    """

    oldest: date
    boundary: int | None

    @classmethod
    def of(cls, connection: Connection, today: date, days_unused: int) -> "Retention":
        """The rule for today. A day that has not come yet was given by a wrong clock."""
        oldest = today - timedelta(days=days_unused)
        since = select(func.min(envelopes.c.position)).where(envelopes.c.day.between(oldest, today))
        return cls(oldest, connection.scalar(since))

    def due(self, *, fetched: bool, of: Sequence[int] | None = None) -> Select[Any]:
        """The numbers of the mailboxes that are due, if they are ``of`` these: those whose reports
        a workstation has fetched, or those with one that none has. Of an assigned one that is a
        handler's: everybody else is given stubs.
        """
        asked = true() if of is None else envelopes.c.mailbox.in_(of)
        newest, newest_day = func.max(envelopes.c.position), func.max(envelopes.c.day)
        unused: ColumnElement[bool] = newest_day < self.oldest
        if self.boundary is not None:
            unused = newest < self.boundary
        report = envelopes.c.chain == Chain.REPORTER.value
        reported = func.coalesce(func.max(envelopes.c.position).filter(report), 0)
        assigned = func.count(mailboxes.c.use) > 0
        # Up to its newest entry, for who got the case later was given all of it only then.
        missing = case((assigned, newest > _HANDLED), else_=reported > _FETCHED)
        unread = or_(mailboxes.c.used.is_(None), mailboxes.c.used < month_of(self.oldest))
        return (
            select(envelopes.c.mailbox)
            .join(mailboxes, envelopes.c.mailbox == mailboxes.c.id)
            .where(asked, unread)
            .group_by(envelopes.c.mailbox)
            .having(unused, not_(missing) if fetched else missing)
            .order_by(envelopes.c.mailbox)
        )


def correct_uses(connection: Connection, today: date) -> None:
    """Bring back to this month what a clock that was ahead noted as read later."""
    month = month_of(today)
    connection.execute(update(mailboxes).where(mailboxes.c.used > month).values(used=month))


def purge_mailboxes(connection: Connection, numbers: Sequence[int]) -> tuple[bytes, ...]:
    """Delete mailboxes with all of their envelopes; leave their marks. Gives names of parts.

    Their files are detached: they become files that have expired. So the bytes, which have these
    names, can be removed before the rows that name them, and whatever ends this in between, the
    next purge or sweep goes on there.
    """
    chosen = mailboxes.c.id.in_(numbers)
    marks = [mark_of(each) for each in connection.scalars(_ADDRESSES.where(chosen))]
    if not marks:
        return ()
    inside = select(envelopes.c.position).where(envelopes.c.mailbox.in_(numbers))
    theirs = files.c.envelope.in_(inside)
    names = _NAMES.join(files, parts.c.file == files.c.id).where(theirs)
    gone = tuple(connection.scalars(names))
    detach_files(connection, theirs)
    for named in (wraps, departures):
        connection.execute(delete(named).where(named.c.envelope.in_(inside)))
    for theirs_too in (envelopes, handlers, grants):
        connection.execute(delete(theirs_too).where(theirs_too.c.mailbox.in_(numbers)))
    connection.execute(delete(mailboxes).where(chosen))
    connection.execute(delete(removals).where(removals.c.mark.in_(marks)))
    add_marks(connection, marks)
    return gone


def detach_files(connection: Connection, chosen: ColumnElement[bool]) -> None:
    """Make ``chosen`` files that have expired: bytes and rows go with the next sweep or purge."""
    detached = {"envelope": None, "slot": None, "hash": None, "expires": DETACHED}
    connection.execute(update(files).where(chosen).values(detached))


def detached_parts(connection: Connection) -> tuple[bytes, ...]:
    """The names of the parts of detached files."""
    names = _NAMES.join(files, parts.c.file == files.c.id)
    return tuple(connection.scalars(names.where(files.c.expires == DETACHED)))


def drop_detached(connection: Connection) -> None:
    """Delete the rows of detached files, whose bytes are gone."""
    numbers = select(files.c.id).where(files.c.expires == DETACHED)
    connection.execute(delete(parts).where(parts.c.file.in_(numbers)))
    connection.execute(delete(files).where(files.c.expires == DETACHED))


# -- what a workstation knows as purged ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """What marks that were told name here: ``due`` mailboxes by their numbers, and the marks of
    ``absent`` ones. Those of mailboxes that are here and not due are in neither."""

    rule: Retention
    due: tuple[int, ...]
    absent: tuple[bytes, ...]


def find_named(connection: Connection, rule: Retention, marks: Collection[bytes]) -> Named:
    """What these marks name."""
    here = find_marked(connection, frozenset(marks))
    numbers = sorted(here.values())
    due = connection.scalars(rule.due(fetched=True, of=numbers)) if numbers else ()
    return Named(rule, tuple(due), tuple(mark for mark in marks if mark not in here))


def purge_again(connection: Connection, ground: Ground, job: PurgeAgain) -> int:
    """Purge those of the mailboxes that are still due; how many.

    None on a day on which the directory is not valid: the clock may be years ahead.
    """
    if not ground.takes_reports:
        return 0
    rule = Retention(job.oldest, job.boundary)
    still = list(connection.scalars(rule.due(fetched=True, of=job.numbers)))
    purge_mailboxes(connection, still)
    return len(still)
