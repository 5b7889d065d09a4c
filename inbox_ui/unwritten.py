"""The packages that this workstation has recorded as released, and whose files are not there yet.

A package is noted here before its release is recorded in the case, and the note goes once its file
is on the disk. What stops between the two leaves the note, so that nothing counts as sent that was
never written. The case's log cannot say it: a colleague's workstation knows nothing of this disk.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from inbox_ui.schema import unwritten

Transaction = Callable[[], AbstractContextManager[Connection]]


class Unwritten:
    """Those of an archive: hashes of packages, by the address of their case."""

    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading: Final = reading
        self._writing: Final = writing

    def of(self, mailbox: bytes) -> frozenset[bytes]:
        """The packages of one case."""
        query = select(unwritten.c.package).where(unwritten.c.mailbox == mailbox)
        with self._reading() as connection:
            return frozenset(connection.scalars(query))

    def note(self, mailbox: bytes, package: bytes) -> None:
        """The file of this package is still to be written."""
        row = {"mailbox": mailbox, "package": package}
        with self._writing() as connection:
            connection.execute(insert(unwritten).prefix_with("OR IGNORE"), row)

    def forget(self, package: bytes) -> None:
        """Its file is there."""
        with self._writing() as connection:
            connection.execute(delete(unwritten).where(unwritten.c.package == package))
