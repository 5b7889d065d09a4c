"""Rows stored days ago: by the store's own rules, with another clock, without a server."""

import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from crypto.files import part_hash
from dropbox import wire
from dropbox.api.mailboxes import read_submission
from dropbox.operation.backup import kept_tables
from dropbox.settings import load_settings
from dropbox.store.batch import apply
from dropbox.store.ground import Shelf
from dropbox.store.jobs import Acknowledge, Caller, HoldPart, Job, StartFile, Submit
from dropbox.store.locations import opened
from dropbox.store.parts import Parts
from dropbox.store.people import Reached
from dropbox.store.refused import Refused
from dropbox.store.store import PARTS_NAME
from dropbox.wire import Role
from tests.dropbox.server import run
from tests.dropbox.team import Team, today
from tests.dropbox.wiretap import Handing, Sealed, claim, parcel, seal

R = TypeVar("R")
ACKNOWLEDGED_ALL = 10**15 - 1


def ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def in_store(data: Path, function: Callable[[Connection], R]) -> R:
    with opened(load_settings(data).locate()) as database:
        return database.write(function)


def do(data: Path, jobs: Iterable[Job[Any]], days: float = 0) -> list[object]:
    """The jobs' results, as of ``days`` ago. None is refused."""
    outcomes = in_store(data, lambda each: apply(each, Shelf(), ago(days), list(jobs)))
    assert not [each for each in outcomes if isinstance(each, Refused)], outcomes
    return outcomes


def submitted(address: bytes, sealed: Sealed, role: Role = Role.MAILBOX) -> Submit:
    return Submit(Caller(address, role, secrets.token_bytes(32)), read_submission(parcel(sealed)))


def assigned(address: bytes, handing: Handing) -> Submit:
    caller = Caller(address, Role.ANALYST, secrets.token_bytes(32))
    pair = read_submission(parcel(handing.handover, handing.assigned))
    return Submit(caller, pair, handlers=handing.handlers)


def put_file(data: Path, owner: bytes, *parts: bytes, days: float = 0) -> wire.FileClaim:
    """A whole file of these sealed parts, not yet named by an envelope."""
    file, caller = secrets.token_bytes(32), Caller(owner, Role.MAILBOX, secrets.token_bytes(32))
    store = Parts(data / PARTS_NAME)
    jobs: list[Job[Any]] = [StartFile(caller, file, len(parts))]
    for number, part in enumerate(parts):
        name = store.write(part, ago(days).date())
        jobs.append(HoldPart(caller, file, number, part_hash(part), len(part), name))
    do(data, jobs, days)
    return claim(file, parts)


def report(data: Path, team: Team, days: float = 0, files: int = 0) -> Sealed:
    """A new mailbox with a first report of ``days`` ago."""
    address = secrets.token_bytes(32)
    parts = (secrets.token_bytes(900), secrets.token_bytes(70))
    claims = tuple(put_file(data, address, *parts, days=days) for _ in range(files))
    sealed = seal(address, (team.intake.keys.card.id,), files=claims)
    do(data, [submitted(address, sealed)], days)
    return sealed


def fetch(data: Path) -> None:
    """An analyst has everything there is."""
    acknowledge(data, secrets.token_bytes(32), Reached(ACKNOWLEDGED_ALL, ACKNOWLEDGED_ALL))


def acknowledge(data: Path, analyst: bytes, reached: Reached) -> None:
    """What an analyst has, as far as it is given to her."""
    do(data, [Acknowledge(Caller(analyst, Role.ANALYST, secrets.token_bytes(32)), reached)])


def publish(data: Path, team: Team, **directory: Any) -> None:
    """The team's next directory, by hand."""
    file = data.parent / f"{data.name}.next"
    file.write_bytes(team.directory(**directory))
    done = run("publish", "--data", data, file)
    assert done.returncode == 0, done.stderr


def old_server(make: Callable[..., Path], folder: Path, team: Team, days: int, **how: Any) -> Path:
    """The data of a server whose directory is from ``days`` ago; publish a newer one at the end."""
    return make(folder, team, issued=today() - timedelta(days=days), **how)


def contents(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that a backup keeps; of parts not the random name on the disk, but the bytes."""
    store = Parts(data / PARTS_NAME)

    def look(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
        found = {}
        for table in kept_tables(connection):
            rows = connection.execute(select(table).order_by(*table.primary_key)).all()
            found[table.name] = [tuple(row) for row in rows]
            if table.name == "parts":
                found["parts"] = [(*row[:-1], store.read(row.name)) for row in rows]
        return found

    with opened(load_settings(data).locate()) as database:
        return database.read(look)
