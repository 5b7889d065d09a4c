"""Wraps of envelopes that are here already: those that were added, and those that go again.

It follows what the server was told, so that what opens here is what opens there.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from sqlalchemy import Connection, select, update

from inbox_ui.rows import checksum, pack_wraps, unpack_wraps
from inbox_ui.schema import envelopes, mailboxes, progress

Transaction = Callable[[], AbstractContextManager[Connection]]
Wraps = Mapping[bytes, bytes]


class Rewraps:
    """Those of an archive. A row that this disk has changed is left as it is."""

    def __init__(self, writing: Transaction) -> None:
        self._writing: Final = writing

    def add(self, mailbox: bytes, recipient: bytes, wraps: Mapping[bytes, bytes]) -> None:
        """A wrap to ``recipient`` for each envelope of ``wraps``, by id."""

        def added(envelope: bytes, known: Wraps) -> Wraps:
            return {recipient: wraps[envelope], **known} if envelope in wraps else known

        self._change(mailbox, added)

    def replace(self, mailbox: bytes, recipient: bytes, wraps: Mapping[bytes, bytes]) -> None:
        """The same, in the place of a wrap to ``recipient`` that does not open."""

        def replaced(envelope: bytes, known: Wraps) -> Wraps:
            return {**known, recipient: wraps[envelope]} if envelope in wraps else known

        self._change(mailbox, replaced)

    def drop(self, mailbox: bytes, recipient: bytes, group: bytes) -> None:
        """No wrap to ``recipient`` any more, where there is one to ``group``."""

        def dropped(_: bytes, known: Wraps) -> Wraps:
            kept = {each: wrap for each, wrap in known.items() if each != recipient}
            return kept if group in known else known

        self._change(mailbox, dropped)

    def forget(self, mailbox: bytes, recipient: bytes) -> None:
        """No wrap to ``recipient`` any more, whether or not another is there."""

        def forgotten(_: bytes, known: Wraps) -> Wraps:
            return {each: wrap for each, wrap in known.items() if each != recipient}

        self._change(mailbox, forgotten)

    def _change(self, mailbox: bytes, change: Callable[[bytes, Wraps], Wraps]) -> None:
        with self._writing() as connection:
            number = connection.scalar(select(mailboxes.c.id).where(mailboxes.c.address == mailbox))
            rows = connection.execute(
                select(*(each for each in envelopes.c if each.name != "body")).where(
                    envelopes.c.mailbox == number
                )
            ).all()
            changed = sum(_change_row(connection, row, change) for row in rows)
            if changed:
                _touch(connection, mailbox)


def _change_row(connection: Connection, row: Any, change: Callable[[bytes, Wraps], Wraps]) -> bool:
    columns = dict(row._mapping)
    if checksum(columns) != columns["checksum"]:
        return False
    known = unpack_wraps(columns["wraps"])
    wraps = change(columns["envelope"], known)
    if wraps == known:
        return False
    columns["wraps"] = pack_wraps(wraps)
    values = {"wraps": columns["wraps"], "checksum": checksum(columns)}
    connection.execute(update(envelopes).where(envelopes.c.id == columns["id"]).values(values))
    return True


def _touch(connection: Connection, mailbox: bytes) -> None:
    """The mailbox has changed, so it is folded again."""
    change = connection.scalars(select(progress.c.changes)).one() + 1
    connection.execute(update(progress).values(changes=change))
    touched = update(mailboxes).where(mailboxes.c.address == mailbox)
    connection.execute(touched.values(changed=change))
