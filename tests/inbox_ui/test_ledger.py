"""An auditor's counts: from logs that verify, held against what was really written."""

from dataclasses import replace

from crypto.export import Verified, verify_export
from inbox_ui import casework, exporting
from inbox_ui.accounts.ledger import Counted, Ledger, ledger_of, ledger_sheet
from tests.inbox_ui.conftest import Desk, Writer


def _export(desk: Desk) -> Verified:
    station = desk.station
    data = exporting.make_export(station, desk.only())
    return verify_export(data, station.vault.service)


def _note(desk: Desk, text: str) -> None:
    casework.note(desk.station, desk.only(), text)
    desk.sync()


def test_each_entry_of_the_newest_log_is_counted_once_and_no_word_of_it(desk: Desk) -> None:
    Writer(desk.server).write("A name that is in no count: Rowan Tait.")
    desk.sync()
    for number in range(4):
        _note(desk, f"Seen {number}.")
    before = _export(desk)
    desk.clock.go(8)
    desk.server.today = desk.clock()
    desk.sync()
    for number in range(5):
        _note(desk, f"Seen again {number}.")
    after = _export(desk)
    found = ledger_of([after, before, after])
    assert (found.cases, found.entries, found.unproved) == (1, 9, 0)
    tables = {each.title: dict(each.rows) for each in found.tables}
    assert tables["Entries by month"] == {"November 2026": 4, "December 2026": 5}
    assert list(tables["Entries by kind"].values()) == [9]
    assert list(tables["Entries by who wrote them"].values()) == [9]
    assert tables["First entry after the report"]["within two working days"] == 1
    sheet = list(ledger_sheet(found))
    assert ("All logs", "entries that are proved", 9) in sheet
    assert ("All logs", "cases of which there is a log", "fewer than 5") in sheet
    assert ("Entries by month", "November 2026", "withheld") in sheet
    said = " ".join(str(cell) for row in sheet for cell in row)
    assert not any(word in said for word in ("Tait", "Seen", "-11-", desk.only().name))


def test_what_a_log_does_not_prove_is_counted_as_that_alone(desk: Desk) -> None:
    Writer(desk.server).write("One.")
    desk.sync()
    _note(desk, "Seen.")
    log = _export(desk)
    [entry] = log.case
    unproved = replace(log, case=(replace(entry, payload=None),))
    found = ledger_of([unproved])
    assert (found.entries, found.unproved) == (0, 1)


def test_a_table_of_a_few_is_not_given_at_all() -> None:
    few = Ledger(7, 3, 0, (Counted("Entries by month", (("May 2026", 3),)),))
    rows = list(ledger_sheet(few))
    assert len(rows) == 4
    assert rows[1] == ("All logs", "cases of which there is a log", 7)
    assert rows[2] == ("All logs", "entries that are proved", "fewer than 5")
