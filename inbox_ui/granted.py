"""Whom this workstation has granted which group: so that nobody is granted one twice.

A note and no proof: what a colleague holds is known from what they sign.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from inbox_ui.schema import granted

Transaction = Callable[[], AbstractContextManager[Connection]]


class Granted:
    """Those of an archive."""

    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading: Final = reading
        self._writing: Final = writing

    def keep(self, group: bytes, analyst: bytes) -> None:
        """The server has a grant of ``group`` to ``analyst``."""
        with self._writing() as connection:
            row = {"group": group, "analyst": analyst}
            connection.execute(insert(granted).prefix_with("OR IGNORE"), row)

    def of(self, group: bytes) -> frozenset[bytes]:
        """Whom ``group`` was granted to."""
        query = select(granted.c.analyst).where(granted.c.group == group)
        with self._reading() as connection:
            return frozenset(connection.scalars(query))

    def forget(self, group: bytes) -> None:
        """Grant it anew: its members lost what they were given."""
        with self._writing() as connection:
            connection.execute(delete(granted).where(granted.c.group == group))
