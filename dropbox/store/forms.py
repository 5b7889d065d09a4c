"""The form a database has: which migration it is at, and whether this version can work with it."""

from enum import Enum, auto

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from dropbox.store.migrations import known_revisions
from dropbox.store.schema import REVISION

_version = Table("alembic_version", MetaData(), Column("version_num", String(32)))
_VERSION = select(_version.c.version_num)


class Form(Enum):
    """What a database is to this version of the program."""

    NONE = auto()
    """Not a database of ours, or one whose making was not finished."""
    OLDER = auto()
    """``dropbox-server upgrade`` makes it current."""
    CURRENT = auto()
    """The one form that is served."""
    NEWER = auto()
    """A newer version made it."""
    UNSAFE = auto()
    """Its server does not keep what it says it has committed, or is too old."""


def form_of(connection: Connection) -> Form:
    """The form of the database, as of this transaction."""
    if connection.dialect.name == "postgresql":
        from dropbox.store.postgresql import is_safe

        if not is_safe(connection):
            return Form.UNSAFE
    if not inspect(connection).has_table(_version.name):
        return Form.NONE
    found = connection.scalars(_VERSION).all()
    if len(found) != 1:
        return Form.NONE
    if found[0] == REVISION:
        return Form.CURRENT
    return Form.OLDER if found[0] in known_revisions() else Form.NEWER


def is_current(connection: Connection) -> bool:
    """Whether it has the form to work with; asked in every transaction that writes.

    So a server that goes on running while its database is upgraded can do no harm to it.
    """
    return bool(connection.scalar(_VERSION) == REVISION)


def is_empty(connection: Connection) -> bool:
    """Whether there is no table yet, ours or anybody's."""
    return not inspect(connection).get_table_names()
