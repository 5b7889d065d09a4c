"""What the server has purged, as the workstation remembers and tells it; and a server that lies."""

import secrets
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator

import pytest

from dropbox import wire
from dropbox.client.errors import Lost
from dropbox.client.transport import Answer
from dropbox.wire import MARK, Fault, Marks, mark_of
from inbox_ui import casework, purged, words
from inbox_ui.archive import Archive
from inbox_ui.errors import MarksNotTaken, WrongMarks
from inbox_ui.schema import REVISION
from inbox_ui.sync import Outcome
from tests.inbox_ui.conftest import Desk, Writer
from tests.simulator import Asked, No

New = Callable[[], Writer]


def marks(count: int) -> set[bytes]:
    return {secrets.token_bytes(MARK) for _ in range(count)}


def test_both_sides_end_with_what_either_knew(desk: Desk) -> None:
    desk.server.page = 3
    theirs, ours = marks(10), marks(8)
    desk.server.purged = set(theirs)
    desk.station.archive.purged.keep(ours)
    assert desk.sync().troubles == []
    assert desk.station.archive.purged.marks() == desk.server.purged == theirs | ours


def test_a_server_that_was_restored_is_told_and_a_second_workstation_learns_it(
    desk: Desk, make_desk: Callable[..., Desk]
) -> None:
    other = make_desk("other", desk.server)
    other.folder.path.mkdir(mode=0o700)
    desk.station.archive.copy_to(new_file(other))
    for each in (other.folder.vault, other.folder.settings):
        each.write_bytes((desk.folder.path / each.name).read_bytes())
        each.chmod(0o600)
    known = desk.server.purged = marks(3)
    desk.sync()
    desk.server.purged = set()
    other.sync()
    assert other.station.archive.purged.marks() == desk.server.purged == set()
    desk.sync()
    assert desk.server.purged == known
    other.sync()
    assert other.station.archive.purged.marks() == known


def new_file(desk: Desk) -> object:
    desk.folder.archive.touch(0o600)
    return desk.folder.archive


def test_equal_sets_cost_one_small_answer(desk: Desk) -> None:
    desk.server.purged = marks(50)
    desk.sync()
    desk.server.log.clear()
    desk.sync()
    asked = [(each.method, each.path) for each in desk.server.log if "purged" in each.path]
    assert asked == [("GET", "/api/purged")]


def test_it_is_told_once_everything_was_fetched_and_before_anything_is_delivered(
    desk: Desk, reporter: New
) -> None:
    reporter().write("A report.")
    desk.sync()
    casework.reply(desk.station, desk.only(), "An answer.", "en", None)
    desk.station.archive.purged.keep(marks(1))
    desk.server.log.clear()
    desk.sync()
    order = [each.path.split("/")[2] for each in desk.server.log if each.session]
    assert order.index("purged") > order.index("feed")
    assert order.index("envelopes") > max(at for at, each in enumerate(order) if each == "purged")


def endless(asked: Asked) -> Iterator[bytes]:
    """Pages that rise and never end."""
    start = int.from_bytes(urlsafe_b64decode(asked.path.rpartition("/")[2] + "=="))
    return ((start + number).to_bytes(MARK) for number in range(100))


def unordered(asked: Asked) -> Iterator[bytes]:
    """The same page, whatever was asked for."""
    return iter(number.to_bytes(MARK) for number in range(5))


@pytest.mark.parametrize("lie", [endless, unordered])
def test_pages_that_never_end_are_refused_and_nothing_of_them_is_kept(
    desk: Desk,
    reporter: New,
    monkeypatch: pytest.MonkeyPatch,
    lie: Callable[[Asked], Iterator[bytes]],
) -> None:
    monkeypatch.setattr("dropbox.client.service.MOST_MARKS", 1000)
    honest = marks(2)
    desk.station.archive.purged.keep(honest)

    def answered(asked: Asked, answer: Answer) -> Answer:
        if asked.path.startswith("/api/purged/"):
            return Answer(200, Marks(tuple(lie(asked))).to_bytes())
        return answer

    goes_on(desk, reporter, answered)
    assert desk.station.archive.purged.marks() == honest
    assert len([each for each in desk.server.log if "/api/purged/" in each.path]) <= 11


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"marks":["AAAAAAAAAAAAAAAAAAAAAB"]}',
        b'{"marks":["_AAAAAAAAAAAAAAAAAAAAA","AAAAAAAAAAAAAAAAAAAAAA"]}',
        b'{"marks":["AAAA"]}',
        b"x" * wire.LARGEST_MARKS,
        b'{"marks":' + b"[" * 10_000,
    ],
    ids=["nothing", "a list", "a second spelling", "falling", "short", "long", "deep"],
)
def test_marks_that_are_none_are_refused_and_nothing_of_them_is_kept(
    desk: Desk, reporter: New, body: bytes
) -> None:

    def answered(asked: Asked, answer: Answer) -> Answer:
        return Answer(200, body) if asked.path.startswith("/api/purged/") else answer

    goes_on(desk, reporter, answered)
    assert desk.station.archive.purged.marks() == frozenset()


def test_more_mailboxes_than_it_was_told_marks_of_are_refused(desk: Desk, reporter: New) -> None:
    desk.station.archive.purged.keep(marks(3))

    def answered(asked: Asked, answer: Answer) -> Answer:
        if (asked.method, asked.path) == ("POST", "/api/purged"):
            return Answer(200, wire.PurgedAgain(4).to_bytes())
        return answer

    assert goes_on(desk, reporter, answered).purged_again == 0


def test_no_server_can_fill_the_archive_sync_by_sync(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purged, "MOST_MARKS", 100)
    desk.server.purged = first = marks(60)
    desk.sync()
    desk.server.purged = marks(60)
    assert [type(each) for each in desk.sync().troubles] == [WrongMarks]
    assert desk.station.archive.purged.marks() == first


def test_no_case_of_this_workstation_goes_because_of_a_mark(desk: Desk, reporter: New) -> None:
    ann = reporter()
    ann.write("A report.")
    desk.server.purged = {mark_of(ann.address)}
    assert desk.sync().troubles == []
    desk.sync()
    assert desk.texts() == ["A report."]


@pytest.mark.parametrize("fault", [Fault.UNKNOWN, Fault.TOO_LARGE, Fault.FULL])
def test_a_server_that_refuses_marks_is_named_and_the_rest_goes_on(
    desk: Desk, reporter: New, fault: Fault
) -> None:
    desk.station.archive.purged.keep(marks(1))

    def before(asked: Asked) -> None:
        if "purged" in asked.path:
            raise No(fault)

    goes_on(desk, reporter, lambda asked, answer: answer, MarksNotTaken, before)


def test_an_interruption_at_any_request_loses_no_mark(desk: Desk) -> None:
    desk.server.page = 1
    theirs, ours = marks(3), marks(2)
    desk.server.purged = set(theirs)
    desk.station.archive.purged.keep(ours)
    for number in range(30):
        started = len(desk.server.log)

        def cut(asked: Asked, last: int = started + number) -> None:
            if len(desk.server.log) > last:
                raise Lost

        desk.server.before = cut
        try:
            desk.sync()
            break
        except Lost:
            assert desk.station.archive.purged.marks() >= ours
            assert desk.server.purged >= theirs
    assert number > 8
    assert desk.station.archive.purged.marks() == desk.server.purged == theirs | ours


def test_an_archive_of_an_older_program_is_opened_and_has_everything(
    desk: Desk, reporter: New
) -> None:
    reporter().write("A report.")
    desk.sync()
    archive = desk.station.archive
    with archive._writing() as connection:
        connection.exec_driver_sql("DROP TABLE purged")
        connection.exec_driver_sql("PRAGMA user_version=1")
    desk.close()
    assert desk.texts() == ["A report."]
    desk.server.purged = known = marks(2)
    desk.sync()
    desk.close()
    with Archive(desk.folder.archive) as again, again._reading() as connection:
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() == REVISION
        assert again.purged.marks() == known


def goes_on(
    desk: Desk,
    reporter: New,
    answered: Callable[[Asked, Answer], Answer],
    trouble: type[Exception] = WrongMarks,
    before: Callable[[Asked], None] = lambda asked: None,
) -> Outcome:
    """A sync that says one trouble in words of its own, and does everything else."""
    ann = reporter()
    ann.write("A report.")
    desk.sync()
    casework.reply(desk.station, desk.only(), "An answer.", "en", None)
    desk.server.answered, desk.server.purged = answered, marks(1)
    desk.server.before = before
    desk.server.log.clear()
    outcome = desk.sync()
    assert [type(each) for each in outcome.troubles] == [trouble]
    assert words.explain(outcome.troubles[0]) != words.BUG
    assert outcome.delivered == 1
    assert ann.replies() == ["An answer."]
    return outcome
