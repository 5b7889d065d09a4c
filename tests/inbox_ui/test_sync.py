"""Fetching and delivering: directories, pages, interruptions, and what the server can learn."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from crypto.directory import directory_hash, sign_directory
from crypto.errors import Expired, ForeignOrigin, ForeignService, ProtocolError, RolledBack
from dropbox.client.errors import Away, Lost
from inbox_ui import casework, founding, publishing, renewal
from inbox_ui.errors import Lagging
from tests.inbox_ui.conftest import ORIGIN, TODAY, Clock, Desk, Writer
from tests.simulator import Asked, Row

New = Callable[[], Writer]


def _next(desk: Desk, **changes: object) -> bytes:
    """The directory after the server's, signed by the team."""
    vault = desk.station.vault
    following = replace(
        desk.server.directory,
        seq=desk.server.directory.seq + 1,
        previous=directory_hash(desk.server.signed),
        **changes,  # type: ignore[arg-type]
    )
    return sign_directory(following, vault.analyst_secret.keys)


# -- what the server can learn (P22) ------------------------------------------------------------


def test_requests_are_the_same_for_what_opens_and_for_garbage(
    make_desk: Callable[..., Desk], reporter: New, desk: Desk
) -> None:
    desk.sync()  # a new team's first roster goes out, and only once
    desk.server.log.clear()
    writers = [reporter() for _ in range(4)]
    for each in writers:
        each.write("A report.")
    rows = list(desk.server.rows)
    desk.server.page = 2
    desk.sync()
    desk.sync()
    valid = desk.server.shapes()

    other = make_desk("other", desk.server)
    other.folder.path.mkdir(mode=0o700)
    for each in desk.folder.path.iterdir():
        (other.folder.path / each.name).write_bytes(each.read_bytes())
    for each in other.folder.path.iterdir():
        each.chmod(0o600)
    other.station.archive.start_again()
    with other.station.archive._writing() as connection:
        for table in ("envelopes", "mailboxes", "snapshots"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    desk.server.log.clear()
    desk.server.rows = [row.with_body(secrets.token_bytes(len(row.body or b""))) for row in rows]
    other.sync()
    other.sync()
    assert desk.server.shapes() == valid
    assert all(case.problems for case in other.cases())


def test_nothing_is_sent_because_something_was_opened(desk: Desk, reporter: New) -> None:
    reporter().write("A report.")
    desk.sync()
    desk.server.log.clear()
    desk.texts()
    desk.cases()
    assert desk.server.log == []


# -- pages and interruptions --------------------------------------------------------------------


def test_an_interruption_at_any_request_loses_and_doubles_nothing(
    desk: Desk, reporter: New
) -> None:
    ann = reporter()
    for number in range(5):
        ann.write(f"{number}.")
    desk.server.page = 1
    number, done = 0, False

    def cut(asked: Asked) -> None:
        if len(desk.server.log) - started > number:
            raise Lost

    desk.server.before = cut
    while not done:
        started = len(desk.server.log)
        try:
            desk.sync()
            done = True
        except Away:
            number += 1
        assert number < 30
    assert desk.texts() == ["0.", "1.", "2.", "3.", "4."]
    assert desk.only().is_whole
    assert number > 5


def test_everything_fetched_is_acknowledged_and_no_more(desk: Desk, reporter: New) -> None:
    for _ in range(3):
        reporter().write("A report.")
    desk.sync()
    assert desk.server.cursor == 3
    assert desk.station.archive.reached().cursor == 3


def test_a_page_is_on_the_disk_before_it_is_acknowledged(desk: Desk, reporter: New) -> None:
    for _ in range(4):
        reporter().write("A report.")
    desk.server.page = 1
    archive = desk.station.archive
    seen: list[bool] = []

    def look(asked: Asked) -> None:
        if "/feed/" in asked.path:
            seen.append(len(archive.mailboxes()) >= int(asked.path.rpartition("/")[2]))

    desk.server.before = look
    desk.sync()
    assert len(seen) >= 5
    assert all(seen)


def test_a_server_of_an_older_backup_is_named_and_its_new_reports_are_found(
    desk: Desk, reporter: New
) -> None:
    for _ in range(4):
        reporter().write("Before.")
    assert desk.sync().troubles == []
    desk.server.forget_after(2)
    reporter().write("After, at a number that was used.")
    [trouble] = desk.sync().troubles
    assert isinstance(trouble, Lagging)
    desk.station.archive.start_again()
    desk.sync()
    assert len(desk.cases()) == 5
    assert "After, at a number that was used." in [desk.texts(case)[0] for case in desk.cases()]
    assert desk.sync().troubles == []


# -- directories --------------------------------------------------------------------------------


def test_a_rolled_back_directory_is_refused(desk: Desk) -> None:
    old = desk.server.signed
    desk.server.signed = _next(desk)
    desk.sync()
    desk.server.signed = old
    with pytest.raises(RolledBack):
        desk.sync()
    assert desk.station.seen.directory.seq == 2


def test_another_directory_of_the_same_number_is_refused(desk: Desk) -> None:
    desk.server.signed = sign_directory(
        replace(desk.server.directory, name="Another Name"),
        desk.station.vault.analyst_secret.keys,
    )
    with pytest.raises(RolledBack):
        desk.sync()


def test_a_directory_that_forgets_a_key_is_refused(desk: Desk) -> None:
    from crypto.keys import GroupSecret

    other = GroupSecret.generate(secrets.token_bytes).keys.card.to_bytes()
    intake = replace(desk.server.directory.intake, card=other, epoch=2)
    desk.server.signed = _next(desk, intake=intake)
    with pytest.raises(RolledBack):
        desk.sync()


def test_another_services_directory_is_refused_before_anything_is_fetched(desk: Desk) -> None:
    other = founding.found("Another Team", [ORIGIN], TODAY, secrets.token_bytes)
    desk.server.signed = other.directory
    with pytest.raises(ForeignService):
        desk.sync()
    assert [asked.path for asked in desk.server.log] == ["/api/directory"]


def test_a_directory_nobody_signed_is_refused(desk: Desk) -> None:
    signed = bytearray(_next(desk))
    signed[0] ^= 1
    desk.server.signed = bytes(signed)
    with pytest.raises(ProtocolError):
        desk.sync()


def test_an_origin_the_directory_does_not_name_is_refused(desk: Desk) -> None:
    desk.server.signed = _next(desk, origins=("https://example.org",))
    with pytest.raises(ForeignOrigin):
        desk.sync()


def test_a_directory_is_renewed_when_fewer_than_seven_days_are_left(
    desk: Desk, clock: Clock
) -> None:
    clock.go(7)
    desk.server.today = clock()
    assert not desk.sync().renewed
    assert desk.server.directory.seq == 1
    clock.go(1)
    desk.server.today = clock()
    assert desk.sync().renewed
    directory = desk.server.directory
    assert (directory.seq, directory.issued) == (2, clock())
    assert directory.expires == clock() + timedelta(days=14)
    assert directory.previous == directory_hash(
        desk.station.archive.directories.published_after(0)[0]
    )


def test_a_renewal_whose_answer_was_lost_is_not_signed_twice(desk: Desk, clock: Clock) -> None:
    clock.go(10)

    def lose(asked: Asked, answer: object) -> object:
        if (asked.method, asked.path) == ("POST", "/api/directory"):
            raise Lost
        return answer

    desk.server.answered = lose  # type: ignore[assignment]
    with pytest.raises(Away):
        desk.sync()
    desk.server.answered = lambda asked, answer: answer
    stored = desk.server.signed
    desk.sync()
    assert desk.server.signed == stored
    assert desk.station.seen.signed == stored


def test_a_server_that_lags_is_given_what_it_lacks_by_the_publisher(
    desk: Desk, clock: Clock
) -> None:
    import asyncio

    from inbox_ui.line import Line

    old = desk.server.signed
    for _ in range(2):
        clock.go(8)
        desk.sync()
    newest = desk.server.signed
    desk.server.signed = old

    async def bring() -> None:
        line = Line(desk.server.transport(), ORIGIN)
        async with line.as_publisher(desk.station.vault) as service:
            await renewal.catch_up(desk.station, service)

    asyncio.run(bring())
    assert desk.server.signed == newest


def test_a_publisher_whose_year_is_over_signs_nothing(desk: Desk, clock: Clock) -> None:
    clock.go(400)
    with pytest.raises(Expired):
        publishing.sign_next(desk.station)
    assert not publishing.may_publish(desk.station.vault, desk.station.seen.directory, clock())


def test_with_an_expired_directory_an_analyst_still_reads_and_writes(
    desk: Desk, reporter: New, clock: Clock
) -> None:
    ann = reporter()
    ann.write("One.")
    desk.station.vault.__dict__["publisher"] = None  # somebody else would have to renew it
    clock.go(20)
    desk.sync()
    casework.reply(desk.station, desk.only(), "We are here.", "en", desk.open().file.newest_read)
    desk.sync()
    assert ann.replies() == ["We are here."]


def test_a_new_directory_opens_what_did_not_verify_before(desk: Desk, reporter: New) -> None:
    """The fold depends on the directory: a snapshot made under another is not used."""
    ann = reporter()
    ann.write("One.")
    desk.sync()
    before = desk.station.casebook
    desk.server.signed = _next(desk, name="A New Name")
    desk.sync()
    assert desk.station.casebook is not before
    assert desk.texts() == ["One."]


def test_positions_that_do_not_rise_are_refused(desk: Desk, reporter: New) -> None:
    from dropbox.client.errors import WrongAnswer

    for _ in range(3):
        reporter().write("A report.")

    def shuffle(rows: list[Row]) -> list[Row]:
        return rows[::-1]

    desk.server.listed = shuffle
    with pytest.raises(WrongAnswer):
        desk.sync()
