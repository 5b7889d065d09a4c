"""An invented team with all of its keys, and what it signs."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from crypto.certificates import CertificateRole, certify
from crypto.directory import (
    LIMITS,
    NO_PREVIOUS,
    NO_SITE,
    Directory,
    IntakeGroup,
    Limits,
    directory_hash,
    sign_directory,
)
from crypto.groups import (
    Receiving,
    ReceivingSecret,
    sign_erased,
    sign_grant,
    sign_receiving,
)
from crypto.keys import AnalystSecret, GroupSecret, RootSecret
from crypto.roster import Duty, Former, Member, Roster, roster_hash, sign_roster
from crypto.signed import split

ORIGIN = "http://127.0.0.1:8700"


def today() -> date:
    return datetime.now(UTC).date()


@dataclass
class Team:
    """Root, publisher, one analyst, intake and contact group; ``directory()`` signs the next."""

    origins: tuple[str, ...] = (ORIGIN,)
    limits: Limits = LIMITS
    root: RootSecret = field(default_factory=lambda: RootSecret.generate(secrets.token_bytes))
    analyst: AnalystSecret = field(
        default_factory=lambda: AnalystSecret.generate(secrets.token_bytes)
    )
    publisher: AnalystSecret = field(
        default_factory=lambda: AnalystSecret.generate(secrets.token_bytes)
    )
    intake: GroupSecret = field(default_factory=lambda: GroupSecret.generate(secrets.token_bytes))
    contact: GroupSecret = field(default_factory=lambda: GroupSecret.generate(secrets.token_bytes))
    seq: int = 0
    previous: bytes = NO_PREVIOUS
    rosters: int = 0
    previous_roster: bytes = NO_PREVIOUS

    @property
    def service(self) -> bytes:
        return self.root.keys.card.id

    def certificate(
        self,
        secret: AnalystSecret,
        role: CertificateRole = CertificateRole.ANALYST,
        first: date | None = None,
        last: date | None = None,
    ) -> bytes:
        first = first or today() - timedelta(days=1)
        days = (first, last or first + timedelta(days=300))
        return certify(secret.keys.card, role, days, self.root.keys, self.service)

    def directory(
        self,
        issued: date | None = None,
        days: int = 14,
        publisher_last: date | None = None,
        site: Callable[[Directory], bytes] = lambda _: NO_SITE,
    ) -> bytes:
        """The next signed directory, naming the one before it; ``site`` is asked for its hash."""
        issued = issued or today()
        self.seq += 1
        document = Directory(
            self.service,
            self.root.keys.card.to_bytes(),
            self.certificate(
                self.publisher,
                CertificateRole.PUBLISHER,
                issued - timedelta(days=2),
                publisher_last,
            ),
            "An invented team",
            tuple(sorted(self.origins)),
            self.seq,
            issued,
            issued + timedelta(days=days),
            IntakeGroup(self.intake.keys.card.to_bytes(), 1, issued, issued + timedelta(days=30)),
            (),
            self.contact.keys.card.to_bytes(),
            self.limits,
            NO_SITE,
            self.previous,
        )
        document = replace(document, site=site(document))
        signed = sign_directory(document, self.publisher.keys)
        self.previous = directory_hash(signed)
        return signed

    def member(
        self,
        secret: AnalystSecret,
        *duties: Duty,
        intake: bool = False,
        suspended: bool = False,
    ) -> Member:
        """An analyst's row, as the next roster would have it."""
        card = secret.keys.card
        return Member(
            card.to_bytes(),
            self.certificate(secret),
            card.fingerprint,
            tuple(sorted(duties or (Duty.ANALYST,))),
            intake,
            suspended,
        )

    def roster(self, *members: Member, former: tuple[Former, ...] = ()) -> bytes:
        """The next signed roster, naming the one before it. The publisher is always in it."""
        self.rosters += 1
        publisher = self.member(self.publisher, Duty.PUBLISHER)
        document = Roster(
            self.service,
            self.certificate(self.publisher, CertificateRole.PUBLISHER),
            self.rosters,
            today(),
            today() + timedelta(days=14),
            tuple(sorted((publisher, *members), key=lambda each: urlsafe_b64encode(each.card))),
            tuple(sorted(former, key=lambda each: urlsafe_b64encode(each.id))),
            self.previous_roster,
        )
        signed = sign_roster(document, self.publisher.keys)
        self.previous_roster = roster_hash(signed)
        return signed


def left(secret: AnalystSecret, lost: bool = False) -> Former:
    """What is left in the roster of one who has gone."""
    card = secret.keys.card
    return Former(card.id, card.sign, card.fingerprint, today(), lost)


@dataclass(frozen=True)
class Papers:
    """What an analyst has signed of each kind; the grant is to herself."""

    group: GroupSecret
    secret: ReceivingSecret
    receiving: bytes
    grant: bytes
    erased: bytes

    @classmethod
    def of(cls, analyst: AnalystSecret, service: bytes, number: int = 1) -> "Papers":
        group = GroupSecret.generate(secrets.token_bytes)
        secret = ReceivingSecret(secrets.token_bytes(32))
        receiving = sign_receiving(secret, number, analyst.keys, service)
        return cls(
            group,
            secret,
            receiving,
            grant(group, receiving, analyst, service),
            sign_erased(group.keys.card.id, today(), analyst.keys, service),
        )


def grant(group: GroupSecret, receiving: bytes, granter: AnalystSecret, service: bytes) -> bytes:
    """A signed grant of ``group`` to whose signed receiving key this is."""
    to = Receiving.from_bytes(split(receiving)[1])
    return sign_grant(group, to, granter.keys, service, secrets.token_bytes)
