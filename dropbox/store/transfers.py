"""The rules and rows of files that are on their way in (docs/protocol.md §8).

A file belongs to the address that started it until an envelope names it, and is swept an hour
after its last part. Then it belongs to that envelope and can no longer be changed.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from dropbox import limits
from dropbox.store.ground import Ground
from dropbox.store.jobs import DropFile, Permit, StartFile, Sweep
from dropbox.store.reading import FileRow, find_file, is_known, owned_file
from dropbox.store.refused import Refused
from dropbox.store.schema import files, parts
from dropbox.store.spending import check_permit, find_spent, spend
from dropbox.wire import LARGEST_PART, Fault, Role

_UNFINISHED = select(func.count(), func.coalesce(func.sum(files.c.parts), 0)).where(
    files.c.owner == bindparam("address")
)

_Job = TypeVar("_Job")
_Result = TypeVar("_Result")


def one_by_one(
    rule: Callable[[Connection, Ground, _Job], _Result],
) -> Callable[[Connection, Ground, Sequence[_Job]], list[object]]:
    """A step of a batch that applies ``rule`` to its jobs one after another."""

    def step(connection: Connection, ground: Ground, jobs: Sequence[_Job]) -> list[object]:
        outcomes: list[object] = []
        for job in jobs:
            try:
                outcomes.append(rule(connection, ground, job))
            except Refused as refused:
                outcomes.append(refused)
        return outcomes

    return step


def start_file(connection: Connection, ground: Ground, job: StartFile) -> None:
    """Make a row, or find that the caller made the same one before.

    Started again with fewer parts, none of them held beyond those, a file is shorter: whoever sends
    it while it comes in knows its length last.

    (1) no more files, and no more parts, than one address may have unfinished; (2) a stranger: room
    beyond what is kept, no more than its share of it, and a proof of work where one is needed.
    """
    row = find_file(connection, job.file)
    if row is not None:
        if not row.belongs_to(job.caller):
            raise Refused(Fault.UNKNOWN)
        if row.parts != job.parts:
            _shorten(connection, row, job.parts)
        return
    count, held = connection.execute(_UNFINISHED, {"address": job.caller.address}).one()
    if count >= limits.UNFINISHED_FILES:
        raise Refused(Fault.BUSY)  # (1)
    if held + job.parts > limits.UNFINISHED_PARTS:
        raise Refused(Fault.TOO_LARGE)  # (1)
    if job.caller.role is Role.MAILBOX and not is_known(connection, job.caller.address):
        if not ground.room.takes_strangers:
            raise Refused(Fault.FULL)  # (2)
        if (held + job.parts) * LARGEST_PART > ground.room.announced:
            raise Refused(Fault.FULL)  # (2)
        _spend(connection, job.permit)  # (2)
    connection.execute(
        insert(files).values(
            file=job.file,
            parts=job.parts,
            owner=job.caller.address,
            expires=ground.seconds + limits.UNFINISHED_SECONDS,
        )
    )


def _shorten(connection: Connection, row: FileRow, wanted: int) -> None:
    beyond = select(parts.c.part).where(parts.c.file == row.id, parts.c.part >= wanted).limit(1)
    if row.bound or wanted > row.parts or connection.scalar(beyond) is not None:
        raise Refused(Fault.FILES_DIFFER)
    connection.execute(update(files).where(files.c.id == row.id).values(parts=wanted))


def _spend(connection: Connection, permit: Permit) -> None:
    used = find_spent(connection, [permit.token] if permit.token else [])
    check_permit(permit, used)
    if permit.needed and permit.token is not None:
        spend(connection, [(permit.token, permit.expires)])


def drop_file(connection: Connection, _: Ground, job: DropFile) -> tuple[bytes, ...]:
    """Delete an unfinished file's rows."""
    row = owned_file(connection, job.caller, job.file)
    if row.bound:
        raise Refused(Fault.REFUSED)
    return _forget(connection, [row.id])


def sweep_files(connection: Connection, ground: Ground, _: Sweep) -> tuple[bytes, ...]:
    """Delete the rows of files that were not finished in time."""
    late = select(files.c.id).where(files.c.expires < ground.seconds)
    return _forget(connection, connection.scalars(late).all())


def _forget(connection: Connection, numbers: Sequence[int]) -> tuple[bytes, ...]:
    names: list[bytes] = []
    for number in numbers:
        names += connection.scalars(select(parts.c.name).where(parts.c.file == number))
        connection.execute(delete(parts).where(parts.c.file == number))
        connection.execute(delete(files).where(files.c.id == number))
    return tuple(names)
