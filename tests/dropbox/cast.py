"""Everybody of a team at a server of its own, by name, and a case of each kind."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, select, update

from crypto.constants import WRAP
from crypto.envelope import Chain
from crypto.keys import AnalystSecret
from crypto.roster import Duty, Member
from dropbox import wire
from dropbox.store.schema import handlers
from dropbox.wire import FAULTS, Fault
from tests.dropbox.past import in_store
from tests.dropbox.server import Server
from tests.dropbox.team import Papers, Team, left
from tests.dropbox.wiretap import (
    Handing,
    Person,
    Reply,
    Sealed,
    grants_parcel,
    handing,
    path_id,
    publisher,
    purging,
    reporter,
    seal,
)

SEALED = secrets.token_bytes(100)
LISTED: dict[str, tuple[tuple[Duty, ...], bool]] = {
    "handler": ((Duty.ANALYST,), False),
    "second": ((Duty.ANALYST,), False),
    "intake": ((Duty.ANALYST,), True),
    "supervisor": ((Duty.SUPERVISOR,), False),
    "custodian": ((Duty.CUSTODIAN,), False),
    "auditor": ((Duty.AUDITOR,), False),
    "calls": ((Duty.CALLS,), False),
    "suspended": ((Duty.ANALYST,), True),
    "removed": ((Duty.ANALYST,), True),
}
"""Duties, and whether they are on intake duty."""
CALLERS = [*LISTED, "unlisted"]
"""The last has a certificate, and the roster does not name her yet."""
REFUSED = {"suspended", "removed"}
READS_NOT = ["auditor", "calls", "custodian", "publisher", "removed", "suspended", "unlisted"]


def refused(reply: Reply, fault: Fault) -> bool:
    return (reply.status, reply.fault) == (FAULTS[fault][0], fault)


@dataclass
class Case:
    """A mailbox, what is in it, and the last envelope of each chain."""

    owner: Person
    report: Sealed
    claim: wire.FileClaim
    handing: Handing | None = None
    ends: dict[Chain, Sealed] = field(default_factory=dict)
    last: Sealed = field(init=False)

    def __post_init__(self) -> None:
        self.last = self.report

    @property
    def address(self) -> bytes:
        return self.owner.address

    def entry(self, *recipients: bytes) -> Sealed:
        """The next envelope of ``case``."""
        to = recipients or (secrets.token_bytes(32),)
        return seal(self.address, to, Chain.CASE, self.ends.get(Chain.CASE))

    def reply(self, use: bytes | None = None) -> Sealed:
        recipients = (self.address, use or secrets.token_bytes(32))
        return seal(self.address, recipients, Chain.TEAM, self.ends.get(Chain.TEAM), use=use)

    def purging(self, *unseen: Chain) -> wire.Purging:
        """What purges it by one who has seen all, but of ``unseen`` all but the last."""
        ends = [each for each in (self.last, self.ends.get(Chain.CASE)) if each is not None]
        spots = [
            wire.Spot(each.chain, each.seq - 1, end.envelope.header.prev)
            if each.chain in unseen
            else each
            for each, end in zip(purging(*ends).seen, ends, strict=True)
        ]
        return wire.Purging(self.address, tuple(spots))

    def hand(self, by: Person, *to: Person) -> Reply:
        """Assign it; where that is done, remember so."""
        before = self.handing.group if self.handing else by.team.intake.keys.card.id
        after = (self.ends.get(Chain.TEAM), self.ends.get(Chain.CASE))
        new = handing(self.address, [each.address for each in to], before, after)
        reply = by.assign(new)
        if reply.status == 200:
            self.handing = new
            self.ends = {Chain.TEAM: new.handover, Chain.CASE: new.assigned}
        return reply


@dataclass
class World:
    """A server whose roster lists everybody of ``LISTED``, all of them logged in before it."""

    server: Server
    people: dict[str, Person] = field(default_factory=dict)
    secrets: dict[str, AnalystSecret] = field(default_factory=dict)
    former: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        team = self.team
        for name in CALLERS:
            secret = AnalystSecret.generate(secrets.token_bytes)
            self.secrets[name] = secret
            person = Person(self.server.wire(False), team, secret, team.certificate(secret))
            self.people[name] = person.log_in()
        self.people["publisher"] = publisher(self.server.wire(False), team).log_in()
        self.open, self.assigned = self.case(), self.case()
        assert self.assigned.hand(self["intake"], self["handler"]).status == 200

    @property
    def team(self) -> Team:
        return self.server.team

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def case(self) -> Case:
        """A new report with a file."""
        owner = reporter(self.server.wire(), self.team).log_in()
        claim = owner.send_file(SEALED)
        report = seal(owner.address, (self.team.intake.keys.card.id,), files=(claim,))
        assert owner.submit(report).status == 200
        return Case(owner, report, claim)

    def member(self, name: str) -> Member:
        duties, intake = LISTED[name]
        suspended = name == "suspended"
        return self.team.member(self.secrets[name], *duties, intake=intake, suspended=suspended)

    def roster(self, *gone: str) -> bytes:
        """The next roster, without those who are ``gone``, or were before."""
        self.former = tuple(sorted({*self.former, *gone}))
        stay = [self.member(name) for name in LISTED if name not in self.former]
        return self.team.roster(*stay, former=tuple(left(self.secrets[x]) for x in self.former))

    def publish(self, *gone: str) -> None:
        assert self["publisher"].ask("POST", "/api/roster", self.roster(*gone)).status == 204

    def papers(self, name: str, number: int = 1) -> Papers:
        return Papers.of(self.secrets[name], self.team.service, number)


def new_world(server: Server) -> World:
    world = World(server)
    world.publish("removed")
    return world


def feed(person: Person) -> dict[bytes, list[wire.Entry]]:
    """All that this one is given, by mailbox."""
    found: dict[bytes, list[wire.Entry]] = {}
    after, more = 0, True
    while more:
        page, _ = person.ask("GET", f"/api/feed/{after}").page()
        for each in page.entries:
            found.setdefault(each.mailbox, []).append(each)
        after, more = page.entries[-1].position if page.entries else after, page.more
    return found


def case_of(person: Person, case: Case, after: int = 0) -> tuple[wire.Page, list[bytes]]:
    return person.ask("GET", f"/api/case/{path_id(case.address)}/{after}").page()


def papers_of(person: Person, path: str) -> list[bytes]:
    reply = person.ask("GET", path)
    assert reply.status == 200
    document, blobs = wire.unpack(reply.body)
    assert wire.Papers.from_bytes(document).count == len(blobs)
    return blobs


def grants_to(person: Person) -> list[tuple[bytes, bytes | None]]:
    reply = person.ask("GET", "/api/grants")
    assert reply.status == 200
    document, blobs = wire.unpack(reply.body)
    return list(zip(blobs, wire.Grants.from_bytes(document).mailboxes, strict=True))


def give(person: Person, *grants_: tuple[bytes, bytes | None]) -> Reply:
    return person.ask("POST", "/api/grants", grants_parcel(*grants_))


def rewrap(
    person: Person, case: Case, recipient: bytes, *sealed: Sealed, wrap: bytes = b""
) -> Reply:
    spots = tuple(
        wire.Spot(int(each.envelope.header.chain), each.envelope.header.seq, each.id)
        for each in sealed
    )
    document = wire.Rewrapping(case.address, recipient, spots).to_bytes()
    blobs = [wrap or secrets.token_bytes(WRAP) for _ in sealed]
    return person.ask("POST", "/api/wraps", wire.pack(document, blobs))


def age(data: Path, days: int = wire.PURGE_DAYS) -> None:
    """Who handles a case has done so for as many days more."""

    def earlier(connection: Connection) -> None:
        for row in connection.execute(select(handlers)).all():
            this = (handlers.c.mailbox == row.mailbox, handlers.c.analyst == row.analyst)
            before = row.since - timedelta(days=days)
            connection.execute(update(handlers).where(*this).values(since=before))

    in_store(data, earlier)


def unwrap(person: Person, case: Case, recipient: bytes) -> int:
    body = wire.Unwrapping(case.address, recipient).to_bytes()
    return person.ask("POST", "/api/unwrapping", body).status


def wraps_of(person: Person, case: Case) -> list[tuple[bytes, ...]]:
    return [each.wraps for each in case_of(person, case)[0].entries]
