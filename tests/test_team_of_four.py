"""Who of a team can read what, from a report to long after its purge (docs/protocol.md §7, §11).

Four workstations and a real server, spoken to over HTTP: Sue is a supervisor, Hal and Ida handle
Ann's case, Nat is neither. All are on intake duty. Days pass by a clock that server, workstations
and reporters are given. What somebody could open is tried with everything in their vault against
everything in a database: the server's, one made from a backup, and copies of its raw files.

The tests are one story and are run in their order.
"""

import asyncio
import secrets
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from crypto.documents import Conclusion
from crypto.envelope import Chain
from crypto.keys import MailboxSecret
from crypto.reporter import Conversation, Draft
from dropbox.client.http import HttpTransport
from dropbox.client.origins import read_origin
from dropbox.client.retry import NO_PATIENCE
from dropbox.client.transport import Answer
from dropbox.client.visit import Visit
from inbox_ui import assigning, casework, founding
from inbox_ui.folder import Folder
from inbox_ui.settings import Settings
from inbox_ui.summary import State, Summary
from tests.dropbox.server import Server, free_port, run
from tests.dropbox.team import Team
from tests.inbox_ui.conftest import PASSPHRASE, Clock, Desk
from tests.inbox_ui.staff import Staff, epochs, held
from tests.inbox_ui.team import id_of, opened
from tests.simulator import Row, Simulator

pytestmark = pytest.mark.slow

FIRST_LABEL = "Sue"


@dataclass
class Once:
    """A ``Transport`` with a connection for each request: nothing is left open behind it."""

    origin: str

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes, limit: int
    ) -> Answer:
        line = HttpTransport(read_origin(self.origin))
        try:
            return await line.request(method, path, headers=headers, body=body, limit=limit)
        finally:
            await line.close()

    async def close(self) -> None:
        pass


@dataclass
class Machine:
    """The server's machine: its folder, its processes, its clock, and all copies of its disk.

    It stands where the desks of ``staff`` have a server in memory.
    """

    folder: Path
    port: int = field(default_factory=free_port)
    copies: dict[str, "Found"] = field(default_factory=dict)
    _running: list[Server] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def transport(self) -> Once:
        return Once(self.origin)

    @property
    def today(self) -> date:
        ahead = float((self.folder / "clock").read_text())
        return (datetime.now(UTC) + timedelta(seconds=ahead)).date()

    @today.setter
    def today(self, day: date) -> None:
        """It is noon of ``day`` there."""
        noon = datetime.combine(day, time(12), UTC)
        seconds = (noon - datetime.now(UTC)).total_seconds()
        (self.folder / "clock").write_text(str(seconds))

    def install(self, directory: bytes) -> None:
        file = self.folder / "directory"
        file.write_bytes(directory)
        where = ("--data", self.data, "--origin", self.origin)
        assert run("init", *where, "--directory", file).returncode == 0

    def start(self) -> None:
        server = Server(self.data, Team(), port=self.port, clock=self.folder / "clock")
        self._running.append(server.__enter__())

    def stop(self) -> None:
        while self._running:
            self._running.pop().stop()

    def copy(self, name: str) -> "Found":
        """Keep the raw files as they are at this moment, and look into them."""
        self.stop()
        shutil.copytree(self.data, self.folder / name)
        self.start()
        self.copies[name] = look_into(self.folder / name)
        return self.copies[name]

    def back_up(self, name: str) -> None:
        """Make a backup, and a server from it: what that one has."""
        file, data = self.folder / f"{name}.backup", self.folder / name
        assert run("backup", "--data", self.data, file).returncode == 0
        done = run("restore", "--data", data, "--database", "sqlite", file)
        assert done.returncode == 0, done.stderr
        self.copies[name] = look_into(data)


@dataclass(frozen=True)
class Found:
    """All that a database has of mailboxes and of grants."""

    rows: tuple[Row, ...]
    grants: tuple[bytes, ...]

    def of(self, mailbox: bytes) -> list[Row]:
        return [row for row in self.rows if row.mailbox == mailbox]


def look_into(data: Path) -> Found:
    """Read the database's file, without any code of the server's."""
    with closing(sqlite3.connect(data / "dropbox.db")) as database:
        wraps: dict[int, dict[bytes, bytes]] = {}
        for envelope, recipient, wrap in database.execute(
            "SELECT envelope, recipient, wrap FROM wraps"
        ):
            wraps.setdefault(envelope, {})[recipient] = wrap
        rows = database.execute(
            "SELECT position, address, header, body_hash, body, day FROM envelopes"
            " JOIN mailboxes ON envelopes.mailbox = mailboxes.id ORDER BY position"
        )
        found = tuple(
            Row(
                position, address, header, hashed, body, wraps.get(position, {}),
                date.fromisoformat(day),
            )
            for position, address, header, hashed, body, day in rows
        )  # fmt: skip
        grants = tuple(signed for (signed,) in database.execute("SELECT signed FROM grants"))
    return Found(found, grants)


@dataclass
class Writer:
    """A reporter over HTTP, with the client library of the command line."""

    machine: Machine
    root: bytes
    clock: Clock
    secret: MailboxSecret = field(
        default_factory=lambda: MailboxSecret.generate(secrets.token_bytes)
    )

    @property
    def address(self) -> bytes:
        return self.secret.keys.card.id

    def write(self, text: str) -> None:
        async def send(visit: Visit) -> None:
            conversation = await visit.read()
            if conversation.empty:
                await visit.report(Draft(text))
            else:
                await visit.answer(Draft(text), conversation)

        self._visit(send)

    def replies(self) -> list[str]:
        """The texts of the team."""
        conversation = cast("Conversation", self._visit(lambda visit: visit.read()))
        texts = [getattr(item.payload, "text", "") for item in conversation.items]
        return [text for text in texts if text]

    def _visit(self, do: Callable[[Visit], Awaitable[Any]]) -> Any:
        async def whole() -> Any:
            async with Visit(
                self.machine.transport(), self.machine.origin, self.root,
                random_bytes=secrets.token_bytes, today=self.clock, patience=NO_PATIENCE,
            ) as visit:  # fmt: skip
                await visit.arrive()
                visit.resume(self.secret)
                return await do(visit)

        return asyncio.run(whole())


@dataclass
class House:
    """The team, the machine, and three reporters: Ann's case is assigned and purged in the end,
    Bea's changes hands, Cal's is never assigned."""

    staff: Staff
    machine: Machine
    ann: Writer
    bea: Writer
    cal: Writer

    def __post_init__(self) -> None:
        self.sue, others = self.staff.first, self.staff.others
        self.hal, self.ida, self.nat = others["Hal"], others["Ida"], others["Nat"]
        self.everybody = (self.sue, self.hal, self.ida, self.nat)

    def sync(self, times: int = 2) -> None:
        """Everybody: what one does at the end of a sync, another sees at the next."""
        for _ in range(times):
            for desk in self.everybody:
                troubles = desk.sync().troubles
                assert troubles == [], (desk.folder, troubles)

    def go(self, days: int) -> None:
        """Days pass; everybody syncs every ten of them, and on the last."""
        while days > 0:
            self.staff.go(min(days, 10))
            days -= 10
            self.sync(1)
        self.sync(1)

    def now(self) -> Found:
        return look_into(self.machine.data)

    def case(self, desk: Desk, writer: Writer) -> Summary:
        book = desk.station.casebook
        [found] = [each for each in desk.cases() if book.address(each) == writer.address]
        return found

    def texts(self, desk: Desk, writer: Writer) -> list[str]:
        return [text for text in desk.texts(self.case(desk, writer)) if text]

    def reply(self, desk: Desk, writer: Writer, text: str) -> None:
        case = self.case(desk, writer)
        read = casework.newest_read(desk.station, case.name)
        casework.reply(desk.station, case, text, "en", read)

    def opens(self, desk: Desk, found: Found, writer: Writer) -> list[Row]:
        """What of a mailbox opens with a whole database and all that is in a vault's file."""
        return opened(held(desk), found.of(writer.address), found.grants)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder, clock = tmp_path_factory.mktemp("four"), Clock(datetime.now(UTC).date())
    machine = Machine(folder)
    team = founding.found(
        "Invented Team", [machine.origin], clock(), secrets.token_bytes, FIRST_LABEL
    )
    vault = Folder(folder / FIRST_LABEL)
    settings = Settings(machine.origin, None)
    founding.settle(team, vault, vault.default_root, settings, PASSPHRASE, secrets.token_bytes)
    machine.install(team.directory)
    machine.today = clock()
    machine.start()
    staff = Staff(Desk(vault, cast("Simulator", machine), clock), clock)
    staff.first.sync()
    for name in ("Hal", "Ida", "Nat"):
        staff.hire(name).sync()
    writers = [Writer(machine, team.vault.service, clock) for _ in range(3)]
    made = House(staff, machine, *writers)
    try:
        yield made
    finally:
        for desk in made.everybody:
            desk.close()
        machine.stop()


def test_before_an_assignment_everybody_on_intake_duty_reads(house: House) -> None:
    house.sync()
    for writer, text in ((house.ann, "Of Ann."), (house.bea, "Of Bea."), (house.cal, "Of Cal.")):
        writer.write(text)
    house.sync(1)
    before = house.machine.copy("before")
    for desk in house.everybody:
        assert house.texts(desk, house.ann) == ["Of Ann."]
        assert len(house.opens(desk, before, house.ann)) == 1, "the control: this is how it opens"


def test_after_an_assignment_one_who_is_neither_opens_nothing_of_the_whole_database(
    house: House,
) -> None:
    handlers = frozenset(map(id_of, (house.hal, house.ida)))
    for writer in (house.ann, house.bea):
        assigning.assign(house.sue.station, house.case(house.sue, writer), handlers, "Yours.")
    house.sue.sync()
    assert house.machine.copy("granted").grants, "the handlers have not fetched them yet"
    house.sync()
    house.ann.write("Of Ann, later.")
    house.sync(1)
    house.reply(house.hal, house.ann, "To Ann.")
    house.sync()
    assert house.ann.replies() == ["To Ann."]
    now = house.machine.copy("assigned")
    assert len(now.of(house.ann.address)) == 6
    assert house.opens(house.nat, now, house.ann) == []
    for desk in (house.hal, house.ida):
        assert len(house.opens(desk, now, house.ann)) == 6
        assert house.texts(desk, house.ann)[:2] == ["Of Ann.", "Of Ann, later."]
        assert house.case(desk, house.ann).is_whole
    assert house.case(house.nat, house.ann).state == State.LOCKED
    # a copy from before is another matter until the epoch is over, and so is what was read
    assert house.opens(house.nat, house.machine.copies["before"], house.ann)


def test_after_a_removal_a_handler_opens_nothing_new(house: House) -> None:
    ida, copied = frozenset({id_of(house.ida)}), held(house.ida)
    case = house.case(house.hal, house.bea)
    assigning.change_handlers(house.hal.station, case, frozenset(), ida, "Enough.")
    house.hal.sync()
    known = {row.id for row in house.now().of(house.bea.address)}
    house.bea.write("Not for Ida.")
    house.sync()
    house.reply(house.hal, house.bea, "Nor this.")
    house.sync()
    now = house.machine.copy("removed")
    fresh = [row for row in now.of(house.bea.address) if row.id not in known]
    assert len(fresh) == 3
    assert opened(held(house.ida), fresh, now.grants) == []
    assert house.opens(house.ida, now, house.bea) == [], "what was there is wrapped anew"
    assert len(opened(held(house.hal), fresh, now.grants)) == 3
    # Ida's workstation has let go of it; what was copied before may have been kept (§7), and opens
    # the copy of that time
    assert not [each for each in held(house.ida).cases if each.mailbox == house.bea.address]
    assert opened(copied, house.machine.copies["assigned"].of(house.bea.address))
    assert opened(copied, fresh, now.grants) == []


def test_after_the_epoch_nobody_opens_what_was_left_in_it(house: House) -> None:
    before = house.machine.copies["before"]
    house.go(35)
    for desk in house.everybody:
        assert epochs(desk) == [1, 2], "the one before is opened for 16 more days"
        assert house.opens(desk, before, house.cal)
    house.go(21)
    for desk in house.everybody:
        assert epochs(desk) == [2]
        for writer in (house.ann, house.bea, house.cal):
            assert house.opens(desk, before, writer) == []
        # what was not left in it was wrapped anew, and nothing is lost
        assert house.texts(desk, house.cal) == ["Of Cal."]
        assert len(house.opens(desk, house.now(), house.cal)) == 1
    assert house.texts(house.hal, house.ann)[:2] == ["Of Ann.", "Of Ann, later."]


def test_from_then_on_whoever_assigned_a_case_and_does_not_handle_it_opens_nothing(
    house: House,
) -> None:
    """Sue made the keys of both cases: to grant them, and not to keep them."""
    for name, found in {**house.machine.copies, "now": house.now()}.items():
        for desk in (house.sue, house.nat):
            assert house.opens(desk, found, house.ann) == [], name
            assert house.opens(desk, found, house.bea) == [], name


def test_after_the_purge_it_takes_a_raw_copy_and_a_handlers_vault(house: House) -> None:
    house.machine.back_up("restored")
    case, until = house.case(house.hal, house.ann), house.staff.clock() + timedelta(days=3)
    assigning.conclude(house.hal.station, case, Conclusion.REFERRED, until, "Passed on.")
    house.sync()
    house.machine.copy("concluded")
    house.go(8)
    assert house.now().of(house.ann.address) == []
    for desk in (house.hal, house.ida):
        assert not [each for each in held(desk).cases if each.mailbox == house.ann.address]
    _restore_and_look(house)
    # Until the receiving keys of that time are erased, a raw copy in which the grant still lies
    # gives the key to a handler's vault, and every copy with it. Said in the threat model.
    copies = house.machine.copies
    for desk in (house.hal, house.ida):
        rows = copies["assigned"].of(house.ann.address)
        assert len(opened(held(desk), rows, copies["granted"].grants)) == len(rows)
        assert opened(held(desk), rows) == [], "the grant is what gives it"
    assert copies["restored"].grants == (), "no backup holds a grant"


def test_after_the_erasure_of_that_times_receiving_keys_no_vault_opens_any_copy(
    house: House,
) -> None:
    house.go(14)  # a third epoch: the receiving keys of the first go
    copies = house.machine.copies
    grants = {grant for found in copies.values() for grant in found.grants} | {*house.now().grants}
    rows = [row for found in copies.values() for row in found.of(house.ann.address)]
    assert len(rows) > 20
    for desk in house.everybody:
        assert epochs(desk)[-1] == 3
        assert opened(held(desk), rows, grants) == []
    assert house.now().of(house.ann.address) == []
    # her words still open what the team wrote, in a copy; here there is nothing for them
    assert house.ann.replies() == []
    # and nobody else has lost anything
    assert house.texts(house.nat, house.cal) == ["Of Cal."]
    assert "Not for Ida." in house.texts(house.hal, house.bea)


def _restore_and_look(house: House) -> None:
    """The backup alone opens for nobody: it has wraps, and no grant."""
    rows = house.machine.copies["restored"].of(house.ann.address)
    assert {row.chain for row in rows} == {Chain.REPORTER, Chain.TEAM, Chain.CASE}
    for desk in house.everybody:
        assert opened(held(desk), rows) == []
