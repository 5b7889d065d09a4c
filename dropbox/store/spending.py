"""What is good for one time: challenges, and proofs of work (docs/protocol.md §9).

A row says that it was used, in the transaction that does what it was for; so it is used once
whichever worker or server has it, and a request that fails has used nothing.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, insert, select

from dropbox.store.jobs import Permit
from dropbox.store.refused import Refused
from dropbox.store.schema import spent
from dropbox.wire import Fault

_SPENT = select(spent.c.challenge).where(spent.c.challenge.in_(bindparam("tokens", expanding=True)))
_SPEND = insert(spent)


def find_spent(connection: Connection, tokens: Iterable[bytes]) -> set[bytes]:
    """Those of the tokens' random parts that were used."""
    wanted = list(tokens)
    return set(connection.scalars(_SPENT, {"tokens": wanted})) if wanted else set()


def spend(connection: Connection, tokens: Iterable[tuple[bytes, int]]) -> None:
    """Write the rows of random parts that were not used; each with its expiry in unix seconds."""
    rows = [{"challenge": token, "expires": expires} for token, expires in tokens]
    if rows:
        connection.execute(_SPEND, rows)


def check_permit(permit: Permit, used: set[bytes]) -> None:
    """Raise ``Refused`` where a stranger's request needs a proof of work and has no unused one."""
    if permit.needed and (permit.token is None or permit.token in used):
        raise Refused(Fault.WORK_NEEDED)
