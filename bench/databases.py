"""The two databases a server can be measured on."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dropbox.settings import FILE_NAME, load_settings
from dropbox.store.locations import SQLITE
from tests.postgres import Postgres

DISK: Final = Path("/var/tmp")
"""For PostgreSQL, which may be another user than we are: on a disk, and open to all."""


@dataclass(frozen=True)
class Databases:
    """Gives new databases: of ``postgres``, or else SQLite's."""

    postgres: Postgres | None = None

    def new(self) -> str:
        """What ``--database`` is given."""
        return self.postgres.make() if self.postgres else SQLITE

    def copy(self, data: Path, to: Path) -> Path:
        """A copy of a server that is not running."""
        shutil.copytree(data, to)
        if self.postgres:
            old = load_settings(to).database
            new = self.postgres.make(template=self.postgres.name_of(old))
            settings = to / FILE_NAME
            settings.write_text(settings.read_text("utf-8").replace(old, new), "utf-8")
        return to


IN_FILES: Final = Databases()


@contextmanager
def on_postgresql() -> Iterator[Databases]:
    """A PostgreSQL server as it is out of the box, but for its socket."""
    with Postgres({"shared_buffers": "128MB"}, root=DISK) as postgres:
        yield Databases(postgres)
