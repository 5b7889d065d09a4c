"""What an analyst wrote reaches the reporter once, whatever happens on the way."""

import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest

from crypto.errors import ProtocolError
from dropbox.client.errors import Away, Lost, Unknown
from dropbox.client.listing import read_listing
from dropbox.client.transport import Answer
from dropbox.wire import Fault
from inbox_ui import casework
from inbox_ui.errors import PlaceNotShown
from tests.inbox_ui.conftest import Desk, Writer
from tests.simulator import Asked, No

New = Callable[[], Writer]


@pytest.fixture
def ann(desk: Desk, reporter: New) -> Writer:
    """A reporter whose report the desk has fetched."""
    writer = reporter()
    writer.write("One.")
    desk.sync()
    return writer


def _reply(desk: Desk, text: str) -> None:
    case = desk.only()
    casework.reply(desk.station, case, text, "en", desk.open().file.newest_read)


def _twin(desk: Desk, make_desk: Callable[..., Desk]) -> Desk:
    """A second workstation with the same vault and archive, as from a backup."""
    other = make_desk("twin", desk.server)
    desk.close()
    shutil.copytree(desk.folder.path, other.folder.path)
    return other


def test_a_reply_written_offline_is_delivered_later(desk: Desk, ann: Writer) -> None:
    desk.server.down = True
    _reply(desk, "While you were away.")
    with pytest.raises(Away):
        desk.sync()
    assert ann.replies() == []
    desk.server.down = False
    assert desk.sync().delivered == 1
    assert ann.replies() == ["While you were away."]
    assert desk.station.archive.outbox.items() == ()


def test_several_offline_replies_keep_their_order(desk: Desk, ann: Writer) -> None:
    for text in ("First.", "Second.", "Third."):
        _reply(desk, text)
    casework.note(desk.station, desk.only(), "In between.")
    assert desk.sync().delivered == 4
    assert ann.replies() == ["First.", "Second.", "Third."]
    assert desk.only().is_whole


def test_no_words_are_on_the_disk_while_a_reply_waits(desk: Desk, ann: Writer) -> None:
    _reply(desk, "CANARY-in-a-reply")
    casework.note(desk.station, desk.only(), "CANARY-in-a-note")
    desk.close()
    for path in desk.folder.path.iterdir():
        assert b"CANARY" not in path.read_bytes()


def test_a_lost_answer_is_settled_and_nothing_is_sent_twice(desk: Desk, ann: Writer) -> None:
    _reply(desk, "Once.")

    def lose(asked: Asked, answer: Answer) -> Answer:
        if asked.path == "/api/envelopes":
            raise Lost
        return answer

    desk.server.answered = lose
    with pytest.raises(Unknown):
        desk.sync()
    desk.server.answered = lambda asked, answer: answer
    desk.sync()
    assert ann.replies() == ["Once."]
    assert desk.only().is_whole
    assert desk.station.archive.outbox.items() == ()


def test_the_same_words_while_they_wait_are_sent_once(desk: Desk, ann: Writer) -> None:
    for _ in range(2):
        _reply(desk, "Once.")
        casework.note(desk.station, desk.only(), "Noted.")
    desk.sync()
    assert ann.replies() == ["Once."]
    assert desk.texts().count("Noted.") == 1
    _reply(desk, "Once.")  # and again, now on purpose
    desk.sync()
    assert ann.replies() == ["Once.", "Once."]


def test_a_taken_place_is_signed_anew_and_acknowledges_no_more_than_before(
    desk: Desk, ann: Writer, make_desk: Callable[..., Desk]
) -> None:
    twin = _twin(desk, make_desk)
    _reply(desk, "From the first.")
    _reply(twin, "From the second.")
    casework.note(twin.station, twin.only(), "A note of the second.")
    desk.sync()
    ann.write("Unread by the second when it wrote.")
    twin.sync()
    assert ann.replies() == ["From the first.", "From the second."]
    assert all(item.payload.ack.seq == 0 for item in ann.read().items)  # type: ignore[union-attr]
    desk.sync()
    assert desk.only().is_whole
    assert twin.only().is_whole
    assert desk.texts() == twin.texts()
    assert "A note of the second." in desk.texts()


def test_original_and_restored_never_use_a_nonce_twice(
    desk: Desk, ann: Writer, make_desk: Callable[..., Desk]
) -> None:
    twin = _twin(desk, make_desk)
    for each in (desk, twin):
        _reply(each, "The same words.")
        each.sync()
    rows = [row for row in desk.server.rows if row.body is not None]
    nonces = [row.body[:24] for row in rows if row.body]
    commitments = [row.header[-32:] for row in rows]
    boxes = [wrap[:32] for row in rows for wrap in row.wraps.values()]
    for values in (nonces, commitments, boxes):
        assert len(set(values)) == len(values)
    assert ann.replies() == ["The same words.", "The same words."]


def test_a_server_that_forgot_what_it_confirmed_is_given_it_again(desk: Desk, ann: Writer) -> None:
    _reply(desk, "Kept?")
    position = max(row.position for row in desk.server.rows)

    def forget(asked: Asked) -> None:
        if "/feed/" in asked.path:
            desk.server.forget_after(position)

    desk.server.before = forget
    desk.sync()
    assert ann.replies() == []
    assert len(desk.station.archive.outbox.items()) == 1
    desk.server.before = lambda asked: None
    desk.sync()
    assert ann.replies() == ["Kept?"]


def test_a_server_that_lists_only_a_stub_of_ours_does_not_take_our_words(
    desk: Desk, ann: Writer
) -> None:
    _reply(desk, "Mine.")
    desk.server.listed = lambda rows: [
        replace(row, body=None, wraps={}) if row.chain == 2 else row for row in rows
    ]
    desk.sync()
    assert len(desk.station.archive.outbox.items()) == 1
    assert "Mine." in desk.texts()
    assert [alarm.fault for _, alarm in desk.open().file.alarms] == []
    desk.server.listed = lambda rows: rows
    desk.station.archive.start_again()
    desk.sync()
    assert desk.station.archive.outbox.items() == ()
    assert desk.only().is_whole


def test_what_has_come_back_is_not_said_to_wait(desk: Desk, ann: Writer) -> None:
    """Killed between the page that brought it and the tidying of the outbox."""
    _reply(desk, "Delivered.")
    archive = desk.station.archive
    [item] = archive.outbox.items()
    desk.server.put(*item.outgoings(desk.station.vault.intake_groups))
    cursor = archive.reached().cursor
    archive.store(read_listing(desk.server._feed(cursor, None, carried=False).body).entries, cursor)
    assert archive.outbox.items() == (item,)
    assert desk.open().waiting == frozenset()
    assert desk.texts().count("Delivered.") == 1
    desk.sync()
    assert ann.replies() == ["Delivered."]
    assert desk.only().is_whole


def test_a_place_taken_between_fetching_and_delivering_is_fetched_and_signed_anew(
    desk: Desk, ann: Writer, make_desk: Callable[..., Desk]
) -> None:
    twin = _twin(desk, make_desk)
    _reply(desk, "First.")
    _reply(twin, "Second.")

    def quicker(asked: Asked) -> None:
        if asked.path == "/api/envelopes":
            twin.server.before = lambda _: None
            [item] = desk.station.archive.outbox.items()
            twin.server.put(*item.outgoings(desk.station.vault.intake_groups))

    twin.server.before = quicker
    assert twin.sync().troubles == []
    assert ann.replies() == ["First.", "Second."]
    assert twin.only().is_whole


def test_a_place_that_is_refused_and_not_shown_is_named_and_others_are_delivered(
    desk: Desk, ann: Writer, reporter: New
) -> None:
    other = reporter()
    other.write("Other.")
    desk.sync()
    refused = next(case for case in desk.cases() if desk.texts(case) == ["One."])
    served = next(case for case in desk.cases() if desk.texts(case) == ["Other."])
    for case in (refused, served):
        casework.reply(desk.station, case, f"To {case.name}.", "en", None)

    def refuse(asked: Asked) -> None:
        if asked.path == "/api/envelopes" and ann.address in asked.body:
            raise No(Fault.PLACE_TAKEN)

    desk.server.before = refuse
    outcome = desk.sync()
    assert [type(each) for each in outcome.troubles] == [PlaceNotShown]
    assert outcome.delivered == 1
    assert other.replies() == [f"To {served.name}."]
    assert len(desk.station.archive.outbox.items()) == 1


def test_a_refused_item_holds_back_what_follows_in_its_own_case(desk: Desk, ann: Writer) -> None:
    _reply(desk, "First.")
    _reply(desk, "Second.")
    sent: list[Asked] = []

    def refuse(asked: Asked) -> None:
        if asked.path == "/api/envelopes":
            sent.append(asked)
            raise No(Fault.FULL)

    desk.server.before = refuse
    desk.sync()
    assert len(sent) == 1
    assert len(desk.station.archive.outbox.items()) == 2


def test_a_reply_is_refused_where_it_is_longer_than_the_directory_allows(
    desk: Desk, ann: Writer
) -> None:
    with pytest.raises(ProtocolError):
        _reply(desk, "x" * 40_001)
    assert desk.station.archive.outbox.items() == ()
