"""Cases as an analyst sees them: what came, what was written, in which state it is."""

from collections.abc import Callable

import pytest

from crypto.analyst import case_name
from crypto.envelope import Chain
from inbox_ui import casework, interests
from inbox_ui.archive import Archive, Mailbox
from inbox_ui.casebook import _name_apart
from inbox_ui.errors import AmbiguousCase, NoReporter, ShortCaseName, UnknownCase
from inbox_ui.publishing import sign_next
from inbox_ui.summary import State, unreadable
from tests.inbox_ui.conftest import Desk, Writer, garbage

New = Callable[[], Writer]


def _reply(desk: Desk, text: str = "Thank you.") -> None:
    case = desk.only()
    read = casework.newest_read(desk.station, case.name)
    casework.reply(desk.station, case, text, "en", read)


def test_a_report_is_read_answered_and_the_answer_reaches_the_reporter(
    desk: Desk, reporter: New
) -> None:
    ann = reporter()
    ann.write("Something happened.")
    assert desk.sync().new == 1
    assert desk.texts() == ["Something happened."]
    _reply(desk, "Diolch.")
    assert desk.sync().delivered == 1
    assert ann.replies() == ["Diolch."]
    assert desk.only().is_whole
    assert ann.read().items[0].payload.ack.seq == 0  # type: ignore[union-attr]


def test_states_follow_from_the_chains_alone(desk: Desk, reporter: New) -> None:
    ann = reporter()
    ann.write("One.")
    desk.sync()
    assert (desk.only().state, desk.only().unread) == (State.RECEIVED, 1)
    casework.acknowledge(desk.station, desk.only(), desk.open().file.newest_read)
    desk.sync()
    assert (desk.only().state, desk.only().unread) == (State.ACKNOWLEDGED, 0)
    _reply(desk)
    desk.sync()
    assert desk.only().state == State.ANSWERED
    ann.write("Two.")
    desk.sync()
    assert (desk.only().state, desk.only().unread) == (State.WAITING, 1)
    conversation = ann.read()
    desk.server.put(ann.core.close(conversation, desk.server.today))
    desk.sync()
    assert desk.only().state == State.CLOSED


def test_what_is_written_shows_before_it_is_delivered_and_is_marked(
    desk: Desk, reporter: New
) -> None:
    reporter().write("One.")
    desk.sync()
    _reply(desk, "Later.")
    casework.note(desk.station, desk.only(), "A note.")
    case = desk.open()
    assert desk.texts() == ["One.", "Later.", "", "A note."]
    assert len(case.waiting) == 3
    assert desk.only().state == State.RECEIVED  # the reporter has nothing yet
    assert desk.station.waiting() == {desk.only().mailbox: 2}


def test_a_note_never_reaches_the_reporter(desk: Desk, reporter: New) -> None:
    ann = reporter()
    ann.write("One.")
    desk.sync()
    casework.note(desk.station, desk.only(), "Between us.")
    desk.sync()
    assert ann.read().items == ()
    assert desk.texts() == ["One.", "Between us."]


def test_a_message_that_came_while_an_analyst_wrote_is_not_acknowledged(
    desk: Desk, reporter: New
) -> None:
    ann = reporter()
    ann.write("One.")
    desk.sync()
    read = casework.newest_read(desk.station, desk.only().name)
    ann.write("Two, which nobody has seen.")
    desk.sync()
    casework.reply(desk.station, desk.only(), "To your first.", "en", read)
    desk.sync()
    assert ann.read().items[0].payload.ack.seq == 0  # type: ignore[union-attr]
    assert desk.only().unread == 1
    assert casework.count_newer(desk.open(), read) == 1


def test_nothing_new_is_not_acknowledged_twice(desk: Desk, reporter: New) -> None:
    ann = reporter()
    ann.write("One.")
    desk.sync()
    read = desk.open().file.newest_read
    assert casework.acknowledge(desk.station, desk.only(), read)
    assert not casework.acknowledge(desk.station, desk.only(), read)  # it still waits
    desk.sync()
    assert not casework.acknowledge(desk.station, desk.only(), read)
    assert len(ann.read().items) == 1


def test_nobody_is_written_to_where_nothing_opens(desk: Desk, reporter: New) -> None:
    reporter().write("One.")
    desk.server.rows = [row.with_body(bytes(len(row.body or b""))) for row in desk.server.rows]
    desk.sync()
    assert desk.only().state == State.UNREADABLE
    with pytest.raises(NoReporter):
        casework.reply(desk.station, desk.only(), "Hello?", "en", None)
    assert desk.station.archive.outbox.items() == ()


def test_a_directory_that_comes_meanwhile_empties_no_list(desk: Desk, reporter: New) -> None:
    """The courier takes it in beside the pages, in the middle of what a page asks."""
    reporter().write("One.")
    desk.sync()
    station = desk.station
    case = desk.only()
    with station.held(), Archive(desk.folder.archive) as courier:
        courier.directories.remember(sign_next(station))
        assert [each.name for each in station.casebook.cases()] == [case.name]
        assert station.open_case(case).file.entries
        station.keep(lambda vault: interests.declare(vault, "Sergeant Bloggs"))
        assert station.casebook.cases() == []  # of what the vault says now, nothing is folded
    assert desk.only().name == case.name


def test_cases_are_found_by_four_letters_and_ambiguity_is_named(desk: Desk, reporter: New) -> None:
    for _ in range(3):
        reporter().write("One.")
    desk.sync()
    case = desk.cases()[0]
    assert desk.station.case(case.name[:4].upper()) == case
    assert desk.station.case(case_name(desk.station.casebook.address(case), 30)) == case
    with pytest.raises(ShortCaseName):
        desk.station.case(case.name[:3])
    with pytest.raises(UnknownCase):
        desk.station.case("0000")
    twins = _agreeing()
    for address in twins:
        desk.server.add(garbage(address))
    desk.sync()
    with pytest.raises(AmbiguousCase) as error:
        desk.station.case(case_name(twins[0], 4))
    assert set(error.value.names) == {case_name(each) for each in twins}


def _agreeing() -> list[bytes]:
    """Two addresses whose names agree in four letters, by trying."""
    seen: dict[str, bytes] = {}
    for number in range(100_000):
        address = number.to_bytes(32, "little")
        name = case_name(address, 4)
        if name in seen:
            return [seen[name], address]
        seen[name] = address
    raise AssertionError


def test_names_that_agree_grow_until_they_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {b"a" * 32: "abcdefghij" + "k" * 42, b"b" * 32: "abcdefghix" + "y" * 42}
    monkeypatch.setattr(
        "inbox_ui.casebook.case_name", lambda address, letters=8: names[address][:letters]
    )
    mailboxes = {1: Mailbox(1, b"a" * 32, 1), 2: Mailbox(2, b"b" * 32, 1)}
    summaries = {
        number: unreadable(number, 1, box.address)._replace(name="abcdefgh")
        for number, box in mailboxes.items()
    }
    named = _name_apart(summaries, mailboxes)
    assert [each.name for each in named.values()] == ["abcdefghij", "abcdefghix"]


def test_chains_are_shown_in_their_order(desk: Desk, reporter: New) -> None:
    ann = reporter()
    for number in range(5):
        ann.write(f"Message {number}.")
    desk.server.page = 2
    desk.sync()
    entries = desk.open().file.of(Chain.REPORTER)
    assert [entry.seq for entry in entries] == [0, 1, 2, 3, 4]
    assert desk.texts() == [f"Message {number}." for number in range(5)]
