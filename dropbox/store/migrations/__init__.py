"""The steps from one form of the database to the next (Alembic), and how they are taken.

Alembic is imported where it is used: a server that serves has no need of it.
"""

from importlib import resources
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection

if TYPE_CHECKING:
    from alembic.config import Config

_HERE: Final = str(resources.files(__name__))


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the database of this connection to ``revision``, else the newest, in its transaction.

    All steps or none: both databases change tables in a transaction as they change rows.
    """
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def known_revisions() -> frozenset[str]:
    """The names of all forms this version knows of."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config())
    return frozenset(script.revision for script in scripts.walk_revisions())


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _HERE)
    return config
