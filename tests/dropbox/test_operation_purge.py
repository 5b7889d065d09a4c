"""``purge``: what is due leaves nothing; what is not, or was never read, stays (T83, T84)."""

import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from crypto.directory import LIMITS
from crypto.envelope import Chain
from crypto.keys import MailboxSecret
from dropbox.operation.upgrade import BACKUP_NAME
from dropbox.settings import load_settings
from dropbox.store import ground
from dropbox.store.locations import opened
from dropbox.store.parts import Parts
from dropbox.store.retention import month_of
from dropbox.store.schema import envelopes, mailboxes, purged
from dropbox.store.store import PARTS_NAME
from dropbox.wire import Fault, Role, mark_of
from tests.dropbox.past import (
    ago,
    contents,
    do,
    fetch,
    in_store,
    publish,
    put_file,
    report,
    submitted,
)
from tests.dropbox.server import COMMAND, ROOT, Server, make_data, run
from tests.dropbox.team import Team, today
from tests.dropbox.test_commands import refused
from tests.dropbox.test_durability import Crowd, check_promises
from tests.dropbox.wiretap import Person, Sealed, analyst, reporter, seal
from tests.needs import needs
from tests.postgres import Postgres

Databases = Callable[[], str]
OLD = 95


@pytest.fixture
def data(tmp_path: Path, team: Team, new_database: Databases) -> Path:
    """A server's data, begun long ago."""
    issued = today() - timedelta(days=OLD)
    return make_data(tmp_path / "data", team, database=new_database(), issued=issued)


def purge(data: Path, *options: str) -> int:
    done = run("purge", "--data", data, *options)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[1])


def mailboxes_of(data: Path) -> set[bytes]:
    return set(in_store(data, lambda each: each.scalars(select(mailboxes.c.address)).all()))


def address_of(sealed: Sealed) -> bytes:
    return sealed.envelope.header.mailbox


def is_whole(data: Path) -> bool:
    checked = json.loads(run("check", "--data", data, "--json").stdout)
    return not checked["damaged"] and not checked["orphans"]


# -- what is due ----------------------------------------------------------------------------------


@pytest.mark.statements
def test_what_was_not_used_for_as_long_as_the_directory_says_goes_and_the_rest_stays(
    data: Path, team: Team
) -> None:
    gone = [report(data, team, days=each, files=1) for each in (OLD, 91)]
    kept = [report(data, team, days=90)]
    publish(data, team)
    kept.append(report(data, team, files=1))
    fetch(data)
    dry = run("purge", "--data", data, "--dry-run")
    assert "Due: 2 mailboxes" in dry.stdout
    assert mailboxes_of(data) == set(map(address_of, gone + kept))
    assert purge(data) == 2
    assert mailboxes_of(data) == set(map(address_of, kept))
    assert is_whole(data)
    assert purge(data) == 0


def test_any_envelope_is_use_also_of_the_team(data: Path, team: Team) -> None:
    waiting = report(data, team, days=OLD)
    address = address_of(waiting)
    recipients = (address, secrets.token_bytes(32))
    do(data, [submitted(address, seal(address, recipients, Chain.TEAM), Role.ANALYST)], days=10)
    publish(data, team)
    fetch(data)
    assert purge(data) == 0


def test_the_days_are_the_directorys(tmp_path: Path, new_database: Databases) -> None:
    team = Team(limits=replace(LIMITS, days_unused=10))
    issued = today() - timedelta(days=12)
    data = make_data(tmp_path / "data", team, database=new_database(), issued=issued)
    report(data, team, days=11)
    report(data, team, days=10)
    publish(data, team)
    fetch(data)
    assert purge(data) == 1


def test_reading_is_use_and_is_noted_to_the_month_and_no_finer(
    data: Path, team: Team, tmp_path: Path
) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0")
    publish(data, team)
    with Server(data, team, clock=clock) as server:
        person = reporter(server.wire(), team)
        intake = (team.intake.keys.card.id,)
        do(data, [submitted(person.address, seal(person.address, intake))], days=0)
        other = report(data, team)
        fetch(data)

        def used() -> date | None:
            chosen = select(mailboxes.c.used).where(mailboxes.c.address == person.address)
            day: date | None = in_store(data, lambda each: each.scalar(chosen))
            return day

        def read(days: int) -> None:
            clock.write_text(str(days * 86400))
            person.token = ""
            assert person.log_in().ask("GET", "/api/mailbox/0").status == 200

        read(0)
        assert used() is None  # the envelope of this month says it already
        read(70)
        assert used() == month_of((ago(-70)).date())
        read(70)
        stranger = reporter(server.wire(), team).log_in()
        assert stranger.ask("GET", "/api/mailbox/0").status == 200
    assert {address_of(other), person.address} == mailboxes_of(data)
    for days, left in ((91, {person.address}), (160, {person.address}), (225, set())):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ground, "utc_now", lambda days=days: ago(-days))
            publish(data, team, issued=today() + timedelta(days=days))
            run("purge", "--data", data)
        assert mailboxes_of(data) == left, days


# -- what is left ---------------------------------------------------------------------------------


def traces(folders: list[Path], sealed: list[Sealed]) -> int:
    """How many pieces of these envelopes lie in any file: ids, headers, bodies, wraps."""
    needles: list[bytes] = []
    for each in sealed:
        body = each.envelope.body
        needles += [address_of(each), each.id, each.envelope.header.commitment]
        needles += [body[at : at + 24] for at in range(0, len(body) - 24, 4000)]
        needles += [wrap[at : at + 24] for wrap in each.wraps for at in (0, 500, 1100)]
    content = b"\0".join(
        path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()
    )
    return sum(needle in content for needle in needles)


def test_no_byte_of_what_was_purged_is_left_in_database_log_or_parts(
    tmp_path: Path, team: Team
) -> None:
    """T83, with a server running that has the file open and goes on."""
    data = make_data(tmp_path / "data", team, issued=today() - timedelta(days=OLD))
    gone = [
        report(data, team, days=OLD - number % 3, files=number % 3 == 0) for number in range(30)
    ]
    publish(data, team)
    with Server(data, team, workers=2) as server:
        kept = [report(data, team) for _ in range(10)]
        assert analyst(server.wire(), team).log_in().ask("GET", "/api/feed/0").status == 200
        fetch(data)
        before, theirs = traces([data], gone), traces([data], kept)
        assert before >= 30 * 7
        assert any((data / PARTS_NAME).rglob("*/*"))
        assert purge(data) == 30
        assert traces([data], gone) == 0
        assert traces([data], kept) == theirs
        assert not [path for path in (data / PARTS_NAME).rglob("*") if path.is_file()]
        assert (data / "dropbox.db-wal").stat().st_size == 0
        person = reporter(server.wire(), team).log_in()
        assert person.submit(seal(person.address, (team.intake.keys.card.id,))).status == 200
    assert is_whole(data)


@pytest.mark.postgresql
def test_no_byte_of_what_was_purged_is_left_in_the_tables_of_postgresql(
    tmp_path: Path, team: Team
) -> None:
    """T84. What is left in its log of changes, and for how long, is in decision 0005."""
    needs("postgresql")
    with Postgres() as postgres:
        issued = today() - timedelta(days=OLD)
        data = make_data(tmp_path / "data", team, database=postgres.make(), issued=issued)
        gone = [report(data, team, days=OLD, files=number % 3 == 0) for number in range(10)]
        publish(data, team)
        kept = [report(data, team) for _ in range(5)]
        fetch(data)
        tables = [postgres.pgdata / "base", data]
        postgres.query("CHECKPOINT")
        assert traces(tables, gone) >= 10 * 7
        there = traces(tables, kept)
        assert purge(data, "--rewrite") == 10
        postgres.query("CHECKPOINT")
        assert traces(tables, gone) == 0
        assert traces(tables, kept) == there
        assert is_whole(data)


def test_a_purged_mailbox_is_as_if_it_had_never_been_and_takes_nothing_more(
    data: Path, team: Team, tmp_path: Path, new_database: Databases
) -> None:
    secret = MailboxSecret.generate(secrets.token_bytes)
    address = secret.keys.card.id
    intake = (team.intake.keys.card.id,)
    first = seal(address, intake)
    do(data, [submitted(address, first)], days=OLD)
    publish(data, team)
    fetch(data)
    assert purge(data) == 1
    assert in_store(data, lambda each: each.scalars(select(purged.c.mark)).all()) == [
        mark_of(address)
    ]
    assert address not in mark_of(address)
    assert run("backup", "--data", data, tmp_path / "b").returncode == 0
    again = tmp_path / "again"
    done = run("restore", "--data", again, "--database", new_database(), tmp_path / "b")
    assert done.returncode == 0
    for place in (data, again):
        with Server(place, team) as server:
            person = Person(server.wire(), team, secret).log_in()
            stranger = reporter(server.wire(), team).log_in()
            pages = [each.ask("GET", "/api/mailbox/0") for each in (person, stranger)]
            assert pages[0].body == pages[1].body
            for sealed in (first, seal(address, intake)):
                assert person.submit(sealed).fault is Fault.PLACE_TAKEN
            insider = analyst(server.wire(), team).log_in()
            reply = seal(address, (address, secrets.token_bytes(32)), Chain.TEAM)
            assert insider.submit(reply).fault is Fault.UNKNOWN
            assert insider.ask("GET", "/api/feed/0").page()[0].entries == ()
            assert stranger.submit(seal(stranger.address, intake)).status == 200


def test_what_an_upgrade_has_left_goes_with_what_is_in_it(data: Path, team: Team) -> None:
    publish(data, team)
    old = data / BACKUP_NAME
    old.write_bytes(b"")
    purge(data)
    assert old.exists()
    os.utime(old, (time.time() - 15 * 86400,) * 2)
    purge(data)
    assert not old.exists()


@pytest.mark.statements
def test_what_has_expired_goes_too(data: Path, team: Team) -> None:
    put_file(data, secrets.token_bytes(32), b"never named", days=2)
    publish(data, team)
    put_file(data, secrets.token_bytes(32), b"on its way")
    assert "1 unfinished files" in run("purge", "--data", data).stdout
    assert len(contents(data)["files"]) == 1
    assert is_whole(data)


# -- what must not go -----------------------------------------------------------------------------


@pytest.mark.statements
def test_a_report_that_nobody_has_fetched_never_vanishes_in_silence(data: Path, team: Team) -> None:
    read = report(data, team, days=OLD)
    fetch(data)
    unread = [report(data, team, days=each, files=1) for each in (OLD, 92)]
    publish(data, team)
    done = run("purge", "--data", data)
    assert refused(done)
    assert "no workstation has fetched" in done.stderr
    assert "1 mailboxes" in done.stdout
    assert mailboxes_of(data) == set(map(address_of, unread)) != {address_of(read)}
    assert purge(data, "--yes") == 2
    assert mailboxes_of(data) == set()
    assert is_whole(data)


@pytest.mark.parametrize("days", [15, 400, 3650, 20_000])
def test_a_clock_that_is_years_ahead_purges_nothing(
    data: Path, team: Team, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    publish(data, team)
    report(data, team, files=1)
    fetch(data)
    before = contents(data)
    monkeypatch.setattr(ground, "utc_now", lambda: datetime.now(UTC) + timedelta(days=days))
    done = run("purge", "--data", data)
    assert refused(done)
    assert "clock" in done.stderr
    assert contents(data) == before
    assert run("purge", "--data", data, "--dry-run").returncode == 0
    assert contents(data) == before


def test_a_clock_that_is_behind_purges_nothing(
    data: Path, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(data, team)
    report(data, team)
    fetch(data)
    for days in (2, 3650):
        moment = ago(days)
        monkeypatch.setattr(ground, "utc_now", lambda moment=moment: moment)
        assert refused(run("purge", "--data", data))
        assert run("purge", "--data", data, "--yes").returncode == 0
    assert len(mailboxes_of(data)) == 1


def set_days(data: Path, sealed: list[Sealed], day: date) -> None:
    """As if the clock had been wrong when these were stored."""
    ids = [each.id for each in sealed]
    in_store(
        data,
        lambda each: each.execute(update(envelopes).where(envelopes.c.id.in_(ids)).values(day=day)),
    )


def test_what_a_clock_stored_that_was_behind_is_not_older_than_what_came_before_it(
    data: Path, team: Team
) -> None:
    old = report(data, team, days=OLD)
    publish(data, team)
    report(data, team)
    young = report(data, team)
    set_days(data, [young], date(1970, 1, 1))
    fetch(data)
    assert purge(data) == 1
    assert address_of(old) not in mailboxes_of(data)
    assert address_of(young) in mailboxes_of(data)


def test_what_a_clock_stored_that_was_ahead_is_not_kept_for_years(data: Path, team: Team) -> None:
    old = report(data, team, days=OLD)
    set_days(data, [old], today() + timedelta(days=3650))
    in_store(
        data,
        lambda each: each.execute(update(mailboxes).values(used=date(today().year + 9, 1, 1))),
    )
    publish(data, team)
    report(data, team)
    fetch(data)
    assert purge(data) == 0  # it was read at some time that nobody knows
    used = in_store(data, lambda each: each.scalars(select(mailboxes.c.used)).all())
    assert month_of(today()) in used
    in_store(data, lambda each: each.execute(update(mailboxes).values(used=None)))
    assert purge(data) == 1
    assert address_of(old) not in mailboxes_of(data)


# -- while others are at work ---------------------------------------------------------------------


@pytest.mark.statements
def test_a_purge_while_people_write_loses_nothing_of_theirs(
    data: Path, team: Team, wait_until: Callable[..., None]
) -> None:
    gone = [report(data, team, days=OLD, files=number % 5 == 0) for number in range(40)]
    publish(data, team)
    fetch(data)
    with Server(data, team, workers=2) as server:
        with Crowd(server) as crowd:
            wait_until(lambda: len(crowd.receipts) > 20, 30)
            done = run("purge", "--data", data)
            assert done.returncode == 0, done.stderr
            got = len(crowd.receipts)
            wait_until(lambda: len(crowd.receipts) > got + 20, 30)
        assert not mailboxes_of(data) & set(map(address_of, gone))
        check_promises(server, crowd)
    assert is_whole(data)


def killed_between(data: Path, least: int) -> bool:
    """Kill a purge once it has purged so many; whether it was still at work."""
    process = subprocess.Popen(
        [*COMMAND, "purge", "--data", str(data)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    marks = select(func.count()).select_from(purged)
    with opened(load_settings(data).locate()) as database:
        while process.poll() is None:
            if (database.read(lambda each: each.scalar(marks)) or 0) >= least:
                process.kill()
                break
    return process.wait() == -signal.SIGKILL


@pytest.mark.statements
def test_a_purge_that_is_killed_leaves_a_sound_server_and_the_next_one_ends_it(
    data: Path, team: Team
) -> None:
    gone = [report(data, team, days=OLD, files=1) for _ in range(6)]
    jobs = []
    for _ in range(400):
        address = secrets.token_bytes(32)
        gone.append(seal(address, (team.intake.keys.card.id,)))
        jobs.append(submitted(address, gone[-1]))
    do(data, jobs, days=OLD)
    gone += [report(data, team, days=OLD, files=1) for _ in range(6)]
    publish(data, team)
    kept = report(data, team, files=1)
    fetch(data)
    caught = []
    for least in (0, 1, 100, 200, 300):
        caught.append(killed_between(data, least))
        assert json.loads(run("check", "--data", data, "--json").stdout)["damaged"] == []
    assert any(caught[1:])
    assert run("purge", "--data", data).returncode == 0
    assert mailboxes_of(data) == {address_of(kept)}
    assert is_whole(data)
    assert len(list(Parts(data / PARTS_NAME).all())) == 2
    marks = in_store(data, lambda each: each.scalars(select(purged.c.mark)).all())
    assert set(marks) == {mark_of(address_of(each)) for each in gone}
