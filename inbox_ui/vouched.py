"""The entries whose author was of the team when this workstation saw them (``purging``).

Cases are kept for years, and who ended one may have left by then. What somebody signs after leaving
must purge nothing, and a server's day does not tell the two apart: so it is noted here in time.
"""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import Connection, insert, select

from inbox_ui.schema import vouched

Transaction = Callable[[], AbstractContextManager[Connection]]


class Vouched:
    """Those of an archive, by envelope id."""

    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading: Final = reading
        self._writing: Final = writing

    def all(self) -> frozenset[bytes]:
        """Every one."""
        with self._reading() as connection:
            return frozenset(connection.scalars(select(vouched.c.envelope)))

    def keep(self, envelopes: Collection[bytes]) -> None:
        """These too."""
        if envelopes:
            rows = [{"envelope": each} for each in envelopes]
            with self._writing() as connection:
                connection.execute(insert(vouched).prefix_with("OR IGNORE"), rows)
