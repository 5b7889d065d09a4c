"""The cases that are being purged: begun, and not finished yet (``purging``)."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from crypto.constants import ID
from inbox_ui.schema import SHELF, envelopes, leaving, mailboxes, outbox, progress, snapshots

Transaction = Callable[[], AbstractContextManager[Connection]]


class Leaving:
    """Those of an archive."""

    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading: Final = reading
        self._writing: Final = writing

    def begin(self, mailbox: bytes, groups: Collection[bytes]) -> None:
        """The case of ``mailbox`` goes, with the secrets of ``groups``. Again, nothing changes."""
        row = {"mailbox": mailbox, "groups": b"".join(groups)}
        with self._writing() as connection:
            connection.execute(insert(leaving).prefix_with("OR IGNORE"), row)

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
                connection.execute(delete(envelopes).where(envelopes.c.mailbox == number))
                connection.execute(delete(mailboxes).where(address))
            connection.execute(delete(outbox).where(outbox.c.mailbox == mailbox))
            connection.execute(delete(leaving).where(leaving.c.mailbox == mailbox))


def _split(groups: bytes) -> tuple[bytes, ...]:
    return tuple(groups[start : start + ID] for start in range(0, len(groups), ID))
