"""The archive and the snapshots: what damage does, what is folded anew, what lies in the clear."""

import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from dropbox.client.listing import Listed
from inbox_ui import casework, snapshot, words
from inbox_ui.archive import Archive
from inbox_ui.errors import Busy, CannotWrite, DamagedArchive, DamagedCase, NewerArchive, NoSpace
from inbox_ui.schema import REVISION
from inbox_ui.summary import DAMAGED_HERE
from tests.inbox_ui.conftest import TODAY, Desk, Writer

New = Callable[[], Writer]


def _change(desk: Desk, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(desk.folder.archive)) as connection, connection:
        connection.execute(sql, values)


def _opened(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The mailboxes that are opened from here on."""
    opened: list[int] = []
    reader = type(desk.station.reader)
    read = reader.read

    def counting(self: object, mailbox: object, *rest: object) -> object:
        opened.append(mailbox.id)  # type: ignore[attr-defined]
        return read(self, mailbox, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(reader, "read", counting)
    return opened


@pytest.fixture
def two(desk: Desk, reporter: New) -> tuple[Writer, Writer]:
    """Two reporters whose reports were fetched: mailbox 1 and 2 of the archive."""
    pair = reporter(), reporter()
    for number, each in enumerate(pair):
        each.write(f"Report {number}.")
    desk.sync()
    return pair


# -- damage on this disk ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE envelopes SET header = x'00' WHERE mailbox = 1",
        "UPDATE envelopes SET wraps = x'00' WHERE mailbox = 1",
        "UPDATE envelopes SET day = '2020-01-01' WHERE mailbox = 1",
        "UPDATE envelopes SET body_hash = zeroblob(32) WHERE mailbox = 1",
        "UPDATE envelopes SET copies = 7 WHERE mailbox = 1",
    ],
)
def test_a_damaged_row_is_named_the_rest_is_served_and_fetching_again_mends_it(
    desk: Desk, two: object, sql: str
) -> None:
    _change(desk, sql)
    _change(desk, "DELETE FROM snapshots")
    desk.close()
    cases = {case.mailbox: case for case in desk.cases()}
    assert cases[1].damaged == 1
    assert cases[2].is_whole
    assert desk.texts(cases[2]) == ["Report 1."]
    with pytest.raises(DamagedCase):
        casework.note(desk.station, cases[1], "I would take a place that is not free.")
    desk.station.archive.start_again()
    desk.sync()
    cases = {case.mailbox: case for case in desk.cases()}
    assert cases[1].is_whole
    assert desk.texts(cases[1]) == ["Report 0."]


def test_a_damaged_body_is_told_from_one_the_server_changed(
    desk: Desk, two: object, reporter: New
) -> None:
    _change(desk, "UPDATE envelopes SET body = zeroblob(16424) WHERE mailbox = 1")
    _change(desk, "DELETE FROM snapshots")
    reporter().write("Third.")
    last = desk.server.rows[-1]
    desk.server.rows[-1] = replace(last, body=bytes(len(last.body or b"")))
    desk.close()
    desk.sync()
    whats = {case.mailbox: [mark.what for mark in case.problems] for case in desk.cases()}
    assert whats == {1: [DAMAGED_HERE], 2: [], 3: ["WrongId"]}
    assert words.reason(DAMAGED_HERE) != words.reason("WrongId")
    desk.server.rows[-1] = last
    desk.station.archive.start_again()
    desk.sync()
    assert {desk.texts(case)[0] for case in desk.cases()} == {"Report 0.", "Report 1.", "Third."}
    assert all(case.is_whole for case in desk.cases())


def test_an_unreadable_page_takes_only_its_own_case(desk: Desk, reporter: New) -> None:
    for number in range(30):
        reporter().write(f"Report {number}.")
    desk.sync()
    desk.close()
    _change(desk, "DELETE FROM snapshots")
    data = desk.folder.archive.read_bytes()
    page = int.from_bytes(data[16:18], "big")
    leaf = data.index(desk.server.rows[15].header) // page
    with desk.folder.archive.open("r+b") as file:
        file.seek(leaf * page)
        file.write(b"\xff" * page)
    cases = desk.cases()
    broken = [case for case in cases if case.damaged]
    assert len(cases) == 30
    assert 1 <= len(broken) <= 4
    assert sum(case.is_whole for case in cases) == 30 - len(broken)
    with pytest.raises(DamagedArchive):
        desk.open(broken[0])


def test_what_is_no_archive_is_said_to_be_damaged(desk: Desk, tmp_path: Path) -> None:
    for content in (b"", b"nothing of the kind" * 1000):
        (tmp_path / "archive").write_bytes(content)
        with pytest.raises(DamagedArchive):
            Archive(tmp_path / "archive")
    with pytest.raises(CannotWrite):
        Archive(tmp_path / "missing")
    assert not (tmp_path / "missing").exists()


def test_an_archive_of_a_newer_program_is_refused(desk: Desk) -> None:
    _change(desk, f"PRAGMA user_version={REVISION + 1}")
    with pytest.raises(NewerArchive):
        Archive(desk.folder.archive)


# -- writing ------------------------------------------------------------------------------------


def test_a_full_disk_keeps_neither_page_nor_cursor(desk: Desk, reporter: New) -> None:
    desk.sync()
    for _ in range(40):
        reporter().write("A report.")
    archive = desk.station.archive
    with archive._reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 40}")
    with pytest.raises(NoSpace):
        desk.sync()
    assert archive.reached().cursor == 0
    assert archive.mailboxes() == []
    desk.close()
    desk.sync()
    assert len(desk.cases()) == 40


def test_another_process_that_writes_is_waited_for_and_then_named(desk: Desk, two: object) -> None:
    archive = desk.station.archive
    with archive._reading() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    with closing(sqlite3.connect(desk.folder.archive, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert len(archive.mailboxes()) == 2  # reading waits for nobody
        with pytest.raises(Busy):
            archive.start_again()
        other.execute("ROLLBACK")


def test_a_page_another_process_stored_meanwhile_is_not_stored_twice(desk: Desk) -> None:
    archive = desk.station.archive
    page = [Listed(1, bytes(32), TODAY, b"", bytes(32), None, {}, (), None, None)]
    assert archive.store(page, 0) == 1
    assert archive.store(page, 0) == 0
    assert archive.store([replace(page[0], position=4, header=b"more")], 1) == 1
    assert archive.store(page, 0) == 0
    assert archive.reached().cursor == 4
    with archive._reading() as connection:
        rows = connection.exec_driver_sql("SELECT copies FROM envelopes").all()
    assert rows == [(1,), (1,)]


# -- snapshots ----------------------------------------------------------------------------------


def test_only_what_is_new_is_opened(
    desk: Desk, two: tuple[Writer, Writer], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.close()
    opened = _opened(desk, monkeypatch)
    assert len(desk.cases()) == 2
    assert opened == []
    two[1].write("More.")
    desk.sync()
    assert opened == [2]
    desk.close()
    assert [case.messages for case in desk.cases()] == [2, 1]
    assert opened == [2]


def test_every_shelf_is_kept_and_read(
    desk: Desk, two: tuple[Writer, Writer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "SHELF", 1)
    two[0].write("More.")
    two[1].write("More.")
    desk.sync()
    desk.close()
    opened = _opened(desk, monkeypatch)
    assert len(desk.cases()) == 2
    assert opened == []


def test_a_snapshot_of_another_basis_or_a_damaged_one_is_folded_anew(
    desk: Desk, two: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = desk.cases()
    for spoil in (
        "UPDATE snapshots SET sealed = zeroblob(500)",
        "UPDATE snapshots SET sealed = x''",
        "UPDATE snapshots SET shelf = 9",
    ):
        _change(desk, spoil)
        desk.close()
        assert desk.cases() == before
    monkeypatch.setattr(snapshot, "_FOLD", b"fold 2")
    desk.close()
    opened = _opened(desk, monkeypatch)
    assert desk.cases() == before
    assert opened == [1, 2]


def test_a_snapshot_says_nothing_in_the_clear(desk: Desk, two: object) -> None:
    case = desk.cases()[0]
    desk.close()
    data = desk.folder.archive.read_bytes()
    assert case.name.encode() not in data
    assert b"received" not in data


def test_no_words_of_a_report_are_on_the_disk(desk: Desk, reporter: New) -> None:
    canary = secrets.token_hex(16)
    reporter().write(canary)
    desk.sync()
    assert desk.texts() == [canary]
    casework.reply(desk.station, desk.only(), canary, "en", None)
    desk.sync()
    for path in desk.folder.path.iterdir():
        assert canary.encode() not in path.read_bytes(), path
