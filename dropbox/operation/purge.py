"""``purge``: what has been kept long enough is deleted, and nothing of its bytes is left.

Mailboxes go a few at a time, so that a server that runs goes on between. For each few: (1) rows
deleted and marks left, in one commit; (2) the bytes of their file parts; (3) the rows of the files.
Killed in between, the next purge goes on where this one was. Then (4) what has expired in the
meantime, and (5) the database is made to forget: rows are gone at once, but a database keeps what
it deleted until it writes over it.

Two things are not done unless somebody says so: to purge on a day on which the team's directory is
not valid, because then the clock may be years ahead; and to purge a report that no workstation has
fetched.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import Connection, func, select

from crypto.errors import Expired
from dropbox import limits
from dropbox.operation.place import Place
from dropbox.operation.upgrade import BACKUP_NAME
from dropbox.settings import Impossible
from dropbox.store.batch import sweep
from dropbox.store.ground import Ground, Published, Shelf
from dropbox.store.jobs import Sweep
from dropbox.store.retention import (
    Retention,
    correct_uses,
    detached_parts,
    drop_detached,
    purge_mailboxes,
)
from dropbox.store.schema import files
from dropbox.words import PURGE_DAY, PURGE_REMAINS

_BACKUP_SECONDS: Final = 14 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Due:
    """How many mailboxes are due, those with a report nobody has fetched apart; expired files."""

    mailboxes: int
    unfetched: int
    files: int


def count_due(place: Place, now: datetime) -> Due:
    """What a purge would find now. Changes nothing. Raises ``DatabaseFailed``."""

    def count(connection: Connection) -> Due:
        rule = _rule(connection, now, Shelf().newest(connection))
        fetched, unfetched = (
            connection.scalar(select(func.count()).select_from(rule.due(fetched=each).subquery()))
            for each in (True, False)
        )
        late = select(func.count()).where(files.c.expires < int(now.timestamp()))
        return Due(fetched or 0, unfetched or 0, connection.scalar(late) or 0)

    return place.database.read(count)


def purge(place: Place, now: datetime, *, yes: bool, rewrite: bool) -> Due:
    """Purge; gives what went, and how many mailboxes were kept as unfetched.

    ``rewrite`` makes the whole database anew, so that nothing deleted is left in the free places of
    its pages. Raises ``Impossible``, ``DatabaseFailed``, ``OSError``.
    """
    database, parts = place.database, place.parts
    with place.alone():
        published = database.read(Shelf().newest)
        _check_day(published, now, yes)
        found = count_due(place, now)
        database.write(lambda connection: correct_uses(connection, now.date()))
        rule = database.read(lambda connection: _rule(connection, now, published))
        parts.remove(database.read(detached_parts))
        database.write(drop_detached)
        gone = 0
        for numbers in _few(database.read(lambda connection: _due(connection, rule, yes))):
            names = database.write(partial(_purge_those, rule, yes, numbers))  # (1)
            parts.remove(names)  # (2)
            database.write(drop_detached)  # (3)
            gone += len(numbers)
        ground = Ground(now, published)
        parts.remove(database.write(lambda connection: sweep(connection, ground, Sweep())))  # (4)
        _drop_old_backup(place, now)
        if not database.forget(rewrite):  # (5)
            raise Impossible(PURGE_REMAINS)
    return Due(gone, 0 if yes else found.unfetched, found.files)


def _drop_old_backup(place: Place, now: datetime) -> None:
    """What ``upgrade`` has put into the data directory holds what is purged by now."""
    path = place.data / BACKUP_NAME
    with suppress(FileNotFoundError):
        if now.timestamp() - path.stat().st_mtime > _BACKUP_SECONDS:
            path.unlink()


def _check_day(published: Published, now: datetime, yes: bool) -> None:
    try:
        published.directory.check_day(now.date())
    except Expired:
        if not yes:
            raise Impossible(PURGE_DAY) from None


def _rule(connection: Connection, now: datetime, published: Published) -> Retention:
    days = published.directory.limits.days_unused
    return Retention.of(connection, now.date(), days)


def _due(connection: Connection, rule: Retention, yes: bool) -> list[int]:
    numbers = list(connection.scalars(rule.due(fetched=True)))
    return numbers + (list(connection.scalars(rule.due(fetched=False))) if yes else [])


def _few(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), limits.PURGED_AT_ONCE):
        yield numbers[start : start + limits.PURGED_AT_ONCE]


def _purge_those(
    rule: Retention, yes: bool, numbers: list[int], connection: Connection
) -> tuple[bytes, ...]:
    """Those of the mailboxes that are still due: somebody may have come back in the meantime."""
    still = [
        number
        for fetched in ((True, False) if yes else (True,))
        for number in connection.scalars(rule.due(fetched=fetched, of=numbers))
    ]
    return purge_mailboxes(connection, still)
