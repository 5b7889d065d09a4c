"""The rows of parts that have come: many in one transaction, as they come hundreds a second (§8).

Bytes that come again take the place of those that are held, also the same bytes: those on the disk
may be what an interrupted commit has left, or be lost. Once an envelope is there nothing is
replaced, and only the same are answered as the first time.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, insert, select, update

from dropbox import limits
from dropbox.store.ground import Ground
from dropbox.store.jobs import HoldPart
from dropbox.store.reading import FileRow, check_owner, find_files
from dropbox.store.refused import Refused
from dropbox.store.schema import files, parts
from dropbox.wire import Fault

Place = tuple[int, int]
"""Our number of a file, and that of a part in it."""

_HELD = select(parts.c.part, parts.c.hash, parts.c.name).where(
    # One file at a time: SQLite reads the whole table for a list of (file, part).
    parts.c.file == bindparam("in_file"),
    parts.c.part.in_(bindparam("numbers", expanding=True)),
)
_ADD = insert(parts).values(file=bindparam("in_file"), part=bindparam("at"))
_REPLACE = update(parts).where(
    parts.c.file == bindparam("in_file"), parts.c.part == bindparam("at")
)
_EXTEND = (
    update(files)
    .where(files.c.id.in_(bindparam("numbers", expanding=True)))
    .values(expires=bindparam("until"))
)


@dataclass(slots=True)
class _Shelf:
    """What is held of the parts in question: as it was, and as the batch leaves it."""

    held: dict[Place, tuple[bytes, bytes]]
    """The hash of each, and its name on the disk."""
    new: dict[Place, HoldPart] = field(default_factory=dict)
    replaced: dict[Place, HoldPart] = field(default_factory=dict)

    def put(self, row: FileRow, job: HoldPart) -> tuple[bytes, ...]:
        """Take one more; gives the names that can be removed. Raises ``Refused``."""
        if job.part >= row.parts:
            raise Refused(Fault.UNKNOWN)
        place = (row.id, job.part)
        old = self.held.get(place)
        if row.bound:
            if old is None or old[0] != job.hash:
                raise Refused(Fault.FILES_DIFFER)
            return (job.name,)
        self.held[place] = (job.hash, job.name)
        changed = self.new if old is None or place in self.new else self.replaced
        changed[place] = job
        return () if old is None else (old[1],)


def hold_parts(connection: Connection, ground: Ground, jobs: Sequence[HoldPart]) -> list[object]:
    """The names each can have removed, or its ``Refused``."""
    rows = find_files(connection, {job.file for job in jobs})
    shelf = _Shelf(_find_held(connection, rows, jobs))
    outcomes: list[object] = []
    for job in jobs:
        try:
            outcomes.append(shelf.put(check_owner(rows.get(job.file), job.caller), job))
        except Refused as refused:
            outcomes.append(refused)
    _write(connection, ground, shelf)
    return outcomes


def _find_held(
    connection: Connection, rows: Mapping[bytes, FileRow], jobs: Sequence[HoldPart]
) -> dict[Place, tuple[bytes, bytes]]:
    wanted: dict[int, set[int]] = defaultdict(set)
    for job in jobs:
        if job.file in rows:
            wanted[rows[job.file].id].add(job.part)
    held = {}
    for file, numbers in wanted.items():
        for row in connection.execute(_HELD, {"in_file": file, "numbers": list(numbers)}):
            held[file, row.part] = (row.hash, row.name)
    return held


def _write(connection: Connection, ground: Ground, shelf: _Shelf) -> None:
    """Only a part that was not there gives its file another hour: nobody keeps one by sending the
    same again."""
    if shelf.new:
        until = ground.seconds + limits.UNFINISHED_SECONDS
        numbers = list({file for file, _ in shelf.new})
        connection.execute(_EXTEND, {"numbers": numbers, "until": until})
        connection.execute(_ADD, [_values(job, place) for place, job in shelf.new.items()])
    if shelf.replaced:
        connection.execute(_REPLACE, [_values(job, place) for place, job in shelf.replaced.items()])


def _values(job: HoldPart, place: Place) -> dict[str, object]:
    file, part = place
    values = {"in_file": file, "at": part}
    return values | {"hash": job.hash, "size": job.size, "name": job.name}
