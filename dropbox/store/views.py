"""What an analyst is given, as a condition on rows of ``envelopes`` (docs/protocol.md §9).

The condition needs the mailbox's row, and the one that makes the analyst its handler, if there is
one: both are joined by their keys, whatever the page, and neither where everything is given.
"""

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    false,
    or_,
    select,
    true,
)

from dropbox.store.people import View
from dropbox.store.schema import departures, envelopes, handlers, mailboxes, wraps

EVERYTHING: Final[ColumnElement[bool]] = true()


def given(view: View | None) -> ColumnElement[bool]:
    """Whether a row is given whole; to whoever has no view, as it is their own."""
    if view is None or view.everything:
        return EVERYTHING
    grounds: list[ColumnElement[bool]] = []
    if view.intake:
        grounds.append(mailboxes.c.use.is_(None))
    if view.handled:
        grounds.append(handlers.c.analyst.is_not(None))
    if view.contact is not None:
        theirs = (wraps.c.envelope == envelopes.c.position, wraps.c.recipient == view.contact)
        grounds.append(exists().where(*theirs))
    if view.departed:
        told = (departures.c.envelope == envelopes.c.position, departures.c.analyst == view.analyst)
        grounds.append(exists().where(*told))
    return or_(false(), *grounds)


def rows_for(chosen: Select[Any], view: View | None, *, addressed: bool = False) -> Select[Any]:
    """``chosen`` of ``envelopes``, with what :func:`given` asks; ``addressed``: with the mailbox's
    row in any case."""
    narrow = view is not None and not view.everything
    chosen = chosen.select_from(envelopes)
    if narrow or addressed:
        chosen = chosen.join(mailboxes, envelopes.c.mailbox == mailboxes.c.id)
    if view is not None and narrow:
        own = and_(handlers.c.mailbox == envelopes.c.mailbox, handlers.c.analyst == view.analyst)
        chosen = chosen.outerjoin(handlers, own)
    return chosen


_ONE = select(envelopes.c.position).where(envelopes.c.position == bindparam("asked"))


def is_given(connection: Connection, view: View, position: int) -> bool:
    """Whether the envelope at this position is given whole."""
    found = rows_for(_ONE, view).where(given(view))
    return connection.scalar(found, {"asked": position}) is not None
