"""``upgrade``: bring a database of an older version to the form of this one.

(1) a backup, which also holds every row against its hash; (2) the migration and then ``check``, in
one transaction. So whenever it is interrupted, by a signal, a power cut or a damaged row, the
database has either its old form or its new one, never something between, and it can be done again.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from dropbox.operation.commands import save_backup
from dropbox.operation.place import Place
from dropbox.settings import Impossible
from dropbox.store.check import check, count
from dropbox.store.database import DatabaseFailed, Failure
from dropbox.store.forms import Form, form_of
from dropbox.store.migrations import migrate
from dropbox.words import DAMAGE_FOUND, DATABASE_FULL, DATABASE_IN_USE, FORMS

BACKUP_NAME: Final = "before-upgrade.backup"
_TROUBLES: Final = {Failure.BUSY: DATABASE_IN_USE, Failure.FULL: DATABASE_FULL}


def upgrade(place: Place, goal: Path | None) -> dict[str, int] | None:
    """The number of rows of each table after it; ``None`` where there was nothing to do.

    The backup is ``goal``, or a file in the data directory. Raises ``Impossible``,
    ``DatabaseFailed``.
    """
    form = place.database.read(form_of)
    if form is Form.CURRENT:
        return None
    if form is not Form.OLDER:
        raise Impossible(FORMS[form.name])
    own = place.data / BACKUP_NAME
    save_backup(place, goal or own, replace=goal is None)  # (1)
    try:
        return place.database.reshape(lambda connection: _migrate(connection, place))  # (2)
    except DatabaseFailed as failed:
        if failed.failure in _TROUBLES:
            raise Impossible(_TROUBLES[failed.failure]) from None
        raise


def _migrate(connection: Connection, place: Place) -> dict[str, int]:
    migrate(connection)
    if next(check(connection, place.parts), None) is not None:
        raise Impossible(DAMAGE_FOUND)
    return count(connection)
