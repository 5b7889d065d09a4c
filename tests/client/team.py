"""A team for tests: its root, one analyst who is also the publisher, and its groups."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from crypto.certificates import CertificateRole, certify, certify_case
from crypto.constants import SECRET
from crypto.directory import (
    LIMITS,
    NO_PREVIOUS,
    NO_SITE,
    Directory,
    IntakeGroup,
    Limits,
    PastGroup,
    read_directory,
    sign_directory,
)
from crypto.documents import (
    Assigned,
    Closing,
    GroupProof,
    Handover,
    Link,
    Receipt,
    Reply,
    TeamPayload,
    Words,
)
from crypto.envelope import NO_PREV, Chain, Place, seal
from crypto.files import FileManifest
from crypto.keys import AnalystSecret, Card, GroupSecret, RootSecret
from crypto.outgoing import Outgoing, wrap_all
from dropbox.client.service import Service

TODAY = date(2026, 11, 23)
ORIGIN = "http://127.0.0.1:8700"


@dataclass
class Team:
    """``today`` is the day everything is valid on; ``replies`` the chain written so far."""

    today: date = TODAY
    origins: tuple[str, ...] = (ORIGIN,)
    limits: Limits = LIMITS
    root: RootSecret = field(default_factory=lambda: RootSecret.generate(secrets.token_bytes))
    analyst: AnalystSecret = field(
        default_factory=lambda: AnalystSecret.generate(secrets.token_bytes)
    )
    intake: GroupSecret = field(default_factory=lambda: GroupSecret.generate(secrets.token_bytes))
    contact: GroupSecret = field(default_factory=lambda: GroupSecret.generate(secrets.token_bytes))
    past: tuple[PastGroup, ...] = ()
    epoch: int = 1
    seq: int = 1

    @property
    def service(self) -> bytes:
        return self.root.keys.card.id

    @property
    def days(self) -> tuple[date, date]:
        return self.today - timedelta(days=1), self.today + timedelta(days=13)

    def certificate(self, role: CertificateRole) -> bytes:
        days = self.today - timedelta(days=10), self.today + timedelta(days=300)
        return certify(self.analyst.keys.card, role, days, self.root.keys, self.service)

    def signed_directory(self, **changes: object) -> bytes:
        directory = Directory(
            service=self.service,
            root=self.root.keys.card.to_bytes(),
            publisher=self.certificate(CertificateRole.PUBLISHER),
            name="Invented Team",
            origins=tuple(sorted(self.origins)),
            seq=self.seq,
            issued=self.days[0],
            expires=self.days[1],
            intake=IntakeGroup(self.intake.keys.card.to_bytes(), self.epoch, *self.days),
            past=self.past,
            contact=self.contact.keys.card.to_bytes(),
            limits=self.limits,
            site=NO_SITE,
            previous=NO_PREVIOUS,
        )
        return sign_directory(replace(directory, **changes), self.analyst.keys)  # type: ignore[arg-type]

    @property
    def directory(self) -> Directory:
        return read_directory(self.signed_directory(), self.service)

    def next_epoch(self) -> None:
        """A new intake group; the old one stays listed."""
        card = self.intake.keys.card
        self.past = (*self.past, PastGroup(self.epoch, card.id, card.sign))
        self.epoch, self.seq = self.epoch + 1, self.seq + 1
        self.intake = GroupSecret.generate(secrets.token_bytes)


async def store(service: Service, team: "Team", *written: "Written") -> None:
    """Store what the team wrote: what goes to the reporter alone, or an assignment."""
    for each in written:
        if isinstance(each, tuple):
            await service.assign(*each, [team.analyst.keys.card.id])
        else:
            await service.submit((each,))


Written = Outgoing | tuple[Outgoing, Outgoing]


@dataclass
class Correspondent:
    """The team's side of one mailbox: seals whatever it is told to, in order."""

    team: Team
    card: Card
    group: GroupSecret | None = None
    certificates: tuple[bytes, ...] = ()
    seq: int = 0
    prev: bytes = NO_PREV
    entries: int = 0
    entry: bytes = NO_PREV

    @property
    def author(self) -> GroupSecret:
        return self.group or self.team.intake

    @property
    def proof(self) -> GroupProof | None:
        if self.group is None:
            return None
        return GroupProof(self.group.keys.card.to_bytes(), self.certificates)

    def reply(
        self, text: str, files: tuple[FileManifest, ...] = (), ack: Link | None = None
    ) -> Outgoing:
        author = self.author.keys.card.id
        return self.seal(Reply("reply", author, self.proof, "en", text, files, ack), files)

    def receipt(self, ack: Link | None = None) -> Outgoing:
        return self.seal(Receipt("receipt", self.author.keys.card.id, self.proof, ack))

    def hand_over(self) -> Outgoing:
        """To a new case group, the first or the next."""
        before, self.group = self.author, GroupSecret.generate(secrets.token_bytes)
        signed = certify_case(
            self.group.keys.card,
            self.card.id,
            len(self.certificates) + 1,
            before.keys,
            self.team.service,
        )
        self.certificates = (*self.certificates, signed)
        return self.seal(Handover("handover", self.author.keys.card.id, self.proof, None))

    def assign(self) -> tuple[Outgoing, Outgoing]:
        """A ``handover`` and what goes with it: the team's analyst has the case."""
        handover = self.hand_over()
        keys, words = self.team.analyst.keys, Words(secrets.token_bytes(SECRET), "")
        assert self.proof is not None
        handlers = (keys.card.id,)
        payload = Assigned(
            "assigned", keys.card.id, handover.envelope.id, self.proof, handlers, words.hash
        )
        cards = (self.team.intake.keys.card, self.author.keys.card)
        place = Place(Chain.CASE, self.entries, self.card.id, cards[0].id, self.entry)
        envelope, cek = seal(
            place,
            payload.to_bytes(),
            words.to_bytes(),
            keys,
            self.team.service,
            secrets.token_bytes,
        )
        self.entries, self.entry = self.entries + 1, envelope.id
        wraps = wrap_all(envelope, cek, cards, secrets.token_bytes)
        return handover, Outgoing(envelope, wraps, (), None, cek)

    def closing(self) -> Outgoing:
        outgoing = self.seal(Closing("closing", self.author.keys.card.id, self.proof, None))
        self.group = None
        return replace(outgoing, use=None)

    def seal(self, payload: TeamPayload, files: tuple[FileManifest, ...] = ()) -> Outgoing:
        place = Place(Chain.TEAM, self.seq, self.card.id, self.card.id, self.prev)
        keys = self.author.keys
        envelope, cek = seal(
            place, payload.to_bytes(), None, keys, self.team.service, secrets.token_bytes
        )
        wraps = wrap_all(envelope, cek, (self.card, keys.card), secrets.token_bytes)
        use = self.group.keys.card.id if self.group is not None else None
        self.seq, self.prev = self.seq + 1, envelope.id
        return Outgoing(envelope, wraps, files, use, cek)
