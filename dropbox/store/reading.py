"""What is read: whose session has ended, which mailboxes are here, the state of a file.

Every function takes a connection inside a transaction, so that what it gives is of one moment.
Pages of envelopes are in ``store/listings.py``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from crypto.envelope import Chain
from dropbox.store.jobs import Caller
from dropbox.store.people import NOWHERE, Reached, View
from dropbox.store.refused import Refused
from dropbox.store.schema import cursors, ended, envelopes, files, handlers, mailboxes, parts
from dropbox.store.views import is_given
from dropbox.wire import Fault, Role

_ENDED = select(ended.c.session).where(ended.c.session.in_(bindparam("keys", expanding=True)))
_FILES = (
    select(files, envelopes.c.chain, mailboxes.c.address, mailboxes.c.closed)
    .outerjoin(envelopes, files.c.envelope == envelopes.c.position)
    .outerjoin(mailboxes, envelopes.c.mailbox == mailboxes.c.id)
    .where(files.c.file.in_(bindparam("names", expanding=True)))
)


def find_ended(connection: Connection, keys: Iterable[bytes]) -> set[bytes]:
    """Those of the sessions' keys that belong to an ended session."""
    return set(connection.scalars(_ENDED, {"keys": list(keys)}))


def reached_by(connection: Connection, analyst: bytes) -> Reached:
    """How far this analyst has fetched."""
    found = select(cursors.c.position, cursors.c.handled).where(cursors.c.analyst == analyst)
    row = connection.execute(found).one_or_none()
    return NOWHERE if row is None else Reached(*row)


_KNOWN = select(mailboxes.c.id).where(mailboxes.c.address == bindparam("address"))
_UNFINISHED = (
    select(func.coalesce(func.sum(parts.c.size), 0))
    .join(files, parts.c.file == files.c.id)
    .where(files.c.expires.is_not(None))
)


_NUMBERS = select(mailboxes.c.address, mailboxes.c.id).where(
    mailboxes.c.address.in_(bindparam("addresses", expanding=True))
)
_HANDLERS = select(handlers).where(handlers.c.mailbox.in_(bindparam("numbers", expanding=True)))


def is_known(connection: Connection, address: bytes) -> bool:
    """Whether a mailbox of this address has an envelope."""
    return connection.scalar(_KNOWN, {"address": address}) is not None


def find_mailboxes(connection: Connection, addresses: Collection[bytes]) -> dict[bytes, int]:
    """The numbers of those of these mailboxes that are here."""
    rows = connection.execute(_NUMBERS, {"addresses": list(addresses)}) if addresses else ()
    return {row.address: row.id for row in rows}


def find_handlers(
    connection: Connection, numbers: Collection[int]
) -> Mapping[int, Collection[bytes]]:
    """Whom each of these mailboxes was assigned to, where it was."""
    found = defaultdict(set)
    for row in find_handling(connection, numbers):
        found[row.mailbox].add(row.analyst)
    return found


def find_handling(connection: Connection, numbers: Collection[int]) -> Sequence[Any]:
    """The rows of their handlers, with the day since when each is one."""
    return connection.execute(_HANDLERS, {"numbers": list(numbers)}).all() if numbers else ()


# -- files --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file's row, and of the envelope that names it (if any) the chain and the mailbox.

    ``closed``: so is that mailbox, and its owner is nobody any more.
    """

    id: int
    parts: int
    owner: bytes | None
    chain: int | None
    mailbox: bytes | None
    closed: bool = False
    envelope: int | None = None

    @property
    def bound(self) -> bool:
        """Whether an envelope names it."""
        return self.chain is not None

    def belongs_to(self, caller: Caller) -> bool:
        """Whether ``caller`` sent it; of what the team sent, every analyst is the owner."""
        if not self.bound:
            return self.owner == caller.address
        if self.chain == Chain.REPORTER:
            return self.mailbox == caller.address and not self.closed
        return caller.role is Role.ANALYST

    def shown_to(self, connection: Connection, caller: Caller, view: View | None) -> bool:
        """Whether ``caller`` may fetch its parts: nobody, before an envelope names it (I3); of the
        team whoever is given that envelope, by their ``view``."""
        if view is not None:
            return self.envelope is not None and is_given(connection, view, self.envelope)
        return self.chain == Chain.TEAM and self.mailbox == caller.address


def find_files(connection: Connection, names: Iterable[bytes]) -> dict[bytes, FileRow]:
    """The rows of the files with these random ids, where there are any."""
    return {
        row.file: FileRow(
            row.id,
            row.parts,
            row.owner,
            row.chain,
            row.address,
            row.closed is not None,
            row.envelope,
        )
        for row in connection.execute(_FILES, {"names": list(names)})
    }


def find_file(connection: Connection, name: bytes) -> FileRow | None:
    """The row of the file with this random id."""
    return find_files(connection, [name]).get(name)


def owned_file(connection: Connection, caller: Caller, name: bytes) -> FileRow:
    """The file's row. Raises ``Refused`` alike for one that is not there and not the caller's."""
    return check_owner(find_file(connection, name), caller)


def check_owner(row: FileRow | None, caller: Caller) -> FileRow:
    """The row, where it is the caller's; else raises ``Refused``."""
    if row is None or not row.belongs_to(caller):
        raise Refused(Fault.UNKNOWN)
    return row


def held_parts(connection: Connection, row: FileRow) -> tuple[int, ...]:
    """The numbers of the parts that are here, rising."""
    held = select(parts.c.part).where(parts.c.file == row.id).order_by(parts.c.part)
    return tuple(connection.scalars(held))


def find_part(
    connection: Connection, caller: Caller, view: View | None, file: bytes, part: int
) -> bytes:
    """The disk name of a part the caller may fetch, an analyst by a ``view``. Raises ``Refused``
    alike for every other."""
    row = find_file(connection, file)
    if row is None or not row.shown_to(connection, caller, view):
        raise Refused(Fault.UNKNOWN)
    name: bytes | None = connection.scalar(
        select(parts.c.name).where(parts.c.file == row.id, parts.c.part == part)
    )
    if name is None:
        raise Refused(Fault.UNKNOWN)
    return name


def unfinished_bytes(connection: Connection) -> int:
    """The bytes of all parts of files that no envelope names."""
    return connection.scalar(_UNFINISHED) or 0
