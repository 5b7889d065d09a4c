"""What a reporter deletes, takes back or closes, as the workstation shows it."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import validate

from crypto.chains import Fault as ChainFault
from crypto.documents import Note
from crypto.envelope import Chain
from crypto.opening import State as EntryState
from dropbox.client.errors import Lost
from dropbox.client.transport import Answer
from inbox_ui import casework, shown, words
from inbox_ui.errors import ClosedCase, Lagging
from inbox_ui.summary import State
from inbox_ui.thread import thread_of
from tests.inbox_ui.conftest import TODAY, Desk, Writer
from tests.simulator import Asked

New = Callable[[], Writer]
SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


@pytest.fixture
def ann(desk: Desk, reporter: New) -> Writer:
    """A reporter whose report the desk has answered."""
    writer = reporter()
    writer.write("One.")
    desk.sync()
    say(desk, "A reply.")
    desk.sync()
    return writer


def say(desk: Desk, text: str) -> None:
    casework.reply(desk.station, desk.only(), text, "en", desk.open().file.newest_read)


def delete(writer: Writer) -> None:
    conversation = writer.read()
    writer.server.delete(writer.core.delete(conversation, conversation.deletable))


def close(writer: Writer) -> None:
    writer.server.close_mailbox(writer.core.close(writer.read(), TODAY))


def only_team(desk: Desk) -> list[tuple[EntryState, bool]]:
    return [(each.state, each.erased) for each in desk.open().file.of(Chain.TEAM)]


def lose_answers(desk: Desk) -> None:
    """What is sent arrives, and nobody hears of it."""

    def lose(asked: Asked, answer: Answer) -> Answer:
        if asked.path == "/api/envelopes":
            raise Lost
        return answer

    desk.server.answered = lose


def deliver_unheard(desk: Desk) -> None:
    lose_answers(desk)
    with pytest.raises(Exception, match="not known"):
        desk.sync()
    desk.server.answered = lambda _, answer: answer


# -- deleted ------------------------------------------------------------------------------------


def test_a_deleted_reply_is_shown_as_deleted_by_the_reporter(desk: Desk, ann: Writer) -> None:
    delete(ann)
    assert ann.replies() == []
    desk.sync()
    case = desk.only()
    assert (case.is_whole, State(case.state)) == (True, State.ANSWERED)
    assert only_team(desk) == [(EntryState.SHOWN, True)]
    text = shown.case_text(case, desk.open())
    assert "A reply." in text
    assert words.ERASED in text


def test_a_workstation_that_never_had_it_shows_the_stub(
    desk: Desk, ann: Writer, make_desk: Callable[..., Desk]
) -> None:
    delete(ann)
    fresh = make_desk("fresh", desk.server)
    desk.close()
    shutil.copytree(desk.folder.path, fresh.folder.path)
    with closing(sqlite3.connect(fresh.folder.archive)) as archive, archive:
        archive.execute("DELETE FROM envelopes")
        archive.execute("DELETE FROM snapshots")
        archive.execute("UPDATE progress SET cursor = 0, newest = NULL")
    fresh.sync()
    assert only_team(fresh) == [(EntryState.DELETED, True)]
    assert fresh.only().is_whole
    assert [each.heading for each in thread_of(fresh.open())].count(words.ERASED_STUB) == 1


@pytest.mark.parametrize("signature", [bytes(64), None])
def test_a_deletion_that_nobody_signed_is_no_deletion(
    desk: Desk, ann: Writer, signature: bytes | None
) -> None:
    [row] = [each for each in desk.server.rows if each.chain == Chain.TEAM]
    desk.server.rows.remove(row)
    desk.server.add(replace(row, body=None, wraps={}, deleted=signature))
    desk.sync()
    assert only_team(desk) == [(EntryState.SHOWN, False)]
    assert desk.only().is_whole is (signature is not None), "given twice without a reason: said"


def test_a_deletion_at_the_end_of_the_feed_is_no_older_server(desk: Desk, ann: Writer) -> None:
    """The newest of the feed is looked for where it was, and is further on now."""
    desk.server.rows.sort(key=lambda row: row.chain != Chain.TEAM)
    ordered, desk.server.rows = desk.server.rows, []
    desk.server._positions = 0
    for row in (*ordered[1:], ordered[0]):  # the team's comes last, as where a page ended
        desk.server.add(row)
    desk.station.archive.start_again()
    desk.sync()
    delete(ann)
    assert not any(isinstance(each, Lagging) for each in desk.sync().troubles)


def test_a_reply_deleted_before_it_came_back_leaves_the_outbox_and_keeps_its_words(
    desk: Desk, ann: Writer
) -> None:
    say(desk, "Gone at once.")
    deliver_unheard(desk)
    delete(ann)
    desk.sync()
    assert desk.station.archive.outbox.items() == ()
    assert "Gone at once." in desk.texts()
    assert only_team(desk) == [(EntryState.SHOWN, True)] * 2
    assert desk.only().is_whole
    assert ann.replies() == []


# -- contact details ----------------------------------------------------------------------------


def test_contact_details_taken_back_are_said_in_list_and_case(desk: Desk, ann: Writer) -> None:
    assert not desk.only().withdrawn
    ann.server.put(ann.core.withdraw_contact(ann.read(), TODAY))
    desk.sync()
    case = desk.only()
    assert case.withdrawn
    assert words.WITHDRAWN in shown.list_text([case], {})
    assert words.HEADINGS["contact-withdrawn"] in shown.case_text(case, desk.open())
    desk.close()
    assert desk.only().withdrawn, "also from the snapshot"


# -- closed -------------------------------------------------------------------------------------


def test_a_closed_mailbox_is_said_to_be_closed_and_takes_notes_alone(
    desk: Desk, ann: Writer
) -> None:
    close(ann)
    assert ann.read().empty
    desk.sync()
    case = desk.only()
    assert (State(case.state), case.is_whole) == (State.CLOSED, True)
    assert words.STATES[State.CLOSED] in shown.list_text([case], {})
    assert words.HEADINGS["closed"] in shown.case_text(case, desk.open())
    with pytest.raises(ClosedCase):
        say(desk, "Too late.")
    with pytest.raises(ClosedCase):
        casework.acknowledge(desk.station, case, desk.open().file.newest_read)
    casework.note(desk.station, case, "She has closed it.")
    assert desk.sync().delivered == 1
    assert desk.texts()[-1] == "She has closed it."
    assert case.name in words.explain(ClosedCase(case.name)).error


def test_a_reply_that_waited_becomes_a_note_and_nobodys_words_are_lost(
    desk: Desk, ann: Writer
) -> None:
    say(desk, "On its way.")
    casework.note(desk.station, desk.only(), "Behind it.")
    close(ann)
    assert desk.sync().troubles == []
    assert desk.station.archive.outbox.items() == ()
    notes = [
        each.words for each in desk.open().file.of(Chain.CASE) if isinstance(each.payload, Note)
    ]
    assert notes == [words.UNDELIVERED.format(text="On its way."), "Behind it."]
    assert [row.chain for row in desk.server.rows].count(Chain.TEAM) == 1


def test_the_longest_reply_becomes_a_note_too(desk: Desk, ann: Writer) -> None:
    say(desk, "x" * 40_000)
    close(ann)
    desk.sync()
    assert desk.texts()[-1] == "x" * 40_000


def test_a_receipt_that_waited_is_dropped(desk: Desk, ann: Writer) -> None:
    ann.write("Two.")
    desk.sync()
    casework.acknowledge(desk.station, desk.only(), desk.open().file.newest_read)
    close(ann)
    assert (desk.sync().troubles, desk.station.archive.outbox.items()) == ([], ())
    assert desk.only().is_whole


def test_a_reply_while_the_mailbox_closes_finds_the_place_gone_and_becomes_a_note(
    desk: Desk, ann: Writer
) -> None:
    say(desk, "At the same moment.")

    def meanwhile(asked: Asked) -> None:
        if asked.path == "/api/envelopes" and not desk.server.closed:
            close(ann)

    desk.server.before = meanwhile
    assert desk.sync().troubles == []
    assert desk.texts()[-1] == words.UNDELIVERED.format(text="At the same moment.")
    assert desk.station.archive.outbox.items() == ()


def test_a_reply_that_had_arrived_before_the_closing_keeps_its_words(
    desk: Desk, ann: Writer
) -> None:
    say(desk, "It did arrive.")
    deliver_unheard(desk)
    close(ann)
    desk.sync()
    assert desk.station.archive.outbox.items() == ()
    assert "It did arrive." in desk.texts()
    assert desk.only().is_whole
    assert not any(alarm.fault is ChainFault.WITHHELD for _, alarm in desk.open().file.alarms)


# -- for programs -------------------------------------------------------------------------------


def test_the_json_says_it_in_the_form_of_its_schema(desk: Desk, ann: Writer) -> None:
    delete(ann)
    ann.server.put(ann.core.withdraw_contact(ann.read(), TODAY))
    close(ann)
    desk.sync()
    case = desk.only()
    listed = json.loads(shown.list_json([case], {}))
    whole = json.loads(shown.case_json(case, desk.open()))
    validate(listed, json.loads((SCHEMAS / "inbox-list.json").read_text()))
    validate(whole, json.loads((SCHEMAS / "inbox-show.json").read_text()))
    assert (listed[0]["state"], listed[0]["contact_withdrawn"]) == ("closed", True)
    assert [each["deleted_by_reporter"] for each in whole["messages"]].count(True) == 1
