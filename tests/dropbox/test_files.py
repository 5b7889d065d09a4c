"""Files on their way in: parts in any order, again, wrong, or never (docs/protocol.md §8)."""

import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crypto.constants import MIB
from dropbox import wire
from dropbox.limits import UNFINISHED_FILES
from dropbox.wire import Fault
from tests.dropbox.server import Server
from tests.dropbox.wiretap import Person, analyst, claim, path_id, reporter, seal

pytestmark = pytest.mark.statements


@pytest.fixture
def someone(server: Server) -> Person:
    return reporter(server.wire(), server.team).log_in()


PARTS = [secrets.token_bytes(100 + index) for index in range(3)]


def start(person: Person, parts: int = 3, file: bytes | None = None) -> bytes:
    file = file or secrets.token_bytes(32)
    assert person.ask("POST", "/api/files", wire.FileStart(file, parts).to_bytes()).status == 204
    return file


def put(person: Person, file: bytes, number: int, part: bytes) -> int:
    return person.ask("PUT", f"/api/files/{path_id(file)}/{number}", part).status


def held(person: Person, file: bytes) -> tuple[int, ...]:
    return person.ask("GET", f"/api/files/{path_id(file)}").read(wire.FileState).held


def report_with(person: Person, *claims: wire.FileClaim) -> Fault | None:
    report = seal(person.address, (person.team.intake.keys.card.id,), files=claims)
    reply = person.submit(report)
    return None if reply.status == 200 else reply.fault


def on_disk(server: Server) -> set[Path]:
    return {each for each in (server.data / "parts").rglob("*") if each.is_file()}


def test_parts_come_in_any_order_and_the_rest_can_be_asked_for(someone: Person) -> None:
    file = start(someone)
    assert held(someone, file) == ()
    assert put(someone, file, 2, PARTS[2]) == 204
    assert put(someone, file, 0, PARTS[0]) == 204
    assert held(someone, file) == (0, 2)
    assert report_with(someone, claim(file, PARTS)) is Fault.FILES_DIFFER
    assert put(someone, file, 1, PARTS[1]) == 204
    assert report_with(someone, claim(file, PARTS)) is None


def test_a_start_and_a_part_sent_again_change_nothing(server: Server, someone: Person) -> None:
    file = start(someone)
    assert start(someone, file=file) == file
    before = on_disk(server)
    for _ in range(3):
        assert put(someone, file, 0, PARTS[0]) == 204
    assert len(on_disk(server) - before) == 1
    other = wire.FileStart(file, 4).to_bytes()
    assert someone.ask("POST", "/api/files", other).fault is Fault.FILES_DIFFER


def test_a_part_that_the_disk_has_lost_is_held_again_when_it_is_sent_again(
    server: Server, someone: Person
) -> None:
    """Until an envelope names the file: its receipt is then for bytes that are there."""
    file = start(someone)
    before = on_disk(server)
    assert put(someone, file, 0, PARTS[0]) == 204
    (lost,) = on_disk(server) - before
    lost.unlink()
    for number, part in enumerate(PARTS):
        assert put(someone, file, number, part) == 204
    assert report_with(someone, claim(file, PARTS)) is None
    reader = analyst(server.wire(), server.team).log_in()
    for number, part in enumerate(PARTS):
        assert reader.ask("GET", f"/api/files/{path_id(file)}/{number}").body == part


def test_a_part_sealed_anew_replaces_the_old_one(server: Server, someone: Person) -> None:
    file = start(someone)
    before = on_disk(server)
    for part in (PARTS[1], PARTS[2], PARTS[0]):
        assert put(someone, file, 0, part) == 204
    assert [each.read_bytes() for each in on_disk(server) - before] == [PARTS[0]]


def test_the_same_part_many_times_at_once_is_held_once(server: Server, someone: Person) -> None:
    file = start(someone)
    before = on_disk(server)
    parts = [PARTS[0], PARTS[1]] * 6

    def send(part: bytes) -> int:
        return put(replace(someone, wire=server.wire()), file, 0, part)

    with ThreadPoolExecutor(12) as threads:
        assert set(threads.map(send, parts)) == {204}
    assert len(on_disk(server) - before) == 1


def test_files_that_are_not_what_was_said_are_refused(server: Server, someone: Person) -> None:
    file = start(someone)
    for number, part in enumerate(PARTS):
        assert put(someone, file, number, part) == 204
    swapped = [PARTS[1], PARTS[0], PARTS[2]]
    strangers = reporter(server.wire(), server.team).log_in().send_file(*PARTS)
    for wrong in (
        claim(file, PARTS[:2]),
        claim(file, [*PARTS, PARTS[0]]),
        claim(file, swapped),
        claim(file, [PARTS[0], PARTS[0], PARTS[2]]),
        replace(claim(file, PARTS), parts=2),
        replace(claim(file, PARTS), hash=secrets.token_bytes(32)),
        claim(secrets.token_bytes(32), PARTS),
        strangers,
    ):
        assert report_with(someone, wrong) is Fault.FILES_DIFFER
    whole = claim(file, PARTS)
    assert report_with(someone, whole, whole) is Fault.FILES_DIFFER
    assert report_with(someone, whole) is None


def test_a_file_is_named_once(someone: Person, server: Server) -> None:
    sent = someone.send_file(*PARTS)
    intake = (server.team.intake.keys.card.id,)
    report = seal(someone.address, intake, files=(sent,))
    assert someone.submit(report).status == 200
    assert someone.submit(report).status == 200  # the same envelope again
    second = seal(someone.address, intake, after=report, files=(sent,))
    assert someone.submit(second).fault is Fault.FILES_DIFFER


def test_a_file_that_is_named_stays_as_it_is(server: Server, someone: Person) -> None:
    sent = someone.send_file(*PARTS)
    assert report_with(someone, sent) is None
    assert put(someone, sent.file, 0, PARTS[0]) == 204
    before = on_disk(server)
    assert put(someone, sent.file, 0, PARTS[1]) == 422
    assert on_disk(server) == before
    assert someone.ask("DELETE", f"/api/files/{path_id(sent.file)}").status == 403
    reader = analyst(server.wire(), server.team).log_in()
    for number, part in enumerate(PARTS):
        assert reader.ask("GET", f"/api/files/{path_id(sent.file)}/{number}").body == part
    assert reader.ask("GET", f"/api/files/{path_id(sent.file)}/3").fault is Fault.UNKNOWN


def test_a_dropped_file_leaves_nothing(server: Server, someone: Person) -> None:
    before = on_disk(server)
    sent = someone.send_file(*PARTS)
    assert someone.ask("DELETE", f"/api/files/{path_id(sent.file)}").status == 204
    assert on_disk(server) == before
    assert someone.ask("GET", f"/api/files/{path_id(sent.file)}").fault is Fault.UNKNOWN
    assert report_with(someone, sent) is Fault.FILES_DIFFER


@pytest.mark.parametrize("size", [0, 40, wire.LARGEST_PART + 1])
def test_a_part_of_impossible_length_is_refused(someone: Person, size: int) -> None:
    file = start(someone)
    assert put(someone, file, 0, bytes(size)) in {400, 413}
    assert held(someone, file) == ()


def test_the_largest_part_fits_and_a_number_too_high_does_not(someone: Person) -> None:
    file = start(someone)
    part = secrets.token_bytes(wire.LARGEST_PART)
    assert put(someone, file, 0, part) == 204
    assert put(someone, file, 3, part) == 404
    assert len(part) > MIB


def test_the_files_an_address_has_begun_are_limited(someone: Person) -> None:
    for _ in range(UNFINISHED_FILES):
        last = start(someone)
    more = wire.FileStart(secrets.token_bytes(32), 1).to_bytes()
    assert someone.ask("POST", "/api/files", more).fault is Fault.BUSY
    assert someone.ask("DELETE", f"/api/files/{path_id(last)}").status == 204
    assert someone.ask("POST", "/api/files", more).status == 204


def test_unfinished_files_go_an_hour_after_their_last_part_and_named_ones_stay(
    make_server: Callable[..., Server], tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0")
    server = make_server(clock=clock)
    person = reporter(server.wire(), server.team).log_in()
    kept = person.send_file(*PARTS)
    assert report_with(person, kept) is None
    named = on_disk(server)
    file = start(person)
    assert put(person, file, 0, PARTS[0]) == 204
    clock.write_text("3000")
    person.log_in()
    assert put(person, file, 1, PARTS[1]) == 204
    clock.write_text(str(3000 + 3590))
    person.log_in()
    assert held(person, file) == (0, 1)
    clock.write_text(str(3000 + 3605))
    wait_until(lambda: on_disk(server) == named)
    assert person.ask("GET", f"/api/files/{path_id(file)}").fault is Fault.UNKNOWN
    assert report_with(reporter(server.wire(), server.team).log_in()) is None


def test_part_files_tell_the_day_alone_and_no_file_id(server: Server, someone: Person) -> None:
    before = on_disk(server)
    sent = someone.send_file(*PARTS)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    for path in on_disk(server) - before:
        status = path.stat()
        assert (status.st_mtime, status.st_mode & 0o777) == (today, 0o600)
        assert sent.file.hex() not in str(path)
        assert os.stat(path.parent).st_mode & 0o777 == 0o700
