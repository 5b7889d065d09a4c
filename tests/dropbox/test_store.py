"""The store without a socket: tables against migrations, the queue of the writer, the sweep."""

import asyncio
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, insert, select

from crypto.directory import read_directory
from crypto.files import part_hash
from dropbox.api.gate import Gate
from dropbox.api.mailboxes import read_submission
from dropbox.api.tokens import Tokens
from dropbox.difficulty import Board, Difficulty
from dropbox.store.batch import apply
from dropbox.store.database import DatabaseFailed
from dropbox.store.forms import is_current
from dropbox.store.ground import Shelf
from dropbox.store.jobs import Caller, HoldPart, Job, SpendChallenge, StartFile, Submit
from dropbox.store.locations import DATABASE_NAME, SqliteFile, opened
from dropbox.store.making import make_store
from dropbox.store.parts import Parts
from dropbox.store.refused import Refused
from dropbox.store.schema import metadata, spent
from dropbox.store.store import Store
from dropbox.store.writer import Writer
from dropbox.wire import Fault, Role
from tests.dropbox.team import Team
from tests.dropbox.wiretap import claim, parcel, seal

SOURCES = Path(__file__).parents[2] / "dropbox"


@pytest.fixture
def data(tmp_path: Path, team: Team) -> Path:
    signed = team.directory()
    make_store(location(tmp_path), tmp_path, signed, read_directory(signed, team.service))
    return tmp_path


def location(data: Path) -> SqliteFile:
    return SqliteFile(data / DATABASE_NAME)


def test_the_migrations_make_the_tables_that_the_program_declares(data: Path) -> None:
    def look(connection: Connection) -> None:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert is_current(connection)
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        for pragma, value in (("synchronous", 2), ("secure_delete", 1), ("trusted_schema", 0)):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value

    with opened(location(data)) as database:
        database.read(look)
        database.write(look)


def test_every_column_says_why_it_is_kept() -> None:
    for table in metadata.tables.values():
        assert table.comment, table.name
        for column in table.columns:
            assert column.comment or column.foreign_keys, f"{table.name}.{column.name}"


def test_no_statement_is_put_together_from_text() -> None:
    for source in SOURCES.rglob("*.py"):
        written = source.read_text()
        assert not re.search(r"(text|exec_driver_sql)\(\s*f\"", written), source


def test_reading_connections_cannot_write(data: Path) -> None:
    row = insert(spent).values(challenge=bytes(32), expires=1)
    with opened(location(data)) as database, pytest.raises(DatabaseFailed) as failed:
        database.read(lambda connection: connection.execute(row))
    assert "readonly" in str(failed.value.__cause__)


class TestTheWriter:
    """One commit for all who wait, and each request its own fate."""

    async def test_whoever_is_at_fault_fails_alone(self, data: Path) -> None:
        def apply(connection: Connection, jobs: Sequence[Job[Any]]) -> list[object]:
            for job in jobs:
                assert isinstance(job, SpendChallenge)
                row = {"challenge": job.challenge, "expires": job.expires}
                connection.execute(insert(spent).values(row))
            return [None] * len(jobs)

        database = location(data).open()
        writer = Writer(database, apply)
        running = asyncio.create_task(writer.run())
        challenges = [bytes([number]) * 32 for number in (1, 2, 3, 2, 4)]
        outcomes = await asyncio.gather(
            *(writer.do(SpendChallenge(each, 5)) for each in challenges), return_exceptions=True
        )
        assert [type(each) for each in outcomes].count(Refused) == 1
        rows = await database.read(lambda each: each.scalars(select(spent.c.challenge)).all())
        assert set(rows) == set(challenges)
        writer.close()
        await running
        with pytest.raises(Refused):
            await writer.do(SpendChallenge(bytes(32), 5))
        await database.close()

    async def test_when_it_fails_nobody_gets_an_answer_but_failed(self, data: Path) -> None:
        def apply(_: Connection, __: Sequence[Job[Any]]) -> list[object]:
            raise RuntimeError

        database = location(data).open()
        writer = Writer(database, apply)
        running = asyncio.create_task(writer.run())
        with pytest.raises(Refused) as refused:
            await writer.do(SpendChallenge(bytes(32), 5))
        assert refused.value.fault is Fault.FAILED
        with pytest.raises(RuntimeError):
            await running
        await database.close()


def test_submissions_of_one_batch_see_each_other(data: Path, team: Team) -> None:
    """Two envelopes for one place, one after the other, and one file named twice, in one commit."""
    intake = (team.intake.keys.card.id,)
    address, other = secrets.token_bytes(32), secrets.token_bytes(32)
    part = secrets.token_bytes(100)
    sent = claim(secrets.token_bytes(32), [part])
    me = Caller(address, Role.MAILBOX, secrets.token_bytes(32))
    them = Caller(other, Role.MAILBOX, secrets.token_bytes(32))
    first = seal(address, intake, files=(sent,))
    jobs = [
        StartFile(me, sent.file, 1),
        HoldPart(me, sent.file, 0, part_hash(part), len(part), secrets.token_bytes(16)),
        *(
            Submit(caller, read_submission(parcel(each)))
            for caller, each in (
                (me, first),
                (me, seal(address, intake)),
                (me, seal(address, intake, after=first, files=(sent,))),
                (me, seal(address, intake, after=first)),
                (me, first),
                (them, seal(other, intake)),
            )
        ),
    ]
    with opened(location(data)) as database:
        outcomes = database.write(lambda each: apply(each, Shelf(), datetime.now(UTC), jobs))
    faults = [each.fault if isinstance(each, Refused) else None for each in outcomes[2:]]
    assert faults == [None, Fault.PLACE_TAKEN, Fault.FILES_DIFFER, None, None, None]


def test_nothing_that_is_asked_of_it_has_a_table_read_from_end_to_end(
    data: Path, team: Team
) -> None:
    """One person who answers would else hold up everybody, the more so the more is stored."""
    address = secrets.token_bytes(32)
    intake = (team.intake.keys.card.id,)
    me = Caller(address, Role.MAILBOX, secrets.token_bytes(32))
    part = secrets.token_bytes(100)
    sent = claim(secrets.token_bytes(32), [part] * 3)
    first = seal(address, intake, files=(sent,))
    batches: list[list[Job[Any]]] = [
        [StartFile(me, sent.file, 3)],
        [_held(me, sent.file, number, part) for number in (0, 1, 2, 2)],
        [_held(me, sent.file, 1, part)],
        [Submit(me, read_submission(parcel(first)))],
        [Submit(me, read_submission(parcel(seal(address, intake, after=first))))],
    ]
    asked: dict[str, Any] = {}

    def note(_: object, __: object, statement: str, values: Any, *___: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked[statement] = values[0] if isinstance(values, list) else values

    def work(connection: Connection) -> list[str]:
        event.listen(connection, "before_cursor_execute", note)
        for jobs in batches:
            outcomes = apply(connection, Shelf(), datetime.now(UTC), jobs)
            assert not any(isinstance(each, Refused) for each in outcomes)
        event.remove(connection, "before_cursor_execute", note)
        return [
            f"{row[3]}: {statement}"
            for statement, values in asked.items()
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]

    with opened(location(data)) as database:
        plan = database.write(work)
    assert any("SEARCH parts" in step for step in plan)
    assert any("SEARCH envelopes" in step for step in plan)
    big = ("envelopes", "wraps", "parts", "files", "mailboxes")
    assert not [step for step in plan if step.startswith(tuple(f"SCAN {each}" for each in big))]


def _held(caller: Caller, file: bytes, number: int, part: bytes) -> HoldPart:
    name = secrets.token_bytes(16)
    return HoldPart(caller, file, number, part_hash(part), len(part), name)


async def test_what_has_expired_is_deleted(data: Path) -> None:
    moment = datetime.now(UTC)
    store = Store(location(data), data, lambda: moment)
    running = asyncio.create_task(store.writer.run())
    now = int(moment.timestamp())
    for expires in (now - 1, now + 60):
        await store.write(SpendChallenge(secrets.token_bytes(32), expires))
    await store.sweep()
    rows = await store.read(None, lambda each: each.scalars(select(spent.c.expires)).all())
    assert rows == [now + 60]
    store.writer.close()
    await running
    await store.close()


def test_parts_that_no_row_names_go_when_they_are_found_twice(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "parts")
    parts.prepare()
    today = date(2026, 1, 2)
    named, orphan = parts.write(b"named", today), parts.write(b"orphan", today)
    known = {parts.path(named)}
    suspects = parts.sweep(known, set())
    assert suspects == {parts.path(orphan)}
    late = parts.write(b"its row is on the way", today)
    assert parts.sweep(known, suspects) == {parts.path(late)}
    assert set(parts.all()) == {parts.path(named), parts.path(late)}
    modified = datetime.fromtimestamp(parts.path(named).stat().st_mtime, UTC)
    assert modified == datetime(2026, 1, 2, tzinfo=UTC)
    assert modified - modified == timedelta(0)


async def test_a_worker_forgets_within_a_second_who_came_when(data: Path, team: Team) -> None:
    """What a seized running machine still knows must not join with a log of the network."""
    now = 1000.0
    store = Store(location(data), data, lambda: datetime.now(UTC))
    running = asyncio.create_task(store.writer.run())
    board = Board(bytearray(1), 0)
    difficulty = Difficulty(board, 0, 0, now)
    gate = Gate(store, Tokens(bytes(32)), team.service, difficulty, lambda: now)
    caller = Caller(secrets.token_bytes(32), Role.MAILBOX, secrets.token_bytes(32))
    file = secrets.token_bytes(32)
    await store.write(StartFile(caller, file, 7))
    assert await gate.parts_of(caller, file) == 7
    assert not await gate.is_known(caller)
    assert _reachable(gate, file)
    assert _reachable(gate, caller.address)
    now += 1.5
    gate.pulse()
    assert not _reachable(gate, file)
    assert not _reachable(gate, caller.address)
    store.writer.close()
    await running
    await store.close()


def _reachable(gate: Gate, needle: bytes) -> bool:
    return repr(needle) in repr(vars(gate))
