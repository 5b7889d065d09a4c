"""A new database, and what commands do to one while no event loop runs."""

from pathlib import Path

from sqlalchemy import Connection

from crypto.directory import Directory, read_successor
from dropbox.store.batch import put_directory
from dropbox.store.forms import Form, form_of, is_empty
from dropbox.store.ground import Shelf
from dropbox.store.locations import Location, opened
from dropbox.store.migrations import migrate
from dropbox.store.parts import Parts
from dropbox.store.store import PARTS_NAME


class Occupied(Exception):
    """The database holds tables already; another server's, or something else's."""


class Unsafe(Exception):
    """The database server does not keep what it says it has committed."""


def make_store(location: Location, data: Path, signed: bytes, directory: Directory) -> None:
    """Make database and parts. Raises ``OSError``, ``DatabaseFailed``, ``Occupied``, ``Unsafe``."""

    def found(connection: Connection) -> None:
        if form_of(connection) is Form.UNSAFE:
            raise Unsafe
        if not is_empty(connection):
            raise Occupied
        migrate(connection)
        put_directory(connection, signed, directory.seq)
        Parts(data / PARTS_NAME).prepare()

    location.make()
    with opened(location) as database:
        database.reshape(found)


def take_directory(location: Location, signed: bytes, directory: Directory) -> None:
    """Publish by hand. Raises ``RolledBack`` or ``ForeignService`` for one that does not follow.

    One that skips some is taken here and not over HTTP: whoever has the server's disk in hand may
    bring it up to date after a long time.
    """

    def publish(connection: Connection) -> None:
        newest = Shelf().newest(connection)
        read_successor(newest.directory, newest.signed, signed)
        if signed != newest.signed:
            put_directory(connection, signed, directory.seq)

    with opened(location) as database:
        database.write(publish)
