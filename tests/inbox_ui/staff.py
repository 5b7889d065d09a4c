"""Several workstations of one team at one server in memory."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from crypto.chains import Stored
from crypto.documents import read_payload
from crypto.envelope import Chain
from crypto.errors import ProtocolError
from crypto.joining import Terms, admit, read_admission
from crypto.keys import AnalystSecret, GroupSecret
from crypto.opening import open_sealed
from crypto.roster import Duty
from inbox_ui import assigning, membership, rostering
from inbox_ui.archive import Archive
from inbox_ui.folder import Folder
from inbox_ui.settings import Settings
from inbox_ui.vault import Vault, read_root, read_vault, write_vault
from tests.inbox_ui.conftest import ORIGIN, PASSPHRASE, Clock, Desk, Writer
from tests.inbox_ui.kept import Kept
from tests.simulator import Simulator

T = TypeVar("T")
READER = (Duty.ANALYST,)
PUBLISHER = (Duty.ANALYST, Duty.PUBLISHER)


@dataclass
class Staff:
    """``first`` is the founder: analyst, publisher and custodian, on intake duty."""

    first: Desk
    clock: Clock
    others: dict[str, Desk] = field(default_factory=dict)

    @property
    def server(self) -> Simulator:
        return self.first.server

    def hire(self, name: str, duties: tuple[Duty, ...] = READER, *, intake: bool = True) -> Desk:
        """Somebody joins; the roster with them is published. They have not synced yet."""
        first = self.first.station
        root = read_root(self.first.folder.default_root, PASSPHRASE)
        secret, service = AnalystSecret.generate(secrets.token_bytes), first.vault.service
        days = (self.clock(), self.clock() + timedelta(days=360))
        terms = Terms(name, membership.in_order(duties), intake, days)
        admission = read_admission(admit(secret.keys.card, terms, root), root.keys.card)
        vault = Vault(
            service, secret.expose(), admission.admitted.certificate, admission.publisher, ()
        )
        folder = Folder(self.first.folder.path.with_name(name))
        folder.path.mkdir(mode=0o700)
        write_vault(folder.vault, vault, PASSPHRASE, secrets.token_bytes)
        Settings(ORIGIN, None).save(folder.settings)
        with Archive.create(folder.archive) as archive:
            archive.directories.remember(first.seen.signed)
        self.change(membership.add(admission))
        self.others[name] = Desk(folder, self.server, self.clock)
        return self.others[name]

    def kept(self, kept: Kept, name: str, make: Callable[[], T]) -> T:
        """What ``make`` gives and makes of this team; once for all tests of a module."""

        def again(label: str) -> Desk:
            place = Folder(self.first.folder.path.with_name(label))
            return Desk(place, self.server, self.clock)

        return kept.moment(name, self.first, self.others, again, make)

    def change(self, change: membership.Change) -> None:
        """The founder publishes the next roster."""
        self.first.sync()
        rostering.sign_next(self.first.station, change)
        self.first.sync()

    def go(self, days: int, *desks: Desk, step: int = 7) -> None:
        """Days pass; ``desks`` sync about once a week, and on the last of the days."""
        while days > 0:
            self.clock.go(min(step, days))
            self.server.today = self.clock()
            days -= step
            for desk in desks:
                outcome = desk.sync()
                assert outcome.troubles == [], outcome.troubles

    def write(self, text: str) -> Writer:
        writer = Writer(self.server)
        writer.write(text)
        return writer

    def close(self) -> None:
        for desk in self.others.values():
            desk.close()


def held(desk: Desk) -> Vault:
    """What the vault's file holds."""
    return read_vault(desk.folder.vault, PASSPHRASE)


def epochs(desk: Desk) -> list[int]:
    return [each.epoch for each in held(desk).intake]


def opens(desk: Desk) -> list[str]:
    """What a workstation can read of all cases, sorted."""
    return sorted(text for case in desk.cases() for text in desk.texts(case) if text)


def opens_all_rows(desk: Desk, server: Simulator) -> list[str]:
    """What the vault opens when its owner is given all that the server has."""
    keyring = {id_: group.keys for id_, group in held(desk).groups.items()}
    found = []
    for row in server.rows:
        stored = Stored(row.header, row.body_hash, row.body, row.wraps, row.day, None)
        try:
            content = open_sealed(stored, keyring)
        except ProtocolError:
            continue
        found.append(getattr(read_payload(Chain(row.chain), content.payload), "text", ""))
    return sorted(found)


def knows(desk: Desk, group: bytes) -> bool:
    """Whether the secret of the group with this card id is anywhere in the vault's file."""
    vault = held(desk)
    secrets_ = [each.secret for each in (*vault.intake, *vault.cases)]
    secrets_ += vault.contact + tuple(each for each in (vault.pending_contact,) if each is not None)
    secrets_ += [vault.pending.secret] if vault.pending is not None else []
    return group in {GroupSecret(each).keys.card.id for each in secrets_}


def hire(staff: Staff, name: str, *, intake: bool = True) -> Desk:
    """Somebody who has synced, and whom the founder's workstation knows."""
    hired = staff.hire(name, intake=intake)
    for _ in range(2):
        hired.sync()
        staff.first.sync()
    return hired


def settle(*desks: Desk) -> None:
    """Each learns what the others did; nobody has to be told of anything."""
    for _ in range(3):
        for desk in desks:
            assert desk.sync().troubles == []


def assign(desk: Desk, *others: Desk) -> None:
    """The only case of ``desk`` is given to its analyst and to ``others``."""
    handlers = frozenset(each.station.analyst.card.id for each in (desk, *others))
    assigning.assign(desk.station, desk.only(), handlers, "")


def acknowledge(desk: Desk) -> None:
    """The reporter is told that everything of the only case was read."""
    desk.station.archive.outbox.put(desk.station.analyst.receipt(desk.open().file))
