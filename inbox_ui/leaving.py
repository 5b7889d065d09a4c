"""The cases that are being purged, and those that were: nothing of them is taken again."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from crypto.constants import ID
from dropbox.client.listing import Listed
from dropbox.wire import MARK
from inbox_ui.rows import checksum, pack_wraps
from inbox_ui.schema import (
    SHELF,
    envelopes,
    gone,
    heard,
    leaving,
    mailboxes,
    outbox,
    progress,
    snapshots,
    unwritten,
    vouched,
)

Transaction = Callable[[], AbstractContextManager[Connection]]


class Leaving:
    """Those of an archive."""

    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading: Final = reading
        self._writing: Final = writing

    def begin(self, mailbox: bytes, groups: Collection[bytes], *, everywhere: bool) -> None:
        """The case of ``mailbox`` goes, with the secrets of ``groups``. Again, nothing changes.

        ``everywhere``: the server has purged it too, so that nothing can come of it any more but
        what was there before; from now on that is not taken. Where the server kept it, what its
        reporter writes next is not to be lost.
        """
        row = {"mailbox": mailbox, "groups": b"".join(groups)}
        with self._writing() as connection:
            connection.execute(insert(leaving).prefix_with("OR IGNORE"), row)
            if everywhere:
                mark = {"mark": _mark(mailbox)}
                connection.execute(insert(gone).prefix_with("OR IGNORE"), mark)

    def all(self) -> Mapping[bytes, tuple[bytes, ...]]:
        """Each mailbox, and its groups' card ids."""
        with self._reading() as connection:
            return {row.mailbox: _split(row.groups) for row in connection.execute(select(leaving))}

    def finish(self, mailbox: bytes) -> None:
        """Delete all there is of the case, and with it the note."""
        address = mailboxes.c.address == mailbox
        with self._writing() as connection:
            number = connection.scalar(select(mailboxes.c.id).where(address))
            if number is not None:
                shelf = snapshots.c.shelf == number // SHELF
                connection.execute(delete(snapshots).where(shelf))  # a summary of it is there
                theirs = select(envelopes.c.envelope).where(envelopes.c.mailbox == number)
                reached = update(progress).where(progress.c.newest.in_(theirs))
                connection.execute(reached.values(newest=None))  # the server has it no more
                connection.execute(delete(vouched).where(vouched.c.envelope.in_(theirs)))
                connection.execute(delete(envelopes).where(envelopes.c.mailbox == number))
                connection.execute(delete(mailboxes).where(address))
                connection.execute(update(progress).values(changes=progress.c.changes + 1))
            connection.execute(delete(outbox).where(outbox.c.mailbox == mailbox))
            connection.execute(delete(unwritten).where(unwritten.c.mailbox == mailbox))
            connection.execute(delete(heard).where(heard.c.mailbox == mailbox))
            connection.execute(delete(leaving).where(leaving.c.mailbox == mailbox))

    def keep_stubs(self, mailbox: bytes) -> None:
        """Delete what is sealed of a case that others handle; what they are given of it stays.

        Its stubs are the same that a colleague has who never handled it.
        """
        address = mailboxes.c.address == mailbox
        with self._writing() as connection:
            number = connection.scalar(select(mailboxes.c.id).where(address))
            if number is None:
                return
            shelf = snapshots.c.shelf == number // SHELF
            connection.execute(delete(snapshots).where(shelf))  # a summary of it is there
            connection.execute(delete(unwritten).where(unwritten.c.mailbox == mailbox))
            sealed = (envelopes.c.mailbox == number, envelopes.c.body.is_not(None))
            for row in connection.execute(select(envelopes).where(*sealed)).all():
                changed = update(envelopes).where(envelopes.c.id == row.id)
                connection.execute(changed.values(_bare(row._asdict())))
            change = connection.scalars(select(progress.c.changes)).one() + 1
            connection.execute(update(progress).values(changes=change))
            connection.execute(update(mailboxes).where(address).values(changed=change))


def _bare(columns: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a stub. What this disk had changed still shows."""
    bare = {"body": None, "foreign_body": False, "wraps": pack_wraps({})}
    sound = checksum(columns) == columns["checksum"]
    return {**bare, "checksum": checksum({**columns, **bare}) if sound else columns["checksum"]}


def without_gone(connection: Connection, entries: Sequence[Listed]) -> list[Listed]:
    """Those of ``entries`` whose mailbox was not purged here."""
    marks = frozenset(connection.scalars(select(gone.c.mark)))
    return [each for each in entries if not marks or _mark(each.mailbox) not in marks]


def _mark(mailbox: bytes) -> bytes:
    return blake2b(mailbox, digest_size=MARK, person=b"archive/gone").digest()


def _split(groups: bytes) -> tuple[bytes, ...]:
    return tuple(groups[start : start + ID] for start in range(0, len(groups), ID))
