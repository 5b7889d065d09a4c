"""A team of several workstations at one server in memory, and what anybody could open of it."""

import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

from crypto.certificates import CertificateRole, certify
from crypto.chains import Stored
from crypto.errors import ProtocolError
from crypto.groups import ReceivingSecret, named_grant
from crypto.keys import AnalystSecret, GroupSecret, Keys
from crypto.opening import open_sealed
from crypto.roster import (
    Duty,
    Member,
    Roster,
    read_roster,
    roster_hash,
    sign_roster,
    supervisors_of,
)
from crypto.wrapping import WrapKind, unwrap
from inbox_ui.archive import Archive
from inbox_ui.settings import Settings
from inbox_ui.vault import Vault, read_root, write_vault
from tests.inbox_ui.conftest import ORIGIN, PASSPHRASE, Desk
from tests.inbox_ui.kept import Kept
from tests.simulator import Asked, Row, Simulator

ANALYST = (Duty.ANALYST,)
T = TypeVar("T")


@dataclass
class Colleagues:
    """The first analyst's desk, and those who joined. Each has synced once."""

    first: Desk
    make_desk: Callable[..., Desk]
    desks: dict[str, Desk] = field(default_factory=dict)

    def kept(self, kept: Kept, name: str, make: Callable[[], T]) -> T:
        """What ``make`` gives and makes of this team; once for all tests of a module."""

        def again(label: str) -> Desk:
            return self.make_desk(label, self.first.server)

        return kept.moment(name, self.first, self.desks, again, make)

    def join(self, label: str, duties: Collection[Duty] = ANALYST, *, intake: bool = True) -> Desk:
        """Another workstation, certified, on the roster, with today's intake group if on intake."""
        first, secret = self.first.station.vault, AnalystSecret.generate(secrets.token_bytes)
        root = read_root(self.first.folder.default_root, PASSPHRASE)
        days = (self.first.clock(), self.first.clock() + timedelta(days=366))
        card = secret.keys.card
        certificate = certify(card, CertificateRole.ANALYST, days, root.keys, first.service)
        contact = first.contact if Duty.CUSTODIAN in duties else ()
        held = first.intake if intake else ()
        vault = Vault(first.service, secret.expose(), certificate, None, held, contact)
        desk = self.make_desk(label, self.first.server)
        desk.folder.path.mkdir(mode=0o700)
        write_vault(desk.folder.vault, vault, PASSPHRASE, secrets.token_bytes)
        Settings(ORIGIN, None).save(desk.folder.settings)
        with Archive.create(desk.folder.archive) as archive:
            archive.directories.remember(self.first.station.seen.signed)
        wanted = tuple(sorted(duties))
        member = Member(card.to_bytes(), certificate, label, wanted, intake=intake, suspended=False)
        self.desks[label] = desk
        self.publish(add_member(member))
        return desk

    def publish(self, change: Callable[[Roster], Roster]) -> None:
        """The next roster, signed by the first analyst and at the server."""
        server = self.first.server
        seen = server.roster or self.first.station.archive.rosters.newest_signed()
        assert seen is not None
        old = read_roster(seen, server.directory)
        new = replace(change(old), seq=old.seq + 1, previous=roster_hash(seen))
        server.roster = sign_roster(new, self.first.station.vault.analyst_secret.keys)

    def sync(self) -> None:
        """Everybody, twice: what one does at the end of a sync another sees at the next."""
        for _ in range(2):
            for desk in (self.first, *self.desks.values()):
                outcome = desk.sync()
                assert outcome.troubles == [], outcome.troubles


def add_member(member: Member) -> Callable[[Roster], Roster]:
    def change(roster: Roster) -> Roster:
        members = sorted((*roster.members, member), key=lambda each: str(each.to_json()["card"]))
        supervisors = supervisors_of(members, roster.supervisors)
        return replace(roster, members=tuple(members), supervisors=supervisors)

    return change


def id_of(desk: Desk) -> bytes:
    return desk.station.analyst.card.id


# -- what somebody opens ------------------------------------------------------------------------


@dataclass
class Copies:
    """Every row and grant that the server ever had: what all its backups and old disks hold."""

    server: Simulator
    rows: list[Row] = field(default_factory=list)
    grants: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.take()
        before = self.server.answered

        def copied(asked: Asked, answer: object) -> object:
            self.take()
            return before(asked, answer)  # type: ignore[arg-type]

        self.server.answered = copied  # type: ignore[assignment]

    def take(self) -> None:
        self.rows += [row for row in self.server.rows if row not in self.rows]
        self.grants |= {grant.signed for grant in self.server.team.grants}

    def of(self, mailbox: bytes) -> list[Row]:
        return [row for row in self.rows if row.mailbox == mailbox]


def opened(vault: Vault, rows: Iterable[Row], grants: Iterable[bytes] = ()) -> list[Row]:
    """The rows that open with everything in ``vault``, and with the grants that open with it."""
    keyring: dict[bytes, Keys] = {each: group.keys for each, group in vault.groups.items()}
    for signed in grants:
        for held in vault.receiving:
            grant, secret = named_grant(signed), ReceivingSecret(held.secret)
            try:
                names = (grant.group, grant.analyst)
                opens = GroupSecret(unwrap(grant.wrapped, WrapKind.GRANT, names, secret))
            except ProtocolError:
                continue
            keyring[grant.group] = opens.keys
    return [row for row in rows if _opens(row, keyring)]


def _opens(row: Row, keyring: dict[bytes, Keys]) -> bool:
    stored = Stored(row.header, row.body_hash, row.body, row.wraps, row.day, None)
    try:
        open_sealed(stored, keyring)
    except ProtocolError:
        return False
    return True
