"""What an archive knows of keys: colleagues' receiving keys, who holds which group, what is erased.

Nothing here is secret, and nothing is believed that was not verified before it was kept.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from inbox_ui.schema import erasures, holders, proofs, receiving

Transaction = Callable[[], AbstractContextManager[Connection]]


class Ring:
    """Those of one archive."""

    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading: Final = reading
        self._writing: Final = writing

    # -- receiving keys -------------------------------------------------------------------------

    def receiving(self) -> Mapping[bytes, bytes]:
        """The newest signed receiving key of each analyst who was seen with one."""
        query = select(receiving.c.analyst, receiving.c.signed)
        with self._reading() as connection:
            return {row.analyst: row.signed for row in connection.execute(query)}

    def keep_receiving(self, analyst: bytes, number: int, signed: bytes) -> None:
        """One that was verified, in the place of the one before."""
        row = {"analyst": analyst, "number": number, "signed": signed}
        with self._writing() as connection:
            connection.execute(insert(receiving).prefix_with("OR REPLACE"), row)

    # -- who holds what -------------------------------------------------------------------------

    def holders(self, group: bytes) -> Mapping[bytes, int]:
        """Who has the group's secret, or is to have it: analyst → number of the receiving key it
        was granted to from here, 0 where it was not."""
        query = select(holders.c.analyst, holders.c.number).where(holders.c.group == group)
        with self._reading() as connection:
            return {row.analyst: row.number for row in connection.execute(query)}

    def keep_holders(self, group: bytes, analysts: Iterable[bytes]) -> None:
        """These are to have it, as far as the roster says."""
        self._keep("OR IGNORE", [(group, each, 0) for each in analysts])

    def keep_granted(self, group: bytes, numbers: Mapping[bytes, int]) -> None:
        """The server has a grant to each of these: analyst → number of the receiving key."""
        self._keep("OR REPLACE", [(group, each, number) for each, number in numbers.items()])

    def forget_holders(self, group: bytes) -> None:
        """Nobody is asked for this group any more."""
        with self._writing() as connection:
            connection.execute(delete(holders).where(holders.c.group == group))
            connection.execute(delete(proofs).where(proofs.c.group == group))

    def proved(self, group: bytes) -> frozenset[bytes]:
        """Who has shown to have the group's secret."""
        query = select(proofs.c.analyst).where(proofs.c.group == group)
        with self._reading() as connection:
            return frozenset(connection.scalars(query))

    def keep_proof(self, group: bytes, analyst: bytes) -> None:
        """This one has shown it. Again, nothing changes."""
        row = {"group": group, "analyst": analyst}
        with self._writing() as connection:
            connection.execute(insert(proofs).prefix_with("OR IGNORE"), row)

    def drop_proof(self, group: bytes, analyst: bytes) -> None:
        """This one is to show it again, or need not."""
        of = (proofs.c.group == group, proofs.c.analyst == analyst)
        with self._writing() as connection:
            connection.execute(delete(proofs).where(*of))

    def _keep(self, how: str, rows: list[tuple[bytes, bytes, int]]) -> None:
        if rows:
            names = ("group", "analyst", "number")
            with self._writing() as connection:
                connection.execute(
                    insert(holders).prefix_with(how),
                    [dict(zip(names, row, strict=True)) for row in rows],
                )

    # -- what is erased -------------------------------------------------------------------------

    def begin_erasure(self, group: bytes, signed: bytes) -> None:
        """The group's secret is about to go. Again, nothing changes."""
        row = {"group": group, "signed": signed, "told": False}
        with self._writing() as connection:
            connection.execute(insert(erasures).prefix_with("OR IGNORE"), row)

    def erased(self) -> frozenset[bytes]:
        """The groups whose secrets went, or are about to: they are never taken again."""
        with self._reading() as connection:
            return frozenset(connection.scalars(select(erasures.c.group)))

    def untold(self) -> Mapping[bytes, bytes]:
        """Group → signed erasure, of those the server was not told of yet."""
        query = select(erasures.c.group, erasures.c.signed).where(~erasures.c.told)
        with self._reading() as connection:
            return {row.group: row.signed for row in connection.execute(query)}

    def keep_told(self, group: bytes) -> None:
        """The server has this erasure."""
        with self._writing() as connection:
            connection.execute(update(erasures).where(erasures.c.group == group).values(told=True))
