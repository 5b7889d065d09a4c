"""Marks of purged mailboxes, told by an analyst's session: what they purge, and what not."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.envelope import Chain
from dropbox import wire
from dropbox.store import marks as marking
from dropbox.store.batch import apply
from dropbox.store.ground import Shelf
from dropbox.store.jobs import Caller, NoteMarks, PurgeAgain
from dropbox.store.marks import add_marks
from dropbox.store.people import Reached
from dropbox.store.refused import Refused
from dropbox.store.schema import purged
from dropbox.wire import MARK, MARKS_PER_PAGE, Fault, Role, mark_of, marks_digest
from tests.dropbox.past import (
    ACKNOWLEDGED_ALL,
    acknowledge,
    ago,
    assigned,
    do,
    fetch,
    in_store,
    publish,
    report,
    submitted,
)
from tests.dropbox.server import Server, make_data, run
from tests.dropbox.team import Team, today
from tests.dropbox.test_operation_purge import OLD, address_of, is_whole, mailboxes_of
from tests.dropbox.wiretap import Person, Reply, Sealed, analyst, handing, path_id, reporter, seal

pytestmark = pytest.mark.statements

Databases = Callable[[], str]


@pytest.fixture
def data(tmp_path: Path, team: Team, new_database: Databases) -> Path:
    """A server's data, begun long ago."""
    issued = today() - timedelta(days=OLD)
    return make_data(tmp_path / "data", team, database=new_database(), issued=issued)


def marks_of(data: Path) -> list[bytes]:
    return in_store(data, lambda each: list(each.scalars(select(purged.c.mark)).all()))


def tell(insider: Person, *marks: bytes) -> int:
    reply = insider.ask("POST", "/api/purged", wire.Marks(tuple(sorted(marks))).to_bytes())
    return reply.read(wire.PurgedAgain).mailboxes


def page(insider: Person, start: bytes) -> Reply:
    return insider.ask("GET", f"/api/purged/{path_id(start)}")


def mark(sealed: Sealed) -> bytes:
    return mark_of(address_of(sealed))


def test_a_mark_purges_what_is_due_and_telling_it_again_changes_nothing(
    data: Path, team: Team
) -> None:
    gone = [report(data, team, days=OLD, files=number % 2) for number in range(45)]
    publish(data, team)
    kept = report(data, team)
    fetch(data)
    absent = secrets.token_bytes(MARK)
    with Server(data, team) as server:
        insider = analyst(server.wire(), team).log_in()
        told = [*map(mark, gone[:41]), absent]
        assert tell(insider, *told) == 41
        assert tell(insider, *told) == 0
    assert mailboxes_of(data) == set(map(address_of, [*gone[41:], kept]))
    assert sorted(marks_of(data)) == sorted(told)
    assert run("purge", "--data", data).stdout.startswith("Purged: 4 ")
    assert len(marks_of(data)) == 46
    assert is_whole(data)


def test_a_stolen_session_purges_nothing_that_is_in_use_or_was_never_fetched(
    data: Path, team: Team
) -> None:
    """A mailbox that came back by a restore and was written to again is in use, too."""
    came_back, waited_for = report(data, team, days=OLD), report(data, team, days=OLD)
    address = address_of(waited_for)
    recipients = (address, secrets.token_bytes(32))
    do(data, [submitted(address, seal(address, recipients, Chain.TEAM), Role.ANALYST)], days=89)
    publish(data, team)
    intake = (team.intake.keys.card.id,)
    more = seal(address_of(came_back), intake, after=came_back)
    do(data, [submitted(address_of(came_back), more)])
    fresh = report(data, team)
    fetch(data)
    unread = report(data, team)
    there = mailboxes_of(data)
    with Server(data, team) as server:
        insider = analyst(server.wire(), team).log_in()
        assert tell(insider, *map(mark, (came_back, waited_for, fresh, unread))) == 0
        person = reporter(server.wire(), team).log_in()
        assert person.submit(seal(person.address, intake)).status == 200
    assert mailboxes_of(data) == there | {person.address}
    assert marks_of(data) == []


def test_a_due_report_that_nobody_has_fetched_stays_when_its_mark_is_told(
    data: Path, team: Team
) -> None:
    unread = report(data, team, days=OLD)
    publish(data, team)
    with Server(data, team) as server:
        insider = analyst(server.wire(), team).log_in()
        assert tell(insider, mark(unread)) == 0
        assert mailboxes_of(data) == {address_of(unread)}
        assert marks_of(data) == []
        fetch(data)
        assert tell(insider, mark(unread)) == 1
    assert mailboxes_of(data) == set()


def test_an_assigned_case_is_due_only_once_one_of_its_handlers_has_it(
    data: Path, team: Team
) -> None:
    """Whoever else fetches is given stubs, which are no copy of it."""
    unread = report(data, team, days=OLD)
    handler, everything = secrets.token_bytes(32), ACKNOWLEDGED_ALL
    acknowledge(data, handler, Reached(everything, everything))
    given = handing(address_of(unread), [handler], team.intake.keys.card.id)
    do(data, [assigned(handler, given)], days=OLD)
    acknowledge(data, secrets.token_bytes(32), Reached(everything, everything))
    acknowledge(data, handler, Reached(everything, 0))
    publish(data, team)
    with Server(data, team) as server:
        insider = analyst(server.wire(), team).log_in()
        assert tell(insider, mark(unread)) == 0
        assert mailboxes_of(data) == {address_of(unread)}
        acknowledge(data, handler, Reached(0, everything))
        assert tell(insider, mark(unread)) == 1
    assert mailboxes_of(data) == set()


@pytest.mark.parametrize("days", [15, 400, 3650])
def test_a_clock_that_is_years_ahead_purges_nothing_that_is_told(
    data: Path, team: Team, days: int
) -> None:
    publish(data, team)
    young = report(data, team)
    fetch(data)
    caller = Caller(secrets.token_bytes(32), Role.ANALYST, secrets.token_bytes(32))
    job = PurgeAgain(caller, tuple(range(1, 9)), ago(-days).date(), None)
    assert in_store(data, lambda each: apply(each, Shelf(), ago(-days), [job])) == [0]
    assert mailboxes_of(data) == {address_of(young)}


def test_nothing_begins_anew_under_a_mark_that_was_told(data: Path, team: Team) -> None:
    publish(data, team)
    with Server(data, team) as server:
        person = reporter(server.wire(), team).log_in()
        tell(analyst(server.wire(), team).log_in(), mark_of(person.address))
        sealed = seal(person.address, (team.intake.keys.card.id,))
        assert person.submit(sealed).fault is Fault.PLACE_TAKEN


def test_marks_come_in_pages_by_their_own_order_and_one_digest_stands_for_them_all(
    data: Path, team: Team
) -> None:
    publish(data, team)
    ends = [bytes(MARK), b"\xff" * MARK]
    marks = sorted([*ends, *(secrets.token_bytes(MARK) for _ in range(2 * MARKS_PER_PAGE))])
    with Server(data, team) as server:
        insider = analyst(server.wire(), team).log_in()
        digest = insider.ask("GET", "/api/purged").read(wire.Purged).digest
        assert digest == marks_digest([])
        for start in range(0, len(marks), MARKS_PER_PAGE):
            in_store(data, lambda c, at=start: add_marks(c, marks[at : at + MARKS_PER_PAGE]))
        digest = insider.ask("GET", "/api/purged").read(wire.Purged).digest
        assert digest == marks_digest(marks)
        first = page(insider, marks[0]).read(wire.Marks).marks
        assert list(first) == marks[:MARKS_PER_PAGE]
        assert page(insider, marks[-2]).read(wire.Marks).marks == tuple(marks[-2:])
        assert page(insider, marks[-1]).read(wire.Marks).marks == (ends[1],)


def test_no_session_can_fill_the_server_with_marks(
    data: Path, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "MOST_MARKS", 10)
    caller = Caller(secrets.token_bytes(32), Role.ANALYST, secrets.token_bytes(32))

    def note(*marks: bytes) -> object:
        [outcome] = in_store(
            data, lambda each: apply(each, Shelf(), ago(OLD), [NoteMarks(caller, marks)])
        )
        return outcome

    few = [secrets.token_bytes(MARK) for _ in range(10)]
    assert note(*few[:7]) is None
    assert note(*few) is None
    refused = note(secrets.token_bytes(MARK))
    assert isinstance(refused, Refused)
    assert refused.fault is Fault.TOO_LARGE
    assert note(*few) is None
    assert sorted(marks_of(data)) == sorted(few)
    old = report(data, team, days=OLD)
    publish(data, team)
    fetch(data)
    assert run("purge", "--data", data).stdout.startswith("Purged: 1 ")
    assert mark(old) in marks_of(data)  # its own purge is never held up


@pytest.mark.parametrize(
    "marks",
    [
        b'{"marks":["AAAAAAAAAAAAAAAAAAAAAA","AAAAAAAAAAAAAAAAAAAAAA"]}',
        b'{"marks":["_AAAAAAAAAAAAAAAAAAAAA","AAAAAAAAAAAAAAAAAAAAAA"]}',
        b'{"marks":["AAAAAAAAAAAAAAAAAAAAAB"]}',
        b'{"marks":["AAAAAAAAAAAAAAAAAAAA"]}',
        b'{"marks":[""]}',
        b'{"marks":"AAAAAAAAAAAAAAAAAAAAAA"}',
    ],
    ids=["twice", "falling", "second spelling", "short", "empty", "no list"],
)
def test_marks_have_one_form(server: Server, marks: bytes) -> None:
    insider = analyst(server.wire(), server.team).log_in()
    assert insider.ask("POST", "/api/purged", marks).fault is Fault.MALFORMED


def test_a_mark_in_a_path_has_one_spelling(server: Server) -> None:
    insider = analyst(server.wire(), server.team).log_in()
    assert insider.ask("GET", f"/api/purged/{'A' * 22}").status == 200
    for other in ("A" * 21 + "B", "A" * 21, "A" * 43, ""):
        assert insider.ask("GET", f"/api/purged/{other}").fault is Fault.UNKNOWN
