"""An invented team with all of its keys, and what it signs."""

import secrets
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
from crypto.keys import AnalystSecret, GroupSecret, RootSecret

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
