"""An auditor's counts: from logs that verify, held against what was really written."""

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from crypto.casefile import case_name
from crypto.documents import CasePayload, Conclusion
from crypto.export import Verified, verify_export
from inbox_ui import assigning, casework, exporting
from inbox_ui.accounts.ledger import KINDS, Counted, Ledger, ledger_of, ledger_sheet
from inbox_ui.summary import Summary
from tests.inbox_ui.conftest import Desk, Writer

KEEP = date(2027, 5, 1)


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
    by_month = tables["Entries by month"]
    assert {kind: each for kind, each in by_month.items() if each} == {
        "November 2026": 4,
        "December 2026": 5,
    }
    assert tables["Entries by kind"]["Note"] == sum(tables["Entries by kind"].values()) == 9
    assert tables["First entry after the report"]["within two working days"] == 1
    sheet = list(ledger_sheet(found))
    assert ("All logs", "entries that are proved", 9) in sheet
    assert ("All logs", "cases of which there is a log", "fewer than 5") in sheet
    assert ("Entries by month", "November 2026", "withheld") in sheet
    said = " ".join(str(cell) for row in sheet for cell in row)
    assert not any(word in said for word in ("Tait", "Seen", "-11-", desk.only().name))
    me = desk.station.roster
    assert me is not None
    assert not any(each.label in said for each in me.members)


def _hold(desk: Desk, case: Summary) -> None:
    assigning.hold(desk.station, case, KEEP, "An inquiry.")


def _conclude(desk: Desk, case: Summary) -> None:
    assigning.conclude(desk.station, case, Conclusion.OTHER, KEEP, "Ended.")


def test_of_which_kind_there_is_one_entry_is_not_said(desk: Desk) -> None:
    """Cases with twelve notes and one entry of another kind, or none: whoever has the counts
    cannot tell which, and no row is there because something happened."""
    sheets = []
    for rare in (None, _hold, _conclude):
        writer = Writer(desk.server)
        writer.write("One.")
        desk.sync()
        name = case_name(writer.address)
        for number in range(12):
            casework.note(desk.station, desk.station.case(name), f"Seen {number}.")
        desk.sync()
        if rare is not None:
            rare(desk, desk.station.case(name))
            desk.sync()
        log = exporting.make_export(desk.station, desk.station.case(name))
        found = ledger_of([verify_export(log, desk.station.vault.service)])
        assert found.entries == 12 + (rare is not None)
        sheets.append([row for row in ledger_sheet(found) if row[0] == "Entries by kind"])
    assert sheets[0] == sheets[1] == sheets[2]
    assert len(sheets[0]) == len(KINDS)


def test_every_kind_that_an_entry_may_be_has_its_row() -> None:
    kinds = {each.__dataclass_fields__["kind"] for each in get_args(CasePayload)}
    assert {each.metadata["codec"].value for each in kinds} == set(KINDS)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), 11),
        (date(2025, 12, 31), date(2026, 1, 1), 13),
        (date(1, 1, 1), date(2026, 1, 1), None),
    ],
)
def test_months_begin_with_a_january_and_end_with_the_newest_log(
    desk: Desk, first: date, last: date, months: int | None
) -> None:
    """Neither end has to have an entry. Days by which a log would have 24,000 months have none."""
    Writer(desk.server).write("One.")
    desk.sync()
    _note(desk, "Seen.")
    log = _export(desk)
    [entry] = log.case
    early = replace(entry, stored=replace(entry.stored, day=first))
    log = replace(log, case=(early,), statement=replace(log.statement, day=last))
    found = {each.title: each.rows for each in ledger_of([log]).tables}
    if months is None:
        assert "Entries by month" not in found
    else:
        assert len(found["Entries by month"]) == months


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
