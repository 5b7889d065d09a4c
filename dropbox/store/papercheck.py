"""The signed papers of the team, held against their rows and, where the roster has the key, their
signatures: a part of ``dropbox-server check``."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from crypto.errors import ProtocolError
from crypto.groups import Erased, Receiving
from crypto.roster import Roster, roster_hash
from crypto.signed import split
from dropbox.store.damage import Damage
from dropbox.store.ground import Shelf
from dropbox.store.papers import is_signed
from dropbox.store.people import read_stored_roster
from dropbox.store.schema import erased, receiving, rosters


def check_papers(connection: Connection) -> Iterator[Damage]:
    """What of them is damaged. Without a right directory nothing is said of the roster."""
    roster: Roster | None = None
    for row in connection.execute(select(rosters).order_by(rosters.c.seq)):
        try:
            found = read_stored_roster(row.signed, Shelf().newest(connection).directory)
        except ProtocolError:
            yield Damage("roster", str(row.seq), "its signature is wrong")
            continue
        if found.seq != row.seq or roster_hash(row.signed) != row.hash:
            yield Damage("roster", str(row.seq), "is not the one its row names")
            continue
        roster = found
    for number, row in enumerate(connection.execute(select(receiving)), 1):
        if not (_names_receiving(row) and _verifies(receiving, row, roster)):
            yield Damage("receiving key", str(number), "is not what its analyst signed")
    for row in connection.execute(select(erased)):
        if not (_names_erased(row) and _verifies(erased, row, roster)):
            yield Damage("erasure", str(row.id), "is not what its analyst signed")


def _verifies(papers: Any, row: Any, roster: Roster | None) -> bool:
    """Also where nobody says with which key."""
    if roster is None or row.analyst not in roster.signers:
        return True
    return is_signed(papers, row.analyst, row.signed, roster)


def _names_receiving(row: Any) -> bool:
    try:
        said = Receiving.from_bytes(split(row.signed)[1])
    except ProtocolError:
        return False
    return (said.analyst, said.number) == (row.analyst, row.number)


def _names_erased(row: Any) -> bool:
    try:
        said = Erased.from_bytes(split(row.signed)[1])
    except ProtocolError:
        return False
    return (said.analyst, said.group) == (row.analyst, row.group)
